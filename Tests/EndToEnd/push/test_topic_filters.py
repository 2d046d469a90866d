"""Filter policies of an SNS mapping, through the real topic: every operator, on attributes and on bodies."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Tuple

import pytest

from peers.http_function import HTTPFunction
from peers.mappings import Mapping
from peers.topics import Topic, array, binary, number, text
from push.conftest import TOPIC_WAYS, WAYS_WITH_ATTRIBUTES
from push.scene import Scene, messages_of, on_messages

Attributes = Dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A policy, and what it lets through and what it does not."""

    policy: Any
    through: Tuple[Any, ...]
    dropped: Tuple[Any, ...]


def one(name: str, attribute: Any) -> Attributes:
    return {name: text(attribute) if isinstance(attribute, str) else attribute}


def values(*given: Any) -> Tuple[Attributes, ...]:
    """Messages of one attribute `a`: texts, or attributes."""
    return tuple(one("a", each) for each in given)


ATTRIBUTES: Dict[str, Case] = {
    "value": Case({"a": ["red"]}, values("red"), (*values("blue", "Red", "redder"), {})),
    "one of values": Case({"a": ["red", "green"]}, values("red", "green"), values("blue")),
    "two attributes": Case(
        {"a": ["x"], "b": ["y"]}, ({"a": text("x"), "b": text("y")},),
        ({"a": text("x")}, {"b": text("y")}, {"a": text("x"), "b": text("x")}),
    ),
    "prefix": Case({"a": [{"prefix": "bl"}]}, values("blue", "bl"), values("b", "able", "Blue")),
    "suffix": Case({"a": [{"suffix": ".jpg"}]}, values("a.jpg", ".jpg"), values("jpg", "a.JPG", "a.jpg.png")),
    "equals-ignore-case": Case({"a": [{"equals-ignore-case": "Red"}]}, values("red", "RED"), values("reds", "re")),
    "wildcard": Case({"a": [{"wildcard": "a*c*"}]}, values("ac", "abc", "abcd"), values("ba", "ab", "bac")),
    "anything-but": Case(
        {"a": [{"anything-but": ["small", "medium"]}]}, values("large", "smaller"), (*values("small", "medium"), {})
    ),
    "anything-but one": Case({"a": [{"anything-but": "small"}]}, values("large"), values("small")),
    "anything-but a number": Case(
        {"a": [{"anything-but": [100, 500]}]},
        values(number("101"), number("-100")), values(number("100"), number("500")),
    ),
    "anything-but prefix": Case({"a": [{"anything-but": {"prefix": "order-"}}]}, values("data"), values("order-1")),
    "anything-but wildcard": Case({"a": [{"anything-but": {"wildcard": "*ball"}}]}, values("golf"), values("football")),
    "exists": Case({"a": [{"exists": True}]}, values("x", number("1")), ({}, {"b": text("x")})),
    # Documented: an empty set of attributes matches no policy, not even this one.
    "exists false": Case({"a": [{"exists": False}]}, ({"b": text("x")},), (*values("x"), {})),
    "cidr": Case(
        {"a": [{"cidr": "10.0.0.0/24"}]}, values("10.0.0.0", "10.0.0.255"), values("10.1.1.0", "not an address")
    ),
    "number": Case(
        {"a": [{"numeric": ["=", 301.5]}]}, values(number("301.5"), number("3.015e2")), values(number("301"), "301.5")
    ),
    "plain number": Case({"a": [100]}, values(number("100")), values(number("101"), "100")),
    "greater": Case(
        {"a": [{"numeric": [">", 300]}]}, values(number("300.1"), number("1000")), values(number("300"), number("-301"))
    ),
    "range": Case(
        {"a": [{"numeric": [">=", 100, "<", 200]}]}, values(number("100"), number("199.99")),
        values(number("99.99"), number("200")),
    ),
    "number of no value": Case({"a": [{"numeric": ["<", 0]}]}, values(number("-1")), (*values(number("0")), {})),
    "in an array": Case(
        {"a": ["red", {"prefix": "bl"}]},
        values(array('["green", "red"]'), array('["blue"]'), "red"), values(array('["green"]'), array("[]")),
    ),
    "number in an array": Case(
        {"a": [{"numeric": [">", 10]}]}, values(array('[1, 11, "x"]')), values(array('[1, 2, "11"]'))
    ),
    "true and null in an array": Case(
        {"a": [True, None]}, values(array("[null]"), array("[1, true]")), values(array("[false]"))
    ),
    "or": Case(
        {"$or": [{"a": ["x"]}, {"b": [{"numeric": [">", 5]}]}]},
        ({"a": text("x")}, {"b": number("6")}), ({"a": text("y")}, {"b": number("5")}, {}),
    ),
    "or beside another": Case(
        {"c": ["z"], "$or": [{"a": ["x"]}, {"b": ["y"]}]},
        ({"c": text("z"), "a": text("x")}, {"c": text("z"), "b": text("y")}),
        ({"c": text("z")}, {"a": text("x"), "b": text("y")}),
    ),
    # Documented: attributes of this type are as if they were not there.
    "binary": Case({"a": [{"exists": False}]}, (one("a", binary(b"x")),), values("x")),
    # The policy of the README's example.
    "several at once": Case(
        {
            "color": ["red", "orange", {"prefix": "bl"}],
            "size": [{"anything-but": ["small", "medium"]}],
            "price": [{"numeric": [">", 300]}, {"numeric": [">=", 100, "<=", 200]}],
            "store": [{"exists": True}],
        },
        (
            {"color": text("red"), "size": text("large"), "price": number("301"), "store": text("fans")},
            {"color": text("blue"), "size": text("huge"), "price": number("150"), "store": number("1")},
        ),
        (
            {"color": text("red"), "size": text("small"), "price": number("301"), "store": text("fans")},
            {"color": text("green"), "size": text("large"), "price": number("301"), "store": text("fans")},
            {"color": text("red"), "size": text("large"), "price": number("250"), "store": text("fans")},
            {"color": text("red"), "size": text("large"), "price": number("301")},
        ),
    ),
}


