"""A service of AWS that speaks JSON, as far as a test scripts it, in the test's own process: it lies on demand."""

from __future__ import annotations

import json
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Tuple, Union

from peers.http_peer import HTTPPeer, Raw, Reply, Request

Parameters = Dict[str, Any]

Fault = Callable[[str, Parameters], Union[Reply, Raw, None]]
"""From an action's name (`GetRecords` …) and its parameters to an answer instead of the right one, or None."""


def no_fault(_: str, __: Parameters) -> None:
    """Every action is answered as it should be."""


def only(actions: str, answer: Union[Reply, Raw]) -> Fault:
    """That answer to those actions (names with spaces between them), the right one to all others."""
    return lambda action, _: answer if action in actions.split() else None


class ScriptedJSON:
    """Listens until it is closed. `fault` may be set and cleared at any time, and may block."""

    account = "000000000000"

    def __init__(self, content_type: str, port: int = 0) -> None:
        self.fault: Fault = no_fault
        self.calls: List[Tuple[float, str, Parameters]] = []
        """When (`time.monotonic()`), which action, with what."""
        self.errors: List[BaseException] = []
        """What went wrong in the script itself: a mistake of the test."""
        self._content_type = content_type
        self._called = threading.Condition()
        self._peer = HTTPPeer(self._answer, port)
        self.port = self._peer.port
        self.url = f"http://127.0.0.1:{self.port}"
        self.closing = self._peer.closing

    def close(self) -> None:
        self._peer.close()
        assert not self.errors, self.errors

    def perform(self, action: str, parameters: Parameters) -> Union[Reply, Dict[str, Any]]:
        """The right answer."""
        raise NotImplementedError

    def hang(self, *actions: str) -> Fault:
        """A fault: those actions are never answered."""
        def fault(action: str, _: Parameters) -> Union[Reply, Raw, None]:
            if action not in actions:
                return None
            self.closing.wait(120)
            return Raw()

        return fault

    def count(self, action: str) -> int:
        return sum(name == action for _, name, _ in list(self.calls))

    def wait_for_calls(self, action: str, count: int, timeout: float = 15) -> None:
        """Until so many calls of the action have arrived."""
        with self._called:
            if not self._called.wait_for(lambda: self.count(action) >= count, timeout):
                raise AssertionError(f"{self.count(action)} of {count} calls of {action} came within {timeout} s")

    def wait_for_more_calls(self, action: str, count: int = 2, timeout: float = 15) -> None:
        """Until so many more have arrived than now. Two: the first may have been on its way already."""
        self.wait_for_calls(action, self.count(action) + count, timeout)

    def _answer(self, request: Request) -> Union[Reply, Raw]:
        try:
            return self._answer_right_or_wrong(request)
        except BaseException as error:
            self.errors.append(error)
            raise

    def _answer_right_or_wrong(self, request: Request) -> Union[Reply, Raw]:
        action = request.headers.get("x-amz-target", "").rpartition(".")[2]
        try:
            parameters = json.loads(request.body or b"{}")
        except ValueError:
            parameters = None
        with self._called:
            self.calls.append((time.monotonic(), action, parameters or {}))
            self._called.notify_all()
        if parameters is None:
            return Reply(b'{"__type": "SerializationException"}', 400, {"Content-Type": self._content_type})
        answer: Optional[Any] = self.fault(action, parameters)
        if answer is None:
            answer = self.perform(action, parameters)
        if isinstance(answer, (Reply, Raw)):
            return answer
        return Reply(json.dumps(answer).encode(), headers={"Content-Type": self._content_type})
