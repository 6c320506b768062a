# Made by ./dev tables from include/cero/stats.h: what python/src/cero/_stats.py makes when
# it is imported, for type checkers.
from dataclasses import dataclass
from typing import Any

@dataclass(frozen=True)
class DroppedSpans:
    ring_full: int
    span_too_large: int
    no_memory: int
    corrupt: int
    reentrant: int
    retry_expired: int
    permanent_error: int
    after_shutdown: int
    @property
    def total(self) -> int: ...

@dataclass(frozen=True)
class EndpointStats:
    exported: int
    requests: int
    failures: int
    healthy: bool

@dataclass(frozen=True)
class Stats:
    recorded: int
    exported: int
    rejected: int
    in_flight: int
    non_recording_no_memory: int
    tracers_refused: int
    attributes_dropped: int
    events_dropped: int
    links_dropped: int
    negative_durations: int
    requests: int
    retries: int
    bytes_encoded: int
    bytes_wire: int
    uncompressed_bodies: int
    uncompressed_spans: int
    connections: int
    http1_responses: int
    http2_responses: int
    unreadable_responses: int
    endpoint_count: int
    batch_cpu_ns: int
    export_cpu_ns: int
    dropped: DroppedSpans
    endpoints: tuple[EndpointStats, ...]
    @property
    def balanced(self) -> bool: ...

def make_stats(numbers: dict[str, Any]) -> Stats: ...
def sum_of(all_stats: list[Stats]) -> Stats: ...
