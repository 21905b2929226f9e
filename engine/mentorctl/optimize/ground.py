"""What rules are evaluated on, as values: the roster, its contract, the day, and what is known about pairs."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentorctl.roster.people import Roster
from mentorctl.rules.fields import Contract
from mentorctl.values import dataclass

type Indices = NDArray[np.int32]
type Truths = NDArray[np.bool_]
type Amounts = NDArray[np.int64]
type Numbers = NDArray[np.float64]
type Test = Callable[[Indices, Indices], Truths]
type Measure = Callable[[Indices, Indices], Amounts]
type Kinds = Callable[[Indices, Indices], tuple[Indices, Indices]]

NOTHING = 1 << 62  # an amount that no score rewards


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairFacts:
    """What happened between two people, in either order: roster indices and the day as an ordinal.

    A pair may be there several times; each entry is one time.
    """

    one: Indices
    two: Indices
    day: Amounts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """Who was matched with whom before (the day on which the match began) and who declined whom, as of a day."""

    as_of: date
    met: PairFacts
    declined: PairFacts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutsideScores:
    """Whole-number scores that another system gave to pairs, by roster indices; each pair once."""

    mentee: Indices
    mentor: Indices
    score: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What rules are evaluated on: the roster, its contract, and the day and zone for local clocks.

    `peers`: the two of a pair have no order, and the mentee and the mentor of every rule are `a` and `b`. `waited` has
    the rounds that each person of the roster waited. None of the last three: nothing is known, or nothing happened.
    """

    roster: Roster
    contract: Contract
    day: date
    timezone: str
    peers: bool = False
    history: History | None = None
    outside: OutsideScores | None = None
    waited: Amounts | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Few:
    """Pairs of roster indices, and whether a predicate holds for these alone or for all others."""

    one: Indices
    other: Indices
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """`holds` and `known` (no cell that it needs is blank) for pairs; `amount` is the number of answers in common, the
    gap, the place in the ranking or the score from outside, and NOTHING where there is none.

    What makes many pairs quick to decide, where there is such a thing: `kinds` gives a number from 0 for each of some
    mentees and of some mentors, and people of one number are alike to it; `few` are the pairs that matter.
    """

    holds: Test
    known: Test
    amount: Measure | None = None
    kinds: Kinds | None = None
    few: Few | None = None


def always(mentee: Indices, mentor: Indices) -> Truths:
    """No cell is needed, so none is blank."""
    return np.ones(np.broadcast_shapes(mentee.shape, mentor.shape), np.bool_)


def kinds_of(*columns: NDArray[Any]) -> Indices:
    """A number from 0 for each row of some columns, the same for equal rows; two blank numbers are equal."""
    kind: Indices = np.zeros(len(columns[0]) if columns else 0, np.int32)
    for column in columns:
        found = np.unique(column if column.ndim == 1 else _rows(column), return_inverse=True)[1]
        both = kind * (found.max(initial=0) + 1) + found if kind.any() else found
        kind = np.unique(both, return_inverse=True)[1].astype(np.int32) if kind.any() else found.astype(np.int32)
    return kind


def _rows(table: NDArray[Any]) -> NDArray[np.void]:
    """Each row as one value of so many bytes."""
    return np.ascontiguousarray(table).view(np.dtype((np.void, table.itemsize * table.shape[1])))[:, 0]


def one_of_each(kind: Indices) -> NDArray[np.intp]:
    """One of some people for each of their kinds."""
    one = np.zeros(int(kind.max(initial=-1)) + 1, np.intp)
    one[kind] = np.arange(len(kind))
    return one
