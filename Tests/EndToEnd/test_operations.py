"""Each operation once, as boto3 sees it and as bytes, and Headrace's own paths."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from lambda_wire import MAPPINGS, TAGS, LambdaWire, assert_error
from source_types import SQS

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_boto3_walks_through_every_operation(boto: Any, account: str) -> None:
    created = boto.create_event_source_mapping(**SQS.request(account, Tags={"team": "a"}))
    uuid, arn = created["UUID"], created["EventSourceMappingArn"]
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert created["State"] == "Creating"

    fetched = boto.get_event_source_mapping(UUID=uuid)
    assert fetched["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert fetched["State"] == "Enabled"

    listed = boto.list_event_source_mappings()
    assert listed["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert [mapping["UUID"] for mapping in listed["EventSourceMappings"]] == [uuid]

    updated = boto.update_event_source_mapping(UUID=uuid, BatchSize=5)
    assert updated["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert (updated["BatchSize"], updated["State"]) == (5, "Updating")

    assert boto.tag_resource(Resource=arn, Tags={"stage": "b"})["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert boto.untag_resource(Resource=arn, TagKeys=["team"])["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert boto.list_tags(Resource=arn)["Tags"] == {"stage": "b"}

    deleted = boto.delete_event_source_mapping(UUID=uuid)
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert (deleted["UUID"], deleted["State"]) == (uuid, "Deleting")
    with pytest.raises(boto.exceptions.ResourceNotFoundException):
        boto.get_event_source_mapping(UUID=uuid)


def test_create_answers_the_mapping_on_the_wire(wire: LambdaWire, account: str) -> None:
    before = time.time()
    answer = wire.create(SQS.request(account))
    assert answer.status == 202
    assert answer.headers["content-type"].startswith("application/json")
    mapping = answer.json
    assert UUID.fullmatch(mapping["UUID"])
    assert mapping["EventSourceMappingArn"] == (
        f"arn:aws:lambda:us-east-1:{account}:event-source-mapping:{mapping['UUID']}"
    )
    # A timestamp travels as a JSON number of epoch seconds, not as text.
    assert isinstance(mapping["LastModified"], (int, float))
    assert before - 2 <= mapping["LastModified"] <= time.time() + 2


def test_an_update_moves_last_modified_forward(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account))
    updated = wire.update(created["UUID"], {"BatchSize": 5}).json
    assert updated["LastModified"] >= created["LastModified"]
    assert wire.get(created["UUID"]).json["LastModified"] == updated["LastModified"]


@pytest.mark.parametrize("path", [MAPPINGS, MAPPINGS + "/"])
def test_the_collection_answers_with_and_without_trailing_slash(wire: LambdaWire, account: str, path: str) -> None:
    created = wire.request("POST", path, SQS.request(account))
    assert created.status == 202
    listed = wire.request("GET", path)
    assert listed.status == 200
    assert [mapping["UUID"] for mapping in listed.json["EventSourceMappings"]] == [created.json["UUID"]]


def test_an_empty_list_has_no_marker(wire: LambdaWire) -> None:
    assert wire.list().json == {"EventSourceMappings": []}


def test_listing_by_what_does_not_exist_is_empty_and_no_error(wire: LambdaWire, account: str) -> None:
    wire.created(SQS.request(account))
    for query in (
        {"FunctionName": "doesnotexist"},
        {"EventSourceArn": f"arn:aws:sqs:us-east-1:{account}:somequeue"},
    ):
        answer = wire.list(query)
        assert (answer.status, answer.json) == (200, {"EventSourceMappings": []})


def test_list_filters_by_source_exactly(wire: LambdaWire, account: str) -> None:
    base = f"arn:aws:sqs:us-east-1:{account}:orders"
    uuids = {
        arn: wire.created(SQS.request(account, EventSourceArn=arn))["UUID"] for arn in (base, base + "-2")
    }
    listed = wire.list({"EventSourceArn": base}).json["EventSourceMappings"]
    assert [mapping["UUID"] for mapping in listed] == [uuids[base]]


def test_list_filters_by_source_and_function_together(wire: LambdaWire, account: str) -> None:
    wanted = wire.created(SQS.request(account))
    wire.created(SQS.request(account, FunctionName="other"))
    wire.created(SQS.request(account, EventSourceArn=f"arn:aws:sqs:us-east-1:{account}:second"))
    listed = wire.list({"EventSourceArn": wanted["EventSourceArn"], "FunctionName": "handler"}).json
    assert [mapping["UUID"] for mapping in listed["EventSourceMappings"]] == [wanted["UUID"]]


def test_every_answer_has_a_request_id_of_its_own(wire: LambdaWire, account: str) -> None:
    answers = [
        wire.create(SQS.request(account)),
        wire.create(SQS.request(account)),
        wire.list(),
        wire.get("nonsense"),
        wire.request("GET", "/nowhere"),
        wire.request("GET", "/_headrace/health"),
    ]
    identifiers = [answer.headers["x-amzn-requestid"] for answer in answers]
    assert all(identifiers)
    assert len(set(identifiers)) == len(answers)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/nowhere"),
        ("GET", "/2015-03-31/functions/"),
        ("POST", "/2015-03-31/functions/handler/nothing"),
        ("PATCH", MAPPINGS),
        ("DELETE", MAPPINGS),
        ("PUT", MAPPINGS + "/"),
        ("POST", MAPPINGS + "/11111111-2222-3333-4444-555555555555"),
        ("GET", MAPPINGS + "/11111111-2222-3333-4444-555555555555/more"),
        ("GET", "/2014-01-01/event-source-mappings"),
        ("PUT", TAGS + "/arn%3Aaws%3Alambda"),
    ],
)
def test_what_is_no_operation_is_unknown(wire: LambdaWire, method: str, path: str) -> None:
    assert_error(wire.request(method, path, b"{}"), 404, "UnknownOperationException")


def test_health(wire: LambdaWire) -> None:
    answer = wire.request("GET", "/_headrace/health")
    assert answer.status == 200
    assert answer.json["status"] == "ok"


def test_reset_forgets_every_account(start_headrace: Any, account: str) -> None:
    server = start_headrace()
    first, second = LambdaWire(server.port, account), LambdaWire(server.port, "123456789012")
    arn = first.created(SQS.request(account, Tags={"team": "a"}))["EventSourceMappingArn"]
    second.created(SQS.request("123456789012"))

    answer = first.request("POST", "/_headrace/reset")
    assert (answer.status, answer.body) == (204, b"")

    for client in (first, second):
        assert client.list().json == {"EventSourceMappings": []}
    assert_error(first.list_tags(arn), 404, "ResourceNotFoundException")
    # What was claimed by a forgotten mapping is free again.
    first.created(SQS.request(account))
