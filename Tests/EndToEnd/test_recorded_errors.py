"""The errors that real AWS was recorded to answer, with their exact status, name, text and body keys.

The checks of whether a function or a source exists need live ones and are not in here. Conflicts are in
`test_uniqueness.py`, errors of tags in `test_tags.py`.
"""

from __future__ import annotations

import uuid
from typing import Any, Callable

import pytest

from lambda_wire import Answer, LambdaWire, assert_error
from source_types import DYNAMODB, KINESIS, SELF_MANAGED_KAFKA, SQS, SourceType

NULL_STARTING_POSITION = (
    "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
    "Member must not be null."
)
INVALID_STARTING_POSITION = (
    "1 validation error detected: Value 'invalid' at 'startingPosition' failed to satisfy constraint: "
    "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]"
)
BATCH_WITHOUT_WINDOW = (
    "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
)
UNSUPPORTED_DESTINATION = "Unsupported DestinationConfig parameter for given event source mapping type."

each_stream = pytest.mark.parametrize("kind", [KINESIS, DYNAMODB], ids=lambda kind: kind.name)


@pytest.mark.parametrize(
    "call",
    [
        lambda wire, identifier: wire.get(identifier),
        lambda wire, identifier: wire.update(identifier, {"Enabled": False}),
        lambda wire, identifier: wire.delete(identifier),
    ],
    ids=["get", "update", "delete"],
)
@pytest.mark.parametrize("identifier", [str(uuid.uuid4()), "not-a-uuid", "1234"])
def test_unknown_mapping(call: Callable[[LambdaWire, str], Answer], identifier: str, wire: LambdaWire) -> None:
    answer = call(wire, identifier)
    assert_error(answer, 404, "ResourceNotFoundException", "The resource you requested does not exist.")


def test_no_event_source(wire: LambdaWire) -> None:
    answer = wire.create({"FunctionName": "doesnotexist"})
    assert_error(answer, 400, "InvalidParameterValueException", "Unrecognized event source.")


def test_success_destination_of_a_queue(wire: LambdaWire, account: str) -> None:
    destination = {"OnSuccess": {"Destination": f"arn:aws:sqs:us-east-1:{account}:someotherqueue"}}
    answer = wire.create(SQS.request(account, DestinationConfig=destination))
    assert_error(answer, 400, "InvalidParameterValueException", UNSUPPORTED_DESTINATION)


@each_stream
def test_stream_without_starting_position(kind: SourceType, wire: LambdaWire, account: str) -> None:
    answer = wire.create(kind.request(account, StartingPosition=None))
    assert_error(answer, 400, "InvalidParameterValueException", NULL_STARTING_POSITION)


@each_stream
def test_starting_position_out_of_its_enumeration(kind: SourceType, wire: LambdaWire, account: str) -> None:
    answer = wire.create(kind.request(account, StartingPosition="invalid"))
    assert_error(answer, 400, "ValidationException", INVALID_STARTING_POSITION)


def test_dynamodb_stream_at_a_timestamp(wire: LambdaWire, account: str) -> None:
    request = DYNAMODB.request(account, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=1741010802)
    assert_error(
        wire.create(request), 400, "InvalidParameterValueException",
        f"Unsupported starting position for arn type: {request['EventSourceArn']}",
    )


@pytest.mark.parametrize("window", [None, 0], ids=["unset", "zero"])
def test_large_queue_batch_without_window(window: Any, wire: LambdaWire, account: str) -> None:
    answer = wire.create(SQS.request(account, BatchSize=11, MaximumBatchingWindowInSeconds=window))
    assert_error(answer, 400, "InvalidParameterValueException", BATCH_WITHOUT_WINDOW)


def test_large_queue_batch_without_window_on_update(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account))
    answer = wire.update(created["UUID"], {"FunctionName": "handler", "BatchSize": 11})
    assert_error(answer, 400, "InvalidParameterValueException", BATCH_WITHOUT_WINDOW)
    # A refused update has changed nothing.
    assert wire.get(created["UUID"]).json == {**created, "State": "Enabled"}


INVALID_PATTERNS = [
    "simple string",
    '"single-string"',
    "null",
    "[",
    '["a", "b"',
    "[]",
    '{"eventSource": "aws:sqs"}',
    '{"eventSource": []}',
]


@pytest.mark.parametrize("pattern", INVALID_PATTERNS)
@pytest.mark.parametrize("kind", [SQS, DYNAMODB], ids=lambda kind: kind.name)
def test_invalid_filter_pattern(kind: SourceType, pattern: str, wire: LambdaWire, account: str) -> None:
    answer = wire.create(kind.request(account, FilterCriteria={"Filters": [{"Pattern": pattern}]}))
    assert_error(answer, 400, "InvalidParameterValueException", "Invalid filter pattern definition.")
    assert wire.list().json["EventSourceMappings"] == []


def test_invalid_filter_pattern_on_update(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account))
    answer = wire.update(created["UUID"], {"FilterCriteria": {"Filters": [{"Pattern": "simple string"}]}})
    assert_error(answer, 400, "InvalidParameterValueException", "Invalid filter pattern definition.")
    assert "FilterCriteria" not in wire.get(created["UUID"]).json


def test_one_invalid_pattern_among_valid_ones(wire: LambdaWire, account: str) -> None:
    filters = [{"Pattern": '{"body":["a"]}'}, {"Pattern": '{"body":"a"}'}]
    answer = wire.create(SQS.request(account, FilterCriteria={"Filters": filters}))
    assert_error(answer, 400, "InvalidParameterValueException", "Invalid filter pattern definition.")


def test_self_managed_kafka_without_access_configuration(wire: LambdaWire, account: str) -> None:
    answer = wire.create(SELF_MANAGED_KAFKA.request(account, SourceAccessConfigurations=None))
    assert_error(
        answer, 400, "InvalidParameterValueException", "Required 'sourceAccessConfigurations' parameter is missing."
    )


def test_the_model_is_checked_before_the_source(wire: LambdaWire) -> None:
    answer = wire.create({"FunctionName": "handler", "StartingPosition": "invalid"})
    assert_error(answer, 400, "ValidationException", INVALID_STARTING_POSITION)


def test_the_destination_is_checked_before_the_source_is_recognised(wire: LambdaWire, account: str) -> None:
    # The recorded order: an unsupported destination comes before anything that the source's own rules say.
    answer = wire.create(
        SQS.request(
            account,
            BatchSize=11,
            DestinationConfig={"OnSuccess": {"Destination": f"arn:aws:sqs:us-east-1:{account}:other"}},
        )
    )
    assert_error(answer, 400, "InvalidParameterValueException", UNSUPPORTED_DESTINATION)
