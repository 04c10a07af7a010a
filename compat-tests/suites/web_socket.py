"""A WebSocket's client end: as much of RFC 6455 as the suites need."""
import base64
import json
import os
import socket
import struct

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Closed(Exception):
    """`code` of the peer's close frame; None: the connection just ended."""

    def __init__(self, code, reason=""):
        super().__init__(f"closed with {code} {reason}")
        self.code = code


class Refused(Exception):
    def __init__(self, status):
        super().__init__(f"answered {status}")
        self.status = status


class WebSocket:
    def __init__(self, address, *headers, protocols="rmq.v1.json", receive_buffer=None):
        host, port = address.rsplit(":", 1)
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(30)
        self.socket.connect((host, int(port)))
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ["GET /v1/ws HTTP/1.1", f"Host: {address}", "Connection: Upgrade", "Upgrade: websocket",
                 "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}",
                 f"Sec-WebSocket-Protocol: {protocols}", *headers]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        status = int(head.split()[1])
        if status != 101:
            raise Refused(status)
        assert b"Sec-WebSocket-Protocol: rmq.v1.json" in head, head

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, **frame):
        self.write(TEXT, json.dumps(frame).encode())

    def write(self, opcode, payload):
        length = len(payload)
        head = bytes([0x80 | opcode])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", length)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", length)
        self.socket.sendall(head + b"\0\0\0\0" + payload)  # a mask that changes nothing

    def receive(self):
        """The next frame of ours; answers what belongs to the protocol on the way."""
        while True:
            opcode, payload = self.read()
            if opcode == TEXT:
                return json.loads(payload)
            if opcode == PING:
                self.write(PONG, payload)
            if opcode == CLOSE:
                self.write(CLOSE, payload)
                raise Closed(struct.unpack(">H", payload[:2])[0] if payload else None, payload[2:].decode())

    def ask(self, **frame):
        """What is answered to it; deliveries that come meanwhile are lost."""
        self.send(id=1, **frame)
        while True:
            answer = self.receive()
            if answer.get("id") == 1:
                return answer

    def read(self):
        first, second = self._take(2)
        length = second & 127
        if length == 126:
            length = struct.unpack(">H", self._take(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self._take(8))[0]
        return first & 15, self._take(length)

    def _take(self, count):
        while len(self.buffer) < count:
            self._more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def _more(self):
        try:
            more = self.socket.recv(1 << 20)
        except ConnectionError:
            more = b""
        if not more:
            raise Closed(None)
        self.buffer += more
