"""The recorded cases of Kinesis; each is described in the index of the recordings."""

from __future__ import annotations

import json
import time
from functools import partial
from typing import Any, Dict, List

from peers.queues import wait_for_document
from peers.stage import on_failure
from streams.kinesis_stream import Stream
from streams.recorded.functions import RESULTS, RuntimeFunction
from streams.recorded.play import Cases, Play, as_message, records_of
from streams.records import texts_of
from streams.scene import filters

KINESIS = Cases("TestKinesisSource")
CREATED = "create_event_source_mapping_response"


class Missing:
    """A stream that is not there."""

    def __init__(self, arn: str) -> None:
        self.arn = arn


@KINESIS.case("esm_with_not_existing_kinesis_stream")
def not_existing(play: Play) -> None:
    arn = f"arn:aws:kinesis:us-east-1:{play.scene.server.account}:stream/test-foobar-81ded7e8"
    play.refused("error", Missing(arn), play.functions.named("echo"), StartingPosition="LATEST")


@KINESIS.case("create_kinesis_event_source_mapping")
def create(play: Play) -> None:
    stream, function = play.scene.stream(), play.functions.named("kinesis-data-classes")
    play.create(CREATED, stream, function, StartingPosition="LATEST")
    stream.put_all(("hello", f"test_{number}") for number in range(10))
    play.wait_for_events(function, stream)
    play.show("kinesis_records", lambda: function.events(stream.arn)[0])
    play.notes["events"] = play.events_of(function, stream)


def all_records(function: RuntimeFunction, stream: Stream) -> Dict[str, Any]:
    return {"Records": records_of(function.events(stream.arn))}


@KINESIS.case("create_kinesis_event_source_mapping_multiple_lambdas_single_kinesis_event_stream")
def multiple_functions(play: Play) -> None:
    stream = play.scene.stream()
    for letter, name in (("a", "echo"), ("b", "second-echo")):
        function = play.functions.named(name)
        play.create(f"{CREATED}-{letter}", stream, function, StartingPosition="TRIM_HORIZON")
        play.show(f"kinesis_records-{letter}", partial(all_records, function, stream))
    stream.put("hello", "test_1")
    for name in ("echo", "second-echo"):
        play.wait_for_events(play.functions.named(name), stream)


@KINESIS.case("duplicate_event_source_mappings")
def duplicate(play: Play) -> None:
    stream, function = play.scene.stream(), play.functions.named("echo")
    play.create("create", stream, function, StartingPosition="LATEST")
    play.refused("error", stream, function, StartingPosition="LATEST")
    play.create("other", stream, play.functions.named("second-echo"), StartingPosition="LATEST")


def numbered(first: int, count: int) -> List[str]:
    return [json.dumps({"record_id": number}) for number in range(first, first + count)]


@KINESIS.case("kinesis_event_source_mapping_with_async_invocation", long=True)
def async_invocation(play: Play) -> None:
    stream, function = play.scene.stream(), play.functions.named("parallel")
    play.create(CREATED, stream, function, BatchSize=10, StartingPosition="LATEST")
    for key in ("test_0", "test_1"):
        stream.put_all((data, key) for data in numbered(0, 10))
    play.wait_for_events(function, stream, 2)
    play.show("invocation_events", play.events_of(function, stream))


@KINESIS.case("kinesis_event_source_trim_horizon", long=True)
def trim_horizon(play: Play) -> None:
    stream, function = play.scene.stream(), play.functions.named("second-parallel")
    for key in ("test_0", "test_1"):
        stream.put_all((data, key) for data in numbered(0, 10))
    play.create(CREATED, stream, function, BatchSize=10, StartingPosition="TRIM_HORIZON")
    stream.put_all((data, "test_3") for data in numbered(0, 10))
    play.wait_for_events(function, stream, 3)
    play.show("invocation_events", play.events_of(function, stream))


@KINESIS.case("disable_kinesis_event_source_mapping")
def disable(play: Play) -> None:
    stream, function = play.scene.stream(), play.functions.named("echo")
    mapping = play.create(CREATED, stream, function, BatchSize=10, StartingPosition="LATEST")
    stream.put_all((data, "test") for data in numbered(0, 10))
    play.wait_for_events(function, stream)
    mapping.update_and_wait(Enabled=False)
    # Nobody waits here for what must not come: it would be seen at the end.
    stream.put_all((data, "test") for data in numbered(10, 10))
    play.show("invocation_events", play.events_of(function, stream))


