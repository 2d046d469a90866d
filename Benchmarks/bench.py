#!/usr/bin/env python3
"""What Headrace is measured by, each figure beside its yardstick in the same run.

    Benchmarks/bench.py --headrace .build/release/headrace
    Benchmarks/bench.py --only deliveries

Absolute figures drift with the machine and its neighbours, ratios far less. So service and yardstick take turns
(A B A B …), and what counts is the median of the pairs' ratios. Reads are compared with a bare epoll loop that sends
the same bytes (epoll_loop.c), durable creates with SQLite itself committing the same rows (raw_sqlite.c), deliveries
with a loop that receives, posts and deletes the same (bare_loop.c, and bare_stream_loop.c for streams) at the same
source and function, which answer from memory (MemoryAWS).

Needs a C compiler and SQLite's header, and `wrk` for reads and creates (Debian: wrk, gcc, libc6-dev, libsqlite3-dev),
and only loopback.
"""

import argparse
import json
import os
import sys
import tempfile

import creates
import deliveries
import measuring
import reads
import streams
import table
import yardsticks

# What can be measured alone, in the order of the table.
SECTIONS = {
    "reads": reads.measure,
    "creates": creates.measure,
    "latency": deliveries.latency,
    "throughput": deliveries.throughput,
    "idle": deliveries.idle,
    "burst": deliveries.burst,
    "kinesis": streams.kinesis,
    "dynamodb": streams.dynamodb,
}
NEED_WRK = {"reads", "creates"}
# Several of them by one name.
GROUPS = {"deliveries": ["latency", "throughput", "idle", "burst", "kinesis", "dynamodb"]}


def main():
    options = parse_arguments()
    rows = []
    try:
        measure(options, rows)
    except measuring.BenchmarkError as error:
        # What was measured before is not lost.
        if rows:
            table.print_table(rows, options)
        sys.exit("bench.py: {}".format(error))
    table.print_table(rows, options)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(table.report(rows, options), file, indent=2)
            file.write("\n")


def measure(options, rows):
    if NEED_WRK & set(options.only):
        measuring.require_wrk()
    with tempfile.TemporaryDirectory(prefix="headrace-bench-", dir=options.directory) as folder:
        programs = yardsticks.build(folder)
        for name in options.only:
            rows += SECTIONS[name](options, folder, programs)


def parse_arguments():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument(
        "--headrace", metavar="PATH", default=os.path.join(root, ".build", "release", "headrace"),
        help="the binary, a release build")
    parser.add_argument(
        "--only", metavar="SECTION", nargs="+", choices=list(SECTIONS) + list(GROUPS), default=list(SECTIONS),
        help="some of: {}; or {}, which are the last six".format(", ".join(SECTIONS), ", ".join(GROUPS)))
    parser.add_argument("--seconds", metavar="N", type=positive, default=5, help="length of each measurement")
    parser.add_argument("--pairs", metavar="N", type=positive, default=3, help="turns of service and yardstick")
    parser.add_argument(
        "--mappings", metavar="N", type=positive, default=10000, help="mappings in the existing database")
    parser.add_argument(
        "--messages", metavar="N", type=positive, default=300,
        help="messages of a turn of the latency, and records of that of streams")
    parser.add_argument(
        "--idle-mappings", metavar="N", type=positive, default=10000, help="mappings that wait for messages")
    parser.add_argument(
        "--burst-mappings", metavar="N", type=positive, default=1000, help="mappings that are created at once")
    parser.add_argument(
        "--argument", metavar="ARGUMENT", action="append", default=[],
        help="a further argument of `headrace serve` for deliveries, such as --argument=--journal-deliveries=0")
    parser.add_argument("--directory", metavar="PATH", default=None, help="where databases go, for its disk")
    parser.add_argument("--json", metavar="FILE", default=None, help="also write the figures here")
    options = parser.parse_args()
    if not os.access(options.headrace, os.X_OK) or os.path.isdir(options.headrace):
        parser.error("no program at {}; build one with: swift build -c release".format(options.headrace))
    if options.directory and not os.path.isdir(options.directory):
        parser.error("{} is not a folder".format(options.directory))
    chosen = {section for name in options.only for section in GROUPS.get(name, [name])}
    options.only = [section for section in SECTIONS if section in chosen]
    if options.mappings < 100:
        parser.error("--mappings must be at least 100, the size of a page")
    return options


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


if __name__ == "__main__":
    main()
