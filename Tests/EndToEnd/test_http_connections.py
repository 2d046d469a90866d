"""HTTP/1.1 as peers may use it: connections kept and closed, pipelines, HEAD, 100-continue, chunked bodies."""

from __future__ import annotations

import json
import socket
from typing import Any, List

import pytest

from headrace_process import HeadraceProcess
from lambda_wire import MAPPINGS, authorization
from raw_connection import RawConnection
from source_types import SQS, queue_request

HEALTH = b"GET /_headrace/health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def request(method: str, path: str, *headers: str, body: bytes = b"", version: str = "HTTP/1.1") -> bytes:
    lines = [f"{method} {path} {version}", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def create(account: str, queue: str, *headers: str) -> bytes:
    """A whole create as bytes, with a Content-Length."""
    body = json.dumps(queue_request(account, queue)).encode()
    return request("POST", MAPPINGS, signed(account), f"Content-Length: {len(body)}", *headers, body=body)


def signed(account: str) -> str:
    return "Authorization: " + authorization(account, "us-east-1")


def chunked(body: bytes, size: int) -> bytes:
    chunks = [body[start:start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def test_a_connection_serves_many_requests(server: HeadraceProcess) -> None:
    with RawConnection(server.port) as connection:
        for _ in range(100):
            connection.send(HEALTH)
            response = connection.read_response()
            assert (response.version, response.status) == ("HTTP/1.1", 200)


def test_a_connection_survives_the_errors_of_the_api(server: HeadraceProcess, account: str) -> None:
    with RawConnection(server.port) as connection:
        for sent, status in (
            (request("GET", "/nowhere"), 404),
            (request("POST", MAPPINGS, "Content-Length: 1", body=b"{"), 400),
            (request("DELETE", MAPPINGS + "/unknown"), 404),
            (create(account, "orders"), 202),
            (create(account, "orders"), 409),
        ):
            connection.send(sent)
            assert connection.read_response().status == status


def test_connection_close_is_honoured(server: HeadraceProcess) -> None:
    with RawConnection(server.port) as connection:
        connection.send(request("GET", "/_headrace/health", "Connection: close"))
        response = connection.read_response()
        assert (response.status, response.headers["connection"].lower()) == (200, "close")
        connection.expect_end()


def test_http_1_0_is_answered_and_closed(server: HeadraceProcess) -> None:
    with RawConnection(server.port) as connection:
        connection.send(b"GET /_headrace/health HTTP/1.0\r\n\r\n")
        assert connection.read_response().status == 200
        connection.expect_end()


def test_http_1_0_with_a_body(server: HeadraceProcess, account: str) -> None:
    with RawConnection(server.port) as connection:
        connection.send(create(account, "orders").replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        assert connection.read_response().status == 202
        connection.expect_end()


def test_a_pipeline_is_answered_in_order(server: HeadraceProcess, account: str) -> None:
    count = 50
    with RawConnection(server.port) as connection:
        connection.send(b"".join(create(account, f"queue-{number}") for number in range(count)))
        for number in range(count):
            response = connection.read_response()
            assert response.status == 202
            assert json.loads(response.body)["EventSourceArn"].endswith(f":queue-{number}")


def test_a_pipeline_of_many_kinds(server: HeadraceProcess, account: str) -> None:
    with RawConnection(server.port) as connection:
        connection.send(
            HEALTH
            + create(account, "orders")
            + request("GET", "/nowhere")
            + request("GET", MAPPINGS, signed(account))
            + request("GET", "/_headrace/health", "Connection: close")
            + HEALTH
        )
        # What follows a request that closes the connection is not answered.
        responses = connection.read_all_responses()
        assert [response.status for response in responses] == [200, 202, 404, 200, 200]
        assert len(json.loads(responses[3].body)["EventSourceMappings"]) == 1


def test_requests_that_arrive_byte_by_byte(server: HeadraceProcess, account: str) -> None:
    with RawConnection(server.port) as connection:
        for byte in create(account, "orders"):
            connection.send(bytes([byte]))
        assert connection.read_response().status == 202


def test_empty_lines_before_a_request_are_ignored(server: HeadraceProcess) -> None:
    # RFC 9112, 2.2: a robust server ignores at least one; some clients end a body with one.
    with RawConnection(server.port) as connection:
        connection.send(b"\r\n" + HEALTH)
        assert connection.read_response().status == 200


def test_a_half_closed_connection_is_still_answered(server: HeadraceProcess) -> None:
    with RawConnection(server.port) as connection:
        connection.send(HEALTH)
        connection.socket.shutdown(socket.SHUT_WR)
        assert connection.read_response().status == 200
        connection.expect_end()


@pytest.mark.parametrize("path", ["/_headrace/health", MAPPINGS, "/nowhere"])
def test_an_answer_to_head_has_no_body(server: HeadraceProcess, path: str) -> None:
    with RawConnection(server.port) as connection:
        connection.send(request("HEAD", path) + HEALTH)
        assert connection.read_response("HEAD").status in (200, 404, 405)
        # Any byte of a body would be taken for the start of this answer.
        assert connection.read_response().status == 200


def test_no_content_has_no_body(server: HeadraceProcess, account: str) -> None:
    with RawConnection(server.port) as connection:
        connection.send(create(account, "orders"))
        arn = json.loads(connection.read_response().body)["EventSourceMappingArn"]
        body = b'{"Tags":{"a":"b"}}'
        length = f"Content-Length: {len(body)}"
        connection.send(request("POST", "/2017-03-31/tags/" + arn, signed(account), length, body=body) + HEALTH)
        assert connection.read_response().status == 204
        assert connection.read_response().status == 200


def test_expect_100_continue(server: HeadraceProcess, account: str) -> None:
    head, body = create(account, "orders", "Expect: 100-continue").split(b"\r\n\r\n", 1)
    with RawConnection(server.port) as connection:
        connection.send(head + b"\r\n\r\n")
        assert connection.read_response().status == 100
        connection.send(body)
        assert connection.read_response().status == 202
        connection.send(HEALTH)
        assert connection.read_response().status == 200


def test_a_body_that_did_not_wait_for_100_continue(server: HeadraceProcess, account: str) -> None:
    with RawConnection(server.port) as connection:
        connection.send(create(account, "orders", "Expect: 100-continue"))
        response = connection.read_response()
        if response.status == 100:
            response = connection.read_response()
        assert response.status == 202


def test_expect_100_continue_is_not_given_to_what_is_too_large(server: HeadraceProcess) -> None:
    with RawConnection(server.port) as connection:
        connection.send(request("POST", MAPPINGS, "Content-Length: 8388609", "Expect: 100-continue"))
        assert connection.read_response().status == 413


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_chunked_bodies(server: HeadraceProcess, account: str, size: int) -> None:
    body = json.dumps(SQS.request(account)).encode()
    with RawConnection(server.port) as connection:
        connection.send(
            request("POST", MAPPINGS, signed(account), "Transfer-Encoding: chunked", body=chunked(body, size)) + HEALTH
        )
        assert connection.read_response().status == 202
        assert connection.read_response().status == 200


def test_chunk_extensions_and_trailers(server: HeadraceProcess, account: str) -> None:
    body = json.dumps(SQS.request(account)).encode()
    whole = b"%X;name=value\r\n%s\r\n000;last\r\nX-Checksum: 1\r\nX-More: 2\r\n\r\n" % (len(body), body)
    with RawConnection(server.port) as connection:
        connection.send(request("POST", MAPPINGS, signed(account), "transfer-encoding: Chunked", body=whole) + HEALTH)
        assert connection.read_response().status == 202
        assert connection.read_response().status == 200


def test_header_names_in_any_case(server: HeadraceProcess, account: str) -> None:
    sent = create(account, "orders").replace(b"Content-Length", b"cOnTeNt-LeNgTh").replace(b"Host", b"hOST")
    with RawConnection(server.port) as connection:
        connection.send(sent)
        assert connection.read_response().status == 202


LIMITS = ("--maximum-header-bytes", "2048", "--maximum-target-bytes", "512", "--maximum-body-bytes", "4096")


def test_limits_of_a_request(start_headrace: Any) -> None:
    server = start_headrace(*LIMITS)
    cases: List[Any] = [
        (request("GET", "/_headrace/health?" + "x" * 600), 414),
        (request("GET", "/_headrace/health", "X-Long: " + "x" * 2048), 431),
        (request("GET", "/_headrace/health", *[f"X-{number}: {'x' * 20}" for number in range(100)]), 431),
        (request("POST", MAPPINGS, "Content-Length: 4097"), 413),
        (request("POST", MAPPINGS, "Content-Length: 9223372036854775807"), 413),
        (request("POST", MAPPINGS, "Transfer-Encoding: chunked", body=b"1001\r\n" + b" " * 4097), 413),
    ]
    for sent, status in cases:
        with RawConnection(server.port) as connection:
            connection.send_until_refused(sent)
            response = connection.read_response()
            assert response.status == status, sent[:60]
            assert json.loads(response.body)["message"]
            assert response.headers["x-amzn-requestid"]
            connection.expect_end()
    # Just below the limits there is no objection.
    with RawConnection(server.port) as connection:
        connection.send(request("GET", "/_headrace/health?" + "x" * 480, "X-Long: " + "x" * 1000))
        assert connection.read_response().status == 200
        connection.send(request("POST", MAPPINGS, "Content-Length: 4096", body=b"{}" + b" " * 4094))
        assert json.loads(connection.read_response().body)["message"]


def test_the_number_of_connections_is_limited_and_places_become_free(start_headrace: Any) -> None:
    server = start_headrace("--maximum-connections", "8")
    held = [RawConnection(server.port) for _ in range(8)]
    for connection in held:
        connection.send(HEALTH)
        assert connection.read_response().status == 200
    surplus = RawConnection(server.port)
    for connection in held:
        connection.close()
    surplus.close()
    # The server notices the closes in its own time; a place must come free without any of this timing out.
    for _ in range(200):
        with RawConnection(server.port) as connection:
            connection.send_until_refused(HEALTH)
            if not connection.is_at_end() and connection.read_response().status == 200:
                return
    raise AssertionError("no place became free")
