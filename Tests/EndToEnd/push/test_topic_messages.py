"""What is published reaches the function: messages of any letters, subjects, attributes, as Lambda's event."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone
from typing import Any, Dict

from aws_lambda_powertools.utilities.data_classes import SNSEvent
from aws_lambda_powertools.utilities.parser.models import SnsModel

from peers.topics import array, binary, number, text
from push.scene import Scene, messages_of

SNS = [
    "Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "SignatureVersion", "Signature",
    "SigningCertUrl", "UnsubscribeUrl", "MessageAttributes",
]

ODD_MESSAGES = [
    " ", "größer, 日本語, עברית, \u200b", "👩‍👩‍👧‍👦 \U0010fffd",
    "tab\t newline\n return\r", "\u2028 \u2029 \x7f",
    "null", "{not json",
    '{ "b" : 1.0e+2,\n\t"a":[ 1,2 , 3.50 ], "big": 12345678901234567890.123456789, "s": "\\u00e9\\/" }',
    "\"\\\"\\\\\"'`", "http:\\/\\/example.com\\/", "<a href=\"x\">&amp; & </a>", "x" * 100_000,
]


def test_a_message_invokes_the_function(topic_scene: Scene) -> None:
    scene, topic, function = topic_scene, topic_scene.topic(), topic_scene.function()
    mapping = scene.mapping(topic, function, wait=False)
    identifier = topic.publish("hello")
    (call,) = function.wait_for_invocations()
    (record,) = call.records
    assert list(call.event) == ["Records"]
    assert set(record) == {"EventSource", "EventVersion", "EventSubscriptionArn", "Sns"}
    assert (record["EventSource"], record["EventVersion"]) == ("aws:sns", "1.0")
    sns = record["Sns"]
    assert (sns["MessageId"], sns["Message"], sns["Type"]) == (identifier, "hello", "Notification")
    assert sns["TopicArn"] == topic.arn
    assert sns["Subject"] is None
    assert sns["MessageAttributes"] == {}
    entry = mapping.wait_for_deliveries()[0]
    assert (entry["batchSize"], entry["attempt"], entry["outcome"]) == (1, 1, "success")
    assert entry["eventSourceArn"] == topic.arn
    mapping.wait_for_result(lambda result: result == "OK")


def test_the_event_has_lambdas_shape(topic_scene: Scene) -> None:
    """Members as Lambda names them: an HTTP endpoint is given SigningCertURL and UnsubscribeURL, a function is not."""
    topic, function = topic_scene.topic(), topic_scene.function()
    topic_scene.mapping(topic, function)
    before = datetime.now(timezone.utc)
    topic.publish('{"order": 1}', Subject="An order")
    (call,) = function.wait_for_invocations()
    (record,) = call.records
    sns = record["Sns"]
    assert sorted(sns) == sorted(SNS)
    assert sns["Subject"] == "An order"
    assert sns["SigningCertUrl"].startswith("https://sns.us-east-1.amazonaws.com/")
    assert sns["Signature"] and sns["SignatureVersion"] in ("1", "2")
    assert "Action=Unsubscribe" in sns["UnsubscribeUrl"]
    told = datetime.fromisoformat(sns["Timestamp"].replace("Z", "+00:00"))
    assert abs((told - before).total_seconds()) < 5
    # The mapping's own subscription.
    (subscription,) = topic.subscriptions()
    assert record["EventSubscriptionArn"] == subscription["SubscriptionArn"]
    assert record["EventSubscriptionArn"].startswith(topic.arn + ":")

    SnsModel.model_validate(call.event)
    read = SNSEvent(call.event)
    assert read.sns_message == '{"order": 1}'
    message = read.record.sns
    assert (message.subject, message.topic_arn, message.message_attributes) == ("An order", topic.arn, {})
    assert message.signing_cert_url == sns["SigningCertUrl"]
    assert message.unsubscribe_url == sns["UnsubscribeUrl"]
    assert read.record.event_subscription_arn == subscription["SubscriptionArn"]


def test_attributes_of_each_type_arrive(attributes_scene: Scene) -> None:
    topic, function = attributes_scene.topic(), attributes_scene.function()
    attributes_scene.mapping(topic, function)
    given: Dict[str, Any] = {
        "text": text("größer"),
        "number": number("12.50"),
        "array": array('["a", 1, true, null]'),
        "binary": binary(b"\x00\xff\x01"),
        "with.dots-and_dashes": text(" "),
    }
    topic.publish("hello", given, Subject="subject")
    (call,) = function.wait_for_invocations()
    # ministack 1.5 writes no binary value.
    data = "" if attributes_scene.server.name == "ministack" else base64.b64encode(b"\x00\xff\x01").decode()
    assert call.records[0]["Sns"]["MessageAttributes"] == {
        "text": {"Type": "String", "Value": "größer"},
        "number": {"Type": "Number", "Value": "12.50"},
        "array": {"Type": "String.Array", "Value": '["a", 1, true, null]'},
        "binary": {"Type": "Binary", "Value": data},
        "with.dots-and_dashes": {"Type": "String", "Value": " "},
    }
    SnsModel.model_validate(call.event)
    read = SNSEvent(call.event).record.sns.message_attributes
    assert (read["number"].get_type, read["number"].value) == ("Number", "12.50")


def test_odd_messages_arrive_untouched(topic_scene: Scene) -> None:
    topic, function = topic_scene.topic(), topic_scene.function()
    topic_scene.mapping(topic, function)
    for message in ODD_MESSAGES:
        topic.publish(message)
    function.wait_for_invocations(len(ODD_MESSAGES), timeout=20)
    assert sorted(messages_of(function)) == sorted(ODD_MESSAGES)


def test_each_message_is_an_invocation_of_its_own(topic_scene: Scene) -> None:
    topic, function = topic_scene.topic(), topic_scene.function()
    topic_scene.mapping(topic, function)
    sent = {topic.publish(f"message-{number}") for number in range(30)}
    function.wait_for_invocations(30)
    assert {len(call.records) for call in function.invocations} == {1}
    assert set(function.ids) == sent


def test_two_functions_of_one_topic_both_get_everything(topic_scene: Scene) -> None:
    topic, one, two = topic_scene.topic(), topic_scene.function(), topic_scene.function()
    for function in (one, two):
        topic_scene.mapping(topic, function)
    sent = {topic.publish(f"message-{number}") for number in range(5)}
    for function in (one, two):
        function.wait_for_invocations(5)
        assert set(function.ids) == sent
    arns = {record["EventSubscriptionArn"] for function in (one, two) for record in function.records}
    assert arns == {each["SubscriptionArn"] for each in topic.subscriptions()}


def test_members_that_a_server_leaves_out_are_there(ministack_scene: Scene) -> None:
    """The least that can be posted becomes an event of Lambda's shape."""
    topic, function = ministack_scene.topic(), ministack_scene.function()
    mapping = ministack_scene.mapping(topic, function)
    least = {"Type": "Notification", "MessageId": "m-1", "TopicArn": topic.arn, "Message": "least"}
    answer = ministack_scene.post(f"sns/{mapping.uuid}", least)
    assert (answer.status, answer.json) == (200, {"accepted": 1})
    (call,) = function.wait_for_invocations()
    assert sorted(call.records[0]["Sns"]) == sorted(SNS)
    assert json.dumps(call.records[0]["Sns"]["Subject"]) == "null"
    assert call.records[0]["Sns"]["MessageId"] == "m-1"
