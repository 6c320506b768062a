"""The highest rate a side sustains, found by trying."""

from loads import stage_of

RATE_MIN = 1000


class Search:
    """One try a turn, so that searches of several sides can be interleaved.

    First the rate is doubled until it is too high (or halved until it is not), then the bracket is
    narrowed; then the best is confirmed by a long run, and lowered until one passes.
    """

    def __init__(self, deliverer, side, guess, try_seconds, hold_seconds, precision):
        self.name = f"highest rate of {side.name}"
        self.deliverer = deliverer
        self.side = side
        self.rate = guess
        self.try_seconds = try_seconds
        self.hold_seconds = hold_seconds
        self.precision = precision  # the bracket's width, as a ratio
        self.passed = None
        self.failed = None
        self.why = ""
        self.holding = False
        self.done = False

    def turn(self, rows):
        """One try. Afterwards `done` says whether the rate is found."""
        seconds = self.hold_seconds if self.holding else self.try_seconds
        outcome = self.deliverer.deliver(self.side, "--rate", int(self.rate), "--seconds", seconds)
        problem = why_not(outcome, self.rate)
        if problem:
            self.failed = min(self.rate, self.failed or self.rate)
            self.why = problem
        else:
            self.passed = self.rate
        if self.holding and not problem:
            return self.finish(rows, outcome)
        self.choose_next()
        if self.rate < RATE_MIN:
            self.done = True
            rows.note_missing(self.name, f"it sustains not even {RATE_MIN} spans/s: {self.why}")
        return None

    def choose_next(self):
        if self.holding:
            self.rate *= 0.9
            return
        if self.passed is None:
            self.rate /= 2
        elif self.failed is None:
            self.rate *= 1.6
        elif self.failed / self.passed > self.precision:
            self.rate = (self.failed * self.passed) ** 0.5
        else:
            self.rate = self.passed
            self.holding = True

    def finish(self, rows, outcome):
        self.done = True
        prefix = f"{stage_of(self.side)}/highest_rate/{self.side.name}"
        # Between what was held and what was not.
        interval = (self.passed, self.failed)
        rows.add(prefix, "spans/s", self.passed, outcome.dropped, interval)
        cpu = outcome.driver["cpu_seconds"]["total"] * 1e9 / max(1, outcome.receiver["spans"])
        rows.add(f"{prefix}/cpu", "ns/span", cpu, outcome.dropped)


def why_not(outcome, rate):
    """Why a rate is not sustained; None when it is."""
    driver = outcome.driver
    # In flight goes up and down by a batch of either side, whatever the rate.
    allowance = 8192 + 0.02 * rate
    if outcome.dropped != 0:
        return f"{outcome.dropped} spans dropped"
    if outcome.rate < 0.99 * rate:
        return "the thread could not make them"
    if driver["in_flight_late"] > driver["in_flight_early"] + allowance:
        return "spans piled up"
    if not driver["flushed"] or driver["flush_seconds"] >= 1:
        return f"the flush took {driver['flush_seconds']:.1f} s"
    return None
