"""What a course of a timetable is worth at most, and which of its choices cannot be part of anything better."""

import numpy as np

from mentorctl.optimize.scheduling.timetable import LARGEST, Indices
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CourseBound:
    """What a course is worth at most with each number of sessions from 0; for its lateness alone, its seats, its rest.

    `seats` are the people who could have one with so many sessions, and `seat` what each is worth.
    """

    seat: int
    late: int
    seats: Indices
    rest: Indices
    lateness: Indices

    @property
    def worth(self) -> Indices:
        return self.seat * self.seats + self.rest - self.lateness

    @property
    def value(self) -> int:
        return int(self.worth.max())

    def last_start(self, left: int) -> int:
        """The last block in which a session can be where the bound leaves so much open."""
        if not self.late or len(self.seats) == 1:
            return LARGEST
        early = self.seat * self.seats[1:] + self.rest[1:] - self.lateness[:-1]
        return int((int(early.max()) - self.value + left) // self.late)

    def counts(self, left: int) -> tuple[int, int]:
        """The least and the greatest number of sessions where the bound leaves so much open."""
        possible = np.flatnonzero(self.worth >= self.value - left)
        return int(possible[0]), int(possible[-1])

    def least_seats(self, left: int) -> int:
        """All who could have a seat, if one seat less would cost more than the bound leaves open; else nobody."""
        most = int(self.seats.max())
        fewer = self.seat * np.minimum(self.seats, most - 1) + self.rest - self.lateness
        return most if most and int(fewer.max()) < self.value - left else 0
