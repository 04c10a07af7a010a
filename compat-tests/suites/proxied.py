"""Through rmq-proxy the same happens as directly: the features of suites/features.py, with stock Java
5.5.0 and 4.9.7 and our SDK as clients, in front of broker-lite and stock brokers. And what a proxy is
measured by: a second consumer gets its share soon, offsets can be reset, brokers that are killed under
it leave nothing behind.

proxied.py [FEATURE…]: a selection that takes some minutes, or the features named, on every server;
proxied_everything.py: all. ROCKETMQ_SERVERS=NAME limits the servers; shared, two, balanced, limited,
go and secured are of them."""
import concurrent.futures
import os
import shutil
import subprocess
import sys
import threading
import time

import actors
import certificates
import other_clients
import secured
from exchange import lines_of, wait_until
from features import ALONE, BOTH, CONF, FEATURES, TOGETHER, TO_OURS
from proxy import Proxy
from servers import BIN, BrokerLite, Folder, RmqProxy, Stock, say
from stage import (COUNT, WAIT, Cast, Feature, add_table, mqadmin, run_all,
                   summarize)


# Longer than clients wait: on a machine under load it is they who say that it was too long.
PATIENT = ("requestTimeoutMs=12000", "adminTimeoutMs=12000")


class Proxied(RmqProxy):
    """rmq-proxy in front of a server, in place of which clients use it."""

    def __init__(self, server, *flags, settings=()):
        server.folder.mkdir(parents=True, exist_ok=True)
        conf = server.folder / "proxy.conf"
        conf.write_text("\n".join([*PATIENT, *settings]) + "\n")
        super().__init__(None, server.folder, "--admin", "all", "-c", conf, *flags)
        self.behind = server
        self.name = server.name  # what is different there is different here
        self.brokers = 2 if isinstance(server, TwoBrokers) else 1
        self.tls, self.version = getattr(server, "tls", None), getattr(server, "version", "5.5.0")

    def start(self):
        self.behind.start()
        self.behind_namesrv = self.behind.namesrv
        return super().start()

    def __exit__(self, kind, *rest):
        try:
            super().__exit__(kind, *rest)
        finally:
            self.behind.__exit__(kind, *rest)


class TwoBrokers(BrokerLite):
    """Two of broker-lite, one with the name server; topics are on both."""

    name = "two of broker-lite"

    def start(self):
        super().start()
        (self.folder / "second.conf").write_text(
            "\n".join(["brokerName=second", *CONF, "recallMessageEnable=true"]) + "\n")
        log = open(self.folder / "second.log", "ab")
        self.second = subprocess.Popen(
            [str(BIN / "rmq-broker-lite"), "--role", "broker", "-n", self.namesrv, "--listen",
             "127.0.0.1:0", "-c", str(self.folder / "second.conf"), "--store",
             str(self.folder / "second"), "--ready-json"], stdout=subprocess.PIPE, stderr=log)
        assert self.second.stdout.readline(), "the second broker did not start"
        return self

    def __exit__(self, *rest):
        self.second.terminate()
        self.second.wait()
        super().__exit__(*rest)


class Balanced(Proxied):
    """Two of rmq-proxy behind something that leads new connections to one of them, and to the other when
    that one ends."""

    def __init__(self, server):
        self.balancer = Proxy("")
        (server.folder / "other").mkdir(parents=True)
        flags = ("--advertise", self.balancer.address, "--addressing", "bname")
        super().__init__(server, *flags)
        self.other = RmqProxy(None, server.folder / "other", "--admin", "all", "-c",
                              server.folder / "proxy.conf", *flags)
        self.name = "two of rmq-proxy behind a balancer"

    def start(self):
        super().start()
        self.other.behind_namesrv = self.behind_namesrv
        self.doors = [self.namesrv, self.other.start().namesrv]
        self.proxies = [self, self.other]
        self.balancer.target = self.doors[0]
        self.namesrv = self.broker = self.balancer.address
        return self

    def end_first(self):
        """SIGTERM; then a new one takes its turn."""
        first, door = self.proxies.pop(0), self.doors.pop(0)
        self.balancer.target = self.doors[0]
        assert RmqProxy.stop(first) == 0
        first.namesrv = door
        RmqProxy.start(first)
        self.proxies.append(first)
        self.doors.append(first.namesrv)
        self.namesrv = self.broker = self.balancer.address

    def __exit__(self, *rest):
        try:
            self.other.__exit__(*rest)
        finally:
            super().__exit__(*rest)


class CastBehind(Cast):
    """Whose admin makes topics behind the proxy: one address does not say which of two brokers is meant."""

    def admin(self):
        if "behind" not in self.started:
            self.started["behind"] = actors.ours(self.server.behind.namesrv, self.log)
        return self.started["behind"]


