"""The servers that play AWS: ministack, moto's and roto, all from PyPI, each in a process of its own.

They live in a virtual environment of their own (`peers` inside the tests' one), because ministack and the AWS CLI
insist on different versions of botocore.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any, Dict

import boto3
from botocore.config import Config

from peers.child_process import ChildProcess, free_port

PEERS = Path(sys.prefix) / "peers"
REGION = "us-east-1"


def peer_program(name: str) -> str:
    """A program of the peers' environment."""
    path = PEERS / "bin" / name
    assert path.exists(), f"{path} is missing: `make test` installs it (Tests/EndToEnd/requirements-peers.txt)"
    return str(path)


class AWSServer:
    """A source of messages and records: where it is, whose it is, and clients for it."""

    name: str
    account: str
    """The account whose sources the tests use. Headrace signs with the mapping's account as the access key id."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._clients: Dict[str, Any] = {}
        self._making_clients = threading.Lock()
        self.sqs = self.client("sqs")

    def client(self, service: str) -> Any:
        """The one for all threads: several may use a client at once, but not make one, and that takes a while."""
        with self._making_clients:
            if service not in self._clients:
                self._clients[service] = boto3.client(
                    service,
                    endpoint_url=self.url,
                    region_name=REGION,
                    aws_access_key_id=self.account,
                    aws_secret_access_key="unchecked",
                    config=Config(max_pool_connections=50, retries={"total_max_attempts": 1}),
                )
            return self._clients[service]

    @property
    def environment(self) -> Dict[str, str]:
        """What makes Headrace read queues from this server."""
        return {"AWS_ENDPOINT_URL_SQS": self.url}

    @property
    def whole_environment(self) -> Dict[str, str]:
        """What makes Headrace read and write everything on this server."""
        return {"AWS_ENDPOINT_URL": self.url}

    def stop(self) -> None:
        raise NotImplementedError


class Ministack(AWSServer):
    """ministack 1.5: all accounts, asyncio, as fast as needed."""

    name = "ministack"
    account = "000000000000"

    def __init__(self) -> None:
        port = free_port()
        # Without BIND_HOST it listens on every address of the machine.
        self._process = ChildProcess(
            [peer_program("ministack")],
            {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "LOG_LEVEL": "WARNING"},
        )
        self._process.wait_for_port(port)
        super().__init__(port)

    def stop(self) -> None:
        # It waits two seconds for whoever is connected, and nothing in it is to be kept.
        self._process.kill()


class Moto(AWSServer):
    """moto 5's server: one account unless told otherwise, threads, slower with depth."""

    name = "moto"
    account = "123456789012"

    def __init__(self) -> None:
        port = free_port()
        self._process = ChildProcess([peer_program("moto_server"), "-H", "127.0.0.1", "-p", str(port)])
        self._process.wait_for_port(port)
        super().__init__(port)

    def stop(self) -> None:
        self._process.stop()


class Roto(AWSServer):
    """roto 0.10: one account; Kinesis with shards that end as AWS's do, but without enhanced fan-out; no DynamoDB."""

    name = "roto"
    account = "123456789012"

    def __init__(self) -> None:
        port = free_port()
        self._process = ChildProcess([peer_program("roto-server"), "--port", str(port), "--ephemeral"])
        self._process.wait_for_port(port)
        super().__init__(port)

    def stop(self) -> None:
        self._process.stop()
