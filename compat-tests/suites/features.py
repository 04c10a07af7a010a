"""What the SDK can do, one feature after the other, with the stock client on the other side: on stock
5.5.0 and 4.9.7, and on broker-lite. What a broker cannot do must be refused with words that say so.

With ROCKETMQ_MATRIX=FILE the result is also written there as a table."""
import os
import pathlib
import re
import sys
import time

import actors
from exchange import create_topic, lines_of, wait_until
from servers import BrokerLite, Folder, Stock, say

COUNT = 20
BODY, QUEUE, OFFSET, ID, TRIES, TAG, KEYS, N, TOPIC, ARRIVED = range(10)
WAIT = 60


class Stage:
    """One feature on one server: a sender, a consumer, names nobody else uses."""

    def __init__(self, folder, name, sender, receiver):
        self.folder, self.sender, self.receiver = folder, sender, receiver
        self.name = name
        self.topic = f"t-{name}"
        self.group = f"g-{name}"
        self.started = []

    def consume(self, kind="concurrent", actor=None, suffix="", **more):
        actor = actor or self.receiver
        out = self.folder / f"{self.name}{suffix}.txt"
        identity = f"{self.name}{suffix}"
        words = {"topic": self.topic, "group": self.group, **more}
        actor.ask("consume", id=identity, kind=kind, out=out, **words)
        self.started.append((actor, identity))
        return out

    def send(self, kind="plain", count=COUNT, prefix="m", **more):
        return self.sender.ask("send", kind=kind, topic=self.topic, group=self.group + "-p",
                               count=count, prefix=prefix, **more)

    def expect(self, out, count=COUNT, prefix="m", seconds=WAIT):
        wanted = {f"{prefix}-{n}" for n in range(count)}

        def got():
            return {line[BODY] for line in lines_of(out)}

        try:
            wait_until(f"{count} messages", seconds, lambda: wanted <= got())
        except AssertionError:
            raise AssertionError(f"{len(wanted - got())} of {count} messages are missing") from None
        for line in lines_of(out):
            body = line[BODY]
            if body in wanted:
                assert line[TAG] in ("TagA", "TagB"), f"tag {line[TAG]!r}"
                assert line[KEYS] == f"key-{body}", f"keys {line[KEYS]!r}"
                assert line[N] == body.rsplit("-", 1)[1], f"property n is {line[N]!r}"
        return lines_of(out)

    def end(self):
        for actor, identity in self.started:
            actor.ask("stop", id=identity)


def sends(kind, count=COUNT, **more):
    def feature(stage):
        out = stage.consume()
        stage.send(kind, count=count, **more)
        stage.expect(out, count=count)
    return feature


def ordered(stage):
    out = stage.consume("ordered")
    stage.send("ordered", count=100)
    lines = stage.expect(out, count=100)
    for key in range(4):
        numbers = [int(line[N]) for line in lines if int(line[N]) % 4 == key]
        assert numbers == sorted(numbers), f"out of order for key {key}: {numbers}"
        assert len({line[QUEUE] for line in lines if int(line[N]) % 4 == key}) == 1


def arrives_later(seconds, kind="plain", **more):
    def feature(stage):
        out = stage.consume()
        stage.send(prefix="now", count=1)
        stage.expect(out, prefix="now", count=1)
        began = time.time()
        stage.send(kind, count=3, **more)
        lines = [line for line in stage.expect(out, count=3) if line[BODY].startswith("m-")]
        early = [line for line in lines if int(line[ARRIVED]) / 1000 - began < seconds]
        assert not early, f"{len(early)} messages came early"
    return feature


def deliver_at(stage):
    arrives_later(2, at_ms=int(time.time() * 1000) + 4000)(stage)


def recall(stage):
    out = stage.consume()
    handle = stage.send(prefix="recalled", count=1, after_ms=6000)["recall_handle"]
    assert handle, "no recall handle"
    stage.sender.ask("recall", topic=stage.topic, group=stage.group + "-p", handle=handle)
    stage.send(prefix="later", count=1, after_ms=9000)
    lines = stage.expect(out, prefix="later", count=1)
    assert not [line for line in lines if line[BODY].startswith("recalled")]


def rollback(stage):
    out = stage.consume()
    stage.send("rollback", prefix="never")
    stage.send("commit", prefix="m")
    lines = stage.expect(out)
    assert not [line for line in lines if line[BODY].startswith("never")]


def request_reply(stage):
    stage.consume("reply")
    for n in range(3):
        answer = stage.sender.ask("request", topic=stage.topic, group=stage.group + "-p",
                                  body=f"question-{n}", timeout_ms=30_000)
        assert answer["reply"] == f"re:question-{n}", answer


