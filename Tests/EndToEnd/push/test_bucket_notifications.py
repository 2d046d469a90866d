"""A mapping's notification beside those of others: added, changed and taken away, and nothing else touched."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List

import pytest

from peers.buckets import Bucket
from peers.http_function import HTTPFunction
from peers.mappings import Mapping
from peers.stage import put_function
from peers.waiting import wait_until
from push.conftest import QUICK
from push.scene import CREATED, REMOVED, Scene, keys_of, names_of, on_objects, own_queue
from push.scripted_s3 import ScriptedS3

NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def rules(**values: str) -> Dict[str, Any]:
    return {"Key": {"FilterRules": [{"Name": name, "Value": value} for name, value in values.items()]}}


def told_others(scene: Scene, bucket: Bucket) -> None:
    """Gives the bucket notifications of every kind, none of which the tests' events concern."""
    queue, topic, account = scene.queue(), scene.topic(), scene.server.account
    function = f"arn:aws:lambda:us-east-1:{account}:function:somebody"
    more: Dict[str, Any] = {"EventBridgeConfiguration": {}}
    if scene.server.name == "moto":
        # moto 5.2 forgets it by itself.
        more = {}
    bucket.notify(
        QueueConfigurations=[
            {
                "Id": "somebody's queue & <more>", "QueueArn": queue.arn, "Events": ["s3:ObjectRestore:Post"],
                "Filter": rules(prefix="größe & <less>/", suffix=".jpg"),
            },
            # Another Headrace's.
            {
                "Id": "headrace-11111111-2222-3333-4444-555555555555", "QueueArn": queue.arn,
                "Events": ["s3:ObjectRestore:Completed"],
            },
        ],
        TopicConfigurations=[
            {"Id": "a topic", "TopicArn": topic.arn, "Events": ["s3:ReducedRedundancyLostObject"]},
        ],
        LambdaFunctionConfigurations=[
            {"Id": "a function", "LambdaFunctionArn": function, "Events": ["s3:ObjectRestore:*"]},
        ],
        **more,
    )


def own_of(bucket: Bucket, mapping: Mapping) -> List[Dict[str, Any]]:
    """The mapping's own configurations among the bucket's."""
    queues = bucket.notifications().get("QueueConfigurations", [])
    return [each for each in queues if each["Id"] == f"headrace-{mapping.uuid}"]


def without_own(bucket: Bucket, mapping: Mapping) -> Dict[str, Any]:
    """The bucket's configuration without the mapping's own."""
    found = bucket.notifications()
    others = [each for each in found.get("QueueConfigurations", []) if each["Id"] != f"headrace-{mapping.uuid}"]
    return {**{name: each for name, each in found.items() if name != "QueueConfigurations"}, **(
        {"QueueConfigurations": others} if others else {}
    )}


def test_a_mappings_life_leaves_the_bucket_as_it_was(bucket_scene: Scene) -> None:
    scene, bucket, function = bucket_scene, bucket_scene.bucket(), bucket_scene.function()
    told_others(scene, bucket)
    before, before_bytes = bucket.notifications(), bucket.notification_bytes()
    mapping = scene.mapping(
        bucket, function, wait=False, S3EventSourceConfig=on_objects(CREATED, REMOVED, prefix="in & out/")
    )
    # Made before the answer came.
    (own,) = own_of(bucket, mapping)
    assert own["QueueArn"] == own_queue(mapping, scene.server)
    assert sorted(own["Events"]) == [CREATED, REMOVED]
    # S3 spells the names of rules with a capital, whatever was put.
    (rule,) = own["Filter"]["Key"]["FilterRules"]
    assert (rule["Name"].lower(), rule["Value"]) == ("prefix", "in & out/")
    assert without_own(bucket, mapping) == before
    assert scene.has_own_queue(mapping)

    assert mapping.update(Enabled=False)["State"] == "Disabling"
    assert bucket.notification_bytes() == before_bytes
    mapping.wait_for_state("Disabled")
    assert scene.has_own_queue(mapping), "the queue stays while the mapping is disabled"
    bucket.put("in & out/unseen")

    assert mapping.update(Enabled=True)["State"] == "Enabling"
    assert own_of(bucket, mapping) == [own]
    assert without_own(bucket, mapping) == before
    bucket.put("in & out/seen")
    function.wait_for_invocations()
    assert keys_of(function) == ["in & out/seen"]

    assert mapping.delete().status == 202
    assert bucket.notification_bytes() == before_bytes
    assert bucket.notifications() == before
    assert not scene.has_own_queue(mapping)


