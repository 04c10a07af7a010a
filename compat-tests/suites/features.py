"""What the SDK can do, one feature after the other, with the stock client on the other side: on stock
5.5.0 and 4.9.7, and on broker-lite. What a broker cannot do must be refused with words that say so.

With ROCKETMQ_MATRIX=FILE the result is also written there as a table."""
import os
import re
import sys
import time

import actors
import examples
from exchange import lines_of, wait_until
from servers import BrokerLite, Folder, Stock
from stage import (ARRIVED, BODY, COUNT, N, QUEUE, TOPIC, TRIES, WAIT, Cast, Feature, add_table, mqadmin,
                   run_all, summarize)


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
    # Who reads them is ours in both directions, and in no namespace: what counts is who gave them up,
    # and what they are called.
    deadline = time.monotonic() + WAIT
    while True:
        try:
            out = stage.consume("assign", actor=stage.outsider, suffix="-dead",
                                group=stage.group + "-dead",
                                topic=f"%DLQ%{stage.on_the_wire(stage.group)}")
            break
        except actors.Refused:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
    stage.expect(out, count=3)


def broadcast(stage):
    first = stage.consume("broadcast", suffix="-1")
    second = stage.consume("broadcast", suffix="-2",
                           actor=stage.receiver if stage.receiver.name != "ours" else
                           stage.cast.second())
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
        cast = stage.cast
        members = [("-java", cast.java()), ("-ours", cast.ours()), ("-second", cast.second())]
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


def in_a_namespace(stage):
    """Who is outside of it finds the messages under the name on the wire, and none under the plain one."""
    stage.cast.admin().ask("create_topic", topic=stage.topic)
    out = stage.consume()
    seen = stage.consume("assign", actor=stage.outsider, suffix="-seen", group=stage.group + "-seen",
                         topic=stage.on_the_wire(stage.topic))
    plain = stage.consume("assign", actor=stage.outsider, suffix="-plain", group=stage.group + "-plain")
    stage.send()
    lines = stage.expect(out)
    assert {line[TOPIC] for line in lines} == {stage.topic}, "the listener sees another topic"
    stage.expect(seen)
    assert not lines_of(plain), "the plain topic has messages"


def expect_trace(stage, message_id, records):
    """Both sides' tools read the same."""
    for reader in (stage.cast.java(), stage.cast.ours()):
        def found():
            return set(reader.ask("trace", id=message_id)["records"])
        try:
            wait_until("all is recorded", WAIT, lambda: records <= found())
        except AssertionError:
            raise AssertionError(f"{reader.name} does not find {records - found()}, but "
                                 f"{found() - records}") from None


def traced(stage):
    out = stage.consume()
    ids = stage.send(count=2)["ids"]
    stage.expect(out, count=2)
    for n, message_id in enumerate(ids):
        expect_trace(stage, message_id, {
            f"Pub|{stage.group}-p|{stage.topic}|key-m-{n}|true|0",
            f"SubBefore|{stage.group}||key-m-{n}|true|0",
            f"SubAfter|{stage.group}||key-m-{n}|true|0"})
    printed = mqadmin(stage.cast.java(), f"queryMsgTraceById -i {ids[0]}")
    for line in (f"Pub +{stage.group}-p .*success", f"Sub +{stage.group} .*success"):
        assert re.search(line, printed), f"mqadmin does not print {line}, but {printed}"


def traced_end(kind):
    def feature(stage):
        message_id = stage.send(kind, count=1)["ids"][0]
        expect_trace(stage, message_id, {f"Pub|{stage.group}-p|{stage.topic}|key-m-0|true|0",
                                         f"EndTransaction|{stage.group}-p|{stage.topic}|key-m-0|true|0"})
    return feature


def run_examples(stage):
    examples.run(examples.ON_ALL_SERVERS, stage.cast.server.namesrv)


BOTH = ("ours to Java", "Java to ours")
TO_OURS = ("Java to ours",)
OURS_TO_JAVA = ("ours to Java",)
TOGETHER = ("together",)
ALONE = ("ours alone",)

NEEDS_5 = "does not hand out single messages"
# A 4.9.7 client reads them all, and has no setting to write them with.
OLD_JAVA = {"stock 4.9.7": "maybe:no compression type"}

NAMESPACE = ("--ns", "shop")
NAMESPACE_V2 = ("--ns-v2", "shop")
TRACE = ("--trace",)
ONLY_5 = {"stock 4.9.7": "client: 4.x has only namespaces of the first kind"}

