"""Attribute values of every type the API allows, and of those it does not."""

import collections
import enum

import cero
import pytest


class Color(str, enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    SEVEN = 7


VALUES = {
    "empty text": ("", ""),
    "text": ("naïve ☕", "naïve ☕"),
    "long text": ("x" * 5000, "x" * 5000),
    "true": (True, True),
    "false": (False, False),
    "zero": (0, 0),
    "smallest": (-(2**63), -(2**63)),
    "largest": (2**63 - 1, 2**63 - 1),
    "beyond int64": (2**63, str(2**63)),
    "far beyond": (-(10**30), str(-(10**30))),
    "float": (1.5, 1.5),
    "not a number": (float("inf"), float("inf")),
    "bytes": (b"\x00\xff", "AP8="),
    "none": (None, None),
    "texts": (["a", "", "é"], ["a", "", "é"]),
    "tuple": ((1, 2), [1, 2]),
    "booleans": ([True, False], [True, False]),
    "floats": ([0.5, 1.0], [0.5, 1.0]),
    "empty sequence": ([], []),
    "with none": (["a", None], ["a", None]),
    "mixed": ([1, "a", 2.5, True], [1, "a", 2.5, True]),
    "nested": ([[1], ["a", [b""]]], [[1], ["a", [""]]]),
    "map": ({"a": 1, "b": {"c": None}}, {"a": 1, "b": {"c": None}}),
    "other mapping": (collections.ChainMap({"a": 1}), {"a": 1}),
    "other sequence": (range(3), [0, 1, 2]),
    "text of an enumeration": (Color.RED, "red"),
    "number of an enumeration": (Number.SEVEN, 7),
    "lone surrogate": ("a\ud800b", "a?b"),
}


@pytest.mark.parametrize("name", list(VALUES))
def test_value(traced, name):
    given, expected = VALUES[name]
    span = traced.start(span_bytes_max=65536).start_span("s", attributes={"start": given})
    span.set_attribute("set", given)
    span.set_attributes({"sets": given})
    span.add_event("e", {"event": given})
    span.end()
    arrived = traced.delivered()["s"]
    assert arrived["attributes"] == {"start": expected, "set": expected, "sets": expected}
    assert arrived["events"][0]["attributes"] == {"event": expected}


@pytest.mark.parametrize(
    "value, expected", [({1}, "{1}"), (1j, "1j"), (object(), None), ([1j, object()], ["1j", None])]
)
def test_what_is_no_value_becomes_words(traced, caplog, value, expected):
    span = traced.start().start_span("s")
    span.set_attribute("k", value)
    span.end()
    assert traced.delivered()["s"]["attributes"] == {"k": expected}
    assert "attribute 'k' has the type" in caplog.text


@pytest.mark.parametrize("key", ["", None, 7, b"k"])
def test_no_key(traced, caplog, key):
    span = traced.start().start_span("s", attributes={key: 0})
    span.set_attribute(key, 1)
    span.set_attributes({key: 1, "kept": 2})
    span.end()
    arrived = traced.delivered()["s"]
    assert arrived["attributes"] == {"kept": 2}
    assert arrived["droppedAttributesCount"] == 3
    assert "an attribute's key is" in caplog.text


def test_list_that_holds_itself_ends(traced):
    endless = []
    endless.append(endless)
    span = traced.start().start_span("s")
    span.set_attribute("endless", endless)
    span.end()
    assert "endless" in traced.delivered()["s"]["attributes"]


def test_sequence_that_raises_is_none(traced, caplog):
    class Broken(collections.abc.Sequence):
        def __len__(self):
            return 1

        def __getitem__(self, index):
            raise RuntimeError("broken on purpose")

    span = traced.start().start_span("s")
    span.set_attribute("k", Broken())
    span.end()
    assert traced.delivered()["s"]["attributes"] == {"k": None}
    assert "broken on purpose" in caplog.text


def test_last_value_of_a_key_holds(traced):
    span = traced.start().start_span("s", attributes={"k": 1, "other": True})
    span.set_attribute("k", "a longer value than before")
    span.end()
    assert traced.delivered()["s"]["attributes"] == {
        "k": "a longer value than before",
        "other": True,
    }


def test_limits(traced):
    limits = cero.SpanLimits(
        attributes_max=2,
        events_max=1,
        links_max=0,
        attributes_per_event_max=1,
        attribute_value_length_max=3,
    )
    tracer = traced.start(span_limits=limits)
    span = tracer.start_span("s", attributes={"a": "abcdef", "b": ["abcdef"], "c": 1})
    span.add_event("kept", {"x": 1, "y": 2})
    span.add_event("dropped")
    span.add_link(tracer.start_span("other").get_span_context())
    assert (span.dropped_attributes, span.dropped_events, span.dropped_links) == (1, 1, 1)
    span.end()
    arrived = traced.delivered()["s"]
    assert arrived["attributes"] == {"a": "abc", "b": ["abc"]}
    assert arrived["droppedAttributesCount"] == 1
    assert arrived["droppedEventsCount"] == 1
    assert arrived["droppedLinksCount"] == 1
    assert arrived["events"][0]["droppedAttributesCount"] == 1


def test_name_of_any_type_is_text(traced):
    tracer = traced.start()
    tracer.start_span(404).end()
    span = tracer.start_span("a\udfffb")
    span.add_event(1)
    span.end()
    arrived = traced.delivered()
    assert arrived["a?b"]["events"][0]["name"] == "1"
    assert "404" in arrived
