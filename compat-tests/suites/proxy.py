"""A TCP proxy that can be told to do to connections what networks do."""
import socket
import struct
import threading


class Proxy:
    """Between clients and `target`, "host:port". Of what servers say, `old` becomes `new`: with the
    address of a broker it leads clients of a name server to a broker's proxy."""

    def __init__(self, target, old=b"", new=b""):
        self.target = target
        self.old, self.new = old, new
        assert len(old) == len(new), "the frames around it would not be right any more"
        self.lock = threading.Lock()
        self.pairs = set()
        self.made = 0  # connections, so far
        self.treat = pass_on
        self.listener = None
        self.port = 0
        self.listen()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def listen(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=[self.listener], daemon=True).start()

    def become(self, treat):
        """From now on connections are treated like this, those that are there as well."""
        self.treat = treat

    def vanish(self):
        """As a server that was killed: connections end, new ones are refused."""
        # A thread that waits in accept() would keep the socket; shutdown() wakes it.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            pairs = list(self.pairs)
        for pair in pairs:
            pair.reset()

    def _accept(self, listener):
        while True:
            try:
                client = listener.accept()[0]
            except OSError:
                return
            try:
                host, port = self.target.rsplit(":", 1)
                server = socket.create_connection((host, int(port)), timeout=5)
                server.settimeout(None)
            except OSError:
                reset(client)
                continue
            self.made += 1
            Pair(self, client, server).start()


class Pair:
    """A client's connection and its continuation."""

    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server = proxy, client, server
        self.has_swallowed = False
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start(self):
        with self.proxy.lock:
            self.proxy.pairs.add(self)
        for source, sink, is_request in ((self.client, self.server, True),
                                         (self.server, self.client, False)):
            threading.Thread(target=self._pump, args=[source, sink, is_request], daemon=True).start()

    def _pump(self, source, sink, is_request):
        try:
            while data := source.recv(65536):
                if not is_request and self.proxy.old:
                    data = data.replace(self.proxy.old, self.proxy.new)
                self.proxy.treat(self, sink, data, is_request)
        except OSError:
            pass
        self.reset()

    def reset(self):
        with self.proxy.lock:
            self.proxy.pairs.discard(self)
        reset(self.client)
        reset(self.server)


def reset(end):
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RD)  # wakes who reads it
    except OSError:
        pass
    end.close()


# ---- what may be done with bytes on their way

def pass_on(pair, sink, data, is_request):
    # A connection that has lost bytes can only be silent for ever.
    if not pair.has_swallowed:
        sink.sendall(data)


def swallow(pair, sink, data, is_request):
    pair.has_swallowed = True


def byte_by_byte(pair, sink, data, is_request):
    for byte in data:
        pass_on(pair, sink, bytes([byte]), is_request)


def cut(requests):
    """Of each request, or of each answer, a part; then the connection is reset."""
    parts = [lambda n: 1, lambda n: 4, lambda n: n // 2, lambda n: n - 1]
    turn = iter(range(1 << 30))

    def treat(pair, sink, data, is_request):
        if is_request != requests:
            return pass_on(pair, sink, data, is_request)
        sink.sendall(data[:parts[next(turn) % len(parts)](len(data))])
        pair.reset()

    return treat
