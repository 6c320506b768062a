"""Runs the example: MariaDB in a temporary folder, a receiver, a server with its workers, requests over
HTTP; and ends with a trace as a tree and with what became of every span."""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import shutil
import sys

from .backend import Backend, Span, draw
from .database import Database
from .server import COMMANDS, Server

MESSAGES = 3


def whole_number(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return int(text)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev demo django", description=__doc__)
    parser.add_argument(
        "--server",
        choices=COMMANDS,
        default="gunicorn",
        help="gunicorn: each worker makes a provider after the fork; preload: the master makes one before it; "
        "uwsgi: as gunicorn (default: gunicorn)",
    )
    parser.add_argument(
        "--requests",
        type=whole_number,
        default=200,
        metavar="N",
        help="how many, above 0 (default: 200)",
    )
    parser.add_argument(
        "--workers",
        type=whole_number,
        default=2,
        metavar="N",
        help="how many, above 0 (default: 2)",
    )
    parser.add_argument(
        "--receiver",
        default="cero-receiver",
        metavar="PROGRAM",
        help="the receiver to start (default: cero-receiver)",
    )
    arguments = parser.parse_args()
    if shutil.which(arguments.receiver) is None:
        parser.error(f"--receiver {arguments.receiver}: there is no such program; ./dev builds it")
    return arguments


def send(server: Server, requests: int) -> None:
    paths = [f"/messages/{1 + i % MESSAGES}" for i in range(requests)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done, _ in enumerate(pool.map(server.get, paths), 1):
            if sys.stderr.isatty():
                print(f"\r  {done} of {requests} requests", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)


def sample_of(spans: list[Span]) -> str:
    """The last trace of the plain kind: a worker's first request also asks the database for its settings."""
    sizes = collections.Counter(span.trace_id for span in spans)
    actions = [span for span in spans if span.name == "awesome_action"]
    return min(actions, key=lambda span: (sizes[span.trace_id], -span.end)).trace_id


def problems(spans: list[Span], ledgers: dict[int, tuple[int, ...]], requests: int) -> list[str]:
    found = []
    received = collections.Counter(span.process for span in spans)
    for process, (recorded, exported, rejected, dropped, in_flight) in ledgers.items():
        if recorded != exported + rejected + dropped + in_flight:
            found.append(f"the ledger of {process} does not balance")
        if exported != received[process]:
            found.append(
                f"{process} exported {exported}, the receiver has {received[process]} of it"
            )
        if dropped or rejected or in_flight:
            found.append(f"{process} did not deliver all it recorded")
    for process in received.keys() - ledgers.keys():
        found.append(f"{process} sent spans and printed no ledger")
    if len({span.span_id for span in spans}) != len(spans):
        found.append("a span came twice")
    actions = sum(span.name == "awesome_action" for span in spans)
    if actions != requests:
        found.append(f"{requests} requests, but {actions} spans awesome_action")
    return found


def main() -> int:
    arguments = parse()
    print("cero's Django demo: MariaDB, two queries a request, every request traced\n", flush=True)
    with Database() as database, Backend(arguments.receiver) as backend:
        variables = {
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": backend.url,
            "MACKEREL_API_KEY": "only for a demonstration",
            "MYSQL_HOST": database.socket,
        }
        print(
            f"  server      {arguments.server}, {arguments.workers} workers\n  spans to    {backend.url}\n",
            flush=True,
        )
        with Server(arguments.server, arguments.workers, variables) as server:
            send(server, arguments.requests)
            ledgers = server.stop()
            words = server.last_words()
        spans = backend.stop()
    if not spans:
        print(f"no span arrived; the server said:\n{words}", file=sys.stderr)
        return 1
    print(f"One request, as the receiver has it:\n{draw(spans, sample_of(spans))}\n")
    print("worker      recorded   exported   rejected    dropped  in flight")
    for process, counts in sorted(ledgers.items()):
        print(f"{process:<10}" + "".join(f"{count:11,}" for count in counts))
    found = problems(spans, ledgers, arguments.requests)
    print(
        "\n"
        + (
            "\n".join(found)
            if found
            else f"balanced: {len(spans):,} spans recorded, exported and received"
        )
    )
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("stopped; the servers have ended too", file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        sys.exit(str(error))
