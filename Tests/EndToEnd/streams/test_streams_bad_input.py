"""Streams that answer nonsense, refuse, vanish or hang: it shows, it is logged, it recovers, and nothing is lost."""

from __future__ import annotations

import json
import random
from typing import Any, Dict, Iterator, List, Type, Union

import pytest

from headrace_process import HeadraceProcess
from lambda_wire import LambdaWire, assert_error

from peers.child_process import free_port
from peers.http_function import HTTPFunction
from peers.http_peer import Raw, Reply
from peers.mappings import Mapping
from peers.scripted_json import Fault, no_fault, only
from peers.waiting import wait_until
from streams.conftest import QUICK
from streams.records import data_of
from streams.scripted_dynamodb_streams import ScriptedDynamoDBStreams
from streams.scripted_kinesis import ScriptedKinesis
from streams.scripted_mapping import scripted_mapping
from streams.scripted_shards import ScriptedShards, ScriptedStream, stream_error

PROBLEM = "PROBLEM: "
SERVICES: List[Type[ScriptedShards]] = [ScriptedKinesis, ScriptedDynamoDBStreams]


class Place:
    """A scripted stream and a function, with a mapping that has delivered one record well."""

    def __init__(self, start_headrace: Any, service: ScriptedShards, **parameters: Any) -> None:
        self.start_headrace = start_headrace
        self.service = service
        self.function = HTTPFunction()
        self.flags = (*QUICK, "--function", f"*={self.function.url}")
        self.process: HeadraceProcess = start_headrace(*self.flags, environment=service.environment)
        self.stream: ScriptedStream = service.stream("orders")
        self.shard = next(iter(self.stream.shards))
        self.mapping: Mapping = scripted_mapping(self.process, self.stream, **parameters)
        self.stream.put("first")
        self.wait_for("first")
        self.mapping.wait_for_result(lambda result: result == "OK")

    @property
    def texts(self) -> List[str]:
        return [text_of(record) for record in self.function.records]

    def wait_for(self, *texts: str, timeout: float = 20) -> None:
        """Until these have arrived."""
        self.function.wait_for(lambda: set(texts) <= set(self.texts), f"{texts}", timeout)

    def wait_for_problem(self, timeout: float = 20) -> str:
        """The result that tells of the source, and the line of the log."""
        result = self.mapping.wait_for_result(lambda result: result and result.startswith(PROBLEM), timeout)
        line = self.process.wait_for_log(
            lambda log: log["message"] == "source unreachable" and log.get("mapping") == self.mapping.uuid
        )
        assert line["reason"]
        assert result is not None
        return result

    def start_again(self) -> None:
        self.process = self.start_headrace(*self.flags, environment=self.service.environment)
        self.mapping = self.mapping.on(self.process)


def text_of(record: Dict[str, Any]) -> str:
    if "kinesis" in record:
        return data_of(record).decode()
    return record["dynamodb"]["NewImage"]["data"]["S"]


@pytest.fixture(params=SERVICES, ids=["kinesis", "dynamodb"])
def place(request: pytest.FixtureRequest, start_headrace: Any) -> Iterator[Place]:
    service = request.param()
    place = Place(start_headrace, service)
    yield place
    assert place.process.is_running
    assert not place.function.errors
    place.function.close()
    service.close()


@pytest.fixture
def kinesis_place(start_headrace: Any) -> Iterator[Place]:
    service = ScriptedKinesis()
    place = Place(start_headrace, service)
    yield place
    assert place.process.is_running
    place.function.close()
    service.close()


def test_an_iterator_that_has_expired_is_replaced(place: Place) -> None:
    """After five minutes without a read: a long pause, or a function that took long. Nothing is wrong with that."""
    place.service.expire_iterators()
    place.stream.put("precious", "second")
    place.wait_for("precious", "second")
    assert place.texts == ["first", "precious", "second"]
    place.mapping.wait_for_result(lambda result: result == "OK")


