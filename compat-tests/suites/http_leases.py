"""The HTTP gateway of rmq-proxy in front of brokers without POP (stock 4.9.7): it keeps the leases itself.
What is lent comes back, comes again, is buried, and nothing is lost when the proxy is killed."""
import json
import signal
import time
import urllib.parse

from http_gateway import Gateway, deliveries, every_operation, examples, in_order, is_gateways, send
from servers import Folder, Stock, say
from web_socket import WebSocket


def post(gateway, path, **members):
    status, body = gateway.call("POST", path, json.dumps(members).encode(), Content_Type="application/json")
    return status, json.loads(body) if body else None


def receive(gateway, group, topic, wait="5s", **more):
    status, answer = post(gateway, f"/v1/groups/{group}/messages:receive", topic=topic, wait=wait,
                          **{"from": "earliest", **more})
    assert status == 200, (status, answer)
    return answer["messages"]


def receive_one(gateway, group, topic, patience=60, **more):
    began = time.monotonic()
    while time.monotonic() - began < patience:
        messages = receive(gateway, group, topic, max=1, **more)
        if messages:
            return messages[0]
    raise AssertionError(f"nothing of {topic} comes to {group} within {patience} s")


def settle(gateway, group, how, message, **more):
    status, answer = post(gateway, f"/v1/groups/{group}/messages:{how}", receipts=[message["receipt"]], **more)
    assert status == 200, (status, answer)
    return answer["results"][0]["status"]


def make_topic(gateway, name, queues):
    status, body = gateway.call("PUT", f"/v1/topics/{name}", json.dumps({"queues": queues}).encode(),
                                Content_Type="application/json")
    assert status < 300, body
    time.sleep(1)  # until the name server has heard of it


def stored(gateway, topic):
    """How many messages it was ever sent."""
    status, body = gateway.call("GET", f"/v1/topics/{urllib.parse.quote(topic, safe='')}/stats")
    return sum(queue["maxOffset"] for queue in json.loads(body)["queues"]) if status == 200 else 0


def behind(gateway, group, topic):
    status, body = gateway.call("GET", f"/v1/groups/{group}/lag?topic={topic}")
    assert status == 200, body
    return json.loads(body)["behind"]


def one_message(gateway):
    make_topic(gateway, "one", 2)
    send(gateway, "one", 1)
    lent = receive_one(gateway, "g1", "one", invisible="3s")
    assert (lent["deliveryAttempt"], lent["topic"]) == (1, "one") and is_gateways(lent["receipt"]), lent
    again = receive_one(gateway, "g1", "one", invisible="30s")
    assert (again["id"], again["deliveryAttempt"]) == (lent["id"], 2), "what expires comes again"
    assert settle(gateway, "g1", "ack", lent) == "gone"

    status, extended = post(gateway, "/v1/groups/g1/messages:extend", receipt=again["receipt"], invisible="60s")
    assert status == 200, extended
    assert settle(gateway, "g1", "ack", again) == "gone"
    again["receipt"] = extended["receipt"]
    assert settle(gateway, "g1", "nack", again, delay="1s") == "ok"
    third = receive_one(gateway, "g1", "one")
    assert (third["id"], third["deliveryAttempt"]) == (lent["id"], 3), third
    began = time.monotonic()
    assert settle(gateway, "g1", "nack", third, delay="61s") == "ok"
    spilled = receive_one(gateway, "g1", "one", patience=200)
    took = time.monotonic() - began
    assert (spilled["topic"], spilled["body"]) == ("one", "0"), spilled
    assert took >= 60, f"what was given back for 61 s came after {took:.0f}"
    assert settle(gateway, "g1", "deadletter", spilled) == "ok"
    began = time.monotonic()
    while stored(gateway, "%DLQ%g1") != 1:
        assert time.monotonic() - began < 60, "there is no dead letter"
        time.sleep(1)
    assert receive(gateway, "g1", "one") == []
    status, body = gateway.call("GET", "/v1/groups/g1/messages?topic=one&from=earliest&invisible=16m")
    assert status == 400, body
    say(f"   lent, expired, extended, given back for 1 s and for 61 s (came after {took:.0f}), buried")


