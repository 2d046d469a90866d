"""A Headrace that applies templates, as its command line and its API see it."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple
from urllib.parse import urlencode

from conftest import make_boto_client
from headrace_process import HeadraceProcess, run_headrace

from peers.aws_servers import AWSServer
from peers.http_function import HTTPFunction
from peers.stage import put_function

TEMPLATES = Path(__file__).resolve().parents[4] / "shared" / "templates"
"""Where they lie beside this checkout, the templates that the examples of the CDK module make."""


class Stacks:
    """One Headrace and the server that plays AWS for it."""

    def __init__(self, process: HeadraceProcess, server: AWSServer, binary: str) -> None:
        self.process = process
        self.server = server
        self.binary = binary
        # Without an account in the credential, as the command line asks: Headrace's own.
        self.lambda_client = make_boto_client(process.url, "000000000000")

    # The command line

    def run(self, command: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return run_headrace(self.binary, command, *arguments, "--url", self.process.url, timeout=120)

    def apply(self, *arguments: str) -> Dict[str, Any]:
        """Applies one stack that must not fail, and gives the answer."""
        result = self.run("apply", *arguments, "--json")
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    def refused(self, command: str, *arguments: str) -> str:
        """What a command says that has to fail: one line."""
        result = self.run(command, *arguments)
        assert result.returncode == 1, result.stdout
        lines = result.stderr.splitlines()
        assert len(lines) == 1 and lines[0].startswith("headrace: "), result.stderr
        return lines[0]

    # The API

    def post(self, name: str, template: Any, /, **query: Any) -> Tuple[int, Dict[str, Any]]:
        body = template if isinstance(template, (str, bytes)) else json.dumps(template)
        return self.request("POST", name, body, **query)

    def request(self, method: str, name: str, body: Any = None, /, **query: Any) -> Tuple[int, Dict[str, Any]]:
        target = f"{self.process.url}/_headrace/stacks/{name}"
        if query:
            target += "?" + urlencode({key.replace("_", "-"): value for key, value in query.items()}, doseq=True)
        data = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(target, data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    # What is there

    def mappings(self, source: Optional[str] = None) -> List[Dict[str, Any]]:
        pages = self.lambda_client.get_paginator("list_event_source_mappings")
        found = [mapping for page in pages.paginate() for mapping in page["EventSourceMappings"]]
        return [mapping for mapping in found if source is None or source in mapping.get("EventSourceArn", "")]

    def mapping(self, uuid: str) -> Dict[str, Any]:
        return self.lambda_client.get_event_source_mapping(UUID=uuid)

    def raw_mapping(self, uuid: str) -> Dict[str, Any]:
        """With the parameters that boto3 does not know."""
        url = f"{self.process.url}/2015-03-31/event-source-mappings/{uuid}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.loads(answer.read())

    def tags(self, uuid: str) -> Dict[str, str]:
        arn = f"arn:aws:lambda:us-east-1:000000000000:event-source-mapping:{uuid}"
        return self.lambda_client.list_tags(Resource=arn)["Tags"]

    def queue_names(self) -> List[str]:
        urls = self.server.client("sqs").list_queues().get("QueueUrls", [])
        return sorted(url.rsplit("/", 1)[1] for url in urls)

    def attach(self, outcome: Dict[str, Any], function: HTTPFunction) -> None:
        """Lets a function of the test's take the place of all that a template defines."""
        for entry in outcome["Functions"]:
            put_function(self.process, entry["FunctionName"], function.url)


def added(outcome: Dict[str, Any], kind: str) -> List[str]:
    """The physical ids of what was added of a type."""
    return [
        change["PhysicalResourceId"]
        for change in outcome["Changes"]
        if change["Action"] == "Add" and change["ResourceType"] == kind
    ]


def mapping_ids(outcome: Dict[str, Any]) -> List[str]:
    return added(outcome, "AWS::Lambda::EventSourceMapping")


WriteTemplate = Callable[[str, Any], str]
