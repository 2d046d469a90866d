"""The event of an S3 mapping: AWS's documented shape whatever the server sends, as libraries of functions read it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Dict

import pytest
from aws_lambda_powertools.utilities.data_classes import S3Event
from aws_lambda_powertools.utilities.parser.models import S3Model

from push.scene import REMOVED, NamedBucket, Scene, on_objects

RECORD = {
    "eventVersion", "eventSource", "awsRegion", "eventTime", "eventName", "userIdentity", "requestParameters",
    "responseElements", "s3",
}
OBJECT = {"key", "size", "eTag", "sequencer"}

MINIMAL: Dict[str, Any] = {"eventName": "s3:ObjectCreated:Put"}
"""The least that a webhook can say of an event, beside its bucket and key."""


def assert_as_documented(event: Dict[str, Any]) -> Dict[str, Any]:
    """Exactly the documented members, of the documented kinds; returns the only record."""
    assert list(event) == ["Records"]
    (record,) = event["Records"]
    assert set(record) == RECORD, set(record) ^ RECORD
    assert record["eventSource"] == "aws:s3"
    assert record["eventVersion"].startswith("2.")
    assert set(record["userIdentity"]) == {"principalId"}
    assert set(record["requestParameters"]) == {"sourceIPAddress"}
    assert {"x-amz-request-id", "x-amz-id-2"} <= set(record["responseElements"])
    s3 = record["s3"]
    assert set(s3) == {"s3SchemaVersion", "configurationId", "bucket", "object"}
    assert set(s3["bucket"]) == {"name", "ownerIdentity", "arn"}
    assert set(s3["bucket"]["ownerIdentity"]) == {"principalId"}
    # In the form of AWS's: 1970-01-01T00:00:00.000Z.
    datetime.strptime(record["eventTime"], "%Y-%m-%dT%H:%M:%S.%fZ")
    assert len(record["eventTime"]) == len("1970-01-01T00:00:00.000Z"), record["eventTime"]
    S3Model.model_validate(event)
    return record


def test_an_event_has_the_documented_shape(bucket_scene: Scene) -> None:
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    mapping = bucket_scene.mapping(bucket, function)
    before = datetime.now(timezone.utc)
    tag = bucket.put("in/a b.txt", b"12345")
    (call,) = function.wait_for_invocations()
    record = assert_as_documented(call.event)
    assert OBJECT <= set(record["s3"]["object"]) <= OBJECT | {"versionId"}
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["s3"]["s3SchemaVersion"] == "1.0"
    assert record["s3"]["configurationId"] == f"headrace-{mapping.uuid}"
    assert isinstance(record["s3"]["object"]["size"], int)
    assert record["s3"]["object"]["sequencer"]
    told = datetime.fromisoformat(record["eventTime"].replace("Z", "+00:00"))
    assert abs((told - before).total_seconds()) < 5
    assert call.headers["content-type"] == "application/json"

    read = S3Event(call.event)
    assert read.bucket_name == bucket.name
    assert read.object_key == "in/a b.txt"
    first = read.record
    assert first.event_name == "ObjectCreated:Put"
    assert (first.s3.bucket.arn, first.s3.get_object.size, first.s3.get_object.etag) == (bucket.arn, 5, tag)
    assert first.s3.get_object.sequencer == record["s3"]["object"]["sequencer"]
    assert first.user_identity.principal_id
    assert first.request_parameters.source_ip_address
    assert first.response_elements["x-amz-request-id"]


def test_a_removal_has_the_documented_shape(bucket_scene: Scene) -> None:
    """Documented: a removal names no size and no entity tag; ministack's and moto's do."""
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    bucket.put("old")
    bucket_scene.mapping(bucket, function, S3EventSourceConfig=on_objects(REMOVED))
    bucket.remove("old")
    (call,) = function.wait_for_invocations()
    record = assert_as_documented(call.event)
    assert record["eventName"] == "ObjectRemoved:Delete"
    assert {"key", "sequencer"} <= set(record["s3"]["object"]) <= OBJECT
    assert S3Event(call.event).object_key == "old"


def test_a_versioned_object_has_its_version(bucket_scene: Scene) -> None:
    if bucket_scene.server.name == "moto":
        pytest.skip("moto 5.2 names no version in its events")
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    bucket.keep_versions()
    bucket_scene.mapping(bucket, function)
    bucket.put("kept")
    (call,) = function.wait_for_invocations()
    record = assert_as_documented(call.event)
    assert record["s3"]["object"]["versionId"]
    assert S3Event(call.event).record.s3.get_object.version_id == record["s3"]["object"]["versionId"]


def test_members_that_a_server_leaves_out_are_there(webhook_scene: Scene) -> None:
    """The least that a server can post becomes an event of AWS's shape: no function stumbles over what is missing. Only
    what the object itself is has to be told: nobody else knows its size and its tag."""
    function = webhook_scene.function()
    bucket = "least-" + function.name
    webhook_scene.mapping(NamedBucket(bucket), function)
    posted = {**MINIMAL, "s3": {"bucket": {"name": bucket}, "object": {"key": "some+key", "size": 3, "eTag": "e"}}}
    assert webhook_scene.post("s3", {"Records": [posted]}).json == {"accepted": 1}
    (call,) = function.wait_for_invocations()
    record = assert_as_documented(call.event)
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["awsRegion"] == "us-east-1"
    assert record["s3"]["bucket"]["arn"] == f"arn:aws:s3:::{bucket}"
    assert record["s3"]["object"]["key"] == "some+key"
