"""A parameter that a source type does not take is refused by name, at create and at update, and changes nothing."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

import source_types
from lambda_wire import LambdaWire, assert_error
from source_types import (
    AMAZON_MQ, DOCUMENTDB, DYNAMODB, KINESIS, MSK, S3, SELF_MANAGED_KAFKA, SNS, SQS, SQS_FIFO, SourceType,
)

SAMPLES: Dict[str, Any] = {
    "BatchSize": 5,
    "MaximumBatchingWindowInSeconds": 1,
    "FilterCriteria": source_types.FILTER,
    "MetricsConfig": {"Metrics": ["EventCount"]},
    "KMSKeyArn": source_types.KEY,
    "StartingPosition": "LATEST",
    "StartingPositionTimestamp": 1741010802,
    "ParallelizationFactor": 2,
    "BisectBatchOnFunctionError": True,
    "MaximumRetryAttempts": 2,
    "MaximumRecordAgeInSeconds": 60,
    "TumblingWindowInSeconds": 30,
    "DestinationConfig": source_types.FAILURE_QUEUE,
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "ScalingConfig": {"MaximumConcurrency": 2},
    "ProvisionedPollerConfig": {"MinimumPollers": 2, "MaximumPollers": 3},
    "LoggingConfig": {"SystemLogLevel": "INFO"},
    "Topics": ["orders"],
    "Queues": ["orders"],
    "SourceAccessConfigurations": [source_types.BASIC_AUTH],
    "AmazonManagedKafkaEventSourceConfig": {"ConsumerGroupId": "readers"},
    "SelfManagedKafkaEventSourceConfig": {"ConsumerGroupId": "readers"},
    "DocumentDBEventSourceConfig": {"DatabaseName": "shop"},
}

STREAM_PARAMETERS = [
    "ParallelizationFactor",
    "BisectBatchOnFunctionError",
    "MaximumRetryAttempts",
    "MaximumRecordAgeInSeconds",
    "TumblingWindowInSeconds",
]
OTHER_TYPES_PARAMETERS = [
    "LoggingConfig",
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
]

QUEUE_REFUSES = ["StartingPosition", "StartingPositionTimestamp", *STREAM_PARAMETERS, *OTHER_TYPES_PARAMETERS]
STREAM_REFUSES = ["ScalingConfig", "ProvisionedPollerConfig", *OTHER_TYPES_PARAMETERS]
KAFKA_REFUSES = [
    "ParallelizationFactor", "TumblingWindowInSeconds", "ScalingConfig", "Queues", "DocumentDBEventSourceConfig",
]
# A bucket or a topic sends one event at a time, and has a filter of its own kind.
PUSHED_REFUSES = [name for name in SAMPLES if name != "DestinationConfig"]
REFUSED: List[Tuple[SourceType, List[str]]] = [
    (SQS, QUEUE_REFUSES),
    (SQS_FIFO, QUEUE_REFUSES),
    (KINESIS, STREAM_REFUSES),
    (source_types.KINESIS_CONSUMER, STREAM_REFUSES),
    (DYNAMODB, ["StartingPositionTimestamp", *STREAM_REFUSES]),
    (MSK, [*KAFKA_REFUSES, "SelfManagedKafkaEventSourceConfig"]),
    (SELF_MANAGED_KAFKA, [*KAFKA_REFUSES, "AmazonManagedKafkaEventSourceConfig"]),
    (S3, PUSHED_REFUSES),
    (SNS, PUSHED_REFUSES),
    (
        AMAZON_MQ,
        [
            "StartingPosition", "StartingPositionTimestamp", *STREAM_PARAMETERS, "DestinationConfig",
            "FunctionResponseTypes", "ScalingConfig", "ProvisionedPollerConfig", "LoggingConfig", "Topics",
            "AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig", "DocumentDBEventSourceConfig",
        ],
    ),
    (
        DOCUMENTDB,
        [
            *STREAM_PARAMETERS, "DestinationConfig", "FunctionResponseTypes", "ScalingConfig",
            "ProvisionedPollerConfig", "LoggingConfig", "Topics", "Queues",
            "AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig",
        ],
    ),
]
CASES = [(kind, parameter) for kind, parameters in REFUSED for parameter in parameters]

# An update takes none of these, whatever the source type, and treats them as unknown members.
NOT_UPDATABLE = {"StartingPosition", "StartingPositionTimestamp", "Topics", "Queues"}
UPDATE_CASES = [(kind, parameter) for kind, parameter in CASES if parameter not in NOT_UPDATABLE]


def refusal(parameter: str) -> str:
    name = parameter[0].lower() + parameter[1:]
    return f"Unsupported '{name}' parameter for given event source mapping type."


def named(cases: List[Tuple[SourceType, str]]) -> List[str]:
    return [f"{kind.name}-{parameter}" for kind, parameter in cases]


@pytest.mark.parametrize(("kind", "parameter"), CASES, ids=named(CASES))
def test_refused_at_create(kind: SourceType, parameter: str, wire: LambdaWire, account: str) -> None:
    answer = wire.create(kind.request(account, **{parameter: SAMPLES[parameter]}))
    assert_error(answer, 400, "InvalidParameterValueException", refusal(parameter))
    assert wire.list().json["EventSourceMappings"] == []


@pytest.mark.parametrize(("kind", "parameter"), UPDATE_CASES, ids=named(UPDATE_CASES))
def test_refused_at_update(kind: SourceType, parameter: str, wire: LambdaWire, account: str) -> None:
    created = wire.created(kind.request(account))
    answer = wire.update(created["UUID"], source_types.fill({parameter: SAMPLES[parameter]}, account=account))
    assert_error(answer, 400, "InvalidParameterValueException", refusal(parameter))
    assert wire.get(created["UUID"]).json == {**created, "State": "Enabled"}


UNSUPPORTED_DESTINATION = "Unsupported DestinationConfig parameter for given event source mapping type."


@pytest.mark.parametrize("kind", [SQS, SQS_FIFO], ids=lambda kind: kind.name)
def test_a_queue_takes_no_failure_destination(kind: SourceType, wire: LambdaWire, account: str) -> None:
    answer = wire.create(kind.request(account, DestinationConfig=source_types.FAILURE_QUEUE))
    assert_error(answer, 400, "InvalidParameterValueException", UNSUPPORTED_DESTINATION)


@pytest.mark.parametrize("kind", source_types.ALL, ids=lambda kind: kind.name)
def test_no_type_takes_a_success_destination(kind: SourceType, wire: LambdaWire, account: str) -> None:
    destination = {"OnSuccess": source_types.FAILURE_QUEUE["OnFailure"]}
    answer = wire.create(kind.request(account, DestinationConfig=destination))
    assert_error(answer, 400, "InvalidParameterValueException", UNSUPPORTED_DESTINATION)


PROVISIONED_ONLY = [
    "BisectBatchOnFunctionError",
    "MaximumRetryAttempts",
    "MaximumRecordAgeInSeconds",
    "FunctionResponseTypes",
    "LoggingConfig",
]


@pytest.mark.parametrize("parameter", PROVISIONED_ONLY)
@pytest.mark.parametrize("kind", [MSK, SELF_MANAGED_KAFKA], ids=lambda kind: kind.name)
def test_kafka_parameters_that_need_provisioned_mode(
    kind: SourceType, parameter: str, wire: LambdaWire, account: str
) -> None:
    request = kind.request(account, **{parameter: SAMPLES[parameter]})
    answer = wire.create(request)
    assert_error(answer, 400, "InvalidParameterValueException")
    assert parameter.lower() in answer.error_text.lower()

    pollers = {"MinimumPollers": 1, "MaximumPollers": 2}
    created = wire.created({**request, "ProvisionedPollerConfig": pollers})
    assert created[parameter] == SAMPLES[parameter]
