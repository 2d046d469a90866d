"""A recorded case while it is played, and what it saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional

import pytest

from lambda_wire import Answer

from peers.mappings import Mapping
from peers.stage import Source
from peers.waiting import wait_until
from streams.recorded.functions import Event, RuntimeFunction, RuntimeFunctions
from streams.scene import Scene

Look = Callable[[], Any]


class Play:
    """What a case has at hand: a scene, functions, and a place for what it sees."""

    def __init__(self, scene: Scene, functions: RuntimeFunctions) -> None:
        self.scene = scene
        self.functions = functions
        self.saw: Dict[str, Look] = {}
        """By the keys of the recording; looked at when all is over."""
        self.notes: Dict[str, Any] = {}
        """What the recording does not hold, but its description tells."""

    def show(self, key: str, look: Look) -> None:
        self.saw[key] = look

    def create(self, key: str, source: Source, function: RuntimeFunction, **parameters: Any) -> Mapping:
        """Creates a mapping, whose answer is seen under the key, and waits until it is enabled."""
        mapping = self.scene.mapping(source, function.name, wait=False, **parameters)
        self.show(key, lambda: {**mapping.created, "ResponseMetadata": {"HTTPStatusCode": 202}})
        mapping.wait_for_state("Enabled")
        return mapping

    def refused(self, key: str, source: Source, function: RuntimeFunction, **parameters: Any) -> None:
        """Tries to create a mapping, and sees the error as an SDK shows it."""
        answer = self.scene.wire.create(
            {"EventSourceArn": source.arn, "FunctionName": function.name, **parameters}
        )
        self.show(key, lambda: described(answer))

    def events_of(self, function: RuntimeFunction, source: Source) -> Callable[[], List[Event]]:
        return lambda: function.events(source.arn)

    def wait_for_events(
        self, function: RuntimeFunction, source: Source, count: int = 1, timeout: float = 60
    ) -> List[Event]:
        return wait_until(
            self.events_of(function, source), lambda events: len(events) >= count, timeout,
            f"{count} invocations of {function.name}",
        )


def described(answer: Answer) -> Dict[str, Any]:
    assert answer.status >= 400, answer
    return {
        **answer.json,
        "Error": {"Code": answer.error_type, "Message": answer.error_text},
        "ResponseMetadata": {"HTTPStatusCode": answer.status},
    }


def records_of(events: List[Event]) -> List[Dict[str, Any]]:
    return [record for event in events for record in event["Records"]]


@dataclass(frozen=True)
class Case:
    """How a recorded test is played."""

    test: str
    """Its name in the recordings."""
    play: Callable[[Play], None]
    long: bool = False
    """Whether it takes many seconds, whatever the machine."""


class Cases:
    """The cases of one source, by the names of their tests."""

    def __init__(self, suite: str) -> None:
        self._suite = suite
        self.by_test: Dict[str, Case] = {}

    def add(self, name: str, play: Callable[[Play], None], suite: Optional[str] = None, long: bool = False) -> None:
        """A case by the name of its test without `test_`."""
        test = f"{suite or self._suite}::test_{name}"
        self.by_test[test] = Case(test, play, long)

    def case(
        self, name: str, suite: Optional[str] = None, long: bool = False
    ) -> Callable[[Callable[[Play], None]], Callable[[Play], None]]:
        """Marks a function as the case of that name."""
        def mark(play: Callable[[Play], None]) -> Callable[[Play], None]:
            self.add(name, play, suite, long)
            return play

        return mark

    def of(self, *names: str) -> pytest.MarkDecorator:
        """Makes a test one about each of these cases."""
        tests = {name: test for name in names for test in self.by_test if test.endswith(f"::test_{name}")}
        return pytest.mark.parametrize("case", [tests[name] for name in names], ids=names)


def as_message(document: Dict[str, Any]) -> Dict[str, Any]:
    """As the recordings show a message of a queue; its body is text on the wire, and shown as JSON."""
    return {"Messages": [{"Body": document}], "ResponseMetadata": {"HTTPStatusCode": 200}}
