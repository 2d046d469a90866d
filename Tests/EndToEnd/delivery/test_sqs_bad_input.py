"""Functions and queues that answer nonsense, too much, or nothing: it shows, it is logged, and nothing is lost."""

from __future__ import annotations

import json
import random
import threading
import time
from typing import Any, Dict, Iterator, Tuple, Union

import pytest

from headrace_process import HeadraceProcess
from lambda_wire import LambdaWire

from delivery.scene import Scene
from delivery.scripted_sqs import NO_SUCH_QUEUE, THROTTLED, ScriptedQueue, ScriptedSQS, describe
from peers.child_process import free_port
from peers.http_function import HTTPFunction, Invocation
from peers.http_peer import Raw, Reply
from peers.mappings import Mapping
from peers.scripted_json import Fault, no_fault, only
from peers.waiting import wait_until

PROBLEM = "PROBLEM: "
CALL_FAILED = "PROBLEM: Function call failed"
RECEIVE_FAILED = "PROBLEM: Error occurred while ReceiveMessage. "

Place = Tuple[HeadraceProcess, ScriptedSQS, ScriptedQueue, HTTPFunction, Mapping]


@pytest.fixture
def place(start_headrace: Any, scripted_sqs: ScriptedSQS) -> Iterator[Place]:
    """A scripted queue and a function, with a mapping that has delivered one message well."""
    with HTTPFunction() as function:
        process = start_headrace("--function", f"*={function.url}", environment=scripted_sqs.environment)
        queue = scripted_sqs.queue("orders", visibility_timeout=2)
        mapping = mapped(process, queue)
        queue.send("first")
        queue.wait_until_deleted(1)
        yield process, scripted_sqs, queue, function, mapping
        assert process.is_running


def mapped(process: HeadraceProcess, queue: ScriptedQueue, **parameters: Any) -> Mapping:
    wire = LambdaWire(process.port, ScriptedSQS.account)
    created = wire.created({"EventSourceArn": queue.arn, "FunctionName": "f", **parameters})
    mapping = Mapping(process, wire, created)
    mapping.wait_for_state("Enabled")
    return mapping


# What a function may answer to the second message, and what it is then.
BAD_ANSWERS: Dict[str, Tuple[Union[Reply, Raw], str]] = {
    "hangs up": (Raw(), "unreachable"),
    "resets": (Raw(reset=True), "unreachable"),
    "garbage": (Raw(b"\x00\xff\xfe garbage\r\n\r\n"), "unreachable"),
    "half an answer": (Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), "unreachable"),
    "no length that is a number": (Raw(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), "unreachable"),
    "ten megabytes": (Reply(b'"' + b"x" * 10_000_000 + b'"'), "functionError"),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_function_that_answers_badly_shows_and_loses_nothing(place: Place, name: str) -> None:
    process, _, queue, function, mapping = place
    bad, outcome = BAD_ANSWERS[name]
    answers = [bad]
    function.behaviour = lambda _: answers.pop() if answers else None
    (message,) = queue.send("precious")
    queue.wait_until_deleted(2, timeout=20)
    assert message.receives == 2
    failure = mapping.wait_for_deliveries(1, lambda entry: entry["outcome"] != "success")[0]
    assert failure["outcome"] == outcome
    assert failure["error"]
    line = process.wait_for_log(lambda log: log["message"] == "function failed")
    assert line["mapping"] == mapping.uuid and line["outcome"] == outcome and line["reason"]
    mapping.wait_for_result(lambda result: result is None)


def test_a_failing_function_stays_visible_while_it_fails(place: Place) -> None:
    _, _, queue, function, mapping = place
    function.behaviour = lambda _: Reply(b'{"errorMessage":"intended"}', 500)
    queue.send("precious")
    # The function's own error is AWS's bare text; what stands behind it is in the journal.
    assert mapping.wait_for_result(lambda result: result is not None) == CALL_FAILED
    function.behaviour = lambda _: Raw()
    mapping.wait_for_result(lambda result: result and result.startswith(CALL_FAILED + ". "))
    function.behaviour = lambda _: None
    queue.wait_until_deleted(2)
    mapping.wait_for_result(lambda result: result is None)


