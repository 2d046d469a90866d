"""Lists in pages: never more than a hundred, in order of creation, steady while mappings come and go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Optional

import pytest

from headrace_process import HeadraceProcess
from lambda_wire import LambdaWire, assert_error
from source_types import queue_request

MAPPINGS_IN_ALL = 1000


def create_many(server: HeadraceProcess, account: str, count: int, workers: int = 8) -> List[str]:
    """Creates that many mappings over a few connections and returns their ids."""

    def create_share(worker: int) -> List[str]:
        client = LambdaWire(server.port, account, keep_alive=True)
        uuids = [
            client.created(queue_request(account, f"queue-{number}"))["UUID"]
            for number in range(worker, count, workers)
        ]
        client.close()
        return uuids

    with ThreadPoolExecutor(workers) as pool:
        return [uuid for share in pool.map(create_share, range(workers)) for uuid in share]


def page(wire: LambdaWire, marker: Optional[str] = None, **query: Any) -> Dict[str, Any]:
    answer = wire.list({**query, **({"Marker": marker} if marker else {})})
    assert answer.status == 200, answer
    return answer.json


def uuids_of(listed: Dict[str, Any]) -> List[str]:
    return [mapping["UUID"] for mapping in listed["EventSourceMappings"]]


def test_a_thousand_mappings_while_others_come_and_go(
    server: HeadraceProcess, wire: LambdaWire, account: str
) -> None:
    initial = set(create_many(server, account, MAPPINGS_IN_ALL))
    assert len(initial) == MAPPINGS_IN_ALL

    seen: List[str] = []
    deleted_before_seen = set()
    inserted = set()
    marker = None
    pages = 0
    while True:
        listed = page(wire, marker, MaxItems=10000)
        assert len(listed["EventSourceMappings"]) <= 100
        seen += uuids_of(listed)
        pages += 1
        marker = listed.get("NextMarker")
        if marker is None:
            break
        assert len(listed["EventSourceMappings"]) == 100
        assert pages < 20, "the pages do not end"
        # The mapping on which the page ended goes: its marker must still be good. So goes one not yet seen.
        assert wire.delete(seen[-1]).status == 202
        unseen = sorted(initial - set(seen) - deleted_before_seen)
        if unseen:
            deleted_before_seen.add(unseen[0])
            assert wire.delete(unseen[0]).status == 202
        inserted.add(wire.created(queue_request(account, f"late-{pages}"))["UUID"])

    assert len(seen) == len(set(seen)), "a mapping is on two pages"
    assert set(seen) - inserted == initial - deleted_before_seen
    # In order of creation, whatever comes later is on a later page.
    assert inserted <= set(seen)
    assert set(seen[-len(inserted):]) == inserted


def test_order_of_creation(wire: LambdaWire, account: str) -> None:
    created = [wire.created(queue_request(account, f"queue-{number}"))["UUID"] for number in range(25)]
    wire.update(created[3], {"BatchSize": 5})
    assert uuids_of(page(wire)) == created

    walked: List[str] = []
    marker = None
    while True:
        listed = page(wire, marker, MaxItems=7)
        walked += uuids_of(listed)
        marker = listed.get("NextMarker")
        if marker is None:
            break
        assert len(listed["EventSourceMappings"]) == 7
    assert walked == created


def test_a_full_last_page_has_no_marker(server: HeadraceProcess, wire: LambdaWire, account: str) -> None:
    create_many(server, account, 100)
    listed = page(wire)
    assert len(listed["EventSourceMappings"]) == 100
    assert "NextMarker" not in listed

    extra = wire.created(queue_request(account, "one-more"))["UUID"]
    first = page(wire)
    assert len(first["EventSourceMappings"]) == 100
    assert uuids_of(page(wire, first["NextMarker"])) == [extra]


def test_pages_of_a_filtered_list(wire: LambdaWire, account: str) -> None:
    wanted = []
    for number in range(12):
        uuid = wire.created(queue_request(account, f"queue-{number}", FunctionName=f"f{number % 2}"))["UUID"]
        if number % 2:
            wanted.append(uuid)
    first = page(wire, FunctionName="f1", MaxItems=4)
    second = page(wire, first["NextMarker"], FunctionName="f1", MaxItems=4)
    assert uuids_of(first) + uuids_of(second) == wanted
    assert "NextMarker" not in second


def test_boto3_paginator(server: HeadraceProcess, boto: Any, account: str) -> None:
    created = create_many(server, account, 150)
    pages = list(boto.get_paginator("list_event_source_mappings").paginate())
    assert [len(each["EventSourceMappings"]) for each in pages] == [100, 50]
    assert sorted(uuid for each in pages for uuid in uuids_of(each)) == sorted(created)


def ascii_start(marker: str) -> str:
    """A short name for a test case."""
    return ascii(marker[:12])


@pytest.mark.parametrize("marker", ["nonsense", "1", "AAAA", "%", "9" * 400, "é", "' OR 1=1 --"], ids=ascii_start)
def test_a_marker_that_was_never_given(marker: str, wire: LambdaWire, account: str) -> None:
    wire.created(queue_request(account, "orders"))
    assert_error(wire.list({"Marker": marker}), 400, "InvalidParameterValueException")


@pytest.mark.parametrize(
    ("items", "constraint"),
    [
        ("0", "Member must have value greater than or equal to 1"),
        ("10001", "Member must have value less than or equal to 10000"),
    ],
)
def test_page_size_out_of_range(items: str, constraint: str, wire: LambdaWire) -> None:
    assert_error(
        wire.list({"MaxItems": items}), 400, "ValidationException",
        f"1 validation error detected: Value '{items}' at 'maxItems' failed to satisfy constraint: {constraint}",
    )


@pytest.mark.parametrize("items", ["many", "1.5", "99999999999999999999"])
def test_page_size_that_is_no_integer(items: str, wire: LambdaWire) -> None:
    answer = wire.list({"MaxItems": items})
    assert answer.status == 400
    assert answer.error_type in ("ValidationException", "SerializationException", "InvalidParameterValueException")
    assert "maxitems" in answer.error_text.lower()
