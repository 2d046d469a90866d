"""Functions that are plain processes with a Lambda runtime (awslambdaric) attached to Headrace's own Runtime API."""

from __future__ import annotations

import json
import time
from typing import Any, Callable

from delivery.scene import Scene, numbered
from peers.child_process import free_port
from peers.lambda_runtimes import PRINTING_HANDLER, bodies_printed, is_got
from peers.stage import put_function

BLOCKING_HANDLER = """
import os, pathlib, time

def handler(event, context):
    for record in event["Records"]:
        print("GOT " + record["body"], flush=True)
    while os.path.exists(os.environ["BLOCK"]):
        time.sleep(0.01)
    return None
"""
"""Does not return while the file named in BLOCK is there."""

POWERTOOLS_HANDLER = """
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

def handle(record):
    print("GOT " + record.body, flush=True)
    number, failures = record.body.split(":")
    if int(failures) >= int(record.attributes.approximate_receive_count):
        raise ValueError("not yet")

def handler(event, context):
    return process_partial_response(event=event, record_handler=handle, processor=processor, context=context)
"""
"""What people write: a processor that reports the records whose handling raised."""


def runtime_api(scene: Scene, name: str) -> str:
    return f"127.0.0.1:{scene.process.port}/_headrace/runtime/{name}"


def test_a_runtime_attached_by_path_prints_the_messages(scene: Scene, lambda_ric: Callable[..., Any]) -> None:
    """What the README's script does."""
    queue = scene.queue()
    scene.mapping(queue, "attached")
    runtime = lambda_ric(runtime_api(scene, "attached"), PRINTING_HANDLER)
    queue.send_all(numbered(10))
    lines = runtime.wait_for_lines(is_got, 10)
    assert sorted(bodies_printed(lines)) == sorted(numbered(10))
    queue.wait_until_empty()


def test_an_invocation_waits_for_a_runtime_to_attach(
    own_scene: Callable[..., Scene], lambda_ric: Callable[..., Any]
) -> None:
    scene = own_scene()
    queue = scene.queue()
    scene.mapping(queue, "late")
    queue.send("patience")
    line = scene.process.wait_for_log(lambda log: log["message"] == "waiting for a runtime")
    assert line["function"] == "late"
    runtime = lambda_ric(runtime_api(scene, "late"), PRINTING_HANDLER)
    assert bodies_printed(runtime.wait_for_lines(is_got)) == ["patience"]
    queue.wait_until_empty()


def test_a_runtime_with_a_port_of_its_own(own_scene: Callable[..., Scene], lambda_ric: Callable[..., Any]) -> None:
    port = free_port()
    scene = own_scene("--function", f"ported=runtime:{port}")
    queue = scene.queue()
    scene.mapping(queue, "ported")
    queue.send_all(numbered(10))
    runtime = lambda_ric(f"127.0.0.1:{port}", PRINTING_HANDLER)
    assert sorted(bodies_printed(runtime.wait_for_lines(is_got, 10))) == sorted(numbered(10))
    queue.wait_until_empty()


def test_two_processes_share_the_work_of_a_function(
    ministack_scene: Scene, lambda_ric: Callable[..., Any], tmp_path: Any
) -> None:
    scene, block = ministack_scene, tmp_path / "block"
    block.touch()
    queue = scene.queue()
    scene.mapping(queue, "shared-work", BatchSize=1)
    runtimes = [lambda_ric(runtime_api(scene, "shared-work"), BLOCKING_HANDLER, BLOCK=str(block)) for _ in range(2)]
    queue.send_all(numbered(2))
    # Neither returns before both have one.
    for runtime in runtimes:
        runtime.wait_for_lines(is_got)
    block.unlink()
    queue.wait_until_empty()
    assert [len([line for line in runtime.lines if is_got(line)]) for runtime in runtimes] == [1, 1]


