"""The arguments of providers and processors, made ready for the native part."""

from __future__ import annotations

import dataclasses
import difflib
from typing import Any, Mapping, Union

from ._native import __version__
from ._option_types import KEYWORDS, ConsoleExporter, SpanLimits

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
    try:
        attributes = dict(getattr(resource, "attributes", resource) or {})
    except (TypeError, ValueError):
        raise TypeError(
            f"resource must be a mapping or the SDK's Resource, not {type(resource).__name__}"
        ) from None
    if attributes.get("telemetry.sdk.name") == "opentelemetry":
        attributes.update(_OWN_SDK)
    for key, value in _OWN_SDK.items():
        attributes.setdefault(key, value)
    return attributes, getattr(resource, "schema_url", None) or ""


def _check_keywords(options: Mapping[str, Any]) -> None:
    problems = []
    for name in options:
        if name in KEYWORDS:
            continue
        close = difflib.get_close_matches(name, KEYWORDS, 1)
        fix = f"did you mean '{close[0]}'? " if close else ""
        problems.append(f"unknown option '{name}': {fix}help(cero.TracerProvider) has them all")
    if problems:
        raise TypeError("\n".join(problems))


def native_options(resource: ResourceLike, options: Mapping[str, Any]) -> dict[str, Any]:
    """As the native part takes them: by name, None left out."""
    _check_keywords(options)
    attributes, schema_url = read_resource(resource)
    native: dict[str, Any] = {"resource": attributes, "resource_schema_url": schema_url}
    native.update({name: value for name, value in options.items() if value is not None})
    native.pop("shutdown_on_exit", None)

    exporter = native.pop("exporter", None)
    if exporter is not None:
        if not isinstance(exporter, (ConsoleExporter, str)):
            raise TypeError(
                f"exporter must be a cero.ConsoleExporter, not {type(exporter).__name__}: "
                "say where to with endpoint=, or add a processor of your own with "
                "add_span_processor"
            )
        if options.get("endpoint") is not None and exporter != "otlp":
            raise ValueError("exporter and endpoint exclude each other: leave one out")
        if isinstance(exporter, str):
            native["exporter"] = exporter
        else:
            native["exporter"] = "console"
            native.update(_by_field("exporter", exporter))

    limits = native.pop("span_limits", None)
    if limits is not None:
        if not isinstance(limits, SpanLimits):
            raise TypeError(f"span_limits must be a cero.SpanLimits, not {type(limits).__name__}")
        native.update(_by_field("span_limits", limits))
    return native


def _by_field(keyword: str, value: Any) -> dict[str, Any]:
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return {f"{keyword}.{name}": field for name, field in fields.items() if field is not None}
