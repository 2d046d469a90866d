"""Shards, records and iterators in the test's own process: what the two scripted services of streams have in common."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Union

from peers.http_peer import Reply
from peers.scripted_json import Parameters, ScriptedJSON


class Refused(Exception):
    """An error that the service answers."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code)
        self.reply = stream_error(code, message, status)


def stream_error(code: str, message: str, status: int = 400) -> Reply:
    """An error as Kinesis and DynamoDB Streams write it."""
    return Reply(
        json.dumps({"__type": code, "message": message}).encode(), status,
        {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": "scripted"},
    )


@dataclass
class ScriptedRecord:
    """A record as the service writes it, its place in the shard, and when it came."""

    sequence: int
    arrived: float
    """`time.time()`."""
    wire: Dict[str, Any]


@dataclass
class ScriptedShard:
    """A shard: records in order, those before `trimmed` gone."""

    id: str
    parent: Optional[str] = None
    adjacent: Optional[str] = None
    closed: bool = False
    records: List[ScriptedRecord] = field(default_factory=list)
    trimmed: int = 0
    """Sequence numbers below this one are gone."""


class ScriptedStream:
    """Shards by their ids, in the order in which they were made."""

    def __init__(self, service: "ScriptedShards", name: str, arn: str, shards: int = 1) -> None:
        self.name = name
        self.arn = arn
        self.shards: Dict[str, ScriptedShard] = {}
        self._service = service
        self._next = 1000
        for _ in range(shards):
            self.add_shard()

    def add_shard(self, parent: Optional[str] = None, adjacent: Optional[str] = None) -> ScriptedShard:
        shard = ScriptedShard(self._service.shard_id(self), parent, adjacent)
        self.shards[shard.id] = shard
        return shard

    def put(
        self, *datas: str, shard: Optional[str] = None, key: str = "key", arrived: Optional[float] = None
    ) -> List[str]:
        """Puts a record each, by default into the first open shard; returns their sequence numbers."""
        chosen = self.shards[shard] if shard else next(each for each in self.shards.values() if not each.closed)
        sequences = []
        with self._service.lock:
            for data in datas:
                # Gaps, as there are in AWS's.
                self._next += 7
                when = time.time() if arrived is None else arrived
                wire = self._service.record(str(self._next), data, key, when)
                chosen.records.append(ScriptedRecord(self._next, when, wire))
                sequences.append(str(self._next))
        return sequences

    def split(self, shard: str) -> List[str]:
        self.shards[shard].closed = True
        return [self.add_shard(shard).id for _ in range(2)]

    def trim(self, shard: str) -> None:
        """Everything that is in the shard now is gone, as after its retention."""
        with self._service.lock:
            self.shards[shard].trimmed = self._next + 1


@dataclass(frozen=True)
class _Iterator:
    stream: str
    shard: str
    after: int
    """The sequence number that was read last."""
    generation: int


class ScriptedShards(ScriptedJSON):
    """A service of streams. `page` bounds what one list of shards holds."""

    name = "scripted"
    sequence_parameter: str
    """What GetShardIterator calls a sequence number."""

    def __init__(self, content_type: str, port: int = 0) -> None:
        self.streams: Dict[str, ScriptedStream] = {}
        self.page = 1000
        self.lock = threading.RLock()
        self._iterators: Dict[str, _Iterator] = {}
        self._generation = 0
        super().__init__(content_type, port)

    # What the services differ in.

    def shard_id(self, stream: ScriptedStream) -> str:
        raise NotImplementedError

    def record(self, sequence: str, data: str, key: str, arrived: float) -> Dict[str, Any]:
        raise NotImplementedError

    def stream_of(self, parameters: Parameters) -> ScriptedStream:
        raise NotImplementedError

    def perform(self, action: str, parameters: Parameters) -> Union[Reply, Dict[str, Any]]:
        method: Optional[Callable[[Parameters], Dict[str, Any]]] = getattr(self, f"_do_{action}", None)
        if method is None:
            return stream_error("UnknownOperationException", f"{action} is not scripted")
        with self.lock:
            try:
                return method(parameters)
            except Refused as error:
                return error.reply

    # Iterators.

    def expire_iterators(self) -> None:
        """None of the iterators that were given out is any good now."""
        with self.lock:
            self._generation += 1

    def iterator(self, stream: ScriptedStream, shard: str, after: int) -> str:
        # The service's own, never to be looked into: with characters that JSON and URLs make something of.
        token = f'AAAA+/="{len(self._iterators)}\n'
        self._iterators[token] = _Iterator(stream.name, shard, after, self._generation)
        return token

    def shard_of(self, token: Optional[str]) -> Optional[str]:
        """The shard that an iterator reads."""
        known = self._iterators.get(token or "")
        return known.shard if known else None

    def _do_GetShardIterator(self, parameters: Parameters) -> Dict[str, Any]:
        stream = self.stream_of(parameters)
        shard = stream.shards.get(parameters["ShardId"])
        if shard is None:
            raise Refused("ResourceNotFoundException", f"Shard {parameters['ShardId']} does not exist")
        after = self.position(shard, parameters)
        self.check_trimmed(shard, after)
        return {"ShardIterator": self.iterator(stream, shard.id, after)}

    def position(self, shard: ScriptedShard, parameters: Parameters) -> int:
        kind = parameters["ShardIteratorType"]
        if kind == "TRIM_HORIZON":
            return 0
        if kind == "LATEST":
            return shard.records[-1].sequence if shard.records else 0
        if kind in ("AFTER_SEQUENCE_NUMBER", "AT_SEQUENCE_NUMBER"):
            return int(parameters[self.sequence_parameter]) - (kind == "AT_SEQUENCE_NUMBER")
        if kind == "AT_TIMESTAMP":
            earlier = [each.sequence for each in shard.records if each.arrived < parameters["Timestamp"]]
            return earlier[-1] if earlier else 0
        raise Refused("ValidationException", f"unknown type of iterator: {kind}")

    def _do_GetRecords(self, parameters: Parameters) -> Dict[str, Any]:
        iterator = self._iterators.get(parameters["ShardIterator"])
        if iterator is None:
            raise Refused("InvalidArgumentException", "Invalid ShardIterator.")
        if iterator.generation != self._generation:
            raise Refused("ExpiredIteratorException", "Iterator expired.")
        stream = self.streams.get(iterator.stream)
        shard = stream.shards.get(iterator.shard) if stream else None
        if stream is None or shard is None:
            raise Refused("ResourceNotFoundException", f"Shard {iterator.shard} does not exist")
        self.check_trimmed(shard, iterator.after)
        waiting = [each for each in shard.records if each.sequence > max(iterator.after, shard.trimmed - 1)]
        taken = waiting[:parameters.get("Limit", 10_000)]
        last = taken[-1].sequence if taken else iterator.after
        ended = shard.closed and len(taken) == len(waiting)
        return {
            "Records": [each.wire for each in taken],
            "NextShardIterator": None if ended else self.iterator(stream, shard.id, last),
            "MillisBehindLatest": 1000 if len(taken) < len(waiting) else 0,
        }

    def check_trimmed(self, shard: ScriptedShard, after: int) -> None:
        """Kinesis goes on with what is left."""
