"""Streams that take a call and never answer: given up in the end. Each waits out a time-out, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace_process import HeadraceProcess
from lambda_wire import LambdaWire

from peers.http_function import HTTPFunction
from peers.scripted_json import no_fault
from streams.conftest import QUICK
from streams.records import texts_of
from streams.scripted_kinesis import ScriptedKinesis
from streams.scripted_mapping import scripted_mapping


def a_read_that_hangs(binary: str, folder: Path) -> None:
    kinesis = ScriptedKinesis()
    stream = kinesis.stream("orders")
    with HTTPFunction() as function, HeadraceProcess(
        binary, folder / "headrace.db", (*QUICK, "--function", f"*={function.url}"), kinesis.environment
    ) as process:
        mapping = scripted_mapping(process, stream)
        stream.put("first")
        function.wait_for_records(1)
        kinesis.fault = kinesis.hang("GetRecords")
        mapping.wait_for_result(lambda result: result and result.startswith("PROBLEM: "), 60)
        process.wait_for_log(lambda log: log["message"] == "source unreachable")
        kinesis.fault = no_fault
        stream.put("precious")
        function.wait_for_records(2, timeout=60)
        assert texts_of(function.records) == ["first", "precious"]
        mapping.wait_for_result(lambda result: result == "OK")
        # What still hangs must not hold up the end.
        kinesis.fault = kinesis.hang("GetRecords")
        kinesis.wait_for_more_calls("GetRecords", 1)
        assert process.stop() == 0
    kinesis.close()


def a_create_that_hangs(binary: str, folder: Path) -> None:
    kinesis = ScriptedKinesis()
    stream = kinesis.stream("orders")
    with HTTPFunction() as function, HeadraceProcess(
        binary, folder / "headrace.db", (*QUICK, "--function", f"*={function.url}"), kinesis.environment
    ) as process:
        kinesis.fault = kinesis.hang("DescribeStreamSummary", "ListShards", "GetShardIterator")
        # An SDK waits a minute for an answer.
        wire = LambdaWire(process.port, kinesis.account, timeout=60)
        answer = wire.create({"EventSourceArn": stream.arn, "FunctionName": "f", "StartingPosition": "TRIM_HORIZON"})
        assert answer.status == 202, answer
        kinesis.fault = no_fault
        stream.put("precious")
        function.wait_for_records(1, timeout=60)
    kinesis.close()


@pytest.mark.begins_with_session.with_args(a_read_that_hangs)
def test_a_read_that_hangs_is_given_up_and_tried_again(ended: None) -> None:
    """The play has asserted it."""


@pytest.mark.begins_with_session.with_args(a_create_that_hangs)
def test_an_endpoint_that_hangs_does_not_hold_create_for_longer_than_a_client_waits(ended: None) -> None:
    """The play has asserted it."""
