"""The recorded cases of Kinesis: what AWS answered, delivered and sent to destinations, as its recordings say."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Dict, List

from streams.recorded import expected
from streams.recorded.kinesis_cases import CREATED, FAILURE_SCENARIOS, KINESIS, SUCCESS_SCENARIOS
from streams.recorded.play import Play
from streams.records import Record, texts_of


def account(play: Play) -> str:
    return play.scene.server.account


def arn_of(created: Dict[str, Any]) -> str:
    arn: str = created["EventSourceArn"]
    assert re.fullmatch(r"arn:aws:kinesis:us-east-1:\d{12}:stream/.+", arn)
    return arn


def check_created(play: Play, function: str, key: str = CREATED, **given: Any) -> str:
    """Compares the answer to create, member by member, and returns the stream's ARN."""
    created = play.saw[key]()
    arn = arn_of(created)
    assert created == expected.mapping(arn, function, account(play), **given)
    return arn


def message(play: Play, key: str = "sqs_payload") -> Dict[str, Any]:
    body: Dict[str, Any] = play.saw[key]()["Messages"][0]["Body"]
    return body


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ON_FAILURE = {
    "BatchSize": 1, "MaximumBatchingWindowInSeconds": 1, "MaximumRetryAttempts": 1, "StartingPosition": "TRIM_HORIZON",
}


@KINESIS.of("esm_with_not_existing_kinesis_stream")
def test_a_missing_stream_is_refused(play: Play) -> None:
    text = f"Stream not found: arn:aws:kinesis:us-east-1:{account(play)}:stream/test-foobar-81ded7e8"
    assert play.saw["error"]() == {
        "Error": {"Code": "InvalidParameterValueException", "Message": text},
        "Type": "User", "message": text, "ResponseMetadata": {"HTTPStatusCode": 400},
    }


@KINESIS.of("create_kinesis_event_source_mapping")
def test_ten_records_of_one_put_are_one_invocation(play: Play) -> None:
    arn = check_created(play, "kinesis-data-classes", StartingPosition="LATEST")
    (event,) = play.notes["events"]()
    assert list(event) == ["Records"]
    assert event["Records"] == [
        expected.kinesis_record(arn, account(play), "aGVsbG8=", f"test_{number}") for number in range(10)
    ]
    for record in event["Records"]:
        assert list(record) == expected.KINESIS_KEYS
        assert list(record["kinesis"]) == [
            "kinesisSchemaVersion", "partitionKey", "sequenceNumber", "data", "approximateArrivalTimestamp",
        ]
        assert record["eventID"].endswith(":" + record["kinesis"]["sequenceNumber"])
        assert isinstance(record["kinesis"]["approximateArrivalTimestamp"], float)


@KINESIS.of("create_kinesis_event_source_mapping_multiple_lambdas_single_kinesis_event_stream")
def test_two_functions_on_one_stream_each_get_the_record(play: Play) -> None:
    for letter, function in (("a", "echo"), ("b", "second-echo")):
        arn = check_created(play, function, f"{CREATED}-{letter}", StartingPosition="TRIM_HORIZON")
        assert play.saw[f"kinesis_records-{letter}"]() == {
            "Records": [expected.kinesis_record(arn, account(play), "aGVsbG8=", "test_1")]
        }


@KINESIS.of("duplicate_event_source_mappings")
def test_a_second_mapping_of_the_same_pair_is_refused(play: Play) -> None:
    arn = check_created(play, "echo", "create", StartingPosition="LATEST")
    text = (
        f'The event source arn (" {arn} ") and function (" echo ") provided mapping already exists. '
        f'Please update or delete the existing mapping with UUID {play.saw["create"]()["UUID"]}'
    )
    error = play.saw["error"]()
    assert error["Error"] == {"Code": "ResourceConflictException", "Message": text}
    assert (error["Type"], error["ResponseMetadata"]["HTTPStatusCode"]) == ("User", 409)
    check_created(play, "second-echo", "other", StartingPosition="LATEST")


def datas(records: List[Record]) -> List[Any]:
    return [json.loads(text) for text in texts_of(records)]


@KINESIS.of("kinesis_event_source_mapping_with_async_invocation")
def test_batches_of_a_shard_come_one_after_the_other(play: Play) -> None:
    check_created(play, "parallel", BatchSize=10, StartingPosition="LATEST")
    first, second = play.saw["invocation_events"]()
    for each in (first, second):
        assert datas(each["event"]["Records"]) == [{"record_id": number} for number in range(10)]
    assert second["executionStart"] - first["executionStart"] > 5


@KINESIS.of("kinesis_event_source_trim_horizon")
def test_records_from_before_the_mapping_come_first(play: Play) -> None:
    check_created(play, "second-parallel", BatchSize=10, StartingPosition="TRIM_HORIZON")
    events = [each["event"]["Records"] for each in play.saw["invocation_events"]()]
    assert [datas(records) for records in events] == [[{"record_id": number} for number in range(10)]] * 3
    keys = [{record["kinesis"]["partitionKey"] for record in records} for records in events]
    assert keys == [{"test_0"}, {"test_1"}, {"test_3"}]


