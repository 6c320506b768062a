"""examples/django end to end: MariaDB, a server with workers, and a ledger that balances."""

import os
import subprocess
import sys

import pytest
from receiver import DEADLINE

EXAMPLE = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "django")


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-B", "-m", "demo", "--receiver", os.environ["CERO_RECEIVER"], *arguments],
        cwd=EXAMPLE,
        capture_output=True,
        text=True,
        timeout=2 * DEADLINE,
    )


@pytest.mark.parametrize("server", ["gunicorn", "preload", "uwsgi"])
def test_every_span_arrives(server):
    ended = run("--server", server, "--requests", "40")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    tree = [
        line.split(" ms")[0].rsplit(maxsplit=1)[0].strip()
        for line in ended.stdout.splitlines()
        if line.endswith(" ms")
    ]
    assert tree == ["GET messages/<int:id>", "`- awesome_action", "|- UPDATE", "`- SELECT"]
    assert "balanced: " in ended.stdout


def test_wrong_options_are_told():
    for arguments, words in [
        (["--requests", "0"], "--requests"),
        (["--server", "apache"], "invalid choice: 'apache'"),
        (["--receiver", "no-such-program"], "there is no such program"),
    ]:
        ended = run(*arguments)
        assert ended.returncode == 2 and words in ended.stderr, ended.stderr
