"""Messages or records that flow while a test changes something: a thread that sends them and keeps account."""

from __future__ import annotations

import threading
from typing import Dict, List, Optional, Protocol, Sequence


class Inlet(Protocol):
    """What takes texts: a queue, or a stream."""

    def send_all(self, bodies: Sequence[str]) -> Dict[str, str]:
        """Sends them in order, and returns them by the ids that a function will see."""


class Flow(threading.Thread):
    """Sends batches of ten until it is stopped, and knows which bodies were accepted."""

    def __init__(self, inlet: Inlet, prefix: str = "flow", limit: int = 2000) -> None:
        super().__init__(daemon=True)
        self.sent: Dict[str, str] = {}
        """Bodies by their ids, in the order in which they were sent."""
        self.error: Optional[BaseException] = None
        self._inlet, self._prefix, self._limit = inlet, prefix, limit
        self._changed = threading.Condition()
        self._stopping = threading.Event()

    def __enter__(self) -> "Flow":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def run(self) -> None:
        number = 0
        try:
            # A small pause, so that a debug binary can follow.
            while number < self._limit and not self._stopping.wait(0.02):
                bodies = [f'{{"flow": "{self._prefix}", "number": {number + offset}}}' for offset in range(10)]
                sent = self._inlet.send_all(bodies)
                number += 10
                with self._changed:
                    self.sent.update(sent)
                    self._changed.notify_all()
        except BaseException as error:
            with self._changed:
                self.error = error
                self._changed.notify_all()

    def wait_for_more(self, count: int, timeout: float = 20) -> None:
        """Until so many more messages were sent than now."""
        with self._changed:
            goal = len(self.sent) + count
            reached = self._changed.wait_for(lambda: len(self.sent) >= goal or self.error, timeout)
            assert reached, "the flow stands still"
            assert self.error is None, self.error

    def stop(self) -> List[str]:
        """Stops, and returns the ids of all that was sent."""
        self._stopping.set()
        self.join(20)
        assert self.error is None, self.error
        return list(self.sent)
