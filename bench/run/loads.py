"""What drivers are asked to do: pace single spans, keep a rate, hold a thousand threads."""

# What the exporter does meanwhile: these spans alone, nothing until the flush, or a further thread's spans too.
EXPORTERS = {
    "delivering": [],
    "idle": ["--hold-back"],
    "100k": ["--background", 100000],
    "saturated": ["--background", "max"],
}


class Latency:
    """Each of 20k spans/s timed, on a thread that spins in between."""

    def __init__(self, deliverer, side, seconds, exporter="delivering"):
        self.name = f"latency of {side.name}, exporter {exporter}"
        self.deliverer = deliverer
        self.side = side
        self.seconds = seconds
        self.exporter = exporter

    def turn(self, rows):
        arguments = ["--rate", 20000, "--spin", "--time", "--seconds", self.seconds]
        arguments += EXPORTERS[self.exporter]
        outcome = self.deliverer.deliver(self.side, *arguments)
        prefix = f"hot_path/latency/{self.side.name}"
        if self.exporter != "delivering":
            prefix += f"/{self.exporter}_exporter"
        for key in ("mean", "p50", "p90", "p99", "p99.9", "p99.99", "max"):
            value = outcome.driver["span_ns"][key]
            rows.add(f"{prefix}/{key}", "ns", value, outcome.dropped)


class FixedRate:
    """CPU, bytes and memory at a rate that everybody holds, or of which a small share may be dropped."""

    def __init__(self, deliverer, side, rate, seconds, counts_drops=False):
        self.name = f"{side.name} at {rate // 1000}k spans/s"
        self.deliverer = deliverer
        self.side = side
        self.rate = rate
        self.seconds = seconds
        self.counts_drops = counts_drops

    def turn(self, rows):
        outcome = self.deliverer.deliver(self.side, "--rate", self.rate, "--seconds", self.seconds)
        prefix = f"{stage_of(self.side)}/{self.rate // 1000}k/{self.side.name}"
        delivered = max(1, outcome.receiver["spans"])
        for thread, seconds in outcome.driver["cpu_seconds"].items():
            suffix = "cpu" if thread == "total" else f"cpu/{thread}"
            rows.add(f"{prefix}/{suffix}", "ns/span", seconds * 1e9 / delivered, outcome.dropped)
        rows.add(f"{prefix}/wire", "bytes/span", outcome.bytes_per_span, outcome.dropped)
        peak = outcome.driver["rss_peak_bytes"] / 2**20
        rows.add(f"{prefix}/rss_peak", "MiB", peak, outcome.dropped)
        if self.counts_drops:
            rows.add(f"{prefix}/dropped", "of 1", outcome.dropped / outcome.made, outcome.dropped)


class ManyThreads:
    """1000 threads, 2000 spans each over 10 s."""

    name = "1000 threads"
    THREADS = 1000

    def __init__(self, deliverer, side, seconds=10):
        self.deliverer = deliverer
        self.side = side
        self.seconds = seconds

    def turn(self, rows):
        arguments = ["--threads", self.THREADS, "--rate", 200 * self.THREADS]
        outcome = self.deliverer.deliver(self.side, *arguments, "--seconds", self.seconds)
        peak = outcome.driver["rss_peak_bytes"] / 2**20
        rows.add(f"pipeline/1000_threads/{self.side.name}/rss_peak", "MiB", peak, outcome.dropped)


def stage_of(side):
    return "peer" if side.is_peer else "pipeline"
