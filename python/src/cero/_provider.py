"""TracerProvider: owns one export pipeline and hands out tracers."""

from __future__ import annotations

import atexit
import logging
import os
import weakref
from typing import TYPE_CHECKING, Any, Mapping, Optional

from opentelemetry import trace

from . import _native
from ._option_types import SignatureOf, default_of, documentation
from ._options import ResourceLike, native_options, read_resource
from ._readable import InstrumentationScope, Resource
from ._stats import Stats, make_stats

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._option_types import ProviderOptions

_logger = logging.getLogger("cero")


class TracerProvider(trace.TracerProvider):
    """What opentelemetry.sdk.trace.TracerProvider is to the SDK, its processor and exporter included.

    resource: a mapping, or the SDK's Resource; telemetry.sdk.* is cero's, and service.name falls
        back to unknown_service.
    shutdown_on_exit: whether the end of the program waits for delivery, for up to
        shutdown_timeout. Default: True.

    Every other option is a keyword too. Times are in seconds, memory is in bytes, None is the
    default. docs/configuration.md has the ranges and the environment variables.

    {options}

    Raises ValueError, or TypeError, which names every option that is wrong and the fix.

    Threads: every method from any thread. The pipeline's own threads take the GIL only to call
        on_thread_start, once each.
    Fork: one made before a fork goes on in the child without a call, with threads, connections and
        a ledger of the child's own, and with its process.pid. What was recorded before is the
        parent's to send.
    """

    __signature__ = SignatureOf()

    def __init__(self, resource: ResourceLike = None, **options: Unpack[ProviderOptions]) -> None:
        self._start(resource, options, False)

    @classmethod
    def from_environment(
        cls, resource: ResourceLike = None, **options: Unpack[ProviderOptions]
    ) -> "TracerProvider":
        """Options from the standard OTEL_* variables, on top of those given here.

        What a variable sets wins, except resource attributes, where code wins.
        """
        self = cls.__new__(cls)
        self._start(resource, options, True)
        return self

    def _start(
        self, resource: ResourceLike, options: Mapping[str, Any], from_environment: bool
    ) -> None:
        self._native = _native.Provider.create(native_options(resource, options), from_environment)
        self._processors: list[Any] = []
        self._resource = resource
        self._made_by = _process_ids()
        timeout = options.get("shutdown_timeout")
        self._shutdown_timeout = default_of("shutdown_timeout") if timeout is None else timeout
        if options.get("shutdown_on_exit") is not False:
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


if TracerProvider.__doc__ is not None:  # python -OO has none
    TracerProvider.__doc__ = TracerProvider.__doc__.format(options=documentation())


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
        try:
            provider.shutdown(int(float(provider._shutdown_timeout) * 1000))
        except Exception:  # of a subclass, or of a processor; the others have their turn
            _logger.exception("a provider could not be shut down")
    _native.close_log()


atexit.register(_exit)
