"""Functions behind a Lambda endpoint, and the rest of Lambda's API passed on to it.

ministack's and moto's Lambda run functions in containers; the endpoint is a scripted one that checks every signature
against botocore's.
"""

from __future__ import annotations

import json
from typing import Any, Callable, Iterator, List
from urllib.parse import unquote

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from headrace_process import HeadraceProcess
from lambda_wire import LambdaWire, assert_error

from delivery.scene import Scene
from delivery.scripted_lambda import FUNCTIONS, ScriptedLambda, lambda_error
from delivery.scripted_sqs import ScriptedSQS
from peers.http_function import HTTPFunction, failing
from peers.http_peer import Reply, Request
from peers.mappings import Mapping
from peers.stage import put_function


@pytest.fixture
def both(
    start_headrace: Any, scripted_lambda: ScriptedLambda, scripted_sqs: ScriptedSQS
) -> Iterator[HeadraceProcess]:
    """A Headrace between the scripted queue and the scripted Lambda; every request to the latter was signed well."""
    yield start_headrace(environment={**scripted_sqs.environment, **scripted_lambda.environment})
    assert not scripted_lambda.wrong_signatures


def mapped(process: HeadraceProcess, queue_arn: str, function: str, **parameters: Any) -> Mapping:
    wire = LambdaWire(process.port, ScriptedSQS.account)
    created = wire.created({"EventSourceArn": queue_arn, "FunctionName": function, **parameters})
    mapping = Mapping(process, wire, created)
    mapping.wait_for_state("Enabled")
    return mapping


def lambda_client(process: HeadraceProcess) -> Any:
    return boto3.client(
        "lambda",
        endpoint_url=process.url,
        region_name="us-east-1",
        aws_access_key_id=ScriptedSQS.account,
        aws_secret_access_key="unchecked",
        config=Config(retries={"total_max_attempts": 1}),
    )


def answered(body: bytes = b"null") -> Callable[[Request], Reply]:
    return lambda _: Reply(body, headers={"X-Amz-Executed-Version": "$LATEST"})


def test_the_checker_of_signatures_takes_botocores_and_no_other(scripted_lambda: ScriptedLambda) -> None:
    """The check itself, before anything rests on it."""
    scripted_lambda.functions["orders"] = answered()

    def client(secret: str) -> Any:
        return boto3.client(
            "lambda", endpoint_url=scripted_lambda.url, region_name="us-east-1",
            aws_access_key_id=scripted_lambda.access_key, aws_secret_access_key=secret,
            config=Config(retries={"total_max_attempts": 1}),
        )

    right = client(scripted_lambda.secret_key)
    assert right.list_functions()["Functions"] == [{"FunctionName": "orders"}]
    assert right.invoke(FunctionName="orders", Qualifier="a b/ü+*~", Payload=b'{"a":1}')["StatusCode"] == 200
    assert not scripted_lambda.wrong_signatures
    with pytest.raises(ClientError):
        client("wrong").list_functions()
    assert len(scripted_lambda.wrong_signatures) == 1


def test_a_batch_is_invoked_and_signed_as_botocore_signs(
    both: HeadraceProcess, scripted_lambda: ScriptedLambda, scripted_sqs: ScriptedSQS
) -> None:
    scripted_lambda.functions["orders"] = answered()
    queue = scripted_sqs.queue("orders")
    mapped(both, queue.arn, "orders")
    queue.send("größer 👩", "two")
    queue.wait_until_deleted(2)
    requests = scripted_lambda.invocations()
    bodies = [record["body"] for request in requests for record in json.loads(request.body)["Records"]]
    assert sorted(bodies) == sorted(["größer 👩", "two"])
    assert requests[0].method == "POST"
    assert requests[0].headers.get("x-amz-invocation-type", "RequestResponse") == "RequestResponse"


@pytest.mark.parametrize("token", [None, "a/session+token=="], ids=["key alone", "with session token"])
def test_credentials_of_the_environment_sign(
    start_headrace: Any, scripted_lambda: ScriptedLambda, scripted_sqs: ScriptedSQS, token: Any
) -> None:
    scripted_lambda.session_token = token
    scripted_lambda.functions["orders"] = answered()
    process = start_headrace(environment={**scripted_sqs.environment, **scripted_lambda.environment})
    queue = scripted_sqs.queue("orders")
    mapped(process, queue.arn, "orders")
    queue.send("one")
    queue.wait_until_deleted(1)
    assert not scripted_lambda.wrong_signatures


