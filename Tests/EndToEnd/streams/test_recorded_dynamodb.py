"""The recorded cases of DynamoDB Streams: what AWS answered, delivered and sent to destinations."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List

from streams.recorded import expected
from streams.recorded.dynamodb_cases import CREATED, CREATED_RESULT, DYNAMODB, FILTERS
from streams.recorded.kinesis_cases import FAILURE_SCENARIOS, SUCCESS_SCENARIOS
from streams.recorded.play import Play, records_of

HELLO = {"my_partition_key": {"S": "hello world"}}
HELLO_WITH_BYTES = {**HELLO, "binary_key": {"B": "Zm9vYmFy"}}

SINGLE = {
    "BatchSize": 1, "MaximumBatchingWindowInSeconds": 1, "MaximumRetryAttempts": 1, "StartingPosition": "TRIM_HORIZON",
}


def account(play: Play) -> str:
    return play.scene.server.account


def check_created(play: Play, function: str, key: str = CREATED, **given: Any) -> str:
    """Compares the answer to create, member by member, and returns the stream's ARN."""
    created = play.saw[key]()
    arn: str = created["EventSourceArn"]
    assert re.fullmatch(r"arn:aws:dynamodb:us-east-1:\d{12}:table/[^/]+/stream/[^/]+", arn)
    assert created == expected.mapping(arn, function, account(play), **given)
    return arn


def message(play: Play) -> Dict[str, Any]:
    body: Dict[str, Any] = play.saw["destination_queue_messages"]()["Messages"][0]["Body"]
    return body


def inserted(arn: str, item: Dict[str, Any], view: str = "NEW_IMAGE", key: str = "my_partition_key") -> Dict[str, Any]:
    return expected.dynamodb_record(arn, "INSERT", view, {key: item[key]}, NewImage=item)


def sequence_of(event: Dict[str, Any]) -> str:
    sequence: str = event["Records"][0]["dynamodb"]["SequenceNumber"]
    return sequence


@DYNAMODB.of("esm_with_not_existing_dynamodb_stream")
def test_a_missing_stream_is_refused(play: Play) -> None:
    text = (
        f"Stream not found: arn:aws:dynamodb:us-east-1:{account(play)}:table/test-table-4a53f4e8"
        "/stream/2025-02-22T03:03:25.490"
    )
    assert play.saw["error"]() == {
        "Error": {"Code": "InvalidParameterValueException", "Message": text},
        "Type": "User", "message": text, "ResponseMetadata": {"HTTPStatusCode": 400},
    }


@DYNAMODB.of("dynamodb_event_source_mapping")
def test_an_item_is_delivered_as_its_stream_has_it(play: Play) -> None:
    arn = check_created(play, "echo", **SINGLE)
    (event,) = play.saw["event_logs"]()
    assert event == {"Records": [inserted(arn, HELLO_WITH_BYTES)]}
    (record,) = event["Records"]
    assert sorted(record) == sorted(expected.DYNAMODB_KEYS)
    assert list(record)[-1] == "eventSourceARN"
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], float)


@DYNAMODB.of("duplicate_event_source_mappings")
def test_a_second_mapping_of_the_same_pair_is_refused(play: Play) -> None:
    given = {"MaximumBatchingWindowInSeconds": 1, "MaximumRetryAttempts": 1, "StartingPosition": "TRIM_HORIZON"}
    arn = check_created(play, "echo", "create", **given)
    text = (
        f'The event source arn (" {arn} ") and function (" echo ") provided mapping already exists. '
        f'Please update or delete the existing mapping with UUID {play.saw["create"]()["UUID"]}'
    )
    error = play.saw["error"]()
    assert error["Error"] == {"Code": "ResourceConflictException", "Message": text}
    assert (error["Type"], error["ResponseMetadata"]["HTTPStatusCode"]) == ("User", 409)
    check_created(play, "second-echo", "other", **given)


