"""Predicates on what is known about two people beside their answers: wishes, earlier matches, lists, outside scores."""

from functools import lru_cache

import numpy as np

from mentorctl.dates.durations import Duration, later
from mentorctl.optimize.ground import NOTHING, Amounts, Compiled, Few, Ground, Indices, PairFacts, Truths, always
from mentorctl.roster.people import RankColumn, Roster
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import Listed, MetBefore, Rank

_NEVER = -1  # before every day


def rank(ground: Ground, predicate: Rank) -> Compiled:
    column = ground.roster.columns[predicate.field]
    if not isinstance(column, RankColumn):
        raise TypeError(f"`{predicate.field}` is no ranking; spec.rule_checks lets no such rule pass")
    of_mentor = predicate.by is Role.MENTOR
    people = len(ground.roster.ids)
    owner = np.repeat(np.arange(people, dtype=np.int64), np.diff(column.starts))
    place = np.arange(len(owner)) - column.starts[owner]
    table = PairValues(owner * people + column.people, place, people=people, none=NOTHING)
    last = NOTHING if predicate.within is None else predicate.within

    def amount(e: Indices, m: Indices) -> Amounts:
        return table(m, e) if of_mentor else table(e, m)

    ranked = np.diff(column.starts) > 0
    near = place < last
    named, by = column.people[near], owner[near].astype(np.int32)
    few = Few(one=named, other=by, holds=True) if of_mentor else Few(one=by, other=named, holds=True)
    return Compiled(
        holds=lambda e, m: np.asarray(amount(e, m) < last),
        known=lambda e, m: np.broadcast_to(ranked[m if of_mentor else e], np.broadcast_shapes(e.shape, m.shape)),
        amount=amount,
        few=few,
    )


def met_before(ground: Ground, predicate: MetBefore) -> Compiled:
    if ground.history is None:
        return _never()
    since = _NEVER
    if predicate.within is not None:
        within = Duration(months=predicate.within.months, days=predicate.within.days)
        since = later(ground.history.as_of, within, times=-1).toordinal()
    last = last_day(ground.history.met, len(ground.roster.ids))
    return Compiled(
        holds=lambda e, m: np.asarray(last(e, m) > _NEVER) & (last(e, m) >= since),
        known=always,
        few=last.pairs(last.values >= max(since, _NEVER + 1)),
    )


def declined_before(ground: Ground) -> Compiled:
    if ground.history is None:
        return _never()
    last = last_day(ground.history.declined, len(ground.roster.ids))
    few = last.pairs(last.values > _NEVER)
    return Compiled(holds=lambda e, m: np.asarray(last(e, m) > _NEVER), known=always, few=few)


def listed(ground: Ground, predicate: Listed) -> Compiled:
    mentees, mentors = indices_of(ground, predicate.pairs)
    if ground.peers:
        mentees, mentors = np.concatenate([mentees, mentors]), np.concatenate([mentors, mentees])
    people = len(ground.roster.ids)
    table = PairValues(keys(mentees, mentors, people), np.ones(len(mentees), np.int64), people=people, none=0)
    few = Few(one=mentees, other=mentors, holds=True)
    return Compiled(holds=lambda e, m: np.asarray(table(e, m) > 0), known=always, few=few)


def indices_of(ground: Ground, pairs: tuple[tuple[str, str], ...]) -> tuple[Indices, Indices]:
    """Pairs of roster ids as roster indices; those of whom one is not on the roster are left out."""
    place = _places(ground.roster)
    found = [(place[one], place[two]) for one, two in pairs if one in place and two in place]
    both = np.array(found, np.int32).reshape(-1, 2)
    return both[:, 0], both[:, 1]


@lru_cache(maxsize=8)  # the programs of a workspace have one roster
def _places(roster: Roster) -> dict[str, int]:
    """Where everybody is, by roster id."""
    return {name: index for index, name in enumerate(roster.roster_ids)}


def scored_outside(ground: Ground) -> Compiled:
    if ground.outside is None:
        return _never(with_amount=True)
    people = len(ground.roster.ids)
    pairs = keys(ground.outside.mentee, ground.outside.mentor, people)
    table = PairValues(pairs, ground.outside.score, people=people, none=NOTHING)
    few = Few(one=ground.outside.mentee, other=ground.outside.mentor, holds=True)
    return Compiled(holds=lambda e, m: np.asarray(table(e, m) != NOTHING), known=always, amount=table, few=few)


def _never(*, with_amount: bool = False) -> Compiled:
    def holds(e: Indices, m: Indices) -> Truths:
        return np.zeros(np.broadcast_shapes(e.shape, m.shape), np.bool_)

    def amount(e: Indices, m: Indices) -> Amounts:
        return np.full(np.broadcast_shapes(e.shape, m.shape), NOTHING, np.int64)

    nobody = Few(one=np.zeros(0, np.int32), other=np.zeros(0, np.int32), holds=True)
    return Compiled(holds=holds, known=always, amount=amount if with_amount else None, few=nobody)


# -- values of pairs ---------------------------------------------------------------------------------------------------


def keys(one: Indices, two: Indices, people: int) -> Amounts:
    """Each ordered pair of people as one number."""
    return np.asarray(one.astype(np.int64) * people + two)


class PairValues:
    """A number for each of some ordered pairs, and `none` for all others. Each pair is given once."""

    def __init__(self, pairs: Amounts, values: Amounts, *, people: int, none: int) -> None:
        order = np.argsort(pairs)
        self._pairs, self.values, self._people, self._none = pairs[order], values[order], people, none

    def pairs(self, which: Truths) -> Few:
        """Some of the pairs, chosen by their values."""
        one, other = np.divmod(self._pairs[which], self._people)
        return Few(one=one.astype(np.int32), other=other.astype(np.int32), holds=True)

    def __call__(self, one: Indices, two: Indices) -> Amounts:
        wanted = one.astype(np.int64) * self._people + two
        if not len(self._pairs):
            return np.full(wanted.shape, self._none, np.int64)
        at = np.minimum(np.searchsorted(self._pairs, wanted), len(self._pairs) - 1)
        return np.where(self._pairs[at] == wanted, self.values[at], self._none)


def last_day(facts: PairFacts, people: int) -> PairValues:
    """The latest day of what happened between two people, in either order."""
    pairs, day = _either_order(facts, people)
    order = np.lexsort((day, pairs))
    pairs, day = pairs[order], day[order]
    latest = np.append(pairs[1:] != pairs[:-1], True)[: len(pairs)]
    return PairValues(pairs[latest], day[latest], people=people, none=_NEVER)


def times(facts: PairFacts, people: int) -> PairValues:
    """How often something happened between two people, in either order."""
    pairs, count = np.unique(_either_order(facts, people)[0], return_counts=True)
    return PairValues(pairs, count.astype(np.int64), people=people, none=0)


def _either_order(facts: PairFacts, people: int) -> tuple[Amounts, Amounts]:
    one, two = np.concatenate([facts.one, facts.two]), np.concatenate([facts.two, facts.one])
    return keys(one, two, people), np.concatenate([facts.day, facts.day]).astype(np.int64)
