"""A process that a test needs beside Headrace: started, read line by line, ended by its process id."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from typing import Callable, Dict, List, Optional, Sequence

from headrace_process import clean_environment

STOP_TIMEOUT_SECONDS = 10


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ChildProcess:
    """Collects what the process prints, on either stream, and lets a test await a line of it."""

    def __init__(
        self, command: Sequence[str], environment: Optional[Dict[str, str]] = None, folder: Optional[str] = None
    ) -> None:
        self.lines: List[str] = []
        self._changed = threading.Condition()
        self._ended = False
        self._process = subprocess.Popen(
            list(command),
            env=clean_environment({"PYTHONUNBUFFERED": "1", **(environment or {})}),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A group of its own: what it starts itself ends with it.
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """Ends the process and all that it started, with SIGKILL."""
        self._signal(signal.SIGKILL)
        self._process.wait(STOP_TIMEOUT_SECONDS)
        self._reader.join(STOP_TIMEOUT_SECONDS)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for what does not care."""
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            pass
        self.kill()

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def wait_for_lines(self, matches: Callable[[str], bool], count: int = 1, timeout: float = 10) -> List[str]:
        """The first so many lines that match, whether already printed or still to come."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = [line for line in self.lines if matches(line)]
                if len(found) >= count:
                    return found[:count]
                remaining = deadline - time.monotonic()
                if self._ended or remaining <= 0:
                    raise AssertionError(f"{len(found)} of {count} lines came. Printed: {self.lines[-40:]}")
                self._changed.wait(remaining)

    def wait_for_port(self, port: int, timeout: float = 30) -> None:
        """Polls until the process listens."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            assert self.is_running, f"it ended at once: {self.lines[-40:]}"
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"nothing listens on {port} after {timeout} s: {self.lines[-40:]}")

    def _collect(self) -> None:
        assert self._process.stdout is not None
        for raw in self._process.stdout:
            with self._changed:
                self.lines.append(raw.decode("utf-8", "replace").rstrip("\r\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
