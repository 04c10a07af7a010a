"""Handles made, used and closed again and again: what the program holds stays what it was."""
import json
import subprocess
import sys

from servers import BIN, BrokerLite, Folder, say

KINDS = ["producer", "transaction_producer", "push_consumer", "pull_consumer", "simple_consumer", "admin", "client"]
CYCLES = 300  # in every run; `lifetimes.py 10000` for the long one
RSS_GROWTH_KIB_MAX = 4096


def main():
    cycles = int(sys.argv[1]) if len(sys.argv) > 1 else CYCLES
    with Folder() as folder, BrokerLite(folder) as server:
        for kind in KINDS:
            done = subprocess.run([BIN / "compat" / "lifetimes", server.namesrv, "lifetimes", kind, str(cycles)],
                                  stdout=subprocess.PIPE, check=True, timeout=1800)
            seen = json.loads(done.stdout)
            before, after = seen["before"], seen["after"]
            growth = after["rss_kib"] - before["rss_kib"]
            say(f"   {kind}: {cycles} cycles, {growth:+} KiB, {after['threads']} threads, {after['files']} files")
            assert after["threads"] == before["threads"], seen
            assert after["files"] <= before["files"], seen
            assert growth <= RSS_GROWTH_KIB_MAX, seen


if __name__ == "__main__":
    main()
