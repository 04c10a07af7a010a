"""rmq-proxy while what is behind it is killed, hangs, is slow or cut off in the middle of a request: each
request of a client is answered once, under its own opaque, in its time, and nothing stays behind, also
where clients share a connection. And what ten thousand idle clients cost.

proxy_faults.py [ROUNDS], 1000 if not said."""
import contextlib
import itertools
import json
import resource
import select
import socket
import struct
import sys
import threading
import time

from frames import create_topic, Connection, frame, request
from proxy import Proxy, cut, pass_on, swallow
from servers import BrokerLite, Folder, RmqProxy, say

TOPIC, GROUP, BROKER = "Faults", "G", "broker-lite"
# Short, so that a thousand are quick; nothing asserted depends on how short.
SETTINGS = ["requestTimeoutMs=80", "heldMarginMs=80", "silenceMaxMs=80", "connectTimeoutMs=300",
            "heartbeatIntervalMs=0"]
ANSWER_SECONDS = 3  # what programs wait for an answer
RECOVERY_SECONDS = 10
IDLE_CLIENTS = 10_000
IDLE_BYTES_MAX = 16 * 1024

SEND = {"a": GROUP, "b": TOPIC, "c": "TBW102", "d": "4", "e": "0", "f": "0", "g": "1700000000000",
        "h": "0", "i": "KEYS\u0001k\u0002", "j": "0", "k": "false", "m": "false", "n": BROKER}
PULL = {"consumerGroup": GROUP, "topic": TOPIC, "queueId": "1", "queueOffset": "0", "maxMsgNums": "32",
        "sysFlag": "6", "commitOffset": "0", "suspendTimeoutMillis": "40", "subVersion": "0",
        "subscription": "*", "bname": BROKER}
OFFSET = {"topic": TOPIC, "queueId": "0", "bname": BROKER}
BEAT = json.dumps({"clientID": "c", "producerDataSet": [{"groupName": GROUP}],
                   "consumerDataSet": [{"groupName": GROUP, "subscriptionDataSet": [
                       {"topic": TOPIC, "subString": "*"}]}]}).encode()
QUESTIONS = [(310, SEND, b"body" * 100), (30, OFFSET, b""), (105, {"topic": TOPIC}, b""), (11, PULL, b""),
             (34, {}, BEAT), (38, {"consumerGroup": GROUP}, b"")]
OF_A_SENDER = QUESTIONS[:3]
SHARED = ["sharedConnections=1"]
SENDERS = 3


class Client:
    """One connection for all rounds, with opaques of its own."""

    def __init__(self, address):
        self.connection = Connection(address)
        self.opaques = itertools.count(-20)

    def ask(self, questions):
        """Sends all at once; the codes of the answers, in the order of the questions."""
        return self.answers(self.begin(questions))

    def begin(self, questions):
        asked = {next(self.opaques): question for question in questions}
        self.connection.send(b"".join(
            frame(request(code, fields, opaque=opaque), body)
            for opaque, (code, fields, body) in asked.items()))
        return asked

    def answers(self, asked):
        began, codes = time.monotonic(), {}
        while len(codes) < len(asked):
            left = began + ANSWER_SECONDS - time.monotonic()
            missing = [asked[opaque][0] for opaque in asked if opaque not in codes]
            assert left > 0 and select.select([self.connection.socket], [], [], left)[0], \
                f"no answer in {ANSWER_SECONDS} s to {missing}"
            answer = self.connection.answer()
            assert answer, f"the connection was closed before {missing} were answered"
            if not answer["flag"] & 1:
                continue  # what a broker asks
            assert answer["opaque"] in asked, f"an opaque nobody used: {answer}"
            assert answer["opaque"] not in codes, f"a second answer: {answer}"
            codes[answer["opaque"]] = answer["code"]
        return [codes[opaque] for opaque in asked]


class Senders:
    """Some clients that ask the same at the same time, under the same opaques."""

    def __init__(self, address):
        self.clients = [Client(address) for _ in range(SENDERS)]

    def ask(self, questions):
        asked = [client.begin(questions) for client in self.clients]
        return [code for client, each in zip(self.clients, asked) for code in client.answers(each)]


# ---- what goes wrong

def refused(pair, sink, data, is_request):
    """Killed as the request comes."""
    pair.reset()


