"""The scenario both directions share: four threads send 10,000 messages sync, async and one-way;
two consumers of one group share the 8 queues; a third joins and leaves meanwhile. Then the broker is
killed and started again while others are sent. Nothing may be lost."""
import subprocess
import time

from clients import Member
from servers import BIN, say

COUNT = 10_000
COUNT_WITH_KILL = 3_000


def wait_until(what, seconds, condition):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.2)


def lines_of(path):
    """Whole lines of a file that may still be written to, split at tabs."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [line.split("\t") for line in text[:text.rfind("\n") + 1].splitlines()]


def create_topic(server, topic):
    subprocess.run([str(BIN / "rmq"), "-n", server.namesrv, "topic", "create", topic,
                    "--queues", "8"], check=True, stdout=subprocess.DEVNULL)


def received(members):
    return set().union(*(member.bodies() for member in members))


def wait_for_all(members, wanted, seconds):
    def missing():
        return wanted - received(members)

    try:
        wait_until(f"{len(wanted)} messages are consumed", seconds, lambda: not missing())
    except AssertionError as problem:
        some = sorted(missing())
        raise AssertionError(f"{problem}; {len(some)} missing, such as {some[:5]}") from None


def members_come_and_go(server, client, folder, topic):
    """Phase one: no failures, so one-way messages must arrive too."""
    group = topic + "-group"

    def member(name):
        out = folder / f"{topic}-{name}.txt"
        return Member(client.consume_many(server.namesrv, topic, group, out), out)

    first, second = member("first"), member("second")
    acked = folder / f"{topic}-sent.txt"
    sender = subprocess.Popen(client.send_many(server.namesrv, topic, COUNT, 4, "mixed", acked,
                                               "m", seconds=20),
                              stdout=subprocess.DEVNULL)
    wait_until("the first messages are sent", 60, lambda: len(lines_of(acked)) > COUNT // 10)
    third = member("third")
    wait_until("the third member gets queues", 60, lambda: len(third.bodies()) > 20)
    assert third.leave() == 0, "the third member did not leave in order"
    assert sender.wait(timeout=180) == 0, "the sender failed"
    sent = {line[0] for line in lines_of(acked)}
    assert len(sent) == COUNT, f"{len(sent)} of {COUNT} were sent"
    members = [first, second, third]
    wait_for_all(members, {f"m-{n}" for n in range(COUNT)}, 120)
    shares = [len(set(m.bodies())) for m in members]
    assert min(shares) > 0, f"a member got nothing: {shares}"
    return first, second, shares


def broker_dies(server, client, folder, topic, members):
    """Phase two: what was acknowledged before, during and after the kill is consumed."""
    acked = folder / f"{topic}-kill-sent.txt"
    sender = subprocess.Popen(client.send_many(server.namesrv, topic, COUNT_WITH_KILL, 4, "sync",
                                               acked, "k", seconds=8),
                              stdout=subprocess.DEVNULL)
    wait_until("some are acknowledged", 60, lambda: len(lines_of(acked)) > COUNT_WITH_KILL // 4)
    server.kill()
    before = len(lines_of(acked))
    time.sleep(1)
    server.start_again()
    assert sender.wait(timeout=180) == 0, "the sender did not go on after the restart"
    sent = {line[0] for line in lines_of(acked)}
    assert len(sent) == COUNT_WITH_KILL, f"{len(sent)} of {COUNT_WITH_KILL} were acknowledged"
    wait_for_all(members, sent, 180)
    return before


def exchange(server, client, folder, topic):
    create_topic(server, topic)
    first, second, shares = members_come_and_go(server, client, folder, topic)
    before = broker_dies(server, client, folder, topic, [first, second])
    for member in (first, second):
        assert member.leave() == 0, "a member did not leave in order"
    say(f"   {client.name} against {server.name}: {COUNT} sent and consumed, shares "
        f"{'/'.join(map(str, shares))}; broker killed after {before} acknowledged, all "
        f"{COUNT_WITH_KILL} consumed")
