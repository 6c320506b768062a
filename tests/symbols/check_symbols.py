"""Lists what a shared libcero exports; anything but the API of namespace cero is a fault, and so is an empty list.

A host may bring its own protobuf, libcurl or another copy of moodycamel's queue: what libcero does not export cannot
stand in for them.
"""

import re
import subprocess
import sys

# Itanium mangling: functions and data of namespace cero, and the vtables and typeinfo of its types.
API = re.compile(r"_ZT?[VISTHWC]?NK?[RO]?4cero")
# Private to the library although in namespace cero.
PRIVATE = re.compile(r"_ZT?[VISTHWC]?NK?[RO]?4cero(4core|4otlp)")


def exported(library):
    """(type, mangled name) of each symbol a program can link to."""
    listing = subprocess.run(
        ["nm", "-D", "--defined-only", "--format=posix", library],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for line in listing.splitlines():
        name, kind = line.split()[:2]
        yield kind, name.split("@")[0]


def demangle(names):
    return subprocess.run(
        ["c++filt"], input="\n".join(names), check=True, capture_output=True, text=True
    ).stdout.splitlines()


if __name__ == "__main__":
    symbols = list(exported(sys.argv[1]))
    leaks = [name for _, name in symbols if not API.match(name) or PRIVATE.match(name)]
    if leaks:
        print("exported, and not part of the API (mark it hidden, or see cmake/libcero.map):")
        print("\n".join(f"  {name}" for name in demangle(leaks)[:100]))
        sys.exit(1)
    if not any(kind == "T" for kind, _ in symbols):
        sys.exit("no function of namespace cero is exported: is CERO_API gone?")
    print(f"{len(symbols)} symbols, all of the API")
