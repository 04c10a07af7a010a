"""Clients that do what they are told (compat-tests/java/Actor.java, compat-tests/cpp/actor.cpp)."""
import json
import pathlib
import subprocess
import threading

from servers import BIN, ROOT


class Refused(Exception):
    """The client said no; the message is its own."""


class Actor:
    def __init__(self, name, command, log):
        self.name = name
        self.log = open(log, "ab")
        # Some commands of mqadmin write files where they run.
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log, text=True, bufsize=1,
                                        cwd=pathlib.Path(log).parent)
        self._read()

    def ask(self, verb, **words):
        told = [verb] + [f"{name}={value}" for name, value in words.items() if value is not None]
        # A client that hangs ends here, not the suite's patience.
        watchdog = threading.Timer(120, self.process.kill)
        watchdog.start()
        try:
            self.process.stdin.write("\t".join(told) + "\n")
            self.process.stdin.flush()
            return self._read()
        finally:
            watchdog.cancel()

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended or hung; see {self.log.name}")
        answer = json.loads(line)
        if not answer["ok"]:
            raise Refused(answer["error"])
        return answer

    def leave(self):
        self.process.stdin.close()
        try:
            return self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def end(self):
        """At once, if it has not left."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def java(version, namesrv, log, *flags, properties=()):
    # Rebalances every two seconds instead of twenty: the suite waits for that often.
    command = [str(ROOT / "compat-tests/java/run"), version,
               "-Drocketmq.client.rebalance.waitInterval=2000",
               *[f"-D{each}" for each in properties], "Actor", namesrv, *flags]
    return Actor(f"Java {version}", command, log)


def ours(namesrv, log, *flags):
    return Actor("ours", [str(BIN / "compat/actor"), namesrv, *flags], log)
