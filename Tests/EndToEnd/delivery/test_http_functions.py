"""Functions behind HTTP: any endpoint that takes a POST, and the Runtime Interface Emulator with awslambdaric in it."""

from __future__ import annotations

from typing import Any, Callable, Dict

import pytest

from delivery.scene import Scene
from peers.http_function import HTTPFunction
from peers.http_peer import Raw, Reply
from peers.stage import put_function


def test_the_event_is_posted_as_json(scene: Scene) -> None:
    queue, function = scene.queue(), scene.function()
    scene.mapping(queue, function)
    queue.send("hello")
    (invocation,) = function.wait_for_invocations()
    assert invocation.headers["content-type"] == "application/json"
    assert invocation.path == "/"
    assert invocation.bodies == ["hello"]
    queue.wait_until_empty()


def test_one_flag_names_the_target_of_all_functions(own_scene: Callable[..., Scene]) -> None:
    with HTTPFunction() as everything, HTTPFunction() as special:
        scene = own_scene("--function", f"*={everything.url}all?x=1", "--function", f"special={special.url}")
        queues = [scene.queue(), scene.queue()]
        scene.mapping(queues[0], "some-function")
        scene.mapping(queues[1], "special")
        queues[0].send("one")
        queues[1].send("two")
        (first,), (second,) = everything.wait_for_invocations(), special.wait_for_invocations()
        assert (first.bodies, first.path) == (["one"], "/all?x=1")
        assert second.bodies == ["two"]
        for queue in queues:
            queue.wait_until_empty()


