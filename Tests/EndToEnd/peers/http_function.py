"""A function behind plain HTTP, in the test's own process: whatever a callable answers, and all that it was sent."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Callable, Dict, List, Optional, Union

from peers.http_peer import HTTPPeer, Raw, Reply, Request


@dataclass
class Invocation:
    """One POST that arrived."""

    number: int
    """Counted from 1."""
    payload: bytes
    path: str
    headers: Dict[str, str]
    """Names in lower case."""
    arrived: float
    """`time.monotonic()`."""
    ended: Optional[float] = None

    @cached_property
    def event(self) -> Any:
        return json.loads(self.payload)

    @property
    def records(self) -> List[Dict[str, Any]]:
        """None where the event is not one of records."""
        return self.event.get("Records", []) if isinstance(self.event, dict) else []

    @property
    def bodies(self) -> List[str]:
        return [record["body"] for record in self.records]

    @property
    def ids(self) -> List[str]:
        return [identity(record) for record in self.records]


def identity(record: Dict[str, Any]) -> str:
    """What tells a message or a record from every other one of its source."""
    if "Sns" in record:
        return record["Sns"]["MessageId"]
    if "s3" in record:
        # S3 has no identifier of an event; tests put and remove a key once.
        return f"{record['eventName']} {record['s3']['bucket']['name']} {record['s3']['object']['key']}"
    return record["messageId"] if "messageId" in record else record["eventID"]


Answer = Union[Reply, Raw, bytes, None]
"""None is what a function answers that returns nothing: `null`."""

Behaviour = Callable[[Invocation], Answer]


def failing(_: Invocation) -> Answer:
    """What a function answers that raised an error."""
    return Reply(b'{"errorMessage":"intended","errorType":"RuntimeError"}', 500, {"X-Amz-Function-Error": "Unhandled"})


class HTTPFunction:
    """Listens until it is closed. `behaviour` may be replaced at any time, and may block."""

    def __init__(self, behaviour: Behaviour = lambda _: None, port: int = 0) -> None:
        self.behaviour = behaviour
        self.invocations: List[Invocation] = []
        self.most_at_once = 0
        self.errors: List[BaseException] = []
        """What went wrong in `behaviour` itself: a mistake of the test."""
        self._at_once = 0
        self._changed = threading.Condition()
        self._peer = HTTPPeer(self._answer, port)
        self.port = self._peer.port
        self.url = f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> "HTTPFunction":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops listening, and ends the connections that there are."""
        self._peer.close()

    def hang(self, _: Invocation) -> Answer:
        """A behaviour: no answer, ever."""
        self._peer.closing.wait(120)
        return Raw()

    def wait_for_invocations(self, count: int = 1, timeout: float = 10) -> List[Invocation]:
        """The first so many invocations, whether arrived or still to come."""
        return self.wait_for(lambda: len(self.invocations) >= count, f"{count} invocations", timeout)[:count]

    def wait_for_records(self, count: int, timeout: float = 15) -> List[Dict[str, Any]]:
        """All records, once there are so many of different ids."""
        self.wait_for(lambda: len(self.ids) >= count, f"{count} records", timeout)
        return self.records

    def wait_for(self, is_true: Callable[[], object], what: str, timeout: float = 10) -> List[Invocation]:
        """Until it is true of the invocations, which are returned; asked again at each arrival and each end."""
        with self._changed:
            if not self._changed.wait_for(is_true, timeout):
                seen = [invocation.payload[:300] for invocation in self.invocations[-5:]]
                raise AssertionError(
                    f"{what} did not come within {timeout} s, but {len(self.invocations)} invocations"
                    f" of {len(self.ids)} records. Last: {seen}. Errors: {self.errors}"
                )
            assert not self.errors, self.errors
            return list(self.invocations)

    @property
    def records(self) -> List[Dict[str, Any]]:
        """Of all invocations, in the order of arrival."""
        return [record for invocation in list(self.invocations) for record in invocation.records]

    @property
    def ids(self) -> Dict[str, int]:
        """How often each message or record was delivered."""
        return Counter(identity(record) for record in self.records)

    @property
    def bodies(self) -> List[str]:
        return [record["body"] for record in self.records]

    def _answer(self, request: Request) -> Union[Reply, Raw]:
        with self._changed:
            invocation = Invocation(
                len(self.invocations) + 1, request.body, request.target, request.headers, time.monotonic()
            )
            self.invocations.append(invocation)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            self._changed.notify_all()
        try:
            answer = self.behaviour(invocation)
        except BaseException as error:
            self.errors.append(error)
            answer = Reply(repr(error).encode(), 500)
        finally:
            with self._changed:
                invocation.ended = time.monotonic()
                self._at_once -= 1
                self._changed.notify_all()
        if isinstance(answer, (Reply, Raw)):
            return answer
        return Reply() if answer is None else Reply(answer)