FEATURES = [
    Feature("sync", sends("plain"), BOTH),
    Feature("async", sends("async"), BOTH),
    Feature("oneway", sends("oneway"), BOTH),
    Feature("batch", sends("batch"), BOTH),
    Feature("auto batch", sends("auto_batch"), OURS_TO_JAVA),
    Feature("compressed zlib", sends("zlib", size=2000), BOTH),
    Feature("compressed lz4", sends("lz4", size=2000), BOTH, OLD_JAVA),
    Feature("compressed zstd", sends("zstd", size=2000), BOTH, OLD_JAVA),
    Feature("ordered", ordered, BOTH),
    Feature("delay level", arrives_later(0.9, level=1), BOTH),
    Feature("deliver after", arrives_later(2, after_ms=4000), BOTH,
            {"stock 4.9.7": "broker: 4.x has no timer and delivers at once"}),
    Feature("deliver at", deliver_at, BOTH,
            {"stock 4.9.7": "broker: 4.x has no timer and delivers at once"}),
    Feature("recall", recall, BOTH, {"stock 4.9.7": "broker: 4.x has no timer"}),
    Feature("transaction commit", sends("commit"), BOTH),
    Feature("transaction rollback", rollback, BOTH),
    Feature("transaction checked by the broker", sends("check", count=3), BOTH),
    Feature("request and reply", request_reply, BOTH),
    Feature("retry", retry, BOTH),
    Feature("dead letters", dead_letters, BOTH),
    Feature("broadcast", broadcast, BOTH),
    Feature("tags", filtered(tags="TagA || TagB"), BOTH),
    Feature("SQL92", filtered(sql="TAGS = 'TagB' AND n >= 0"), BOTH, {}),
    Feature("pull, assigned queues", consumed_by("assign"), BOTH),
    Feature("pull, subscribed", consumed_by("lite"), BOTH),
    Feature("pop", consumed_by("pop"), TO_OURS, {"stock 4.9.7": NEEDS_5}),
    Feature("simple consumer", consumed_by("simple"), TO_OURS, {"stock 4.9.7": NEEDS_5}),
    Feature("shared, AVG", shared("AVG"), TOGETHER),
    Feature("shared, AVG_BY_CIRCLE", shared("AVG_BY_CIRCLE"), TOGETHER),
    Feature("shared, CONSISTENT_HASH", shared("CONSISTENT_HASH"), TOGETHER),
    Feature("namespace", in_a_namespace, BOTH, {}, NAMESPACE),
    Feature("namespace, retry", retry, BOTH, {}, NAMESPACE),
    Feature("namespace, dead letters", dead_letters, BOTH, {}, NAMESPACE),
    Feature("namespace, transaction checked", sends("check", count=3), BOTH, {},
            NAMESPACE),
    Feature("namespace, request and reply", request_reply, BOTH, {}, NAMESPACE),
    Feature("namespace v2, retry", retry, BOTH, ONLY_5, NAMESPACE_V2),
    Feature("namespace v2, request and reply", request_reply, BOTH, ONLY_5, NAMESPACE_V2),
    Feature("trace", traced, BOTH, {}, TRACE),
    Feature("trace of a transaction", traced_end("commit"), BOTH, {}, TRACE),
    Feature("examples", run_examples, ALONE,
            {"stock 4.9.7": "broker: some of them need 5.x"}),
]


CONF = ["enablePropertyFilter=true", "transactionTimeOut=6000", "transactionCheckInterval=2000",
        "traceTopicEnable=true"]


def servers(folder):
    yield Stock("5.5.0", folder / "stock-5", *CONF, "recallMessageEnable=true"), "5.5.0"
    yield Stock("4.9.7", folder / "stock-4", *CONF), "4.9.7"
    conf = folder / "broker-lite.conf"
    conf.write_text("\n".join([*CONF, "recallMessageEnable=true"]) + "\n")
    yield BrokerLite(folder, "-c", str(conf)), "5.5.0"


def main():
    only = os.environ.get("ROCKETMQ_SERVERS", "")
    wanted = sys.argv[1:]
    features = [each for each in FEATURES if not wanted or each.name in wanted]
    all_results = {}
    with Folder() as folder:
        for server, java_version in servers(folder):
            if only and only not in server.name:
                continue
            with server, Folder() as actors_folder:
                all_results[server.name] = run_all(Cast(server, java_version, actors_folder),
                                                   features)
    failed = summarize(all_results)
    if os.environ.get("ROCKETMQ_MATRIX") and not wanted:
        add_table(os.environ["ROCKETMQ_MATRIX"], "What the SDK can do, by broker", all_results)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
