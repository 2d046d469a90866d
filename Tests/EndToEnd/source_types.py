"""Every source type: what a create must give, all it may give, and the answer to expect.

`{account}` and `{uuid}` in a text stand for the test's account and the mapping's own id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List

Parameters = Dict[str, Any]

NEVER_RETURNED = {"Tags", "Enabled", "FunctionName"}

FILTER = {"Filters": [{"Pattern": '{"body":{"kind":["order"]}}'}]}
KEY = "arn:aws:kms:us-east-1:{account}:key/11111111-2222-3333-4444-555555555555"
FAILURE_QUEUE = {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:{account}:failures"}}
BASIC_AUTH = {"Type": "BASIC_AUTH", "URI": "arn:aws:secretsmanager:us-east-1:{account}:secret:login"}
SCRAM_AUTH = {"Type": "SASL_SCRAM_512_AUTH", "URI": "arn:aws:secretsmanager:us-east-1:{account}:secret:scram"}
KAFKA_CONSUMER = {
    "ConsumerGroupId": "readers",
    "SchemaRegistryConfig": {
        "SchemaRegistryURI": "https://registry.example.com:8081",
        "EventRecordFormat": "JSON",
        "AccessConfigs": [
            {"Type": "BASIC_AUTH", "URI": "arn:aws:secretsmanager:us-east-1:{account}:secret:registry"}
        ],
        "SchemaValidationConfigs": [{"Attribute": "KEY"}, {"Attribute": "VALUE"}],
    },
}

STREAM_DEFAULTS = {
    "BatchSize": 100,
    "MaximumBatchingWindowInSeconds": 0,
    "FunctionResponseTypes": [],
    "LastProcessingResult": "No records processed",
    "StateTransitionReason": "User action",
    "BisectBatchOnFunctionError": False,
    "DestinationConfig": {"OnFailure": {}},
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "TumblingWindowInSeconds": 0,
}
QUEUE_DEFAULTS = {
    "BatchSize": 10,
    "MaximumBatchingWindowInSeconds": 0,
    "FunctionResponseTypes": [],
    "StateTransitionReason": "USER_INITIATED",
}
STREAM_OPTIONS = {
    "BatchSize": 10000,
    "MaximumBatchingWindowInSeconds": 300,
    "ParallelizationFactor": 10,
    "BisectBatchOnFunctionError": True,
    "MaximumRetryAttempts": 10000,
    "MaximumRecordAgeInSeconds": 604800,
    "TumblingWindowInSeconds": 900,
    "DestinationConfig": FAILURE_QUEUE,
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "FilterCriteria": FILTER,
    "MetricsConfig": {"Metrics": ["EventCount"]},
    "KMSKeyArn": KEY,
}
KAFKA_OPTIONS = {
    "BatchSize": 10000,
    "MaximumBatchingWindowInSeconds": 300,
    "StartingPosition": "AT_TIMESTAMP",
    "StartingPositionTimestamp": 1741010802,
    "ProvisionedPollerConfig": {"MinimumPollers": 1, "MaximumPollers": 2000, "PollerGroupName": "group"},
    "BisectBatchOnFunctionError": True,
    "MaximumRetryAttempts": 3,
    "MaximumRecordAgeInSeconds": 60,
    "DestinationConfig": {"OnFailure": {"Destination": "kafka://failures"}},
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "FilterCriteria": {"Filters": [{"Pattern": '{"value":{"kind":["order"]}}'}]},
    "MetricsConfig": {"Metrics": ["EventCount", "ErrorCount", "KafkaMetrics"]},
    "LoggingConfig": {"SystemLogLevel": "INFO"},
    "KMSKeyArn": KEY,
}


@dataclass(frozen=True)
class SourceType:
    name: str
    source: Parameters
    """The mandatory parameters, without the function."""
    options: Parameters
    """Every further parameter that the type takes, at once."""
    defaults: Parameters
    """What the answer holds when only the mandatory parameters are given, beside those and the identity."""
    is_recorded: bool
    """Whether AWS's whole answer is known. Otherwise further members of the model may be there."""
    repeated: int = 409
    """The status of a second create of the same."""

    def request(self, account: str, **more: Any) -> Parameters:
        """A create with the mandatory parameters and `more`; None leaves a parameter out."""
        whole = {"FunctionName": "handler", **self.source, **more}
        return fill({name: value for name, value in whole.items() if value is not None}, account=account)


