"""SNS as far as subscriptions go, in the test's own process: it speaks the query protocol, and lies on demand."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Tuple, Union
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from peers.http_peer import HTTPPeer, Raw, Reply, Request
from peers.waiting import wait_until

Parameters = Dict[str, str]
Fault = Callable[[str, Parameters], Union[Reply, Raw, None]]

NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"


def error(status: int, code: str, message: str) -> Reply:
    kind = "Sender" if status < 500 else "Receiver"
    text = f"<Error><Type>{kind}</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return Reply(
        f'<ErrorResponse xmlns="{NAMESPACE}">{text}<RequestId>1</RequestId></ErrorResponse>'.encode(),
        status, {"Content-Type": "text/xml"},
    )


@dataclass
class Subscription:
    arn: str
    endpoint: str
    protocol: str
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    is_confirmed: bool = False


class ScriptedSNS:
    """Listens until it is closed; one topic exists. `asks` says whether it asks endpoints for a confirmation."""

    account = "000000000000"

    def __init__(self) -> None:
        self.topic = f"arn:aws:sns:us-east-1:{self.account}:orders"
        self.subscriptions: Dict[str, Subscription] = {}
        self.asks = True
        self.fault: Fault = lambda _, __: None
        self.calls: List[Tuple[str, Parameters]] = []
        self.answers: List[int] = []
        """The statuses that endpoints answered to what was posted to them."""
        self._peer = HTTPPeer(self._answer)
        self.url = f"http://127.0.0.1:{self._peer.port}"

    @property
    def environment(self) -> Dict[str, str]:
        return {"AWS_ENDPOINT_URL_SNS": self.url}

    def close(self) -> None:
        self._peer.close()

    def count(self, action: str) -> int:
        return sum(name == action for name, _ in list(self.calls))

    def wait_for_calls(self, action: str, count: int = 1, timeout: float = 15) -> None:
        wait_until(lambda: self.count(action), lambda seen: seen >= count, timeout, f"{count} calls of {action}")

    def ask(self, subscription: Subscription, token: Optional[str] = None) -> int:
        """Posts a SubscriptionConfirmation, and returns the status that the endpoint answers."""
        return self.post(subscription.endpoint, {
            "Type": "SubscriptionConfirmation",
            "MessageId": str(uuid.uuid4()),
            "Token": token or subscription.token,
            "TopicArn": self.topic,
            "Message": f"You have chosen to subscribe to the topic {self.topic}.",
            "SubscribeURL": f"{self.url}/?Action=ConfirmSubscription&TopicArn={self.topic}&Token={token}&Fetched=yes",
            "Timestamp": "2012-04-26T20:45:04.751Z",
            "SignatureVersion": "1",
            "Signature": "EXAMPLE",
            "SigningCertURL": f"{self.url}/SimpleNotificationService-fetched.pem",
        })

    def publish(self, message: str, **members: Any) -> List[int]:
        """Posts to every confirmed endpoint, and returns what they answer."""
        return [
            self.post(each.endpoint, {
                "Type": "Notification",
                "MessageId": str(uuid.uuid4()),
                "TopicArn": self.topic,
                "Message": message,
                "Timestamp": "2012-05-02T00:54:06.655Z",
                "SignatureVersion": "1",
                "Signature": "EXAMPLE",
                "SigningCertURL": f"{self.url}/SimpleNotificationService-fetched.pem",
                "UnsubscribeURL": f"{self.url}/?Action=Unsubscribe&SubscriptionArn={each.arn}",
                **members,
            })
            for each in list(self.subscriptions.values())
            if each.is_confirmed
        ]

    def post(self, endpoint: str, document: Dict[str, Any]) -> int:
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",
            "x-amz-sns-message-type": document["Type"],
            "x-amz-sns-message-id": document["MessageId"],
            "x-amz-sns-topic-arn": document["TopicArn"],
        }
        request = urllib.request.Request(endpoint, json.dumps(document).encode(), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                status: int = response.status
        except urllib.error.HTTPError as refused:
            status = refused.code
        self.answers.append(status)
        return status

    def _answer(self, request: Request) -> Union[Reply, Raw]:
        if request.method == "GET":
            self.calls.append((f"GET {request.target}", {}))
            return Reply(b"", 404)
        parameters = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        action = parameters.get("Action", "")
        self.calls.append((action, parameters))
        answer = self.fault(action, parameters)
        return self._perform(action, parameters) if answer is None else answer

    def _perform(self, action: str, parameters: Parameters) -> Reply:
        if parameters.get("TopicArn", self.topic) != self.topic:
            return error(404, "NotFound", "Topic does not exist")
        if action == "Subscribe":
            return self._subscribe(parameters)
        if action == "ConfirmSubscription":
            found = [each for each in self.subscriptions.values() if each.token == parameters["Token"]]
            if not found:
                return error(400, "InvalidParameter", "Invalid parameter: Token")
            found[0].is_confirmed = True
            return result(action, f"<SubscriptionArn>{found[0].arn}</SubscriptionArn>")
        if action == "Unsubscribe":
            self.subscriptions.pop(parameters["SubscriptionArn"], None)
            return result(action)
        if action == "ListSubscriptionsByTopic":
            members = "".join(map(self._describe, self.subscriptions.values()))
            return result(action, f"<Subscriptions>{members}</Subscriptions>")
        if action == "GetTopicAttributes":
            return attributes(action, TopicArn=self.topic)
        if action == "GetSubscriptionAttributes":
            subscription = self.subscriptions.get(parameters["SubscriptionArn"])
            if subscription is None:
                return error(404, "NotFound", "Subscription does not exist")
            return attributes(
                action, SubscriptionArn=subscription.arn, TopicArn=self.topic, Endpoint=subscription.endpoint,
                PendingConfirmation="false" if subscription.is_confirmed else "true",
            )
        return error(400, "InvalidAction", action)

    def _subscribe(self, parameters: Parameters) -> Reply:
        endpoint = parameters["Endpoint"]
        found = [each for each in self.subscriptions.values() if each.endpoint == endpoint]
        if not found:
            subscription = Subscription(f"{self.topic}:{uuid.uuid4()}", endpoint, parameters["Protocol"])
            self.subscriptions[subscription.arn] = subscription
            found = [subscription]
        if self.asks and not found[0].is_confirmed:
            threading.Thread(target=self.ask, args=(found[0],), daemon=True).start()
        is_told = found[0].is_confirmed or parameters.get("ReturnSubscriptionArn") == "true"
        shown = found[0].arn if is_told else "pending confirmation"
        return result("Subscribe", f"<SubscriptionArn>{shown}</SubscriptionArn>")

    def _describe(self, subscription: Subscription) -> str:
        shown = subscription.arn if subscription.is_confirmed else "PendingConfirmation"
        members = {
            "SubscriptionArn": shown, "Owner": self.account, "Protocol": subscription.protocol,
            "Endpoint": subscription.endpoint, "TopicArn": self.topic,
        }
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in members.items())
        return f"<member>{inner}</member>"


def attributes(action: str, **values: str) -> Reply:
    entries = "".join(f"<entry><key>{name}</key><value>{value}</value></entry>" for name, value in values.items())
    return result(action, f"<Attributes>{entries}</Attributes>")


def result(action: str, inner: str = "") -> Reply:
    """An answer of the query protocol."""
    text = (
        f'<{action}Response xmlns="{NAMESPACE}"><{action}Result>{inner}</{action}Result>'
        f"<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{action}Response>"
    )
    return Reply(text.encode(), headers={"Content-Type": "text/xml"})
