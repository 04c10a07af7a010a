"""mqadmin against stock and against broker-lite, which hold the same: a subcommand must print the same
on both, but for times, ids and addresses, and for the differences of mqadmin_differences.py. (Its exit
code is 0 whatever happens.) Users and policies are on, and mqadmin is the administrator's."""
import json
import re
import sys

import actors
from both import together
from exchange import wait_until
from mqadmin_commands import CHANGE, GROUPS, LEFT_OUT, LOOK, PREPARE, TOPICS
from mqadmin_differences import ANSWERS, LINES, SETTINGS
from secured import ACL_2, ADMINISTRATOR
from servers import BrokerLite, Folder, Stock, say
from stage import mqadmin

CONF = ["brokerName=broker-a", "traceTopicEnable=true", *ACL_2]


class Session:
    """What mqadmin printed on one server, by the subcommand as it stands in mqadmin_commands.py."""

    def __init__(self, server, java, folder):
        self.server, self.java, self.folder = server, java, folder
        self.words = {"broker": server.broker, "dir": folder}
        self.outputs = {}

    def run(self, lines):
        for line in lines.strip().splitlines():
            self.ask(line)

    def ask(self, line):
        output = self.mqadmin(line.format(**self.words))
        file = re.match(r"export (\S+\.json) success", output)
        if file:
            with open(file[1], encoding="utf-8") as exported:
                output += exported.read()
        while line in self.outputs:  # the same again means something else by now
            line += " "
        self.outputs[line] = output
        return output

    def mqadmin(self, line):
        return mqadmin(self.java, line)

    def consume(self):
        (self.folder / "topics.json").write_text(json.dumps(TOPICS))
        (self.folder / "groups.json").write_text(json.dumps(GROUPS))
        # On a busy machine the first of all is not answered in time.
        wait_until("mqadmin is answered", 60,
                   lambda: "success" in self.mqadmin(f"updateTopic -b {self.server.broker} -t T -r 4 -w 4"))
        self.run(PREPARE)
        sent = self.ask("sendMessage -t T -p hello3 -k key3 -c TagA -b broker-a -i 2")
        self.words["unique"] = sent.split()[-1]
        self.java.ask("send", kind="plain", topic="One", group="P", count=4, prefix="x")
        self.java.ask("consume", id="c", kind="concurrent", topic="T", group="G",
                      out=self.folder / "c.txt", instance="one")
        # Offsets, that of its retry topic among them, are committed after ten seconds.
        progress = ""

        def is_done():
            nonlocal progress
            progress = self.mqadmin("consumerProgress -g G")
            return "%RETRY%G" in progress and "Consume Diff Total: 0" in progress

        wait_until("the consumer has committed", 30, is_done)
        self.words["client"] = re.search(r"\S+@one", self.mqadmin("consumerConnection -g G"))[0]
        self.words["id"] = self.offset_id(f"queryMsgByUniqueKey -t T -i {self.words['unique']}")
        self.words["resent"] = self.offset_id("queryMsgByOffset -t One -b broker-a -i 0 -o 0")

    def offset_id(self, line):
        """Of the message that mqadmin finds: the broker's address and the place in its log."""
        position = int(re.search(r"CommitLog Offset: +(\d+)", self.mqadmin(line))[1])
        return f"7F000001{int(self.server.broker.split(':')[1]):08X}{position:016X}"


