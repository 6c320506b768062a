"""A span from start to end, as the API has it, and as the receiver gets it."""

import pickle
import weakref

import cero
import pytest
from opentelemetry import trace
from opentelemetry.trace import (
    Link,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    TraceState,
)

START = 1_700_000_000_000_000_000


def linked_context():
    return SpanContext(
        0x0102030405060708090A0B0C0D0E0F10,
        0xA1A2A3A4A5A6A7A8,
        is_remote=True,
        trace_flags=TraceFlags(1),
        trace_state=TraceState([("vendor", "1")]),
    )


def test_is_a_span_and_a_tracer_to_the_api(traced):
    tracer = traced.start()
    assert isinstance(tracer, trace.Tracer)
    assert isinstance(traced.provider, trace.TracerProvider)
    span = tracer.start_span("s")
    assert isinstance(span, trace.Span)
    span.end()


def test_everything_a_span_has_arrives(traced):
    tracer = traced.start()
    span = tracer.start_span(
        "first name",
        kind=SpanKind.SERVER,
        attributes={"at.start": True},
        links=[Link(linked_context(), {"why": "linked"})],
        start_time=START,
    )
    span.update_name("GET /cart")
    span.set_attribute("int", 7)
    span.set_attributes({"float": 0.5, "text": "é"})
    span.add_event("happened", {"n": 1}, timestamp=START + 5)
    span.add_link(linked_context(), {"late": 1})
    span.set_status(StatusCode.ERROR, "no stock")
    span.end(end_time=START + 1000)
    arrived = traced.delivered()["GET /cart"]

    assert arrived["kind"] == 2
    assert arrived["attributes"] == {"at.start": True, "int": 7, "float": 0.5, "text": "é"}
    assert (arrived["startTimeUnixNano"], arrived["endTimeUnixNano"]) == (
        str(START),
        str(START + 1000),
    )
    assert arrived["status"] == {"message": "no stock", "code": 2}
    assert arrived["events"] == [
        {"timeUnixNano": str(START + 5), "name": "happened", "attributes": {"n": 1}}
    ]
    first, late = arrived["links"]
    assert first["traceId"] == "0102030405060708090a0b0c0d0e0f10"
    assert first["spanId"] == "a1a2a3a4a5a6a7a8"
    assert first["traceState"] == "vendor=1"
    assert first["attributes"] == {"why": "linked"}
    assert late["attributes"] == {"late": 1}
    assert "parentSpanId" not in arrived


def test_context_is_the_one_that_is_exported(traced):
    tracer = traced.start()
    span = tracer.start_span("s")
    context = span.get_span_context()
    assert context is span.get_span_context()
    assert context.is_valid and not context.is_remote and context.trace_flags.sampled
    span.end()
    assert span.get_span_context() is context
    arrived = traced.delivered()["s"]
    assert arrived["traceId"] == trace.format_trace_id(context.trace_id)
    assert arrived["spanId"] == trace.format_span_id(context.span_id)


def test_what_it_recorded_can_be_read(traced):
    tracer = traced.start()
    span = tracer.start_span("s", kind=SpanKind.CLIENT, start_time=START)
    span.set_attribute("list", ["a", "b"])
    span.set_attribute("bytes", b"\x00\xff")
    span.set_attribute("map", {"x": [1, None]})
    span.add_event("e", {"k": 1}, START + 1)
    span.add_link(linked_context(), {"l": 2})
    span.set_status(Status(StatusCode.ERROR, "why"))
    for _ in range(2):  # while it records, and after its end
        assert span.name == "s"
        assert span.kind is SpanKind.CLIENT
        assert dict(span.attributes) == {
            "list": ("a", "b"),
            "bytes": b"\x00\xff",
            "map": {"x": (1, None)},
        }
        assert span.events == (("e", {"k": 1}, START + 1),)
        (link,) = span.links
        assert link.context == linked_context()
        assert link.attributes == {"l": 2}
        assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "why")
        assert span.start_time == START
        assert span.parent is None
        assert span.resource.attributes["service.name"] == "tests"
        assert span.instrumentation_scope.name == "tests"
        assert span.end_time == (None if span.is_recording() else START + 9)
        span.end(START + 9)
    traced.delivered()
    with pytest.raises(TypeError):
        span.attributes["new"] = 1


def test_parent_of_a_child_can_be_read(traced):
    tracer = traced.start()
    with tracer.start_as_current_span("parent") as parent:
        child = tracer.start_span("child")
    assert child.parent == parent.get_span_context()
    child.end()
    traced.delivered()


def test_after_its_end_nothing_changes(traced):
    tracer = traced.start()
    span = tracer.start_span("s")
    span.end(START)
    assert not span.is_recording()
    span.end(START + 1)
    span.set_attribute("late", 1)
    span.set_attributes({"late": 1})
    span.add_event("late")
    span.add_link(linked_context())
    span.update_name("late")
    span.set_status(StatusCode.ERROR)
    span.record_exception(ValueError("late"))
    arrived = traced.delivered()["s"]
    assert arrived["endTimeUnixNano"] == str(START)
    assert arrived["attributes"] == {} and arrived["events"] == [] and arrived["links"] == []
    assert "status" not in arrived or arrived["status"] == {}


def test_one_that_never_ends_is_not_exported(traced):
    tracer = traced.start()
    tracer.start_span("lost")
    tracer.start_span("kept").end()
    assert set(traced.delivered()) == {"kept"}


def test_ok_is_final_and_unset_is_ignored(traced):
    tracer = traced.start()
    span = tracer.start_span("s")
    span.set_status(StatusCode.ERROR, "first")
    span.set_status(StatusCode.UNSET)
    assert span.status.status_code is StatusCode.ERROR
    span.set_status(StatusCode.OK)
    span.set_status(Status(StatusCode.ERROR, "late"))
    assert span.status.status_code is StatusCode.OK
    span.end()
    assert traced.delivered()["s"]["status"] == {"code": 1}


def test_status_of_another_type_is_ignored(traced, caplog):
    tracer = traced.start()
    span = tracer.start_span("s")
    span.set_status("broken")
    assert span.status.status_code is StatusCode.UNSET
    assert "neither Status nor StatusCode" in caplog.text
    span.end()
    traced.delivered()


@pytest.mark.parametrize("kind", list(SpanKind))
def test_kinds(traced, kind):
    traced.start().start_span("s", kind=kind).end()
    assert traced.delivered()["s"]["kind"] == kind.value + 1


def test_ids_are_unlike(traced):
    tracer = traced.start()
    contexts = [tracer.start_span("s").get_span_context() for _ in range(1000)]
    assert len({c.span_id for c in contexts}) == 1000
    assert len({c.trace_id for c in contexts}) == 1000


def test_may_end_on_another_thread(traced):
    import threading

    span = traced.start().start_span("s")
    thread = threading.Thread(target=span.end)
    thread.start()
    thread.join()
    assert "s" in traced.delivered()


def test_outlives_its_provider(receiver):
    tracer = cero.TracerProvider(endpoint=receiver.url).get_tracer("t")
    with tracer.start_as_current_span("s") as span:
        span.set_attribute("k", 1)
    assert span.resource is None


def test_may_be_referred_to_weakly_but_not_copied(traced):
    span = traced.start().start_span("s")
    reference = weakref.ref(span)
    assert reference() is span
    with pytest.raises(TypeError):
        pickle.dumps(span)
    del span
    assert reference() is None
