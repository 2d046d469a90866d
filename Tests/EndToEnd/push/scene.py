"""A stage for buckets and topics, and what is said and read of them."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Protocol, Sequence, Union
from urllib.parse import unquote_plus

from headrace_process import HeadraceProcess
from lambda_wire import Answer

from peers.aws_servers import REGION, AWSServer
from peers.buckets import Bucket
from peers.http_function import HTTPFunction
from peers.mappings import Mapping
from peers.queues import Queue
from peers.stage import Source, Stage, unique
from peers.topics import Topic
from peers.waiting import wait_until

CREATED, REMOVED = "s3:ObjectCreated:*", "s3:ObjectRemoved:*"


def on_objects(*events: str, prefix: Optional[str] = None, suffix: Optional[str] = None) -> Dict[str, Any]:
    """`S3EventSourceConfig`; without events it says nothing of them."""
    rules = [
        {"Name": name, "Value": value}
        for name, value in (("prefix", prefix), ("suffix", suffix))
        if value is not None
    ]
    config: Dict[str, Any] = {"Events": list(events)} if events else {}
    if rules:
        config["Filter"] = {"Key": {"FilterRules": rules}}
    return config


def on_messages(
    policy: Any = None, scope: Optional[str] = None, dead_letters: Optional[Source] = None
) -> Dict[str, Any]:
    """`SNSEventSourceConfig`; the policy is written as JSON."""
    config: Dict[str, Any] = {}
    if policy is not None:
        config["FilterPolicy"] = json.dumps(policy)
    if scope is not None:
        config["FilterPolicyScope"] = scope
    if dead_letters is not None:
        config["DeadLetterQueueArn"] = dead_letters.arn
    return config


def keys_of(function: HTTPFunction) -> List[str]:
    """The objects' keys that the function was told of, in the order of arrival, decoded as people decode them."""
    return [unquote_plus(record["s3"]["object"]["key"]) for record in function.records]


def names_of(function: HTTPFunction) -> List[str]:
    """The events' names, in the order of arrival."""
    return [record["eventName"] for record in function.records]


def messages_of(function: HTTPFunction) -> List[str]:
    """What was published, in the order of arrival."""
    return [record["Sns"]["Message"] for record in function.records]


def own_queue(mapping: Mapping, server: AWSServer) -> str:
    """The ARN of the queue that Headrace makes for a mapping."""
    return f"arn:aws:sqs:{REGION}:{server.account}:headrace-{mapping.uuid}"


class NamedBucket:
    """A bucket that no server plays."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.arn = f"arn:aws:s3:::{name}"


class Inlet(Protocol):
    """A source of either kind, for what is the same with both."""

    arn: str

    def send(self, name: str) -> None:
        """Makes one event happen that has this name."""

    def names(self, function: HTTPFunction) -> List[str]:
        """Of the events that the function was given, in the order of arrival."""

    def named(self, event: Any) -> str:
        """The name of one event."""


class TopicInlet(Topic):
    """A message for each event."""

    def send(self, name: str) -> None:
        self.publish(name)

    def names(self, function: HTTPFunction) -> List[str]:
        return messages_of(function)

    def named(self, event: Any) -> str:
        message: str = event["Records"][0]["Sns"]["Message"]
        return message


class BucketInlet(Bucket):
    """An object for each event."""

    def send(self, name: str) -> None:
        self.put(name)

    def names(self, function: HTTPFunction) -> List[str]:
        return keys_of(function)

    def named(self, event: Any) -> str:
        return unquote_plus(event["Records"][0]["s3"]["object"]["key"])


class Scene(Stage):
    """Buckets, topics, queues, functions and mappings between them."""

    def __init__(self, process: HeadraceProcess, server: AWSServer, flags: Sequence[str] = ()) -> None:
        super().__init__(process, server)
        self.by_queue = "sqs" in flags
        """Whether topics are read by a queue."""

    def inlet(self, kind: str) -> Inlet:
        """`topic` or `bucket`."""
        inlet: Union[TopicInlet, BucketInlet]
        if kind == "topic":
            inlet = TopicInlet(self.server, unique("n"))
        else:
            inlet = BucketInlet(self.server, unique("b"))
        self._made.append(inlet.delete)
        return inlet

    def post(self, path: str, body: Any, headers: Optional[Dict[str, str]] = None) -> Answer:
        """Posts to `/_headrace/events/…`; what is no bytes is written as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.wire.request("POST", f"/_headrace/events/{path}", content, headers=headers)

    def post_notification(self, mapping: Mapping, message: str, **members: Any) -> Answer:
        return self.post(f"sns/{mapping.uuid}", notification(mapping, message, **members))

    def wait_until_accepted(self, mapping: Mapping) -> None:
        """Until the mapping's own queue is empty: what was in it is on Headrace's disk, or was filtered."""
        url = self.server.sqs.get_queue_url(QueueName=f"headrace-{mapping.uuid}")["QueueUrl"]

        def counts() -> Sequence[int]:
            names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            found = self.server.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
            return [int(found[name]) for name in names]

        wait_until(counts, lambda seen: not any(seen), 15, f"that the queue of {mapping.uuid} is empty")

    def own_queues(self) -> List[str]:
        """The names of the queues that Headrace has made on this server."""
        urls = self.server.sqs.list_queues(QueueNamePrefix="headrace-").get("QueueUrls", [])
        return [url.rsplit("/", 1)[1] for url in urls]

    def has_own_queue(self, mapping: Mapping) -> bool:
        return f"headrace-{mapping.uuid}" in self.own_queues()

    def dead_letter(self, queue: Queue, timeout: float = 20) -> Dict[str, Any]:
        """Takes one message off the queue, with its message attributes."""
        def take() -> List[Dict[str, Any]]:
            answer = self.server.sqs.receive_message(
                QueueUrl=queue.url, WaitTimeSeconds=1, MessageAttributeNames=["All"]
            )
            messages: List[Dict[str, Any]] = answer.get("Messages", [])
            return messages

        (message,) = wait_until(take, timeout=timeout, what=f"a message in {queue.name}")
        self.server.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
        return message


def notification(mapping: Mapping, message: str, **members: Any) -> Dict[str, Any]:
    """What SNS posts of a message; a member that is None is left out."""
    whole = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": mapping.created["EventSourceArn"],
        "Subject": "My First Message",
        "Message": message,
        "Timestamp": "2012-05-02T00:54:06.655Z",
        "SignatureVersion": "1",
        "Signature": "EXAMPLEw6JRN",
        "SigningCertURL": "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe.pem",
        "UnsubscribeURL": "https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:x",
        **members,
    }
    return {name: value for name, value in whole.items() if value is not None}
