"""Where reading begins: TRIM_HORIZON, LATEST, AT_TIMESTAMP; on every server, and with nothing lost at the edge."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, Callable, List

import pytest

from lambda_wire import LambdaWire

from peers.http_function import HTTPFunction
from peers.stage import put_function
from peers.waiting import wait_until
from streams.accounting import assert_once_in_order
from streams.conftest import QUICK
from streams.records import texts_of
from streams.scene import Scene
from streams.scripted_dynamodb_streams import ScriptedDynamoDBStreams
from streams.scripted_kinesis import ScriptedKinesis
from streams.scripted_mapping import scripted_mapping


def texts(function: HTTPFunction) -> List[str]:
    return texts_of(function.records)


def items(function: HTTPFunction) -> List[str]:
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in function.records]


def test_trim_horizon_reads_what_was_there_before_and_what_comes(scene: Scene) -> None:
    stream, function = scene.stream(shards=2), scene.function()
    puts = stream.put_all([("before-1", "a"), ("before-2", "b")])
    scene.mapping(stream, function)
    puts += stream.put_all([("after-1", "a"), ("after-2", "b")])
    function.wait_for_records(4)
    assert_once_in_order(function, puts)


def test_latest_begins_with_the_answer_to_create(scene: Scene) -> None:
    """What was put right before is not delivered, what is put right after is; five times, since it is a race."""
    for _ in range(5):
        stream, function = scene.stream(shards=2), scene.function()
        stream.put_all([("before-1", "a"), ("before-2", "b"), ("before-3", "c"), ("before-4", "d")])
        scene.mapping(stream, function, wait=False, StartingPosition="LATEST")
        puts = stream.put_all([("after-1", "a"), ("after-2", "b"), ("after-3", "c"), ("after-4", "d")])
        function.wait_for_records(4)
        assert_once_in_order(function, puts)


def test_latest_of_a_table_begins_with_the_answer_to_create(table_scene: Scene) -> None:
    for _ in range(5):
        table, function = table_scene.table(), table_scene.function()
        table.put_text("before")
        table_scene.mapping(table, function, wait=False, StartingPosition="LATEST")
        table.put_text("after")
        function.wait_for_records(1)
        assert items(function) == ["after"]


def test_latest_survives_a_kill_right_after_create(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    scene = own_scene()
    stream = scene.stream(shards=2)
    put_function(scene.process, "worker", function.url)
    stream.put_all([("before-1", "a"), ("before-2", "b")])
    scene.mapping(stream, "worker", wait=False, StartingPosition="LATEST")
    scene.process.kill()
    puts = stream.put_all([("while away-1", "a"), ("while away-2", "b")])
    start_headrace(*QUICK, environment=scene.streams_server.whole_environment)
    function.wait_for_records(2)
    assert_once_in_order(function, puts)


def test_latest_of_a_mapping_made_disabled_begins_when_it_is_made_as_assumed(scene: Scene) -> None:
    stream, function = scene.stream(), scene.function()
    stream.put("before")
    mapping = scene.mapping(stream, function, StartingPosition="LATEST", Enabled=False)
    put = stream.put("while disabled")
    mapping.update_and_wait(Enabled=True)
    function.wait_for_records(1)
    assert_once_in_order(function, [put])


def test_at_timestamp_begins_there(scene: Scene) -> None:
    stream, function = scene.stream(shards=2), scene.function()
    stream.put_all([("before-1", "a"), ("before-2", "b")])
    before = time.time()
    # The stream's clock and this one are the same; milliseconds are what the parameter holds.
    wait_until(lambda: time.time() > before + 0.02)
    at = round(time.time(), 3)
    wait_until(lambda: time.time() > at + 0.02)
    puts = stream.put_all([("after-1", "a"), ("after-2", "b")])
    scene.mapping(stream, function, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=at)
    function.wait_for_records(2)
    assert_once_in_order(function, puts)


@pytest.mark.parametrize("where", ["before the first record", "after the last record"])
def test_at_timestamp_outside_of_what_is_there(roto_scene: Scene, where: str) -> None:
    stream, function = roto_scene.stream(), roto_scene.function()
    at = round(time.time() - 60, 3)
    puts = [stream.put("there already")]
    if where == "after the last record":
        now = time.time()
        wait_until(lambda: time.time() > now + 0.02)
        puts, at = [], round(time.time(), 3)
    roto_scene.mapping(stream, function, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=at)
    wait_until(lambda: time.time() > at + 0.02)
    puts.append(stream.put("new"))
    function.wait_for_records(len(puts))
    assert_once_in_order(function, puts)


def test_a_latest_iterator_that_has_expired_is_replaced_by_the_time_of_the_create(
    start_headrace: Any, scripted_kinesis: ScriptedKinesis, function: HTTPFunction
) -> None:
    flags = (*QUICK, "--function", f"*={function.url}")
    process = start_headrace(*flags, environment=scripted_kinesis.environment)
    stream = scripted_kinesis.stream("orders")
    stream.put("long before", arrived=time.time() - 10)
    mapping = scripted_mapping(process, stream, StartingPosition="LATEST")
    process.kill()
    stream.put("while away")
    scripted_kinesis.expire_iterators()
    again = start_headrace(*flags, environment=scripted_kinesis.environment)
    function.wait_for_records(1)
    assert texts(function) == ["while away"]
    assert mapping.on(again).get()["State"] == "Enabled"


def test_a_latest_iterator_of_a_table_that_has_expired_is_replaced_by_the_second_of_the_create(
    start_headrace: Any, scripted_dynamodb_streams: ScriptedDynamoDBStreams, function: HTTPFunction
) -> None:
    """DynamoDB Streams know no time to begin at: what was made in an earlier second is skipped."""
    flags = (*QUICK, "--function", f"*={function.url}")
    source = scripted_dynamodb_streams
    process = start_headrace(*flags, environment=source.environment)
    stream = source.stream("orders")
    stream.put("long before", key="old", arrived=time.time() - 10)
    scripted_mapping(process, stream, StartingPosition="LATEST")
    process.kill()
    stream.put("while away", key="new")
    source.expire_iterators()
    start_headrace(*flags, environment=source.environment)
    function.wait_for_records(1)
    assert items(function) == ["new"]


def test_a_time_in_the_future_is_refused(scene: Scene) -> None:
    """Documented: it cannot be in the future."""
    stream = scene.stream()
    at = datetime.now().timestamp() + 3600
    answer = LambdaWire(scene.process.port, scene.server.account).create(
        {
            "EventSourceArn": stream.arn, "FunctionName": "f",
            "StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": at,
        }
    )
    assert answer.status == 400, answer