# ---- what a proxy adds

def second_consumer(stage):
    """A member that comes is told of to the other by the broker: nobody waits for a timer."""
    cast = stage.cast
    members = [("-java", cast.java()), ("-ours", cast.ours())]

    def owned(suffix, actor):
        return actor.ask("queues", id=stage.name + suffix)["queues"]

    stage.consume(suffix="-java", actor=members[0][1])
    queues = 8 * stage.cast.server.brokers

    def joins():
        wait_until("the first has all queues", WAIT, lambda: len(owned(*members[0])) == queues)
        began = time.monotonic()
        stage.consume(suffix="-ours", actor=members[1][1])
        wait_until("each has its share", WAIT,
                   lambda: all(len(owned(*each)) == queues / 2 for each in members))
        return time.monotonic() - began

    took = joins()
    for _ in range(2):  # a machine that is busy may be slow now and then
        if took >= 3:
            actor, identity = stage.started.pop()
            actor.ask("stop", id=identity)
            took = min(took, joins())
    say(f"       a second consumer had its share after {took:.1f} s")
    assert took < 3, f"{took:.1f} s"


# A pull that is held when the offset is reset is answered after 15 s, Java's consumer gives its queue up
# 10 s later, and takes it again when it rebalances, up to 20 s later: 45 s on a machine that is idle.
RESET_WAIT = 3 * 45


def reset_offset(stage):
    """Stock mqadmin, which speaks to the broker itself, resets a group that is behind the proxy."""
    out = stage.consume()
    stage.send()
    stage.expect(out)
    before = len(lines_of(out))
    time.sleep(6)  # so that the offsets are at the broker
    with actors.java(stage.cast.java_version, stage.cast.server.behind.namesrv,
                     stage.cast.log) as java:
        said = mqadmin(java, f"resetOffsetByTime -g {stage.group} -t {stage.topic} -s 0")
    assert "Exception" not in said, said
    wait_until(f"all comes again after mqadmin said {said}", RESET_WAIT,
               lambda: len(lines_of(out)) >= before + COUNT)


def broker_dies(rounds):
    """Pulls that wait and sends get their errors, and nothing stays behind, however often the broker is
    killed."""
    def feature(stage):
        proxy = stage.cast.server
        out = stage.consume()
        stage.send(count=1, prefix="first")
        stage.expect(out, count=1, prefix="first")
        files, memory = proxy.open_files(), proxy.resident_kib()
        slowest = 0.0
        for n in range(rounds):
            proxy.behind.kill()
            began = time.monotonic()
            try:
                stage.send(count=1, prefix=f"round-{n}")
            except actors.Refused:
                pass
            slowest = max(slowest, time.monotonic() - began)
            proxy.behind.start_again()

            def works():
                try:
                    return stage.send(count=1, prefix=f"again-{n}")
                except actors.Refused:
                    return None
            wait_until("sends work again", WAIT, works)
        grown = proxy.resident_kib() - memory
        say(f"       {rounds} broker deaths: slowest send {slowest:.1f} s, open files {files} -> "
            f"{proxy.open_files()}, memory {memory} KiB {grown:+d}")
        stage.expect(out, count=1, prefix=f"again-{rounds - 1}")
        assert proxy.open_files() <= files + 2, "connections stay behind"
        assert grown < 8 * 1024, "memory stays behind"
    return feature


SECOND_CONSUMER = Feature("a second consumer, through the proxy", second_consumer, TOGETHER)
RESET_OFFSETS = Feature("reset offsets, through the proxy", reset_offset, BOTH)


def proxy_ends(stage):
    """Its clients go to the other; no send fails, and nothing is lost."""
    out = stage.consume()
    stage.send(prefix="before")
    stage.expect(out, prefix="before")
    rounds, is_over = [], threading.Event()

    def send_on():
        while not is_over.is_set():
            stage.send(prefix=f"round-{len(rounds)}")
            rounds.append(len(rounds))

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send_on)
        try:
            for _ in range(2):
                begun = len(rounds)
                stage.cast.server.end_first()
                wait_until("sends go on", WAIT, lambda: len(rounds) > begun + 1 or sending.done())
        finally:
            is_over.set()
        sending.result()
    for n in rounds:
        stage.expect(out, prefix=f"round-{n}")
    say(f"       {len(rounds) * COUNT} sends while two proxies ended, none failed")


PROXY_ENDS = Feature("a proxy ends behind a balancer", proxy_ends, BOTH)
OWN_FEATURES = [SECOND_CONSUMER, RESET_OFFSETS]
# Stock takes ten seconds to start.
DEATHS = Feature("broker killed a hundred times behind the proxy", broker_dies(100), ALONE)

