"""From the shards of Kinesis and DynamoDB streams to functions: throughput, latency, and many idle shards.

As with queues (deliveries.py), the source and the function answer from memory, and beside Headrace runs the fastest
loop that reads the same answers and posts the same batches (bare_stream_loop.c), and the same loop over Headrace's HTTP
client (ClientLoop).
"""

import os
import random
import time

import deliveries
import measuring
import table
import yardsticks
from deliveries import WARM_UP_SECONDS
from measuring import BenchmarkError, Figures, progress
from memory_aws import MemoryAWS, stream_body

# Documented: the most records of one read.
MOST_RECORDS = {"kinesis": 10000, "dynamodb": 1000}
# What Headrace asks for at least, however small its batches are.
SMALLEST_READ = 1000

# Documented: the most bytes that a function is invoked with.
LARGEST_EVENT = 6 * 1024 * 1024

SHARDS = [1, 4, 16]
BATCHES = [100, 10000]
PARALLELIZATIONS = [1, 10]
# By how much the batches of service and yardstick may differ in records: they are to be the same work.
BATCH_TOLERANCE = 0.05

# Each gets a record in turn, so that it has been idle for a while when the next one comes.
LATENCY_SHARDS = 50
IDLE_SHARDS = 100
IDLE_MAPPINGS = 10
IDLE_SECONDS = 15
# After this many reads without a record a shard is idle for Headrace (20), and read a little more seldom.
READS_UNTIL_IDLE = 25
# Headrace's default is 0.25 s, and an eighth more for an idle shard.
LONGEST_POLL_SECONDS = 0.3


def kinesis(options, folder, programs):
    return measure(options, folder, programs, "kinesis")


def dynamodb(options, folder, programs):
    return measure(options, folder, programs, "dynamodb")


def measure(options, folder, programs, service):
    rows = []
    for shards in SHARDS:
        for batch in BATCHES:
            for parallelization in PARALLELIZATIONS:
                work = Work(service, shards, batch, parallelization)
                rows += compare_throughput(options, folder, programs, work)
    return rows + latency(options, folder, programs, service) + idle(options, folder, programs, service)


# Throughput.


class Work:
    """What is read from an endless stream, and how it is delivered."""

    def __init__(self, service, shards, batch, parallelization):
        self.service = service
        self.shards = shards
        self.batch = batch
        self.lanes = parallelization
        self.limit = min(MOST_RECORDS[service], max(SMALLEST_READ, batch * parallelization))

    def __str__(self):
        return "{}, {} shard{}, BatchSize {}, parallelization {}".format(
            self.service, self.shards, "" if self.shards == 1 else "s", self.batch, self.lanes)

    def body(self):
        return stream_body(
            self.service, "endless-{}".format(self.shards), BatchSize=self.batch, ParallelizationFactor=self.lanes)

    def loop_arguments(self, records):
        return [self.service, self.shards, self.limit, self.lanes, records]

    def records_of_event(self, ours):
        """How many records the yardsticks put into an event.

        Where each read fills whole batches, that is the batch size. Where a batch has what there is, or what goes into
        an event, it is what Headrace's batches had on average.
        """
        fills = self.limit // self.lanes % self.batch == 0 and self.batch * ours.record_bytes < LARGEST_EVENT
        return self.batch if fills else round(ours.batch)


def compare_throughput(options, folder, programs, work):
    progress(work)
    pairs, clients, memories = [], [], []
    for turn in range(options.pairs):
        ours, memory = service_throughput(options, folder, programs, work, turn)
        records = work.records_of_event(ours)
        theirs = loop_throughput(programs, work, records, options.seconds)
        client = client_throughput(options, programs, work, records, ours.record_bytes)
        for yardstick in (theirs, client):
            require_same_work(ours, yardstick)
        pairs.append((ours, theirs))
        clients.append((ours, client))
        memories.append(memory)
    return deliveries.throughput_rows(str(work), "records", ("bare loop", pairs), ("client loop", clients), memories)


