"""The ledger of a provider, span by span.

The fields and their meanings come from the lists of the library, include/cero/stats.h. `./dev
tables` makes _stats.pyi, for type checkers, from the same lists.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

from . import _native

_LISTS = _native.ledger()


class _DroppedSpans:
    """Why spans were lost. Each dropped span counts under one reason. The span:"""

    @property
    def total(self) -> int:
        return sum(getattr(self, field.name) for field in dataclasses.fields(self))


class _EndpointStats:
    """How one endpoint of the exporter fares."""


class _Stats:
    """recorded == exported + rejected + dropped.total + in_flight, whenever nothing moves.

    dropped: why spans were lost.
    endpoints: an EndpointStats for each endpoint of the exporter.
    """

    @property
    def balanced(self) -> bool:
        accounted = self.exported + self.rejected + self.dropped.total + self.in_flight
        return self.recorded == accounted


def _dataclass(base: type, rows: list[tuple], **others: type) -> type:
    """A frozen dataclass with a number for each row; the field's metadata says what it is."""
    fields, text = [], (base.__doc__ or "").rstrip() + "\n"
    for name, kind, unit, description, value in rows:
        metadata = {"kind": kind, "unit": unit, "description": description}
        fields.append((name, type(value), dataclasses.field(metadata=metadata)))
        text += f"\n    {name}: {description}."
    return dataclasses.make_dataclass(
        base.__name__.lstrip("_"),
        fields + list(others.items()),
        bases=(base,),
        namespace={"__doc__": text + "\n", "__module__": __name__},
        frozen=True,
    )


DroppedSpans = _dataclass(_DroppedSpans, _LISTS["drop_reasons"])
EndpointStats = _dataclass(_EndpointStats, _LISTS["endpoint_counters"])
Stats = _dataclass(_Stats, _LISTS["counters"], dropped=DroppedSpans, endpoints=tuple)


def make_stats(numbers: dict[str, Any]) -> Any:
    dropped = DroppedSpans(**numbers["dropped"])
    endpoints = tuple(EndpointStats(**each) for each in numbers["endpoints"])
    return Stats(**{**numbers, "dropped": dropped, "endpoints": endpoints})


def sum_of(all_stats: list[Any]) -> Any:
    """Of several pipelines to the same endpoints; of none, zeros."""
    endpoints = itertools.zip_longest(*(stats.endpoints for stats in all_stats))
    return Stats(
        **{
            **_sums(Stats, all_stats),
            "endpoint_count": max((stats.endpoint_count for stats in all_stats), default=0),
        },
        dropped=DroppedSpans(**_sums(DroppedSpans, [stats.dropped for stats in all_stats])),
        endpoints=tuple(EndpointStats(**_sums(EndpointStats, each)) for each in endpoints),
    )


def _sums(kind: type, each: list[Any]) -> dict[str, Any]:
    """The numbers added up; a flag holds where it does for all."""

    def sum_of_one(field: dataclasses.Field) -> Any:
        values = [getattr(one, field.name) for one in each if one is not None]
        return all(values) if field.type is bool else sum(values)

    return {field.name: sum_of_one(field) for field in dataclasses.fields(kind) if field.metadata}
