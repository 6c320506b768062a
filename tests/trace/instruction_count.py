#!/usr/bin/env python3
"""Instructions of a span with five attributes on the thread that records it, under callgrind.

usage: instruction_count.py PROGRAM

Instructions, not time: the same on a busy machine. The band is wide, so that a compiler may have a
bad day; what doubles the work of a span is found.
"""

import re
import subprocess
import sys

# gcc 12 makes 583 of it with assertions and -O2, some 550 without and at -O3.
INSTRUCTIONS_MIN = 150  # fewer: the spans are not being counted
INSTRUCTIONS_MAX = 1500


def main():
    (program,) = sys.argv[1:]
    command = [
        "valgrind",
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        "--collect-atstart=no",
        "--toggle-collect=counted_spans",
        program,
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    collected = re.search(r"Collected : (\d+)", run.stderr)
    spans = re.search(r"spans (\d+)", run.stdout)
    if run.returncode != 0 or not collected or not spans:
        sys.exit(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
    instructions = int(collected[1]) / int(spans[1])
    print(f"{instructions:.0f} instructions a span")
    if not INSTRUCTIONS_MIN <= instructions <= INSTRUCTIONS_MAX:
        sys.exit(f"not within {INSTRUCTIONS_MIN} to {INSTRUCTIONS_MAX}: look at what a span does")


if __name__ == "__main__":
    main()
