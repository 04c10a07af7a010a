"""For suites that take long: stock 5.5.0 and broker-lite at the same time."""
import sys
import threading

from servers import BrokerLite, Folder, Stock, say


def on_both_servers(prove):
    """Calls prove(server, folder) for each; ends the program."""
    failures = []

    def run(make):
        try:
            with Folder() as folder, make(folder) as server:
                prove(server, folder)
        except Exception as failure:  # told when the other is done, too
            failures.append(failure)

    threads = [threading.Thread(target=run, args=[make])
               for make in (lambda folder: Stock("5.5.0", folder / "stock"), BrokerLite)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for failure in failures:
        say(f"   FAILED: {failure!r}")
    sys.exit(1 if failures else 0)
