"""The recorded cases of DynamoDB Streams; each is described in the index of the recordings."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Dict, Tuple

from peers.queues import wait_for_document
from peers.stage import on_failure
from peers.waiting import wait_until
from streams.dynamodb_table import Table
from streams.recorded.kinesis_cases import CREATED, FAILURE_SCENARIOS, SUCCESS_SCENARIOS, Missing
from streams.recorded.play import Cases, Play, as_message, records_of
from streams.scene import filters

DYNAMODB = Cases("TestDynamoDBEventSourceMapping")
CREATED_RESULT = "create_event_source_mapping_result"
SINGLE: Dict[str, Any] = {
    "BatchSize": 1, "StartingPosition": "TRIM_HORIZON", "MaximumBatchingWindowInSeconds": 1, "MaximumRetryAttempts": 1,
}
HELLO = {"my_partition_key": {"S": "hello world"}}
HELLO_WITH_BYTES = {**HELLO, "binary_key": {"B": b"foobar"}}


def new_images(play: Play) -> Table:
    return play.scene.table("NEW_IMAGE", "my_partition_key")


@DYNAMODB.case("esm_with_not_existing_dynamodb_stream")
def not_existing(play: Play) -> None:
    arn = (
        f"arn:aws:dynamodb:us-east-1:{play.scene.server.account}:table/test-table-4a53f4e8"
        "/stream/2025-02-22T03:03:25.490"
    )
    play.refused("error", Missing(arn), play.functions.named("echo"), StartingPosition="LATEST")


@DYNAMODB.case("dynamodb_event_source_mapping")
def mapping(play: Play) -> None:
    table, function = new_images(play), play.functions.named("echo")
    play.create(CREATED, table, function, **SINGLE)
    table.put(HELLO_WITH_BYTES)
    play.wait_for_events(function, table)
    play.show("event_logs", play.events_of(function, table))


@DYNAMODB.case("duplicate_event_source_mappings")
def duplicate(play: Play) -> None:
    table, function = new_images(play), play.functions.named("echo")
    parameters = {
        "StartingPosition": "TRIM_HORIZON", "MaximumBatchingWindowInSeconds": 1, "MaximumRetryAttempts": 1,
    }
    play.create("create", table, function, **parameters)
    play.refused("error", table, function, **parameters)
    play.create("other", table, play.functions.named("second-echo"), **parameters)


@DYNAMODB.case("disabled_dynamodb_event_source_mapping")
def disabled(play: Play) -> None:
    table, function = new_images(play), play.functions.named("echo")
    mapping = play.create(
        CREATED_RESULT, table, function, StartingPosition="TRIM_HORIZON", MaximumBatchingWindowInSeconds=1
    )
    table.put({"my_partition_key": {"S": "item 1"}})
    play.wait_for_events(function, table)
    mapping.wait_for_result(lambda result: result == "OK", 60)
    updated = mapping.update(Enabled=False)
    play.show(
        "update_event_source_mapping_result", lambda: {**updated, "ResponseMetadata": {"HTTPStatusCode": 202}}
    )
    mapping.wait_for_state("Disabled")
    table.put({"my_partition_key": {"S": "item 2"}})
    play.notes["events"] = play.events_of(function, table)


@DYNAMODB.case("deletion_event_source_mapping_with_dynamodb")
def deletion(play: Play) -> None:
    table, function = new_images(play), play.functions.named("echo")
    play.create(CREATED_RESULT, table, function, StartingPosition="TRIM_HORIZON")
    table.delete()
    answer = play.scene.wire.list({"EventSourceArn": table.arn})
    play.show(
        "list_event_source_mapping_result",
        lambda: {**answer.json, "ResponseMetadata": {"HTTPStatusCode": answer.status}},
    )


@DYNAMODB.case("dynamodb_event_source_mapping_with_on_failure_destination_config")
def on_failure_queue(play: Play) -> None:
    table, queue, function = new_images(play), play.scene.queue(), play.functions.named("fail")
    play.create(CREATED, table, function, **SINGLE, DestinationConfig=on_failure(queue))
    table.put(HELLO)
    document = wait_for_document(queue, 60)
    play.show("destination_queue_messages", lambda: as_message(document))
    play.notes["events"] = play.events_of(function, table)


@DYNAMODB.case("dynamodb_event_source_mapping_with_sns_on_failure_destination_config")
def on_failure_topic(play: Play) -> None:
    table, topic, function = new_images(play), play.scene.topic(play.scene.queue()), play.functions.named("fail")
    play.create(CREATED, table, function, **SINGLE, DestinationConfig=on_failure(topic))
    table.put(HELLO)
    envelope = topic.wait_for_envelope(60)
    play.show("failure_sns_message", lambda: {**envelope, "Message": json.loads(envelope["Message"])})


@DYNAMODB.case("dynamodb_event_source_mapping_with_s3_on_failure_destination")
def on_failure_bucket(play: Play) -> None:
    table, bucket, function = new_images(play), play.scene.bucket(), play.functions.named("fail")
    mapping = play.create(CREATED, table, function, **SINGLE, DestinationConfig=on_failure(bucket))
    table.put(HELLO)
    key, content = bucket.wait_for_object(60)
    play.show("record_body", lambda: json.loads(content))
    play.notes.update(key=key, content=content, uuid=mapping.uuid, events=play.events_of(function, table))


def key_of(record: Dict[str, Any]) -> str:
    return record["dynamodb"]["Keys"]["my_partition_key"]["S"]


def item_failures(play: Play, key: str) -> None:
    table, queue, function = new_images(play), play.scene.queue(), play.functions.named("dynamodb-item-failures")
    # Written beforehand, so that however slow the table is the last one shares its batch, as it did when recorded.
    for number in range(6):
        table.put({"my_partition_key": {"S": f"testId{number}"}, "should_fail": {"BOOL": number == 5}})
    play.create(
        key, table, function, BatchSize=3, StartingPosition="TRIM_HORIZON", MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=3, FunctionResponseTypes=["ReportBatchItemFailures"], DestinationConfig=on_failure(queue),
    )
    document = wait_for_document(queue, 60)
    play.show("destination_queue_messages", lambda: as_message(document))
    play.show("dynamodb_records", lambda: {"Records": sorted(records_of(function.events(table.arn)), key=key_of)})
    play.notes["events"] = play.events_of(function, table)


DYNAMODB.add("dynamodb_report_batch_item_failures", partial(item_failures, key=CREATED))
DYNAMODB.add(
    "dynamodb_report_batch_item_failures_with_on_failure_destination_config", partial(item_failures, key=CREATED)
)


def failure_scenario(play: Play, name: str) -> None:
    table, queue, function = new_images(play), play.scene.queue(), play.functions.named(name)
    play.create(
        CREATED, table, function, BatchSize=3, StartingPosition="TRIM_HORIZON", MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=3, FunctionResponseTypes=["ReportBatchItemFailures"], DestinationConfig=on_failure(queue),
    )
    table.put(HELLO_WITH_BYTES)
    document = wait_for_document(queue, 60)
    play.show("destination_queue_messages", lambda: as_message(document))
    play.show("dynamodb_events", play.events_of(function, table))


def success_scenario(play: Play, name: str) -> None:
    table, function = new_images(play), play.functions.named(name)
    mapping = play.create(
        CREATED, table, function, StartingPosition="TRIM_HORIZON", MaximumBatchingWindowInSeconds=0,
        MaximumRetryAttempts=2, FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    table.put(HELLO_WITH_BYTES)
    play.wait_for_events(function, table)
    mapping.wait_for_result(lambda result: result == "OK", 60)
    play.show("dynamodb_events", play.events_of(function, table))


for each in FAILURE_SCENARIOS:
    DYNAMODB.add(f"dynamodb_report_batch_item_failure_scenarios[{each}]", partial(failure_scenario, name=each))
for each in SUCCESS_SCENARIOS:
    # Nobody has recorded an empty text here.
    if each != "empty_string_success":
        DYNAMODB.add(f"dynamodb_report_batch_item_success_scenarios[{each}]", partial(success_scenario, name=each))


Item = Dict[str, Any]


def of_image(pattern: Any) -> Dict[str, Any]:
    return {"dynamodb": {"NewImage": pattern}}


def item(identifier: str, **attributes: Any) -> Item:
    return {"id": {"S": identifier}, **attributes}


PRESENT = {"presentKey": {"S": "presentValue"}}

FILTERS: Dict[str, Tuple[Any, Item, Item, Tuple[int, int]]] = {
    # Pattern, first and second item, and how many invocations there are after the first and after the second.
    "insert_same_entry_twice": (
        {"eventName": ["INSERT"]}, item("id_value", id2={"S": "id2_value"}), item("id_value", id2={"S": "id2_value"}),
        (1, 1),
    ),
    "content_or_filter": (
        {"eventName": ["INSERT", "MODIFY"]}, item("id_value"), item("id_value", id2={"S": "id2_new_value"}), (1, 2),
    ),
    "content_multiple_filters": (
        {"eventName": ["INSERT"], "eventSource": ["aws:dynamodb"]}, item("id_value"),
        item("id_value", id2={"S": "id2_new_value"}), (1, 1),
    ),
    "content_filter_type": (
        of_image({"presentKey": {"S": ["presentValue"]}}), item("id_value_1", **PRESENT), item("id_value_2"), (1, 1),
    ),
    "exists_filter_type": (
        of_image({"presentKey": {"S": [{"exists": True}]}}), item("id_value_1", **PRESENT), item("id_value_2"), (1, 1),
    ),
    "exists_false_filter": (
        of_image({"presentKey": [{"exists": False}]}), item("id_value_1"), item("id_value_2", **PRESENT), (1, 2),
    ),
    "numeric_filter": (
        of_image({"numericFilter": {"N": [{"numeric": [">", 100]}, {"anything-but": "101"}]}}),
        item("id_value_1", numericFilter={"N": "42"}), item("id_value_2", numericFilter={"N": "101"}), (1, 1),
    ),
    "prefix_filter": (
        of_image({"prefix": {"S": [{"prefix": "us-1"}]}}), item("id_value_1", prefix={"S": "us-1-other-suffix"}),
        item("id_value_2", prefix={"S": "other-suffix"}), (1, 1),
    ),
    "date_time_conversion": (
        {"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 0]}]}}, item("id_value_1"), item("id_value_2"),
        (1, 2),
    ),
}


def filtering(play: Play, name: str) -> None:
    pattern, first, second, counts = FILTERS[name]
    table, function = play.scene.table("NEW_AND_OLD_IMAGES", "id"), play.functions.named("echo")
    play.create(CREATED, table, function, **SINGLE, FilterCriteria=filters(pattern))
    table.put(first)
    after_first = play.wait_for_events(function, table, counts[0])
    play.show("lambda-log-events", lambda: after_first)
    table.put(second)
    wait_until(play.events_of(function, table), lambda events: len(events) >= counts[1], 60, "the second record")
    # What must not come would be seen at the end.
    play.show("lambda-multiple-log-events", play.events_of(function, table))


for each in FILTERS:
    DYNAMODB.add(f"dynamodb_event_filter[{each}]", partial(filtering, name=each))


def invalid_filter(play: Play, pattern: str) -> None:
    table = play.scene.table("NEW_AND_OLD_IMAGES", "id")
    play.refused(
        "exception_event_source_creation", table, play.functions.named("echo"), **SINGLE,
        FilterCriteria={"Filters": [{"Pattern": pattern}]},
    )


for each in ("single-string", '[{"eventName": ["INSERT"=123}]'):
    DYNAMODB.add(f"dynamodb_invalid_event_filter[{each}]", partial(invalid_filter, pattern=each))
