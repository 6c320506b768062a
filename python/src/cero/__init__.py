"""OpenTelemetry traces for Python at the cost of C++.

`TracerProvider` takes the place of the OpenTelemetry SDK's, its processor's and its exporter's::

    from opentelemetry import trace
    import cero

    trace.set_tracer_provider(cero.TracerProvider(
        resource={"service.name": "acme_service"},
        endpoint="http://localhost:4318/v1/traces",
        compression="gzip",
    ))

All else stays as it is: the API, propagators and instrumentations are OpenTelemetry's. Those who
keep the SDK put `SpanProcessor` where `BatchSpanProcessor(OTLPSpanExporter(...))` was.
"""

from opentelemetry import trace as _trace

from ._native import Sampler, Span, Tracer, __version__
from ._option_types import ConsoleExporter, Endpoint, SpanLimits
from ._provider import TracerProvider
from ._readable import Event, InstrumentationScope, Resource
from ._span_processor import SpanProcessor
from ._stats import DroppedSpans, EndpointStats, Stats

# isinstance(span, opentelemetry.trace.Span) is how the API finds the current span.
_trace.Span.register(Span)
_trace.Tracer.register(Tracer)

__all__ = [
    "ConsoleExporter",
    "DroppedSpans",
    "Endpoint",
    "EndpointStats",
    "Event",
    "InstrumentationScope",
    "Resource",
    "Sampler",
    "Span",
    "SpanLimits",
    "SpanProcessor",
    "Stats",
    "Tracer",
    "TracerProvider",
    "__version__",
]
