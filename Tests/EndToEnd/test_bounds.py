"""The limits of every parameter: the model's own as ValidationException, a source type's as InvalidParameterValue."""

from __future__ import annotations

import time
from typing import Any, Dict

import pytest

from lambda_wire import LambdaWire, assert_error
from source_types import (
    AMAZON_MQ, BASIC_AUTH, DOCUMENTDB, DYNAMODB, KINESIS, MSK, SCRAM_AUTH, SELF_MANAGED_KAFKA, SQS, SQS_FIFO,
    SourceType,
)

# (source type, parameter, path in the message, lowest, highest)
RANGES = [
    (SQS, "BatchSize", "batchSize", 1, 10000),
    (SQS, "MaximumBatchingWindowInSeconds", "maximumBatchingWindowInSeconds", 0, 300),
    (SQS, "ScalingConfig.MaximumConcurrency", "scalingConfig.maximumConcurrency", 2, 1000),
    (KINESIS, "BatchSize", "batchSize", 1, 10000),
    (KINESIS, "MaximumBatchingWindowInSeconds", "maximumBatchingWindowInSeconds", 0, 300),
    (KINESIS, "ParallelizationFactor", "parallelizationFactor", 1, 10),
    (KINESIS, "MaximumRetryAttempts", "maximumRetryAttempts", -1, 10000),
    (KINESIS, "MaximumRecordAgeInSeconds", "maximumRecordAgeInSeconds", -1, 604800),
    (KINESIS, "TumblingWindowInSeconds", "tumblingWindowInSeconds", 0, 900),
    (DYNAMODB, "ParallelizationFactor", "parallelizationFactor", 1, 10),
    (MSK, "BatchSize", "batchSize", 1, 10000),
    (MSK, "ProvisionedPollerConfig.MinimumPollers", "provisionedPollerConfig.minimumPollers", 1, 200),
    (MSK, "ProvisionedPollerConfig.MaximumPollers", "provisionedPollerConfig.maximumPollers", 1, 2000),
    (AMAZON_MQ, "BatchSize", "batchSize", 1, 10000),
    (DOCUMENTDB, "MaximumBatchingWindowInSeconds", "maximumBatchingWindowInSeconds", 0, 300),
]
each_range = pytest.mark.parametrize(
    ("kind", "parameter", "path", "lowest", "highest"), RANGES, ids=[f"{row[0].name}-{row[1]}" for row in RANGES]
)


def parameters(name: str, value: Any) -> Dict[str, Any]:
    """The parameter `Outer.Inner` as the object that holds it, with what it cannot stand without."""
    outer, _, inner = name.partition(".")
    whole: Dict[str, Any] = {outer: {inner: value} if inner else value}
    if outer == "BatchSize":
        whole["MaximumBatchingWindowInSeconds"] = 1
    return whole


def violation(value: Any, path: str, constraint: str) -> str:
    return f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


@each_range
def test_outside_the_models_range(
    kind: SourceType, parameter: str, path: str, lowest: int, highest: int, wire: LambdaWire, account: str
) -> None:
    for value, constraint in (
        (lowest - 1, f"Member must have value greater than or equal to {lowest}"),
        (highest + 1, f"Member must have value less than or equal to {highest}"),
    ):
        answer = wire.create(kind.request(account, **parameters(parameter, value)))
        assert_error(answer, 400, "ValidationException", violation(value, path, constraint))


@each_range
def test_the_ends_of_the_range_are_legal(
    kind: SourceType, parameter: str, path: str, lowest: int, highest: int, wire: LambdaWire, account: str
) -> None:
    for index, value in enumerate((lowest, highest)):
        created = wire.created(
            kind.request(account, FunctionName=f"handler-{index}", **parameters(parameter, value))
        )
        outer, _, inner = parameter.partition(".")
        assert (created[outer][inner] if inner else created[outer]) == value


@each_range
def test_an_update_has_the_same_range(
    kind: SourceType, parameter: str, path: str, lowest: int, highest: int, wire: LambdaWire, account: str
) -> None:
    created = wire.created(kind.request(account))
    answer = wire.update(created["UUID"], parameters(parameter, highest + 1))
    constraint = f"Member must have value less than or equal to {highest}"
    assert_error(answer, 400, "ValidationException", violation(highest + 1, path, constraint))
    assert wire.get(created["UUID"]).json == {**created, "State": "Enabled"}


