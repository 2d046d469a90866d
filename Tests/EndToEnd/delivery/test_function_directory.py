"""Where functions run: the flags, `GET/PUT/DELETE /_headrace/functions`, what is kept, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from headrace_process import run_headrace
from lambda_wire import Answer, LambdaWire, assert_error

from peers.child_process import free_port

FUNCTIONS = "/_headrace/functions"


def listed(wire: LambdaWire) -> Any:
    answer = wire.request("GET", FUNCTIONS)
    assert answer.status == 200
    return answer.json["functions"]


def put(wire: LambdaWire, name: str, **entry: Any) -> Answer:
    return wire.request("PUT", f"{FUNCTIONS}/{name}", entry)


def test_nothing_is_configured_at_first(start_headrace: Any) -> None:
    assert listed(LambdaWire(start_headrace().port)) == []


def test_what_is_put_is_read_back_and_kept_over_a_restart(start_headrace: Any) -> None:
    first = start_headrace()
    wire = LambdaWire(first.port)
    plain = {"name": "orders", "target": "http://127.0.0.1:9/", "origin": "stored"}
    whole = {
        "name": "orders:live", "target": "http://127.0.0.1:9/x", "concurrency": 4, "timeout": "10s", "origin": "stored",
    }
    answer = put(wire, "orders", target="http://127.0.0.1:9/")
    assert (answer.status, answer.json) == (200, plain)
    answer = put(wire, "orders:live", target="http://127.0.0.1:9/x", concurrency=4, timeout="10s")
    assert (answer.status, answer.json) == (200, whole)
    assert put(wire, "gone", target="runtime").status == 200
    answer = wire.request("DELETE", f"{FUNCTIONS}/gone")
    assert (answer.status, answer.body) == (204, b"")
    assert put(wire, "orders", target="runtime").json["target"] == "runtime"
    assert put(wire, "orders", target="http://127.0.0.1:9/").json == plain
    assert listed(wire) == [plain, whole]
    assert first.stop() == 0

    wire = LambdaWire(start_headrace().port)
    assert listed(wire) == [plain, whole]
    answer = wire.request("GET", f"{FUNCTIONS}/orders:live")
    assert (answer.status, answer.json) == (200, whole)


def test_a_kill_loses_nothing_that_was_answered(start_headrace: Any) -> None:
    first = start_headrace()
    wire = LambdaWire(first.port)
    for number in range(20):
        assert put(wire, f"f-{number}", target="runtime").status == 200
    first.kill()
    names = {entry["name"] for entry in listed(LambdaWire(start_headrace().port))}
    assert names == {f"f-{number}" for number in range(20)}


def test_unknown_names_are_not_found(start_headrace: Any) -> None:
    wire = LambdaWire(start_headrace().port)
    for method in ("GET", "DELETE"):
        answer = wire.request(method, f"{FUNCTIONS}/unknown")
        assert_error(answer, 404, "ResourceNotFoundException")


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"target": ""},
        {"target": "ftp://example.com/"},
        {"target": "http://"},
        {"target": "runtime:0"},
        {"target": "runtime:port"},
        {"target": "runtime:70000"},
        {"target": "runtime", "concurrency": 0},
        {"target": "runtime", "concurrency": "many"},
        {"target": "runtime", "timeout": "soon"},
        {"target": "runtime", "timeout": "-1s"},
        {"target": 7},
    ],
    ids=json.dumps,
)
def test_a_bad_target_is_refused_with_the_reason(start_headrace: Any, entry: Any) -> None:
    wire = LambdaWire(start_headrace().port)
    answer = put(wire, "orders", **entry)
    assert answer.status == 400, answer
    assert answer.error_type in ("InvalidParameterValueException", "SerializationException"), answer
    if isinstance(entry.get("target"), str) and len(entry) == 1:
        assert answer.error_type == "InvalidParameterValueException", answer
    assert listed(wire) == []


def test_flags_win_and_cannot_be_changed(start_headrace: Any) -> None:
    first = start_headrace()
    assert put(LambdaWire(first.port), "orders", target="http://127.0.0.1:9/old").status == 200
    assert first.stop() == 0

    wire = LambdaWire(start_headrace("--function", "orders=runtime", "--function", "*=http://127.0.0.1:9/").port)
    assert listed(wire) == [
        {"name": "*", "target": "http://127.0.0.1:9/", "origin": "configuration"},
        {"name": "orders", "target": "runtime", "origin": "configuration"},
    ]
    for answer in (put(wire, "orders", target="http://127.0.0.1:9/new"), wire.request("DELETE", f"{FUNCTIONS}/orders")):
        assert_error(answer, 409, "ResourceConflictException")


def test_the_environment_and_a_file_name_functions(start_headrace: Any, tmp_path: Path) -> None:
    file = tmp_path / "functions.json"
    file.write_text(json.dumps({
        "one": "runtime",
        "two": {"target": "http://127.0.0.1:9/", "concurrency": 4, "timeout": "10s"},
    }))
    process = start_headrace(
        "--functions", str(file), environment={"HEADRACE_FUNCTION": "three=runtime four=http://127.0.0.1:9/4"}
    )
    by_name = {entry.pop("name"): entry for entry in listed(LambdaWire(process.port))}
    assert by_name == {
        "one": {"target": "runtime", "origin": "configuration"},
        "two": {"target": "http://127.0.0.1:9/", "concurrency": 4, "timeout": "10s", "origin": "configuration"},
        "three": {"target": "runtime", "origin": "configuration"},
        "four": {"target": "http://127.0.0.1:9/4", "origin": "configuration"},
    }


@pytest.mark.parametrize("value", ["orders", "orders=", "=runtime", "orders=ftp://x", "orders=runtime:x"])
def test_a_start_with_a_bad_function_fails_with_the_reason(binary: str, tmp_path: Path, value: str) -> None:
    ended = run_headrace(
        binary, "serve", "--port", "0", "--database", str(tmp_path / "headrace.db"), "--function", value
    )
    assert ended.returncode not in (0, -6, -11), ended
    assert "function" in ended.stderr.lower()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 7}', '{"a": "ftp://x"}', '{"a": {"concurrency": 4}}'])
def test_a_start_with_a_bad_file_of_functions_fails_with_the_reason(
    binary: str, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "functions.json"
    file.write_text(content)
    ended = run_headrace(
        binary, "serve", "--port", "0", "--database", str(tmp_path / "headrace.db"), "--functions", str(file)
    )
    assert ended.returncode not in (0, -6, -11), ended
    assert "functions" in ended.stderr.lower()


@pytest.mark.parametrize("where", ["AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "--function"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_endpoint_that_is_headrace_itself_is_refused_at_start(
    binary: str, tmp_path: Path, where: str, host: str
) -> None:
    port = free_port()
    url = f"http://{host}:{port}"
    flags = ["--function", f"*={url}/"] if where == "--function" else []
    ended = run_headrace(
        binary, "serve", "--host", "127.0.0.1", "--port", str(port),
        "--database", str(tmp_path / "headrace.db"), *flags,
        environment={} if flags else {where: url},
    )
    assert ended.returncode == 1, ended
    assert "itself" in ended.stderr and str(port) in ended.stderr, ended.stderr
