"""kill -9 under load, again and again on one store: twenty times with asynchronous flush, five with
synchronous. Everything acknowledged is there afterwards, and the broker ready again within a second."""
import os
import subprocess
import sys

from servers import BIN, ROOT, say


def main():
    for flush, cycles in (("ASYNC_FLUSH", 20), ("SYNC_FLUSH", 5)):
        done = subprocess.run([str(ROOT / "compat-tests/crash/run"), str(BIN), str(cycles)],
                              env={**os.environ, "FLUSH": flush}, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=600)
        if done.returncode != 0:
            say(done.stdout)
            sys.exit(f"crash: failed with {flush}")
        say(f"   {flush}: {done.stdout.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main()
