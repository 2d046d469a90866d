"""What becomes of an event whose function fails: three tries in all, pauses, and where it goes in the end."""

from __future__ import annotations

import json
import re
import threading
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List

import pytest

from peers.aws_servers import REGION
from peers.buckets import Bucket
from peers.child_process import free_port
from peers.http_function import Answer, HTTPFunction, Invocation, failing
from peers.http_peer import Raw, Reply
from peers.mappings import Mapping
from peers.queues import Queue, wait_for_document
from peers.stage import on_failure, put_function, unique
from peers.topics import Topic
from push.scene import Scene, messages_of, on_messages

CALL_FAILED = "PROBLEM: Function call failed"
INTENDED = {"errorMessage": "intended", "errorType": "RuntimeError"}

each_kind = pytest.mark.parametrize("kind", ["topic", "bucket"])


def failing_first(count: int, how: Answer = None) -> Callable[[Invocation], Answer]:
    """A behaviour that fails so many times."""
    def behave(call: Invocation) -> Answer:
        if call.number > count:
            return None
        return failing(call) if how is None else how

    return behave


def outcomes(mapping: Mapping, count: int) -> List[Any]:
    """Attempt and outcome of the journal's first entries."""
    return [(entry["attempt"], entry["outcome"]) for entry in mapping.wait_for_deliveries(count)]


@each_kind
def test_an_event_is_tried_three_times_in_all(ministack_scene: Scene, kind: str) -> None:
    scene, inlet, queue = ministack_scene, ministack_scene.inlet(kind), ministack_scene.queue()
    function = scene.function(failing)
    mapping = scene.mapping(inlet, function, DestinationConfig=on_failure(queue))
    inlet.send("poison")
    document = wait_for_document(queue)
    assert document["requestContext"]["approximateInvokeCount"] == 3
    assert len(function.invocations) == 3
    # The same event each time, byte for byte.
    assert len({call.payload for call in function.invocations}) == 1
    entries = mapping.wait_for_deliveries(3)
    for number, entry in enumerate(entries, 1):
        assert (entry["attempt"], entry["outcome"], entry["batchSize"]) == (number, "functionError", 1)
        assert entry["event"] == function.invocations[0].event
        assert entry["error"] == "RuntimeError: intended"
        assert entry["answer"] == INTENDED
        assert entry["eventSourceArn"] == inlet.arn
        assert entry["functionArn"] == mapping.created["FunctionArn"]


@each_kind
def test_a_function_that_recovers_gets_the_event(ministack_scene: Scene, kind: str) -> None:
    inlet, function = ministack_scene.inlet(kind), ministack_scene.function(failing_first(2))
    mapping = ministack_scene.mapping(inlet, function)
    assert mapping.get()["LastProcessingResult"] == "No records processed"
    inlet.send("precious")
    assert outcomes(mapping, 3) == [(1, "functionError"), (2, "functionError"), (3, "success")]
    mapping.wait_for_result(lambda result: result == "OK")
    assert inlet.names(function) == ["precious"] * 3


@each_kind
def test_a_failing_function_shows_while_it_fails(own_scene: Callable[..., Scene], kind: str) -> None:
    scene = own_scene("--async-retry-delay", "2s")
    inlet, function = scene.inlet(kind), scene.function(failing)
    mapping = scene.mapping(inlet, function)
    inlet.send("poison")
    assert mapping.wait_for_result(lambda result: result != "No records processed") == CALL_FAILED
    line = scene.process.wait_for_log(
        lambda log: log["message"] == "function failed" and log.get("mapping") == mapping.uuid
    )
    assert line["outcome"] == "functionError" and line["reason"]
    function.behaviour = lambda _: None
    inlet.send("good")
    mapping.wait_for_result(lambda result: result == "OK")


