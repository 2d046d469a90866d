"""A mapping that changes, stops or dies while messages flow: nothing is lost, and nothing is delivered for nothing."""

from __future__ import annotations

import random
import threading
import time
from typing import Any, Callable, Dict

import pytest

from headrace_process import HeadraceProcess
from lambda_wire import LambdaWire

from delivery.scene import Scene, numbered
from delivery.scripted_sqs import ScriptedSQS
from peers.flow import Flow
from peers.http_function import Answer, HTTPFunction, Invocation
from peers.mappings import Mapping, deliveries
from peers.stage import put_function
from peers.waiting import wait_until


def test_disabling_and_enabling_while_messages_flow_loses_nothing(scene: Scene) -> None:
    queue, function = scene.queue(VisibilityTimeout=30), scene.function()
    mapping = scene.mapping(queue, function)
    with Flow(queue, limit=2000) as flow:
        for _ in range(2):
            flow.wait_for_more(30)
            assert mapping.update(Enabled=False)["State"] == "Disabling"
            mapping.wait_for_state("Disabled")
            # The state is what is wished for; the worker hears of it a moment later, and ends what it has begun.
            disabled = time.monotonic()
            flow.wait_for_more(100)
            time.sleep(max(0, disabled + 1 - time.monotonic()))
            late = [call for call in function.invocations if call.arrived > disabled + 0.5]
            assert not late, f"{len(late)} invocations came more than 0.5 s after the mapping was disabled"
            assert mapping.update(Enabled=True)["State"] == "Enabling"
            mapping.wait_for_state("Enabled")
        sent = flow.stop()
    function.wait_for_records(len(sent), timeout=40)
    queue.wait_until_empty()
    # Nobody failed and nothing was killed: once each. What moto has handed out twice may be held when the mapping is
    # disabled, and come again when it is enabled.
    scene.assert_once_each(function, sent, apart=20)


def test_a_message_that_a_late_long_poll_brings_to_a_disabled_mapping_is_released(
    ministack_scene: Scene
) -> None:
    scene = ministack_scene
    queue, function = scene.queue(VisibilityTimeout=600), scene.function()
    mapping = scene.mapping(queue, function)
    queue.send("first")
    function.wait_for_invocations()
    queue.wait_until_empty()
    # By now a long poll listens again; it cannot be called back, and takes what is sent next.
    mapping.update_and_wait(Enabled=False)
    queue.send("second")
    # Whoever takes it, it is visible to others at once, and not after ten minutes.
    message = queue.wait_for_message(timeout=10)
    assert message["Body"] == "second"
    assert function.bodies == ["first"]


@pytest.mark.parametrize("name", ["BatchSize", "window", "filter", "function", "response types", "scaling", "all"])
def test_an_update_while_messages_flow_loses_nothing(ministack_scene: Scene, name: str) -> None:
    scene = ministack_scene
    queue, function, other = scene.queue(VisibilityTimeout=30), scene.function(), scene.function()
    parameters: Dict[str, Dict[str, Any]] = {
        "BatchSize": {"BatchSize": 3},
        "window": {"MaximumBatchingWindowInSeconds": 1},
        "filter": {"FilterCriteria": {"Filters": [{"Pattern": '{"body":{"flow":[{"exists":true}]}}'}]}},
        "function": {"FunctionName": other.name},
        "response types": {"FunctionResponseTypes": ["ReportBatchItemFailures"]},
        "scaling": {"ScalingConfig": {"MaximumConcurrency": 2}},
    }
    parameters["all"] = {key: value for each in list(parameters.values()) for key, value in each.items()}
    mapping = scene.mapping(queue, function)
    with Flow(queue, limit=600) as flow:
        flow.wait_for_more(50)
        assert mapping.update(**parameters[name])["State"] == "Updating"
        updated = mapping.wait_for_state("Enabled")
        settled = time.monotonic()
        flow.wait_for_more(100)
        sent = flow.stop()
    for key, value in parameters[name].items():
        if key != "FunctionName":
            assert updated[key] == value
    queue.wait_until_empty(30)
    arrived = {**function.ids}
    for identifier, count in other.ids.items():
        arrived[identifier] = arrived.get(identifier, 0) + count
    assert arrived == {identifier: 1 for identifier in sent}
    # What is begun after the update is as it says; what was under way at that moment may still arrive.
    later = [call for call in function.invocations + other.invocations if call.arrived > settled + 1.5]
    if name in ("BatchSize", "all"):
        assert all(len(call.records) <= 3 for call in later)
    if name in ("function", "all"):
        assert other.invocations
        assert all(call.arrived <= settled + 1.5 for call in function.invocations)


def test_a_filter_can_be_cleared(ministack_scene: Scene) -> None:
    scene = ministack_scene
    queue, function = scene.queue(), scene.function()
    mapping = scene.mapping(
        queue, function, FilterCriteria={"Filters": [{"Pattern": '{"body":{"kind":["wanted"]}}'}]}
    )
    queue.send('{"kind": "other"}')
    queue.wait_until_empty()
    assert "FilterCriteria" not in mapping.update_and_wait(FilterCriteria={})
    queue.send('{"kind": "other", "second": true}')
    function.wait_for_invocations()
    queue.wait_until_empty()
    assert function.bodies == ['{"kind": "other", "second": true}']


