"""Invoke with InvocationType Event: answered when it is on disk, and then tried as the events of topics and buckets."""

from __future__ import annotations

import json
import threading
from typing import Any, Callable, Dict, List

import pytest
from botocore.exceptions import ClientError

from conftest import make_boto_client
from headrace_process import HeadraceProcess
from lambda_wire import Answer as WireAnswer
from lambda_wire import LambdaWire

from peers.child_process import free_port
from peers.http_function import Answer, HTTPFunction, Invocation, failing
from peers.http_peer import Reply
from peers.mappings import deliveries
from peers.stage import put_function, unique
from push.conftest import QUICK
from push.scene import Scene

EVENT = {"X-Amz-Invocation-Type": "Event"}


def invoke(process: HeadraceProcess, name: str, payload: bytes = b"{}", **query: str) -> WireAnswer:
    path = f"/2015-03-31/functions/{name}/invocations"
    return LambdaWire(process.port, "000000000000").request("POST", path, payload, query=query, headers=EVENT)


def numbers_of(function: HTTPFunction) -> List[int]:
    return [call.event["number"] for call in list(function.invocations)]


def test_it_is_accepted_and_delivered(ministack_scene: Scene) -> None:
    function = ministack_scene.function()
    payload = '{ "odd" :  [1.0e+2, "größer \\u00e9"] }'.encode()
    answer = invoke(ministack_scene.process, function.name, payload)
    assert (answer.status, answer.body) == (202, b""), answer
    assert answer.headers["x-amzn-requestid"]
    (call,) = function.wait_for_invocations()
    # Byte for byte.
    assert call.payload == payload


def test_boto3_is_answered_with_the_status_alone(ministack_scene: Scene) -> None:
    function = ministack_scene.function()
    client = make_boto_client(ministack_scene.process.url, "000000000000")
    answer = client.invoke(FunctionName=function.name, InvocationType="Event", Payload=b'{"number": 1}')
    assert answer["StatusCode"] == 202
    assert "FunctionError" not in answer
    assert answer["Payload"].read() == b""
    function.wait_for_invocations()


def test_the_answer_does_not_wait_for_the_function(ministack_scene: Scene) -> None:
    release = threading.Event()
    function = ministack_scene.function(lambda _: release.wait(20) and None)
    for number in range(10):
        assert invoke(ministack_scene.process, function.name, b'{"number": %d}' % number).status == 202
    function.wait_for_invocations(10)
    release.set()


def test_no_payload_is_an_empty_object(ministack_scene: Scene) -> None:
    function = ministack_scene.function()
    assert invoke(ministack_scene.process, function.name, b"").status == 202
    assert function.wait_for_invocations()[0].payload == b"{}"


def test_a_failing_function_is_tried_three_times_in_all(ministack_scene: Scene) -> None:
    def behave(call: Invocation) -> Answer:
        return failing(call) if call.event["number"] == 1 else None

    function = ministack_scene.function(behave)
    invoke(ministack_scene.process, function.name, b'{"number": 1}')
    function.wait_for_invocations(3)
    # Its pauses take as long as the other's had taken.
    function.behaviour = lambda call: failing(call) if call.number < 6 else None
    invoke(ministack_scene.process, function.name, b'{"number": 2}')
    function.wait_for(lambda: numbers_of(function).count(2) == 3, "three tries of the second")
    assert numbers_of(function) == [1, 1, 1, 2, 2, 2]


def test_a_function_that_recovers_gets_the_event(ministack_scene: Scene) -> None:
    function = ministack_scene.function(lambda call: failing(call) if call.number == 1 else None)
    invoke(ministack_scene.process, function.name, b'{"number": 1}')
    function.wait_for_invocations(2)
    assert len({call.payload for call in function.invocations}) == 1


def test_throttling_uses_up_no_try(ministack_scene: Scene) -> None:
    """Twice throttled, twice failed: the third try that counts is the fifth."""
    answers = [Reply(b"", 429), Reply(b"", 429), Reply(b"", 500), Reply(b"", 500), None]
    function = ministack_scene.function(lambda _: answers.pop(0))
    invoke(ministack_scene.process, function.name, b'{"number": 1}')
    function.wait_for_invocations(5, timeout=20)