@pytest.mark.parametrize("function", ["orders:live", "orders:7", "orders:$LATEST"])
def test_the_qualifier_reaches_the_endpoint(
    both: HeadraceProcess, scripted_lambda: ScriptedLambda, scripted_sqs: ScriptedSQS, function: str
) -> None:
    scripted_lambda.functions["orders"] = answered()
    queue = scripted_sqs.queue("orders")
    mapped(both, queue.arn, function)
    queue.send("one")
    queue.wait_until_deleted(1)
    (request,) = scripted_lambda.invocations()
    qualifier = function.partition(":")[2]
    target = unquote(request.target)
    # Lambda takes it in either place.
    assert f"Qualifier={qualifier}" in target or f"orders:{qualifier}/invocations" in target


@pytest.mark.parametrize("kind", ["Handled", "Unhandled"])
def test_a_function_error_is_understood(
    both: HeadraceProcess, scripted_lambda: ScriptedLambda, scripted_sqs: ScriptedSQS, kind: str
) -> None:
    answers: List[Reply] = [Reply(b'{"errorMessage":"intended","errorType":"E"}', 200, {"X-Amz-Function-Error": kind})]
    scripted_lambda.functions["orders"] = lambda _: answers.pop() if answers else Reply()
    queue = scripted_sqs.queue("orders", visibility_timeout=3)
    mapping = mapped(both, queue.arn, "orders")
    (message,) = queue.send("again")
    failure, success = mapping.wait_for_deliveries(2)
    assert (failure["outcome"], success["outcome"]) == ("functionError", "success")
    assert "intended" in failure["error"]
    queue.wait_until_deleted(1)
    assert message.receives == 2


def test_throttling_is_tried_again_and_shown(
    both: HeadraceProcess, scripted_lambda: ScriptedLambda, scripted_sqs: ScriptedSQS
) -> None:
    throttled = [lambda_error("TooManyRequestsException", "Rate Exceeded.", 429) for _ in range(2)]
    scripted_lambda.functions["orders"] = lambda _: throttled.pop() if throttled else Reply()
    queue = scripted_sqs.queue("orders", visibility_timeout=3)
    mapping = mapped(both, queue.arn, "orders")
    queue.send("precious")
    assert mapping.wait_for_deliveries()[0]["outcome"] == "throttled"
    mapping.wait_for_result(lambda result: result and result.startswith("PROBLEM: Function call failed. "))
    queue.wait_until_deleted(1, timeout=30)
    mapping.wait_for_result(lambda result: result is None)


def test_create_with_an_unknown_function_is_refused(both: HeadraceProcess, scripted_sqs: ScriptedSQS) -> None:
    """Recorded (E3), and before the queue is looked at (the queue is unknown as well)."""
    wire = LambdaWire(both.port, ScriptedSQS.account)
    for queue in (scripted_sqs.queue("there").arn, scripted_sqs.queue("there").arn + "-not"):
        answer = wire.create({"EventSourceArn": queue, "FunctionName": "doesnotexist"})
        assert_error(answer, 400, "InvalidParameterValueException", "Function does not exist")


def test_a_queue_that_forgets_before_the_function_ends_is_refused(
    both: HeadraceProcess, scripted_lambda: ScriptedLambda, scripted_sqs: ScriptedSQS
) -> None:
    """Second-hand text of AWS."""
    scripted_lambda.functions["slow"] = answered()
    scripted_lambda.timeouts["slow"] = 180
    queue = scripted_sqs.queue("short", visibility_timeout=60)
    wire = LambdaWire(both.port, ScriptedSQS.account)
    answer = wire.create({"EventSourceArn": queue.arn, "FunctionName": "slow"})
    text = "Queue visibility timeout: 60 seconds is less than Function timeout: 180 seconds"
    assert_error(answer, 400, "InvalidParameterValueException", text)


def test_a_function_that_is_deleted_later_shows_and_recovers(
    both: HeadraceProcess, scripted_lambda: ScriptedLambda, scripted_sqs: ScriptedSQS
) -> None:
    """Recorded: the mapping stays Enabled."""
    scripted_lambda.functions["orders"] = answered()
    queue = scripted_sqs.queue("orders", visibility_timeout=3)
    mapping = mapped(both, queue.arn, "orders")
    del scripted_lambda.functions["orders"]
    queue.send("precious")
    mapping.wait_for_result(lambda result: result and result.startswith("PROBLEM: Function call failed"))
    assert mapping.get()["State"] == "Enabled"
    scripted_lambda.functions["orders"] = answered()
    queue.wait_until_deleted(1, timeout=30)