def test_deleting_a_mapping_in_the_middle_finishes_the_batch_and_takes_no_more(scene: Scene) -> None:
    queue = scene.queue(VisibilityTimeout=600)
    release = threading.Event()

    def work(_: Invocation) -> Answer:
        release.wait(20)
        return None

    function = scene.function(work)
    mapping = scene.mapping(queue, function, BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    queue.send_all(numbered(6))
    function.wait_for_invocations(2)
    assert mapping.delete().json["State"] == "Deleting"
    release.set()
    # The two are done with; the other four are there for anybody, although they would be hidden for ten minutes.
    rest = [queue.wait_for_message()["Body"] for _ in range(4)]
    queue.wait_until_empty()
    assert len(function.bodies) == 2
    assert sorted(function.bodies + rest) == sorted(numbered(6))
    wait_until(lambda: scene.wire.get(mapping.uuid).status, lambda status: status == 404, what="the deletion")


def test_a_mapping_deleted_and_made_anew_goes_on(scene: Scene) -> None:
    queue, function = scene.queue(VisibilityTimeout=30), scene.function()
    with Flow(queue, limit=400) as flow:
        for _ in range(3):
            mapping = scene.mapping(queue, function)
            flow.wait_for_more(30)
            mapping.delete_and_wait()
        scene.mapping(queue, function)
        sent = flow.stop()
    function.wait_for_records(len(sent), timeout=30)
    queue.wait_until_empty()
    # As where it is disabled: moto may have handed out twice what comes again with the next mapping.
    scene.assert_once_each(function, sent, apart=20)


def test_sigterm_finishes_the_batches_in_flight(own_scene: Callable[..., Scene], start_headrace: Any) -> None:
    scene = own_scene()
    queue = scene.queue(VisibilityTimeout=600)
    release, function = threading.Event(), HTTPFunction()

    def work(_: Invocation) -> Answer:
        release.wait(20)
        return None

    function.behaviour = work
    put_function(scene.process, "worker", function.url)
    mapping = scene.mapping(queue, "worker", BatchSize=2)
    sent = queue.send_all(numbered(6))
    begun = function.wait_for_invocations(3)
    scene.process.terminate()
    release.set()
    assert scene.process.wait() == 0
    # In ten minutes' time nothing comes back: what was begun is deleted already.
    queue.wait_until_empty()
    assert {identifier for call in begun for identifier in call.ids} == set(sent)

    # What was answered is in the journal, and the mapping goes on after a restart.
    process = start_headrace(environment=scene.server.environment)
    mapping.on(process).wait_for_state("Enabled")
    found = deliveries(process, mapping.uuid)["deliveries"]
    assert [entry["outcome"] for entry in found] == ["success"] * 3
    queue.send("after")
    function.wait_for(lambda: "after" in function.bodies, "the message after the restart")
    queue.wait_until_empty()
    function.close()


def test_sigterm_gives_up_a_function_that_never_ends(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene("--shutdown-timeout", "1s")
    queue, function = scene.queue(VisibilityTimeout=2), HTTPFunction()
    function.behaviour = function.hang
    put_function(scene.process, "endless", function.url)
    scene.mapping(queue, "endless")
    queue.send("precious")
    function.wait_for_invocations()
    begin = time.monotonic()
    assert scene.process.stop() == 0
    assert time.monotonic() - begin < 8
    # It was not answered, so it is not deleted.
    assert queue.wait_for_message()["Body"] == "precious"
    function.close()


def test_a_restart_in_the_middle_of_a_flow_loses_nothing(own_scene: Callable[..., Scene], start_headrace: Any) -> None:
    scene = own_scene()
    # A long poll that a stop cuts off may have been given messages that nobody reads: those come back by this timeout.
    queue, function = scene.queue(VisibilityTimeout=5), HTTPFunction()
    put_function(scene.process, "worker", function.url)
    scene.mapping(queue, "worker")
    process = scene.process
    with Flow(queue, limit=600) as flow:
        for _ in range(2):
            flow.wait_for_more(50)
            assert process.stop() == 0
            process = start_headrace(environment=scene.server.environment)
        flow.wait_for_more(50)
        sent = flow.stop()
    function.wait_for_records(len(sent), timeout=40)
    queue.wait_until_empty()
    # A graceful stop finishes what it has begun: nothing reaches the function twice.
    scene.assert_once_each(function, sent)
    function.close()


def test_a_kill_with_a_thousand_messages_in_flight_loses_none(
    own_scene: Callable[..., Scene], start_headrace: Any
) -> None:
    scene = own_scene()
    queue, function = scene.queue(VisibilityTimeout=6), HTTPFunction()
    release = threading.Event()

    def work(call: Invocation) -> Answer:
        # The first few are answered, and many are in flight when the kill comes.
        if call.number > 10:
            release.wait(60)
        return None

    function.behaviour = work
    put_function(scene.process, "worker", function.url)
    scene.mapping(queue, "worker", BatchSize=200, MaximumBatchingWindowInSeconds=1)
    sent = queue.send_all(numbered(3000))
    # BatchSize 200 and five batches at once: a thousand messages.
    function.wait_for(
        lambda: sum(len(call.records) for call in function.invocations if call.ended is None) >= 1000,
        "a thousand messages in flight", 40,
    )
    done = {identifier for call in function.invocations[:10] for identifier in call.ids}
    # What was answered is deleted before the kill, so that it must not come again.
    wait_until(lambda: sum(queue.counts()), lambda left: left == 3000 - len(done), what="that the answered are deleted")
    scene.process.kill()
    release.set()
    restarted = time.monotonic()

    start_headrace(environment=scene.server.environment)
    function.wait_for_records(3000, timeout=60)
    queue.wait_until_empty(30)
    before = [call for call in function.invocations if call.arrived < restarted]
    in_flight = {identifier for call in before[10:] for identifier in call.ids}
    assert len(in_flight) >= 1000
    # At least once, none lost; and twice only what was in flight, all of which was.
    assert set(function.ids) == set(sent)
    twice = {identifier for identifier, count in function.ids.items() if count > 1}
    assert twice == in_flight
    assert max(function.ids.values()) == 2
    function.close()


def test_a_kill_while_a_window_is_open_loses_none(own_scene: Callable[..., Scene], start_headrace: Any) -> None:
    scene = own_scene()
    queue, function = scene.queue(VisibilityTimeout=3), HTTPFunction()
    put_function(scene.process, "worker", function.url)
    scene.mapping(queue, "worker", BatchSize=1000, MaximumBatchingWindowInSeconds=60)
    sent = queue.send_all(numbered(50))
    wait_until(queue.counts, lambda counts: counts == (0, 50), what="that all messages are held for the window")
    scene.process.kill()
    assert not function.invocations
    process = start_headrace(environment=scene.server.environment)
    mapping = LambdaWire(process.port, scene.server.account)
    (uuid,) = [entry["UUID"] for entry in mapping.list().json["EventSourceMappings"]]
    Mapping(process, mapping, mapping.get(uuid).json).update_and_wait(MaximumBatchingWindowInSeconds=1)
    function.wait_for_records(50, timeout=20)
    queue.wait_until_empty()
    scene.assert_once_each(function, sent)
    function.close()


def test_messages_held_longer_than_the_visibility_timeout_are_kept_invisible(scene: Scene) -> None:
    """A function that runs longer than the queue hides its messages: the heartbeats hide them on."""
    queue = scene.queue(VisibilityTimeout=2)
    release = threading.Event()

    def work(_: Invocation) -> Answer:
        release.wait(20)
        return None

    function = scene.function(work)
    scene.mapping(queue, function, BatchSize=5, ScalingConfig={"MaximumConcurrency": 2})
    sent = queue.send_all(numbered(5))
    function.wait_for_records(5)
    deadline = time.monotonic() + 6
    while time.monotonic() < deadline:
        assert queue.receive(wait=1) == [], "a message that is being worked on was visible"
    release.set()
    queue.wait_until_empty()
    scene.assert_once_each(function, sent)


def test_a_window_longer_than_the_visibility_timeout_delivers_once(scene: Scene) -> None:
    queue, function = scene.queue(VisibilityTimeout=2), scene.function()
    scene.mapping(queue, function, BatchSize=100, MaximumBatchingWindowInSeconds=5)
    sent = queue.send_all(numbered(20))
    function.wait_for_records(20)
    queue.wait_until_empty()
    scene.assert_once_each(function, sent)
    counts = {record["attributes"]["ApproximateReceiveCount"] for record in function.records}
    assert counts == {"1"}


def test_two_hundred_mappings_created_at_once_all_deliver(start_headrace: Any, scripted_sqs: ScriptedSQS) -> None:
    with HTTPFunction() as function:
        process: HeadraceProcess = start_headrace(
            "--function", f"*={function.url}", environment=scripted_sqs.environment
        )
        queues = [scripted_sqs.queue(f"q-{number}") for number in range(200)]
        for queue in queues:
            queue.send(f"waiting in {queue.name}")
        begin = time.monotonic()

        def create(part: int) -> None:
            wire = LambdaWire(process.port, scripted_sqs.account, keep_alive=True)
            for queue in queues[part::8]:
                wire.created({"EventSourceArn": queue.arn, "FunctionName": "f"})

        threads = [threading.Thread(target=create, args=(part,)) for part in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        for queue in queues:
            queue.wait_until_deleted(1, timeout=30)
        print(f"200 mappings delivered {time.monotonic() - begin:.1f} s after the first create")
        assert sorted(function.bodies) == sorted(f"waiting in {queue.name}" for queue in queues)
        # Long polls are open now; what is sent to any of them arrives.
        chosen = random.SystemRandom().sample(queues, 20)
        print("chosen:", [queue.name for queue in chosen])
        for queue in chosen:
            queue.send("second")
        for queue in chosen:
            queue.wait_until_deleted(2)
