"""What applying again, and taking away, does to the mappings of a stack."""

from __future__ import annotations

import threading
import urllib.request
from typing import Any, Callable, Dict

import pytest

from templates.stacks import Stacks, WriteTemplate, mapping_ids


def template(**mappings: Dict[str, Any]) -> Dict[str, Any]:
    """A queue and a stream, and mappings of them by their logical ids."""
    resources: Dict[str, Any] = {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}},
    }
    for name, properties in mappings.items():
        resources[name] = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"FunctionName": "orders", **properties}}
    return {"Resources": resources}


QUEUE = {"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}}
STREAM = {"EventSourceArn": {"Fn::GetAtt": ["Stream", "Arn"]}, "StartingPosition": "LATEST"}


def apply(stacks: Stacks, document: Any, name: str = "shop", **query: Any) -> Dict[str, Any]:
    status, outcome = stacks.post(name, document, create_sources="true", **query)
    assert status == 200, outcome
    return outcome


def test_a_property_that_is_removed_goes_back_to_its_default(stacks: Stacks) -> None:
    first = apply(
        stacks,
        template(
            M={
                **STREAM, "BatchSize": 7, "MaximumRetryAttempts": "3", "Enabled": "false", "BisectBatchOnFunctionError": True,
                "FilterCriteria": {"Filters": [{"Pattern": '{"data": {"a": [1]}}'}]}, "MaximumRecordAgeInSeconds": 100,
                "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Queue", "Arn"]}}},
                "Tags": [{"Key": "team", "Value": "shop"}, {"Key": "stage", "Value": "test"}],
            }
        ),
    )
    uuid = mapping_ids(first)[0]
    before = stacks.mapping(uuid)
    assert (before["BatchSize"], before["MaximumRetryAttempts"], before["State"]) == (7, 3, "Disabled")

    second = apply(stacks, template(M={**STREAM, "Tags": [{"Key": "stage", "Value": "live"}]}))
    assert [change["Action"] for change in second["Changes"]] == ["Modify"]
    after = stacks.mapping(uuid)
    assert after["State"] == "Enabled"
    assert (after["BatchSize"], after["MaximumRetryAttempts"], after["MaximumRecordAgeInSeconds"]) == (100, -1, -1)
    assert after["BisectBatchOnFunctionError"] is False
    assert "FilterCriteria" not in after and not after["DestinationConfig"].get("OnFailure")
    tags = {key: value for key, value in stacks.tags(uuid).items() if not key.startswith("aws:")}
    assert tags == {"stage": "live"}


def test_what_no_update_can_change_is_another_mapping(stacks: Stacks) -> None:
    first = mapping_ids(apply(stacks, template(M=STREAM)))
    outcome = apply(stacks, template(M={**STREAM, "StartingPosition": "TRIM_HORIZON"}))
    assert [change.get("Replacement") for change in outcome["Changes"]] == ["True"]
    mappings = stacks.mappings()
    assert [mapping["StartingPosition"] for mapping in mappings] == ["TRIM_HORIZON"]
    assert mappings[0]["UUID"] not in first


def test_what_left_the_template_goes_and_a_new_logical_id_keeps_the_mapping(stacks: Stacks) -> None:
    first = apply(stacks, template(A=QUEUE, B=STREAM))
    assert len(mapping_ids(first)) == 2
    queue = stacks.mappings("sqs")[0]["UUID"]
    apply(stacks, template(Renamed=QUEUE))
    assert [mapping["UUID"] for mapping in stacks.mappings()] == [queue]
    _, stack = stacks.request("GET", "shop")
    assert {resource["LogicalResourceId"] for resource in stack["Resources"]} == {"Queue", "Stream", "Renamed"}


def test_a_mapping_that_somebody_deleted_is_made_again(stacks: Stacks) -> None:
    uuid = mapping_ids(apply(stacks, template(M=QUEUE)))[0]
    stacks.lambda_client.delete_event_source_mapping(UUID=uuid)
    assert mapping_ids(apply(stacks, template(M=QUEUE))) != [uuid]
    assert len(stacks.mappings()) == 1


