"""What soft rules give to lists of pairs, added up: by table or by bits where that can be, else by their measure."""

from collections.abc import Sequence
from typing import cast

import numpy as np

from mentorctl.optimize.ground import Amounts, Few, Indices, Kinds, Measure, one_of_each
from mentorctl.optimize.kernels.pairs import add_common, add_table
from mentorctl.optimize.sieve import places_of
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
    """What one soft rule gives: `kinds` as in `ground.Compiled`, of the whole rule, and `common` as in `measure`.

    `few` are the pairs to which it gives anything, where they are listed.
    """

    measure: Measure
    kinds: Kinds | None = None
    common: Common | None = None
    few: Few | None = None


class Tally:
    """The sum of what soft rules give to pairs of some mentees and mentors; `people` are on the roster."""

    def __init__(self, people: int, mentees: Indices, mentors: Indices, rules: Sequence[Giving]) -> None:
        # indexing turns other numbers into these each time
        self._mentees, self._mentors = mentees.astype(np.intp), mentors.astype(np.intp)
        self._tables: list[tuple[tuple[Indices, Indices], Amounts]] = []
        self._common: list[tuple[tuple[Words, Words], Common]] = []
        self._few: list[tuple[Amounts, Amounts]] = []
        self._measures: list[Measure] = []
        for rule in rules:
            table = self._table(rule)
            if rule.few is not None:
                self._few.append(self._listed(rule.few, rule.measure, people))
            elif table is not None:
                self._tables.append(table)
            elif rule.common is not None:
                answers = rule.common.ours[self._mentees], rule.common.theirs[self._mentors]
                self._common.append((answers, rule.common))
            else:
                self._measures.append(rule.measure)

    def points(self, mentee: Indices, mentor: Indices) -> Amounts:
        """The points of pairs, given as places in the two lists, in their order."""
        points: Amounts = np.zeros(len(mentee), np.int64)
        for kinds, table in self._tables:
            add_table(mentee, mentor, kinds, table, points)
        for answers, common in self._common:
            add_common(mentee, mentor, answers, common.each, common.most, points)
        if self._few and len(mentee):
            pairs = mentee * np.int64(len(self._mentors)) + mentor
            for listed, given in self._few:
                at = np.minimum(np.searchsorted(pairs, listed), len(pairs) - 1)
                here = pairs[at] == listed
                points[at[here]] += given[here]
        if self._measures:
            e, m = cast("Indices", self._mentees[mentee]), cast("Indices", self._mentors[mentor])
            for measure in self._measures:
                points += measure(e, m)
        return points

    def _listed(self, few: Few, measure: Measure, people: int) -> tuple[Amounts, Amounts]:
        """Listed pairs as numbers by which all pairs are in their order, each once, and what a rule gives to them."""
        mentee, mentor = places_of(few, self._mentees, self._mentors, people)
        pairs = np.sort(mentee * np.int64(len(self._mentors)) + mentor)
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]
        mentee, mentor = np.divmod(pairs, max(1, len(self._mentors)))
        return pairs, measure(cast("Indices", self._mentees[mentee]), cast("Indices", self._mentors[mentor]))

    def _table(self, rule: Giving) -> tuple[tuple[Indices, Indices], Amounts] | None:
        """What a rule gives to each kind of mentee and mentor, asked of one person of each."""
        if rule.kinds is None:
            return None
        sides = cast("Indices", self._mentees), cast("Indices", self._mentors)
        kind, other = rule.kinds(*sides)
        mentees, mentors = one_of_each(kind), one_of_each(other)
        if len(mentees) * len(mentors) > _LARGEST_TABLE:
            return None
        one, two = cast("Indices", self._mentees[mentees]), cast("Indices", self._mentors[mentors])
        return (kind, other), np.ascontiguousarray(rule.measure(one[:, None], two[None, :]), np.int64)
