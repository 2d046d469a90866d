"""A DynamoDB Streams (AWS JSON 1.0) in the test's own process that lies on demand. DynamoDB itself is not in it."""

from __future__ import annotations

from typing import Any, Dict

from peers.aws_servers import REGION
from peers.scripted_json import Parameters
from streams.scripted_shards import Refused, ScriptedShard, ScriptedShards, ScriptedStream


class ScriptedDynamoDBStreams(ScriptedShards):
    """Streams by their tables' names. `data` of a record is the text in its one attribute beside the key."""

    sequence_parameter = "SequenceNumber"

    def __init__(self, port: int = 0) -> None:
        super().__init__("application/x-amz-json-1.0", port)

    @property
    def environment(self) -> Dict[str, str]:
        return {"AWS_ENDPOINT_URL_DYNAMODB_STREAMS": self.url}

    def stream(self, name: str, shards: int = 1) -> ScriptedStream:
        arn = f"arn:aws:dynamodb:{REGION}:{self.account}:table/{name}/stream/2026-01-01T00:00:00.000"
        self.streams[name] = ScriptedStream(self, name, arn, shards)
        return self.streams[name]

    def shard_id(self, stream: ScriptedStream) -> str:
        last = max((int(each.split("-")[1]) for each in stream.shards), default=1_700_000_000_000)
        return f"shardId-{last + 1:020}-0a1b2c3d"

    def record(self, sequence: str, data: str, key: str, arrived: float) -> Dict[str, Any]:
        return {
            "eventID": f"{int(sequence):032x}",
            "eventName": "INSERT",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "dynamodb": {
                "ApproximateCreationDateTime": int(arrived),
                "Keys": {"id": {"S": key}},
                "NewImage": {"id": {"S": key}, "data": {"S": data}},
                "SequenceNumber": sequence,
                "SizeBytes": len(key) + len(data) + 8,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
        }

    def stream_of(self, parameters: Parameters) -> ScriptedStream:
        for stream in self.streams.values():
            if stream.arn == parameters["StreamArn"]:
                return stream
        raise Refused(
            "ResourceNotFoundException", f"Requested resource not found: Stream: {parameters['StreamArn']} not found"
        )

    def _do_GetRecords(self, parameters: Parameters) -> Dict[str, Any]:
        answer = super()._do_GetRecords(parameters)
        # This service does not say how far behind a reader is.
        del answer["MillisBehindLatest"]
        return answer

    def check_trimmed(self, shard: ScriptedShard, after: int) -> None:
        if 0 < after < shard.trimmed - 1 and any(each.sequence <= after for each in shard.records):
            raise Refused(
                "TrimmedDataAccessException",
                "The operation attempted to read past the oldest stream record in a shard.",
            )

    def _do_DescribeStream(self, parameters: Parameters) -> Dict[str, Any]:
        stream = self.stream_of(parameters)
        shards = list(stream.shards.values())
        start = parameters.get("ExclusiveStartShardId")
        first = next((index + 1 for index, shard in enumerate(shards) if shard.id == start), 0)
        page = shards[first:first + self.page]
        description: Dict[str, Any] = {
            "StreamArn": stream.arn,
            "StreamLabel": stream.arn.rpartition("/")[2],
            "StreamStatus": "ENABLED",
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            "TableName": stream.name,
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "Shards": [self._describe(shard) for shard in page],
        }
        if first + self.page < len(shards):
            description["LastEvaluatedShardId"] = page[-1].id
        return {"StreamDescription": description}

    def _describe(self, shard: ScriptedShard) -> Dict[str, Any]:
        described: Dict[str, Any] = {"ShardId": shard.id, "SequenceNumberRange": {"StartingSequenceNumber": "1000"}}
        if shard.closed:
            last = shard.records[-1].sequence if shard.records else 1000
            described["SequenceNumberRange"]["EndingSequenceNumber"] = str(last)
        if shard.parent:
            described["ParentShardId"] = shard.parent
        return described
