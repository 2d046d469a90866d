"""A stage for streams: what a test needs of them, with names of its own."""

from __future__ import annotations

import json
import uuid
from typing import Any, Callable, Dict, List, Optional, Union

from headrace_process import HeadraceProcess

from peers.aws_servers import AWSServer
from peers.mappings import Mapping
from peers.stage import NamedFunction, Source, Stage
from streams.dynamodb_table import Table
from streams.failure_destinations import Bucket, Topic
from streams.kinesis_stream import Stream


def unique(letter: str) -> str:
    return f"{letter}-{uuid.uuid4().hex[:12]}"


def filters(*patterns: Any) -> Dict[str, Any]:
    """`FilterCriteria` of patterns that are written as JSON."""
    return {"Filters": [{"Pattern": json.dumps(pattern)} for pattern in patterns]}


def on_failure(destination: Any) -> Dict[str, Any]:
    """`DestinationConfig` of a queue, a topic or a bucket."""
    return {"OnFailure": {"Destination": destination.arn}}


class Scene(Stage):
    """Streams, tables, destinations, functions and mappings between them.

    Tables and destinations may live on another server than the streams.
    """

    def __init__(self, process: HeadraceProcess, server: AWSServer, others: Optional[AWSServer] = None) -> None:
        super().__init__(process, others or server)
        self.streams_server = server
        self._made: List[Callable[[], None]] = []

    def close(self) -> None:
        super().close()
        for delete in self._made:
            try:
                delete()
            except Exception:  # It is gone already, or its server is.
                pass

    def stream(self, shards: int = 1) -> Stream:
        stream = Stream(self.streams_server, unique("s"), shards)
        self._made.append(stream.delete)
        return stream

    def table(self, view: str = "NEW_AND_OLD_IMAGES", key: str = "id") -> Table:
        table = Table(self.server, unique("t"), view, key)
        self._made.append(table.delete)
        return table

    def topic(self) -> Topic:
        topic = Topic(self.server, unique("n"), self.queue())
        self._made.append(topic.delete)
        return topic

    def bucket(self) -> Bucket:
        bucket = Bucket(self.server, unique("b"))
        self._made.append(bucket.delete)
        return bucket

    def mapping(
        self, source: Source, function: Union[NamedFunction, str], wait: bool = True, **parameters: Any
    ) -> Mapping:
        """A mapping that reads from the beginning unless told otherwise, by default enabled when this returns."""
        return super().mapping(source, function, wait, **{"StartingPosition": "TRIM_HORIZON", **parameters})
