"""Gunicorn and uWSGI as child processes."""

import concurrent.futures
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile

from receiver import DEADLINE

TESTS = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.dirname(sys.executable)
# Seconds after which both servers kill a worker. One whose hook after the fork still runs when it is told to end does not
# hear it, whatever the hook does; it has answered nothing by then.
MERCY = 15


class Server:
    """`with` starts it and, unless it has ended, ends it by SIGTERM; its listening socket is made here, so
    that requests may be sent at once."""

    def __init__(self, command, **variables):
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._socket.getsockname()[1]
        self.log = tempfile.TemporaryFile(mode="w+")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OTEL_")}
        descriptor = self._socket.fileno()
        self.process = subprocess.Popen(
            [part.format(fd=descriptor) for part in command],
            env={**environment, "PYTHONPATH": TESTS, **variables},
            cwd=TESTS,
            pass_fds=[descriptor],
            stdout=self.log,
            stderr=self.log,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def get(self, path):
        """The process that answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            assert response.status == 200, response.status
            return int(response.read())
        finally:
            connection.close()

    def get_many(self, paths, threads=4):
        """By path, the process that answered it."""
        paths = list(paths)
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            return dict(zip(paths, pool.map(self.get, paths)))

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise AssertionError(f"the server did not end:\n{self.words()}") from None
        self._socket.close()

    def words(self):
        self.log.seek(0)
        return self.log.read()


def gunicorn(worker_class, *arguments, workers=2, **variables):
    command = [os.path.join(BIN, "gunicorn"), "--bind", "fd://{fd}", "--workers", str(workers)]
    command += ["--worker-class", worker_class, "--config", "python:server_app"]
    command += ["--graceful-timeout", str(MERCY), "--timeout", "0"]
    return Server([*command, *arguments, "server_app:application"], **variables)


def uwsgi(*arguments, workers=2, **variables):
    command = [os.path.join(BIN, "uwsgi"), "--master", "--processes", str(workers)]
    command += ["--http-socket", "fd://{fd}", "--module", "server_app:application", "--need-app"]
    command += ["--virtualenv", sys.prefix, "--pythonpath", TESTS]
    # SIGTERM by itself, or --die-on-term, runs no exit handlers in a worker that is still busy behind its answer.
    command += ["--hook-master-start", "unix_signal:15 gracefully_kill_them_all"]
    command += ["--worker-reload-mercy", str(MERCY)]
    return Server([*command, *arguments], **variables)
