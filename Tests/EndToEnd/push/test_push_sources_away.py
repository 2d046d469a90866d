"""Servers of buckets and topics that are away, come late or are asked by many at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List

import pytest

from lambda_wire import LambdaWire

from peers.aws_servers import REGION, AWSServer
from peers.child_process import free_port
from peers.http_function import HTTPFunction
from peers.http_peer import Reply
from peers.mappings import Mapping
from peers.stage import NamedFunction, Source, put_function, unique
from peers.waiting import wait_until
from push.conftest import QUICK, VIA_SQS
from push.scene import CREATED, REMOVED, Scene, keys_of, messages_of, on_objects
from push.scripted_s3 import ScriptedS3, error

PROBLEM = "PROBLEM: "


def configured(bucket: Any) -> List[str]:
    """The Ids of the bucket's queue configurations."""
    return sorted(each["Id"] for each in bucket.notifications().get("QueueConfigurations", []))


def created_apart(scene: Scene, source: Source, function: NamedFunction, **parameters: Any) -> Mapping:
    """A mapping made on a connection of its own, as one client of several."""
    wire = LambdaWire(scene.process.port, scene.server.account)
    created = wire.created({"EventSourceArn": source.arn, "FunctionName": function.name, **parameters})
    mapping = Mapping(scene.process, wire, created)
    scene.mappings.append(mapping)
    return mapping


@pytest.mark.parametrize("name", ["ministack", "moto", "roto"])
def test_mappings_of_one_bucket_that_are_made_at_once_are_all_told(
    request: Any, shared_headrace: Any, name: str
) -> None:
    """A bucket's configuration is read, changed and put: two that do so at once must not undo each other."""
    server: AWSServer = request.getfixturevalue(name)
    scene = Scene(shared_headrace(server, *VIA_SQS), server, VIA_SQS)
    bucket, function = scene.bucket(), scene.function()
    with ThreadPoolExecutor(12) as pool:
        mappings: List[Mapping] = list(pool.map(
            lambda number: created_apart(
                scene, bucket, function, S3EventSourceConfig=on_objects(CREATED, prefix=f"{number}/")
            ),
            range(12),
        ))
        assert configured(bucket) == sorted(f"headrace-{mapping.uuid}" for mapping in mappings)
        list(pool.map(lambda mapping: mapping.update(S3EventSourceConfig=changed(mapping)), mappings))
        for number in range(12):
            bucket.put(f"{number}/a")
        function.wait_for_invocations(12)
        assert sorted(keys_of(function)) == sorted(f"{number}/a" for number in range(12))
        list(pool.map(lambda mapping: mapping.delete(), mappings[:11]))
    assert configured(bucket) == [f"headrace-{mappings[11].uuid}"]
    mappings[11].delete()
    assert bucket.notifications() == {}
    scene.close()


def changed(mapping: Mapping) -> Dict[str, Any]:
    """The mapping's configuration with removals as well."""
    return {**mapping.created["S3EventSourceConfig"], "Events": [CREATED, REMOVED]}


def test_of_overlapping_mappings_that_are_made_at_once_one_is_taken(bucket_scene: Scene) -> None:
    bucket = bucket_scene.bucket()
    names = [f"f-{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(
            lambda name: LambdaWire(bucket_scene.process.port, bucket_scene.server.account).create(
                {"EventSourceArn": bucket.arn, "FunctionName": name}
            ),
            names,
        ))
    assert sorted(answer.status for answer in answers) == [202] + [400] * 7, answers
    (created,) = [answer.json for answer in answers if answer.status == 202]
    assert configured(bucket) == [f"headrace-{created['UUID']}"]
    bucket_scene.wire.delete(created["UUID"])


