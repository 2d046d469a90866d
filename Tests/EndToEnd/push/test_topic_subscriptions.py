"""A mapping's subscription beside those of others: made with the answer, kept as one, taken away with the mapping."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, List

import pytest

from lambda_wire import LambdaWire

from peers.aws_servers import AWSServer
from peers.child_process import free_port
from peers.http_function import HTTPFunction
from peers.http_peer import Reply
from peers.mappings import Mapping
from peers.stage import put_function
from peers.topics import Topic
from peers.waiting import wait_until
from push.conftest import QUICK, TOPIC_WAYS
from push.scene import Scene, messages_of, own_queue
from push.scripted_sns import ScriptedSNS, error


def test_a_mappings_life_leaves_the_topic_as_it_was(topic_scene: Scene) -> None:
    scene, topic, function = topic_scene, topic_scene.topic(topic_scene.queue()), topic_scene.function()
    before = topic.subscriptions()
    assert len(before) == 1
    mapping = scene.mapping(topic, function, wait=False)
    # Made, and confirmed, before the answer came.
    (own,) = own_subscriptions(topic, before)
    if scene.by_queue:
        assert (own["Protocol"], own["Endpoint"]) == ("sqs", own_queue(mapping, scene.server))
    else:
        assert own["Protocol"] == "http"
        assert own["Endpoint"] == f"{scene.process.url}/_headrace/events/sns/{mapping.uuid}"
    attributes = topic.subscription_attributes(own["SubscriptionArn"])
    assert attributes["PendingConfirmation"] == "false"
    assert attributes["RawMessageDelivery"] == "false"

    assert mapping.update(Enabled=False)["State"] == "Disabling"
    assert topic.subscriptions() == before
    mapping.wait_for_state("Disabled")
    topic.publish("unseen")

    assert mapping.update(Enabled=True)["State"] == "Enabling"
    assert len(own_subscriptions(topic, before)) == 1
    topic.publish("seen")
    function.wait_for_invocations()
    assert messages_of(function) == ["seen"]

    assert mapping.delete().status == 202
    assert topic.subscriptions() == before
    assert not scene.has_own_queue(mapping)


def own_subscriptions(topic: Topic, others: List[Dict[str, str]]) -> List[Dict[str, str]]:
    """Those that are not the others', all of which are there."""
    found = topic.subscriptions()
    assert all(each in found for each in others), found
    return [each for each in found if each not in others]


def test_created_disabled_it_subscribes_when_it_is_enabled(topic_scene: Scene) -> None:
    topic, function = topic_scene.topic(), topic_scene.function()
    mapping = topic_scene.mapping(topic, function, Enabled=False)
    assert topic.subscriptions() == []
    mapping.update(Enabled=True)
    topic.publish("seen")
    function.wait_for_invocations()
    mapping.update_and_wait(Enabled=False)
    assert topic.subscriptions() == []
    mapping.delete_and_wait()
    assert not topic_scene.has_own_queue(mapping)


def test_a_message_right_behind_the_answer_is_never_missed(topic_scene: Scene) -> None:
    function = topic_scene.function()
    topics = [topic_scene.topic() for _ in range(20)]
    for topic in topics:
        topic_scene.mapping(topic, function, wait=False)
        topic.publish(topic.name)
    function.wait_for_invocations(20, timeout=20)
    assert sorted(messages_of(function)) == sorted(topic.name for topic in topics)


def test_an_update_keeps_the_subscription(topic_scene: Scene) -> None:
    topic, old, new = topic_scene.topic(), topic_scene.function(), topic_scene.function()
    mapping = topic_scene.mapping(topic, old)
    before = topic.subscriptions()
    mapping.update_and_wait(FunctionName=new.name)
    assert topic.subscriptions() == before
    topic.publish("for the new one")
    new.wait_for_invocations()
    assert messages_of(new) == ["for the new one"] and not old.invocations


