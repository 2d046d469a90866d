"""A Lambda endpoint in the test's own process. It checks every signature as AWS does, by computing it with botocore."""

from __future__ import annotations

import json
import threading
import urllib.parse
from typing import Callable, Dict, List, Optional, Union

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from peers.http_peer import HTTPPeer, Raw, Reply, Request

FUNCTIONS = "/2015-03-31/functions"
SECRET = "a/secret+key"


def lambda_error(code: str, message: str, status: int) -> Reply:
    body = json.dumps({"Type": "User", "Message": message}).encode()
    return Reply(body, status, {"Content-Type": "application/json", "x-amzn-ErrorType": code})


class ScriptedLambda:
    """Knows the functions in `functions`: each a callable from the Invoke request to its answer."""

    access_key = "AKIDEXAMPLE"
    secret_key = SECRET

    def __init__(self) -> None:
        self.functions: Dict[str, Callable[[Request], Union[Reply, Raw]]] = {}
        self.timeouts: Dict[str, int] = {}
        """Seconds that a function may take, where it is not 3."""
        self.requests: List[Request] = []
        self.wrong_signatures: List[str] = []
        """What was signed wrongly, and how."""
        self.session_token: Optional[str] = None
        self._changed = threading.Condition()
        self._peer = HTTPPeer(self._answer)
        self.port = self._peer.port
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> Dict[str, str]:
        """What makes Headrace call this endpoint, with credentials that it can check."""
        return {
            "AWS_ENDPOINT_URL_LAMBDA": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            **({"AWS_SESSION_TOKEN": self.session_token} if self.session_token else {}),
        }

    def close(self) -> None:
        self._peer.close()

    def invocations(self) -> List[Request]:
        return [request for request in list(self.requests) if "/invocations" in request.target]

    def wait_for_invocations(self, count: int, timeout: float = 15) -> List[Request]:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.invocations()) >= count, timeout):
                raise AssertionError(f"{len(self.invocations())} of {count} invocations came within {timeout} s")
            return self.invocations()[:count]

    def _answer(self, request: Request) -> Union[Reply, Raw]:
        wrong = signature_error(request, self.access_key, self.secret_key, self.session_token)
        with self._changed:
            if wrong:
                self.wrong_signatures.append(wrong)
            self.requests.append(request)
            self._changed.notify_all()
        if wrong:
            return lambda_error("InvalidSignatureException", wrong, 403)
        path = urllib.parse.unquote(urllib.parse.urlsplit(request.target).path)
        assert path.startswith(FUNCTIONS), f"no path of this endpoint: {request.target}"
        rest = path[len(FUNCTIONS):].strip("/")
        if not rest:
            known = [{"FunctionName": name} for name in sorted(self.functions)]
            return Reply(json.dumps({"Functions": known}).encode(), headers={"Content-Type": "application/json"})
        name, _, action = rest.partition("/")
        bare = name.rpartition("function:")[2].split(":")[0]
        if bare not in self.functions:
            arn = f"arn:aws:lambda:us-east-1:000000000000:function:{bare}"
            return lambda_error("ResourceNotFoundException", f"Function not found: {arn}", 404)
        if action == "invocations":
            return self.functions[bare](request)
        configuration = {
            "FunctionName": bare,
            "FunctionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{bare}",
            "Timeout": self.timeouts.get(bare, 3),
            "State": "Active",
        }
        document = configuration if action == "configuration" else {"Configuration": configuration}
        return Reply(json.dumps(document).encode(), headers={"Content-Type": "application/json"})


def signature_error(
    request: Request, access_key: str, secret_key: str, session_token: Optional[str] = None
) -> Optional[str]:
    """What is wrong with the request's signature, or None. Computed anew by botocore from what arrived."""
    sent = request.headers.get("authorization", "")
    if not sent.startswith("AWS4-HMAC-SHA256 "):
        return f"not signed: {sent!r}"
    parts = dict(part.strip().split("=", 1) for part in sent[len("AWS4-HMAC-SHA256 "):].split(","))
    key, date, region, service, terminator = parts["Credential"].split("/")
    if (key, terminator) != (access_key, "aws4_request"):
        return f"another credential: {parts['Credential']}"
    if request.headers.get("x-amz-security-token") != session_token:
        return "another session token"
    signed = parts["SignedHeaders"].split(";")
    if "host" not in signed:
        return "the host is not signed"
    unsigned = [name for name in request.headers if name.startswith("x-amz-") and name not in signed]
    if unsigned:
        return f"headers of AWS that are not signed: {unsigned}"
    stamp = request.headers["x-amz-date"]
    if not stamp.startswith(date):
        return "the scope has another day than the request"

    signer = SigV4Auth(Credentials(access_key, secret_key, session_token), service, region)
    url = f"http://{request.headers['host']}{request.target}"
    again = AWSRequest(request.method, url, data=request.body)
    for name in signed:
        again.headers[name] = request.headers[name]
    again.context["timestamp"] = stamp
    canonical = signer.canonical_request(again)
    expected = signer.signature(signer.string_to_sign(again, canonical), again)
    if parts["Signature"] != expected:
        sent_signature = parts["Signature"]
        return f"{request.method} {request.target}: botocore signs {expected} for\n{canonical}\nnot {sent_signature}"
    return None