MODEL_VIOLATIONS = [
    (
        SQS, {"FunctionName": "f" * 257},
        violation("f" * 257, "functionName", "Member must have length less than or equal to 256"),
    ),
    (
        SQS, {"FunctionName": None},
        "1 validation error detected: Value null at 'functionName' failed to satisfy constraint: "
        "Member must not be null",
    ),
    (
        MSK, {"Topics": ["first", "second"]},
        violation("[first, second]", "topics", "Member must have length less than or equal to 1"),
    ),
    (MSK, {"Topics": []}, violation("[]", "topics", "Member must have length greater than or equal to 1")),
    (
        AMAZON_MQ, {"Queues": ["first", "second"]},
        violation("[first, second]", "queues", "Member must have length less than or equal to 1"),
    ),
    (
        DOCUMENTDB, {"DocumentDBEventSourceConfig": {"DatabaseName": "d" * 64}},
        violation(
            "d" * 64, "documentDBEventSourceConfig.databaseName", "Member must have length less than or equal to 63"
        ),
    ),
    (
        SELF_MANAGED_KAFKA, {"SelfManagedKafkaEventSourceConfig": {"ConsumerGroupId": "g" * 201}},
        violation(
            "g" * 201, "selfManagedKafkaEventSourceConfig.consumerGroupId",
            "Member must have length less than or equal to 200",
        ),
    ),
]


@pytest.mark.parametrize(
    ("kind", "changed", "text"), MODEL_VIOLATIONS,
    ids=[f"{row[0].name}-{next(iter(row[1]))}-{index}" for index, row in enumerate(MODEL_VIOLATIONS)],
)
def test_lengths(kind: SourceType, changed: Dict[str, Any], text: str, wire: LambdaWire, account: str) -> None:
    assert_error(wire.create(kind.request(account, **changed)), 400, "ValidationException", text)


