"""Frames of the remoting protocol, for suites that speak it themselves."""
import json
import socket
import struct


def frame(header, body=b"", codec=0, length=None, header_length=None):
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    total = 4 + len(header) + len(body) if length is None else length
    word = codec << 24 | (len(header) if header_length is None else header_length)
    return struct.pack(">iI", total, word) + header + body


def request(code, fields=None, **more):
    return {"code": code, "extFields": fields or {}, "flag": 0, "language": "CPP", "opaque": 7,
            "serializeTypeCurrentRPC": "JSON", "version": 479, **more}


class Connection:
    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=10)

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # closed while we were still sending, which is an answer

    def answer(self):
        """The header of the next frame, or None when the connection was closed."""
        try:
            prefix = self._read(4)
            if prefix is None:
                return None
            content = self._read(struct.unpack(">i", prefix)[0])
            header_length = struct.unpack(">I", content[:4])[0] & 0xFFFFFF
            return json.loads(content[4:4 + header_length])
        except OSError:
            return None

    def _read(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                return None
            data += more
        return data

    def close(self):
        self.socket.close()


GET_MAX_OFFSET, QUERY_CONSUMER_OFFSET = 30, 14


def offset(connection, code, **fields):
    """What the broker says is the offset of a queue; None where there is none."""
    connection.send(frame(request(code, {name: str(value) for name, value in fields.items()})))
    answer = connection.answer()
    return int(answer["extFields"]["offset"]) if answer["code"] == 0 else None
