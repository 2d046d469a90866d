"""One mapping for a source and a function: what counts as the same, the texts, and creates that race."""

from __future__ import annotations

import threading
from typing import Any, Dict, List

import pytest

from headrace_process import HeadraceProcess
from lambda_wire import Answer, LambdaWire, assert_error
from source_types import (
    AMAZON_MQ, DOCUMENTDB, DYNAMODB, KINESIS, KINESIS_CONSUMER, MSK, SELF_MANAGED_KAFKA, SQS, SourceType,
)

SUFFIX = "already exists. Please update or delete the existing mapping with UUID "


def test_a_queue_is_taken_once(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account))
    answer = wire.create(SQS.request(account, BatchSize=1))
    arn = created["EventSourceArn"]
    text = f'An event source mapping with SQS arn (" {arn} ") and function (" handler ") {SUFFIX}{created["UUID"]}'
    assert_error(answer, 409, "ResourceConflictException", text)
    wire.created(SQS.request(account, FunctionName="other"))


@pytest.mark.parametrize(
    "kind", [KINESIS, KINESIS_CONSUMER, DYNAMODB, MSK, AMAZON_MQ, DOCUMENTDB], ids=lambda kind: kind.name
)
def test_every_other_source_is_taken_once(kind: SourceType, wire: LambdaWire, account: str) -> None:
    created = wire.created(kind.request(account))
    answer = wire.create(kind.request(account))
    arn = created["EventSourceArn"]
    text = (
        f'The event source arn (" {arn} ") and function (" handler ") provided mapping {SUFFIX}{created["UUID"]}'
    )
    assert_error(answer, 409, "ResourceConflictException", text)
    wire.created(kind.request(account, FunctionName="other"))


def test_the_text_has_the_bare_name_of_a_qualified_function(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account, FunctionName="handler:live"))
    answer = wire.create(SQS.request(account, FunctionName=f"arn:aws:lambda:us-east-1:{account}:function:handler:live"))
    text = (
        f'An event source mapping with SQS arn (" {created["EventSourceArn"]} ") and function (" handler ") '
        f'{SUFFIX}{created["UUID"]}'
    )
    assert_error(answer, 409, "ResourceConflictException", text)


def test_a_qualifier_makes_another_function(wire: LambdaWire, account: str) -> None:
    for name in ("handler", "handler:1", "handler:2", "handler:live", "handler:$LATEST"):
        wire.created(SQS.request(account, FunctionName=name))
    assert len(wire.list().json["EventSourceMappings"]) == 5


@pytest.mark.parametrize(
    "form",
    [
        "handler",
        "function:handler",
        "{account}:function:handler",
        "arn:aws:lambda:us-east-1:{account}:function:handler",
    ],
)
def test_every_form_of_a_name_is_the_same_function(form: str, wire: LambdaWire, account: str) -> None:
    wire.created(SQS.request(account))
    assert_error(wire.create(SQS.request(account, FunctionName=form)), 409, "ResourceConflictException")


def test_a_deleted_mapping_frees_its_source(wire: LambdaWire, account: str) -> None:
    first = wire.created(SQS.request(account))
    wire.delete(first["UUID"])
    assert wire.created(SQS.request(account))["UUID"] != first["UUID"]


def test_a_disabled_mapping_holds_its_source(wire: LambdaWire, account: str) -> None:
    wire.created(SQS.request(account, Enabled=False))
    assert_error(wire.create(SQS.request(account)), 409, "ResourceConflictException")


def kafka(account: str, servers: List[str], topic: str, **more: Any) -> Dict[str, Any]:
    return SELF_MANAGED_KAFKA.request(
        account,
        SelfManagedEventSource={"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": servers}},
        Topics=[topic],
        **more,
    )


@pytest.mark.parametrize(
    "servers", [["kafka:1000"], ["kafka:1000", "kafka:2000"], ["kafka:2000", "kafka:1000"]], ids=",".join
)
def test_self_managed_kafka_conflicts_when_a_server_and_the_topic_overlap(
    servers: List[str], wire: LambdaWire, account: str
) -> None:
    created = wire.created(kafka(account, ["kafka:1000"], "topic"))
    other_group = {"SelfManagedKafkaEventSourceConfig": {"ConsumerGroupId": "random_id"}}
    answer = wire.create(kafka(account, servers, "topic", BatchSize=1, **other_group))
    text = (
        f'An event source mapping with event source ("{",".join(servers)}"), '
        f'function ("arn:aws:lambda:us-east-1:{account}:function:handler"), topics ("topic") '
        f'{SUFFIX}{created["UUID"]}'
    )
    assert_error(answer, 409, "ResourceConflictException", text)


def test_self_managed_kafka_without_overlap_is_another_mapping(wire: LambdaWire, account: str) -> None:
    wire.created(kafka(account, ["kafka:1000", "kafka:2000"], "topic"))
    wire.created(kafka(account, ["kafka:1000"], "topic_2"))
    wire.created(kafka(account, ["kafka:3000"], "topic"))
    wire.created(kafka(account, ["kafka:1000"], "topic", FunctionName="other"))
    # Any one of several servers is enough to conflict.
    assert_error(wire.create(kafka(account, ["kafka:4000", "kafka:2000"], "topic")), 409, "ResourceConflictException")


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        (MSK, {"Topics": ["second"]}),
        (AMAZON_MQ, {"Queues": ["second"]}),
        (DOCUMENTDB, {"DocumentDBEventSourceConfig": {"DatabaseName": "other"}}),
        (DOCUMENTDB, {"DocumentDBEventSourceConfig": {"DatabaseName": "shop", "CollectionName": "orders"}}),
    ],
    ids=["topic", "queue", "database", "collection"],
)
def test_another_part_of_a_source_is_another_mapping(
    kind: SourceType, other: Dict[str, Any], wire: LambdaWire, account: str
) -> None:
    wire.created(kind.request(account))
    wire.created(kind.request(account, **other))
    assert_error(wire.create(kind.request(account, **other)), 409, "ResourceConflictException")


def test_a_refused_create_leaves_no_claim(wire: LambdaWire, account: str) -> None:
    assert wire.create(SQS.request(account, BatchSize=11)).status == 400
    wire.created(SQS.request(account))


@pytest.mark.parametrize("kind", [SQS, SELF_MANAGED_KAFKA], ids=lambda kind: kind.name)
def test_of_racing_creates_one_wins(kind: SourceType, server: HeadraceProcess, account: str) -> None:
    racers = 32
    barrier = threading.Barrier(racers)
    answers: List[Answer] = []

    def race() -> None:
        client = LambdaWire(server.port, account, keep_alive=True)
        # The connection is open before the start, so that the creates themselves race.
        client.list()
        barrier.wait(timeout=30)
        answers.append(client.create(kind.request(account)))
        client.close()

    threads = [threading.Thread(target=race) for _ in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status for answer in answers) == [202] + [409] * (racers - 1)
    (winner,) = (answer.json["UUID"] for answer in answers if answer.status == 202)
    for answer in answers:
        if answer.status == 409:
            assert answer.error_text.endswith(f"with UUID {winner}")
    listed = LambdaWire(server.port, account).list().json["EventSourceMappings"]
    assert [mapping["UUID"] for mapping in listed] == [winner]
