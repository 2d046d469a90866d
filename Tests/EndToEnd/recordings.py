"""AWS's recorded answers and how to hold others against them. They lie beside this checkout and are no part of it.

What differs from run to run is masked in them: `<uuid:1>`, `<region>`, `<timestamp:2022-07-13T13:48:01.000Z>`. The same
mask stands for the same value throughout a recorded test.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any, Dict

import pytest

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "aws" / "recorded"

MASK = re.compile(r"<(?P<name>[a-z-]+)(?::(?P<detail>[^<>]*))?>")
TIMES = {"datetime", "timestamp", "approximate-arrival-timestamp", "approximate-creation-datetime", "execution-start"}
"""Masks of what is another value at every place."""


def load_recordings(name: str) -> Dict[str, Any]:
    """What was recorded in each test of a file, by the tests' names; where there is none the test is skipped."""
    path = RECORDED / name
    if not path.is_file():
        pytest.skip(f"The recordings of AWS's answers are not here: {path}")
    whole = json.loads(path.read_text(encoding="utf-8"))
    return {test.split(".py::", 1)[1]: recorded["recorded-content"] for test, recorded in whole.items()}


class Masks:
    """The values that the masks of one recorded test have turned out to stand for."""

    def __init__(self) -> None:
        self._values: Dict[str, str] = {}

    def assert_like(self, actual: Any, recorded: Any, path: str) -> None:
        if isinstance(recorded, dict):
            # Recordings show JSON within a text as what it means.
            seen = json.loads(actual) if isinstance(actual, str) else actual
            assert isinstance(seen, dict) and sorted(seen) == sorted(recorded), (path, seen)
            for name, value in recorded.items():
                self.assert_like(seen[name], value, f"{path}.{name}")
        elif isinstance(recorded, list):
            assert isinstance(actual, list) and len(actual) == len(recorded), (path, actual)
            for index, value in enumerate(recorded):
                self.assert_like(actual[index], value, f"{path}[{index}]")
        elif recorded == "datetime":
            assert isinstance(actual, datetime), path
        elif isinstance(recorded, str):
            self._assert_text_like(actual, recorded, path)
        else:
            assert actual == recorded and type(actual) is type(recorded), (path, actual)

    def _assert_text_like(self, actual: Any, recorded: str, path: str) -> None:
        whole = MASK.fullmatch(recorded)
        if whole and whole["name"] in TIMES and not whole["detail"]:
            # A number on the wire, of which an SDK may have made a moment; and in one pattern the rules for it.
            assert isinstance(actual, (int, float, str, datetime, list)), (path, actual)
            assert not isinstance(actual, bool), (path, actual)
            return
        assert isinstance(actual, str), (path, actual)
        found = re.fullmatch(expression_of(recorded), actual, re.DOTALL)
        assert found, (path, actual, recorded)
        for mask, value in zip(MASK.finditer(recorded), found.groups()):
            if mask["name"] not in TIMES:
                known = self._values.setdefault(mask[0], value)
                assert known == value, (path, f"{mask[0]} was {known} before", value)


def expression_of(recorded: str) -> str:
    """A regular expression for a recorded text, where a mask stands for any text without a space or quote."""
    expression, end = "", 0
    for mask in MASK.finditer(recorded):
        expression += re.escape(recorded[end:mask.start()])
        # A time of that form.
        form = re.sub(r"\d", r"\\d", re.escape(mask["detail"])) if mask["name"] == "timestamp" else r"[^\s\"']+"
        expression += f"({form})"
        end = mask.end()
    return expression + re.escape(recorded[end:])