def test_iterators_that_expire_again_and_again(place: Place) -> None:
    for number in range(5):
        place.service.expire_iterators()
        place.stream.put(f"record-{number}")
        place.wait_for(f"record-{number}")
    assert place.texts == ["first", *(f"record-{number}" for number in range(5))]


@pytest.mark.parametrize(
    "iterator", [b'"\xff\xfe"', b'""', b'"AAAA"', b'"\\u0000"', b"7", b"{}", b"[null]", b"false"], ids=repr
)
def test_an_iterator_that_makes_no_sense_is_replaced(place: Place, iterator: bytes) -> None:
    """A read that answered with one, whether the service then refuses it or the reader sees it itself."""
    answers = [Reply(b'{"Records": [], "NextShardIterator": ' + iterator + b"}")]
    place.service.fault = lambda action, _: answers.pop() if action == "GetRecords" and answers else None
    wait_until(lambda: not answers)
    place.stream.put("precious", "second")
    place.wait_for("precious", "second")
    assert place.texts == ["first", "precious", "second"]
    place.mapping.wait_for_result(lambda result: result == "OK")


def test_records_that_are_gone_between_an_iterator_and_its_read(place: Place) -> None:
    place.stream.trim(place.shard)
    place.stream.put("left")
    place.wait_for("left")
    assert place.texts == ["first", "left"]
    place.mapping.wait_for_result(lambda result: result == "OK")


def test_records_that_are_gone_from_the_stream_are_told_of_and_the_rest_is_read(place: Place) -> None:
    """Headrace was away for longer than the stream keeps records."""
    assert place.process.stop() == 0
    place.stream.put("gone")
    place.stream.trim(place.shard)
    place.stream.put("left")
    place.start_again()
    place.wait_for("left")
    assert place.texts == ["first", "left"]
    place.mapping.wait_for_result(lambda result: result == "OK")


READ_FAULTS: Dict[str, Union[Reply, Raw]] = {
    "garbage": Raw(b"\x00\xff garbage\r\n\r\n"),
    "hangs up": Raw(),
    "resets": Raw(reset=True),
    "half an answer": Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"Records\": ["),
    "no JSON": Reply(b"<html>sorry</html>"),
    "JSON of another kind": Reply(b'{"Records": 7, "NextShardIterator": {}}'),
    "a list": Reply(b"[]"),
    "nothing": Reply(b""),
    "status 400": stream_error("InvalidArgumentException", "no reason"),
    "status 403": stream_error("AccessDeniedException", "not authorized to perform: kinesis:GetRecords", 403),
    "status 500": Reply(b"", 500),
    "status 500 with an error": stream_error("InternalFailure", "internal", 500),
    "status 503 with a page": Reply(b"<html>busy</html>", 503),
    "throttling": stream_error("ProvisionedThroughputExceededException", "Rate exceeded for shard"),
    "limit": stream_error("LimitExceededException", "Rate exceeded"),
}


@pytest.mark.parametrize("name", READ_FAULTS)
def test_reads_that_fail_show_and_recover_by_themselves(place: Place, name: str) -> None:
    place.service.fault = only("GetRecords", READ_FAULTS[name])
    before = place.service.count("GetRecords")
    result = place.wait_for_problem()
    if name in ("throttling", "limit", "status 403"):
        # Emulators and AWS say what is wrong; so does Headrace.
        assert json.loads(READ_FAULTS[name].body)["message"] in result  # type: ignore[union-attr]
    place.stream.put("precious", "second")
    assert place.mapping.get()["State"] == "Enabled"
    # With growing pauses, not in a loop that burns.
    assert place.service.count("GetRecords") - before < 100
    place.service.fault = no_fault
    place.wait_for("precious", "second")
    assert place.texts == ["first", "precious", "second"]
    place.mapping.wait_for_result(lambda result: result == "OK")
    place.process.wait_for_log(
        lambda log: log["message"] == "source recovered" and log.get("mapping") == place.mapping.uuid
    )


