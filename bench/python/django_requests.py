"""Requests to examples/django under wrk, each kind of tracing in turn, again and again. Prints a line of
JSON for each: the worker's CPU for a request, requests a second, percentiles of their latency."""

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "examples", "django"))

from demo.database import Database  # noqa: E402
from providers import KINDS  # noqa: E402

SPANS_A_REQUEST = 4  # the server's, awesome_action, two queries
WARM_UP = 1  # seconds
CONNECTIONS = 4


class Server:
    def __init__(self, kind, endpoint, database):
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        port = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/messages/1"
        command = [os.path.join(os.path.dirname(sys.executable), "gunicorn")]
        command += ["--config", os.path.join(HERE, "gunicorn_bench.py"), "--log-level", "warning"]
        command += ["--bind", f"fd://{self._listening.fileno()}"]
        self._child = subprocess.Popen(
            command,
            env={
                **os.environ,
                "BENCH_KIND": kind,
                "BENCH_ENDPOINT": endpoint,
                "MYSQL_HOST": database.socket,
            },
            pass_fds=[self._listening.fileno()],
            stdout=subprocess.PIPE,
            text=True,
        )
        words = self._child.stdout.readline().split()
        if words[:1] != ["worker"]:
            raise SystemExit("Gunicorn did not start")
        self._worker = int(words[1])

    def cpu_seconds(self):
        """Of the worker, all of its threads."""
        with open(f"/proc/{self._worker}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self._child.terminate()
        self._child.communicate()
        self._listening.close()


def load(url, seconds):
    """What wrk says: requests, requests a second, p50 and p99 in milliseconds."""
    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--latency"]
    words = subprocess.run(
        [*command, "--duration", f"{seconds}s", url], check=True, capture_output=True, text=True
    ).stdout
    if "Non-2xx" in words or "Socket errors" in words:
        raise SystemExit(f"requests failed:\n{words}")
    return {
        "requests": int(re.search(r"(\d+) requests in", words)[1]),
        "requests_per_second": float(re.search(r"Requests/sec:\s*([\d.]+)", words)[1]),
        "p50": percentile(words, 50),
        "p99": percentile(words, 99),
    }


def percentile(words, percent):
    number, unit = re.search(rf"^\s*{percent}%\s+([\d.]+)(us|ms|s)$", words, re.MULTILINE).groups()
    return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]


def measure(kind, options, database):
    receiver = subprocess.Popen(
        [options.receiver, "--listen", "127.0.0.1:0", "--no-unique"],
        stdout=subprocess.PIPE,
        text=True,
    )
    endpoint = receiver.stdout.readline().split()[1]
    server = Server(kind, endpoint, database)
    try:
        warm = load(server.url, WARM_UP)
        before = server.cpu_seconds()
        found = load(server.url, options.seconds)
        found["cpu_ms"] = (server.cpu_seconds() - before) * 1e3 / found["requests"]
    finally:
        server.stop()
        receiver.send_signal(signal.SIGINT)
        counts = json.loads(receiver.communicate()[0].splitlines()[-1])
    wanted = 0 if kind == "none" else SPANS_A_REQUEST * (warm["requests"] + found["requests"])
    return {"kind": kind, **found, "dropped": max(0, wanted - counts["spans"])}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--receiver", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8)
    options = parser.parse_args()
    with Database() as database:
        for _ in range(options.rounds):
            for kind in KINDS:
                print(json.dumps(measure(kind, options, database)), flush=True)


if __name__ == "__main__":
    main()