def test_a_function_that_is_not_there_yet_is_waited_for(ministack_scene: Scene) -> None:
    port, name = free_port(), unique("f")
    put_function(ministack_scene.process, name, f"http://127.0.0.1:{port}/")
    assert invoke(ministack_scene.process, name, b'{"number": 1}').status == 202
    with HTTPFunction(port=port) as function:
        function.wait_for_invocations(timeout=20)


def test_a_qualifier_is_part_of_the_function(ministack_scene: Scene) -> None:
    name = unique("f")
    one, two = ministack_scene.function(name=f"{name}:1"), ministack_scene.function(name=f"{name}:2")
    assert invoke(ministack_scene.process, name, b'{"number": 2}', Qualifier="2").status == 202
    two.wait_for_invocations()
    assert not one.invocations


@pytest.mark.parametrize("state", ["absent", "failing"])
def test_what_was_accepted_survives_a_kill(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction, state: str
) -> None:
    scene = own_scene("--async-retry-delay", "1h")
    target = function.url if state == "failing" else f"http://127.0.0.1:{free_port()}/"
    put_function(scene.process, "worker", target)
    function.behaviour = failing
    for number in range(100):
        assert invoke(scene.process, "worker", b'{"number": %d}' % number).status == 202
    if state == "failing":
        function.wait_for_invocations(20)
    scene.process.kill()
    function.behaviour = lambda _: None
    process = start_headrace(*QUICK, environment=scene.server.whole_environment)
    put_function(process, "worker", function.url)
    function.wait_for(lambda: set(numbers_of(function)) == set(range(100)), "every event", 30)


def test_a_runtime_is_given_what_was_accepted_before_it_came(
    ministack_scene: Scene, lambda_ric: Callable[..., Any]
) -> None:
    name = unique("f")
    for number in range(3):
        invoke(ministack_scene.process, name, b'{"number": %d}' % number)
    runtime = lambda_ric(f"127.0.0.1:{ministack_scene.process.port}/_headrace/runtime/{name}", """
def handler(event, context):
    print("GOT " + str(event["number"]), flush=True)
""")
    lines = runtime.wait_for_lines(lambda line: "GOT " in line, 3, timeout=20)
    assert sorted(line.split("GOT ")[1] for line in lines) == ["0", "1", "2"]


BAD_PAYLOADS = {"no JSON": b"garbage", "half": b'{"a":', "no UTF-8": b'"\xff\xfe"', "two values": b"{} {}"}


@pytest.mark.parametrize("name", BAD_PAYLOADS)
def test_what_is_no_json_is_refused(ministack_scene: Scene, name: str) -> None:
    function = ministack_scene.function()
    answer = invoke(ministack_scene.process, function.name, BAD_PAYLOADS[name])
    assert (answer.status, answer.error_type) == (400, "InvalidRequestContentException"), answer
    assert not function.invocations


def test_what_is_too_large_is_refused(ministack_scene: Scene) -> None:
    """Documented for asynchronous invocations: 1 MB (256 KB before 2025); whatever is refused here is not half kept."""
    function = ministack_scene.function()
    client = make_boto_client(ministack_scene.process.url, "000000000000")
    with pytest.raises(ClientError) as refused:
        client.invoke(
            FunctionName=function.name, InvocationType="Event", Payload=json.dumps("x" * 7_000_000).encode()
        )
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert client.invoke(FunctionName=function.name, InvocationType="Event", Payload=b'"small"')["StatusCode"] == 202
    function.wait_for_invocations()
    assert [call.payload for call in function.invocations] == [b'"small"']


def test_it_is_no_mappings_delivery(ministack_scene: Scene) -> None:
    """Whatever the journal tells of it, it names no mapping that is not there."""
    function = ministack_scene.function()
    known: Dict[str, Any] = ministack_scene.wire.list().json
    invoke(ministack_scene.process, function.name, b'{"number": 1}')
    function.wait_for_invocations()
    mappings = {entry["UUID"] for entry in known["EventSourceMappings"]}
    found = [
        entry for entry in deliveries(ministack_scene.process, limit=1000)["deliveries"]
        if entry["functionArn"].endswith(f":{function.name}")
    ]
    assert {entry["mapping"] for entry in found} <= mappings | {None}