# Namespaces, traces and compression are the clients' own; one of each kind shows that they pass.
WANTED = {"sync", "async", "oneway", "batch", "compressed zlib", "ordered", "delay level",
          "deliver after", "recall", "transaction commit", "transaction rollback",
          "transaction checked by the broker", "request and reply", "retry", "dead letters",
          "broadcast", "tags", "SQL92", "pull, assigned queues", "pull, subscribed", "pop",
          "simple consumer", "shared, AVG", "namespace, retry", "trace", "examples"}


SECURED_WANTED = {"sync", "ordered", "transaction checked by the broker", "request and reply", "retry",
                  "pull, assigned queues", "pop", "users and rules", "rights that come and go",
                  "refused: not signed", "refused: wrong secret", "refused: no right to it",
                  "refused: a server nobody trusts", "refused: no TLS",
                  "refused: no certificate of ours"}


def servers(folder):
    stock_5 = Stock("5.5.0", folder / "stock-5", *CONF, "recallMessageEnable=true")
    stock_4 = Stock("4.9.7", folder / "stock-4", *CONF)
    conf = folder / "broker-lite.conf"
    conf.write_text("\n".join([*CONF, "recallMessageEnable=true"]) + "\n")
    yield BrokerLite(folder, "-c", str(conf)), "5.5.0", True
    yield stock_5, "5.5.0", False
    yield stock_4, "4.9.7", False


# Not dead letters: who reads them there takes the queues that are there when the first has come.
WANTED_OF_TWO = {"sync", "batch", "ordered", "transaction checked by the broker", "request and reply",
                 "retry", "broadcast", "pull, assigned queues", "pull, subscribed", "pop",
                 "simple consumer", SECOND_CONSUMER.name}


def run_two_brokers(folder, all_results, wanted):
    for addressing in ("bname", "ports"):
        of_its_own = folder / addressing
        of_its_own.mkdir()
        (of_its_own / "first.conf").write_text("\n".join([*CONF, "recallMessageEnable=true"]) + "\n")
        server = TwoBrokers(of_its_own, "-c", str(of_its_own / "first.conf"))
        features = wanted.of("two", [*FEATURES, SECOND_CONSUMER], WANTED_OF_TWO)
        if not features:
            continue
        with Proxied(server, "--addressing", addressing) as proxy, Folder() as actors_folder:
            all_results[f"{server.name}, proxied by {addressing}"] = run_all(
                CastBehind(proxy, "5.5.0", actors_folder), features)


SHARED_WANTED = {"sync", "async", "oneway", "batch", "ordered", "transaction commit",
                 "transaction checked by the broker", "request and reply", "retry", "pull, subscribed",
                 "pop", SECOND_CONSUMER.name}


def run_shared(folder, all_results, wanted):
    """Clients that only send share connections to a broker, which knows producers by theirs."""
    features = wanted.of("shared", [*FEATURES, SECOND_CONSUMER], SHARED_WANTED)
    if not features:
        return
    server = Stock("5.5.0", folder / "shared", *CONF)
    with Proxied(server, settings=["sharedConnections=2"]) as proxy, Folder() as actors_folder:
        all_results[f"{server.name}, proxied, connections shared"] = run_all(
            Cast(proxy, "5.5.0", actors_folder), features)


def run_balanced(folder, all_results, wanted):
    features = wanted.of("balanced", [PROXY_ENDS], {PROXY_ENDS.name})
    versions = ("5.5.0", "4.9.7") if wanted.everything else ("5.5.0",)
    for java_version in versions if features else ():
        server = BrokerLite(folder / f"balanced-{java_version}")
        with Balanced(server) as proxies, Folder() as actors_folder:
            all_results[f"{proxies.name}, Java {java_version}"] = run_all(
                Cast(proxies, java_version, actors_folder), features)


# So few that they are reached on any machine; the clients of both kinds come from one host.
LIMITS = ("messagesPerSecond=2", "requestsPerSecond=4")


def limited(stage):
    """Producers are told that the broker is busy, and may go on; consumers get all in the end."""
    out = stage.consume()
    sent, told = [], []
    for _ in range(100):
        try:
            stage.send(count=1, prefix=f"one-{len(sent)}")
            sent.append(len(sent))
        except actors.Refused as refused:
            # Java keeps the words of its last try to itself; what else it says is that the machine is slow.
            told += ["busy"] if "still failed" in str(refused) else []
            time.sleep(1)
        if len(sent) >= 8 and told:
            break
    else:
        raise AssertionError(f"{len(sent)} were sent, {len(told)} refused")
    say(f"       {len(told)} of {len(told) + len(sent)} sends refused, the rest came")
    for n in sent:
        stage.expect(out, count=1, prefix=f"one-{n}")


LIMITED = Feature("limits of the proxy", limited, TO_OURS)


