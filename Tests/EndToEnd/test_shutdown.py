"""SIGTERM: what is in flight is answered, what is new is refused, and the end comes within its limit."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any

from lambda_wire import MAPPINGS, LambdaWire
from parallel_writer import Writer
from raw_connection import RawConnection
from source_types import SQS


def create_head(length: int, *more: str) -> bytes:
    lines = [f"POST {MAPPINGS} HTTP/1.1", "Host: localhost", f"Content-Length: {length}", *more, "", ""]
    return "\r\n".join(lines).encode()


def test_a_request_in_flight_is_answered(start_headrace: Any) -> None:
    server = start_headrace()
    body = json.dumps(SQS.request("000000000000")).encode()
    with RawConnection(server.port) as connection:
        # The interim answer proves that the server has the request's head before it is told to stop.
        connection.send(create_head(len(body), "Expect: 100-continue"))
        assert connection.read_response().status == 100
        server.terminate()
        await_refusal(server.port)
        connection.send(body)
        response = connection.read_response()
        assert response.status == 202
        assert response.headers.get("connection", "").lower() == "close"
        connection.expect_end()
    assert server.wait() == 0

    created = json.loads(response.body)["UUID"]
    assert LambdaWire(start_headrace().port).get(created).status == 200


def await_refusal(port: int) -> None:
    """Polls until the server listens no more."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            return
        except OSError:
            continue
    raise AssertionError("10 s after SIGTERM the server still accepts connections")


def test_idle_connections_do_not_hold_up_the_stop(start_headrace: Any) -> None:
    server = start_headrace("--shutdown-timeout", "30s")
    connections = [RawConnection(server.port) for _ in range(20)]
    for connection in connections[:10]:
        # Half of them have been used and are kept alive, the other half have never sent a byte.
        connection.send(b"GET /_headrace/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.read_response().status == 200
    begin = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - begin < 10
    for connection in connections:
        connection.expect_end()
        connection.close()


def test_a_peer_that_never_finishes_is_dropped_at_the_limit(start_headrace: Any) -> None:
    server = start_headrace("--shutdown-timeout", "1s")
    with RawConnection(server.port) as connection:
        connection.send(create_head(100, "Expect: 100-continue"))
        assert connection.read_response().status == 100
        begin = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begin < 8


def test_a_stop_under_load_loses_nothing_that_was_answered(start_headrace: Any, account: str) -> None:
    server = start_headrace()
    answered = threading.Semaphore(0)
    writers = [Writer(server.port, account, number, answered) for number in range(16)]
    for writer in writers:
        writer.start()
    for _ in range(100):
        assert answered.acquire(timeout=60), "the creates came to a halt"
    assert server.stop() == 0
    for writer in writers:
        writer.join(60)
        assert not writer.is_alive()
        assert not writer.refused, "a stopping server answered an error"

    wire = LambdaWire(start_headrace().port, account, keep_alive=True)
    for uuid in (uuid for writer in writers for uuid in writer.created):
        assert wire.get(uuid).status == 200


def test_a_second_signal_while_stopping_changes_nothing_for_the_worse(start_headrace: Any) -> None:
    server = start_headrace("--shutdown-timeout", "2s")
    server.terminate()
    if server.is_running:
        server.terminate()
    server.wait()
    # The database is whole, whatever the second signal did.
    assert LambdaWire(start_headrace().port).list().status == 200
