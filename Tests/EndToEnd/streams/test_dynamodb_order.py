"""Order of a table's changes: within the stream, and of each item with several batches at once."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Dict, List

from peers.http_function import Answer, Invocation
from streams.records import Record
from streams.scene import Scene


def change_of(record: Record) -> str:
    return record["dynamodb"]["NewImage"]["change"]["S"]


def item_of(record: Record) -> str:
    return record["dynamodb"]["Keys"]["id"]["S"]


def test_changes_arrive_in_order_once_each(table_scene: Scene) -> None:
    table, function = table_scene.table(), table_scene.function()
    for number in range(30):
        table.put_text(f"item-{number % 7}", change=str(number))
    table_scene.mapping(table, function, BatchSize=4)
    for number in range(30, 60):
        table.put_text(f"item-{number % 7}", change=str(number))
    function.wait_for_records(60)
    assert [change_of(record) for record in function.records] == [str(number) for number in range(60)]
    assert function.most_at_once == 1
    assert max(len(call.records) for call in function.invocations) <= 4


def test_batches_overlap_and_each_item_keeps_its_order(table_scene: Scene) -> None:
    met, lock = threading.Event(), threading.Lock()
    active: Dict[int, List[str]] = {}
    clashes: List[str] = []

    def work(call: Invocation) -> Answer:
        items = list({item_of(record) for record in call.records})
        with lock:
            clashes.extend(item for item in items for others in active.values() if item in others)
            active[call.number] = items
            if len(active) == 3:
                met.set()
        met.wait(15)
        with lock:
            del active[call.number]
        return None

    table, function = table_scene.table(), table_scene.function(work)
    for number in range(90):
        table.put_text(f"item-{number % 30}", change=str(number))
    table_scene.mapping(table, function, BatchSize=5, ParallelizationFactor=3)
    function.wait_for_records(90, timeout=20)
    assert met.is_set(), "three batches were never under way at once"
    assert function.most_at_once == 3
    assert not clashes, clashes
    by_item: Dict[str, List[int]] = defaultdict(list)
    for record in function.records:
        by_item[item_of(record)].append(int(change_of(record)))
    assert all(changes == sorted(changes) and len(changes) == 3 for changes in by_item.values()), by_item
