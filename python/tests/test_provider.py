"""Making, flushing and ending a provider; what it says when an option is wrong."""

import gc
import logging
import os
import subprocess
import sys
import threading

import cero
import pytest
from opentelemetry.sdk.resources import Resource
from receiver import DEADLINE, Receiver, spans_of


def run_python(program, **variables):
    """A fresh interpreter; its standard error."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OTEL_")}
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert result.returncode == 0, result.stderr
    return result.stderr


@pytest.mark.parametrize(
    "options, words",
    [
        ({"endpoint": "localhost:4318"}, "endpoint"),
        (
            {"headers": {"Mackerel-Api-Key": None}},
            'headers\\["Mackerel-Api-Key"\\] has a null value',
        ),
        ({"headers": {"bad name": "x"}}, "header name"),
        ({"timeout": -1}, "timeout"),
        ({"timeout": float("inf")}, "timeout"),
        ({"batch_spans_max": 0}, "batch_spans_max"),
        ({"batch_spans_max": -1}, "batch_spans_max is -1"),
        ({"compression": "snappy"}, "choose one of none, gzip, zstd"),
        ({"compression": "gzip", "compression_level": 13}, "compression_level"),
        ({"protocol": "http/json"}, "choose one of http/protobuf, grpc"),
        ({"sampler": cero.Sampler.trace_id_ratio(2)}, "sampler"),
        (
            {"exporter": cero.ConsoleExporter(), "endpoint": "http://localhost"},
            "exclude each other",
        ),
        ({"ca_certificate_file": "/no/such/file"}, "ca_certificate_file"),
    ],
)
def test_wrong_option_is_named(options, words):
    with pytest.raises(ValueError, match=words):
        cero.TracerProvider(**options)


@pytest.mark.parametrize(
    "options, words",
    [
        ({"endpoint": 4318}, "endpoint must be a str, not int"),
        ({"timeout": "10"}, "timeout must be a number of seconds, not str"),
        ({"batch_spans_max": 1.5}, "batch_spans_max must be an int, not float"),
        ({"sampler": "always_on"}, "sampler must be a cero.Sampler, not str"),
        ({"exporter": object()}, "exporter must be a cero.ConsoleExporter, not object"),
        ({"span_limits": 3}, "span_limits must be a cero.SpanLimits, not int"),
        ({"headers": {"k": 1}}, "headers\\['k'\\] must be a str, not int"),
        ({"resource": {"k": {"a": 1}}}, "resource"),
        ({"no_such_option": 1}, "no_such_option"),
    ],
)
def test_option_of_the_wrong_type_is_named(options, words):
    with pytest.raises(TypeError, match=words):
        cero.TracerProvider(**options)


def test_all_wrong_options_at_once():
    with pytest.raises(ValueError) as error:
        cero.TracerProvider(endpoint="ftp://x", timeout=-1, batch_delay_max=-1)
    for name in ("endpoint", "timeout", "batch_delay_max"):
        assert name in str(error.value)


def test_resource_of_a_mapping(traced):
    traced.start(resource={"service.name": "s", "n": 1, "list": ["a", "b"], "yes": True})
    traced.provider.get_tracer("t").start_span("s").end()
    resource = traced.delivered()["s"]["resource"]
    assert resource["service.name"] == "s"
    assert (resource["n"], resource["list"], resource["yes"]) == (1, ["a", "b"], True)
    assert resource["telemetry.sdk.name"] == "cero"
    assert resource["telemetry.sdk.language"] == "python"
    assert resource["telemetry.sdk.version"] == cero.__version__


def test_resource_of_the_sdk(traced):
    given = Resource.create({"service.name": "s", "process.pid": os.getpid()})
    tracer = traced.start(resource=given)
    span = tracer.start_span("s")
    assert span.resource is given
    span.end()
    resource = traced.delivered()["s"]["resource"]
    assert resource["process.pid"] == os.getpid()
    assert resource["telemetry.sdk.name"] == "cero"


def test_service_name_falls_back(traced):
    traced.start(resource=None).start_span("s").end()
    assert traced.delivered()["s"]["resource"]["service.name"].startswith("unknown_service")


def test_scope_of_a_tracer(traced):
    traced.start()
    tracer = traced.provider.get_tracer("lib", "1.2", "https://schema.example", {"k": 1})
    span = tracer.start_span("s")
    assert span.instrumentation_scope == ("lib", "1.2", "https://schema.example", {"k": 1})
    span.end()
    traced.provider.get_tracer(None).start_span("nameless").end()
    spans = traced.delivered()
    assert spans["s"]["scope"] == {"name": "lib", "version": "1.2", "attributes": {"k": 1}}
    assert spans["s"]["schemaUrl"] == "https://schema.example"
    assert "name" not in spans["nameless"]["scope"]


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_compressions(traced, compression):
    tracer = traced.start(compression=compression)
    for _ in range(200):
        tracer.start_span("s").end()
    assert traced.provider.force_flush()
    stats = traced.provider.stats()
    assert (stats.bytes_wire < stats.bytes_encoded) == (compression == "gzip")
    traced.delivered()


def test_headers_and_values_are_sent_but_never_said(receiver, caplog):
    provider = cero.TracerProvider(endpoint=receiver.url, headers={"x-key": "secret"})
    provider.get_tracer("t").start_span("s").end()
    assert provider.force_flush()
    with pytest.raises(ValueError) as error:
        cero.TracerProvider(endpoint=receiver.url, headers={"x-key": "sec\nret"})
    assert "sec" not in str(error.value).replace("secret read from a file", "")
    assert "secret" not in caplog.text


def test_spans_after_shutdown_are_counted(traced):
    tracer = traced.start()
    span = tracer.start_span("late")
    traced.provider.shutdown()
    span.end()
    assert not tracer.start_span("later").is_recording()
    stats = traced.provider.stats()
    assert stats.dropped.after_shutdown == 1 and stats.balanced
    assert not traced.provider.force_flush()
    traced.provider.shutdown()  # a second one does nothing


def test_flush_that_fails_says_so_by_logging(caplog):
    provider = cero.TracerProvider(endpoint="http://127.0.0.1:1/v1/traces")
    provider.get_tracer("t").start_span("s").end()
    with caplog.at_level(logging.DEBUG, logger="cero"):
        assert not provider.force_flush(200)
        provider.shutdown(0)
    assert "force_flush: the deadline passed" in caplog.text
    stats = provider.stats()
    assert stats.recorded == 1 and stats.exported == 0 and stats.balanced


def test_errors_of_the_background_reach_logging_by_themselves():
    """Nothing but Python code that runs is needed: no flush, no further span."""
    seen = threading.Event()
    records = []

    class Handler(logging.Handler):
        def emit(self, record):
            records.append((record.getMessage(), threading.current_thread()))
            seen.set()

    handler = Handler()
    logging.getLogger("cero").addHandler(handler)
    try:
        provider = cero.TracerProvider(
            endpoint="http://127.0.0.1:1/v1/traces", batch_delay_max=0, retry_time_max=0
        )
        provider.get_tracer("t").start_span("s").end()
        while not seen.wait(0.01):  # the interpreter's main thread gets to run
            pass
    finally:
        logging.getLogger("cero").removeHandler(handler)
    assert records[0][1] is threading.main_thread()
    provider.shutdown(0)


def test_delivers_at_the_end_of_the_program():
    with Receiver() as receiver:
        run_python(
            "import cero, os\n"
            "p = cero.TracerProvider(endpoint=os.environ['URL'], batch_delay_max=3600)\n"
            "p.get_tracer('t').start_span('at exit').end()\n",
            URL=receiver.url,
        )
        assert [s["name"] for s in spans_of(receiver.stop())] == ["at exit"]


def test_end_of_the_program_does_not_wait_beyond_its_deadline():
    """The backend is away, and the deadline is zero: it ends, says so, and has counted the span."""
    words = run_python(
        "import atexit, logging, sys\n"
        "logging.basicConfig()\n"
        "atexit.register(lambda: print(p.stats(), file=sys.stderr))\n"  # so it runs after cero's
        "import cero\n"
        "p = cero.TracerProvider(endpoint='http://127.0.0.1:1/v1/traces', shutdown_timeout=0)\n"
        "p.get_tracer('t').start_span('s').end()\n"
    )
    # The span may be counted before the deadline has passed, or after it.
    passed = "shutdown: the deadline passed; what was not delivered is counted in stats()"
    lost = "shutdown: some spans were not delivered; stats() has them by reason"
    assert (passed in words) != (lost in words), words
    assert "recorded=1, exported=0, rejected=0" in words


def test_ends_quietly_with_a_span_that_is_current():
    words = run_python(
        "import cero, os\n"
        "p = cero.TracerProvider(exporter=cero.ConsoleExporter())\n"
        "m = p.get_tracer('t').start_as_current_span('s')\n"
        "m.__enter__()\n"
    )
    assert words == ""


def test_a_collected_provider_has_delivered(receiver):
    provider = cero.TracerProvider(endpoint=receiver.url, batch_delay_max=3600)
    provider.get_tracer("t").start_span("s").end()
    del provider
    gc.collect()
    assert [s["name"] for s in spans_of(receiver.stop())] == ["s"]


def test_console_prints_a_tree():
    program = (
        "import cero\n"
        "p = cero.TracerProvider(exporter=cero.ConsoleExporter(color=False))\n"
        "t = p.get_tracer('t')\n"
        "with t.start_as_current_span('outer'):\n"
        "    t.start_span('inner').end()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=DEADLINE
    )
    assert result.returncode == 0, result.stderr
    assert "outer" in result.stdout and "inner" in result.stdout


def test_environment(receiver, monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", receiver.url)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "by variable")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "a=1,b=2")
    monkeypatch.setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "1")
    provider = cero.TracerProvider.from_environment(resource={"b": "by code"})
    provider.get_tracer("t").start_span("s", attributes={"kept": 1, "dropped": 2}).end()
    assert provider.force_flush()
    (span,) = spans_of(receiver.stop())
    assert span["resource"]["service.name"] == "by variable"
    assert (span["resource"]["a"], span["resource"]["b"]) == ("1", "by code")
    assert span["attributes"] == {"kept": 1}


def test_disabled_by_environment(monkeypatch):
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    provider = cero.TracerProvider.from_environment()
    span = provider.get_tracer("t").start_span("s")
    assert not span.is_recording() and not span.get_span_context().is_valid
    span.end()
    assert provider.stats().recorded == 0
