"""A small HTTP/1.1 server in the test's own process that answers, or refuses to answer, whatever a test wants."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Union


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    method: str
    target: str
    """Path and query as they were sent."""
    headers: Dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass
class Reply:
    """An answer of HTTP."""

    body: bytes = b"null"
    status: int = 200
    headers: Dict[str, str] = field(default_factory=dict)


@dataclass
class Raw:
    """Bytes as they are, after which the connection ends: no bytes at all is a peer that hangs up."""

    data: bytes = b""
    reset: bool = False
    """Whether it ends with a reset."""


class HTTPPeer:
    """Listens on 127.0.0.1 until it is closed; a thread for each connection, which is kept alive."""

    def __init__(self, answer: Callable[[Request], Union[Reply, Raw]], port: int = 0) -> None:
        self.closing = threading.Event()
        """Set at the end; an answer that hangs waits for it."""
        self._server = _Server(("127.0.0.1", port), answer)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Stops listening, and ends the connections that there are."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.end_connections()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, address: Any, answer: Callable[[Request], Union[Reply, Raw]]) -> None:
        self.answer = answer
        self._connections: "set[socket.socket]" = set()
        self._lock = threading.Lock()
        super().__init__(address, _Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing to tell."""


class _Connection(socketserver.StreamRequestHandler):
    server: _Server
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle(self) -> None:
        while self._serve_one():
            pass

    def _serve_one(self) -> bool:
        request_line = self.rfile.readline().decode("latin-1")
        if not request_line.strip():
            return False
        headers: Dict[str, str] = {}
        while True:
            line = self.rfile.readline().decode("latin-1").rstrip("\r\n")
            if not line:
                break
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        method, target, _ = request_line.split(" ", 2)
        answer = self.server.answer(Request(method, target, headers, self._read_body(headers)))
        if isinstance(answer, Raw):
            self.wfile.write(answer.data)
            self.wfile.flush()
            if answer.reset:
                self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.request.close()
            return False
        lines = [f"HTTP/1.1 {answer.status} Said"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.status != 204:
            lines.append(f"Content-Length: {len(answer.body)}")
        self.wfile.write("\r\n".join(lines + ["", ""]).encode("latin-1"))
        if answer.status != 204:
            self.wfile.write(answer.body)
        self.wfile.flush()
        return True

    def _read_body(self, headers: Dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self._read_whole(int(headers.get("content-length", "0")))
        body = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            body += self._read_whole(size)
            self.rfile.readline()
            if size == 0:
                return body

    def _read_whole(self, size: int) -> bytes:
        """What a client that ends in the middle has sent is no request."""
        data = self.rfile.read(size)
        if len(data) < size:
            raise ConnectionError(f"{len(data)} of {size} bytes came")
        return data
