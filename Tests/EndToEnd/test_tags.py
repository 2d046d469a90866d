"""Tags of a mapping: given at create, merged, removed, and addressed by an ARN inside a path."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

import pytest

from lambda_wire import TAGS, LambdaWire, assert_error
from source_types import SQS

# As recorded from AWS, to the letter.
RESOURCE_PATTERN = (
    r"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:"
    r"(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|"
    r"code-signing-config:csc-[a-z0-9]{17}|"
    r"event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|"
    r"capacity-provider:[a-zA-Z0-9-_]+)"
)


@pytest.fixture
def arn(wire: LambdaWire, account: str) -> str:
    return wire.created(SQS.request(account))["EventSourceMappingArn"]


def test_tags_of_a_create_are_listed_and_not_in_the_mapping(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account, Tags={"testtag": "value"}))
    assert "Tags" not in created
    assert "Tags" not in wire.get(created["UUID"]).json
    assert wire.list_tags(created["EventSourceMappingArn"]).json == {"Tags": {"testtag": "value"}}


def test_the_recorded_life_of_tags(wire: LambdaWire, arn: str) -> None:
    def listed() -> Any:
        answer = wire.list_tags(arn)
        assert answer.status == 200
        return answer.json

    steps = [
        (lambda: wire.tag(arn, {"A": "tag-a"}), {"A": "tag-a"}),
        (lambda: wire.tag(arn, {"B": "tag-b", "C": "tag-c"}), {"A": "tag-a", "B": "tag-b", "C": "tag-c"}),
        (lambda: wire.tag(arn, {"C": "new", "D": "tag-d"}), {"A": "tag-a", "B": "tag-b", "C": "new", "D": "tag-d"}),
        (lambda: wire.untag(arn, ["A"]), {"B": "tag-b", "C": "new", "D": "tag-d"}),
        (lambda: wire.untag(arn, ["B", "C"]), {"D": "tag-d"}),
        (lambda: wire.untag(arn, ["F"]), {"D": "tag-d"}),
        (lambda: wire.untag(arn, ["D", "F"]), {}),
    ]
    assert listed() == {"Tags": {}}
    for call, expected in steps:
        answer = call()
        assert (answer.status, answer.body) == (204, b"")
        assert listed() == {"Tags": expected}


@pytest.mark.parametrize(
    "encode",
    [
        lambda arn: quote(arn, safe=""),
        lambda arn: quote(arn, safe="").replace("%3A", "%3a"),
        lambda arn: arn,
        lambda arn: "".join(f"%{byte:02X}" for byte in arn.encode()),
    ],
    ids=["colons-encoded", "lower-case-hex", "colons-plain", "all-encoded"],
)
def test_the_arn_in_the_path_may_be_encoded(encode: Any, wire: LambdaWire, arn: str) -> None:
    answer = wire.request("POST", f"{TAGS}/{encode(arn)}", {"Tags": {"team": "a"}})
    assert answer.status == 204
    assert wire.request("GET", f"{TAGS}/{encode(arn)}").json == {"Tags": {"team": "a"}}


def test_keys_and_values_of_any_script_and_punctuation(wire: LambdaWire, arn: str) -> None:
    tags = {"a/b:c&d=e": "1+1 = 2", "größe": "ø", "с пробелом": "", "%41": "percent", "a,b": "comma", "+": "plus"}
    assert wire.tag(arn, tags).status == 204
    assert wire.list_tags(arn).json == {"Tags": tags}
    assert wire.untag(arn, ["a/b:c&d=e", "größe", "%41", "a,b", "+"]).status == 204
    assert wire.list_tags(arn).json == {"Tags": {"с пробелом": ""}}


def test_boto3_tags(boto: Any, account: str) -> None:
    arn = boto.create_event_source_mapping(**SQS.request(account, Tags={"a": "1"}))["EventSourceMappingArn"]
    boto.tag_resource(Resource=arn, Tags={"b c": "2", "d/e": "3"})
    boto.untag_resource(Resource=arn, TagKeys=["a", "d/e"])
    assert boto.list_tags(Resource=arn)["Tags"] == {"b c": "2"}


def test_tags_go_with_their_mapping(wire: LambdaWire, account: str, arn: str) -> None:
    wire.tag(arn, {"team": "a"})
    wire.delete(arn.rsplit(":", 1)[1])
    assert_error(wire.list_tags(arn), 404, "ResourceNotFoundException", f"Event source mapping not found: {arn}")


def test_unknown_mapping(wire: LambdaWire, account: str) -> None:
    unknown = f"arn:aws:lambda:us-east-1:{account}:event-source-mapping:{uuid.uuid4()}"
    for answer in (wire.tag(unknown, {"a": "b"}), wire.untag(unknown, ["a"]), wire.list_tags(unknown)):
        assert_error(
            answer, 404, "ResourceNotFoundException", f"Event source mapping not found: {unknown}"
        )


def test_another_accounts_mapping_is_unknown(wire: LambdaWire, server: Any, arn: str) -> None:
    stranger = LambdaWire(server.port, "123456789012")
    assert_error(stranger.list_tags(arn), 404, "ResourceNotFoundException", f"Event source mapping not found: {arn}")
    assert_error(stranger.tag(arn, {"a": "b"}), 404, "ResourceNotFoundException")
    assert wire.list_tags(arn).json == {"Tags": {}}


@pytest.mark.parametrize(
    "spoil",
    [lambda arn: arn + ":alias", lambda arn: arn.replace("event-source-mapping", "foobar")],
    ids=["alias", "foobar"],
)
def test_what_is_no_resource(spoil: Any, wire: LambdaWire, arn: str) -> None:
    spoilt = spoil(arn)
    assert_error(
        wire.list_tags(spoilt), 400, "ValidationException",
        f"1 validation error detected: Value '{spoilt}' at 'resource' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {RESOURCE_PATTERN}",
    )


def test_untag_needs_keys(wire: LambdaWire, arn: str) -> None:
    assert_error(
        wire.untag(arn, []), 400, "ValidationException",
        "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null",
    )


def test_tag_needs_tags(wire: LambdaWire, arn: str) -> None:
    answer = wire.request("POST", f"{TAGS}/{quote(arn, safe='')}", {})
    assert_error(
        answer, 400, "ValidationException",
        "1 validation error detected: Value null at 'tags' failed to satisfy constraint: Member must not be null",
    )
