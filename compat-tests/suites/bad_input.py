"""Bytes nobody should send. Each gets a clear error answer or a closed connection; memory stays flat,
the log stays short, and another connection is served all the while."""
import json
import os
import struct

from frames import Connection, frame, request
from servers import BrokerLite, Folder, say


SEND = {"a": "PG", "b": "T", "c": "TBW102", "d": "4", "e": "0", "f": "0", "g": "1700000000000",
        "h": "0", "i": "", "j": "0", "k": "false", "m": "false"}
PULL = {"consumerGroup": "G", "topic": "T", "queueId": "0", "queueOffset": "0", "maxMsgNums": "32",
        "sysFlag": "4", "commitOffset": "0", "suspendTimeoutMillis": "0", "subVersion": "0",
        "subscription": "*"}

# Closed without an answer, as stock does on a frame it cannot decode.
BROKEN_FRAMES = {
    "negative length": struct.pack(">i", -1) + b"x" * 64,
    "length zero": struct.pack(">i", 0) + b"x" * 64,
    "length three": struct.pack(">i", 3) + b"x" * 64,
    "length 2 GiB": struct.pack(">i", 0x7FFFFFFF) + b"x" * 64,
    "length 16 MiB and one": struct.pack(">i", 16 * 1024 * 1024 + 1) + b"x" * 64,
    "header longer than the frame": frame(b"{}", header_length=4096),
    "header length 16 MiB": frame(b"{}", header_length=0xFFFFFF),
    "unknown codec": frame(b"{}", codec=9),
    "header is not JSON": frame(b"\x00\x01\x02\x03"),
    "header is half a JSON": frame(b'{"code":310,"extFields":{"a":'),
    "JSON nested 20,000 deep": frame(b'{"a":' * 20_000),
    "JSON list nested 60,000 deep": frame(b'{"x":' + b"[" * 60_000),
    "4,000 fields": frame(b'{"code":1,"extFields":{' +
                            b",".join(b'"%d":""' % n for n in range(4_000)) + b"}}"),
    "number of a megabyte": frame(b'{"code":' + b"9" * 60_000 + b"}"),
    "binary header cut off": frame(b"\x00\x69\x01", codec=1),
    "binary header with lying lengths": frame(struct.pack(">hbhiiii", 105, 1, 479, 1, 0, 0, 999999),
                                              codec=1),
    "binary header with a negative length": frame(struct.pack(">hbhiii", 105, 1, 479, 1, 0, -5),
                                                  codec=1),
    "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + b"x" * 64,
}

# Answered with a code that is not 0.
REFUSED = {
    "unknown code": (frame(request(4711)), 3),
    "negative code": (frame(request(-7)), 3),
    "send without a topic": (frame(request(310, {k: v for k, v in SEND.items() if k != "b"}), b"x"), None),
    "send with a bad number": (frame(request(310, {**SEND, "e": "seven"}), b"x"), None),
    "send without fields": (frame(request(310), b"x"), None),
    "pull without a queue": (frame(request(11, {"topic": "T"})), None),
    "pull of a negative queue": (frame(request(11, {**PULL, "queueId": "-1"})), None),
    "pull of queue 2^31-1": (frame(request(11, {**PULL, "queueId": "2147483647"})), None),
    "batch with lying lengths": (frame(request(320, {**SEND, "m": "true"}),
                                       struct.pack(">iiiii", 99999, 0, 0, 0, 5) + b"x"), None),
    "batch with a negative length": (frame(request(320, {**SEND, "m": "true"}),
                                           struct.pack(">iiiii", 26, 0, 0, 0, -5) + b"xxxxxx"), None),
    "heartbeat that is no JSON": (frame(request(34), b"\xff\xfe{"), None),
    "heartbeat nested 50,000 deep": (frame(request(34), b"[" * 50_000), None),
    "heartbeat without a body": (frame(request(34)), None),
    "send of 5 MiB": (frame(request(310, SEND), b"x" * (5 * 1024 * 1024)), 13),
    "properties of 40,000 bytes": (frame(request(310, {**SEND, "i": "k\x01" + "v" * 40_000 + "\x02"}), b"x"), None),
}
BAD_NAMES = ["../../etc/passwd", "a/b", "", "T\x00", "..", ".", "a b", "T" * 128, "T\n", "标签", "a;b"]
for name in BAD_NAMES:
    REFUSED[f"send to topic {name[:20]!r}"] = (frame(request(310, {**SEND, "b": name}), b"x"), None)
    REFUSED[f"create topic {name[:20]!r}"] = (
        frame(request(17, {"topic": name, "defaultTopic": "TBW102", "readQueueNums": "4",
                           "writeQueueNums": "4", "perm": "6", "topicFilterType": "SINGLE_TAG",
                           "topicSysFlag": "0", "order": "false"})), None)
    REFUSED[f"create group {name[:20]!r}"] = (
        frame(request(200), json.dumps({"groupName": name + ("G" * 121 if name == "T" * 128 else "")}).encode()), None)


