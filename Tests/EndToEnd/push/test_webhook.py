"""MinIO's webhook: events of any bucket posted to one address, as MinIO writes them."""

from __future__ import annotations

from typing import Any, Dict, List
from urllib.parse import quote_plus

import pytest
from aws_lambda_powertools.utilities.parser.models import S3Model

from peers.stage import unique
from push.scene import CREATED, REMOVED, NamedBucket, Scene, keys_of, names_of, on_objects


def minio_event(bucket: NamedBucket, key: str, event: str = "s3:ObjectCreated:Put", **of_object: Any) -> Dict[str, Any]:
    """What MinIO posts: the event's name with its prefix, the bucket and key once more in front, the key encoded with
    `url.QueryEscape`, which does not spare the slash.
    """
    encoded = quote_plus(key)
    removed = event.startswith("s3:ObjectRemoved:")
    details: Dict[str, Any] = {} if removed else {
        "size": 5, "eTag": "5d41402abc4b2a76b9719d911017c592", "contentType": "text/plain",
        "userMetadata": {"content-type": "text/plain"},
    }
    return {
        "EventName": event,
        "Key": f"{bucket.name}/{key}",
        "Records": [
            {
                "eventVersion": "2.0",
                "eventSource": "minio:s3",
                "awsRegion": "",
                "eventTime": "2026-11-24T21:22:59.080Z",
                "eventName": event,
                "userIdentity": {"principalId": "minioadmin"},
                "requestParameters": {
                    "principalId": "minioadmin", "region": "", "sourceIPAddress": "127.0.0.1"
                },
                "responseElements": {
                    "x-amz-id-2": "dd9025bab4ad464b049177c95eb6ebf374d3b3fd1af9251148b658df7ac2e3e8",
                    "x-amz-request-id": "1742F7C84C0E0E64",
                    "x-minio-deployment-id": "0d1a6a87-0f3b-4b0f-9d0a-9e0c5f3b8f3a",
                    "x-minio-origin-endpoint": "http://127.0.0.1:9000",
                },
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": "Config",
                    "bucket": {
                        "name": bucket.name, "ownerIdentity": {"principalId": "minioadmin"}, "arn": bucket.arn
                    },
                    "object": {"key": encoded, "sequencer": "1742F7C84C3A9E1B", **details, **of_object},
                },
                "source": {"host": "127.0.0.1", "port": "", "userAgent": "MinIO (linux; amd64) minio-go/v7.0.34"},
            }
        ],
    }


@pytest.fixture
def bucket() -> NamedBucket:
    return NamedBucket(unique("minio"))


def test_a_put_and_a_removal(webhook_scene: Scene, bucket: NamedBucket) -> None:
    function = webhook_scene.function()
    webhook_scene.mapping(bucket, function, S3EventSourceConfig=on_objects(CREATED, REMOVED))
    for event in ("s3:ObjectCreated:Put", "s3:ObjectRemoved:Delete"):
        answer = webhook_scene.post("s3", minio_event(bucket, "in/a b.txt", event))
        assert (answer.status, answer.json) == (200, {"accepted": 1})
    function.wait_for_invocations(2)
    assert sorted(names_of(function)) == ["ObjectCreated:Put", "ObjectRemoved:Delete"]
    for call in function.invocations:
        (record,) = call.records
        assert list(call.event) == ["Records"]
        # As AWS would have written it.
        assert record["eventSource"] == "aws:s3"
        assert record["awsRegion"] == "us-east-1"
        assert record["s3"]["object"]["key"] == "in/a+b.txt"
        assert record["s3"]["bucket"]["arn"] == bucket.arn
        assert record["userIdentity"] == {"principalId": "minioadmin"}
        assert record["eventTime"] == "2026-11-24T21:22:59.080Z"
        S3Model.model_validate(call.event)


def test_keys_are_decoded_and_encoded_anew(webhook_scene: Scene, bucket: NamedBucket) -> None:
    keys = ["a/b c+d%e", "größer/ü.txt", "emoji 👩", "plain", "per%2Fcent", "a&b=c;d", "~-_."]
    function = webhook_scene.function()
    webhook_scene.mapping(bucket, function)
    for key in keys:
        assert webhook_scene.post("s3", minio_event(bucket, key)).json == {"accepted": 1}
    function.wait_for_invocations(len(keys))
    assert sorted(keys_of(function)) == sorted(keys)
    raw = {record["s3"]["object"]["key"] for record in function.records}
    assert {"a/b+c%2Bd%25e", "gr%C3%B6%C3%9Fer/%C3%BC.txt", "per%252Fcent"} <= raw, raw


