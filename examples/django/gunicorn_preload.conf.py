"""Gunicorn with the application loaded once, in the master: its provider goes on in each worker, without a hook."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from message.tracing import instrument, print_ledger  # noqa: E402

wsgi_app = "message.wsgi"
preload_app = True

instrument()


def worker_exit(server, worker):
    print_ledger()