def half_a_request(pair, sink, data, is_request):
    if is_request:
        sink.sendall(data[:len(data) // 2])
    pair.reset()


def slow(pair, sink, data, is_request):
    """Answers come when nobody waits for them any more."""
    if is_request:
        return pass_on(pair, sink, data, is_request)

    def later():
        with contextlib.suppress(OSError):
            pass_on(pair, sink, data, is_request)
    timer = threading.Timer(0.1, later)
    timer.daemon = True
    timer.start()


FAULTS = {"killed": refused, "hung": swallow, "slow": slow, "half a request": half_a_request,
          "half an answer": cut(requests=False)}
BROKER_KILLED_EVERY = 100  # in earnest


class Stage:
    def __init__(self, broker, folder, settings, questions):
        self.broker, self.questions = broker, questions
        self.gate = Proxy(broker.broker)
        self.names = Proxy(broker.namesrv, broker.broker.encode(), self.gate.address.encode())
        conf = folder / "proxy.conf"
        conf.write_text("\n".join(SETTINGS + settings) + "\n")
        self.proxy = RmqProxy(self.names.address, folder, "-c", str(conf), "--addressing", "bname")

    def works_again(self, client):
        until = time.monotonic() + RECOVERY_SECONDS
        while any(client.ask([(30, OFFSET, b"")])):
            assert time.monotonic() < until, f"it does not work again after {RECOVERY_SECONDS} s"
            time.sleep(0.01)


def rounds(stage, client, count):
    happened = {name: [] for name in [*FAULTS, "the broker killed"]}
    for n in range(count):
        name = list(FAULTS)[n % len(FAULTS)]
        if n % BROKER_KILLED_EVERY == BROKER_KILLED_EVERY - 1:
            name = "the broker killed"
            stage.broker.kill()
        else:
            stage.gate.become(FAULTS[name])
        happened[name] += client.ask(stage.questions)
        if name == "the broker killed":
            stage.broker.start_again()
        stage.gate.become(pass_on)
        stage.works_again(client)
    for name, codes in happened.items():
        if not codes:
            continue
        failed = sum(code != 0 for code in codes)
        say(f"   {name}: {len(codes)} requests answered, {failed} with an error")
        assert failed, f"{name}: nothing failed, so nothing was tried"


def nothing_stays(stage, client, count):
    say(f"   {type(client).__name__}:")
    proxy = stage.proxy
    for _ in range(3):  # memory is taken for the first of everything
        rounds_quietly(stage, client)
    files, memory = proxy.open_files(), proxy.resident_kib()
    rounds(stage, client, count)
    time.sleep(1)
    grown = proxy.resident_kib() - memory
    say(f"   {count} rounds: open files {files} -> {proxy.open_files()}, memory {memory} KiB {grown:+d},"
        f" connections to the broker {len(stage.gate.pairs)}")
    assert proxy.open_files() <= files + 2, "connections stay behind"
    assert grown < 4 * 1024, "memory stays behind"


def rounds_quietly(stage, client):
    for fault in FAULTS.values():
        stage.gate.become(fault)
        client.ask(stage.questions)
        stage.gate.become(pass_on)
        stage.works_again(client)


def idle_clients(proxy, count):
    """Each has asked something once, so the proxy knows it."""
    before = proxy.resident_kib()
    question = frame(request(105, {"topic": TOPIC}))
    host, port = proxy.namesrv.rsplit(":", 1)
    ends = []
    for _ in range(count):
        end = socket.create_connection((host, int(port)), timeout=10)
        end.sendall(question)
        ends.append(end)
    for end in ends:
        length = struct.unpack(">i", end.recv(4, socket.MSG_WAITALL))[0]
        assert len(end.recv(length, socket.MSG_WAITALL)) == length
    each = (proxy.resident_kib() - before) * 1024 / count
    say(f"   {count} idle clients: {each:,.0f} bytes each")
    for end in ends:
        end.close()
    assert each <= IDLE_BYTES_MAX, f"{each:,.0f} bytes for each idle client"


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with Folder() as folder:
        with BrokerLite(folder) as broker:
            admin = Connection(broker.broker)
            create_topic(admin, TOPIC)
            admin.close()
            for settings, questions, kind in (([], QUESTIONS, Client), (SHARED, OF_A_SENDER, Senders)):
                stage = Stage(broker, folder, settings, questions)
                with stage.proxy as proxy:
                    client = kind(proxy.namesrv)
                    assert client.ask(stage.questions)[0] == 0, "a send fails before anything has gone wrong"
                    nothing_stays(stage, client, count // 2)
        (folder / "idle").mkdir()
        with BrokerLite(folder / "idle") as broker:
            admin = Connection(broker.broker)
            create_topic(admin, TOPIC)
            with RmqProxy(broker.namesrv, folder / "idle") as proxy:
                idle_clients(proxy, min(IDLE_CLIENTS, most - 200))


if __name__ == "__main__":
    main()
