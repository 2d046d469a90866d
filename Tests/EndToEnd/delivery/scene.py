"""A stage for queues, and what can be said of messages at its end."""

from __future__ import annotations

from typing import Dict, Iterable, List, Sequence

import pytest

from peers.http_function import HTTPFunction
from peers.stage import Stage


class Scene(Stage):
    """Queues, functions and mappings between them."""

    def assert_once_each(self, function: HTTPFunction, ids: Iterable[str], apart: float = 0.5) -> None:
        """Every message was delivered, and none twice. Says what was seen of those that were.

        moto's server has no lock: of receives that come together two may be given the same message (also seen with
        boto3 alone), within milliseconds. Those do not count: deliveries of one message within so many seconds.
        """
        expected, counts = set(ids), function.ids
        assert set(counts) == expected, expected.symmetric_difference(counts)
        twice: Dict[str, List[float]] = {}
        for call in list(function.invocations):
            for identifier in call.ids:
                if counts[identifier] > 1:
                    twice.setdefault(identifier, []).append(call.arrived)
        if self.server.name == "moto":
            twice = {identifier: times for identifier, times in twice.items() if times[-1] - times[0] > apart}
        assert not twice, f"delivered more than once: {twice}"

    def skip_if_handed_out_twice(self, *functions: HTTPFunction) -> None:
        """Ends a test on moto that counts exactly, where moto's missing lock has spoilt the count."""
        if self.server.name == "moto":
            ids = [record["messageId"] for function in functions for record in function.records]
            if len(ids) > len(set(ids)):
                pytest.skip("moto gave one message to two receives")


def numbered(count: int, prefix: str = "message") -> Sequence[str]:
    """So many bodies, all different."""
    return [f"{prefix}-{number}" for number in range(count)]
