"""One span for the thread that makes it: start, 5 attributes, end. Prints what it measured as JSON."""

import argparse
import json
import statistics
import time

from providers import KINDS, make_provider

WARM_UP = 2_000
AT_ONCE = 200  # between pauses, in which whoever exports may catch up
PAUSE = 0.02  # seconds


def make_span(tracer, i):
    span = tracer.start_span("GET /api/items/{id}")
    span.set_attribute("http.request.method", "GET")
    span.set_attribute("url.path", "/api/items/12345")
    span.set_attribute("http.response.status_code", 200)
    span.set_attribute("server.address", "shop.example.com")
    span.set_attribute("user.id", i)
    span.end()


def measure(tracer, count):
    """Nanoseconds of each span, and the CPU time of this thread in all."""
    times = []
    cpu = 0
    for first in range(0, count, AT_ONCE):
        cpu -= time.thread_time_ns()
        for i in range(first, first + AT_ONCE):
            start = time.perf_counter_ns()
            make_span(tracer, i)
            times.append(time.perf_counter_ns() - start)
        cpu += time.thread_time_ns()
        time.sleep(PAUSE)
    return times, cpu


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=KINDS[1:], required=True)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--spans", type=int, default=20_000)
    options = parser.parse_args()
    provider = make_provider(options.kind, options.endpoint)
    tracer = provider.get_tracer("bench")
    measure(tracer, WARM_UP)
    times, cpu = measure(tracer, options.spans)
    provider.force_flush()
    provider.shutdown()
    cuts = statistics.quantiles(times, n=100)
    result = {
        "made": WARM_UP + len(times),
        "p50": cuts[49],
        "p99": cuts[98],
        "cpu": cpu / len(times),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
