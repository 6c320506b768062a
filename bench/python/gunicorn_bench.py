"""Gunicorn's configuration: examples/django with one worker, traced as BENCH_KIND says."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "..", "examples", "django"), HERE]

wsgi_app = "message.wsgi"
workers = 1


def post_fork(server, worker):
    from opentelemetry import trace
    from providers import make_provider

    provider = make_provider(os.environ["BENCH_KIND"], os.environ["BENCH_ENDPOINT"])
    if provider is not None:
        from message.tracing import instrument_libraries

        trace.set_tracer_provider(provider)
        instrument_libraries()


def post_worker_init(worker):
    print(f"worker {worker.pid}", flush=True)