@DYNAMODB.of("disabled_dynamodb_event_source_mapping")
def test_a_disabled_mapping_invokes_nobody(play: Play) -> None:
    given = {"MaximumBatchingWindowInSeconds": 1, "StartingPosition": "TRIM_HORIZON"}
    arn = check_created(play, "echo", CREATED_RESULT, **given)
    assert play.saw["update_event_source_mapping_result"]() == expected.mapping(
        arn, "echo", account(play), **given, State="Disabling", LastProcessingResult="OK"
    )
    (event,) = play.notes["events"]()
    assert event == {"Records": [inserted(arn, {"my_partition_key": {"S": "item 1"}})]}


@DYNAMODB.of("deletion_event_source_mapping_with_dynamodb")
def test_a_mapping_outlives_its_table(play: Play) -> None:
    arn = check_created(play, "echo", CREATED_RESULT, StartingPosition="TRIM_HORIZON")
    listed = play.saw["list_event_source_mapping_result"]()
    assert list(listed) == ["EventSourceMappings", "ResponseMetadata"]
    (mapping,) = listed["EventSourceMappings"]
    wanted = expected.mapping(arn, "echo", account(play), StartingPosition="TRIM_HORIZON", State="Enabled")
    del wanted["ResponseMetadata"]
    # Whether the reader has seen by then that the table is gone is a race.
    assert {**mapping, "LastProcessingResult": "No records processed"} == wanted
    assert mapping["LastProcessingResult"].startswith(("No records processed", "PROBLEM: "))


@DYNAMODB.of("dynamodb_event_source_mapping_with_on_failure_destination_config")
def test_a_queue_gets_what_was_given_up(play: Play) -> None:
    destination = play.saw[CREATED]()["DestinationConfig"]
    arn = check_created(play, "fail", **SINGLE, DestinationConfig=destination)
    first, second = play.notes["events"]()
    assert first == second == {"Records": [inserted(arn, HELLO)]}
    info = expected.dynamodb_info(arn, sequence_of(first))
    document = message(play)
    assert document == expected.document("fail", account(play), info, "DDBStreamBatchInfo")
    assert list(document["DDBStreamBatchInfo"]) == list(info)


@DYNAMODB.of("dynamodb_event_source_mapping_with_sns_on_failure_destination_config")
def test_a_topic_gets_what_was_given_up(play: Play) -> None:
    destination = play.saw[CREATED]()["DestinationConfig"]
    arn = check_created(play, "fail", **SINGLE, DestinationConfig=destination)
    envelope = play.saw["failure_sns_message"]()
    assert envelope["TopicArn"] == destination["OnFailure"]["Destination"]
    assert not envelope.get("Subject")
    info = expected.dynamodb_info(arn, expected.Like(r"\d+"))  # type: ignore[arg-type]
    assert envelope["Message"] == expected.document("fail", account(play), info, "DDBStreamBatchInfo")


@DYNAMODB.of("dynamodb_event_source_mapping_with_s3_on_failure_destination")
def test_a_bucket_gets_what_was_given_up_with_its_payload(play: Play) -> None:
    destination = play.saw[CREATED]()["DestinationConfig"]
    arn = check_created(play, "fail", **SINGLE, DestinationConfig=destination)
    first, second = play.notes["events"]()
    assert first == second
    info = expected.dynamodb_info(arn, sequence_of(first))
    assert play.saw["record_body"]() == {
        **expected.document("fail", account(play), info, "DDBStreamBatchInfo"), "payload": first
    }
    assert re.fullmatch(
        rf"aws/lambda/{play.notes['uuid']}/shardId-[^/]+/\d{{4}}/\d\d/\d\d/[0-9T.-]+-[0-9a-f-]{{36}}", play.notes["key"]
    ), play.notes["key"]


