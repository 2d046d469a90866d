"""Order: within a shard, across shards, and with several batches of a shard at once."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Dict, List

from peers.http_function import Answer, Invocation
from streams.accounting import assert_once_in_order
from streams.records import data_of, numbered_records, spread_records
from streams.scene import Scene


def test_records_of_a_shard_arrive_in_order_and_one_batch_after_the_other(scene: Scene) -> None:
    stream, function = scene.stream(), scene.function()
    puts = stream.put_all(numbered_records(250))
    scene.mapping(stream, function, BatchSize=20)
    puts += stream.put_all(numbered_records(251, prefix="late"))
    function.wait_for_records(501)
    assert_once_in_order(function, puts)
    assert [put.data for put in puts] == [data_of(record) for record in function.records]
    assert function.most_at_once == 1
    assert max(len(call.records) for call in function.invocations) <= 20


def test_shards_are_read_in_parallel(scene: Scene) -> None:
    stream, together = scene.stream(shards=4), threading.Barrier(4)

    def work(_: Invocation) -> Answer:
        # Nobody goes on before all four are there.
        together.wait(15)
        return None

    function = scene.function(work)
    puts = stream.put_all(spread_records(40, keys=40))
    assert len({put.shard for put in puts}) == 4
    scene.mapping(stream, function, BatchSize=100)
    function.wait_for_records(40)
    assert_once_in_order(function, puts)


def test_a_shard_that_is_blocked_blocks_no_other(roto_scene: Scene) -> None:
    scene, release = roto_scene, threading.Event()
    stream = scene.stream(shards=2)
    blocked = stream.put("blocking")

    def work(call: Invocation) -> Answer:
        if blocked.id in call.ids:
            release.wait(20)
        return None

    function = scene.function(work)
    scene.mapping(stream, function, BatchSize=1)
    function.wait_for(lambda: blocked.id in function.ids, "the blocking record")
    puts = stream.put_all(spread_records(30, keys=30))
    free = [put for put in puts if put.shard != blocked.shard]
    function.wait_for_records(1 + len(free))
    assert set(function.ids) == {blocked.id, *(put.id for put in free)}
    release.set()
    function.wait_for_records(31)
    assert_once_in_order(function, [blocked, *puts])


class Overlaps:
    """A behaviour that holds each invocation until another one joins it, and tells keys that are in two at once."""

    def __init__(self, needed: int) -> None:
        self._needed = needed
        self._changed = threading.Condition()
        self._keys: Dict[int, List[str]] = {}
        self.met = 0
        self.clashes: List[str] = []

    def __call__(self, call: Invocation) -> Answer:
        keys = list({record["kinesis"]["partitionKey"] for record in call.records})
        with self._changed:
            busy = {key for others in self._keys.values() for key in others}
            self.clashes += [key for key in keys if key in busy]
            self._keys[call.number] = keys
            self.met = max(self.met, len(self._keys))
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.met >= self._needed, 15)
            del self._keys[call.number]
        return None


def test_batches_of_a_shard_overlap_and_each_key_keeps_its_order(scene: Scene) -> None:
    stream, overlaps = scene.stream(), Overlaps(needed=4)
    function = scene.function(overlaps)
    puts = stream.put_all(spread_records(400, keys=40))
    scene.mapping(stream, function, BatchSize=10, ParallelizationFactor=4)
    function.wait_for_records(400, timeout=30)
    assert overlaps.met == 4, f"at most {overlaps.met} batches met"
    assert function.most_at_once == 4
    assert not overlaps.clashes, f"keys in two batches at once: {overlaps.clashes}"
    by_key: Dict[str, List[bytes]] = defaultdict(list)
    for record in function.records:
        by_key[record["kinesis"]["partitionKey"]].append(data_of(record))
    for key, datas in by_key.items():
        assert datas == [put.data for put in puts if put.key == key]


def test_one_key_does_not_overtake_itself_whatever_the_factor(roto_scene: Scene) -> None:
    stream, function = roto_scene.stream(), roto_scene.function()
    puts = stream.put_all(numbered_records(200))
    roto_scene.mapping(stream, function, BatchSize=7, ParallelizationFactor=10)
    function.wait_for_records(200)
    assert_once_in_order(function, puts)
    assert function.most_at_once == 1
