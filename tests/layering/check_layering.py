"""Holds every #include of the tree against the tables below: who may see whom.

Prints one line for each include that may not be, with the fix, and exits 1. Takes the root of the tree.
"""

import pathlib
import re
import sys

# What a folder of core/ sees directly; it may include what those see too. include/cero is for all.
SEES = {
    "base": [],
    "ring": ["base"],
    "trace": ["base", "ring"],
    "queue": ["ring"],
    "otlp": ["base"],
    "batch": ["queue", "otlp"],
    "compress": ["base"],
    "http": ["base"],
    "export": ["otlp", "compress", "http"],
    "console": ["otlp"],
    "config": ["base", "compress", "http"],
}

# A third party is included in one folder only, so that it can be replaced there.
THIRD_PARTIES = {
    "concurrentqueue.h": "queue",
    "google/protobuf/": "otlp",
    "libdeflate.h": "compress",
    "zstd.h": "compress",
    "isa-l/": "compress",
    "curl/": "http",
}

# Headers of the C library, the kernel and the compiler that core/ may use.
SYSTEM = re.compile(
    r"(sys|linux|net|netinet|arpa)/\w+\.h"
    r"|(\w*intrin|cpuid|cxxabi|dlfcn|errno|fcntl|limits|link|netdb|poll|pthread|sched|signal|strings|time|unistd)\.h"
)
# What the public headers may inline beside std: compiler intrinsics.
INTRINSICS = re.compile(r"\w*intrin\.h")
# What include/cero/otel/ adapts, and sees beside the public headers.
ADAPTED = "opentelemetry/"
STD = re.compile(r"[a-z_0-9]+")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def visible_from(folder):
    """The folder itself and all it sees, directly or not."""
    seen, todo = set(), [folder]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo += SEES[current]
    return seen


def includes_of(file):
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1] == "<", match[2]


def fault_in_public(inside_otel, angled, name):
    if angled and inside_otel and name.startswith(ADAPTED):
        return None
    if not inside_otel and name.startswith("cero/otel/"):
        return "cero does not know its adapter: only include/cero/otel/ includes it"
    if angled:
        if STD.fullmatch(name) or INTRINSICS.fullmatch(name):
            return None
        return "public headers see std only: move what needs it to core/, behind a function"
    if name.startswith("cero/"):
        return None
    return 'public headers see public headers only, as "cero/...": move what is needed to include/cero/detail/'


def fault_in_core(folder, angled, name):
    """`folder` is None for files of core/ itself: the pipeline, which sees every folder, but no third party."""
    home = next((home for prefix, home in THIRD_PARTIES.items() if name.startswith(prefix)), None)
    if name.endswith(".pb.h"):
        home = "otlp"
    if home is not None:
        if folder == home:
            return None
        return f"only core/{home}/ includes it: call it through a header of core/{home}/"
    if angled:
        if STD.fullmatch(name) or SYSTEM.fullmatch(name):
            return None
        return (
            "a third party without a home: use std, or add it to THIRD_PARTIES "
            "(to SYSTEM when it is the C library's or the compiler's)"
        )
    target = name.split("/")[0]
    if name.startswith("cero/otel/"):
        return "cero does not know its adapter: only include/cero/otel/ includes it"
    if target == "cero" or (folder is None and "/" not in name):
        return None
    if target not in SEES or "/" not in name:
        return 'write "cero/..." or "<folder>/..." with a folder of core/'
    if folder is None or target in visible_from(folder):
        return None
    allowed = ", ".join(sorted(visible_from(folder)))
    return f"core/{folder}/ sees {allowed}: move what is needed there, or hand it in from core/stages.cc"


def fault_in_examples(angled, name):
    if not angled and name.split("/")[0] in SEES:
        return "examples show the public API: include <cero/cero.h>"
    return None


def sources(folder):
    return sorted(f for f in folder.rglob("*") if f.suffix in (".h", ".cc"))


def faults(root):
    for file in sources(root / "include"):
        inside_otel = (root / "include/cero/otel") in file.parents
        for number, angled, name in includes_of(file):
            yield file, number, name, fault_in_public(inside_otel, angled, name)
    for file in sources(root / "core"):
        inside = file.relative_to(root / "core").parts
        folder = inside[0] if len(inside) > 1 else None
        if folder is not None and folder not in SEES:
            yield (
                file,
                0,
                "",
                f"core/{folder}/ is not in SEES: say in tests/layering/check_layering.py what it sees",
            )
            continue
        for number, angled, name in includes_of(file):
            yield file, number, name, fault_in_core(folder, angled, name)
    for file in sources(root / "examples"):
        for number, angled, name in includes_of(file):
            yield file, number, name, fault_in_examples(angled, name)


def uninstalled(root):
    """Public headers that no file set lists: they would be missing where cero is installed."""
    core = (root / "core/CMakeLists.txt").read_text()
    otel_list = root / "cmake/otel.cmake"
    otel = otel_list.read_text() if otel_list.exists() else ""
    for file in sources(root / "include"):
        if (root / "include/cero/otel") in file.parents:
            if f"/{file.name}" not in otel:
                yield file, 0, "", "not installed: add it to the file set in cmake/otel.cmake"
        elif f"../{file.relative_to(root)}" not in core:
            yield file, 0, "", "not installed: add it to the file set in core/CMakeLists.txt"


def check(root):
    """The faults of the tree, one line each."""
    found = []
    for file, number, name, fix in [*faults(root), *uninstalled(root)]:
        if fix is not None:
            place = f"{file.relative_to(root)}:{number}" if number else f"{file.relative_to(root)}"
            found.append(f"{place}: {name + ': ' if name else ''}{fix}")
    return found


if __name__ == "__main__":
    tree = pathlib.Path(sys.argv[1])
    if not sources(tree / "core"):
        sys.exit(f"{tree}: no sources below core/; is this the root of the tree?")
    problems = check(tree)
    print("\n".join(problems) or "every include is where it may be")
    sys.exit(1 if problems else 0)
