"""SAM templates before their transformation."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from peers.http_function import HTTPFunction
from templates.stacks import Stacks, WriteTemplate, mapping_ids

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, Handler: app.handler, Timeout: 20}
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Colors: {Type: AWS::SNS::Topic}
  Photos: {Type: AWS::S3::Bucket}
  Changes:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      BillingMode: PAY_PER_REQUEST
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: worker
      InlineCode: "pass"
      EventInvokeConfig: {MaximumRetryAttempts: 1}
      Events:
        Page: {Type: Api, Properties: {Path: /, Method: get}}
        FromOrders:
          Type: SQS
          Properties: {Queue: !GetAtt Orders.Arn, BatchSize: 2}
        FromClicks:
          Type: Kinesis
          Properties: {Stream: !GetAtt Clicks.Arn, StartingPosition: TRIM_HORIZON, BisectBatchOnFunctionError: true}
        FromChanges:
          Type: DynamoDB
          Properties: {Stream: !GetAtt Changes.StreamArn, StartingPosition: TRIM_HORIZON, BatchSize: 9}
        FromColors:
          Type: SNS
          Properties: {Topic: !Ref Colors, FilterPolicy: {color: [red]}}
        FromPhotos:
          Type: S3
          Properties: {Bucket: !Ref Photos, Events: s3:ObjectCreated:*}
        FromKafka:
          Type: MSK
          Properties:
            Stream: arn:aws:kafka:us-east-1:000000000000:cluster/c/5d3f7ab4-1d3d-4f0f-8f0e-0d9a5ac7a0a1-1
            Topics: [clicks]
            StartingPosition: LATEST
            ConsumerGroupId: readers
        FromOwnKafka:
          Type: SelfManagedKafka
          Properties:
            KafkaBootstrapServers: ['kafka.example:9092']
            Topics: [clicks]
            SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:k-abcdef'}]
        FromBroker:
          Type: MQ
          Properties:
            Broker: arn:aws:mq:us-east-1:000000000000:broker:b:b-5d3f7ab4-1d3d-4f0f-8f0e-0d9a5ac7a0a1
            Queues: [orders]
            SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:q-abcdef'}]
        FromDocuments:
          Type: DocumentDB
          Properties:
            Cluster: arn:aws:rds:us-east-1:000000000000:cluster:docs
            DatabaseName: shop
            StartingPosition: LATEST
            SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:d-abcdef'}]
"""

EXPECTED: Dict[str, Dict[str, Any]] = {
    "WorkerFromOrders": {"BatchSize": 2},
    "WorkerFromClicks": {"BisectBatchOnFunctionError": True, "StartingPosition": "TRIM_HORIZON"},
    "WorkerFromChanges": {"BatchSize": 9},
    "WorkerFromColors": {"SNSEventSourceConfig": {"FilterPolicy": '{"color":["red"]}', "FilterPolicyScope": "MessageAttributes"}},
    "Photos#0": {"S3EventSourceConfig": {"Events": ["s3:ObjectCreated:*"]}},
    "WorkerFromKafka": {"Topics": ["clicks"], "AmazonManagedKafkaEventSourceConfig": {"ConsumerGroupId": "readers"}},
    "WorkerFromOwnKafka": {
        "SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["kafka.example:9092"]}}
    },
    "WorkerFromBroker": {"Queues": ["orders"]},
    "WorkerFromDocuments": {"DocumentDBEventSourceConfig": {"DatabaseName": "shop"}},
}


def test_events_of_a_function_are_mappings(stacks: Stacks, write: WriteTemplate, function: HTTPFunction) -> None:
    outcome = stacks.apply(write("template.yaml", TEMPLATE), "--create-sources", "--stack-name", "shop")
    made = {change["LogicalResourceId"]: change["PhysicalResourceId"] for change in outcome["Changes"]}
    assert len(mapping_ids(outcome)) == len(EXPECTED)
    for logical_id, parameters in EXPECTED.items():
        mapping = stacks.raw_mapping(made[logical_id])
        assert {name: mapping.get(name) for name in parameters} == parameters, logical_id
        assert mapping["FunctionArn"].endswith(":function:worker")
    config = stacks.lambda_client.get_function_event_invoke_config(FunctionName="worker")
    assert config["MaximumRetryAttempts"] == 1
    assert {"LogicalResourceId": "Worker/Events/Page", "ResourceType": "Api"} in outcome["IgnoredResources"]

    stacks.attach(outcome, function)
    sqs = stacks.server.client("sqs")
    sqs.send_message(QueueUrl=made["Orders"], MessageBody="hello")
    assert function.wait_for_records(1)[0]["body"] == "hello"


@pytest.mark.parametrize("events, text", [("{Odd: {Type: Nope, Properties: {}}}", "Worker/Events/Odd"), ("{Odd: 1}", "Worker/Events/Odd")])
def test_an_event_that_sam_does_not_have_is_refused(events: str, text: str, stacks: Stacks) -> None:
    template = (
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Worker: "
        f"{{Type: AWS::Serverless::Function, Properties: {{Events: {events}}}}}\n"
    )
    status, answer = stacks.post("shop", template)
    assert status == 400 and text in answer["message"], answer
