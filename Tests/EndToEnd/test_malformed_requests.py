"""Bodies that are no JSON, JSON of the wrong type, and what is to be ignored rather than refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambda_wire import MAPPINGS, TAGS, LambdaWire, assert_error
from source_types import SQS

BROKEN = [
    b"{",
    b'{"FunctionName": }',
    b'{"FunctionName": "handler",}',
    b"{'FunctionName': 'handler'}",
    b'{"FunctionName": "handler"} trailing',
    b'{"FunctionName": "hand\xff\xfeler"}',
    b'{"FunctionName": "handler\n"}',
    b'{"BatchSize": 01}',
    b'{"BatchSize": NaN}',
    b"\x00",
    b"not json at all",
]


@pytest.mark.parametrize("body", BROKEN, ids=repr)
def test_broken_json(body: bytes, wire: LambdaWire, account: str) -> None:
    uuid = wire.created(SQS.request(account))["UUID"]
    for method, path in (("POST", MAPPINGS), ("PUT", f"{MAPPINGS}/{uuid}")):
        assert_error(wire.request(method, path, body), 400, "SerializationException")
    assert wire.get(uuid).json["State"] == "Enabled"


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"true"], ids=repr)
def test_json_that_is_no_object(body: bytes, wire: LambdaWire) -> None:
    assert_error(wire.request("POST", MAPPINGS, body), 400, "SerializationException")


WRONG_TYPES = [
    ("FunctionName", 7),
    ("FunctionName", ["handler"]),
    ("EventSourceArn", {"arn": "x"}),
    ("Enabled", "true"),
    ("Enabled", 1),
    ("BatchSize", "ten"),
    ("BatchSize", True),
    ("BatchSize", [10]),
    ("MaximumBatchingWindowInSeconds", {}),
    ("FilterCriteria", []),
    ("FilterCriteria", "all"),
    ("Filters", {"FilterCriteria": {"Filters": {}}}),
    ("Pattern", {"FilterCriteria": {"Filters": [{"Pattern": {"body": ["a"]}}]}}),
    ("FunctionResponseTypes", "ReportBatchItemFailures"),
    ("Topics", "orders"),
    ("Tags", ["a"]),
    ("Tags", {"Tags": {"a": 1}}),
    ("ScalingConfig", 2),
    ("MaximumConcurrency", {"ScalingConfig": {"MaximumConcurrency": "two"}}),
    ("StartingPositionTimestamp", {"when": 1}),
    ("SelfManagedEventSource", []),
    ("DestinationConfig", "arn:aws:sqs:us-east-1:000000000000:q"),
]


@pytest.mark.parametrize(
    ("member", "value"), WRONG_TYPES, ids=[f"{row[0]}-{index}" for index, row in enumerate(WRONG_TYPES)]
)
def test_a_wrong_type_is_refused_by_the_members_name(
    member: str, value: Any, wire: LambdaWire, account: str
) -> None:
    # A value that is an object of parameters says itself where the member stands.
    nested = isinstance(value, dict) and next(iter(value), "")[:1].isupper()
    answer = wire.create(SQS.request(account, **(value if nested else {member: value})))
    assert_error(answer, 400, "SerializationException")
    assert member.lower() in answer.error_text.lower()
    assert wire.list().json["EventSourceMappings"] == []


@pytest.mark.parametrize(("member", "value"), [("BatchSize", "ten"), ("FilterCriteria", []), ("Enabled", 0)])
def test_a_wrong_type_in_an_update(member: str, value: Any, wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account))
    answer = wire.update(created["UUID"], {member: value})
    assert_error(answer, 400, "SerializationException")
    assert member.lower() in answer.error_text.lower()
    assert wire.get(created["UUID"]).json == {**created, "State": "Enabled"}


def test_a_wrong_type_in_tags(wire: LambdaWire, account: str) -> None:
    arn = wire.created(SQS.request(account))["EventSourceMappingArn"]
    answer = wire.request("POST", f"{TAGS}/{arn}", {"Tags": "all"})
    assert_error(answer, 400, "SerializationException")
    assert "tags" in answer.error_text.lower()


@pytest.mark.parametrize("number", ["99999999999999999999", "-99999999999999999999", "1e400"])
def test_a_number_beyond_every_integer(number: str, wire: LambdaWire, account: str) -> None:
    body = json.dumps(SQS.request(account, BatchSize="NUMBER")).replace('"NUMBER"', number).encode()
    answer = wire.request("POST", MAPPINGS, body)
    assert answer.status == 400
    assert answer.error_type in ("SerializationException", "ValidationException")


@pytest.mark.parametrize("opening", [b"[", b'{"FilterCriteria":'], ids=["arrays", "objects"])
def test_a_deep_nest_is_refused_and_harms_nobody(opening: bytes, wire: LambdaWire) -> None:
    answer = wire.request("POST", MAPPINGS, opening * 200_000)
    assert_error(answer, 400, "SerializationException")
    assert wire.request("GET", "/_headrace/health").status == 200


def test_a_deep_filter_pattern_is_answered(wire: LambdaWire, account: str) -> None:
    pattern = '{"a":' * 600 + '["x"]' + "}" * 600
    answer = wire.create(SQS.request(account, FilterCriteria={"Filters": [{"Pattern": pattern}]}))
    assert answer.status in (202, 400)
    assert wire.request("GET", "/_headrace/health").status == 200


def test_null_is_like_omitted(wire: LambdaWire, account: str) -> None:
    request = {**SQS.request(account), "BatchSize": None, "FilterCriteria": None, "Tags": None, "Topics": None}
    assert wire.created(request)["BatchSize"] == 10


def test_unknown_members_are_ignored(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account, NoSuchParameter={"deep": [1, None]}, uuid="x"))
    assert "NoSuchParameter" not in created


def test_an_empty_body_has_no_function(wire: LambdaWire) -> None:
    answer = wire.request("POST", MAPPINGS, b"")
    assert answer.status == 400
    assert answer.error_type in ("ValidationException", "SerializationException")


def test_the_content_type_does_not_matter(wire: LambdaWire, account: str) -> None:
    body = json.dumps(SQS.request(account)).encode()
    for number, content_type in enumerate(("application/x-amz-json-1.1", "text/plain", "nonsense")):
        named = body.replace(b'"handler"', b'"handler-%d"' % number)
        assert wire.request("POST", MAPPINGS, named, headers={"Content-Type": content_type}).status == 202


@pytest.mark.parametrize(
    "path",
    [
        MAPPINGS + "/%00",
        MAPPINGS + "/%ff%fe",
        MAPPINGS + "/..%2f..%2fetc%2fpasswd",
        MAPPINGS + "/' OR 1=1 --".replace(" ", "%20"),
    ],
)
def test_a_strange_id_is_an_unknown_mapping(path: str, wire: LambdaWire) -> None:
    answer = wire.request("GET", path)
    assert answer.status in (400, 404)
    assert answer.json.get("Message") or answer.json.get("message")
    assert wire.request("GET", "/_headrace/health").status == 200