FAILING: Dict[str, Any] = {
    "BatchSize": 1, "StartingPosition": "TRIM_HORIZON", "MaximumBatchingWindowInSeconds": 1, "MaximumRetryAttempts": 1,
}
POISON = json.dumps({"input": "hello", "value": "world", "raise_error": 1})


@KINESIS.case("kinesis_event_source_mapping_with_on_failure_destination_config")
def on_failure_queue(play: Play) -> None:
    stream, queue, function = play.scene.stream(), play.scene.queue(), play.functions.named("raise-on-data")
    play.create(CREATED, stream, function, **FAILING, DestinationConfig=on_failure(queue))
    stream.put(POISON, "custom")
    document = wait_for_document(queue, 60)
    play.show("sqs_payload", lambda: as_message(document))
    play.notes["events"] = play.events_of(function, stream)


@KINESIS.case("kinesis_event_source_mapping_with_sns_on_failure_destination_config")
def on_failure_topic(play: Play) -> None:
    stream, function = play.scene.stream(), play.functions.named("raise-on-data")
    topic = play.scene.topic(play.scene.queue())
    play.create(CREATED, stream, function, **FAILING, DestinationConfig=on_failure(topic))
    stream.put(POISON, "custom")
    envelope = topic.wait_for_envelope(60)
    play.show("failure_sns_message", lambda: {**envelope, "Message": json.loads(envelope["Message"])})


@KINESIS.case("kinesis_event_source_mapping_with_s3_on_failure_destination")
def on_failure_bucket(play: Play) -> None:
    stream, bucket, function = play.scene.stream(), play.scene.bucket(), play.functions.named("raise-on-data")
    mapping = play.create(CREATED, stream, function, **FAILING, DestinationConfig=on_failure(bucket))
    stream.put(POISON, "custom")
    key, content = bucket.wait_for_object(60)
    play.show("record_body", lambda: json.loads(content))
    play.notes.update(key=key, content=content, uuid=mapping.uuid, events=play.events_of(function, stream))


@KINESIS.case("kinesis_report_batch_item_failures")
def item_failures(play: Play) -> None:
    stream, queue, function = play.scene.stream(), play.scene.queue(), play.functions.named("kinesis-item-failures")
    stream.put_all((json.dumps({"should_fail": number == 5}), f"test_{number}") for number in range(6))
    play.create(
        CREATED, stream, function, BatchSize=3, StartingPosition="TRIM_HORIZON", MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=3, FunctionResponseTypes=["ReportBatchItemFailures"], DestinationConfig=on_failure(queue),
    )
    document = wait_for_document(queue, 60)
    play.show("sqs_payload", lambda: as_message(document))
    play.show("kinesis_records", lambda: {
        "Records": sorted(records_of(function.events(stream.arn)), key=lambda record: record["kinesis"]["partitionKey"])
    })
    play.notes["events"] = play.events_of(function, stream)


def failure_scenario(play: Play, name: str) -> None:
    stream, queue, function = play.scene.stream(), play.scene.queue(), play.functions.named(name)
    play.create(
        CREATED, stream, function, BatchSize=1, StartingPosition="TRIM_HORIZON", MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=2, FunctionResponseTypes=["ReportBatchItemFailures"], DestinationConfig=on_failure(queue),
    )
    stream.put("hello", "test")
    document = wait_for_document(queue, 60)
    play.show("sqs_payload", lambda: as_message(document))
    play.show("kinesis_events", play.events_of(function, stream))


