"""The rows of the performance goals: each one ratio, with its interval."""

import dataclasses
import statistics


@dataclasses.dataclass
class Ratio:
    value: float = None
    low: float = None
    high: float = None
    missing: str = ""  # why there is no value


# Name, what is divided by what, and the bar it is held to ("-": none).
BARS = {
    "span_over_floor": "<= 2.0",
    "peer_span_over_cero_glibc": ">= 35",
    "peer_span_over_cero_jemalloc": ">= 15",
    "peer_p999_over_cero_glibc": ">= 20",
    "peer_p999_over_cero_jemalloc": ">= 8",
    "span_over_prepared": ">= 1.3",
    "unsampled_ns": "<= 6",
    "disabled_ns": "<= 2",
    "producer_allocations": "<= 0",
    "producer_syscalls": "<= 0",
    "producer_locks": "<= 0",
    "protobuf_over_encode": ">= 8",
    "throughput_over_peer_glibc": ">= 8",
    "throughput_over_peer_jemalloc": ">= 4",
    "peer_cpu_over_cero_glibc": ">= 6",
    "peer_cpu_over_cero_jemalloc": ">= 3",
    "sdk_over_otel_provider": ">= 10",
    "sdk_over_otel_processor": ">= 3",
    "wire_bytes_over_zlib6": "<= 1.15",
    "rss_over_peer": "<= 1.0",
    "span_64_threads_over_1": "<= 1.3",
    "rss_1000_threads_mib": "<= 64",
    "zstd_bytes_over_gzip_bytes": "<= 0.95",
    "gzip_bytes_at_1500k": "<= 57",
    "gzip_dropped_at_1500k": "<= 0.003",
    "python_sdk_span_over_cero": ">= 20",
    "python_request_overhead_cero_over_sdk": "<= 0.5",
    "python_p99_added_cero_over_sdk": "<= 0.3",
}


def holds(name, value):
    comparison, bar = BARS[name].split()
    return value >= float(bar) if comparison == ">=" else value <= float(bar)


class Missing(Exception):
    """What a ratio needs was not measured."""


class Calculator:
    def __init__(self, rows):
        self.rows = rows

    def row(self, name):
        row = self.rows.get(name)
        if row is None:
            raise Missing(f"nothing measured {name}")
        return row

    def itself(self, name):
        row = self.row(name)
        return Ratio(row.value, row.low, row.high)

    def worst(self, name):
        """Of a goal that each repetition must reach."""
        row = self.row(name)
        return Ratio(row.high, row.low, row.high)

    def divide(self, above, below):
        """By turns: what was measured in the same round shares the round's noise."""
        above, below = self.row(above), self.row(below)
        if above.interval and below.interval:
            return Ratio(above.value / below.value, above.low / below.high, above.high / below.low)
        count = min(len(above.samples), len(below.samples))
        return spread([above.samples[i] / below.samples[i] for i in range(count)])

    def span_over_prepared(self):
        clock = self.row("hot_path/two_timestamps").samples
        one_by_one = self.row("hot_path/span/one_by_one").samples
        prepared = self.row("hot_path/span/prepared").samples
        pairs = zip(one_by_one, prepared, clock)
        return spread([(one - ticks) / (other - ticks) for one, other, ticks in pairs])

    def added(self, name):
        """What cero adds to a request without tracing, over what the SDK adds."""
        none, sdk, cero = (
            self.row(f"python/request/{kind}/{name}").samples for kind in ("none", "sdk", "cero")
        )
        rounds = zip(none, sdk, cero)
        return spread([(ours - bare) / (theirs - bare) for bare, theirs, ours in rounds])


def spread(samples):
    return Ratio(statistics.median(samples), min(samples), max(samples))