def test_other_operations_are_passed_on_and_signed_anew(
    both: HeadraceProcess, scripted_lambda: ScriptedLambda
) -> None:
    scripted_lambda.functions = {"orders": answered(b'{"sum":3}'), "other": answered()}
    client = lambda_client(both)
    assert [entry["FunctionName"] for entry in client.list_functions()["Functions"]] == ["orders", "other"]
    assert client.get_function(FunctionName="orders")["Configuration"]["FunctionName"] == "orders"
    assert client.list_functions(MaxItems=7, Marker="a b/ü+*~")["Functions"]
    assert "MaxItems=7" in scripted_lambda.requests[-1].target
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function(FunctionName="missing")
    answer = client.invoke(FunctionName="orders", Payload=b'{"a": 1, "b": 2}', Qualifier="live")
    assert (answer["StatusCode"], answer["Payload"].read()) == (200, b'{"sum":3}')
    assert answer["ExecutedVersion"] == "$LATEST"
    assert scripted_lambda.invocations()[-1].body == b'{"a": 1, "b": 2}'


def test_mapping_operations_stay_here(
    both: HeadraceProcess, scripted_lambda: ScriptedLambda, scripted_sqs: ScriptedSQS
) -> None:
    scripted_lambda.functions["orders"] = answered()
    mapping = mapped(both, scripted_sqs.queue("orders").arn, "orders")
    listed = lambda_client(both).list_event_source_mappings()["EventSourceMappings"]
    assert [entry["UUID"] for entry in listed] == [mapping.uuid]
    assert all(request.target.startswith(FUNCTIONS) for request in scripted_lambda.requests)


def test_a_large_answer_is_passed_through_whole(both: HeadraceProcess, scripted_lambda: ScriptedLambda) -> None:
    large = json.dumps("x" * 5_000_000).encode()
    scripted_lambda.functions["large"] = answered(large)
    answer = lambda_client(both).invoke(FunctionName="large", Payload=large)
    assert answer["Payload"].read() == large
    assert scripted_lambda.invocations()[-1].body == large


def test_without_an_endpoint_other_operations_are_unknown(ministack_scene: Scene) -> None:
    answer = ministack_scene.wire.request("GET", FUNCTIONS + "/")
    assert_error(answer, 404, "UnknownOperationException")
    client = lambda_client(ministack_scene.process)
    with pytest.raises(ClientError) as raised:
        client.create_function(
            FunctionName="f", Role="arn:aws:iam::000000000000:role/r", Code={"ZipFile": b"x"}, Runtime="python3.12",
            Handler="a.b",
        )
    assert raised.value.response["Error"]["Code"] == "UnknownOperationException"


def test_invoke_of_an_http_function_is_served_here(ministack_scene: Scene) -> None:
    function = ministack_scene.function(lambda call: call.payload)
    client = lambda_client(ministack_scene.process)
    payload = '{ "odd" :  "größer" }'.encode()
    answer = client.invoke(FunctionName=function.name, Payload=payload)
    assert answer["StatusCode"] == 200
    assert "FunctionError" not in answer
    assert answer["Payload"].read() == payload
    assert function.invocations[0].payload == payload

    function.behaviour = failing
    answer = client.invoke(FunctionName=function.name, Payload=b"{}")
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.loads(answer["Payload"].read())["errorMessage"] == "intended"

    function.behaviour = lambda _: None
    count = len(function.invocations)
    assert client.invoke(FunctionName=function.name, InvocationType="DryRun")["StatusCode"] == 204
    assert len(function.invocations) == count
    assert client.invoke(FunctionName=function.name, InvocationType="Event", Payload=b"{}")["StatusCode"] == 202
    function.wait_for_invocations(count + 1)


def test_invoke_of_a_runtime_function_is_served_here(
    ministack_scene: Scene, lambda_ric: Callable[..., Any]
) -> None:
    lambda_ric(f"127.0.0.1:{ministack_scene.process.port}/_headrace/runtime/adder", """
def handler(event, context):
    return event["a"] + event["b"]
""")
    client = lambda_client(ministack_scene.process)
    answer = client.invoke(FunctionName="adder", Payload=b'{"a": 1, "b": 2}')
    assert (answer["StatusCode"], answer["Payload"].read()) == (200, b"3")
    answer = client.invoke(FunctionName="adder", Payload=b'{"a": 1}')
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorType"] == "KeyError"


def test_one_lambda_endpoint_can_have_functions_elsewhere(
    both: HeadraceProcess, scripted_lambda: ScriptedLambda
) -> None:
    """A name that is configured goes to its own target; all others to the endpoint."""
    scripted_lambda.functions["remote"] = answered(b'"remote"')
    with HTTPFunction(lambda _: b'"local"') as local:
        put_function(both, "local", local.url)
        client = lambda_client(both)
        assert client.invoke(FunctionName="local")["Payload"].read() == b'"local"'
        assert client.invoke(FunctionName="remote")["Payload"].read() == b'"remote"'
