"""A mapping on every source type: what AWS answers to the least and to the most that a create can say."""

from __future__ import annotations

from typing import Any, Dict

import pytest

import source_types
from lambda_wire import LambdaWire
from source_types import NEVER_RETURNED, SourceType, fill

TAKING_DESTINATIONS = [source_types.KINESIS, source_types.DYNAMODB, source_types.S3, source_types.SNS]

each_type = pytest.mark.parametrize("kind", source_types.ALL, ids=lambda kind: kind.name)


def expected_answer(kind: SourceType, mapping: Dict[str, Any], account: str, **given: Any) -> Dict[str, Any]:
    """The whole answer to a create, as recorded-kind types have it and the others at least have it."""
    identity = {
        "UUID": mapping["UUID"],
        "EventSourceMappingArn": "arn:aws:lambda:us-east-1:{account}:event-source-mapping:{uuid}",
        "FunctionArn": "arn:aws:lambda:us-east-1:{account}:function:handler",
        "LastModified": mapping["LastModified"],
        "State": mapping["State"],
    }
    whole = {**identity, **kind.defaults, **kind.source, **given}
    returned = {name: value for name, value in whole.items() if name not in NEVER_RETURNED}
    return fill(returned, account=account, uuid=mapping["UUID"])


def assert_answer(kind: SourceType, actual: Dict[str, Any], expected: Dict[str, Any]) -> None:
    if kind.is_recorded:
        assert actual == expected
    else:
        assert_contains(actual, expected)
        assert "StateTransitionReason" in actual
        assert not NEVER_RETURNED & set(actual)


def assert_contains(actual: Any, expected: Any, path: str = "") -> None:
    if isinstance(expected, dict):
        assert isinstance(actual, dict), path
        for name, value in expected.items():
            assert name in actual, f"{path}.{name} is missing"
            assert_contains(actual[name], value, f"{path}.{name}")
    else:
        assert actual == expected, path


@each_type
def test_mandatory_parameters_alone_give_the_defaults(kind: SourceType, wire: LambdaWire, account: str) -> None:
    created = wire.created(kind.request(account))
    assert created["State"] == "Creating"
    assert_answer(kind, created, expected_answer(kind, created, account))

    fetched = wire.get(created["UUID"])
    assert fetched.status == 200
    assert fetched.json == {**created, "State": "Enabled"}


@each_type
def test_all_parameters_are_kept_and_answered(kind: SourceType, wire: LambdaWire, account: str) -> None:
    created = wire.created(kind.request(account, **kind.options, Tags={"team": "a"}, Enabled=True))
    assert created["State"] == "Creating"
    assert_answer(kind, created, expected_answer(kind, created, account, **kind.options))

    fetched = wire.get(created["UUID"]).json
    assert fetched == {**created, "State": "Enabled"}
    assert wire.list().json["EventSourceMappings"] == [fetched]


@each_type
def test_created_disabled_is_disabled_at_once(kind: SourceType, wire: LambdaWire, account: str) -> None:
    created = wire.created(kind.request(account, Enabled=False))
    assert created["State"] == "Disabled"
    assert_answer(kind, created, expected_answer(kind, created, account))
    assert wire.get(created["UUID"]).json == created


@pytest.mark.parametrize("kind", source_types.LAMBDAS_OWN, ids=lambda kind: kind.name)
def test_boto3_decodes_every_member(kind: SourceType, boto: Any, account: str) -> None:
    given = kind.request(account, **kind.options)
    created = boto.create_event_source_mapping(**given)
    assert created["LastModified"].tzinfo is not None
    for name, value in given.items():
        if name in NEVER_RETURNED:
            assert name not in created
        elif name == "StartingPositionTimestamp":
            assert created[name].timestamp() == value
        else:
            assert created[name] == value


def test_a_queue_takes_provisioned_pollers(wire: LambdaWire, account: str) -> None:
    pollers = {"MinimumPollers": 2, "MaximumPollers": 2000}
    created = wire.created(source_types.SQS.request(account, ProvisionedPollerConfig=pollers))
    assert_contains(created["ProvisionedPollerConfig"], pollers)


@pytest.mark.parametrize(
    "destination",
    ["arn:aws:sqs:us-east-1:{account}:failures", "arn:aws:sns:us-east-1:{account}:failures", "arn:aws:s3:::failures"],
    ids=["queue", "topic", "bucket"],
)
@pytest.mark.parametrize("kind", TAKING_DESTINATIONS, ids=lambda kind: kind.name)
def test_streams_buckets_and_topics_take_a_failure_destination(
    kind: SourceType, destination: str, wire: LambdaWire, account: str
) -> None:
    request = kind.request(account, DestinationConfig={"OnFailure": {"Destination": destination}})
    assert wire.created(request)["DestinationConfig"] == request["DestinationConfig"]


@pytest.mark.parametrize(
    "criteria", [{"Filters": []}, {}], ids=["no-filters", "empty"]
)
def test_filter_criteria_without_filters_are_left_out(criteria: Any, wire: LambdaWire, account: str) -> None:
    created = wire.created(source_types.DYNAMODB.request(account, FilterCriteria=criteria))
    assert "FilterCriteria" not in created


def test_a_filter_pattern_comes_back_byte_for_byte(wire: LambdaWire, account: str) -> None:
    pattern = '{ "body" : {"naïve":["\\u00e9",  1.50, null, {"prefix":"/a\\/b"}]}, "$or":[{"a":[1]},{"b":[2]}] }'
    criteria = {"Filters": [{"Pattern": pattern}]}
    created = wire.created(source_types.SQS.request(account, FilterCriteria=criteria))
    assert created["FilterCriteria"] == criteria
    assert wire.get(created["UUID"]).json["FilterCriteria"] == criteria


def test_five_filters_are_kept_in_order(wire: LambdaWire, account: str) -> None:
    criteria = {"Filters": [{"Pattern": f'{{"body":{{"n":[{number}]}}}}'} for number in (3, 1, 4, 5, 2)]}
    created = wire.created(source_types.SQS.request(account, FilterCriteria=criteria))
    assert created["FilterCriteria"] == criteria


@pytest.mark.parametrize("size", [15, 100, 1000, 10000])
def test_large_queue_batches_are_legal_with_a_window(size: int, wire: LambdaWire, account: str) -> None:
    created = wire.created(source_types.SQS.request(account, BatchSize=size, MaximumBatchingWindowInSeconds=10))
    assert (created["BatchSize"], created["MaximumBatchingWindowInSeconds"]) == (size, 10)


def test_a_given_consumer_group_is_kept(wire: LambdaWire, account: str) -> None:
    kind = source_types.SELF_MANAGED_KAFKA
    created = wire.created(kind.request(account, SelfManagedKafkaEventSourceConfig={"ConsumerGroupId": "random_id"}))
    assert created["SelfManagedKafkaEventSourceConfig"] == {"ConsumerGroupId": "random_id"}
