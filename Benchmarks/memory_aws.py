"""A running memory_aws: the source and the function of a Headrace under measurement."""

import http.client
import json
import subprocess
import time

import measuring
from measuring import BenchmarkError

# What MemoryAWS has in its answers.
ACCOUNT, REGION = "000000000000", "us-east-1"
STREAM_ARNS = {
    "kinesis": "arn:aws:kinesis:{}:{}:stream/{}",
    "dynamodb": "arn:aws:dynamodb:{}:{}:table/{}/stream/2026-11-24T15:00:00.000",
}


class MemoryAWS:
    """A source and a function, until the end of a `with`."""

    def __init__(self, program):
        self._process = subprocess.Popen([program], stdout=subprocess.PIPE)
        port = self._process.stdout.readline().strip()
        if not port:
            self._process.wait()
            raise BenchmarkError("the memory source did not start")
        self.port = int(port)
        self.process = self._process.pid
        self.url = "http://127.0.0.1:{}".format(self.port)
        self._control = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def cpu_seconds(self):
        return measuring.cpu_seconds(self.process)

    def counts(self):
        return self._ask("GET", "/control/counts")

    def release(self, queue):
        """Puts one message into a queue, and returns the milliseconds from then until the function was called."""
        return self._release("queue={}".format(queue))

    def release_record(self, service, stream, shard):
        """Puts one record into a shard, and returns the milliseconds from then until the function was called."""
        return self._release("shard={}/{}/{}".format(service, stream, shard))

    def wait_for(self, name, least, seconds, pause=0.02):
        """The counts, once one of them is high enough; None when that takes too long."""
        deadline = time.monotonic() + seconds
        while True:
            counts = self.counts()
            if counts[name] >= least:
                return counts
            if time.monotonic() > deadline:
                return None
            time.sleep(pause)

    def _release(self, source):
        return self._ask("POST", "/control/release?{}".format(source))["nanoseconds"] / 1e6

    def _ask(self, method, path):
        try:
            self._control.request(method, path)
            answer = self._control.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise BenchmarkError("the memory source did not answer {} {}: {}".format(method, path, error or "timeout"))
        if answer.status != 200:
            raise BenchmarkError("{} {}: {} {}".format(method, path, answer.status, content.decode("utf-8", "replace")))
        return json.loads(content)


def mapping_body(queue, **parameters):
    """The request that maps a queue to a function."""
    return json.dumps(dict(
        EventSourceArn="arn:aws:sqs:{}:{}:{}".format(REGION, ACCOUNT, queue), FunctionName="f", **parameters))


def stream_body(service, stream, function="f", **parameters):
    """The request that maps a stream, from its beginning, to a function."""
    return json.dumps(dict(
        EventSourceArn=STREAM_ARNS[service].format(REGION, ACCOUNT, stream), FunctionName=function,
        StartingPosition="TRIM_HORIZON", **parameters))
