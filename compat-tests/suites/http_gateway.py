"""The HTTP gateway in front of broker-lite: every example of docs/http-gateway.md, whatever schemathesis makes of
/openapi.json, and peers that mean no good."""
import gzip
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from servers import BIN, ROOT, BrokerLite, Folder, say

DOCUMENT = ROOT / "docs/http-gateway.md"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "rocketmq-cpp"
# A newer hypothesis does not go with the generator of JSON that this schemathesis uses.
SCHEMATHESIS = ("schemathesis==4.0.0", "hypothesis==6.135.10")
EXAMPLES_EACH = 12
TIME_MAX = 240


class Gateway:
    def __init__(self, namesrv):
        self.process = subprocess.Popen([str(BIN / "gateway_demo"), namesrv, "127.0.0.1:0"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.address = self.process.stdout.readline().strip()
        assert self.address, "the gateway did not start: " + self.process.stderr.read()
        self.url = "http://" + self.address

    def memory_kb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def stop(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=20) == 0, f"the gateway ended with {self.process.returncode}"

    def connect(self):
        host, port = self.address.split(":")
        return socket.create_connection((host, int(port)), timeout=20)

    def call(self, method, path, body=None, **headers):
        request = urllib.request.Request(self.url + path, data=body, method=method,
                                         headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()


def examples(gateway, folder):
    blocks = re.findall(r"^```sh\n(.*?)^```$", DOCUMENT.read_text(), re.M | re.S)
    assert len(blocks) >= 7, "the document has lost its examples"
    for block in blocks:
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=folder, text=True, timeout=90,
                              capture_output=True, env={**os.environ, "GATEWAY": gateway.url})
        assert done.returncode == 0, f"an example failed:\n{block}{done.stdout}{done.stderr}"
        assert '"status":"error"' not in done.stdout, f"an example went wrong:\n{block}{done.stdout}"
    say(f"   {len(blocks)} examples of {DOCUMENT.name}")


def schemathesis():
    """The program, in an environment of its own."""
    home = CACHE / "schemathesis"
    program = home / "bin/schemathesis"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(home / "bin/pip"), "install", "-q", *SCHEMATHESIS], check=True, timeout=500)
    return program


def every_operation(gateway, folder):
    began = time.monotonic()
    # Streams do not end by themselves; the topic that is asked for must be there to be found.
    done = subprocess.run(
        [str(schemathesis()), "run", gateway.url + "/openapi.json", "--max-examples", str(EXAMPLES_EACH),
         "--phases", "examples,fuzzing", "--mode", "all", "--workers", "2", "--request-timeout", "40",
         "--exclude-path-regex", "/stream$", "--suppress-health-check", "all", "--no-color", "--seed", "1",
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
    return (b"POST /v1/topics/orders/messages HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\n"
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
        status = status_of(gateway, b"GET " + path + b" HTTP/1.1\r\nHost: g\r\n\r\n")
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
        peer.sendall(b"GET /v1/groups/lazy/stream?topic=big&from=earliest HTTP/1.1\r\nHost: g\r\n\r\n")
        time.sleep(4)
        grown = gateway.memory_kb() - before
    # What one pop brought, in base64, and what the kernel has not taken.
    assert grown < 200 * 1024, f"a peer that does not read costs {grown} KiB"
    say(f"   a peer that does not read its stream costs {grown // 1024} MiB")


def main():
    with Folder() as folder, BrokerLite(folder) as server:
        gateway = Gateway(server.namesrv)
        examples(gateway, folder)
        no_good(gateway)
        slow_reader(gateway)
        every_operation(gateway, folder)
        status, body = gateway.call("GET", "/metrics")
        assert status == 200 and b"rocketmq_gateway_requests_in_flight 1\n" in body, body
        gateway.stop()


if __name__ == "__main__":
    main()
