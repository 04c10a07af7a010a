"""Who gets through rmq-proxy, and as whom: PROXY headers of load balancers, also to broker-lite beside
stock 5.5.0; users that the proxy knows, and signatures it makes; users and certificates that change
while clients are connected; and whom brokers know where clients share connections."""
import base64
import hashlib
import hmac
import json
import signal
import socket
import ssl
import struct
import time

import certificates
from exchange import wait_until
from frames import Connection, create_topic, frame, request
from servers import BrokerLite, Folder, RmqProxy, Stock, say

TOPIC, GROUP, PRODUCERS = "Access", "AccessGroup", "AccessProducers"
ROUTE, HEART_BEAT, CONSUMER_CONNECTIONS, PRODUCER_CONNECTIONS, MAX_OFFSET = 105, 34, 203, 204, 30
NO_PERMISSION = 16
LINE = b"PROXY TCP4 192.0.2.9 192.0.2.1 5555 8080\r\n"
BINARY = (b"\r\n\r\n\x00\r\nQUIT\n\x21\x11" + struct.pack(">H", 12) + bytes([192, 0, 2, 9, 192, 0, 2, 1])
          + struct.pack(">HH", 5555, 8080))
BEAT = json.dumps({"clientID": "client-of-the-balancer", "producerDataSet": [], "consumerDataSet": [
    {"groupName": GROUP, "consumeType": "CONSUME_PASSIVELY", "messageModel": "CLUSTERING",
     "consumeFromWhere": "CONSUME_FROM_LAST_OFFSET", "unitMode": False, "subscriptionDataSet": [
         {"topic": TOPIC, "subString": "*", "tagsSet": [], "codeSet": [], "subVersion": 0,
          "expressionType": "TAG", "classFilterMode": False}]}]}).encode()


class Client(Connection):
    def ask(self, code, fields=None, body=b""):
        self.send(frame(request(code, fields), body))
        while (answer := self.answer()) and not answer["flag"] & 1:
            pass  # what a broker asks
        return answer

    def body_of(self, code, fields):
        self.send(frame(request(code, fields)))
        content = self._read(struct.unpack(">i", self._read(4))[0])
        header_length = struct.unpack(">I", content[:4])[0] & 0xFFFFFF
        assert json.loads(content[4:4 + header_length])["code"] == 0, content
        return json.loads(content[4 + header_length:])


def signed(fields, access_key, secret, body=b""):
    fields = {**fields, "AccessKey": access_key}
    said = "".join(fields[name] for name in sorted(fields)).encode() + body
    mac = hmac.new(secret.encode(), said, hashlib.sha1).digest()
    return {**fields, "Signature": base64.b64encode(mac).decode()}


def balanced(address, header):
    client = Client(address)
    client.send(header)
    return client


def addresses_of_group(address):
    """As a tool is told them."""
    tool = Client(address)
    try:
        told = tool.body_of(CONSUMER_CONNECTIONS, {"consumerGroup": GROUP})
        return [each["clientAddr"] for each in told["connectionSet"]]
    finally:
        tool.close()


# ---- PROXY headers

def shown_in_lists(server):
    """A consumer behind a balancer is listed with its own address."""
    tool = Client(server.broker)
    create_topic(tool, TOPIC)
    for header in (LINE, BINARY):
        client = balanced(server.broker, header)
        assert client.ask(HEART_BEAT, body=BEAT)["code"] == 0
        wait_until(f"{server.name} lists the client's own address", 10,
                   lambda: addresses_of_group(server.broker) == ["192.0.2.9:5555"])
        client.close()
        time.sleep(0.2)
    tool.close()
    say(f"   {server.name}: a client behind a load balancer is listed as 192.0.2.9:5555")


def demanded_of_all(broker, folder):
    conf = folder / "enforcing.conf"
    conf.write_text("proxyProtocol=enforcing\n")
    with RmqProxy(broker.namesrv, folder, "-c", str(conf)) as proxy:
        asked = {"topic": TOPIC, "queueId": "0"}
        for header in (LINE, BINARY):
            client = balanced(proxy.namesrv, header)
            assert client.ask(MAX_OFFSET, asked)["code"] == 0
            client.close()
        good = balanced(proxy.namesrv, LINE)
        assert good.ask(MAX_OFFSET, asked)["code"] == 0
        for bad in (b"", b"PROXY nonsense\r\n"):
            client = balanced(proxy.namesrv, bad)
            assert client.ask(MAX_OFFSET, asked) is None, "let in without a PROXY header"
        slow = balanced(proxy.namesrv, LINE[:10])
        assert slow.answer() is None, "a header that does not end is waited for"
        assert good.ask(MAX_OFFSET, asked)["code"] == 0, "another connection suffered"
        log = proxy.log_text()
        for told in ("no PROXY header", "PROXY header: not TCP4", "PROXY header: it takes too long"):
            assert told in log, f"{told!r} is not in the log:\n{log}"
    say("   proxyProtocol=enforcing: those without a header are closed, and the log says why")