PATTERN = "failed to satisfy constraint: Member must satisfy regular expression pattern: "
PATTERN_VIOLATIONS = [
    (SQS, {"EventSourceArn": "nonsense"}, f"Value 'nonsense' at 'eventSourceArn' {PATTERN}arn:(aws[a-zA-Z0-9-]*):"),
    (
        SQS, {"FunctionName": "two words"},
        f"Value 'two words' at 'functionName' {PATTERN}(arn:(aws[a-zA-Z-]*)?:lambda:)?",
    ),
    (SQS, {"KMSKeyArn": "key"}, PATTERN + "(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()"),
    (
        KINESIS, {"DestinationConfig": {"OnFailure": {"Destination": "nowhere"}}},
        f"Value 'nowhere' at 'destinationConfig.onFailure.destination' {PATTERN}$|kafka://",
    ),
    (SQS, {"FunctionResponseTypes": ["Everything"]}, "Member must satisfy enum value set: [ReportBatchItemFailures]"),
    (MSK, {"LoggingConfig": {"SystemLogLevel": "LOUD"}}, "'loggingConfig.systemLogLevel' failed to satisfy constraint"),
    (SQS, {"MetricsConfig": {"Metrics": ["Everything"]}}, "EventCount"),
    (SQS, {"FilterCriteria": {"Filters": [{"Pattern": '{"body":["' + "x" * 4096 + '"]}'}]}}, "4096"),
    (
        SELF_MANAGED_KAFKA, {"SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["no-port"]}}},
        "selfManagedEventSource.endpoints",
    ),
]


@pytest.mark.parametrize(
    ("kind", "changed", "part"), PATTERN_VIOLATIONS,
    ids=[f"{row[0].name}-{next(iter(row[1]))}" for row in PATTERN_VIOLATIONS],
)
def test_patterns_and_enumerations(
    kind: SourceType, changed: Dict[str, Any], part: str, wire: LambdaWire, account: str
) -> None:
    answer = wire.create(kind.request(account, **changed))
    assert_error(answer, 400, "ValidationException")
    assert answer.error_text.startswith("1 validation error detected: Value '")
    assert part in answer.error_text


def test_violations_of_one_request_are_collected(wire: LambdaWire, account: str) -> None:
    answer = wire.create(KINESIS.request(account, BatchSize=0, StartingPosition="invalid"))
    assert_error(answer, 400, "ValidationException")
    introduction, _, violations = answer.error_text.partition(": ")
    assert introduction == "2 validation errors detected"
    assert sorted(violations.split("; ")) == [
        "Value '0' at 'batchSize' failed to satisfy constraint: Member must have value greater than or equal to 1",
        "Value 'invalid' at 'startingPosition' failed to satisfy constraint: "
        "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
    ]


RECORD_AGE = "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)"


@pytest.mark.parametrize("age", [0, 1, 59])
def test_record_ages_that_the_model_allows_and_lambda_does_not(age: int, wire: LambdaWire, account: str) -> None:
    answer = wire.create(KINESIS.request(account, MaximumRecordAgeInSeconds=age))
    assert_error(answer, 400, "InvalidParameterValueException", RECORD_AGE)


def test_a_fifo_queue_takes_no_window(wire: LambdaWire, account: str) -> None:
    answer = wire.create(SQS_FIFO.request(account, MaximumBatchingWindowInSeconds=1))
    assert_error(
        answer, 400, "InvalidParameterValueException", "Batching window is not supported for FIFO queues"
    )


def test_at_timestamp_needs_a_timestamp(wire: LambdaWire, account: str) -> None:
    answer = wire.create(KINESIS.request(account, StartingPosition="AT_TIMESTAMP"))
    assert_error(answer, 400, "InvalidParameterValueException", "Need to specify a timestamp")


FAILURE = "arn:aws:sqs:us-east-1:{account}:failures"
NO_TOPIC = {"Topics": None}

# Documented rules whose wording nobody has recorded: the error is sure, its text is Headrace's own.
SOURCE_RULES = [
    ("fifo-batch", SQS_FIFO, {"BatchSize": 11}),
    ("two-scaling-modes", SQS, {
        "ScalingConfig": {"MaximumConcurrency": 2},
        "ProvisionedPollerConfig": {"MinimumPollers": 2, "MaximumPollers": 3},
    }),
    ("queue-with-one-poller", SQS, {"ProvisionedPollerConfig": {"MinimumPollers": 1, "MaximumPollers": 3}}),
    ("fewer-pollers-at-most-than-at-least", MSK, {
        "ProvisionedPollerConfig": {"MinimumPollers": 5, "MaximumPollers": 4},
    }),
    ("timestamp-without-at-timestamp", KINESIS, {"StartingPositionTimestamp": 1741010802}),
    ("timestamp-in-the-future", KINESIS, {
        "StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": int(time.time()) + 86400,
    }),
    ("eleven-filters", SQS, {"FilterCriteria": {"Filters": [{"Pattern": '{"body":["a"]}'}] * 11}}),
    ("kafka-metrics-of-a-queue", SQS, {"MetricsConfig": {"Metrics": ["KafkaMetrics"]}}),
    ("kafka-destination-of-a-stream", KINESIS, {"DestinationConfig": {"OnFailure": {"Destination": "kafka://t"}}}),
    ("fifo-destination", KINESIS, {"DestinationConfig": {"OnFailure": {"Destination": FAILURE + ".fifo"}}}),
    ("msk-without-topic", MSK, NO_TOPIC),
    ("self-managed-kafka-without-topic", SELF_MANAGED_KAFKA, NO_TOPIC),
    ("msk-without-position", MSK, {"StartingPosition": None}),
    ("msk-with-basic-auth", MSK, {"SourceAccessConfigurations": [BASIC_AUTH]}),
    ("self-managed-kafka-with-virtual-host", SELF_MANAGED_KAFKA, {
        "SourceAccessConfigurations": [{"Type": "VIRTUAL_HOST", "URI": "/"}],
    }),
    ("broker-without-queue", AMAZON_MQ, {"Queues": None}),
    ("broker-without-access", AMAZON_MQ, {"SourceAccessConfigurations": None}),
    ("broker-with-two-logins", AMAZON_MQ, {"SourceAccessConfigurations": [BASIC_AUTH, BASIC_AUTH]}),
    ("broker-with-scram", AMAZON_MQ, {"SourceAccessConfigurations": [SCRAM_AUTH]}),
    ("documentdb-without-access", DOCUMENTDB, {"SourceAccessConfigurations": None}),
    ("documentdb-without-position", DOCUMENTDB, {"StartingPosition": None}),
    ("documentdb-without-database", DOCUMENTDB, {"DocumentDBEventSourceConfig": None}),
    ("documentdb-with-nameless-database", DOCUMENTDB, {"DocumentDBEventSourceConfig": {"CollectionName": "orders"}}),
    ("unknown-service", SQS, {"EventSourceArn": "arn:aws:nonesuch:us-east-1:{account}:orders"}),
]


@pytest.mark.parametrize(
    ("kind", "changed"), [rule[1:] for rule in SOURCE_RULES], ids=[rule[0] for rule in SOURCE_RULES]
)
def test_rules_of_a_source_type(kind: SourceType, changed: Dict[str, Any], wire: LambdaWire, account: str) -> None:
    answer = wire.create(kind.request(account, **changed))
    assert_error(answer, 400, "InvalidParameterValueException")
    assert wire.list().json["EventSourceMappings"] == []
    # The same without the fault is taken, so that it is this rule which refused it.
    wire.created(kind.request(account))
