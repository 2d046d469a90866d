"""Filters of a Kinesis mapping: on the data, decoded, and on the record's own members. What matches none is skipped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, List, Tuple

import pytest

from streams.records import texts_of
from streams.scene import Scene, filters


@dataclass(frozen=True)
class Case:
    """A pattern, and the data and partition key of a record that matches and of one that does not."""

    pattern: Any
    matching: Tuple[str, str]
    other: Tuple[str, str]


def of_data(pattern: Any, matching: Any, other: Any) -> Case:
    def text(value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value)

    return Case({"data": pattern}, (text(matching), "key"), (text(other), "key"))


CASES: Dict[str, Case] = {
    "one value": of_data({"kind": ["a"]}, {"kind": "a"}, {"kind": "b"}),
    "deeper": of_data({"a": {"b": {"c": [1]}}}, {"a": {"b": {"c": 1}}}, {"a": {"b": 1}}),
    "numeric": of_data({"n": [{"numeric": [">", 100]}]}, {"n": 101}, {"n": 100}),
    "prefix": of_data({"page": [{"prefix": "/shop"}]}, {"page": "/shop/1"}, {"page": "/home"}),
    "exists": of_data({"a": [{"exists": True}]}, {"a": "anything"}, {"b": 1}),
    "either field": of_data({"$or": [{"a": [1]}, {"b": [2]}]}, {"a": 0, "b": 2}, {"a": 0, "b": 0}),
    "JSON against text": of_data({"kind": ["a"]}, {"kind": "a"}, "plain text"),
    "text against text": of_data(["plain"], "plain", "other"),
    "text against JSON": of_data(["plain"], "plain", {"plain": 1}),
    "partition key": Case({"partitionKey": ["wanted"]}, ("x", "wanted"), ("y", "unwanted")),
    "partition key and data": Case(
        {"partitionKey": [{"prefix": "w"}], "data": {"n": [1]}}, ('{"n": 1}', "wanted"), ('{"n": 1}', "unwanted")
    ),
    "metadata": Case(
        {"eventName": ["aws:kinesis:record"], "kinesis": {"partitionKey": ["wanted"]}}, ("x", "wanted"), ("y", "other")
    ),
}


@pytest.fixture(scope="module")
def delivered(ministack: Any, shared_headrace: Any) -> Any:
    """What each case delivered, all of them played at once. The last record shows that those before it are judged."""
    scene = Scene(shared_headrace(ministack), ministack)
    functions = {}
    for name, case in CASES.items():
        stream, functions[name] = scene.stream(), scene.function()
        stream.put_all([case.other, case.matching, case.other, case.matching])
        scene.mapping(stream, functions[name], wait=False, FilterCriteria=filters(case.pattern))

    def wait_for(name: str) -> List[str]:
        functions[name].wait_for_records(2)
        return texts_of(functions[name].records)

    yield wait_for
    scene.close()


@pytest.mark.parametrize("name", CASES)
def test_a_filter_lets_through_what_matches_and_skips_the_rest(delivered: Any, name: str) -> None:
    assert delivered(name) == [CASES[name].matching[0]] * 2


def test_one_of_several_filters_is_enough(scene: Scene) -> None:
    stream, function = scene.stream(), scene.function()
    stream.put_all([(json.dumps({"kind": kind}), "key") for kind in "abcabc"])
    scene.mapping(
        stream, function, FilterCriteria=filters({"data": {"kind": ["a"]}}, {"data": {"kind": ["c"]}})
    )
    function.wait_for_records(4)
    assert [json.loads(text)["kind"] for text in texts_of(function.records)] == ["a", "c", "a", "c"]


def test_bytes_that_are_no_text_match_no_pattern_and_are_delivered_without_one(roto_scene: Scene) -> None:
    stream = roto_scene.stream()
    filtered, unfiltered = roto_scene.function(), roto_scene.function()
    roto_scene.mapping(stream, filtered, FilterCriteria=filters({"data": {"kind": [{"exists": True}]}}))
    roto_scene.mapping(stream, unfiltered)
    odd = stream.put(b"\xff\xfe\x00\x80")
    good = stream.put('{"kind": 1}')
    filtered.wait_for_records(1)
    unfiltered.wait_for_records(2)
    assert list(filtered.ids) == [good.id]
    assert list(unfiltered.ids) == [odd.id, good.id]


def test_a_batch_holds_admitted_records_only(roto_scene: Scene) -> None:
    """BatchSize counts what the function will see."""
    stream, function = roto_scene.stream(), roto_scene.function()
    stream.put_all([(json.dumps({"kind": "ab"[number % 2], "n": number}), "key") for number in range(40)])
    roto_scene.mapping(
        stream, function, BatchSize=10, MaximumBatchingWindowInSeconds=60,
        FilterCriteria=filters({"data": {"kind": ["a"]}}),
    )
    function.wait_for_records(20)
    assert [len(call.records) for call in function.invocations] == [10, 10]


def test_what_was_skipped_stays_skipped_when_the_filter_goes(scene: Scene) -> None:
    stream, function = scene.stream(), scene.function()
    mapping = scene.mapping(stream, function, FilterCriteria=filters({"data": {"kind": ["a"]}}))
    stream.put_all([('{"kind": "a"}', "key"), ('{"kind": "b"}', "key"), ('{"kind": "a", "n": 2}', "key")])
    function.wait_for_records(2)
    mapping.wait_for_result(lambda result: result == "OK")
    assert "FilterCriteria" not in mapping.update_and_wait(FilterCriteria={})
    stream.put('{"kind": "c"}')
    function.wait_for_records(3)
    assert [json.loads(text)["kind"] for text in texts_of(function.records)] == ["a", "a", "c"]
