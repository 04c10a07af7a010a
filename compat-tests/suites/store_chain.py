"""One store goes from broker-lite to stock, back, and to stock again. Each of them takes messages of every
kind, from our client and from Java's; what one has written, its group's progress and what is found by key,
the next one reads equal, and goes on with."""
import re
import subprocess

import actors
from clients import Java
from exchange import lines_of, wait_until
from servers import BrokerLite, Folder, Stock, say
from stage import BODY, mqadmin

JAVA = "5.5.0"
COUNT = 10
TOPIC, DEAD_TOPIC = "t-chain", "t-dead"
READER, DEAD = "g-chain", "g-dead"
READ = ",".join((TOPIC, DEAD_TOPIC, f"%RETRY%{READER}", f"%RETRY%{DEAD}", f"%DLQ%{DEAD}"))
CONF = ["brokerName=broker-c", "mappedFileSizeCommitLog=67108864", "transactionTimeOut=6000",
        "transactionCheckInterval=2000", "traceTopicEnable=false"]
# What both clients send, and what else is told of it.
KINDS = {"plain": {}, "async": {}, "batch": {}, "ordered": {}, "zlib": {"size": 2000}, "lz4": {"size": 2000},
         "zstd": {"size": 2000}, "commit": {}, "check": {}, "rollback": {}, "level": {"level": 2},
         "timer": {"after_ms": 6000}}
OWNERS = ("broker-lite", "stock", "broker-lite", "stock")


def server_of(owner, folder):
    if owner == "stock":
        # What it has committed it writes down so much later, and until then checks it, and commits it, anew.
        return Stock(JAVA, folder, *CONF, "transactionOpBatchInterval=500")
    conf = folder / "broker.conf"
    conf.write_text("\n".join(CONF) + "\n")
    return BrokerLite(folder, "-c", str(conf))


def bodies_of(out):
    return [line[BODY].rstrip("x") for line in lines_of(out)]


class Owner:
    """Of the store, for a while; the clients are new each time."""

    def __init__(self, number, server, folder):
        self.server, self.folder, self.step = server, folder, number
        log = folder / "actors.log"
        self.clients = {"ours": actors.ours(server.namesrv, log),
                        "java": actors.java(JAVA, server.namesrv, log)}

    def end(self):
        for client in self.clients.values():
            client.leave()

    def prefix(self, name, kind):
        return f"{self.step}-{name}-{kind}"

    def write(self):
        """The group reads meanwhile, and the other one gives up what it gets."""
        ours = self.clients["ours"]
        for topic in (TOPIC, DEAD_TOPIC):
            ours.ask("create_topic", topic=topic)
        out, dead = self.folder / f"read-{self.step}.txt", self.folder / f"dead-{self.step}.txt"
        ours.ask("consume", id="read", kind="retry", out=out, topic=TOPIC, group=READER)
        ours.ask("consume", id="dead", kind="dead", out=dead, topic=DEAD_TOPIC, group=DEAD, max_retries=1)
        wanted = set()
        for name, client in self.clients.items():
            for kind, words in KINDS.items():
                # A group of its own: a check must not reach a producer that knows of no transactions.
                client.ask("send", kind=kind if kind not in ("level", "timer") else "plain", topic=TOPIC,
                           group=f"p-{name}-{kind}", count=COUNT, prefix=self.prefix(name, kind), **words)
                if kind != "rollback":
                    wanted |= {f"{self.prefix(name, kind)}-{n}" for n in range(COUNT)}
            client.ask("send", kind="plain", topic=DEAD_TOPIC, group=f"p-{name}-dead", count=COUNT,
                       prefix=self.prefix(name, "dead"))
        # Each comes, is sent back, and comes again.
        wait_until("all are read twice", 120,
                   lambda: all(bodies_of(out).count(body) >= 2 for body in wanted))
        wait_until("dead letters", 60, lambda: len(self.read("dead", f"%DLQ%{DEAD}")) ==
                   COUNT * len(self.clients) * (self.step + 1))
        for consumer in ("read", "dead"):
            ours.ask("stop", id=consumer)
        foreign = {body for body in bodies_of(out) if not body.startswith(f"{self.step}-")}
        assert not foreign, f"what an earlier owner handed out came again: {sorted(foreign)[:5]}"
        assert not any("rollback" in body for body in bodies_of(out)), "what was rolled back was handed out"

    def read(self, when, topics=READ):
        out = self.folder / f"full-{self.step}-{when}.txt"
        # The topic of dead letters comes with the first of them.
        done = subprocess.run([*Java(JAVA).prefix, "ReadAll", self.server.namesrv, topics, str(out), "--full"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 0 or when == "dead", done.stderr
        return out.read_text().splitlines() if done.returncode == 0 else []

    def progress(self):
        printed = mqadmin(self.clients["java"], f"consumerProgress -g {READER}")
        return sorted(re.findall(rf"^(\S*{TOPIC}|%RETRY%{READER})\s+(\S+)\s+(\d+)\s+(\d+)\s+(\d+)", printed, re.M))

    def found_by_key(self):
        """By a key of each kind that an owner took."""
        found = {}
        for kind in KINDS:
            key = f"key-{self.prefix('java', kind)}-3"
            printed = mqadmin(self.clients["java"], f"queryMsgByKey -t {TOPIC} -k {key}")
            found[key] = sorted(re.findall(r"^([0-9A-F]{32,56})\s+(\d+)\s+(\d+)", printed, re.M))
            # More than one where stock checked again before it had written down that it was committed.
            assert bool(found[key]) == (kind != "rollback"), f"{key}: {printed}"
        return found


def hand_over(folder, number, seen):
    owner_name = OWNERS[number]
    home = folder / f"{number}-{owner_name}"
    home.mkdir()
    if number:
        (folder / f"{number - 1}-{OWNERS[number - 1]}/store").rename(home / "store")
    with server_of(owner_name, home) as server:
        owner = Owner(number, server, folder)
        if seen:
            messages, progress, keys = seen
            now = owner.read("taken-over")
            wrong = next((pair for pair in zip(messages, now) if pair[0] != pair[1]), None)
            assert messages == now, f"{len(messages)} messages became {len(now)}; {wrong}"
            assert progress == owner.progress(), f"progress {progress} became {owner.progress()}"
            owner.step = number - 1
            assert keys == owner.found_by_key(), f"by key {keys} became {owner.found_by_key()}"
            owner.step = number
            say(f"   {OWNERS[number - 1]} to {server.name}: {len(now)} messages, progress of {len(progress)} "
                f"queues and {len(keys)} keys equal")
        owner.write()
        seen = owner.read("left"), owner.progress(), owner.found_by_key()
        owner.end()
        server.stop()
    return seen


def main():
    with Folder() as folder:
        seen = None
        for number in range(len(OWNERS)):
            seen = hand_over(folder, number, seen)
        say(f"   at the end {len(seen[0])} messages")


if __name__ == "__main__":
    main()
