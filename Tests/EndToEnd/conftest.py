"""Fixtures of the end-to-end tests: the real binary, driven by real clients.

`HEADRACE_BINARY` names the binary; without it the debug build of this checkout is taken. Cheap tests share one
server and keep apart by an account of their own, which makes them independent of each other's order. A test that is
about the process itself starts its own with `start_headrace`.
"""

from __future__ import annotations

import itertools
import os
import random
import sys
from pathlib import Path
from typing import Any, Callable, Iterator, List

import boto3
import pytest
from botocore.config import Config

from headrace_process import HeadraceProcess
from lambda_wire import LambdaWire

from peers.aws_servers import Ministack, Moto, Roto
from peers.lambda_runtimes import LambdaRIC

ROOT = Path(__file__).resolve().parents[2]

StartHeadrace = Callable[..., HeadraceProcess]


@pytest.fixture(scope="session")
def binary() -> str:
    named = os.environ.get("HEADRACE_BINARY")
    path = Path(named) if named else ROOT / ".build" / "debug" / "headrace"
    if not os.access(path, os.X_OK) or path.is_dir():
        origin = "HEADRACE_BINARY names" if named else "HEADRACE_BINARY is unset, and the debug build would be"
        pytest.exit(f"No binary to test: {origin} {path}, which cannot be run. `swift build` makes it.", returncode=2)
    return str(path.resolve())


@pytest.fixture(scope="session")
def server(binary: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadraceProcess]:
    """The shared server. A test must neither stop it nor touch an account that is not its own."""
    with HeadraceProcess(binary, tmp_path_factory.mktemp("shared") / "headrace.db") as process:
        yield process
        assert process.is_running, f"the shared server ended by itself: {process.logs[-20:]}"
        assert process.stop() == 0


@pytest.fixture
def start_headrace(binary: str, tmp_path: Path) -> Iterator[StartHeadrace]:
    """Starts a server of the test's own; by default on `headrace.db` in the test's folder."""
    started: List[HeadraceProcess] = []

    def start(*arguments: str, database: Any = None, **options: Any) -> HeadraceProcess:
        process = HeadraceProcess(binary, database or tmp_path / "headrace.db", arguments, **options)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()


@pytest.fixture(scope="session")
def ministack() -> Iterator[Ministack]:
    """A server that plays AWS; it lives as long as the session, and tests keep apart by the names that they give."""
    server = Ministack()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    """Another one."""
    server = Moto()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def roto() -> Iterator[Roto]:
    """And a third one, which plays fewer services."""
    server = Roto()
    yield server
    server.stop()


@pytest.fixture
def lambda_ric(tmp_path: Path) -> Iterator[Callable[..., LambdaRIC]]:
    """Starts runtimes (awslambdaric); the handler's source is given."""
    started = []
    numbers = itertools.count()

    def start(runtime_api: str, handler: str, **environment: str) -> LambdaRIC:
        folder = tmp_path / f"function-{next(numbers)}"
        started.append(LambdaRIC(sys.executable, folder, runtime_api, handler, environment))
        return started[-1]

    yield start
    for runtime in started:
        runtime.kill()


@pytest.fixture
def account() -> str:
    """Twelve random digits: nobody else's mappings are visible there."""
    return f"{random.SystemRandom().randrange(200_000_000_000, 999_999_999_999)}"


@pytest.fixture
def wire(server: HeadraceProcess, account: str) -> Iterator[LambdaWire]:
    client = LambdaWire(server.port, account)
    yield client
    client.close()


@pytest.fixture
def boto(server: HeadraceProcess, account: str) -> Any:
    return make_boto_client(server.url, account)


def make_boto_client(url: str, account: str, region: str = "us-east-1", check_parameters: bool = True) -> Any:
    """A Lambda client that shows every answer as it came: no retries, no credentials from this machine."""
    return boto3.client(
        "lambda",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id=account,
        aws_secret_access_key="unchecked",
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=check_parameters),
    )
