"""Entry points: cero without a line of code.

OTEL_PYTHON_TRACER_PROVIDER=cero is for programs that set no provider; OTEL_PYTHON_CONFIGURATOR=cero
is for opentelemetry-instrument, where opentelemetry-distro would set the SDK's before that.
"""

from __future__ import annotations

from typing import Any, Optional

from opentelemetry import trace

from ._provider import TracerProvider


def tracer_provider() -> TracerProvider:
    return TracerProvider.from_environment()


class Configurator:
    """Sets the tracer provider; metrics and logs are left to others."""

    def configure(self, auto_instrumentation_version: Optional[str] = None, **_: Any) -> None:
        resource = {}
        if auto_instrumentation_version:
            resource["telemetry.auto.version"] = auto_instrumentation_version
        trace.set_tracer_provider(TracerProvider.from_environment(resource=resource))
