"""A store written by one broker is opened by the other, and every message read back equal; by key, too."""
import re
import subprocess

from clients import Java
from servers import STOCK, BrokerLite, Folder, Stock, say

COUNT = 2_000
KEYS = ("key-7", "key-500", "k1-3", "k2-99")  # of those WriteStore chooses from
FILE_SIZE = 64 * 1024 * 1024  # of the commit log's files, as compat-tests/stock sets it


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def mqadmin(server, *command):
    return subprocess.run([STOCK, "mqadmin", "5.5.0", *command, "-n", server.namesrv], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


def found_by_key(server):
    """What stock's tool finds: id, queue and offset of each message, and the messages themselves."""
    found = {}
    for key in KEYS:
        printed = mqadmin(server, "queryMsgByKey", "-t", "handover", "-k", key)
        found[key] = sorted(re.findall(r"^([0-9A-F]{32,56})\s+(\d+)\s+(\d+)", printed, re.M))
        assert found[key], f"nothing has the key {key}, says mqadmin: {printed}"
    unique = found[KEYS[0]][0][0]
    printed = mqadmin(server, "queryMsgByUniqueKey", "-t", "handover", "-i", unique)
    found["by unique key"] = [line for line in printed.splitlines() if re.match(
        "(Topic|Tags|Keys|Queue ID|Queue Offset|CommitLog Offset|Born|Store Timestamp|System Flag)", line)]
    assert len(found["by unique key"]) > 5, f"mqadmin does not print a message, but {printed}"
    return found


def index_files(folder):
    return sorted(path.name for path in (folder / "store/index").iterdir())


def write(server, client, folder):
    run(*client.prefix, "WriteStore", server.namesrv, "handover", COUNT, folder / "written.txt")
    run(*client.prefix, "ReadAll", server.namesrv, "handover", folder / "read-before.txt")
    run(*client.prefix, "ReadAll", server.namesrv, "handover", folder / "full-before.txt", "--full")
    assert (folder / "written.txt").read_text() == (folder / "read-before.txt").read_text(), \
        "what was read differs from what was written"
    return found_by_key(server)


def compare(server, client, folder, keys_before):
    keys_after = found_by_key(server)
    assert keys_before == keys_after, f"by key {keys_before} became {keys_after}"
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
            keys = write(ours, client, folder)
        indexes = index_files(folder)
        stock_folder = folder / "stock"
        stock_folder.mkdir()
        (folder / "store").rename(stock_folder / "store")
        with Stock("5.5.0", stock_folder, "brokerName=broker-h") as stock:
            lines = compare(stock, client, folder, keys)
            write_more(stock, client, folder)
            assert index_files(stock_folder) == indexes, "stock did not go on with our index"
        say(f"   written by broker-lite, read by stock 5.5.0: {lines} messages equal")
    for version in ("5.5.0", "4.9.7"):
        client = Java(version)  # a batch from a newer client loses its ids on 4.9.7
        with Folder() as folder:
            conf = folder / "broker.conf"
            conf.write_text(f"mappedFileSizeCommitLog={FILE_SIZE}\nbrokerName=broker-h\n")
            stock = Stock(version, folder / "stock", "brokerName=broker-h")
            with stock:
                keys = write(stock, client, folder)
                stock.stop()
            indexes = index_files(folder / "stock")
            (folder / "stock/store").rename(folder / "store")
            with BrokerLite(folder, *settings, str(conf)) as ours:
                lines = compare(ours, client, folder, keys)
                write_more(ours, client, folder)
                assert index_files(folder) == indexes, "we did not go on with stock's index"
            say(f"   written by stock {version}, read by broker-lite: {lines} messages equal")


if __name__ == "__main__":
    main()
