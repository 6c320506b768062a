"""Child processes: none outlives the run, however it ends."""

import json
import os
import signal
import subprocess
import tempfile

_running = set()


class Failed(Exception):
    """A program ended with an error; its own words are in the message."""


def start(command, environment=None):
    child = subprocess.Popen(  # pylint: disable=consider-using-with
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    _running.add(child)
    return child


def finish(child, timeout=600):
    """What it printed. Failed, if it did not end well."""
    try:
        output, errors = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        stop(child)
        raise Failed(f"{child.args[0]} did not end within {timeout} s") from None
    _running.discard(child)
    if child.returncode != 0:
        words = errors.strip() or output.strip() or f"exit status {child.returncode}"
        raise Failed(f"{' '.join(child.args)}\n{words}")
    return output


def run(command, environment=None, timeout=600):
    return finish(start(command, environment), timeout)


def stop(child):
    child.kill()
    child.communicate()
    _running.discard(child)


def stop_all():
    for child in list(_running):
        stop(child)


def clean_environment(**variables):
    """Without what would change how either side exports."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    return kept | variables


class Receiver:
    """cero-receiver, for as long as the `with` lasts; `counts` holds what it received afterwards."""

    def __init__(self, program, tls):
        self.program = program
        self.tls = tls
        self.ca_file = None
        self.counts = None

    def __enter__(self):
        # Distinct spans are not counted: the ids' table would take the second core's cache and time.
        command = [self.program, "--no-unique"]
        if self.tls:
            with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as file:
                self.ca_file = file.name
            command += ["--tls-listen", "127.0.0.1:0", "--write-ca", self.ca_file]
        else:
            command += ["--listen", "127.0.0.1:0"]
        self.child = start(command)
        line = self.child.stdout.readline()
        if not line.startswith("listening "):
            stop(self.child)
            raise Failed(f"{self.program} did not start: {line.strip()}")
        self.url = line.split()[1]
        return self

    def __exit__(self, kind, *_):
        if self.ca_file:
            os.unlink(self.ca_file)
        if kind is not None:
            stop(self.child)
            return
        self.child.send_signal(signal.SIGINT)
        self.counts = json.loads(finish(self.child, timeout=30).splitlines()[-1])
