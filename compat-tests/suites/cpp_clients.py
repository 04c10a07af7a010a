"""Our SDK against stock brokers of both versions, and against broker-lite."""
from clients import Cpp
from exchange import exchange
from servers import BrokerLite, Folder, Stock


def main():
    with Folder() as folder, BrokerLite(folder) as server:
        exchange(server, Cpp(), folder, "exchange")
    for version in ("5.5.0", "4.9.7"):
        with Folder() as folder, Stock(version, folder / "stock") as server:
            exchange(server, Cpp(), folder, "exchange")


if __name__ == "__main__":
    main()
