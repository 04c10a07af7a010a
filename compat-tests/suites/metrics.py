"""Metrics of broker-lite beside those of stock 5.5.0 under the same load: the same names, the same labels, and
the same numbers where a number does not depend on time."""
import re
import subprocess
import time
import urllib.request

from bad_input import SEND
from clients import Java
from frames import Connection, create_group, create_topic, frame, pipelined, pop_all, request
from servers import BrokerLite, Folder, Stock, say

TOPIC, GROUP = "metered", "metered-readers"
READ, UNREAD = 300, 40
POPPED, POPPERS = "metered-pops", "metered-poppers"
OURS = re.compile("process_|rocketmq_storage_writable$")  # stock has nothing of the kind
NOT_COMPARED = ("otel_scope_name",)  # a label of stock's exporter
LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Metrics:
    def __init__(self, url):
        with urllib.request.urlopen(url, timeout=10) as answer:
            self.kind = answer.headers["Content-Type"]
            text = answer.read().decode()
        self.types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M))
        self.lines = []
        for line in text.splitlines():
            found = LINE.match(line)
            if found:
                labels = {k: v for k, v in LABEL.findall(found[2] or "") if k not in NOT_COMPARED}
                self.lines.append((found[1], labels, float(found[3])))

    def labels(self, name):
        """The sets of label names of a metric's lines."""
        return {tuple(sorted(labels)) for found, labels, _ in self.lines
                if re.sub("_(bucket|sum|count)$", "", found) == name or found == name}

    def value(self, name, **wanted):
        return sum(value for found, labels, value in self.lines
                   if found == name and wanted.items() <= labels.items())


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, timeout=300)


def load(server, client, folder):
    """A group reads all and leaves; then more comes."""
    run(*client.send_many(server.namesrv, TOPIC, READ, 2, "sync", folder / "sent.txt", "a"))
    run(*client.prefix, "ConsumeMany", server.namesrv, TOPIC, GROUP, folder / "sent.txt", 120,
        folder / "read.txt")
    run(*client.send_many(server.namesrv, TOPIC, UNREAD, 2, "sync", folder / "more.txt", "b"))
    connection = Connection(server.broker)
    create_topic(connection, POPPED)
    create_group(connection, POPPERS)
    message = frame(request(310, {**SEND, "b": POPPED}), b"x")
    assert set(pipelined(connection, [message] * 8)) == {0}
    pop_all(connection, "broker-lite", POPPED, POPPERS, 8, 60_000, acknowledges=True)


def measured(server, url, folder, client):
    load(server, client, folder)
    deadline = time.monotonic() + 90
    while True:  # offsets are committed and clients are noticed some time later
        metrics = Metrics(url)
        if metrics.value("rocketmq_messages_out_total", topic=TOPIC, consumer_group=GROUP) >= READ:
            return metrics
        assert time.monotonic() < deadline, "the messages read do not show in the metrics"
        time.sleep(1)


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def compare(ours, stock):
    mine = {name for name in ours.types if not OURS.match(name)}
    # Stock says nothing of groups that have left, of what does not wait, nor of what did not happen yet.
    strange = sorted(name for name in mine - set(stock.types)
                     if not name.startswith(("rocketmq_consumer_", "rocketmq_pop_revive_"))
                     and name not in LESS_LABELS)
    assert not strange, f"stock has no metrics {strange}"
    common = sorted(mine & set(stock.types))
    for name in common:
        assert ours.types[name] == stock.types[name], f"{name} is a {ours.types[name]}"
        same = ours.labels(name) == stock.labels(name) or name in LESS_LABELS
        assert same, f"{name} has the labels {ours.labels(name)}, stock {stock.labels(name)}"
    for name, labels in SAME_NUMBERS:
        mine, theirs = ours.value(name, **labels), stock.value(name, **labels)
        assert mine == theirs, f"{name} {labels} is {mine}, in stock {theirs}"
    say(f"   {len(common)} metrics with the names, types and labels of stock 5.5.0, "
        f"{len(SAME_NUMBERS)} numbers equal")
    say("   only in stock here:", ", ".join(sorted(set(stock.types) - set(ours.types))))


# Without a topic here: what waits is counted, not by what it waits for.
LESS_LABELS = ("rocketmq_timing_messages", "rocketmq_half_messages")
SAME_NUMBERS = [
    ("rocketmq_messages_in_total", {"topic": TOPIC}),
    ("rocketmq_messages_out_total", {"topic": TOPIC, "consumer_group": GROUP}),
    ("rocketmq_messages_out_total", {"topic": POPPED, "consumer_group": POPPERS, "is_retry": "false"}),
    ("rocketmq_message_size_count", {"topic": TOPIC}),
    ("rocketmq_broker_permission", {}),
    ("rocketmq_pop_revive_in_message_total", {"topic": POPPED, "consumer_group": POPPERS}),
]


def check_ours(server, ours):
    assert ours.kind == "text/plain; version=0.0.4; charset=utf-8", ours.kind
    lag = ours.value("rocketmq_consumer_lag_messages", topic=TOPIC, consumer_group=GROUP)
    assert lag == UNREAD, f"the group that has left is said to be {lag} behind, not {UNREAD}"
    for page in ("healthz", "readyz"):
        with urllib.request.urlopen(f"http://{server.ready['metrics']}/{page}", timeout=10) as answer:
            assert answer.status == 200, f"/{page} answers {answer.status}"
    say(f"   broker-lite tells how far a group is behind that has left: {lag:.0f}")


def main():
    client = Java("5.5.0")
    with Folder() as folder:
        with BrokerLite(folder, "--metrics", "127.0.0.1:0") as server:
            ours = measured(server, f"http://{server.ready['metrics']}/metrics", folder, client)
            check_ours(server, ours)
        port = free_port()
        stock_folder = folder / "stock"
        conf = ("metricsExporterType=PROM", f"metricsPromExporterPort={port}",
                "metricsPromExporterHost=127.0.0.1", "brokerName=broker-lite")
        with Stock("5.5.0", stock_folder, *conf) as server:
            stock = measured(server, f"http://127.0.0.1:{port}/metrics", folder, client)
        compare(ours, stock)


if __name__ == "__main__":
    main()
