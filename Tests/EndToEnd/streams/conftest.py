"""Fixtures of the tests of streams: a Headrace for each of the servers that play Kinesis and DynamoDB Streams.

A server and its Headrace live as long as the session; tests keep apart by the names of their streams and functions.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Callable, Dict, Iterator, List, Optional

import pytest

from headrace_process import HeadraceProcess

from peers.aws_servers import AWSServer, Ministack, Roto
from peers.http_function import HTTPFunction
from streams.recorded.dynamodb_cases import DYNAMODB
from streams.recorded.kinesis_cases import KINESIS
from streams.recorded.play import Case, Play
from streams.recorded.theatre import LONGEST_SECONDS, Theatre, Theatres
from streams.scene import Scene
from streams.scripted_dynamodb_streams import ScriptedDynamoDBStreams
from streams.scripted_kinesis import ScriptedKinesis

QUICK = ("--stream-poll-interval", "20ms")
"""Nobody waits for the next read where reading is not the point."""

SharedHeadrace = Callable[[AWSServer], HeadraceProcess]


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


# The recorded cases. A test names the one that it is about by its parameter `case`.


def case_of(item: pytest.Item) -> Optional[Case]:
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return {**KINESIS.by_test, **DYNAMODB.by_test}.get(parameters.get("case"))


def is_long(item: pytest.Item) -> bool:
    case = case_of(item)
    return (case is not None and case.long) or item.get_closest_marker("begins_with_session") is not None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    """The recorded cases keep their servers busy and come after all others; what takes long is asked for last."""
    items.sort(key=lambda item: (case_of(item) is not None, is_long(item)))


@pytest.fixture(scope="session")
def theatres(
    request: pytest.FixtureRequest, binary: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Theatres]:
    wanted: Dict[str, Dict[str, Case]] = {}
    for item in request.session.items:
        case = case_of(item)
        if case is not None:
            wanted.setdefault(item.callspec.params["servers"], {})[case.test] = case

    def open_theatre(servers: str) -> Theatre:
        kinesis, others = (request.getfixturevalue(name) for name in SERVERS[servers])
        return Theatre(binary, tmp_path_factory.mktemp("recorded"), kinesis, others)

    theatres = Theatres(open_theatre, wanted)
    yield theatres
    theatres.close()


SERVERS = {"ministack": ("ministack", "ministack"), "roto and moto": ("roto", "moto")}
"""Who plays Kinesis, and who everything else."""


@pytest.fixture(scope="session", autouse=True)
def long_ones(
    request: pytest.FixtureRequest, binary: str, tmp_path_factory: pytest.TempPathFactory
) -> Dict[str, "Future[None]"]:
    """What takes long begins with the session, as far as any test asks for it: here the plays, by the tests' names."""
    if any(case is not None and case.long for case in map(case_of, request.session.items)):
        request.getfixturevalue("theatres").begin_long_ones()
    marked = {item.name: item.get_closest_marker("begins_with_session") for item in request.session.items}
    plays = {name: mark.args[0] for name, mark in marked.items() if mark is not None}
    pool = ThreadPoolExecutor(max_workers=len(plays) or 1)
    return {name: pool.submit(play, binary, tmp_path_factory.mktemp("long")) for name, play in plays.items()}


@pytest.fixture
def ended(request: pytest.FixtureRequest, long_ones: Dict[str, "Future[None]"]) -> None:
    """The end of the play that began with the session; what went wrong in it goes wrong here."""
    long_ones[request.node.name].result(LONGEST_SECONDS)


@pytest.fixture(params=SERVERS)
def servers(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def play(request: pytest.FixtureRequest, theatres: Theatres, servers: str, case: str) -> Play:
    """The recorded case that the test is about, once it has been played on these servers."""
    wanted = case_of(request.node)
    assert wanted is not None, case
    return theatres.end(servers, wanted)
