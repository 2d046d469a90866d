"""Starting, resting and reading, with mappings in the database: reads beside a bare epoll loop."""

import os
from statistics import median

import measuring
import table
import yardsticks
from measuring import progress
from service import COLLECTION, Service, fill


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
        rows.append(table.Row("memory after those reads: VmRSS", memory["VmRSS"], "MB"))
    return rows


def start_time(options, database, path):
    progress("start to first answer")
    # Nine starts, of which the median: one start is a matter of luck.
    times = []
    for _ in range(9):
        with Service(options.headrace, database) as service:
            service.get(path)
            times.append(service.since_start() * 1000)
    return table.Row(
        "start to first answer, {} mappings".format(options.mappings), median(times), "ms", goal="≤ 50 ms",
        met=median(times) <= 50)


def idle_memory(service):
    progress("idle memory")
    memory = service.idle_memory()
    return [
        table.Row("idle memory: VmRSS", memory["VmRSS"], "MB", goal="≤ 30 MB", met=memory["VmRSS"] <= 30),
        table.Row("idle memory: RssAnon", memory["RssAnon"], "MB"),
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
    return table.comparison(name, "epoll loop", pairs, goal)
