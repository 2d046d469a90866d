"""Tumbling windows: state from one invocation to the next, a last one at a window's end, nothing counted twice."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import defaultdict
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Tuple

import pytest

from peers.http_function import Answer, HTTPFunction, Invocation, failing
from peers.stage import put_function
from streams.conftest import QUICK
from streams.records import data_of, numbered_records, spread_records
from streams.scene import Scene

Window = Tuple[str, str]
"""The shard, and the window's start."""


class Sums:
    """A function that sums numbers in the state, as the documentation's example does."""

    def __init__(self) -> None:
        self.finals: Dict[Window, Dict[str, Any]] = {}
        self.doubled: List[Window] = []
        self._lock = threading.Lock()

    def __call__(self, call: Invocation) -> Answer:
        event = call.event
        state = dict(event["state"])
        for record in event["Records"]:
            state["sum"] = state.get("sum", 0) + int(data_of(record))
            state["count"] = state.get("count", 0) + 1
        if event["isFinalInvokeForWindow"]:
            with self._lock:
                window = (event["shardId"], event["window"]["start"])
                self.doubled += [window] if window in self.finals else []
                self.finals[window] = state
        return json.dumps({"state": state}).encode()

    @property
    def total(self) -> int:
        return sum(state.get("sum", 0) for state in list(self.finals.values()))

    @property
    def count(self) -> int:
        return sum(state.get("count", 0) for state in list(self.finals.values()))