@pytest.mark.parametrize(
    ("way", "end"),
    [
        ("ministack-http", "stop"), ("ministack-http", "kill"), ("moto-http", "stop"), ("ministack-sqs", "kill"),
        ("roto-sqs", "stop"),
    ],
)
def test_a_restart_keeps_one_subscription(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction, request: Any, way: str, end: str
) -> None:
    """At the same address the same one; a mapping is found there and not subscribed twice."""
    server_name, flags = TOPIC_WAYS[way]
    server: AWSServer = request.getfixturevalue(server_name)
    port = ("--port", str(free_port()))
    scene = own_scene(*flags, *port, server=server)
    put_function(scene.process, "worker", function.url)
    topic = scene.topic(scene.queue())
    mapping = scene.mapping(topic, "worker")
    before = topic.subscriptions()
    assert len(before) == 2
    topic.publish("before")
    # What the journal shows is done: it does not come again.
    mapping.wait_for_deliveries()
    if end == "kill":
        scene.process.kill()
    else:
        assert scene.process.stop() == 0
    # Whether it was stopped or not, what it made is still there: it comes back.
    assert topic.subscriptions() == before
    if scene.by_queue:
        topic.publish("meanwhile")
    process = start_headrace(*QUICK, *flags, *port, environment=server.whole_environment)
    topic.publish("after")
    expected = ["before", "meanwhile", "after"] if scene.by_queue else ["before", "after"]
    function.wait_for_invocations(len(expected))
    assert sorted(messages_of(function)) == sorted(expected)
    assert topic.subscriptions() == before
    mapping.on(process).delete_and_wait()
    assert len(topic.subscriptions()) == 1


@pytest.mark.parametrize("name", ["ministack", "moto"])
def test_at_another_address_the_old_subscription_is_replaced(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction, request: Any, name: str
) -> None:
    server: AWSServer = request.getfixturevalue(name)
    scene = own_scene(server=server)
    put_function(scene.process, "worker", function.url)
    topic = scene.topic()
    mapping = scene.mapping(topic, "worker")
    (before,) = topic.subscriptions()
    scene.process.kill()
    process = start_headrace(*QUICK, environment=server.whole_environment)
    endpoint = f"{process.url}/_headrace/events/sns/{mapping.uuid}"
    assert endpoint != before["Endpoint"]
    wait_until(lambda: [each["Endpoint"] for each in topic.subscriptions()], lambda seen: seen == [endpoint])
    wait_until(lambda: is_confirmed(topic), what="that it is confirmed")
    topic.publish("after")
    function.wait_for_invocations()
    assert messages_of(function) == ["after"]
    mapping.on(process).delete_and_wait()
    assert topic.subscriptions() == []


def is_confirmed(topic: Topic) -> bool:
    (own,) = topic.subscriptions()
    return topic.subscription_attributes(own["SubscriptionArn"])["PendingConfirmation"] == "false"


@pytest.mark.parametrize("way", ["ministack-http", "moto-http", "roto-sqs"])
def test_a_subscription_that_was_removed_behind_its_back_is_there_again_after_a_restart(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction, request: Any, way: str
) -> None:
    server_name, flags = TOPIC_WAYS[way]
    server: AWSServer = request.getfixturevalue(server_name)
    port = ("--port", str(free_port()))
    scene = own_scene(*flags, *port, server=server)
    put_function(scene.process, "worker", function.url)
    topic = scene.topic()
    mapping = scene.mapping(topic, "worker")
    (subscription,) = topic.subscriptions()
    server.client("sns").unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    scene.process.kill()
    process = start_headrace(*QUICK, *flags, *port, environment=server.whole_environment)
    wait_until(topic.subscriptions, what="that the subscription is there again")
    wait_until(lambda: is_confirmed(topic), what="that it is confirmed")
    topic.publish("after")
    function.wait_for_invocations()
    mapping.on(process).delete_and_wait()
    assert topic.subscriptions() == []


def test_the_public_url_is_what_sns_is_given(own_scene: Callable[..., Scene]) -> None:
    """Where Headrace listens on one address and is reached by another, as in a container."""
    port = str(free_port())
    scene = own_scene("--port", port, "--public-url", f"http://localhost:{port}")
    topic, function = scene.topic(), scene.function()
    mapping = scene.mapping(topic, function)
    (own,) = topic.subscriptions()
    assert own["Endpoint"] == f"http://localhost:{port}/_headrace/events/sns/{mapping.uuid}"
    topic.publish("hello")
    function.wait_for_invocations()


def test_a_topic_that_is_gone_is_no_obstacle_to_the_end(topic_scene: Scene) -> None:
    topic, function = topic_scene.topic(), topic_scene.function()
    mapping = topic_scene.mapping(topic, function)
    topic.delete()
    mapping.delete_and_wait()
    wait_until(lambda: not topic_scene.has_own_queue(mapping), what="that no queue is left")


# What SNS does that no server here does, or does not do on demand.


@pytest.fixture
def orders(own_scene: Callable[..., Scene], scripted_sns: ScriptedSNS) -> Scene:
    return own_scene(**scripted_sns.environment)


