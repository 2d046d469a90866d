"""A mapping of a scripted stream."""

from __future__ import annotations

from typing import Any

from headrace_process import HeadraceProcess
from lambda_wire import LambdaWire

from peers.mappings import Mapping
from streams.scripted_shards import ScriptedShards, ScriptedStream


def scripted_mapping(process: HeadraceProcess, stream: ScriptedStream, **parameters: Any) -> Mapping:
    """Enabled when this returns; it reads from the beginning unless told otherwise."""
    wire = LambdaWire(process.port, ScriptedShards.account)
    created = wire.created(
        {"EventSourceArn": stream.arn, "FunctionName": "f", "StartingPosition": "TRIM_HORIZON", **parameters}
    )
    mapping = Mapping(process, wire, created)
    mapping.wait_for_state("Enabled")
    return mapping