# ---- connections that clients share

def some_producers_are_known(server, folder):
    """A broker knows some of a group of producers: another takes the place of one that goes."""
    conf = folder / "shared.conf"
    conf.write_text("sharedConnections=1\nheartbeatIntervalMs=0\n")
    tool = Client(server.broker)

    def known():
        listed = tool.body_of(PRODUCER_CONNECTIONS, {"producerGroup": PRODUCERS})["connectionSet"]
        return {each["clientId"] for each in listed}

    def beat(clients):
        for name, client in clients.items():
            body = json.dumps({"clientID": name, "producerDataSet": [{"groupName": PRODUCERS}]}).encode()
            assert client.ask(HEART_BEAT, body=body)["code"] == 0

    with RmqProxy(server.namesrv, folder, "-c", str(conf)) as proxy:
        clients = {f"producer-{n}": Client(proxy.namesrv) for n in range(5)}
        for client in clients.values():
            wait_until("the topic has a route", 10, lambda: client.ask(ROUTE, {"topic": TOPIC})["code"] == 0)
        beat(clients)
        assert known() == {"producer-0", "producer-1"}, known()
        clients.pop("producer-0").close()
        wait_until("the broker sees it gone", 10, lambda: known() == {"producer-1"})
        beat(clients)
        assert known() == {"producer-1", "producer-2"}, known()
        for client in clients.values():
            client.close()
    tool.close()
    say(f"   {server.name}: of five producers that share connections it knows two, also when one goes")


# ---- users

def known_users(broker, folder):
    users, conf = folder / "users", folder / "users.conf"
    users.write_text("ann:secret-of-ann\n")
    conf.write_text(f"usersFile={users}\n")
    asked = {"topic": TOPIC, "queueId": "0"}
    with RmqProxy(broker.namesrv, folder, "-c", str(conf)) as proxy:
        client = Client(proxy.namesrv)
        refusals = {}
        for name, fields in (("nobody", asked), ("bob", signed(asked, "bob", "secret-of-bob")),
                             ("a wrong key", signed(asked, "ann", "another")),
                             ("a changed field", {**signed(asked, "ann", "secret-of-ann"),
                                                  "queueId": "1"})):
            answer = client.ask(MAX_OFFSET, fields)
            assert answer["code"] == NO_PERMISSION, (name, answer)
            refusals[name] = answer["remark"]
        assert client.ask(MAX_OFFSET, signed(asked, "ann", "secret-of-ann"))["code"] == 0

        users.write_text("bob:secret-of-bob\n")
        proxy.process.send_signal(signal.SIGHUP)
        wait_until("the users are read anew", 5, lambda: client.ask(
            MAX_OFFSET, signed(asked, "bob", "secret-of-bob"))["code"] == 0)
        assert client.ask(MAX_OFFSET, signed(asked, "ann", "secret-of-ann"))["code"] == NO_PERMISSION

        users.write_text("bob\n")
        proxy.process.send_signal(signal.SIGHUP)
        wait_until("the log says what is wrong", 5, lambda: "line 1 is not NAME:SECRET" in proxy.log_text())
        assert client.ask(MAX_OFFSET, signed(asked, "bob", "secret-of-bob"))["code"] == 0
        client.close()
    say(f"   usersFile: {refusals}; SIGHUP changes the users of an open connection")
    return refusals


def rules_of_users(broker, folder):
    users, rules, conf = folder / "users-with-rules", folder / "rules", folder / "rules.conf"
    users.write_text("ann:secret-of-ann\n")
    rules.write_text(f"ann Topic:{TOPIC}* Get\n")
    conf.write_text(f"usersFile={users}\nrulesFile={rules}\n")
    asked = signed({"topic": TOPIC, "queueId": "0"}, "ann", "secret-of-ann")
    with RmqProxy(broker.namesrv, folder, "-c", str(conf)) as proxy:
        client = Client(proxy.namesrv)
        assert client.ask(MAX_OFFSET, asked)["code"] == 0
        refused = client.ask(HEART_BEAT, signed({}, "ann", "secret-of-ann", BEAT), BEAT)
        assert refused["code"] == NO_PERMISSION, refused
        assert f"missing: ann Group:{GROUP} Sub" in refused["remark"], refused
        rules.write_text("ann * All\n")
        proxy.process.send_signal(signal.SIGHUP)
        wait_until("the rules are read anew", 5, lambda: client.ask(
            HEART_BEAT, signed({}, "ann", "secret-of-ann", BEAT), BEAT)["code"] == 0)
        client.close()
    say(f"   rulesFile: {refused['remark']}; SIGHUP changes that for an open connection")


