"""Destinations of what is given up: that they get it, however late they are there themselves.

The documents, member by member, are in the recorded cases.
"""

from __future__ import annotations

import json
from typing import Any, Callable, Dict

import pytest

from peers.aws_servers import REGION
from peers.buckets import Bucket
from peers.child_process import free_port
from peers.http_function import Answer, HTTPFunction, Invocation, failing
from peers.queues import Queue, wait_for_document
from peers.stage import on_failure, put_function, unique
from peers.topics import Topic
from streams.conftest import QUICK
from streams.records import data_of, numbered_records
from streams.scene import Scene


FAILED = "Function call failed"
"""What the result says of the function, and not of its destination."""


def failing_on_poison(call: Invocation) -> Answer:
    return failing(call) if b"poison" in data_of(call.records[0]) else None


class Missing:
    """A destination that is not there yet."""

    def __init__(self, arn: str) -> None:
        self.arn = arn


@pytest.mark.parametrize("kind", ["queue", "topic", "bucket"])
def test_a_destination_that_is_missing_is_waited_for(ministack_scene: Scene, kind: str) -> None:
    scene, server = ministack_scene, ministack_scene.server
    name = unique("late")
    arns: Dict[str, str] = {
        "queue": f"arn:aws:sqs:{REGION}:{server.account}:{name}",
        "topic": f"arn:aws:sns:{REGION}:{server.account}:{name}",
        "bucket": f"arn:aws:s3:::{name}",
    }
    stream, function = scene.stream(), scene.function(failing_on_poison)
    poison, good = stream.put("poison"), stream.put("good")
    mapping = scene.mapping(
        stream, function, BatchSize=1, MaximumRetryAttempts=0, DestinationConfig=on_failure(Missing(arns[kind]))
    )
    mapping.wait_for_result(lambda result: result and result.startswith("PROBLEM: ") and FAILED not in result)
    line = scene.process.wait_for_log(
        lambda log: log.get("mapping") == mapping.uuid and arns[kind] in json.dumps(log) and log["level"] != "info"
    )
    assert line
    # Nothing is dropped, and the record behind waits.
    assert set(function.ids) == {poison.id}
    if kind == "queue":
        document = wait_for_document(Queue(server, name), 30)
        assert document["KinesisBatchInfo"]["startSequenceNumber"] == poison.sequence
    elif kind == "bucket":
        _, content = Bucket(server, name).wait_for_object(30)
        assert json.loads(content)["KinesisBatchInfo"]["startSequenceNumber"] == poison.sequence
    else:
        # Whether its queue is subscribed before the document is published is a race; SNS drops what nobody wants.
        Topic(server, name, scene.queue())
    function.wait_for(lambda: good.id in function.ids, "the record behind", 30)
    mapping.wait_for_result(lambda result: result == "OK")
    # Waiting for the destination is no further try of the function.
    assert function.ids[poison.id] == 1


def test_a_destination_that_is_down_is_waited_for_over_a_restart(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction, ministack: Any
) -> None:
    """Killed before the document was taken: the record is tried again and then reported, never lost."""
    port = free_port()
    scene = own_scene(AWS_ENDPOINT_URL_SQS=f"http://127.0.0.1:{port}")
    queue = Scene(scene.process, ministack).queue()
    put_function(scene.process, "worker", function.url)
    function.behaviour = failing_on_poison
    stream = scene.stream()
    poison, good = stream.put("poison"), stream.put("good")
    mapping = scene.mapping(
        stream, "worker", BatchSize=1, MaximumRetryAttempts=0, DestinationConfig=on_failure(queue)
    )
    mapping.wait_for_result(lambda result: result and result.startswith("PROBLEM: ") and FAILED not in result)
    scene.process.kill()
    start_headrace(
        *QUICK, environment={**scene.streams_server.whole_environment, "AWS_ENDPOINT_URL_SQS": ministack.url}
    )
    document = wait_for_document(queue)
    assert document["KinesisBatchInfo"]["startSequenceNumber"] == poison.sequence
    function.wait_for(lambda: good.id in function.ids, "the record behind")
    assert function.ids[good.id] == 1


def test_a_batch_that_is_given_up_is_one_document(roto_scene: Scene) -> None:
    queue, stream = roto_scene.queue(), roto_scene.stream()
    puts = stream.put_all(numbered_records(5, prefix="poison"))
    function = roto_scene.function(failing)
    mapping = roto_scene.mapping(
        stream, function, BatchSize=5, MaximumRetryAttempts=0, DestinationConfig=on_failure(queue)
    )
    document = wait_for_document(queue)
    info = document["KinesisBatchInfo"]
    assert (info["startSequenceNumber"], info["endSequenceNumber"], info["batchSize"]) == (
        puts[0].sequence, puts[-1].sequence, 5
    )
    assert info["streamArn"] == stream.arn
    assert info["shardId"] == puts[0].shard
    assert info["approximateArrivalOfFirstRecord"] <= info["approximateArrivalOfLastRecord"]
    assert document["requestContext"]["functionArn"] == mapping.created["FunctionArn"]


def test_a_version_shows_in_the_document(roto_scene: Scene) -> None:
    """`executedVersion` is the qualifier where that is a number."""
    queue, stream, function = roto_scene.queue(), roto_scene.stream(), roto_scene.function(failing)
    stream.put("poison")
    mapping = roto_scene.mapping(
        stream, f"{function.name}:7", MaximumRetryAttempts=0, DestinationConfig=on_failure(queue)
    )
    document = wait_for_document(queue)
    assert document["responseContext"]["executedVersion"] == "7"
    assert document["requestContext"]["functionArn"] == mapping.created["FunctionArn"]
    assert mapping.created["FunctionArn"].endswith(":7")


def test_a_destination_can_be_added_and_taken_away(roto_scene: Scene) -> None:
    stream, queue, function = roto_scene.stream(), roto_scene.queue(), roto_scene.function(failing_on_poison)
    mapping = roto_scene.mapping(stream, function, BatchSize=1, MaximumRetryAttempts=0)
    stream.put("poison-1")
    first = stream.put("good-1")
    function.wait_for(lambda: first.id in function.ids, "the record behind the first")
    mapping.update_and_wait(DestinationConfig=on_failure(queue))
    second = stream.put("poison-2")
    assert wait_for_document(queue)["KinesisBatchInfo"]["startSequenceNumber"] == second.sequence
    assert mapping.update_and_wait(DestinationConfig={})["DestinationConfig"] == {"OnFailure": {}}
    stream.put("poison-3")
    third = stream.put("good-3")
    function.wait_for(lambda: third.id in function.ids, "the record behind the third")
    assert queue.receive() == []
