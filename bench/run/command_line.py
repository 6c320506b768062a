"""What ./dev bench can be told."""

import argparse
import os
import sys

STAGES = {
    "hot_path": "a span for the thread that records it: cost, latency, threads, proofs; the floor",
    "ring": "one record into a ring, and out of it",
    "queue": "a ticket, against passing spans by value",
    "encode": "attributes to bytes in a request, against protobuf's generated classes",
    "compress": "libdeflate, ISA-L, zlib and zstd over the same requests",
    "pipeline": "end to end to cero-receiver in another process: rate, CPU, bytes, memory",
    "peer": "the same through opentelemetry-cpp, and with cero behind its API",
    "python": "the Python package beside the SDK: a span, a Django request; only where it is named",
}
UNASKED = [stage for stage in STAGES if stage != "python"]  # it needs a venv and MariaDB

EPILOG = (
    "stages:\n"
    + "\n".join(f"  {name:<9} {text}" for name, text in STAGES.items())
    + """

What compares with the peer needs hot_path, pipeline and peer in one run. Programs are run in turn, again and again, so
that a noisy neighbour meets all of them; a number is the middle of its repetitions, its low and high their extremes.
One program by itself, with Google Benchmark's own flags: build/bench/bench/trace/trace_bench --help
"""
)


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description="Runs the benchmarks and prints what they measured: cero, peer and their ratio.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--caller", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="everything in under 6 minutes, with wide intervals; it decides no bar",
    )
    parser.add_argument("--json", metavar="FILE", help="write the result there as JSON too")
    parser.add_argument(
        "stages", metavar="stage", nargs="*", help="run only these (default: all but python)"
    )
    options = parser.parse_args(arguments)
    for stage in options.stages:
        if stage not in STAGES:
            parser.error(f"unknown stage '{stage}': one of {', '.join(STAGES)}")
    options.stages = options.stages or UNASKED
    options.root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    if options.json:
        options.json = os.path.join(options.caller, options.json)
        check_writable(parser, options.json)
    if options.check:  # ./dev asks before it builds
        sys.exit(0)
    return options


def check_writable(parser, path):
    """Now, not after a quarter of an hour."""
    is_new = not os.path.exists(path)
    try:
        with open(path, "a", encoding="utf-8"):
            pass
        if is_new:
            os.unlink(path)
    except OSError as error:
        parser.error(f"--json {path}: {error.strerror}; name a file that can be written")
