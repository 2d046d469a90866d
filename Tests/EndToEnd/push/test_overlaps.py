"""Two mappings of one bucket must not both be told of one event: S3 refuses such a configuration, in these words."""

from __future__ import annotations

from typing import Any, Dict, Tuple

import pytest

from lambda_wire import LambdaWire, assert_error
from push.scene import CREATED, REMOVED, on_objects

PLAIN = "Configurations overlap. Configurations on the same bucket cannot share a common event type."
AMBIGUOUS = (
    "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are"
    " overlapping for the same event type."
)

PUT, COPY = "s3:ObjectCreated:Put", "s3:ObjectCreated:Copy"
Config = Dict[str, Any]

OVERLAPPING: Dict[str, Tuple[Config, Config, str]] = {
    "defaults": ({}, {}, PLAIN),
    "wildcard and name": (on_objects(CREATED), on_objects(PUT), PLAIN),
    "name and wildcard": (on_objects("s3:ObjectTagging:Put"), on_objects("s3:ObjectTagging:*"), PLAIN),
    "one of several": (on_objects(REMOVED, PUT), on_objects(COPY, PUT), PLAIN),
    "same prefix": (on_objects(CREATED, prefix="a/"), on_objects(CREATED, prefix="a/"), AMBIGUOUS),
    "longer prefix": (on_objects(CREATED, prefix="a/"), on_objects(CREATED, prefix="a/b"), AMBIGUOUS),
    "shorter prefix": (on_objects(CREATED, prefix="a/b"), on_objects(CREATED, prefix="a"), AMBIGUOUS),
    "prefix and none": (on_objects(CREATED, prefix="a/"), on_objects(CREATED), AMBIGUOUS),
    "none and suffix": (on_objects(CREATED), on_objects(CREATED, suffix=".jpg"), AMBIGUOUS),
    "prefix and suffix": (on_objects(CREATED, prefix="a/"), on_objects(CREATED, suffix=".jpg"), AMBIGUOUS),
    "longer suffix": (on_objects(CREATED, suffix="g"), on_objects(PUT, suffix=".jpg"), AMBIGUOUS),
    "both longer": (
        on_objects(CREATED, prefix="a/", suffix=".jpg"), on_objects(PUT, prefix="a/b/", suffix="x.jpg"), AMBIGUOUS
    ),
}
APART: Dict[str, Tuple[Config, Config]] = {
    "created and removed": (on_objects(CREATED, prefix="a/"), on_objects(REMOVED, prefix="a/")),
    "put and copy": (on_objects(PUT), on_objects(COPY)),
    "prefixes": (on_objects(CREATED, prefix="a/"), on_objects(CREATED, prefix="b/")),
    "prefixes of one beginning": (on_objects(CREATED, prefix="ab"), on_objects(CREATED, prefix="ac")),
    "prefix in another case": (on_objects(CREATED, prefix="a/"), on_objects(CREATED, prefix="A/")),
    "suffixes": (on_objects(CREATED, suffix=".jpg"), on_objects(CREATED, suffix=".png")),
    "suffixes of one prefix": (
        on_objects(CREATED, prefix="a/", suffix=".jpg"), on_objects(CREATED, prefix="a/", suffix=".png")
    ),
    "prefixes of one suffix": (
        on_objects(CREATED, prefix="a/", suffix=".jpg"), on_objects(CREATED, prefix="b/", suffix=".jpg")
    ),
}


def request(function: str, config: Config, bucket: str = "photos") -> Dict[str, Any]:
    more = {"S3EventSourceConfig": config} if config else {}
    return {"EventSourceArn": f"arn:aws:s3:::{bucket}", "FunctionName": function, **more}


@pytest.fixture
def bucket(account: str) -> str:
    """A bucket's name belongs to all accounts together: one of the test's own."""
    return f"photos-{account}"


@pytest.mark.parametrize("other", ["same", "other"], ids=["one function", "two functions"])
@pytest.mark.parametrize("name", OVERLAPPING)
def test_an_overlap_is_refused(name: str, other: str, wire: LambdaWire, bucket: str) -> None:
    first, second, text = OVERLAPPING[name]
    created = wire.created(request("same", first, bucket))
    assert_error(wire.create(request(other, second, bucket)), 400, "InvalidParameterValueException", text)
    assert [each["UUID"] for each in wire.list().json["EventSourceMappings"]] == [created["UUID"]]
    # Another bucket is nothing to it.
    wire.created(request(other, second, bucket + "-2"))
    # And neither is a mapping that is gone.
    wire.delete(created["UUID"])
    wire.created(request(other, second, bucket))


@pytest.mark.parametrize("name", APART)
def test_one_function_may_have_two_mappings_of_a_bucket(name: str, wire: LambdaWire, bucket: str) -> None:
    first, second = APART[name]
    wire.created(request("same", first, bucket))
    wire.created(request("same", second, bucket))
    wire.created(request("other", on_objects("s3:ObjectRestore:*"), bucket))
    assert len(wire.list().json["EventSourceMappings"]) == 3


@pytest.mark.parametrize("name", OVERLAPPING)
def test_an_update_into_an_overlap_is_refused(name: str, wire: LambdaWire, bucket: str) -> None:
    first, second, text = OVERLAPPING[name]
    wire.created(request("one", first, bucket))
    created = wire.created(request("two", on_objects("s3:ObjectRestore:*"), bucket))
    answer = wire.update(created["UUID"], {"S3EventSourceConfig": second})
    assert_error(answer, 400, "InvalidParameterValueException", text)
    assert wire.get(created["UUID"]).json == {**created, "State": "Enabled"}


def test_a_mapping_does_not_overlap_itself(wire: LambdaWire, bucket: str) -> None:
    uuid = wire.created(request("one", {}, bucket))["UUID"]
    for config in ({}, on_objects(CREATED), on_objects(PUT, prefix="a"), {}):
        answer = wire.update(uuid, {"S3EventSourceConfig": config})
        assert answer.status == 202, answer
    assert wire.update(uuid, {"FunctionName": "two"}).status == 202
