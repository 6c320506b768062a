"""Whose child a span is: the API's context on threads, in coroutines, across processes."""

import asyncio
import threading

import cero
import pytest
from opentelemetry import context as context_api
from opentelemetry import propagate, trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, StatusCode, TraceFlags, TraceState

REMOTE = SpanContext(
    0x0102030405060708090A0B0C0D0E0F10,
    0xA1A2A3A4A5A6A7A8,
    is_remote=True,
    trace_flags=TraceFlags(1),
    trace_state=TraceState([("vendor", "1")]),
)


def parent_of(spans, name):
    ids = {span["spanId"]: span["name"] for span in spans.values()}
    return ids.get(spans[name].get("parentSpanId"))


def test_nested_spans_are_children(traced):
    tracer = traced.start()
    with tracer.start_as_current_span("a") as a:
        assert trace.get_current_span() is a
        with tracer.start_as_current_span("b") as b:
            assert trace.get_current_span() is b
            tracer.start_span("c").end()
        assert trace.get_current_span() is a
    assert not trace.get_current_span().get_span_context().is_valid
    spans = traced.delivered()
    assert [parent_of(spans, name) for name in "abc"] == [None, "a", "b"]
    assert len({span["traceId"] for span in spans.values()}) == 1


def test_use_span_of_the_api(traced):
    tracer = traced.start()
    span = tracer.start_span("a")
    with trace.use_span(span, end_on_exit=True):
        tracer.start_span("b").end()
    assert not span.is_recording()
    assert parent_of(traced.delivered(), "b") == "a"


def test_explicit_context_wins_and_an_empty_one_makes_a_root(traced):
    tracer = traced.start()
    other = tracer.start_span("other")
    with tracer.start_as_current_span("current"):
        tracer.start_span("child", context=trace.set_span_in_context(other)).end()
        tracer.start_span("root", context=context_api.Context()).end()
    other.end()
    spans = traced.delivered()
    assert parent_of(spans, "child") == "other"
    assert "parentSpanId" not in spans["root"]


def test_remote_parent(traced):
    tracer = traced.start()
    context = trace.set_span_in_context(NonRecordingSpan(REMOTE))
    with tracer.start_as_current_span("s", context=context) as span:
        assert span.parent == REMOTE
        assert span.get_span_context().trace_state == REMOTE.trace_state
        carrier = {}
        propagate.inject(carrier)
    arrived = traced.delivered()["s"]
    assert arrived["traceId"] == "0102030405060708090a0b0c0d0e0f10"
    assert arrived["parentSpanId"] == "a1a2a3a4a5a6a7a8"
    assert arrived["traceState"] == "vendor=1"
    assert arrived["flags"] & 0x300 == 0x300
    assert carrier["traceparent"].split("-")[1:3] == [arrived["traceId"], arrived["spanId"]]
    assert carrier["tracestate"] == "vendor=1"


def test_extracted_context_is_the_parent(traced):
    tracer = traced.start()
    header = "00-0102030405060708090a0b0c0d0e0f10-a1a2a3a4a5a6a7a8-01"
    context = propagate.extract({"traceparent": header})
    tracer.start_span("s", context=context).end()
    assert traced.delivered()["s"]["parentSpanId"] == "a1a2a3a4a5a6a7a8"


def test_unsampled_remote_parent_is_followed(traced):
    tracer = traced.start()
    unsampled = SpanContext(REMOTE.trace_id, REMOTE.span_id, True, TraceFlags(0))
    context = trace.set_span_in_context(NonRecordingSpan(unsampled))
    with tracer.start_as_current_span("s", context=context) as span:
        assert not span.is_recording()
        assert span.get_span_context().trace_id == REMOTE.trace_id
        assert not span.get_span_context().trace_flags.sampled
        assert not tracer.start_span("child").is_recording()
    assert traced.delivered() == {}


def test_invalid_parent_makes_a_root(traced):
    tracer = traced.start()
    context = trace.set_span_in_context(trace.INVALID_SPAN)
    tracer.start_span("s", context=context).end()
    assert "parentSpanId" not in traced.delivered()["s"]


def test_samplers(traced):
    tracer = traced.start(sampler=cero.Sampler.always_off())
    span = tracer.start_span("s", attributes={"k": 1})
    assert not span.is_recording()
    context = span.get_span_context()
    assert context.is_valid and not context.trace_flags.sampled
    assert (span.name, dict(span.attributes), span.events) == ("", {}, ())
    span.end()
    assert traced.delivered() == {}


def test_ratio_samples_traces_whole(traced):
    sampler = cero.Sampler.parent_based(cero.Sampler.trace_id_ratio(0.5))
    tracer = traced.start(sampler=sampler)
    sampled = 0
    for _ in range(200):
        with tracer.start_as_current_span("root") as root:
            child = tracer.start_span("child")
            assert child.is_recording() == root.is_recording()
            sampled += root.is_recording()
    assert 0 < sampled < 200
    assert sampler.description.startswith("ParentBased{root:TraceIdRatioBased{0.5}")


