"""The examples of the Swift library, as its documentation shows them: each makes its event source on the real binary, and
what comes from the source reaches the function.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Dict

import pytest

from conftest import ROOT
from headrace_process import clean_environment

from peers.http_function import HTTPFunction
from peers.stage import put_function
from templates.stacks import Stacks

EXAMPLES = Path(os.environ.get("HEADRACE_EXAMPLES", ROOT / ".build" / "debug" / "HeadraceClientExamples"))

EXPECTED: Dict[str, Dict[str, Any]] = {
    "sqs": {"BatchSize": 10, "MaximumBatchingWindowInSeconds": 1, "FunctionResponseTypes": ["ReportBatchItemFailures"]},
    "kinesis": {"BatchSize": 100, "StartingPosition": "TRIM_HORIZON"},
    "dynamodb": {
        "BatchSize": 5, "BisectBatchOnFunctionError": True, "MaximumRetryAttempts": 10, "StartingPosition": "TRIM_HORIZON",
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:failures"}},
    },
    "s3": {
        "S3EventSourceConfig": {
            "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
            "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "subdir/"}]}},
        }
    },
    "sns": {},
}


def run_example(stacks: Stacks, *arguments: str) -> str:
    assert EXAMPLES.exists(), f"{EXAMPLES} is not there: `swift build` makes it"
    environment = clean_environment({
        "AWS_ENDPOINT_URL_LAMBDA": stacks.process.url, "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "000000000000", "AWS_SECRET_ACCESS_KEY": "test",
    })
    result = subprocess.run(
        [EXAMPLES, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def make_source(stacks: Stacks, kind: str) -> str:
    """The sources that an example names; gives what else it has to be told."""
    client = stacks.server.client
    for name in ("orders", "unpainted", "failures"):
        client("sqs").create_queue(QueueName=name)
    client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    client("s3").create_bucket(Bucket="pictures")
    client("sns").create_topic(Name="colors")
    if kind != "dynamodb":
        return ""
    table = client("dynamodb").create_table(
        TableName="changes", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    return table["TableDescription"]["LatestStreamArn"]


def send_one(stacks: Stacks, kind: str) -> None:
    client = stacks.server.client
    if kind == "sqs":
        url = client("sqs").get_queue_url(QueueName="orders")["QueueUrl"]
        client("sqs").send_message(QueueUrl=url, MessageBody="hello")
    elif kind == "kinesis":
        client("kinesis").put_record(StreamName="clicks", PartitionKey="a", Data=b"hello")
    elif kind == "dynamodb":
        client("dynamodb").put_item(TableName="changes", Item={"id": {"S": "hello"}})
    elif kind == "s3":
        client("s3").put_object(Bucket="pictures", Key="subdir/hello", Body=b"x")
    else:
        client("sns").publish(
            TopicArn="arn:aws:sns:us-east-1:000000000000:colors", Message="hello",
            MessageAttributes={
                "color": {"DataType": "String", "StringValue": "blue"}, "size": {"DataType": "String", "StringValue": "large"},
                "price": {"DataType": "Number", "StringValue": "150"}, "store": {"DataType": "String", "StringValue": "here"},
            },
        )


@pytest.mark.parametrize("kind", EXPECTED)
def test_an_example_makes_its_event_source_which_delivers(kind: str, stacks: Stacks, function: HTTPFunction) -> None:
    more = make_source(stacks, kind)
    for name in ("orders", "pictures", "colors", "changes", "clicks"):
        put_function(stacks.process, name, function.url)
    uuid = run_example(stacks, kind, *([more] if more else []))
    mapping = stacks.raw_mapping(uuid)
    assert {name: mapping.get(name) for name in EXPECTED[kind]} == EXPECTED[kind]
    send_one(stacks, kind)
    records = json.dumps(function.wait_for_records(1, timeout=30))
    assert "hello" in records or "aGVsbG8=" in records


def test_a_handle_changes_stops_and_deletes(stacks: Stacks) -> None:
    make_source(stacks, "sqs")
    lines = run_example(stacks, "lifecycle").splitlines()
    assert lines[:4] == ["Enabled", "5", "Disabled", "true"]
    assert lines[4].startswith("ResourceNotFoundException (404)")
    assert stacks.mappings() == []