SQS = SourceType(
    "SQS",
    source={"EventSourceArn": "arn:aws:sqs:us-east-1:{account}:orders"},
    options={
        "BatchSize": 10000,
        "MaximumBatchingWindowInSeconds": 300,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "FilterCriteria": FILTER,
        "ScalingConfig": {"MaximumConcurrency": 2},
        "MetricsConfig": {"Metrics": ["EventCount"]},
        "KMSKeyArn": KEY,
    },
    defaults=QUEUE_DEFAULTS,
    is_recorded=True,
)
SQS_FIFO = SourceType(
    "SQS-FIFO",
    source={"EventSourceArn": "arn:aws:sqs:us-east-1:{account}:orders.fifo"},
    options={
        "BatchSize": 1,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "FilterCriteria": FILTER,
        "ScalingConfig": {"MaximumConcurrency": 1000},
        "MetricsConfig": {"Metrics": ["EventCount"]},
        "KMSKeyArn": KEY,
    },
    defaults=QUEUE_DEFAULTS,
    is_recorded=True,
)
KINESIS = SourceType(
    "Kinesis",
    source={
        "EventSourceArn": "arn:aws:kinesis:us-east-1:{account}:stream/orders",
        "StartingPosition": "TRIM_HORIZON",
    },
    options={**STREAM_OPTIONS, "StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": 1741010802},
    defaults=STREAM_DEFAULTS,
    is_recorded=True,
)
KINESIS_CONSUMER = SourceType(
    "Kinesis-consumer",
    source={
        "EventSourceArn": "arn:aws:kinesis:us-east-1:{account}:stream/orders/consumer/fast:1741010802",
        "StartingPosition": "LATEST",
    },
    options=STREAM_OPTIONS,
    defaults=STREAM_DEFAULTS,
    is_recorded=True,
)
DYNAMODB = SourceType(
    "DynamoDB",
    source={
        "EventSourceArn": "arn:aws:dynamodb:us-east-1:{account}:table/orders/stream/2025-11-25T00:00:00.000",
        "StartingPosition": "LATEST",
    },
    options=STREAM_OPTIONS,
    defaults=STREAM_DEFAULTS,
    is_recorded=True,
)
MSK = SourceType(
    "MSK",
    source={
        "EventSourceArn": "arn:aws:kafka:us-east-1:{account}:cluster/orders/11111111-2222-3333-4444-555555555555-1",
        "StartingPosition": "TRIM_HORIZON",
        "Topics": ["orders"],
    },
    options={
        **KAFKA_OPTIONS,
        "SourceAccessConfigurations": [SCRAM_AUTH],
        "AmazonManagedKafkaEventSourceConfig": KAFKA_CONSUMER,
    },
    defaults={"BatchSize": 100},
    is_recorded=False,
)
SELF_MANAGED_KAFKA = SourceType(
    "self-managed-Kafka",
    source={
        "SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["kafka:1000"]}},
        "SourceAccessConfigurations": [BASIC_AUTH],
        "Topics": ["orders"],
    },
    options={
        **KAFKA_OPTIONS,
        "SourceAccessConfigurations": [
            SCRAM_AUTH,
            {"Type": "SERVER_ROOT_CA_CERTIFICATE", "URI": "arn:aws:secretsmanager:us-east-1:{account}:secret:root"},
            {"Type": "VPC_SUBNET", "URI": "subnet:subnet-0123456789abcdef0"},
            {"Type": "VPC_SECURITY_GROUP", "URI": "security_group:sg-0123456789abcdef0"},
        ],
        "SelfManagedKafkaEventSourceConfig": KAFKA_CONSUMER,
    },
    defaults={
        "BatchSize": 100,
        "StartingPosition": "TRIM_HORIZON",
        "LastProcessingResult": "No records processed",
        "StateTransitionReason": "USER_INITIATED",
        "SelfManagedKafkaEventSourceConfig": {"ConsumerGroupId": "{uuid}"},
    },
    is_recorded=True,
)
AMAZON_MQ = SourceType(
    "Amazon-MQ",
    source={
        "EventSourceArn": "arn:aws:mq:us-east-1:{account}:broker:orders:b-11111111-2222-3333-4444-555555555555",
        "Queues": ["orders"],
        "SourceAccessConfigurations": [BASIC_AUTH],
    },
    options={
        "BatchSize": 10000,
        "MaximumBatchingWindowInSeconds": 300,
        "SourceAccessConfigurations": [BASIC_AUTH, {"Type": "VIRTUAL_HOST", "URI": "/shop"}],
        "FilterCriteria": {"Filters": [{"Pattern": '{"data":{"kind":["order"]}}'}]},
        "MetricsConfig": {"Metrics": ["EventCount"]},
        "KMSKeyArn": KEY,
    },
    defaults={"BatchSize": 100},
    is_recorded=False,
)
DOCUMENTDB = SourceType(
    "DocumentDB",
    source={
        "EventSourceArn": "arn:aws:rds:us-east-1:{account}:cluster:orders",
        "StartingPosition": "LATEST",
        "SourceAccessConfigurations": [BASIC_AUTH],
        "DocumentDBEventSourceConfig": {"DatabaseName": "shop"},
    },
    options={
        "BatchSize": 10000,
        "MaximumBatchingWindowInSeconds": 300,
        "StartingPosition": "AT_TIMESTAMP",
        "StartingPositionTimestamp": 1741010802,
        "FilterCriteria": {"Filters": [{"Pattern": '{"event":{"operationType":["insert"]}}'}]},
        "MetricsConfig": {"Metrics": ["EventCount"]},
        "KMSKeyArn": KEY,
        "DocumentDBEventSourceConfig": {
            "DatabaseName": "shop",
            "CollectionName": "orders",
            "FullDocument": "UpdateLookup",
        },
    },
    defaults={"BatchSize": 100},
    is_recorded=False,
)

