"""A DynamoDB table with a stream, on one of the servers that play AWS."""

from __future__ import annotations

from typing import Any, Dict

from peers.aws_servers import AWSServer
from peers.waiting import wait_until

Item = Dict[str, Any]


class Table:
    """Created on construction with one hash key that is a text; `arn` is its stream's."""

    def __init__(self, server: AWSServer, name: str, view: str = "NEW_AND_OLD_IMAGES", key: str = "id") -> None:
        self.server = server
        self.name = name
        self.key = key
        self._dynamodb = server.client("dynamodb")
        self._dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        )
        self._wait_until_active()
        # As in the recordings, the stream comes by an update.
        self._dynamodb.update_table(
            TableName=name, StreamSpecification={"StreamEnabled": True, "StreamViewType": view}
        )
        self._wait_until_active()
        self.arn: str = self._describe()["LatestStreamArn"]

    def delete(self) -> None:
        self._dynamodb.delete_table(TableName=self.name)

    def put(self, item: Item) -> None:
        """An item as DynamoDB's typed values; bytes stay bytes."""
        self._dynamodb.put_item(TableName=self.name, Item=item)

    def put_text(self, identifier: str, **texts: str) -> None:
        self.put({self.key: {"S": identifier}, **{name: {"S": text} for name, text in texts.items()}})

    def remove(self, identifier: str) -> None:
        self._dynamodb.delete_item(TableName=self.name, Key={self.key: {"S": identifier}})

    def _describe(self) -> Dict[str, Any]:
        return self._dynamodb.describe_table(TableName=self.name)["Table"]

    def _wait_until_active(self) -> None:
        wait_until(
            self._describe, lambda table: table["TableStatus"] == "ACTIVE", what=f"that {self.name} is active"
        )
