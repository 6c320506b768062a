"""./dev bench: runs the benchmark programs, interleaved, and reports what they measured."""

import json
import signal
import sys

import command_line
import machine
import processes
import ratios
import report
import stages
from rows import Rows


def main():
    options = command_line.parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rows = Rows()
    progress = report.Progress()
    try:
        stages.run(options, rows, progress)
    except KeyboardInterrupt:
        progress.clear()
        print("bench: stopped; nothing is written", file=sys.stderr)
        return 130
    except processes.Failed as failure:
        progress.clear()
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    finally:
        processes.stop_all()
    progress.clear()

    found = ratios.compute(rows)
    report.print_rows(rows)
    report.print_peer(rows)
    report.print_ratios(found, options.quick, options.stages)
    if options.json:
        # The estimate of a ratio stands in `ratios`, its interval beside it among the rows.
        result = {
            "machine": machine.describe(),
            "commit": machine.commit(options.root),
            "quick": options.quick,
            "rows": rows.as_json(),
            "ratios": {name: ratio.value for name, ratio in found.items()},
            "missing": {name: ratio.missing for name, ratio in found.items() if ratio.missing},
        }
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=1)
            file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
