"""A million spans leave nothing behind."""

import gc
import os
import resource
import sys

import cero
from opentelemetry.trace import StatusCode

SPANS = int(os.environ.get("CERO_LEAK_SPANS", "1000000"))


def use(tracer, count):
    for i in range(count):
        with tracer.start_as_current_span("outer", attributes={"k": "v", "list": [1, i]}) as span:
            span.set_attribute("beyond", 2**64 + i)
            span.add_event("e", {"x": i})
            span.get_span_context()
            assert span.attributes
            span.set_status(StatusCode.ERROR, "why")
        if i % 100 == 0:
            try:
                with tracer.start_as_current_span("failing"):
                    raise ValueError(i)
            except ValueError:
                pass


def test_memory_is_flat_over_a_million_spans():
    provider = cero.TracerProvider(
        endpoint="http://127.0.0.1:1/v1/traces", retry_bytes_max=1 << 20, batch_delay_max=0
    )
    tracer = provider.get_tracer("t")
    use(tracer, SPANS // 5)
    gc.collect()
    blocks = sys.getallocatedblocks()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    use(tracer, SPANS - SPANS // 5)
    gc.collect()
    assert abs(sys.getallocatedblocks() - blocks) < 2000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 24 * 1024  # KiB
    stats = provider.stats()
    provider.shutdown(0)
    assert provider.stats().balanced, stats
