"""Durable creates, beside SQLite itself."""

import os

import measuring
import table
import yardsticks
from measuring import progress
from service import Service, create_body


def measure(options, folder, programs):
    recipe = yardsticks.record_create(options.headrace, folder, create_body)
    return [
        compare_creates(options, folder, programs, recipe, connections=1, goal=None),
        compare_creates(options, folder, programs, recipe, connections=32, goal=0.5),
    ]


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
    return table.comparison(name, "raw SQLite, groups of {}".format(connections), pairs, goal)
