"""What happens to records while a mapping is disabled, updated, deleted, and while Headrace ends in any way."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any, Callable, Dict, List

import pytest

from headrace_process import HeadraceProcess

from peers.flow import Flow
from peers.http_function import Answer, Behaviour, HTTPFunction, Invocation, failing
from peers.stage import on_failure, put_function
from peers.waiting import wait_until
from streams.accounting import assert_nothing_lost, assert_once_in_order
from streams.conftest import QUICK
from streams.records import numbered_records, spread_records
from streams.scene import Scene, filters

AUTOMATIC = b'{"state": {}}'
"""What a function may answer whatever the mapping asks for."""

A_MOMENT = 1
"""Batches of a shard that may begin after an answer or a signal, before the worker has heard of it."""


def held(release: threading.Event) -> Behaviour:
    """Invocations wait for the event, and then take so long that only one of a shard begins within a moment."""
    def work(_: Invocation) -> Answer:
        release.wait(20)
        time.sleep(0.3)
        return None

    return work


def assert_flow_arrived_once(sent: List[str], *functions: HTTPFunction) -> None:
    """Each record of the flow once, in one of the functions."""
    counts: Counter[str] = Counter()
    for function in functions:
        counts.update(function.ids)
    lost = set(sent) - set(counts)
    assert not lost, f"{len(lost)} lost: {sorted(lost)[:10]}"
    assert counts == Counter(sent), {each: count for each, count in counts.items() if count > 1}


def test_disabling_and_enabling_while_records_flow_loses_nothing(scene: Scene) -> None:
    stream, function = scene.stream(shards=2), scene.function()
    mapping = scene.mapping(stream, function, BatchSize=20)
    with Flow(stream, limit=1000) as flow:
        for _ in range(2):
            flow.wait_for_more(30)
            assert mapping.update(Enabled=False)["State"] == "Disabling"
            mapping.wait_for_state("Disabled")
            flow.wait_for_more(30)
            assert mapping.update(Enabled=True)["State"] == "Enabling"
            mapping.wait_for_state("Enabled")
        sent = flow.stop()
    function.wait_for_records(len(sent), timeout=20)
    assert_flow_arrived_once(sent, function)


def test_a_disabled_mapping_delivers_nothing(scene: Scene) -> None:
    """Another mapping of the same stream shows that there was something to deliver."""
    stream, function, witness = scene.stream(), scene.function(), scene.function()
    mapping = scene.mapping(stream, function)
    scene.mapping(stream, witness)
    first = stream.put("first")
    function.wait_for_records(1)
    mapping.update_and_wait(Enabled=False)
    # What was under way when the update was answered may still end; the worker hears of it a moment later.
    mapping.wait_for_result(lambda result: result == "OK")
    puts = stream.put_all(numbered_records(5))
    witness.wait_for_records(6)
    assert function.ids == Counter([first.id])
    mapping.update_and_wait(Enabled=True)
    function.wait_for_records(6)
    assert_once_in_order(function, [first, *puts])


def test_disabling_finishes_the_batch_in_flight_and_starts_no_other(roto_scene: Scene) -> None:
    stream, release = roto_scene.stream(), threading.Event()
    function = roto_scene.function(held(release))
    puts = stream.put_all(numbered_records(6))
    mapping = roto_scene.mapping(stream, function, BatchSize=2)
    function.wait_for_invocations(1)
    mapping.update_and_wait(Enabled=False)
    release.set()
    mapping.wait_for_result(lambda result: result == "OK")
    assert len(function.invocations) <= 1 + A_MOMENT
    mapping.update_and_wait(Enabled=True)
    function.wait_for_records(6)
    # What was answered while disabled is done: it does not come again.
    assert_once_in_order(function, puts)


UPDATES: Dict[str, Dict[str, Any]] = {
    "BatchSize": {"BatchSize": 3},
    "window": {"MaximumBatchingWindowInSeconds": 1},
    "filter": {"FilterCriteria": filters({"data": {"flow": [{"exists": True}]}})},
    "response types": {"FunctionResponseTypes": ["ReportBatchItemFailures"]},
    "factor up": {"ParallelizationFactor": 10},
    "bisect": {"BisectBatchOnFunctionError": True},
    "retries": {"MaximumRetryAttempts": 5},
    "age": {"MaximumRecordAgeInSeconds": 3600},
    "tumbling window": {"TumblingWindowInSeconds": 1},
}
UPDATES["all"] = {key: value for each in UPDATES.values() for key, value in each.items()}


@pytest.mark.parametrize("name", [*UPDATES, "function", "destination", "factor down"])
def test_an_update_while_records_flow_loses_nothing_and_repeats_nothing(roto_scene: Scene, name: str) -> None:
    scene = roto_scene
    stream = scene.stream(shards=2)
    function, other = scene.function(lambda _: AUTOMATIC), scene.function(lambda _: AUTOMATIC)
    more = {
        "function": {"FunctionName": other.name},
        "factor down": {"ParallelizationFactor": 1},
        "destination": {"DestinationConfig": on_failure(scene.queue())} if name == "destination" else {},
    }
    parameters = {**UPDATES, **more}[name]
    factor = 10 if name == "factor down" else 2
    mapping = scene.mapping(stream, function, BatchSize=10, ParallelizationFactor=factor)
    with Flow(stream, limit=600) as flow:
        flow.wait_for_more(60)
        assert mapping.update(**parameters)["State"] == "Updating"
        updated = mapping.wait_for_state("Enabled")
        flow.wait_for_more(60)
        sent = flow.stop()
    for key, value in parameters.items():
        if key != "FunctionName":
            assert updated[key] == value
    wait_until(lambda: len(function.ids) + len(other.ids), lambda count: count >= len(sent), 20, "every record")
    assert_flow_arrived_once(sent, function, other)
    if name == "function":
        assert other.invocations
    if name == "BatchSize":
        last = function.invocations[-5:]
        assert all(len(call.records) <= 3 for call in last)


def test_an_update_of_every_kind_in_a_row_while_records_flow(roto_scene: Scene) -> None:
    """Updates in quick succession: the worker is replaced again and again."""
    scene = roto_scene
    stream, function = scene.stream(shards=3), scene.function(lambda _: AUTOMATIC)
    mapping = scene.mapping(stream, function, BatchSize=10)
    with Flow(stream, limit=1500) as flow:
        for factor in (10, 3, 1, 5, 2):
            mapping.update_and_wait(ParallelizationFactor=factor)
            flow.wait_for_more(10)
        sent = flow.stop()
    function.wait_for_records(len(sent), 20)
    assert_flow_arrived_once(sent, function)


def test_deleting_in_the_middle_finishes_the_batch_and_takes_no_more(scene: Scene) -> None:
    stream, release = scene.stream(), threading.Event()
    function = scene.function(held(release))
    puts = stream.put_all(numbered_records(6))
    mapping = scene.mapping(stream, function, BatchSize=2)
    function.wait_for_invocations(1)
    assert mapping.delete().json["State"] == "Deleting"
    release.set()
    wait_until(lambda: scene.wire.get(mapping.uuid).status, lambda status: status == 404, what="the deletion")
    # A mapping made anew knows nothing of the old one's place; it reads all of it, and then the old one is done.
    witness = scene.function()
    scene.mapping(stream, witness)
    witness.wait_for_records(6)
    assert len(function.invocations) <= 1 + A_MOMENT
    assert function.ids == Counter(put.id for put in puts[:len(function.ids)])


def test_a_mapping_made_anew_begins_at_its_own_position(scene: Scene) -> None:
    stream, function = scene.stream(), scene.function()
    mapping = scene.mapping(stream, function)
    puts = stream.put_all(numbered_records(3))
    function.wait_for_records(3)
    mapping.delete_and_wait()
    scene.mapping(stream, function)
    function.wait_for(lambda: sum(function.ids.values()) == 6, "all of it once more")
    assert function.ids == Counter({put.id: 2 for put in puts})


def test_a_reset_forgets_where_mappings_were(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene()
    stream, function = scene.stream(), scene.function()
    scene.mapping(stream, function)
    puts = stream.put_all(numbered_records(3))
    function.wait_for_records(3)
    assert scene.wire.request("POST", "/_headrace/reset").status in (200, 204)
    scene.mapping(stream, function)
    function.wait_for(lambda: sum(function.ids.values()) == 6, "all of it once more")
    assert set(function.ids) == {put.id for put in puts}


def restart(scene: Scene, start_headrace: Any) -> HeadraceProcess:
    return start_headrace(*QUICK, environment=scene.streams_server.whole_environment)


def test_sigterm_finishes_the_batches_in_flight_and_the_rest_comes_after_the_restart(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    scene, release = own_scene(), threading.Event()
    function.behaviour = held(release)
    put_function(scene.process, "worker", function.url)
    stream = scene.stream(shards=2)
    puts = stream.put_all(spread_records(40, keys=20))
    scene.mapping(stream, "worker", BatchSize=5)
    function.wait_for_invocations(2)
    scene.process.terminate()
    release.set()
    assert scene.process.wait() == 0
    assert len(function.invocations) <= 2 + 2 * A_MOMENT
    restart(scene, start_headrace)
    function.wait_for_records(40)
    assert_once_in_order(function, puts)


def test_restarts_in_the_middle_of_a_flow_lose_nothing_and_repeat_nothing(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    scene = own_scene()
    stream = scene.stream(shards=2)
    put_function(scene.process, "worker", function.url)
    scene.mapping(stream, "worker", BatchSize=10, ParallelizationFactor=3)
    process = scene.process
    with Flow(stream, limit=1000) as flow:
        for _ in range(2):
            flow.wait_for_more(50)
            assert process.stop() == 0
            process = restart(scene, start_headrace)
        flow.wait_for_more(50)
        sent = flow.stop()
    function.wait_for_records(len(sent), timeout=20)
    assert_flow_arrived_once(sent, function)


def test_a_kill_repeats_the_batches_in_flight_and_nothing_else(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    scene, release = own_scene(), threading.Event()

    def work(call: Invocation) -> Answer:
        # The first few are answered, and one of each lane is in flight when the kill comes.
        if call.number > 10:
            release.wait(60)
        return None

    function.behaviour = work
    put_function(scene.process, "worker", function.url)
    stream = scene.stream(shards=2)
    puts = stream.put_all(spread_records(400, keys=40))
    scene.mapping(stream, "worker", BatchSize=10, ParallelizationFactor=2)
    # Every lane has one, and a lane's next batch begins when the checkpoint of the one before it is written.
    function.wait_for(lambda: sum(call.ended is None for call in function.invocations) == 4, "four batches in flight")
    scene.process.kill()
    in_flight = {each for call in function.invocations if call.ended is None for each in call.ids}
    before = len(function.invocations)
    release.set()
    restart(scene, start_headrace)
    function.wait_for(lambda: len(function.ids) == 400, "every record", 20)
    assert_nothing_lost(function, puts)
    function.wait_for(lambda: all(function.ids[each] == 2 for each in in_flight), "the batches in flight once more")
    twice = {identifier for identifier, count in function.ids.items() if count > 1}
    assert twice == in_flight
    assert len(function.invocations) > before
    assert max(function.ids.values()) == 2


def test_what_the_journal_shows_does_not_come_again_after_a_kill(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    """An entry appears when its checkpoint is written; three times, since it is a race."""
    scene = own_scene()
    put_function(scene.process, "worker", function.url)
    stream, process = scene.stream(), scene.process
    mapping = scene.mapping(stream, "worker")
    puts = []
    for number in range(3):
        puts.append(stream.put(f"record-{number}"))
        mapping.on(process).wait_for_deliveries(number + 1)
        process.kill()
        process = restart(scene, start_headrace)
    puts.append(stream.put("last"))
    function.wait_for_records(4)
    assert_once_in_order(function, puts)


def test_a_kill_while_a_window_is_open_loses_nothing(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    scene = own_scene()
    put_function(scene.process, "worker", function.url)
    stream, witness = scene.stream(), scene.function()
    mapping = scene.mapping(stream, "worker", BatchSize=1000, MaximumBatchingWindowInSeconds=300)
    scene.mapping(stream, witness)
    puts = stream.put_all(numbered_records(20))
    witness.wait_for_records(20)
    assert not function.invocations
    scene.process.kill()
    process = restart(scene, start_headrace)
    mapping.on(process).update_and_wait(MaximumBatchingWindowInSeconds=0)
    function.wait_for_records(20)
    assert_once_in_order(function, puts)


def test_a_disabled_mapping_stays_where_it_was_over_a_restart(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    scene = own_scene()
    put_function(scene.process, "worker", function.url)
    stream = scene.stream()
    mapping = scene.mapping(stream, "worker")
    puts = stream.put_all(numbered_records(3))
    function.wait_for_records(3)
    mapping.update_and_wait(Enabled=False)
    assert scene.process.stop() == 0
    puts += stream.put_all(numbered_records(3, prefix="late"))
    process = restart(scene, start_headrace)
    again = mapping.on(process)
    assert again.get()["State"] == "Disabled"
    assert again.get()["LastProcessingResult"] == "OK"
    again.update_and_wait(Enabled=True)
    function.wait_for_records(6)
    assert_once_in_order(function, puts)


def test_the_retry_counter_starts_anew_after_a_restart(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    scene = own_scene()
    put_function(scene.process, "worker", function.url)
    function.behaviour = failing
    stream = scene.stream()
    put = stream.put("poison")
    scene.mapping(stream, "worker", MaximumRetryAttempts=2)
    function.wait_for_invocations(2)
    scene.process.kill()
    before = function.ids[put.id]
    good = stream.put("good")
    process = restart(scene, start_headrace)
    process.wait_for_log(lambda log: log["message"] == "records given up")
    function.behaviour = lambda _: None
    assert 1 <= function.ids[put.id] - before <= 3
    function.wait_for(lambda: good.id in function.ids, "the record behind")


def test_many_mappings_of_one_stream_each_get_everything(roto_scene: Scene) -> None:
    stream = roto_scene.stream(shards=2)
    functions = [roto_scene.function() for _ in range(8)]
    for function in functions:
        roto_scene.mapping(stream, function, wait=False)
    puts = stream.put_all(spread_records(60, keys=12))
    for function in functions:
        function.wait_for_records(60)
        assert_once_in_order(function, puts)


def test_a_table_is_read_on_after_a_kill(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction, ministack: Any
) -> None:
    scene = own_scene(server=ministack)
    put_function(scene.process, "worker", function.url)
    table = scene.table()
    scene.mapping(table, "worker", BatchSize=2, ParallelizationFactor=2)
    for number in range(10):
        table.put_text(f"item-{number}")
    function.wait_for_records(10)
    scene.process.kill()
    for number in range(10, 20):
        table.put_text(f"item-{number}")
    restart(scene, start_headrace)
    function.wait_for_records(20)
    # The last batch of each of the two lanes may not have been checkpointed.
    assert sum(function.ids.values()) <= 24
    names = {record["dynamodb"]["Keys"]["id"]["S"] for record in function.records}
    assert names == {f"item-{number}" for number in range(20)}


def test_the_default_poll_interval_delivers_without_being_told(
    roto: Any, start_headrace: Any, function: HTTPFunction
) -> None:
    process = start_headrace("--function", f"*={function.url}", environment=roto.whole_environment)
    scene = Scene(process, roto)
    stream = scene.stream()
    scene.mapping(stream, "f", StartingPosition="LATEST")
    puts = [stream.put("first")]
    function.wait_for_records(1)
    puts += stream.put_all(numbered_records(5))
    function.wait_for_records(6)
    assert_once_in_order(function, puts)
    scene.close()
