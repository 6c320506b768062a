"""Programs that print one JSON object of their own."""

import json
import os
import sys

import processes


def rate_text(rate):
    return f"{rate // 1000}k" if rate >= 1000 else str(rate)


class ProducerCosts:
    """Allocations, system calls and locks of a recording thread, counted over a million spans."""

    name = "hot_path: what a producer asks of others"

    def __init__(self, build):
        self.program = os.path.join(build, "bench", "trace", "producer_costs")

    def turn(self, rows):
        counts = json.loads(processes.run([self.program]))
        for what in ("allocations", "syscalls", "locks"):
            per_span = counts[what] / counts["spans"]
            rows.add(f"hot_path/producer/{what}", "per span", per_span, counts["dropped"])
        for paced in counts["at_rates"]:
            name = f"hot_path/producer/syscalls_at_{rate_text(paced['spans_per_second'])}"
            rows.add(name, "per span", paced["syscalls"] / paced["spans"], paced["dropped"])


class ApiAllocations:
    """Of a span of the OpenTelemetry API on its thread, by who is behind the API."""

    name = "allocations behind the OpenTelemetry API"
    ROWS = {"sdk": "peer", "processor": "otel_processor", "provider": "otel_provider"}

    def __init__(self, build):
        self.program = os.path.join(build, "bench", "otel", "otel_allocations")

    def turn(self, rows):
        counts = json.loads(processes.run([self.program]))
        for side, row in self.ROWS.items():
            rows.add(f"peer/allocations/{row}", "per span", counts[side])


class WireBytes:
    """Bytes a span as sent at 100k spans/s, and of the same bodies through zlib 6."""

    name = "bytes on the wire against zlib 6"

    def __init__(self, build, seconds):
        self.program = os.path.join(build, "bench", "pipeline", "wire_bytes")
        self.seconds = seconds

    def turn(self, rows):
        output = processes.run([self.program, "--seconds", str(self.seconds)])
        sizes = json.loads(output)
        prefix = "pipeline/wire_bytes"
        for what in ("sent", "zlib6", "plain"):
            rows.add(f"{prefix}/{what}", "bytes/span", sizes[what] / sizes["spans"])


class Instructions:
    """Of a span on the thread that records it, as callgrind counts them: the same on a busy machine."""

    name = "hot_path: instructions of a span"

    def __init__(self, root, build):
        self.script = os.path.join(root, "tests", "trace", "instruction_count.py")
        self.program = os.path.join(build, "bench", "trace", "counted_spans")

    def turn(self, rows):
        words = processes.run([sys.executable, self.script, self.program]).split()
        rows.add("hot_path/instructions", "per span", float(words[0]))
