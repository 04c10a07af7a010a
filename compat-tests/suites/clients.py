"""Client programs a suite runs: Java with the stock client (compat-tests/java), and ours
(compat-tests/cpp). Both take the same arguments and write the same files."""
import subprocess

from servers import BIN, ROOT


class Java:
    def __init__(self, version, codec="JSON"):
        self.name = f"Java {version} {codec}"
        self.prefix = [str(ROOT / "compat-tests/java/run"), version,
                       f"-Drocketmq.serialize.type={codec}"]

    def send_many(self, namesrv, topic, count, threads, mode, out, prefix, seconds=0):
        return self.prefix + ["SendMany", namesrv, topic, "exchange-producer", str(count),
                              str(threads), mode, str(out), "--prefix", prefix,
                              "--seconds", str(seconds)]

    def consume_many(self, namesrv, topic, group, out):
        return self.prefix + ["ConsumeMany", namesrv, topic, group, "0", "600", str(out), "--stdin"]


class Cpp:
    name = "C++ SDK"

    def send_many(self, namesrv, topic, count, threads, mode, out, prefix, seconds=0):
        return [str(BIN / "compat/send_many"), namesrv, topic, str(count), str(threads), mode,
                str(out), "--prefix", prefix, "--seconds", str(seconds)]

    def consume_many(self, namesrv, topic, group, out):
        return [str(BIN / "compat/consume_many"), namesrv, topic, group, "0", "600", str(out),
                "--stdin"]


class Member:
    """One consumer process of a group; leaves when its standard input closes."""

    def __init__(self, command, out):
        self.out = out
        self.log = open(str(out) + ".log", "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=self.log,
                                        stderr=subprocess.STDOUT)

    def leave(self):
        self.process.stdin.close()
        return self.process.wait(timeout=60)

    def bodies(self):
        try:
            with open(self.out, encoding="utf-8") as lines:
                return [line.split("\t")[0].rstrip("\n") for line in lines]
        except FileNotFoundError:
            return []
