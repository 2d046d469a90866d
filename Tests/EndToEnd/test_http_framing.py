"""Requests whose extent could be read in two ways are refused and their connection is closed.

Each case is followed by a whole second request. A server that guessed would answer it, and that is how one peer's
bytes become another's request behind a proxy.
"""

from __future__ import annotations

import json

import pytest

from headrace_process import HeadraceProcess
from lambda_wire import MAPPINGS
from raw_connection import RawConnection

POST = f"POST {MAPPINGS} HTTP/1.1\r\n".encode()
GET = b"GET /_headrace/health HTTP/1.1\r\n"
HOST = b"Host: localhost\r\n"
SECOND = b"GET /_headrace/health HTTP/1.1\r\nHost: localhost\r\n\r\n"

AMBIGUOUS = {
    "both lengths": POST + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "both lengths, other order": POST + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths that differ": POST + HOST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "a list of lengths that differ": POST + HOST + b"Content-Length: 2, 3\r\n\r\n{} ",
    "a signed length": POST + HOST + b"Content-Length: +2\r\n\r\n{}",
    "a negative length": POST + HOST + b"Content-Length: -2\r\n\r\n",
    "a hexadecimal length": POST + HOST + b"Content-Length: 0x2\r\n\r\n{}",
    "a length with a space in it": POST + HOST + b"Content-Length: 1 2\r\n\r\n{}",
    "a length with a fraction": POST + HOST + b"Content-Length: 2.0\r\n\r\n{}",
    "an empty length": POST + HOST + b"Content-Length:\r\n\r\n",
    "a length in other digits": POST + HOST + "Content-Length: ٢\r\n\r\n{}".encode(),
    "chunked not last": POST + HOST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked twice": POST + HOST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "two encodings": POST + HOST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked in HTTP/1.0": POST.replace(b"1.1", b"1.0") + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an encoding behind a vertical tab": POST + HOST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "bare line feeds": b"GET /_headrace/health HTTP/1.1\nHost: localhost\n\n",
    "one bare line feed": GET + b"Host: localhost\nX-A: b\r\n\r\n",
    "a bare line feed at the end": GET + HOST + b"\n",
    "a bare carriage return in a value": GET + HOST + b"X-A: b\rContent-Length: 5\r\n\r\n",
    "a zero byte in a value": GET + HOST + b"X-A: b\x00c\r\n\r\n",
    "a space before the colon": POST + HOST + b"Content-Length : 2\r\n\r\n{}",
    "a folded line": GET + HOST + b"X-A: b\r\n c\r\n\r\n",
    "a first line that is folded": GET + b" Host: localhost\r\n\r\n",
    "a header without a colon": GET + HOST + b"Nonsense\r\n\r\n",
    "a header without a name": GET + HOST + b": value\r\n\r\n",
    "a header name with a space": GET + HOST + b"X A: b\r\n\r\n",
    "a header name in another script": GET + HOST + "Ñ: b\r\n\r\n".encode(),
    "no host": GET + b"\r\n",
    "two hosts": GET + HOST + b"Host: example.com\r\n\r\n",
    "the same host twice": GET + HOST + HOST + b"\r\n",
    "a list of hosts": GET + b"Host: localhost, example.com\r\n\r\n",
    "a chunk without a size": POST + HOST + b"Transfer-Encoding: chunked\r\n\r\n\r\n{}\r\n0\r\n\r\n",
    "a negative chunk": POST + HOST + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
    "a chunk size with a prefix": POST + HOST + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
    "a chunk size with a space": POST + HOST + b"Transfer-Encoding: chunked\r\n\r\n 2\r\n{}\r\n0\r\n\r\n",
    "a chunk longer than it says": POST + HOST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
    "a chunk that ends with a line feed": POST + HOST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\n0\r\n\r\n",
    "a chunk size that ends with a line feed": POST + HOST + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n",
    "no version": b"GET /_headrace/health\r\n" + HOST + b"\r\n",
    "a version in lower case": b"GET /_headrace/health http/1.1\r\n" + HOST + b"\r\n",
    "a version with more digits": b"GET /_headrace/health HTTP/1.10\r\n" + HOST + b"\r\n",
    "two spaces in the request line": b"GET  /_headrace/health HTTP/1.1\r\n" + HOST + b"\r\n",
    "a space behind the version": b"GET /_headrace/health HTTP/1.1 \r\n" + HOST + b"\r\n",
    "a space in the target": b"GET /_headrace/he alth HTTP/1.1\r\n" + HOST + b"\r\n",
    "a control character in the target": b"GET /_headrace/he\x01alth HTTP/1.1\r\n" + HOST + b"\r\n",
    "a tab in the request line": b"GET\t/_headrace/health HTTP/1.1\r\n" + HOST + b"\r\n",
    "a method that is no token": b"G(T /_headrace/health HTTP/1.1\r\n" + HOST + b"\r\n",
    "a target that is no path": b"GET health HTTP/1.1\r\n" + HOST + b"\r\n",
    "a greeting of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}


@pytest.mark.parametrize("sent", AMBIGUOUS.values(), ids=list(AMBIGUOUS))
def test_refused_and_closed(sent: bytes, server: HeadraceProcess) -> None:
    with RawConnection(server.port) as connection:
        connection.send(sent + SECOND)
        responses = connection.read_all_responses()
    assert [response.status for response in responses] == [400]
    assert json.loads(responses[0].body)["message"]
    assert responses[0].headers["x-amzn-requestid"]
    assert responses[0].headers["connection"].lower() == "close"


UNSUPPORTED = {
    "an unknown encoding": (POST + HOST + b"Transfer-Encoding: gzip\r\n\r\n", {400, 501}),
    "an unknown encoding below chunked": (
        POST + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", {400, 501},
    ),
    "an encoding like chunked": (POST + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", {400, 501}),
    "a length beyond every integer": (POST + HOST + b"Content-Length: 99999999999999999999\r\n\r\n", {400, 413}),
    "a chunk size beyond every integer": (
        POST + HOST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n", {400, 413},
    ),
    "another version": (b"GET /_headrace/health HTTP/2.0\r\n" + HOST + b"\r\n", {400, 505}),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
}


@pytest.mark.parametrize(("sent", "statuses"), UNSUPPORTED.values(), ids=list(UNSUPPORTED))
def test_unsupported_and_closed(sent: bytes, statuses: set, server: HeadraceProcess) -> None:
    with RawConnection(server.port) as connection:
        connection.send(sent + SECOND)
        responses = connection.read_all_responses()
    assert len(responses) == 1
    assert responses[0].status in statuses
    assert responses[0].headers["connection"].lower() == "close"