def test_a_raised_exception_is_a_function_error(ministack_scene: Scene, lambda_ric: Callable[..., Any]) -> None:
    scene = ministack_scene
    queue = scene.queue(VisibilityTimeout=1)
    mapping = scene.mapping(queue, "raising")
    lambda_ric(runtime_api(scene, "raising"), """
def handler(event, context):
    if event["Records"][0]["attributes"]["ApproximateReceiveCount"] == "1":
        raise ValueError("intended")
""")
    queue.send("again")
    failure, success = mapping.wait_for_deliveries(2)
    assert (failure["outcome"], failure["attempt"]) == ("functionError", 1)
    assert "intended" in failure["error"] and "ValueError" in failure["error"]
    assert failure["answer"]["errorType"] == "ValueError"
    assert (success["outcome"], success["attempt"], success["error"]) == ("success", 2, None)
    queue.wait_until_empty()
    mapping.wait_for_result(lambda result: result is None)


def test_a_runtime_that_is_killed_in_the_middle_fails_its_invocation_at_once(
    ministack_scene: Scene, lambda_ric: Callable[..., Any], tmp_path: Any
) -> None:
    scene, block = ministack_scene, tmp_path / "block"
    block.touch()
    queue = scene.queue(VisibilityTimeout=2)
    mapping = scene.mapping(queue, "killed")
    api = runtime_api(scene, "killed")
    first = lambda_ric(api, BLOCKING_HANDLER, BLOCK=str(block))
    queue.send("precious")
    first.wait_for_lines(is_got)
    killed = time.monotonic()
    first.kill()
    failure = mapping.wait_for_deliveries()[0]
    # The function's timeout is 30 s: nobody waits for that.
    assert time.monotonic() - killed < 5
    assert failure["outcome"] == "functionError"
    assert "exited" in failure["error"]
    block.unlink()
    second = lambda_ric(api, BLOCKING_HANDLER, BLOCK=str(block))
    assert second.wait_for_lines(is_got)[0].endswith("precious")
    queue.wait_until_empty()


def test_a_runtime_that_exits_by_itself_is_replaced_without_loss(
    ministack_scene: Scene, lambda_ric: Callable[..., Any]
) -> None:
    scene = ministack_scene
    queue = scene.queue(VisibilityTimeout=1)
    mapping = scene.mapping(queue, "exiting")
    api = runtime_api(scene, "exiting")
    lambda_ric(api, "import os\n\ndef handler(event, context):\n    os._exit(3)\n")
    queue.send("precious")
    assert mapping.wait_for_deliveries()[0]["outcome"] == "functionError"
    second = lambda_ric(api, PRINTING_HANDLER)
    assert bodies_printed(second.wait_for_lines(is_got)) == ["precious"]
    queue.wait_until_empty()


def test_a_handler_that_cannot_be_loaded_fails_the_invocation_with_its_reason(
    own_scene: Callable[..., Scene], lambda_ric: Callable[..., Any]
) -> None:
    """By a port of its own: awslambdaric 4.2 reports this with a client that takes no path after the port."""
    port = free_port()
    scene = own_scene("--function", f"unloadable=runtime:{port}")
    queue = scene.queue(VisibilityTimeout=2)
    mapping = scene.mapping(queue, "unloadable")
    queue.send("precious")
    scene.process.wait_for_log(lambda log: log["message"] == "waiting for a runtime")
    lambda_ric(f"127.0.0.1:{port}", "import no_such_module\n")
    failure = mapping.wait_for_deliveries()[0]
    assert failure["outcome"] == "functionError"
    assert "no_such_module" in json.dumps(failure)
    second = lambda_ric(f"127.0.0.1:{port}", PRINTING_HANDLER)
    assert bodies_printed(second.wait_for_lines(is_got)) == ["precious"]
    queue.wait_until_empty()