def test_an_emulator_that_forgot_its_queues_has_them_again(stacks: Stacks) -> None:
    apply(stacks, template(M=QUEUE))
    sqs = stacks.server.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.list_queues()["QueueUrls"][0])
    outcome = apply(stacks, template(M=QUEUE))
    assert [change["ResourceType"] for change in outcome["Changes"]] == ["AWS::SQS::Queue"]
    assert len(stacks.queue_names()) == 1


def test_what_is_retained_stays_and_what_somebody_else_named_is_never_deleted(stacks: Stacks) -> None:
    stacks.server.client("sqs").create_queue(QueueName="theirs")
    document = {
        "Resources": {
            "Theirs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "theirs"}},
            "Kept": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain", "Properties": {"QueueName": "kept"}},
            "Gone": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "gone"}},
        }
    }
    apply(stacks, document)
    assert stacks.queue_names() == ["gone", "kept", "theirs"]
    assert stacks.request("DELETE", "shop")[0] == 200
    assert stacks.queue_names() == ["kept", "theirs"]
    assert stacks.request("GET", "shop")[0] == 404


def test_a_bucket_with_objects_in_it_is_not_deleted_and_keeps_its_stack(stacks: Stacks) -> None:
    document = {"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "full"}}}}
    apply(stacks, document)
    s3 = stacks.server.client("s3")
    s3.put_object(Bucket="full", Key="a", Body=b"x")
    status, answer = stacks.request("DELETE", "shop")
    assert status == 400 and answer["message"].startswith("B: "), answer
    assert stacks.request("GET", "shop")[1]["StackStatus"] == "DELETE_FAILED"
    s3.delete_object(Bucket="full", Key="a")
    assert stacks.request("DELETE", "shop")[0] == 200
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == []


@pytest.mark.parametrize("managed, stays", [(None, False), (True, False), (False, True)])
def test_notifications_of_a_bucket_replace_its_others_unless_told_otherwise(
    managed: Any, stays: bool, stacks: Stacks
) -> None:
    stacks.server.client("s3").create_bucket(Bucket="photos")
    foreign = stacks.lambda_client.create_event_source_mapping(FunctionName="other", EventSourceArn="arn:aws:s3:::photos")
    # Boto3 does not know the filter, so the mapping stands for all that is created; what is applied is removals alone.
    properties: Dict[str, Any] = {
        "BucketName": "photos",
        "NotificationConfiguration": {
            "LambdaFunctionConfigurations": [
                {"Events": ["s3:ObjectRemoved:*"], "LambdaFunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f"}
            ]
        },
    }
    if managed is not None:
        properties["Managed"] = managed
    apply(stacks, {"Resources": {"N": {"Type": "Custom::S3BucketNotifications", "Properties": properties}}})
    functions = sorted(mapping["FunctionArn"].rsplit(":", 1)[1] for mapping in stacks.mappings())
    assert functions == (["f", "other"] if stays else ["f"]), foreign


def test_settings_of_asynchronous_invocation_come_and_go_with_the_stack(stacks: Stacks) -> None:
    document: Dict[str, Any] = {
        "Resources": {
            "F": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "orders"}},
            "D": {"Type": "AWS::SQS::Queue"},
            "C": {
                "Type": "AWS::Lambda::EventInvokeConfig",
                "Properties": {
                    "FunctionName": {"Ref": "F"}, "Qualifier": "$LATEST", "MaximumRetryAttempts": "0",
                    "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["D", "Arn"]}}},
                },
            },
        }
    }
    apply(stacks, document)
    config = stacks.lambda_client.get_function_event_invoke_config(FunctionName="orders")
    assert config["MaximumRetryAttempts"] == 0 and "OnFailure" in config["DestinationConfig"]
    document["Resources"]["C"]["Properties"] = {
        "FunctionName": "orders", "Qualifier": "$LATEST", "MaximumEventAgeInSeconds": 60,
    }
    apply(stacks, document)
    config = stacks.lambda_client.get_function_event_invoke_config(FunctionName="orders")
    assert config["MaximumEventAgeInSeconds"] == 60 and "MaximumRetryAttempts" not in config
    assert stacks.request("DELETE", "shop")[0] == 200
    with pytest.raises(stacks.lambda_client.exceptions.ResourceNotFoundException):
        stacks.lambda_client.get_function_event_invoke_config(FunctionName="orders")


