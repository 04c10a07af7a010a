"""All of suite http_gateway: schemathesis makes up requests of every operation in /openapi.json."""
import http_gateway

if __name__ == "__main__":
    http_gateway.main(everything=True)
