"""Where the numbers come from: a number without its machine says nothing."""

import os
import platform
import subprocess
import time


def first_line(path, default="unknown"):
    try:
        with open(path, encoding="utf-8") as file:
            return file.readline().strip()
    except OSError:
        return default


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def output_of(*command, cwd=None):
    try:
        return subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def describe():
    load = os.getloadavg()
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": processor(),
        "cores": os.cpu_count(),
        "governor": first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "none"),
        "clocksource": first_line(
            "/sys/devices/system/clocksource/clocksource0/current_clocksource"
        ),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
        "kernel": platform.release(),
        "compiler": output_of("c++", "--version").split("\n", maxsplit=1)[0],
        "flags": "-O3 -DNDEBUG",
        "peer": output_of("dpkg-query", "-W", "-f=${Version}", "opentelemetry-cpp-dev"),
        "load_average_after": [round(value, 2) for value in load],
    }


def commit(root):
    name = output_of("git", "rev-parse", "--short=12", "HEAD", cwd=root)
    return name + ("+changes" if output_of("git", "status", "--porcelain", cwd=root) else "")
