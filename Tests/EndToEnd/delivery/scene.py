"""What a delivery test is made of: a queue, a function and a mapping between them, with names of their own."""

from __future__ import annotations

import time
import uuid
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Union

import pytest

from headrace_process import HeadraceProcess
from lambda_wire import Answer, LambdaWire

from delivery.http_function import Behaviour, HTTPFunction
from delivery.queues import Queue
from delivery.sqs_servers import SQSServer
from delivery.waiting import wait_until

Delivery = Dict[str, Any]


def deliveries(
    process: HeadraceProcess,
    mapping: Optional[str] = None,
    after: int = 0,
    wait: Optional[str] = None,
    limit: Optional[int] = None,
) -> Dict[str, Any]:
    """One call of `GET /_headrace/deliveries`."""
    query: Dict[str, Any] = {"after": after}
    for name, value in (("mapping", mapping), ("wait", wait), ("limit", limit)):
        if value is not None:
            query[name] = value
    answer = LambdaWire(process.port, timeout=90).request("GET", "/_headrace/deliveries", query=query)
    assert answer.status == 200, answer
    return answer.json


class Mapping:
    """An event source mapping on a running Headrace."""

    def __init__(self, process: HeadraceProcess, wire: LambdaWire, created: Dict[str, Any]) -> None:
        self.process = process
        self.created = created
        self.uuid: str = created["UUID"]
        self._wire = wire

    def on(self, process: HeadraceProcess) -> "Mapping":
        """The same mapping after Headrace was started anew."""
        return Mapping(process, LambdaWire(process.port, self._wire.account), self.created)

    def get(self) -> Dict[str, Any]:
        answer = self._wire.get(self.uuid)
        assert answer.status == 200, answer
        return answer.json

    def update(self, **parameters: Any) -> Dict[str, Any]:
        answer = self._wire.update(self.uuid, parameters)
        assert answer.status == 202, answer
        return answer.json

    def update_and_wait(self, **parameters: Any) -> Dict[str, Any]:
        """Updates, and returns the mapping in the state in which it stays."""
        self.update(**parameters)
        return self.wait_for_state("Enabled", "Disabled")

    def delete(self) -> Answer:
        return self._wire.delete(self.uuid)

    def delete_and_wait(self) -> None:
        assert self.delete().status == 202
        wait_until(lambda: self._wire.get(self.uuid).status, lambda status: status == 404, 15, "the deletion")

    def wait_for_state(self, *states: str, timeout: float = 15) -> Dict[str, Any]:
        return wait_until(self.get, lambda mapping: mapping["State"] in states, timeout, f"the state {states}")

    def wait_for_result(self, is_right: Callable[[Optional[str]], object], timeout: float = 15) -> Optional[str]:
        """Until `LastProcessingResult` (None where it is absent) is right."""
        return wait_until(
            lambda: self.get().get("LastProcessingResult"), is_right, timeout, "the LastProcessingResult"
        )

    def wait_for_deliveries(
        self, count: int = 1, matches: Callable[[Delivery], object] = lambda _: True, timeout: float = 15
    ) -> List[Delivery]:
        """The first so many entries of the journal that match, by long polls."""
        deadline = time.monotonic() + timeout
        found: List[Delivery] = []
        after = 0
        while True:
            page = deliveries(self.process, self.uuid, after, wait="1s")
            after = page["next"]
            found += [delivery for delivery in page["deliveries"] if matches(delivery)]
            if len(found) >= count:
                return found[:count]
            assert time.monotonic() < deadline, f"{len(found)} of {count} deliveries came: {found}"


class Scene:
    """Makes what a test needs, and takes it away at its end."""

    def __init__(self, process: HeadraceProcess, server: SQSServer) -> None:
        self.process = process
        self.server = server
        self.wire = LambdaWire(process.port, server.account)
        self.mappings: List[Mapping] = []
        self._functions: Dict[str, HTTPFunction] = {}
        self._queues: List[Queue] = []

    def close(self) -> None:
        for mapping in self.mappings:
            if self.process.is_running:
                self.wire.delete(mapping.uuid)
        for name, function in self._functions.items():
            if self.process.is_running:
                self.wire.request("DELETE", f"/_headrace/functions/{name}")
            function.close()
        for queue in self._queues:
            try:
                queue.delete()
            except Exception:  # It is gone already, or its server is.
                pass

    def queue(self, fifo: bool = False, **attributes: Any) -> Queue:
        queue = Queue(self.server, f"q-{uuid.uuid4().hex[:12]}" + (".fifo" if fifo else ""), **attributes)
        self._queues.append(queue)
        return queue

    def function(self, behaviour: Behaviour = lambda _: None, name: Optional[str] = None) -> "NamedFunction":
        """A function behind HTTP, made known by `PUT /_headrace/functions/NAME`."""
        function = NamedFunction(name or f"f-{uuid.uuid4().hex[:12]}", behaviour)
        put_function(self.process, function.name, function.url)
        self._functions[function.name] = function
        return function

    def mapping(
        self, queue: Queue, function: Union["NamedFunction", str], wait: bool = True, **parameters: Any
    ) -> Mapping:
        """A mapping, by default enabled when this returns."""
        name = function if isinstance(function, str) else function.name
        created = self.wire.created({"EventSourceArn": queue.arn, "FunctionName": name, **parameters})
        mapping = Mapping(self.process, self.wire, created)
        self.mappings.append(mapping)
        if wait:
            mapping.wait_for_state("Disabled" if parameters.get("Enabled") is False else "Enabled")
        return mapping


    def assert_once_each(self, function: HTTPFunction, ids: Iterable[str]) -> None:
        """Every message was delivered, and none twice. Says what was seen of those that were.

        moto's server has no lock: of receives that come together two may be given the same message (also seen with
        boto3 alone), within milliseconds. Those do not count.
        """
        expected, counts = set(ids), function.ids
        assert set(counts) == expected, expected.symmetric_difference(counts)
        twice: Dict[str, List[float]] = {}
        for call in list(function.invocations):
            for identifier in call.ids:
                if counts[identifier] > 1:
                    twice.setdefault(identifier, []).append(call.arrived)
        if self.server.name == "moto":
            twice = {identifier: times for identifier, times in twice.items() if times[-1] - times[0] > 0.5}
        assert not twice, f"delivered more than once: {twice}"

    def skip_if_handed_out_twice(self, *functions: HTTPFunction) -> None:
        """Ends a test on moto that counts exactly, where moto's missing lock has spoilt the count."""
        if self.server.name == "moto":
            ids = [record["messageId"] for function in functions for record in function.records]
            if len(ids) > len(set(ids)):
                pytest.skip("moto gave one message to two receives")


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


def numbered(count: int, prefix: str = "message") -> Sequence[str]:
    """So many bodies, all different."""
    return [f"{prefix}-{number}" for number in range(count)]
