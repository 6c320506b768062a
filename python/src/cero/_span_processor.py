"""SpanProcessor: for those who keep the OpenTelemetry SDK."""

from __future__ import annotations

import dataclasses
import logging
from typing import TYPE_CHECKING, Any, Optional

from ._native import Bridge, Provider
from ._option_types import SpanLimits
from ._options import native_options
from ._provider import TracerProvider
from ._stats import Stats, sum_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._option_types import ProviderOptions

try:
    from opentelemetry.sdk.trace import SpanProcessor as _Base
except ImportError:  # it has the SDK's methods all the same

    class _Base:  # type: ignore[no-redef]
        pass


_logger = logging.getLogger("cero")

_MOST = 2**31 - 1
# The SDK has its own; nothing is to be dropped that it kept.
_NO_LIMITS = SpanLimits(**{field.name: _MOST for field in dataclasses.fields(SpanLimits)})


class SpanProcessor(_Base):
    """Takes the place of BatchSpanProcessor(OTLPSpanExporter(...)) in a provider of the SDK.

    A span is copied when it ends; all after that is native and without the GIL. The options are
    those of cero.TracerProvider but for `sampler` and `span_limits`, which are the SDK's matter,
    and `resource`, which spans bring themselves.
    """

    def __init__(self, **options: Unpack[ProviderOptions]) -> None:
        for name in ("resource", "sampler", "span_limits"):
            if name in options:
                raise TypeError(f"{name} belongs to the SDK's TracerProvider: pass it there")
        self._options = options
        # A pipeline sends one resource; that of a provider of the SDK comes with its first span.
        self._pipelines: dict[int, _Pipeline] = {}
        Provider.check(native_options(None, options))

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        """Nothing: spans are copied when they end."""

    def on_end(self, span: Any) -> None:
        if not span.context.trace_flags.sampled:
            return
        pipeline = self._pipelines.get(id(span.resource)) or self._open(span.resource)
        if pipeline is not None:
            pipeline.bridge.add(span)

    def _open(self, resource: Any) -> Optional["_Pipeline"]:
        try:
            pipeline = _Pipeline(resource, self._options)
        except ValueError as error:  # no thread, say; what is wrong with options was said before
            _logger.error("the span is lost: %s", error)
            return None
        return self._pipelines.setdefault(id(resource), pipeline)

    def shutdown(self) -> None:
        for pipeline in list(self._pipelines.values()):
            pipeline.provider.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        pipelines = list(self._pipelines.values())
        return all([p.provider.force_flush(timeout_millis) for p in pipelines])

    def stats(self) -> Stats:
        """The ledger of the spans that were handed on, of all resources together."""
        return sum_of([p.provider.stats() for p in self._pipelines.values()])


class _Pipeline:
    def __init__(self, resource: Any, options: ProviderOptions) -> None:
        self.resource = resource  # kept, so that no other takes its id
        self.provider = TracerProvider(resource, span_limits=_NO_LIMITS, **options)
        self.bridge = Bridge(self.provider._native)
