"""Templates that cannot be: one clear error with the logical id, and nothing is changed."""

from __future__ import annotations

import concurrent.futures
import json
import random
import threading
from typing import Any, Callable, Dict

import pytest

from headrace_process import run_headrace

from peers.waiting import wait_until
from templates.stacks import Stacks, WriteTemplate

ARN = "arn:aws:sqs:us-east-1:000000000000:orders"


def of(properties: Any, **resources: Any) -> Dict[str, Any]:
    """With a queue, which must not be made where the mapping cannot be."""
    return {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Broken": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties},
            **resources,
        }
    }


BROKEN = [
    (of({"EventSourceArn": {"Ref": "Nobody"}, "FunctionName": "f"}), "Broken: 'Nobody' is neither a resource nor a parameter"),
    (of({"EventSourceArn": ARN, "FunctionName": "f", "BatchSize": 0}), "Broken: "),
    (of({"EventSourceArn": ARN, "FunctionName": "f", "BatchSize": "many"}), "Broken: BatchSize has to be a whole number"),
    (of({"EventSourceArn": ARN, "FunctionName": "f", "StartingPosition": "LATEST"}), "Broken: "),
    (of({"EventSourceArn": ARN}), "Broken: FunctionName is missing"),
    (of({"EventSourceArn": ARN, "FunctionName": "f", "Nope": 1}), "Broken: Nope is not a property here"),
    (of({"EventSourceArn": {"Fn::Nope": 1}, "FunctionName": "f"}), "Broken: Fn::Nope is no function"),
    (of({"EventSourceArn": {"Fn::GetAtt": ["Queue", "Nope"]}, "FunctionName": "f"}), "Broken: "),
    (
        of({"EventSourceArn": ARN, "FunctionName": {"Ref": "A"}}, A={"Type": "AWS::Lambda::Function", "DependsOn": "Broken"}),
        "Circular dependency",
    ),
    (of({"EventSourceArn": ARN, "FunctionName": "f", "FilterCriteria": {"Filters": [{"Pattern": "{"}]}}), "Broken: "),
    ("{", "not valid JSON"), ("a: [", "not valid YAML"), ("a: !Nope b", "the tag !Nope is unknown"), ("", "the template is empty"),
    ("[]", "a template has to be an object"), ({"Resources": []}, "Resources has to be an object"),
    ('{"Resources": ' + '{"a": ' * 300 + "1" + "}" * 301, "nested deeper"), ("a: " + "[" * 5000, "not valid YAML"),
    (b"\xff\xfe", "not UTF-8"), ({"Parameters": {"P": {"Type": "String"}}, "Resources": {}}, "Parameters: [P] must have values"),
]


