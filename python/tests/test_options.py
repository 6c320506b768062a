"""Options: Python has every one that the native part lists, and speaks of them in its own words."""

import ast
import inspect
import os
import pathlib
import subprocess
import sys
import threading

import cero
import pytest
from cero import _native, _option_types
from receiver import DEADLINE, Receiver, spans_of

LISTED = [keyword for keyword, _, _ in _native.options()]
STUB = pathlib.Path(_option_types.__file__).with_suffix(".pyi")


def fields_of_stub(name):
    classes = [n for n in ast.parse(STUB.read_text()).body if isinstance(n, ast.ClassDef)]
    (found,) = [c for c in classes if c.name == name]
    return [n.target.id for n in found.body if isinstance(n, ast.AnnAssign)]


def test_every_option_is_a_keyword_with_a_type_and_a_sentence():
    keywords = list(inspect.signature(cero.TracerProvider).parameters)
    typed = fields_of_stub("ProviderOptions")
    for option in LISTED:
        keyword, _, field = option.partition(".")
        assert keyword in keywords, option
        assert keyword == "resource" or keyword in typed, option
        assert f"{keyword}" in cero.TracerProvider.__doc__
        if field:
            name = {"exporter": "ConsoleExporter", "span_limits": "SpanLimits"}[keyword]
            assert field in fields_of_stub(name), option
            assert hasattr(getattr(cero, name)(), field), option
    assert set(keywords) == {o.split(".")[0] for o in LISTED} | {"shutdown_on_exit"}
    assert set(typed) | {"resource"} == set(keywords)


def test_defaults_are_the_native_ones():
    assert cero.SpanLimits().events_max == 128
    assert cero.SpanLimits().attribute_value_length_max is None
    assert cero.ConsoleExporter().color is None
    native = {keyword: default for keyword, default, _ in _native.options()}
    assert native["timeout"] == 10.0
    assert native["batch_spans_max"] == 4096
    assert native["protocol"] == "http/protobuf"
    assert native["memory_max"] is None


def test_help_has_every_option(capsys):
    help(cero.TracerProvider)
    shown = capsys.readouterr().out
    for option in LISTED:
        assert option.split(".")[0] in shown, option


def test_an_unknown_option_is_told_with_what_was_meant():
    with pytest.raises(TypeError, match="unknown option 'memory_maxx': did you mean 'memory_max'"):
        cero.TracerProvider(memory_maxx=1)
    with pytest.raises(TypeError, match="unknown option 'zzz': help"):
        cero.TracerProvider.from_environment(zzz=1)
    with pytest.raises(TypeError, match="unknown option 'endpint'"):
        cero.SpanProcessor(endpint="http://localhost")


def test_a_users_own_text_is_left_as_it_is():
    """Once, names were replaced in the finished message, in the user's URL too."""
    url = "http://exporter.batch.limits.example:99999/http_protobuf"
    with pytest.raises(ValueError) as error:
        cero.TracerProvider(endpoint=url)
    assert f'endpoint is "{url}"' in str(error.value)


def test_values_are_in_pythons_units_and_words():
    with pytest.raises(ValueError, match="batch_delay_max is 5000 s: choose from 0 s to 3600 s"):
        cero.TracerProvider(batch_delay_max=5000)
    with pytest.raises(ValueError, match="remove what follows host and port, or choose http/prot"):
        cero.TracerProvider(protocol="grpc", endpoint="https://host/v1/traces")


def test_an_error_names_the_variable_that_set_the_option(monkeypatch, caplog):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "nonsense")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "a b=1")
    with pytest.raises(ValueError) as error:
        cero.TracerProvider.from_environment(batch_spans_max=0)
    message = str(error.value)
    assert 'OTEL_EXPORTER_OTLP_ENDPOINT (endpoint) is "nonsense"' in message
    assert "OTEL_EXPORTER_OTLP_HEADERS is ignored" in caplog.text
    assert "entry 1: its name" in caplog.text
    assert "\n  batch_spans_max is 0" in message


def test_exporter_may_be_a_word():
    provider = cero.TracerProvider(exporter="none")
    assert not provider.get_tracer("t").start_span("s").is_recording()
    with pytest.raises(ValueError, match="choose one of otlp, console, none"):
        cero.TracerProvider(exporter="zipkin")


