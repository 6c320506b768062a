"""What the native part leaves to Python: what is rare, and what is the SDK's to know."""

from __future__ import annotations

import functools
import inspect
import traceback
from typing import Any, Callable, Optional

from opentelemetry.trace import Status, StatusCode

from ._readable import Event

__all__ = [
    "Event",
    "decorate",
    "note_exception",
    "on_end",
    "on_ending",
    "on_start",
    "record_exception",
]


def on_start(processors: list[Any], span: Any, context: Any) -> None:
    for processor in processors:
        processor.on_start(span, parent_context=context)


def on_ending(processors: list[Any], span: Any) -> None:
    """The SDK's hook for the last changes, which processors of its older versions lack."""
    for processor in processors:
        last_change = getattr(processor, "_on_ending", None)
        if last_change is not None:
            last_change(span)


def on_end(processors: list[Any], span: Any) -> None:
    copy = _copy_for_processors(span)
    for processor in processors:
        processor.on_end(copy)


def _copy_for_processors(span: Any) -> Any:
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import Event as SdkEvent
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    except ImportError:
        return span  # a processor that needs no SDK reads cero's own
    resource = span.resource
    if resource is not None and not isinstance(resource, Resource):
        resource = Resource(dict(resource.attributes), resource.schema_url)
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=resource,
        attributes=dict(span.attributes),
        events=[SdkEvent(e.name, e.attributes, e.timestamp) for e in span.events],
        links=span.links,
        kind=span.kind,
        status=span.status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=InstrumentationScope(*span.instrumentation_scope),
    )


def note_exception(
    span: Any, exception: BaseException, records: bool, sets_status: bool, escaped: bool
) -> None:
    """An exception leaves a span's `with`."""
    if records:
        span.record_exception(exception, escaped=escaped)
    if sets_status:
        words = f"{type(exception).__name__}: {exception}"
        span.set_status(Status(StatusCode.ERROR, words))


def record_exception(
    span: Any,
    exception: BaseException,
    attributes: Any,
    timestamp: Optional[int],
    escaped: bool,
) -> None:
    kind = type(exception)
    name = kind.__qualname__
    if kind.__module__ and kind.__module__ != "builtins":
        name = f"{kind.__module__}.{name}"
    described = {
        "exception.type": name,
        "exception.message": str(exception),
        "exception.stacktrace": "".join(
            traceback.format_exception(kind, exception, exception.__traceback__)
        ),
        "exception.escaped": str(escaped),
    }
    described.update(attributes or {})
    span.add_event("exception", described, timestamp)


def decorate(current_span: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """A span around each call; of a coroutine function, around each run."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def run(*args: Any, **kwargs: Any) -> Any:
            with current_span._again():
                return await function(*args, **kwargs)

        return run

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with current_span._again():
            return function(*args, **kwargs)

    return call
