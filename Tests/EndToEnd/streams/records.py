"""Reading what a function was given of a stream."""

from __future__ import annotations

import base64
from typing import Any, Dict, Iterable, List

Record = Dict[str, Any]


def data_of(record: Record) -> bytes:
    """What the producer put into a Kinesis record."""
    return base64.b64decode(record["kinesis"]["data"], validate=True)


def texts_of(records: Iterable[Record]) -> List[str]:
    """The same of several, as text."""
    return [data_of(record).decode() for record in records]


def sequence_of(record: Record) -> str:
    return record["kinesis"]["sequenceNumber"] if "kinesis" in record else record["dynamodb"]["SequenceNumber"]


def shard_of(record: Record) -> str:
    return record["eventID"].split(":")[0]


def numbered_records(count: int, key: str = "key", prefix: str = "record") -> List["tuple[str, str]"]:
    """So many pairs of data and partition key, all with different data."""
    return [(f"{prefix}-{number}", key) for number in range(count)]


def spread_records(count: int, keys: int, prefix: str = "record") -> List["tuple[str, str]"]:
    """The same over several partition keys, one after the other."""
    return [(f"{prefix}-{number}", f"key-{number % keys}") for number in range(count)]
