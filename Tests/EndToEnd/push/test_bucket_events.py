"""What happens in a bucket reaches the function: every kind of event, the keys and events that a mapping asks for."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

from peers.buckets import Bucket
from peers.http_function import HTTPFunction
from peers.mappings import Mapping
from push.scene import CREATED, REMOVED, Scene, keys_of, names_of, on_objects

ODD_KEYS = [
    "with space", "plus+sign", "per%cent", "per%2Fcent", "a/b/c", "größer.txt", "日本語/ファイル", "emoji 👩",
    "tilde~dot.dash-under_", "quote\"apos'", "and&equals=", "hash#question?", "semi;colon:at@", "brackets[]{}()",
    "dollar$star*bang!", "comma,back\\slash", "e\u0301 combining", "double  space",
]

LAST = "the last one"


def wait_for_last(
    scene: Scene, mapping: Mapping, bucket: Bucket, function: HTTPFunction, count: int, key: str = LAST
) -> None:
    """Puts one more object when all others have been judged, and waits until it is there and so many events in all."""
    scene.wait_until_accepted(mapping)
    bucket.put(key)
    function.wait_for(
        lambda: key in keys_of(function) and len(function.invocations) >= count, f"{count} events, the last among them"
    )


def test_an_object_that_is_put_invokes_the_function(bucket_scene: Scene) -> None:
    scene, bucket, function = bucket_scene, bucket_scene.bucket(), bucket_scene.function()
    mapping = scene.mapping(bucket, function, wait=False)
    tag = bucket.put("orders/1.json", b"12345")
    (call,) = function.wait_for_invocations()
    (record,) = call.records
    assert record["eventSource"] == "aws:s3"
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["awsRegion"] == "us-east-1"
    assert record["s3"]["bucket"]["name"] == bucket.name
    assert record["s3"]["bucket"]["arn"] == bucket.arn
    assert (record["s3"]["object"]["key"], record["s3"]["object"]["size"]) == ("orders/1.json", 5)
    assert record["s3"]["object"]["eTag"] == tag
    entry = mapping.wait_for_deliveries()[0]
    assert (entry["batchSize"], entry["attempt"], entry["outcome"]) == (1, 1, "success")
    assert mapping.wait_for_result(lambda result: result == "OK")


def test_each_event_is_an_invocation_of_its_own(bucket_scene: Scene) -> None:
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    bucket_scene.mapping(bucket, function)
    keys = [f"object-{number}" for number in range(20)]
    for key in keys:
        bucket.put(key)
    function.wait_for_invocations(20)
    assert sorted(keys_of(function)) == sorted(keys)
    assert {len(call.records) for call in function.invocations} == {1}


def created_by_copy(bucket: Bucket) -> None:
    bucket.copy("there before", "copy")


def created_in_parts(bucket: Bucket) -> None:
    bucket.put_in_parts("parts", b"x" * 5_242_880, b"y")


def removed(bucket: Bucket) -> None:
    bucket.remove("there before")


def removed_with_others(bucket: Bucket) -> None:
    bucket.remove("there before", "there before as well")


def marked_as_deleted(bucket: Bucket) -> None:
    bucket.keep_versions()
    bucket.remove("there before")


KINDS: Dict[str, Tuple[Any, str, List[Tuple[str, str]]]] = {
    "copy": (created_by_copy, CREATED, [("ObjectCreated:Copy", "copy")]),
    "parts": (created_in_parts, CREATED, [("ObjectCreated:CompleteMultipartUpload", "parts")]),
    "removal": (removed, REMOVED, [("ObjectRemoved:Delete", "there before")]),
    "removals": (
        removed_with_others, REMOVED,
        [("ObjectRemoved:Delete", "there before"), ("ObjectRemoved:Delete", "there before as well")],
    ),
    "delete marker": (marked_as_deleted, REMOVED, [("ObjectRemoved:DeleteMarkerCreated", "there before")]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_arrives_under_its_name(bucket_scene: Scene, kind: str) -> None:
    act, events, expected = KINDS[kind]
    if bucket_scene.server.name == "moto" and kind == "delete marker":
        pytest.skip("moto 5.2 tells of no removal in a bucket that keeps versions")
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    bucket.put("there before")
    bucket.put("there before as well")
    bucket_scene.mapping(bucket, function, S3EventSourceConfig=on_objects(events))
    act(bucket)
    function.wait_for(lambda: set(expected) <= arrived(function), f"{expected}")
    # moto tells of a multipart upload twice, as Put as well.
    doubled = {("ObjectCreated:Put", "parts")} if bucket_scene.server.name == "moto" else set()
    assert arrived(function) - doubled == set(expected)


def arrived(function: HTTPFunction) -> "set[Tuple[str, str]]":
    return set(zip(names_of(function), keys_of(function)))


def test_by_default_only_what_is_created_arrives(bucket_scene: Scene) -> None:
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    bucket.put("old")
    mapping = bucket_scene.mapping(bucket, function)
    assert mapping.created["S3EventSourceConfig"] == {"Events": [CREATED]}
    bucket.remove("old")
    bucket.put("new")
    wait_for_last(bucket_scene, mapping, bucket, function, 2)
    assert sorted(keys_of(function)) == ["new", LAST]


def test_one_name_of_a_kind_leaves_out_the_others(bucket_scene: Scene) -> None:
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    bucket.put("old")
    mapping = bucket_scene.mapping(bucket, function, S3EventSourceConfig=on_objects("s3:ObjectCreated:Copy"))
    bucket.put("put")
    bucket.copy("old", "copied")
    bucket.remove("put")
    bucket_scene.wait_until_accepted(mapping)
    bucket.copy("old", LAST)
    function.wait_for_invocations(2)
    assert arrived(function) == {("ObjectCreated:Copy", "copied"), ("ObjectCreated:Copy", LAST)}


def test_several_events_in_one_mapping(bucket_scene: Scene) -> None:
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    bucket.put("old")
    events = on_objects("s3:ObjectCreated:Put", "s3:ObjectRemoved:Delete")
    mapping = bucket_scene.mapping(bucket, function, S3EventSourceConfig=events)
    bucket.put("new")
    bucket.copy("new", "copy")
    bucket.remove("old")
    wait_for_last(bucket_scene, mapping, bucket, function, 3)
    assert arrived(function) == {
        ("ObjectCreated:Put", "new"), ("ObjectRemoved:Delete", "old"), ("ObjectCreated:Put", LAST),
    }


FILTERS: Dict[str, Tuple[Dict[str, str], List[str]]] = {
    "prefix": ({"prefix": "in/"}, ["in/a.jpg", "in/b.png", "in/größer.jpg"]),
    "suffix": ({"suffix": ".jpg"}, ["in/a.jpg", "out/a.jpg", "in/größer.jpg", ".jpg"]),
    "both": ({"prefix": "in/", "suffix": ".jpg"}, ["in/a.jpg", "in/größer.jpg"]),
    "odd letters": ({"prefix": "in/gr", "suffix": "ßer.jpg"}, ["in/größer.jpg"]),
    "a space": ({"prefix": "with "}, ["with space.png"]),
    # Prefix and suffix may share letters: S3 looks at each by itself.
    "shared": ({"prefix": ".j", "suffix": "jpg"}, [".jpg"]),
}
PUT = ["in/a.jpg", "in/b.png", "out/a.jpg", "In/a.gif", "in/größer.jpg", "with space.png", ".jpg", "inn"]


@pytest.mark.parametrize("name", FILTERS)
def test_prefix_and_suffix_choose_keys(bucket_scene: Scene, name: str) -> None:
    rules, expected = FILTERS[name]
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    mapping = bucket_scene.mapping(bucket, function, S3EventSourceConfig=on_objects(CREATED, **rules))
    for key in PUT:
        bucket.put(key)
    last = f"{rules.get('prefix', '')}last{rules.get('suffix', '')}"
    wait_for_last(bucket_scene, mapping, bucket, function, len(expected) + 1, last)
    assert sorted(keys_of(function)) == sorted([*expected, last])


def test_odd_keys_are_encoded_as_s3_encodes_them(bucket_scene: Scene) -> None:
    """`urllib.parse.unquote_plus`, which every example of a function uses, gives the key back."""
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    bucket_scene.mapping(bucket, function)
    for key in ODD_KEYS:
        bucket.put(key)
    function.wait_for(lambda: len(set(keys_of(function))) >= len(ODD_KEYS), "every key", 20)
    assert sorted(keys_of(function)) == sorted(ODD_KEYS)
    raw = [record["s3"]["object"]["key"] for record in function.records]
    assert all(key.isascii() for key in raw), raw
    assert {"with+space", "plus%2Bsign", "per%25cent", "a/b/c", "gr%C3%B6%C3%9Fer.txt"} <= set(raw), raw


def test_the_test_event_reaches_no_function(bucket_scene: Scene) -> None:
    """S3 sends one when a notification is made, with no records in it."""
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    mapping = bucket_scene.mapping(bucket, function)
    mapping.update_and_wait(S3EventSourceConfig=on_objects(CREATED, REMOVED))
    wait_for_last(bucket_scene, mapping, bucket, function, 1)
    assert keys_of(function) == [LAST]
    assert all(call.records for call in function.invocations)
    assert [entry["outcome"] for entry in mapping.wait_for_deliveries()] == ["success"]