def retry(stage):
    out = stage.consume("retry")
    stage.send(count=5)

    def all_twice():
        again = {line[BODY] for line in lines_of(out) if int(line[TRIES]) > 0}
        return len(again) == 5

    wait_until("each message comes a second time", WAIT, all_twice)
    lines = stage.expect(out, count=5)
    assert {line[TOPIC] for line in lines} == {stage.topic}, "the listener sees another topic"


def dead_letters(stage):
    stage.consume("dead", max_retries=1)
    stage.send(count=3)
    # Who reads them is ours in both directions: what counts is who gave them up.
    ours = stage.sender if stage.sender.name == "ours" else stage.receiver
    deadline = time.monotonic() + WAIT
    while True:
        try:
            out = stage.consume("assign", actor=ours, suffix="-dead", group=stage.group + "-dead",
                                topic=f"%DLQ%{stage.group}")
            break
        except actors.Refused:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
    stage.expect(out, count=3)


def broadcast(stage):
    first = stage.consume("broadcast", suffix="-1")
    second = stage.consume("broadcast", suffix="-2",
                           actor=stage.receiver if stage.receiver.name != "ours" else stage.second)
    stage.send()
    stage.expect(first)
    stage.expect(second)


def filtered(**filter_words):
    def feature(stage):
        out = stage.consume(**filter_words)
        stage.send(prefix="no", tag="TagC", count=5)
        stage.send(prefix="m", tag="TagB", count=5)
        lines = stage.expect(out, count=5)
        assert not [line for line in lines if line[BODY].startswith("no-")], "not filtered"
    return feature


def consumed_by(kind):
    def feature(stage):
        stage.send(prefix="before", count=5)
        out = stage.consume(kind)
        stage.send()
        stage.expect(out, prefix="before", count=5)
        stage.expect(out)
    return feature


def shared(strategy):
    """A Java and two of our members of one group share eight queues."""
    def feature(stage):
        members = [("-java", stage.java), ("-ours", stage.ours), ("-second", stage.second)]
        for suffix, actor in members:
            stage.consume(suffix=suffix, actor=actor, alloc=strategy)

        def owned():
            return [queue for suffix, actor in members
                    for queue in actor.ask("queues", id=stage.name + suffix)["queues"]]

        def settled():
            queues = owned()
            return len(queues) == 8 and len(set(queues)) == 8

        wait_until("each queue has one owner", WAIT, settled)
        stage.send()
        outs = [stage.folder / f"{stage.name}{suffix}.txt" for suffix, _ in members]
        wait_until("all is consumed", WAIT, lambda: len(
            {line[BODY] for out in outs for line in lines_of(out)}) == COUNT)
    return feature


BOTH = ("ours to Java", "Java to ours")
TO_OURS = ("Java to ours",)
OURS_TO_JAVA = ("ours to Java",)
OURS_TO_OURS = ("ours to ours",)
TOGETHER = ("together",)

NEEDS_5 = "does not hand out single messages"
# A 4.9.7 client reads them all, and has no setting to write them with.
OLD_JAVA = {"stock 4.9.7": "maybe:no compression type"}
LATER = "hole: broker-lite does not do this yet"

# name, function, directions, what is different where: a regular expression of the refusal, or a hole
FEATURES = [
    ("sync", sends("plain"), BOTH, {}),
    ("async", sends("async"), BOTH, {}),
    ("oneway", sends("oneway"), BOTH, {}),
    ("batch", sends("batch"), BOTH, {}),
    ("auto batch", sends("auto_batch"), OURS_TO_JAVA, {}),
    ("compressed zlib", sends("zlib", size=2000), BOTH, {}),
    ("compressed lz4", sends("lz4", size=2000), BOTH, OLD_JAVA),
    ("compressed zstd", sends("zstd", size=2000), BOTH, OLD_JAVA),
    ("ordered", ordered, BOTH, {}),
    ("delay level", arrives_later(0.9, level=1), BOTH, {"broker-lite": LATER}),
    ("deliver after", arrives_later(2, after_ms=4000), BOTH,
     {"stock 4.9.7": "broker: 4.x has no timer and delivers at once", "broker-lite": LATER}),
    ("deliver at", deliver_at, BOTH,
     {"stock 4.9.7": "broker: 4.x has no timer and delivers at once", "broker-lite": LATER}),
    ("recall", recall, BOTH, {"stock 4.9.7": "broker: 4.x has no timer", "broker-lite": LATER}),
    ("transaction commit", sends("commit"), BOTH, {"broker-lite": LATER}),
    ("transaction rollback", rollback, BOTH, {"broker-lite": LATER}),
    ("transaction checked by the broker", sends("check", count=3), BOTH, {"broker-lite": LATER}),
    ("request and reply", request_reply, BOTH, {"broker-lite": LATER}),
    ("retry", retry, BOTH, {}),
    ("dead letters", dead_letters, BOTH, {}),
    ("broadcast", broadcast, BOTH, {}),
    ("tags", filtered(tags="TagA || TagB"), BOTH, {}),
    ("SQL92", filtered(sql="TAGS = 'TagB' AND n >= 0"), BOTH, {}),
    ("pull, assigned queues", consumed_by("assign"), BOTH, {}),
    ("pull, subscribed", consumed_by("lite"), BOTH, {}),
    ("pop", consumed_by("pop"), TO_OURS, {"stock 4.9.7": NEEDS_5, "broker-lite": LATER}),
    ("simple consumer", consumed_by("simple"), TO_OURS,
     {"stock 4.9.7": NEEDS_5, "broker-lite": LATER}),
    ("shared, AVG", shared("AVG"), TOGETHER, {}),
    ("shared, AVG_BY_CIRCLE", shared("AVG_BY_CIRCLE"), TOGETHER, {}),
    ("shared, CONSISTENT_HASH", shared("CONSISTENT_HASH"), TOGETHER, {}),
]


