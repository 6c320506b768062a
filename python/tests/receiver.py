"""cero-receiver as a child process, and what it decoded."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading

DEADLINE = 60  # seconds for what takes none, unless it hangs


class Receiver:
    """Prints every request as OTLP/JSON; `with` starts and stops it."""

    def __enter__(self):
        command = [os.environ["CERO_RECEIVER"], "--listen", "127.0.0.1:0", "--json"]
        self._child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        first = self._child.stdout.readline()
        assert first.startswith("listening "), first
        self.url = first.split()[1]
        self._lines = queue.Queue()
        self._seen = []
        self.counts = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def _read(self):
        for line in self._child.stdout:
            self._lines.put(json.loads(line))
        self._lines.put(None)

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends it and returns every request it took."""
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGINT)
        while (line := self._lines.get(timeout=DEADLINE)) is not None:
            self._take(line)
        self._lines.put(None)  # for whoever stops it again
        self._child.wait(DEADLINE)
        self._child.stdout.close()
        return self._seen

    def _take(self, line):
        if "resourceSpans" in line:
            self._seen.append(line)
        else:
            self.counts = line

    def wait_for(self, count):
        """Requests so far, as soon as they hold this many spans."""
        while len(spans_of(self._seen)) < count:
            line = self._lines.get(timeout=DEADLINE)
            assert line is not None, "the receiver ended"
            self._take(line)
        return self._seen


def value_of(value):
    """An AnyValue as Python has it."""
    if not value:
        return None
    ((kind, content),) = value.items()
    if kind == "intValue":
        return int(content)
    if kind == "doubleValue":
        return float(content)
    if kind == "arrayValue":
        return [value_of(v) for v in content.get("values", [])]
    if kind == "kvlistValue":
        return attributes_of(content.get("values", []))
    return content


def attributes_of(pairs):
    return {pair.get("key", ""): value_of(pair.get("value")) for pair in pairs}


def spans_of(requests):
    """Each span with its attributes as a dict, its scope and its resource beside it."""
    spans = []
    for request in requests:
        for resource_spans in request.get("resourceSpans", []):
            resource = attributes_of(resource_spans.get("resource", {}).get("attributes", []))
            for scope_spans in resource_spans.get("scopeSpans", []):
                for span in scope_spans.get("spans", []):
                    spans.append(readable(span, scope_spans, resource))
    return spans


def readable(span, scope_spans, resource):
    span = dict(span)
    span["attributes"] = attributes_of(span.get("attributes", []))
    for part in ("events", "links"):
        span[part] = [
            {**item, "attributes": attributes_of(item.get("attributes", []))}
            for item in span.get(part, [])
        ]
    scope = dict(scope_spans.get("scope", {}))
    scope["attributes"] = attributes_of(scope.get("attributes", []))
    span["scope"] = scope
    span["schemaUrl"] = scope_spans.get("schemaUrl", "")
    span["resource"] = resource
    return span
