"""The AWS CLI as its users run it: another process, its own credentials, its output parsed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Callable

import pytest

from headrace_process import HeadraceProcess, clean_environment
from lambda_wire import LambdaWire
from source_types import queue_request

RunAWS = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def aws(server: HeadraceProcess, account: str, tmp_path: Any) -> RunAWS:
    environment = clean_environment(
        {
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "unchecked",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": str(tmp_path / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no-credentials"),
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }
    )

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "awscli", "lambda", *arguments, "--endpoint-url", server.url, "--output", "json"],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )

    return run


def output(completed: "subprocess.CompletedProcess[str]") -> Any:
    assert completed.returncode == 0, completed.stderr
    return json.loads(completed.stdout) if completed.stdout.strip() else None


def test_a_mappings_life(aws: RunAWS, account: str) -> None:
    created = output(
        aws(
            "create-event-source-mapping",
            "--function-name", "handler",
            "--event-source-arn", f"arn:aws:sqs:us-east-1:{account}:orders",
            "--batch-size", "5",
            "--filter-criteria", '{"Filters":[{"Pattern":"{\\"body\\":{\\"kind\\":[\\"order\\"]}}"}]}',
            "--tags", "team=a,stage=b",
        )
    )
    uuid = created["UUID"]
    assert (created["State"], created["BatchSize"]) == ("Creating", 5)
    assert created["FilterCriteria"] == {"Filters": [{"Pattern": '{"body":{"kind":["order"]}}'}]}

    assert output(aws("get-event-source-mapping", "--uuid", uuid))["State"] == "Enabled"
    updated = output(aws("update-event-source-mapping", "--uuid", uuid, "--no-enabled"))
    assert updated["State"] == "Disabling"
    assert output(aws("list-tags", "--resource", created["EventSourceMappingArn"])) == {
        "Tags": {"team": "a", "stage": "b"}
    }
    assert output(aws("delete-event-source-mapping", "--uuid", uuid))["State"] == "Deleting"

    missing = aws("get-event-source-mapping", "--uuid", uuid)
    assert missing.returncode != 0
    assert "(ResourceNotFoundException)" in missing.stderr
    assert "The resource you requested does not exist." in missing.stderr


def test_the_cli_follows_the_pages(aws: RunAWS, wire: LambdaWire, account: str) -> None:
    created = {wire.created(queue_request(account, f"queue-{number}"))["UUID"] for number in range(101)}
    listed = output(aws("list-event-source-mappings"))
    assert {mapping["UUID"] for mapping in listed["EventSourceMappings"]} == created


def test_the_cli_shows_a_conflict(aws: RunAWS, wire: LambdaWire, account: str) -> None:
    uuid = wire.created(queue_request(account, "orders"))["UUID"]
    completed = aws(
        "create-event-source-mapping",
        "--function-name", "handler",
        "--event-source-arn", f"arn:aws:sqs:us-east-1:{account}:orders",
    )
    assert completed.returncode != 0
    assert "(ResourceConflictException)" in completed.stderr
    assert uuid in completed.stderr
