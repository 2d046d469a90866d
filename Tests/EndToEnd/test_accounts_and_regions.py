"""Which account and region a request speaks for, and that they are strangers to each other."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import make_boto_client
from headrace_process import HeadraceProcess
from lambda_wire import LambdaWire, assert_error
from source_types import SQS


def owner_of(mapping: Any) -> Any:
    _, _, _, region, account, *_ = mapping["EventSourceMappingArn"].split(":")
    return account, region


def assert_invisible(stranger: LambdaWire, mapping: Any) -> None:
    uuid = mapping["UUID"]
    assert stranger.list().json == {"EventSourceMappings": []}
    for answer in (stranger.get(uuid), stranger.update(uuid, {"BatchSize": 1}), stranger.delete(uuid)):
        assert_error(answer, 404, "ResourceNotFoundException", "The resource you requested does not exist.")
    assert_error(stranger.list_tags(mapping["EventSourceMappingArn"]), 404, "ResourceNotFoundException")


def test_accounts_are_strangers(server: HeadraceProcess, wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account))
    other = f"{int(account) - 100_000_000_000:012}"
    assert_invisible(LambdaWire(server.port, other), created)
    assert wire.get(created["UUID"]).status == 200


def test_regions_are_strangers(server: HeadraceProcess, wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account))
    elsewhere = LambdaWire(server.port, account, region="eu-central-1")
    assert_invisible(elsewhere, created)

    twin = elsewhere.created(
        SQS.request(account, EventSourceArn=f"arn:aws:sqs:eu-central-1:{account}:orders")
    )
    assert owner_of(twin) == (account, "eu-central-1")
    assert twin["FunctionArn"] == f"arn:aws:lambda:eu-central-1:{account}:function:handler"
    assert [mapping["UUID"] for mapping in wire.list().json["EventSourceMappings"]] == [created["UUID"]]


@pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", "test", "12345678901", "1234567890123", "12345678901x"])
def test_a_key_that_is_no_account_means_the_default(key: str, start_headrace: Any) -> None:
    wire = LambdaWire(start_headrace().port, key)
    assert owner_of(wire.created(SQS.request("000000000000"))) == ("000000000000", "us-east-1")


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer token"}, {"Authorization": "AWS4-HMAC-SHA256 Credential="}],
    ids=["unsigned", "bearer", "broken"],
)
def test_a_request_without_a_usable_signature_is_served_for_the_default(headers: Any, start_headrace: Any) -> None:
    server = start_headrace("--account", "123456789012", "--region", "eu-west-1")
    client = LambdaWire(server.port)
    answer = client.request("POST", "/2015-03-31/event-source-mappings", SQS.request("123456789012"), headers=headers)
    assert answer.status == 202
    assert owner_of(answer.json) == ("123456789012", "eu-west-1")


def test_boto3_chooses_account_and_region_by_its_configuration(server: HeadraceProcess, account: str) -> None:
    client = make_boto_client(server.url, account, region="ap-southeast-2")
    created = client.create_event_source_mapping(
        **SQS.request(account, EventSourceArn=f"arn:aws:sqs:ap-southeast-2:{account}:orders")
    )
    assert owner_of(created) == (account, "ap-southeast-2")
