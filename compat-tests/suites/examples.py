"""Runs programs of examples/, which end with 0 when they saw what they promise."""
import subprocess

from servers import BIN

ON_BROKER_LITE = ("quickstart", "send", "send_async", "push_consume", "send_ordered", "send_batch",
                  "auto_batch", "coroutine", "ordered_consume", "broadcast_consume", "batch_consume",
                  "pull_consume", "lite_pull_subscribe", "unit_test_with_broker")
# They take longer, or need what only 5.x has.
ON_ALL_SERVERS = ("transaction", "request_reply", "trace", "send_delayed", "sql_filter", "pop_consume",
            "simple_consumer")
TIMEOUT = 180


def run(names, namesrv):
    """At the same time, since most of it goes into waiting."""
    running = {name: subprocess.Popen([str(BIN / "examples" / name), namesrv], text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
               for name in names}
    try:
        for name, process in running.items():
            said, _ = process.communicate(timeout=TIMEOUT)
            assert process.returncode == 0, f"example {name}: exit {process.returncode}: {said}"
    finally:
        for process in running.values():
            if process.poll() is None:
                process.kill()
                process.wait()
