"""The ledger of a provider, span by span."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class DroppedSpans:
    """Why spans were lost. Each dropped span counts under one reason."""

    ring_full: int
    span_too_large: int
    no_memory: int
    corrupt: int
    reentrant: int
    retry_expired: int
    permanent_error: int
    after_shutdown: int

    @property
    def total(self) -> int:
        return sum(dataclasses.astuple(self))


@dataclasses.dataclass(frozen=True)
class Stats:
    """recorded == exported + rejected + dropped.total + in_flight, whenever nothing moves."""

    recorded: int
    exported: int
    rejected: int
    dropped: DroppedSpans
    in_flight: int
    non_recording_no_memory: int
    attributes_dropped: int
    events_dropped: int
    links_dropped: int
    requests: int
    retries: int
    bytes_encoded: int
    bytes_wire: int
    connections: int
    batch_cpu_ns: int
    export_cpu_ns: int

    @property
    def balanced(self) -> bool:
        accounted = self.exported + self.rejected + self.dropped.total + self.in_flight
        return self.recorded == accounted


def make_stats(counts: dict[str, Any]) -> Stats:
    return Stats(**{**counts, "dropped": DroppedSpans(**counts["dropped"])})


def sum_of(all_stats: list[Stats]) -> Stats:
    """Of several pipelines; of none, zeros."""

    def sums(kind: type, each: list[Any]) -> dict[str, Any]:
        names = [field.name for field in dataclasses.fields(kind) if field.name != "dropped"]
        return {name: sum(getattr(one, name) for one in each) for name in names}

    dropped = DroppedSpans(**sums(DroppedSpans, [stats.dropped for stats in all_stats]))
    return Stats(**sums(Stats, all_stats), dropped=dropped)
