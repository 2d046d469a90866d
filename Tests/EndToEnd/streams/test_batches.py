"""When a batch goes out: full, its window over, or as large as a synchronous invocation may be."""

from __future__ import annotations

import random
import time
from typing import Any

from peers.http_function import HTTPFunction
from streams.accounting import assert_once_in_order
from streams.conftest import QUICK
from streams.records import data_of, numbered_records, texts_of
from streams.scene import Scene
from streams.scripted_kinesis import ScriptedKinesis
from streams.scripted_mapping import scripted_mapping

LARGEST_EVENT = 6 * 1024 * 1024


def test_a_window_gathers_over_several_reads(
    start_headrace: Any, scripted_kinesis: ScriptedKinesis, function: HTTPFunction
) -> None:
    process = start_headrace(*QUICK, "--function", f"*={function.url}", environment=scripted_kinesis.environment)
    stream = scripted_kinesis.stream("orders")
    scripted_mapping(process, stream, BatchSize=100, MaximumBatchingWindowInSeconds=2)
    for data in ("first", "second", "third"):
        stream.put(data)
        scripted_kinesis.wait_for_more_calls("GetRecords")
    put_at = time.monotonic()
    (call,) = function.wait_for_invocations()
    assert texts_of(call.records) == ["first", "second", "third"]
    # The window is the first record's, and all of them came within it.
    assert call.arrived - put_at < 2.5


def test_a_full_batch_does_not_wait_for_its_window(
    start_headrace: Any, scripted_kinesis: ScriptedKinesis, function: HTTPFunction
) -> None:
    process = start_headrace(*QUICK, "--function", f"*={function.url}", environment=scripted_kinesis.environment)
    stream = scripted_kinesis.stream("orders")
    scripted_mapping(process, stream, BatchSize=5, MaximumBatchingWindowInSeconds=300)
    stream.put("1", "2", "3")
    scripted_kinesis.wait_for_more_calls("GetRecords")
    assert not function.invocations
    stream.put("4", "5", "6")
    (call,) = function.wait_for_invocations()
    assert texts_of(call.records) == ["1", "2", "3", "4", "5"]
    stream.put("7", "8", "9", "10")
    second = function.wait_for_invocations(2)[1]
    assert texts_of(second.records) == ["6", "7", "8", "9", "10"]


def test_single_puts_are_gathered_until_the_batch_is_full(scene: Scene) -> None:
    stream, function = scene.stream(), scene.function()
    scene.mapping(stream, function, BatchSize=20, MaximumBatchingWindowInSeconds=300)
    puts = [stream.put(data) for data, _ in numbered_records(40)]
    function.wait_for_records(40)
    assert_once_in_order(function, puts)
    assert [len(call.records) for call in function.invocations] == [20, 20]


def test_without_a_window_one_read_is_one_batch(
    start_headrace: Any, scripted_kinesis: ScriptedKinesis, function: HTTPFunction
) -> None:
    process = start_headrace(*QUICK, "--function", f"*={function.url}", environment=scripted_kinesis.environment)
    stream = scripted_kinesis.stream("orders")
    stream.put(*(f"record-{number}" for number in range(30)))
    scripted_mapping(process, stream, BatchSize=100)
    (call,) = function.wait_for_invocations()
    assert len(call.records) == 30
    stream.put("alone")
    assert texts_of(function.wait_for_invocations(2)[1].records) == ["alone"]


def test_a_batch_is_never_larger_than_an_invocation_may_be(roto_scene: Scene) -> None:
    """Six megabytes of the whole event, base64 and all; what does not fit goes into the next batch, in order."""
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed:", seed)
    sizes = [random.Random(seed + number).randrange(200_000, 1_000_000) for number in range(14)]
    stream, function = roto_scene.stream(), roto_scene.function()
    puts = stream.put_all((f"{number:04}" + "x" * size, "key") for number, size in enumerate(sizes))
    roto_scene.mapping(stream, function, BatchSize=1000, MaximumBatchingWindowInSeconds=2)
    function.wait_for_records(len(puts), timeout=40)
    assert_once_in_order(function, puts)
    calls = function.invocations
    assert max(len(call.payload) for call in calls) <= LARGEST_EVENT
    # All but the last are as full as they can be: the next record would not have fitted.
    for call, following in zip(calls, calls[1:]):
        next_size = len(following.records[0]["kinesis"]["data"]) + 300
        assert len(call.payload) + next_size > LARGEST_EVENT - 2000, [len(each.payload) for each in calls]


def test_records_of_the_largest_size_arrive_whole(ministack_scene: Scene) -> None:
    stream, function = ministack_scene.stream(), ministack_scene.function()
    data = bytes(random.SystemRandom().randbytes(1_048_576 - 3))
    put = stream.put(data, "key")
    ministack_scene.mapping(stream, function)
    function.wait_for_records(1, timeout=20)
    assert_once_in_order(function, [put])
    assert data_of(function.records[0]) == data
