"""cero-receiver, and what it was sent."""

from __future__ import annotations

import collections
import json
import signal
import subprocess
import threading
from typing import Any, NamedTuple


class Span(NamedTuple):
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    start: int
    end: int
    process: int

    @property
    def milliseconds(self) -> float:
        return (self.end - self.start) / 1e6


class Backend:
    """`with` starts it; stop() ends it and returns every span it took."""

    def __init__(self, program: str) -> None:
        self._program = program

    def __enter__(self) -> "Backend":
        self._child = subprocess.Popen(
            [self._program, "--listen", "127.0.0.1:0", "--json"], stdout=subprocess.PIPE, text=True
        )
        first = self._child.stdout.readline().split()
        if first[:1] != ["listening"]:
            raise SystemExit(f"{self._program} did not start: {' '.join(first)}")
        self.url = first[1]
        self._output = _Collected(self._child.stdout)
        return self

    def __exit__(self, *_: object) -> None:
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait()

    def stop(self) -> list[Span]:
        self._child.send_signal(signal.SIGINT)
        self._child.wait()
        return [span for line in self._output.lines() for span in _spans(json.loads(line))]


class _Collected:
    """A pipe's lines, read by a thread so that the writer never waits."""

    def __init__(self, pipe: Any) -> None:
        self._lines: list[str] = []
        self._reader = threading.Thread(target=lambda: self._lines.extend(pipe), daemon=True)
        self._reader.start()

    def lines(self) -> list[str]:
        self._reader.join()
        return self._lines


def _spans(request: dict[str, Any]) -> list[Span]:
    spans = []
    for of_resource in request.get("resourceSpans", []):
        attributes = {a["key"]: a["value"] for a in of_resource["resource"]["attributes"]}
        process = int(attributes["process.pid"]["intValue"])
        for of_scope in of_resource["scopeSpans"]:
            spans += [_span(span, process) for span in of_scope["spans"]]
    return spans


def _span(span: dict[str, Any], process: int) -> Span:
    return Span(
        span["name"],
        span["traceId"],
        span["spanId"],
        span.get("parentSpanId", ""),
        int(span["startTimeUnixNano"]),
        int(span["endTimeUnixNano"]),
        process,
    )


def draw(spans: list[Span], trace_id: str) -> str:
    """A trace as a tree."""
    children = collections.defaultdict(list)
    known = {span.span_id for span in spans}
    for span in sorted(spans, key=lambda span: span.start):
        if span.trace_id == trace_id:
            children[span.parent_id if span.parent_id in known else ""].append(span)
    lines: list[str] = []

    def add(parent: str, indent: str) -> None:
        for span in children[parent]:
            last = span is children[parent][-1]
            branch = "" if not parent else "`- " if last else "|- "
            name = indent + branch + span.name
            lines.append(f"  {name:<44} {span.milliseconds:8.2f} ms")
            add(span.span_id, indent + ("" if not parent else "   " if last else "|  "))

    add("", "")
    return "\n".join(lines)
