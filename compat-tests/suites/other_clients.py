"""Other people's clients, who know nothing of broker-lite: that of Go, that of Rust and, through the
stock proxy, that of Java which speaks gRPC. The scenarios of each print what they got. It is the same
on stock 5.5.0 and on broker-lite."""
import difflib
import re
import shutil
import subprocess
import sys

from both import together
from frames import Connection, create_group, create_topic
from servers import ROOT, BrokerLite, Folder, Stock, StockProxy, say

CONF = ["enablePropertyFilter=true", "transactionTimeOut=6000", "transactionCheckInterval=2000",
        "recallMessageEnable=true"]
RUST_TOPICS = ["plain", "ordered", "delayed", "tags", "transactions"]
# The types of the topics that gRPC clients send to.
GRPC_TOPICS = {"plain": "NORMAL", "tags": "NORMAL", "sql": "NORMAL", "retry": "NORMAL",
               "dead": "NORMAL", "fifo": "FIFO", "delay": "DELAY", "transaction": "TRANSACTION",
               "simple": "NORMAL", "turns": "FIFO", "refused": "FIFO"}
GRPC_GROUPS = {"dead": {"retryMaxTimes": 1}, "fifo": {"consumeMessageOrderly": True},
               "turns": {"consumeMessageOrderly": True}}


def cargo_version():
    if not shutil.which("cargo"):
        return 0, 0
    out = subprocess.run(["cargo", "--version"], capture_output=True, text=True).stdout
    return tuple(int(number) for number in re.search(r"(\d+)\.(\d+)", out).groups())


def lines_of(name, server, *command):
    """What the program prints; it has failed when something did not come."""
    program = str(ROOT / "compat-tests" / command[0] / "run")
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, \
        f"{name} on {server.name}: exit {done.returncode}\n{done.stdout}{done.stderr[-2000:]}"
    return done.stdout.splitlines()


def go(server, _):
    return lines_of("Go", server, "go", server.namesrv, server.broker)


def rust(server, _):
    connection = Connection(server.broker)
    for name in RUST_TOPICS:
        create_topic(connection, f"rust-{name}")
    return lines_of("Rust", server, "rust", server.namesrv)


def grpc(server, folder):
    connection = Connection(server.broker)
    for name, message_type in GRPC_TOPICS.items():
        create_topic(connection, f"grpc-{name}", message_type)
        create_group(connection, f"grpc-{name}", **GRPC_GROUPS.get(name, {}))
    create_topic(connection, "%DLQ%grpc-dead")  # its consumer starts before the first comes
    create_group(connection, "grpc-letters")
    with StockProxy("5.5.0", server, folder / "proxy") as proxy:
        return lines_of("gRPC", server, "java", "grpc-5.2.0", "Scenarios", proxy.grpc)


def main():
    clients = {"Go": go, "gRPC": grpc}
    if cargo_version() >= (1, 95):
        clients["Rust"] = rust
    else:
        say("   Rust: not tried, it takes a cargo of 1.95")
    printed = {}

    def run_all(make):
        def run():
            with Folder() as folder, make(folder) as server:
                together(*(lambda name=name: printed.update(
                    {(name, server.name): clients[name](server, folder)}) for name in clients))
        return run

    def broker_lite(folder):
        conf = folder / "broker-lite.conf"
        conf.write_text("\n".join(CONF) + "\n")
        return BrokerLite(folder, "-c", str(conf))

    together(run_all(broker_lite),
             run_all(lambda folder: Stock("5.5.0", folder / "stock", *CONF)))
    differs = False
    for name in clients:
        stock, ours = printed[name, "stock 5.5.0"], printed[name, "broker-lite"]
        scenarios = len({line.split(":")[0] for line in ours})
        if stock == ours:
            say(f"   {name}: {scenarios} scenarios, {len(ours)} lines, the same on both")
        else:
            differs = True
            say(f"   {name}: DIFFERS")
            for line in difflib.unified_diff(stock, ours, "stock 5.5.0", "broker-lite", lineterm=""):
                say(f"     {line}")
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    main()
