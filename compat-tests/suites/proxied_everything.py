"""All of suite proxied: each feature that can go another way through rmq-proxy, on every server."""
import proxied

if __name__ == "__main__":
    proxied.main(everything=True)
