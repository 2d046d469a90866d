"""AWS's own runtime for Python (awslambdaric): attached to a Runtime API, or inside the Runtime Interface Emulator."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any, Dict, List

from peers.aws_servers import PEERS
from peers.child_process import ChildProcess, free_port

RIE_PATH = "/2015-03-31/functions/function/invocations"

PRINTING_HANDLER = """
import json

def handler(event, context):
    for record in event["Records"]:
        print("GOT " + json.dumps(record["body"]), flush=True)
"""
"""Prints each body as one line of JSON after `GOT `."""


def bodies_printed(lines: List[str]) -> List[str]:
    """What `PRINTING_HANDLER` was given, from the lines that it printed."""
    return [json.loads(line.split("GOT ", 1)[1]) for line in lines if "GOT " in line]


def is_got(line: str) -> bool:
    return "GOT " in line


class LambdaRIC(ChildProcess):
    """A function as it runs in Lambda, without a container: `python -m awslambdaric app.handler`."""

    def __init__(
        self, python: str, folder: Path, runtime_api: str, handler: str, environment: Dict[str, str]
    ) -> None:
        folder.mkdir()
        (folder / "app.py").write_text(handler, encoding="utf-8")
        super().__init__(
            [python, "-m", "awslambdaric", "app.handler"],
            {**lambda_environment(folder), "AWS_LAMBDA_RUNTIME_API": runtime_api, **environment},
            folder=str(folder),
        )


class RIE(ChildProcess):
    """The Runtime Interface Emulator (from the wheel of aws-sam-cli) with awslambdaric inside."""

    def __init__(self, python: str, folder: Path, handler: str, environment: Dict[str, str]) -> None:
        folder.mkdir()
        (folder / "app.py").write_text(handler, encoding="utf-8")
        port, api_port = free_port(), free_port()
        # Without both flags it listens on the same ports as every other one.
        super().__init__(
            [
                str(emulator_program()),
                "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
                "--runtime-api-address", f"127.0.0.1:{api_port}",
                python, "-m", "awslambdaric", "app.handler",
            ],
            {**lambda_environment(folder), **environment},
            folder=str(folder),
        )
        self.url = f"http://127.0.0.1:{port}{RIE_PATH}"
        self.wait_for_port(port)


def emulator_program() -> Path:
    suffix = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    found = sorted(PEERS.glob(f"lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-{suffix}"))
    assert found, f"no Runtime Interface Emulator below {PEERS}: `make test` installs it"
    return found[0]


def lambda_environment(folder: Path) -> Dict[str, Any]:
    """What Lambda sets for a function, as far as libraries look at it."""
    return {
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_REGION": "us-east-1",
        "LAMBDA_TASK_ROOT": str(folder),
        "POWERTOOLS_SERVICE_NAME": "tests",
        "POWERTOOLS_DEV": "false",
    }