def bodies(*given: Any) -> Tuple[str, ...]:
    """Messages: texts as they are, and all else as JSON."""
    return tuple(each if isinstance(each, str) else json.dumps(each) for each in given)


BODIES: Dict[str, Case] = {
    "value": Case({"a": ["red"]}, bodies({"a": "red"}), bodies({"a": "blue"}, {"b": "red"}, "red", '"red"', "[]", "{")),
    "deep": Case(
        {"a": {"b": {"c": ["x"]}}}, bodies({"a": {"b": {"c": "x"}}}),
        bodies({"a": {"b": "x"}}, {"c": "x"}, {"b": {"c": "x"}}),
    ),
    "several": Case(
        {"a": ["x"], "b": {"c": [{"prefix": "y"}]}}, bodies({"a": "x", "b": {"c": "yes"}, "d": 1}),
        bodies({"a": "x"}, {"b": {"c": "yes"}}, {"a": "x", "b": {"c": "no"}}),
    ),
    "prefix and suffix": Case(
        {"a": [{"prefix": "x"}, {"suffix": "y"}]}, bodies({"a": "xa"}, {"a": "ay"}), bodies({"a": "ax"}, {"a": 1})
    ),
    "equals-ignore-case": Case({"a": [{"equals-ignore-case": "Red"}]}, bodies({"a": "rEd"}), bodies({"a": "re"})),
    "wildcard": Case({"a": [{"wildcard": "x*z"}]}, bodies({"a": "xz"}, {"a": "xyz"}), bodies({"a": "xzy"})),
    "anything-but": Case({"a": [{"anything-but": ["x"]}]}, bodies({"a": "y"}, {"a": 1}), bodies({"a": "x"}, {})),
    # Documented: null and the empty text are as if they were not there.
    "exists": Case({"a": [{"exists": True}]}, bodies({"a": "x"}, {"a": 0}), bodies({"b": 1}, {"a": None}, {"a": ""})),
    "exists false": Case({"a": [{"exists": False}]}, bodies({"b": 1}, {}), bodies({"a": 1})),
    "cidr": Case({"a": [{"cidr": "2001:db8::/32"}]}, bodies({"a": "2001:db8::1"}), bodies({"a": "2001:db9::1"})),
    "numeric": Case(
        {"a": [{"numeric": [">", 0, "<=", 5]}]}, bodies({"a": 5}, {"a": 0.5}), bodies({"a": 0}, {"a": "5"})
    ),
    "numbers": Case({"a": [1]}, bodies({"a": 1}), bodies({"a": "1"}, {"a": True}, {"a": 2})),
    "true and null": Case(
        {"a": [True, None]}, bodies({"a": True}, {"a": None}), bodies({"a": False}, {"a": "true"}, {})
    ),
    "in an array": Case(
        {"a": ["x"], "b": {"c": [1]}}, bodies({"a": ["y", "x"], "b": [{"c": 2}, {"c": 1}]}),
        bodies({"a": ["y"], "b": [{"c": 1}]}, {"a": ["x"], "b": []}),
    ),
    "or": Case(
        {"$or": [{"a": {"b": ["x"]}}, {"c": [{"numeric": ["<", 0]}]}]},
        bodies({"a": {"b": "x"}}, {"c": -1}), bodies({"a": {"b": "y"}, "c": 1}, {}),
    ),
    "or within": Case(
        {"a": {"$or": [{"b": ["x"]}, {"c": ["y"]}]}, "d": ["z"]},
        bodies({"a": {"b": "x"}, "d": "z"}, {"a": {"c": "y"}, "d": "z"}),
        bodies({"a": {"b": "x"}}, {"b": "x", "d": "z"}, {"a": {"c": "x"}, "d": "z"}),
    ),
}


