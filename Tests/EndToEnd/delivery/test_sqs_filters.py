"""Filters of an SQS mapping: a message that matches is delivered, another one is deleted; the 22 recorded cases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict

import pytest

from delivery.scene import Scene


@dataclass(frozen=True)
class Case:
    """As recorded: the pattern under `body`, and two bodies (JSON unless text)."""

    pattern: Any
    matching: Any
    other: Any


OLD = {
    "one value": Case({"testItem": ["test24"]}, {"testItem": "test24"}, {"testItem": "tesWER"}),
    "one of two values": Case(
        {"testItem": ["test24", "test45"]}, {"testItem": "test45"}, {"testItem": "WERTD"}
    ),
    "two keys": Case(
        {"testItem": ["test24", "test45"], "test2": ["go"]},
        {"testItem": "test45", "test2": "go"},
        {"testItem": "test67", "test2": "go"},
    ),
    "exists": Case({"test2": [{"exists": True}]}, {"test2": "7411"}, {"test5": "74545"}),
    "numeric-bigger": Case({"test2": [{"numeric": [">", 100]}]}, {"test2": 105}, "this is a test string"),
    "numeric-smaller": Case({"test2": [{"numeric": ["<", 100]}]}, {"test2": 93}, {"test2": 105}),
    "numeric-range": Case({"test2": [{"numeric": [">=", 100, "<", 200]}]}, {"test2": 105}, {"test2": 200}),
    "prefix": Case({"test2": [{"prefix": "us-1"}]}, {"test2": "us-1-48454"}, {"test2": "eu-wert"}),
}
NEW = {
    "single": Case({"my-key": ["my-value"]}, {"my-key": "my-value"}, {"my-key": "other-value"}),
    "or": Case(
        {"my-key": ["my-value-one", "my-value-two"]}, {"my-key": "my-value-two"}, {"my-key": "other-value"}
    ),
    "and": Case(
        {"my-key-one": ["other-filter", "my-value-one"], "my-key-two": ["my-value-two"]},
        {"my-key-one": "my-value-one", "my-key-two": "my-value-two"},
        {"my-key-one": "other-value", "my-key-two": "my-value-two"},
    ),
    "exists": Case({"my-key": [{"exists": True}]}, {"my-key": "any-value-one"}, {"other-key": "any-value-two"}),
    "numeric-bigger": Case({"my-number": [{"numeric": [">", 100]}]}, {"my-number": 101}, {"my-number": 100}),
    "numeric-smaller": Case({"my-number": [{"numeric": ["<", 100]}]}, {"my-number": 99}, {"my-number": 100}),
    "numeric-range": Case(
        {"my-number": [{"numeric": [">=", 100, "<", 200]}]}, {"my-number": 100}, {"my-number": 200}
    ),
    "prefix": Case({"my-key": [{"prefix": "yes"}]}, {"my-key": "yes-value"}, {"my-key": "no-value"}),
    "JSON against text": Case({"my-key": ["my-value"]}, {"my-key": "my-value"}, "simple string"),
}
CASES: Dict[str, Case] = {
    **{f"old {name}": case for name, case in OLD.items()},
    **{f"new {name}": case for name, case in NEW.items()},
    # Documented, not recorded.
    "text against text": Case(["plain-string"], "plain-string", "another string"),
    "text against JSON": Case(["plain-string"], "plain-string", {"plain-string": 1}),
}


def written(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body)


class Filtered:
    """A queue with both messages on it and a mapping with the filter."""

    def __init__(self, scene: Scene, case: Case) -> None:
        self.case = case
        self.queue = scene.queue()
        self.queue.send_all([written(case.matching), written(case.other)])
        self.function = scene.function()
        pattern = json.dumps({"body": case.pattern})
        self.mapping = scene.mapping(
            self.queue, self.function, wait=False, MaximumBatchingWindowInSeconds=1,
            FilterCriteria={"Filters": [{"Pattern": pattern}]},
        )


@pytest.fixture(scope="module")
def filtered(source: Any, shared_headrace: Any) -> Any:
    """All cases at once: their windows overlap."""
    scene = Scene(shared_headrace(source), source)
    yield {name: Filtered(scene, case) for name, case in CASES.items()}
    scene.close()


@pytest.mark.parametrize("name", CASES)
def test_a_filter_lets_through_what_matches_and_deletes_the_rest(filtered: Dict[str, Filtered], name: str) -> None:
    it = filtered[name]
    it.function.wait_for_invocations()
    it.queue.wait_until_empty()
    # Handed over unchanged, alone, once.
    assert [call.bodies for call in it.function.invocations] == [[written(it.case.matching)]]


def test_one_of_several_filters_is_enough(scene: Scene) -> None:
    queue, function = scene.queue(), scene.function()
    queue.send_all([json.dumps({"kind": kind}) for kind in ("a", "b", "c")])
    patterns = [{"Pattern": json.dumps({"body": {"kind": [kind]}})} for kind in "ac"]
    scene.mapping(
        queue, function, MaximumBatchingWindowInSeconds=1, FilterCriteria={"Filters": patterns}
    )
    function.wait_for_records(2)
    queue.wait_until_empty()
    assert sorted(function.bodies) == ['{"kind": "a"}', '{"kind": "c"}']


def test_a_batch_of_which_nothing_matches_invokes_nothing(scene: Scene) -> None:
    queue, function = scene.queue(), scene.function()
    scene.mapping(queue, function, FilterCriteria={"Filters": [{"Pattern": '{"body":{"kind":["wanted"]}}'}]})
    queue.send_all([json.dumps({"kind": "other", "number": number}) for number in range(10)])
    queue.wait_until_empty()
    assert not function.invocations


def test_a_filter_on_metadata_sees_the_records_own_keys(scene: Scene) -> None:
    """Documented: the record's metadata can be filtered on as well as its body."""
    queue, function = scene.queue(), scene.function()
    scene.mapping(
        queue, function,
        FilterCriteria={"Filters": [{"Pattern": '{"messageAttributes":{"kind":{"stringValue":["wanted"]}}}'}]},
    )
    queue.send("first", MessageAttributes={"kind": {"DataType": "String", "StringValue": "other"}})
    queue.send("second", MessageAttributes={"kind": {"DataType": "String", "StringValue": "wanted"}})
    queue.send("third")
    queue.wait_until_empty()
    assert function.bodies == ["second"]
