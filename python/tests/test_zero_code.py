"""Without a line of code: the entry points, and opentelemetry-instrument with the distro installed."""

import os
import subprocess
import sys

from receiver import DEADLINE, Receiver, spans_of

PROGRAM = """
from opentelemetry import trace
tracer = trace.get_tracer("t")
with tracer.start_as_current_span("zero"):
    pass
print(type(trace.get_tracer_provider()).__module__)
"""


def run(command, url, **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OTEL_")}
    environment |= {
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": url,
        "OTEL_SERVICE_NAME": "zero code",
        **variables,
    }
    result = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=DEADLINE
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "cero._provider", result.stderr


def check(command, **variables):
    with Receiver() as receiver:
        run(command, receiver.url, **variables)
        (span,) = spans_of(receiver.stop())
    assert span["name"] == "zero"
    assert span["resource"]["service.name"] == "zero code"
    return span


def test_tracer_provider():
    check([sys.executable, "-c", PROGRAM], OTEL_PYTHON_TRACER_PROVIDER="cero")


def test_opentelemetry_instrument_beside_the_distro():
    span = check(
        [
            os.path.join(os.path.dirname(sys.executable), "opentelemetry-instrument"),
            sys.executable,
            "-c",
            PROGRAM,
        ],
        OTEL_PYTHON_CONFIGURATOR="cero",
        OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf",
    )
    assert span["resource"]["telemetry.auto.version"]