def test_others_do_not_wait_for_the_one_that_fails(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene("--async-retry-delay", "1h")
    topic = scene.topic()
    function = scene.function(lambda call: failing(call) if messages_in(call) == ["poison"] else None)
    mapping = scene.mapping(topic, function)
    topic.publish("poison")
    mapping.wait_for_deliveries()
    for number in range(10):
        topic.publish(f"good-{number}")
    function.wait_for_invocations(11)
    assert sorted(messages_of(function)) == sorted(["poison", *(f"good-{number}" for number in range(10))])


def messages_in(call: Invocation) -> List[str]:
    return [record["Sns"]["Message"] for record in call.records]


def test_the_dead_letter_queue_gets_the_event_as_it_is(topic_scene: Scene) -> None:
    """With the attributes that Lambda documents for dead-letter queues."""
    topic, dead, function = topic_scene.topic(), topic_scene.queue(), topic_scene.function(failing)
    mapping = topic_scene.mapping(topic, function, SNSEventSourceConfig=on_messages(dead_letters=dead))
    assert mapping.created["SNSEventSourceConfig"]["DeadLetterQueueArn"] == dead.arn
    topic.publish('{ "odd" :  "größer 👩" }', Subject="s")
    message = topic_scene.dead_letter(dead)
    assert len(function.invocations) == 3
    assert message["Body"].encode() == function.invocations[0].payload
    attributes = message["MessageAttributes"]
    assert set(attributes) == {"RequestID", "ErrorCode", "ErrorMessage"}
    assert attributes["RequestID"]["DataType"] == attributes["ErrorMessage"]["DataType"] == "String"
    assert uuid.UUID(attributes["RequestID"]["StringValue"])
    assert (attributes["ErrorCode"]["DataType"], attributes["ErrorCode"]["StringValue"]) == ("Number", "200")
    assert "intended" in attributes["ErrorMessage"]["StringValue"]


def test_a_long_error_message_is_cut_to_a_kilobyte(ministack_scene: Scene) -> None:
    error = json.dumps({"errorMessage": "ä" * 3000, "errorType": "E"}, ensure_ascii=False).encode()
    answer = Reply(error, 200, {"X-Amz-Function-Error": "Unhandled"})
    topic, dead = ministack_scene.topic(), ministack_scene.queue()
    function = ministack_scene.function(lambda _: answer)
    ministack_scene.mapping(topic, function, SNSEventSourceConfig=on_messages(dead_letters=dead))
    topic.publish("poison")
    text = ministack_scene.dead_letter(dead)["MessageAttributes"]["ErrorMessage"]["StringValue"]
    assert 900 <= len(text.encode()) <= 1024
    assert "\ufffd" not in text, "cut within a letter"


def assert_invocation_record(document: Dict[str, Any], mapping: Mapping, function: HTTPFunction) -> None:
    """Lambda's invocation record of a function that failed three times."""
    assert set(document) == {
        "version", "timestamp", "requestContext", "requestPayload", "responseContext", "responsePayload"
    }
    assert document["version"] == "1.0"
    told = datetime.strptime(document["timestamp"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    assert abs((datetime.now(timezone.utc) - told).total_seconds()) < 30
    context = document["requestContext"]
    assert set(context) == {"requestId", "functionArn", "condition", "approximateInvokeCount"}
    assert uuid.UUID(context["requestId"])
    assert context["functionArn"] in (mapping.created["FunctionArn"], mapping.created["FunctionArn"] + ":$LATEST")
    assert (context["condition"], context["approximateInvokeCount"]) == ("RetriesExhausted", 3)
    assert document["requestPayload"] == function.invocations[0].event
    assert document["responseContext"] == {
        "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"
    }
    assert document["responsePayload"] == INTENDED


@pytest.mark.parametrize("destination", ["queue", "topic", "bucket"])
@each_kind
def test_a_failure_destination_gets_the_invocation_record(
    ministack_scene: Scene, kind: str, destination: str
) -> None:
    scene, inlet, function = ministack_scene, ministack_scene.inlet(kind), ministack_scene.function(failing)
    if destination == "queue":
        queue = scene.queue()
        mapping = scene.mapping(inlet, function, DestinationConfig=on_failure(queue))
        inlet.send("poison")
        document = wait_for_document(queue)
    elif destination == "topic":
        topic = scene.topic(scene.queue())
        mapping = scene.mapping(inlet, function, DestinationConfig=on_failure(topic))
        inlet.send("poison")
        document = json.loads(topic.wait_for_envelope()["Message"])
    else:
        bucket = scene.bucket()
        mapping = scene.mapping(inlet, function, DestinationConfig=on_failure(bucket))
        inlet.send("poison")
        key, content = bucket.wait_for_object()
        document = json.loads(content)
        day = r"(\d{4})/(\d\d)/(\d\d)/\1-\2-\3T\d\d\.\d\d\.\d\d-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
        assert re.fullmatch(rf"aws/lambda/async/{function.name}/{day}", key), key
    assert mapping.created["DestinationConfig"]["OnFailure"]["Destination"]
    assert_invocation_record(document, mapping, function)


def test_a_dead_letter_queue_and_a_destination_both_get_it(ministack_scene: Scene) -> None:
    topic, dead, queue = ministack_scene.topic(), ministack_scene.queue(), ministack_scene.queue()
    function = ministack_scene.function(failing)
    mapping = ministack_scene.mapping(
        topic, function, SNSEventSourceConfig=on_messages(dead_letters=dead), DestinationConfig=on_failure(queue)
    )
    topic.publish("poison")
    document = wait_for_document(queue)
    assert_invocation_record(document, mapping, function)
    message = ministack_scene.dead_letter(dead)
    assert message["MessageAttributes"]["RequestID"]["StringValue"] == document["requestContext"]["requestId"]


def test_a_success_goes_to_no_destination(ministack_scene: Scene) -> None:
    topic, dead, queue = ministack_scene.topic(), ministack_scene.queue(), ministack_scene.queue()
    answers = {"garbage": b"\xff garbage", "failures": b'{"batchItemFailures": [{"itemIdentifier": "x"}]}'}
    function = ministack_scene.function(
        lambda call: failing(call) if messages_in(call) == ["poison"] else answers.get(messages_in(call)[0])
    )
    ministack_scene.mapping(
        topic, function, SNSEventSourceConfig=on_messages(dead_letters=dead), DestinationConfig=on_failure(queue)
    )
    # Whatever a function answers is a success: nobody reads it.
    for message in ("good", *answers, "poison"):
        topic.publish(message)
    assert wait_for_document(queue)["requestPayload"]["Records"][0]["Sns"]["Message"] == "poison"
    assert ministack_scene.dead_letter(dead)
    assert queue.counts() == dead.counts() == (0, 0)
    assert sorted(messages_of(function)) == sorted(["good", *answers, "poison", "poison", "poison"])


def test_a_runtimes_error_is_the_response_payload(
    ministack_scene: Scene, lambda_ric: Callable[..., Any]
) -> None:
    topic, queue, name = ministack_scene.topic(), ministack_scene.queue(), unique("f")
    ministack_scene.mapping(topic, name, DestinationConfig=on_failure(queue))
    lambda_ric(f"127.0.0.1:{ministack_scene.process.port}/_headrace/runtime/{name}", """
def handler(event, context):
    raise ValueError("intended by " + event["Records"][0]["Sns"]["Message"])
""")
    topic.publish("poison")
    document = wait_for_document(queue)
    payload = document["responsePayload"]
    assert (payload["errorType"], payload["errorMessage"]) == ("ValueError", "intended by poison")
    assert payload["stackTrace"]
    assert document["responseContext"]["functionError"] == "Unhandled"


def test_a_function_that_runs_out_of_time_has_failed(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene("--function-timeout", "500ms")
    topic, queue, function = scene.topic(), scene.queue(), scene.function()
    function.behaviour = function.hang
    mapping = scene.mapping(topic, function, DestinationConfig=on_failure(queue))
    topic.publish("slow")
    document = wait_for_document(queue)
    assert document["requestContext"]["condition"] == "RetriesExhausted"
    assert outcomes(mapping, 3) == [(number, "timedOut") for number in (1, 2, 3)]
    assert document["responsePayload"]["errorType"] == "Sandbox.Timedout"
    assert document["responsePayload"]["errorMessage"]


NOT_THE_FUNCTIONS_FAULT: Dict[str, Any] = {
    "429": (Reply(b'{"Reason":"ConcurrentInvocationLimitExceeded"}', 429), "throttled"),
    "502": (Reply(b"bad gateway", 502), "unreachable"),
    "503": (Reply(b"unavailable", 503), "unreachable"),
    "504": (Reply(b"gateway timeout", 504), "unreachable"),
    "hangs up": (Raw(), "unreachable"),
    "garbage": (Raw(b"\x00\xff garbage\r\n\r\n"), "unreachable"),
}


@dataclass(frozen=True)
class Hindered:
    """An event that cannot be given to its function twice, and then fails twice more before it is done."""

    mapping: Mapping
    queue: Queue


def hindering(answer: Answer) -> Callable[[Invocation], Answer]:
    def behave(call: Invocation) -> Answer:
        return answer if call.number <= 2 else failing_first(4)(call)

    return behave


@pytest.fixture(scope="module")
def hindered(ministack: Any, shared_headrace: Any) -> Any:
    """All cases at once: their pauses overlap."""
    scene = Scene(shared_headrace(ministack), ministack)
    cases = {}
    for name, (answer, _) in NOT_THE_FUNCTIONS_FAULT.items():
        topic, queue = scene.topic(), scene.queue()
        mapping = scene.mapping(
            topic, scene.function(hindering(answer)), DestinationConfig=on_failure(queue)
        )
        topic.publish("precious")
        cases[name] = Hindered(mapping, queue)
    yield cases
    scene.close()


@pytest.mark.parametrize("name", NOT_THE_FUNCTIONS_FAULT)
def test_what_is_not_the_functions_fault_uses_up_no_tries(hindered: Dict[str, Hindered], name: str) -> None:
    outcome = NOT_THE_FUNCTIONS_FAULT[name][1]
    entries = hindered[name].mapping.wait_for_deliveries(5, timeout=30)
    assert [entry["outcome"] for entry in entries] == [outcome] * 2 + ["functionError"] * 2 + ["success"]
    hindered[name].mapping.wait_for_result(lambda result: result == "OK")
    assert hindered[name].queue.counts() == (0, 0)


@each_kind
def test_a_function_that_is_not_there_at_first_is_waited_for(ministack_scene: Scene, kind: str) -> None:
    inlet, port, name = ministack_scene.inlet(kind), free_port(), unique("f")
    put_function(ministack_scene.process, name, f"http://127.0.0.1:{port}/")
    mapping = ministack_scene.mapping(inlet, name)
    for number in range(3):
        inlet.send(f"event-{number}")
    mapping.wait_for_deliveries(3, lambda entry: entry["outcome"] == "unreachable")
    mapping.wait_for_result(lambda result: result and result.startswith(CALL_FAILED + ". "))
    with HTTPFunction(port=port) as function:
        function.wait_for_invocations(3, timeout=30)
        assert sorted(inlet.names(function)) == [f"event-{number}" for number in range(3)]
        mapping.wait_for_result(lambda result: result == "OK")


def test_the_second_pause_is_twice_the_first(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene("--async-retry-delay", "500ms")
    topic, function = scene.topic(), scene.function(failing)
    scene.mapping(topic, function)
    topic.publish("poison")
    calls = function.wait_for_invocations(3)
    first, second = [later.arrived - (earlier.ended or 0) for earlier, later in zip(calls, calls[1:])]
    assert 0.5 <= first < 0.95, (first, second)
    assert 1.0 <= second < 1.9, (first, second)


def test_an_event_that_gets_too_old_is_given_up(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene("--async-maximum-event-age", "1s", "--async-retry-delay", "700ms")
    topic, queue, dead = scene.topic(), scene.queue(), scene.queue()
    function = scene.function(failing)
    mapping = scene.mapping(
        topic, function, SNSEventSourceConfig=on_messages(dead_letters=dead), DestinationConfig=on_failure(queue)
    )
    topic.publish("old")
    document = wait_for_document(queue)
    # The third try would come 2.1 s after the first.
    context = document["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("EventAgeExceeded", 2)
    assert document["requestPayload"] == function.invocations[0].event
    assert document["responsePayload"] == INTENDED
    assert json.loads(scene.dead_letter(dead)["Body"]) == function.invocations[0].event
    assert outcomes(mapping, 2) == [(1, "functionError"), (2, "functionError")]
    assert len(function.invocations) == 2


def test_an_event_that_nobody_could_be_given_gets_too_old(own_scene: Callable[..., Scene]) -> None:
    """A function that was never reached: there is no answer to tell of."""
    scene = own_scene("--async-maximum-event-age", "1s")
    topic, queue, dead, name = scene.topic(), scene.queue(), scene.queue(), unique("f")
    put_function(scene.process, name, f"http://127.0.0.1:{free_port()}/")
    scene.mapping(
        topic, name, SNSEventSourceConfig=on_messages(dead_letters=dead), DestinationConfig=on_failure(queue)
    )
    topic.publish("old")
    document = wait_for_document(queue)
    assert document["requestContext"]["condition"] == "EventAgeExceeded"
    assert document["requestPayload"]["Records"][0]["Sns"]["Message"] == "old"
    assert document.get("responsePayload") is None
    message = scene.dead_letter(dead)
    assert set(message["MessageAttributes"]) == {"RequestID", "ErrorCode", "ErrorMessage"}
    assert json.loads(message["Body"])["Records"][0]["Sns"]["Message"] == "old"


@pytest.mark.parametrize("destination", ["dead letters", "queue", "topic", "bucket"])
def test_a_destination_that_is_missing_is_waited_for(ministack_scene: Scene, destination: str) -> None:
    scene, server, name = ministack_scene, ministack_scene.server, unique("late")
    arns = {
        "dead letters": f"arn:aws:sqs:{REGION}:{server.account}:{name}",
        "queue": f"arn:aws:sqs:{REGION}:{server.account}:{name}",
        "topic": f"arn:aws:sns:{REGION}:{server.account}:{name}",
        "bucket": f"arn:aws:s3:::{name}",
    }
    topic = scene.topic()
    function = scene.function(lambda call: failing(call) if messages_in(call) == ["poison"] else None)
    more: Dict[str, Any] = {"DestinationConfig": {"OnFailure": {"Destination": arns[destination]}}}
    if destination == "dead letters":
        more = {"SNSEventSourceConfig": {"DeadLetterQueueArn": arns[destination]}}
    mapping = scene.mapping(topic, function, **more)
    topic.publish("poison")
    mapping.wait_for_result(
        lambda result: result and result.startswith("PROBLEM: ") and not result.startswith(CALL_FAILED)
    )
    line = scene.process.wait_for_log(
        lambda log: log.get("mapping") == mapping.uuid and arns[destination] in json.dumps(log)
        and log["level"] != "info"
    )
    assert line
    # Nobody waits behind it.
    topic.publish("good")
    function.wait_for(lambda: "good" in messages_of(function), "the message behind")
    if destination == "topic":
        # Whether its queue is subscribed before the record is published is a race; SNS drops what nobody wants.
        Topic(server, name, scene.queue())
    elif destination == "bucket":
        _, content = Bucket(server, name).wait_for_object(30)
        assert json.loads(content)["requestPayload"] == function.invocations[0].event
    else:
        body = json.loads(Queue(server, name).wait_for_message(30)["Body"])
        event = body if destination == "dead letters" else body["requestPayload"]
        assert event == function.invocations[0].event
    mapping.wait_for_result(lambda result: result == "OK", timeout=30)
    # Waiting for the destination is no further try of the function.
    assert messages_of(function).count("poison") == 3


def test_destinations_can_be_added_and_taken_away(ministack_scene: Scene) -> None:
    topic, one, two = ministack_scene.topic(), ministack_scene.queue(), ministack_scene.queue()
    function = ministack_scene.function(failing)
    mapping = ministack_scene.mapping(topic, function)
    assert mapping.created["DestinationConfig"] == {"OnFailure": {}}
    topic.publish("first")
    function.wait_for_invocations(3)
    mapping.update_and_wait(DestinationConfig=on_failure(one), SNSEventSourceConfig=on_messages(dead_letters=two))
    topic.publish("second")
    assert wait_for_document(one)["requestPayload"]["Records"][0]["Sns"]["Message"] == "second"
    assert wait_for_document(two)["Records"][0]["Sns"]["Message"] == "second"
    updated = mapping.update_and_wait(DestinationConfig={}, SNSEventSourceConfig={})
    assert updated["DestinationConfig"] == {"OnFailure": {}}
    assert "DeadLetterQueueArn" not in updated["SNSEventSourceConfig"]
    topic.publish("third")
    function.wait_for_invocations(9)
    mapping.wait_for_deliveries(9)
    assert one.receive() == two.receive() == []


def test_only_so_many_of_a_function_are_tried_at_once(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene("--async-concurrency", "3")
    meeting = threading.Barrier(3)

    def meet(_: Invocation) -> Answer:
        meeting.wait(15)
        return None

    topic, function, other = scene.topic(), scene.function(meet), scene.function()
    scene.mapping(topic, function)
    scene.mapping(topic, other)
    for number in range(12):
        topic.publish(f"message-{number}")
    function.wait_for_invocations(12, timeout=20)
    # Each waited until three were there at once.
    assert function.most_at_once == 3
    other.wait_for_invocations(12)


@pytest.mark.parametrize("end", ["disable", "delete"])
@each_kind
def test_accepted_events_are_delivered_though_the_mapping_ends(
    ministack_scene: Scene, kind: str, end: str
) -> None:
    """As Lambda's own queue does, which knows nothing of the source."""
    inlet, release = ministack_scene.inlet(kind), threading.Event()

    def work(call: Invocation) -> Answer:
        release.wait(20)
        return failing(call) if call.number <= 4 else None

    function = ministack_scene.function(work)
    mapping = ministack_scene.mapping(inlet, function)
    for number in range(4):
        inlet.send(f"event-{number}")
    function.wait_for_invocations(4)
    if end == "disable":
        mapping.update_and_wait(Enabled=False)
    else:
        mapping.delete_and_wait()
    release.set()
    # All failed once, and are tried again.
    function.wait_for_invocations(8)
    assert sorted(inlet.names(function)) == sorted([f"event-{number}" for number in range(4)] * 2)


def test_a_reset_forgets_accepted_events(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene("--async-retry-delay", "500ms")
    topic, function = scene.topic(), scene.function(failing)
    scene.mapping(topic, function)
    topic.publish("forgotten")
    function.wait_for_invocations(1)
    assert scene.wire.request("POST", "/_headrace/reset").status in (200, 204)
    put_function(scene.process, function.name, function.url)
    scene.mapping(topic, function)
    topic.publish("after")
    # Its third try comes after the other's would have come.
    function.wait_for(lambda: messages_of(function).count("after") == 3, "three tries of the later one")
    assert messages_of(function).count("forgotten") == 1
