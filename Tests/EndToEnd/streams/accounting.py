"""What was put and what arrived, held against each other."""

from __future__ import annotations

from typing import Dict, List, Sequence

from peers.http_function import HTTPFunction, identity
from streams.kinesis_stream import Put
from streams.records import shard_of


def assert_once_in_order(function: HTTPFunction, puts: Sequence[Put]) -> None:
    """Every record arrived exactly once, those of a shard in the order in which they were put."""
    counts = function.ids
    expected = {put.id for put in puts}
    lost, foreign = expected - set(counts), set(counts) - expected
    assert not lost and not foreign, f"lost: {sorted(lost)[:20]}, never put: {sorted(foreign)[:20]}"
    twice = {identifier: count for identifier, count in counts.items() if count > 1}
    assert not twice, f"delivered more than once: {twice}"
    arrived: Dict[str, List[str]] = {}
    for record in function.records:
        arrived.setdefault(shard_of(record), []).append(identity(record))
    for shard, ids in arrived.items():
        assert ids == [put.id for put in puts if put.shard == shard], f"{shard} is out of order"


def assert_nothing_lost(function: HTTPFunction, puts: Sequence[Put]) -> None:
    """Every record arrived; first arrivals of each partition key in the order in which they were put."""
    lost = {put.id for put in puts} - set(function.ids)
    assert not lost, f"lost: {sorted(lost)[:20]}"
    assert_keys_in_order(function, puts)


def assert_keys_in_order(function: HTTPFunction, puts: Sequence[Put]) -> None:
    """First arrivals of each partition key, through whatever shards it went, in the order in which they were put."""
    seen: Dict[str, List[str]] = {}
    known = set()
    for record in function.records:
        identifier = identity(record)
        if identifier not in known:
            known.add(identifier)
            seen.setdefault(record["kinesis"]["partitionKey"], []).append(identifier)
    for key, ids in seen.items():
        assert ids == [put.id for put in puts if put.key == key and put.id in known], f"{key} is out of order"
