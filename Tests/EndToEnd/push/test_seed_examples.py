"""The examples of the CDK module that this project comes from, each from end to end: what a stack made of them would
ask for, with the very parameters that their templates hold, and a function as Lambda runs it.

The parameters stand here as tables of our own. Where the templates lie beside this checkout, a last test compares them.
`HEADRACE_RETRIES=full` waits for all ten retries of the DynamoDB example, which takes minutes.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

from peers.lambda_runtimes import LambdaRIC
from peers.mappings import Mapping, deliveries
from peers.queues import wait_for_document
from peers.stage import Source, on_failure, unique
from peers.topics import number, text
from peers.waiting import wait_until
from push.scene import Scene, on_objects
from streams.dynamodb_table import Table
from streams.kinesis_stream import Stream

TEMPLATES = Path(__file__).resolve().parents[4] / "shared" / "templates"

HANDLER = """
import json

def handler(event, context):
    print("GOT " + json.dumps(event), flush=True)
    if "poison" in json.dumps(event):
        raise ValueError("intended")
    return len(event["Records"])
"""
"""The examples' own handler (the last line), which also prints, and fails on demand."""

# What the templates ask for, without what only a stack knows (names and ARNs).

QUEUE = {"ReceiveMessageWaitTimeSeconds": 20, "VisibilityTimeout": 30}
QUEUE_MAPPING = {"BatchSize": 10}

BUCKET_NOTIFICATIONS: List[Dict[str, Any]] = [
    on_objects("s3:ObjectCreated:*", prefix="subdir/"),
    on_objects("s3:ObjectRemoved:*", prefix="subdir/"),
]

FILTER_POLICY: Dict[str, Any] = {
    "color": ["red", "orange", {"prefix": "bl"}],
    "size": [{"anything-but": ["small", "medium"]}],
    "price": [{"numeric": [">", 300]}, {"numeric": [">=", 100, "<=", 200]}],
    "store": [{"exists": True}],
}

TABLE_KEY, TABLE_VIEW = "id", "NEW_IMAGE"
TABLE_MAPPING = {
    "BatchSize": 5, "BisectBatchOnFunctionError": True, "MaximumRetryAttempts": 10, "StartingPosition": "TRIM_HORIZON",
}

STREAM_SHARDS = 1
STREAM_MAPPING = {"BatchSize": 100, "StartingPosition": "TRIM_HORIZON"}


class Function:
    """A process with Lambda's runtime, and what it has printed."""

    def __init__(self, scene: Scene, lambda_ric: Callable[..., LambdaRIC]) -> None:
        self.name = unique("MyFunction")
        self._runtime = lambda_ric(f"127.0.0.1:{scene.process.port}/_headrace/runtime/{self.name}", HANDLER)

    @property
    def events(self) -> List[Any]:
        return [json.loads(line.split("GOT ", 1)[1]) for line in list(self._runtime.lines) if "GOT " in line]

    @property
    def records(self) -> List[Dict[str, Any]]:
        return [record for event in self.events for record in event["Records"]]

    def wait_for(self, is_right: Callable[[List[Dict[str, Any]]], object], what: str) -> List[Dict[str, Any]]:
        return wait_until(lambda: self.records, is_right, 30, what)


@pytest.fixture
def function(ministack_scene: Scene, lambda_ric: Callable[..., LambdaRIC]) -> Function:
    return Function(ministack_scene, lambda_ric)


def mapped(scene: Scene, source: Source, function: Function, **parameters: Any) -> Mapping:
    mapping = scene.mapping(source, function.name, **parameters)
    for name, value in parameters.items():
        shown = mapping.created[name]
        assert shown == value or value.items() <= shown.items(), name
    return mapping


