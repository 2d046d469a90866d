"""The event of an SQS mapping: recorded-facts section 6, key for key, and every body untouched."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Dict, List

import pytest

from delivery.scene import Scene
from peers.http_function import Invocation, failing

# As AWS sends them (recorded).
RECORD_KEYS = [
    "messageId", "receiptHandle", "body", "attributes", "messageAttributes",
    "md5OfMessageAttributes", "md5OfBody", "eventSource", "eventSourceARN", "awsRegion",
]
ATTRIBUTE_KEYS = ["ApproximateReceiveCount", "SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"]
FIFO_ATTRIBUTE_KEYS = ["SequenceNumber", "MessageGroupId", "MessageDeduplicationId"]

ODD_BODIES = {
    "blank": " ",
    "unicode": "größer, čeština, 日本語, עברית, \u200bzero width, e\u0301 combining",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 \U0001f4a9 \U0010fffd",
    "escaped slashes": "http:\\/\\/example.com\\/ and http://example.com/ and \\u002f",
    "control characters": "tab\t newline\n return\r end",
    "line separators": "\u2028 and \u2029 and \u0085 and \u007f",
    "last of the basic plane": "\ufffd \ue000 \ud7ff",
    "odd JSON": '{ "b" : 1.0e+2,\n\t"a":[ 1,2 , 3.50 ], "b":"\\u00e9\\/", "big": 12345678901234567890.123456789 }',
    "JSON in JSON": json.dumps({"inner": json.dumps({"text": 'a "quoted" \\ word'})}),
    "quotes and backslashes": "\"\\\"\\\\\"'`",
    "not quite JSON": "{not a json body",
    "literal null": "null",
    "markup": "<a href=\"x\">&amp; & </a><![CDATA[ ]]>",
}


def raw_records(invocation: Invocation) -> List[bytes]:
    """The records as bytes: every object's pairs are put together again in the order in which they were read."""
    pairs = json.loads(invocation.payload, object_pairs_hook=lambda pairs: pairs)
    assert [name for name, _ in pairs] == ["Records"]
    return pairs[0][1]


def keys(pairs: Any) -> List[str]:
    return [name for name, _ in pairs]


def member(pairs: Any, name: str) -> Any:
    return next(value for key, value in pairs if key == name)


@pytest.mark.parametrize("window", [0, 1])
def test_a_record_has_the_recorded_keys_in_the_recorded_order(scene: Scene, window: int) -> None:
    queue, function = scene.queue(), scene.function()
    scene.mapping(queue, function, MaximumBatchingWindowInSeconds=window)
    sent = queue.send('{"foo": "bar"}')
    (invocation,) = function.wait_for_invocations()
    queue.wait_until_empty()

    (pairs,) = raw_records(invocation)
    # `null` with a window and absent without: two pollers on AWS's side (116 and 14 records seen).
    absent = [] if window else ["md5OfMessageAttributes"]
    assert keys(pairs) == [key for key in RECORD_KEYS if key not in absent]
    assert keys(member(pairs, "attributes")) == ATTRIBUTE_KEYS

    (record,) = invocation.records
    assert record["messageId"] == sent["MessageId"]
    assert record["body"] == '{"foo": "bar"}'
    assert record["md5OfBody"] == hashlib.md5(b'{"foo": "bar"}').hexdigest() == sent["MD5OfMessageBody"]
    assert record["messageAttributes"] == {}
    assert record.get("md5OfMessageAttributes") is None
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == queue.arn
    assert record["awsRegion"] == "us-east-1"
    assert record["receiptHandle"]
    attributes = record["attributes"]
    assert all(isinstance(value, str) for value in attributes.values())
    assert attributes["ApproximateReceiveCount"] == "1"
    assert attributes["SentTimestamp"].isdigit() and attributes["ApproximateFirstReceiveTimestamp"].isdigit()
    assert attributes["SenderId"]


@pytest.mark.parametrize("window", [0, 1])
def test_message_attributes_are_written_as_recorded(scene: Scene, window: int) -> None:
    queue, function = scene.queue(), scene.function()
    scene.mapping(queue, function, BatchSize=1, MaximumBatchingWindowInSeconds=window)
    sent = queue.send("body", MessageAttributes={
        "Title": {"DataType": "String", "StringValue": "The Whistler"},
        "Author": {"DataType": "String", "StringValue": "John Grisham"},
        "WeeksOn": {"DataType": "Number", "StringValue": "6"},
    })
    (invocation,) = function.wait_for_invocations()

    (pairs,) = raw_records(invocation)
    assert keys(pairs) == RECORD_KEYS
    for _, attribute in member(pairs, "messageAttributes"):
        assert keys(attribute) == ["stringValue", "stringListValues", "binaryListValues", "dataType"]
    (record,) = invocation.records
    assert record["messageAttributes"] == {
        "WeeksOn": {"stringValue": "6", "stringListValues": [], "binaryListValues": [], "dataType": "Number"},
        "Author": {
            "stringValue": "John Grisham", "stringListValues": [], "binaryListValues": [], "dataType": "String",
        },
        "Title": {
            "stringValue": "The Whistler", "stringListValues": [], "binaryListValues": [], "dataType": "String",
        },
    }
    # Recorded from AWS for these three attributes; both servers compute the same.
    assert record["md5OfMessageAttributes"] == "d25a6aea97eb8f585bfa92d314504a92" == sent["MD5OfMessageAttributes"]


