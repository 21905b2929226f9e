"""What soft rules give to lists of pairs, added up: by table or by bits where that can be, else by their measure."""

from collections.abc import Sequence
from typing import cast

import numpy as np

from mentorctl.optimize.ground import Amounts, Indices, Kinds, Measure
from mentorctl.optimize.kernels.pairs import add_common, add_table
from mentorctl.optimize.sieve import renumbered
from mentorctl.roster.people import Words
from mentorctl.values import dataclass

_LARGEST_TABLE = 1 << 16  # entries; a larger one leaves the cache


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Common:
    """Points for each answer in common, at most some of them; the answers are bits per person of the roster."""

    ours: Words
    theirs: Words
    each: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """What one soft rule gives: `kinds` as in `ground.Compiled`, of the whole rule, and `common` as in `measure`."""

    measure: Measure
    kinds: Kinds | None = None
    common: Common | None = None


class Tally:
    """The sum of what soft rules give to pairs of some mentees and mentors."""

    def __init__(self, mentees: Indices, mentors: Indices, rules: Sequence[Giving]) -> None:
        # indexing turns other numbers into these each time
        self._mentees, self._mentors = mentees.astype(np.intp), mentors.astype(np.intp)
        self._tables: list[tuple[tuple[Indices, Indices], Amounts]] = []
        self._common: list[tuple[tuple[Words, Words], Common]] = []
        self._measures: list[Measure] = []
        for rule in rules:
            table = self._table(rule)
            if table is not None:
                self._tables.append(table)
            elif rule.common is not None:
                answers = rule.common.ours[self._mentees], rule.common.theirs[self._mentors]
                self._common.append((answers, rule.common))
            else:
                self._measures.append(rule.measure)

    def points(self, mentee: Indices, mentor: Indices) -> Amounts:
        """The points of pairs, given as places in the two lists."""
        points: Amounts = np.zeros(len(mentee), np.int64)
        for kinds, table in self._tables:
            add_table(mentee, mentor, kinds, table, points)
        for answers, common in self._common:
            add_common(mentee, mentor, answers, common.each, common.most, points)
        if self._measures:
            e, m = cast("Indices", self._mentees[mentee]), cast("Indices", self._mentors[mentor])
            for measure in self._measures:
                points += measure(e, m)
        return points

    def _table(self, rule: Giving) -> tuple[tuple[Indices, Indices], Amounts] | None:
        """What a rule gives to each kind of mentee and mentor, asked of one person of each."""
        if rule.kinds is None:
            return None
        sides = cast("Indices", self._mentees), cast("Indices", self._mentors)
        (kind, mentees), (other, mentors) = map(renumbered, rule.kinds(*sides))
        if len(mentees) * len(mentors) > _LARGEST_TABLE:
            return None
        one, two = cast("Indices", self._mentees[mentees]), cast("Indices", self._mentors[mentors])
        return (kind, other), np.ascontiguousarray(rule.measure(one[:, None], two[None, :]), np.int64)
