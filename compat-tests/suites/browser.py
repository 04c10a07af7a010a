"""The HTTP gateway from pages in a real browser, Chromium without a window: what a page of an allowed origin
can do over a WebSocket and by fetch(), and that any other page can do nothing."""
import contextlib
import http.server
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import threading
import urllib.parse

from http_gateway import Gateway
from servers import ROOT, BrokerLite, Folder, say

PAGE = pathlib.Path(__file__).with_name("browser_page.html")
PATIENCE = 60


def chromium():
    """The program; it is fetched where it is not there."""
    if not shutil.which("chromium"):
        subprocess.run(["bash", "-c", "source packaging/scripts/setup.sh; set_up browser"], cwd=ROOT, check=True)
    return shutil.which("chromium") or "chromium"


class Pages(contextlib.AbstractContextManager):
    """An origin: serves the page, and keeps what it says that it saw."""

    def __init__(self, host="127.0.0.1"):
        saw = self.saw = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.reply(PAGE.read_bytes() if self.path.startswith("/?") else b"")

            def do_POST(self):
                saw.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.reply(b"")

            def reply(self, body):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # a browser that is ended reads no answer
        self.origin = f"http://{host}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def visited(self, folder, gateway, token, *roles):
        """What the page saw, by role."""
        asked = urllib.parse.urlencode({"gateway": gateway.address, "token": token, "as": ",".join(roles)})
        flags = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
                 "--no-first-run", "--remote-debugging-port=0", f"--user-data-dir={folder}/chromium"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # it has none for root
        log = folder / "chromium.log"
        with open(log, "a") as out:
            browser = subprocess.Popen([chromium(), *flags, f"{self.origin}/?{asked}"], stdout=out, stderr=out,
                                       start_new_session=True)
        try:
            return self.saw.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"the page said nothing in {PATIENCE} s; Chromium: {log.read_text()[-2000:]}")
        finally:
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()


def stored(gateway, **headers):
    """Bodies in the topic of the pages."""
    status, body = gateway.call("GET", "/v1/topics/pages/messages?fromMs=0", **headers)
    assert status == 200, body
    return sorted(each["body"] for each in json.loads(body)["items"])


def allowed(server, folder, pages):
    (folder / "tokens").write_text("t-1\n")
    settings = f"httpTokensFile={folder}/tokens\nhttpOrigins={pages.origin}\n"
    with Gateway(server.namesrv, folder, settings=settings) as gateway:
        assert gateway.call("PUT", "/v1/topics/pages", b'{"queues":2}', Content_Type="application/json",
                            Authorization="Bearer t-1")[0] == 201
        saw = pages.visited(folder, gateway, "t-1", "overSocket", "byFetch", "stranger")
        assert saw["overSocket"] == {"welcome": "welcome", "protocol": "rmq.v1.json", "published": [1, 2, 3],
                                     "bodies": ["m1", "m2", "m3"]}, saw
        assert saw["byFetch"] == {"left": 0, "sent": 200, "request": True, "unknown": 401, "event": True}, saw
        assert saw["stranger"] == {"closed": 4401}, saw
        assert stored(gateway, Authorization="Bearer t-1") == ["by fetch", "m1", "m2", "m3"]
    say("   a page of an allowed origin publishes, subscribes and acknowledges over a WebSocket, and has fetch(); "
        "with a wrong token it is closed with 4401")


def not_allowed(server, folder, pages):
    """Where everybody may, so that the origin is all that keeps a page out. What it tries works, as a page of an
    allowed origin shows."""
    with Gateway(server.namesrv, folder, settings=f"httpOrigins={pages.origin}\n") as gateway:
        before = stored(gateway)
        for host in ("127.0.0.1", "localhost"):  # the gateway's own, and to a browser another site
            with Pages(host) as elsewhere:
                saw = elsewhere.visited(folder, gateway, "", "intrude")["intrude"]
            # 1006: it never was open. 0: a page cannot see what was answered.
            assert saw["socket"] == 1006 and saw["json"] == "failed", saw
            assert saw["text"] in ("failed", 403) and saw["unseen"] in ("failed", 0), saw
            assert stored(gateway) == before, f"a page of {elsewhere.origin} has published"
            lag = json.loads(gateway.call("GET", "/v1/groups/thief/lag")[1])
            assert not lag.get("queues") or lag["behind"] > 0, f"a page of {elsewhere.origin} has taken messages: {lag}"
        saw = pages.visited(folder, gateway, "", "intrude")["intrude"]
        assert saw.get("socket") is None and (saw["json"], saw["text"], saw["unseen"]) == (200, 201, 0), saw
        came = [body.strip() for body in stored(gateway) if body not in before]
        assert came == ["a=intruded", "intruded", "intruded", "intruded"], came
    say("   a page of another origin, even on the same host, has no WebSocket, and sends and takes nothing by "
        "fetch(), form or picture")


def main():
    with Folder() as folder, BrokerLite(folder) as server, Pages() as pages:
        allowed(server, folder, pages)
        not_allowed(server, folder, pages)


if __name__ == "__main__":
    main()
