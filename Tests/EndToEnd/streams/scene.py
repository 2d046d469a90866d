"""A stage for streams: what a test needs of them, with names of its own."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional, Union

from headrace_process import HeadraceProcess

from peers.aws_servers import AWSServer
from peers.mappings import Mapping
from peers.stage import NamedFunction, Source, Stage, unique
from streams.dynamodb_table import Table
from streams.kinesis_stream import Stream


def filters(*patterns: Any) -> Dict[str, Any]:
    """`FilterCriteria` of patterns that are written as JSON."""
    return {"Filters": [{"Pattern": json.dumps(pattern)} for pattern in patterns]}


class Scene(Stage):
    """Streams, tables, destinations, functions and mappings between them.

    Tables and destinations may live on another server than the streams.
    """

    def __init__(self, process: HeadraceProcess, server: AWSServer, others: Optional[AWSServer] = None) -> None:
        super().__init__(process, others or server)
        self.streams_server = server

    def stream(self, shards: int = 1) -> Stream:
        stream = Stream(self.streams_server, unique("s"), shards)
        self._made.append(stream.delete)
        return stream

    def table(self, view: str = "NEW_AND_OLD_IMAGES", key: str = "id") -> Table:
        table = Table(self.server, unique("t"), view, key)
        self._made.append(table.delete)
        return table

    def mapping(
        self, source: Source, function: Union[NamedFunction, str], wait: bool = True, **parameters: Any
    ) -> Mapping:
        """A mapping that reads from the beginning unless told otherwise, by default enabled when this returns."""
        return super().mapping(source, function, wait, **{"StartingPosition": "TRIM_HORIZON", **parameters})
