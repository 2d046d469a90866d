"""Enhanced fan-out: a consumer's ARN is read by SubscribeToShard, which pushes. Of the servers, ministack has it."""

from __future__ import annotations

import json
import time
from typing import Any, Callable

import pytest

from lambda_wire import LambdaWire, assert_error

from peers.http_function import HTTPFunction, failing
from peers.queues import wait_for_document
from peers.stage import on_failure, put_function
from peers.waiting import wait_until
from streams.accounting import assert_nothing_lost, assert_once_in_order
from streams.conftest import QUICK
from streams.records import numbered_records, spread_records
from streams.scene import Scene


class Consumer:
    """A registered consumer as the source of a mapping."""

    def __init__(self, arn: str) -> None:
        self.arn = arn


def test_a_consumer_is_pushed_everything_in_order(ministack_scene: Scene) -> None:
    stream, function = ministack_scene.stream(shards=2), ministack_scene.function()
    consumer = Consumer(stream.register_consumer())
    puts = stream.put_all(spread_records(100, keys=20, prefix="before"))
    mapping = ministack_scene.mapping(consumer, function, BatchSize=10)
    puts += stream.put_all(spread_records(100, keys=20, prefix="after"))
    function.wait_for_records(200, timeout=20)
    assert_once_in_order(function, puts)
    assert mapping.created["EventSourceArn"] == consumer.arn
    record = function.records[0]
    # What AWS writes here for a consumer is not recorded; the mapping's own source is assumed.
    assert record["eventSourceARN"] == consumer.arn
    mapping.wait_for_result(lambda result: result == "OK")


def test_a_consumer_and_the_stream_itself_are_read_side_by_side(ministack_scene: Scene) -> None:
    stream = ministack_scene.stream()
    pushed, polled = ministack_scene.function(), ministack_scene.function()
    ministack_scene.mapping(Consumer(stream.register_consumer()), pushed)
    ministack_scene.mapping(stream, polled)
    puts = stream.put_all(numbered_records(20))
    for function in (pushed, polled):
        function.wait_for_records(20)
        assert_once_in_order(function, puts)


def test_a_consumers_latest_begins_with_create(ministack_scene: Scene) -> None:
    stream, function = ministack_scene.stream(), ministack_scene.function()
    consumer = Consumer(stream.register_consumer())
    stream.put("before")
    before = time.time()
    # A consumer's place can be told by a time only, and in milliseconds.
    wait_until(lambda: time.time() > before + 0.005)
    ministack_scene.mapping(consumer, function, wait=False, StartingPosition="LATEST")
    put = stream.put("after")
    function.wait_for_records(1)
    assert_once_in_order(function, [put])


def test_a_failing_batch_of_a_consumer_is_tried_again_and_given_up(ministack_scene: Scene) -> None:
    stream, queue = ministack_scene.stream(), ministack_scene.queue()
    function = ministack_scene.function(failing)
    consumer = Consumer(stream.register_consumer())
    put = stream.put("poison")
    ministack_scene.mapping(
        consumer, function, MaximumRetryAttempts=1, DestinationConfig=on_failure(queue)
    )
    info = wait_for_document(queue)["KinesisBatchInfo"]
    assert info["startSequenceNumber"] == put.sequence
    assert info["streamArn"] == consumer.arn
    assert function.ids == {put.id: 2}


def test_a_consumer_goes_on_where_it_was_after_a_kill(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction, ministack: Any
) -> None:
    scene = own_scene(server=ministack)
    stream = scene.stream()
    put_function(scene.process, "worker", function.url)
    scene.mapping(Consumer(stream.register_consumer()), "worker", BatchSize=5)
    puts = stream.put_all(numbered_records(20))
    function.wait_for_records(20)
    scene.process.kill()
    puts += stream.put_all(numbered_records(20, prefix="while away"))
    start_headrace(*QUICK, environment=ministack.whole_environment)
    puts += stream.put_all(numbered_records(20, prefix="after"))
    function.wait_for(lambda: len(function.ids) == 60, "sixty records", 20)
    assert_nothing_lost(function, puts)
    # The last batch may not have been checkpointed.
    assert sum(function.ids.values()) <= 65


def test_a_missing_consumer_is_refused(ministack_scene: Scene) -> None:
    stream = ministack_scene.stream()
    arn = f"{stream.arn}/consumer/nobody:1700000000"
    answer = LambdaWire(ministack_scene.process.port, ministack_scene.server.account).create(
        {"EventSourceArn": arn, "FunctionName": "f", "StartingPosition": "LATEST"}
    )
    assert_error(answer, 400, "InvalidParameterValueException", f"Stream not found: {arn}")


@pytest.mark.parametrize("server", ["moto", "roto"])
def test_a_server_without_enhanced_fan_out_shows_in_the_result(
    request: pytest.FixtureRequest, shared_headrace: Any, server: str
) -> None:
    """It registers consumers, but knows no SubscribeToShard."""
    peer = request.getfixturevalue(server)
    scene = Scene(shared_headrace(peer), peer)
    stream, function = scene.stream(), scene.function()
    mapping = scene.mapping(Consumer(stream.register_consumer()), function)
    stream.put("unreachable")
    result = mapping.wait_for_result(lambda result: result and result.startswith("PROBLEM: "))
    assert result
    line = scene.process.wait_for_log(
        lambda log: log["message"] == "source unreachable" and log.get("mapping") == mapping.uuid
    )
    assert line["reason"], json.dumps(line)
    assert mapping.get()["State"] == "Enabled"
    scene.close()