def test_a_bucket_without_notifications_has_none_afterwards(bucket_scene: Scene) -> None:
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    before = bucket.notifications()
    mapping = bucket_scene.mapping(bucket, function)
    assert len(own_of(bucket, mapping)) == 1
    mapping.delete_and_wait()
    assert bucket.notifications() == before == {}
    assert not bucket_scene.has_own_queue(mapping)


def test_created_disabled_nothing_is_told_to_anybody(bucket_scene: Scene) -> None:
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    told_others(bucket_scene, bucket)
    before = bucket.notification_bytes()
    mapping = bucket_scene.mapping(bucket, function, Enabled=False)
    assert mapping.created["State"] == "Disabled"
    assert bucket.notification_bytes() == before
    mapping.update_and_wait(Enabled=True)
    bucket.put("seen")
    function.wait_for_invocations()
    mapping.delete_and_wait()
    assert bucket.notification_bytes() == before
    assert not bucket_scene.has_own_queue(mapping)


def test_the_queue_lets_the_bucket_send(bucket_scene: Scene) -> None:
    """No server here looks at it; AWS refuses the notification without."""
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    mapping = bucket_scene.mapping(bucket, function)
    sqs = bucket_scene.server.sqs
    url = sqs.get_queue_url(QueueName=f"headrace-{mapping.uuid}")["QueueUrl"]
    policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    assert "s3.amazonaws.com" in policy
    assert bucket.arn in policy
    assert own_queue(mapping, bucket_scene.server) in policy
    assert re.search("sqs:SendMessage", policy, re.IGNORECASE)


def test_what_is_created_and_what_is_removed_in_two_mappings(bucket_scene: Scene) -> None:
    """Two mappings of one function and one bucket, as the module of the README's example makes them."""
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    config = {"prefix": "subdir/"}
    first = bucket_scene.mapping(bucket, function, S3EventSourceConfig=on_objects(CREATED, **config))
    second = bucket_scene.mapping(bucket, function, S3EventSourceConfig=on_objects(REMOVED, **config))
    assert len(own_of(bucket, first)) == len(own_of(bucket, second)) == 1
    bucket.put("subdir/a")
    bucket.put("elsewhere")
    function.wait_for_invocations(1)
    bucket.remove("subdir/a")
    bucket.remove("elsewhere")
    function.wait_for_invocations(2)
    assert names_of(function) == ["ObjectCreated:Put", "ObjectRemoved:Delete"]
    # The one goes without the other.
    first.delete_and_wait()
    assert len(own_of(bucket, second)) == 1 and not own_of(bucket, first)
    bucket.put("subdir/b")
    bucket.remove("subdir/b")
    function.wait_for_invocations(3)
    assert names_of(function)[2:] == ["ObjectRemoved:Delete"]
    second.delete_and_wait()
    assert bucket.notifications() == {}


def test_two_prefixes_go_to_two_functions(bucket_scene: Scene) -> None:
    bucket, one, two = bucket_scene.bucket(), bucket_scene.function(), bucket_scene.function()
    bucket_scene.mapping(bucket, one, S3EventSourceConfig=on_objects(CREATED, prefix="one/"))
    bucket_scene.mapping(bucket, two, S3EventSourceConfig=on_objects(CREATED, prefix="two/"))
    for key in ("one/a", "two/a", "three/a", "one/b", "two/b"):
        bucket.put(key)
    one.wait_for_invocations(2)
    two.wait_for_invocations(2)
    assert (sorted(keys_of(one)), sorted(keys_of(two))) == (["one/a", "one/b"], ["two/a", "two/b"])