@pytest.mark.parametrize("policy", ["failover", "round_robin"])
def test_spans_go_to_another_endpoint(receiver, policy):
    provider = cero.TracerProvider(
        endpoint="http://127.0.0.1:1/v1/traces",
        more_endpoints=[
            "http://127.0.0.1:2/v1/traces",
            cero.Endpoint(receiver.url, headers={"x-key": "secret"}),
        ],
        endpoint_policy=policy,
        memory_max=128 << 20,
    )
    provider.get_tracer("t").start_span("s").end()
    assert provider.force_flush()
    assert [s["name"] for s in spans_of(receiver.stop())] == ["s"]
    provider.shutdown()


@pytest.mark.parametrize(
    "given, words",
    [
        ("http://localhost", "more_endpoints must be a sequence of URLs or cero.Endpoint, not str"),
        ([3], "more_endpoints\\[0\\] must be a str or a cero.Endpoint, not int"),
        ([cero.Endpoint(3)], "more_endpoints\\[0\\].url must be a str, not int"),
        (["http://a", cero.Endpoint("http://b", {"k": 1})], "\\[1\\].headers\\['k'\\] must be a"),
    ],
)
def test_endpoints_of_the_wrong_type_are_named(given, words):
    with pytest.raises(TypeError, match=words):
        cero.TracerProvider(more_endpoints=given)


def test_wrong_endpoints_are_named():
    with pytest.raises(ValueError) as error:
        cero.TracerProvider(more_endpoints=["x", cero.Endpoint("http://h", {"k": None})])
    assert '\n  more_endpoints[0].url is "x"' in str(error.value)
    assert '\n  more_endpoints[1].headers["k"] has a null value' in str(error.value)
    with pytest.raises(ValueError, match="endpoint_policy is 'best': choose one of failover"):
        cero.TracerProvider(endpoint_policy="best")
    with pytest.raises(ValueError, match="memory_max is 17825792, but .*\\(batch_bytes_max\\)"):
        cero.TracerProvider(memory_max=17 << 20)


def test_threads_are_told_when_they_start(receiver):
    names = []
    both = threading.Event()

    def note(name):
        names.append((name, threading.get_ident() != threading.main_thread().ident))
        if len(names) == 2:
            both.set()

    provider = cero.TracerProvider(endpoint=receiver.url, on_thread_start=note)
    assert both.wait(DEADLINE)
    assert sorted(names) == [("cero-batch", True), ("cero-export", True)]
    provider.shutdown()
    with pytest.raises(TypeError, match="on_thread_start must be callable, not int"):
        cero.TracerProvider(on_thread_start=3)


def test_a_hook_that_raises_harms_nothing(receiver, monkeypatch):
    raised = []
    both = threading.Event()

    def note(unraisable):
        raised.append(str(unraisable.exc_value))
        if len(raised) == 2:
            both.set()

    monkeypatch.setattr(sys, "unraisablehook", note)

    def hook(name):
        raise RuntimeError(name)

    provider = cero.TracerProvider(endpoint=receiver.url, on_thread_start=hook)
    assert both.wait(DEADLINE)
    assert sorted(raised) == ["cero-batch", "cero-export"]
    provider.get_tracer("t").start_span("s").end()
    assert provider.force_flush()
    provider.shutdown()
    assert [s["name"] for s in spans_of(receiver.stop())] == ["s"]


def test_threads_of_a_forked_child_are_told(receiver):
    read, write = os.pipe()
    provider = cero.TracerProvider(
        endpoint=receiver.url,
        on_thread_start=lambda name: os.write(write, f"{os.getpid()} {name}\n".encode()),
    )
    child = os.fork()
    if child == 0:
        provider.get_tracer("t").start_span("s").end()
        os._exit(0 if provider.force_flush() else 1)
    assert os.waitpid(child, 0)[1] == 0
    provider.shutdown()
    os.close(write)
    with os.fdopen(read) as lines:
        told = sorted(line.split() for line in lines)
    both = ("cero-batch", "cero-export")
    assert told == sorted([str(pid), name] for pid in (os.getpid(), child) for name in both)


