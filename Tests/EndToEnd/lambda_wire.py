"""The Lambda REST API as bytes on the wire: no SDK that would check, retry or rename anything."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any, Dict, Optional, Sequence, Tuple, Union
from urllib.parse import quote, urlencode

MAPPINGS = "/2015-03-31/event-source-mappings"
TAGS = "/2017-03-31/tags"

Query = Union[Dict[str, Any], Sequence[Tuple[str, Any]]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error_type(self) -> Optional[str]:
        return self.headers.get("x-amzn-errortype")

    @property
    def error_text(self) -> str:
        """The message, whichever way this error's body spells its key."""
        body = self.json
        return body["Message"] if "Message" in body else body["message"]


def authorization(account: str, region: str) -> str:
    """A SigV4 header with an empty signature: Headrace reads the credential scope and checks nothing."""
    scope = f"{account}/20260101/{region}/lambda/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={'0' * 64}"


class LambdaWire:
    """A client for one account and region. Used from one thread at a time.

    With `keep_alive` all requests share a connection; without, each has its own.
    """

    def __init__(
        self,
        port: int,
        account: Optional[str] = None,
        region: str = "us-east-1",
        keep_alive: bool = False,
        timeout: float = 30,
    ) -> None:
        self.account = account
        self.region = region
        self._keep_alive = keep_alive
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def close(self) -> None:
        self._connection.close()

    def request(
        self,
        method: str,
        path: str,
        body: Union[bytes, Dict[str, Any], None] = None,
        query: Optional[Query] = None,
        headers: Optional[Dict[str, str]] = None,
    ) -> Answer:
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if self.account is not None:
            sent["Authorization"] = authorization(self.account, self.region)
        sent.update(headers or {})
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        target = path + ("?" + urlencode(query) if query else "")
        try:
            self._connection.request(method, target, content, sent)
            response = self._connection.getresponse()
            answer = Answer(
                response.status,
                {name.lower(): value for name, value in response.getheaders()},
                response.read(),
            )
        except BaseException:
            self._connection.close()
            raise
        if not self._keep_alive:
            self._connection.close()
        return answer

    def create(self, parameters: Dict[str, Any]) -> Answer:
        return self.request("POST", MAPPINGS, parameters)

    def created(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        """Creates a mapping that must be accepted, and returns it as answered."""
        answer = self.create(parameters)
        assert answer.status == 202, answer
        return answer.json

    def get(self, uuid: str) -> Answer:
        return self.request("GET", f"{MAPPINGS}/{uuid}")

    def list(self, query: Optional[Query] = None) -> Answer:
        return self.request("GET", MAPPINGS, query=query)

    def update(self, uuid: str, parameters: Dict[str, Any]) -> Answer:
        return self.request("PUT", f"{MAPPINGS}/{uuid}", parameters)

    def delete(self, uuid: str) -> Answer:
        return self.request("DELETE", f"{MAPPINGS}/{uuid}")

    def tag(self, resource: str, tags: Dict[str, str]) -> Answer:
        return self.request("POST", f"{TAGS}/{quote(resource, safe='')}", {"Tags": tags})

    def untag(self, resource: str, keys: Sequence[str]) -> Answer:
        return self.request("DELETE", f"{TAGS}/{quote(resource, safe='')}", query=[("tagKeys", key) for key in keys])

    def list_tags(self, resource: str) -> Answer:
        return self.request("GET", f"{TAGS}/{quote(resource, safe='')}")


def assert_error(answer: Answer, status: int, code: str, text: Optional[str] = None) -> None:
    """Checks status, error name and text, and that the body has exactly the keys that AWS sends for this error.

    The casing is recorded: a client that looks for the wrong one finds no message.
    """
    keys = {
        "ResourceNotFoundException": {"Type", "Message"},
        "ResourceInUseException": {"Type", "Message"},
        "InvalidParameterValueException": {"Type", "message"},
        "ResourceConflictException": {"Type", "message"},
        "ValidationException": {"message"},
        "SerializationException": {"message"},
        "UnknownOperationException": {"message"},
    }[code]
    assert (answer.status, answer.error_type) == (status, code), answer
    assert set(answer.json) == keys, answer.body
    if "Type" in keys:
        assert answer.json["Type"] == "User"
    if text is not None:
        assert answer.error_text == text
    assert answer.error_text, answer.body
    assert answer.headers["x-amzn-requestid"]
    assert answer.headers["content-type"].startswith("application/json")
