"""Templates as the CDK makes them, from end to end on a bare emulator: applied, idempotent, and one event of each reaches
the function.

Those of the examples of the CDK module are tried too where they lie beside this checkout.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List

import pytest

from peers.http_function import HTTPFunction
from peers.waiting import wait_until
from templates.stacks import TEMPLATES, Stacks, WriteTemplate, mapping_ids


def of_cdk(resources: Dict[str, Any]) -> Dict[str, Any]:
    """With what the CDK puts around every stack."""
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"ManagedPolicyArns": [{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/x"]]}]},
    }
    function = {
        "Type": "AWS::Lambda::Function", "DependsOn": ["Role1"],
        "Properties": {"Role": {"Fn::GetAtt": ["Role1", "Arn"]}, "Handler": "index.handler", "Runtime": "python3.12"},
    }
    return {
        "Resources": {"Role1": role, "Function2": function, **resources},
        "Parameters": {
            "BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version"}
        },
        "Rules": {
            "CheckBootstrapVersion": {
                "Assertions": [{"Assert": {"Fn::Not": [{"Fn::Contains": [["1"], {"Ref": "BootstrapVersion"}]}]}}]
            }
        },
    }


def mapping(source: Any, **properties: Any) -> Dict[str, Any]:
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {"EventSourceArn": source, "FunctionName": {"Ref": "Function2"}, **properties},
    }


NOTIFICATION = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "subdir/"}]}}

OURS: Dict[str, Dict[str, Any]] = {
    "sqs": of_cdk(
        {
            "Queue3": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30}, "DeletionPolicy": "Delete"},
            "Mapping4": mapping({"Fn::GetAtt": ["Queue3", "Arn"]}, BatchSize=3, FunctionResponseTypes=["ReportBatchItemFailures"]),
        }
    ),
    "kinesis": of_cdk(
        {
            "Stream3": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1, "RetentionPeriodHours": 24}},
            "Mapping4": mapping({"Fn::GetAtt": ["Stream3", "Arn"]}, StartingPosition="TRIM_HORIZON", BatchSize=100),
        }
    ),
    "dynamodb": of_cdk(
        {
            "Failures5": {"Type": "AWS::SQS::Queue"},
            "Table3": {
                "Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain",
                "Properties": {
                    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
                    "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
                },
            },
            "Mapping4": mapping(
                {"Fn::GetAtt": ["Table3", "StreamArn"]}, StartingPosition="TRIM_HORIZON", BisectBatchOnFunctionError=True,
                DestinationConfig={"OnFailure": {"Destination": {"Fn::GetAtt": ["Failures5", "Arn"]}}}, MaximumRetryAttempts=10,
            ),
        }
    ),
    "s3": of_cdk(
        {
            "Bucket3": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"},
            "Handler5": {"Type": "AWS::Lambda::Function"},
            "Notifications4": {
                "Type": "Custom::S3BucketNotifications",
                "Properties": {
                    "ServiceToken": {"Fn::GetAtt": ["Handler5", "Arn"]}, "BucketName": {"Ref": "Bucket3"}, "Managed": True,
                    "SkipDestinationValidation": False,
                    "NotificationConfiguration": {
                        "LambdaFunctionConfigurations": [
                            {
                                "Events": [event], "Filter": NOTIFICATION,
                                "LambdaFunctionArn": {"Fn::GetAtt": ["Function2", "Arn"]},
                            }
                            for event in ("s3:ObjectCreated:*", "s3:ObjectRemoved:*")
                        ]
                    },
                },
            },
        }
    ),
    "sns": of_cdk(
        {
            "Topic3": {"Type": "AWS::SNS::Topic"},
            "Unpainted5": {"Type": "AWS::SQS::Queue"},
            "Subscription4": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {
                    "Protocol": "lambda", "TopicArn": {"Ref": "Topic3"}, "Endpoint": {"Fn::GetAtt": ["Function2", "Arn"]},
                    "FilterPolicy": {"color": ["red", {"prefix": "bl"}]},
                    "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Unpainted5", "Arn"]}},
                },
            },
        }
    ),
}


def parameters_of(stacks: Stacks, uuid: str) -> Dict[str, Any]:
    known = stacks.raw_mapping(uuid)
    return {
        name: known[name]
        for name in (
            "BatchSize", "StartingPosition", "BisectBatchOnFunctionError", "MaximumRetryAttempts", "FunctionResponseTypes",
            "S3EventSourceConfig", "MaximumBatchingWindowInSeconds",
        )
        if name in known
    }


EXPECTED: Dict[str, List[Dict[str, Any]]] = {
    "sqs": [{"BatchSize": 3, "FunctionResponseTypes": ["ReportBatchItemFailures"], "MaximumBatchingWindowInSeconds": 0}],
    "kinesis": [
        {
            "BatchSize": 100, "StartingPosition": "TRIM_HORIZON", "BisectBatchOnFunctionError": False,
            "MaximumRetryAttempts": -1, "FunctionResponseTypes": [], "MaximumBatchingWindowInSeconds": 0,
        }
    ],
    "dynamodb": [
        {
            "BatchSize": 100, "StartingPosition": "TRIM_HORIZON", "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": 10, "FunctionResponseTypes": [], "MaximumBatchingWindowInSeconds": 0,
        }
    ],
    "s3": [
        {"S3EventSourceConfig": {"Events": [event], "Filter": NOTIFICATION}}
        for event in ("s3:ObjectCreated:*", "s3:ObjectRemoved:*")
    ],
    "sns": [{}],
}


def send_one(stacks: Stacks, kind: str, outcome: Dict[str, Any]) -> None:
    """One message, record, object or notification, to whatever the template made of that kind."""
    made = {change["ResourceType"]: change["PhysicalResourceId"] for change in outcome["Changes"]}
    client = stacks.server.client
    if kind == "sqs":
        uuid = mapping_ids(outcome)[0]
        source = stacks.mapping(uuid)["EventSourceArn"].rsplit(":", 1)[1]
        client("sqs").send_message(QueueUrl=client("sqs").get_queue_url(QueueName=source)["QueueUrl"], MessageBody="hello")
    elif kind == "kinesis":
        client("kinesis").put_record(StreamName=made["AWS::Kinesis::Stream"], PartitionKey="a", Data=b"hello")
    elif kind == "dynamodb":
        client("dynamodb").put_item(TableName=made["AWS::DynamoDB::Table"], Item={"id": {"S": "hello"}})
    elif kind == "s3":
        client("s3").put_object(Bucket=made["AWS::S3::Bucket"], Key="subdir/hello", Body=b"x")
    else:
        attributes = {
            "color": {"DataType": "String", "StringValue": "blue"}, "size": {"DataType": "String", "StringValue": "large"},
            "price": {"DataType": "Number", "StringValue": "150"}, "store": {"DataType": "String", "StringValue": "here"},
        }
        client("sns").publish(TopicArn=made["AWS::SNS::Topic"], Message="hello", MessageAttributes=attributes)


def check_from_end_to_end(stacks: Stacks, kind: str, path: str, function: HTTPFunction) -> Dict[str, Any]:
    outcome = stacks.apply(path, "--create-sources")
    assert outcome["StackStatus"] == "CREATE_COMPLETE"
    stacks.attach(outcome, function)
    before = [stacks.raw_mapping(uuid) for uuid in mapping_ids(outcome)]

    again = stacks.apply(path, "--create-sources")
    assert again["Changes"] == []
    assert [stacks.raw_mapping(uuid) for uuid in mapping_ids(outcome)] == before, "whatever is unchanged is untouched"

    send_one(stacks, kind, outcome)
    records = function.wait_for_records(1, timeout=30)
    assert "hello" in json.dumps(records) or "aGVsbG8=" in json.dumps(records)
    return outcome


@pytest.mark.parametrize("kind", OURS)
def test_what_the_cdk_makes_is_applied_and_delivers(
    kind: str, stacks: Stacks, write: WriteTemplate, function: HTTPFunction
) -> None:
    outcome = check_from_end_to_end(stacks, kind, write("shop.template.json", OURS[kind]), function)
    uuids = mapping_ids(outcome)
    assert [parameters_of(stacks, uuid) for uuid in uuids] == EXPECTED[kind]
    for uuid in uuids:
        tags = stacks.tags(uuid)
        assert tags["aws:cloudformation:stack-name"] == "shop"
        assert tags["aws:cloudformation:logical-id"] in OURS[kind]["Resources"]
        assert tags["aws:cloudformation:stack-id"] == outcome["StackId"]

    result = stacks.run("destroy", "shop")
    assert result.returncode == 0, result.stderr
    assert stacks.mappings() == []
    wait_until(stacks.queue_names, lambda names: names == [], what="no queue is left")


@pytest.mark.skipif(not TEMPLATES.is_dir(), reason="replays ../shared/templates, which does not lie beside this checkout")
@pytest.mark.parametrize("name", sorted(path.name for path in TEMPLATES.glob("*.json")))
def test_templates_of_the_examples_apply_as_they_are(name: str, stacks: Stacks, function: HTTPFunction, write: WriteTemplate) -> None:
    template = json.loads((TEMPLATES / name).read_text())
    kind = next(kind for kind in (*OURS, "intro") if kind in name)
    for resource in template["Resources"].values():
        # Its batch waits for five minutes. All else of the template stays, and this is put back below.
        if resource.get("Properties", {}).get("MaximumBatchingWindowInSeconds") == 300:
            assert stacks.apply(str(TEMPLATES / name), "--create-sources")["StackStatus"] == "CREATE_COMPLETE"
            uuid = stacks.mappings()[0]["UUID"]
            assert stacks.mapping(uuid)["MaximumBatchingWindowInSeconds"] == 300
            assert stacks.run("destroy", str(TEMPLATES / name)).returncode == 0
            resource["Properties"]["MaximumBatchingWindowInSeconds"] = 1
    check_from_end_to_end(stacks, "sqs" if kind == "intro" else kind, write(name, template), function)
