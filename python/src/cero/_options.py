"""The arguments of providers and processors, made ready for the native part."""

from __future__ import annotations

import dataclasses
from typing import Any, Mapping, Optional, Union

from ._native import __version__


@dataclasses.dataclass(frozen=True)
class ConsoleExporter:
    """Prints each trace as a tree, for a person who debugs. The format is no interface.

    color: None is colour when standard output is a terminal.
    """

    color: Optional[bool] = None


@dataclasses.dataclass(frozen=True)
class SpanLimits:
    """What one span may hold; what is over a limit is dropped and counted on the span.

    attribute_value_length_max: characters of a str, bytes of bytes; None is no limit.
    """

    attributes_max: int = 128
    events_max: int = 128
    links_max: int = 128
    attributes_per_event_max: int = 128
    attributes_per_link_max: int = 128
    attribute_value_length_max: Optional[int] = None


# A mapping, or what the SDK's Resource.create(...) returns.
ResourceLike = Union[Mapping[str, Any], Any, None]

# What cero says of itself where the SDK's Resource speaks for the SDK.
_OWN_SDK = {
    "telemetry.sdk.name": "cero",
    "telemetry.sdk.language": "python",
    "telemetry.sdk.version": __version__,
}


def read_resource(resource: ResourceLike) -> tuple[dict[str, Any], str]:
    """Attributes and schema URL."""
    attributes = dict(getattr(resource, "attributes", resource) or {})
    if attributes.get("telemetry.sdk.name") == "opentelemetry":
        attributes.update(_OWN_SDK)
    for key, value in _OWN_SDK.items():
        attributes.setdefault(key, value)
    return attributes, getattr(resource, "schema_url", None) or ""


def _plain(value: Any) -> Any:
    """The SDK's Compression.Gzip is "gzip"."""
    return getattr(value, "value", value)


def native_options(
    resource: ResourceLike,
    exporter: Optional[ConsoleExporter],
    span_limits: Optional[SpanLimits],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """As the native part takes them: by name, None left out."""
    attributes, schema_url = read_resource(resource)
    native: dict[str, Any] = {"resource": attributes, "resource_schema_url": schema_url}
    if exporter is not None:
        if not isinstance(exporter, ConsoleExporter):
            raise TypeError(
                f"exporter must be a cero.ConsoleExporter, not {type(exporter).__name__}: "
                "say where to with endpoint=, or add a processor of your own with "
                "add_span_processor"
            )
        if options.get("endpoint") is not None:
            raise ValueError("exporter and endpoint exclude each other: leave one out")
        native["console"] = exporter.color
    if span_limits is not None:
        if not isinstance(span_limits, SpanLimits):
            raise TypeError(
                f"span_limits must be a cero.SpanLimits, not {type(span_limits).__name__}"
            )
        native.update(dataclasses.asdict(span_limits))
    native.update(options)
    if "compression" in native:
        native["compression"] = _plain(native["compression"])
    return {name: value for name, value in native.items() if value is not None or name == "console"}
