"""What anybody may post to `/_headrace/events/…`: nonsense, too much, forgeries; nothing follows them."""

from __future__ import annotations

import json
import random
import threading
from typing import Any, Dict, Iterator, List

import pytest

from headrace_process import HeadraceProcess
from lambda_wire import Answer, LambdaWire
from raw_connection import RawConnection

from peers.http_function import HTTPFunction
from peers.http_peer import HTTPPeer, Reply, Request
from peers.mappings import Mapping
from peers.stage import put_function
from push.scene import NamedBucket, Scene, messages_of, notification, on_objects
from push.scripted_sns import ScriptedSNS


class Snare:
    """Listens, and remembers whoever comes: nobody should."""

    def __init__(self) -> None:
        self.visits: List[str] = []
        self._peer = HTTPPeer(self._answer)
        self.port = self._peer.port
        self.url = f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._peer.close()

    def _answer(self, request: Request) -> Reply:
        self.visits.append(f"{request.method} {request.target}")
        return Reply(b"<ConfirmSubscriptionResponse/>")


@pytest.fixture
def snare() -> Iterator[Snare]:
    snare = Snare()
    yield snare
    snare.close()
    assert not snare.visits, snare.visits


class Target:
    """A topic's mapping and a bucket's, whose function has been given one event of each."""

    def __init__(self, scene: Scene, bucket: NamedBucket, sns: Mapping, s3: Mapping, function: HTTPFunction) -> None:
        self.scene, self.bucket, self.sns, self.s3, self.function = scene, bucket, sns, s3, function

    def post(self, kind: str, body: Any) -> Answer:
        return self.scene.post(self.path(kind), body)

    def path(self, kind: str) -> str:
        return f"sns/{self.sns.uuid}" if kind == "sns" else "s3"

    def good(self, kind: str, name: str) -> Any:
        return notification(self.sns, name) if kind == "sns" else {"Records": [record(self.bucket, name)]}

    def assert_nothing_but(self, kind: str, name: str) -> None:
        """A good event is still taken, and is the only one that arrives."""
        answer = self.post(kind, self.good(kind, name))
        assert (answer.status, answer.json) == (200, {"accepted": 1}), answer
        (call,) = self.function.wait_for_invocations()
        assert name in call.payload.decode()
        assert len(self.function.invocations) == 1


def record(bucket: NamedBucket, key: str, **members: Any) -> Dict[str, Any]:
    return {
        "eventVersion": "2.0", "eventSource": "aws:s3", "awsRegion": "", "eventTime": "2026-11-24T21:22:59.080Z",
        "eventName": "s3:ObjectCreated:Put", "userIdentity": {"principalId": "x"},
        "s3": {
            "s3SchemaVersion": "1.0", "configurationId": "Config", "bucket": {"name": bucket.name, "arn": bucket.arn},
            "object": {"key": key, "size": 1, "eTag": "x", "sequencer": "0"},
        },
        **members,
    }


@pytest.fixture
def target(webhook_scene: Scene) -> Target:
    topic, function = webhook_scene.topic(), webhook_scene.function()
    bucket = NamedBucket("bucket-" + function.name)
    return Target(
        webhook_scene, bucket, webhook_scene.mapping(topic, function), webhook_scene.mapping(bucket, function), function
    )


NONSENSE: Dict[str, bytes] = {
    "empty": b"",
    "blank": b"  \n",
    "no JSON": b"garbage",
    "half": b'{"Type":"Notification","Records":[',
    "no UTF-8": b'{"Type":"Notification\xff","Records":[\xff]}',
    "null": b"null",
    "a number": b"42",
    "a text": b'"Notification"',
    "a list": b"[]",
    "an empty object": b"{}",
    "a list of objects": b'[{"Type":"Notification"}]',
    "JSON of another kind": b'{"hello":"world"}',
    "a type that is a number": b'{"Type":7,"Records":7}',
    "a type that nobody knows": b'{"Type":"Greeting","Records":"x"}',
    "records that are no objects": b'{"Records":[1,"x",null]}',
    "XML": b"<Notification/>",
    "a deep one": b"[" * 50_000,
    "a deep object": b'{"a":' * 50_000,
    "NULs": b"\x00" * 100,
}


