"""The rmq command and the examples against broker-lite: output, exit codes."""
import json
import subprocess

import examples
from servers import BIN, BrokerLite, Folder, say


def rmq(*arguments, namesrv=None, stdin=None):
    command = [str(BIN / "rmq"), *arguments] + (["-n", namesrv] if namesrv else [])
    return subprocess.run(command, input=stdin, text=True, capture_output=True, timeout=120)


def expect(code, *arguments, **options):
    done = rmq(*arguments, **options)
    assert done.returncode == code, f"rmq {' '.join(arguments)}: exit {done.returncode}, not {code}\n{done.stdout}{done.stderr}"
    return done


def check_bench(ns, pid):
    made = json.loads(expect(0, "bench", "produce", "measured", "--connections", "3", "--in-flight", "4",
                             "--seconds", "1", "--warm-up", "0.2", "--server-pid", str(pid), "-o", "json",
                             namesrv=ns).stdout)
    assert made["messages"] > 0 and made["failed"] == 0, made
    latency = made["latency_us"]
    assert 0 < latency["p50"] <= latency["p99"] <= latency["max"], made
    assert made["client_cpu_us_a_message"] > 0 and made["server_cpu_us_a_message"] > 0, made
    described = json.loads(expect(0, "topic", "describe", "measured", "-o", "json", namesrv=ns).stdout)
    stored = sum(q["max_offset"] for q in described["queues"])
    assert stored >= made["messages"], (stored, made)
    read = json.loads(expect(0, "bench", "consume", "measured", "--connections", "2", "--seconds", "60",
                             "-o", "json", namesrv=ns).stdout)
    assert read["messages"] == stored and read["failed"] == 0, (stored, read)
    lines = expect(0, "bench", "produce", "measured", "--connections", "1", "--in-flight", "1", "--seconds",
                   "0.5", namesrv=ns).stdout.splitlines()
    assert len(lines) == 2 and "PER SECOND" in lines[0] and "P99 US" in lines[0], lines
    expect(2, "bench", "produce", "measured", "--in-flight", "0", namesrv=ns)
    expect(2, "bench", namesrv=ns)
    expect(3, "bench", "produce", "measured", namesrv="127.0.0.1:1")
    say(f"   rmq bench: {stored} messages sent, and as many read")


def main():
    with Folder() as folder, BrokerLite(folder) as server:
        ns = server.namesrv
        expect(0, "topic", "create", "orders", "--queues", "4", namesrv=ns)
        topics = json.loads(expect(0, "topic", "list", "-o", "json", namesrv=ns).stdout)
        assert "orders" in topics, topics
        assert "orders" in expect(0, "topic", "list", namesrv=ns).stdout

        lines = "".join(f"line {n}\n" for n in range(200))
        sent = json.loads(expect(0, "produce", "orders", "--tag", "created", "-o", "json",
                                 namesrv=ns, stdin=lines).stdout)
        assert sent["sent"] == 200 and sent["failed"] == 0, sent
        expect(0, "produce", "orders", "--body", "one more", "--key", "o-17", namesrv=ns)
        expect(0, "produce", "orders", "--size", "100", "--count", "50", namesrv=ns)

        described = json.loads(expect(0, "topic", "describe", "orders", "-o", "json", namesrv=ns).stdout)
        assert sum(q["max_offset"] - q["min_offset"] for q in described["queues"]) == 251, described
        assert "MESSAGES" in expect(0, "topic", "describe", "orders", namesrv=ns).stdout

        consumed = expect(0, "consume", "orders", "--group", "g1", "--from", "earliest", "--tag",
                          "created", "--max", "200", "--timeout", "60000", "-o", "json", namesrv=ns)
        bodies = {json.loads(line)["body"] for line in consumed.stdout.splitlines()}
        assert bodies == {f"line {n}" for n in range(200)}, f"{len(bodies)} different bodies"

        cluster = json.loads(expect(0, "cluster", "-o", "json", namesrv=ns).stdout)
        assert cluster[0]["address"] == server.broker, cluster
        assert "brokerVersionDesc" in cluster[0]["runtime"], cluster
        assert server.broker in expect(0, "cluster", namesrv=ns).stdout

        expect(1, "topic", "describe", "no-such-topic", namesrv=ns)
        expect(1, "topic", "create", "SCHEDULE_TOPIC_XXXX", namesrv=ns)
        expect(2, "topic", "create", namesrv=ns)
        expect(2, "no-such-command", namesrv=ns)
        expect(2, "topic", "list", "-o", "xml", namesrv=ns)
        expect(3, "topic", "list", namesrv="127.0.0.1:1")
        expect(4, "consume", "orders", "--group", "g2", "--max", "100000", "--timeout", "2000", namesrv=ns)
        expect(0, "--help")
        say("   rmq: every command of the slice, exit codes 0 to 4")

        check_bench(ns, server.ready["pid"])
        for example in examples.ON_BROKER_LITE:  # some are of the same group
            examples.run([example], ns)
        say(f"   {len(examples.ON_BROKER_LITE)} examples saw what they promise")


if __name__ == "__main__":
    main()
