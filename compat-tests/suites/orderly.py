"""A group that consumes in order while its members come, leave and are killed (kill -9), a stock Java
member among them: on stock 5.5.0 and on broker-lite, at the same time. The order of each key holds,
nothing of ours comes again but what a killed member had not committed, and in the end nothing sticks.

orderly.py [SECONDS] [SEED]: for so long they come and go; 60 is the whole proof."""
import collections
import random
import sys
import threading
import time

import actors
from both import on_both_servers
from exchange import create_topic, lines_of, wait_until
from frames import GET_MAX_OFFSET, QUERY_CONSUMER_OFFSET, Connection, offset
from servers import say

SECONDS = 15
TOPIC, GROUP = "orderly", "orderly-group"
QUEUES = 8
KEYS = 24
BODY, QUEUE, OFFSET, ARRIVED = 0, 1, 2, 9
# A broker keeps a dead member's locks for a minute: those who die late would only make the end long.
NO_KILLS_AT_THE_END = 10
LOCK_LEASE = 60
PATIENCE = LOCK_LEASE + 60

Delivery = collections.namedtuple("Delivery", "time queue offset body member")


def now_ms():
    return int(time.time() * 1000)


class Member:
    def __init__(self, server, folder, number, is_java):
        self.name = f"{'java' if is_java else 'ours'}-{number}"
        self.is_java = is_java
        self.is_killed = False
        self.out = folder / f"{self.name}.txt"
        log = folder / f"{self.name}.log"
        make = (lambda *a: actors.java("5.5.0", *a)) if is_java else actors.ours
        self.actor = make(server.namesrv, log)
        self.actor.ask("consume", id="c", kind="ordered", topic=TOPIC, group=GROUP, out=self.out)

    def queues(self):
        return self.actor.ask("queues", id="c")["queues"]

    def kill(self):
        self.is_killed = True
        self.actor.process.kill()
        self.actor.process.wait()

    def leave(self):
        assert self.actor.leave() == 0, f"{self.name} did not leave in order"

    def deliveries(self):
        # The last line of one that was killed may be cut off: lines_of() leaves it out.
        return [Delivery(int(line[ARRIVED]), int(line[QUEUE]), int(line[OFFSET]), line[BODY], self)
                for line in lines_of(self.out)]


class Sender(threading.Thread):
    """Sends round after round, message n of a round with key n, each once the one before is stored."""

    def __init__(self, server, folder):
        super().__init__()
        self.actor = actors.ours(server.namesrv, folder / "sender.log")
        self.is_ending = threading.Event()
        self.sent = []
        self.failure = None

    def run(self):
        try:
            while not self.is_ending.wait(0.05):
                prefix = f"r{len(self.sent) // KEYS}"
                self.actor.ask("send", kind="ordered", topic=TOPIC, group="orderly-p", count=KEYS,
                               keys=KEYS, prefix=prefix)
                self.sent += [f"{prefix}-{n}" for n in range(KEYS)]
        except (actors.Refused, RuntimeError) as failure:
            self.failure = failure
        self.actor.leave()

    def end(self):
        self.is_ending.set()
        self.join()
        if self.failure:
            raise AssertionError(f"sending failed: {self.failure}")