OUTCOMES: Dict[str, Any] = {
    # A status without Lambda's header is the function's failure; 429 and 502 to 504 come from something before it.
    "status 500": (lambda _: Reply(b"sorry", 500), "functionError"),
    "status 404": (lambda _: Reply(b"", 404), "functionError"),
    "status 429": (lambda _: Reply(b"", 429), "throttled"),
    "status 503": (lambda _: Reply(b"", 503), "unreachable"),
    "Lambda's header": (
        lambda _: Reply(b'{"errorMessage":"x"}', 200, {"X-Amz-Function-Error": "Handled"}), "functionError",
    ),
    "hanging up": (lambda _: Raw(), "unreachable"),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_an_answer_that_is_no_success_brings_the_message_back(ministack_scene: Scene, name: str) -> None:
    answer, outcome = OUTCOMES[name]
    scene = ministack_scene
    queue = scene.queue(VisibilityTimeout=1)
    function = scene.function(lambda call: answer(call) if call.number == 1 else None)
    mapping = scene.mapping(queue, function)
    queue.send("precious")
    first = mapping.wait_for_deliveries()[0]
    assert first["outcome"] == outcome
    assert first["error"]
    queue.wait_until_empty(20)
    assert function.bodies[-1] == "precious"
    mapping.wait_for_result(lambda result: result is None)


def test_nothing_listens_at_first_and_the_function_comes_later(own_scene: Callable[..., Scene]) -> None:
    placeholder = HTTPFunction()
    port = placeholder.port
    placeholder.close()
    scene = own_scene("--function", f"*=http://127.0.0.1:{port}/")
    queue = scene.queue(VisibilityTimeout=1)
    mapping = scene.mapping(queue, "absent")
    queue.send("precious")
    assert mapping.wait_for_deliveries()[0]["outcome"] == "unreachable"
    mapping.wait_for_result(lambda result: result and result.startswith("PROBLEM: Function call failed. "))
    failed = scene.process.wait_for_log(lambda log: log["message"] == "function failed")
    assert failed["mapping"] == mapping.uuid
    with HTTPFunction(port=port) as function:
        function.wait_for_invocations(timeout=20)
        queue.wait_until_empty()
        mapping.wait_for_result(lambda result: result is None)


def test_a_concurrency_of_one_lets_one_invocation_through_at_a_time(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene()
    queue, function = scene.queue(), scene.function()
    put_function(scene.process, function.name, function.url, concurrency=1)
    queue.send_all([str(number) for number in range(20)])
    scene.mapping(queue, function, BatchSize=1)
    function.wait_for_records(20)
    queue.wait_until_empty()
    assert function.most_at_once == 1


EMULATED_HANDLER = """
import time

def handler(event, context):
    body = event["Records"][0]["body"]
    count = int(event["Records"][0]["attributes"]["ApproximateReceiveCount"])
    print("GOT " + body, flush=True)
    if body == "raise" and count == 1:
        raise ValueError("intended")
    if body == "sleep" and count == 1:
        time.sleep(5)
    return {"fine": True}
"""


def emulated(scene: Scene, rie: Callable[..., Any], **environment: str) -> Any:
    emulator = rie(EMULATED_HANDLER, **environment)
    put_function(scene.process, "emulated", emulator.url)
    return emulator


def test_the_emulator_answers_and_its_function_prints(ministack_scene: Scene, rie: Callable[..., Any]) -> None:
    scene, queue = ministack_scene, ministack_scene.queue()
    emulator = emulated(scene, rie)
    mapping = scene.mapping(queue, "emulated")
    queue.send("hello")
    emulator.wait_for_lines(lambda line: "GOT hello" in line, timeout=20)
    queue.wait_until_empty()
    delivery = mapping.wait_for_deliveries()[0]
    assert (delivery["outcome"], delivery["answer"]) == ("success", {"fine": True})


def test_an_exception_inside_the_emulator_is_a_function_error(
    ministack_scene: Scene, rie: Callable[..., Any]
) -> None:
    """The emulator says so in the body alone: status 200, no header."""
    scene, queue = ministack_scene, ministack_scene.queue(VisibilityTimeout=1)
    emulated(scene, rie)
    mapping = scene.mapping(queue, "emulated")
    queue.send("raise")
    failure, success = mapping.wait_for_deliveries(2)
    assert failure["outcome"] == "functionError"
    assert "ValueError" in failure["error"] and "intended" in failure["error"]
    assert (success["outcome"], success["attempt"]) == ("success", 2)
    queue.wait_until_empty()


def test_a_timeout_inside_the_emulator_is_a_failure(ministack_scene: Scene, rie: Callable[..., Any]) -> None:
    """The emulator answers status 200 and plain text."""
    scene, queue = ministack_scene, ministack_scene.queue(VisibilityTimeout=2)
    emulated(scene, rie, AWS_LAMBDA_FUNCTION_TIMEOUT="1")
    mapping = scene.mapping(queue, "emulated")
    queue.send("sleep")
    failure, success = mapping.wait_for_deliveries(2, timeout=30)
    assert failure["outcome"] == "timedOut"
    assert "Task timed out" in failure["error"]
    assert success["outcome"] == "success"
    queue.wait_until_empty()


def test_the_emulator_has_one_invocation_in_flight(ministack_scene: Scene, rie: Callable[..., Any]) -> None:
    """Two at once end it, and the messages would come back by their visibility timeout only."""
    scene, queue = ministack_scene, ministack_scene.queue(VisibilityTimeout=60)
    emulator = emulated(scene, rie)
    bodies = [f"message-{number}" for number in range(30)]
    queue.send_all(bodies)
    mapping = scene.mapping(queue, "emulated", BatchSize=1)
    queue.wait_until_empty(30)
    entries = mapping.wait_for_deliveries(30)
    assert {entry["outcome"] for entry in entries} == {"success"}
    assert emulator.is_running


def test_an_http_function_that_hangs_is_timed_out(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene("--function-timeout", "1s")
    queue = scene.queue(VisibilityTimeout=2)
    function = scene.function()
    function.behaviour = lambda call: function.hang(call) if call.number == 1 else None
    mapping = scene.mapping(queue, function)
    queue.send("precious")
    failure = mapping.wait_for_deliveries()[0]
    assert failure["outcome"] == "timedOut"
    function.wait_for_invocations(2)
    queue.wait_until_empty()
