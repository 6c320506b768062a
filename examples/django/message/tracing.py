"""Tracing: where the spans go, and what makes them.

TRACES_TO says where: mackerel (the default), collector (one on localhost:4318), or console.
"""

import os
import socket
import sys

import cero
import MySQLdb
from opentelemetry import trace
from opentelemetry.instrumentation.dbapi import trace_integration
from opentelemetry.instrumentation.django import DjangoInstrumentor

MACKEREL = "https://otlp-vaxila.mackerelio.com/v1/traces"


def exporter_options() -> dict:
    to = os.environ.get("TRACES_TO", "mackerel")
    if to == "console":
        return {"exporter": cero.ConsoleExporter()}
    if to == "collector":
        return {}
    if to == "mackerel":
        return {
            "endpoint": os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", MACKEREL),
            "headers": {
                "Mackerel-Api-Key": os.environ.get("MACKEREL_API_KEY"),
                "Accept": "*/*",
            },
            "compression": "gzip",
        }
    raise ValueError(f"TRACES_TO={to}: one of mackerel, collector, console")


def set_provider() -> None:
    trace.set_tracer_provider(
        cero.TracerProvider(
            resource={
                "service.name": "message",
                "service.version": "1.0.0",
                "deployment.environment": os.environ.get("DEPLOYMENT_ENVIRONMENT", "development"),
                "host.name": socket.gethostname(),
                "process.pid": os.getpid(),
            },
            **exporter_options(),
        )
    )


def instrument_libraries() -> None:
    DjangoInstrumentor().instrument()
    trace_integration(MySQLdb, "connect", "mysql")


def instrument() -> None:
    set_provider()
    instrument_libraries()


def print_ledger() -> None:
    """At the end of a worker: what became of its spans."""
    provider = trace.get_tracer_provider()
    provider.shutdown()
    stats = provider.stats()
    # A single write: workers that end at the same time share the output.
    sys.stdout.write(
        f"ledger of {os.getpid()}: {stats.recorded} recorded, {stats.exported} exported, "
        f"{stats.rejected} rejected, {stats.dropped.total} dropped, {stats.in_flight} in flight\n"
    )
    sys.stdout.flush()