@DYNAMODB.of("dynamodb_report_batch_item_failures")
def test_a_reported_record_is_tried_again_alone_with_all_its_retries(play: Play) -> None:
    arn = check_created(
        play, "dynamodb-item-failures", BatchSize=3, MaximumBatchingWindowInSeconds=1, MaximumRetryAttempts=3,
        StartingPosition="TRIM_HORIZON", FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig=play.saw[CREATED]()["DestinationConfig"],
    )
    events = play.notes["events"]()
    records = records_of(events)
    items = [record["dynamodb"]["Keys"]["my_partition_key"]["S"] for record in records]
    # Which batches there are before is a matter of time; the last record is in one of them, and four times alone.
    assert items == [*(f"testId{number}" for number in range(5)), *["testId5"] * len(items[5:])]
    alone = [event for event in events if len(event["Records"]) == 1 and event["Records"][0] == records[-1]]
    assert len(alone) == (5 if events[-5] == alone[0] else 4)
    for record in records[:5]:
        assert record["dynamodb"]["NewImage"]["should_fail"] == {"BOOL": False}
    info = expected.dynamodb_info(arn, sequence_of(events[-1]))
    assert message(play) == expected.document(
        "dynamodb-item-failures", account(play), info, "DDBStreamBatchInfo", count=4, error=None
    )


@DYNAMODB.of(*(f"dynamodb_report_batch_item_failure_scenarios[{name}]" for name in FAILURE_SCENARIOS))
def test_an_answer_that_fails_the_whole_batch(play: Play, case: str) -> None:
    name = case[case.index("[") + 1:-1]
    arn = play.saw[CREATED]()["EventSourceArn"]
    events = play.saw["dynamodb_events"]()
    assert events == [{"Records": [inserted(arn, HELLO_WITH_BYTES)]}] * 4
    error = "Unhandled" if name == "unhandled_exception_in_function" else None
    assert message(play) == expected.document(
        name, account(play), expected.dynamodb_info(arn, sequence_of(events[0])), "DDBStreamBatchInfo",
        count=4, error=error,
    )


@DYNAMODB.of(
    *(
        f"dynamodb_report_batch_item_success_scenarios[{name}]"
        for name in SUCCESS_SCENARIOS if name != "empty_string_success"
    )
)
def test_an_answer_that_is_a_success(play: Play) -> None:
    arn = play.saw[CREATED]()["EventSourceArn"]
    assert play.saw["dynamodb_events"]() == [{"Records": [inserted(arn, HELLO_WITH_BYTES)]}]


@DYNAMODB.of(*(f"dynamodb_event_filter[{name}]" for name in FILTERS))
def test_a_filter_admits_what_it_admitted_on_aws(play: Play, case: str) -> None:
    pattern, first, second, (after_first, after_second) = FILTERS[case[case.index("[") + 1:-1]]
    arn = check_created(
        play, "echo", **SINGLE, FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]}
    )
    view = "NEW_AND_OLD_IMAGES"
    records: List[Dict[str, Any]] = [inserted(arn, first, view, "id")]
    if after_second == 2:
        changed = second["id"] == first["id"]
        keys = {"id": second["id"]}
        records.append(
            expected.dynamodb_record(arn, "MODIFY", view, keys, NewImage=second, OldImage=first)
            if changed else inserted(arn, second, view, "id")
        )
    assert play.saw["lambda-log-events"]() == [{"Records": [record]} for record in records[:after_first]]
    assert play.saw["lambda-multiple-log-events"]() == [{"Records": [record]} for record in records]


@DYNAMODB.of(
    "dynamodb_invalid_event_filter[single-string]", 'dynamodb_invalid_event_filter[[{"eventName": ["INSERT"=123}]]'
)
def test_a_filter_that_is_none_is_refused(play: Play) -> None:
    text = "Invalid filter pattern definition."
    error = play.saw["exception_event_source_creation"]()
    assert error["Error"] == {"Code": "InvalidParameterValueException", "Message": text}
    assert (error["Type"], error["message"], error["ResponseMetadata"]["HTTPStatusCode"]) == ("User", text, 400)
