"""A TCP connection that sends exactly the bytes it is given, and parses answers strictly."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Dict, List


class ClosedByPeer(Exception):
    """The server ended the connection where an answer, or the rest of one, was expected."""


@dataclass(frozen=True)
class RawResponse:
    version: str
    status: int
    headers: Dict[str, str]
    """Names in lower case."""
    body: bytes


class RawConnection:
    def __init__(self, port: int, timeout: float = 10, receive_buffer: int = 0) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            # Before connecting, since the window is agreed on in the handshake.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""

    def __enter__(self) -> "RawConnection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Closes with RST instead of FIN: with a linger time of zero nothing is flushed or awaited."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_until_refused(self, data: bytes) -> None:
        """Sends what the server takes; that it stops taking is a legitimate answer to too much."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def read_response(self, to_method: str = "GET") -> RawResponse:
        head = self._read_through(b"\r\n\r\n").decode("latin-1")
        status_line, *lines = head[:-4].split("\r\n")
        version, status, *_ = status_line.split(" ", 2)
        headers: Dict[str, str] = {}
        for line in lines:
            name, separator, value = line.partition(":")
            assert separator, f"a header line without a colon: {line!r}"
            assert name.lower() not in headers, f"{name} is sent twice"
            headers[name.lower()] = value.strip()
        assert "transfer-encoding" not in headers, "this client reads answers by Content-Length only"
        bodiless = to_method == "HEAD" or status.startswith("1") or status in ("204", "304")
        length = 0 if bodiless else int(headers["content-length"])
        return RawResponse(version, int(status), headers, self._read_exactly(length))

    def read_all_responses(self) -> List[RawResponse]:
        """Every answer up to the end of the connection, which must come."""
        responses = []
        while not self.is_at_end():
            responses.append(self.read_response())
        return responses

    def is_at_end(self) -> bool:
        """Awaits more bytes or the end of the connection, whichever comes; raises TimeoutError when neither does."""
        return not self._received and not self._receive()

    def expect_end(self) -> None:
        assert self.is_at_end(), f"more bytes instead of the end: {self._received[:200]!r}"

    def expect_refusal(self) -> None:
        """The connection ends, with an error as its last answer or with none at all."""
        responses = self.read_all_responses()
        assert len(responses) <= 1 and all(response.status >= 400 for response in responses), responses

    def _receive(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        except socket.timeout as error:
            # Before Python 3.10 these are two different exceptions.
            raise TimeoutError("nothing was received in time") from error
        self._received += data
        return bool(data)

    def _read_through(self, end: bytes) -> bytes:
        while end not in self._received:
            if not self._receive():
                raise ClosedByPeer(self._received)
        position = self._received.index(end) + len(end)
        taken, self._received = self._received[:position], self._received[position:]
        return taken

    def _read_exactly(self, count: int) -> bytes:
        while len(self._received) < count:
            if not self._receive():
                raise ClosedByPeer(self._received)
        taken, self._received = self._received[:count], self._received[count:]
        return taken
