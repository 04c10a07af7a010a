"""Frames of the remoting protocol, for suites that speak it themselves."""
import collections
import itertools
import json
import socket
import struct
import time


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


def ask(connection, code, **fields):
    connection.send(frame(request(code, {name: str(value) for name, value in fields.items()})))
    return connection.answer()


def pipelined(connection, frames, at_once=500):
    """Sends them, so many at a time, and counts the codes of their answers."""
    codes = collections.Counter()
    frames = iter(frames)
    while some := list(itertools.islice(frames, at_once)):
        connection.send(b"".join(some))
        codes.update(connection.answer()["code"] for _ in some)
    return codes


CREATE_TOPIC, CREATE_GROUP = 17, 200


def create_topic_frame(topic, queues):
    return frame(request(CREATE_TOPIC, {
        "topic": topic, "defaultTopic": "TBW102", "readQueueNums": str(queues), "writeQueueNums": str(queues),
        "perm": "6", "topicFilterType": "SINGLE_TAG", "topicSysFlag": "0", "order": "false"}))


def create_topic(connection, topic, message_type="NORMAL"):
    answer = ask(connection, CREATE_TOPIC, topic=topic, defaultTopic="TBW102", readQueueNums=4,
                 writeQueueNums=4, perm=6, topicFilterType="SINGLE_TAG", topicSysFlag=0,
                 order="false", attributes=f"+message.type={message_type}")
    assert answer["code"] == 0, answer


def create_group(connection, group, **settings):
    body = json.dumps({"groupName": group, **settings}).encode()
    connection.send(frame(request(CREATE_GROUP), body))
    answer = connection.answer()
    assert answer["code"] == 0, answer


GET_MAX_OFFSET, QUERY_CONSUMER_OFFSET = 30, 14


def offset(connection, code, **fields):
    """What the broker says is the offset of a queue; None where there is none."""
    answer = ask(connection, code, **fields)
    return int(answer["extFields"]["offset"]) if answer["code"] == 0 else None


POP, ACK = 200050, 200051


def pop_once(connection, broker_name, topic, group, invisible_ms):
    """What an answer says it took: (queue, offset, handle to acknowledge it with) of each message."""
    answer = ask(connection, POP, topic=topic, consumerGroup=group, queueId=-1, maxMsgNums=32,
                 invisibleTime=invisible_ms, pollTime=0, bornTime=int(time.time() * 1000),
                 initMode=0, expType="TAG", exp="*", order="false")
    if answer["code"] != 0:
        return []
    said = answer["extFields"]
    starts = {tuple(entry.split()[:2]): entry.split()[2]
              for entry in said["startOffsetInfo"].split(";")}
    taken = []
    for entry in said["msgOffsetInfo"].split(";"):
        kind, queue, offsets = entry.split()
        for each in offsets.split(","):
            handle = (f"{starts[(kind, queue)]} {said['popTime']} {said['invisibleTime']} "
                      f"{said['reviveQid']} {kind} {broker_name} {queue} {each}")
            taken.append((queue, each, handle))
    return taken


def pop_all(connection, broker_name, topic, group, count, invisible_ms, acknowledges):
    taken = []
    while len(taken) < count:
        taken += pop_once(connection, broker_name, topic, group, invisible_ms)
    for queue, each, handle in taken if acknowledges else []:
        answer = ask(connection, ACK, topic=topic, consumerGroup=group, queueId=queue, offset=each,
                     extraInfo=handle)
        assert answer["code"] == 0, answer
