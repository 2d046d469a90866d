"""A Kinesis stream on one of the servers that play AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple, Union

from peers.aws_servers import REGION, AWSServer
from peers.waiting import wait_until

Shard = Dict[str, Any]

RECORDS_PER_CALL, BYTES_PER_CALL = 500, 4_000_000
"""Limits of PutRecords, the second with some room."""


@dataclass(frozen=True)
class Put:
    """A record that was accepted."""

    id: str
    """`shard:sequenceNumber`, which a function sees as `eventID`."""
    data: bytes
    key: str

    @property
    def shard(self) -> str:
        return self.id.split(":")[0]

    @property
    def sequence(self) -> str:
        return self.id.split(":")[1]


class Stream:
    """Created on construction, and active."""

    def __init__(self, server: AWSServer, name: str, shards: int = 1) -> None:
        self.server = server
        self.name = name
        self.arn = f"arn:aws:kinesis:{REGION}:{server.account}:stream/{name}"
        self._kinesis = server.client("kinesis")
        self._count = shards
        self.create()

    def create(self) -> None:
        """Makes the stream, also once more after it was deleted."""
        self._kinesis.create_stream(StreamName=self.name, ShardCount=self._count)
        wait_until(self.status, lambda status: status == "ACTIVE", what=f"that {self.name} is active")

    def delete(self) -> None:
        self._kinesis.delete_stream(StreamName=self.name, EnforceConsumerDeletion=True)

    def status(self) -> str:
        summary = self._kinesis.describe_stream_summary(StreamName=self.name)
        return summary["StreamDescriptionSummary"]["StreamStatus"]

    def put(self, data: Union[str, bytes], key: str = "key") -> Put:
        content = encoded(data)
        answer = self._kinesis.put_record(StreamName=self.name, Data=content, PartitionKey=key)
        return Put(f"{answer['ShardId']}:{answer['SequenceNumber']}", content, key)

    def put_all(self, records: Iterable[Tuple[Union[str, bytes], str]]) -> List[Put]:
        """Puts pairs of data and partition key, in as few calls as the limits allow, and in order."""
        done: List[Put] = []
        chunk: List[Tuple[bytes, str]] = []
        size = 0
        for data, key in records:
            content = encoded(data)
            if len(chunk) == RECORDS_PER_CALL or (chunk and size + len(content) > BYTES_PER_CALL):
                done += self._put_chunk(chunk)
                chunk, size = [], 0
            chunk.append((content, key))
            size += len(content)
        return done + (self._put_chunk(chunk) if chunk else [])

    def send_all(self, bodies: Sequence[str]) -> Dict[str, str]:
        """Puts them under a few partition keys in turn, and returns them by the records' ids, in order."""
        puts = self.put_all((body, f"key-{index % 8}") for index, body in enumerate(bodies))
        return {put.id: put.data.decode() for put in puts}

    def _put_chunk(self, chunk: List[Tuple[bytes, str]]) -> List[Put]:
        answer = self._kinesis.put_records(
            StreamName=self.name, Records=[{"Data": data, "PartitionKey": key} for data, key in chunk]
        )
        assert not answer.get("FailedRecordCount"), answer
        return [
            Put(f"{entry['ShardId']}:{entry['SequenceNumber']}", data, key)
            for entry, (data, key) in zip(answer["Records"], chunk)
        ]

    def shards(self) -> List[Shard]:
        return self._kinesis.list_shards(StreamName=self.name)["Shards"]

    def open_shards(self) -> List[Shard]:
        """Those that take records, in the order of their hash keys."""
        found = [shard for shard in self.shards() if not shard["SequenceNumberRange"].get("EndingSequenceNumber")]
        return sorted(found, key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))

    def children_of(self, *parents: str) -> List[str]:
        return [
            shard["ShardId"]
            for shard in self.shards()
            if shard.get("ParentShardId") in parents or shard.get("AdjacentParentShardId") in parents
        ]

    def split(self, shard: Optional[str] = None) -> List[str]:
        """Splits the shard (by default the first open one) in the middle, and returns its children."""
        parent = next(each for each in self.open_shards() if shard in (None, each["ShardId"]))
        first, last = (int(parent["HashKeyRange"][name]) for name in ("StartingHashKey", "EndingHashKey"))
        self._kinesis.split_shard(
            StreamName=self.name, ShardToSplit=parent["ShardId"], NewStartingHashKey=str((first + last + 1) // 2)
        )
        return wait_until(
            lambda: self.children_of(parent["ShardId"]), lambda children: len(children) == 2, what="the split"
        )

    def merge(self, index: int = 0) -> str:
        """Merges two neighbours among the open shards, and returns their child."""
        left, right = (shard["ShardId"] for shard in self.open_shards()[index:index + 2])
        self._kinesis.merge_shards(StreamName=self.name, ShardToMerge=left, AdjacentShardToMerge=right)
        return wait_until(lambda: self.children_of(left, right), what="the merge")[0]

    def register_consumer(self, name: str = "consumer") -> str:
        """An enhanced fan-out consumer, active; its ARN."""
        answer = self._kinesis.register_stream_consumer(StreamARN=self.arn, ConsumerName=name)
        arn: str = answer["Consumer"]["ConsumerARN"]
        wait_until(
            lambda: self._kinesis.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]["ConsumerStatus"],
            lambda status: status == "ACTIVE", what="that the consumer is active",
        )
        return arn


def encoded(data: Union[str, bytes]) -> bytes:
    return data.encode() if isinstance(data, str) else data
