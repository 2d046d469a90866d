"""The functions of the recordings, under awslambdaric, and one on a runtime of its own that answers nothing at all."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any, Dict, List

from headrace_process import HeadraceProcess

from peers.child_process import ChildProcess
from peers.lambda_runtimes import LambdaRIC

Event = Dict[str, Any]

PRINT = """
import json

def show(event):
    print("GOT " + json.dumps(event), flush=True)
"""

ECHO = PRINT + """
def handler(event, context):
    show(event)
    return event
"""

FAIL = PRINT + """
def handler(event, context):
    show(event)
    raise Exception("intended")
"""

RAISE_ON_DATA = PRINT + """
import base64

def handler(event, context):
    show(event)
    for record in event["Records"]:
        if "raise_error" in json.loads(base64.b64decode(record["kinesis"]["data"])):
            raise Exception("intended")
"""

PARALLEL = PRINT + """
import time

def handler(event, context):
    start = time.time()
    time.sleep(5)
    show({"executionStart": start, "event": event})
"""

KINESIS_ITEM_FAILURES = PRINT + """
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

processor = BatchProcessor(event_type=EventType.KinesisDataStreams, raise_on_entire_batch_failure=False)

def handle(record):
    if record.kinesis.data_as_json().get("should_fail"):
        raise ValueError("intended")

def handler(event, context):
    show(event)
    return process_partial_response(event=event, record_handler=handle, processor=processor, context=context)
"""

DYNAMODB_ITEM_FAILURES = PRINT + """
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)

def handle(record):
    if record.dynamodb.new_image.get("should_fail"):
        raise ValueError("intended")

def handler(event, context):
    show(event)
    return process_partial_response(event=event, record_handler=handle, processor=processor, context=context)
"""

KINESIS_DATA_CLASSES = PRINT + """
from aws_lambda_powertools.utilities.data_classes import KinesisStreamEvent, event_source

@event_source(data_class=KinesisStreamEvent)
def handler(event: KinesisStreamEvent, context):
    show(event.raw_event)
    return [record.kinesis.data_as_text() for record in event.records]
"""

RETURN = PRINT + """
import os

def handler(event, context):
    show(event)
    return json.loads(os.environ["RESULT"])
"""

ANSWERS_NOTHING = """
import http.client, os, sys

host, _, prefix = os.environ["AWS_LAMBDA_RUNTIME_API"].partition("/")
runtime = "/" + prefix + "/2018-06-01/runtime/invocation/"
connection = http.client.HTTPConnection(host)
while True:
    connection.request("GET", runtime + "next")
    invocation = connection.getresponse()
    print("GOT " + invocation.read().decode(), flush=True)
    identifier = invocation.headers["Lambda-Runtime-Aws-Request-Id"]
    connection.request("POST", runtime + identifier + "/response", b"")
    connection.getresponse().read()
"""

RESULTS: Dict[str, Any] = {
    # Failures.
    "item_identifier_not_present_failure": {"batchItemFailures": [{"itemIdentifier": 123}]},
    "empty_string_item_identifier_failure": {"batchItemFailures": [{"itemIdentifier": ""}]},
    "null_item_identifier_failure": {"batchItemFailures": [{"itemIdentifier": None}]},
    "invalid_key_foo_failure": {"batchItemFailures": [{"foo": 123}]},
    "invalid_key_foo_null_value_failure": {"batchItemFailures": [{"foo": None}]},
    # Successes.
    "empty_string_success": "",
    "empty_list_success": [],
    "null_success": None,
    "empty_dict_success": {},
    "empty_batch_item_failure_success": {"batchItemFailures": []},
    "null_batch_item_failure_success": {"batchItemFailures": None},
}
"""What a function returns, by the names of the recordings."""

HANDLERS = {
    "echo": ECHO,
    "second-echo": ECHO,
    "fail": FAIL,
    "unhandled_exception_in_function": FAIL,
    "raise-on-data": RAISE_ON_DATA,
    "parallel": PARALLEL,
    "second-parallel": PARALLEL,
    "kinesis-item-failures": KINESIS_ITEM_FAILURES,
    "dynamodb-item-failures": DYNAMODB_ITEM_FAILURES,
    "kinesis-data-classes": KINESIS_DATA_CLASSES,
}


class RuntimeFunction:
    """A function by its name, and the events that its process has printed."""

    def __init__(self, name: str, process: ChildProcess) -> None:
        self.name = name
        self._process = process

    def printed(self) -> List[Any]:
        return [json.loads(line.split("GOT ", 1)[1]) for line in list(self._process.lines) if "GOT " in line]

    def events(self, source: str) -> List[Event]:
        """Those of one stream: a function may serve several cases."""
        return [
            event for event in self.printed()
            if (event.get("event") or event)["Records"][0]["eventSourceARN"] == source
        ]


class RuntimeFunctions:
    """Starts the process of a function when it is first asked for."""

    def __init__(self, headrace: HeadraceProcess, folder: Path) -> None:
        self._headrace, self._folder = headrace, folder
        self._lock = threading.Lock()
        self._started: Dict[str, RuntimeFunction] = {}
        self._processes: List[ChildProcess] = []

    def named(self, name: str) -> RuntimeFunction:
        with self._lock:
            if name not in self._started:
                process = self._start(name)
                self._processes.append(process)
                self._started[name] = RuntimeFunction(name, process)
            return self._started[name]

    def _start(self, name: str) -> ChildProcess:
        api = f"127.0.0.1:{self._headrace.port}/_headrace/runtime/{name}"
        if name == "answers-nothing":
            return ChildProcess([sys.executable, "-c", ANSWERS_NOTHING], {"AWS_LAMBDA_RUNTIME_API": api})
        handler = RETURN if name in RESULTS else HANDLERS[name]
        result = {"RESULT": json.dumps(RESULTS[name])} if name in RESULTS else {}
        return LambdaRIC(sys.executable, self._folder / name, api, handler, result)

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