def run_limited(folder, all_results, wanted):
    features = wanted.of("limited", [LIMITED], {LIMITED.name})
    if not features:
        return
    with Proxied(BrokerLite(folder / "limited"), settings=LIMITS) as proxy, Folder() as actors_folder:
        all_results[f"{proxy.name}, limited"] = run_all(Cast(proxy, "5.5.0", actors_folder), features)


def run_go(folder, all_results):
    """The scenarios of Go's client print the same as directly."""
    printed = {}
    for way in ("directly", "bname", "ports"):
        of_its_own = folder / f"go-{way}"
        of_its_own.mkdir()
        conf = of_its_own / "broker-lite.conf"
        conf.write_text("\n".join(other_clients.CONF) + "\n")
        server = BrokerLite(of_its_own, "-c", str(conf))
        with server if way == "directly" else Proxied(server, "--addressing", way) as door:
            printed[way] = other_clients.go(door, of_its_own)
    all_results["Go's client, proxied"] = {
        ("scenarios", way): ("ok", False) if printed[way] == printed["directly"]
        else (f"FAILED: {printed[way]}, but directly {printed['directly']}", True)
        for way in ("bname", "ports")}


def secured_servers(folder):
    """Signatures pass through; TLS ends at the proxy, and begins anew."""
    stock = secured.Stock("5.5.0", folder / "secured-5", *secured.CONF, *secured.ACL_2,
                          tls=certificates.make_all(folder / "tls-5", requires_client_certificate=True))
    yield Proxied(stock, "--tls-cert", f"{stock.tls}/server.pem", "--tls-key", f"{stock.tls}/server.key",
                  "--tls-client-ca", f"{stock.tls}/ca.pem", settings=[
                      "tlsOnly=true", "upstreamTls=true", f"upstreamTlsCa={stock.tls}/ca.pem",
                      f"upstreamTlsCert={stock.tls}/client.pem", f"upstreamTlsKey={stock.tls}/client.key"])


def run_secured(folder, all_results, wanted):
    for proxy in secured_servers(folder):
        features = wanted.of("secured", secured.FEATURES, SECURED_WANTED)
        if not features:
            continue
        with proxy, Folder() as actors_folder:
            cast = secured.cast_of(proxy, actors_folder)
            secured.make_users(cast.admin())
            all_results[f"{proxy.name} with ACL and TLS, proxied"] = run_all(cast, features)


# What each way through the proxy is for; the rest differs from these in what clients do by themselves.
SELECTED = {
    "broker-lite": {"sync", "oneway", "ordered", "transaction checked by the broker", "request and reply",
                    "retry", "pull, subscribed", "pop", SECOND_CONSUMER.name},
    "stock 5.5.0": set(),
    "shared": SHARED_WANTED,
    "stock 4.9.7": set(),
    "two": {"sync", "pull, assigned queues", "pop", SECOND_CONSUMER.name},
    "balanced": {PROXY_ENDS.name},
    "limited": {LIMITED.name},
    "secured": set(),  # suite proxy_access has the proxy's part of it
}


class Wanted:
    """Which features are tried where: those named, or all, or a selection."""

    def __init__(self, names, everything):
        self.names, self.everything = set(names), everything
        self.only = os.environ.get("ROCKETMQ_SERVERS", "")

    def server(self, name):
        return not self.only or self.only in name

    def of(self, server, features, possible):
        selected = self.names or (possible if self.everything else SELECTED[server])
        return [each for each in features if each.name in possible and each.name in selected]


def main(everything=False):
    wanted = Wanted(sys.argv[1:], everything)
    all_results = {}
    with Folder() as folder:
        for server, java_version, starts_fast in servers(folder):
            if not wanted.server(server.name):
                continue
            of_its_own = [*OWN_FEATURES, DEATHS] if starts_fast else OWN_FEATURES
            features = wanted.of(server.name, [*FEATURES, *of_its_own],
                                 WANTED | {each.name for each in of_its_own})
            if not features:
                continue
            with Proxied(server) as proxy, Folder() as actors_folder:
                all_results[f"{server.name}, proxied"] = run_all(
                    Cast(proxy, java_version, actors_folder), features)
        if wanted.server("shared"):
            run_shared(folder, all_results, wanted)
        if wanted.server("two"):
            run_two_brokers(folder, all_results, wanted)
        if wanted.server("balanced"):
            run_balanced(folder, all_results, wanted)
        if wanted.server("limited"):
            run_limited(folder, all_results, wanted)
        if everything and wanted.server("go") and shutil.which("go"):
            run_go(folder, all_results)
        if wanted.server("secured"):
            run_secured(folder, all_results, wanted)
    failed = summarize(all_results)
    if os.environ.get("ROCKETMQ_MATRIX") and everything:
        add_table(os.environ["ROCKETMQ_MATRIX"], "Through rmq-proxy, by what is behind it", all_results)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