def signed_anew(folder):
    """The cluster knows the proxy only; clients are known to the proxy."""
    own = folder / "secured"
    own.mkdir()
    (own / "broker.conf").write_text(
        "authenticationEnabled=true\nauthorizationEnabled=true\n"
        'initAuthenticationUser={"username":"proxy","password":"secret-of-the-proxy"}\n'
        'innerClientAuthenticationCredentials={"accessKey":"proxy","secretKey":"secret-of-the-proxy"}\n')
    (own / "users").write_text("ann:secret-of-ann\n")
    (own / "proxy.conf").write_text(
        f"usersFile={own}/users\nupstreamAccessKey=proxy\nupstreamSecretKey=secret-of-the-proxy\nadmin=all\n")
    asked = {"topic": "TBW102", "queueId": "0"}
    with BrokerLite(own, "-c", str(own / "broker.conf")) as broker, \
            RmqProxy(broker.namesrv, own, "-c", str(own / "proxy.conf")) as proxy:
        direct = Client(broker.broker)
        said = direct.ask(MAX_OFFSET, signed(asked, "ann", "secret-of-ann"))
        assert said["code"] == NO_PERMISSION, said
        unsigned = direct.ask(MAX_OFFSET, asked)
        wrong = direct.ask(MAX_OFFSET, signed(asked, "proxy", "another"))
        client = Client(proxy.namesrv)
        answer = client.ask(MAX_OFFSET, signed(asked, "ann", "secret-of-ann"))
        assert answer["code"] == 0, answer
        answer = client.ask(HEART_BEAT, signed({}, "ann", "secret-of-ann", BEAT), BEAT)
        assert answer["code"] == 0, answer
    say("   upstreamAccessKey: the cluster is asked as the proxy, whoever asks the proxy")
    return {"nobody": unsigned["remark"], "a wrong key": wrong["remark"], "bob": said["remark"]}


# ---- certificates

def new_certificates(broker, folder):
    first, second = (certificates.make_all(folder / name, requires_client_certificate=False)
                     for name in ("first-tls", "second-tls"))
    used = folder / "tls"
    used.mkdir()

    def use(made):
        for name in ("server.pem", "server.key"):
            (used / name).write_bytes((made / name).read_bytes())

    def serial(address):
        host, port = address.rsplit(":", 1)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection((host, int(port)), timeout=10)
        return context.wrap_socket(plain)

    use(first)
    with RmqProxy(broker.namesrv, folder, "--tls-cert", str(used / "server.pem"), "--tls-key",
                  str(used / "server.key")) as proxy:
        def shown():
            with serial(proxy.namesrv) as end:
                return end.getpeercert(binary_form=True)

        old = shown()
        client = Client(proxy.namesrv)
        client.socket = serial(proxy.namesrv)
        assert client.ask(ROUTE, {"topic": TOPIC})["code"] == 0
        use(second)
        proxy.process.send_signal(signal.SIGHUP)
        wait_until("another certificate is shown", 5, lambda: shown() != old)
        assert client.ask(ROUTE, {"topic": TOPIC})["code"] == 0, "an open connection suffered"
    say("   SIGHUP: new connections see the new certificate, open ones go on")


def main():
    with Folder() as folder:
        lite_conf = folder / "broker-lite.conf"
        lite_conf.write_text("proxyProtocol=permissive\n")
        with BrokerLite(folder, "-c", str(lite_conf)) as broker:
            shown_in_lists(broker)
            demanded_of_all(broker, folder)
            own_refusals = known_users(broker, folder)
            rules_of_users(broker, folder)
            some_producers_are_known(broker, folder)
            new_certificates(broker, folder)
        of_broker = signed_anew(folder)
        assert {name: own_refusals[name] for name in of_broker} == {
            **of_broker, "bob": of_broker["bob"].replace("ann", "bob")}, (own_refusals, of_broker)
        with Stock("5.5.0", folder / "stock") as stock:
            shown_in_lists(stock)
            some_producers_are_known(stock, folder)


if __name__ == "__main__":
    main()
