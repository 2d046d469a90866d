"""What a function's own settings make of the events that it gets while nobody waits for its answers."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict

import pytest

from lambda_wire import Answer as WireAnswer
from lambda_wire import LambdaWire

from peers.aws_servers import REGION
from peers.child_process import free_port
from peers.http_function import failing
from peers.queues import wait_for_document
from peers.stage import on_failure, put_function, unique
from push.scene import Scene

EVENT = {"X-Amz-Invocation-Type": "Event"}


def configure(scene: Scene, name: str, settings: Dict[str, Any], **query: str) -> None:
    answer = scene.wire.request("PUT", f"/2019-09-25/functions/{name}/event-invoke-config", settings, query=query)
    assert answer.status == 200, answer


def invoke(scene: Scene, name: str, payload: bytes = b'{"number": 1}', **query: str) -> WireAnswer:
    answer = scene.wire.request(
        "POST", f"/2015-03-31/functions/{name}/invocations", payload, query=query, headers=EVENT
    )
    assert answer.status == 202, answer
    return answer


@pytest.mark.parametrize("retries", [0, 1])
def test_an_invocation_is_tried_again_as_often_as_its_function_says(ministack_scene: Scene, retries: int) -> None:
    queue, function = ministack_scene.queue(), ministack_scene.function(failing)
    configure(
        ministack_scene, function.name, {"MaximumRetryAttempts": retries, "DestinationConfig": on_failure(queue)}
    )
    invoke(ministack_scene, function.name)
    record = wait_for_document(queue)
    assert record["requestContext"]["approximateInvokeCount"] == retries + 1
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestPayload"] == {"number": 1}
    assert record["responsePayload"]["errorMessage"] == "intended"
    assert len(function.invocations) == retries + 1


@pytest.mark.parametrize("kind", ["topic", "bucket"])
def test_events_of_mappings_are_tried_so_too(ministack_scene: Scene, kind: str) -> None:
    queue, function = ministack_scene.queue(), ministack_scene.function(failing)
    configure(ministack_scene, function.name, {"MaximumRetryAttempts": 0, "DestinationConfig": on_failure(queue)})
    inlet = ministack_scene.inlet(kind)
    ministack_scene.mapping(inlet, function)
    inlet.send("poison")
    assert wait_for_document(queue)["requestContext"]["approximateInvokeCount"] == 1
    assert len(function.invocations) == 1


def test_the_mappings_destination_goes_before_the_functions(ministack_scene: Scene) -> None:
    of_function, of_mapping = ministack_scene.queue(), ministack_scene.queue()
    function = ministack_scene.function(failing)
    configure(
        ministack_scene, function.name, {"MaximumRetryAttempts": 0, "DestinationConfig": on_failure(of_function)}
    )
    inlet = ministack_scene.inlet("topic")
    ministack_scene.mapping(inlet, function, DestinationConfig=on_failure(of_mapping))
    inlet.send("poison")
    assert wait_for_document(of_mapping)["requestContext"]["approximateInvokeCount"] == 1
    assert of_function.counts() == (0, 0)


def test_a_success_is_told(ministack_scene: Scene) -> None:
    queue, function = ministack_scene.queue(), ministack_scene.function(lambda _: b'{"done": true}')
    configure(
        ministack_scene, function.name, {"DestinationConfig": {"OnSuccess": {"Destination": queue.arn}}}
    )
    invoke(ministack_scene, function.name)
    record = wait_for_document(queue)
    arn = f"arn:aws:lambda:{REGION}:{ministack_scene.server.account}:function:{function.name}:$LATEST"
    assert record["requestContext"].pop("requestId")
    assert record["requestContext"] == {"functionArn": arn, "condition": "Success", "approximateInvokeCount": 1}
    assert record["requestPayload"] == {"number": 1}
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert record["responsePayload"] == {"done": True}


@pytest.mark.parametrize("member", ["OnSuccess", "OnFailure"])
def test_a_function_is_told(ministack_scene: Scene, member: str) -> None:
    told = ministack_scene.function()
    function = ministack_scene.function(failing if member == "OnFailure" else lambda _: None)
    arn = f"arn:aws:lambda:{REGION}:{ministack_scene.server.account}:function:{told.name}"
    configure(
        ministack_scene, function.name,
        {"MaximumRetryAttempts": 0, "DestinationConfig": {member: {"Destination": arn}}},
    )
    invoke(ministack_scene, function.name)
    (call,) = told.wait_for_invocations()
    assert call.event["requestContext"]["condition"] == ("Success" if member == "OnSuccess" else "RetriesExhausted")


def test_settings_are_of_exactly_one_qualifier(ministack_scene: Scene) -> None:
    queue, function = ministack_scene.queue(), ministack_scene.function(failing)
    configure(
        ministack_scene, function.name, {"MaximumRetryAttempts": 0, "DestinationConfig": on_failure(queue)},
        Qualifier="prod",
    )
    invoke(ministack_scene, function.name, b'{"number": 1}')
    function.wait_for_invocations(3)
    invoke(ministack_scene, function.name, b'{"number": 2}', Qualifier="prod")
    assert wait_for_document(queue)["requestPayload"] == {"number": 2}
    assert [call.event["number"] for call in function.invocations] == [1, 1, 1, 2]


def test_an_event_of_a_function_behind_a_lambda_endpoint_is_tried_here_where_it_is_configured(
    own_scene: Callable[..., Scene],
) -> None:
    """Nobody listens at the endpoint: what is passed on there is refused, what is taken here is not."""
    scene = own_scene(AWS_ENDPOINT_URL_LAMBDA=f"http://127.0.0.1:{free_port()}")
    name = unique("f")
    put_function(scene.process, name, "lambda")
    path = f"/2015-03-31/functions/{name}/invocations"
    assert scene.wire.request("POST", path, b"{}", headers=EVENT).status == 500
    configure(scene, name, {"MaximumRetryAttempts": 0})
    invoke(scene, name)