def shape(text, folder):
    """The lines, sorted: stock keeps much in tables without an order."""
    for pattern, what in (
            (re.escape(str(folder)) + "(/servers)?", "DIR"),
            (r"\n\tat .*|\n\t\.\.\. \d+ more|\nFor more information.*|\nSee http.*", ""),
            (r"\b[0-9A-F]{32,56}(?![0-9A-F])", "ID"),
            (r"/?127\.0\.0\.1:\d+", "ADDRESS"),
            (r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d(,\d+)?", "TIME"),
            (r"\b1[5-9]\d{11}\b|\b20\d{12}(\d{3})?\b", "TIME"),
            (r"\[ 0 days.*\]|\brt=\d+ms|\bspentTimeMills=\d+", "TIME"),
            (r"@[\w-]+\$?\d{13,}", "@CLIENT"),
            (r"\b0x[0-9a-f]{16}@[0-9a-f]+|@[0-9a-f]{6,8}\b", "@HASH"),
            (r"\d+\.\d+(E-\d+)?\b", "0.0"),
            (r"[ \t]+", " "),
            (r"(?<=EntireTimeMax : )\d+|(?<=timerReadBehind : )\d+", "TIME"),
            (r"(?m)(?<=^broker-a 0 true )\d+ *$", "TIME")):  # checkMsgSendRT
        text = re.sub(pattern, what, text)
    return sorted(filter(None, (line.strip(" ,") for line in text.splitlines())))


def is_of(command, line):
    return re.match(rf"(?:{command})(?!\S)", line)


def without(lines, line, used):
    """The lines that must be the same. `line`: the subcommand."""
    for command, pattern, why in LINES:
        if is_of(command, line):
            left = [each for each in lines if not re.search(pattern, each)]
            if len(left) < len(lines):
                used.add((command, pattern))
            lines = left
    return lines


def known(lines, ours):
    """Of lines "name = value" those whose name is also one of ours."""
    names = {each.split(" = ")[0] for each in ours}
    return [each for each in lines if each.split(" = ")[0] in names]


def compare(ours, stock, used):
    """What is wrong, in words."""
    wrong = []
    for line, output in ours.outputs.items():
        for command, pattern, why in ANSWERS:
            if is_of(command, line):
                used.add((command, pattern))
                if not re.search(pattern, output):
                    wrong.append(f"{line}: not {pattern!r} ({why})\n{output}")
                break
        else:
            mine = shape(output, ours.folder)
            theirs = shape(stock.outputs[line], stock.folder)
            if is_of(SETTINGS, line):
                theirs = known(theirs, mine)
            if mine != theirs:
                mine, theirs = without(mine, line, used), without(theirs, line, used)
            if mine != theirs:
                wrong.append("\n".join([line] + [f"  stock: {each}" for each in rest(theirs, mine)]
                                       + [f"  ours:  {each}" for each in rest(mine, theirs)]))
    return wrong


def rest(some, others):
    others = list(others)
    return [each for each in some if each not in others or others.remove(each)]


def on(server, version, folder):
    with server, actors.java(version, server.namesrv, folder / "actors.log", *ADMINISTRATOR) as java:
        session = Session(server, java, folder)
        session.consume()
        session.run(LOOK)
        session.run(CHANGE)
        asked = {line.split()[0] for line in session.outputs} | LEFT_OUT.keys()
        missing = set(java.ask("subcommands")["names"].split()) - asked
        assert not missing, f"mqadmin has subcommands that this suite does not know: {missing}"
        return session


def main():
    version = "5.5.0"
    wrong, used = [], set()
    with Folder() as folder:
        sessions = {}

        def run(name, server, at):
            sessions[name] = on(server, version, at)

        lite, stock = folder / "lite", folder / "stock"
        for each in (lite, stock):
            each.mkdir()
        (lite / "broker.conf").write_text("\n".join(CONF) + "\n")
        together(lambda: run("lite", BrokerLite(lite, "-c", str(lite / "broker.conf")), lite),
                 lambda: run("stock", Stock(version, stock / "servers", *CONF), stock))
        secrets = lite / "store/config/users.json"
        assert secrets.stat().st_mode & 0o077 == 0, f"others may read {secrets.name}"
        wrong = compare(sessions["lite"], sessions["stock"], used)
        commands = sessions["lite"].outputs
        say(f"   mqadmin {version}: {len(commands)} commands of "
            f"{len({line.split()[0] for line in commands})} subcommands, {len(wrong)} not as on stock")
    for each in wrong:
        say("   NOT OK:", each)
    stale = [each[:2] for each in (*LINES, *ANSWERS) if each[:2] not in used]
    assert not stale, f"no longer different: {stale}"
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
