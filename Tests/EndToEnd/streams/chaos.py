"""A stream under everything at once, and the account that must come out even.

The function keeps a log of what it was given and what it answered. From that alone follows what may come twice: a
record that was answered for comes again only after a kill, and only if nothing had come behind it in its lane before,
since a checkpoint is written before the next batch of the lane begins.
"""

from __future__ import annotations

import json
import random
import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import Dict, Iterable, List, Sequence, Tuple

from peers.http_function import Answer, HTTPFunction, Invocation
from peers.http_peer import Raw, Reply
from streams.kinesis_stream import Put, Stream
from streams.records import sequence_of, shard_of


@dataclass(frozen=True)
class Form:
    """How much of it."""

    shards: int
    records: int
    keys: int
    kills: int
    batch: int
    factor: int
    put_size: int
    """Records of one PutRecords."""
    put_pause: float
    kill_pause: Tuple[float, float]
    """Seconds between kills, from and to."""
    patience: float
    """Seconds until all must have arrived after the last kill."""


SMALL = Form(
    shards=4, records=6000, keys=100, kills=8, batch=20, factor=2, put_size=25, put_pause=0.05,
    kill_pause=(0.8, 2.2), patience=60,
)
FULL = Form(
    shards=8, records=100_000, keys=1000, kills=20, batch=100, factor=3, put_size=100, put_pause=0.04,
    kill_pause=(1, 4), patience=300,
)


class Producer(threading.Thread):
    """Puts records over many keys until there are enough, and a last few after it is told to finish."""

    def __init__(self, stream: Stream, form: Form, seed: int) -> None:
        super().__init__(daemon=True)
        self.puts: List[Put] = []
        self.errors: List[BaseException] = []
        self._finishing = threading.Event()
        self._stream, self._form, self._chooser = stream, form, random.Random(seed)

    def finish(self) -> None:
        self._finishing.set()
        self.join(self._form.patience)
        assert not self.errors and not self.is_alive(), self.errors

    def run(self) -> None:
        try:
            while len(self.puts) < self._form.records:
                self._put()
                self._finishing.wait(self._form.put_pause)
            self._finishing.wait()
            self._put()
        except BaseException as error:
            self.errors.append(error)

    def _put(self) -> None:
        first = len(self.puts)
        self.puts += self._stream.put_all(
            (str(first + number), f"key-{self._chooser.randrange(self._form.keys)}")
            for number in range(self._form.put_size)
        )


@dataclass
class Entry:
    """An invocation, in the order of arrival."""

    generation: int
    """How many kills there had been."""
    ids: List[str]
    keys: List[str]
    shard: str
    done: int
    """How many of the records, from the first on, the function answered for."""


class FailingFunction:
    """Fails in every way, at random, in about one of five cases. Its log is the truth."""

    def __init__(self, seed: int) -> None:
        self.log: List[Entry] = []
        self.done: Dict[str, int] = {}
        """How often each record was answered for."""
        self.mistakes: List[str] = []
        self.generation = 0
        self.quiet = threading.Condition()
        self._active: Dict[int, List[str]] = {}
        self._chooser = random.Random(seed)
        self.function = HTTPFunction(self._behave)

    @property
    def is_busy(self) -> bool:
        return bool(self._active)

    def _behave(self, call: Invocation) -> Answer:
        records = call.records
        keys = [record["kinesis"]["partitionKey"] for record in records]
        ids = [record["eventID"] for record in records]
        with self.quiet:
            busy = {key for others in self._active.values() for key in others}
            both = busy.intersection(keys)
            if both:
                self.mistakes.append(f"two invocations at once hold {sorted(both)[:5]}")
            shards = {shard_of(record) for record in records}
            if len(shards) != 1:
                self.mistakes.append(f"one invocation holds records of {sorted(shards)}")
            self._active[call.number] = keys
            chance, pause = self._chooser.random(), self._chooser.random() * 0.01
            place = self._chooser.randrange(len(records))
        threading.Event().wait(pause)
        answer, done = self._choose(chance, place, records)
        with self.quiet:
            del self._active[call.number]
            self.log.append(Entry(self.generation, ids, keys, shards.pop(), done))
            for identifier in ids[:done]:
                self.done[identifier] = self.done.get(identifier, 0) + 1
            self.quiet.notify_all()
        return answer

    def _choose(self, chance: float, place: int, records: Sequence[Dict[str, object]]) -> Tuple[Answer, int]:
        if chance < 0.06:
            return Reply(b'{"errorMessage": "intended"}', 500, {"X-Amz-Function-Error": "Unhandled"}), 0
        if chance < 0.09:
            return Reply(b'{"Reason": "intended"}', 429), 0
        if chance < 0.12:
            return Raw(), 0
        if chance < 0.14:
            return b"garbage", 0
        if chance < 0.20:
            failures = [{"itemIdentifier": sequence_of(record)} for record in records[place:]]
            return json.dumps({"batchItemFailures": failures[::-1]}).encode(), place
        return None, len(records)