@pytest.mark.parametrize("answer", [b"garbage", b"\xff\xfe\x00", b'"text"', b"123", b"[1,2]", b""], ids=repr)
def test_an_odd_answer_of_a_function_that_reports_nothing_is_a_success(place: Place, answer: bytes) -> None:
    """Lambda reads an answer only where `ReportBatchItemFailures` asks for it."""
    _, _, queue, function, mapping = place
    function.behaviour = lambda _: answer
    (message,) = queue.send("precious")
    queue.wait_until_deleted(2)
    assert message.receives == 1
    entry = mapping.wait_for_deliveries(2)[1]
    assert entry["outcome"] == "success"
    assert "LastProcessingResult" not in mapping.get()


SOURCE_FAULTS: Dict[str, Fault] = {
    "garbage": only("ReceiveMessage", Raw(b"\x00\xff garbage\r\n\r\n")),
    "hangs up": only("ReceiveMessage", Raw()),
    "no JSON": only("ReceiveMessage", Reply(b"<html>sorry</html>")),
    "JSON of another kind": only("ReceiveMessage", Reply(b'{"Messages": 7}')),
    "a list": only("ReceiveMessage", Reply(b"[]")),
    "status 500": only("ReceiveMessage", Reply(b"", 500)),
    "status 503 with a page": only("ReceiveMessage", Reply(b"<html>busy</html>", 503)),
    "throttling": only("ReceiveMessage", THROTTLED),
    "everything fails": lambda _, __: Reply(b"", 500),
}


@pytest.mark.parametrize("name", SOURCE_FAULTS)
def test_a_source_that_answers_badly_shows_and_recovers_by_itself(place: Place, name: str) -> None:
    process, sqs, queue, _, mapping = place
    sqs.fault = SOURCE_FAULTS[name]
    queue.end_polls()
    result = mapping.wait_for_result(lambda result: result is not None)
    assert result is not None and result.startswith(RECEIVE_FAILED)
    if name == "throttling":
        assert "Throttling" in result and "Rate exceeded" in result
    line = process.wait_for_log(lambda log: log["message"] == "source unreachable")
    assert line["mapping"] == mapping.uuid and line["reason"]
    # With growing pauses, not in a loop that burns.
    before = sqs.count("ReceiveMessage")
    sqs.wait_for_calls("ReceiveMessage", before + 1)
    assert sqs.count("ReceiveMessage") < 100
    assert mapping.get()["State"] == "Enabled"

    sqs.fault = no_fault
    queue.send("precious")
    queue.wait_until_deleted(len(queue.messages), timeout=30)
    mapping.wait_for_result(lambda result: result is None)
    process.wait_for_log(lambda log: log["message"] == "source recovered" and log["mapping"] == mapping.uuid)


def test_a_source_that_knows_no_long_polling_is_not_asked_in_a_loop(place: Place) -> None:
    """It answers an empty receive at once, which is no error. Asked again and again without a pause, it would burn."""
    _, sqs, queue, _, mapping = place

    def never_wait(action: str, parameters: Dict[str, Any]) -> None:
        if action == "ReceiveMessage":
            parameters["WaitTimeSeconds"] = 0

    sqs.fault = never_wait
    queue.end_polls()
    before = sqs.count("ReceiveMessage")
    # A rate takes a while to see.
    time.sleep(2)
    assert sqs.count("ReceiveMessage") - before < 100
    queue.send("precious")
    queue.wait_until_deleted(2, timeout=5)
    assert "LastProcessingResult" not in mapping.get()


