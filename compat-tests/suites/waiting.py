"""Messages that wait (delay levels, timers, open transactions, popped and not acknowledged) while their
broker is killed, or their store changes hands: none is lost, none is early, open transactions are asked
for, and what was acknowledged does not come again."""
import time

import actors
from exchange import lines_of, wait_until
from frames import Connection, pop_all
from servers import BrokerLite, Folder, Stock, say
from stage import ARRIVED, BODY

DELAY_SECONDS = 30  # the fourth level
COUNT = 10
SLACK = 1.5  # stock delivers a timer message of a second's end up to a second early
BROKER = "broker-w"
CONF = [f"brokerName={BROKER}", "mappedFileSizeCommitLog=67108864", "transactionTimeOut=6000",
        "transactionCheckInterval=2000", "traceTopicEnable=false"]
WAITING = ("level", "timer", "half", "popped")
KINDS = {"level": {"level": 4}, "timer": {"after_ms": DELAY_SECONDS * 1000}}


class Lite:
    def __init__(self, folder):
        conf = folder / "broker.conf"
        conf.write_text("\n".join(CONF) + "\n")
        self.server = BrokerLite(folder, "-c", str(conf))

    name = "broker-lite"


class Java:
    def __init__(self, folder):
        self.server = Stock("5.5.0", folder, *CONF)

    name = "stock 5.5.0"


def send(server, folder):
    """Gives the time after which the messages may arrive."""
    with actors.ours(server.namesrv, folder / "actors.log") as client:
        for topic in WAITING:
            client.ask("create_topic", topic=f"t-{topic}")
        due = time.time() + DELAY_SECONDS - SLACK
        for kind, wish in KINDS.items():
            client.ask("send", kind="plain", topic=f"t-{kind}", group="g-waits", count=COUNT,
                       prefix=kind, **wish)
        # It would commit them if it were asked, but is gone before.
        client.ask("send", kind="check", topic="t-half", group="g-half", count=COUNT, prefix="half")
        connection = Connection(server.broker)
        for prefix in ("acked", "popped"):
            client.ask("send", kind="plain", topic="t-popped", group="g-popped", count=COUNT,
                       prefix=prefix)
            pop_all(connection, BROKER, "t-popped", "c-popped", COUNT, DELAY_SECONDS * 1000,
                    acknowledges=prefix == "acked")
        connection.close()
    return due


def receive(server, folder, due, was_killed):
    with actors.ours(server.namesrv, folder / "actors.log") as client:
        # A producer of the group: it is asked, and commits what the one before left open.
        client.ask("send", kind="check", topic="t-half", group="g-half", count=1, prefix="new")
        outs = {}
        for topic in WAITING:
            outs[topic] = folder / f"{topic}.txt"
            client.ask("consume", id=topic, kind="pop" if topic == "popped" else "concurrent",
                       out=outs[topic], topic=f"t-{topic}", group=f"c-{topic}")
        for topic, out in outs.items():
            wanted = {f"{topic}-{n}" for n in range(COUNT)}
            wait_until(f"{topic}: all {COUNT}", DELAY_SECONDS + 60,
                       lambda: wanted <= {line[BODY] for line in lines_of(out)})
        # Who was killed may not have stored what it popped last, nor what was acknowledged of it.
        for topic in KINDS if was_killed else (*KINDS, "popped"):
            early = [line for line in lines_of(outs[topic]) if int(line[ARRIVED]) / 1000 < due]
            assert not early, f"{topic}: {len(early)} are early"
        acknowledged = [line for line in lines_of(outs["popped"]) if "acked" in line[BODY]]
        assert was_killed or not acknowledged, f"{len(acknowledged)} acknowledged came again"
        bodies = [line[BODY] for out in outs.values() for line in lines_of(out)]
        return len(bodies) - len(set(bodies))


def change_hands(first, second, kill):
    with Folder() as folder:
        one = folder / "one"
        one.mkdir()
        with first(one).server as server:
            due = send(server, folder)
            server.kill() if kill else server.stop()
        two = folder / "two"
        two.mkdir()
        (one / "store").rename(two / "store")
        with second(two).server as server:
            again = receive(server, folder, due, kill)
    end = "killed" if kill else "stopped"
    say(f"   {first.name} {end}, {second.name} goes on: {len(WAITING) * COUNT} messages arrived in time,"
        f" {again} of them twice")


def main():
    change_hands(Lite, Lite, kill=True)
    change_hands(Lite, Java, kill=False)
    change_hands(Java, Lite, kill=False)


if __name__ == "__main__":
    main()
