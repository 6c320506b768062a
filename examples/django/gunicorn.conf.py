"""Gunicorn: each worker makes a provider of its own, after the fork."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from message.tracing import instrument, print_ledger  # noqa: E402

wsgi_app = "message.wsgi"


def post_fork(server, worker):
    instrument()


def worker_exit(server, worker):
    print_ledger()
