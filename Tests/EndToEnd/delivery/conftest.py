"""Fixtures of the delivery tests: a Headrace for each of the servers that play SQS.

A server and its Headrace live as long as the session; tests keep apart by the names of their queues and functions.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterator

import pytest

from headrace_process import HeadraceProcess

from delivery.scene import Scene
from delivery.scripted_lambda import ScriptedLambda
from delivery.scripted_sqs import ScriptedSQS
from peers.aws_servers import AWSServer, Ministack
from peers.lambda_runtimes import RIE


@pytest.fixture(scope="session", params=["ministack", "moto"])
def source(request: pytest.FixtureRequest) -> AWSServer:
    """Each of the two servers."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def shared_headrace(
    binary: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[AWSServer], HeadraceProcess]]:
    """One Headrace for each server, started when it is first asked for. A test must neither stop nor configure it."""
    started: Dict[str, HeadraceProcess] = {}

    def headrace(server: AWSServer) -> HeadraceProcess:
        if server.name not in started:
            database = tmp_path_factory.mktemp(server.name) / "headrace.db"
            started[server.name] = HeadraceProcess(binary, database, environment=server.environment)
        process = started[server.name]
        assert process.is_running, f"the shared Headrace ended by itself: {process.logs[-20:]}"
        return process

    yield headrace
    for process in started.values():
        assert process.is_running, f"the shared Headrace ended by itself: {process.logs[-20:]}"
        assert process.stop() == 0


@pytest.fixture
def scene(source: AWSServer, shared_headrace: Callable[[AWSServer], HeadraceProcess]) -> Iterator[Scene]:
    """Queues on each of the two servers in turn, mapped by a shared Headrace."""
    scene = Scene(shared_headrace(source), source)
    yield scene
    scene.close()


@pytest.fixture
def ministack_scene(
    ministack: Ministack, shared_headrace: Callable[[AWSServer], HeadraceProcess]
) -> Iterator[Scene]:
    """Queues on ministack alone, where the server makes no difference."""
    scene = Scene(shared_headrace(ministack), ministack)
    yield scene
    scene.close()


@pytest.fixture
def own_scene(ministack: Ministack, start_headrace: Any) -> Iterator[Callable[..., Scene]]:
    """Queues on ministack, mapped by a Headrace of the test's own with the flags that it gives."""
    scenes = []

    def start(*arguments: str, server: Any = ministack, **environment: str) -> Scene:
        process = start_headrace(*arguments, environment={**server.environment, **environment})
        scenes.append(Scene(process, server))
        return scenes[-1]

    yield start
    for scene in scenes:
        scene.close()


@pytest.fixture
def scripted_sqs() -> Iterator[ScriptedSQS]:
    server = ScriptedSQS()
    yield server
    server.close()


@pytest.fixture
def scripted_lambda() -> Iterator[ScriptedLambda]:
    server = ScriptedLambda()
    yield server
    server.close()


@pytest.fixture
def rie(tmp_path: Path) -> Iterator[Callable[..., RIE]]:
    """Starts Runtime Interface Emulators with a handler whose source is given."""
    started = []
    numbers = itertools.count()

    def start(handler: str, **environment: str) -> RIE:
        folder = tmp_path / f"emulated-{next(numbers)}"
        started.append(RIE(sys.executable, folder, handler, environment))
        return started[-1]

    yield start
    for emulator in started:
        emulator.stop()
