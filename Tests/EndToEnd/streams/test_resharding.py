"""Shards that split, merge, appear and go: parents before children, each key in order, nothing twice."""

from __future__ import annotations

import threading
from typing import Any, Callable, List, Set

from peers.http_function import Answer, HTTPFunction, Invocation
from peers.stage import put_function
from streams.accounting import assert_keys_in_order, assert_nothing_lost, assert_once_in_order
from streams.conftest import QUICK
from streams.kinesis_stream import Put, Stream
from streams.records import shard_of, spread_records
from streams.scene import Scene


def assert_once_and_keys_in_order(function: HTTPFunction, puts: List[Put]) -> None:
    assert_once_in_order(function, puts)
    assert_keys_in_order(function, puts)


def assert_shards(scene: Scene, puts: List[Put], shards: Set[str]) -> None:
    """That the records went where they should. moto 5.2 goes on putting them into shards that it has closed."""
    assert {put.shard for put in puts} == shards or scene.streams_server.name == "moto"


def test_a_split_under_flow_keeps_the_order_of_each_key(scene: Scene) -> None:
    """ministack drops what was in the parent: there the split waits until the parent is read."""
    stream, function = scene.stream(), scene.function()
    scene.mapping(stream, function, BatchSize=10)
    puts = stream.put_all(spread_records(60, keys=12, prefix="parent"))
    if scene.streams_server.name == "ministack":
        function.wait_for_records(60)
    children = stream.split()
    puts += stream.put_all(spread_records(60, keys=12, prefix="child"))
    assert_shards(scene, puts[60:], set(children))
    function.wait_for_records(120)
    assert_once_and_keys_in_order(function, puts)


def test_a_merge_under_flow_keeps_the_order_of_each_key(scene: Scene) -> None:
    stream, function = scene.stream(shards=2), scene.function()
    scene.mapping(stream, function, BatchSize=10)
    puts = stream.put_all(spread_records(60, keys=12, prefix="parent"))
    if scene.streams_server.name == "ministack":
        function.wait_for_records(60)
    child = stream.merge()
    puts += stream.put_all(spread_records(60, keys=12, prefix="child"))
    assert_shards(scene, puts[60:], {child})
    function.wait_for_records(120)
    assert_once_and_keys_in_order(function, puts)


class Gate:
    """A behaviour that holds the invocations with records of certain shards until it is opened."""

    def __init__(self) -> None:
        self.closed_to: List[str] = []
        self.open = threading.Event()

    def __call__(self, call: Invocation) -> Answer:
        if any(shard_of(record) in self.closed_to for record in call.records):
            self.open.wait(20)
        return None


def test_children_wait_until_their_parent_is_finished(roto_scene: Scene) -> None:
    gate = Gate()
    stream, function, witness = roto_scene.stream(), roto_scene.function(gate), roto_scene.function()
    gate.closed_to = [stream.shards()[0]["ShardId"]]
    puts = stream.put_all(spread_records(10, keys=10, prefix="parent"))
    stream.split()
    puts += stream.put_all(spread_records(10, keys=10, prefix="child"))
    roto_scene.mapping(stream, function)
    roto_scene.mapping(stream, witness)
    # Somebody whose parent is not held has got everything; so there is nothing to wait for but the gate.
    witness.wait_for_records(20)
    assert {shard_of(record) for record in function.records} == set(gate.closed_to)
    gate.open.set()
    function.wait_for_records(20)
    assert_once_and_keys_in_order(function, puts)


def test_the_child_of_a_merge_waits_for_both_parents(roto_scene: Scene) -> None:
    gate = Gate()
    stream, function, witness = roto_scene.stream(shards=2), roto_scene.function(gate), roto_scene.function()
    left, right = (shard["ShardId"] for shard in stream.open_shards())
    gate.closed_to = [left]
    puts = stream.put_all(spread_records(20, keys=20, prefix="parent"))
    assert {put.shard for put in puts} == {left, right}
    stream.merge()
    puts += stream.put_all(spread_records(20, keys=20, prefix="child"))
    roto_scene.mapping(stream, function)
    roto_scene.mapping(stream, witness)
    witness.wait_for_records(40)
    function.wait_for(lambda: right in {shard_of(record) for record in function.records}, "the free parent")
    assert {shard_of(record) for record in function.records} == {left, right}
    gate.open.set()
    function.wait_for_records(40)
    assert_once_and_keys_in_order(function, puts)


def reshard_often(stream: Stream, records: int = 20) -> List[Put]:
    """Puts, splits, puts, splits a child, puts, merges, puts."""
    puts: List[Put] = []

    def put(prefix: str) -> None:
        puts.extend(stream.put_all(spread_records(records, keys=10, prefix=prefix)))

    put("first")
    children = stream.split()
    put("second")
    stream.split(children[1])
    put("third")
    stream.merge(1)
    put("fourth")
    stream.merge(0)
    put("fifth")
    return puts


def test_a_whole_family_of_shards_is_read_from_its_beginning(roto_scene: Scene) -> None:
    stream, function = roto_scene.stream(), roto_scene.function()
    puts = reshard_often(stream)
    assert len({put.shard for put in puts}) >= 5
    roto_scene.mapping(stream, function, BatchSize=10, ParallelizationFactor=2)
    function.wait_for_records(len(puts))
    assert_keys_in_order(function, puts)
    assert set(function.ids.values()) == {1}


