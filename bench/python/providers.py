"""The ways to trace that are compared: none, the SDK, the SDK with cero's processor, and cero."""

import cero
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

KINDS = ("none", "sdk", "processor", "cero")


def make_provider(kind, endpoint):
    """None for "none"."""
    resource = {"service.name": "bench", "service.version": "1.0.0"}
    if kind == "none":
        return None
    if kind == "cero":
        return cero.TracerProvider(resource=resource, endpoint=endpoint, compression="gzip")
    provider = TracerProvider(resource=Resource.create(resource))
    if kind == "processor":
        provider.add_span_processor(cero.SpanProcessor(endpoint=endpoint, compression="gzip"))
    else:
        exporter = OTLPSpanExporter(endpoint=endpoint, compression=Compression.Gzip)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
