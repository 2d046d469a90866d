"""Runs wrk, reads what the kernel counts, and holds what a run measured."""

import math
import os
import shutil
import subprocess
import sys
import tempfile
from statistics import median

HERE = os.path.dirname(os.path.abspath(__file__))


class BenchmarkError(Exception):
    """Why nothing could be measured; one line for whoever started the run."""


class Figures:
    """Operations a second and latencies in milliseconds, each where there are any."""

    def __init__(self, rate=None, p50=None, p99=None):
        self.rate = rate
        self.p50 = p50
        self.p99 = p99

    def json(self):
        return {"perSecond": self.rate, "p50Milliseconds": self.p50, "p99Milliseconds": self.p99}


def middle(runs):
    """The median of each figure."""

    def of(values):
        values = list(values)
        return None if None in values else median(values)

    return Figures(of(run.rate for run in runs), of(run.p50 for run in runs), of(run.p99 for run in runs))


def percentile(values, share):
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def cpu_seconds(process):
    """What a process has used of all processors, its own code and the kernel's on its behalf."""
    with open("/proc/{}/stat".format(process), encoding="ascii", errors="replace") as file:
        # The name, in brackets, may hold anything; what follows it is numbered from the third field.
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def keep_apart(*processes):
    """Gives each process of one thread a processor of its own, where there are enough."""
    processors = sorted(os.sched_getaffinity(0))
    if len(processors) >= len(processes):
        for processor, process in zip(processors, processes):
            os.sched_setaffinity(process, {processor})


def progress(text):
    print("… {}".format(text), file=sys.stderr, flush=True)


def require_wrk():
    if not shutil.which("wrk"):
        raise BenchmarkError("wrk is missing; on Debian: apt-get install wrk")


def wrk(url, seconds, connections, script=None):
    """One run with one thread of load, on whose account every answer must be a success."""
    # wrk takes one script, so the report's is appended to what makes the requests. It is a file and no pipe, since
    # wrk reads it again for each thread.
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as file:
        file.write("".join(read(name) for name in [script, "report.lua"] if name))
        file.flush()
        command = [
            "wrk", "--threads", "1", "--connections", str(connections), "--duration", "{}s".format(seconds),
            "--timeout", "10s", "--script", file.name, url,
        ]
        run = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, check=False)
    result = next((line.split()[1:] for line in run.stdout.splitlines() if line.startswith("RESULT ")), None)
    if run.returncode != 0 or result is None:
        raise BenchmarkError("wrk failed on {}: {}".format(url, (run.stderr or run.stdout).strip()))
    requests, elapsed, p50, p99, errors = map(float, result)
    if errors or not requests:
        raise BenchmarkError("{:.0f} of {:.0f} requests to {} failed".format(errors, requests, url))
    return Figures(requests / elapsed, p50 / 1000, p99 / 1000)


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read() + "\n"