def test_an_overlap_that_is_refused_touches_nothing(bucket_scene: Scene) -> None:
    bucket, function, other = bucket_scene.bucket(), bucket_scene.function(), bucket_scene.function()
    mapping = bucket_scene.mapping(bucket, function)
    before, queues = bucket.notification_bytes(), bucket_scene.own_queues()
    answer = bucket_scene.wire.create({"EventSourceArn": bucket.arn, "FunctionName": other.name})
    assert (answer.status, answer.error_type) == (400, "InvalidParameterValueException"), answer
    assert bucket.notification_bytes() == before
    assert bucket_scene.own_queues() == queues
    mapping.delete_and_wait()
    bucket_scene.mapping(bucket, other)
    bucket.put("for the other")
    other.wait_for_invocations()


def test_events_and_filters_can_be_changed(bucket_scene: Scene) -> None:
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    told_others(bucket_scene, bucket)
    before = bucket.notifications()
    mapping = bucket_scene.mapping(bucket, function, S3EventSourceConfig=on_objects(CREATED, prefix="old/"))
    bucket.put("old/first")
    function.wait_for_invocations(1)
    changed = on_objects(CREATED, "s3:ObjectRemoved:Delete", prefix="new/", suffix=".txt")
    assert mapping.update(S3EventSourceConfig=changed)["S3EventSourceConfig"] == changed
    # In force with the answer.
    bucket.put("old/second")
    bucket.put("new/a.txt")
    bucket.remove("new/a.txt")
    function.wait_for_invocations(3)
    assert without_own(bucket, mapping) == before
    assert mapping.update_and_wait(S3EventSourceConfig={})["S3EventSourceConfig"] == {"Events": [CREATED]}
    bucket.remove("old/first")
    bucket.put("anything")
    function.wait_for_invocations(4)
    bucket_scene.wait_until_accepted(mapping)
    assert keys_of(function) == ["old/first", *sorted(["new/a.txt"] * 2), "anything"]
    assert sorted(names_of(function)[1:3]) == ["ObjectCreated:Put", "ObjectRemoved:Delete"]


def test_an_update_of_something_else_keeps_the_configuration(bucket_scene: Scene) -> None:
    bucket, old, new = bucket_scene.bucket(), bucket_scene.function(), bucket_scene.function()
    config = on_objects("s3:ObjectCreated:Put", prefix="in/")
    mapping = bucket_scene.mapping(bucket, old, S3EventSourceConfig=config)
    before = bucket.notification_bytes()
    assert mapping.update_and_wait(FunctionName=new.name)["S3EventSourceConfig"] == config
    assert bucket.notification_bytes() == before
    bucket.put("in/a")
    new.wait_for_invocations()
    assert keys_of(new) == ["in/a"] and not old.invocations


@pytest.mark.parametrize("name", ["ministack", "moto", "roto"])
@pytest.mark.parametrize("what", ["notification", "queue", "both"])
def test_what_was_removed_behind_its_back_is_there_again_after_a_restart(
    own_scene: Callable[..., Scene], start_headrace: Any, function: HTTPFunction, request: Any, name: str, what: str
) -> None:
    server = request.getfixturevalue(name)
    scene = own_scene(server=server)
    put_function(scene.process, "worker", function.url)
    bucket = scene.bucket()
    mapping = scene.mapping(bucket, "worker", S3EventSourceConfig=on_objects(CREATED, prefix="in/"))
    if what != "queue":
        # Somebody replaces the bucket's whole configuration, and with it the mapping's own.
        told_others(scene, bucket)
        assert not own_of(bucket, mapping)
    if what != "notification":
        server.sqs.delete_queue(QueueUrl=server.sqs.get_queue_url(QueueName=f"headrace-{mapping.uuid}")["QueueUrl"])
    others = without_own(bucket, mapping)
    scene.process.kill()
    process = start_headrace(*QUICK, environment=server.whole_environment)
    wait_until(lambda: own_of(bucket, mapping), what="that the notification is there again")
    assert without_own(bucket, mapping) == others
    wait_until(lambda: scene.has_own_queue(mapping), what="that the queue is there again")
    bucket.put("in/after")
    function.wait_for_invocations()
    assert keys_of(function) == ["in/after"]
    again = mapping.on(process)
    again.wait_for_result(lambda result: result == "OK")
    again.delete_and_wait()
    assert bucket.notifications() == others


