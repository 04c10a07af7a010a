"""The accounts of 4.x: stock 4.9.7 and broker-lite, each with the same plain ACL files, are asked the same and must
answer the same. Requests of all kinds, signed by accounts of all kinds; then mqadmin 4.9.7, which reads and changes
the files; then an editor."""
import base64
import hashlib
import hmac
import json
import re
import sys
import time

import actors
from bad_input import PULL, SEND
from frames import Connection, frame, request
from mqadmin import shape
from servers import BrokerLite, Folder, Stock, say
from stage import mqadmin

# In quotes: nothing here is to be a number.
ACCOUNTS = """
globalWhiteRemoteAddresses:
- 10.0.0.*
- 127.0.0.2-9
accounts:
- accessKey: administrator
  secretKey: admin-secret
  admin: true
- accessKey: program
  secretKey: program-secret
  defaultTopicPerm: DENY
  defaultGroupPerm: DENY
  topicPerms:
  - Out=PUB
  - In=SUB
  - Both=PUB|SUB
  - Denied=DENY
  groupPerms:
  - Readers=SUB
- accessKey: onlooker
  secretKey: onlooker-secret
  admin: false
  defaultTopicPerm: SUB
  defaultGroupPerm: SUB
- accessKey: narrowed
  secretKey: narrowed-secret
  admin: true
  defaultGroupPerm: SUB
  topicPerms:
  - Out=PUB
"""
# By where one comes from, whatever the signature: ours is 127.0.0.1.
ADDRESSES = ["127.0.0.1", "127.0.0.2", "127.0.0.*", "127.0.*.*", "127.*.*.*", "127.0.0.0-1", "127.0.0.2-9",
             "127.0.0-1.*", "127.0.0.{1,2}", "127.0.0.{2,3}", "127.0.0.2,127.0.0.1", "127.0.1.*", "*", "*.*.*.*", "",
             "fd00::*", "::1"]
SIGNERS = {"nobody": None, "administrator": "admin-secret", "program": "program-secret",
           "onlooker": "onlooker-secret", "narrowed": "narrowed-secret", "stranger": "stranger-secret",
           "program with a wrong secret": "other-secret"}
TOPICS = ["Out", "In", "Both", "Denied", "Other"]


def heartbeat(group, topic):
    return json.dumps({"clientID": "c", "producerDataSet": [], "consumerDataSet": [{
        "groupName": group, "consumeType": "CONSUME_PASSIVELY", "messageModel": "CLUSTERING",
        "consumeFromWhere": "CONSUME_FROM_LAST_OFFSET", "unitMode": False,
        "subscriptionDataSet": [{"topic": topic, "subString": "*", "expressionType": "TAG", "classFilterMode": False,
                                 "subVersion": 1, "tagsSet": [], "codeSet": []}]}]}).encode()


def requests():
    """Name, code, fields and body of each. Where a request names a topic and a group, one of the two is all right:
    which is told first is an accident of Java's tables."""
    plain = {"producerGroup": "P", "defaultTopic": "TBW102", "defaultTopicQueueNums": "4", "queueId": "0",
             "sysFlag": "0", "bornTimestamp": "0", "flag": "0"}
    for topic in TOPICS:
        yield f"send to {topic}", 310, {**SEND, "b": topic}, b"m"
        yield f"old send to {topic}", 10, {**plain, "topic": topic}, b"m"
        yield f"pull from {topic}", 11, {**PULL, "topic": topic, "consumerGroup": "Readers"}, b""
        yield f"query {topic}", 12, {"topic": topic, "key": "k", "maxNum": "1", "beginTimestamp": "0",
                                     "endTimestamp": "1"}, b""
        yield f"heartbeat for {topic}", 34, {}, heartbeat("Readers", topic)
        yield f"commit of {topic}", 15, {"topic": topic, "consumerGroup": "Readers", "queueId": "0",
                                         "commitOffset": "0"}, b""
    for group in ("Readers", "Others"):
        yield f"pull by {group}", 11, {**PULL, "topic": "In", "consumerGroup": group}, b""
        yield f"retry of {group}", 310, {**SEND, "b": f"%RETRY%{group}", "a": group}, b"m"
        yield f"pull of retries of {group}", 11, {**PULL, "topic": f"%RETRY%{group}", "consumerGroup": group}, b""
        yield f"send back by {group}", 36, {"group": group, "originTopic": "In", "offset": "0", "delayLevel": "3",
                                            "originMsgId": "m", "unitMode": "false"}, b""
        yield f"members of {group}", 38, {"consumerGroup": group}, b""
        yield f"leaving of {group}", 35, {"clientID": "c", "consumerGroup": group}, b""
    yield "trace", 310, {**SEND, "b": "RMQ_SYS_TRACE_TOPIC"}, b"m"
    yield "make a topic", 17, {"topic": "New", "defaultTopic": "TBW102", "readQueueNums": "4", "writeQueueNums": "4",
                               "perm": "6", "topicFilterType": "SINGLE_TAG", "topicSysFlag": "0", "order": "false"}, b""
    yield "drop a topic", 215, {"topic": "Never"}, b""
    yield "make a group", 200, {}, json.dumps({"groupName": "New"}).encode()
    yield "drop a group", 207, {"groupName": "Never"}, b""
    yield "runtime", 28, {}, b""
    yield "account versions", 52, {}, b""


