"""broker-lite on a disk of 64 MiB (a tmpfs, which takes root): it fills up, messages are refused and read all the
same, they are taken again when there is room; and with forced cleaning far more goes through than fits, over
kills."""
import json
import os
import subprocess
import time

from command_line import rmq
from servers import BrokerLite, Folder, say

SIZE = 4000  # rmq does not compress bodies that short
SETTINGS = ("mappedFileSizeCommitLog=4194304", "maxMessageSize=1048576", "mappedFileSizeConsumeQueue=200000",
            "maxHashSlotNum=1000", "maxIndexNum=100000", "cleanResourceInterval=500")


class Disk:
    def __init__(self, path):
        self.path = path
        path.mkdir()

    def __enter__(self):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(self.path)], check=True)
        return self.path

    def __exit__(self, *_):
        subprocess.run(["umount", str(self.path)], check=True)


def broker(folder, disk, *more):
    conf = folder / "broker.conf"
    conf.write_text("\n".join((*SETTINGS, *more)) + "\n")
    return BrokerLite(disk, "-c", str(conf))


def produce(server, topic, count):
    """How many were acknowledged, and what a refusal said."""
    done = rmq("produce", topic, "--size", str(SIZE), "--count", str(count), "--window", "50", "-o", "json",
               namesrv=server.namesrv)
    assert server.process.poll() is None, "the broker has died:\n" + server.log_text()
    return json.loads(done.stdout)["sent"], done.stderr


def stored(server, topic):
    done = rmq("topic", "describe", topic, "-o", "json", namesrv=server.namesrv)
    queues = json.loads(done.stdout)["queues"]
    return (sum(q["max_offset"] - q["min_offset"] for q in queues), sum(q["max_offset"] for q in queues),
            sum(q["min_offset"] for q in queues))


def read(server, topic):
    done = rmq("bench", "consume", topic, "--connections", "1", "--seconds", "60", "-o", "json",
               namesrv=server.namesrv)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["messages"]


def seconds_until(is_true, seconds_max):
    began = time.monotonic()
    while not is_true():
        assert time.monotonic() - began < seconds_max, f"not within {seconds_max} s"
        time.sleep(0.1)
    return time.monotonic() - began


def fills_up(folder, disk):
    filler = disk / "filler"
    filler.write_bytes(b"x" * 8 * 1024 * 1024)
    with broker(folder, disk, "cleanFileForciblyEnable=false") as server:
        sent, refusal = produce(server, "filled", 20_000)
        # By its watermark, or before it is looked at again by the write itself.
        is_told = "[CL: " in refusal or "No space left on device" in refusal
        assert 0 < sent < 20_000 and "the broker's disk is full" in refusal and is_told, (sent, refusal)
        assert read(server, "filled") >= sent, "what was acknowledged cannot be read"
        filler.unlink()
        seconds = seconds_until(lambda: produce(server, "filled", 1)[0] == 1, 5)
        say(f"   a disk fills up: {sent} messages taken, the rest refused; all read; taken again {seconds:.1f} s "
            "after there was room")
        count = stored(server, "filled")[0]
        server.kill()
        server.start_again()
        assert read(server, "filled") == count >= sent + 1, "something is missing after a kill"


def goes_on(folder, disk):
    """Four times as much as fits."""
    with broker(folder, disk) as server:
        total, rounds, kills = 0, 0, 0
        deadline = time.monotonic() + 300
        while total < 4 * 64 * 1024 * 1024 // SIZE:
            assert time.monotonic() < deadline, f"only {total} messages in {rounds} rounds"
            sent, _ = produce(server, "through", 1000)
            total += sent
            rounds += 1
            if sent < 1000:
                time.sleep(0.5)  # the cleaner has its turn
            if rounds % 6 == 0:
                server.kill()
                server.start_again()
                kills += 1
        there, last, first = stored(server, "through")
        assert last >= total and first > 0, (there, last, first, total)
        assert read(server, "through") == there, "not all that is left can be read"
        say(f"   with forced cleaning: {total} messages went through, {kills} kills, {there} are left and were read")


def main():
    if os.geteuid() != 0:
        return say("   not run: to mount a small disk takes root")
    with Folder() as folder, Disk(folder / "disk") as disk:
        fills_up(folder, disk)
    with Folder() as folder, Disk(folder / "disk") as disk:
        goes_on(folder, disk)


if __name__ == "__main__":
    main()