@KINESIS.of("disable_kinesis_event_source_mapping")
def test_a_disabled_mapping_invokes_nobody(play: Play) -> None:
    check_created(play, "echo", BatchSize=10, StartingPosition="LATEST")
    (event,) = play.saw["invocation_events"]()
    assert datas(event["Records"]) == [{"record_id": number} for number in range(10)]


@KINESIS.of("kinesis_event_source_mapping_with_on_failure_destination_config")
def test_a_queue_gets_what_was_given_up(play: Play) -> None:
    destination = play.saw[CREATED]()["DestinationConfig"]
    arn = check_created(play, "raise-on-data", **ON_FAILURE, DestinationConfig=destination)
    assert destination["OnFailure"]["Destination"].startswith("arn:aws:sqs:")
    first, second = play.notes["events"]()
    assert first == second
    sequence = first["Records"][0]["kinesis"]["sequenceNumber"]
    document = message(play)
    assert document == expected.document("raise-on-data", account(play), expected.kinesis_info(arn, sequence))
    assert list(document) == ["requestContext", "responseContext", "version", "timestamp", "KinesisBatchInfo"]
    assert list(document["requestContext"]) == ["requestId", "functionArn", "condition", "approximateInvokeCount"]
    assert list(document["KinesisBatchInfo"]) == list(expected.kinesis_info(arn, sequence))


@KINESIS.of("kinesis_event_source_mapping_with_sns_on_failure_destination_config")
def test_a_topic_gets_what_was_given_up(play: Play) -> None:
    destination = play.saw[CREATED]()["DestinationConfig"]
    arn = check_created(play, "raise-on-data", **ON_FAILURE, DestinationConfig=destination)
    envelope = play.saw["failure_sns_message"]()
    assert envelope["Type"] == "Notification"
    assert envelope["TopicArn"] == destination["OnFailure"]["Destination"]
    assert not envelope.get("Subject")
    info = expected.kinesis_info(arn, expected.Like(r"\d+"))  # type: ignore[arg-type]
    assert envelope["Message"] == expected.document("raise-on-data", account(play), info)


@KINESIS.of("kinesis_event_source_mapping_with_s3_on_failure_destination")
def test_a_bucket_gets_what_was_given_up_with_its_payload(play: Play) -> None:
    destination = play.saw[CREATED]()["DestinationConfig"]
    arn = check_created(play, "raise-on-data", **ON_FAILURE, DestinationConfig=destination)
    assert destination["OnFailure"]["Destination"].startswith("arn:aws:s3:::")
    first, second = play.notes["events"]()
    assert first == second
    sequence = first["Records"][0]["kinesis"]["sequenceNumber"]
    document = play.saw["record_body"]()
    assert document == {
        **expected.document("raise-on-data", account(play), expected.kinesis_info(arn, sequence)), "payload": first
    }
    assert list(document)[-2:] == ["KinesisBatchInfo", "payload"]
    # Exactly the event, in AWS's order.
    assert list(document["payload"]["Records"][0]) == expected.KINESIS_KEYS
    day, moment = r"\d{4}/\d\d/\d\d", r"\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d"
    assert re.fullmatch(
        f"aws/lambda/{play.notes['uuid']}/shardId-000000000000/{day}/{moment}-[0-9a-f-]{{36}}", play.notes["key"]
    ), play.notes["key"]


@KINESIS.of("kinesis_report_batch_item_failures")
def test_a_reported_record_is_tried_again_alone_with_all_its_retries(play: Play) -> None:
    destination = play.saw[CREATED]()["DestinationConfig"]
    arn = check_created(
        play, "kinesis-item-failures", BatchSize=3, MaximumBatchingWindowInSeconds=1, MaximumRetryAttempts=3,
        StartingPosition="TRIM_HORIZON", FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig=destination,
    )
    events = [[record["kinesis"]["partitionKey"] for record in event["Records"]] for event in play.notes["events"]()]
    # Once in its batch, and four times alone: the counter starts anew when the checkpoint has moved.
    assert events == [["test_0", "test_1", "test_2"], ["test_3", "test_4", "test_5"], *[["test_5"]] * 4]
    sequence = play.notes["events"]()[-1]["Records"][0]["kinesis"]["sequenceNumber"]
    assert message(play) == expected.document(
        "kinesis-item-failures", account(play), expected.kinesis_info(arn, sequence), count=4, error=None
    )


