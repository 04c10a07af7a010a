"""All of suites http_gateway and http_leases: schemathesis makes up requests of every operation in /openapi.json."""
import http_gateway
import http_leases

if __name__ == "__main__":
    http_gateway.main(everything=True)
    http_leases.main(everything=True)
