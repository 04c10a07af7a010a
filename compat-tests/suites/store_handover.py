"""A store written by one broker is opened by the other, and every message read back equal; by key, too; and so
is what is left where old files were removed."""
import contextlib
import os
import re
import subprocess
import time

import actors
import stage
from clients import Java
from servers import BrokerLite, Folder, Stock, say

COUNT = 2_000
KEYS = ("key-7", "key-500", "k1-3", "k2-99")  # of those WriteStore chooses from
FILE_SIZE = 64 * 1024 * 1024  # of the commit log's files, as compat-tests/stock sets it


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def tools(server, folder):
    """Stock's tools, as server.tools, in one process for all commands: each would start a Java of its own."""
    with actors.java("5.5.0", server.namesrv, folder / "tools.log") as server.tools:
        yield


def found_by_key(server):
    """What stock's tool finds: id, queue and offset of each message, and one of the messages itself."""
    found = {}
    for key in KEYS:
        printed = stage.mqadmin(server.tools, f"queryMsgByKey -t handover -k {key}")
        found[key] = sorted(re.findall(r"^([0-9A-F]{32,56})\s+(\d+)\s+(\d+)", printed, re.M))
    unique = next(message for messages in found.values() for message in messages)[0]
    printed = stage.mqadmin(server.tools, f"queryMsgByUniqueKey -t handover -i {unique}")
    found["by unique key"] = [line for line in printed.splitlines() if re.match(
        "(Topic|Tags|Keys|Queue ID|Queue Offset|CommitLog Offset|Born|Store Timestamp|System Flag)", line)]
    assert len(found["by unique key"]) > 5, f"mqadmin does not print a message, but {printed}"
    return found


def index_files(folder):
    return sorted(path.name for path in (folder / "store/index").iterdir())


def read(server, client, folder, when):
    run(*client.prefix, "ReadAll", server.namesrv, "handover", folder / f"read-{when}.txt")
    run(*client.prefix, "ReadAll", server.namesrv, "handover", folder / f"full-{when}.txt", "--full")


def write(server, client, folder):
    run(*client.prefix, "WriteStore", server.namesrv, "handover", COUNT, folder / "written.txt")
    read(server, client, folder, "before")
    assert (folder / "written.txt").read_text() == (folder / "read-before.txt").read_text(), \
        "what was read differs from what was written"
    keys = found_by_key(server)
    assert all(keys[key] for key in KEYS), f"by key only {keys}"
    return keys


def compare(server, client, folder, keys_before):
    keys_after = found_by_key(server)
    assert keys_before == keys_after, f"by key {keys_before} became {keys_after}"
    read(server, client, folder, "after")
    texts = {name: (folder / f"{name}.txt").read_text() for name in
             ("read-before", "read-after", "full-before", "full-after")}
    assert texts["read-before"] == texts["read-after"], "messages differ after the hand-over"
    assert texts["full-before"] == texts["full-after"], "records differ after the hand-over"
    return texts["full-after"].count("\n")


def write_more(server, client, folder):
    """The new owner goes on where the old one stopped."""
    run(*client.prefix, "SendMany", server.namesrv, "handover", "handover-producer", 200, 2, "sync",
        folder / "more.txt")


def wait_until(is_done, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_done():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.2)


def remove_old_files(server, folder):
    """Makes all files of the log but the last two look old, and has them removed, as an operator would."""
    def log_files():
        return sorted((folder / "store/commitlog").iterdir())
    files = log_files()
    old, rest = files[:-2], files[-2:]
    assert len(old) > 3, f"only {len(files)} files of the log"
    four_days_ago = time.time() - 4 * 24 * 3600
    for path in old:
        os.utime(path, (four_days_ago, four_days_ago))
    assert "success" in stage.mqadmin(server.tools, "deleteExpiredCommitLog"), "code 329 is refused"
    wait_until(lambda: log_files()[0] == rest[0], "the removal of old files")
    say(f"   {len(old)} of {len(files)} files of the log removed")


def ours_to_stock(client):
    with Folder() as folder:
        conf = folder / "broker.conf"
        conf.write_text(f"mappedFileSizeCommitLog={FILE_SIZE}\nbrokerName=broker-h\n")
        ours = BrokerLite(folder, "-c", str(conf))
        with ours, tools(ours, folder):
            keys = write(ours, client, folder)
        indexes = index_files(folder)
        stock_folder = folder / "stock"
        stock_folder.mkdir()
        (folder / "store").rename(stock_folder / "store")
        with Stock("5.5.0", stock_folder, "brokerName=broker-h") as stock, tools(stock, folder):
            lines = compare(stock, client, folder, keys)
            assert lines >= COUNT, f"only {lines} messages"
            write_more(stock, client, folder)
            assert index_files(stock_folder) == indexes, "stock did not go on with our index"
        say(f"   written by broker-lite, read by stock 5.5.0: {lines} messages equal")


def stock_to_ours(version):
    client = Java(version)  # a batch from a newer client loses its ids on 4.9.7
    with Folder() as folder:
        conf = folder / "broker.conf"
        conf.write_text(f"mappedFileSizeCommitLog={FILE_SIZE}\nbrokerName=broker-h\n")
        stock = Stock(version, folder / "stock", "brokerName=broker-h")
        with stock:
            with tools(stock, folder):
                keys = write(stock, client, folder)
            stock.stop()
        indexes = index_files(folder / "stock")
        (folder / "stock/store").rename(folder / "store")
        with BrokerLite(folder, "-c", str(conf)) as ours, tools(ours, folder):
            lines = compare(ours, client, folder, keys)
            assert lines >= COUNT, f"only {lines} messages"
            write_more(ours, client, folder)
            assert index_files(folder) == indexes, "we did not go on with stock's index"
        say(f"   written by stock {version}, read by broker-lite: {lines} messages equal")


def cleaned_to_stock(client):
    """The same with a log whose beginning was removed, and files of queues and keys with it."""
    small = (f"mappedFileSizeCommitLog={512 * 1024}", f"mappedFileSizeConsumeQueue={20 * 50}",
             "maxMessageSize=131072", "cleanResourceInterval=1000")
    with Folder() as folder:
        conf = folder / "broker.conf"
        conf.write_text("\n".join(("brokerName=broker-h", *small)) + "\n")
        with BrokerLite(folder, "-c", str(conf)) as ours, tools(ours, folder):
            all_keys = write(ours, client, folder)
            remove_old_files(ours, folder)
            read(ours, client, folder, "before")
            keys = found_by_key(ours)
        left = set((folder / "read-before.txt").read_text().splitlines())
        written = set((folder / "written.txt").read_text().splitlines())
        assert left and left < written, f"{len(left)} messages are left of {len(written)}"
        assert all(set(keys[key]) <= set(all_keys[key]) for key in KEYS), f"{all_keys} became {keys}"
        stock_folder = folder / "stock"
        stock_folder.mkdir()
        (folder / "store").rename(stock_folder / "store")
        with Stock("5.5.0", stock_folder, "brokerName=broker-h", *small) as stock, tools(stock, folder):
            lines = compare(stock, client, folder, keys)
            write_more(stock, client, folder)
        assert lines == len(left), f"{lines} messages instead of {len(left)}"
        say(f"   cleaned by broker-lite, read by stock 5.5.0: {lines} messages equal")


def main():
    client = Java("5.5.0")
    ours_to_stock(client)
    cleaned_to_stock(client)
    for version in ("5.5.0", "4.9.7"):
        stock_to_ours(version)


if __name__ == "__main__":
    main()