def test_malformed_messages_do_not_stop_the_others(place: Place) -> None:
    """A receive with messages that lack what a message must have, among good ones."""
    _, sqs, queue, function, _ = place
    bad = [7, None, {}, {"MessageId": "x"}, {"Body": "no id"}, {"MessageId": 1, "ReceiptHandle": 2, "Body": 3}]
    random.SystemRandom().shuffle(bad)
    print("bad:", bad)
    answered = threading.Event()

    def fault(action: str, parameters: Dict[str, Any]) -> Union[Reply, Raw, None]:
        if action != "ReceiveMessage" or answered.is_set():
            return None
        taken = queue.take(1, 0, 2)
        if not taken:
            return None
        answered.set()
        (message,) = taken
        body = json.dumps({"Messages": [*bad[:3], describe(message), *bad[3:]]}).encode()
        return Reply(body, headers={"Content-Type": "application/x-amz-json-1.0"})

    sqs.fault = fault
    queue.send("among bad ones", "the next")
    queue.wait_until_deleted(3, timeout=25)
    assert set(function.bodies) == {"first", "among bad ones", "the next"}


def test_a_source_that_hangs_is_given_up_and_tried_again(place: Place) -> None:
    """A long poll is answered within 20 s; what takes much longer will not come."""
    process, sqs, queue, _, mapping = place
    sqs.fault = sqs.hang("ReceiveMessage")
    queue.end_polls()
    mapping.wait_for_result(lambda result: result and result.startswith(RECEIVE_FAILED), timeout=45)
    process.wait_for_log(lambda log: log["message"] == "source unreachable")
    sqs.fault = no_fault
    queue.send("precious")
    queue.wait_until_deleted(len(queue.messages), timeout=30)
    mapping.wait_for_result(lambda result: result is None)


def test_a_delete_that_fails_is_tried_again(place: Place) -> None:
    """The message is not delivered once more for a hiccup of DeleteMessageBatch."""
    _, sqs, queue, function, _ = place
    failures = [Reply(b"", 500), THROTTLED]
    lock = threading.Lock()

    def fault(action: str, _: Dict[str, Any]) -> Union[Reply, Raw, None]:
        with lock:
            return failures.pop() if action == "DeleteMessageBatch" and failures else None

    sqs.fault = fault
    (message,) = queue.send("precious")
    queue.wait_until_deleted(2)
    assert message.receives == 1
    assert function.bodies.count("precious") == 1


def test_the_source_is_not_there_at_first_and_comes_later(start_headrace: Any) -> None:
    port = free_port()
    with HTTPFunction() as function:
        process = start_headrace(
            "--function", f"*={function.url}", environment={"AWS_ENDPOINT_URL_SQS": f"http://127.0.0.1:{port}"}
        )
        wire = LambdaWire(process.port, ScriptedSQS.account)
        arn = f"arn:aws:sqs:us-east-1:{ScriptedSQS.account}:orders"
        answer = wire.create({"EventSourceArn": arn, "FunctionName": "f"})
        # Nobody can say whether the queue exists: either answer is honest, a create that hangs or crashes is not.
        assert answer.status in (202, 400), answer
        if answer.status == 400:
            assert answer.error_type == "InvalidParameterValueException"
        sqs = ScriptedSQS(port)
        queue = sqs.queue("orders")
        queue.send("precious")
        if answer.status == 400:
            wire.created({"EventSourceArn": arn, "FunctionName": "f"})
        queue.wait_until_deleted(1, timeout=40)
        assert function.bodies == ["precious"]
        sqs.close()


def test_a_source_that_goes_away_and_comes_back(start_headrace: Any) -> None:
    sqs = ScriptedSQS()
    with HTTPFunction() as function:
        process = start_headrace("--function", f"*={function.url}", environment=sqs.environment)
        mapping = mapped(process, sqs.queue("orders"))
        sqs.close()
        mapping.wait_for_result(lambda result: result and result.startswith(RECEIVE_FAILED))
        process.wait_for_log(lambda log: log["message"] == "source unreachable")
        again = ScriptedSQS(sqs.port)
        queue = again.queue("orders")
        queue.send("precious")
        queue.wait_until_deleted(1, timeout=40)
        mapping.wait_for_result(lambda result: result is None)
        again.close()


