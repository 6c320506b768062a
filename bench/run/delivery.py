"""One run of a driver against a receiver in another process."""

import dataclasses
import json
import os

import processes


@dataclasses.dataclass(frozen=True)
class Side:
    """Who delivers, and how."""

    name: str  # in the rows' names
    driver: str  # a key of FOLDERS
    arguments: tuple = ()
    jemalloc: bool = False
    tls: bool = False

    @property
    def is_peer(self):
        return self.driver == "peer_driver"


# Where each driver is built.
FOLDERS = {
    "cero_driver": "pipeline",
    "peer_driver": "peer",
    "otel_provider_driver": "otel",
    "otel_processor_driver": "otel",
}

TUNED = ("--queue", "65536", "--batch", "8192")


def cero(compression, jemalloc=False, tls=False):
    name = f"cero_{compression.replace(':', '')}" + ("_tls" if tls else "")
    return Side(
        name + ("_jemalloc" if jemalloc else ""),
        "cero_driver",
        ("--compression", compression),
        jemalloc,
        tls,
    )


def peer(tuned=True, jemalloc=False):
    name = "peer_tuned" if tuned else "peer_default"
    return Side(
        name + ("_jemalloc" if jemalloc else ""), "peer_driver", TUNED if tuned else (), jemalloc
    )


def otel(way):
    """cero behind the API: as its provider, or as the SDK's processor. Plain, as the peer sends."""
    return Side(f"otel_{way}", f"otel_{way}_driver")


@dataclasses.dataclass
class Outcome:
    driver: dict  # what the driver said
    receiver: dict  # what the receiver counted

    @property
    def made(self):
        return self.driver["warm_up"] + self.driver["made"]

    @property
    def dropped(self):
        """By the receiver's count, the one number that nobody can get wrong for us."""
        return self.made - self.receiver["spans"]

    @property
    def bytes_per_span(self):
        return self.receiver["bytes"] / max(1, self.receiver["spans"])

    @property
    def rate(self):
        return self.driver["made"] / self.driver["seconds"]


class Deliverer:
    def __init__(self, build):
        self.build = build
        self.jemalloc = find_jemalloc()

    def program(self, name):
        return os.path.join(self.build, "bench", FOLDERS[name], name)

    def deliver(self, side, *arguments):
        variables = {"LD_PRELOAD": self.jemalloc} if side.jemalloc else {}
        receiver_program = os.path.join(self.build, "tools", "receiver", "cero-receiver")
        with processes.Receiver(receiver_program, side.tls) as receiver:
            command = [self.program(side.driver), "--endpoint", receiver.url]
            if side.tls:
                command += ["--cacert", receiver.ca_file]
            command += [*side.arguments, *map(str, arguments)]
            environment = processes.clean_environment(**variables)
            driver = json.loads(processes.run(command, environment, timeout=120))
        return Outcome(driver, receiver.counts)


def find_jemalloc():
    for folder in (
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib64",
        "/usr/lib",
    ):
        path = os.path.join(folder, "libjemalloc.so.2")
        if os.path.exists(path):
            return path
    raise processes.Failed("libjemalloc.so.2 is not installed; ./dev setup bench installs it")