def test_the_queue(ministack_scene: Scene, function: Function) -> None:
    queue = ministack_scene.queue(**QUEUE)
    mapping = mapped(ministack_scene, queue, function, **QUEUE_MAPPING)
    queue.send_all([f"message {index}" for index in range(25)])
    records = function.wait_for(lambda found: len(found) >= 25, "25 messages")
    assert sorted(record["body"] for record in records) == sorted(f"message {index}" for index in range(25))
    assert max(len(event["Records"]) for event in function.events) <= 10
    queue.wait_until_empty()
    entries = mapping.wait_for_deliveries()
    assert entries[0]["answer"] == entries[0]["batchSize"]


def test_the_bucket(ministack_scene: Scene, function: Function) -> None:
    bucket = ministack_scene.bucket()
    mappings = [
        mapped(ministack_scene, bucket, function, S3EventSourceConfig=config) for config in BUCKET_NOTIFICATIONS
    ]
    for key in ("subdir/one", "elsewhere/two", "subdir/three"):
        bucket.put(key)
    function.wait_for(lambda found: len(found) >= 2, "two new objects")
    for key in ("subdir/one", "elsewhere/two"):
        bucket.remove(key)
    bucket.put("subdir/last")
    records = function.wait_for(lambda found: len(found) >= 4, "four events")
    assert sorted((record["eventName"], record["s3"]["object"]["key"]) for record in records) == [
        ("ObjectCreated:Put", "subdir/last"), ("ObjectCreated:Put", "subdir/one"),
        ("ObjectCreated:Put", "subdir/three"), ("ObjectRemoved:Delete", "subdir/one"),
    ]
    assert [entry["answer"] for entry in mappings[1].wait_for_deliveries()] == [1]


def test_the_topic(ministack_scene: Scene, function: Function) -> None:
    topic, dead = ministack_scene.topic(), ministack_scene.queue()
    config = {"FilterPolicy": json.dumps(FILTER_POLICY), "DeadLetterQueueArn": dead.arn}
    mapped(ministack_scene, topic, function, SNSEventSourceConfig=config)
    good = {"color": text("blue"), "size": text("large"), "price": number("150"), "store": text("here")}
    topic.publish("good", good)
    for name, change in {
        "color": text("green"), "size": text("small"), "price": number("250"),
    }.items():
        topic.publish(f"bad {name}", {**good, name: change})
    topic.publish("no store", {name: value for name, value in good.items() if name != "store"})
    topic.publish("nothing at all")
    topic.publish("poison", {**good, "price": number("301")})
    message = ministack_scene.dead_letter(dead)
    assert json.loads(message["Body"])["Records"][0]["Sns"]["Message"] == "poison"
    assert message["MessageAttributes"]["ErrorMessage"]["StringValue"]
    messages = [record["Sns"]["Message"] for record in function.records]
    assert sorted(messages) == ["good", "poison", "poison", "poison"]


def test_the_table(ministack_scene: Scene, function: Function) -> None:
    table, dead = table_of(ministack_scene), ministack_scene.queue()
    names = ["a", "b", "poison", "c", "d", "e", "f"]
    for name in names:
        table.put_text(name)
    mapping = mapped(ministack_scene, table, function, DestinationConfig=on_failure(dead), **TABLE_MAPPING)
    # Bisected until it stands alone, what came before it is done, and it is tried again by itself.
    function.wait_for(lambda _: alone(function) >= 3, "three tries of the poison alone")
    assert max(len(event["Records"]) for event in function.events) == 5
    assert delivered(mapping) == ["a", "b"]
    if os.environ.get("HEADRACE_RETRIES") == "full":
        document = wait_for_document(dead, 300)
        assert document["requestContext"]["approximateInvokeCount"] == 11
    else:
        mapping.update_and_wait(MaximumRetryAttempts=0)
        document = wait_for_document(dead, 60)
    assert document["DDBStreamBatchInfo"]["batchSize"] == 1
    assert document["DDBStreamBatchInfo"]["streamArn"] == table.arn
    wait_until(lambda: delivered(mapping), lambda seen: seen == ["a", "b", "c", "d", "e", "f"], 30, "all the others")
    images = [record["dynamodb"] for record in function.records]
    assert all("NewImage" in image and "OldImage" not in image for image in images)


