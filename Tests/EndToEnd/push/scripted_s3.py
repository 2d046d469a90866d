"""S3 as far as notifications of buckets go, in the test's own process: it keeps bytes, and fails on demand."""

from __future__ import annotations

import threading
from typing import Callable, Dict, List, Optional, Tuple, Union
from urllib.parse import unquote, urlsplit

from peers.http_peer import HTTPPeer, Raw, Reply, Request

EMPTY = b'<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'

Fault = Callable[[Request], Union[Reply, Raw, None]]


def error(status: int, code: str, message: str) -> Reply:
    text = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>1</RequestId></Error>"
    return Reply(text.encode(), status, {"Content-Type": "application/xml"})


class ScriptedS3:
    """Listens until it is closed. Every bucket exists; `configurations` may be set at any time."""

    def __init__(self) -> None:
        self.configurations: Dict[str, bytes] = {}
        self.puts: List[Tuple[str, bytes]] = []
        """Bucket and body of each PUT, in the order of arrival."""
        self.fault: Fault = lambda _: None
        self._changed = threading.Condition()
        self._peer = HTTPPeer(self._answer)
        self.url = f"http://127.0.0.1:{self._peer.port}"

    @property
    def environment(self) -> Dict[str, str]:
        return {"AWS_ENDPOINT_URL_S3": self.url}

    def close(self) -> None:
        self._peer.close()

    def configuration(self, bucket: str) -> bytes:
        return self.configurations.get(bucket, EMPTY)

    def _answer(self, request: Request) -> Union[Reply, Raw]:
        answer: Optional[Union[Reply, Raw]] = self.fault(request)
        if answer is not None:
            return answer
        parts = urlsplit(request.target)
        bucket = unquote(parts.path.strip("/"))
        if "notification" not in parts.query:
            return error(501, "NotImplemented", f"{request.method} {request.target}")
        with self._changed:
            if request.method == "GET":
                return Reply(self.configuration(bucket), headers={"Content-Type": "application/xml"})
            self.configurations[bucket] = request.body
            self.puts.append((bucket, request.body))
            return Reply(b"")