@pytest.mark.parametrize("name", ["throttling", "limit"])
def test_reads_that_are_throttled_for_a_moment_are_nobodys_problem(place: Place, name: str) -> None:
    """Several readers of a shard share its rate: that is no fault, and what waits comes later."""
    place.service.fault = only("GetRecords", READ_FAULTS[name])
    place.service.wait_for_more_calls("GetRecords", 2)
    assert place.mapping.get()["LastProcessingResult"] == "OK"
    place.service.fault = no_fault
    place.stream.put("precious")
    place.wait_for("precious")


def test_a_few_failed_reads_in_between_do_no_harm(place: Place) -> None:
    """One in three fails, in one way or another, while records flow."""
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed:", seed)
    chooser = random.Random(seed)
    answers = [READ_FAULTS[name] for name in ("status 500", "throttling", "hangs up", "no JSON", "half an answer")]

    def fault(action: str, _: Dict[str, Any]) -> Union[Reply, Raw, None]:
        return chooser.choice(answers) if action == "GetRecords" and chooser.random() < 0.3 else None

    place.service.fault = fault
    for number in range(20):
        place.stream.put(f"record-{number}")
        place.service.wait_for_more_calls("GetRecords", 1)
    place.wait_for("record-19", timeout=60)
    assert place.texts == ["first", *(f"record-{number}" for number in range(20))]


@pytest.mark.parametrize("name", ["status 500", "throttling", "garbage", "no JSON", "JSON of another kind"])
def test_everything_fails_for_a_while(place: Place, name: str) -> None:
    answer = READ_FAULTS[name]
    place.service.fault = lambda _, __: answer
    place.wait_for_problem()
    place.stream.put("precious")
    place.service.fault = no_fault
    place.wait_for("precious")
    place.mapping.wait_for_result(lambda result: result == "OK")


@pytest.mark.parametrize("action", ["GetShardIterator", "list of shards"])
@pytest.mark.parametrize("name", ["status 500", "throttling", "no JSON", "JSON of another kind"])
def test_a_restart_while_shards_and_iterators_are_refused(place: Place, action: str, name: str) -> None:
    assert place.process.stop() == 0
    place.stream.put("precious")
    place.service.fault = only("ListShards DescribeStream" if action == "list of shards" else action, READ_FAULTS[name])
    place.start_again()
    place.wait_for_problem()
    place.service.fault = no_fault
    place.wait_for("precious")
    assert place.texts == ["first", "precious"]
    place.mapping.wait_for_result(lambda result: result == "OK")


BAD_RECORDS: List[Any] = [
    7, None, {}, {"SequenceNumber": "x"}, {"SequenceNumber": 5, "Data": 6}, {"Data": "aGVsbG8="}, "text", [],
]


def test_records_that_lack_what_a_record_must_have_do_not_end_the_process(place: Place) -> None:
    """Among good ones. Skipped or refused, it is told; the good ones arrive in the end."""
    bad = list(BAD_RECORDS)
    random.SystemRandom().shuffle(bad)
    print("bad:", bad)
    right = place.service.perform

    def fault(action: str, parameters: Dict[str, Any]) -> Union[Reply, Raw, None]:
        if action != "GetRecords":
            return None
        answer = right(action, parameters)
        if isinstance(answer, Reply) or not answer["Records"]:
            return None
        answer["Records"] = [*bad[:4], *answer["Records"], *bad[4:]]
        return Reply(json.dumps(answer).encode())

    place.service.fault = fault
    place.stream.put("among bad ones")
    place.process.wait_for_log(
        lambda log: log.get("mapping") == place.mapping.uuid and log.get("level") in ("warning", "error"), 20
    )
    place.service.fault = no_fault
    place.stream.put("the next")
    place.wait_for("among bad ones", "the next")
    assert place.texts == ["first", "among bad ones", "the next"]