def killed(server, folder, count=2000):
    """A third is acknowledged, a third lent, a third in nobody's hand when the proxy dies."""
    with Gateway(server.namesrv, folder) as gateway:
        make_topic(gateway, "deadly", 4)
        send(gateway, "deadly", count)
        acked, lent = set(), set()
        while len(acked) < count // 3:
            messages = receive(gateway, "g2", "deadly", max=32, invisible="10m")
            post(gateway, "/v1/groups/g2/messages:ack", receipts=[each["receipt"] for each in messages])
            acked |= {each["body"] for each in messages}
        while len(lent) < count // 3:
            lent |= {each["body"] for each in receive(gateway, "g2", "deadly", max=32, invisible="10m")}
        time.sleep(7)  # longer than offsets wait to be stored
        gateway.process.send_signal(signal.SIGKILL)
        gateway.process.wait()
    with Gateway(server.namesrv, folder) as gateway:
        bodies, twice = set(), 0
        began = time.monotonic()
        while acked | bodies != {str(i) for i in range(count)}:
            assert time.monotonic() - began < 200, f"{count - len(acked | bodies)} messages are lost"
            messages = receive(gateway, "g2", "deadly", max=32)
            post(gateway, "/v1/groups/g2/messages:ack", receipts=[each["receipt"] for each in messages])
            bodies |= {each["body"] for each in messages}
        twice = len(acked & bodies)
        assert lent <= bodies, "what was lent when it died does not come again"
        assert twice < len(acked), "all comes again, done or not"
        assert receive(gateway, "g2", "deadly") == []
    # It was ended in order.
    with Gateway(server.namesrv, folder) as gateway:
        assert behind(gateway, "g2", "deadly") == 0
        assert receive(gateway, "g2", "deadly") == []
    say(f"   killed with {len(acked)} of {count} done and {len(lent)} lent: the rest came, {twice} of those done "
        "again; ended in order: nothing again")


def two_gateways(server, folder, count=500):
    """They share the queues, and one that ends leaves its part to the other."""
    (folder / "second").mkdir()
    with Gateway(server.namesrv, folder) as first:
        make_topic(first, "shared", 4)
        send(first, "shared", count)
        bodies, by_second = set(), 0
        with Gateway(server.namesrv, folder / "second") as second:
            receive(first, "g3", "shared", max=1, invisible="2s")
            began = time.monotonic()
            while len(bodies) < count:
                assert time.monotonic() - began < 120, f"{count - len(bodies)} messages do not come"
                for gateway in (first, second):
                    messages = receive(gateway, "g3", "shared", wait="1s", max=8)
                    post(gateway, "/v1/groups/g3/messages:ack", receipts=[each["receipt"] for each in messages])
                    bodies |= {each["body"] for each in messages}
                    by_second += len(messages) if gateway is second else 0
            assert 0 < by_second < count, f"the second one gave {by_second} of {count}"
        send(first, "shared", count)
        again = set()
        began = time.monotonic()
        while len(again) < count:
            assert time.monotonic() - began < 120, f"{count - len(again)} messages do not come from the one left"
            messages = receive(first, "g3", "shared", max=32)
            post(first, "/v1/groups/g3/messages:ack", receipts=[each["receipt"] for each in messages])
            again |= {each["body"] for each in messages}
    say(f"   two gateways share the queues ({by_second} of {count} by the second), the one left has them all")


def over_a_socket(gateway):
    """What a socket had when it ends is lent again within seconds, and autoRenew keeps it longer."""
    make_topic(gateway, "socket", 1)
    send(gateway, "socket", 1)
    with WebSocket(gateway.address) as peer:
        assert peer.receive()["op"] == "welcome"
        peer.send(op="subscribe", id=1, sub="s", group="g4", topic="socket", credit=1, invisible="4s", autoRenew=True,
                  **{"from": "earliest"})
        assert peer.receive()["op"] == "ok"
        delivered = peer.receive()
        assert delivered["op"] == "deliver", delivered
        assert receive(gateway, "g4", "socket", wait="9s") == [], "it is renewed"
    again = receive_one(gateway, "g4", "socket", patience=10)
    assert again["id"] == delivered["message"]["id"]
    assert settle(gateway, "g4", "ack", again) == "ok"
    say("   a WebSocket keeps what it has by autoRenew, and what it leaves is lent again")


def main(everything=False):
    with Folder() as folder, Stock("4.9.7", folder) as server:
        say("   in front of stock 4.9.7:")
        with Gateway(server.namesrv, folder) as gateway:
            one_message(gateway)
            over_a_socket(gateway)
            in_order(gateway)
            assert gateway.call("GET", "/v1/users")[0] == 501, "it has no users"
            examples(gateway, folder)
            deliveries(gateway, 10_000 if everything else 2000)
        killed(server, folder)
        two_gateways(server, folder)
        if everything:
            with Gateway(server.namesrv, folder) as gateway:
                every_operation(gateway, folder, only="^/v1/groups/{group}/messages")


if __name__ == "__main__":
    main()
