"""One running `headrace serve`: started on a free port, awaited through its log, ended by its process id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Sequence, Union

Log = Dict[str, Any]

START_TIMEOUT_SECONDS = 30
STOP_TIMEOUT_SECONDS = 20


def clean_environment(extra: Optional[Dict[str, str]] = None) -> Dict[str, str]:
    """The environment of this process without what would configure Headrace or an AWS client by accident."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HEADRACE_", "AWS_"))
    }
    # Nor the credentials of whoever runs the tests: with them Headrace would read queues of AWS itself.
    kept["AWS_SHARED_CREDENTIALS_FILE"] = kept["AWS_CONFIG_FILE"] = os.devnull
    kept.update(extra or {})
    return kept


def run_headrace(
    binary: str, *arguments: str, environment: Optional[Dict[str, str]] = None, timeout: float = 30
) -> "subprocess.CompletedProcess[str]":
    """Runs a command that is expected to end by itself, such as `headrace version` or a start that fails."""
    return subprocess.run(
        [binary, *arguments],
        env=clean_environment(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class HeadraceProcess:
    """Starts the server and knows its address, its log and its exit status.

    A log line that is not JSON is kept as `{"text": line}`, so that a crash report is visible too.
    """

    def __init__(
        self,
        binary: str,
        database: Union[str, "os.PathLike[str]"],
        arguments: Sequence[str] = (),
        environment: Optional[Dict[str, str]] = None,
    ) -> None:
        self.logs: List[Log] = []
        self._log_arrived = threading.Condition()
        self._log_ended = False
        self._process = subprocess.Popen(
            [
                binary, "serve",
                "--host", "127.0.0.1",
                "--port", "0",
                "--database", os.fspath(database),
                "--log-format", "json",
                *arguments,
            ],
            env=clean_environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._reader = threading.Thread(target=self._collect_logs, daemon=True)
        self._reader.start()
        try:
            listening = self.wait_for_log(lambda log: log.get("message") == "listening", START_TIMEOUT_SECONDS)
        except BaseException:
            self.kill()
            raise
        self.url: str = listening["url"]
        self.port = int(self.url.rsplit(":", 1)[1])

    def __enter__(self) -> "HeadraceProcess":
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_running:
            self.kill()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def terminate(self) -> None:
        """Asks for a graceful stop and returns at once."""
        os.kill(self.pid, signal.SIGTERM)

    def wait(self, timeout: float = STOP_TIMEOUT_SECONDS) -> int:
        """Awaits the end and returns the exit status (negative: ended by that signal)."""
        status = self._process.wait(timeout)
        self._reader.join(timeout)
        return status

    def stop(self, timeout: float = STOP_TIMEOUT_SECONDS) -> int:
        self.terminate()
        try:
            return self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """Ends the process as a power cut would: SIGKILL, nothing is flushed."""
        if self.is_running:
            os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def resident_bytes(self) -> int:
        """The memory of the process that is in RAM now, from /proc."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        raise AssertionError("/proc has no VmRSS for this process.")

    def wait_for_log(self, matches: Callable[[Log], bool], timeout: float = 10) -> Log:
        """Returns the first line that matches, whether already logged or still to come."""
        deadline = time.monotonic() + timeout
        examined = 0
        with self._log_arrived:
            while True:
                for log in self.logs[examined:]:
                    if matches(log):
                        return log
                examined = len(self.logs)
                remaining = deadline - time.monotonic()
                if self._log_ended or remaining <= 0:
                    reason = "the log ended" if self._log_ended else f"{timeout} s passed"
                    raise AssertionError(f"The expected log line did not come before {reason}. Logged: {self.logs}")
                self._log_arrived.wait(remaining)

    def _collect_logs(self) -> None:
        assert self._process.stderr is not None
        for raw in self._process.stderr:
            text = raw.decode("utf-8", "replace").rstrip("\n")
            try:
                log = json.loads(text)
            except ValueError:
                log = None
            with self._log_arrived:
                self.logs.append(log if isinstance(log, dict) else {"text": text})
                self._log_arrived.notify_all()
        with self._log_arrived:
            self._log_ended = True
            self._log_arrived.notify_all()
