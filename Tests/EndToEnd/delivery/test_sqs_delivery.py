"""What becomes of a batch of messages: recorded-facts section 8, row by row, on both servers."""

from __future__ import annotations

import threading
import time
from typing import Any, Dict, List

import pytest

from delivery.scene import Scene, numbered
from peers.http_function import Answer, Invocation, failing
from peers.queues import Queue
from peers.stage import NamedFunction

VISIBILITY = 2
"""Seconds; short, because a failed message comes back after it."""


def receive_count(record: Dict[str, Any]) -> int:
    return int(record["attributes"]["ApproximateReceiveCount"])


def test_a_success_deletes_the_messages(scene: Scene) -> None:
    queue, function = scene.queue(), scene.function()
    mapping = scene.mapping(queue, function)
    sent = queue.send_all(numbered(10))
    function.wait_for_records(10)
    queue.wait_until_empty()
    assert {record["messageId"]: record["body"] for record in function.records} == sent
    scene.assert_once_each(function, sent)
    # Recorded: absent while all is well.
    assert "LastProcessingResult" not in mapping.get()


def test_a_function_error_brings_the_message_back_after_the_visibility_timeout(scene: Scene) -> None:
    queue = scene.queue(VisibilityTimeout=VISIBILITY)
    function = scene.function(lambda call: failing(call) if call.number == 1 else None)
    mapping = scene.mapping(queue, function, BatchSize=1)
    queue.send("again")
    first, second = function.wait_for_invocations(2)
    assert second.arrived - first.arrived >= VISIBILITY - 0.2
    assert [receive_count(call.records[0]) for call in (first, second)] == [1, 2]
    assert first.ids == second.ids
    queue.wait_until_empty()
    mapping.wait_for_result(lambda result: result is None)


def test_a_redrive_policy_moves_the_message_to_the_dead_letter_queue(scene: Scene) -> None:
    queue, dead = scene.queue(VisibilityTimeout=1), scene.queue()
    queue.redrive_to(dead, receives=2)
    function = scene.function(failing)
    scene.mapping(queue, function, BatchSize=1)
    sent = queue.send('{"fail": true}')
    first, second = function.wait_for_invocations(2)
    message = dead.wait_for_message()
    assert (message["MessageId"], message["Body"]) == (sent["MessageId"], '{"fail": true}')
    assert [receive_count(call.records[0]) for call in (first, second)] == [1, 2]
    assert len(function.invocations) == 2
    queue.wait_until_empty()


@pytest.mark.parametrize("types", [[], ["ReportBatchItemFailures"]], ids=["plain", "reporting"])
def test_a_function_that_raises_fails_the_whole_batch(scene: Scene, types: List[str]) -> None:
    """Good messages too: recorded with two messages that both end in the dead-letter queue."""
    queue, dead = scene.queue(VisibilityTimeout=1), scene.queue()
    queue.redrive_to(dead, receives=2)
    sent = queue.send_all(["{not a json body", '{"message": 2, "fail_attempts": 0}'])
    function = scene.function(failing)
    scene.mapping(queue, function, FunctionResponseTypes=types)
    moved = [dead.wait_for_message() for _ in range(2)]
    assert {message["MessageId"]: message["Body"] for message in moved} == sent
    assert set(function.ids.values()) == {2}
    queue.wait_until_empty()


def reported(*ids: str) -> bytes:
    entries = ",".join(f'{{"itemIdentifier": "{identifier}"}}' for identifier in ids)
    return f'{{"batchItemFailures": [{entries}]}}'.encode()


def fail_as_told(call: Invocation) -> Answer:
    """Bodies are `NAME:N`: the message fails while N >= its receive count (SQS_BIF of the recordings)."""
    failed = [
        record["messageId"]
        for record in call.records
        if int(record["body"].split(":")[1]) >= receive_count(record)
    ]
    return reported(*failed)


def test_only_the_reported_messages_come_back(scene: Scene) -> None:
    queue = scene.queue(VisibilityTimeout=VISIBILITY)
    sent = queue.send_all(["one:0", "two:1", "three:1", "four:0"])
    function = scene.function(fail_as_told)
    mapping = scene.mapping(queue, function, FunctionResponseTypes=["ReportBatchItemFailures"])
    function.wait_for(lambda: sum(function.ids.values()) >= 6, "four deliveries and two again")
    queue.wait_until_empty()
    by_body = {sent[identifier]: count for identifier, count in function.ids.items()}
    assert by_body == {"one:0": 1, "two:1": 2, "three:1": 2, "four:0": 1}
    # What a function reports is no problem of the mapping.
    assert "LastProcessingResult" not in mapping.get()


