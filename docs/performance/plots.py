#!/usr/bin/env python3
"""Draws the pictures of docs/performance.md from a run's JSON, as SVG beside this script.

usage: plots.py BENCH.json [FOLDER]

Needs matplotlib (Debian: python3-matplotlib).
"""

import json
import os
import sys

import matplotlib

matplotlib.use("svg")
# The same input gives the same file, byte for byte.
matplotlib.rcParams["svg.hashsalt"] = "cero"
# pylint: disable=wrong-import-position
import matplotlib.pyplot as plt  # noqa: E402

CERO, PEER, FLOOR = "#0072b2", "#d55e00", "#777777"
PERCENTILES = ("p50", "p90", "p99", "p99.9", "p99.99", "max")
ATTRIBUTES = (0, 1, 5, 10, 32)
THREADS = (1, 2, 4, 16, 64)


class Plots:
    def __init__(self, result, folder):
        self.rows = {row["name"]: row for row in result["rows"]}
        self.folder = folder

    def values(self, names):
        """None where one of them was not measured."""
        rows = [self.rows.get(name) for name in names]
        return None if None in rows else rows

    def line(self, axes, places, names, label, **style):
        rows = self.values(names)
        if rows is None:
            return
        middle = [row["value"] for row in rows]
        axes.plot(places, middle, label=label, marker="o", **style)
        low, high = [row["low"] for row in rows], [row["high"] for row in rows]
        axes.fill_between(places, low, high, color=style["color"], alpha=0.15, linewidth=0)

    def save(self, figure, axes, name):
        axes.grid(True, which="major", alpha=0.3)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(frameon=False)
        figure.tight_layout()
        path = os.path.join(self.folder, name + ".svg")
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)

    def latency(self):
        figure, axes = plt.subplots(figsize=(7, 4))
        lines = [
            ("cero_gzip", "cero, gzip", CERO, "-"),
            ("cero_gzip_jemalloc", "cero, gzip, jemalloc", CERO, "--"),
            ("peer_tuned", "opentelemetry-cpp, plain, glibc", PEER, "-"),
            ("peer_tuned_jemalloc", "opentelemetry-cpp, plain, jemalloc", PEER, "--"),
        ]
        places = range(len(PERCENTILES))
        for side, label, color, style in lines:
            names = [f"hot_path/latency/{side}/{key}" for key in PERCENTILES]
            self.line(axes, places, names, label, color=color, linestyle=style)
        axes.set_xticks(list(places), PERCENTILES)
        axes.set_yscale("log")
        axes.set_ylabel("ns a span, 20k spans/s, delivering")
        self.save(figure, axes, "latency")

    def attributes(self):
        figure, axes = plt.subplots(figsize=(7, 4))
        rows = self.values([f"hot_path/span/attributes:{count}" for count in ATTRIBUTES])
        if rows:
            middle = [1000 / row["value"] for row in rows]
            axes.plot(ATTRIBUTES, middle, label="cero", marker="o", color=CERO)
            low, high = [1000 / row["high"] for row in rows], [1000 / row["low"] for row in rows]
            axes.fill_between(ATTRIBUTES, low, high, color=CERO, alpha=0.15, linewidth=0)
        floor = self.rows.get("hot_path/floor")
        if floor:
            axes.axhline(1000 / floor["value"], label="floor of 5", color=FLOOR, linestyle=":")
        axes.set_xlabel("attributes")
        axes.set_ylabel("million spans a second, one thread")
        axes.set_ylim(bottom=0)
        self.save(figure, axes, "attributes")

    def threads(self):
        figure, axes = plt.subplots(figsize=(7, 4))
        names = [f"hot_path/span/threads/{count}" for count in THREADS]
        self.line(axes, THREADS, names, "cero", color=CERO)
        axes.set_xscale("log", base=2)
        axes.set_xticks(THREADS, [str(count) for count in THREADS])
        axes.set_xlabel("threads, two cores")
        axes.set_ylabel("CPU ns a span")
        axes.set_ylim(bottom=0)
        self.save(figure, axes, "threads")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.strip())
    with open(sys.argv[1], encoding="utf-8") as file:
        result = json.load(file)
    here = os.path.dirname(os.path.abspath(__file__))
    plots = Plots(result, sys.argv[2] if len(sys.argv) == 3 else here)
    plots.latency()
    plots.attributes()
    plots.threads()


if __name__ == "__main__":
    main()
