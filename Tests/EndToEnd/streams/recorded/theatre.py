"""Plays many cases at once, each in a thread of its own, on a Headrace and functions that they share."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Callable, Dict, Iterable, List, Optional

from headrace_process import HeadraceProcess

from peers.aws_servers import AWSServer
from streams.recorded.functions import RuntimeFunctions
from streams.recorded.play import Case, Play
from streams.scene import Scene

LONGEST_SECONDS = 240


class Performance:
    """A case that is being played."""

    def __init__(self, case: Case, play: Play) -> None:
        self._case, self._play = case, play
        self._error: Optional[BaseException] = None
        self._thread = threading.Thread(target=self._run, daemon=True, name=case.test)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._case.play(self._play)
        except BaseException as error:
            self._error = error

    def end(self) -> Play:
        """Awaits the end, and raises what went wrong."""
        self._thread.join(LONGEST_SECONDS)
        assert not self._thread.is_alive(), f"{self._case.test} does not end"
        if self._error is not None:
            raise self._error
        return self._play


class Theatre:
    """A Headrace with the default poll interval; Kinesis may be another server than everything else."""

    def __init__(self, binary: str, folder: Path, kinesis: AWSServer, others: AWSServer) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        environment = {**others.whole_environment, "AWS_ENDPOINT_URL_KINESIS": kinesis.url}
        self.headrace = HeadraceProcess(binary, folder / "headrace.db", environment=environment)
        self.kinesis, self.others = kinesis, others
        self._functions = RuntimeFunctions(self.headrace, folder)
        self._scenes: List[Scene] = []
        self._performances: Dict[str, Performance] = {}

    def begin(self, cases: Iterable[Case]) -> None:
        """Starts those that are not playing yet."""
        for case in cases:
            if case.test not in self._performances:
                # A scene's client of Headrace is for one thread.
                self._scenes.append(Scene(self.headrace, self.kinesis, self.others))
                self._performances[case.test] = Performance(case, Play(self._scenes[-1], self._functions))

    def end(self, case: Case) -> Play:
        assert self.headrace.is_running, self.headrace.logs[-20:]
        self.begin([case])
        return self._performances[case.test].end()

    def close(self) -> None:
        for scene in self._scenes:
            scene.close()
        self._functions.stop()
        assert self.headrace.stop() == 0


class Theatres:
    """One for each set of servers, opened when it is first asked for."""

    def __init__(self, open_theatre: Callable[[str], Theatre], wanted: Dict[str, Dict[str, Case]]) -> None:
        self._open, self._wanted = open_theatre, wanted
        self._opened: Dict[str, Theatre] = {}

    def on(self, servers: str) -> Theatre:
        if servers not in self._opened:
            self._opened[servers] = self._open(servers)
        return self._opened[servers]

    def begin_long_ones(self) -> None:
        """What takes minutes begins with the session, and is awaited at its end."""
        for servers, cases in self._wanted.items():
            long = [case for case in cases.values() if case.long]
            if long:
                self.on(servers).begin(long)

    def end(self, servers: str, case: Case) -> Play:
        """The case once it has been played; the first one that is asked for has all others start."""
        theatre = self.on(servers)
        theatre.begin(self._wanted[servers].values())
        return theatre.end(case)

    def close(self) -> None:
        for theatre in self._opened.values():
            theatre.close()
