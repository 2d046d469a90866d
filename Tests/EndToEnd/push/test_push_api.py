"""Mappings on buckets and topics as the API shows, takes and refuses them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Dict, List, Tuple

import pytest

import source_types
from conftest import make_boto_client
from headrace_process import HeadraceProcess, clean_environment
from lambda_wire import LambdaWire, assert_error
from source_types import S3, SNS, SourceType

from peers.http_function import HTTPFunction
from peers.mappings import deliveries
from peers.stage import on_failure, unique
from push.conftest import VIA_SQS
from push.scene import CREATED, REMOVED, NamedBucket, Scene, on_messages, on_objects

# Who speaks the API without knowing more than Lambda's own.


@pytest.mark.parametrize("kind", ["topic", "bucket"])
def test_boto3_creates_a_mapping_by_its_arn_alone(ministack_scene: Scene, kind: str) -> None:
    inlet, function = ministack_scene.inlet(kind), ministack_scene.function()
    client = make_boto_client(ministack_scene.process.url, ministack_scene.server.account)
    created = client.create_event_source_mapping(EventSourceArn=inlet.arn, FunctionName=function.name)
    inlet.send("hello")
    function.wait_for_invocations()
    assert inlet.names(function) == ["hello"]
    uuid = created["UUID"]
    assert client.get_event_source_mapping(UUID=uuid)["State"] == "Enabled"
    listed = client.list_event_source_mappings(EventSourceArn=inlet.arn)["EventSourceMappings"]
    assert [each["UUID"] for each in listed] == [uuid]
    assert client.update_event_source_mapping(UUID=uuid, Enabled=False)["State"] == "Disabling"
    assert client.update_event_source_mapping(UUID=uuid, Enabled=True)["State"] == "Enabling"
    assert client.delete_event_source_mapping(UUID=uuid)["State"] == "Deleting"


def test_the_aws_cli_creates_both(ministack_scene: Scene) -> None:
    environment = clean_environment({
        "AWS_ACCESS_KEY_ID": ministack_scene.server.account, "AWS_SECRET_ACCESS_KEY": "unchecked",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1",
    })
    for kind in ("topic", "bucket"):
        inlet, function = ministack_scene.inlet(kind), ministack_scene.function()
        done = subprocess.run(
            [
                sys.executable, "-m", "awscli", "lambda", "create-event-source-mapping",
                "--function-name", function.name, "--event-source-arn", inlet.arn,
                "--endpoint-url", ministack_scene.process.url, "--output", "json",
            ],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )
        assert done.returncode == 0, done.stderr
        inlet.send("hello")
        function.wait_for_invocations()
        ministack_scene.wire.delete(json.loads(done.stdout)["UUID"])


def test_all_operations_show_both_kinds(ministack_scene: Scene) -> None:
    scene, function, queue = ministack_scene, ministack_scene.function(), ministack_scene.queue()
    topic, bucket = scene.inlet("topic"), scene.inlet("bucket")
    configs: Dict[str, Tuple[Any, Dict[str, Any]]] = {
        topic.arn: (topic, {"SNSEventSourceConfig": on_messages({"a": ["x"]}, "MessageBody", queue)}),
        bucket.arn: (bucket, {"S3EventSourceConfig": on_objects(CREATED, REMOVED, prefix="a/", suffix=".txt")}),
    }
    for arn, (source, config) in configs.items():
        mapping = scene.mapping(source, function, Tags={"team": "a"}, DestinationConfig=on_failure(queue), **config)
        got = mapping.get()
        assert got["EventSourceArn"] == arn
        assert got["State"] == "Enabled"
        assert got["LastProcessingResult"] == "No records processed"
        assert got["DestinationConfig"] == on_failure(queue)
        for name, value in config.items():
            assert got[name] == value
        listed = scene.wire.list({"EventSourceArn": arn}).json["EventSourceMappings"]
        assert listed == [got]
        assert got in scene.wire.list({"FunctionName": function.name}).json["EventSourceMappings"]
        tags = got["EventSourceMappingArn"]
        assert scene.wire.list_tags(tags).json == {"Tags": {"team": "a"}}
        assert scene.wire.tag(tags, {"stage": "b"}).status == 204
        assert scene.wire.untag(tags, ["team"]).status == 204
        assert scene.wire.list_tags(tags).json == {"Tags": {"stage": "b"}}
        assert deliveries(scene.process, mapping.uuid) == {"deliveries": [], "next": 0}


def test_a_policy_comes_back_byte_for_byte(wire: LambdaWire, account: str) -> None:
    policy = '{ "a" : ["\\u00e9", 1.50 , {"prefix":"/a\\/b"}],\n "$or":[{"b":[true]},{"c":[null]}] }'
    created = wire.created(SNS.request(account, SNSEventSourceConfig={"FilterPolicy": policy}))
    expected = {"FilterPolicy": policy, "FilterPolicyScope": "MessageAttributes"}
    assert created["SNSEventSourceConfig"] == expected
    assert wire.get(created["UUID"]).json["SNSEventSourceConfig"] == expected


def test_an_update_replaces_a_whole_configuration(wire: LambdaWire, account: str) -> None:
    topic = wire.created(SNS.request(account, **SNS.options))["UUID"]
    updated = wire.update(topic, {"SNSEventSourceConfig": on_messages({"b": ["y"]})}).json
    assert updated["SNSEventSourceConfig"] == {
        "FilterPolicy": json.dumps({"b": ["y"]}), "FilterPolicyScope": "MessageAttributes"
    }
    assert wire.update(topic, {"SNSEventSourceConfig": {}}).json["SNSEventSourceConfig"] == {
        "FilterPolicyScope": "MessageAttributes"
    }
    bucket = wire.created(S3.request(account, **S3.options))["UUID"]
    updated = wire.update(bucket, {"S3EventSourceConfig": on_objects(REMOVED)}).json
    assert updated["S3EventSourceConfig"] == on_objects(REMOVED)
    assert wire.update(bucket, {"S3EventSourceConfig": {}}).json["S3EventSourceConfig"] == on_objects(CREATED)
    # What is not named stays.
    for uuid in (topic, bucket):
        assert wire.get(uuid).json["DestinationConfig"]["OnFailure"]["Destination"]


def test_one_function_and_one_topic_make_one_mapping(wire: LambdaWire, account: str) -> None:
    created = wire.created(SNS.request(account))
    answer = wire.create(SNS.request(account, SNSEventSourceConfig=on_messages({"a": ["x"]})))
    assert_error(answer, 409, "ResourceConflictException")
    assert answer.error_text.startswith(f"The event source arn (\" {created['EventSourceArn']} \") and function")
    assert answer.error_text.endswith(f"with UUID {created['UUID']}")
    wire.created(SNS.request(account, FunctionName="other"))
    wire.delete(created["UUID"])
    wire.created(SNS.request(account))


# What is refused.

BAD_EVENTS = ["s3:ObjectCreated", "ObjectCreated:*", "s3:objectcreated:*", "s3:*", "s3:ObjectCreated:Rename", "", " "]


@pytest.mark.parametrize("event", BAD_EVENTS, ids=repr)
def test_an_unknown_event_is_refused_with_the_known_ones(event: str, wire: LambdaWire, account: str) -> None:
    for events in ([event], [CREATED, event]):
        answer = wire.create(S3.request(account, S3EventSourceConfig={"Events": events}))
        assert_error(answer, 400, "ValidationException")
        assert "Member must satisfy enum value set: [" in answer.error_text
        for known in (CREATED, REMOVED, "s3:ObjectCreated:Put", "s3:ObjectRemoved:DeleteMarkerCreated"):
            assert known in answer.error_text
    assert wire.list().json["EventSourceMappings"] == []


def rules(*given: Any) -> Dict[str, Any]:
    return {"Filter": {"Key": {"FilterRules": list(given)}}}


def rule(name: Any, value: Any) -> Dict[str, Any]:
    return {"Name": name, "Value": value}


BAD_CONFIGS: Dict[str, Any] = {
    "two prefixes": rules(rule("prefix", "a"), rule("prefix", "b")),
    "two suffixes": rules(rule("suffix", "a"), rule("suffix", "a")),
    "three rules": rules(rule("prefix", "a"), rule("suffix", "b"), rule("prefix", "c")),
    "unknown name": rules(rule("regex", "a")),
    "no name": rules({"Value": "a"}),
    "no value": rules({"Name": "prefix"}),
    "long value": rules(rule("prefix", "x" * 1025)),
    "events that are a text": {"Events": CREATED},
    "a filter that is a text": {"Filter": "a"},
    "rules that are a map": {"Filter": {"Key": {"FilterRules": {"prefix": "a"}}}},
    "a number": {"Events": [1]},
    "a value that is a number": rules(rule("prefix", 1)),
    "a text": "x",
    "a list": [],
}


@pytest.mark.parametrize("name", BAD_CONFIGS)
def test_a_bad_configuration_of_a_bucket_is_refused(name: str, wire: LambdaWire, account: str) -> None:
    config = BAD_CONFIGS[name]
    answer = wire.create(S3.request(account, S3EventSourceConfig=config))
    assert answer.status == 400, answer
    assert answer.error_type in (
        "InvalidParameterValueException", "ValidationException", "SerializationException"
    ), answer
    assert answer.error_text
    assert wire.list().json["EventSourceMappings"] == []
    created = wire.created(S3.request(account))
    assert wire.update(created["UUID"], {"S3EventSourceConfig": config}).status == 400
    assert wire.get(created["UUID"]).json == {**created, "State": "Enabled"}


@pytest.mark.parametrize("name", ["Prefix", "PREFIX", "Suffix", "suffix"])
def test_names_of_rules_may_be_written_as_s3_writes_them(name: str, wire: LambdaWire, account: str) -> None:
    """S3 takes `prefix` and answers `Prefix`: what was read there can be put here."""
    config = on_objects(**{name.lower(): "a/"})
    as_s3_writes = json.loads(json.dumps(config).replace(name.lower(), name))
    created = wire.created(S3.request(account, S3EventSourceConfig=as_s3_writes))
    (given,) = created["S3EventSourceConfig"]["Filter"]["Key"]["FilterRules"]
    assert (given["Name"].lower(), given["Value"]) == (name.lower(), "a/")
    # And it is the same rule.
    apart = wire.create(S3.request(account, FunctionName="other", S3EventSourceConfig=config))
    assert_error(apart, 400, "InvalidParameterValueException")
    twice = {"Filter": {"Key": {"FilterRules": [
        {"Name": name.lower(), "Value": "b"}, {"Name": name.capitalize(), "Value": "c"},
    ]}}}
    assert wire.create(S3.request(account, S3EventSourceConfig=twice)).status == 400


@pytest.mark.parametrize("config", [{}, {"Events": []}, {"Filter": {"Key": {"FilterRules": []}}}], ids=str)
def test_what_says_nothing_is_the_default(config: Any, wire: LambdaWire, account: str) -> None:
    created = wire.created(S3.request(account, S3EventSourceConfig=config))
    assert created["S3EventSourceConfig"]["Events"] == [CREATED]
    overlapping = wire.create(S3.request(account, FunctionName="other"))
    assert_error(overlapping, 400, "InvalidParameterValueException")


BAD_POLICIES: Dict[str, Any] = {
    "no JSON": "garbage",
    "half": '{"a":["x"]',
    "a list": "[]",
    "a text": '"x"',
    "null": "null",
    "a value that is no list": '{"a":"x"}',
    "an empty list": '{"a":[]}',
    "a nested list": '{"a":[["x"]]}',
    "an unknown operator": '{"a":[{"like":"x"}]}',
    "two operators": '{"a":[{"prefix":"x","suffix":"y"}]}',
    "no operator": '{"a":[{}]}',
    "a prefix that is a number": '{"a":[{"prefix":1}]}',
    "a suffix that is a list": '{"a":[{"suffix":["x"]}]}',
    "exists of a text": '{"a":[{"exists":"yes"}]}',
    "numeric without a number": '{"a":[{"numeric":[">","x"]}]}',
    "numeric without a comparison": '{"a":[{"numeric":[1]}]}',
    "numeric of an unknown comparison": '{"a":[{"numeric":["<>",1]}]}',
    "an empty range": '{"a":[{"numeric":[">",5,"<",1]}]}',
    "a number out of range": '{"a":[{"numeric":["=",10000000001]}]}',
    "anything-but nothing": '{"a":[{"anything-but":[]}]}',
    "anything-but mixed": '{"a":[{"anything-but":["x",1]}]}',
    # Recorded from AWS: SNS has no such operator, though EventBridge has.
    "anything-but suffix": '{"a":[{"anything-but":{"suffix":"x"}}]}',
    "a bad wildcard": '{"a":[{"wildcard":"a**b"}]}',
    "a bad address": '{"a":[{"cidr":"10.0.0.0/33"}]}',
    "$or of nothing": '{"$or":[]}',
    "six keys": json.dumps({letter: ["x"] for letter in "abcdef"}),
    "too many combinations": json.dumps({letter: list("123456") for letter in "abc"}),
}


@pytest.mark.parametrize("scope", ["MessageAttributes", "MessageBody"])
@pytest.mark.parametrize("name", BAD_POLICIES)
def test_a_bad_policy_is_refused_with_its_reason(name: str, scope: str, wire: LambdaWire, account: str) -> None:
    config = {"FilterPolicy": BAD_POLICIES[name], "FilterPolicyScope": scope}
    answer = wire.create(SNS.request(account, SNSEventSourceConfig=config))
    assert_error(answer, 400, "InvalidParameterValueException")
    introduction = "Invalid parameter: FilterPolicy: "
    assert answer.error_text.startswith(introduction) and len(answer.error_text) > len(introduction)
    assert wire.list().json["EventSourceMappings"] == []
    created = wire.created(SNS.request(account))
    assert_error(
        wire.update(created["UUID"], {"SNSEventSourceConfig": config}), 400, "InvalidParameterValueException",
        answer.error_text,
    )
    assert wire.get(created["UUID"]).json == {**created, "State": "Enabled"}


def test_a_policy_that_is_too_large_is_refused(wire: LambdaWire, account: str) -> None:
    """Documented: 256 KB at most."""
    config = on_messages({"a": ["x" * 300_000]})
    answer = wire.create(SNS.request(account, SNSEventSourceConfig=config))
    assert answer.status == 400
    assert answer.error_type in ("InvalidParameterValueException", "ValidationException")
    assert wire.list().json["EventSourceMappings"] == []


def test_a_nested_policy_needs_the_scope_of_the_body(wire: LambdaWire, account: str) -> None:
    config = on_messages({"a": {"b": ["x"]}})
    assert_error(
        wire.create(SNS.request(account, SNSEventSourceConfig=config)), 400, "InvalidParameterValueException",
        "Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy",
    )
    wire.created(SNS.request(account, SNSEventSourceConfig={**config, "FilterPolicyScope": "MessageBody"}))


BAD_TOPIC_CONFIGS: Dict[str, Any] = {
    "unknown scope": {"FilterPolicyScope": "Everything"},
    "a policy that is no text": {"FilterPolicy": {"a": ["x"]}},
    "dead letters to a topic": {"DeadLetterQueueArn": "arn:aws:sns:us-east-1:{account}:dead"},
    "dead letters to nowhere": {"DeadLetterQueueArn": "dead"},
    "dead letters to a FIFO queue": {"DeadLetterQueueArn": "arn:aws:sqs:us-east-1:{account}:dead.fifo"},
    "a number": 1,
}


@pytest.mark.parametrize("name", BAD_TOPIC_CONFIGS)
def test_a_bad_configuration_of_a_topic_is_refused(name: str, wire: LambdaWire, account: str) -> None:
    config = source_types.fill(BAD_TOPIC_CONFIGS[name], account=account)
    answer = wire.create(SNS.request(account, SNSEventSourceConfig=config))
    assert answer.status == 400, answer
    assert answer.error_type in (
        "InvalidParameterValueException", "ValidationException", "SerializationException"
    ), answer
    assert wire.list().json["EventSourceMappings"] == []


OTHERS: List[Tuple[SourceType, str, Any]] = [
    (S3, "SNSEventSourceConfig", on_messages({"a": ["x"]})),
    (SNS, "S3EventSourceConfig", on_objects(CREATED)),
    *(
        (kind, name, config)
        for kind in source_types.ALL if kind not in (S3, SNS)
        for name, config in (
            ("S3EventSourceConfig", on_objects(CREATED)), ("SNSEventSourceConfig", on_messages({"a": ["x"]})),
        )
    ),
]


@pytest.mark.parametrize(
    ("kind", "name", "config"), OTHERS, ids=[f"{kind.name}-{name}" for kind, name, _ in OTHERS]
)
def test_a_configuration_of_another_kind_is_refused(
    kind: SourceType, name: str, config: Any, wire: LambdaWire, account: str
) -> None:
    answer = wire.create(kind.request(account, **{name: config}))
    assert_error(answer, 400, "InvalidParameterValueException")
    assert name.lower() in answer.error_text.lower(), answer.error_text
    assert wire.list().json["EventSourceMappings"] == []


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sns:us-east-1:{account}:orders.fifo", "arn:aws:sns:us-east-1:{account}",
        "arn:aws:sns:us-east-1:{account}:orders:11111111-2222-3333-4444-555555555555", "arn:aws:s3:::",
        "arn:aws:s3:::photos/key", "arn:aws:s3:us-east-1:{account}:accesspoint/photos",
    ],
)
def test_an_arn_that_names_no_topic_or_bucket_is_refused(arn: str, wire: LambdaWire, account: str) -> None:
    answer = wire.create({"EventSourceArn": arn.replace("{account}", account), "FunctionName": "f"})
    assert answer.status == 400, answer
    assert answer.error_type in ("InvalidParameterValueException", "ValidationException"), answer
    assert wire.list().json["EventSourceMappings"] == []


@pytest.mark.parametrize("name", ["ministack", "moto", "roto"])
def test_a_missing_bucket_or_topic_is_refused(request: Any, shared_headrace: Any, name: str) -> None:
    server = request.getfixturevalue(name)
    wire = LambdaWire(shared_headrace(server, *VIA_SQS).port, server.account)
    answer = wire.create({"EventSourceArn": f"arn:aws:s3:::{unique('none')}", "FunctionName": "f"})
    assert_error(
        answer, 400, "InvalidParameterValueException",
        "Error occurred while GetBucketNotificationConfiguration. S3 Error Code: NoSuchBucket. "
        "S3 Error Message: The specified bucket does not exist",
    )
    answer = wire.create({
        "EventSourceArn": f"arn:aws:sns:us-east-1:{server.account}:{unique('none')}", "FunctionName": "f"
    })
    assert_error(answer, 400, "InvalidParameterValueException")
    # ministack 1.5 names the topic behind it.
    assert answer.error_text.startswith(
        "Error occurred while GetTopicAttributes. SNS Error Code: NotFound. SNS Error Message: Topic does not exist"
    )


def test_strict_aws_refuses_what_lambda_has_not(start_headrace: Any, account: str) -> None:
    for flags, environment in ((["--strict-aws"], {}), ([], {"HEADRACE_STRICT_AWS": "true"})):
        process: HeadraceProcess = start_headrace(*flags, environment=environment)
        wire = LambdaWire(process.port, account)
        for kind in (S3, SNS):
            assert_error(
                wire.create(kind.request(account)), 400, "InvalidParameterValueException",
                "Unrecognized event source.",
            )
        assert wire.list().json["EventSourceMappings"] == []
        assert process.stop() == 0


def test_a_name_of_a_bucket_belongs_to_no_account(own_scene: Any) -> None:
    """A webhook says the bucket and nothing of an account: mappings of all accounts are told."""
    scene: Scene = own_scene("--s3-via", "webhook")
    bucket = NamedBucket("shared")
    with HTTPFunction() as one, HTTPFunction() as two:
        for number, function in enumerate((one, two)):
            wire = LambdaWire(scene.process.port, f"{number:012}")
            assert wire.request(
                "PUT", f"/_headrace/functions/f{number}", {"target": function.url}
            ).status == 200
            config = on_objects(CREATED, prefix=f"{number}/")
            wire.created({
                "EventSourceArn": bucket.arn, "FunctionName": f"f{number}", "S3EventSourceConfig": config
            })
        records = [
            {"eventName": "s3:ObjectCreated:Put", "s3": {"bucket": {"name": "shared"}, "object": {"key": key}}}
            for key in ("0%2Fa", "1/b", "2/c")
        ]
        assert scene.post("s3", {"Records": records}).json == {"accepted": 2}
        assert one.wait_for_invocations()[0].records[0]["s3"]["object"]["key"] == "0/a"
        assert two.wait_for_invocations()[0].records[0]["s3"]["object"]["key"] == "1/b"