def seconds(moment: str) -> float:
    """From `2026-11-24T18:00:00Z` to seconds since the epoch."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment), moment
    return datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()


def test_the_windows_together_hold_each_record_once(scene: Scene) -> None:
    """Records over a few windows and two shards: what the last invocations hold adds up to what was put."""
    sums = Sums()
    stream, function = scene.stream(shards=2), scene.function(sums)
    scene.mapping(stream, function, BatchSize=7, TumblingWindowInSeconds=1)
    begun, number = time.time(), 0
    while time.time() < begun + 2.2:
        stream.put_all([(str(number + offset), f"key-{offset}") for offset in range(5)])
        number += 5
        time.sleep(0.05)
    function.wait_for(lambda: sums.count >= number, f"{number} records in closed windows", 15)
    assert (sums.count, sums.total) == (number, sum(range(number)))
    assert not sums.doubled
    assert len({start for _, start in sums.finals}) >= 2
    check_members(function, 1)


def check_members(function: HTTPFunction, length: int) -> None:
    """Every invocation has what AWS adds, and lies in one window; the last one of a window has no records."""
    for call in function.invocations:
        event = call.event
        assert list(event) == [
            "Records", "window", "state", "shardId", "eventSourceARN", "isFinalInvokeForWindow",
            "isWindowTerminatedEarly",
        ]
        start, end = seconds(event["window"]["start"]), seconds(event["window"]["end"])
        assert end - start == length and start % length == 0
        for record in event["Records"]:
            assert start <= record["kinesis"]["approximateArrivalTimestamp"] < end
            assert record["eventID"].startswith(event["shardId"] + ":")
        assert event["isWindowTerminatedEarly"] is False
        if event["isFinalInvokeForWindow"]:
            assert event["Records"] == []
    # Within a window and shard, what one invocation answered is what the next one gets.
    for calls in by_window(function).values():
        assert calls[0].event["state"] == {}
        finals = [call.event["isFinalInvokeForWindow"] for call in calls]
        assert finals == [False] * (len(calls) - 1) + [True]


def by_window(function: HTTPFunction) -> Dict[Window, List[Invocation]]:
    windows: Dict[Window, List[Invocation]] = defaultdict(list)
    for call in function.invocations:
        windows[call.event["shardId"], call.event["window"]["start"]].append(call)
    return windows


def test_windows_of_a_table(table_scene: Scene) -> None:
    def count(call: Invocation) -> Answer:
        state = {"count": call.event["state"].get("count", 0) + len(call.records)}
        return json.dumps({"state": state}).encode()

    table, function = table_scene.table(), table_scene.function(count)
    table_scene.mapping(table, function, BatchSize=2, TumblingWindowInSeconds=1)
    for number in range(5):
        table.put_text(f"item-{number}")

    def finals() -> List[int]:
        return [call.event["state"]["count"] for call in function.invocations if call.event["isFinalInvokeForWindow"]]

    function.wait_for(lambda: sum(finals()) >= 5, "five items in closed windows", 15)
    assert sum(finals()) == 5
    first = function.invocations[0].event
    assert first["eventSourceARN"] == table.arn
    assert first["shardId"].startswith("shardId-")


def put_within_a_window(stream: Any, length: int, *datas: str) -> None:
    """Puts so early in a window that there is time for more to happen in it."""
    while not 0.05 < time.time() % length < length / 3:
        time.sleep(0.02)
    stream.put_all([(data, "key") for data in datas])


def test_the_state_outlives_a_kill(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    scene, sums, killed = own_scene(), Sums(), threading.Event()

    def hold_the_second(call: Invocation) -> Answer:
        if call.number == 2:
            killed.wait(20)
        return sums(call)

    function.behaviour = hold_the_second
    stream = scene.stream()
    put_function(scene.process, "worker", function.url)
    scene.mapping(stream, "worker", BatchSize=2, TumblingWindowInSeconds=5)
    put_within_a_window(stream, 5, "1", "2", "4")
    first, second = function.wait_for_invocations(2)
    assert second.event["state"] == {"sum": 3, "count": 2}
    scene.process.kill()
    killed.set()
    start_headrace(*QUICK, environment=scene.streams_server.whole_environment)
    third = function.wait_for_invocations(3)[2]
    assert (third.ids, third.event["state"]) == (second.ids, second.event["state"])
    function.wait_for(lambda: sums.finals, "the closed window", 20)
    assert list(sums.finals.values()) == [{"sum": 7, "count": 3}]
    assert len(first.ids) == 2


def test_a_window_that_ended_while_nobody_was_there_is_closed_after_the_restart(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    scene, sums = own_scene(), Sums()
    function.behaviour = sums
    stream = scene.stream()
    put_function(scene.process, "worker", function.url)
    scene.mapping(stream, "worker", TumblingWindowInSeconds=2)
    put_within_a_window(stream, 2, "1", "2")
    function.wait_for_records(2)
    scene.process.kill()
    while time.time() % 2 < 1:
        time.sleep(0.02)
    while time.time() % 2 > 1:
        time.sleep(0.02)
    start_headrace(*QUICK, environment=scene.streams_server.whole_environment)
    function.wait_for(lambda: sums.finals, "the closed window", 15)
    assert list(sums.finals.values()) == [{"sum": 3, "count": 2}]


@pytest.mark.parametrize(
    "answer",
    [None, b"{}", b'{"state": 7}', b'{"state": null}', b"garbage"],
    ids=["nothing", "empty", "number", "null", "garbage"],
)
def test_an_answer_without_state_is_a_failure(roto_scene: Scene, answer: Any) -> None:
    stream = roto_scene.stream()
    function = roto_scene.function(lambda call: answer if call.number == 1 else b'{"state": {"fine": true}}')
    put = stream.put("1")
    mapping = roto_scene.mapping(stream, function, TumblingWindowInSeconds=1)
    first, second = function.wait_for_invocations(2)
    assert first.ids == second.ids == [put.id]
    outcomes = [entry["outcome"] for entry in mapping.wait_for_deliveries(2)]
    assert outcomes == ["invalidAnswer", "success"]


def test_reported_failures_within_a_window(roto_scene: Scene) -> None:
    """The answer's state counts, and the rest comes again with it."""
    stream = roto_scene.stream()
    puts: List[Any] = []

    def behave(call: Invocation) -> Answer:
        state = {"calls": call.event["state"].get("calls", 0) + 1}
        failures = [{"itemIdentifier": puts[1].sequence}] if call.number == 1 else []
        return json.dumps({"state": state, "batchItemFailures": failures}).encode()

    function = roto_scene.function(behave)
    puts += stream.put_all(numbered_records(3))
    roto_scene.mapping(
        stream, function, TumblingWindowInSeconds=2, FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    calls = function.wait_for_invocations(2)
    assert [call.ids for call in calls] == [[put.id for put in puts], [put.id for put in puts[1:]]]
    assert calls[1].event["state"] == {"calls": 1}


def test_a_failed_invocation_does_not_touch_the_state(roto_scene: Scene) -> None:
    stream = roto_scene.stream()

    def behave(call: Invocation) -> Answer:
        return failing(call) if call.number == 2 else json.dumps({"state": {"last": call.number}}).encode()

    function = roto_scene.function(behave)
    roto_scene.mapping(stream, function, BatchSize=1, TumblingWindowInSeconds=900)
    stream.put_all(numbered_records(2))
    calls = function.wait_for_invocations(3)
    assert [call.event["state"] for call in calls] == [{}, {"last": 1}, {"last": 1}]


def test_a_state_of_more_than_a_megabyte_ends_its_window_early(roto_scene: Scene) -> None:
    stream = roto_scene.stream()

    def behave(call: Invocation) -> Answer:
        state = {} if call.event["isFinalInvokeForWindow"] else {"large": "x" * 1_100_000}
        return json.dumps({"state": state}).encode()

    function = roto_scene.function(behave)
    roto_scene.mapping(stream, function, BatchSize=1, TumblingWindowInSeconds=900)
    stream.put("1")
    _, final = function.wait_for_invocations(2)
    assert final.event["isFinalInvokeForWindow"] is True
    assert final.event["isWindowTerminatedEarly"] is True
    assert final.event["state"]["large"] == "x" * 1_100_000
    assert final.records == []


def test_the_windows_of_a_shard_that_is_split_are_closed(roto_scene: Scene) -> None:
    """Every record is in exactly one closed window, those of the parent in the parent's."""
    sums = Sums()
    stream, function = roto_scene.stream(), roto_scene.function(sums)
    roto_scene.mapping(stream, function, BatchSize=10, TumblingWindowInSeconds=1)
    stream.put_all((str(number), key) for number, (_, key) in enumerate(spread_records(20, keys=10)))
    stream.split()
    stream.put_all((str(number), key) for number, (_, key) in enumerate(spread_records(20, keys=10), 20))
    function.wait_for(lambda: sums.count >= 40, "forty records in closed windows", 15)
    assert (sums.count, sums.total) == (40, sum(range(40)))
    assert not sums.doubled
    assert len({shard for shard, _ in sums.finals}) == 3


def test_a_last_invocation_that_fails_past_its_retries_is_dropped(roto_scene: Scene) -> None:
    stream = roto_scene.stream()

    def behave(call: Invocation) -> Answer:
        return failing(call) if call.event["isFinalInvokeForWindow"] else b'{"state": {"n": 1}}'

    function = roto_scene.function(behave)
    mapping = roto_scene.mapping(stream, function, TumblingWindowInSeconds=1, MaximumRetryAttempts=1)
    stream.put("1")
    function.wait_for(lambda: len(finals_of(function)) == 2, "both tries of the last invocation", 15)
    roto_scene.process.wait_for_log(
        lambda log: log.get("mapping") == mapping.uuid and log["level"] in ("warning", "error")
        and log["message"] != "function failed"
    )
    second = stream.put("2")
    function.wait_for(lambda: second.id in function.ids, "the next window")
    later = next(call for call in function.invocations if second.id in call.ids)
    assert later.event["state"] == {}


def finals_of(function: HTTPFunction) -> List[Invocation]:
    return [call for call in function.invocations if call.event["isFinalInvokeForWindow"]]
