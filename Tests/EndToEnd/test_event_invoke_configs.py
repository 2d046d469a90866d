"""How functions want to be invoked asynchronously: the five operations, as clients of AWS know them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Callable, Dict
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError

from conftest import StartHeadrace, make_boto_client
from lambda_wire import LambdaWire

MISMATCH = "The derived qualifier from the function name does not match the specified qualifier."
NO_SETTING = "You must specify at least one of error handling or destination setting."


def arn(account: str, name: str) -> str:
    return f"arn:aws:lambda:us-east-1:{account}:function:{name}"


def settings_of(answer: Dict[str, Any]) -> Dict[str, Any]:
    """Without what every answer has."""
    assert abs((datetime.now(timezone.utc) - answer["LastModified"]).total_seconds()) < 60
    return {key: value for key, value in answer.items() if key not in ("ResponseMetadata", "LastModified")}


def refusal(call: Callable[..., Any], **parameters: Any) -> Any:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    error = refused.value.response["Error"]
    return refused.value.response["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error["Message"]


def test_settings_come_and_go(boto: Any, account: str) -> None:
    nobody = {"OnSuccess": {}, "OnFailure": {}}
    latest = {"FunctionArn": arn(account, "f:$LATEST"), "DestinationConfig": nobody}
    made = boto.put_function_event_invoke_config(
        FunctionName="f", MaximumRetryAttempts=2, MaximumEventAgeInSeconds=60
    )
    assert settings_of(made) == {**latest, "MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60}
    changed = boto.update_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=0)
    assert settings_of(changed) == {**latest, "MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
    replaced = boto.put_function_event_invoke_config(FunctionName="f", Qualifier="$LATEST", MaximumRetryAttempts=1)
    assert settings_of(replaced) == {**latest, "MaximumRetryAttempts": 1}
    found = boto.get_function_event_invoke_config(FunctionName=arn(account, "f"))
    assert settings_of(found) == settings_of(replaced)
    deleted = boto.delete_function_event_invoke_config(FunctionName="f")
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    text = f"The function {arn(account, 'f:$LATEST')} doesn't have an EventInvokeConfig"
    for call in (boto.get_function_event_invoke_config, boto.delete_function_event_invoke_config):
        assert refusal(call, FunctionName="f") == (404, "ResourceNotFoundException", text)
    assert refusal(boto.update_function_event_invoke_config, FunctionName="f", MaximumRetryAttempts=1) == (
        404, "ResourceNotFoundException", text
    )


def test_destinations_are_kept(boto: Any, account: str) -> None:
    destinations = {
        "OnSuccess": {"Destination": arn(account, "told")}, "OnFailure": {"Destination": "arn:aws:s3:::failed"}
    }
    made = boto.put_function_event_invoke_config(FunctionName="f", DestinationConfig=destinations)
    assert made["DestinationConfig"] == destinations
    assert boto.get_function_event_invoke_config(FunctionName="f")["DestinationConfig"] == destinations


def test_each_qualifier_has_its_own_and_they_are_listed(boto: Any, account: str) -> None:
    for name, qualifier in (("f", None), ("f", "1"), ("f:prod", None), ("g", None)):
        named = {"Qualifier": qualifier} if qualifier else {}
        boto.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=1, **named)
    pages = boto.get_paginator("list_function_event_invoke_configs").paginate(
        FunctionName="f", PaginationConfig={"PageSize": 2}
    )
    found = [[config["FunctionArn"] for config in page["FunctionEventInvokeConfigs"]] for page in pages]
    assert found == [[arn(account, "f:$LATEST"), arn(account, "f:1")], [arn(account, "f:prod")]]


BAD: Dict[str, Any] = {
    "nothing": ({}, "InvalidParameterValueException", NO_SETTING),
    "other qualifier": (
        {"FunctionName": "f:1", "Qualifier": "2", "MaximumRetryAttempts": 1}, "InvalidParameterValueException", MISMATCH
    ),
    "too often": (
        {"MaximumRetryAttempts": 3}, "ValidationException",
        "1 validation error detected: Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: "
        "Member must have value less than or equal to 2",
    ),
    "all at once": (
        {"Qualifier": "a b", "MaximumRetryAttempts": -1, "MaximumEventAgeInSeconds": 59}, "ValidationException",
        "3 validation errors detected: ",
    ),
    "no destination": (
        {"DestinationConfig": {"OnSuccess": {"Destination": "arn:aws:iam:us-east-1:000000000000:function:f"}}},
        "InvalidParameterValueException",
        "The provided destination config DestinationConfig(onSuccess=OnSuccess("
        "destination=arn:aws:iam:us-east-1:000000000000:function:f), onFailure=null) is invalid.",
    ),
    "event bus": (
        {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:events:us-east-1:000000000000:event-bus/b"}}},
        "InvalidParameterValueException",
        "Headrace sends no records to event buses: arn:aws:events:us-east-1:000000000000:event-bus/b",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_makes_no_sense_is_refused_and_changes_nothing(server: Any, account: str, name: str) -> None:
    boto = make_boto_client(server.url, account, check_parameters=False)
    parameters, code, text = BAD[name]
    status, found, message = refusal(boto.put_function_event_invoke_config, **{"FunctionName": "f", **parameters})
    assert (status, found) == (400, code)
    assert message.startswith(text)
    assert boto.list_function_event_invoke_configs(FunctionName="f")["FunctionEventInvokeConfigs"] == []


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b'{"MaximumRetryAttempts":"1"}', b'{"MaximumRetryAttempts":1.5}', b'{"DestinationConfig":[]}']
)
def test_what_is_not_of_the_shape_is_refused(wire: LambdaWire, body: bytes) -> None:
    answer = wire.request("PUT", "/2019-09-25/functions/f/event-invoke-config", body)
    assert (answer.status, answer.error_type) == (400, "SerializationException"), answer


def test_the_name_may_be_an_encoded_arn(wire: LambdaWire, account: str) -> None:
    path = f"/2019-09-25/functions/{quote(arn(account, 'f:prod'), safe='')}/event-invoke-config"
    assert wire.request("PUT", path, {"MaximumRetryAttempts": 0}).json["FunctionArn"] == arn(account, "f:prod")
    assert wire.request("GET", path).status == 200


def test_accounts_do_not_see_each_others(wire: LambdaWire, server: Any, account: str) -> None:
    path = "/2019-09-25/functions/f/event-invoke-config"
    assert wire.request("PUT", path, {"MaximumRetryAttempts": 0}).status == 200
    assert LambdaWire(server.port, "111111111111").request("GET", path).status == 404
    assert LambdaWire(server.port, account, "eu-west-1").request("GET", path).status == 404


def test_settings_outlive_the_process_and_no_reset(start_headrace: StartHeadrace) -> None:
    path = "/2019-09-25/functions/f/event-invoke-config"
    first = start_headrace()
    assert LambdaWire(first.port).request("PUT", path, {"MaximumRetryAttempts": 0}).status == 200
    first.kill()
    second = LambdaWire(start_headrace().port)
    assert second.request("GET", path).json["MaximumRetryAttempts"] == 0
    assert second.request("POST", "/_headrace/reset").status == 204
    assert second.request("GET", path).status == 404