def test_twenty_subscriptions_of_one_topic_at_once(topic_scene: Scene) -> None:
    topic, functions = topic_scene.topic(), [topic_scene.function() for _ in range(20)]
    with ThreadPoolExecutor(10) as pool:
        mappings = list(pool.map(lambda each: created_apart(topic_scene, topic, each), functions))
    assert len(topic.subscriptions()) == 20
    topic.publish("to all")
    for function in functions:
        function.wait_for_invocations()
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda mapping: mapping.delete(), mappings))
    assert topic.subscriptions() == []


def test_a_mapping_that_comes_and_goes_leaves_nothing(topic_scene: Scene) -> None:
    """Created and deleted without a breath between, again and again."""
    topic, bucket = topic_scene.topic(), topic_scene.bucket()
    for number in range(5):
        for source in (topic, bucket):
            created = topic_scene.wire.created({"EventSourceArn": source.arn, "FunctionName": f"f-{number}"})
            assert topic_scene.wire.delete(created["UUID"]).status == 202
    assert topic.subscriptions() == []
    assert bucket.notifications() == {}


AWAY = {
    # What is out of reach at the restart, and whether events are delivered all the same.
    "bucket-S3": ("bucket", "AWS_ENDPOINT_URL_S3", True),
    "bucket-SQS": ("bucket", "AWS_ENDPOINT_URL_SQS", False),
    "topic-SNS": ("topic", "AWS_ENDPOINT_URL_SNS", True),
}


@pytest.mark.parametrize("case", AWAY)
def test_a_server_that_is_away_at_a_restart_shows_and_is_waited_for(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction, case: str
) -> None:
    kind, variable, is_delivered = AWAY[case]
    scene = own_scene(*VIA_SQS)
    put_function(scene.process, "worker", function.url)
    inlet = scene.inlet(kind)
    mapping = scene.mapping(inlet, "worker")
    inlet.send("before")
    mapping.wait_for_deliveries()
    assert scene.process.stop() == 0
    away = {**scene.server.whole_environment, variable: f"http://127.0.0.1:{free_port()}"}
    process = start_headrace(*QUICK, *VIA_SQS, environment=away)
    again = mapping.on(process)
    again.wait_for_result(lambda result: result and result.startswith(PROBLEM))
    assert again.get()["State"] == "Enabled"
    inlet.send("meanwhile")
    if is_delivered:
        # What is installed already works on without the server that it was installed at.
        function.wait_for_invocations(2)
    assert process.stop() == 0
    process = start_headrace(*QUICK, *VIA_SQS, environment=scene.server.whole_environment)
    function.wait_for_invocations(2)
    mapping.on(process).wait_for_result(lambda result: result and not result.startswith(PROBLEM))
    assert sorted(inlet.names(function)) == ["before", "meanwhile"]
    mapping.on(process).delete_and_wait()


@pytest.mark.parametrize("kind", ["bucket", "topic"])
def test_a_server_that_is_not_there_at_the_create(start_headrace: Any, kind: str) -> None:
    """Nobody can say whether the source exists: either answer is honest, within a few seconds."""
    process = start_headrace(*QUICK, environment={"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"})
    arns = {"bucket": "arn:aws:s3:::photos", "topic": f"arn:aws:sns:{REGION}:000000000000:orders"}
    wire = LambdaWire(process.port, "000000000000")
    begun = time.monotonic()
    answer = wire.create({"EventSourceArn": arns[kind], "FunctionName": "f"})
    assert time.monotonic() - begun < 8
    assert answer.status in (202, 400), answer
    if answer.status == 202:
        mapping = Mapping(process, wire, answer.json)
        mapping.wait_for_result(lambda result: result and result.startswith(PROBLEM))
        begun = time.monotonic()
        mapping.delete_and_wait()
        assert time.monotonic() - begun < 15
    else:
        assert answer.error_type == "InvalidParameterValueException"


