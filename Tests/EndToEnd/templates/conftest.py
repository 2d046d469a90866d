"""Fixtures of the tests of templates: a Headrace of each test's own on a bare emulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from peers.aws_servers import Ministack
from peers.http_function import HTTPFunction
from templates.stacks import Stacks, WriteTemplate


@pytest.fixture
def own_ministack() -> Iterator[Ministack]:
    """An emulator with nothing in it: tests look at all that is there."""
    server = Ministack()
    yield server
    server.stop()


@pytest.fixture
def start_stacks(own_ministack: Ministack, start_headrace: Any, binary: str) -> Callable[..., Stacks]:
    def start(*arguments: str, **options: Any) -> Stacks:
        process = start_headrace(*arguments, environment=own_ministack.whole_environment, **options)
        return Stacks(process, own_ministack, binary)

    return start


@pytest.fixture
def stacks(start_stacks: Callable[..., Stacks]) -> Stacks:
    return start_stacks()


@pytest.fixture
def function() -> Iterator[HTTPFunction]:
    with HTTPFunction() as function:
        yield function
        assert not function.errors, function.errors


@pytest.fixture
def write(tmp_path: Path) -> WriteTemplate:
    """Writes a template, as JSON where it is no text, and gives its path."""

    def write(name: str, template: Any) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(template if isinstance(template, str) else json.dumps(template))
        return str(path)

    return write