def rss_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def check_server(server, address, label, witness):
    pid = server.process.pid
    broken = [(name, data) for name, data in BROKEN_FRAMES.items()]
    for name, data in broken:
        connection = Connection(address)
        connection.send(data)
        assert connection.answer() is None, f"{label}: {name}: answered, not closed"
        connection.close()
        witness.check(name)
    for name, data in broken:  # cut anywhere, then closed by us: nothing may stay behind
        connection = Connection(address)
        connection.send(data[:len(data) // 2])
        connection.close()
    witness.check("truncated frames")
    after_first = rss_kib(pid)
    for _ in range(20):
        for name, data in broken:
            connection = Connection(address)
            connection.send(data)
            connection.answer()
            connection.close()
    grown = rss_kib(pid) - after_first
    assert grown < 4096, f"{label}: memory grew by {grown} KiB over {20 * len(broken)} bad frames"
    return len(broken), grown


class Witness:
    """Another connection, which must be served whatever happens on the bad ones."""

    def __init__(self, address):
        self.connection = Connection(address)
        self.check("the first request")

    def check(self, after):
        self.connection.send(frame(request(4711)))
        answer = self.connection.answer()
        assert answer is not None and answer["code"] == 3, f"another connection was hurt by: {after}"


def main():
    with Folder() as folder, BrokerLite(folder) as server:
        witness = Witness(server.broker)
        count, grown = check_server(server, server.broker, "broker", witness)
        name_witness = Witness(server.namesrv)
        check_server(server, server.namesrv, "name server", name_witness)

        for name, (data, code) in REFUSED.items():
            connection = Connection(server.broker)
            connection.send(data)
            answer = connection.answer()
            assert answer is not None, f"{name}: closed without an answer"
            assert answer["code"] != 0, f"{name}: accepted"
            assert code is None or answer["code"] == code, f"{name}: {answer}"
            assert answer.get("remark"), f"{name}: no remark"
            assert answer["opaque"] == 7, f"{name}: another opaque"
            connection.close()
            witness.check(name)

        lines = server.log_text().count("\n")
        bad_connections = 22 * len(BROKEN_FRAMES) * 2
        assert lines < bad_connections + 50, f"{lines} log lines"
        store = folder / "store"
        outside = [p for p in folder.rglob("*") if "passwd" in p.name]
        assert not outside and not (folder / "etc").exists(), f"files outside the store: {outside}"
        names = set(os.listdir(store / "consumequeue")) if (store / "consumequeue").exists() else set()
        assert not names & set(BAD_NAMES), f"queues of refused topics: {names}"
        assert server.stop() == 0, "not a clean stop"
        say(f"   {count} broken frames closed on broker and name server each, {len(REFUSED)} bad "
            f"requests refused; memory grew by {grown} KiB over {20 * count} more; {lines} log lines")


if __name__ == "__main__":
    main()