def test_a_restart_while_the_source_is_away(start_headrace: Any) -> None:
    sqs = ScriptedSQS()
    with HTTPFunction() as function:
        flags = ("--function", f"*={function.url}")
        first = start_headrace(*flags, environment=sqs.environment)
        mapping = mapped(first, sqs.queue("orders"))
        assert first.stop() == 0
        sqs.close()
        second = start_headrace(*flags, environment=sqs.environment)
        mapping.on(second).wait_for_result(lambda result: result and result.startswith(PROBLEM))
        again = ScriptedSQS(sqs.port)
        queue = again.queue("orders")
        queue.send("precious")
        queue.wait_until_deleted(1, timeout=40)
        mapping.on(second).wait_for_result(lambda result: result is None)
        again.close()


def test_a_deleted_queue_shows_and_a_recreated_one_is_read_again(place: Place) -> None:
    """What AWS does with a recreated queue is known second-hand only (it disables the mapping); this one goes on."""
    _, sqs, queue, function, mapping = place
    sqs.fault = lambda action, _: NO_SUCH_QUEUE
    queue.end_polls()
    result = mapping.wait_for_result(lambda result: result is not None)
    assert result == (
        RECEIVE_FAILED + "SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
        "SQS Error Message: The specified queue does not exist."
    )
    sqs.queues.clear()
    sqs.fault = no_fault
    again = sqs.queue("orders")
    again.send("in the new queue")
    again.wait_until_deleted(1, timeout=40)
    mapping.wait_for_result(lambda result: result is None)
    assert "in the new queue" in function.bodies


def test_deleting_and_recreating_a_real_queue(ministack_scene: Scene) -> None:
    scene = ministack_scene
    queue, function = scene.queue(), scene.function()
    mapping = scene.mapping(queue, function)
    queue.send("before")
    queue.wait_until_empty()
    queue.delete()
    # The long poll that is open does not notice; the next one does.
    mapping.wait_for_result(lambda result: result and "NonExistentQueue" in result, timeout=30)
    queue.create()
    queue.send("after")
    function.wait_for(lambda: "after" in function.bodies, "the message of the new queue", 30)
    queue.wait_until_empty()
    mapping.wait_for_result(lambda result: result is None)


def test_purging_a_queue_while_its_messages_are_worked_on_does_no_harm(scene: Scene) -> None:
    queue = scene.queue()
    release = threading.Event()

    def work(_: Invocation) -> None:
        release.wait(15)

    function = scene.function(work)
    mapping = scene.mapping(queue, function, BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    queue.send_all([f"old-{number}" for number in range(10)])
    function.wait_for_invocations(2)
    queue.purge()
    release.set()
    queue.send("new")
    function.wait_for(lambda: "new" in function.bodies, "the message after the purge")
    wait_until(lambda: queue.counts(), lambda counts: counts == (0, 0), what="an empty queue")
    mapping.wait_for_result(lambda result: result is None)


def test_a_mapping_without_endpoint_and_credentials_is_kept_but_not_read(start_headrace: Any) -> None:
    process = start_headrace()
    wire = LambdaWire(process.port, ScriptedSQS.account)
    arn = f"arn:aws:sqs:us-east-1:{ScriptedSQS.account}:orders"
    created = wire.created({"EventSourceArn": arn, "FunctionName": "f"})
    line = process.wait_for_log(
        lambda log: log.get("level") == "warning" and ("credentials" in str(log) or "endpoint" in str(log))
    )
    assert line
    assert wire.get(created["UUID"]).status == 200
