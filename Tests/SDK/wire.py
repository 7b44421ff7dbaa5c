"""Plain sockets and http.client, where a test must see bytes that an SDK would hide."""
import contextlib
import dataclasses
import http.client
import json
import socket
import threading
import time


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict
    body: bytes


def exchange(port, method, path, body=None, headers=None, timeout=60):
    """One request on a connection of its own; `body` is bytes or becomes JSON. Header names of the answer are lower-case."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    with contextlib.closing(connection):
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        extra = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, content, {**extra, **(headers or {})})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


class Tap:
    """A forwarder to `port` that remembers every byte that came back, connection by connection."""

    def __init__(self, port):
        self.target = port
        self.answers = []
        self.requests = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            sent, came = bytearray(), bytearray()
            self.requests.append(sent)
            self.answers.append(came)
            threading.Thread(target=self.pump, args=(client, server, sent), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, client, came), daemon=True).start()

    @staticmethod
    def pump(source, target, kept):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                kept += data
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def bodies(self):
        """The decoded bodies of all answers, in the order their connections were opened."""
        return [body for came in self.answers for body in bodies(bytes(came))]

    def close(self):
        self.listener.close()


def bodies(stream):
    """The decoded bodies of the HTTP answers that follow each other in `stream`."""
    found = []
    while stream:
        head, _, rest = stream.partition(b"\r\n\r\n")
        fields = {name.strip().lower(): value.strip() for name, _, value in
                  (line.partition(b":") for line in head.split(b"\r\n")[1:])}
        body = b""
        if fields.get(b"transfer-encoding") == b"chunked":
            # The gateway answers its client at `[DONE]`, so the last chunk may still be on its way here: what has come of
            # the body counts, and whoever compares it sees whether it is whole.
            while rest:
                size, _, rest = rest.partition(b"\r\n")
                length = int(size.split(b";")[0], 16)
                body, rest = body + rest[:length], rest[length + 2:]
                if length == 0:
                    break
        else:
            length = int(fields.get(b"content-length", len(rest)))
            body, rest = rest[:length], rest[length:]
        found.append(body)
        stream = rest
    return found


class SlowUpstream:
    """A provider that streams an event every 20 ms until its peer leaves, and tells when that was."""

    EVENT = (b'data: {"id":"slow","object":"chat.completion.chunk","created":1,"model":"slow","choices":'
             b'[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}\n\n')

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.left = threading.Event()
        self.left_at = None
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        with contextlib.closing(peer):
            request = b""
            while b'"messages"' not in request:
                data = peer.recv(65536)
                if not data:
                    return
                request += data
            chunk = b"%x\r\n%s\r\n" % (len(self.EVENT), self.EVENT)
            try:
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
                peer.settimeout(0.02)
                for _ in range(3000):
                    peer.sendall(chunk)
                    try:
                        # A half-close and a reset both end the wait at once.
                        if peer.recv(1) == b"":
                            break
                    except TimeoutError:
                        pass
            except OSError:
                pass
            self.left_at = time.monotonic()
            self.left.set()

    def close(self):
        self.listener.close()


class ClosingUpstream:
    """A provider that closes each connection behind so many answers, without a word before."""

    ANSWER = (b'{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":'
              b'{"role":"assistant","content":"x"},"finish_reason":"stop"}],'
              b'"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}')

    def __init__(self, answers):
        self.answers = answers
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        with contextlib.closing(peer), contextlib.suppress(OSError):
            for _ in range(self.answers):
                request = b""
                while b'"messages"' not in request:
                    data = peer.recv(65536)
                    if not data:
                        return
                    request += data
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                             % (len(self.ANSWER), self.ANSWER))

    def close(self):
        self.listener.close()
