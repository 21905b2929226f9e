"""What is counted while a simulation runs: totals and a few histograms, never a log, so that time costs no memory."""

from collections import Counter
from dataclasses import field

from mentorctl.values import dataclass

LONGEST_WAIT = 400  # days; longer ones count as this


@dataclass(slots=True)
class Tally:
    """The counts of one run. `waits` are the days from being ready to a match; `load` mentors by number of matches.

    `months` are the states at the first of each month: (month, lifecycle, state) → number.
    """

    enrolled: int = 0
    matched: int = 0
    matches: int = 0
    events: int = 0
    waits: Counter[int] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    load: Counter[int] = field(default_factory=Counter)
    months: dict[tuple[str, str, str], int] = field(default_factory=dict)

    @property
    def told(self) -> int:
        """Messages to participants and owners together."""
        return sum(self.messages.values())

    def wait(self, days: int) -> None:
        self.waits[min(max(days, 0), LONGEST_WAIT)] += 1

    def percentile(self, share: float) -> float:
        """The wait that so many share: of nobody it is 0."""
        total = sum(self.waits.values())
        reached = 0
        for days in sorted(self.waits):
            reached += self.waits[days]
            if reached >= share * total:
                return float(days)
        return 0.0

    @property
    def mean_wait(self) -> float:
        total = sum(self.waits.values())
        return sum(days * number for days, number in self.waits.items()) / total if total else 0.0

    @property
    def mean_load(self) -> float:
        """Matches per mentor who has any, over the first days of the months."""
        mentors = sum(number for places, number in self.load.items() if places)
        return sum(places * number for places, number in self.load.items()) / mentors if mentors else 0.0