def test_while_a_stack_is_worked_on_nobody_else_does(stacks: Stacks) -> None:
    # Enough to take a while, and not to be over before the others ask.
    document = {"Resources": {f"Q{number}": {"Type": "AWS::SQS::Queue"} for number in range(200)}}
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.append(stacks.post("shop", document, create_sources="true")[0]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 409} and 200 in statuses, statuses
    assert len(stacks.queue_names()) == 200


def test_five_hundred_mappings_are_one_stack(stacks: Stacks) -> None:
    resources: Dict[str, Any] = {f"Q{number}": {"Type": "AWS::SQS::Queue"} for number in range(500)}
    for number in range(500):
        resources[f"M{number}"] = {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"EventSourceArn": {"Fn::GetAtt": [f"Q{number}", "Arn"]}, "FunctionName": "orders"},
        }
    apply(stacks, {"Resources": resources})
    assert len(stacks.mappings()) == 500
    assert apply(stacks, {"Resources": resources})["UnchangedResources"] == 1000


def test_a_reset_forgets_the_stacks_too(stacks: Stacks) -> None:
    apply(stacks, template(M=QUEUE))
    urllib.request.urlopen(urllib.request.Request(f"{stacks.process.url}/_headrace/reset", method="POST"), timeout=10)
    assert stacks.request("GET", "shop")[0] == 404
    apply(stacks, template(M=QUEUE))
    assert len(stacks.mappings()) == 1


def test_stacks_outlive_the_process(start_stacks: Callable[..., Stacks]) -> None:
    first = start_stacks()
    uuid = mapping_ids(apply(first, template(M=QUEUE)))[0]
    assert first.process.stop() == 0
    second = start_stacks()
    assert apply(second, template(M=QUEUE))["Changes"] == []
    assert second.mapping(uuid)["State"] == "Enabled"


def test_a_template_with_several_stacks_in_it_is_applied_by_the_command_line(stacks: Stacks, write: WriteTemplate) -> None:
    nested = {
        "Parameters": {"Function": {"Type": "String"}},
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "M": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}, "FunctionName": {"Ref": "Function"}},
            },
        },
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}},
    }
    write("cdk.out/nested.json", nested)
    write(
        "cdk.out/a.json",
        {
            "Resources": {
                "Nested": {
                    "Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "nested.json"},
                    "Properties": {"TemplateURL": {"Fn::Sub": "https://${AWS::Region}"}, "Parameters": {"Function": "orders"}},
                }
            },
            "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Nested", "Outputs.Arn"]}, "Export": {"Name": "orders-arn"}}},
        },
    )
    write(
        "cdk.out/b.json",
        template(M={"EventSourceArn": {"Fn::ImportValue": "orders-arn"}, "FunctionName": "second"}),
    )
    stack = {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region"}
    manifest = write(
        "cdk.out/manifest.json",
        {
            "artifacts": {
                "B": {**stack, "properties": {"templateFile": "b.json"}, "dependencies": ["A"]},
                "A": {**stack, "properties": {"templateFile": "a.json", "stackName": "First"}},
            }
        },
    )
    folder = manifest.rsplit("/", 1)[0]

    plan = stacks.run("plan", folder, "--create-sources")
    assert plan.returncode == 0, plan.stderr
    assert plan.stdout.index("First (a plan") < plan.stdout.index("B (a plan")
    assert "known after apply: EventSourceArn" in plan.stdout
    assert stacks.mappings() == [] and stacks.queue_names() == []

    result = stacks.run("apply", folder, "--create-sources")
    assert result.returncode == 0, result.stderr
    assert result.stdout.index("First CREATE_COMPLETE") < result.stdout.index("B CREATE_COMPLETE")
    functions = sorted(mapping["FunctionArn"].rsplit(":", 1)[1] for mapping in stacks.mappings())
    assert functions == ["orders", "second"]
    assert "in use by B" in stacks.refused("destroy", "First")
    result = stacks.run("destroy", folder)
    assert result.returncode == 0, result.stderr
    assert stacks.mappings() == [] and stacks.queue_names() == []