@pytest.mark.parametrize("template, text", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_template_changes_nothing(template: Any, text: str, stacks: Stacks) -> None:
    for plan in ("true", "false"):
        status, answer = stacks.post("shop", template, create_sources="true", plan=plan)
        assert status == 400, answer
        assert text in answer["message"]
    assert stacks.mappings() == [] and stacks.queue_names() == []
    assert stacks.request("GET", "shop")[0] == 404


@pytest.mark.parametrize(
    "name, query, text",
    [
        ("1shop", {}, "no name of a stack"), ("shop", {"nope": "1"}, "no query parameter 'nope'"),
        ("shop", {"parameter": "P"}, "NAME=VALUE"), ("shop", {"parameter": "P=1"}, "Parameters: [P] do not exist"),
        ("shop", {"plan": "maybe"}, "true or false"), ("shop", {"name": "X=y"}, "no resource of the template"),
    ],
)
def test_a_broken_request_changes_nothing(name: str, query: Dict[str, str], text: str, stacks: Stacks) -> None:
    status, answer = stacks.post(name, {"Resources": {}}, **query)
    assert status == 400 and text in answer["message"], answer


def test_a_source_that_is_not_there_is_told_with_its_remedy(stacks: Stacks) -> None:
    template = of(
        {"EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]}, "FunctionName": "f", "StartingPosition": "LATEST"},
        Table={"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "t"}},
    )
    status, answer = stacks.post("shop", template)
    assert status == 400 and "Broken" in answer["message"] and "--create-sources" in answer["message"]


def test_what_fails_half_way_is_undone(stacks: Stacks) -> None:
    good = {"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}, "FunctionName": "f"}
    template = of(good)
    assert stacks.post("shop", template, create_sources="true")[0] == 200
    before = stacks.mappings()
    queues = stacks.queue_names()

    # What is changed, made and replaced beside a mapping of a queue that is not there.
    template["Resources"]["Broken"]["Properties"] = {**good, "BatchSize": 3}
    template["Resources"]["Another"] = {"Type": "AWS::SQS::Queue"}
    template["Resources"]["Missing"] = {
        "Type": "AWS::Lambda::EventSourceMapping", "DependsOn": ["Broken", "Another"],
        "Properties": {"EventSourceArn": ARN, "FunctionName": "f"},
    }
    status, answer = stacks.post("shop", template, create_sources="true")
    assert status == 400 and answer["message"].startswith("Missing: ") and "undone" in answer["message"]
    after = stacks.mappings()
    assert [(mapping["UUID"], mapping["BatchSize"]) for mapping in after] == [
        (mapping["UUID"], mapping["BatchSize"]) for mapping in before
    ]
    assert stacks.queue_names() == queues
    assert stacks.request("GET", "shop")[1]["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.parametrize("seed", range(4))
def test_a_stack_whose_process_was_killed_is_there_or_is_not(seed: int, start_stacks: Callable[..., Stacks]) -> None:
    """kill -9 at any moment of a creation; the next start takes away what was made."""
    pause = random.Random(seed).uniform(0.05, 0.9)
    print(f"seed {seed}: killed after {pause:.3f} s")
    resources: Dict[str, Any] = {}
    for number in range(120):
        resources[f"Q{number}"] = {"Type": "AWS::SQS::Queue"}
        resources[f"M{number}"] = {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"EventSourceArn": {"Fn::GetAtt": [f"Q{number}", "Arn"]}, "FunctionName": "f"},
        }
    first = start_stacks()

    def apply() -> None:
        try:
            first.post("shop", {"Resources": resources}, create_sources="true")
        except OSError:
            pass

    thread = threading.Thread(target=apply)
    thread.start()
    thread.join(pause)
    first.process.kill()
    thread.join()

    second = start_stacks()
    status, stack = wait_until(
        lambda: second.request("GET", "shop"),
        lambda answer: answer[0] == 404 or answer[1]["StackStatus"].endswith("_COMPLETE"),
        timeout=60, what="the stack is settled",
    )
    mappings, queues = second.mappings(), second.queue_names()
    print(f"seed {seed}: {stack.get('StackStatus', 'gone')}, {len(mappings)} mappings")
    if status == 404:
        assert mappings == [] and queues == []
    else:
        assert len(mappings) == 120 and len(queues) == 120


def test_nobody_listens(binary: str, write: WriteTemplate) -> None:
    path = write("t.json", {"Resources": {}})
    result = run_headrace(binary, "apply", path, "--url", "http://127.0.0.1:9")
    assert result.returncode == 1
    assert "no answer" in result.stderr and "headrace serve" in result.stderr


@pytest.mark.parametrize(
    "arguments, text",
    [
        (["/nowhere"], "no such file or folder"), (["{folder}"], "manifest.json"),
        (["{file}", "--parameter", "P"], "KEY=VALUE"), (["{file}", "--parameter", "P=1"], "no template has 'P'"),
        (["{file}", "{file}", "--stack-name", "x"], "names one stack"),
    ],
)
def test_the_command_line_names_what_is_wrong(arguments: Any, text: str, stacks: Stacks, write: WriteTemplate) -> None:
    path = write("folder/t.json", {"Resources": {}})
    values = {"file": path, "folder": path.rsplit("/", 1)[0]}
    assert text in stacks.refused("apply", *[argument.format(**values) for argument in arguments])


def test_parameters_and_names_are_given_on_the_command_line(stacks: Stacks, write: WriteTemplate) -> None:
    stacks.server.client("sqs").create_queue(QueueName="orders")
    path = write(
        "shop.yaml",
        """
        Parameters:
          Size: {Type: Number, Default: 1}
        Resources:
          Queue: {Type: AWS::SQS::Queue}
          Worker: {Type: AWS::Lambda::Function}
          Mapping:
            Type: AWS::Lambda::EventSourceMapping
            Properties:
              EventSourceArn: !GetAtt Queue.Arn
              FunctionName: !Ref Worker
              BatchSize: !Ref Size
        """,
    )
    outcome = stacks.apply(path, "--parameter", "Size=4", "--name", "Queue=orders", "--name", "Worker=work")
    assert [change["ResourceType"] for change in outcome["Changes"]] == ["AWS::Lambda::EventSourceMapping"]
    mapping = stacks.mappings()[0]
    assert mapping["EventSourceArn"] == ARN and mapping["BatchSize"] == 4
    assert mapping["FunctionArn"].endswith(":function:work")
    assert json.dumps(outcome["Functions"]) == '[{"LogicalResourceId": "Worker", "FunctionName": "work"}]'


def doubling(levels: int, double: Callable[[Any], Any]) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = double(value)
    return value


def aliases(key: str) -> str:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    return "\n".join([*lines, key])


def conditions(levels: int) -> Dict[str, Any]:
    both = {f"C{n}": {"Fn::And": [{"Condition": f"C{n - 1}"}] * 2} for n in range(1, levels)}
    return {
        "Conditions": {"C0": {"Fn::Equals": [1, 1]}, **both},
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Condition": f"C{levels - 1}"}},
    }


SMALL_AND_ENDLESS = [
    of({"FunctionName": doubling(29, lambda below: {"Fn::Sub": ["${a}${a}", {"a": below}]})}),
    of({"FunctionName": doubling(38, lambda below: {"Fn::ToJsonString": [below]})}),
    of({"FunctionName": doubling(90, lambda below: {"Fn::Sub": ["${a}", {"a": below}]})}),
    aliases("? *a59\n: 1"), aliases("*a59 : 1"), aliases("a: *a59"), "[" * 990 + "]" * 990, "{" * 200_000,
    {"Conditions": {"C0": {"Fn::Equals": [1, 1]}, **{f"C{n}": {"Condition": f"C{n - 1}"} for n in range(1, 20_000)}},
     "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Condition": "C19999"}}},
    {"Resources": {
        f"F{n}": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": {"Fn::Sub": f"${{F{n - 1}}}${{F{n - 1}}}"} if n else "f"}}
        for n in range(60)
    }},
]


def test_little_text_that_means_much_keeps_nobody_waiting(stacks: Stacks) -> None:
    with concurrent.futures.ThreadPoolExecutor(len(SMALL_AND_ENDLESS)) as pool:
        answers = [pool.submit(stacks.post, f"s{n}", each) for n, each in enumerate(SMALL_AND_ENDLESS)]
        status, _ = stacks.post("conditions", conditions(60), plan="true")
        assert status == 200
        assert stacks.request("GET", "nobody")[0] == 404
        assert [answer.result(60)[0] for answer in answers] == [400] * len(answers)
