"""What can be read from a span: the parts that the OpenTelemetry API has no class for."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Optional

AttributeMap = Mapping[str, Any]


class Event(NamedTuple):
    """Something that happened at a moment of a span."""

    name: str
    attributes: AttributeMap
    timestamp: int  # nanoseconds since the epoch


class InstrumentationScope(NamedTuple):
    """Who made a span: the arguments of get_tracer."""

    name: str
    version: Optional[str]
    schema_url: Optional[str]
    attributes: AttributeMap


class Resource(NamedTuple):
    """What makes the spans: a service, a process, a host."""

    attributes: AttributeMap
    schema_url: str
