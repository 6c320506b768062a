"""Processors in Python beside cero's own export."""

import threading

from opentelemetry import baggage, context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from receiver import DEADLINE


def test_called_at_start_and_end_in_order(traced):
    calls = []

    class Processor(SpanProcessor):
        def on_start(self, span, parent_context=None):
            calls.append(("start", span.name, parent_context))
            span.set_attribute("at.start", 1)

        def _on_ending(self, span):
            calls.append(("ending", span.is_recording()))
            span.set_attribute("at.ending", 2)

        def on_end(self, span):
            calls.append(("end", dict(span.attributes)))

        def shutdown(self):
            calls.append(("shutdown",))

    tracer = traced.start()
    traced.provider.add_span_processor(Processor())
    tracer.start_span("s").end()
    arrived = traced.delivered()["s"]
    both = {"at.start": 1, "at.ending": 2}
    assert arrived["attributes"] == both
    assert calls == [("start", "s", None), ("ending", True), ("end", both), ("shutdown",)]


def test_processor_that_reads_the_parent_context(traced):
    """As the baggage processor of opentelemetry-contrib does."""

    class Baggage(SpanProcessor):
        def on_start(self, span, parent_context=None):
            for key, value in baggage.get_all(parent_context).items():
                span.set_attribute(key, value)

    tracer = traced.start()
    traced.provider.add_span_processor(Baggage())
    token = context.attach(baggage.set_baggage("tenant", "acme"))
    tracer.start_span("s").end()
    context.detach(token)
    assert traced.delivered()["s"]["attributes"] == {"tenant": "acme"}


def test_exporter_of_the_sdk_gets_its_own_kind_of_span(traced):
    memory = InMemorySpanExporter()
    tracer = traced.start()
    traced.provider.add_span_processor(SimpleSpanProcessor(memory))
    with tracer.start_as_current_span("parent"):
        with tracer.start_as_current_span("s", attributes={"k": [1, 2]}) as span:
            span.add_event("e", {"x": 1})
            span.set_status(StatusCode.ERROR, "why")
    exported, parent = memory.get_finished_spans()
    assert isinstance(exported, ReadableSpan)
    assert exported.context == span.get_span_context()
    assert exported.parent == parent.context
    assert dict(exported.attributes) == {"k": (1, 2)}
    assert [event.name for event in exported.events] == ["e"]
    assert exported.status.description == "why"
    assert exported.end_time == span.end_time
    assert exported.instrumentation_scope.name == "tests"
    assert '"name": "s"' in exported.to_json()
    traced.delivered()


def test_batch_processor_of_the_sdk(traced):
    memory = InMemorySpanExporter()
    tracer = traced.start()
    traced.provider.add_span_processor(BatchSpanProcessor(memory))
    tracer.start_span("s").end()
    assert traced.provider.force_flush(DEADLINE * 1000)
    assert [span.name for span in memory.get_finished_spans()] == ["s"]
    traced.delivered()


def test_unsampled_spans_do_not_reach_processors_end(traced):
    import cero

    ended = []

    class Processor(SpanProcessor):
        def on_end(self, span):
            ended.append(span)

    tracer = traced.start(sampler=cero.Sampler.always_off())
    traced.provider.add_span_processor(Processor())
    tracer.start_span("s").end()
    assert ended == []
    traced.delivered()


def test_spans_of_many_threads(traced):
    tracer = traced.start()

    def work():
        for _ in range(500):
            with tracer.start_as_current_span("outer"):
                tracer.start_span("inner", attributes={"k": 1}).end()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert traced.provider.stats().recorded == 8000
    traced.delivered()
