"""The HTTP gateway of rmq-proxy: every example of docs/http-gateway.md, WebSockets; in front of broker-lite
also peers that mean no good, who may, and the end. http_gateway_everything.py: and whatever schemathesis
makes of /openapi.json, which takes minutes.

ROCKETMQ_SERVERS=NAME limits the servers. Suite http_leases has it in front of brokers without POP."""
import base64
import gzip
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from exchange import wait_until
from frames import Connection, frame, request
from servers import BIN, ROOT, BrokerLite, Folder, Stock, say
from web_socket import Closed, Refused, WebSocket

DOCUMENT = ROOT / "docs/http-gateway.md"
README = ROOT / "README.md"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "rocketmq-cpp"
# A newer hypothesis does not go with the generator of JSON that this schemathesis uses.
SCHEMATHESIS = ("schemathesis==4.0.0", "hypothesis==6.135.10")
EXAMPLES_EACH = 12
TIME_MAX = 240


class Gateway:
    """rmq-proxy, of which this is the HTTP side."""

    def __init__(self, namesrv, folder, admin="all", settings=""):
        self.log = folder / "proxy.log"
        (folder / "proxy.conf").write_text(settings)
        self.process = subprocess.Popen(
            [str(BIN / "rmq-proxy"), "-n", namesrv, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0",
             "--admin", admin, "--ready-json", "-c", str(folder / "proxy.conf"),
             "--ports-file", str(folder / "ports.json")],
            text=True, stdout=subprocess.PIPE, stderr=open(self.log, "a"))
        line = self.process.stdout.readline()
        assert line, "rmq-proxy did not start: " + self.log.read_text()
        self.ready = json.loads(line)
        self.address = self.ready["http"]
        self.url = "http://" + self.address

    def memory_kb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self.process.kill()
        elif self.process.poll() is None:
            self.stop()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=20) == 0, f"rmq-proxy ended with {self.process.returncode}"

    def connect(self, address=None):
        host, port = (address or self.address).split(":")
        return socket.create_connection((host, int(port)), timeout=20)

    def call(self, method, path, body=None, **headers):
        request = urllib.request.Request(self.url + path, data=body, method=method,
                                         headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()


def blocks_of(document, heading):
    section = re.search(rf"^##+ {re.escape(heading)}$(.*?)(?=^##|\Z)", document.read_text(), re.M | re.S)
    return re.findall(r"^```sh\n(.*?)^```$", section[1], re.M | re.S)


def examples(gateway, folder):
    """Those of the document and of README."""
    count = 0
    sections = [(README, "Without a client"), *((DOCUMENT, section) for section in re.findall(
        r"^## (.*)$", DOCUMENT.read_text(), re.M))]
    for document, heading in sections:
        for block in blocks_of(document, heading):
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=folder, text=True, timeout=90,
                                  capture_output=True, env={**os.environ, "GATEWAY": gateway.url})
            assert done.returncode == 0, f"an example failed:\n{block}{done.stdout}{done.stderr}"
            assert '"status":"error"' not in done.stdout, f"an example went wrong:\n{block}{done.stdout}"
            count += 1
    assert count >= 8, "the documents have lost their examples"
    say(f"   {count} examples of {DOCUMENT.name} and {README.name}")


def schemathesis():
    """The program, in an environment of its own."""
    home = CACHE / "schemathesis"
    program = home / "bin/schemathesis"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(home / "bin/pip"), "install", "-q", *SCHEMATHESIS], check=True, timeout=500)
    return program


# Nobody replies to what is made up, and then that is the right answer.
SCHEMATHESIS_SETTINGS = """
[[operations]]
include-path = "/v1/topics/{topic}/messages:request"
checks.not_a_server_error.expected-statuses = ["2xx", "4xx", "504"]
"""


def every_operation(gateway, folder, only="."):
    """As schemathesis makes them up; `only`: of paths that match."""
    (folder / "schemathesis.toml").write_text(SCHEMATHESIS_SETTINGS)
    began = time.monotonic()
    # Streams do not end by themselves; the topic that is asked for must be there to be found.
    done = subprocess.run(
        [str(schemathesis()), "run", gateway.url + "/openapi.json", "--max-examples", str(EXAMPLES_EACH),
         "--phases", "examples,fuzzing", "--mode", "all", "--workers", "2", "--request-timeout", "40",
         "--include-path-regex", only, "--exclude-path-regex", "/stream$", "--suppress-health-check", "all", "--no-color", "--seed", "1",
         "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,"
                     "response_schema_conformance,response_headers_conformance"],
        cwd=folder, text=True, capture_output=True, timeout=TIME_MAX)
    assert done.returncode == 0, "schemathesis found:\n" + done.stdout[-8000:] + done.stderr[-2000:]
    found = re.search(r"(\d+) generated", done.stdout)
    say(f"   schemathesis: {found[1] if found else '?'} cases, nothing found, "
        f"{time.monotonic() - began:.0f} s")


