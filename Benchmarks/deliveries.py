"""From queues to functions: latency, throughput, and many mappings in one process.

Source and function are one program that answers from memory (MemoryAWS). What Headrace does with them is compared
with the fastest loop that receives, posts and deletes the same and knows no semantics (bare_loop.c), and with the same
loop over Headrace's HTTP client (ClientLoop): the one tells what the machine could do, the other what semantics cost.
"""

import os
import resource
import time
from statistics import median

import measuring
import table
import yardsticks
from measuring import BenchmarkError, Figures, progress
from memory_aws import MemoryAWS, mapping_body
from service import Service, fill

WARM_UP_SECONDS = 2
WARM_UP_MESSAGES = 50
# Between two messages of the latency, so that the mapping has come to rest.
REST_SECONDS = 0.005
# How long the first delivery, or all of many mappings, may take before the run is given up.
PATIENCE_SECONDS = 120
# Longer than a long poll, so that every mapping makes a new one.
IDLE_SECONDS = 25
# By how much the events of service and yardstick may differ in length: they are to be the same work.
EVENT_TOLERANCE = 0.05

BATCHES = [
    # The batch size, the mapping's other parameters, and the lanes and connections of each that the loop is tried with.
    (10, {}, [(5, 1), (20, 1), (100, 1)]),
    (1000, {"MaximumBatchingWindowInSeconds": 1}, [(1, 10), (5, 10), (10, 10), (20, 10)]),
]


def start(options, aws, database):
    """A Headrace that reads from the memory source and calls its function."""
    return Service(
        options.headrace, database,
        environment={"AWS_ENDPOINT_URL_" + name: aws.url for name in ("SQS", "KINESIS", "DYNAMODB_STREAMS")},
        arguments=["--function", "*={}/function".format(aws.url)] + options.argument)


def await_count(aws, service, name, least, what, pause=0.02):
    counts = aws.wait_for(name, least, PATIENCE_SECONDS, pause)
    if counts is None:
        raise BenchmarkError("{}: only {} of {} after {} s; the last lines of the log: {}".format(
            what, aws.counts()[name], least, PATIENCE_SECONDS, service.last_log_lines()))
    return counts


# Latency.


def latency(options, folder, programs):
    name = "delivery latency, idle mapping, {} messages".format(options.messages)
    progress(name)
    pairs = []
    for turn in range(options.pairs):
        with MemoryAWS(programs.memory_aws) as aws:
            with start(options, aws, os.path.join(folder, "latency-{}.db".format(turn))) as service:
                service.create(mapping_body("idle", BatchSize=10))
                await_count(aws, service, "held", 1, "a long poll of an idle mapping")
                ours = latencies(aws, options.messages)
        with MemoryAWS(programs.memory_aws) as aws:
            with yardsticks.Loop(programs.bare_loop, aws.port, "idle", 10, 1, 1):
                pairs.append((ours, latencies(aws, options.messages)))
    ours, theirs = (measuring.middle(side) for side in zip(*pairs))
    return [table.Row(
        name, ours.json(), unit="ms", yardstick=dict(theirs.json(), name="bare loop"), goal="p50 ≤ 2 ms",
        met=ours.p50 <= 2)]


def latencies(aws, messages):
    """From the moment at which the source begins to answer a long poll until the event is at the function."""
    times = []
    for _ in range(WARM_UP_MESSAGES + messages):
        if aws.wait_for("held", 1, seconds=30, pause=0.001) is None:
            raise BenchmarkError("no long poll has followed the last message for 30 s")
        time.sleep(REST_SECONDS)
        times.append(aws.release("idle"))
    measured = times[WARM_UP_MESSAGES:]
    return Figures(p50=measuring.percentile(measured, 0.5), p99=measuring.percentile(measured, 0.99))


# Throughput.


class Throughput(Figures):
    """Messages a second at the function, and what that took."""

    def __init__(self, rate, record_bytes, batch, cores, source_cores):
        super().__init__(rate)
        self.record_bytes = record_bytes
        self.batch = batch
        self.cores = cores
        self.source_cores = source_cores


