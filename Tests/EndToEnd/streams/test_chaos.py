"""Kills at random moments, shards that split and merge, a function that fails at random: nothing lost, nothing astray.

`HEADRACE_CHAOS=full` plays it large; `HEADRACE_CHAOS_SEED` plays one again, as far as time allows.
"""

from __future__ import annotations

import os
import random
import time
from typing import Any, Callable

import pytest

from peers.stage import put_function
from streams.chaos import FULL, SMALL, FailingFunction, Form, Producer, assert_account_is_even
from streams.conftest import QUICK
from streams.kinesis_stream import Stream
from streams.scene import Scene


@pytest.fixture
def form() -> Form:
    return FULL if os.environ.get("HEADRACE_CHAOS") == "full" else SMALL


@pytest.fixture
def seed() -> int:
    seed = int(os.environ.get("HEADRACE_CHAOS_SEED") or random.SystemRandom().randrange(1 << 32))
    print("HEADRACE_CHAOS_SEED:", seed)
    return seed


def reshard(stream: Stream, chooser: random.Random, form: Form) -> str:
    """Splits or merges, so that there are about as many shards as in the beginning."""
    count = len(stream.open_shards())
    if count >= 2 * form.shards or (count > 1 and chooser.random() < 0.5):
        return f"merged into {stream.merge(chooser.randrange(count - 1))}"
    shard = chooser.choice(stream.open_shards())["ShardId"]
    return f"split {shard} into {stream.split(shard)}"


def test_the_account_comes_out_even(
    own_scene: Callable[..., Scene], start_headrace: Any, form: Form, seed: int
) -> None:
    scene, chooser = own_scene(), random.Random(seed)
    failing = FailingFunction(seed)
    stream = scene.stream(form.shards)
    put_function(scene.process, "worker", failing.function.url)
    mapping = scene.mapping(
        stream, "worker", BatchSize=form.batch, ParallelizationFactor=form.factor, BisectBatchOnFunctionError=True,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    producer, process = Producer(stream, form, seed), scene.process
    producer.start()
    begun = time.monotonic()
    for _ in range(form.kills):
        time.sleep(chooser.uniform(*form.kill_pause) / 2)
        print(f"{time.monotonic() - begun:6.2f} s:", reshard(stream, chooser, form))
        time.sleep(chooser.uniform(*form.kill_pause) / 2)
        process.kill()
        print(f"{time.monotonic() - begun:6.2f} s: killed, {len(failing.done)} of {len(producer.puts)} were done")
        # What the dead one had sent is read and answered for before the next one is there.
        with failing.quiet:
            assert failing.quiet.wait_for(lambda: not failing.is_busy, 10)
        time.sleep(0.05)
        with failing.quiet:
            assert failing.quiet.wait_for(lambda: not failing.is_busy, 10)
            failing.generation += 1
        process = start_headrace(*QUICK, environment=scene.streams_server.whole_environment)
    producer.finish()
    with failing.quiet:
        complete = failing.quiet.wait_for(lambda: len(failing.done) >= len(producer.puts), form.patience)
    print(f"{time.monotonic() - begun:6.2f} s: {len(failing.done)} of {len(producer.puts)} were done")
    assert complete, f"{len(producer.puts) - len(failing.done)} did not arrive: {mapping.on(process).get()}"
    assert process.stop() == 0
    failing.function.close()
    assert not failing.function.errors, failing.function.errors
    assert not failing.mistakes, failing.mistakes[:5]
    print(assert_account_is_even(failing.log, producer.puts, form))