@pytest.mark.parametrize("kind", ["sns", "s3"])
@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_refused_and_changes_nothing(target: Target, kind: str, name: str) -> None:
    answer = target.post(kind, NONSENSE[name])
    assert answer.status == 400, answer
    assert answer.json["message"], answer
    target.assert_nothing_but(kind, "good")


LACKING = {
    "no topic": {"TopicArn": None},
    "no message": {"Message": None},
    "a message that is no text": {"Message": {"a": 1}},
    "a message id that is no text": {"MessageId": 7},
    "attributes that are a list": {"MessageAttributes": [1]},
    "an attribute that is a text": {"MessageAttributes": {"a": "x"}},
}


@pytest.mark.parametrize("name", LACKING)
def test_a_notification_that_lacks_something_is_refused(target: Target, name: str) -> None:
    answer = target.post("sns", notification(target.sns, "bad", **LACKING[name]))
    assert answer.status in (400, 403), answer
    target.assert_nothing_but("sns", "good")


BAD_RECORDS: Dict[str, Any] = {
    "no s3": {"s3": None},
    "no bucket": {"s3": {"object": {"key": "bad"}}},
    "no object": {"s3": {"bucket": {"name": "{bucket}"}}},
    "a key that is a number": {"s3": {"bucket": {"name": "{bucket}"}, "object": {"key": 7}}},
    "no event": {"eventName": None},
    "an event that is a number": {"eventName": 7},
}


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_a_record_that_lacks_something_is_refused(target: Target, name: str) -> None:
    """All of the post is: whoever sent it is to hear of it, and nothing of it is done by halves."""
    changed = json.dumps(BAD_RECORDS[name]).replace("{bucket}", target.bucket.name)
    bad = record(target.bucket, "bad", **json.loads(changed))
    answer = target.post("s3", {"Records": [record(target.bucket, "before"), bad]})
    assert answer.status == 400, answer
    target.assert_nothing_but("s3", "good")


def test_no_records_are_none(target: Target) -> None:
    answer = target.post("s3", {"Records": []})
    assert (answer.status, answer.json) == (200, {"accepted": 0})


def test_the_test_event_of_s3_is_taken_for_what_it_is(target: Target) -> None:
    event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-11-24T21:22:58.000Z", "Bucket": "b"}
    answer = target.post("s3", event)
    assert (answer.status, answer.json) == (200, {"accepted": 0}), answer
    target.assert_nothing_but("s3", "good")


def test_an_unknown_bucket_is_taken_and_forgotten(target: Target) -> None:
    answer = target.post("s3", {"Records": [record(NamedBucket("nobodys"), "x")]})
    assert (answer.status, answer.json) == (200, {"accepted": 0})
    target.assert_nothing_but("s3", "good")


@pytest.mark.parametrize("uuid", ["11111111-2222-3333-4444-555555555555", "x", "%00", "..%2f..", "a" * 3000])
def test_an_unknown_mapping_is_not_found(target: Target, uuid: str) -> None:
    answer = target.scene.post(f"sns/{uuid}", notification(target.sns, "hello"))
    assert answer.status in (400, 404), answer
    target.assert_nothing_but("sns", "good")


def test_a_mapping_of_another_kind_is_not_found(target: Target) -> None:
    answer = target.scene.post(f"sns/{target.s3.uuid}", notification(target.sns, "hello"))
    assert answer.status == 404, answer


def test_a_disabled_or_deleted_mapping_is_not_found(target: Target) -> None:
    target.sns.update_and_wait(Enabled=False)
    target.s3.update_and_wait(Enabled=False)
    assert target.post("sns", target.good("sns", "disabled")).status == 404
    assert target.post("s3", target.good("s3", "disabled")).json == {"accepted": 0}
    target.sns.update_and_wait(Enabled=True)
    assert target.post("sns", target.good("sns", "enabled")).json == {"accepted": 1}
    target.function.wait_for_invocations()
    target.sns.delete_and_wait()
    assert target.post("sns", target.good("sns", "deleted")).status == 404
    assert messages_of(target.function) == ["enabled"]


