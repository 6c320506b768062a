"""The application that test_servers.py runs under Gunicorn and uWSGI: each request is one span, and is
answered with the process that made it."""

import os

import cero

provider = None


def instrument():
    global provider
    provider = cero.TracerProvider(
        resource={"service.name": "server", "process.pid": os.getpid()},
        endpoint=os.environ["URL"],
        batch_delay_max=float(os.environ.get("DELAY", "3600")),
        shutdown_timeout=30,
    )


def application(environ, start_response):
    with provider.get_tracer("app").start_as_current_span(environ["PATH_INFO"]):
        body = str(os.getpid()).encode()
    if environ["PATH_INFO"].startswith("/flush"):
        provider.force_flush()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


if os.environ.get("MADE") == "before the fork":  # where the application is loaded: in the master
    instrument()
else:
    try:
        from uwsgidecorators import postfork
    except ImportError:  # under Gunicorn

        def post_fork(server, worker):
            instrument()

    else:
        postfork(instrument)