def test_what_is_missing_at_the_end_is_no_obstacle(bucket_scene: Scene) -> None:
    """A bucket that is gone, and its queue too: the mapping can be deleted all the same."""
    bucket, function = bucket_scene.bucket(), bucket_scene.function()
    mapping = bucket_scene.mapping(bucket, function)
    bucket.delete()
    mapping.delete_and_wait()
    wait_until(lambda: not bucket_scene.has_own_queue(mapping), what="that the queue is gone")


ODD = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<NotificationConfiguration {NAMESPACE}>
  <QueueConfiguration>
    <Id><![CDATA[of <somebody>]]></Id>
    <Queue>arn:aws:sqs:us-east-1:000000000000:somebody</Queue>
    <Event>s3:ObjectRemoved:Delete</Event>
\t<Filter ><S3Key><FilterRule><Name>Prefix</Name><Value>gr&#246;&#xDF;e/&amp;&lt;&gt;&quot;</Value></FilterRule>
\t</S3Key></Filter>
    <Invented since="2031"><Deeper/></Invented>
  </QueueConfiguration>
  <CloudFunctionConfiguration><Id>f</Id><CloudFunction>arn:aws:lambda:us-east-1:000000000000:function:f</CloudFunction>
  <Event>s3:ObjectRestore:*</Event><Event>s3:Invented:*</Event></CloudFunctionConfiguration>

  <InventedConfiguration><Id>headrace</Id></InventedConfiguration>\r
  <EventBridgeConfiguration/>
</NotificationConfiguration>
""".encode()
PLAIN = (
    f"<NotificationConfiguration {NAMESPACE}><TopicConfiguration><Id>t</Id>"
    "<Topic>arn:aws:sns:us-east-1:000000000000:t</Topic><Event>s3:ObjectRestore:*</Event></TopicConfiguration>"
    "</NotificationConfiguration>"
).encode()


@pytest.mark.parametrize("configuration", [ODD, PLAIN], ids=["odd", "plain"])
def test_every_byte_of_the_others_survives(
    own_scene: Callable[..., Scene], scripted_s3: ScriptedS3, configuration: bytes
) -> None:
    scene = own_scene(**scripted_s3.environment)
    scripted_s3.configurations["orders"] = configuration
    arn = "arn:aws:s3:::orders"
    mapping = Mapping(
        scene.process, scene.wire, scene.wire.created({"EventSourceArn": arn, "FunctionName": "f"})
    )
    during = scripted_s3.configuration("orders")
    own = re.compile(
        b"<QueueConfiguration>(?:(?!</QueueConfiguration>).)*<Id>headrace-%s</Id>.*?</QueueConfiguration>"
        % mapping.uuid.encode(), re.DOTALL,
    )
    assert len(own.findall(during)) == 1, during
    assert own.sub(b"", during) == configuration
    mapping.update_and_wait(Enabled=False)
    assert scripted_s3.configuration("orders") == configuration
    mapping.update_and_wait(Enabled=True)
    assert own.sub(b"", scripted_s3.configuration("orders")) == configuration
    mapping.delete_and_wait()
    assert scripted_s3.configuration("orders") == configuration
    assert {bucket for bucket, _ in scripted_s3.puts} == {"orders"}


def test_by_webhook_the_bucket_is_left_alone(webhook_scene: Scene) -> None:
    bucket, function = webhook_scene.bucket(), webhook_scene.function()
    told_others(webhook_scene, bucket)
    before = bucket.notification_bytes()
    mapping = webhook_scene.mapping(bucket, function)
    assert bucket.notification_bytes() == before
    mapping.update_and_wait(Enabled=False)
    mapping.update_and_wait(Enabled=True, S3EventSourceConfig=on_objects(REMOVED))
    assert bucket.notification_bytes() == before
    assert not webhook_scene.has_own_queue(mapping)
    mapping.delete_and_wait()
    assert bucket.notification_bytes() == before
