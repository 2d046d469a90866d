"""A thread that creates mappings as fast as they are answered, until its connection breaks."""

from __future__ import annotations

import http.client
import threading
from typing import Dict, List

from lambda_wire import Answer, LambdaWire
from source_types import queue_request


class Writer(threading.Thread):
    """Keeps which mappings were answered 202 (id to queue), and releases the semaphore once for each."""

    def __init__(self, port: int, account: str, number: int, answered: "threading.Semaphore") -> None:
        super().__init__()
        self.created: Dict[str, str] = {}
        self.refused: List[Answer] = []
        self._port, self._account, self._number, self._answered = port, account, number, answered

    def run(self) -> None:
        client = LambdaWire(self._port, self._account, keep_alive=True)
        count = 0
        while True:
            queue = f"queue-{self._number}-{count}"
            count += 1
            try:
                answer = client.create(queue_request(self._account, queue))
            except (OSError, http.client.HTTPException):
                # Refused, reset, or ended within an answer: not answered, whatever became of it.
                return
            if answer.status != 202:
                self.refused.append(answer)
                return
            self.created[answer.json["UUID"]] = queue
            self._answered.release()
