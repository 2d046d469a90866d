"""What a test of deliveries is made of: a source, a function and a mapping between them, with names of their own."""

from __future__ import annotations

import uuid
from typing import Any, Callable, Dict, List, Optional, Protocol, Union

from headrace_process import HeadraceProcess
from lambda_wire import LambdaWire

from peers.aws_servers import AWSServer
from peers.buckets import Bucket
from peers.http_function import Behaviour, HTTPFunction
from peers.mappings import Mapping
from peers.queues import Queue
from peers.topics import Topic


class Source(Protocol):
    """What a mapping can read."""

    arn: str


def unique(letter: str) -> str:
    """A name that nobody else has."""
    return f"{letter}-{uuid.uuid4().hex[:12]}"


def on_failure(destination: Source) -> Dict[str, Any]:
    """`DestinationConfig` of a queue, a topic or a bucket."""
    return {"OnFailure": {"Destination": destination.arn}}


class Stage:
    """Makes what a test needs, and takes it away at its end."""

    def __init__(self, process: HeadraceProcess, server: AWSServer) -> None:
        self.process = process
        self.server = server
        self.wire = LambdaWire(process.port, server.account)
        self.mappings: List[Mapping] = []
        self._functions: Dict[str, HTTPFunction] = {}
        self._made: List[Callable[[], None]] = []
        """How to take away what was made on the server."""

    def close(self) -> None:
        for mapping in self.mappings:
            if self.process.is_running:
                self.wire.delete(mapping.uuid)
        for name, function in self._functions.items():
            if self.process.is_running:
                self.wire.request("DELETE", f"/_headrace/functions/{name}")
            function.close()
        for delete in self._made:
            try:
                delete()
            except Exception:  # It is gone already, or its server is.
                pass

    def at_the_end(self, delete: Callable[[], None]) -> None:
        """Takes something away that the test has made itself."""
        self._made.append(delete)

    def queue(self, fifo: bool = False, **attributes: Any) -> Queue:
        queue = Queue(self.server, unique("q") + (".fifo" if fifo else ""), **attributes)
        self._made.append(queue.delete)
        return queue

    def topic(self, queue: Optional[Queue] = None) -> Topic:
        """A topic; with a queue, its notifications land there."""
        topic = Topic(self.server, unique("n"), queue)
        self._made.append(topic.delete)
        return topic

    def bucket(self) -> Bucket:
        bucket = Bucket(self.server, unique("b"))
        self._made.append(bucket.delete)
        return bucket

    def function(self, behaviour: Behaviour = lambda _: None, name: Optional[str] = None) -> "NamedFunction":
        """A function behind HTTP, made known by `PUT /_headrace/functions/NAME`."""
        function = NamedFunction(name or unique("f"), behaviour)
        put_function(self.process, function.name, function.url)
        self._functions[function.name] = function
        return function

    def mapping(
        self, source: Source, function: Union["NamedFunction", str], wait: bool = True, **parameters: Any
    ) -> Mapping:
        """A mapping, by default enabled when this returns."""
        name = function if isinstance(function, str) else function.name
        created = self.wire.created({"EventSourceArn": source.arn, "FunctionName": name, **parameters})
        mapping = Mapping(self.process, self.wire, created)
        self.mappings.append(mapping)
        if wait:
            mapping.wait_for_state("Disabled" if parameters.get("Enabled") is False else "Enabled")
        return mapping


class NamedFunction(HTTPFunction):
    """A function behind HTTP and the name that Headrace knows it by."""

    def __init__(self, name: str, behaviour: Behaviour) -> None:
        super().__init__(behaviour)
        self.name = name


def put_function(process: HeadraceProcess, name: str, target: str, **more: Any) -> Dict[str, Any]:
    """Tells Headrace where a function runs."""
    answer = LambdaWire(process.port).request("PUT", f"/_headrace/functions/{name}", {"target": target, **more})
    assert answer.status == 200, answer
    return answer.json
