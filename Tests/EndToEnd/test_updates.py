"""What an update changes, what it leaves, and how a parameter is cleared."""

from __future__ import annotations

from typing import Any, Dict

import pytest

import source_types
from lambda_wire import LambdaWire, assert_error
from source_types import DYNAMODB, KINESIS, MSK, SELF_MANAGED_KAFKA, SQS, SourceType, fill

NOT_UPDATABLE = {
    "EventSourceArn", "SelfManagedEventSource", "StartingPosition", "StartingPositionTimestamp", "Topics", "Queues",
    "Tags",
}
OTHER_DESTINATION = {"OnFailure": {"Destination": "arn:aws:s3:::failures"}}
VOLATILE = {"State", "LastModified"}


def steady(mapping: Dict[str, Any]) -> Dict[str, Any]:
    return {name: value for name, value in mapping.items() if name not in VOLATILE}


@pytest.mark.parametrize("kind", source_types.ALL, ids=lambda kind: kind.name)
def test_all_updatable_parameters_at_once(kind: SourceType, wire: LambdaWire, account: str) -> None:
    created = wire.created(kind.request(account))
    change = {name: value for name, value in kind.options.items() if name not in NOT_UPDATABLE}
    if kind in (MSK, SELF_MANAGED_KAFKA):
        # Lambda refuses an update that names the consumer group, even with the same value.
        change = {name: value for name, value in change.items() if not name.endswith("KafkaEventSourceConfig")}
    change = fill(change, account=account)

    answer = wire.update(created["UUID"], change)
    assert (answer.status, answer.json["State"]) == (202, "Updating"), answer
    assert steady(answer.json) == steady({**created, **change})
    assert wire.get(created["UUID"]).json == {**answer.json, "State": "Enabled"}


@pytest.mark.parametrize("kind", source_types.ALL, ids=lambda kind: kind.name)
def test_what_an_update_omits_stays(kind: SourceType, wire: LambdaWire, account: str) -> None:
    created = wire.created(kind.request(account, **kind.options))
    change = {"BatchSize": 7} if "BatchSize" in created else {"DestinationConfig": OTHER_DESTINATION}
    answer = wire.update(created["UUID"], change)
    assert steady(answer.json) == steady({**created, **change})


CLEARING = [
    (SQS, {"FilterCriteria": source_types.FILTER}, {"FilterCriteria": {}}, None),
    (SQS, {"FilterCriteria": source_types.FILTER}, {"FilterCriteria": {"Filters": []}}, None),
    (SQS, {"ScalingConfig": {"MaximumConcurrency": 5}}, {"ScalingConfig": {}}, None),
    (SQS, {"FunctionResponseTypes": ["ReportBatchItemFailures"]}, {"FunctionResponseTypes": []}, []),
    (SQS, {"KMSKeyArn": source_types.KEY}, {"KMSKeyArn": ""}, None),
    (KINESIS, {"DestinationConfig": source_types.FAILURE_QUEUE}, {"DestinationConfig": {}}, {"OnFailure": {}}),
    (DYNAMODB, {"FunctionResponseTypes": ["ReportBatchItemFailures"]}, {"FunctionResponseTypes": []}, []),
]


@pytest.mark.parametrize(
    ("kind", "given", "clearing", "cleared"), CLEARING,
    ids=[f"{row[0].name}-{next(iter(row[1]))}-{index}" for index, row in enumerate(CLEARING)],
)
def test_clearing(
    kind: SourceType, given: Dict[str, Any], clearing: Dict[str, Any], cleared: Any, wire: LambdaWire, account: str
) -> None:
    created = wire.created(kind.request(account, **given))
    (name,) = given
    assert created[name] == fill(given, account=account)[name]

    assert wire.update(created["UUID"], clearing).status == 202
    fetched = wire.get(created["UUID"]).json
    # None: like a mapping that never had it, which has no such key.
    assert fetched.get(name) == cleared
    assert (name in fetched) == (cleared is not None)


def test_clearing_metrics(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account, MetricsConfig={"Metrics": ["EventCount"]}))
    assert wire.update(created["UUID"], {"MetricsConfig": {"Metrics": []}}).status == 202
    fetched = wire.get(created["UUID"]).json
    assert not fetched.get("MetricsConfig", {}).get("Metrics")


def test_parameters_that_cannot_be_updated_are_ignored(wire: LambdaWire, account: str) -> None:
    created = wire.created(KINESIS.request(account))
    answer = wire.update(
        created["UUID"],
        {
            "StartingPosition": "LATEST",
            "EventSourceArn": f"arn:aws:kinesis:us-east-1:{account}:stream/other",
            "Topics": ["orders"],
            "Tags": {"team": "a"},
            "UUID": "11111111-2222-3333-4444-555555555555",
            "NoSuchParameter": {"a": [1]},
            "BatchSize": 7,
        },
    )
    assert answer.status == 202
    assert steady(answer.json) == steady({**created, "BatchSize": 7})
    assert wire.list_tags(created["EventSourceMappingArn"]).json == {"Tags": {}}


def test_an_update_to_another_function(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account))
    answer = wire.update(created["UUID"], {"FunctionName": f"arn:aws:lambda:us-east-1:{account}:function:handler:2"})
    assert answer.json["State"] == "Updating"
    assert answer.json["FunctionArn"] == f"arn:aws:lambda:us-east-1:{account}:function:handler:2"
    # The old function's claim on the queue is free, the new one's is taken.
    wire.created(SQS.request(account))
    assert_error(wire.create(SQS.request(account, FunctionName="handler:2")), 409, "ResourceConflictException")


def test_an_update_onto_another_mappings_function_is_a_conflict(wire: LambdaWire, account: str) -> None:
    first = wire.created(SQS.request(account))
    second = wire.created(SQS.request(account, FunctionName="other"))
    answer = wire.update(second["UUID"], {"FunctionName": "handler"})
    assert_error(answer, 409, "ResourceConflictException")
    assert answer.error_text.endswith(f"with UUID {first['UUID']}")
    assert wire.get(second["UUID"]).json == {**second, "State": "Enabled"}


def test_naming_the_function_that_it_has_is_no_conflict(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account))
    answer = wire.update(created["UUID"], {"FunctionName": "handler", "BatchSize": 3})
    assert (answer.status, answer.json["BatchSize"]) == (202, 3)


def test_a_window_and_a_large_batch_can_come_together_or_one_after_the_other(wire: LambdaWire, account: str) -> None:
    uuid = wire.created(SQS.request(account))["UUID"]
    assert wire.update(uuid, {"BatchSize": 100, "MaximumBatchingWindowInSeconds": 5}).status == 202
    # The rule holds for what the mapping would become: the window may not go while the batch is large.
    assert_error(wire.update(uuid, {"MaximumBatchingWindowInSeconds": 0}), 400, "InvalidParameterValueException")
    assert wire.update(uuid, {"BatchSize": 200}).status == 202
    fetched = wire.get(uuid).json
    assert (fetched["BatchSize"], fetched["MaximumBatchingWindowInSeconds"]) == (200, 5)


def test_an_empty_update_is_accepted_and_changes_nothing(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account))
    answer = wire.update(created["UUID"], {})
    assert answer.status == 202
    assert steady(answer.json) == steady(created)
