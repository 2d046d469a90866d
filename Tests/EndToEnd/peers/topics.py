"""A topic on one of the servers that play SNS."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from peers.aws_servers import AWSServer
from peers.queues import Queue, wait_for_document


class Topic:
    """Created on construction; with a queue, its notifications land there in SNS's envelope."""

    def __init__(self, server: AWSServer, name: str, queue: Optional[Queue] = None) -> None:
        self.server = server
        self.name = name
        self._sns = server.client("sns")
        self.arn: str = self._sns.create_topic(Name=name)["TopicArn"]
        self.queue = queue
        if queue is not None:
            self._sns.subscribe(TopicArn=self.arn, Protocol="sqs", Endpoint=queue.arn)

    def delete(self) -> None:
        self._sns.delete_topic(TopicArn=self.arn)

    def publish(self, message: str, attributes: Optional[Dict[str, Any]] = None, **more: Any) -> str:
        """Publishes, and returns the message's id. `attributes` are as SNS has them (`text`, `number` … make them)."""
        if attributes is not None:
            more["MessageAttributes"] = attributes
        identifier: str = self._sns.publish(TopicArn=self.arn, Message=message, **more)["MessageId"]
        return identifier

    def subscriptions(self) -> List[Dict[str, str]]:
        """Without their owner, in the order of their ARNs."""
        found = self._sns.list_subscriptions_by_topic(TopicArn=self.arn)["Subscriptions"]
        return sorted(found, key=lambda each: each["SubscriptionArn"])

    def subscription_attributes(self, arn: str) -> Dict[str, str]:
        attributes: Dict[str, str] = self._sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        return attributes

    def wait_for_envelope(self, timeout: float = 20) -> Dict[str, Any]:
        assert self.queue is not None, "nobody listens"
        return wait_for_document(self.queue, timeout)


def text(value: str) -> Dict[str, str]:
    """A message attribute."""
    return {"DataType": "String", "StringValue": value}


def number(value: str) -> Dict[str, str]:
    return {"DataType": "Number", "StringValue": value}


def array(value: str) -> Dict[str, str]:
    """`value` is a list in JSON."""
    return {"DataType": "String.Array", "StringValue": value}


def binary(value: bytes) -> Dict[str, Any]:
    return {"DataType": "Binary", "BinaryValue": value}