@KINESIS.of(*(f"kinesis_report_batch_item_failure_scenarios[{name}]" for name in FAILURE_SCENARIOS))
def test_an_answer_that_fails_the_whole_batch(play: Play, case: str) -> None:
    name = case[case.index("[") + 1:-1]
    arn = check_created(
        play, name, BatchSize=1, MaximumBatchingWindowInSeconds=1, MaximumRetryAttempts=2,
        StartingPosition="TRIM_HORIZON", FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig=play.saw[CREATED]()["DestinationConfig"],
    )
    events = play.saw["kinesis_events"]()
    assert events == [{"Records": [expected.kinesis_record(arn, account(play), "aGVsbG8=", "test")]}] * 3
    sequence = events[0]["Records"][0]["kinesis"]["sequenceNumber"]
    error = "Unhandled" if name == "unhandled_exception_in_function" else None
    assert message(play) == expected.document(
        name, account(play), expected.kinesis_info(arn, sequence), count=3, error=error
    )


@KINESIS.of(*(f"kinesis_report_batch_item_success_scenarios[{name}]" for name in SUCCESS_SCENARIOS))
def test_an_answer_that_is_a_success(play: Play, case: str) -> None:
    name = case[case.index("[") + 1:-1]
    arn = check_created(
        play, name, BatchSize=1, MaximumBatchingWindowInSeconds=1, MaximumRetryAttempts=2,
        StartingPosition="TRIM_HORIZON", FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    assert play.saw["kinesis_events"]() == [
        {"Records": [expected.kinesis_record(arn, account(play), "aGVsbG8=", "test")]}
    ]


@KINESIS.of("kinesis_empty_provided")
def test_a_runtime_that_answers_nothing_has_succeeded(play: Play) -> None:
    given = {
        "BatchSize": 1, "MaximumBatchingWindowInSeconds": 1, "MaximumRetryAttempts": 2,
        "StartingPosition": "TRIM_HORIZON",
    }
    arn = check_created(play, "answers-nothing", **given)
    assert len(play.notes["events"]()) == 1
    assert play.saw["get_esm_result"]() == expected.mapping(
        arn, "answers-nothing", account(play), **given, LastProcessingResult="OK", State="Enabled",
        ResponseMetadata={"HTTPStatusCode": 200},
    )


@KINESIS.of("kinesis_event_filtering_json_pattern")
def test_each_function_gets_what_its_filter_admits(play: Play) -> None:
    for number, key in ((1, CREATED), (2, "create_event_source_mapping_2_response")):
        pattern = json.dumps({"data": {"event_type": [f"function_{number}"]}})
        check_created(
            play, "echo" if number == 1 else "second-echo", key, **ON_FAILURE,
            FilterCriteria={"Filters": [{"Pattern": pattern}]},
        )
    assert json.loads(play.saw["kinesis-record-lambda-payload"]()) == [{"event_type": "function_1", "message": "foo"}]
    assert json.loads(play.notes["other"]()) == [{"event_type": "function_2", "message": "bar"}]


def check_aged(play: Play, function: str, count: Any, **given: Any) -> None:
    destination = play.saw[CREATED]()["DestinationConfig"]
    arn = check_created(
        play, function, MaximumBatchingWindowInSeconds=1, MaximumRecordAgeInSeconds=60,
        StartingPosition="TRIM_HORIZON", DestinationConfig=destination, **given,
    )
    document = message(play, "record_age_exceeded_payload")
    assert document == expected.document(
        function, account(play), expected.kinesis_info(arn, play.notes["put"].sequence),
        condition="RecordAgeExceeded", count=count,
    )
    assert "responseContext" not in document


@KINESIS.of("kinesis_maximum_record_age_exceeded[expire-while-retrying]")
def test_a_record_that_grows_too_old_while_it_is_retried(play: Play) -> None:
    """AWS tried eight times in that minute; how long its pauses are it does not say."""
    check_aged(play, "fail", expected.Within(6, 10), BatchSize=1, MaximumRetryAttempts=-1)
    count = message(play, "record_age_exceeded_payload")["requestContext"]["approximateInvokeCount"]
    assert len(play.notes["events"]()) == count


@KINESIS.of("kinesis_maximum_record_age_exceeded[expire-before-ingestion]")
def test_a_record_that_is_too_old_already_is_never_delivered(play: Play) -> None:
    check_aged(play, "fail", 1, BatchSize=1, MaximumRetryAttempts=0)
    assert play.notes["events"]() == []


@KINESIS.of("kinesis_maximum_record_age_exceeded_discard_records")
def test_the_young_records_of_the_same_read_are_delivered(play: Play) -> None:
    check_aged(play, "echo", 1, BatchSize=10, MaximumRetryAttempts=0)
    (event,) = play.notes["events"]()
    assert texts_of(event["Records"]) == [f"stream-data-{number}" for number in range(1, 6)]
    arn = arn_of(play.saw[CREATED]())
    assert play.saw["Records"]() == [
        expected.kinesis_record(arn, account(play), base64_of(f"stream-data-{number}"), "test")
        for number in range(1, 6)
    ]
