"""Stock Java clients and mqadmin, of both versions and with both header codecs, against broker-lite."""
import json
import subprocess

from clients import Java
from exchange import exchange
from servers import BrokerLite, Folder, say


def admin_checks(server, client):
    out = subprocess.run(client.prefix + ["AdminChecks", server.namesrv, server.broker],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300)
    checks = [json.loads(line) for line in out.stdout.splitlines() if line.startswith("{")]
    bad = [check for check in checks if not check["ok"]]
    for check in bad:
        say("   NOT OK:", json.dumps(check))
    assert out.returncode == 0 and checks and not bad, out.stderr[-2000:]
    say(f"   {client.name}: {len(checks)} mqadmin commands ok")


def main():
    for version in ("5.5.0", "4.9.7"):
        for codec in ("JSON", "ROCKETMQ"):
            with Folder() as folder, BrokerLite(folder) as server:
                client = Java(version, codec)
                exchange(server, client, folder, "exchange")
                admin_checks(server, client)


if __name__ == "__main__":
    main()
