"""The served description is valid, is the checked-in one, and says of real answers what they are."""

from __future__ import annotations

from typing import Any, Dict

import pytest
import yaml
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

import source_types
from conftest import ROOT
from headrace_process import HeadraceProcess
from lambda_wire import LambdaWire
from source_types import SourceType

OPERATIONS = {
    "CreateEventSourceMapping", "GetEventSourceMapping", "ListEventSourceMappings", "UpdateEventSourceMapping",
    "DeleteEventSourceMapping", "TagResource", "UntagResource", "ListTags",
    "PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig", "GetFunctionEventInvokeConfig",
    "DeleteFunctionEventInvokeConfig", "ListFunctionEventInvokeConfigs",
}


@pytest.fixture(scope="module")
def description(server: HeadraceProcess) -> Dict[str, Any]:
    answer = LambdaWire(server.port).request("GET", "/_headrace/openapi.yaml")
    assert answer.status == 200
    assert answer.body == (ROOT / "openapi.yaml").read_bytes()
    parsed: Dict[str, Any] = yaml.safe_load(answer.body)
    return parsed


def validator(description: Dict[str, Any], name: str) -> OAS31Validator:
    """A validator of one schema, which may refer to any other of the document."""
    return OAS31Validator({"$ref": f"#/components/schemas/{name}", "components": description["components"]})


def test_the_description_is_valid_openapi(description: Dict[str, Any]) -> None:
    validate(description)


def test_every_operation_is_described(description: Dict[str, Any]) -> None:
    described = {
        operation["operationId"]
        for path in description["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
    assert OPERATIONS <= described


@pytest.mark.parametrize("kind", source_types.ALL, ids=lambda kind: kind.name)
def test_requests_and_answers_are_as_described(
    kind: SourceType, description: Dict[str, Any], wire: LambdaWire, account: str
) -> None:
    requests = validator(description, "CreateEventSourceMappingRequest")
    answers = validator(description, "EventSourceMappingConfiguration")
    for number, options in enumerate(({}, kind.options)):
        request = kind.request(account, **{**options, "FunctionName": f"handler-{number}"})
        assert [error.message for error in requests.iter_errors(request)] == []
        created = wire.created(request)
        assert [error.message for error in answers.iter_errors(created)] == []
        # A bucket has no two mappings for the same events.
        wire.delete(created["UUID"])
    # The validator does tell: nothing of this would be worth much if it took anything.
    assert list(requests.iter_errors({**request, "BatchSize": 0}))
    assert list(answers.iter_errors({**created, "BatchSize": "ten"}))