def throughput(options, folder, programs):
    rows = []
    for batch, parameters, candidates in BATCHES:
        rows += compare_throughput(options, folder, programs, batch, parameters, candidates)
    return rows


def compare_throughput(options, folder, programs, batch, parameters, candidates):
    name = "deliveries, BatchSize {}".format(batch)
    progress(name)
    lanes, connections = fastest_lanes(programs, batch, candidates)
    client_lanes = fastest_client_lanes(options, programs, batch, candidates)
    pairs, clients, memories = [], [], []
    for turn in range(options.pairs):
        with MemoryAWS(programs.memory_aws) as aws:
            database = os.path.join(folder, "throughput-{}-{}.db".format(batch, turn))
            with start(options, aws, database) as service:
                service.create(mapping_body("endless", BatchSize=batch, **parameters))
                await_count(aws, service, "calls", 1, "a delivery")
                ours = measure_throughput(aws, service, WARM_UP_SECONDS, options.seconds)
                memories.append(service.memory()["VmRSS"])
        theirs = loop_throughput(programs, batch, lanes, connections, options.seconds)
        require_same_work(ours, theirs)
        pairs.append((ours, theirs))
        clients.append((
            ours, client_throughput(options, programs, batch, client_lanes, ours.record_bytes, options.seconds)))
    yardstick = "bare loop, {} lane{}".format(lanes, "" if lanes == 1 else "s")
    if connections > 1:
        yardstick += " of {} connections".format(connections)
    return throughput_rows(
        name, "messages", (yardstick, pairs), ("client loop, {} lanes".format(client_lanes[0]), clients), memories)


def throughput_rows(name, things, bare, client, memories):
    """The rows of a throughput, beside two yardsticks: the name of each and its pairs."""
    (bare_name, pairs), (client_name, clients) = bare, client
    unit = "{}/s".format(things)
    return [
        table.comparison("{}: {}".format(name, things), bare_name, pairs, goal=0.8, unit=unit),
        table.comparison("  beside the same client", client_name, clients, goal=0.8, unit=unit),
        table.Row("  {} in a batch".format(things), median(ours.batch for ours, _ in pairs), things),
        table.Row("  CPU of Headrace", median(ours.cores for ours, _ in pairs) * 100, "% of a core"),
        table.Row(
            "  CPU of the source with Headrace", median(ours.source_cores for ours, _ in pairs) * 100, "% of a core"),
        table.Row("  CPU of the bare loop", median(theirs.cores for _, theirs in pairs) * 100, "% of a core"),
        table.Row(
            "  CPU of the source with the bare loop", median(theirs.source_cores for _, theirs in pairs) * 100,
            "% of a core"),
        table.Row("  CPU of the client loop", median(theirs.cores for _, theirs in clients) * 100, "% of a core"),
        table.Row("  memory of Headrace after that: VmRSS", max(memories), "MB"),
    ]


def fastest_lanes(programs, batch, candidates):
    """The best that the loop can do on this machine is what counts."""
    return max(candidates, key=lambda lanes: loop_throughput(programs, batch, *lanes, seconds=1).rate)


def loop_throughput(programs, batch, lanes, connections, seconds):
    with MemoryAWS(programs.memory_aws) as aws:
        with yardsticks.Loop(programs.bare_loop, aws.port, "endless", batch, lanes, connections) as loop:
            # Left alone, the kernel at times runs both on one processor, which halves what they do.
            measuring.keep_apart(aws.process, loop.process)
            return measure_throughput(aws, loop, 0.5, seconds)


def fastest_client_lanes(options, programs, batch, candidates):
    # Any length of a record will do for choosing.
    return max(candidates, key=lambda lanes: client_throughput(options, programs, batch, lanes, 860, seconds=1).rate)


def client_throughput(options, programs, batch, lanes, record_bytes, seconds):
    """The loop over Headrace's own HTTP client. Like Headrace it has two threads, and is left to the kernel."""
    program = yardsticks.client_loop(options)
    with MemoryAWS(programs.memory_aws) as aws:
        with yardsticks.Loop(program, aws.port, "endless", batch, *lanes, round(record_bytes)) as loop:
            return measure_throughput(aws, loop, 0.5, seconds)