class Filtered:
    """A topic, a mapping with the policy, and all of the case's messages published; the first of them once more."""

    def __init__(self, scene: Scene, case: Case, scope: str) -> None:
        self._scene, self._case, self._scope = scene, case, scope
        self.topic: Topic = scene.topic()
        self.function: HTTPFunction = scene.function()
        config = on_messages(case.policy, None if scope == "MessageAttributes" else scope)
        self.mapping: Mapping = scene.mapping(
            self.topic, self.function, wait=False, SNSEventSourceConfig=config
        )
        assert self.mapping.created["SNSEventSourceConfig"]["FilterPolicyScope"] == scope
        for index, each in enumerate((*case.dropped, *case.through)):
            self.publish(each, index)

    def publish(self, each: Any, index: int) -> None:
        """The message says which it is: in its text, or where that is filtered, in its subject."""
        if self._scope == "MessageBody":
            self.topic.publish(each, Subject=f"{index}")
        else:
            self.topic.publish(f"{index}", each)

    def seen(self) -> List[str]:
        if self._scope == "MessageBody":
            return sorted(record["Sns"]["Subject"] for record in self.function.records)
        return sorted(messages_of(self.function))

    def expected(self) -> List[str]:
        before = len(self._case.dropped)
        return sorted(f"{before + index}" for index in range(len(self._case.through)))

    def assert_filtered(self) -> None:
        expected = self.expected()
        self.function.wait_for(lambda: set(expected) <= set(self.seen()), f"{expected}, and not {self.seen()}", 15)
        if self._scene.by_queue:
            self._scene.wait_until_accepted(self.mapping)
        self.publish(self._case.through[0], 99)
        self.function.wait_for(lambda: "99" in self.seen(), "the last message")
        assert self.seen() == sorted([*expected, "99"])


ALL_CASES = {
    **{("MessageAttributes", name): case for name, case in ATTRIBUTES.items()},
    **{("MessageBody", name): case for name, case in BODIES.items()},
}


@pytest.fixture(scope="module", params=WAYS_WITH_ATTRIBUTES)
def filtered(request: pytest.FixtureRequest, shared_headrace: Any) -> Any:
    """All cases one behind the other, ahead of the tests; what goes wrong in one goes wrong in its own test."""
    name, flags = TOPIC_WAYS[request.param]
    server = request.getfixturevalue(name)
    scene = Scene(shared_headrace(server, *flags), server, flags)
    pool = ThreadPoolExecutor(max_workers=1)
    yield {key: pool.submit(Filtered, scene, case, key[0]) for key, case in ALL_CASES.items()}
    pool.shutdown()
    scene.close()


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_policy_on_attributes(filtered: Dict[Tuple[str, str], "Future[Filtered]"], name: str) -> None:
    filtered["MessageAttributes", name].result().assert_filtered()


@pytest.mark.parametrize("name", BODIES)
def test_a_policy_on_the_body(filtered: Dict[Tuple[str, str], "Future[Filtered]"], name: str) -> None:
    filtered["MessageBody", name].result().assert_filtered()


def test_a_policy_can_be_changed_and_taken_away(attributes_scene: Scene) -> None:
    scene, topic, function = attributes_scene, attributes_scene.topic(), attributes_scene.function()
    mapping = scene.mapping(topic, function, SNSEventSourceConfig=on_messages({"a": ["x"]}))

    def publish_and_wait(first: str, second: str, last: Attributes) -> None:
        topic.publish(first, one("a", "x"))
        topic.publish(second, one("a", "y"))
        if scene.by_queue:
            scene.wait_until_accepted(mapping)
        topic.publish(f"after {second}", last)
        function.wait_for(lambda: f"after {second}" in messages_of(function), "the last message")

    publish_and_wait("1x", "1y", one("a", "x"))
    changed = on_messages({"a": ["y"]})
    answer = mapping.update(SNSEventSourceConfig=changed)["SNSEventSourceConfig"]
    assert answer == {**changed, "FilterPolicyScope": "MessageAttributes"}
    mapping.wait_for_state("Enabled")
    publish_and_wait("2x", "2y", one("a", "y"))
    assert mapping.update_and_wait(SNSEventSourceConfig={})["SNSEventSourceConfig"] == {
        "FilterPolicyScope": "MessageAttributes"
    }
    publish_and_wait("3x", "3y", {})
    function.wait_for_invocations(7)
    assert sorted(messages_of(function)) == sorted(["1x", "after 1y", "2y", "after 2y", "3x", "3y", "after 3y"])


def test_a_filtered_message_is_answered_for(ministack_scene: Scene) -> None:
    """SNS must not send it again; nothing of it is kept."""
    topic, function = ministack_scene.topic(), ministack_scene.function()
    mapping = ministack_scene.mapping(topic, function, SNSEventSourceConfig=on_messages({"a": ["x"]}))
    matching: Callable[[str], Dict[str, Any]] = lambda value: {"a": {"Type": "String", "Value": value}}
    answer = ministack_scene.post_notification(mapping, "dropped", MessageAttributes=matching("y"))
    assert (answer.status, answer.json) == (200, {"accepted": 0})
    answer = ministack_scene.post_notification(mapping, "through", MessageAttributes=matching("x"))
    assert (answer.status, answer.json) == (200, {"accepted": 1})
    function.wait_for_invocations()
    assert messages_of(function) == ["through"]
    assert mapping.get()["LastProcessingResult"] in ("No records processed", "OK")
