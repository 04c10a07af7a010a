"""Peers that want a broker's memory or its time: they do not read, hardly write, declare frames they do not
send, come and go, wait by the ten thousand. Its memory stays within a budget, other clients are served,
and nothing stays behind when they have gone. (What it costs the others: compat-tests/bench/scale.)"""
import contextlib
import socket
import struct
import threading
import time

from bad_input import BROKEN_FRAMES, PULL, SEND, Witness, rss_kib
from frames import Connection, create_topic, frame, pipelined, request
from servers import BrokerLite, Folder, say

# What a server holds for all its peers together (ServerOptions), and what it needs beside that.
HELD_MIB, BESIDE_MIB = 256, 64
LEFT_MIB_MAX = 64  # kept by the allocator when they have gone
TOPIC, EMPTY_TOPIC = "hostile", "hostile-empty"


class Peers:
    """Attack from begin() to end(), on a thread of their own where they must go on acting."""
    name, budget_mib = "", BESIDE_MIB

    def __init__(self, address):
        self.address = address
        self.connections = []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.go_on)

    def begin(self):
        self.prepare()
        self.thread.start()

    def end(self):
        self.is_over.set()
        self.thread.join()
        for connection in self.connections:
            connection.close()

    def prepare(self):
        """What is done once."""

    def go_on(self):
        """What is done until is_over."""

    def connect(self, count):
        made = [Connection(self.address) for _ in range(count)]
        self.connections += made
        return made


class SlowReaders(Peers):
    name, count = "200 that ask for messages and never read", 200
    budget_mib = HELD_MIB + BESIDE_MIB

    def prepare(self):
        pull = frame(request(11, {**PULL, "topic": TOPIC, "maxMsgNums": "1024"}))
        for connection in self.connect(self.count):
            connection.socket.setblocking(False)
            with contextlib.suppress(BlockingIOError, ConnectionError):
                connection.socket.send(pull * 100)  # 25 MB of answers


class SlowWriters(Peers):
    name, count = "1,000 that send a byte now and then", 1_000

    def prepare(self):
        self.connect(self.count)
        self.left = frame(request(310, SEND), b"x" * 128)

    def go_on(self):
        for at in range(len(self.left) - 1):
            for connection in self.connections:
                connection.send(self.left[at:at + 1])
            if self.is_over.wait(1):
                return


class HugeFrames(Peers):
    name, count = "500 that declare 16 MiB and send 64 KiB", 500

    def prepare(self):
        start = struct.pack(">i", 16 * 1024 * 1024) + struct.pack(">I", 200) + b"{" * 65_536
        for connection in self.connect(self.count):
            connection.send(start)


class HalfMessages(Peers):
    """Each as much as a message may have, but for its end."""
    name, count = "200 that send 4 MB of a message and no more", 200
    budget_mib = HELD_MIB + BESIDE_MIB

    def prepare(self):
        self.connect(self.count)

    def go_on(self):
        most = frame(request(310, SEND), b"x" * 4_000_000)[:-1]
        for connection in self.connections:
            if self.is_over.is_set():
                return
            connection.send(most)
        self.is_over.wait()


class Comers(Peers):
    name = "connections opened and dropped, as fast as it goes"

    def go_on(self):
        self.made = 0
        at_once = struct.pack("ii", 1, 0)  # SO_LINGER: a reset instead of an end
        while not self.is_over.is_set():
            with contextlib.suppress(OSError):
                connection = Connection(self.address)
                if self.made % 2:
                    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
                connection.close()
                self.made += 1


class LongPolls(Peers):
    name, count, each = "50,000 pulls that wait", 50, 1_000

    def prepare(self):
        fields = {**PULL, "topic": EMPTY_TOPIC, "sysFlag": "6", "suspendTimeoutMillis": "60000"}
        for connection in self.connect(self.count):
            connection.send(b"".join(frame(request(11, fields, opaque=n)) for n in range(self.each)))


class BrokenFrames(Peers):
    name = "broken frames, as fast as it goes"

    def go_on(self):
        frames = list(BROKEN_FRAMES.values())
        self.sent = 0
        while not self.is_over.is_set():
            with contextlib.suppress(OSError):
                connection = Connection(self.address)
                connection.send(frames[self.sent % len(frames)])
                connection.close()
                self.sent += 1


ALL = (SlowReaders, SlowWriters, HugeFrames, HalfMessages, Comers, LongPolls, BrokenFrames)


def prepare_topics(address):
    connection = Connection(address)
    for topic in (TOPIC, EMPTY_TOPIC):
        create_topic(connection, topic)
    message = frame(request(310, {**SEND, "b": TOPIC}), b"x" * 1024)
    assert set(pipelined(connection, [message] * 2_000)) == {0}
    # The empty one's queue exists, and its next message would be its first.
    connection.close()


def attack(server, kind, seconds):
    """Resident memory, in MiB: what the peers took at most, and what was left of it when they had gone."""
    pid = server.process.pid
    witness = Witness(server.broker)
    before = rss_kib(pid)
    peers = kind(server.broker)
    peers.begin()
    most = before
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        most = max(most, rss_kib(pid))
        witness.check(kind.name)
        time.sleep(0.05)
    peers.end()
    time.sleep(1)
    witness.check("their end")
    witness.connection.close()
    return (most - before) / 1024, (rss_kib(pid) - before) / 1024


def main():
    with Folder() as folder, BrokerLite(folder) as server:
        prepare_topics(server.broker)
        for kind in ALL:
            most, left = attack(server, kind, 5)
            assert most <= kind.budget_mib, f"{kind.name}: {most:.0f} MiB, over {kind.budget_mib}"
            assert left <= LEFT_MIB_MAX, f"{kind.name}: {left:.0f} MiB stay behind"
            say(f"   {kind.name}: {most:.0f} MiB at most, budget {kind.budget_mib}; {left:.0f} stay")
        lines = server.log_text().count("\n")
        assert lines < 1_000, f"{lines} log lines"
        assert server.stop() == 0, "not a clean stop"
        say(f"   {lines} log lines; other clients were answered all the while")


if __name__ == "__main__":
    main()