def test_a_bucket_whose_server_hiccups_gets_its_notification(
    own_scene: Callable[..., Scene], scripted_s3: ScriptedS3
) -> None:
    failures = [error(503, "SlowDown", "Please reduce your request rate."), error(500, "InternalError", "sorry")]
    scripted_s3.fault = lambda request: failures.pop() if request.method == "PUT" and failures else None
    scene = own_scene(**scripted_s3.environment)
    created = scene.wire.created({"EventSourceArn": "arn:aws:s3:::photos", "FunctionName": "f"})
    own = f"<Id>headrace-{created['UUID']}</Id>".encode()
    wait_until(lambda: own in scripted_s3.configuration("photos"), timeout=20, what="the notification")
    mapping = Mapping(scene.process, scene.wire, created)
    mapping.wait_for_result(lambda result: result and not result.startswith(PROBLEM))
    mapping.delete_and_wait()


def test_what_s3_refuses_shows(own_scene: Callable[..., Scene], scripted_s3: ScriptedS3) -> None:
    """Somebody else's notification for the same events: S3 knows of it, Headrace does not."""
    text = "Configurations overlap. Configurations on the same bucket cannot share a common event type."
    refusal = error(400, "InvalidArgument", text)
    scripted_s3.fault = lambda request: refusal if request.method == "PUT" else None
    scene = own_scene(**scripted_s3.environment)
    answer = scene.wire.create({"EventSourceArn": "arn:aws:s3:::photos", "FunctionName": "f"})
    if answer.status == 400:
        assert answer.error_type == "InvalidParameterValueException"
        assert text in answer.error_text
        assert scene.own_queues() == []
    else:
        assert answer.status == 202, answer
        mapping = Mapping(scene.process, scene.wire, answer.json)
        result = mapping.wait_for_result(lambda result: result and result.startswith(PROBLEM))
        assert result and text in result
        mapping.delete_and_wait()


def test_s3_that_is_away_at_the_end_does_not_hold_up_a_deletion(
    own_scene: Callable[..., Scene], scripted_s3: ScriptedS3
) -> None:
    scene = own_scene(**scripted_s3.environment)
    created = scene.wire.created({"EventSourceArn": "arn:aws:s3:::photos", "FunctionName": "f"})
    own = f"<Id>headrace-{created['UUID']}</Id>".encode()
    assert own in scripted_s3.configuration("photos")
    scripted_s3.fault = lambda _: Reply(b"", 503)
    begun = time.monotonic()
    mapping = Mapping(scene.process, scene.wire, created)
    assert mapping.delete().status == 202
    assert time.monotonic() - begun < 8
    wait_until(lambda: scene.wire.get(mapping.uuid).status, lambda status: status == 404, 15, "the deletion")
    # And what is left behind is taken away when S3 is back.
    scripted_s3.fault = lambda _: None
    wait_until(lambda: own not in scripted_s3.configuration("photos"), timeout=20, what="that it is gone")
    wait_until(lambda: not scene.has_own_queue(mapping), timeout=20, what="that its queue is gone")


def test_what_a_deletion_could_not_take_away_goes_after_a_restart(
    own_scene: Callable[..., Scene], start_headrace: Any, scripted_s3: ScriptedS3
) -> None:
    scene = own_scene(**scripted_s3.environment)
    created = scene.wire.created({"EventSourceArn": "arn:aws:s3:::photos", "FunctionName": "f"})
    own = f"<Id>headrace-{created['UUID']}</Id>".encode()
    scripted_s3.fault = lambda _: Reply(b"", 503)
    mapping = Mapping(scene.process, scene.wire, created)
    assert mapping.delete().status == 202
    scene.process.kill()
    assert own in scripted_s3.configuration("photos")
    scripted_s3.fault = lambda _: None
    start_headrace(*QUICK, environment={**scene.server.whole_environment, **scripted_s3.environment})
    wait_until(lambda: own not in scripted_s3.configuration("photos"), timeout=20, what="that it is gone")
    wait_until(lambda: not scene.has_own_queue(mapping), timeout=20, what="that its queue is gone")


