import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

import cero  # noqa: E402
from receiver import Receiver, spans_of  # noqa: E402


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


@pytest.fixture
def traced(receiver):
    """A provider that exports to a receiver; delivered() ends it and returns the spans by name."""

    class Traced:
        def __init__(self):
            self.provider = None

        def start(self, **options):
            options.setdefault("resource", {"service.name": "tests"})
            self.provider = cero.TracerProvider(endpoint=receiver.url, **options)
            return self.provider.get_tracer("tests")

        def delivered(self):
            assert self.provider.force_flush()
            stats = self.provider.stats()
            self.provider.shutdown()
            assert stats.balanced and stats.exported == stats.recorded, stats
            spans = spans_of(receiver.stop())
            assert len(spans) == stats.recorded
            return {span["name"]: span for span in spans}

    made = Traced()
    yield made
    if made.provider is not None:
        made.provider.shutdown()
