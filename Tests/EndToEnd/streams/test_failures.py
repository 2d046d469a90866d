"""What becomes of a batch that fails: retried, bisected, taken in part, waited for, given up."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any, Callable, List

import pytest

from peers.child_process import free_port
from peers.http_function import Answer, HTTPFunction, Invocation, failing
from peers.http_peer import Raw, Reply
from peers.queues import wait_for_document
from peers.stage import on_failure, put_function
from streams.accounting import assert_once_in_order
from streams.conftest import QUICK
from streams.kinesis_stream import Put
from streams.records import data_of, numbered_records, sequence_of, texts_of
from streams.scene import Scene

CALL_FAILED = "PROBLEM: Function call failed"


def reporting(*sequences: str) -> bytes:
    """An answer that reports these records as failed."""
    return json.dumps({"batchItemFailures": [{"itemIdentifier": sequence} for sequence in sequences]}).encode()


def failing_first(count: int, how: Answer = None) -> Callable[[Invocation], Answer]:
    """A behaviour that fails so many times."""
    def behave(call: Invocation) -> Answer:
        if call.number > count:
            return None
        return failing(call) if how is None else how

    return behave


def batches(function: HTTPFunction) -> List[List[str]]:
    return [texts_of(call.records) for call in function.invocations]


def test_a_failed_batch_is_tried_again_before_anything_behind_it(scene: Scene) -> None:
    stream, function = scene.stream(), scene.function(failing_first(2))
    puts = stream.put_all(numbered_records(10))
    mapping = scene.mapping(stream, function, BatchSize=5)
    function.wait_for_invocations(4)
    first, second = [put.data.decode() for put in puts[:5]], [put.data.decode() for put in puts[5:]]
    assert batches(function) == [first, first, first, second]
    journal = mapping.wait_for_deliveries(4)
    assert [(entry["attempt"], entry["outcome"]) for entry in journal] == [
        (1, "functionError"), (2, "functionError"), (3, "success"), (1, "success")
    ]
    mapping.wait_for_result(lambda result: result == "OK")


def test_pauses_between_tries_grow(roto_scene: Scene) -> None:
    """Recorded: about eight tries in the first minute."""
    stream, function = roto_scene.stream(), roto_scene.function(failing_first(3))
    stream.put("precious")
    roto_scene.mapping(stream, function)
    calls = function.wait_for_invocations(4, timeout=20)
    pauses = [later.arrived - (earlier.ended or 0) for earlier, later in zip(calls, calls[1:])]
    # Each pause lies between half of what is due and all of it, and what is due doubles: neighbours may be
    # nearly alike, but none is shorter than the half that is its own.
    assert all(0.18 * 2**index < pause for index, pause in enumerate(pauses)), pauses
    assert pauses[0] < 1, pauses


def test_a_failing_function_shows_while_it_fails(roto_scene: Scene) -> None:
    stream, function = roto_scene.stream(), roto_scene.function()
    mapping = roto_scene.mapping(stream, function)
    assert mapping.get()["LastProcessingResult"] == "No records processed"
    function.behaviour = failing
    stream.put("precious")
    assert mapping.wait_for_result(lambda result: result != "No records processed") == CALL_FAILED
    line = roto_scene.process.wait_for_log(
        lambda log: log["message"] == "function failed" and log["mapping"] == mapping.uuid
    )
    assert line["outcome"] == "functionError" and line["reason"]
    function.behaviour = lambda _: None
    mapping.wait_for_result(lambda result: result == "OK")


@pytest.mark.parametrize("retries", [0, 2])
def test_after_its_last_retry_a_batch_is_dropped_and_the_log_says_so(roto_scene: Scene, retries: int) -> None:
    stream = roto_scene.stream()
    poison, good = stream.put_all(numbered_records(2, prefix="poison")), stream.put_all(numbered_records(2))

    def behave(call: Invocation) -> Answer:
        return failing(call) if b"poison" in data_of(call.records[0]) else None

    function = roto_scene.function(behave)
    mapping = roto_scene.mapping(stream, function, BatchSize=2, MaximumRetryAttempts=retries)
    function.wait_for(lambda: good[-1].id in function.ids, "the batch behind the failing one")
    assert function.ids == Counter({**{put.id: retries + 1 for put in poison}, **{put.id: 1 for put in good}})
    line = roto_scene.process.wait_for_log(
        lambda log: log["message"] == "records given up" and log.get("mapping") == mapping.uuid
    )
    assert line["level"] in ("warning", "error")
    mapping.wait_for_result(lambda result: result == "OK")


def poisonous(marks: bytes = b"poison") -> Callable[[Invocation], Answer]:
    """A behaviour that fails as a whole where one record is poison."""
    return lambda call: failing(call) if any(marks in data_of(record) for record in call.records) else None


@pytest.mark.parametrize("place", [0, 7, 15])
def test_bisecting_isolates_a_poison_record(roto_scene: Scene, place: int) -> None:
    scene, queue = roto_scene, roto_scene.queue()
    stream, function = scene.stream(), scene.function(poisonous())
    records = numbered_records(16)
    records[place] = ("poison", "key")
    puts = stream.put_all(records)
    scene.mapping(
        stream, function, BatchSize=16, MaximumRetryAttempts=0, BisectBatchOnFunctionError=True,
        DestinationConfig=on_failure(queue),
    )
    document = wait_for_document(queue)
    info = document["KinesisBatchInfo"]
    assert (info["startSequenceNumber"], info["endSequenceNumber"], info["batchSize"]) == (
        puts[place].sequence, puts[place].sequence, 1
    )
    assert document["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert document["requestContext"]["approximateInvokeCount"] == 1
    good = [put for put in puts if put != puts[place]]
    function.wait_for(lambda: len(succeeded(function)) >= len(good), "the good records")
    # Each good record succeeded once, in order; a split does not wait, and does not use up a retry.
    assert succeeded(function) == [put.data.decode() for put in good]
    # 16, 8, 4, 2 and the poison alone, and the other half of each.
    assert len(function.invocations) == 9
    assert [len(batch) for batch in batches(function) if "poison" in batch] == [16, 8, 4, 2, 1]


def succeeded(function: HTTPFunction) -> List[str]:
    """What was in the invocations without poison, in order of arrival."""
    calls = [texts_of(call.records) for call in function.invocations]
    return [text for texts in calls if "poison" not in texts for text in texts]


def test_bisecting_with_retries_tries_the_single_record_as_often_as_it_may(roto_scene: Scene) -> None:
    stream, function = roto_scene.stream(), roto_scene.function(poisonous())
    puts = stream.put_all([("good-1", "key"), ("poison", "key"), ("good-2", "key"), ("good-3", "key")])
    roto_scene.mapping(
        stream, function, BatchSize=4, MaximumRetryAttempts=2, BisectBatchOnFunctionError=True,
    )
    last = stream.put("good-4")
    function.wait_for(lambda: last.id in function.ids, "the record behind")
    alone = [call for call in function.invocations if texts_of(call.records) == ["poison"]]
    assert len(alone) == 3
    assert succeeded(function) == ["good-1", "good-2", "good-3", "good-4"]
    assert function.ids[puts[1].id] == 5


def test_a_function_that_recovers_while_a_batch_is_bisected_gets_everything(roto_scene: Scene) -> None:
    stream, function = roto_scene.stream(), roto_scene.function(failing_first(3))
    puts = stream.put_all(numbered_records(8))
    roto_scene.mapping(stream, function, BatchSize=8, BisectBatchOnFunctionError=True)
    function.wait_for(lambda: puts[-1].id in {i for call in function.invocations[3:] for i in call.ids}, "the last one")
    assert [id for call in function.invocations[3:] for id in call.ids] == [put.id for put in puts]


def test_reported_failures_are_tried_again_from_the_lowest_on(scene: Scene) -> None:
    stream = scene.stream()
    puts = stream.put_all(numbered_records(6))

    def behave(call: Invocation) -> Answer:
        # Out of order: the lowest counts.
        return reporting(puts[4].sequence, puts[2].sequence) if call.number == 1 else None

    function = scene.function(behave)
    mapping = scene.mapping(stream, function, BatchSize=6, FunctionResponseTypes=["ReportBatchItemFailures"])
    function.wait_for_invocations(2)
    assert [call.ids for call in function.invocations] == [
        [put.id for put in puts], [put.id for put in puts[2:]]
    ]
    outcomes = [(entry["outcome"], entry["attempt"]) for entry in mapping.wait_for_deliveries(2)]
    assert outcomes == [("partialFailure", 1), ("success", 1)]
    mapping.wait_for_result(lambda result: result == "OK")


def test_the_lowest_of_the_reported_is_the_lowest_number_and_not_the_lowest_text(scene: Scene) -> None:
    """On moto and roto sequence numbers are as short as 9 and 10."""
    stream = scene.stream()
    puts = stream.put_all(numbered_records(12))

    def behave(call: Invocation) -> Answer:
        return reporting(puts[9].sequence, puts[8].sequence) if call.number == 1 else None

    function = scene.function(behave)
    scene.mapping(stream, function, FunctionResponseTypes=["ReportBatchItemFailures"])
    calls = function.wait_for_invocations(2)
    assert calls[1].ids == [put.id for put in puts[8:]]


def test_reported_failures_are_nothing_without_the_response_type(roto_scene: Scene) -> None:
    stream, function = roto_scene.stream(), roto_scene.function(lambda call: reporting(sequence_of(call.records[0])))
    puts = stream.put_all(numbered_records(3))
    roto_scene.mapping(stream, function, BatchSize=1)
    function.wait_for_records(3)
    assert_once_in_order(function, puts)


def test_each_step_forward_gives_the_rest_its_retries_anew(roto_scene: Scene) -> None:
    """Recorded with one record; here with every one of four failing once, and a limit of one."""
    scene, stream = roto_scene, roto_scene.stream()
    puts = stream.put_all(numbered_records(4))
    tries: Counter[str] = Counter()

    def behave(call: Invocation) -> Answer:
        first = call.ids[0]
        tries[first] += 1
        if tries[first] == 1:
            return reporting(sequence_of(call.records[0]))
        return reporting(sequence_of(call.records[1])) if len(call.records) > 1 else None

    function = scene.function(behave)
    scene.mapping(
        stream, function, BatchSize=4, MaximumRetryAttempts=1, FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    function.wait_for(lambda: tries[puts[3].id] == 2, "the last record's second try", 20)
    assert [tries[put.id] for put in puts] == [2, 2, 2, 2]
    assert [len(call.records) for call in function.invocations] == [4, 4, 3, 3, 2, 2, 1, 1]


def test_what_was_reported_as_done_is_not_delivered_again_after_a_kill(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    scene = own_scene()
    stream = scene.stream()
    puts = stream.put_all(numbered_records(6))
    put_function(scene.process, "worker", function.url)

    def behave(call: Invocation) -> Answer:
        return reporting(puts[3].sequence) if puts[3].id in call.ids else None

    function.behaviour = behave
    scene.mapping(stream, "worker", FunctionResponseTypes=["ReportBatchItemFailures"])
    # That the rest has come shows that the checkpoint before it is written.
    function.wait_for_invocations(3)
    scene.process.kill()
    before = len(function.invocations)
    function.behaviour = lambda _: None
    start_headrace(*QUICK, environment=scene.streams_server.whole_environment)
    again = function.wait_for_invocations(before + 1)[before]
    assert again.ids == [put.id for put in puts[3:]]


def test_bisecting_and_reporting_together(roto_scene: Scene) -> None:
    """Documented: with both, the batch is split at the lowest reported record."""
    stream = roto_scene.stream()
    puts = stream.put_all([(f"record-{number}", "key") if number != 5 else ("poison", "key") for number in range(8)])

    def behave(call: Invocation) -> Answer:
        bad = [sequence_of(record) for record in call.records if data_of(record) == b"poison"]
        return reporting(*bad)

    function, queue = roto_scene.function(behave), roto_scene.queue()
    roto_scene.mapping(
        stream, function, BatchSize=8, MaximumRetryAttempts=1, BisectBatchOnFunctionError=True,
        FunctionResponseTypes=["ReportBatchItemFailures"], DestinationConfig=on_failure(queue),
    )
    document = wait_for_document(queue)
    assert document["KinesisBatchInfo"]["startSequenceNumber"] == puts[5].sequence
    assert document["KinesisBatchInfo"]["batchSize"] == 1
    function.wait_for(lambda: puts[7].id in function.ids, "what is behind the poison")
    assert [function.ids[put.id] for put in puts[:5]] == [1] * 5


NOT_THE_FUNCTIONS_FAULT = {
    "429": (Reply(b'{"Reason":"ConcurrentInvocationLimitExceeded"}', 429), "throttled"),
    "502": (Reply(b"bad gateway", 502), "unreachable"),
    "503": (Reply(b"unavailable", 503), "unreachable"),
    "504": (Reply(b"gateway timeout", 504), "unreachable"),
    "hangs up": (Raw(), "unreachable"),
    "garbage": (Raw(b"\x00\xff garbage\r\n\r\n"), "unreachable"),
}


@pytest.mark.parametrize("name", NOT_THE_FUNCTIONS_FAULT)
def test_what_is_not_the_functions_fault_uses_up_no_retries_and_bisects_nothing(roto_scene: Scene, name: str) -> None:
    answer, outcome = NOT_THE_FUNCTIONS_FAULT[name]
    stream, function = roto_scene.stream(), roto_scene.function(failing_first(3, answer))
    puts = stream.put_all(numbered_records(4))
    mapping = roto_scene.mapping(
        stream, function, BatchSize=4, MaximumRetryAttempts=0, BisectBatchOnFunctionError=True
    )
    mapping.wait_for_result(lambda result: result and result.startswith(CALL_FAILED))
    calls = function.wait_for_invocations(4, timeout=20)
    assert [call.ids for call in calls] == [[put.id for put in puts]] * 4
    outcomes = [entry["outcome"] for entry in mapping.wait_for_deliveries(4)]
    assert outcomes == [outcome] * 3 + ["success"]
    mapping.wait_for_result(lambda result: result == "OK")


def test_a_function_that_is_down_is_waited_for(roto_scene: Scene) -> None:
    stream, port = roto_scene.stream(), free_port()
    put_function(roto_scene.process, f"down-{port}", f"http://127.0.0.1:{port}/")
    puts = stream.put_all(numbered_records(3))
    mapping = roto_scene.mapping(stream, f"down-{port}", MaximumRetryAttempts=0)
    mapping.wait_for_result(lambda result: result and result.startswith(CALL_FAILED))
    mapping.wait_for_deliveries(2, lambda entry: entry["outcome"] == "unreachable")
    with HTTPFunction(port=port) as function:
        function.wait_for_records(3, timeout=20)
        assert_once_in_order(function, puts)
        mapping.wait_for_result(lambda result: result == "OK")


def test_a_function_that_runs_out_of_time_has_failed(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene("--function-timeout", "1s")
    stream, function = scene.stream(), scene.function()
    function.behaviour = lambda call: function.hang(call) if b"slow" in data_of(call.records[0]) else None
    slow, good = stream.put("slow"), stream.put("good")
    mapping = scene.mapping(stream, function, BatchSize=1, MaximumRetryAttempts=1)
    function.wait_for(lambda: good.id in function.ids, "the record behind", 15)
    assert function.ids == Counter({slow.id: 2, good.id: 1})
    outcomes = [entry["outcome"] for entry in mapping.wait_for_deliveries(3)]
    assert outcomes == ["timedOut", "timedOut", "success"]


@pytest.mark.parametrize("answer", [b"garbage", b'{"batchItemFailures": 7}', b"[1]", b'"text"'], ids=repr)
def test_an_answer_that_makes_no_sense_fails_the_batch_where_reports_are_asked_for(
    roto_scene: Scene, answer: bytes
) -> None:
    stream, function = roto_scene.stream(), roto_scene.function(failing_first(1, answer))
    puts = stream.put_all(numbered_records(3))
    mapping = roto_scene.mapping(stream, function, FunctionResponseTypes=["ReportBatchItemFailures"])
    calls = function.wait_for_invocations(2)
    assert [call.ids for call in calls] == [[put.id for put in puts]] * 2
    assert mapping.wait_for_deliveries(2)[1]["outcome"] == "success"
    mapping.wait_for_result(lambda result: result == "OK")


def test_an_event_that_the_function_finds_too_large_is_bisected(roto_scene: Scene) -> None:
    too_large = Reply(b"too large", 413)
    stream = roto_scene.stream()
    function = roto_scene.function(lambda call: too_large if len(call.records) > 2 else None)
    puts = stream.put_all(numbered_records(8))
    mapping = roto_scene.mapping(
        stream, function, BatchSize=8, MaximumRetryAttempts=0, BisectBatchOnFunctionError=True
    )
    function.wait_for(lambda: done(function, 2) == [put.id for put in puts], "all in pairs")
    assert {entry["outcome"] for entry in mapping.wait_for_deliveries(7)} == {"tooLarge", "success"}


def done(function: HTTPFunction, size: int) -> List[str]:
    return [each for call in function.invocations if len(call.records) <= size for each in call.ids]


def test_lanes_fail_apart(roto_scene: Scene) -> None:
    """With a parallelization factor, a failing key holds up its own lane and no other."""
    stream = roto_scene.stream()
    puts = stream.put_all([(f"record-{number}", f"key-{number % 20}") for number in range(200)])
    bad = puts[3].key
    healed: List[bool] = []

    def behave(call: Invocation) -> Answer:
        hit = any(record["kinesis"]["partitionKey"] == bad for record in call.records)
        return failing(call) if hit and not healed else None

    function = roto_scene.function(behave)
    roto_scene.mapping(stream, function, BatchSize=10, ParallelizationFactor=10)
    lane_free = [put for put in puts if put.key != bad]
    # Twenty keys in ten lanes: the failing lane holds few, and most others arrive while it fails.
    function.wait_for(lambda: len(successes(function, bad)) > len(lane_free) // 2, "records of the other lanes", 20)
    healed.append(True)
    function.wait_for(lambda: len(function.ids) == 200 and len(done_keys(function, bad, puts)) == 10, "all", 30)
    for key in {put.key for put in puts}:
        arrived = list(dict.fromkeys(
            record["eventID"] for record in function.records if record["kinesis"]["partitionKey"] == key
        ))
        assert arrived == [put.id for put in puts if put.key == key]


def successes(function: HTTPFunction, bad: str) -> List[str]:
    """Ids of the invocations without the failing key."""
    calls = [call for call in function.invocations if bad not in {r["kinesis"]["partitionKey"] for r in call.records}]
    return [each for call in calls for each in call.ids]


def done_keys(function: HTTPFunction, key: str, puts: List[Put]) -> List[str]:
    wanted = {put.id for put in puts if put.key == key}
    return [identifier for identifier in function.ids if identifier in wanted]


def test_the_journal_tells_of_every_invocation(scene: Scene) -> None:
    stream, function = scene.stream(), scene.function(failing_first(1))
    stream.put_all(numbered_records(3))
    mapping = scene.mapping(stream, function)
    failure, success = mapping.wait_for_deliveries(2)
    for number, entry in enumerate((failure, success), 1):
        assert entry["mapping"] == mapping.uuid
        assert entry["eventSourceArn"] == stream.arn
        assert entry["functionArn"] == mapping.created["FunctionArn"]
        assert (entry["attempt"], entry["batchSize"]) == (number, 3)
        assert entry["event"] == function.invocations[0].event
    assert (failure["outcome"], success["outcome"]) == ("functionError", "success")
    assert failure["error"] and success["error"] is None


def test_nothing_goes_out_during_a_pause(roto_scene: Scene) -> None:
    """A shard that waits for its next try is not read around: what comes meanwhile waits behind."""
    stream, function = roto_scene.stream(), roto_scene.function(failing_first(2))
    first = stream.put("first")
    roto_scene.mapping(stream, function, BatchSize=1)
    function.wait_for_invocations(1)
    second = stream.put("second")
    begun = time.monotonic()
    function.wait_for_invocations(4)
    assert [call.ids for call in function.invocations] == [[first.id]] * 3 + [[second.id]]
    assert time.monotonic() - begun < 5