def create(scene: Scene, sns: ScriptedSNS, **parameters: Any) -> Mapping:
    created = scene.wire.created({"EventSourceArn": sns.topic, **parameters})
    mapping = Mapping(scene.process, scene.wire, created)
    scene.mappings.append(mapping)
    return mapping


def test_the_confirmation_is_made_by_an_action_and_its_address_never_fetched(
    orders: Scene, scripted_sns: ScriptedSNS
) -> None:
    function = orders.function()
    mapping = create(orders, scripted_sns, FunctionName=function.name)
    (subscription,) = scripted_sns.subscriptions.values()
    assert subscription.is_confirmed
    assert subscription.endpoint == f"{orders.process.url}/_headrace/events/sns/{mapping.uuid}"
    assert scripted_sns.answers == [200]
    confirmation = next(given for action, given in scripted_sns.calls if action == "ConfirmSubscription")
    assert (confirmation["Token"], confirmation["TopicArn"]) == (subscription.token, scripted_sns.topic)
    assert scripted_sns.publish("hello", Subject="s") == [200]
    (call,) = function.wait_for_invocations()
    assert call.records[0]["EventSubscriptionArn"] == subscription.arn
    assert not [action for action, _ in scripted_sns.calls if action.startswith("GET ")], "an address was fetched"
    mapping.delete_and_wait()
    assert scripted_sns.subscriptions == {}


def test_a_confirmation_that_does_not_come_is_not_waited_for_for_long(
    orders: Scene, scripted_sns: ScriptedSNS
) -> None:
    """The answer comes within five seconds and a little; what is missing shows, and is made good when SNS asks."""
    scripted_sns.asks = False
    function = orders.function()
    begun = time.monotonic()
    mapping = create(orders, scripted_sns, FunctionName=function.name)
    assert time.monotonic() - begun < 8
    mapping.wait_for_result(lambda result: result and result.startswith("PROBLEM: "))
    (subscription,) = scripted_sns.subscriptions.values()
    assert scripted_sns.ask(subscription) == 200
    wait_until(lambda: subscription.is_confirmed, what="the confirmation")
    mapping.wait_for_result(lambda result: result and not result.startswith("PROBLEM: "))
    assert scripted_sns.publish("late") == [200]
    function.wait_for_invocations()


@pytest.mark.parametrize("action", ["Subscribe", "ConfirmSubscription"])
def test_a_hiccup_of_sns_is_made_good(orders: Scene, scripted_sns: ScriptedSNS, action: str) -> None:
    failures = [error(500, "InternalError", "sorry"), error(400, "Throttled", "Rate exceeded")]
    scripted_sns.fault = lambda name, _: failures.pop() if name == action and failures else None
    function = orders.function()
    mapping = create(orders, scripted_sns, FunctionName=function.name)
    wait_until(
        lambda: [each.is_confirmed for each in scripted_sns.subscriptions.values()], lambda seen: seen == [True], 20
    )
    assert scripted_sns.publish("hello") == [200]
    function.wait_for_invocations()
    mapping.wait_for_result(lambda result: result == "OK")


def test_what_sns_refuses_shows(orders: Scene, scripted_sns: ScriptedSNS) -> None:
    refusal = error(403, "AuthorizationError", "You shall not subscribe")
    scripted_sns.fault = lambda name, _: refusal if name == "Subscribe" else None
    answer = orders.wire.create({"EventSourceArn": scripted_sns.topic, "FunctionName": "f"})
    if answer.status == 400:
        assert answer.error_type == "InvalidParameterValueException"
        assert "AuthorizationError" in answer.error_text and "You shall not subscribe" in answer.error_text
    else:
        assert answer.status == 202, answer
        mapping = Mapping(orders.process, orders.wire, answer.json)
        result = mapping.wait_for_result(lambda result: result and result.startswith("PROBLEM: "))
        assert result and "AuthorizationError" in result


def test_sns_that_is_away_at_the_end_does_not_hold_up_a_deletion(
    orders: Scene, scripted_sns: ScriptedSNS
) -> None:
    mapping = create(orders, scripted_sns, FunctionName="f")
    scripted_sns.fault = lambda _, __: Reply(b"", 503)
    begun = time.monotonic()
    assert mapping.delete().status == 202
    assert time.monotonic() - begun < 8
    wait_until(lambda: LambdaWire(orders.process.port, orders.server.account).get(mapping.uuid).status,
               lambda status: status == 404, 15, "the deletion")
    # And what is left behind is taken away when SNS is back.
    scripted_sns.fault = lambda _, __: None
    wait_until(lambda: not scripted_sns.subscriptions, timeout=20, what="that the subscription is gone")