def success_scenario(play: Play, name: str) -> None:
    stream, function = play.scene.stream(), play.functions.named(name)
    mapping = play.create(
        CREATED, stream, function, BatchSize=1, StartingPosition="TRIM_HORIZON", MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=2, FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    stream.put("hello", "test")
    play.wait_for_events(function, stream)
    mapping.wait_for_result(lambda result: result == "OK", 60)
    play.show("kinesis_events", play.events_of(function, stream))


FAILURE_SCENARIOS = [name for name in RESULTS if name.endswith("_failure")] + ["unhandled_exception_in_function"]
SUCCESS_SCENARIOS = [name for name in RESULTS if name.endswith("_success")]

for each in FAILURE_SCENARIOS:
    KINESIS.add(f"kinesis_report_batch_item_failure_scenarios[{each}]", partial(failure_scenario, name=each))
for each in SUCCESS_SCENARIOS:
    KINESIS.add(f"kinesis_report_batch_item_success_scenarios[{each}]", partial(success_scenario, name=each))


@KINESIS.case("kinesis_empty_provided")
def empty_provided(play: Play) -> None:
    stream, function = play.scene.stream(), play.functions.named("answers-nothing")
    mapping = play.create(
        CREATED, stream, function, BatchSize=1, StartingPosition="TRIM_HORIZON", MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=2,
    )
    stream.put("hello", "test")
    play.wait_for_events(function, stream)
    mapping.wait_for_result(lambda result: result == "OK", 60)
    play.show("get_esm_result", lambda: {**mapping.get(), "ResponseMetadata": {"HTTPStatusCode": 200}})
    play.notes["events"] = play.events_of(function, stream)


@KINESIS.case("kinesis_event_filtering_json_pattern", suite="TestKinesisEventFiltering")
def filtering(play: Play) -> None:
    stream = play.scene.stream()
    functions = {1: play.functions.named("echo"), 2: play.functions.named("second-echo")}
    for number, function in functions.items():
        play.create(
            CREATED if number == 1 else "create_event_source_mapping_2_response", stream, function, **FAILING,
            FilterCriteria=filters({"data": {"event_type": [f"function_{number}"]}}),
        )
    stream.put(json.dumps({"event_type": "function_1", "message": "foo"}), "test")
    stream.put(json.dumps({"event_type": "function_2", "message": "bar"}), "test")
    for function in functions.values():
        play.wait_for_events(function, stream)

    def datas(number: int) -> str:
        texts = texts_of(records_of(functions[number].events(stream.arn)))
        return json.dumps([json.loads(text) for text in texts])

    play.show("kinesis-record-lambda-payload", lambda: datas(1))
    play.notes["other"] = lambda: datas(2)


AGED: Dict[str, Any] = {
    "StartingPosition": "TRIM_HORIZON", "MaximumBatchingWindowInSeconds": 1, "MaximumRecordAgeInSeconds": 60,
}


@KINESIS.case("kinesis_maximum_record_age_exceeded[expire-while-retrying]", long=True)
def expires_while_retrying(play: Play) -> None:
    stream, queue, function = play.scene.stream(), play.scene.queue(), play.functions.named("fail")
    put = stream.put("stream-data", "test")
    play.create(
        CREATED, stream, function, BatchSize=1, **AGED, MaximumRetryAttempts=-1, DestinationConfig=on_failure(queue)
    )
    document = wait_for_document(queue, 150)
    play.show("record_age_exceeded_payload", lambda: as_message(document))
    play.notes.update(put=put, events=play.events_of(function, stream))


@KINESIS.case("kinesis_maximum_record_age_exceeded[expire-before-ingestion]", long=True)
def expires_before_ingestion(play: Play) -> None:
    stream, queue, function = play.scene.stream(), play.scene.queue(), play.functions.named("fail")
    put = stream.put("stream-data", "test")
    time.sleep(60.1)
    play.create(
        CREATED, stream, function, BatchSize=1, **AGED, MaximumRetryAttempts=0, DestinationConfig=on_failure(queue)
    )
    document = wait_for_document(queue, 60)
    play.show("record_age_exceeded_payload", lambda: as_message(document))
    play.notes.update(put=put, events=play.events_of(function, stream))


@KINESIS.case("kinesis_maximum_record_age_exceeded_discard_records", long=True)
def discards_old_records(play: Play) -> None:
    stream, queue, function = play.scene.stream(), play.scene.queue(), play.functions.named("echo")
    put = stream.put("stream-data", "test")
    time.sleep(80)
    young = stream.put_all((f"stream-data-{number}", "test") for number in range(1, 6))
    play.create(
        CREATED, stream, function, BatchSize=10, **AGED, MaximumRetryAttempts=0, DestinationConfig=on_failure(queue)
    )
    document = wait_for_document(queue, 60)
    play.wait_for_events(function, stream)
    play.show("record_age_exceeded_payload", lambda: as_message(document))
    play.show("Records", lambda: records_of(function.events(stream.arn)))
    play.notes.update(put=put, young=young, events=play.events_of(function, stream))
