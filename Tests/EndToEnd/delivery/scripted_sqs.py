"""A source of messages that speaks just enough SQS (AWS JSON 1.0), in the test's own process, and lies on demand.

It keeps account of every message: how often it was received, whether it was deleted, and by which handle.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Union

from peers.aws_servers import REGION
from peers.http_peer import Reply
from peers.scripted_json import ScriptedJSON

JSON_TYPE = "application/x-amz-json-1.0"


def sqs_error(code: str, message: str, status: int = 400, query_code: Optional[str] = None) -> Reply:
    """An error as SQS writes it; `query_code` is the name from before JSON, which the recorded texts use."""
    headers = {"Content-Type": JSON_TYPE}
    if query_code:
        headers["x-amzn-query-error"] = f"{query_code};Sender"
    body = json.dumps({"__type": f"com.amazonaws.sqs#{code}", "message": message}).encode()
    return Reply(body, status, headers)


NO_SUCH_QUEUE = sqs_error(
    "QueueDoesNotExist", "The specified queue does not exist.", query_code="AWS.SimpleQueueService.NonExistentQueue"
)
THROTTLED = sqs_error("ThrottlingException", "Rate exceeded", query_code="Throttling")


@dataclass
class ScriptedMessage:
    """A message and its fate."""

    body: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    receives: int = 0
    visible_at: float = 0
    """`time.monotonic()`."""
    handle: Optional[str] = None
    deleted: bool = False
    sent: int = field(default_factory=lambda: int(time.time() * 1000))


class ScriptedQueue:
    """One queue; `visibility_timeout` in seconds."""

    def __init__(self, server: "ScriptedSQS", name: str, visibility_timeout: int = 30) -> None:
        self.name = name
        self.arn = f"arn:aws:sqs:{REGION}:{server.account}:{name}"
        self.url = f"{server.url}/{server.account}/{name}"
        self.visibility_timeout = visibility_timeout
        self.messages: List[ScriptedMessage] = []
        self.changed = threading.Condition()
        self._polls_ended = 0

    def send(self, *bodies: str) -> List[ScriptedMessage]:
        messages = [ScriptedMessage(body) for body in bodies]
        with self.changed:
            self.messages += messages
            self.changed.notify_all()
        return messages

    def end_polls(self) -> None:
        """Answers the long polls that are open, with nothing, so that the next ones meet what the test set up."""
        with self.changed:
            self._polls_ended += 1
            self.changed.notify_all()

    def wait_until_deleted(self, count: int, timeout: float = 15) -> None:
        """Until so many messages are deleted."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.deleted >= count, timeout):
                open_ = [message for message in self.messages if not message.deleted][:5]
                raise AssertionError(f"{self.deleted} of {count} were deleted within {timeout} s; left: {open_}")

    @property
    def deleted(self) -> int:
        return sum(message.deleted for message in self.messages)

    def take(self, maximum: int, wait: float, visibility: float) -> List[ScriptedMessage]:
        """Long polling: what is visible now, or comes within the time."""
        deadline = time.monotonic() + wait
        with self.changed:
            ended = self._polls_ended
            while True:
                now = time.monotonic()
                visible = [m for m in self.messages if not m.deleted and m.visible_at <= now][:maximum]
                if visible or now >= deadline or ended != self._polls_ended:
                    break
                hidden = [m.visible_at for m in self.messages if not m.deleted]
                self.changed.wait(max(0.001, min([deadline, *hidden]) - now))
            for message in visible:
                message.receives += 1
                message.handle = uuid.uuid4().hex
                message.visible_at = now + visibility
            return visible

    def find(self, handle: str) -> Optional[ScriptedMessage]:
        return next((m for m in self.messages if m.handle == handle), None)


class ScriptedSQS(ScriptedJSON):
    """Queues by their names."""

    name = "scripted"

    def __init__(self, port: int = 0) -> None:
        self.queues: Dict[str, ScriptedQueue] = {}
        super().__init__(JSON_TYPE, port)

    @property
    def environment(self) -> Dict[str, str]:
        return {"AWS_ENDPOINT_URL_SQS": self.url}

    def queue(self, name: str, visibility_timeout: int = 30) -> ScriptedQueue:
        self.queues[name] = ScriptedQueue(self, name, visibility_timeout)
        return self.queues[name]

    def perform(self, action: str, parameters: Dict[str, Any]) -> Union[Reply, Dict[str, Any]]:
        method = getattr(self, f"_do_{action}", None)
        if method is None:
            return sqs_error("InvalidAction", f"{action} is not scripted")
        if action == "GetQueueUrl":
            queue = self.queues.get(parameters["QueueName"])
        else:
            queue = self.queues.get(parameters["QueueUrl"].rpartition("/")[2])
        return NO_SUCH_QUEUE if queue is None else method(queue, parameters)

    def _do_GetQueueUrl(self, queue: ScriptedQueue, _: Dict[str, Any]) -> Dict[str, Any]:
        return {"QueueUrl": queue.url}

    def _do_GetQueueAttributes(self, queue: ScriptedQueue, _: Dict[str, Any]) -> Dict[str, Any]:
        return {"Attributes": {"QueueArn": queue.arn, "VisibilityTimeout": str(queue.visibility_timeout)}}

    def _do_ReceiveMessage(self, queue: ScriptedQueue, parameters: Dict[str, Any]) -> Dict[str, Any]:
        visibility = parameters.get("VisibilityTimeout", queue.visibility_timeout)
        taken = queue.take(
            parameters.get("MaxNumberOfMessages", 1), parameters.get("WaitTimeSeconds", 0), visibility
        )
        return {"Messages": [describe(message) for message in taken]} if taken else {}

    def _do_DeleteMessageBatch(self, queue: ScriptedQueue, parameters: Dict[str, Any]) -> Dict[str, Any]:
        def delete(message: ScriptedMessage, _: Dict[str, Any]) -> None:
            message.deleted = True

        return self._batch(queue, parameters, delete)

    def _do_ChangeMessageVisibilityBatch(self, queue: ScriptedQueue, parameters: Dict[str, Any]) -> Dict[str, Any]:
        def change(message: ScriptedMessage, entry: Dict[str, Any]) -> None:
            message.visible_at = time.monotonic() + entry["VisibilityTimeout"]

        return self._batch(queue, parameters, change)

    def _batch(
        self,
        queue: ScriptedQueue,
        parameters: Dict[str, Any],
        perform: Callable[[ScriptedMessage, Dict[str, Any]], None],
    ) -> Dict[str, Any]:
        entries = parameters["Entries"]
        assert 1 <= len(entries) <= 10, "SQS takes at most ten entries"
        successful, failed = [], []
        with queue.changed:
            for entry in entries:
                message = queue.find(entry["ReceiptHandle"])
                if message is None:
                    failed.append({"Id": entry["Id"], "Code": "ReceiptHandleIsInvalid", "SenderFault": True})
                else:
                    perform(message, entry)
                    successful.append({"Id": entry["Id"]})
            queue.changed.notify_all()
        return {"Successful": successful, "Failed": failed}


def describe(message: ScriptedMessage) -> Dict[str, Any]:
    """A message as ReceiveMessage writes it."""
    return {
        "MessageId": message.id,
        "ReceiptHandle": message.handle,
        "MD5OfBody": hashlib.md5(message.body.encode()).hexdigest(),
        "Body": message.body,
        "Attributes": {
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "SentTimestamp": str(message.sent),
            "ApproximateReceiveCount": str(message.receives),
            "ApproximateFirstReceiveTimestamp": str(message.sent + 1),
        },
    }
