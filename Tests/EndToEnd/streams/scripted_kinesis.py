"""A Kinesis (AWS JSON 1.1) in the test's own process that lies on demand."""

from __future__ import annotations

import base64
import json
from typing import Any, Dict

from peers.aws_servers import REGION
from peers.scripted_json import Parameters
from streams.scripted_shards import Refused, ScriptedShards, ScriptedStream


class ScriptedKinesis(ScriptedShards):
    """Streams by their names."""

    sequence_parameter = "StartingSequenceNumber"

    def __init__(self, port: int = 0) -> None:
        super().__init__("application/x-amz-json-1.1", port)

    @property
    def environment(self) -> Dict[str, str]:
        return {"AWS_ENDPOINT_URL_KINESIS": self.url}

    def stream(self, name: str, shards: int = 1) -> ScriptedStream:
        arn = f"arn:aws:kinesis:{REGION}:{self.account}:stream/{name}"
        self.streams[name] = ScriptedStream(self, name, arn, shards)
        return self.streams[name]

    def shard_id(self, stream: ScriptedStream) -> str:
        # Those that are gone have had a number too.
        last = max((int(each.split("-")[1]) for each in stream.shards), default=-1)
        return f"shardId-{last + 1:012}"

    def record(self, sequence: str, data: str, key: str, arrived: float) -> Dict[str, Any]:
        return {
            "SequenceNumber": sequence,
            "ApproximateArrivalTimestamp": round(arrived, 3),
            "Data": base64.b64encode(data.encode()).decode(),
            "PartitionKey": key,
            "EncryptionType": "NONE",
        }

    def stream_of(self, parameters: Parameters) -> ScriptedStream:
        name = parameters.get("StreamName") or parameters["StreamARN"].rpartition("/")[2]
        if name not in self.streams:
            raise Refused("ResourceNotFoundException", f"Stream {name} under account {self.account} not found.")
        return self.streams[name]

    def _do_DescribeStreamSummary(self, parameters: Parameters) -> Dict[str, Any]:
        stream = self.stream_of(parameters)
        return {
            "StreamDescriptionSummary": {
                "StreamName": stream.name, "StreamARN": stream.arn, "StreamStatus": "ACTIVE",
                "RetentionPeriodHours": 24, "StreamCreationTimestamp": 1.7e9, "EnhancedMonitoring": [],
                "OpenShardCount": sum(not shard.closed for shard in stream.shards.values()),
            }
        }

    def _do_ListShards(self, parameters: Parameters) -> Dict[str, Any]:
        token = parameters.get("NextToken")
        if token is None:
            stream, first = self.stream_of(parameters), 0
        else:
            if "StreamName" in parameters or "StreamARN" in parameters:
                raise Refused("InvalidArgumentException", "NextToken and the stream's name cannot be given together.")
            name, first = json.loads(token)
            stream = self.streams[name]
        shards = list(stream.shards.values())
        page = shards[first:first + self.page]
        answer: Dict[str, Any] = {"Shards": [self._describe(stream, shard) for shard in page]}
        if first + self.page < len(shards):
            answer["NextToken"] = json.dumps([stream.name, first + self.page])
        return answer

    def _describe(self, stream: ScriptedStream, shard: Any) -> Dict[str, Any]:
        described: Dict[str, Any] = {
            "ShardId": shard.id,
            "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "340282366920938463463374607431768211455"},
            "SequenceNumberRange": {"StartingSequenceNumber": "1000"},
        }
        if shard.closed:
            last = shard.records[-1].sequence if shard.records else 1000
            described["SequenceNumberRange"]["EndingSequenceNumber"] = str(last)
        if shard.parent:
            described["ParentShardId"] = shard.parent
        if shard.adjacent:
            described["AdjacentParentShardId"] = shard.adjacent
        return described
