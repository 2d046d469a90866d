"""Replays recorded calls against the binary and compares the answers with those that AWS gave, member by member.

The recordings lie beside this checkout and are no part of it; where they are absent these tests are skipped. The calls
behind each recording are described in its `index.md`.
"""

from __future__ import annotations

import uuid
from typing import Any, Callable, Dict, Iterator, Optional

import pytest
from botocore.exceptions import ClientError

from conftest import make_boto_client
from headrace_process import HeadraceProcess
from recordings import Masks, load_recordings

MAPPINGS = "TestLambdaEventSourceMappings::"
ACCOUNT = "111111111111"

QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders/stream/2025-11-25T00:00:00.000"
STREAM = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/orders"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:login"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:handler"

# Members that AWS has added since the recording of that test (2024-09).
ADDED_SINCE = {MAPPINGS + "test_create_event_source_self_managed": {"EventSourceMappingArn"}}


@pytest.fixture(scope="module")
def recordings() -> Dict[str, Any]:
    return load_recordings("test_lambda_api.ESM-ONLY.json")


@pytest.fixture
def client(start_headrace: Any) -> Iterator[Any]:
    # The recordings speak of one account, so each test has a server of its own.
    server: HeadraceProcess = start_headrace(database=":memory:")
    yield make_boto_client(server.url, ACCOUNT, check_parameters=False)


class Replay:
    """The recorded answers of one test, each compared with what a call now answers."""

    def __init__(self, recordings: Dict[str, Any], test: str) -> None:
        self._answers = recordings[test]
        self._masks = Masks()
        self._added = ADDED_SINCE.get(test, set())

    def check(self, key: str, call: Callable[..., Dict[str, Any]], **parameters: Any) -> Dict[str, Any]:
        try:
            actual = call(**parameters)
        except ClientError as error:
            actual = error.response
        compared = {name: value for name, value in actual.items() if name not in self._added}
        compared["ResponseMetadata"] = {"HTTPStatusCode": actual["ResponseMetadata"]["HTTPStatusCode"]}
        recorded = dict(self._answers[key])
        recorded["ResponseMetadata"] = {"HTTPStatusCode": recorded["ResponseMetadata"]["HTTPStatusCode"]}
        self._masks.assert_like(compared, recorded, key)
        return actual


def test_exceptions(recordings: Dict[str, Any], client: Any) -> None:
    replay = Replay(recordings, MAPPINGS + "test_event_source_mapping_exceptions")
    unknown = str(uuid.uuid4())
    replay.check("get_unknown_uuid", client.get_event_source_mapping, UUID=unknown)
    replay.check("delete_unknown_uuid", client.delete_event_source_mapping, UUID=unknown)
    replay.check("update_unknown_uuid", client.update_event_source_mapping, UUID=unknown, Enabled=False)
    replay.check("create_no_event_source_arn", client.create_event_source_mapping, FunctionName="doesnotexist")
    replay.check(
        "destination_config_failure", client.create_event_source_mapping,
        FunctionName="doesnotexist", EventSourceArn=QUEUE, DestinationConfig={"OnSuccess": {"Destination": QUEUE}},
    )


@pytest.mark.parametrize(
    "test", ["test_event_source_mapping_lifecycle", "test_event_source_mapping_lifecycle_delete_function"]
)
def test_lifecycle(test: str, recordings: Dict[str, Any], client: Any) -> None:
    replay = Replay(recordings, MAPPINGS + test)
    created = replay.check(
        "create_response", client.create_event_source_mapping,
        FunctionName="handler", EventSourceArn=TABLE, DestinationConfig={"OnFailure": {"Destination": QUEUE}},
        BatchSize=1, StartingPosition="TRIM_HORIZON", MaximumBatchingWindowInSeconds=1, MaximumRetryAttempts=1,
    )
    replay.check("get_response", client.get_event_source_mapping, UUID=created["UUID"])
    replay.check("delete_response", client.delete_event_source_mapping, UUID=created["UUID"])


def test_function_name_variations(recordings: Dict[str, Any], client: Any) -> None:
    replay = Replay(recordings, MAPPINGS + "test_function_name_variations")
    for key, name in {
        "name_only": "handler",
        "partial_arn_latest": "handler:$LATEST",
        "partial_arn_version": "handler:1",
        "partial_arn_alias": "handler:myalias",
        "full_arn_latest": FUNCTION,
        "full_arn_version": FUNCTION + ":1",
        "full_arn_alias": FUNCTION + ":myalias",
    }.items():
        created = replay.check(
            key + "_create_esm", client.create_event_source_mapping, FunctionName=name, EventSourceArn=QUEUE
        )
        client.delete_event_source_mapping(UUID=created["UUID"])


