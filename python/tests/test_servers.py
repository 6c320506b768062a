"""Gunicorn and uWSGI: no span that has ended is lost when workers come and go, and nothing hangs.

Batches are held back for an hour, so that what arrives was delivered by the end of its worker.
"""

import itertools
import os
import signal

import pytest
from receiver import Receiver, spans_of
from servers import gunicorn, uwsgi


def check(receiver, answers):
    """Each request is one span, whose process.pid is the worker's that answered it."""
    spans = spans_of(receiver.stop())
    arrived = {span["name"]: span["resource"]["process.pid"] for span in spans}
    assert len(spans) == len(arrived)  # none twice
    assert len({span["spanId"] for span in spans}) == len(spans)
    assert arrived == answers


def reload(server, answers, workers=2):
    """Requests go on until each new worker has answered one: one that still starts may not hear that it is to
    end, whichever the server."""
    old = set(answers.values())
    server.signal(signal.SIGHUP)
    for i in range(10_000):
        answers.update(server.get_many(f"/after/{i}/{j}" for j in range(4)))
        if len(set(answers.values()) - old) >= workers:
            return
    raise AssertionError(f"not every new worker answers:\n{server.words()}")


BEFORE_THE_FORK = {"MADE": "before the fork"}


@pytest.mark.parametrize("worker_class", ["sync", "gthread", "gevent"])
@pytest.mark.parametrize("made", [{}, BEFORE_THE_FORK], ids=["post_fork", "preload"])
def test_gunicorn_recycles_reloads_and_ends(worker_class, made):
    preload = ["--preload"] if made else []
    with Receiver() as receiver:
        with gunicorn(
            worker_class, "--max-requests", "25", *preload, URL=receiver.url, **made
        ) as server:
            answers = server.get_many(f"/before/{i}" for i in range(100))
            reload(server, answers)
        check(receiver, answers)


@pytest.mark.parametrize("made", [{}, BEFORE_THE_FORK], ids=["post_fork", "preload"])
def test_gunicorn_two_hundred_restarts(made):
    with Receiver() as receiver:
        with gunicorn(
            "sync", "--preload", "--max-requests", "1", URL=receiver.url, **made
        ) as server:
            answers = server.get_many((f"/{i}" for i in range(200)), threads=2)
        check(receiver, answers)
        assert len(set(answers.values())) == 200


def test_gunicorn_killed_worker_loses_what_was_not_sent():
    with Receiver() as receiver:
        with gunicorn("sync", workers=1, URL=receiver.url) as server:
            sent = server.get_many(["/1", "/2", "/flush/3"], threads=1)
            lost = server.get_many(["/lost"], threads=1)
            (worker,) = set(sent.values()) | set(lost.values())
            os.kill(worker, signal.SIGKILL)
            after = server.get_many(["/after"], threads=1)
            assert after["/after"] != worker
        check(receiver, sent | after)


IN_EITHER = pytest.mark.parametrize(
    "made", [{}, BEFORE_THE_FORK], ids=["postfork", "in the master"]
)


@IN_EITHER
def test_uwsgi_reloads_and_ends(made):
    """Without --enable-threads: no thread of Python's own could run here."""
    with Receiver() as receiver:
        with uwsgi(URL=receiver.url, **made) as server:
            answers = server.get_many(f"/before/{i}" for i in range(100))
            reload(server, answers)
        check(receiver, answers)


@IN_EITHER
def test_uwsgi_recycles(made):
    """Until the fourth worker has answered; by default none is recycled in its first minute."""
    with Receiver() as receiver:
        recycling = ["--max-requests", "25", "--min-worker-lifetime", "0"]
        with uwsgi(*recycling, workers=1, URL=receiver.url, **made) as server:
            answers = {}
            for i in itertools.count():
                answers[f"/{i}"] = server.get(f"/{i}")
                if len(set(answers.values())) == 4:
                    break
        check(receiver, answers)
        assert len(answers) == 76


def test_uwsgi_delivers_while_it_runs():
    with Receiver() as receiver:
        with uwsgi(URL=receiver.url, DELAY="0") as server:
            answers = server.get_many(f"/{i}" for i in range(10))
            receiver.wait_for(10)
        check(receiver, answers)
