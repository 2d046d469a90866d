"""The journal: what was delivered, when, and what became of it; for tests that assert on it, and for people."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List

import pytest

from headrace_process import clean_environment, run_headrace
from lambda_wire import LambdaWire

from delivery.scene import Scene, numbered
from peers.http_function import failing
from peers.http_peer import Reply
from peers.mappings import deliveries

KEYS = [
    "sequence", "mapping", "functionArn", "eventSourceArn", "startedAt", "durationMilliseconds", "attempt",
    "batchSize", "outcome", "error", "event", "answer",
]


def test_an_entry_says_what_was_delivered(scene: Scene) -> None:
    queue, function = scene.queue(), scene.function(lambda _: b'{"fine": [1, 2.50]}')
    mapping = scene.mapping(queue, function)
    before = datetime.now(timezone.utc)
    queue.send('{ "odd" :  "größer" }')
    (entry,) = mapping.wait_for_deliveries()
    after = datetime.now(timezone.utc)
    assert list(entry) == KEYS
    assert entry["mapping"] == mapping.uuid
    assert entry["functionArn"] == mapping.created["FunctionArn"]
    assert entry["eventSourceArn"] == queue.arn
    assert entry["startedAt"].endswith("Z") and len(entry["startedAt"]) == len("2026-11-24T15:00:00.123Z")
    started = datetime.strptime(entry["startedAt"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    assert before.timestamp() - 0.01 <= started.timestamp() <= after.timestamp()
    assert 0 < entry["durationMilliseconds"] < 10_000
    assert (entry["attempt"], entry["batchSize"], entry["outcome"], entry["error"]) == (1, 1, "success", None)
    assert entry["event"] == function.invocations[0].event
    assert entry["answer"] == {"fine": [1, 2.50]}


def test_entries_come_oldest_first_page_by_page(ministack_scene: Scene) -> None:
    scene = ministack_scene
    queue, function = scene.queue(), scene.function()
    mapping = scene.mapping(queue, function, BatchSize=1)
    queue.send_all(numbered(25))
    mapping.wait_for_deliveries(25)
    pages: List[List[Dict[str, Any]]] = []
    after = 0
    while True:
        page = deliveries(scene.process, mapping.uuid, after, limit=10)
        if not page["deliveries"]:
            assert page["next"] == after
            break
        pages.append(page["deliveries"])
        assert page["next"] == page["deliveries"][-1]["sequence"]
        after = page["next"]
    assert [len(page) for page in pages] == [10, 10, 5]
    sequences = [entry["sequence"] for page in pages for entry in page]
    assert sequences == sorted(set(sequences))


def test_mappings_are_told_apart(ministack_scene: Scene) -> None:
    scene = ministack_scene
    start = deliveries(scene.process, limit=1000)["next"]
    pairs = []
    for number in range(2):
        queue = scene.queue()
        mapping = scene.mapping(queue, scene.function())
        queue.send(f"to {number}")
        pairs.append((mapping, mapping.wait_for_deliveries()[0]))
    for mapping, entry in pairs:
        found = deliveries(scene.process, mapping.uuid)["deliveries"]
        assert [one["sequence"] for one in found] == [entry["sequence"]]
    everything = all_after(scene, start)
    assert {entry["mapping"] for entry in everything} >= {mapping.uuid for mapping, _ in pairs}


def all_after(scene: Scene, after: int) -> List[Dict[str, Any]]:
    """Without a mapping: the deliveries of all."""
    found: List[Dict[str, Any]] = []
    while True:
        page = deliveries(scene.process, after=after, limit=100)
        if not page["deliveries"]:
            return found
        found += page["deliveries"]
        after = page["next"]


def test_a_long_poll_wakes_up_at_once(ministack_scene: Scene) -> None:
    scene = ministack_scene
    queue, function = scene.queue(), scene.function()
    mapping = scene.mapping(queue, function)
    queue.send("first")
    last = mapping.wait_for_deliveries()[0]["sequence"]
    woken: Dict[str, Any] = {}

    def wait() -> None:
        woken.update(deliveries(scene.process, mapping.uuid, last, wait="30s"))
        woken["at"] = time.monotonic()

    waiter = threading.Thread(target=wait)
    waiter.start()
    # Another mapping's delivery wakes nobody here; it also gives the waiter time to arrive.
    other_queue = scene.queue()
    other = scene.mapping(other_queue, scene.function())
    other_queue.send("other")
    other.wait_for_deliveries()
    assert waiter.is_alive()
    queue.send("second")
    call = function.wait_for_invocations(2)[1]
    waiter.join(10)
    assert not waiter.is_alive()
    assert woken["at"] - call.arrived < 1
    assert [entry["event"]["Records"][0]["body"] for entry in woken["deliveries"]] == ["second"]


def test_a_long_poll_for_nothing_ends_in_time(ministack_scene: Scene) -> None:
    scene = ministack_scene
    mapping = scene.mapping(scene.queue(), scene.function())
    begin = time.monotonic()
    page = deliveries(scene.process, mapping.uuid, wait="1s")
    assert 0.9 <= time.monotonic() - begin < 3
    assert page == {"deliveries": [], "next": 0}
    begin = time.monotonic()
    assert deliveries(scene.process, mapping.uuid)["deliveries"] == []
    assert time.monotonic() - begin < 0.5


@pytest.mark.parametrize(
    "query",
    [{"wait": "61s"}, {"wait": "-1s"}, {"wait": "soon"}, {"after": "x"}, {"limit": "0"}, {"limit": "x"},
     {"mapping": "x"}],
    ids=str,
)
def test_a_bad_query_is_refused(ministack_scene: Scene, query: Dict[str, str]) -> None:
    answer = ministack_scene.wire.request("GET", "/_headrace/deliveries", query=query)
    assert answer.status == 400, answer
    assert answer.error_type in ("InvalidParameterValueException", "ValidationException"), answer
    assert answer.error_text


def test_outcomes_and_attempts_are_noted(ministack_scene: Scene) -> None:
    scene = ministack_scene
    queue = scene.queue(VisibilityTimeout=1)
    function = scene.function(lambda call: failing(call) if call.number < 3 else None)
    mapping = scene.mapping(queue, function)
    queue.send("again")
    entries = mapping.wait_for_deliveries(3)
    assert [entry["outcome"] for entry in entries] == ["functionError", "functionError", "success"]
    assert [entry["attempt"] for entry in entries] == [1, 2, 3]
    assert entries[0]["error"] == "RuntimeError: intended"
    assert entries[0]["answer"] == {"errorMessage": "intended", "errorType": "RuntimeError"}
    assert entries[2]["error"] is None


def test_an_answer_that_is_no_json_is_kept_as_text(ministack_scene: Scene) -> None:
    scene = ministack_scene
    queue, function = scene.queue(), scene.function(lambda _: b"plain {text")
    mapping = scene.mapping(queue, function)
    queue.send("hello")
    entry = mapping.wait_for_deliveries()[0]
    assert entry["answerText"] == "plain {text"
    assert entry.get("answer") is None


def test_only_so_many_are_kept_for_each_mapping(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene("--journal-deliveries", "5")
    queue, function = scene.queue(), scene.function()
    mapping = scene.mapping(queue, function, BatchSize=1)
    for number in range(8):
        queue.send(f"message-{number}")
        function.wait_for_invocations(number + 1)
    queue.wait_until_empty()
    other_queue = scene.queue()
    other = scene.mapping(other_queue, scene.function())
    other_queue.send("other")
    assert len(other.wait_for_deliveries()) == 1
    kept = deliveries(scene.process, mapping.uuid)["deliveries"]
    bodies = [entry["event"]["Records"][0]["body"] for entry in kept]
    assert bodies == [f"message-{number}" for number in range(3, 8)]
    assert len(deliveries(scene.process, other.uuid)["deliveries"]) == 1


def test_a_journal_of_none_keeps_none(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene("--journal-deliveries", "0")
    queue, function = scene.queue(), scene.function()
    mapping = scene.mapping(queue, function)
    queue.send("hello")
    function.wait_for_invocations()
    queue.wait_until_empty()
    assert deliveries(scene.process, mapping.uuid) == {"deliveries": [], "next": 0}


def test_a_payload_over_the_limit_is_cut_to_a_prefix(own_scene: Callable[..., Scene]) -> None:
    scene = own_scene("--journal-payload-bytes", "2000")
    queue = scene.queue()
    answer = json.dumps({"long": "ä" * 3000}, ensure_ascii=False).encode()
    function = scene.function(lambda _: answer)
    mapping = scene.mapping(queue, function)
    queue.send("x" * 5000)
    entry = mapping.wait_for_deliveries()[0]
    assert entry["event"] is None and entry["answer"] is None
    payload = function.invocations[0].payload.decode()
    assert payload.startswith(entry["eventPrefix"])
    assert 1900 <= len(entry["eventPrefix"].encode()) <= 2000
    assert answer.decode().startswith(entry["answerPrefix"])
    # Cut between two characters, not inside one.
    assert 1900 <= len(entry["answerPrefix"].encode()) <= 2000
    queue.send("short")
    function.behaviour = lambda _: Reply(b'"short"')
    entry = mapping.wait_for_deliveries(2)[1]
    assert entry["event"]["Records"][0]["body"] == "short"
    assert "eventPrefix" not in entry


def test_the_journal_is_there_after_a_restart(own_scene: Callable[..., Scene], start_headrace: Any) -> None:
    scene = own_scene()
    # ministack gives the next message to a long poll whose connection is closed; it comes back after its timeout.
    queue, function = scene.queue(VisibilityTimeout=5), scene.function()
    mapping = scene.mapping(queue, function)
    queue.send("hello")
    queue.wait_until_empty()
    before = mapping.wait_for_deliveries()
    assert scene.process.stop() == 0
    process = start_headrace(environment=scene.server.environment)
    assert deliveries(process, mapping.uuid)["deliveries"] == before
    queue.send("again")
    later = mapping.on(process).wait_for_deliveries(2)[1]
    assert later["sequence"] > before[-1]["sequence"]


def test_the_journal_of_a_deleted_mapping_can_still_be_read(ministack_scene: Scene) -> None:
    """A test may delete its mapping first and look at what was delivered afterwards."""
    scene = ministack_scene
    queue, function = scene.queue(), scene.function()
    mapping = scene.mapping(queue, function)
    queue.send("hello")
    before = mapping.wait_for_deliveries()
    mapping.delete_and_wait()
    assert deliveries(scene.process, mapping.uuid)["deliveries"] == before


def test_the_command_prints_one_line_of_json_for_each(binary: str, ministack_scene: Scene) -> None:
    scene = ministack_scene
    queue, function = scene.queue(), scene.function()
    mapping = scene.mapping(queue, function, BatchSize=1)
    queue.send_all(numbered(3))
    entries = mapping.wait_for_deliveries(3)
    printed = run_headrace(binary, "deliveries", "--url", scene.process.url, "--mapping", mapping.uuid)
    assert printed.returncode == 0, printed
    assert [json.loads(line) for line in printed.stdout.splitlines()] == entries
    later = run_headrace(
        binary, "deliveries", "--url", scene.process.url, "--mapping", mapping.uuid,
        "--after", str(entries[0]["sequence"]),
    )
    assert [json.loads(line) for line in later.stdout.splitlines()] == entries[1:]


def test_the_command_follows(binary: str, ministack_scene: Scene) -> None:
    scene = ministack_scene
    queue, function = scene.queue(), scene.function()
    mapping = scene.mapping(queue, function, BatchSize=1)
    queue.send("first")
    mapping.wait_for_deliveries()
    follower = subprocess.Popen(
        [binary, "deliveries", "--url", scene.process.url, "--mapping", mapping.uuid, "--follow"],
        env=clean_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    try:
        assert follower.stdout is not None
        lines = follower.stdout
        bodies: List[str] = []

        def read() -> None:
            for line in lines:
                bodies.append(json.loads(line)["event"]["Records"][0]["body"])
                if len(bodies) == 3:
                    return

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        queue.send("second")
        function.wait_for_invocations(2)
        queue.send("third")
        reader.join(15)
        assert bodies == ["first", "second", "third"]
        assert follower.poll() is None
    finally:
        follower.terminate()
        follower.wait(10)


def test_the_command_says_when_there_is_no_server(binary: str) -> None:
    ended = run_headrace(binary, "deliveries", "--url", "http://127.0.0.1:9")
    assert ended.returncode not in (0, -6, -11)
    assert "127.0.0.1:9" in ended.stderr


def test_the_journal_is_no_secret_to_other_accounts_queries(ministack_scene: Scene) -> None:
    """Headrace's own paths know no account: any client that can reach it reads the whole journal."""
    scene = ministack_scene
    queue, function = scene.queue(), scene.function()
    mapping = scene.mapping(queue, function)
    queue.send("hello")
    mapping.wait_for_deliveries()
    wire = LambdaWire(scene.process.port, "111122223333")
    answer = wire.request("GET", "/_headrace/deliveries", query={"mapping": mapping.uuid})
    assert len(answer.json["deliveries"]) == 1