@pytest.mark.parametrize(
    ("test", "source"),
    [("test_create_event_source_validation", TABLE), ("test_create_event_source_validation_kinesis", STREAM)],
    ids=["dynamodb", "kinesis"],
)
def test_validation(test: str, source: str, recordings: Dict[str, Any], client: Any) -> None:
    replay = Replay(recordings, MAPPINGS + test)
    keys = {
        "no_starting_position": {},
        "invalid_starting_position": {"StartingPosition": "invalid"},
    }
    if source == TABLE:
        keys["incompatible_starting_position"] = {
            "StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": "1741010802",
        }
    for key, more in keys.items():
        replay.check(key, client.create_event_source_mapping, FunctionName="handler", EventSourceArn=source, **more)


def test_filter_criteria(recordings: Dict[str, Any], client: Any) -> None:
    replay = Replay(recordings, MAPPINGS + "test_create_event_filter_criteria_validation")
    replay.check(
        "response-with-empty-filters", client.create_event_source_mapping,
        FunctionName="handler", EventSourceArn=TABLE, StartingPosition="LATEST", FilterCriteria={"Filters": []},
    )


def test_self_managed_kafka(recordings: Dict[str, Any], client: Any) -> None:
    replay = Replay(recordings, MAPPINGS + "test_create_event_source_self_managed")

    def check(key: str, topic: str, *servers: str, **more: Any) -> Dict[str, Any]:
        return replay.check(
            key, client.create_event_source_mapping,
            FunctionName="handler", Topics=[topic],
            SelfManagedEventSource={"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": list(servers)}}, **more,
        )

    access = {"SourceAccessConfigurations": [{"Type": "BASIC_AUTH", "URI": SECRET}]}
    group = {"SelfManagedKafkaEventSourceConfig": {"ConsumerGroupId": "random_id"}}
    check("missing-source-access-configuration", "topic", "kafka:1000")
    created = check("event-source-mapping-default", "topic", "kafka:1000", **access)
    assert created["SelfManagedKafkaEventSourceConfig"]["ConsumerGroupId"] == created["UUID"]
    conflict = check("duplicate-source", "topic", "kafka:1000", **access)
    assert created["UUID"] in conflict["Error"]["Message"]
    check(
        "event-source-mapping-values", "topic_2", "kafka:1000",
        BatchSize=1, StartingPosition="LATEST", **access, **group,
    )
    check("multiple-duplicate-source", "topic", "kafka:1000", "kafka:2000", BatchSize=1, **access, **group)


def create_on_queue(client: Any, tags: Optional[Dict[str, str]] = None) -> str:
    created = client.create_event_source_mapping(
        FunctionName="handler", EventSourceArn=QUEUE, BatchSize=1, **({"Tags": tags} if tags else {})
    )
    arn: str = created["EventSourceMappingArn"]
    return arn


def test_tag_on_create(recordings: Dict[str, Any], client: Any) -> None:
    replay = Replay(recordings, "TestLambdaTag::test_create_tag_on_esm_create")
    arn = create_on_queue(client, {"testtag": "value"})
    replay.check("list_tags_result", client.list_tags, Resource=arn)


def test_tag_lifecycle(recordings: Dict[str, Any], client: Any) -> None:
    replay = Replay(recordings, "TestLambdaTag::test_tag_lifecycle[event_source_mapping]")
    arn = create_on_queue(client)
    for key, tags in {
        "tag_single_response": {"A": "tag-a"},
        "tag_multiple_response": {"B": "tag-b", "C": "tag-c"},
        "tag_overlap_response": {"C": "tag-c-newsuffix", "D": "tag-d"},
    }.items():
        replay.check(key, client.tag_resource, Resource=arn, Tags=tags)
        replay.check(key + "_listtags", client.list_tags, Resource=arn)
    for key, names in {
        "untag_single_response": ["A"],
        "untag_multiple_response": ["B", "C"],
        "untag_nonexisting_response": ["F"],
        "untag_existing_and_nonexisting_response": ["D", "F"],
    }.items():
        replay.check(key, client.untag_resource, Resource=arn, TagKeys=names)
        replay.check(key + "_listtags", client.list_tags, Resource=arn)


def test_tag_exceptions(recordings: Dict[str, Any], client: Any) -> None:
    replay = Replay(recordings, "TestLambdaTag::test_tag_exceptions[event_source_mapping]")
    unknown = f"arn:aws:lambda:us-east-1:{ACCOUNT}:event-source-mapping:{uuid.uuid4()}"
    replay.check("not_found_exception_tag", client.tag_resource, Resource=unknown, Tags={"A": "a"})
    replay.check("not_found_exception_untag", client.untag_resource, Resource=unknown, TagKeys=["A"])
    replay.check("not_found_exception_list", client.list_tags, Resource=unknown)
    replay.check("aliased_arn_exception", client.list_tags, Resource=unknown + ":alias")
    replay.check(
        "invalid_arn_exception", client.list_tags, Resource=unknown.replace("event-source-mapping", "foobar")
    )
