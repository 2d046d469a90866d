"""Fixtures of the tests of streams: a Headrace for each of the servers that play Kinesis and DynamoDB Streams.

A server and its Headrace live as long as the session; tests keep apart by the names of their streams and functions.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator

import pytest

from headrace_process import HeadraceProcess

from peers.aws_servers import AWSServer, Ministack, Roto
from peers.http_function import HTTPFunction
from streams.scene import Scene
from streams.scripted_dynamodb_streams import ScriptedDynamoDBStreams
from streams.scripted_kinesis import ScriptedKinesis

QUICK = ("--stream-poll-interval", "20ms")
"""Nobody waits for the next read where reading is not the point."""

SharedHeadrace = Callable[[AWSServer], HeadraceProcess]


@pytest.fixture(scope="session")
def roto() -> Iterator[Roto]:
    server = Roto()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def shared_headrace(binary: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedHeadrace]:
    """One Headrace for each server, started when it is first asked for. A test must neither stop nor configure it."""
    started: Dict[str, HeadraceProcess] = {}

    def headrace(server: AWSServer) -> HeadraceProcess:
        if server.name not in started:
            database = tmp_path_factory.mktemp(f"streams-{server.name}") / "headrace.db"
            started[server.name] = HeadraceProcess(binary, database, QUICK, environment=server.whole_environment)
        process = started[server.name]
        assert process.is_running, f"the shared Headrace ended by itself: {process.logs[-20:]}"
        return process

    yield headrace
    for process in started.values():
        assert process.is_running, f"the shared Headrace ended by itself: {process.logs[-20:]}"
        assert process.stop() == 0


def scene_on(server: AWSServer, shared_headrace: SharedHeadrace) -> Iterator[Scene]:
    scene = Scene(shared_headrace(server), server)
    yield scene
    scene.close()


@pytest.fixture(params=["ministack", "moto", "roto"])
def scene(request: pytest.FixtureRequest, shared_headrace: SharedHeadrace) -> Iterator[Scene]:
    """Kinesis streams on each of the servers in turn, read by a shared Headrace."""
    yield from scene_on(request.getfixturevalue(request.param), shared_headrace)


@pytest.fixture(params=["ministack", "moto"])
def table_scene(request: pytest.FixtureRequest, shared_headrace: SharedHeadrace) -> Iterator[Scene]:
    """Tables on each of the servers that have DynamoDB Streams."""
    yield from scene_on(request.getfixturevalue(request.param), shared_headrace)


@pytest.fixture
def ministack_scene(ministack: Ministack, shared_headrace: SharedHeadrace) -> Iterator[Scene]:
    """Streams on ministack alone: where the server makes no difference, and for what only it has."""
    yield from scene_on(ministack, shared_headrace)


@pytest.fixture
def roto_scene(roto: Roto, shared_headrace: SharedHeadrace) -> Iterator[Scene]:
    """Streams on roto alone: the quickest, whose shards end as AWS's do."""
    yield from scene_on(roto, shared_headrace)


@pytest.fixture
def own_scene(roto: Roto, start_headrace: Any) -> Iterator[Callable[..., Scene]]:
    """Streams on roto (unless told otherwise), read by a Headrace of the test's own with the flags that it gives."""
    scenes = []

    def start(*arguments: str, server: AWSServer = roto, **environment: str) -> Scene:
        process = start_headrace(*QUICK, *arguments, environment={**server.whole_environment, **environment})
        scenes.append(Scene(process, server))
        return scenes[-1]

    yield start
    for scene in scenes:
        scene.close()


@pytest.fixture
def function() -> Iterator[HTTPFunction]:
    """A function whose address stays the same while Headrace comes and goes."""
    with HTTPFunction() as function:
        yield function
        assert not function.errors, function.errors


@pytest.fixture
def scripted_kinesis() -> Iterator[ScriptedKinesis]:
    server = ScriptedKinesis()
    yield server
    server.close()


@pytest.fixture
def scripted_dynamodb_streams() -> Iterator[ScriptedDynamoDBStreams]:
    server = ScriptedDynamoDBStreams()
    yield server
    server.close()