def test_a_message_of_another_topic_is_forbidden(target: Target) -> None:
    arn = target.scene.topic().arn
    answer = target.post("sns", notification(target.sns, "foreign", TopicArn=arn))
    assert answer.status == 403, answer
    target.assert_nothing_but("sns", "good")


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_a_confirmation_that_nobody_waits_for_is_forbidden(target: Target, snare: Snare, kind: str) -> None:
    """And its address is not visited: that is what whoever forged it wants."""
    answer = target.post("sns", {
        "Type": kind, "MessageId": "m", "Token": "2336412f37", "TopicArn": target.sns.created["EventSourceArn"],
        "Message": "You have chosen to subscribe", "SubscribeURL": f"{snare.url}/?Action=ConfirmSubscription",
        "Timestamp": "2012-04-26T20:45:04.751Z", "SignatureVersion": "1", "Signature": "EXAMPLE",
        "SigningCertURL": f"{snare.url}/cert.pem",
    })
    # The other one says that somebody has unsubscribed, and asks for a visit to undo it: nothing to be forbidden.
    assert answer.status == 403 if kind == "SubscriptionConfirmation" else answer.status in (200, 400, 403), answer
    target.assert_nothing_but("sns", "good")


def test_no_call_leaves_for_a_confirmation_that_nobody_waits_for(
    own_scene: Any, scripted_sns: ScriptedSNS, snare: Snare
) -> None:
    """Not even the proper one, at the configured SNS: the token is a stranger's."""
    scene: Scene = own_scene(**scripted_sns.environment)
    with HTTPFunction() as function:
        put_function(scene.process, "f", function.url)
        created = scene.wire.created({"EventSourceArn": scripted_sns.topic, "FunctionName": "f"})
        (subscription,) = scripted_sns.subscriptions.values()
        assert subscription.is_confirmed
        before = list(scripted_sns.calls)
        for token in ("stranger", subscription.token):
            assert scripted_sns.ask(subscription, token) == 403
        foreign = notification(Mapping(scene.process, scene.wire, created), "x", TopicArn=scripted_sns.topic + "x")
        foreign.update({"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": snare.url})
        assert scene.post(f"sns/{created['UUID']}", foreign).status == 403
        # What is delivered afterwards shows that whatever would have followed has had its time.
        assert scripted_sns.publish("good") == [200]
        function.wait_for_invocations()
        assert scripted_sns.calls == before


NOWHERE = "zz-nowhere-1"
"""A region whose names nobody resolves: AWS as Headrace sees it, out of reach with or without a network."""