def test_events_and_filters_are_applied_here(webhook_scene: Scene, bucket: NamedBucket) -> None:
    """MinIO sends what its own rules say; the mapping's hold as well, on the decoded key."""
    function = webhook_scene.function()
    config = on_objects("s3:ObjectCreated:Put", prefix="in put/", suffix="ä.txt")
    webhook_scene.mapping(bucket, function, S3EventSourceConfig=config)
    expected = {
        ("in put/ä.txt", "s3:ObjectCreated:Put"): 1,
        ("in put/deeper/ä.txt", "s3:ObjectCreated:Put"): 1,
        ("in put/ä.txt", "s3:ObjectCreated:Copy"): 0,
        ("in put/ä.txt", "s3:ObjectRemoved:Delete"): 0,
        ("in put/a.txt", "s3:ObjectCreated:Put"): 0,
        ("in%20put/ä.txt", "s3:ObjectCreated:Put"): 0,
        ("in+put/ä.txt", "s3:ObjectCreated:Put"): 0,
        ("ä.txt", "s3:ObjectCreated:Put"): 0,
    }
    for (key, event), accepted in expected.items():
        answer = webhook_scene.post("s3", minio_event(bucket, key, event))
        assert (answer.status, answer.json) == (200, {"accepted": accepted}), (key, event)
    function.wait_for_invocations(2)
    assert sorted(keys_of(function)) == ["in put/deeper/ä.txt", "in put/ä.txt"]


def test_several_mappings_at_once(webhook_scene: Scene) -> None:
    """One post with records of several buckets, each for whoever asks for it; what nobody asks for is no fault."""
    buckets = [NamedBucket(unique("minio")) for _ in range(3)]
    functions = [webhook_scene.function() for _ in range(4)]
    configs = [on_objects(CREATED), on_objects(CREATED, prefix="one/"), on_objects(CREATED, prefix="two/")]
    webhook_scene.mapping(buckets[0], functions[0], S3EventSourceConfig=configs[0])
    webhook_scene.mapping(buckets[1], functions[1], S3EventSourceConfig=configs[1])
    webhook_scene.mapping(buckets[1], functions[2], S3EventSourceConfig=configs[2])
    webhook_scene.mapping(buckets[1], functions[3], S3EventSourceConfig=on_objects(REMOVED))
    records: List[Any] = []
    for bucket in buckets:
        for key in ("one/a", "two/a", "three/a"):
            records += minio_event(bucket, key)["Records"]
    records += minio_event(buckets[1], "gone", "s3:ObjectRemoved:Delete")["Records"]
    answer = webhook_scene.post("s3", {"EventName": "s3:ObjectCreated:Put", "Key": "x", "Records": records})
    assert (answer.status, answer.json) == (200, {"accepted": 3 + 1 + 1 + 1})
    expected = [["one/a", "three/a", "two/a"], ["one/a"], ["two/a"], ["gone"]]
    for function, keys in zip(functions, expected):
        function.wait_for_invocations(len(keys))
        assert sorted(keys_of(function)) == keys
        assert {len(call.records) for call in function.invocations} == {1}


def test_a_disabled_mapping_is_not_told(webhook_scene: Scene, bucket: NamedBucket) -> None:
    function = webhook_scene.function()
    mapping = webhook_scene.mapping(bucket, function)
    mapping.update_and_wait(Enabled=False)
    assert webhook_scene.post("s3", minio_event(bucket, "unseen")).json == {"accepted": 0}
    mapping.update_and_wait(Enabled=True)
    assert webhook_scene.post("s3", minio_event(bucket, "seen")).json == {"accepted": 1}
    function.wait_for_invocations()
    assert keys_of(function) == ["seen"]


def test_what_minio_adds_does_no_harm(webhook_scene: Scene, bucket: NamedBucket) -> None:
    """AWS adds members as well, now and then; those that are documented are all there."""
    function = webhook_scene.function()
    webhook_scene.mapping(bucket, function)
    webhook_scene.post("s3", minio_event(bucket, "a", versionId="v1"))
    (call,) = function.wait_for_invocations()
    (record,) = call.records
    assert set(record) >= {
        "eventVersion", "eventSource", "awsRegion", "eventTime", "eventName", "userIdentity", "requestParameters",
        "responseElements", "s3",
    }
    assert set(record["s3"]["object"]) >= {"key", "size", "eTag", "versionId", "sequencer"}
    assert record["s3"]["object"]["versionId"] == "v1"
    assert record["requestParameters"]["sourceIPAddress"] == "127.0.0.1"
    S3Model.model_validate(call.event)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/octet-stream", None])
def test_the_content_type_does_not_matter(
    webhook_scene: Scene, bucket: NamedBucket, content_type: Any
) -> None:
    function = webhook_scene.function()
    webhook_scene.mapping(bucket, function)
    headers = {"Content-Type": content_type} if content_type else {}
    assert webhook_scene.post("s3", minio_event(bucket, "a"), headers).json == {"accepted": 1}
    function.wait_for_invocations()


def test_the_webhook_is_open_beside_queues(ministack_scene: Scene) -> None:
    """`--s3-via` says what Headrace does with buckets; what is posted is taken either way."""
    bucket, function = ministack_scene.bucket(), ministack_scene.function()
    ministack_scene.mapping(bucket, function)
    answer = ministack_scene.post("s3", minio_event(NamedBucket(bucket.name), "posted"))
    assert (answer.status, answer.json) == (200, {"accepted": 1})
    bucket.put("by the queue")
    function.wait_for_invocations(2)
    assert sorted(keys_of(function)) == ["by the queue", "posted"]