def signed(fields, body, name, secret):
    if secret is None:
        return fields
    fields = {**fields, "AccessKey": name.split()[0]}
    content = "".join(fields[key] for key in sorted(fields) if key != "_UNIQUE_KEY_QUERY").encode() + body
    signature = base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha1).digest()).decode()
    return {**fields, "Signature": signature}


def judgement(answer):
    """What the broker says of who asks; whatever else it may say means that he may."""
    remark = answer.get("remark") or ""
    found = re.search(r"AclException: (.*?)(, org\.apache\.\S+)?$", remark)
    return f"{answer['code']} {found[1]}" if found else "may"


class Asked:
    """A broker, and what it has answered, by question."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.answers, self.printed = {}, {}
        self.opaque = 0
        self.connection = Connection(server.broker)

    def ask(self, question, code, fields, body, name, secret):
        self.opaque += 1
        self.connection.send(frame(request(code, signed(fields, body, name, secret), opaque=self.opaque), body))
        while True:
            said = self.connection.answer()
            assert said is not None, f"no answer: {question}"
            if said["flag"] & 1 and said["opaque"] == self.opaque:  # a broker asks its clients, too
                break
        self.answers[question] = judgement(said)

    def ask_all(self):
        for name, secret in SIGNERS.items():
            for what, code, fields, body in requests():
                self.ask(f"{name}: {what}", code, fields, body, name, secret)
        for at, address in enumerate(ADDRESSES):
            self.ask(f"from {address!r}", 310, {**SEND, "b": "Out"}, b"m", f"address{at:02}", "of no matter")

    def send_as(self, when, name, secret):
        self.ask(f"{when}: {name}", 310, {**SEND, "b": "Out"}, b"m", name, secret)
        return self.answers[f"{when}: {name}"]

    def run(self, java, line):
        """A subcommand, on this broker."""
        line = f"{line} -b {self.server.broker}"
        said = mqadmin(java, line.replace("DIR", str(self.folder)))
        line = line.replace(self.server.broker, "BROKER")
        while line in self.printed:  # the same again means something else by now
            line += " "
        self.printed[line] = said

    def change_all(self, java):
        self.run(java, "getAclConfig")
        self.run(java, "clusterAclConfigVersion")
        self.run(java, "updateAclConfig -a newcomer -s newcomer-secret -t Out=PUB,In=SUB -g Readers=SUB -i DENY -u SUB")
        self.send_as("made", "newcomer", "newcomer-secret")
        self.run(java, "updateAclConfig -a newcomer -s another-secret -t Out=DENY -w 10.0.0.1 -m false")
        self.send_as("changed", "newcomer", "another-secret")
        self.run(java, "updateAclConfig -a short -s newcomer-secret")
        self.run(java, "updateAclConfig -a newcomer2 -s short")
        self.run(java, "updateAclConfig -a newcomer2 -s newcomer-secret -t Out")
        self.run(java, "updateAclConfig -a newcomer2 -s newcomer-secret -w nowhere")
        self.run(java, "updateAclConfig -a inFolder -s inFolder-secret -i PUB")
        self.send_as("in its folder", "inFolder", "inFolder-secret")
        self.run(java, "getAclConfig")
        self.run(java, "deleteAclConfig -a newcomer")
        self.send_as("deleted", "newcomer", "another-secret")
        self.run(java, "deleteAclConfig -a newcomer")
        self.run(java, "updateGlobalWhiteAddr -g 10.0.0.1,10.0.1.*")
        self.run(java, "updateGlobalWhiteAddr -g 10.0.2.* -p DIR/conf/acl/more.yml")
        self.run(java, "updateGlobalWhiteAddr -g 10.0.3.* -p DIR/conf/acl/none.yml")
        time.sleep(6)  # stock looks at its files every five seconds, and may have read one before its last change
        self.run(java, "getAclConfig")
        self.run(java, "clusterAclConfigVersion")

    def edit(self):
        """By hand: seen within seconds."""
        (self.folder / "conf/acl/late.yml").write_text(
            "accounts:\n- accessKey: latecomer\n  secretKey: late-secret\n  defaultTopicPerm: PUB\n")
        deadline = time.monotonic() + 20
        while self.send_as("edited", "latecomer", "late-secret") != "may":
            assert time.monotonic() < deadline, "a new file is not seen"
            time.sleep(0.2)


def write_files(folder):
    (folder / "conf/acl").mkdir(parents=True)
    addresses = "".join(f'- accessKey: address{at:02}\n  secretKey: address-secret\n  whiteRemoteAddress: "{address}"\n'
                        for at, address in enumerate(ADDRESSES))
    (folder / "conf/plain_acl.yml").write_text(ACCOUNTS + addresses)
    (folder / "conf/acl/more.yml").write_text(
        "accounts:\n- accessKey: inFolder\n  secretKey: inFolder-secret\n  defaultTopicPerm: DENY\n")


def lite(folder):
    (folder / "broker.conf").write_text("brokerName=broker-a\naclEnable=true\n"
                                        f"rocketmq.home.dir={folder}\n")
    return BrokerLite(folder, "-c", str(folder / "broker.conf"))


def answers_of(make, folder):
    folder.mkdir()
    write_files(folder)
    # Where mqadmin of 4.x finds who it is.
    home = folder / "tools"
    (home / "conf").mkdir(parents=True)
    (home / "conf/tools.yml").write_text("accessKey: administrator\nsecretKey: admin-secret\n")
    (home / "conf/logback_tools.xml").write_text("<configuration/>\n")  # which it insists on
    with make(folder) as server, actors.java("4.9.7", server.namesrv, folder / "actors.log",
                                             properties=(f"rocketmq.home.dir={home}",)) as java:
        asked = Asked(server, folder)
        asked.ask_all()
        asked.change_all(java)
        asked.edit()
        return asked


def differences(ours, stock):
    for question, answer in ours.answers.items():
        if answer != stock.answers[question]:
            yield f"{question}: {answer}, stock: {stock.answers[question]}"
    for line, printed in ours.printed.items():
        mine, theirs = shape(printed, ours.folder), shape(stock.printed[line], stock.folder)
        if mine != theirs:
            yield "\n".join([line] + [f"  stock: {each}" for each in theirs if each not in mine]
                            + [f"  ours:  {each}" for each in mine if each not in theirs])


def main():
    with Folder() as folder:
        stock = answers_of(lambda at: Stock("4.9.7", at, "brokerName=broker-a", "aclEnable=true"), folder / "stock")
        ours = answers_of(lite, folder / "lite")
        found = list(differences(ours, stock))
        kinds = len(set(ours.answers.values()))
    say(f"   {len(ours.answers)} requests, {kinds} different answers, and {len(ours.printed)} commands of mqadmin 4.9.7: "
        f"{len(found)} not as on stock 4.9.7")
    for each in found:
        say("   NOT OK:", each)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
