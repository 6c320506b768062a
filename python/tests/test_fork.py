"""A provider made before a fork goes on in the child, and in the parent."""

import os

import cero
import pytest
from opentelemetry.sdk.resources import Resource
from receiver import Receiver, spans_of


def in_child(work):
    """Runs it in a forked child, which ends without Python's own clean-up; whether it went well."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return child


@pytest.mark.parametrize("make_resource", [dict, Resource.create])
def test_child_goes_on(make_resource):
    with Receiver() as receiver:
        resource = make_resource({"service.name": "s", "process.pid": os.getpid()})
        provider = cero.TracerProvider(resource, endpoint=receiver.url, batch_delay_max=3600)
        tracer = provider.get_tracer("t")
        tracer.start_span("before").end()
        open_span = tracer.start_span("open")

        def work():
            with tracer.start_as_current_span("child") as span:
                assert span.resource.attributes["process.pid"] == os.getpid()
            assert provider.force_flush()
            assert provider.stats().balanced and provider.stats().exported == 1

        child = in_child(work)
        open_span.end()
        tracer.start_span("after").end()
        assert provider.force_flush()
        assert provider.stats().exported == 3 and provider.stats().balanced
        provider.shutdown()
        spans = spans_of(receiver.stop())
    pids = {span["name"]: span["resource"]["process.pid"] for span in spans}
    here = os.getpid()
    assert pids == {"before": here, "open": here, "after": here, "child": child}
    assert len({span["spanId"] for span in spans}) == 4


def test_child_may_make_its_own(receiver):
    first = cero.TracerProvider(endpoint=receiver.url)
    first.get_tracer("t").start_span("parent").end()

    def work():
        own = cero.TracerProvider(endpoint=receiver.url)
        own.get_tracer("t").start_span("child").end()
        assert own.force_flush()

    in_child(work)
    assert first.force_flush()
    first.shutdown()
    assert {span["name"] for span in spans_of(receiver.stop())} == {"parent", "child"}