def test_the_list_of_shards_is_paged(start_headrace: Any) -> None:
    for make in SERVICES:
        service = make()
        service.page = 3
        with HTTPFunction() as function:
            process = start_headrace(
                *QUICK, "--function", f"*={function.url}", environment=service.environment, database=":memory:"
            )
            stream = service.stream("wide", shards=10)
            for shard in stream.shards:
                stream.put(f"in {shard}", shard=shard)
            scripted_mapping(process, stream)
            function.wait_for(lambda: len(function.ids) == 10, "a record of every shard")
            # One that appears later, on the last page.
            late = stream.add_shard()
            stream.put("late", shard=late.id)
            function.wait_for(lambda: len(function.ids) == 11, "the late shard's record")
            process.stop()
        service.close()


def test_a_shard_that_vanishes_is_told_of_and_its_children_are_read(kinesis_place: Place) -> None:
    place = kinesis_place
    children = place.stream.split(place.shard)
    with place.service.lock:
        del place.stream.shards[place.shard]
    place.stream.put("left", shard=children[0], key="a")
    place.stream.put("right", shard=children[1], key="b")
    place.wait_for("left", "right")
    place.process.wait_for_log(
        lambda log: log.get("mapping") == place.mapping.uuid and place.shard in json.dumps(log)
        and log["level"] in ("warning", "error", "notice")
    )
    place.mapping.wait_for_result(lambda result: result == "OK")


def test_a_shard_that_seems_to_vanish_but_is_listed_is_read_on(place: Place) -> None:
    """ResourceNotFound from a read alone is no proof: the shard is in the list, and stays."""
    place.service.fault = only("GetRecords", stream_error("ResourceNotFoundException", "Requested resource not found"))
    place.service.wait_for_more_calls("GetRecords")
    place.stream.put("precious")
    place.service.fault = no_fault
    place.wait_for("precious")
    assert place.texts == ["first", "precious"]


def test_a_stream_that_is_deleted_shows(place: Place) -> None:
    place.service.streams.clear()
    place.wait_for_problem()
    assert place.mapping.get()["State"] == "Enabled"


def test_a_stream_that_comes_back_with_the_same_shards_is_read_on(place: Place) -> None:
    kept = dict(place.service.streams)
    place.service.streams.clear()
    place.wait_for_problem()
    place.service.streams.update(kept)
    place.stream.put("precious")
    place.wait_for("precious", timeout=30)
    place.mapping.wait_for_result(lambda result: result == "OK")


@pytest.mark.parametrize("service", SERVICES, ids=["kinesis", "dynamodb"])
def test_create_refuses_a_stream_that_is_missing(start_headrace: Any, service: Type[ScriptedShards]) -> None:
    scripted = service()
    process = start_headrace(environment=scripted.environment)
    there = scripted.stream("there")
    arn = there.arn.replace("there", "test-foobar")
    answer = LambdaWire(process.port, scripted.account).create(
        {"EventSourceArn": arn, "FunctionName": "f", "StartingPosition": "LATEST"}
    )
    assert_error(answer, 400, "InvalidParameterValueException", f"Stream not found: {arn}")
    scripted.close()


@pytest.mark.parametrize("position", ["TRIM_HORIZON", "LATEST"])
@pytest.mark.parametrize("service", SERVICES, ids=["kinesis", "dynamodb"])
def test_an_endpoint_that_is_down_at_create_and_comes_later(
    start_headrace: Any, service: Type[ScriptedShards], position: str, function: HTTPFunction
) -> None:
    port = free_port()
    name = "AWS_ENDPOINT_URL_KINESIS" if service is ScriptedKinesis else "AWS_ENDPOINT_URL_DYNAMODB_STREAMS"
    process = start_headrace(
        *QUICK, "--function", f"*={function.url}", environment={name: f"http://127.0.0.1:{port}"}
    )
    probe = service()
    arn = probe.stream("orders").arn
    probe.close()
    wire = LambdaWire(process.port, service.account)
    created = wire.created({"EventSourceArn": arn, "FunctionName": "f", "StartingPosition": position})
    mapping = Mapping(process, wire, created)
    mapping.wait_for_result(lambda result: result and result.startswith(PROBLEM))
    assert mapping.get()["State"] == "Enabled"
    scripted = service(port)
    stream = scripted.stream("orders")
    stream.put("precious")
    function.wait_for(lambda: "precious" in [text_of(record) for record in function.records], "the record", 40)
    mapping.wait_for_result(lambda result: result == "OK")
    scripted.close()