def measure_throughput(aws, reader, warm_up, seconds, deletes=True):
    """`deletes`: whether what was delivered is deleted at the source."""
    time.sleep(warm_up)
    before, cpu, source_cpu = aws.counts(), reader.cpu_seconds(), aws.cpu_seconds()
    time.sleep(seconds)
    after, cpu, source_cpu = aws.counts(), reader.cpu_seconds() - cpu, aws.cpu_seconds() - source_cpu
    elapsed = (after["nanoseconds"] - before["nanoseconds"]) / 1e9

    def grown(name):
        return after[name] - before[name]

    if not grown("calls"):
        raise BenchmarkError("the function was not called in {} s".format(seconds))
    # Deletes lag behind by what is in flight, but a loop that does not keep up with them does less work.
    if deletes and grown("deleted") < 0.8 * grown("records"):
        raise BenchmarkError("of {} messages delivered only {} were deleted".format(grown("records"), grown("deleted")))
    return Throughput(
        grown("records") / elapsed, grown("eventBytes") / grown("records"), grown("records") / grown("calls"),
        cpu / elapsed, source_cpu / elapsed)


def require_same_work(ours, theirs):
    if abs(ours.record_bytes / theirs.record_bytes - 1) > EVENT_TOLERANCE:
        raise BenchmarkError("a record of the service has {:.0f} bytes, one of the loop {:.0f}".format(
            ours.record_bytes, theirs.record_bytes))


# Many mappings.


def idle(options, folder, programs):
    count = options.idle_mappings
    progress("{} idle mappings".format(count))
    require_files(count + 1000)
    with MemoryAWS(programs.memory_aws) as aws:
        with start(options, aws, os.path.join(folder, "idle.db")) as service:
            fill(service, count, body=lambda number: mapping_body("idle-{:06d}".format(number)))
            await_count(aws, service, "held", count, "long polls of idle mappings", pause=0.2)
            before, cpu = aws.counts(), service.cpu_seconds()
            time.sleep(IDLE_SECONDS)
            after, cpu = aws.counts(), service.cpu_seconds() - cpu
            memory = service.memory()["VmRSS"]
    elapsed = (after["nanoseconds"] - before["nanoseconds"]) / 1e9
    percent = cpu / elapsed * 100
    if after["held"] < 0.95 * count:
        raise BenchmarkError("of {} idle mappings only {} wait for messages".format(count, after["held"]))
    name = "{} idle mappings".format(count)
    return [
        table.Row("{}: VmRSS".format(name), memory, "MB", goal="≤ 500 MB", met=memory <= 500),
        table.Row("{}: CPU".format(name), percent, "% of a core", goal="≤ 5 %", met=percent <= 5),
        table.Row("  receives of theirs", (after["receives"] - before["receives"]) / elapsed, "a second"),
    ]


def burst(options, folder, programs):
    count = options.burst_mappings
    name = "{} mappings created at once, to the last one's message".format(count)
    progress(name)
    require_files(count + 1000)
    seconds = []
    for turn in range(options.pairs):
        with MemoryAWS(programs.memory_aws) as aws:
            with start(options, aws, os.path.join(folder, "burst-{}.db".format(turn))) as service:
                # The source's clock is the same: CLOCK_MONOTONIC.
                begun = time.monotonic()
                fill(service, count, body=lambda number: mapping_body("single-{:06d}".format(number)))
                counts = await_count(aws, service, "records", count, "messages delivered")
                seconds.append(counts["lastCallNanoseconds"] / 1e9 - begun)
    return [table.Row(name, median(seconds), "s", goal="≤ 5 s", met=median(seconds) <= 5)]


def require_files(count):
    """Each mapping has a connection of its own. What a process may open, those that it starts may as well."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise BenchmarkError("{} open files are needed, and the limit is {} (ulimit -Hn)".format(count, hard))
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