def test_a_provider_may_be_dropped_with_its_hook():
    with Receiver() as receiver:
        dropped = threading.Event()

        class Hook:
            def __call__(self, name):
                pass

            def __del__(self):
                dropped.set()

        provider = cero.TracerProvider(
            endpoint=receiver.url, on_thread_start=Hook(), shutdown_on_exit=False
        )
        provider.shutdown()
        del provider
        assert dropped.wait(DEADLINE)
        receiver.stop()


@pytest.mark.parametrize(
    "options, kind, words",
    [
        ({"headers": "a=b"}, TypeError, "headers must be a mapping of str to str, not str"),
        ({"headers": 5, "timeout": "x"}, TypeError, "2 options are wrong:\n  headers must.*\n  t"),
        ({"endpoint": 5, "compression": "x"}, TypeError, "endpoint must be a str.*\n  compression"),
        ({"resource": 5}, TypeError, "resource must be a mapping or the SDK's Resource, not int"),
        ({"endpont": 1, "timeot": 1}, TypeError, "'endpoint'.*\nunknown option 'timeot'"),
        ({"batch_spans_max": -1}, ValueError, "batch_spans_max is -1: choose from 1 to 1000000"),
        ({"batch_spans_max": 10**5000}, ValueError, "batch_spans_max is beyond 64 bits: choose"),
        ({"timeout": 10**400}, ValueError, "timeout is .* s: choose from 0 s to 3600 s"),
        ({"timeout": -0.0004}, ValueError, "timeout is -0.001 s: choose"),
        ({"connection_age_max": -0.9}, ValueError, "connection_age_max is -1 s: choose"),
        ({"endpoint": "http://h/\0x", "timeout": -1}, ValueError, "(?s)endpoint.*timeout is -1 s"),
        ({"endpoint": "http://\udc80h"}, ValueError, "endpoint is .*non-ASCII"),
        ({"endpoint": "http://\ud800h"}, ValueError, "endpoint is not valid Unicode"),
        ({"endpoint": "http://u:p?w@h/"}, ValueError, 'endpoint is "http://..."'),
        ({"headers": {"Authorization: Basic x": "y"}}, ValueError, '"Authorization"...: use'),
    ],
)
def test_what_users_do_wrong_is_told(options, kind, words):
    with pytest.raises(kind, match=words):
        cero.TracerProvider(**options)


def test_a_file_name_that_python_cannot_decode_is_named():
    with pytest.raises(ValueError, match="ca_certificate_file is .*xff.pem"):
        cero.TracerProvider(ca_certificate_file=os.fsdecode(b"/no/such/\xff.pem"))


def test_a_variable_that_is_no_utf8_is_told(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", os.fsdecode(b"http://\xffh"))
    with pytest.raises(ValueError, match="OTEL_EXPORTER_OTLP_ENDPOINT .endpoint. is .*xff"):
        cero.TracerProvider.from_environment()


def test_a_small_timeout_is_not_no_timeout(receiver):
    provider = cero.TracerProvider(endpoint=receiver.url, timeout=1e-9, connection_age_max=1e-9)
    provider.shutdown(0)


def test_what_a_users_object_raises_is_raised():
    class Broken:
        url = "http://localhost"

        @property
        def headers(self):
            raise RuntimeError("vault down")

        def __float__(self):
            raise KeyboardInterrupt

    with pytest.raises(RuntimeError, match="vault down"):
        cero.TracerProvider(more_endpoints=[Broken()])
    with pytest.raises(KeyboardInterrupt):
        cero.TracerProvider(timeout=Broken())


def test_secrets_are_in_no_repr():
    assert "hunter2" not in repr(cero.Endpoint("http://h", {"key": "hunter2"}))


def test_a_subclass_has_its_own_signature():
    class Own(cero.TracerProvider):
        def __init__(self, name, *, region):
            super().__init__(exporter="none")

    class Plain(cero.TracerProvider):
        pass

    assert list(inspect.signature(Own).parameters) == ["name", "region"]
    assert inspect.signature(Plain) == inspect.signature(cero.TracerProvider)


def test_runs_without_docstrings():
    subprocess.run([sys.executable, "-OO", "-c", "import cero; cero.TracerProvider()"], check=True)