@pytest.fixture(scope="module")
def aws(binary: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Headrace for AWS itself, and a mapping there: what is posted must be signed."""
    environment = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "dummy"}
    with HTTPFunction() as function:
        database = tmp_path_factory.mktemp("push-aws") / "headrace.db"
        with HeadraceProcess(binary, database, ["--function", f"*={function.url}"], environment) as process:
            wire = LambdaWire(process.port, "123456789012", region=NOWHERE)
            created = wire.created({
                "EventSourceArn": f"arn:aws:sns:{NOWHERE}:123456789012:orders", "FunctionName": "f"
            })
            yield process, Mapping(process, wire, created)
            assert not function.invocations, "a forgery was delivered"
            assert process.is_running


FORGERIES: Dict[str, Dict[str, Any]] = {
    "somebody's host": {"SigningCertURL": "http://127.0.0.1:{port}/SimpleNotificationService-1.pem"},
    "somebody's host with TLS": {"SigningCertURL": "https://127.0.0.1:{port}/SimpleNotificationService-1.pem"},
    "localhost": {"SigningCertURL": "https://localhost:{port}/SimpleNotificationService-1.pem"},
    "AWS's name as a user": {
        "SigningCertURL": "https://sns.zz-nowhere-1.amazonaws.com@127.0.0.1:{port}/SimpleNotificationService-1.pem"
    },
    "AWS's name as a user's word": {"SigningCertURL": "https://x:sns.us-east-1.amazonaws.com@127.0.0.1:{port}/a.pem"},
    "AWS's name in the path": {"SigningCertURL": "https://127.0.0.1:{port}/sns.us-east-1.amazonaws.com/a.pem"},
    "AWS's name in the query": {"SigningCertURL": "https://127.0.0.1:{port}/a.pem?sns.us-east-1.amazonaws.com"},
    "AWS's name in the fragment": {"SigningCertURL": "https://127.0.0.1:{port}/#.sns.us-east-1.amazonaws.com/a.pem"},
    "a backslash": {"SigningCertURL": "https://127.0.0.1:{port}\\@sns.us-east-1.amazonaws.com/a.pem"},
    "AWS's name as a beginning": {"SigningCertURL": "https://sns.us-east-1.amazonaws.com.localhost:{port}/a.pem"},
    "AWS's name as an end": {"SigningCertURL": "https://evilsns.us-east-1.amazonaws.com.localhost:{port}/a.pem"},
    "no TLS": {"SigningCertURL": "http://sns.zz-nowhere-1.amazonaws.com/SimpleNotificationService-1.pem"},
    "a bucket of AWS": {"SigningCertURL": "https://s3.amazonaws.com/somebody/SimpleNotificationService-1.pem"},
    "a file": {"SigningCertURL": "file:///etc/ssl/certs/ca-certificates.crt"},
    "no address": {"SigningCertURL": None},
    "an empty address": {"SigningCertURL": ""},
    "no signature": {"Signature": None, "SigningCertURL": "https://127.0.0.1:{port}/a.pem"},
    "no version": {"SignatureVersion": None, "SigningCertURL": "https://127.0.0.1:{port}/a.pem"},
    "an unknown version": {"SignatureVersion": "3", "SigningCertURL": "https://127.0.0.1:{port}/a.pem"},
    "a signature that is no base64": {"Signature": "%%%", "SigningCertURL": "https://127.0.0.1:{port}/a.pem"},
}


@pytest.mark.parametrize("kind", ["Notification", "SubscriptionConfirmation"])
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_forbidden_and_nothing_is_fetched(aws: Any, snare: Snare, name: str, kind: str) -> None:
    process, mapping = aws
    members = json.loads(json.dumps(FORGERIES[name]).replace("{port}", str(snare.port)))
    more = {"Token": "t", "SubscribeURL": f"{snare.url}/?Action=ConfirmSubscription"}
    body = json.dumps(notification(mapping, "forged", **{**members, **more, "Type": kind})).encode()
    # Whatever the headers say.
    headers = {"x-amz-sns-message-type": kind, "x-amz-sns-topic-arn": mapping.created["EventSourceArn"]}
    answer = LambdaWire(process.port).request("POST", f"/_headrace/events/sns/{mapping.uuid}", body, headers=headers)
    assert answer.status == 403, answer


def test_a_certificate_that_cannot_be_fetched_lets_nobody_in(aws: Any) -> None:
    """At the right place, but out of reach: forbidden, or to be sent again."""
    process, mapping = aws
    url = f"https://sns.{NOWHERE}.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
    body = json.dumps(notification(mapping, "unproven", SigningCertURL=url)).encode()
    answer = LambdaWire(process.port).request("POST", f"/_headrace/events/sns/{mapping.uuid}", body)
    assert answer.status in (403, 503), answer


@pytest.mark.parametrize("kind", ["sns", "s3"])
def test_what_is_too_large_is_refused(target: Target, kind: str) -> None:
    name = "x" * 10_000_000
    answer = target.post(kind, target.good(kind, name))
    assert answer.status == 413, answer.status
    target.assert_nothing_but(kind, "good")


@pytest.mark.parametrize("kind", ["sns", "s3"])
def test_what_is_just_small_enough_is_taken(target: Target, kind: str) -> None:
    """Two mebibytes: SNS sends 256 KiB at most."""
    if kind == "sns":
        body = json.dumps(target.good(kind, "large")).encode()
    else:
        body = json.dumps({"Records": [record(target.bucket, f"large-{number}") for number in range(2000)]}).encode()
    padded = body + b" " * (2 * 1024 * 1024 - len(body))
    answer = target.post(kind, padded)
    assert answer.status == 200, answer
    assert answer.json["accepted"] == (1 if kind == "sns" else 2000)
    target.function.wait_for(lambda: len(target.function.invocations) == answer.json["accepted"], "all of it", 40)
    assert target.post(kind, padded + b" ").status == 413


@pytest.mark.parametrize("kind", ["sns", "s3"])
def test_a_body_that_is_cut_off_is_nothing(target: Target, kind: str) -> None:
    body = json.dumps(target.good(kind, "cut off")).encode()
    path = f"/_headrace/events/{target.path(kind)}"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    with RawConnection(target.scene.process.port) as connection:
        connection.send(head.encode() + body[:-1])
    target.assert_nothing_but(kind, "good")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
@pytest.mark.parametrize("kind", ["sns", "s3"])
def test_only_posts_are_taken(target: Target, kind: str, method: str) -> None:
    answer = target.scene.wire.request(method, f"/_headrace/events/{target.path(kind)}")
    assert answer.status == 405, answer
    assert "POST" in answer.headers.get("allow", "POST")


@pytest.mark.parametrize("path", ["", "/", "sqs/x", "sns", "sns/", "s3/x"])
def test_other_paths_are_not_found(target: Target, path: str) -> None:
    answer = target.scene.post(path, {})
    assert answer.status in (404, 405), answer


@pytest.mark.parametrize("kind", ["sns", "s3"])
def test_the_same_post_twice_is_two_events(target: Target, kind: str) -> None:
    """At least once: SNS sends again what it believes unanswered, and Lambda's functions know that."""
    for _ in range(2):
        assert target.post(kind, target.good(kind, "twice")).json == {"accepted": 1}
    target.function.wait_for_invocations(2)


def test_many_posts_at_once_are_all_taken(target: Target) -> None:
    answers: List[int] = []
    lock = threading.Lock()

    def post(part: int) -> None:
        wire = LambdaWire(target.scene.process.port, target.scene.server.account, keep_alive=True)
        for number in range(25):
            body = json.dumps(target.good("sns", f"{part}-{number}")).encode()
            status = wire.request("POST", f"/_headrace/events/{target.path('sns')}", body).status
            with lock:
                answers.append(status)

    threads = [threading.Thread(target=post, args=(part,)) for part in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [200] * 200
    expected = sorted(f"{part}-{number}" for part in range(8) for number in range(25))
    target.function.wait_for(lambda: len(target.function.invocations) >= 200, "all of them", 30)
    assert sorted(messages_of(target.function)) == expected


def test_mutilated_posts_never_end_the_process(target: Target) -> None:
    """A thousand posts with bytes changed, taken out and put in: each is answered, and good ones still arrive."""
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed:", seed)
    chooser = random.Random(seed)
    wire = LambdaWire(target.scene.process.port, target.scene.server.account, keep_alive=True)
    for _ in range(500):
        for kind in ("sns", "s3"):
            body = bytearray(json.dumps(target.good(kind, "whole")).encode())
            for _ in range(chooser.randrange(1, 4)):
                place = chooser.randrange(len(body))
                change = chooser.randrange(3)
                if change == 0:
                    body[place] = chooser.randrange(256)
                elif change == 1:
                    del body[place:place + chooser.randrange(1, 20)]
                else:
                    body[place:place] = bytes(chooser.randrange(256) for _ in range(3))
            answer = wire.request("POST", f"/_headrace/events/{target.path(kind)}", bytes(body))
            assert answer.status in (200, 400, 403), (answer, bytes(body))
    assert target.scene.process.is_running
    target.post("sns", target.good("sns", "the last"))
    target.function.wait_for(
        lambda: any("the last" in call.payload.decode() for call in target.function.invocations), "a good one", 20
    )


# Names of objects that try to be something else.


@pytest.mark.parametrize("key", ["%", "%zz", "%2", "a%00b", "..%2F..%2Fetc", "%ff%fe", "a+b%20c", "ä ö"])
def test_odd_encodings_of_a_key_are_taken_as_they_are(target: Target, key: str) -> None:
    """A prefix is compared with the decoded key; what cannot be decoded harms nobody."""
    target.s3.update_and_wait(S3EventSourceConfig=on_objects("s3:ObjectCreated:*"))
    answer = target.post("s3", {"Records": [record(target.bucket, key)]})
    assert answer.status in (200, 400), answer
    if answer.status == 200:
        target.function.wait_for_invocations(answer.json["accepted"])
    else:
        target.assert_nothing_but("s3", "good")
