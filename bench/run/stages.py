"""What each stage runs, how often and for how long."""

import os

import processes
from delivery import Deliverer, cero, otel, peer
from loads import FixedRate, Latency, ManyThreads
from micro import Micro
from programs import ApiAllocations, Instructions, ProducerCosts, WireBytes
from search import Search

import python

PER_SPAN = {"seconds/span": ("", "ns/span", 1e9)}
THROUGHPUT = {"spans_per_second": ("/throughput", "spans/s", 1)}
BYTES = {"wire_bytes/span": ("/wire", "bytes/span", 1), "bytes/span": ("/size", "bytes/span", 1)}
PER_RECORD = {"seconds/record": ("", "ns/record", 1e9)}


class Effort:
    """How much time things get."""

    def __init__(self, quick):
        self.rounds = 2 if quick else 3
        self.micro_seconds = 0.03 if quick else 0.12
        self.micro_repetitions = 3
        self.latency_seconds = 2 if quick else 8
        self.fixed_seconds = 3 if quick else 6
        self.try_seconds = 1.5 if quick else 3
        self.hold_seconds = 2.5 if quick else 10
        self.precision = 1.2 if quick else 1.08
        self.python_spans = 4_000 if quick else 20_000
        self.request_seconds = 3 if quick else 10


def micro(build, stage, folder, program, counters, effort):
    path = os.path.join(build, "bench", folder, program)
    return Micro(stage, path, counters, effort.micro_seconds, effort.micro_repetitions)


def in_process(options, effort):
    """Stages that need no other process: (task, rounds)."""
    build = options.build
    if "hot_path" in options.stages:
        counters = PER_SPAN | THROUGHPUT
        yield micro(build, "hot_path", "trace", "trace_bench", counters, effort), effort.rounds + 1
        yield ProducerCosts(build), 1
        yield Instructions(options.root, build), 1
    if "ring" in options.stages:
        yield micro(build, "ring", "ring", "ring_bench", PER_RECORD, effort), 1
    if "queue" in options.stages:
        yield micro(build, "queue", "queue", "queue_bench", PER_SPAN, effort), effort.rounds
    if "encode" in options.stages:
        yield micro(build, "encode", "otlp", "otlp_bench", PER_SPAN | BYTES, effort), effort.rounds
    if "compress" in options.stages:
        yield micro(build, "compress", "compress", "compress_bench", PER_SPAN | BYTES, effort), 1
    if "peer" in options.stages:
        yield ApiAllocations(build), 1


def in_python(options, effort):
    if "python" in options.stages:
        programs = python.Programs(options.root, options.build)
        for kind in python.KINDS:
            yield python.Spans(programs, kind, effort.python_spans), effort.rounds
        yield python.Requests(programs, effort.rounds, effort.request_seconds), 1


def latencies(options, effort, deliverer):
    if "hot_path" in options.stages:
        for jemalloc in (False, True):
            side = cero("gzip", jemalloc=jemalloc)
            yield Latency(deliverer, side, effort.latency_seconds), effort.rounds
        for exporter in ("idle", "100k", "saturated"):
            yield Latency(deliverer, cero("gzip"), effort.latency_seconds / 2, exporter), 1
    if "peer" in options.stages:
        for jemalloc in (False, True):
            side = peer(jemalloc=jemalloc)
            yield Latency(deliverer, side, effort.latency_seconds), effort.rounds
        for way in ("processor", "provider"):
            yield Latency(deliverer, otel(way), effort.latency_seconds), effort.rounds
        for jemalloc in (False, True):
            side = peer(tuned=False, jemalloc=jemalloc)
            yield Latency(deliverer, side, effort.latency_seconds), 1


def fixed_rates(options, effort, deliverer):
    seconds = effort.fixed_seconds

    def fixed(side, thousands, **keywords):
        return FixedRate(deliverer, side, thousands * 1000, seconds, **keywords)

    if "pipeline" in options.stages:
        for jemalloc in (False, True):
            yield fixed(cero("gzip", jemalloc=jemalloc), 50), effort.rounds
        yield fixed(cero("gzip"), 10), 1
        yield fixed(cero("gzip"), 100), effort.rounds
        yield fixed(cero("zstd"), 100), effort.rounds
        yield fixed(cero("gzip"), 1_500, counts_drops=True), effort.rounds
        for side in (cero("none"), cero("gzip:1"), cero("gzip:6"), cero("gzip", tls=True)):
            yield fixed(side, 100), 1
        yield WireBytes(options.build, seconds), effort.rounds
        yield ManyThreads(deliverer, cero("gzip")), 1
    if "peer" in options.stages:
        for jemalloc in (False, True):
            yield fixed(peer(jemalloc=jemalloc), 50), effort.rounds
            yield fixed(peer(jemalloc=jemalloc), 100), effort.rounds
        for way in ("processor", "provider"):
            yield fixed(otel(way), 50), effort.rounds
        yield fixed(peer(), 10), 1
        yield fixed(peer(tuned=False), 100), 1


def searches(options, effort, deliverer):
    def search(side, guess):
        times = (effort.try_seconds, effort.hold_seconds, effort.precision)
        return Search(deliverer, side, guess, *times)

    if "pipeline" in options.stages:
        # Without a drop no body goes uncompressed: gzip's and zstd's are rates of compressed bodies.
        yield search(cero("gzip"), 800_000)
        yield search(cero("zstd"), 800_000)
        for jemalloc in (False, True):
            yield search(cero("none", jemalloc=jemalloc), 1_000_000)
        yield search(cero("gzip", tls=True), 600_000)
    if "peer" in options.stages:
        yield search(peer(), 100_000)
        yield search(peer(jemalloc=True), 150_000)


def run(options, rows, progress):
    effort = Effort(options.quick)
    deliverer = Deliverer(options.build)
    plan = list(in_process(options, effort))
    plan += latencies(options, effort, deliverer)
    plan += fixed_rates(options, effort, deliverer)
    plan += in_python(options, effort)
    for turn in range(max((rounds for _, rounds in plan), default=0)):
        for task, rounds in plan:
            if turn < rounds and not rows.is_missing(task.name):
                progress.show(f"round {turn + 1}: {task.name}")
                attempt(task, rows)
    open_searches = list(searches(options, effort, deliverer))
    while open_searches:
        for search in open_searches:
            progress.show(f"{search.name}: trying {search.rate:,.0f} spans/s")
            attempt(search, rows)
        open_searches = [
            search
            for search in open_searches
            if not search.done and not rows.is_missing(search.name)
        ]


def attempt(task, rows):
    """What this build lacks is said, and nothing else is stopped by it."""
    try:
        task.turn(rows)
    except processes.Failed as failure:
        if "cero was built without it" not in str(failure):
            raise
        rows.note_missing(task.name, str(failure).splitlines()[-1])