class Committed(threading.Thread):
    """What the broker says is committed, looked at again and again."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.broker = Connection(server.broker)
        self.turn = threading.Lock()  # one question at a time on the connection
        self.is_ending = threading.Event()
        self.seen = []  # (time, [offset of each queue])

    def run(self):
        while not self.is_ending.wait(0.1):
            self.seen.append((None, [self.committed(queue) or 0 for queue in range(QUEUES)]))
            self.seen[-1] = (now_ms(), self.seen[-1][1])

    def ask(self, code, **fields):
        with self.turn:
            return offset(self.broker, code, topic=TOPIC, **fields)

    def committed(self, queue):
        return self.ask(QUERY_CONSUMER_OFFSET, consumerGroup=GROUP, queueId=queue)

    def lag(self):
        ends = [self.ask(GET_MAX_OFFSET, queueId=q) for q in range(QUEUES)]
        return sum(end - (self.committed(q) or 0) for q, end in enumerate(ends))

    def end(self):
        self.is_ending.set()
        self.join()


class Play:
    """Who is in the group, and what happens to them."""

    def __init__(self, server, folder, seed):
        self.server, self.folder = server, folder
        self.random = random.Random(seed)
        self.living, self.all = [], []
        self.counts = collections.Counter()

    def come(self):
        has_java = any(member.is_java for member in self.living)
        member = Member(self.server, self.folder, len(self.all), not has_java)
        self.living.append(member)
        self.all.append(member)
        self.counts["came"] += 1

    def leave(self):
        self.living.pop(self.random.randrange(len(self.living))).leave()
        self.counts["left"] += 1

    def die(self):
        self.living.pop(self.random.randrange(len(self.living))).kill()
        self.counts["killed"] += 1

    def run(self, seconds):
        for _ in range(3):
            self.come()
        wait_until("each queue has one owner", PATIENCE, self.has_one_owner_each)
        began = time.monotonic()
        self.die()  # early, so that a short run need not wait long for the locks
        while time.monotonic() - began < seconds:
            time.sleep(0.5)
            may = [self.come] if len(self.living) < 5 else []
            if len(self.living) > 2:
                may.append(self.leave)
                if time.monotonic() - began < seconds - NO_KILLS_AT_THE_END:
                    may += [self.die, self.die]
            self.random.choice(may)()

    def received(self):
        return {d.body for member in self.all for d in member.deliveries()}

    def has_one_owner_each(self):
        owned = [queue for member in self.living for queue in member.queues()]
        return len(owned) == QUEUES == len(set(owned))


def check_queue(deliveries, committed):
    """Of one queue, in the order they arrived. How many came again; raises for what may not be."""
    again = collections.Counter()
    following = 0  # the offset that nobody has had yet
    last_by = {}   # who had each offset last
    sample = 0
    safe = 0
    previous = None
    for d in deliveries:
        while sample < len(committed) and committed[sample][0] < d.time:
            safe = max(safe, committed[sample][1][d.queue])
            sample += 1
        where = f"{d.member.name} got {d.body}, offset {d.offset} of queue {d.queue}"
        assert d.offset <= following, f"{where}, before {following}"
        holder = last_by.get(d.offset)
        if holder and holder.is_java and not holder.is_killed:
            # Java does not wait when its queue is taken away: neither for the message in hand
            # (ConsumeMessageOrderlyService: a ProcessQueue that isDropped) nor for a pull under way,
            # whose older offset the broker may store after the last one (DefaultMQPushConsumerImpl).
            again["java"] += 1
            safe = d.offset
        else:
            assert d.offset >= safe, f"{where}, after {safe} was committed"
            if holder:
                again["killed"] += 1
                assert holder.is_killed, f"{where}, which {holder.name} had and was not killed"
                assert holder is not d.member, f"{where}, twice"
            if previous and previous.member is d.member:
                assert d.offset == previous.offset + 1, f"{where}, after {previous.offset}"
        last_by[d.offset] = d.member
        following = max(following, d.offset + 1)
        previous = d
    return again


def check_order(play, committed):
    """Of all queues; how many messages came again, and because of whom."""
    by_queue = collections.defaultdict(list)
    for member in play.all:
        for d in member.deliveries():
            by_queue[d.queue].append(d)
    again = collections.Counter()
    first_by_key = collections.defaultdict(dict)
    for deliveries in by_queue.values():
        deliveries.sort(key=lambda d: (d.time, d.offset))
        again += check_queue(deliveries, committed.seen)
        for d in deliveries:
            a_round, key = d.body[1:].split("-")
            first_by_key[key].setdefault(int(a_round), None)
    for key, rounds in first_by_key.items():
        assert list(rounds) == sorted(rounds), f"key {key} out of order"
    return again


def prove(server, folder, seconds, seed):
    create_topic(server, TOPIC)
    sender, committed, play = Sender(server, folder), Committed(server), Play(server, folder, seed)
    try:
        sender.start()
        committed.start()
        play.run(seconds)
        sender.end()
        sent = set(sender.sent)
        began = time.monotonic()
        wait_until("all is consumed", PATIENCE, lambda: play.received() >= sent)
        wait_until("each queue has one owner", PATIENCE, play.has_one_owner_each)
        wait_until("all is committed", PATIENCE, lambda: committed.lag() == 0)
        waited = time.monotonic() - began
        committed.end()
        for member in play.living:
            member.leave()
        again = check_order(play, committed)
        assert committed.lag() == 0
        counts = play.counts
        say(f"   {server.name}: {len(sent)} messages of {KEYS} keys in {seconds} s, seed {seed}; "
            f"{counts['came']} members came, {counts['left']} left, {counts['killed']} were killed; each "
            f"key in order; {again['killed']} came again that a killed member had not committed, {again['java']} "
            f"that the Java member gave up; nothing left {waited:.0f} s later")
    finally:
        sender.is_ending.set()
        committed.is_ending.set()
        for member in play.all:
            if member.actor.process.poll() is None:
                member.actor.process.kill()


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10_000)
    on_both_servers(lambda server, folder: prove(server, folder, seconds, seed))


if __name__ == "__main__":
    main()
