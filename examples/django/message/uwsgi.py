"""The application for uWSGI, which loads it once, in the master, before it forks its workers."""

import uwsgi
from uwsgidecorators import postfork

from .tracing import instrument_libraries, print_ledger, set_provider

# Django's middleware is set when the application is made: here, before the fork.
instrument_libraries()


@postfork
def init_tracing():
    set_provider()
    uwsgi.atexit = print_ledger


from .wsgi import application  # noqa: E402,F401