@pytest.mark.parametrize(
    "fault",
    [
        only("DescribeStreamSummary ListShards GetShardIterator DescribeStream", Reply(b"<html>", 500)),
        only("GetShardIterator", Reply(b"{}")),
        only("ListShards DescribeStream", Reply(b'{"Shards": {}}')),
    ],
    ids=["all of it fails", "no iterator", "no shards"],
)
@pytest.mark.parametrize("service", SERVICES, ids=["kinesis", "dynamodb"])
def test_an_endpoint_that_answers_nonsense_at_create(
    start_headrace: Any, service: Type[ScriptedShards], fault: Fault, function: HTTPFunction
) -> None:
    """Created all the same, and it recovers."""
    scripted = service()
    process = start_headrace(*QUICK, "--function", f"*={function.url}", environment=scripted.environment)
    stream = scripted.stream("orders")
    scripted.fault = fault
    wire = LambdaWire(process.port, scripted.account)
    created = wire.created({"EventSourceArn": stream.arn, "FunctionName": "f", "StartingPosition": "LATEST"})
    mapping = Mapping(process, wire, created)
    mapping.wait_for_result(lambda result: result and result.startswith(PROBLEM))
    scripted.fault = no_fault
    stream.put("precious")
    function.wait_for(lambda: "precious" in [text_of(record) for record in function.records], "the record", 20)
    mapping.wait_for_result(lambda result: result == "OK")
    scripted.close()


@pytest.mark.parametrize("make", SERVICES, ids=["kinesis", "dynamodb"])
def test_an_endpoint_that_goes_away_and_comes_back(start_headrace: Any, make: Type[ScriptedShards]) -> None:
    service = make()
    place = Place(start_headrace, service)
    service.close()
    place.wait_for_problem()
    again = make(service.port)
    # The same stream on a server that knows none of the iterators.
    again.streams = service.streams
    place.stream.put("precious")
    place.wait_for("precious", timeout=40)
    assert place.texts == ["first", "precious"]
    place.mapping.wait_for_result(lambda result: result == "OK")
    place.function.close()
    again.close()


def test_one_shard_that_fails_does_not_stop_the_others(kinesis_place: Place) -> None:
    place = kinesis_place
    sick = place.shard
    well = place.stream.add_shard()
    place.stream.put("in the well one", shard=well.id)
    place.wait_for("in the well one")

    def fault(action: str, parameters: Dict[str, Any]) -> Union[Reply, Raw, None]:
        read = place.service.shard_of(parameters.get("ShardIterator"))
        return Reply(b"", 500) if action == "GetRecords" and read == sick else None

    place.service.fault = fault
    place.wait_for_problem()
    place.stream.put("waiting", shard=sick)
    place.stream.put("going on", shard=well.id)
    place.wait_for("going on")
    assert "waiting" not in place.texts
    place.service.fault = no_fault
    place.wait_for("waiting")
    place.mapping.wait_for_result(lambda result: result == "OK")


def test_the_first_call_of_a_function_shows_the_records_as_they_are(kinesis_place: Place) -> None:
    """Bytes, odd keys and long ones survive the way through base64 and JSON."""
    place = kinesis_place
    odd = ["", "\u0000", "größer 👩", '"quoted\\"', "x" * 100_000, " \n\t"]
    for number, text in enumerate(odd):
        place.stream.put(text, key=f"k\u00e9y \"{number}\" 👩")
    place.function.wait_for(lambda: len(place.texts) == 1 + len(odd), "all of them")
    assert place.texts == ["first", *odd]
    keys = [record["kinesis"]["partitionKey"] for record in place.function.records[1:]]
    assert keys == [f"k\u00e9y \"{number}\" 👩" for number in range(len(odd))]
