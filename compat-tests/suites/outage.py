"""What the network and servers do to clients, and what clients make of it: on stock 5.5.0 and on
broker-lite, at the same time. Every call ends within its time, with an error that says what is known
of the outcome; once it is over everything goes on by itself, and nothing acknowledged is lost.

outage.py [SECONDS]: for so long broker and name server are away; 60 is the whole proof."""
import collections
import functools
import subprocess
import sys
import threading
import time

from both import on_both_servers, together
from exchange import create_topic, lines_of, wait_until
from proxy import Proxy, byte_by_byte, cut, pass_on, swallow
from servers import BIN, say

SECONDS = 15
SHORT = 6
TIMEOUT_MS = 2000
PATIENCE = 60
SENDS = ("send", "send_async")
Call = collections.namedtuple("Call", "kind begun took deadline code outcome body text")


def now_ms():
    return int(time.time() * 1000)


class Caller:
    """The program calls, making calls of every kind to one topic of its own."""

    def __init__(self, server, folder, name, namesrv, prefix=()):
        self.folder = folder / name
        self.folder.mkdir()
        self.name = name
        topic = "outage-" + name
        create_topic(server, topic)
        command = [*prefix, str(BIN / "compat/calls"), namesrv, topic, str(self.folder),
                   "--timeout-ms", str(TIMEOUT_MS), "--verbose"]
        self.consumers = ["push", "pull", "simple"]
        if server.name == "broker-lite":
            command.append("--no-pop")
            self.consumers.remove("simple")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                        stderr=open(self.folder / "log", "wb"))

    def calls(self, kind=None, since=0, until=1 << 62):
        """Those that began in that time."""
        all_calls = [Call(line[0], int(line[1]), int(line[2]), int(line[3]), *line[4:])
                     for line in lines_of(self.folder / "calls")]
        return [call for call in all_calls
                if call.kind == (kind or call.kind) and since <= call.begun < until]

    def kinds(self):
        consumer_calls = ["receive", "ack"] if "simple" in self.consumers else []
        return [*SENDS, "send_oneway", "poll", "admin", *consumer_calls]

    def wait_until_all_work(self, since=0):
        def working():
            ok = {call.kind for call in self.calls(since=since) if call.code == "ok"}
            return ok.issuperset(self.kinds())

        wait_until(f"{self.name}: every kind of call works", PATIENCE, working)

    def acknowledged(self, since=0):
        return {call.body for kind in SENDS for call in self.calls(kind, since) if call.code == "ok"}

    def received(self, consumer):
        return {line[0] for line in lines_of(self.folder / consumer)}

    def wait_until_all_is_received(self):
        sent = self.acknowledged()
        for consumer in self.consumers:
            wait_until(f"{self.name}: all is received by {consumer}", PATIENCE,
                       lambda: sent <= self.received(consumer))
        return len(sent)

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=60) == 0, f"{self.name}: see {self.folder / 'log'}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def check_calls(caller):
    received = set().union(*(caller.received(consumer) for consumer in caller.consumers))
    for call in caller.calls():
        # A tenth, as promised, and what a busy machine may add.
        assert call.took <= call.deadline * 1.1 + 1000, f"{caller.name}: too long: {call}"
        if call.code != "ok":
            assert call.outcome in ("not_sent", "unknown") and call.text, f"{caller.name}: {call}"
        if call.outcome == "not_sent":
            assert call.body not in received, f"{caller.name}: it was sent: {call}"


def for_a_while(proxies, treat):
    for proxy in proxies:
        proxy.become(treat)
    time.sleep(SHORT)
    for proxy in proxies:
        proxy.become(pass_on)


class Trouble:
    """From a first moment to a last one; then everything must work again."""

    def __init__(self, caller):
        self.caller = caller
        caller.wait_until_all_work()

    def __enter__(self):
        self.first, self.last = now_ms(), None
        return self

    def __exit__(self, kind, *_):
        self.last = self.last or now_ms()
        if kind is None:
            self.caller.wait_until_all_work(since=now_ms())

    def calls(self, kind):
        # Not those that were helped by what came before or after.
        return self.caller.calls(kind, self.first + 500, self.last - TIMEOUT_MS)

    def failed(self, kind):
        return [call for call in self.calls(kind) if call.code != "ok"]


def finish(caller, server, what):
    caller.end()
    check_calls(caller)
    seen = collections.Counter(
        f"{call.code} ({call.outcome})" for kind in SENDS for call in caller.calls(kind) if call.code != "ok")
    errors = ", ".join(f"{count} {code}" for code, count in seen.most_common()) or "none"
    calls = caller.calls()
    latest = max(0, max(call.took - call.deadline for call in calls))
    say(f"   {server.name}: {what}: {len(calls)} calls ended at most {latest} ms after their time; "
        f"sends that failed: {errors}")