def test_a_whole_family_of_shards_is_read_while_it_grows(roto_scene: Scene) -> None:
    stream, function = roto_scene.stream(), roto_scene.function()
    roto_scene.mapping(stream, function, BatchSize=10)
    puts = reshard_often(stream)
    function.wait_for_records(len(puts))
    assert_once_and_keys_in_order(function, puts)


def test_shards_of_motos_that_never_say_that_they_ended_are_read_on_beside_their_children(
    moto: Any, shared_headrace: Any
) -> None:
    """There a drained parent's next iterator is never null, and the parent goes on taking records."""
    scene = Scene(shared_headrace(moto), moto)
    stream, function = scene.stream(shards=2), scene.function()
    mapping = scene.mapping(stream, function)
    puts = stream.put_all(spread_records(20, keys=20))
    function.wait_for_records(20)
    stream.split()
    for round in range(3):
        puts += stream.put_all(spread_records(20, keys=20, prefix=f"round {round}"))
        function.wait_for_records(len(puts))
    assert_once_and_keys_in_order(function, puts)
    mapping.wait_for_result(lambda result: result == "OK")
    scene.close()


def test_a_parent_that_ministack_deletes_is_told_and_its_children_are_read(ministack_scene: Scene) -> None:
    stream, function = ministack_scene.stream(), ministack_scene.function()
    mapping = ministack_scene.mapping(stream, function)
    puts = stream.put_all(spread_records(10, keys=10, prefix="parent"))
    function.wait_for_records(10)
    gone = stream.shards()[0]["ShardId"]
    stream.split()
    puts += stream.put_all(spread_records(10, keys=10, prefix="child"))
    function.wait_for_records(20)
    assert_once_and_keys_in_order(function, puts)
    ministack_scene.process.wait_for_log(
        lambda log: log.get("mapping") == mapping.uuid and gone in str(log) and log["level"] != "debug"
    )
    mapping.wait_for_result(lambda result: result == "OK")


def test_with_latest_shards_that_appear_later_are_read_from_their_beginning(scene: Scene) -> None:
    stream, function = scene.stream(), scene.function()
    stream.put_all(spread_records(5, keys=5, prefix="before"))
    scene.mapping(stream, function, wait=False, StartingPosition="LATEST")
    stream.split()
    puts = stream.put_all(spread_records(20, keys=10, prefix="child"))
    function.wait_for_records(20)
    assert_once_and_keys_in_order(function, puts)


def test_with_latest_shards_that_were_closed_before_are_not_read(roto_scene: Scene) -> None:
    stream, function = roto_scene.stream(), roto_scene.function()
    stream.put_all(spread_records(5, keys=5, prefix="parent"))
    stream.split()
    stream.put_all(spread_records(5, keys=5, prefix="before"))
    roto_scene.mapping(stream, function, wait=False, StartingPosition="LATEST")
    puts = stream.put_all(spread_records(10, keys=10, prefix="after"))
    function.wait_for_records(10)
    assert_once_and_keys_in_order(function, puts)


def test_a_finished_parent_is_not_read_again_after_a_kill(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    scene = own_scene()
    stream = scene.stream()
    put_function(scene.process, "worker", function.url)
    scene.mapping(stream, "worker", BatchSize=10)
    puts = reshard_often(stream)
    function.wait_for_records(len(puts))
    scene.process.kill()
    open_before = {shard["ShardId"] for shard in stream.open_shards()}
    stream.split()
    puts += stream.put_all(spread_records(20, keys=10, prefix="after"))
    start_headrace(*QUICK, environment=scene.streams_server.whole_environment)
    function.wait_for_records(len(puts))
    assert_nothing_lost(function, puts)
    # The last batch of a shard that was still open may not have been checkpointed.
    twice = {each.split(":")[0] for each, count in function.ids.items() if count > 1}
    assert twice <= open_before


def test_a_kill_in_the_middle_of_a_parent_keeps_its_children_waiting(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    scene, gate = own_scene(), Gate()
    stream = scene.stream()
    gate.closed_to = [stream.shards()[0]["ShardId"]]
    function.behaviour = gate
    put_function(scene.process, "worker", function.url)
    puts = stream.put_all(spread_records(20, keys=10, prefix="parent"))
    stream.split()
    puts += stream.put_all(spread_records(20, keys=10, prefix="child"))
    scene.mapping(stream, "worker", BatchSize=5)
    function.wait_for_invocations(1)
    scene.process.kill()
    gate.open.set()
    start_headrace(*QUICK, environment=scene.streams_server.whole_environment)
    function.wait_for(lambda: len(function.ids) == 40, "every record")
    assert_nothing_lost(function, puts)
    assert sum(function.ids.values()) == 45


def test_a_disabled_mapping_finds_the_children_when_it_is_enabled(roto_scene: Scene) -> None:
    stream, function = roto_scene.stream(), roto_scene.function()
    mapping = roto_scene.mapping(stream, function)
    puts = stream.put_all(spread_records(10, keys=10, prefix="parent"))
    function.wait_for_records(10)
    mapping.update_and_wait(Enabled=False)
    puts += stream.put_all(spread_records(10, keys=10, prefix="late in the parent"))
    stream.split()
    puts += stream.put_all(spread_records(10, keys=10, prefix="child"))
    mapping.update_and_wait(Enabled=True)
    function.wait_for_records(30)
    assert_once_and_keys_in_order(function, puts)


def test_many_shards(roto_scene: Scene) -> None:
    stream, function = roto_scene.stream(shards=40), roto_scene.function()
    puts = stream.put_all(spread_records(800, keys=200))
    roto_scene.mapping(stream, function)
    function.wait_for_records(800, timeout=20)
    assert_once_in_order(function, puts)
