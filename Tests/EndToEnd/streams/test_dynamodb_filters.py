"""Filters of a DynamoDB Streams mapping: the whole record, in typed values. Recorded cases, and those of 2023."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Tuple

import pytest

from streams.scene import Scene, filters

Item = Dict[str, Any]


def of_image(pattern: Any) -> Dict[str, Any]:
    return {"dynamodb": {"NewImage": pattern}}


def item(identifier: str, **attributes: Any) -> Item:
    return {"id": {"S": identifier}, **attributes}


SEEN = item("id_value_1", presentKey={"S": "presentValue"})
OTHER = item("id_value_2", other={"S": "x"})


@dataclass(frozen=True)
class Case:
    """A pattern, what is put, and which of the puts (by their place) are delivered."""

    pattern: Any
    puts: Tuple[Item, ...]
    delivered: Tuple[int, ...]


CASES: Dict[str, Case] = {
    # Recorded in 2025.
    "new or changed": Case(
        {"eventName": ["INSERT", "MODIFY"]}, (item("a"), item("a", id2={"S": "new"})), (0, 1)
    ),
    "two keys of the record itself": Case(
        {"eventName": ["INSERT"], "eventSource": ["aws:dynamodb"]}, (item("a"), item("a", id2={"S": "new"})), (0,)
    ),
    "value with its type": Case(of_image({"presentKey": {"S": ["presentValue"]}}), (SEEN, OTHER), (0,)),
    "exists with its type": Case(of_image({"presentKey": {"S": [{"exists": True}]}}), (SEEN, OTHER), (0,)),
    # Of what is no leaf, `exists: false` is true even where it is there.
    "exists false without a type": Case(of_image({"presentKey": [{"exists": False}]}), (OTHER, SEEN), (0, 1)),
    # Numbers are texts on the wire: `numeric` never matches them.
    "numeric or anything but": Case(
        of_image({"numericFilter": {"N": [{"numeric": [">", 100]}, {"anything-but": "101"}]}}),
        (item("id_value_1", numericFilter={"N": "42"}), item("id_value_2", numericFilter={"N": "101"})),
        (0,),
    ),
    "prefix": Case(
        of_image({"prefix": {"S": [{"prefix": "us-1"}]}}),
        (item("id_value_1", prefix={"S": "us-1-other-suffix"}), item("id_value_2", prefix={"S": "other-suffix"})),
        (0,),
    ),
    "time as a number": Case(
        {"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 0]}]}}, (item("a"), item("b")), (0, 1)
    ),
    # Recorded in 2023.
    "numeric alone": Case(
        of_image({"numericFilter": {"N": [{"numeric": [">", 100]}]}}),
        (item("a", numericFilter={"N": "123"}), item("b", numericFilter={"N": "12"})),
        (),
    ),
    "numeric range": Case(
        of_image({"numericFilter": {"N": [{"numeric": [">=", 100, "<", 200]}]}}),
        (item("a", numericFilter={"N": "100"}), item("b", numericFilter={"N": "12"})),
        (),
    ),
    # Second-hand: a value without its type matches nothing.
    "value without a type": Case(of_image({"presentKey": ["presentValue"]}), (SEEN, OTHER), ()),
    "exists without a type": Case(of_image({"presentKey": [{"exists": True}]}), (SEEN, OTHER), ()),
    # Our own: old images, removals, deeper values.
    "removed": Case({"eventName": ["REMOVE"]}, (item("a"),), ()),
    "changed from": Case(
        {"dynamodb": {"OldImage": {"state": {"S": ["open"]}}}},
        (item("a", state={"S": "open"}), item("a", state={"S": "done"})),
        (1,),
    ),
    "within a map": Case(
        of_image({"map": {"M": {"inner": {"S": ["x"]}}}}),
        (item("a", map={"M": {"inner": {"S": "x"}}}), item("b", map={"M": {"inner": {"S": "y"}}})),
        (0,),
    ),
}

LAST = item("the last one")
"""Admitted by a second filter, and put after all others: when it arrives, they have been judged."""


@pytest.fixture(scope="module", params=["ministack", "moto"])
def delivered(request: pytest.FixtureRequest, shared_headrace: Any) -> Any:
    """What each case delivered, all of them played at once."""
    server = request.getfixturevalue(request.param)
    scene = Scene(shared_headrace(server), server)
    functions = {}
    last = {"dynamodb": {"Keys": {"id": {"S": ["the last one"]}}}}
    for name, case in CASES.items():
        table, functions[name] = scene.table(), scene.function()
        scene.mapping(table, functions[name], wait=False, BatchSize=1, FilterCriteria=filters(case.pattern, last))
        for each in (*case.puts, LAST):
            table.put(each)

    def wait_for(name: str) -> Any:
        function = functions[name]
        function.wait_for(lambda: LAST in images(function), "the last record")
        return images(function)[:-1]

    yield wait_for
    scene.close()


def images(function: Any) -> Any:
    return [record["dynamodb"].get("NewImage") for record in function.records]


@pytest.mark.parametrize("name", CASES)
def test_a_filter_lets_through_what_matches_and_skips_the_rest(delivered: Any, name: str) -> None:
    case = CASES[name]
    assert delivered(name) == [case.puts[place] for place in case.delivered]


def test_a_removal_is_delivered_where_it_matches(table_scene: Scene) -> None:
    table, function = table_scene.table(), table_scene.function()
    table_scene.mapping(table, function, FilterCriteria=filters({"eventName": ["REMOVE"]}))
    table.put_text("a", state="open")
    table.remove("a")
    (call,) = function.wait_for_invocations()
    (record,) = call.records
    assert record["eventName"] == "REMOVE"
    assert record["dynamodb"]["Keys"] == {"id": {"S": "a"}}
    assert record["dynamodb"]["OldImage"] == {"id": {"S": "a"}, "state": {"S": "open"}}
    assert "NewImage" not in record["dynamodb"]