@pytest.mark.parametrize("before", ["http", "sqs"])
def test_a_topic_is_subscribed_the_other_way_after_a_restart_with_the_other_flag(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction, before: str
) -> None:
    after = {"http": "sqs", "sqs": "http"}[before]
    scene = own_scene("--sns-via", before)
    put_function(scene.process, "worker", function.url)
    topic = scene.topic()
    mapping = scene.mapping(topic, "worker")
    assert [each["Protocol"] for each in topic.subscriptions()] == [before]
    assert scene.process.stop() == 0
    process = start_headrace(*QUICK, "--sns-via", after, environment=scene.server.whole_environment)
    wait_until(
        lambda: [each["Protocol"] for each in topic.subscriptions()], lambda seen: seen == [after], 15,
        "that only the other way is left",
    )
    mapping.on(process).wait_for_result(lambda result: result and not result.startswith(PROBLEM))
    topic.publish("hello")
    function.wait_for_invocations()
    assert messages_of(function) == ["hello"]
    mapping.on(process).delete_and_wait()
    assert topic.subscriptions() == []
    wait_until(lambda: not scene.has_own_queue(mapping), what="that no queue is left")


def test_a_bucket_is_left_alone_after_a_restart_with_the_webhook(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction
) -> None:
    """Otherwise an event would come twice, once by each way."""
    scene = own_scene()
    put_function(scene.process, "worker", function.url)
    bucket = scene.bucket()
    mapping = scene.mapping(bucket, "worker")
    assert scene.process.stop() == 0
    process = start_headrace(*QUICK, "--s3-via", "webhook", environment=scene.server.whole_environment)
    wait_until(bucket.notifications, lambda seen: seen == {}, 15, "that the notification is gone")
    record = {
        "eventName": "s3:ObjectCreated:Put",
        "s3": {"bucket": {"name": bucket.name}, "object": {"key": "posted", "size": 1, "eTag": "x"}},
    }
    answer = LambdaWire(process.port).request("POST", "/_headrace/events/s3", {"Records": [record]})
    assert answer.json == {"accepted": 1}
    function.wait_for_invocations()
    assert keys_of(function) == ["posted"]
    mapping.on(process).delete_and_wait()
    wait_until(lambda: not scene.has_own_queue(mapping), what="that no queue is left")


def test_a_reset_takes_away_what_mappings_had_made(own_scene: Callable[..., Scene]) -> None:
    """A test suite resets between its tests: buckets and topics are to know nothing of mappings that are forgotten."""
    for flags in ((), VIA_SQS):
        scene = own_scene(*flags)
        topic, bucket, function = scene.topic(), scene.bucket(), scene.function()
        mappings = [scene.mapping(source, function) for source in (topic, bucket)]
        assert scene.wire.request("POST", "/_headrace/reset").status in (200, 204)
        wait_until(topic.subscriptions, lambda seen: seen == [], 15, "that nobody is subscribed")
        wait_until(bucket.notifications, lambda seen: seen == {}, 15, "that nobody is told")
        for mapping in mappings:
            wait_until(lambda: not scene.has_own_queue(mapping), timeout=15, what="that no queue is left")
        assert scene.process.stop() == 0


def test_a_function_is_not_kept_waiting_by_slow_servers_of_others(
    own_scene: Callable[..., Scene], scripted_s3: ScriptedS3
) -> None:
    """One bucket's server hangs; topics elsewhere are served."""
    release = threading.Event()

    def hang(_: Any) -> Reply:
        release.wait(30)
        return Reply(b"", 503)

    scripted_s3.fault = hang
    scene = own_scene(**scripted_s3.environment)
    topic, function = scene.topic(), scene.function()
    thread = threading.Thread(
        target=lambda: LambdaWire(scene.process.port, scene.server.account).create(
            {"EventSourceArn": f"arn:aws:s3:::{unique('slow')}", "FunctionName": "f"}
        )
    )
    thread.start()
    begun = time.monotonic()
    scene.mapping(topic, function)
    topic.publish("hello")
    function.wait_for_invocations()
    assert time.monotonic() - begun < 4
    release.set()
    thread.join(30)
