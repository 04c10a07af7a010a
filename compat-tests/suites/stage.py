"""A feature on a server, with a client of one kind sending and one of another consuming; and the
table that says how it went."""
import dataclasses
import pathlib
import re
import time

import actors
from exchange import lines_of, wait_until
from servers import say

COUNT = 20
BODY, QUEUE, OFFSET, ID, TRIES, TAG, KEYS, N, TOPIC, ARRIVED = range(10)
WAIT = 60


@dataclasses.dataclass
class Feature:
    name: str
    function: object
    directions: tuple
    # What is different where: by the server's name a regular expression of the refusal; "maybe:" and
    # one where it may work as well; or "hole:", "client:", "broker:" and why it is not tried.
    different: dict = dataclasses.field(default_factory=dict)
    flags: tuple = ()  # of the clients: --ns NAMESPACE, --trace


def mqadmin(java, line):
    """What stock mqadmin prints. It gives a broker no more than the seconds it has of its own, of which
    the first command takes most to load its classes: on a machine under load it is asked again."""
    until = time.monotonic() + WAIT
    while True:
        said = java.ask("mqadmin", line=line)["output"]
        if "RemotingTimeoutException" not in said or time.monotonic() > until:
            return said


class Cast:
    """The clients of a server; each is started when it is first wanted. `flags`: those of all clients
    of a role, which are: ours, java, admin (one of ours) and java_admin."""

    def __init__(self, server, java_version, folder, java_properties=(), **flags):
        self.server, self.java_version, self.folder = server, java_version, folder
        self.log = folder / "actors.log"
        self.java_properties = java_properties
        self.flags = flags
        self.started = {}

    def ours(self, *flags):
        return self._client("ours", "ours", flags)

    def second(self, *flags):
        return self._client("second", "ours", flags)

    def admin(self):
        return self._client("admin", "admin", ())

    def java(self, *flags):
        return self._client("java", "java", flags)

    def java_admin(self):
        return self._client("java_admin", "java_admin", ())

    def _client(self, name, role, flags):
        if (name, flags) not in self.started:
            flags_of_all = *self.flags.get(role, ()), *flags
            self.started[name, flags] = \
                self.start_java(*flags_of_all) if role.startswith("java") else \
                self.start_ours(*flags_of_all)
        return self.started[name, flags]

    def start_java(self, *flags):
        return actors.java(self.java_version, self.server.namesrv, self.log, *flags,
                           properties=self.java_properties)

    def start_ours(self, *flags):
        return actors.ours(self.server.namesrv, self.log, *flags)

    def leave(self):
        for actor in self.started.values():
            actor.leave()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for actor in self.started.values():
            actor.end()


class Stage:
    """One feature on one server: a sender, a consumer, names nobody else uses."""

    def __init__(self, cast, feature, direction):
        self.cast, self.folder, self.flags = cast, cast.folder, feature.flags
        sender, receiver = {"ours to Java": (cast.ours, cast.java),
                            "Java to ours": (cast.java, cast.ours),
                            "ours alone": (cast.ours, cast.ours),
                            "together": (cast.ours, cast.java)}[direction]
        self.sender, self.receiver = sender(*self.flags), receiver(*self.flags)
        self.outsider = cast.ours()  # with names as they are on the wire
        self.name = re.sub("[^a-z0-9]+", "-", feature.name.lower()) + "-" + \
            direction.split(" ")[0].lower()
        self.topic = f"t-{self.name}"
        self.group = f"g-{self.name}"
        self.started = []

    def on_the_wire(self, name):
        if "--ns" not in self.flags:
            return name
        return f"{self.flags[self.flags.index('--ns') + 1]}%{name}"

    def create_topic(self):
        self.cast.admin().ask("create_topic", topic=self.on_the_wire(self.topic))

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


def run_one(cast, feature, direction):
    """The word for the table, and whether it is a failure."""
    rule = feature.different.get(cast.server.name, "")
    if rule.startswith(("hole:", "client:", "broker:")):
        return rule, False
    stage = Stage(cast, feature, direction)
    try:
        stage.create_topic()
        feature.function(stage)
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


def run_all(cast, features):
    """By feature and direction: the word for the table, and whether it is a failure."""
    results = {}
    with cast:
        for feature in features:
            for direction in feature.directions:
                began = time.monotonic()
                results[feature.name, direction] = run_one(cast, feature, direction)
                say(f"     {cast.server.name}: {feature.name}, {direction}: "
                    f"{results[feature.name, direction][0]} ({time.monotonic() - began:.1f} s)")
        cast.leave()
        if any(failed for _, failed in results.values()):
            say(cast.log.read_text(errors="replace")[-4000:])
    return results


def summarize(all_results):
    """A line a server; how many failures there are."""
    failed = 0
    for name, results in all_results.items():
        words = [word for word, _ in results.values()]
        failed += sum(1 for _, is_failure in results.values() if is_failure)
        say(f"   {name}: {words.count('ok')} of {len(words)} ok, "
            f"{sum(w.startswith('refused') for w in words)} refused as they should be, "
            f"{sum(w.startswith(('hole', 'broker', 'client')) for w in words)} not possible there")
    return failed


def add_table(path, title, all_results):
    """Appends what all servers made of each feature, in the order it was tried."""
    names = list(all_results)
    rows = dict.fromkeys(row for results in all_results.values() for row in results)
    lines = [f"## {title}", "", "| feature | direction | " + " | ".join(names) + " |",
             "|---|---|" + "---|" * len(names)]
    for feature, direction in rows:
        cells = [all_results[name].get((feature, direction), ("–", False))[0].replace("\n", " ")
                 for name in names]
        lines.append(f"| {feature} | {direction} | " + " | ".join(cells) + " |")
    with open(pathlib.Path(path), "a") as table:
        table.write("\n".join(lines) + "\n\n")
