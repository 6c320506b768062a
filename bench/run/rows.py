"""Rows: what was measured, by name; samples of several repetitions behind each."""

import re
import statistics


class Row:
    def __init__(self, name, unit):
        self.name = name
        self.unit = unit
        self.samples = []
        self.dropped = None  # spans that were dropped meanwhile, where spans were made
        self.interval = None  # low and high, where they are known better than by the samples

    @property
    def value(self):
        return statistics.median(self.samples)

    @property
    def low(self):
        return self.interval[0] if self.interval else min(self.samples)

    @property
    def high(self):
        return self.interval[1] if self.interval else max(self.samples)


class Rows:
    def __init__(self):
        self._rows = {}
        self.missing = {}  # what could not be measured, and why

    def note_missing(self, what, why):
        self.missing[what] = why

    def is_missing(self, what):
        return what in self.missing

    def add(self, name, unit, sample, dropped=None, interval=None):
        row = self._rows.setdefault(name, Row(name, unit))
        row.samples.append(sample)
        if dropped is not None:
            row.dropped = (row.dropped or 0) + dropped
        if interval is not None:
            row.interval = interval

    def get(self, name):
        """None where it was not measured."""
        return self._rows.get(name)

    def __iter__(self):
        """Stages as they were run; their rows by name, 5 before 10."""
        stages = {}
        for name in self._rows:
            stages.setdefault(name.split("/")[0], len(stages))
        in_order = sorted(self._rows, key=lambda name: (stages[name.split("/")[0]], natural(name)))
        return (self._rows[name] for name in in_order)

    def as_json(self):
        result = []
        for row in self:
            entry = {
                "name": row.name,
                "unit": row.unit,
                "value": row.value,
                "low": row.low,
                "high": row.high,
            }
            if row.dropped is not None:
                entry["dropped"] = row.dropped
            result.append(entry)
        return result


def natural(name):
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]
