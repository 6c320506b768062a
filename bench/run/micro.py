"""Programs made with Google Benchmark."""

import json
import os

import processes


class Micro:
    """One program; each turn adds its repetitions' middle to the rows."""

    def __init__(self, stage, program, counters, seconds, repetitions):
        self.name = f"{stage}: {os.path.basename(program)}"
        self.stage = stage
        self.program = program
        self.counters = counters  # of the program's counters: row suffix, unit, factor
        self.seconds = seconds
        self.repetitions = repetitions

    def turn(self, rows):
        output = processes.run(
            [
                self.program,
                "--benchmark_format=json",
                f"--benchmark_min_time={self.seconds}",
                f"--benchmark_repetitions={self.repetitions}",
                # What is compared is run in turn, not one after the other.
                "--benchmark_enable_random_interleaving=true",
            ]
        )
        by_name = {}
        for run in json.loads(output)["benchmarks"]:
            if run.get("error_occurred"):
                raise processes.Failed(f"{self.program}: {run['name']}: {run['error_message']}")
            if run["run_type"] == "iteration":
                by_name.setdefault(clean(run["run_name"]), []).append(run)
        for name, runs in by_name.items():
            dropped = sum(run["dropped"] for run in runs) if "dropped" in runs[0] else None
            for counter, (suffix, unit, factor) in self.counters.items():
                values = sorted(run[counter] * factor for run in runs if counter in run)
                if values:
                    middle = values[len(values) // 2]
                    rows.add(f"{self.stage}/{name}{suffix}", unit, middle, dropped)


def clean(name):
    """Google Benchmark's own suffixes are no part of a row's name."""
    return "/".join(
        part
        for part in name.split("/")
        if part not in ("manual_time", "real_time") and not part.startswith("repeats:")
    )
