"""Awaiting what can only be asked for again and again: with a deadline, and with what was seen last when it passes."""

from __future__ import annotations

import time
from typing import Callable, TypeVar

Value = TypeVar("Value")

POLL_SECONDS = 0.02


def wait_until(
    look: Callable[[], Value], is_right: Callable[[Value], object] = bool, timeout: float = 10, what: str = "it"
) -> Value:
    """Looks until what is seen is right, and returns that."""
    deadline = time.monotonic() + timeout
    while True:
        value = look()
        if is_right(value):
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {timeout} s; seen last: {value!r}")
        time.sleep(POLL_SECONDS)
