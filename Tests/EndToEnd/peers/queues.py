"""A queue on one of the servers that play SQS."""

from __future__ import annotations

import json
import time
from typing import Any, Dict, List, Optional, Sequence, Tuple

from peers.aws_servers import REGION, AWSServer
from peers.waiting import wait_until

Message = Dict[str, Any]


def wait_for_document(queue: "Queue", timeout: float = 20) -> Dict[str, Any]:
    """The next message of a queue that is a destination, read as JSON."""
    document: Dict[str, Any] = json.loads(queue.wait_for_message(timeout)["Body"])
    return document


class Queue:
    """Created on construction. `attributes` are SQS's own, as numbers or texts."""

    def __init__(self, server: AWSServer, name: str, **attributes: Any) -> None:
        self.server = server
        self.name = name
        self.is_fifo = name.endswith(".fifo")
        self.arn = f"arn:aws:sqs:{REGION}:{server.account}:{name}"
        self._attributes = {key: str(value) for key, value in attributes.items()}
        if self.is_fifo:
            self._attributes["FifoQueue"] = "true"
        self.url = self.create()

    def create(self) -> str:
        """Makes the queue, also once more after it was deleted."""
        answer = self.server.sqs.create_queue(QueueName=self.name, Attributes=self._attributes)
        return answer["QueueUrl"]

    def delete(self) -> None:
        self.server.sqs.delete_queue(QueueUrl=self.url)

    def purge(self) -> None:
        self.server.sqs.purge_queue(QueueUrl=self.url)

    def redrive_to(self, other: "Queue", receives: int) -> None:
        policy = {"deadLetterTargetArn": other.arn, "maxReceiveCount": receives}
        self.server.sqs.set_queue_attributes(
            QueueUrl=self.url, Attributes={"RedrivePolicy": json.dumps(policy)}
        )

    def send(self, body: str, group: Optional[str] = None, **options: Any) -> Message:
        """Sends a message and returns SQS's answer. A FIFO queue needs a group."""
        if group is not None:
            options["MessageGroupId"] = group
            options.setdefault("MessageDeduplicationId", f"{group}-{time.monotonic_ns()}")
        return self.server.sqs.send_message(QueueUrl=self.url, MessageBody=body, **options)

    def send_all(self, bodies: Sequence[str]) -> Dict[str, str]:
        """Sends in batches of ten, and returns the bodies by message id."""
        sent: Dict[str, str] = {}
        for start in range(0, len(bodies), 10):
            chunk = bodies[start:start + 10]
            answer = self.server.sqs.send_message_batch(
                QueueUrl=self.url,
                Entries=[{"Id": str(index), "MessageBody": body} for index, body in enumerate(chunk)],
            )
            assert not answer.get("Failed"), answer
            for entry in answer["Successful"]:
                sent[entry["MessageId"]] = chunk[int(entry["Id"])]
        return sent

    def receive(self, count: int = 10, wait: int = 0) -> List[Message]:
        answer = self.server.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=count, WaitTimeSeconds=wait, AttributeNames=["All"]
        )
        return answer.get("Messages", [])

    def counts(self) -> Tuple[int, int]:
        """How many messages are visible, and how many are received and not deleted."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.server.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        visible, hidden = (int(answer["Attributes"][name]) for name in names)
        return visible, hidden

    def wait_until_empty(self, timeout: float = 15) -> None:
        """Until every message is deleted: none can be delivered once more."""
        wait_until(self.counts, lambda counts: counts == (0, 0), timeout, f"that {self.name} is empty")

    def wait_for_message(self, timeout: float = 20) -> Message:
        """Takes one message off the queue."""
        def take() -> Optional[Message]:
            messages = self.receive(1, wait=1)
            return messages[0] if messages else None

        message = wait_until(take, timeout=timeout, what=f"a message in {self.name}")
        assert message is not None
        self.server.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return message
