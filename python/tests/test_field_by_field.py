"""The same scripted requests through the SDK, through cero's processor in the SDK, and through cero:
field by field what the receiver decoded is equal, but for what DIFFERENCES lists.
"""

import cero
import pytest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    TraceState,
)
from receiver import Receiver, spans_of

RESOURCE = {"service.name": "acme_service", "service.version": "1.4.2", "process.pid": 7}
T0 = 1_700_000_000_000_000_000

# Field, and why it is not compared as it stands.
DIFFERENCES = {
    "telemetry.sdk.*": "cero says who made the spans, and may not call itself opentelemetry",
    "flags, bits 0 to 7": "the SDK leaves out the W3C flags of the span, which OTLP asks for",
    "link flags and traceState": "the SDK leaves out a link's traceState and its W3C flags",
    "empty status": "written by one and not by the other; no field of it is set",
}

REMOTE = SpanContext(
    0x0102030405060708090A0B0C0D0E0F10,
    0xA1A2A3A4A5A6A7A8,
    is_remote=True,
    trace_flags=TraceFlags(1),
    trace_state=TraceState([("vendor", "1")]),
)


def play(provider):
    """Two requests: one that a remote caller traces, one that fails."""
    tracer = provider.get_tracer("acme.web", "2.0", "https://opentelemetry.io/schemas/1.30.0")
    other = provider.get_tracer("acme.db", attributes={"pool": 3})
    remote = trace.set_span_in_context(NonRecordingSpan(REMOTE))
    with tracer.start_as_current_span(
        "GET /cart",
        context=remote,
        kind=SpanKind.SERVER,
        attributes={
            "http.request.method": "GET",
            "http.response.status_code": 200,
            "cached": False,
        },
        start_time=T0,
        end_on_exit=False,
    ) as server:
        query = other.start_span("SELECT", kind=SpanKind.CLIENT, start_time=T0 + 10)
        query.set_attributes({"db.rows": 3, "db.seconds": 0.25, "ids": [1, 2], "names": ("a", "é")})
        query.add_event("fetched", {"rows": 3}, timestamp=T0 + 15)
        query.end(T0 + 20)
        server.set_status(Status(StatusCode.OK))
    server.end(T0 + 100)

    linked = tracer.start_span(
        "batch",
        kind=SpanKind.CONSUMER,
        links=[Link(REMOTE, {"position": 0}), Link(SpanContext(1, 2, False, TraceFlags(1)))],
        start_time=T0,
    )
    linked.update_name("batch of 2")
    linked.add_event("empty", timestamp=T0 + 1)
    linked.set_attribute("text", "first")
    linked.set_attribute("text", "last")
    linked.set_attribute("long", "x" * 300)
    linked.end(T0 + 7)

    failing = tracer.start_span("POST /pay", kind=SpanKind.PRODUCER, start_time=T0)
    with trace.use_span(failing, record_exception=False, set_status_on_exception=False):
        inner = tracer.start_span("inner", start_time=T0 + 1)
        inner.set_status(StatusCode.ERROR, "declined")
        try:
            raise ValueError("declined")
        except ValueError as error:
            inner.record_exception(error, {"attempt": 2}, timestamp=T0 + 2)
        inner.end(T0 + 3)
    failing.set_status(Status(StatusCode.ERROR))
    failing.end(T0 + 4)


def through_the_sdk(url):
    provider = TracerProvider(resource=Resource.create(RESOURCE))
    exporter = OTLPSpanExporter(endpoint=url, compression=Compression.Gzip)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def through_the_processor(url):
    provider = TracerProvider(resource=Resource.create(RESOURCE))
    processor = cero.SpanProcessor(endpoint=url, compression=Compression.Gzip)
    provider.add_span_processor(processor)
    return provider


def through_cero(url):
    return cero.TracerProvider(
        Resource.create(RESOURCE), endpoint=url, compression=Compression.Gzip
    )


def record(make):
    with Receiver() as receiver:
        provider = make(receiver.url)
        play(provider)
        provider.force_flush()
        provider.shutdown()
        return spans_of(receiver.stop())


def comparable(spans):
    """By name, with ids replaced by the names they stand for, and without DIFFERENCES."""
    names = {span["spanId"]: span["name"] for span in spans}
    names["a1a2a3a4a5a6a7a8"] = "the remote caller"
    traces = {}
    for span in spans:
        span["parent"] = names.get(span.pop("parentSpanId", None))
        traces.setdefault(span.pop("traceId"), set()).add(span["name"])
        del span["spanId"]
        span["flags"] &= 0x300
        for link in span["links"]:
            link["flags"] &= 0x300
            link.pop("traceState", None)
        if not span.get("status"):
            span.pop("status", None)
        for key in list(span["resource"]):
            if key.startswith("telemetry.sdk."):
                assert span["resource"].pop(key)
        for event in span["events"]:
            if "exception.stacktrace" in event["attributes"]:
                event["attributes"]["exception.stacktrace"] = "compared by test_context.py"
    return {span["name"]: span for span in spans}, sorted(map(sorted, traces.values()))


@pytest.mark.parametrize("make", [through_the_processor, through_cero])
def test_equal_to_the_sdk(make):
    expected, expected_traces = comparable(record(through_the_sdk))
    spans, traces = comparable(record(make))
    assert traces == expected_traces
    assert spans.keys() == expected.keys()
    for name, span in expected.items():
        assert spans[name] == span


def test_the_script_uses_every_field():
    """So that nothing is equal because it is absent."""
    spans, _ = comparable(record(through_the_sdk))
    for field in (
        "kind",
        "attributes",
        "events",
        "links",
        "status",
        "parent",
        "traceState",
        "flags",
    ):
        assert any(span.get(field) for span in spans.values()), field


def test_what_the_sdk_dropped_is_carried_over():
    from opentelemetry.sdk.trace import SpanLimits

    with Receiver() as receiver:
        limits = SpanLimits(max_attributes=2, max_events=1, max_links=1)
        provider = TracerProvider(span_limits=limits)
        processor = cero.SpanProcessor(endpoint=receiver.url)
        provider.add_span_processor(processor)
        links = [Link(REMOTE), Link(REMOTE), Link(REMOTE)]
        span = provider.get_tracer("t").start_span("s", links=links)
        span.set_attributes({"a": 1, "b": 2, "c": 3, "d": 4})
        span.add_event("1")
        span.add_event("2")
        span.end()
        assert provider.force_flush()
        assert processor.stats().exported == 1 and processor.stats().balanced
        provider.shutdown()
        (arrived,) = spans_of(receiver.stop())
    assert arrived["droppedAttributesCount"] == 2
    assert arrived["droppedEventsCount"] == 1
    assert arrived["droppedLinksCount"] == 2


def test_limits_of_the_sdk_alone_count():
    with Receiver() as receiver:
        from opentelemetry.sdk.trace import SpanLimits

        provider = TracerProvider(span_limits=SpanLimits(max_attributes=500))
        provider.add_span_processor(cero.SpanProcessor(endpoint=receiver.url))
        attributes = {f"key {i}": i for i in range(500)}
        provider.get_tracer("t").start_span("s", attributes=attributes).end()
        assert provider.force_flush()
        provider.shutdown()
        (arrived,) = spans_of(receiver.stop())
    assert arrived["attributes"] == attributes


def test_processor_says_at_once_what_is_wrong():
    with pytest.raises(ValueError, match="endpoint"):
        cero.SpanProcessor(endpoint="no url")
    with pytest.raises(TypeError, match="sampler belongs to the SDK"):
        cero.SpanProcessor(sampler=cero.Sampler.always_on())
