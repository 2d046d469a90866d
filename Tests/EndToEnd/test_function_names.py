"""Every way to name a function, and that a name matches whole functions only."""

from __future__ import annotations

from typing import Any

import pytest

from lambda_wire import LambdaWire
from source_types import SQS, fill

ARN = "arn:aws:lambda:us-east-1:{account}:function:"

# (as asked, as answered after "function:"). The first seven are recorded; the others documented.
FORMS = [
    ("handler", "handler"),
    ("handler:$LATEST", "handler:$LATEST"),
    ("handler:1", "handler:1"),
    ("handler:myalias", "handler:myalias"),
    (ARN + "handler", "handler"),
    (ARN + "handler:1", "handler:1"),
    (ARN + "handler:myalias", "handler:myalias"),
    (ARN + "handler:$LATEST", "handler:$LATEST"),
    ("function:handler", "handler"),
    ("function:handler:1", "handler:1"),
    ("{account}:function:handler", "handler"),
    ("{account}:function:handler:myalias", "handler:myalias"),
    ("under_score-and-dash9", "under_score-and-dash9"),
]
each_form = pytest.mark.parametrize(("asked", "answered"), FORMS, ids=[form[0] for form in FORMS])


@each_form
def test_the_answer_is_the_arn_qualified_as_asked(asked: str, answered: str, wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account, FunctionName=asked))
    assert created["FunctionArn"] == fill(ARN, account=account) + answered
    assert wire.get(created["UUID"]).json["FunctionArn"] == created["FunctionArn"]


@each_form
def test_a_list_finds_it_by_every_form(asked: str, answered: str, wire: LambdaWire, account: str) -> None:
    uuid = wire.created(SQS.request(account, FunctionName=asked))["UUID"]
    for form in (answered, "function:" + answered, "{account}:function:" + answered, ARN + answered):
        listed = wire.list({"FunctionName": fill(form, account=account)}).json["EventSourceMappings"]
        assert [mapping["UUID"] for mapping in listed] == [uuid], form


@pytest.mark.parametrize(
    "near", ["handle", "handler2", "andler", "HANDLER", "handler:1", "handler:$LATEST", "h_ndler", "handle."]
)
def test_a_list_finds_nothing_by_part_of_a_name(near: str, wire: LambdaWire, account: str) -> None:
    wire.created(SQS.request(account))
    answer = wire.list({"FunctionName": near})
    assert (answer.status, answer.json) == (200, {"EventSourceMappings": []})


@pytest.mark.parametrize("pattern", ["%", "*", "hand%"])
def test_a_list_takes_no_patterns(pattern: str, wire: LambdaWire, account: str) -> None:
    wire.created(SQS.request(account))
    answer = wire.list({"FunctionName": pattern})
    assert (answer.status, answer.error_type) == (400, "ValidationException")


def test_an_update_takes_the_same_forms(wire: LambdaWire, account: str) -> None:
    uuid = wire.created(SQS.request(account, FunctionName="first"))["UUID"]
    for asked, answered in FORMS:
        answer = wire.update(uuid, fill({"FunctionName": asked}, account=account))
        assert answer.status == 202, (asked, answer)
        assert answer.json["FunctionArn"] == fill(ARN, account=account) + answered


@pytest.mark.parametrize("name", ["two words", "a/b", "handler:", ":handler", "handler:a:b:c:d", "ünïcode"])
def test_what_is_no_function_name(name: Any, wire: LambdaWire, account: str) -> None:
    answer = wire.create(SQS.request(account, FunctionName=name))
    assert (answer.status, answer.error_type) == (400, "ValidationException")
    assert f"Value '{name}' at 'functionName' failed to satisfy constraint" in answer.error_text