def service_throughput(options, folder, programs, work, turn):
    name = "{}-{}-{}-{}-{}.db".format(work.service, work.shards, work.batch, work.lanes, turn)
    with MemoryAWS(programs.memory_aws) as aws:
        with deliveries.start(options, aws, os.path.join(folder, name)) as service:
            service.create(work.body())
            deliveries.await_count(aws, service, "calls", 1, "a delivery")
            ours = deliveries.measure_throughput(aws, service, WARM_UP_SECONDS, options.seconds, deletes=False)
            return ours, service.memory()["VmRSS"]


def loop_throughput(programs, work, records, seconds):
    with MemoryAWS(programs.memory_aws) as aws:
        with yardsticks.Loop(programs.bare_stream_loop, aws.port, *work.loop_arguments(records)) as loop:
            # Left alone, the kernel at times runs both on one processor, which halves what they do.
            measuring.keep_apart(aws.process, loop.process)
            return deliveries.measure_throughput(aws, loop, 0.5, seconds, deletes=False)


def client_throughput(options, programs, work, records, record_bytes):
    program = yardsticks.client_loop(options)
    with MemoryAWS(programs.memory_aws) as aws:
        arguments = ["stream", aws.port] + work.loop_arguments(records) + [round(record_bytes)]
        with yardsticks.Loop(program, *arguments) as loop:
            return deliveries.measure_throughput(aws, loop, 0.5, options.seconds, deletes=False)


def require_same_work(ours, theirs):
    deliveries.require_same_work(ours, theirs)
    if abs(ours.batch / theirs.batch - 1) > BATCH_TOLERANCE:
        raise BenchmarkError("a batch of the service has {:.0f} records, one of the loop {:.0f}".format(
            ours.batch, theirs.batch))


# Latency.


def latency(options, folder, programs, service):
    name = "{} latency, idle shard, {} records".format(service, options.messages)
    progress(name)
    stream = "idle-{}".format(LATENCY_SHARDS)
    moments = random.Random(1)
    times = []
    with MemoryAWS(programs.memory_aws) as aws:
        database = os.path.join(folder, "{}-latency.db".format(service))
        with deliveries.start(options, aws, database) as headrace:
            headrace.create(stream_body(service, stream))
            await_idle(aws, headrace, LATENCY_SHARDS)
            for number in range(options.messages):
                # Records come at any time between two reads.
                time.sleep(moments.uniform(0, LONGEST_POLL_SECONDS))
                times.append(aws.release_record(service, stream, number % LATENCY_SHARDS))
    figures = Figures(p50=measuring.percentile(times, 0.5), p99=measuring.percentile(times, 0.99))
    return [table.Row(name, figures.json(), unit="ms", goal="p99 < 300 ms", met=figures.p99 < 300)]


# Many shards.


def idle(options, folder, programs, service):
    shards = IDLE_SHARDS * IDLE_MAPPINGS
    name = "{}, {} idle shards of {} mappings".format(service, shards, IDLE_MAPPINGS)
    progress(name)
    deliveries.require_files(shards + 1000)
    with MemoryAWS(programs.memory_aws) as aws:
        with deliveries.start(options, aws, os.path.join(folder, "{}-idle.db".format(service))) as headrace:
            for number in range(IDLE_MAPPINGS):
                # A function has one mapping of a stream.
                headrace.create(stream_body(service, "idle-{}".format(IDLE_SHARDS), "f-{}".format(number)))
            await_idle(aws, headrace, shards)
            before, cpu = aws.counts(), headrace.cpu_seconds()
            time.sleep(IDLE_SECONDS)
            after, cpu = aws.counts(), headrace.cpu_seconds() - cpu
            memory = headrace.memory()["VmRSS"]
    elapsed = (after["nanoseconds"] - before["nanoseconds"]) / 1e9
    reads = (after["reads"] - before["reads"]) / elapsed
    if reads < 0.5 * shards / LONGEST_POLL_SECONDS:
        raise BenchmarkError("{} idle shards are read {:.0f} times a second".format(shards, reads))
    return [
        table.Row("{}: VmRSS".format(name), memory, "MB"),
        table.Row("{}: CPU".format(name), cpu / elapsed * 100, "% of a core"),
        table.Row("  reads of theirs", reads, "a second"),
    ]


def await_idle(aws, service, shards):
    deliveries.await_count(aws, service, "reads", READS_UNTIL_IDLE * shards, "reads of idle shards", pause=0.2)
