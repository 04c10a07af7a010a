"""Servers a suite talks to: our rmq-broker-lite and stock Java RocketMQ, behind one interface."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("ROCKETMQ_BIN", ROOT / "build/release/bin"))
STOCK = str(ROOT / "compat-tests/stock/stock")


def say(*words):
    print(*words, flush=True)


class BrokerLite:
    """rmq-broker-lite (name server and broker) with its store in `folder`; port 0 the first time,
    the same ports ever after, so that clients find it again."""

    def __init__(self, folder, *flags):
        self.folder = pathlib.Path(folder)
        self.flags = list(flags)
        self.process = None
        self.namesrv = "127.0.0.1:0"
        self.broker = "127.0.0.1:0"
        self.ready_seconds = None

    name = "broker-lite"

    def start(self):
        command = [str(BIN / "rmq-broker-lite"), "--listen", self.broker, "--namesrv-listen",
                   self.namesrv, "--store", str(self.folder / "store"), "--ready-json", *self.flags]
        log = open(self.folder / "broker.log", "ab")
        began = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        line = self.process.stdout.readline()
        self.ready_seconds = time.monotonic() - began
        if not line:
            raise RuntimeError("rmq-broker-lite did not start:\n" + self.log_text())
        self.ready = json.loads(line)
        self.namesrv, self.broker = self.ready["namesrv"], self.ready["broker"]
        return self

    def log_text(self):
        return (self.folder / "broker.log").read_text(errors="replace")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def start_again(self):
        self.start()

    def stop(self):
        """A clean stop; returns the exit code."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            return self.process.wait(timeout=10)
        return None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class Stock:
    """Stock Java RocketMQ of a version, started by compat-tests/stock/stock; with `tls`, a folder of
    certificates, over TLS only; `java`: options of the broker's JVM."""

    def __init__(self, version, folder, *conf, tls=None, java=None):
        self.version = version
        self.folder = pathlib.Path(folder)
        self.conf = list(conf)
        self.tls = tls
        self.java = java
        self.name = "stock " + version

    def start(self):
        command = [STOCK, "start", self.version, "--dir", str(self.folder)]
        if self.tls:
            command += ["--tls", str(self.tls)]
        if self.java:
            command += ["--broker-java", self.java]
        if self.conf:
            command += ["--conf", *self.conf]
        self._read_ready(command)
        return self

    def _read_ready(self, command):
        out = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
        self.ready = json.loads(out.strip().splitlines()[-1])
        self.namesrv, self.broker = self.ready["namesrv"], self.ready["broker"]

    def kill(self):
        subprocess.run([STOCK, "kill-broker", str(self.folder)], check=True, stdout=subprocess.DEVNULL)

    def start_again(self):
        subprocess.run([STOCK, "start-broker", str(self.folder)], check=True,
                       stdout=subprocess.DEVNULL)

    def stop(self):
        subprocess.run([STOCK, "stop", str(self.folder)], check=True, stdout=subprocess.DEVNULL)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        subprocess.run([STOCK, "stop", "--now", str(self.folder)], stdout=subprocess.DEVNULL)


class StockProxy:
    """The stock proxy, for clients that speak gRPC, in front of the brokers of a server."""

    def __init__(self, version, server, folder):
        self.version, self.server, self.folder = version, server, str(folder)

    def __enter__(self):
        out = subprocess.run([STOCK, "start-proxy", self.version, "--namesrv", self.server.namesrv,
                              "--dir", self.folder], stdout=subprocess.PIPE, check=True, text=True)
        self.grpc = json.loads(out.stdout)["grpc"]
        return self

    def __exit__(self, *_):
        subprocess.run([STOCK, "stop", "--now", self.folder], stdout=subprocess.DEVNULL)


class RmqProxy:
    """rmq-proxy in front of name servers, with its files in `folder`; `namesrv` is its own address."""

    def __init__(self, behind, folder, *flags):
        self.behind_namesrv, self.folder, self.flags = behind, pathlib.Path(folder), flags
        self.process = None
        self.namesrv = "127.0.0.1:0"

    def start(self):
        command = [BIN / "rmq-proxy", "-n", self.behind_namesrv, "--listen", self.namesrv,
                   "--http", "off", "--ports-file", self.folder / "ports.json",
                   "--ready-json", *self.flags]
        log = open(self.folder / "proxy.log", "ab")
        self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE,
                                        stderr=log)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("rmq-proxy did not start:\n" + self.log_text())
        self.ready = json.loads(line)
        self.namesrv = self.broker = self.ready["remoting"]
        return self

    def log_text(self):
        return (self.folder / "proxy.log").read_text(errors="replace")

    def stop(self):
        """A clean stop; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)

    def open_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def resident_kib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        code = self.stop()
        assert kind or code == 0, f"rmq-proxy ended with {code}"


class Folder:
    """A temporary folder that stays behind when something went wrong."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="rocketmq-compat."))
        return self.path

    def __exit__(self, kind, *_):
        if kind is None:
            shutil.rmtree(self.path, ignore_errors=True)
        else:
            say("kept for a look:", self.path)
