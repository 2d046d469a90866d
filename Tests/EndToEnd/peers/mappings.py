"""An event source mapping on a running Headrace, and the journal of its deliveries."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, List, Optional

from headrace_process import HeadraceProcess
from lambda_wire import Answer, LambdaWire

from peers.waiting import wait_until

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
