# Made by `./dev tables` from core/config/option_table.h: edit that.
from dataclasses import dataclass
from enum import Enum
from inspect import Signature
from typing import Any, Callable, Literal, Mapping, Optional, Sequence, TypedDict, Union

from ._native import Sampler

KEYWORDS: list[str]

def default_of(keyword: str) -> Any: ...

class SignatureOf:
    def __get__(self, instance: Any, owner: type) -> Signature: ...

def signature() -> Signature: ...
def documentation() -> str: ...

@dataclass(frozen=True)
class Endpoint:
    url: str
    headers: Optional[Mapping[str, Optional[str]]] = None

@dataclass(frozen=True)
class ConsoleExporter:
    color: Optional[bool] = ...

@dataclass(frozen=True)
class SpanLimits:
    attributes_max: Optional[int] = ...
    events_max: Optional[int] = ...
    links_max: Optional[int] = ...
    attributes_per_event_max: Optional[int] = ...
    attributes_per_link_max: Optional[int] = ...
    attribute_value_length_max: Optional[int] = ...

class ProviderOptions(TypedDict, total=False):
    resource_schema_url: Optional[str]
    sampler: Optional[Sampler]
    exporter: Optional[Union[ConsoleExporter, Union[Literal["otlp", "console", "none"], Enum]]]
    endpoint: Optional[str]
    protocol: Optional[Union[Literal["http/protobuf", "grpc"], Enum]]
    headers: Optional[Mapping[str, Optional[str]]]
    more_endpoints: Optional[Sequence[Union[str, Endpoint]]]
    endpoint_policy: Optional[Union[Literal["failover", "round_robin"], Enum]]
    compression: Optional[Union[Literal["none", "gzip", "zstd"], Enum]]
    compression_level: Optional[int]
    gzip_engine: Optional[Union[Literal["automatic", "libdeflate", "isal"], Enum]]
    uncompressed_when_overrun: Optional[Union[Literal["automatic", "never", "always"], Enum]]
    http_version: Optional[Union[Literal["automatic", "http1", "http2", "h2c"], Enum]]
    timeout: Optional[float]
    ca_certificate_file: Optional[str]
    client_certificate_file: Optional[str]
    client_key_file: Optional[str]
    retry_delay_initial: Optional[float]
    retry_delay_max: Optional[float]
    retry_time_max: Optional[float]
    retry_after_max: Optional[float]
    requests_in_flight_max: Optional[int]
    connection_age_max: Optional[float]
    http2_window_bytes: Optional[int]
    response_bytes_max: Optional[int]
    batch_delay_max: Optional[float]
    batch_spans_max: Optional[int]
    batch_bytes_max: Optional[int]
    queue_spans_max: Optional[int]
    shutdown_timeout: Optional[float]
    on_thread_start: Optional[Callable[[str], Any]]
    memory_max: Optional[int]
    rings_bytes_max: Optional[int]
    open_spans_bytes_max: Optional[int]
    retry_bytes_max: Optional[int]
    span_bytes_max: Optional[int]
    ring_bytes: Optional[int]
    span_limits: Optional[SpanLimits]
    shutdown_on_exit: bool
