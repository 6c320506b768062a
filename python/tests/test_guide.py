"""A set-up function of the shape that vendors' guides have: with the SDK, and with the lines of the
provider and the exporter changed.
"""

import os
import socket
import sqlite3

import cero
import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.dbapi import trace_integration
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from receiver import Receiver, spans_of


def resource():
    return Resource.create(
        {
            "service.name": "acme_service",
            "service.version": "v1.2.3",
            "deployment.environment": "production",
            "host.name": socket.gethostname(),
            "process.pid": os.getpid(),
        }
    )


HEADERS = {"Mackerel-Api-Key": "a key", "Accept": "*/*"}


def before(url):
    tracer_provider = TracerProvider(resource=resource())
    tracer_provider.add_span_processor(
        BatchSpanProcessor(
            OTLPSpanExporter(endpoint=url, headers=HEADERS, compression=Compression.Gzip)
        )
    )
    return tracer_provider


def after(url):
    tracer_provider = cero.TracerProvider(
        resource=resource(), endpoint=url, headers=HEADERS, compression=Compression.Gzip
    )
    return tracer_provider


def keeping_the_sdk(url):
    tracer_provider = TracerProvider(resource=resource())
    tracer_provider.add_span_processor(
        cero.SpanProcessor(endpoint=url, headers=HEADERS, compression=Compression.Gzip)
    )
    return tracer_provider


@pytest.mark.parametrize("set_up", [before, after, keeping_the_sdk])
def test_guide(set_up):
    with Receiver() as receiver:
        tracer_provider = set_up(receiver.url)
        connect = sqlite3.connect
        trace_integration(sqlite3, "connect", "sqlite", tracer_provider=tracer_provider)
        try:
            tracer = tracer_provider.get_tracer("my.tracer.name")
            with tracer.start_as_current_span("awesome_action") as span:
                span.set_attribute("id", 42)
                cursor = sqlite3.connect(":memory:").cursor()
                cursor.execute("SELECT 1")
        finally:
            sqlite3.connect = connect
        assert tracer_provider.force_flush()
        tracer_provider.shutdown()
        action, query = sorted(spans_of(receiver.stop()), key=lambda s: s["name"], reverse=True)
    assert (action["name"], query["name"]) == ("awesome_action", "SELECT")
    assert action["attributes"] == {"id": 42}
    assert query["parentSpanId"] == action["spanId"]
    assert query["attributes"]["db.statement"] == "SELECT 1"
    assert action["resource"]["deployment.environment"] == "production"
    assert action["resource"]["process.pid"] == os.getpid()


def test_processors_are_global_as_ever():
    """set_tracer_provider takes it, and get_tracer of the API goes to it."""
    code = (
        "from opentelemetry import trace\n"
        "import cero\n"
        "early = trace.get_tracer('early')\n"
        "trace.set_tracer_provider(cero.TracerProvider(exporter=cero.ConsoleExporter()))\n"
        "assert early.start_span('s').is_recording()\n"
        "assert isinstance(trace.get_tracer('late'), cero.Tracer)\n"
    )
    from test_provider import run_python

    run_python(code)
