"""Gunicorn or uWSGI with the example's application."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile

EXAMPLE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAMS = os.path.dirname(sys.executable)
ANSWERS_WITHIN = 60  # seconds, the start of the server included
LAST_LINES = 25  # of what a server says, when something went wrong

COMMANDS = {
    "gunicorn": ["gunicorn", "--config", "gunicorn.conf.py", "--bind", "fd://{fd}"],
    "preload": ["gunicorn", "--config", "gunicorn_preload.conf.py", "--bind", "fd://{fd}"],
    "uwsgi": ["uwsgi", "--ini", "uwsgi.ini", "--http-socket", "fd://{fd}"]
    + ["--virtualenv", sys.prefix, "--pythonpath", EXAMPLE],
}
LEDGER = re.compile(
    r"^ledger of (\d+): (\d+) recorded, (\d+) exported, (\d+) rejected, (\d+) dropped, (\d+) in flight$",
    re.MULTILINE,
)


class Server:
    """`with` starts it. Its socket is made here, so that requests may be sent at once."""

    def __init__(self, kind: str, workers: int, variables: dict[str, str]) -> None:
        self._command = [*COMMANDS[kind], "--workers", str(workers)]
        self._variables = variables

    def __enter__(self) -> "Server":
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._socket.getsockname()[1]
        self._output = tempfile.TemporaryFile(mode="w+")
        descriptor = self._socket.fileno()
        program, *arguments = [part.format(fd=descriptor) for part in self._command]
        self._process = subprocess.Popen(
            [os.path.join(PROGRAMS, program), *arguments],
            env={**os.environ, **self._variables},
            cwd=EXAMPLE,
            pass_fds=[descriptor],
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
        self._output.close()
        self._socket.close()

    def get(self, path: str) -> None:
        """Raises OSError if the answer is not 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWERS_WITHIN)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read().decode(errors="replace")
        except OSError as error:
            raise OSError(f"{path}: {error}; the server said:\n{self.last_words()}") from None
        finally:
            connection.close()
        if answer.status != 200:
            raise OSError(
                f"{path}: {answer.status} {body[:200]}; the server said:\n{self.last_words()}"
            )

    def stop(self) -> dict[int, tuple[int, ...]]:
        """The ledger of each worker, as it printed it: recorded, exported, rejected, dropped, in
        flight."""
        self._process.terminate()
        self._process.wait()
        ledgers = {}
        for found in LEDGER.finditer(self.words()):
            process, *counts = (int(number) for number in found.groups())
            ledgers[process] = tuple(counts)
        return ledgers

    def words(self) -> str:
        self._output.seek(0)
        return self._output.read()

    def last_words(self) -> str:
        return "\n".join(self.words().splitlines()[-LAST_LINES:])