def run_one(folder, server_name, feature, direction, cast):
    """The word for the table, and whether it is a failure."""
    name, function, _, different = feature
    rule = different.get(server_name, "")
    if rule.startswith(("hole:", "client:", "broker:")):
        return rule, False
    sender, receiver = {"ours to Java": ("ours", "java"), "Java to ours": ("java", "ours"),
                        "ours to ours": ("ours", "ours"), "together": ("ours", "java")}[direction]
    short = re.sub("[^a-z0-9]+", "-", name.lower()) + "-" + direction.split(" ")[0].lower()
    stage = Stage(folder, short, cast[sender], cast[receiver])
    stage.java, stage.ours, stage.second = cast["java"], cast["ours"], cast["second"]
    try:
        create_topic(cast["server"], stage.topic)
        function(stage)
        said = None
    except actors.Refused as refused:
        said = str(refused)
    except AssertionError as wrong:
        return f"FAILED: {wrong}", True
    finally:
        try:
            stage.end()
        except actors.Refused:
            pass
    may_work = not rule or rule.startswith("maybe:")
    if said is None:
        return ("ok", False) if may_work else ("FAILED: not refused", True)
    if rule and re.search(rule.removeprefix("maybe:"), said):
        return f"refused: {said}", False
    return f"FAILED: {said}", True


def run_all(server, java_version, wanted):
    results = {}
    with Folder() as folder:
        log = folder / "actors.log"
        with actors.java(java_version, server.namesrv, log) as java, \
                actors.ours(server.namesrv, log) as ours, \
                actors.ours(server.namesrv, log) as second:
            cast = {"java": java, "ours": ours, "second": second, "server": server}
            for feature in FEATURES:
                if wanted and feature[0] not in wanted:
                    continue
                for direction in feature[2]:
                    began = time.monotonic()
                    word, failed = run_one(folder, server.name, feature, direction, cast)
                    results[feature[0], direction] = (word, failed)
                    say(f"     {server.name}: {feature[0]}, {direction}: {word} "
                        f"({time.monotonic() - began:.1f} s)")
            for actor in (java, ours, second):
                actor.leave()
        if any(failed for _, failed in results.values()):
            say((log.read_text(errors="replace"))[-4000:])
    return results


CONF = ["enablePropertyFilter=true", "transactionTimeOut=6000", "transactionCheckInterval=2000"]


def servers(folder):
    yield Stock("5.5.0", folder / "stock-5", *CONF, "recallMessageEnable=true"), "5.5.0"
    yield Stock("4.9.7", folder / "stock-4", *CONF), "4.9.7"
    yield BrokerLite(folder), "5.5.0"


def write_table(path, all_results):
    names = list(all_results)
    lines = ["## What the SDK can do, by broker", "",
             "| feature | direction | " + " | ".join(names) + " |",
             "|---|---|" + "---|" * len(names)]
    for feature in FEATURES:
        for direction in feature[2]:
            cells = [all_results[name].get((feature[0], direction), ("–", False))[0]
                     for name in names]
            lines.append(f"| {feature[0]} | {direction} | " + " | ".join(cells) + " |")
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


def main():
    only = os.environ.get("ROCKETMQ_SERVERS", "")
    wanted = sys.argv[1:]
    all_results = {}
    with Folder() as folder:
        for server, java_version in servers(folder):
            if only and only not in server.name:
                continue
            with server:
                all_results[server.name] = run_all(server, java_version, wanted)
    failed = 0
    for name, results in all_results.items():
        words = [word for word, _ in results.values()]
        failed += sum(1 for _, is_failure in results.values() if is_failure)
        say(f"   {name}: {words.count('ok')} of {len(words)} ok, "
            f"{sum(w.startswith('refused') for w in words)} refused as they should be, "
            f"{sum(w.startswith(('hole', 'broker', 'client')) for w in words)} not possible there")
    if os.environ.get("ROCKETMQ_MATRIX") and not wanted:
        write_table(os.environ["ROCKETMQ_MATRIX"], all_results)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
