#!/usr/bin/env python3
"""Writes the tables of docs/performance.md between their markers: those of the stages that were run.

The tables are of the first run; those of the goals have a column for each.
"""

import argparse
import itertools
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../bench/run"))
# pylint: disable=wrong-import-position
import ratios  # noqa: E402
import report  # noqa: E402


def table(header, lines):
    ruler = ["---"] + ["--:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(line) + " |" for line in [header, ruler, *lines])


class Tables:
    def __init__(self, results):
        self.results = results
        self.result = result = results[0]
        self.rows = {row["name"]: row for row in result["rows"]}

    def of_rows(self, *prefixes, skip=()):
        lines = []
        for name, row in self.rows.items():
            if name.startswith(prefixes) and not any(part in name for part in skip):
                numbers = [report.number(row[key]) for key in ("value", "low", "high")]
                lines.append([f"`{name}`", *numbers, row["unit"], str(row.get("dropped", ""))])
        return table(["what", "value", "low", "high", "unit", "dropped"], lines)

    def machine(self):
        machine = self.result["machine"]
        lines = [[name.replace("_", " "), str(value)] for name, value in machine.items()]
        lines.append(["commit", self.result["commit"]])
        lines.append(["command", "`./dev bench" + (" --quick`" if self.result["quick"] else "`")])
        return table(["", ""], lines)

    def goals(self):
        return self.of_ratios(name for name in ratios.BARS if not name.startswith("python_"))

    def of_ratios(self, names):
        several = len(self.results) > 1
        runs = [f"run {i + 1}" for i in range(len(self.results))] if several else ["value"]
        lines = [self.ratio_line(name) for name in names]
        return table(["goal", *runs, "low", "high", "bar", ""], lines)

    def ratio_line(self, name):
        values = [result["ratios"].get(name) for result in self.results]
        held = all(value is not None and ratios.holds(name, value) for value in values)
        all_rows = itertools.chain.from_iterable(result["rows"] for result in self.results)
        rows = [row for row in all_rows if row["name"] == f"ratios/{name}"]
        return [
            f"`{name}`",
            *("not measured" if value is None else report.number(value) for value in values),
            report.number(min(row["low"] for row in rows)) if rows else "",
            report.number(max(row["high"] for row in rows)) if rows else "",
            ratios.BARS[name],
            "holds" if held else "**missed**",
        ]

    def peer(self):
        lines = []
        for allocator, end in (("glibc", ""), ("jemalloc", "_jemalloc")):
            for what, cero_name, peer_name in report.COMPARED:
                cero = self.rows.get(cero_name.format(end))
                peer = self.rows.get(peer_name.format(end))
                if cero and peer:
                    numbers = [report.number(row["value"]) for row in (cero, peer)]
                    larger = max(cero["value"], peer["value"]) / min(cero["value"], peer["value"])
                    lines.append([f"{what}, {allocator}", *numbers, f"{larger:.2f}"])
        header = ["cero with gzip, peer plain", "cero", "peer", "ratio"]
        return table(header, lines) + "\n\n" + self.of_rows("peer/")

    def hot_path(self):
        return self.of_rows("hot_path/")

    def encode(self):
        return self.of_rows("encode/", skip=("/size",))

    def compress(self):
        return self.of_rows("compress/")

    def queue(self):
        return self.of_rows("queue/", "ring/")

    def pipeline(self):
        return self.of_rows("pipeline/")

    def python(self):
        names = (name for name in ratios.BARS if name.startswith("python_"))
        return self.of_ratios(names) + "\n\n" + self.of_rows("python/")

    def has(self, name):
        """Whether what a table shows was measured."""
        stages = {"machine": "hot_path", "goals": "hot_path"}
        return any(row.startswith(stages.get(name, name) + "/") for row in self.rows)


def read_result(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", nargs="+", metavar="BENCH.json")
    parser.add_argument("--page", default=os.path.join(here, "../performance.md"))
    arguments = parser.parse_args()
    tables = Tables([read_result(path) for path in arguments.results])
    page = arguments.page
    with open(page, encoding="utf-8") as file:
        text = file.read()

    def fill(match):
        if not tables.has(match[1]):
            return match[0]
        return f"<!-- tables: {match[1]} -->\n{getattr(tables, match[1])()}\n<!-- end -->"

    text = re.sub(r"<!-- tables: (\w+) -->\n.*?<!-- end -->", fill, text, flags=re.DOTALL)
    with open(page, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