def test_a_deadline_ends_an_invocation(
    own_scene: Callable[..., Scene], lambda_ric: Callable[..., Any], tmp_path: Any
) -> None:
    block = tmp_path / "block"
    block.touch()
    scene = own_scene("--function-timeout", "1s")
    queue = scene.queue(VisibilityTimeout=3)
    mapping = scene.mapping(queue, "slow")
    runtime = lambda_ric(runtime_api(scene, "slow"), BLOCKING_HANDLER, BLOCK=str(block))
    # The second message waits for the same runtime; the time that it waits is not the function's.
    queue.send("slow")
    runtime.wait_for_lines(is_got)
    failure = mapping.wait_for_deliveries()[0]
    assert failure["outcome"] == "timedOut"
    assert "1.00" in failure["error"]
    assert 900 <= failure["durationMilliseconds"] < 3000
    mapping.wait_for_result(lambda result: result and result.startswith("PROBLEM: Function call failed. "))
    block.unlink()
    success = mapping.wait_for_deliveries(1, lambda delivery: delivery["outcome"] == "success")[0]
    assert success["attempt"] == 2
    queue.wait_until_empty()
    mapping.wait_for_result(lambda result: result is None)


def test_a_function_sees_its_deadline_and_arn(ministack_scene: Scene, lambda_ric: Callable[..., Any]) -> None:
    scene = ministack_scene
    queue = scene.queue()
    mapping = scene.mapping(queue, "curious:live")
    runtime = lambda_ric(runtime_api(scene, "curious"), """
import json

def handler(event, context):
    print("GOT " + json.dumps([context.invoked_function_arn, context.get_remaining_time_in_millis()]), flush=True)
""")
    queue.send("hello")
    arn, remaining = json.loads(runtime.wait_for_lines(is_got)[0].split("GOT ", 1)[1])
    assert arn == mapping.created["FunctionArn"]
    assert arn.endswith(":function:curious:live")
    assert 20_000 < remaining <= 30_000
    queue.wait_until_empty()


def test_a_powertools_batch_processor_reports_partial_failures(
    scene: Scene, lambda_ric: Callable[..., Any]
) -> None:
    queue = scene.queue(VisibilityTimeout=1)
    sent = queue.send_all(["one:0", "two:1", "three:0", "four:2"])
    mapping = scene.mapping(queue, "powertools", FunctionResponseTypes=["ReportBatchItemFailures"])
    runtime = lambda_ric(runtime_api(scene, "powertools"), POWERTOOLS_HANDLER)
    lines = runtime.wait_for_lines(is_got, 7, timeout=30)
    queue.wait_until_empty()
    handled = [line.split("GOT ", 1)[1] for line in lines]
    assert sorted(handled) == sorted(["one:0", "two:1", "three:0", "four:2", "two:1", "four:2", "four:2"])
    first = mapping.wait_for_deliveries()[0]
    assert first["outcome"] == "partialFailure"
    failed = {entry["itemIdentifier"] for entry in first["answer"]["batchItemFailures"]}
    assert {sent[identifier] for identifier in failed} <= {"two:1", "four:2"}
    # Reported failures are no problem of the mapping.
    assert "LastProcessingResult" not in mapping.get()


def test_a_runtime_of_a_stored_target(ministack_scene: Scene, lambda_ric: Callable[..., Any]) -> None:
    """`PUT /_headrace/functions/NAME` with `runtime` makes the function wait for a process, as by default."""
    scene = ministack_scene
    put_function(scene.process, "stored-runtime", "runtime", timeout="2s")
    queue = scene.queue()
    scene.mapping(queue, "stored-runtime")
    runtime = lambda_ric(runtime_api(scene, "stored-runtime"), """
def handler(event, context):
    print("GOT " + str(context.get_remaining_time_in_millis()), flush=True)
""")
    queue.send("hello")
    assert 0 < int(runtime.wait_for_lines(is_got)[0].split("GOT ", 1)[1]) <= 2000
    queue.wait_until_empty()
    assert scene.wire.request("DELETE", "/_headrace/functions/stored-runtime").status == 204
