"""Settings from the environment, flags over the environment, and what the log says."""

from __future__ import annotations

from typing import Any

from lambda_wire import MAPPINGS, LambdaWire
from source_types import SQS


def test_account_and_region_by_flag(start_headrace: Any) -> None:
    wire = LambdaWire(start_headrace("--account", "123456789012", "--region", "eu-west-1").port)
    arn = wire.created(SQS.request("123456789012"))["EventSourceMappingArn"]
    assert arn.startswith("arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:")


def test_account_and_region_by_environment(start_headrace: Any) -> None:
    server = start_headrace(environment={"HEADRACE_ACCOUNT": "123456789012", "HEADRACE_REGION": "eu-west-1"})
    arn = LambdaWire(server.port).created(SQS.request("123456789012"))["EventSourceMappingArn"]
    assert arn.startswith("arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:")


def test_a_flag_wins_over_the_environment(start_headrace: Any) -> None:
    server = start_headrace(
        "--account", "210987654321",
        environment={"HEADRACE_ACCOUNT": "123456789012", "HEADRACE_TRANSITION_DELAY": "3600s"},
    )
    wire = LambdaWire(server.port)
    created = wire.created(SQS.request("210987654321"))
    assert ":210987654321:" in created["EventSourceMappingArn"]
    # What no flag says is taken from the environment in the same run.
    assert wire.get(created["UUID"]).json["State"] == "Creating"


def test_every_request_is_logged_once_under_the_id_that_it_was_answered_with(start_headrace: Any) -> None:
    server = start_headrace()
    wire = LambdaWire(server.port)
    answers = [
        ("POST", MAPPINGS, wire.create(SQS.request("000000000000"))),
        ("GET", MAPPINGS, wire.list()),
        ("GET", "/nowhere", wire.request("GET", "/nowhere")),
        ("POST", MAPPINGS, wire.request("POST", MAPPINGS, b"{")),
    ]
    for method, path, answer in answers:
        identifier = answer.headers["x-amzn-requestid"]
        log = server.wait_for_log(
            lambda log: log.get("message") == "request" and log.get("requestID") == identifier
        )
        # Numbers may be written as text, as some loggers know text only.
        assert (log["method"], log["path"], str(log["status"])) == (method, path, str(answer.status))
        assert float(log["durationMilliseconds"]) >= 0
    assert server.stop() == 0
    logged = [log["requestID"] for log in server.logs if log.get("message") == "request"]
    assert len(logged) == len(set(logged)) == len(answers)


def test_every_log_line_is_a_json_object(start_headrace: Any) -> None:
    server = start_headrace("--log-level", "trace")
    LambdaWire(server.port).list()
    assert server.stop() == 0
    assert server.logs
    assert [log for log in server.logs if "text" in log] == []


def test_requests_are_not_logged_at_a_higher_level_but_the_address_is(start_headrace: Any) -> None:
    server = start_headrace("--log-level", "error")
    LambdaWire(server.port).list()
    assert server.stop() == 0
    messages = [log.get("message") for log in server.logs]
    assert "listening" in messages
    assert "request" not in messages
