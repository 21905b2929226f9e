"""People as columns: numpy arrays with one entry per person, in the order of their roster ids."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mentorctl.dates.week import QUARTERS_PER_WEEK
from mentorctl.dates.workdays import DaySpan
from mentorctl.rules.fields import Role
from mentorctl.values import dataclass

type Ints = NDArray[np.int32]
type Words = NDArray[np.uint64]

WEEK_WORDS = -(-QUARTERS_PER_WEEK // 64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CodeColumn:
    """One label per person: `codes[i]` indexes `labels`, -1 is a blank.

    Levels (labels are the scale, lowest first), single choices, booleans (no, yes) and time zones.
    """

    codes: Ints
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SetColumn:
    """A set of labels per person as bits: label k is bit k % 64 of word k // 64. A blank is the empty set."""

    words: Words
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberColumn:
    """A number per person (dates as days since year 1); NaN is a blank."""

    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PersonColumn:
    """Another person of the roster per person, by index; -1 is a blank."""

    people: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeekColumn:
    """Weekly availability in local quarter hours, `WEEK_WORDS` words a person; `known` is false for a blank."""

    words: Words
    known: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DaysColumn:
    """Stretches of days per person, such as absences, in the order written."""

    spans: tuple[tuple[DaySpan, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankColumn:
    """Ranked people per person: `people[starts[i]:starts[i + 1]]`, the best first."""

    starts: NDArray[np.int64]
    people: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextColumn:
    values: tuple[str, ...]


type Column = CodeColumn | SetColumn | NumberColumn | PersonColumn | WeekColumn | DaysColumn | RankColumn | TextColumn


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Applications:
    """Who applies in which role, by index, ascending. Program and cohort are "" when the source leaves them open."""

    role: Role
    program: str
    cohort: str
    people: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roster:
    """Everybody, in the order of `roster_ids`. `ids` are the opaque ids used everywhere else."""

    ids: tuple[str, ...]
    roster_ids: tuple[str, ...]
    names: tuple[str, ...]
    columns: dict[str, Column]
    completed: SetColumn
    approved: NDArray[np.bool_]
    applications: tuple[Applications, ...]
    digest: str
    kept_out: tuple[Applications, ...] = ()  # who does not take part, whatever their rows say

    def applicants(self, role: Role, program: str, cohort: str, *, by_name: bool = False) -> Ints:
        """Indices of the people who apply for a role in a cohort, ascending; `by_name`: to this program alone."""
        applies = np.zeros(len(self.ids), np.bool_)
        programs = {program} if by_name else {"", program}
        for one in self.applications:
            if one.role is role and one.program in programs and one.cohort in ("", cohort):
                applies[one.people] = True
        for one in self.kept_out:
            if one.role is role and one.program in ("", program) and one.cohort in ("", cohort):
                applies[one.people] = False
        return np.flatnonzero(applies).astype(np.int32)


def bits_of(words: Words, row: int) -> int:
    """One person's bit set as an integer."""
    return int.from_bytes(words[row].astype("<u8").tobytes(), "little")


def words_of(sets: Iterable[int], width: int) -> Words:
    """Bit sets that are integers as rows of `width` words."""
    written = b"".join(bits.to_bytes(width * 8, "little") for bits in sets)
    return np.frombuffer(written, dtype="<u8").astype(np.uint64).reshape(-1, width)