def with_caller(scenario):
    """Calls scenario(server, caller, …) with a caller, and ends it when all it sent is received."""
    @functools.wraps(scenario)
    def run(server, folder, namesrv, *more):
        with Caller(server, folder, scenario.__name__.replace("_", "-"), namesrv) as caller:
            what = scenario(server, caller, *more)
            count = caller.wait_until_all_is_received()
            finish(caller, server, f"{what}, {count} acknowledged and all received")
    return run


@with_caller
def broker_is_down(server, caller, seconds):
    with Trouble(caller) as trouble:
        server.kill()
        trouble.first = now_ms()
        time.sleep(seconds)
        trouble.last = now_ms()
        server.start_again()
    for kind in SENDS:
        assert trouble.failed(kind), f"{kind} worked without a broker"
    return f"broker killed, down for {seconds} s"


@with_caller
def name_server_is_gone(server, caller, names, seconds):
    with Trouble(caller) as trouble:
        names.vanish()
        time.sleep(seconds)
        names.listen()
    during = caller.acknowledged(trouble.first)
    for kind in (*SENDS, "send_oneway"):
        assert trouble.calls(kind) and not trouble.failed(kind), trouble.failed(kind)[:3]
    for consumer in caller.consumers:
        assert during & caller.received(consumer), f"{consumer} stood still"
    for kind in ("send_new_topic", "admin"):
        assert trouble.failed(kind) and len(trouble.failed(kind)) == len(trouble.calls(kind))
        assert all("name server" in call.text for call in trouble.failed(kind)), trouble.failed(kind)[0]
        assert all(call.outcome == "not_sent" for call in trouble.failed(kind)), trouble.failed(kind)[0]
    return f"name server gone for {seconds} s, sends to known topics went on"


@with_caller
def bytes_are_swallowed(server, caller, names, broker):
    with Trouble(caller) as trouble:
        made = broker.made
        for_a_while((names, broker), swallow)
    assert broker.made > made, "the connection was not replaced"
    for kind in SENDS:
        assert trouble.failed(kind) and len(trouble.failed(kind)) == len(trouble.calls(kind))
    return f"half-open connections for {SHORT} s"


@with_caller
def bytes_come_one_by_one(server, caller, names, broker):
    with Trouble(caller) as trouble:
        for_a_while((names, broker), byte_by_byte)
    for kind in SENDS:
        assert [call for call in trouble.calls(kind) if call.code == "ok"], f"no {kind} worked"
    return "one byte at a time"


@with_caller
def requests_are_cut(server, caller, names, broker):
    with Trouble(caller):
        for_a_while((names, broker), cut(requests=True))
    return "connections reset within requests"


@with_caller
def answers_are_cut(server, caller, names, broker):
    with Trouble(caller):
        for_a_while((names, broker), cut(requests=False))
    return "connections reset within answers"


def name_is_unknown_at_first(server, folder, namesrv):
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 localhost\n")
    own_hosts = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(hosts)]
    if subprocess.run([*own_hosts, "true"], stderr=subprocess.DEVNULL).returncode != 0:
        return say("   a name that resolves later: not tried, it takes a mount namespace of its own")
    name = "rocketmq-later.invalid"
    later = namesrv.replace("127.0.0.1", name)
    with Caller(server, folder, "name-is-unknown-at-first", later, own_hosts) as caller:
        wait_until("a send fails", PATIENCE, lambda: caller.calls("send"))
        time.sleep(SHORT)
        known_at = now_ms()
        with open(hosts, "a") as more:
            more.write(f"127.0.0.1 {name}\n")
        caller.wait_until_all_work(since=known_at)
        before = caller.calls("send", until=known_at - TIMEOUT_MS)
        assert before and all(call.code != "ok" and call.outcome == "not_sent" for call in before)
        assert all(name in call.text for call in before if "no_name_server" in call.text), before[0]
        count = caller.wait_until_all_is_received()
        finish(caller, server, f"a name unknown for {SHORT} s, {count} acknowledged and all received")


def prove(server, folder, seconds):
    def names_fail():
        names = Proxy(server.namesrv)
        name_server_is_gone(server, folder, names.address, names, seconds)
        name_is_unknown_at_first(server, folder, server.namesrv)

    def connections_fail():
        broker = Proxy(server.broker)
        names = Proxy(server.namesrv, server.broker.encode(), broker.address.encode())
        for scenario in (bytes_are_swallowed, bytes_come_one_by_one, requests_are_cut, answers_are_cut):
            scenario(server, folder, names.address, names, broker)

    together(names_fail, connections_fail)
    broker_is_down(server, folder, server.namesrv, seconds)


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    on_both_servers(lambda server, folder: prove(server, folder, seconds))


if __name__ == "__main__":
    main()