PUSHED_DEFAULTS = {
    "DestinationConfig": {"OnFailure": {}},
    "LastProcessingResult": "No records processed",
    "StateTransitionReason": "User action",
}
S3 = SourceType(
    "S3",
    # A bucket's name belongs to all accounts together.
    source={"EventSourceArn": "arn:aws:s3:::orders-{account}"},
    options={
        "S3EventSourceConfig": {
            "Events": ["s3:ObjectCreated:Put", "s3:ObjectRemoved:*"],
            "Filter": {
                "Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".jpg"}]}
            },
        },
        "DestinationConfig": FAILURE_QUEUE,
    },
    defaults={**PUSHED_DEFAULTS, "S3EventSourceConfig": {"Events": ["s3:ObjectCreated:*"]}},
    # Lambda has no such kind; that nothing else is answered is Headrace's own word.
    is_recorded=True,
    # As S3 would refuse the notification.
    repeated=400,
)
SNS = SourceType(
    "SNS",
    source={"EventSourceArn": "arn:aws:sns:us-east-1:{account}:orders"},
    options={
        "SNSEventSourceConfig": {
            "FilterPolicy": '{"kind": ["order"]}',
            "FilterPolicyScope": "MessageBody",
            "DeadLetterQueueArn": "arn:aws:sqs:us-east-1:{account}:dead",
        },
        "DestinationConfig": FAILURE_QUEUE,
    },
    defaults={**PUSHED_DEFAULTS, "SNSEventSourceConfig": {"FilterPolicyScope": "MessageAttributes"}},
    is_recorded=True,
)

LAMBDAS_OWN: List[SourceType] = [
    SQS, SQS_FIFO, KINESIS, KINESIS_CONSUMER, DYNAMODB, MSK, SELF_MANAGED_KAFKA, AMAZON_MQ, DOCUMENTDB,
]
"""The kinds that AWS's SDKs know all parameters of."""

ALL: List[SourceType] = [*LAMBDAS_OWN, S3, SNS]


def queue_request(account: str, queue: str, **more: Any) -> Parameters:
    """A create on a standard queue of the given name."""
    return SQS.request(account, EventSourceArn="arn:aws:sqs:us-east-1:{account}:" + queue, **more)


def fill(value: Any, **names: str) -> Any:
    """The value with `{account}` and the like replaced in every text inside it."""
    if isinstance(value, str):
        for name, replacement in names.items():
            value = value.replace("{" + name + "}", replacement)
        return value
    if isinstance(value, dict):
        return {key: fill(inner, **names) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, **names) for inner in value]
    return value