def test_a_binary_attribute_is_base64_in_binary_value(scene: Scene) -> None:
    """Assumed: no binary attribute was recorded. The key is that of the published event type."""
    queue, function = scene.queue(), scene.function()
    scene.mapping(queue, function)
    data = bytes(range(256))
    sent = queue.send("body", MessageAttributes={
        "Blob": {"DataType": "Binary", "BinaryValue": data},
        "Typed": {"DataType": "Binary.png", "BinaryValue": b"\x89PNG"},
        "Label": {"DataType": "String.label", "StringValue": "ünïcode"},
    })
    (invocation,) = function.wait_for_invocations()
    (record,) = invocation.records
    attributes = record["messageAttributes"]
    assert set(attributes) == {"Blob", "Typed", "Label"}
    assert base64.b64decode(attributes["Blob"]["binaryValue"]) == data
    assert attributes["Blob"]["dataType"] == "Binary"
    assert "stringValue" not in attributes["Blob"]
    assert attributes["Typed"]["dataType"] == "Binary.png"
    assert attributes["Label"]["stringValue"] == "ünïcode"
    assert attributes["Label"]["dataType"] == "String.label"
    for attribute in attributes.values():
        assert attribute["stringListValues"] == attribute["binaryListValues"] == []
    assert record["md5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]


def test_a_fifo_record_has_three_attributes_more(scene: Scene) -> None:
    queue, function = scene.queue(fifo=True), scene.function()
    scene.mapping(queue, function)
    sent = queue.send("body", group="group-1", MessageDeduplicationId="dedup-1")
    (invocation,) = function.wait_for_invocations()
    (record,) = invocation.records
    attributes = record["attributes"]
    # moto 5.2 gives no SequenceNumber with a receive, although it has one.
    given = [key for key in FIFO_ATTRIBUTE_KEYS if key != "SequenceNumber" or scene.server.name != "moto"]
    assert set(ATTRIBUTE_KEYS) | set(given) <= set(attributes) <= set(ATTRIBUTE_KEYS) | set(FIFO_ATTRIBUTE_KEYS)
    assert attributes["MessageGroupId"] == "group-1"
    assert attributes["MessageDeduplicationId"] == "dedup-1"
    if "SequenceNumber" in given:
        assert attributes["SequenceNumber"] == sent["SequenceNumber"]
    assert all(isinstance(value, str) for value in attributes.values())
    assert record["eventSourceARN"] == queue.arn


def test_odd_bodies_arrive_untouched(scene: Scene) -> None:
    queue, function = scene.queue(), scene.function()
    scene.mapping(queue, function)
    for body in ODD_BODIES.values():
        queue.send(body)
    records = function.wait_for_records(len(ODD_BODIES))
    bodies = {record["body"] for record in records}
    for name, body in ODD_BODIES.items():
        assert body in bodies, name
    assert len(bodies) == len(ODD_BODIES)
    for record in records:
        assert record["md5OfBody"] == hashlib.md5(record["body"].encode()).hexdigest()
    queue.wait_until_empty()


@pytest.mark.parametrize("letter", ["x", "é", '"', "👩"], ids=["ascii", "two bytes", "escaped", "four bytes"])
def test_a_body_of_256_kib_arrives_untouched(scene: Scene, letter: str) -> None:
    queue, function = scene.queue(), scene.function()
    scene.mapping(queue, function)
    body = letter * (256 * 1024 // len(letter.encode()))
    queue.send(body)
    (invocation,) = function.wait_for_invocations()
    assert invocation.bodies == [body]
    queue.wait_until_empty()


def test_the_receipt_handle_is_the_queues_own(scene: Scene) -> None:
    """With the record's handle the function may delete its message itself, or hide it for longer."""
    queue = scene.queue()

    def delete_and_fail(invocation: Invocation) -> Any:
        scene.server.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=invocation.records[0]["receiptHandle"])
        return failing(invocation)

    function = scene.function(delete_and_fail)
    scene.mapping(queue, function)
    queue.send("once")
    function.wait_for_invocations()
    queue.wait_until_empty()


def test_a_retry_has_the_same_message_and_a_higher_count(scene: Scene) -> None:
    queue, function = scene.queue(VisibilityTimeout=1), scene.function(failing)
    scene.mapping(queue, function, BatchSize=1)
    queue.send("again", MessageAttributes={"Key": {"DataType": "String", "StringValue": "value"}})
    first, second = function.wait_for_invocations(2)
    function.behaviour = lambda _: None
    queue.wait_until_empty()

    one, two = first.records[0], second.records[0]
    changing = {"receiptHandle", "attributes"}
    assert {key: value for key, value in one.items() if key not in changing} == {
        key: value for key, value in two.items() if key not in changing
    }
    assert one["receiptHandle"] != two["receiptHandle"]
    counts = [record["attributes"]["ApproximateReceiveCount"] for record in (one, two)]
    assert counts == ["1", "2"]
    same = ["SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"]
    assert_same(one["attributes"], two["attributes"], same)


def assert_same(one: Dict[str, Any], two: Dict[str, Any], names: List[str]) -> None:
    assert {name: one[name] for name in names} == {name: two[name] for name in names}
