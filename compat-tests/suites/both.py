"""For suites that take long: things at the same time, above all stock 5.5.0 and broker-lite."""
import sys
import threading

from servers import BrokerLite, Folder, Stock, say


def together(*functions):
    """Calls them at the same time, each to its end; then raises what the first that failed has raised."""
    failures = []

    def run(function):
        try:
            function()
        except Exception as failure:  # told when the others are done, too
            failures.append(failure)

    threads = [threading.Thread(target=run, args=[function]) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def on_both_servers(prove):
    """Calls prove(server, folder) for each; ends the program."""
    failed = []

    def on(make):
        def run():
            try:
                with Folder() as folder, make(folder) as server:
                    prove(server, folder)
            except Exception as failure:
                say(f"   FAILED: {failure!r}")
                failed.append(failure)
        return run

    together(on(lambda folder: Stock("5.5.0", folder / "stock")), on(BrokerLite))
    sys.exit(1 if failed else 0)
