"""The ledger in Python has every number of the library's lists, and nothing else."""

import ast
import dataclasses
import pathlib
import pickle

import cero
from cero import _native, _stats
from opentelemetry.sdk.trace import TracerProvider as SdkTracerProvider
from receiver import Receiver

LISTS = _native.ledger()


def names_of(rows):
    return [name for name, *_ in rows]


def field_names(kind):
    return [field.name for field in dataclasses.fields(kind)]


def test_fields_are_those_of_the_lists():
    assert field_names(cero.DroppedSpans) == names_of(LISTS["drop_reasons"])
    assert field_names(cero.EndpointStats) == names_of(LISTS["endpoint_counters"])
    assert field_names(cero.Stats) == [*names_of(LISTS["counters"]), "dropped", "endpoints"]


def test_a_provider_has_every_number_of_the_lists():
    provider = cero.TracerProvider(exporter=cero.ConsoleExporter())
    numbers = provider._native.stats()
    assert list(numbers) == [*names_of(LISTS["counters"]), "dropped", "endpoints"]
    assert list(numbers["dropped"]) == names_of(LISTS["drop_reasons"])
    assert [list(one) for one in numbers["endpoints"]] == [names_of(LISTS["endpoint_counters"])]
    provider.shutdown()


def test_type_checkers_see_the_same_fields():
    # Python takes the .py, type checkers the .pyi beside it.
    stub = ast.parse(pathlib.Path(_stats.__file__).with_suffix(".pyi").read_text())
    classes = {node.name: node for node in stub.body if isinstance(node, ast.ClassDef)}
    for kind in (cero.DroppedSpans, cero.EndpointStats, cero.Stats):
        fields = [n for n in classes[kind.__name__].body if isinstance(n, ast.AnnAssign)]
        assert [field.target.id for field in fields] == field_names(kind)


def test_each_field_says_what_it_is():
    fields = {field.name: field for field in dataclasses.fields(cero.Stats)}
    assert fields["in_flight"].metadata["kind"] == "gauge"
    assert fields["bytes_wire"].metadata["unit"] == "By"
    assert fields["requests"].type is int
    for kind, rows in (
        (cero.Stats, LISTS["counters"]),
        (cero.DroppedSpans, LISTS["drop_reasons"]),
        (cero.EndpointStats, LISTS["endpoint_counters"]),
    ):
        for name, _kind, _unit, description, _value in rows:
            assert f"{name}: {description}." in kind.__doc__


def test_counts_answers_by_version_and_by_endpoint(traced):
    tracer = traced.start()
    for _ in range(3):
        tracer.start_span("s").end()
    assert traced.provider.force_flush()
    stats = traced.provider.stats()
    assert stats.negative_durations == 0
    assert (stats.http1_responses, stats.http2_responses) == (stats.requests, 0)
    assert stats.endpoint_count == 1
    (endpoint,) = stats.endpoints
    assert endpoint == cero.EndpointStats(
        exported=3, requests=stats.requests, failures=0, healthy=True
    )
    traced.delivered()


def test_can_be_compared_and_pickled(traced):
    traced.start()
    stats = traced.provider.stats()
    assert pickle.loads(pickle.dumps(stats)) == stats
    assert repr(stats).startswith("Stats(recorded=0, exported=0, rejected=0, in_flight=0, ")


def test_the_processors_ledger_is_the_sum_of_its_pipelines():
    with Receiver() as receiver:
        processor = cero.SpanProcessor(endpoint=receiver.url)
        for _ in range(2):  # each provider has a resource, so that there are two pipelines
            provider = SdkTracerProvider()
            provider.add_span_processor(processor)
            provider.get_tracer("t").start_span("s").end()
        assert processor.force_flush()
        stats = processor.stats()
        processor.shutdown()
    assert stats.balanced and stats.exported == 2
    assert stats.endpoint_count == 1
    (endpoint,) = stats.endpoints
    assert (endpoint.exported, endpoint.requests, endpoint.healthy) == (2, 2, True)


def test_the_sum_of_no_pipeline_is_zero():
    stats = _stats.sum_of([])
    assert stats.balanced and stats.recorded == 0 and stats.dropped.total == 0
    assert stats.endpoints == () and stats.endpoint_count == 0


def test_what_is_dropped_adds_up():
    reasons = names_of(LISTS["drop_reasons"])
    dropped = cero.DroppedSpans(**{name: 2**i for i, name in enumerate(reasons)})
    assert dropped.total == 2 ** len(reasons) - 1
