"""What AWS was seen to answer and to send, with a place for what differs from run to run."""

from __future__ import annotations

import re
from typing import Any, Dict, Optional

REGION = "us-east-1"


class Like:
    """Equal to every text that the expression describes as a whole."""

    def __init__(self, expression: str) -> None:
        self._expression = expression

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and re.fullmatch(self._expression, other) is not None

    def __repr__(self) -> str:
        return f"Like({self._expression!r})"


class Number:
    """Equal to every number but the two that Python counts among them."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (int, float)) and not isinstance(other, bool)

    def __repr__(self) -> str:
        return "Number()"


class Within:
    """Equal to every whole number in the range."""

    def __init__(self, first: int, last: int) -> None:
        self._range = range(first, last + 1)

    def __eq__(self, other: object) -> bool:
        return type(other) is int and other in self._range

    def __repr__(self) -> str:
        return f"Within({self._range})"


UUID = Like("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = Like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
SECOND = Like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def mapping(arn: str, function: str, account: str, **given: Any) -> Dict[str, Any]:
    """The answer to create, for a stream."""
    return {
        "BatchSize": 100,
        "BisectBatchOnFunctionError": False,
        "DestinationConfig": {"OnFailure": {}},
        "EventSourceArn": arn,
        "EventSourceMappingArn": Like(f"arn:aws:lambda:{REGION}:{account}:event-source-mapping:[0-9a-f-]{{36}}"),
        "FunctionArn": f"arn:aws:lambda:{REGION}:{account}:function:{function}",
        "FunctionResponseTypes": [],
        "LastModified": Number(),
        "LastProcessingResult": "No records processed",
        "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1,
        "ParallelizationFactor": 1,
        "State": "Creating",
        "StateTransitionReason": "User action",
        "TumblingWindowInSeconds": 0,
        "UUID": UUID,
        "ResponseMetadata": {"HTTPStatusCode": 202},
        **given,
    }


def document(
    function: str,
    account: str,
    info: Dict[str, Any],
    source: str = "KinesisBatchInfo",
    condition: str = "RetryAttemptsExhausted",
    count: Any = 2,
    error: Optional[str] = "Unhandled",
) -> Dict[str, Any]:
    """What a failure destination gets; of records that were too old there is no answer to tell of."""
    answered = {"statusCode": 200, "executedVersion": "$LATEST", "functionError": error}
    return {
        "requestContext": {
            "requestId": UUID,
            "functionArn": f"arn:aws:lambda:{REGION}:{account}:function:{function}",
            "condition": condition,
            "approximateInvokeCount": count,
        },
        **({} if condition == "RecordAgeExceeded" else {"responseContext": answered}),
        "version": "1.0",
        "timestamp": MOMENT,
        source: {**info},
    }


def kinesis_info(arn: str, first: str, last: Optional[str] = None, size: int = 1) -> Dict[str, Any]:
    return {
        "shardId": "shardId-000000000000",
        "startSequenceNumber": first,
        "endSequenceNumber": last or first,
        "approximateArrivalOfFirstRecord": MOMENT,
        "approximateArrivalOfLastRecord": MOMENT,
        "batchSize": size,
        "streamArn": arn,
    }


def dynamodb_info(arn: str, sequence: str) -> Dict[str, Any]:
    """Times without milliseconds: DynamoDB's records have none."""
    return {
        "shardId": Like("shardId-.+"),
        "startSequenceNumber": sequence,
        "endSequenceNumber": sequence,
        "approximateArrivalOfFirstRecord": SECOND,
        "approximateArrivalOfLastRecord": SECOND,
        "batchSize": 1,
        "streamArn": arn,
    }


KINESIS_KEYS = [
    "kinesis", "eventSource", "eventVersion", "eventID", "eventName", "invokeIdentityArn", "awsRegion",
    "eventSourceARN",
]
"""In AWS's order."""


def kinesis_record(arn: str, account: str, data: str, key: str) -> Dict[str, Any]:
    """`data` in base64."""
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": key,
            "sequenceNumber": Like(r"\d+"),
            "data": data,
            "approximateArrivalTimestamp": Number(),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": Like(r"shardId-000000000000:\d+"),
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": Like(f"arn:aws:iam::{account}:role/.+"),
        "awsRegion": REGION,
        "eventSourceARN": arn,
    }


DYNAMODB_KEYS = ["eventID", "eventName", "eventVersion", "eventSource", "awsRegion", "dynamodb", "eventSourceARN"]


def dynamodb_record(arn: str, name: str, view: str, keys: Dict[str, Any], **images: Any) -> Dict[str, Any]:
    """Size, id and version are the source's own; the servers do not all write what DynamoDB does."""
    return {
        "eventID": Like("[0-9a-f-]+"),
        "eventName": name,
        "eventVersion": Like(r"1\.[01]"),
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": Number(),
            "Keys": keys,
            **images,
            "SequenceNumber": Like(r"\d+"),
            "SizeBytes": Number(),
            "StreamViewType": view,
        },
        "eventSourceARN": arn,
    }
