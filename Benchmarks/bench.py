#!/usr/bin/env python3
"""What Headrace is measured by, each figure beside its yardstick in the same run.

    Benchmarks/bench.py --headrace .build/release/headrace

Absolute figures drift with the machine and its neighbours, ratios far less. So service and yardstick take turns
(A B A B …), and what counts is the median of the pairs' ratios. Reads are compared with a bare epoll loop that sends
the same bytes (epoll_loop.c), durable creates with SQLite itself committing the same rows (raw_sqlite.c).

Needs `wrk`, a C compiler and SQLite's header (Debian: wrk, gcc, libc6-dev, libsqlite3-dev), and only loopback.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from statistics import median

import measuring
import yardsticks
from service import COLLECTION, Service, create_body, fill


class Row:
    """One line of the table: a figure, what it is compared with, and the goal.

    The service's figure is a number of a unit, or, beside a yardstick, what measuring.Figures gives.
    """

    def __init__(self, name, service, unit=None, yardstick=None, ratio=None, goal=None, met=None):
        self.name = name
        self.unit = unit
        self.service = service
        self.yardstick = yardstick
        self.ratio = ratio
        self.goal = goal
        self.met = met

    def json(self):
        return vars(self)


def main():
    options = parse_arguments()
    try:
        measuring.require_wrk()
        with tempfile.TemporaryDirectory(prefix="headrace-bench-", dir=options.directory) as folder:
            programs = yardsticks.build(folder)
            rows = measure(options, folder, programs)
    except measuring.BenchmarkError as error:
        sys.exit("bench.py: {}".format(error))
    print_table(rows, options)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(report(rows, options), file, indent=2)
            file.write("\n")


def parse_arguments():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument(
        "--headrace", metavar="PATH", default=os.path.join(root, ".build", "release", "headrace"),
        help="the binary, a release build")
    parser.add_argument("--seconds", metavar="N", type=positive, default=5, help="length of each measurement")
    parser.add_argument("--pairs", metavar="N", type=positive, default=3, help="turns of service and yardstick")
    parser.add_argument(
        "--mappings", metavar="N", type=positive, default=10000, help="mappings in the existing database")
    parser.add_argument("--directory", metavar="PATH", default=None, help="where databases go, for its disk")
    parser.add_argument("--json", metavar="FILE", default=None, help="also write the figures here")
    options = parser.parse_args()
    if not os.access(options.headrace, os.X_OK) or os.path.isdir(options.headrace):
        parser.error("no program at {}; build one with: swift build -c release".format(options.headrace))
    if options.directory and not os.path.isdir(options.directory):
        parser.error("{} is not a folder".format(options.directory))
    if options.mappings < 100:
        parser.error("--mappings must be at least 100, the size of a page")
    return options


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def measure(options, folder, programs):
    database = os.path.join(folder, "existing.db")
    progress("filling a database with {} mappings".format(options.mappings))
    with Service(options.headrace, database) as service:
        identifier = fill(service, options.mappings)
    one = "{}/{}".format(COLLECTION, identifier)

    rows = [start_time(options, database, one)]
    with Service(options.headrace, database) as service:
        service.get(one)
        rows += idle_memory(service)
        for name, path, goal in [
            ("GET one mapping, 32 connections", one, 0.8),
            ("List of 100, 32 connections", "{}?MaxItems=100".format(COLLECTION), None),
            ("GET /_headrace/health, 32 connections", "/_headrace/health", 0.8),
        ]:
            rows.append(compare_reads(options, folder, programs, service, name, path, goal))
        memory = service.memory()
        rows.append(Row("memory after those reads: VmRSS", memory["VmRSS"], "MB"))

    recipe = yardsticks.record_create(options.headrace, folder, create_body)
    rows.append(compare_creates(options, folder, programs, recipe, connections=1, goal=None))
    rows.append(compare_creates(options, folder, programs, recipe, connections=32, goal=0.5))
    return rows


def start_time(options, database, path):
    progress("start to first answer")
    # Nine starts, of which the median: one start is a matter of luck.
    times = []
    for _ in range(9):
        with Service(options.headrace, database) as service:
            service.get(path)
            times.append(service.since_start() * 1000)
    return Row(
        "start to first answer, {} mappings".format(options.mappings), median(times), "ms", goal="≤ 50 ms",
        met=median(times) <= 50)


def idle_memory(service):
    progress("idle memory")
    memory = service.idle_memory()
    return [
        Row("idle memory: VmRSS", memory["VmRSS"], "MB", goal="≤ 30 MB", met=memory["VmRSS"] <= 30),
        Row("idle memory: RssAnon", memory["RssAnon"], "MB"),
    ]


def compare_reads(options, folder, programs, service, name, path, goal):
    progress(name)
    answer = os.path.join(folder, "answer")
    with open(answer, "wb") as file:
        file.write(service.raw_answer(path))
    with yardsticks.EpollLoop(programs.epoll_loop, answer) as loop:
        for url in (service.url, loop.url):
            measuring.wrk(url + path, seconds=1, connections=32)
        pairs = [
            (
                measuring.wrk(service.url + path, options.seconds, connections=32),
                measuring.wrk(loop.url + path, options.seconds, connections=32),
            )
            for _ in range(options.pairs)
        ]
    return comparison(name, "epoll loop", pairs, goal)


def compare_creates(options, folder, programs, recipe, connections, goal):
    name = "durable Create, {} connection{}".format(connections, "" if connections == 1 else "s")
    progress(name)
    pairs = []
    for turn in range(options.pairs):
        # Every turn of either side starts with an empty database, so that none measures a larger tree.
        stem = os.path.join(folder, "creates-{}-{}".format(connections, turn))
        with Service(options.headrace, stem + "-service.db") as service:
            ours = measuring.wrk(service.url, options.seconds, connections, script="creates.lua")
        raw = yardsticks.raw_sqlite(programs.raw_sqlite, stem + "-raw.db", recipe, connections, options.seconds)
        pairs.append((ours, raw))
    return comparison(name, "raw SQLite, groups of {}".format(connections), pairs, goal)


def comparison(name, yardstick, pairs, goal):
    ratio = median(ours.rate / theirs.rate for ours, theirs in pairs)
    return Row(
        name,
        service=measuring.middle([ours for ours, _ in pairs]).json(),
        yardstick=dict(measuring.middle([theirs for _, theirs in pairs]).json(), name=yardstick),
        unit="requests/s",
        ratio=ratio,
        goal=None if goal is None else "≥ {}".format(goal),
        met=None if goal is None else ratio >= goal)


def progress(text):
    print("… {}".format(text), file=sys.stderr, flush=True)


# The table.


def print_table(rows, options):
    header = ["", "Headrace", "p50", "p99", "yardstick", "", "p50", "p99", "ratio", "goal", ""]
    lines = [header] + [cells(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    print("{} s a measurement, {} pairs, {} processors, {}".format(
        options.seconds, options.pairs, os.cpu_count(), platform.machine()))
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def cells(row):
    verdict = {True: "met", False: "NOT MET", None: ""}[row.met]
    goal = row.goal or ""
    if row.ratio is None:
        return [row.name, "{:.1f} {}".format(row.service, row.unit), "", "", "", "", "", "", "", goal, verdict]
    return (
        [row.name] + figures(row.service) + [row.yardstick["name"]] + figures(row.yardstick)
        + ["{:.2f}".format(row.ratio), goal, verdict])


def figures(figures):
    def latency(key):
        return "{:.2f} ms".format(figures[key]) if figures[key] is not None else ""

    return ["{:,.0f}/s".format(figures["perSecond"]), latency("p50Milliseconds"), latency("p99Milliseconds")]


def report(rows, options):
    return {
        "seconds": options.seconds,
        "pairs": options.pairs,
        "mappings": options.mappings,
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "measurements": [row.json() for row in rows],
    }


if __name__ == "__main__":
    main()
