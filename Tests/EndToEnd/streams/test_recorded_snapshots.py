"""Holds what the played cases saw against the recordings themselves, key by key; skipped where those are not at hand.

Not compared are answers of DynamoDB, SQS and SNS themselves, and what the servers that play them write otherwise.
"""

from __future__ import annotations

import copy
from typing import Any, Dict

import pytest

from recordings import Masks, load_recordings

from streams.recorded.dynamodb_cases import DYNAMODB
from streams.recorded.kinesis_cases import KINESIS
from streams.recorded.play import Play

FILES = ["test_lambda_integration_kinesis.snapshot.json", "test_lambda_integration_dynamodbstreams.snapshot.json"]

CASES = {**KINESIS.by_test, **DYNAMODB.by_test}

RECORDED_ACCOUNT = "111111111111"

OLD = "TestDynamoDBEventSourceMapping::test_dynamodb_report_batch_item_failures_with_on_failure_destination_config"
"""A recording of 2024, from before AWS had added `EventSourceMappingArn`."""


@pytest.fixture(scope="module")
def recordings() -> Dict[str, Any]:
    return {test: content for name in FILES for test, content in load_recordings(name).items()}


def is_tables_own(key: str) -> bool:
    return "table" in key and ("create" in key or "creation" in key or "update" in key)


def comparable(value: Any) -> Any:
    """Without the members that are other services' own."""
    if isinstance(value, list):
        return [comparable(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "ResponseMetadata" in value:
        value["ResponseMetadata"] = {"HTTPStatusCode": value["ResponseMetadata"]["HTTPStatusCode"]}
    if "Messages" in value:
        value["Messages"] = [{"Body": message["Body"]} for message in value["Messages"]]
    if "SigningCertURL" in value:
        value = {name: value[name] for name in ("Message", "TopicArn", "Type")}
    for name in ("SizeBytes", "eventVersion"):
        if "dynamodb" in value or "SequenceNumber" in value:
            value.pop(name, None)
    return {name: comparable(each) for name, each in value.items()}


def with_account(value: Any, account: str) -> Any:
    if isinstance(value, dict):
        return {name: with_account(each, account) for name, each in value.items()}
    if isinstance(value, list):
        return [with_account(each, account) for each in value]
    return value.replace(RECORDED_ACCOUNT, account) if isinstance(value, str) else value


@pytest.mark.parametrize("case", CASES, ids=lambda test: test.split("::test_")[1])
def test_what_was_seen_is_what_aws_was_seen_to_do(recordings: Dict[str, Any], play: Play, case: str) -> None:
    recorded = {key: value for key, value in recordings[case].items() if not is_tables_own(key)}
    masks = Masks()
    for key, value in recorded.items():
        actual = comparable(copy.deepcopy(play.saw[key]()))
        wanted = with_account(comparable(copy.deepcopy(value)), play.scene.server.account)
        if case == OLD and key == "create_event_source_mapping_response":
            del actual["EventSourceMappingArn"]
        if "expire-while-retrying" in case and key == "record_age_exceeded_payload":
            # How often a minute of pauses lets it be tried is not told; AWS did eight times.
            context = actual["Messages"][0]["Body"]["requestContext"]
            assert 6 <= context["approximateInvokeCount"] <= 10
            context["approximateInvokeCount"] = 8
        if key == "list_event_source_mapping_result":
            # Whether the reader has seen by then that the table is gone is a race.
            actual["EventSourceMappings"][0]["LastProcessingResult"] = "No records processed"
        masks.assert_like(actual, wanted, key)


def test_every_recorded_case_is_played(recordings: Dict[str, Any]) -> None:
    assert set(recordings) == set(CASES)
