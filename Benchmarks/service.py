"""A Headrace of the benchmark's own: started on a free port of loopback, ended by its process."""

import collections
import http.client
import json
import os
import socket
import subprocess
import threading
import time
from urllib.parse import urlsplit

import measuring
from measuring import BenchmarkError

COLLECTION = "/2015-03-31/event-source-mappings"

START_SECONDS = 30
STOP_SECONDS = 15


def create_body(number):
    """A mapping from a queue whose number has ten digits, to the same function as any other."""
    return json.dumps({
        "EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:q-{:010d}".format(number), "FunctionName": "f"})


class Service:
    """A running service, until the end of a `with`."""

    def __init__(self, program, database, environment=None, arguments=()):
        # What the environment says of Headrace is about another one, and what it says of AWS must lead nowhere.
        own = {
            name: value for name, value in os.environ.items() if not name.startswith(("HEADRACE_", "AWS_"))}
        own.update(AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_CONFIG_FILE=os.devnull)
        own.update(environment or {})
        command = [
            program, "serve", "--host", "127.0.0.1", "--port", "0", "--database", database, "--log-format", "json",
            "--log-level", "warning",
        ] + list(arguments)
        self._started = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=own)
        # A service that never says that it listens is ended, which ends the wait for its next line.
        watchdog = threading.Timer(START_SECONDS, self._process.kill)
        watchdog.start()
        try:
            self.url = self._await_listening()
        except BaseException:
            self._stop()
            raise
        finally:
            watchdog.cancel()
        self._address = (urlsplit(self.url).hostname, urlsplit(self.url).port)
        # Its log is read on, for a full pipe would stop it. The last lines say why, when something goes wrong.
        self._log = collections.deque(maxlen=3)
        self._drain = threading.Thread(target=self._log.extend, args=(self._process.stderr,), daemon=True)
        self._drain.start()

    def _await_listening(self):
        lines = []
        for line in self._process.stderr:
            lines.append(line.decode("utf-8", "replace").rstrip())
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict) and entry.get("message") == "listening":
                return entry["url"]
        raise BenchmarkError("the service did not start: {}".format(" / ".join(lines[-3:]) or "it said nothing"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stop()

    def _stop(self):
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def since_start(self):
        """Seconds since the program was started."""
        return time.perf_counter() - self._started

    def last_log_lines(self):
        return " / ".join(line.decode("utf-8", "replace").rstrip() for line in list(self._log)) or "nothing"

    def cpu_seconds(self):
        return measuring.cpu_seconds(self._process.pid)

    def connect(self):
        return http.client.HTTPConnection(*self._address, timeout=30)

    def get(self, path):
        connection = self.connect()
        try:
            return request(connection, "GET", path, expected=200)
        finally:
            connection.close()

    def create(self, body):
        connection = self.connect()
        try:
            return json.loads(request(connection, "POST", COLLECTION + "/", body, expected=202))["UUID"]
        finally:
            connection.close()

    def raw_answer(self, path):
        """What the service sends for a GET as wrk makes it, head and body."""
        with socket.create_connection(self._address, timeout=30) as peer:
            peer.sendall("GET {} HTTP/1.1\r\nHost: {}:{}\r\n\r\n".format(path, *self._address).encode("ascii"))
            received = b""
            while b"\r\n\r\n" not in received:
                received += self._receive(peer)
            head, body = received.split(b"\r\n\r\n", 1)
            if not head.startswith(b"HTTP/1.1 200 "):
                raise BenchmarkError("GET {}: {}".format(path, head.split(b"\r\n")[0].decode("latin-1")))
            fields = [line.partition(b":") for line in head.split(b"\r\n")[1:]]
            length = next((int(value) for name, _, value in fields if name.lower() == b"content-length"), None)
            if length is None:
                raise BenchmarkError("GET {}: the answer has no Content-Length".format(path))
            while len(body) < length:
                body += self._receive(peer)
            return head + b"\r\n\r\n" + body

    @staticmethod
    def _receive(peer):
        received = peer.recv(65536)
        if not received:
            raise BenchmarkError("the service closed a connection in the middle of an answer")
        return received

    def memory(self):
        """Resident memory in MB (of 1,000,000 bytes), as the kernel counts it."""
        with open("/proc/{}/status".format(self._process.pid), encoding="ascii") as file:
            fields = dict(line.split(":", 1) for line in file if ":" in line)
        return {name: int(fields[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "RssAnon")}

    def idle_memory(self):
        """Resident memory once it has stopped growing: two seconds of the same figure, or after ten."""
        last, since, deadline = self.memory(), time.monotonic(), time.monotonic() + 10
        while time.monotonic() < min(since + 2, deadline):
            time.sleep(0.1)
            memory = self.memory()
            if memory["VmRSS"] > last["VmRSS"]:
                since = time.monotonic()
            last = memory
        return last


def request(connection, method, path, body=None, expected=200):
    headers = {} if body is None else {"Content-Type": "application/json"}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != expected:
        raise BenchmarkError("{} {}: {} {}".format(method, path, answer.status, content.decode("utf-8", "replace")))
    return content


def fill(service, count, clients=32, body=create_body):
    """Creates mappings over HTTP, and returns the id of one of them. `body` has the request of each number."""
    failures, identifiers = [], []

    def create(start):
        connection = service.connect()
        try:
            for number in range(start, count, clients):
                content = request(connection, "POST", COLLECTION + "/", body(number), expected=202)
            if start == 0:
                identifiers.append(json.loads(content)["UUID"])
        except (BenchmarkError, OSError, http.client.HTTPException, ValueError, KeyError) as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=create, args=(start,)) for start in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise BenchmarkError("creating mappings failed: {}".format(failures[0]))
    return identifiers[0]
