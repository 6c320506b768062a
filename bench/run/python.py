"""The Python package beside the SDK: programs of bench/python, in the venv that ./dev makes."""

import json
import os

import processes

KINDS = ("sdk", "processor", "cero")


class Programs:
    def __init__(self, root, build):
        self._folder = os.path.join(root, "bench", "python")
        self._python = os.path.join(root, "build", "python", "venv", "bin", "python")
        self.receiver = os.path.join(build, "tools", "receiver", "cero-receiver")

    def run(self, program, *arguments, timeout=600):
        command = [self._python, "-B", os.path.join(self._folder, program), *map(str, arguments)]
        return processes.run(command, processes.clean_environment(), timeout=timeout)


class Spans:
    """A span for the thread that makes it."""

    def __init__(self, programs, kind, count):
        self.name = f"python/span/{kind}"
        self._programs = programs
        self._arguments = ("--kind", kind, "--spans", count)

    def turn(self, rows):
        with processes.Receiver(self._programs.receiver, False) as receiver:
            output = self._programs.run("spans.py", "--endpoint", receiver.url, *self._arguments)
        found = json.loads(output)
        dropped = found["made"] - receiver.counts["spans"]
        for row in ("p50", "p99"):
            rows.add(f"{self.name}/{row}", "ns", found[row], dropped)
        rows.add(f"{self.name}/cpu", "ns/span", found["cpu"], dropped)


class Requests:
    """A request of the Django example, every kind in each round."""

    name = "python/request"

    def __init__(self, programs, rounds, seconds):
        self._programs = programs
        self._arguments = ("--rounds", rounds, "--seconds", seconds)

    def turn(self, rows):
        output = self._programs.run(
            "django_requests.py",
            "--receiver",
            self._programs.receiver,
            *self._arguments,
            timeout=1800,
        )
        for line in output.splitlines():
            found = json.loads(line)
            name = f"{self.name}/{found['kind']}"
            dropped = found["dropped"]
            rows.add(f"{name}/cpu", "ms/request", found["cpu_ms"], dropped)
            rows.add(f"{name}/throughput", "requests/s", found["requests_per_second"], dropped)
            rows.add(f"{name}/p50", "ms", found["p50"], dropped)
            rows.add(f"{name}/p99", "ms", found["p99"], dropped)
