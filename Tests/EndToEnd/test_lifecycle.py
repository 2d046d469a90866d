"""The states of a mapping, with transitions that take no time, some time, and practically forever."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict

import pytest

from lambda_wire import LambdaWire, assert_error
from source_types import SQS

UPDATE_IN_USE = "Cannot update the event source mapping because it is in use."
DELETE_IN_USE = "Cannot delete the event source mapping because it is in use."

FOREVER = ("--transition-delay", "3600s")


def test_without_delay_the_answer_says_the_transition_and_the_next_request_its_end(
    wire: LambdaWire, account: str
) -> None:
    uuid = wire.created(SQS.request(account))["UUID"]

    def state() -> str:
        return wire.get(uuid).json["State"]

    assert state() == "Enabled"
    assert wire.update(uuid, {"BatchSize": 5}).json["State"] == "Updating"
    assert state() == "Enabled"
    assert wire.update(uuid, {"Enabled": False}).json["State"] == "Disabling"
    assert state() == "Disabled"
    assert wire.update(uuid, {"BatchSize": 6}).json["State"] == "Updating"
    assert state() == "Disabled"
    assert wire.update(uuid, {"Enabled": True}).json["State"] == "Enabling"
    assert state() == "Enabled"
    assert wire.delete(uuid).json["State"] == "Deleting"
    assert_error(wire.get(uuid), 404, "ResourceNotFoundException", "The resource you requested does not exist.")
    assert wire.list().json["EventSourceMappings"] == []


def test_without_delay_a_list_sees_the_end_of_the_transition_too(wire: LambdaWire, account: str) -> None:
    wire.created(SQS.request(account))
    assert [mapping["State"] for mapping in wire.list().json["EventSourceMappings"]] == ["Enabled"]


def test_a_delete_answers_the_mapping_as_it_was(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account))
    deleted = wire.delete(created["UUID"])
    assert deleted.status == 202
    changing = {"State", "LastModified"}
    assert set(deleted.json) == set(created)
    assert all(deleted.json[name] == created[name] for name in set(created) - changing)


def test_a_deleted_mapping_is_gone_for_every_operation(wire: LambdaWire, account: str) -> None:
    created = wire.created(SQS.request(account))
    wire.delete(created["UUID"])
    uuid = created["UUID"]
    for answer in (wire.get(uuid), wire.update(uuid, {"BatchSize": 1}), wire.delete(uuid)):
        assert_error(answer, 404, "ResourceNotFoundException", "The resource you requested does not exist.")


def test_a_disabled_mapping_can_be_deleted(wire: LambdaWire, account: str) -> None:
    uuid = wire.created(SQS.request(account, Enabled=False))["UUID"]
    assert wire.delete(uuid).json["State"] == "Deleting"
    assert wire.get(uuid).status == 404


def test_a_transition_lasts_as_long_as_the_delay(start_headrace: Any, account: str) -> None:
    wire = LambdaWire(start_headrace("--transition-delay", "1500ms").port, account)
    begin = time.monotonic()
    uuid = wire.created(SQS.request(account))["UUID"]
    assert wire.get(uuid).json["State"] == "Creating"
    assert_error(wire.update(uuid, {"BatchSize": 5}), 400, "ResourceInUseException", UPDATE_IN_USE)
    assert_error(wire.delete(uuid), 400, "ResourceInUseException", DELETE_IN_USE)
    assert time.monotonic() - begin < 1.5, "the machine was too slow to see the transition"

    await_state(wire, uuid, "Enabled", passing={"Creating"})
    assert time.monotonic() - begin >= 1.4

    assert wire.delete(uuid).json["State"] == "Deleting"
    begin = time.monotonic()
    assert wire.get(uuid).json["State"] == "Deleting"
    await_state(wire, uuid, None, passing={"Deleting"})
    assert time.monotonic() - begin >= 1.4


def await_state(wire: LambdaWire, uuid: str, wanted: Any, passing: set) -> None:
    """Polls until the state is reached (None: not found); any state that is not on the way fails at once."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = wire.get(uuid)
        state = answer.json["State"] if answer.status == 200 else None
        if state == wanted:
            return
        assert state in passing, f"{state} on the way to {wanted}"
    raise AssertionError(f"{wanted} was not reached within 20 s")


def assert_in_use(wire: LambdaWire, uuid: str, state: str) -> None:
    before = wire.get(uuid).json
    assert before["State"] == state
    assert [mapping["State"] for mapping in wire.list().json["EventSourceMappings"]] == [state]
    for change in ({"BatchSize": 5}, {"Enabled": True}, {"Enabled": False}, {}):
        assert_error(wire.update(uuid, change), 400, "ResourceInUseException", UPDATE_IN_USE)
    assert_error(wire.delete(uuid), 400, "ResourceInUseException", DELETE_IN_USE)
    assert wire.get(uuid).json == before


def test_a_mapping_being_created_is_in_use_and_holds_its_claim(start_headrace: Any, account: str) -> None:
    wire = LambdaWire(start_headrace(*FOREVER).port, account)
    uuid = wire.created(SQS.request(account))["UUID"]
    assert_in_use(wire, uuid, "Creating")
    duplicate = wire.create(SQS.request(account))
    assert_error(duplicate, 409, "ResourceConflictException")
    assert duplicate.error_text.endswith(f"with UUID {uuid}")


def test_created_disabled_needs_no_transition(start_headrace: Any, account: str) -> None:
    wire = LambdaWire(start_headrace(*FOREVER).port, account)
    uuid = wire.created(SQS.request(account, Enabled=False))["UUID"]
    assert wire.get(uuid).json["State"] == "Disabled"
    assert wire.update(uuid, {"Enabled": True}).json["State"] == "Enabling"
    assert_in_use(wire, uuid, "Enabling")


def test_updating_a_disabled_mapping_is_a_transition(start_headrace: Any, account: str) -> None:
    wire = LambdaWire(start_headrace(*FOREVER).port, account)
    uuid = wire.created(SQS.request(account, Enabled=False))["UUID"]
    assert wire.update(uuid, {"BatchSize": 5}).json["State"] == "Updating"
    assert_in_use(wire, uuid, "Updating")


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda wire, uuid: wire.update(uuid, {"Enabled": False}), "Disabling"),
        (lambda wire, uuid: wire.update(uuid, {"FunctionName": "other"}), "Updating"),
        (lambda wire, uuid: wire.delete(uuid), "Deleting"),
    ],
    ids=["disable", "update", "delete"],
)
def test_transitions_from_enabled(
    change: Callable[[LambdaWire, str], Any], state: str, start_headrace: Any, account: str
) -> None:
    # A first server without delay brings the mapping to Enabled; a second one holds the transition still.
    first = start_headrace()
    uuid = LambdaWire(first.port, account).created(SQS.request(account))["UUID"]
    assert first.stop() == 0

    wire = LambdaWire(start_headrace(*FOREVER).port, account)
    assert wire.get(uuid).json["State"] == "Enabled"
    answer = change(wire, uuid)
    assert (answer.status, answer.json["State"]) == (202, state)
    assert_in_use(wire, uuid, state)


@pytest.mark.parametrize(
    "parameters", [{"Enabled": False}, {"FunctionName": "other"}], ids=["disable", "other-function"]
)
def test_an_update_of_what_is_not_there_creates_nothing(
    parameters: Dict[str, Any], wire: LambdaWire
) -> None:
    answer = wire.update("11111111-2222-3333-4444-555555555555", parameters)
    assert_error(answer, 404, "ResourceNotFoundException", "The resource you requested does not exist.")
    assert wire.list().json["EventSourceMappings"] == []
