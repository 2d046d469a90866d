"""What was answered 202 is on disk: over a restart, and over a kill in the middle of writing."""

from __future__ import annotations

import threading
from typing import Any

from lambda_wire import LambdaWire
from parallel_writer import Writer
from source_types import ALL, queue_request


def test_everything_is_there_after_a_restart(start_headrace: Any, account: str) -> None:
    first = start_headrace()
    wire = LambdaWire(first.port, account)
    for kind in ALL:
        wire.created(kind.request(account, **kind.options, Tags={"type": kind.name}))
    gone = wire.created(queue_request(account, "gone"))["UUID"]
    wire.delete(gone)
    disabled = wire.created(queue_request(account, "disabled", Enabled=False))["UUID"]
    before = wire.list().json
    assert first.stop() == 0

    wire = LambdaWire(start_headrace().port, account)
    assert wire.list().json == before
    assert wire.get(gone).status == 404
    assert wire.get(disabled).json["State"] == "Disabled"
    for mapping, kind in zip(before["EventSourceMappings"], ALL):
        assert wire.get(mapping["UUID"]).json == mapping
        assert wire.list_tags(mapping["EventSourceMappingArn"]).json == {"Tags": {"type": kind.name}}
        # The claims are there as well.
        assert wire.create(kind.request(account, **kind.options)).status == kind.repeated


def test_a_marker_is_good_after_a_restart(start_headrace: Any, account: str) -> None:
    first = start_headrace()
    wire = LambdaWire(first.port, account)
    created = [wire.created(queue_request(account, f"queue-{number}"))["UUID"] for number in range(5)]
    marker = wire.list({"MaxItems": 3}).json["NextMarker"]
    assert first.stop() == 0

    wire = LambdaWire(start_headrace().port, account)
    rest = wire.list({"Marker": marker}).json["EventSourceMappings"]
    assert [mapping["UUID"] for mapping in rest] == created[3:]


def test_memory_databases_forget(start_headrace: Any, account: str) -> None:
    first = start_headrace(database=":memory:")
    wire = LambdaWire(first.port, account)
    # More than one connection has to see the same memory.
    uuid = wire.created(queue_request(account, "orders"))["UUID"]
    assert [LambdaWire(first.port, account).get(uuid).status for _ in range(20)] == [200] * 20
    assert first.stop() == 0
    assert LambdaWire(start_headrace(database=":memory:").port, account).get(uuid).status == 404


def test_a_kill_amid_parallel_creates_loses_nothing_that_was_answered(start_headrace: Any, account: str) -> None:
    first = start_headrace()
    answered = threading.Semaphore(0)
    writers = [Writer(first.port, account, number, answered) for number in range(32)]
    for writer in writers:
        writer.start()
    for _ in range(300):
        assert answered.acquire(timeout=60), "the creates came to a halt"
    first.kill()
    for writer in writers:
        writer.join(60)
        assert not writer.is_alive()
        assert not writer.refused

    wire = LambdaWire(start_headrace().port, account, keep_alive=True)
    expected = {uuid: queue for writer in writers for uuid, queue in writer.created.items()}
    assert len(expected) >= 300
    for uuid, queue in expected.items():
        answer = wire.get(uuid)
        assert answer.status == 200, f"{uuid} was answered 202 and is lost"
        assert answer.json["EventSourceArn"].endswith(":" + queue)

    # At most the creates in flight may be there unanswered, one for each writer.
    total, marker = 0, None
    while True:
        listed = wire.list({"Marker": marker} if marker else None).json
        total += len(listed["EventSourceMappings"])
        marker = listed.get("NextMarker")
        if marker is None:
            break
    assert len(expected) <= total <= len(expected) + len(writers)
