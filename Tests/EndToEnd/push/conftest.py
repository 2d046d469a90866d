"""Fixtures of the tests of S3 and SNS: a Headrace for each of the servers that play them, and for each way there.

A server and its Headrace live as long as the session; tests keep apart by the names of their buckets, topics and
functions.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, Tuple

import pytest

from headrace_process import HeadraceProcess

from peers.aws_servers import AWSServer, Ministack, Roto
from peers.http_function import HTTPFunction
from push.scene import Scene
from push.scripted_s3 import ScriptedS3
from push.scripted_sns import ScriptedSNS

QUICK = ("--async-retry-delay", "100ms")
"""Nobody waits a minute for the second try."""

VIA_SQS = ("--sns-via", "sqs")

SharedHeadrace = Callable[..., HeadraceProcess]


@pytest.fixture(scope="session")
def shared_headrace(binary: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedHeadrace]:
    """One Headrace for each server and set of flags, started when it is first asked for.

    A test must neither stop nor configure it.
    """
    started: Dict[Tuple[str, ...], HeadraceProcess] = {}

    def headrace(server: AWSServer, *flags: str) -> HeadraceProcess:
        key = (server.name, *flags)
        if key not in started:
            database = tmp_path_factory.mktemp(f"push-{server.name}") / "headrace.db"
            started[key] = HeadraceProcess(binary, database, [*QUICK, *flags], environment=server.whole_environment)
        process = started[key]
        assert process.is_running, f"the shared Headrace ended by itself: {process.logs[-20:]}"
        return process

    yield headrace
    for process in started.values():
        assert process.is_running, f"the shared Headrace ended by itself: {process.logs[-20:]}"
        assert process.stop() == 0


def scene_on(server: AWSServer, shared_headrace: SharedHeadrace, *flags: str) -> Iterator[Scene]:
    scene = Scene(shared_headrace(server, *flags), server, flags)
    yield scene
    scene.close()


@pytest.fixture(params=["ministack", "moto", "roto"])
def bucket_scene(request: pytest.FixtureRequest, shared_headrace: SharedHeadrace) -> Iterator[Scene]:
    """Buckets on each of the servers in turn; what happens in them comes by a queue."""
    yield from scene_on(request.getfixturevalue(request.param), shared_headrace)


TOPIC_WAYS = {
    "ministack-http": ("ministack", ()),
    "moto-http": ("moto", ()),
    "ministack-sqs": ("ministack", VIA_SQS),
    "moto-sqs": ("moto", VIA_SQS),
    "roto-sqs": ("roto", VIA_SQS),
}
"""Server and flags. roto posts nothing to an HTTP endpoint."""

WAYS_WITH_ATTRIBUTES = ["ministack-http", "moto-sqs", "roto-sqs"]
"""moto 5.2 leaves message attributes out of what it posts. Of the queues, two are enough where attributes matter."""


def topic_scene_of(name: str, request: pytest.FixtureRequest, shared_headrace: SharedHeadrace) -> Iterator[Scene]:
    server, flags = TOPIC_WAYS[name]
    yield from scene_on(request.getfixturevalue(server), shared_headrace, *flags)


@pytest.fixture(params=TOPIC_WAYS)
def topic_scene(request: pytest.FixtureRequest, shared_headrace: SharedHeadrace) -> Iterator[Scene]:
    """Topics on each of the servers in turn, by HTTP where the server posts, and by a queue."""
    yield from topic_scene_of(request.param, request, shared_headrace)


@pytest.fixture(params=WAYS_WITH_ATTRIBUTES)
def attributes_scene(request: pytest.FixtureRequest, shared_headrace: SharedHeadrace) -> Iterator[Scene]:
    """Topics whose messages keep their attributes."""
    yield from topic_scene_of(request.param, request, shared_headrace)


@pytest.fixture
def ministack_scene(ministack: Ministack, shared_headrace: SharedHeadrace) -> Iterator[Scene]:
    """Buckets by a queue and topics by HTTP on ministack alone, where the server makes no difference."""
    yield from scene_on(ministack, shared_headrace)


@pytest.fixture
def roto_scene(roto: Roto, shared_headrace: SharedHeadrace) -> Iterator[Scene]:
    """Buckets and topics by a queue on roto alone, the quickest."""
    yield from scene_on(roto, shared_headrace, *VIA_SQS)


@pytest.fixture
def webhook_scene(ministack: Ministack, shared_headrace: SharedHeadrace) -> Iterator[Scene]:
    """Buckets whose events are posted, as MinIO does: there is no server of S3 at all."""
    yield from scene_on(ministack, shared_headrace, "--s3-via", "webhook")


@pytest.fixture
def own_scene(ministack: Ministack, start_headrace: Any) -> Iterator[Callable[..., Scene]]:
    """A Headrace of the test's own with the flags that it gives, on ministack unless told otherwise."""
    scenes = []

    def start(*arguments: str, server: AWSServer = ministack, **environment: str) -> Scene:
        process = start_headrace(*QUICK, *arguments, environment={**server.whole_environment, **environment})
        scenes.append(Scene(process, server, arguments))
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
def scripted_s3() -> Iterator[ScriptedS3]:
    server = ScriptedS3()
    yield server
    server.close()


@pytest.fixture
def scripted_sns() -> Iterator[ScriptedSNS]:
    server = ScriptedSNS()
    yield server
    server.close()