def table_of(scene: Scene) -> Table:
    table = Table(scene.server, unique("MyTable"), TABLE_VIEW, TABLE_KEY)
    scene.at_the_end(table.delete)
    return table


def names_in(event: Any) -> List[str]:
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]]


def alone(function: Function) -> int:
    """How often the poison was the only record."""
    return sum(names_in(event) == ["poison"] for event in function.events)


def delivered(mapping: Mapping) -> List[str]:
    """The items of the batches that were done, in order, from the journal."""
    page = deliveries(mapping.process, mapping.uuid, limit=1000)["deliveries"]
    return [name for entry in page if entry["outcome"] == "success" for name in names_in(entry["event"])]


def test_the_stream(ministack_scene: Scene, function: Function) -> None:
    stream = Stream(ministack_scene.server, unique("MyStream"), STREAM_SHARDS)
    ministack_scene.at_the_end(stream.delete)
    puts = stream.put_all([(f"record {index}", f"key-{index % 7}") for index in range(150)])
    mapped(ministack_scene, stream, function, **STREAM_MAPPING)
    puts += stream.put_all([(f"more {index}", "key") for index in range(10)])
    records = function.wait_for(lambda found: len(found) >= 160, "160 records")
    assert [record["eventID"] for record in records] == [put.id for put in puts]
    assert len(function.events[0]["Records"]) == 100


# The tables against the templates themselves.


def template(name: str) -> Dict[str, Any]:
    path = TEMPLATES / f"v1_readme_{name}.json"
    if not path.is_file():
        pytest.skip(f"The templates of the examples are not here: {path}")
    resources: Dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["Resources"]
    return resources


def properties(resources: Dict[str, Any], kind: str) -> List[Dict[str, Any]]:
    return [each.get("Properties", {}) for each in resources.values() if each["Type"] == kind]


def mapping_of(resources: Dict[str, Any]) -> Dict[str, Any]:
    """The parameters of the only mapping, without what only a stack knows."""
    (found,) = properties(resources, "AWS::Lambda::EventSourceMapping")
    return {name: value for name, value in found.items() if name not in ("EventSourceArn", "FunctionName")}


def test_the_tables_are_those_of_the_templates() -> None:
    queue = template("sqs")
    assert properties(queue, "AWS::SQS::Queue") == [QUEUE]
    assert mapping_of(queue) == QUEUE_MAPPING

    (notifications,) = properties(template("s3"), "Custom::S3BucketNotifications")
    configurations = notifications["NotificationConfiguration"]["LambdaFunctionConfigurations"]
    assert [
        {name: value for name, value in each.items() if name != "LambdaFunctionArn"} for each in configurations
    ] == BUCKET_NOTIFICATIONS
    assert list(notifications["NotificationConfiguration"]) == ["LambdaFunctionConfigurations"]

    (subscription,) = properties(template("sns"), "AWS::SNS::Subscription")
    assert subscription["Protocol"] == "lambda"
    assert subscription["FilterPolicy"] == FILTER_POLICY
    assert list(subscription["RedrivePolicy"]) == ["deadLetterTargetArn"]
    assert set(subscription) == {"Protocol", "TopicArn", "Endpoint", "FilterPolicy", "RedrivePolicy"}

    table = template("dynamodb")
    (described,) = properties(table, "AWS::DynamoDB::Table")
    assert described["KeySchema"] == [{"AttributeName": TABLE_KEY, "KeyType": "HASH"}]
    assert described["StreamSpecification"] == {"StreamViewType": TABLE_VIEW}
    given = mapping_of(table)
    assert set(given.pop("DestinationConfig")) == {"OnFailure"}
    assert given == TABLE_MAPPING

    stream = template("kinesis")
    assert properties(stream, "AWS::Kinesis::Stream")[0]["ShardCount"] == STREAM_SHARDS
    assert mapping_of(stream) == STREAM_MAPPING

    intro = template("intro")
    assert properties(intro, "AWS::SQS::Queue") == [{}]
    assert mapping_of(intro) == {}
