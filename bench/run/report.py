"""What a person sees: progress while it runs, tables afterwards."""

import sys
import time

import command_line
import ratios


class Progress:
    """A line that is rewritten on a terminal; elsewhere one line now and then."""

    def __init__(self):
        self.started = time.monotonic()
        self.shown = float("-inf")
        self.is_terminal = sys.stderr.isatty()

    def show(self, text):
        elapsed = time.monotonic() - self.started
        line = f"bench: {elapsed:.0f} s {text}"
        if self.is_terminal:
            sys.stderr.write(f"\r\x1b[K{line[:79]}")
            sys.stderr.flush()
        elif elapsed - self.shown >= 20:
            self.shown = elapsed
            print(line, file=sys.stderr, flush=True)

    def clear(self):
        if self.is_terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def number(value):
    if value is None:
        return "-"
    if value == int(value) and abs(value) < 1000:
        return f"{value:.0f}"
    if abs(value) < 0.01:  # three in a million is not 0.00
        return f"{value:.2g}"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return f"{value:,.{digits}f}"


def columns(lines):
    """The first to the left, the others to the right."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        print("  " + "  ".join(cells).rstrip())


def print_rows(rows):
    lines = [("what", "value", "low", "high", "unit", "dropped")]
    for row in rows:
        if not row.name.startswith("ratios/"):
            dropped = "" if row.dropped is None else number(row.dropped)
            numbers = (number(row.value), number(row.low), number(row.high))
            lines.append((row.name, *numbers, row.unit, dropped))
    if len(lines) > 1:
        columns(lines)
    for what, why in rows.missing.items():
        print(f"  not measured: {what}: {why}")


# The same row of both sides: what, cero's name, its peer's, and the larger is better or not.
COMPARED = [
    ("span p50, ns", "hot_path/latency/cero_gzip{}/p50", "hot_path/latency/peer_tuned{}/p50"),
    ("span p99.9, ns", "hot_path/latency/cero_gzip{}/p99.9", "hot_path/latency/peer_tuned{}/p99.9"),
    ("CPU at 50k/s, ns/span", "pipeline/50k/cero_gzip{}/cpu", "peer/50k/peer_tuned{}/cpu"),
    (
        "highest rate, both plain, spans/s",
        "pipeline/highest_rate/cero_none{}",
        "peer/highest_rate/peer_tuned{}",
    ),
    ("wire at 50k/s, bytes/span", "pipeline/50k/cero_gzip{}/wire", "peer/50k/peer_tuned{}/wire"),
    (
        "peak RSS at 50k/s, MiB",
        "pipeline/50k/cero_gzip{}/rss_peak",
        "peer/50k/peer_tuned{}/rss_peak",
    ),
]


def print_peer(rows):
    lines = [("cero with gzip, peer plain (it cannot gzip)", "cero", "peer", "ratio")]
    for allocator, end in (("glibc", ""), ("jemalloc", "_jemalloc")):
        for what, cero_name, peer_name in COMPARED:
            cero, peer = rows.get(cero_name.format(end)), rows.get(peer_name.format(end))
            if cero and peer:
                larger = max(cero.value, peer.value) / min(cero.value, peer.value)
                cells = (number(cero.value), number(peer.value), f"{larger:.2f}")
                lines.append((f"{what}, {allocator}", *cells))
    if len(lines) > 1:
        print()
        columns(lines)


def print_ratios(found, quick, stages):
    """What other stages would have measured is not listed."""
    lines = [("goal", "value", "low", "high", "bar", "")]
    for name, ratio in found.items():
        if not ratio.missing:
            verdict = "holds" if ratios.holds(name, ratio.value) else "missed"
            numbers = (number(ratio.value), number(ratio.low), number(ratio.high))
            lines.append((name, *numbers, ratios.BARS[name], "" if quick else verdict))
    if len(lines) > 1:
        print()
        columns(lines)
    for name, ratio in found.items():
        if ratio.missing and set(stages) == set(command_line.STAGES):
            print(f"  {name}: not measured: {ratio.missing}")
    if quick:
        print("\n  --quick: wide intervals; it decides no bar")
