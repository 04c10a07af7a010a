#!/usr/bin/env python3
"""Waits until a RocketMQ name server answers and, where asked, until a broker is registered with it.

    ready.py [--tls FOLDER] SECONDS NAMESRV [BROKER]

Ready means: the name server answers GET_BROKER_CLUSTER_INFO (106); with BROKER, the cluster info it
answers holds that address, and the broker itself answers GET_BROKER_RUNTIME_INFO (28), if only that
we may not ask. The second check matters after a restart, when the name server still knows the broker
that is gone.
With --tls it asks over TLS, with the certificates that `stock start --tls` describes.
Exit 0 when ready, 1 when the time is over (the last reason goes to stderr).
"""
import json
import socket
import ssl
import struct
import sys
import time

GET_BROKER_RUNTIME_INFO = 28
GET_BROKER_CLUSTER_INFO = 106
SUCCESS = 0
NO_PERMISSION = 16


def read_exactly(sock, count):
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise OSError("connection closed in the middle of an answer")
        data += more
    return data


def tls_context(folder):
    context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
    context.load_cert_chain(f"{folder}/client.pem", f"{folder}/client.key")
    return context


def connect(address, tls):
    host, port = address.rsplit(":", 1)
    # A JVM that has just started takes its time over the first TLS handshake.
    sock = socket.create_connection((host, int(port)), timeout=10 if tls else 2)
    return sock if tls is None else tls.wrap_socket(sock, server_hostname=host)


class Denied(Exception):
    """The server asks for credentials: 5.x by a code, 4.x by an exception."""


def call(address, code, tls):
    """Sends a request without header fields or body; returns the body of a successful answer."""
    header = json.dumps({"code": code, "flag": 0, "language": "CPP", "opaque": 1, "version": 0,
                         "serializeTypeCurrentRPC": "JSON", "extFields": {}}).encode()
    with connect(address, tls) as sock:
        sock.sendall(struct.pack(">II", 4 + len(header), len(header)) + header)
        total, header_word = struct.unpack(">II", read_exactly(sock, 8))
        rest = read_exactly(sock, total - 4)
    header_length = header_word & 0xFFFFFF  # the top byte names the codec; we asked in JSON
    answer = json.loads(rest[:header_length])
    if answer["code"] == NO_PERMISSION or "AclException" in (answer.get("remark") or ""):
        raise Denied
    if answer["code"] != SUCCESS:
        raise OSError(f"{address} answered code {answer['code']}: {answer.get('remark')}")
    return rest[header_length:]


def why_not_ready(namesrv, broker, tls):
    """None when ready, else the reason."""
    try:
        # Stock writes the map's numeric keys without quotes, so the body is searched, not parsed.
        cluster_info = call(namesrv, GET_BROKER_CLUSTER_INFO, tls).decode()
        if broker is None:
            return None
        if f'"{broker}"' not in cluster_info:
            return f"{broker} is not registered with {namesrv}"
        call(broker, GET_BROKER_RUNTIME_INFO, tls)
        return None
    except Denied:
        return None
    except (OSError, ValueError) as error:
        return str(error)


def main():
    words = sys.argv[1:]
    tls = None
    if words[0] == "--tls":
        tls = tls_context(words[1])
        words = words[2:]
    deadline = time.monotonic() + float(words[0])
    namesrv = words[1]
    broker = words[2] if len(words) > 2 else None
    while (reason := why_not_ready(namesrv, broker, tls)) is not None:
        if time.monotonic() > deadline:
            print(f"ready: {reason}", file=sys.stderr)
            return 1
        time.sleep(0.1)
    return 0


sys.exit(main())
