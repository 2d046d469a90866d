"""Where records go that are given up: beside queues, a topic with a queue behind it, and a bucket."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Tuple

from peers.aws_servers import AWSServer
from peers.queues import Queue
from peers.waiting import wait_until


def wait_for_document(queue: Queue, timeout: float = 20) -> Dict[str, Any]:
    """The next document of a queue that is a destination."""
    return json.loads(queue.wait_for_message(timeout)["Body"])


class Topic:
    """A topic whose notifications land in a queue, in SNS's envelope."""

    def __init__(self, server: AWSServer, name: str, queue: Queue) -> None:
        self._sns = server.client("sns")
        self.arn: str = self._sns.create_topic(Name=name)["TopicArn"]
        self.queue = queue
        self._sns.subscribe(TopicArn=self.arn, Protocol="sqs", Endpoint=queue.arn)

    def delete(self) -> None:
        self._sns.delete_topic(TopicArn=self.arn)

    def wait_for_envelope(self, timeout: float = 20) -> Dict[str, Any]:
        return wait_for_document(self.queue, timeout)


class Bucket:
    """A bucket and what lies in it."""

    def __init__(self, server: AWSServer, name: str) -> None:
        self.name = name
        self.arn = f"arn:aws:s3:::{name}"
        self._s3 = server.client("s3")
        self._s3.create_bucket(Bucket=name)

    def delete(self) -> None:
        for key in self.keys():
            self._s3.delete_object(Bucket=self.name, Key=key)
        self._s3.delete_bucket(Bucket=self.name)

    def keys(self) -> List[str]:
        return [entry["Key"] for entry in self._s3.list_objects_v2(Bucket=self.name).get("Contents", [])]

    def wait_for_object(self, timeout: float = 20) -> Tuple[str, bytes]:
        """Key and content of the first object."""
        key = wait_until(self.keys, timeout=timeout, what=f"an object in {self.name}")[0]
        return key, self._s3.get_object(Bucket=self.name, Key=key)["Body"].read()