def test_without_the_response_type_the_same_answer_is_a_success(scene: Scene) -> None:
    """Assumed from the parameter's documentation: an answer is only read where it is asked for."""
    queue = scene.queue(VisibilityTimeout=1)
    sent = queue.send("one")
    function = scene.function(lambda call: reported(*call.ids))
    scene.mapping(queue, function)
    function.wait_for_invocations()
    queue.wait_until_empty()
    assert function.ids == {sent["MessageId"]: 1}


def test_reported_messages_of_a_fifo_queue_come_back_together_in_order(scene: Scene) -> None:
    """The recording of 2025-03: four messages of a group that fail 0, 1, 1 and 2 times; the last one ends as dead."""
    if scene.server.name == "moto":
        pytest.skip("moto 5.2 gives the last message of a group first when several time out together")
    queue, dead = scene.queue(fifo=True, VisibilityTimeout=VISIBILITY), scene.queue(fifo=True)
    queue.redrive_to(dead, receives=2)
    bodies = ["1:0", "2:1", "3:1", "4:2"]
    for body in bodies:
        queue.send(body, group="1")
    function = scene.function(fail_as_told)
    scene.mapping(
        queue, function, BatchSize=10, MaximumBatchingWindowInSeconds=0,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    first, second = function.wait_for_invocations(2)
    message = dead.wait_for_message()
    assert message["Body"] == "4:2"
    queue.wait_until_empty()
    assert first.bodies == bodies
    assert second.bodies == bodies[1:]
    assert [receive_count(record) for record in second.records] == [2, 2, 2]
    assert len(function.invocations) == 2


SUCCESSES: Dict[str, bytes] = {
    "empty body": b"",
    "empty string": b'""',
    "empty list": b"[]",
    "null": b"null",
    "empty object": b"{}",
    "no failures": b'{"batchItemFailures": []}',
    "null failures": b'{"batchItemFailures": null}',
}
FAILURES: Dict[str, bytes] = {
    "number": b'{"batchItemFailures": [{"itemIdentifier": 123}]}',
    "not in the batch": b'{"batchItemFailures": [{"itemIdentifier": "123"}]}',
    "empty identifier": b'{"batchItemFailures": [{"itemIdentifier": ""}]}',
    "null identifier": b'{"batchItemFailures": [{"itemIdentifier": null}]}',
    "missing key": b'{"batchItemFailures": [{"foo": "notvalid"}]}',
    "missing key, null": b'{"batchItemFailures": [{"foo": null}]}',
    # Documented, not recorded: the answer is no JSON at all.
    "not JSON": b"{batchItemFailures",
}


class AnswerCase:
    """A queue with two messages and a function that always answers the same; dead after one receive."""

    def __init__(self, scene: Scene, answer: bytes) -> None:
        self.queue, self.dead = scene.queue(VisibilityTimeout=1), scene.queue()
        self.queue.redrive_to(self.dead, receives=1)
        self.sent = self.queue.send_all(["good", "bad"])
        self.function = scene.function(lambda _: answer)
        self.mapping = scene.mapping(
            self.queue, self.function, wait=False, FunctionResponseTypes=["ReportBatchItemFailures"]
        )


@pytest.fixture(scope="module")
def answer_cases(source: Any, shared_headrace: Any) -> Any:
    """All cases at once: their waiting overlaps."""
    scene = Scene(shared_headrace(source), source)
    yield {name: AnswerCase(scene, answer) for name, answer in {**SUCCESSES, **FAILURES}.items()}
    scene.close()


@pytest.mark.parametrize("answer", SUCCESSES)
def test_a_recorded_success_form_deletes_the_batch(answer_cases: Dict[str, AnswerCase], answer: str) -> None:
    case = answer_cases[answer]
    case.function.wait_for_records(2)
    case.queue.wait_until_empty()
    assert set(case.function.ids.values()) == {1}
    # Nothing was moved: with one receive allowed, a failed message would be here.
    assert case.dead.counts() == (0, 0)


@pytest.mark.parametrize("answer", FAILURES)
def test_a_recorded_failure_form_fails_the_whole_batch(answer_cases: Dict[str, AnswerCase], answer: str) -> None:
    case = answer_cases[answer]
    case.function.wait_for_records(2)
    moved = [case.dead.wait_for_message() for _ in range(2)]
    assert {message["MessageId"]: message["Body"] for message in moved} == case.sent
    entries = case.mapping.wait_for_deliveries()
    assert entries[0]["outcome"] == "invalidAnswer"


@pytest.mark.parametrize("size", [15, 100, 1000, 10000])
def test_a_window_gathers_all_that_is_sent_meanwhile(scene: Scene, size: int) -> None:
    """Recorded: all 15 arrive. That it is one batch follows from the documentation, given a window long enough."""
    queue, function = scene.queue(), scene.function()
    # Sent before the mapping is there, so that the window covers all of it on the slowest machine.
    queue.send_all(numbered(10))
    queue.send_all(numbered(5, "more"))
    # A full batch goes out at once; the others wait for the window's end.
    window = 10 if size == 15 else 1
    begin = time.monotonic()
    scene.mapping(queue, function, BatchSize=size, MaximumBatchingWindowInSeconds=window)
    (invocation,) = function.wait_for_invocations()
    scene.skip_if_handed_out_twice(function)
    assert len(invocation.records) == 15
    assert size != 15 or invocation.arrived - begin < 5, "a full batch waited for its window"
    queue.wait_until_empty()
    assert len(function.invocations) == 1


def test_maximum_concurrency_of_two_gathers_thirty_messages_into_two_batches(scene: Scene) -> None:
    queue, function = scene.queue(), scene.function()
    queue.send_all(numbered(30))
    scene.mapping(
        queue, function, BatchSize=20, MaximumBatchingWindowInSeconds=1, ScalingConfig={"MaximumConcurrency": 2}
    )
    function.wait_for_records(30)
    queue.wait_until_empty()
    scene.skip_if_handed_out_twice(function)
    assert len(function.invocations) == 2
    assert sorted(len(call.records) for call in function.invocations) == [10, 20]


def test_batches_of_a_standard_queue_run_in_parallel_up_to_the_maximum(scene: Scene) -> None:
    queue = scene.queue()
    meeting = threading.Barrier(3)

    def meet(_: Invocation) -> Answer:
        meeting.wait(15)
        return None

    function = scene.function(meet)
    queue.send_all(numbered(9))
    scene.mapping(queue, function, BatchSize=1, ScalingConfig={"MaximumConcurrency": 3})
    function.wait_for_records(9, timeout=30)
    queue.wait_until_empty()
    # Each invocation waited until three were there at once.
    assert function.most_at_once == 3


def test_one_group_of_a_fifo_queue_is_delivered_one_after_another(scene: Scene) -> None:
    queue = scene.queue(fifo=True, VisibilityTimeout=60)
    release = threading.Event()

    def work(call: Invocation) -> Answer:
        # The first one holds the group until the test has seen that no other came meanwhile.
        if call.number == 1:
            release.wait(20)
        return None

    function = scene.function(work)
    mapping = scene.mapping(queue, function, BatchSize=1, Enabled=False)
    for number in range(5):
        queue.send(str(number), group="only")
    assert mapping.update(Enabled=True)["State"] == "Enabling"
    mapping.wait_for_state("Enabled")
    function.wait_for_invocations()
    # A message of another group gets through, which proves that Headrace had every chance to take one of this group.
    queue.send("other", group="other")
    function.wait_for(lambda: "other" in function.bodies, "the other group's message")
    assert [body for body in function.bodies if body != "other"] == ["0"]
    release.set()
    function.wait_for_records(6)
    queue.wait_until_empty()
    assert [body for body in function.bodies if body != "other"] == [str(number) for number in range(5)]
    assert set(function.ids.values()) == {1}
    calls = [call for call in function.invocations if call.bodies != ["other"]]
    for earlier, later in zip(calls, calls[1:]):
        assert earlier.ended is not None and earlier.ended <= later.arrived


def test_groups_of_a_fifo_queue_run_in_parallel(scene: Scene) -> None:
    queue = scene.queue(fifo=True, VisibilityTimeout=60)
    meeting = threading.Barrier(3)

    def meet(call: Invocation) -> Answer:
        # Only the first of each group, so that the rest does not need to come in step.
        if call.bodies[0].endswith("-0"):
            meeting.wait(15)
        return None

    function = scene.function(meet)
    for number in range(4):
        for group in "abc":
            queue.send(f"{group}-{number}", group=group)
    scene.mapping(queue, function, BatchSize=1)
    function.wait_for_records(12, timeout=30)
    queue.wait_until_empty()
    for group in "abc":
        mine = [body for body in function.bodies if body.startswith(group)]
        assert mine == [f"{group}-{number}" for number in range(4)]


def test_a_failed_message_of_a_group_holds_back_those_after_it(ministack_scene: Scene) -> None:
    """On ministack alone: a long poll of moto 5.2 does not see that a group has become free, and waits 20 s for it."""
    scene = ministack_scene
    queue = scene.queue(fifo=True, VisibilityTimeout=1)
    function = scene.function(lambda call: failing(call) if call.number <= 2 else None)
    for number in range(3):
        queue.send(str(number), group="only")
    scene.mapping(queue, function, BatchSize=1)
    function.wait_for_records(3, timeout=25)
    queue.wait_until_empty()
    assert function.bodies == ["0", "0", "0", "1", "2"]


def test_messages_wait_for_a_disabled_mapping(scene: Scene) -> None:
    queue, function = scene.queue(), scene.function()
    mapping = scene.mapping(queue, function, Enabled=False)
    assert mapping.created["State"] == "Disabled"
    queue.send_all(numbered(5))
    # Another mapping's delivery shows that Headrace is at work, and this one is left alone.
    other_queue, other = scene.queue(), scene.function()
    scene.mapping(other_queue, other)
    other_queue.send("other")
    other.wait_for_invocations()
    assert queue.counts() == (5, 0)
    assert not function.invocations
    mapping.update_and_wait(Enabled=True)
    function.wait_for_records(5)
    queue.wait_until_empty()


def test_an_updated_function_gets_the_later_messages(scene: Scene) -> None:
    queue, old, new = scene.queue(), scene.function(), scene.function()
    mapping = scene.mapping(queue, old, MaximumBatchingWindowInSeconds=1)
    queue.send("first")
    old.wait_for_invocations()
    queue.wait_until_empty()
    answer = mapping.update(FunctionName=new.name)
    assert answer["FunctionArn"].endswith(f":{new.name}")
    assert mapping.wait_for_state("Enabled")["FunctionArn"] == answer["FunctionArn"]
    queue.send("second")
    new.wait_for_invocations()
    queue.wait_until_empty()
    assert (old.bodies, new.bodies) == (["first"], ["second"])


def test_a_version_is_invoked_as_itself(scene: Scene) -> None:
    """The recorded update goes from one version's ARN to the next one's; `NAME:QUALIFIER` tells targets apart."""
    name = scene.function().name
    one, two = scene.function(name=f"{name}:1"), scene.function(name=f"{name}:2")
    queue = scene.queue()
    arn = f"arn:aws:lambda:us-east-1:{scene.server.account}:function:{name}"
    mapping = scene.mapping(queue, f"{arn}:1")
    queue.send("a")
    one.wait_for_invocations()
    queue.wait_until_empty()
    mapping.update_and_wait(FunctionName=f"{arn}:2")
    queue.send("b")
    two.wait_for_invocations()
    queue.wait_until_empty()
    assert (one.bodies, two.bodies) == (["a"], ["b"])


def test_two_functions_share_a_queue(scene: Scene) -> None:
    """Allowed (recorded), and a message goes to one of them."""
    queue, one, two = scene.queue(), scene.function(), scene.function()
    scene.mapping(queue, one, BatchSize=1)
    scene.mapping(queue, two, BatchSize=1)
    queue.send_all(numbered(20))
    queue.wait_until_empty(25)
    scene.skip_if_handed_out_twice(one, two)
    assert sorted(one.bodies + two.bodies) == sorted(numbered(20))


def test_a_missing_queue_is_refused(scene: Scene) -> None:
    """Recorded (E10): the text is SQS's own, with its name from before JSON."""
    function: NamedFunction = scene.function()
    queue: Queue = scene.queue()
    answer = scene.wire.create({"EventSourceArn": queue.arn + "-missing", "FunctionName": function.name})
    assert (answer.status, answer.error_type) == (400, "InvalidParameterValueException"), answer
    assert answer.error_text == (
        "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
        "SQS Error Message: The specified queue does not exist."
    )
