"""TracerProvider: owns one export pipeline and hands out tracers."""

from __future__ import annotations

import atexit
import os
import weakref
from typing import Any, Mapping, Optional

from opentelemetry import trace

from . import _native
from ._options import ConsoleExporter, ResourceLike, SpanLimits, native_options, read_resource
from ._readable import InstrumentationScope, Resource
from ._stats import Stats, make_stats


class TracerProvider(trace.TracerProvider):
    """What opentelemetry.sdk.trace.TracerProvider is to the SDK, its processor and exporter included.

    resource: a mapping, or the SDK's Resource; telemetry.sdk.* is cero's, and service.name falls
        back to unknown_service.
    endpoint: the traces URL, as it stands (default http://localhost:4318/v1/traces), or a Unix
        socket, unix:///run/otel.sock.
    protocol: "http/protobuf" (default) or "grpc", which needs https, or libcurl 8.
    headers: sent with every request. A value of None is an error that names the header, so
        os.environ.get is fine. Values appear in no log.
    compression: "none" (default), "gzip" or "zstd", or the SDK's Compression; compression_level:
        None is by load.
    http_version: "automatic" (default), "http1", "http2" or "h2c".
    timeout: seconds for one attempt (default 10; 0 is no bound).
    ca_certificate_file, client_certificate_file, client_key_file: PEM files.
    retry_delay_initial, retry_delay_max, retry_time_max: seconds; 1, 30, and as long as
        retry_bytes_max (64 MiB) has room.
    exporter: ConsoleExporter() prints spans instead.
    sampler: a cero.Sampler (default: parent based, roots always).
    span_limits: a cero.SpanLimits.
    batch_delay_max: seconds until a span is sent (default 1); batch_spans_max (4096),
        batch_bytes_max (1 MiB): when a request is sent before that.
    queue_spans_max: spans between their end and their first send; None is by bytes.
    shutdown_timeout: seconds that the end of the program may wait for delivery (default 5).
    shutdown_on_exit: whether it does so at all.
    The rest are bounds of memory, in bytes: include/cero/options.h has them all, with their ranges.

    Raises ValueError, or TypeError, which names every option that is wrong and the fix.

    Threads: every method from any thread. The pipeline's own threads never take the GIL.
    Fork: one made before a fork goes on in the child without a call, with threads, connections and
        a ledger of the child's own, and with its process.pid. What was recorded before is the
        parent's to send.
    """

    def __init__(
        self,
        resource: ResourceLike = None,
        *,
        endpoint: Optional[str] = None,
        protocol: Optional[str] = None,
        headers: Optional[Mapping[str, Optional[str]]] = None,
        compression: Any = None,
        compression_level: Optional[int] = None,
        http_version: Optional[str] = None,
        timeout: Optional[float] = None,
        ca_certificate_file: Optional[str] = None,
        client_certificate_file: Optional[str] = None,
        client_key_file: Optional[str] = None,
        retry_delay_initial: Optional[float] = None,
        retry_delay_max: Optional[float] = None,
        retry_time_max: Optional[float] = None,
        requests_in_flight_max: Optional[int] = None,
        connection_age_max: Optional[float] = None,
        http2_window_bytes: Optional[int] = None,
        retry_bytes_max: Optional[int] = None,
        response_bytes_max: Optional[int] = None,
        exporter: Optional[ConsoleExporter] = None,
        sampler: Optional[_native.Sampler] = None,
        span_limits: Optional[SpanLimits] = None,
        batch_delay_max: Optional[float] = None,
        batch_spans_max: Optional[int] = None,
        batch_bytes_max: Optional[int] = None,
        queue_spans_max: Optional[int] = None,
        shutdown_timeout: float = 5.0,
        shutdown_on_exit: bool = True,
        span_bytes_max: Optional[int] = None,
        ring_bytes: Optional[int] = None,
        rings_bytes_max: Optional[int] = None,
        open_spans_bytes_max: Optional[int] = None,
    ) -> None:
        given = dict(locals())  # before there are others
        for name in ("self", "resource", "exporter", "span_limits", "shutdown_on_exit"):
            given.pop(name, None)
        self._start(resource, exporter, span_limits, given, shutdown_on_exit, False)

    @classmethod
    def from_environment(cls, resource: ResourceLike = None, **options: Any) -> "TracerProvider":
        """Options from the standard OTEL_* variables, on top of those given here.

        What a variable sets wins, except resource attributes, where code wins.
        """
        self = cls.__new__(cls)
        exporter = options.pop("exporter", None)
        span_limits = options.pop("span_limits", None)
        shutdown_on_exit = options.pop("shutdown_on_exit", True)
        options.setdefault("shutdown_timeout", 5.0)
        self._start(resource, exporter, span_limits, options, shutdown_on_exit, True)
        return self

    def _start(
        self,
        resource: ResourceLike,
        exporter: Optional[ConsoleExporter],
        span_limits: Optional[SpanLimits],
        options: dict[str, Any],
        shutdown_on_exit: bool,
        from_environment: bool,
    ) -> None:
        self._native = _native.Provider.create(
            native_options(resource, exporter, span_limits, options), from_environment
        )
        self._processors: list[Any] = []
        self._resource = resource
        self._made_by = _process_ids()
        self._shutdown_timeout = options["shutdown_timeout"]
        if shutdown_on_exit:
            _shut_down_at_exit(self)

    @property
    def resource(self) -> Any:
        """The SDK's Resource, where that was given, else a cero.Resource; after a fork, with the
        child's process.pid in the place of the parent's."""
        if hasattr(self._resource, "attributes"):
            return _in_this_process(self._resource, self._made_by)
        return _in_this_process(Resource(*read_resource(self._resource)), self._made_by)

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: Optional[str] = None,
        schema_url: Optional[str] = None,
        attributes: Optional[Mapping[str, Any]] = None,
    ) -> _native.Tracer:
        """Equal arguments give equal tracers. A process has 10,000 different ones at most."""
        scope = InstrumentationScope(
            instrumenting_module_name or "",
            instrumenting_library_version,
            schema_url,
            dict(attributes or {}),
        )
        return self._native.get_tracer(
            scope.name,
            scope.version,
            scope.schema_url,
            scope.attributes,
            scope=scope,
            resource=_ResourceOf(self),
            processors=self._processors,
        )

    def add_span_processor(self, span_processor: Any) -> None:
        """Adds a processor in Python, called when spans start and end, beside cero's own export.

        It is called with the span itself at its start, and at its end with a copy: with the SDK
        installed, a ReadableSpan of the SDK's. That costs tens of microseconds a span, in the
        thread that ends it; a provider without processors pays nothing.
        """
        self._processors.append(span_processor)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Delivers every span that ended before. False: the deadline passed, or some were lost."""
        flushed = [p.force_flush(timeout_millis) is not False for p in self._processors]
        return self._native.force_flush(timeout_millis) and all(flushed)

    def shutdown(self, timeout_millis: int = 30_000) -> None:
        """Flushes, then stops. Spans that end later are counted, and go nowhere."""
        for processor in self._processors:
            processor.shutdown()
        self._native.shutdown(timeout_millis)

    def stats(self) -> Stats:
        """The ledger: where each span is, or why it was lost. Valid after shutdown too."""
        return make_stats(self._native.stats())


def _process_ids() -> dict[str, int]:
    return {"process.pid": os.getpid(), "process.parent_pid": os.getppid()}


def _in_this_process(resource: Any, made_by: dict[str, int]) -> Any:
    now = _process_ids()
    if now["process.pid"] == made_by["process.pid"]:
        return resource
    had = resource.attributes
    follow = {name: now[name] for name in now if had.get(name) == made_by[name]}
    if isinstance(resource, Resource):
        return resource._replace(attributes={**had, **follow})
    return resource.merge(type(resource)(follow))


class _ResourceOf:
    """The resource of a provider that spans and tracers may outlive."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = weakref.ref(provider)

    def __call__(self) -> Any:
        provider = self._provider()
        return None if provider is None else provider.resource


_at_exit: "weakref.WeakSet[TracerProvider]" = weakref.WeakSet()


def _shut_down_at_exit(provider: TracerProvider) -> None:
    _at_exit.add(provider)


def _exit() -> None:
    for provider in list(_at_exit):
        provider.shutdown(int(provider._shutdown_timeout * 1000))
    _native.close_log()


atexit.register(_exit)