def status_of(gateway, raw, patience=20):
    """Of the answer to these bytes; 0 where the connection ends without one."""
    with gateway.connect() as peer:
        peer.settimeout(patience)
        try:
            peer.sendall(raw)
        except OSError:
            pass
        try:
            answer = peer.recv(4096)
        except OSError:
            return 0
    return int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def post(length_or_encoding, body=b""):
    return (b"POST /v1/topics/orders/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + length_or_encoding + b"\r\n\r\n" + body)


def no_good(gateway):
    before = gateway.memory_kb()
    bomb = gzip.compress(b"\0" * 300_000_000)
    for _ in range(5):
        status, _body = gateway.call("POST", "/v1/topics/orders/messages", bomb,
                                     Content_Type="application/json", Content_Encoding="gzip")
        assert status == 413, f"a bomb is answered {status}"
    assert status_of(gateway, post(b"Content-Length: 99999999999")) == 413
    assert status_of(gateway, post(b"Content-Length: 99999999999999999999999")) == 400
    assert status_of(gateway, post(b"Content-Length: 5\r\nContent-Length: 6")) == 400
    assert status_of(gateway, post(b"Content-Length: 5\r\nTransfer-Encoding: chunked")) == 400
    assert status_of(gateway, post(b"Transfer-Encoding: chunked", b"zz\r\n")) == 400
    flood = b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"y" * 100) for i in range(2000))
    assert status_of(gateway, flood) == 431
    assert status_of(gateway, b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n") == 431
    deep = b"[" * 1_000_000 + b"]" * 1_000_000
    assert status_of(gateway, post(b"Content-Length: %d" % len(deep), deep)) == 400
    for path, wanted in ((b"/v1/topics/../../etc/passwd", 404), (b"/v1/topics/%2e%2e%2fetc", 400),
                         (b"/v1/topics/%00", 400), (b"//v1/topics", 404), (b"/v1/topics/%c0%af", 400),
                         (b"http://elsewhere/v1/topics", 400), (b"*", 400), (b"/v1/topics/a%0d%0ab", 400)):
        status = status_of(gateway, b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert status == wanted, f"{path} is answered {status}"
    injected = status_of(gateway, b"GET /healthz HTTP/1.1\r\nRmq-Request-Id: a\r\n b: c\r\n\r\n")
    assert injected in (200, 400), injected

    slow = [gateway.connect() for _ in range(300)]
    for peer in slow:
        peer.sendall(b"POST /v1/topics/orders/messages HTTP/1.1\r\nX: ")
    status, _body = gateway.call("GET", "/healthz")
    assert status == 200, "slow peers keep others out"
    began = time.monotonic()
    for peer in slow:
        peer.settimeout(60)
        assert peer.recv(100) == b"", "a slow peer gets an answer"
        peer.close()
    say(f"   300 slow peers are let go after {time.monotonic() - began:.0f} s")
    grown = gateway.memory_kb() - before
    assert grown < 64 * 1024, f"memory has grown by {grown} KiB"
    say(f"   bombs, floods, slow peers and strange paths refused; memory grew by {grown // 1024} MiB")


def slow_reader(gateway):
    """Asks for a stream and does not read it."""
    for _ in range(40):
        status, _body = gateway.call("POST", "/v1/topics/big/messages", os.urandom(1_000_000),
                                     Content_Type="application/octet-stream")
        assert status == 201, status
    before = gateway.memory_kb()
    with gateway.connect() as peer:
        peer.sendall(b"GET /v1/groups/lazy/stream?topic=big&from=earliest HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(4)
        grown = gateway.memory_kb() - before
    # What one pop brought, in base64, and what the kernel has not taken.
    assert grown < 200 * 1024, f"a peer that does not read costs {grown} KiB"
    say(f"   a peer that does not read its stream costs {grown // 1024} MiB")


def send(gateway, topic, count):
    """Bodies "0" to "count - 1", on a loaded machine perhaps more than once."""
    left = list(range(count))
    while left:
        now, left = left[:64], left[64:]
        body = json.dumps({"messages": [{"body": str(i)} for i in now]}).encode()
        status, answer = gateway.call("POST", f"/v1/topics/{topic}/messages", body, Content_Type="application/json")
        assert status in (200, 504), answer
        for result in json.loads(answer)["results"]:
            if result["status"] == "error":
                assert result["problem"]["status"] == 504, result
                left.append(now[result["index"]])


def deliveries(gateway, count, credit=32):
    """Over one WebSocket, each acknowledged; no more come than there is credit for."""
    assert gateway.call("PUT", "/v1/topics/many", b'{"queues":4}', Content_Type="application/json")[0] < 300
    send(gateway, "many", count)
    began = time.monotonic()
    lent, bodies, unanswered = set(), set(), 0
    with WebSocket(gateway.address) as peer:
        assert peer.receive()["op"] == "welcome"
        peer.send(op="subscribe", id=1, sub="s", group="many", topic="many", credit=credit, invisible="5m",
                  **{"from": "earliest"})
        assert peer.receive()["op"] == "ok"
        while len(bodies) < count or lent or unanswered:
            frame = peer.receive()
            if frame["op"] == "ok":
                results = frame["result"]["results"]
                assert all(each["status"] == "ok" for each in results), frame
                unanswered -= len(results)
            else:
                assert frame["op"] == "deliver", frame
                bodies.add(frame["message"]["body"])
                lent.add(frame["message"]["receipt"])
            if len(lent) == credit == len(bodies):  # the first time: nothing is acknowledged yet
                time.sleep(1)
                peer.send(op="ping", id=3)
                answer = peer.receive()
                assert answer["op"] == "pong", f"with all credit used there came {answer}"
            if len(lent) >= credit or len(bodies) == count:
                if lent:
                    peer.send(op="ack", id=2, receipts=list(lent))
                unanswered += len(lent)
                lent.clear()
    assert len(bodies) == count, f"{len(bodies)} of {count} came"
    say(f"   {count} deliveries over a WebSocket with credit {credit}, all acknowledged, "
        f"{count / (time.monotonic() - began):.0f} a second")


def pops(gateway):
    """What stands in a receipt is the broker's, not the gateway's."""
    send(gateway, "orders", 1)
    status, body = gateway.call("POST", "/v1/groups/pops/messages:receive",
                                b'{"topic":"orders","from":"earliest","max":1}', Content_Type="application/json")
    assert status == 200 and not is_gateways(json.loads(body)["messages"][0]["receipt"]), body


def asked(gateway, method, path, **members):
    """What is answered to this, which has to be fine."""
    status, body = gateway.call(method, path, json.dumps(members).encode() if members else None,
                                **({"Content_Type": "application/json"} if members else {}))
    assert status < 300, f"{method} {path} is answered {status}: {body}"
    return json.loads(body) if body else None


def in_order(gateway):
    """A queue gives no more before all that it gave is acknowledged; what was given back comes first."""
    def receive(count, wait="10s"):
        messages = asked(gateway, "POST", "/v1/groups/in-order/messages:receive", topic="ledger", max=count, wait=wait,
                         fifo=True, **{"from": "earliest"})["messages"]
        return messages, [each["body"] for each in messages]

    def settle(how, message, **more):
        results = asked(gateway, "POST", f"/v1/groups/in-order/messages:{how}", receipts=[message["receipt"]], **more)
        assert results["results"][0]["status"] == "ok", results

    asked(gateway, "PUT", "/v1/topics/ledger", queues=2)
    wait_until("the topic has a route", 20, lambda: gateway.call("GET", "/v1/topics/ledger/route")[0] == 200)
    for body in "1234":
        asked(gateway, "POST", "/v1/topics/ledger/messages", body=body, group="user-9")
    (first,), bodies = receive(1)
    assert bodies == ["1"] and receive(8, "0s")[1] == [], bodies
    settle("nack", first, delay="1s")
    (again,), bodies = receive(1, "20s")
    assert bodies == ["1"] and again["deliveryAttempt"] == 2, again
    settle("ack", again)
    (second, third), bodies = receive(2)
    assert bodies == ["2", "3"], bodies
    settle("ack", third)
    assert receive(8, "0s")[1] == [], "2 is not acknowledged"
    settle("ack", second)
    assert receive(8)[1] == ["4"]
    say("   in order: one run of a queue at a time, and what was given back comes first")


def is_gateways(receipt):
    """The gateway keeps the lease, for a broker without POP."""
    text = receipt.removeprefix("P1.")
    plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    return plain.split("\n")[2].startswith("loan ")


def slow_socket(server, folder):
    """Asks for a thousand large messages and does not read them."""
    with Gateway(server.namesrv, folder, settings="httpSlowPeerTimeoutMs=3000\n") as gateway:
        before = gateway.memory_kb()
        with (WebSocket(gateway.address, receive_buffer=65536) as peer,
              WebSocket(gateway.address) as watcher):
            peer.receive()
            peer.send(op="subscribe", id=1, sub="s", group="idle", topic="big", credit=1000, **{"from": "earliest"})
            watcher.send(op="watch", id=1, what=["clients"])
            while True:
                event = watcher.receive()
                if event["op"] == "event" and len(event["data"]) == 1:
                    break
            grown = gateway.memory_kb() - before
            try:
                while True:
                    peer.receive()
            except Closed as closed:
                assert closed.code == 4429, closed
        assert grown < 200 * 1024, f"a socket that is not read costs {grown} KiB"
    say(f"   a WebSocket that is not read is closed with 4429; it cost {grown // 1024} MiB")


def who_may(server, folder):
    (folder / "users").write_text("shop:secret\n")
    (folder / "tokens").write_text("t-1\n")
    settings = (f"httpUsersFile={folder}/users\nhttpTokensFile={folder}/tokens\n"
                "httpOrigins=https://console.example\n")
    with Gateway(server.namesrv, folder, admin="read", settings=settings) as gateway:
        basic = "Basic " + base64.b64encode(b"shop:secret").decode()
        expected = {
            ("GET", "/v1/topics"): {"": 401, "Basic " + base64.b64encode(b"shop:wrong").decode(): 401, basic: 200,
                                    "Bearer t-1": 200, "Bearer t-2": 401},
            ("DELETE", "/v1/topics/orders"): {"": 401, basic: 403},
            ("GET", "/healthz"): {"": 200}, ("GET", "/readyz"): {"": 200}, ("GET", "/metrics"): {"": 200},
        }
        for (method, path), by_credentials in expected.items():
            for credentials, wanted in by_credentials.items():
                headers = {"Authorization": credentials} if credentials else {}
                status, body = gateway.call(method, path, **headers)
                assert status == wanted, f"{method} {path} as {credentials!r} is answered {status}: {body}"
        for origin, wanted in (("https://evil.example", 403), ("https://console.example", 200)):
            status, _body = gateway.call("GET", "/v1/topics", Authorization=basic, Origin=origin)
            assert status == wanted, f"a page of {origin} is answered {status}"
        for headers, protocols, wanted in ((["Origin: https://evil.example"], "rmq.v1.json", 403),
                                           (["Authorization: Bearer t-2"], "rmq.v1.json", 401),
                                           ([], "mqtt", 400)):
            try:
                WebSocket(gateway.address, *headers, protocols=protocols)
                raise AssertionError(f"a WebSocket with {headers} {protocols} is let in")
            except Refused as refused:
                assert refused.status == wanted, refused
        with WebSocket(gateway.address, protocols="rmq.v1.json, bearer.t-1") as peer:
            assert peer.receive()["op"] == "welcome"
            (folder / "tokens").write_text("t-2\n")
            gateway.process.send_signal(signal.SIGHUP)
            wait_until("the tokens are read anew", 10, lambda: gateway.call(
                "GET", "/v1/topics", Authorization="Bearer t-2")[0] == 200)
            assert gateway.call("GET", "/v1/topics", Authorization="Bearer t-1")[0] == 401
            peer.send(op="ping", id=1)
            assert peer.receive() == {"op": "pong", "id": 1}, "an open WebSocket suffered"
        with WebSocket(gateway.address) as peer:
            peer.send(op="publish", id=1, topic="orders", message={"body": "x"})
            try:
                raise AssertionError(f"somebody unknown is answered {peer.receive()}")
            except Closed as closed:
                assert closed.code == 4401, closed
    say("   users, tokens, origins and what --admin allows; SIGHUP changes who may")


def made_up_names(server, folder):
    """Where everybody may, a page could have its own name lead here."""
    with Gateway(server.namesrv, folder, settings="httpHosts=mq.example\n") as gateway:
        for host, wanted in (("evil.example", 403), (f"evil.example:{gateway.address.split(':')[1]}", 403),
                             ("mq.example", 200), ("localhost", 200), (gateway.address, 200)):
            status, body = gateway.call("GET", "/v1/topics", Host=host)
            assert status == wanted, f"asked as {host} it answers {status}: {body}"
    say("   asked by a name that is not its own it refuses")


def metrics_of_all(server, folder):
    """The gateway's and the remoting front's, wherever they are asked for."""
    with Gateway(server.namesrv, folder, settings="metrics=127.0.0.1:0\n") as gateway:
        remoting = Connection(gateway.ready["remoting"])
        remoting.send(frame(request(105, {"topic": "orders"})))
        assert remoting.answer()["code"] == 0
        for address in (gateway.address, gateway.ready["metrics"]):
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=20) as answer:
                text = answer.read().decode()
            names = re.findall(r"^# TYPE (\S+) ", text, re.M)
            assert len(names) == len(set(names)), f"a family twice: {sorted(names)}"
            for line in ('rocketmq_rpc_latency_milliseconds_count{node_type="proxy"', 'rocketmq_proxy_up{',
                         "rocketmq_gateway_sockets_open 0", "process_resident_memory_bytes "):
                assert line in text, f"no {line} at {address}:\n{text}"
        remoting.close()
    say("   /metrics tells of both fronts, at both addresses")


def draining(server, folder):
    settings = "drainTimeMs=4000\nmetrics=127.0.0.1:0\n"
    with Gateway(server.namesrv, folder, settings=settings) as gateway:
        kept = http.client.HTTPConnection(gateway.address, timeout=20)
        kept.request("GET", "/readyz")
        answer = kept.getresponse()
        assert (answer.status, answer.read()) == (200, b"ready\n")
        with WebSocket(gateway.address) as peer:
            peer.receive()
            gateway.process.send_signal(signal.SIGTERM)
            assert peer.receive() == {"op": "drain", "graceMs": 3000}
            assert gateway.call("GET", "/readyz")[0] == 503
            with gateway.connect(gateway.ready["metrics"]) as watcher:
                watcher.sendall(b"GET /readyz HTTP/1.1\r\nHost: g\r\n\r\n")
                assert watcher.recv(100).startswith(b"HTTP/1.1 503 ")
            kept.request("POST", "/v1/topics/orders/messages", body=b"late", headers={"Content-Type": "text/plain"})
            answer = kept.getresponse()
            assert answer.status == 201 and answer.getheader("Connection") == "close", answer.status
            try:
                peer.receive()
            except Closed as closed:
                assert closed.code == 1001, closed
        assert gateway.process.wait(timeout=10) == 0
    say("   SIGTERM: not ready, what comes is still served, and the end")


def broker_lite(server, folder, everything):
    with Gateway(server.namesrv, folder, settings="httpRequestTimeoutMs=5000\n") as gateway:
        examples(gateway, folder)
        pops(gateway)
        in_order(gateway)
        no_good(gateway)
        slow_reader(gateway)
        deliveries(gateway, 10_000)
        if everything:
            every_operation(gateway, folder)
        # But for the question itself; a WebSocket that has ended waits for the pops it began.
        wait_until("nothing is under way any more", 30, lambda: b"rocketmq_gateway_requests_in_flight 1\n"
                   in gateway.call("GET", "/metrics")[1])
    slow_socket(server, folder)
    who_may(server, folder)
    made_up_names(server, folder)
    metrics_of_all(server, folder)
    draining(server, folder)


def stock_5(server, folder, everything):
    with Gateway(server.namesrv, folder) as gateway:
        examples(gateway, folder)
        pops(gateway)
        in_order(gateway)
        deliveries(gateway, 10_000 if everything else 2000)
        if everything:
            every_operation(gateway, folder)


SERVERS = {
    "broker-lite": (BrokerLite, broker_lite),
    "stock 5.5.0": (lambda folder: Stock("5.5.0", folder), stock_5),
}


def main(everything=False):
    only = os.environ.get("ROCKETMQ_SERVERS", "")
    for name, (make, suite) in SERVERS.items():
        if only and only not in name:
            continue
        say(f"   in front of {name}:")
        with Folder() as folder, make(folder) as server:
            suite(server, folder, everything)


if __name__ == "__main__":
    main()