def compute(rows):
    calculator = Calculator(rows)
    itself, divide = calculator.itself, calculator.divide
    span = "hot_path/span"
    formulas = {
        "span_over_floor": lambda: divide(f"{span}/attributes:5", "hot_path/floor"),
        "span_over_prepared": calculator.span_over_prepared,
        "unsampled_ns": lambda: itself("hot_path/unsampled"),
        "disabled_ns": lambda: itself("hot_path/disabled"),
        "producer_allocations": lambda: itself("hot_path/producer/allocations"),
        "producer_syscalls": lambda: itself("hot_path/producer/syscalls"),
        "producer_locks": lambda: itself("hot_path/producer/locks"),
        "protobuf_over_encode": lambda: divide("encode/protobuf", "encode/cero"),
        "wire_bytes_over_zlib6": lambda: divide(
            "pipeline/wire_bytes/sent", "pipeline/wire_bytes/zlib6"
        ),
        "sdk_over_otel_provider": lambda: divide(
            "hot_path/latency/peer_tuned/p50", "hot_path/latency/otel_provider/p50"
        ),
        "sdk_over_otel_processor": lambda: divide(
            "hot_path/latency/peer_tuned/p50", "hot_path/latency/otel_processor/p50"
        ),
        "rss_over_peer": lambda: divide(
            "pipeline/100k/cero_gzip/rss_peak", "peer/100k/peer_tuned/rss_peak"
        ),
        "span_64_threads_over_1": lambda: divide(f"{span}/threads/64", f"{span}/threads/1"),
        "rss_1000_threads_mib": lambda: itself("pipeline/1000_threads/cero_gzip/rss_peak"),
        "zstd_bytes_over_gzip_bytes": lambda: divide(
            "pipeline/100k/cero_zstd/wire", "pipeline/100k/cero_gzip/wire"
        ),
        "gzip_bytes_at_1500k": lambda: calculator.worst("pipeline/1500k/cero_gzip/wire"),
        "gzip_dropped_at_1500k": lambda: calculator.worst("pipeline/1500k/cero_gzip/dropped"),
    }
    formulas |= {
        "python_sdk_span_over_cero": lambda: divide("python/span/sdk/p50", "python/span/cero/p50"),
        "python_request_overhead_cero_over_sdk": lambda: calculator.added("cpu"),
        "python_p99_added_cero_over_sdk": lambda: calculator.added("p99"),
    }
    for allocator, end in (("glibc", ""), ("jemalloc", "_jemalloc")):
        formulas |= against_peer(divide, allocator, end)

    found = {}
    for name in BARS:
        try:
            found[name] = formulas[name]()
        except Missing as why:
            found[name] = Ratio(missing=explain(str(why), rows))
    for name, ratio in found.items():
        if ratio.value is not None:
            interval = (ratio.low, ratio.high)
            rows.add(f"ratios/{name}", unit_of(name), ratio.value, interval=interval)
    return found


def against_peer(divide, allocator, end):
    """The peer cannot gzip. Cost is cero's with gzip; rates are those of plain bodies on both sides."""
    latency = "hot_path/latency"
    peer, cero, plain = f"peer_tuned{end}", f"cero_gzip{end}", f"cero_none{end}"
    return {
        f"peer_span_over_cero_{allocator}": lambda: divide(
            f"{latency}/{peer}/p50", f"{latency}/{cero}/p50"
        ),
        f"peer_p999_over_cero_{allocator}": lambda: divide(
            f"{latency}/{peer}/p99.9", f"{latency}/{cero}/p99.9"
        ),
        f"throughput_over_peer_{allocator}": lambda: divide(
            f"pipeline/highest_rate/{plain}", f"peer/highest_rate/{peer}"
        ),
        f"peer_cpu_over_cero_{allocator}": lambda: divide(
            f"peer/50k/{peer}/cpu", f"pipeline/50k/{cero}/cpu"
        ),
    }


def unit_of(name):
    if name.endswith("_ns"):
        return "ns/span"
    if name.endswith("_mib"):
        return "MiB"
    if "_bytes_at_" in name:
        return "bytes/span"
    return "per span" if name.startswith("producer_") else "ratio"


def explain(why, rows):
    if "zstd" in why and rows.missing:
        return next(iter(rows.missing.values()))
    return why