def test_exception_is_recorded_and_goes_on(traced):
    tracer = traced.start()
    with pytest.raises(KeyError):
        with tracer.start_as_current_span("s"):
            raise KeyError("no such key")
    arrived = traced.delivered()["s"]
    assert arrived["status"] == {"message": "KeyError: 'no such key'", "code": 2}
    (event,) = arrived["events"]
    assert event["name"] == "exception"
    assert event["attributes"]["exception.type"] == "KeyError"
    assert event["attributes"]["exception.message"] == "'no such key'"
    assert "test_exception_is_recorded" in event["attributes"]["exception.stacktrace"]


def test_exception_is_not_recorded_when_told(traced):
    tracer = traced.start()
    with pytest.raises(KeyError):
        with tracer.start_as_current_span(
            "s", record_exception=False, set_status_on_exception=False
        ):
            raise KeyError
    arrived = traced.delivered()["s"]
    assert arrived["events"] == []
    assert arrived.get("status", {}).get("code", 0) == 0


def test_span_itself_as_context_manager(traced):
    tracer = traced.start()
    with pytest.raises(ValueError):
        with tracer.start_span("s") as span:
            assert trace.get_current_span() is not span
            raise ValueError("bad")
    assert not span.is_recording()
    arrived = traced.delivered()["s"]
    assert arrived["status"]["message"] == "ValueError: bad"
    assert len(arrived["events"]) == 1


def test_record_exception_by_hand(traced):
    class OwnError(Exception):
        pass

    span = traced.start().start_span("s")
    span.record_exception(OwnError("x"), {"more": 1, "exception.message": "mine"}, timestamp=5)
    span.end()
    (event,) = traced.delivered()["s"]["events"]
    assert event["timeUnixNano"] == "5"
    assert event["attributes"]["exception.type"].endswith("OwnError")
    assert "." in event["attributes"]["exception.type"]
    assert event["attributes"]["exception.message"] == "mine"
    assert event["attributes"]["more"] == 1


def test_end_on_exit_may_be_left_out(traced):
    tracer = traced.start()
    with tracer.start_as_current_span("s", end_on_exit=False) as span:
        pass
    assert span.is_recording()
    span.end()
    assert "s" in traced.delivered()


def test_one_with_for_each_call(traced):
    manager = traced.start().start_as_current_span("s")
    with manager:
        with pytest.raises(RuntimeError, match="one `with` for each call"):
            manager.__enter__()
    traced.delivered()


def test_decorator_of_functions(traced):
    tracer = traced.start()

    @tracer.start_as_current_span("call", attributes={"k": 1})
    def add(a, b):
        """Adds."""
        return a + b

    assert add(1, b=2) == 3
    assert add.__doc__ == "Adds."
    add(1, 2)
    spans = traced.provider.stats().recorded
    assert spans == 2
    assert traced.delivered()["call"]["attributes"] == {"k": 1}


def test_decorator_of_coroutines(traced):
    tracer = traced.start()

    @tracer.start_as_current_span("call")
    async def work():
        await asyncio.sleep(0)
        return trace.get_current_span()

    async def main():
        return await asyncio.gather(work(), work())

    first, second = asyncio.run(main())
    assert first is not second
    assert first.name == "call" and not first.is_recording()
    traced.delivered()


def test_tasks_have_contexts_of_their_own(traced):
    tracer = traced.start()

    async def work(name):
        with tracer.start_as_current_span(name):
            await asyncio.sleep(0)
            with tracer.start_as_current_span(f"{name} inner"):
                await asyncio.sleep(0)

    async def main():
        with tracer.start_as_current_span("root"):
            await asyncio.gather(*(work(f"task {i}") for i in range(5)))

    asyncio.run(main())
    spans = traced.delivered()
    for i in range(5):
        assert parent_of(spans, f"task {i}") == "root"
        assert parent_of(spans, f"task {i} inner") == f"task {i}"


def test_threads_start_without_a_span(traced):
    tracer = traced.start()

    def work():
        tracer.start_span("other thread").end()

    with tracer.start_as_current_span("here"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert parent_of(traced.delivered(), "other thread") is None


def test_detaching_elsewhere_is_logged_not_raised(traced, caplog):
    manager = traced.start().start_as_current_span("s")
    manager.__enter__()
    thread = threading.Thread(target=manager.__exit__, args=(None, None, None))
    thread.start()
    thread.join()
    assert "Failed to detach context" in caplog.text
    context_api.attach(context_api.Context())
    assert "s" in traced.delivered()


def test_status_is_set_by_exception_only(traced):
    tracer = traced.start()
    with tracer.start_as_current_span("s") as span:
        pass
    assert span.status.status_code is StatusCode.UNSET
    traced.delivered()