def lanes_of(log: Iterable[Entry]) -> Dict[str, str]:
    """By key one key that stands for its lane: keys that ever came in one batch are in one lane."""
    parent: Dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for entry in log:
        for key in entry.keys[1:]:
            parent[root(key)] = root(entry.keys[0])
    return {key: root(key) for key in list(parent)} | {
        key: root(key) for entry in log for key in entry.keys
    }


def assert_account_is_even(log: List[Entry], puts: List[Put], form: Form) -> Dict[str, int]:
    """Nothing lost, no key out of order, nothing twice that must not be; returns what there was to count."""
    by_id = {put.id: number for number, put in enumerate(puts)}
    answered = {identifier for entry in log for identifier in entry.ids[:entry.done]}
    lost = set(by_id) - answered
    assert not lost, f"{len(lost)} lost: {sorted(lost)[:10]}"
    assert answered <= set(by_id)
    check_order(log, puts, by_id)
    return check_repeats(log, form)


def check_order(log: List[Entry], puts: List[Put], by_id: Dict[str, int]) -> None:
    """A record comes for the first time only when all earlier ones of its key were answered for, or with them."""
    of_key: Dict[str, List[str]] = defaultdict(list)
    for put in puts:
        of_key[put.key].append(put.id)
    next_of: Dict[str, int] = defaultdict(int)
    done = set()
    for entry in log:
        assert sorted(entry.ids, key=by_id.__getitem__) == entry.ids, f"a batch is out of order: {entry.ids}"
        for identifier, key in zip(entry.ids, entry.keys):
            expected = of_key[key]
            if next_of[key] < len(expected) and identifier == expected[next_of[key]]:
                next_of[key] += 1
            else:
                place = expected.index(identifier)
                assert place < next_of[key], f"{key}: {identifier} came before {expected[next_of[key]]}"
        for identifier, key in zip(entry.ids, entry.keys):
            place = of_key[key].index(identifier)
            if place:
                before = of_key[key][place - 1]
                assert before in done or before in entry.ids, f"{key}: {identifier} overtook {before}"
        done.update(entry.ids[:entry.done])


def check_repeats(log: List[Entry], form: Form) -> Dict[str, int]:
    lanes = lanes_of(log)
    last_of_lane: Dict[Tuple[str, str], Entry] = {}
    done_in: Dict[str, Entry] = {}
    repeated: Dict[Tuple[int, str, str], List[str]] = defaultdict(list)
    last_before_kill: Dict[Tuple[int, str, str], Entry] = {}
    for entry in log:
        lane = (entry.shard, lanes[entry.keys[0]])
        previous = last_of_lane.get(lane)
        if previous is not None and previous.generation < entry.generation:
            # The first invocation of the lane after a kill: this is where the lane had been.
            last_before_kill[entry.generation, *lane] = previous
        for identifier in entry.ids:
            answered = done_in.get(identifier)
            if answered is None:
                continue
            assert answered.generation < entry.generation, f"{identifier} was done and came again without a kill"
            place = last_before_kill.get((entry.generation, *lane))
            assert answered is place, f"{identifier} was done, others came behind it, and it came again after a kill"
            repeated[entry.generation, *lane].append(identifier)
        last_of_lane[lane] = entry
        for identifier in entry.ids[:entry.done]:
            done_in[identifier] = entry
    for where, identifiers in repeated.items():
        assert len(set(identifiers)) <= form.batch, f"more than one batch came again: {where}"
    return {
        "invocations": len(log),
        "failed": sum(entry.done < len(entry.ids) for entry in log),
        "done again after a kill": sum(len(set(each)) for each in repeated.values()),
        "shards": len({entry.shard for entry in log}),
        "lanes": len(set(lanes.values())),
    }
