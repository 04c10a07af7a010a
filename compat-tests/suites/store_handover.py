"""A store written by one broker is opened by the other, and every message read back equal."""
import subprocess

from clients import Java
from servers import BrokerLite, Folder, Stock, say

COUNT = 2_000
FILE_SIZE = 64 * 1024 * 1024  # of the commit log's files, as compat-tests/stock sets it


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def write(server, client, folder):
    run(*client.prefix, "WriteStore", server.namesrv, "handover", COUNT, folder / "written.txt")
    run(*client.prefix, "ReadAll", server.namesrv, "handover", folder / "read-before.txt")
    run(*client.prefix, "ReadAll", server.namesrv, "handover", folder / "full-before.txt", "--full")
    assert (folder / "written.txt").read_text() == (folder / "read-before.txt").read_text(), \
        "what was read differs from what was written"


def compare(server, client, folder):
    run(*client.prefix, "ReadAll", server.namesrv, "handover", folder / "read-after.txt")
    run(*client.prefix, "ReadAll", server.namesrv, "handover", folder / "full-after.txt", "--full")
    texts = {name: (folder / f"{name}.txt").read_text() for name in
             ("read-before", "read-after", "full-before", "full-after")}
    assert texts["read-before"] == texts["read-after"], "messages differ after the hand-over"
    assert texts["full-before"] == texts["full-after"], "records differ after the hand-over"
    lines = texts["full-after"].count("\n")
    assert lines >= COUNT, f"only {lines} messages"
    return lines


def write_more(server, client, folder):
    """The new owner goes on where the old one stopped."""
    run(*client.prefix, "SendMany", server.namesrv, "handover", "handover-producer", 200, 2, "sync",
        folder / "more.txt")


def main():
    client = Java("5.5.0")
    settings = ("-c",)
    with Folder() as folder:
        conf = folder / "broker.conf"
        conf.write_text(f"mappedFileSizeCommitLog={FILE_SIZE}\nbrokerName=broker-h\n")
        ours = BrokerLite(folder, *settings, str(conf))
        with ours:
            write(ours, client, folder)
        stock_folder = folder / "stock"
        stock_folder.mkdir()
        (folder / "store").rename(stock_folder / "store")
        with Stock("5.5.0", stock_folder, "brokerName=broker-h") as stock:
            lines = compare(stock, client, folder)
            write_more(stock, client, folder)
        say(f"   written by broker-lite, read by stock 5.5.0: {lines} messages equal")
    for version in ("5.5.0", "4.9.7"):
        client = Java(version)  # a batch from a newer client loses its ids on 4.9.7
        with Folder() as folder:
            conf = folder / "broker.conf"
            conf.write_text(f"mappedFileSizeCommitLog={FILE_SIZE}\nbrokerName=broker-h\n")
            stock = Stock(version, folder / "stock", "brokerName=broker-h")
            with stock:
                write(stock, client, folder)
                stock.stop()
            (folder / "stock/store").rename(folder / "store")
            with BrokerLite(folder, *settings, str(conf)) as ours:
                lines = compare(ours, client, folder)
                write_more(ours, client, folder)
            say(f"   written by stock {version}, read by broker-lite: {lines} messages equal")


if __name__ == "__main__":
    main()
