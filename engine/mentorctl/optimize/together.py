"""Cohorts of several programs matched as one problem, so that nobody is in more matches than they have room for.

A person has one node in each role, with the places that all programs together leave them, and the pairs of all programs
are its pairs. That is a network, unless one program's own bound or a person's hours cut deeper than these places: then
they are side rows. The aims are one list: somebody is covered who has a match in any of the programs, points are added.
The same two people are matched in one program only, in the one where that is worth more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from mentorctl.optimize.budgets import SMALL, Budget
from mentorctl.optimize.engine import Engine
from mentorctl.optimize.matching import (
    Counts,
    MatchingCase,
    MatchingResult,
    as_network,
    facts_of,
    ranks_of,
    without_standing,
)
from mentorctl.optimize.network import EXACT, Network
from mentorctl.optimize.objectives import Aims, Facts, as_aims
from mentorctl.optimize.ordered import OrderedAnswer
from mentorctl.optimize.scoring import PairTable, rule_points
from mentorctl.optimize.verify import WrongAnswer, verify_matching
from mentorctl.rules.implied import soft_rules
from mentorctl.spec.matching import ObjectiveTerm
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shared:
    """What is left of each person of the roster for new matches in all cohorts: `places` as a mentor and as a mentee,
    and `minutes` in either role, of which a match takes `cost` in each of the cohorts.
    """

    places: tuple[Counts, Counts] | None = None
    minutes: Counts | None = None
    cost: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """One cohort: its candidates, what they are worth, and how many matches each person may have in it."""

    scored: PairTable
    table: PairTable
    network: Network
    ranks: Counts
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pairs:
    """The candidates of all cohorts: roster indices, the cohort, the row in its table, and what they count."""

    mentee: Counts
    mentor: Counts
    cohort: Counts
    row: Counts
    score: Counts
    ranks: Counts
    kept: Counts

    def only(self, wanted: Counts | np.ndarray[tuple[int], np.dtype[np.bool_]]) -> "_Pairs":
        return _Pairs(
            mentee=self.mentee[wanted],
            mentor=self.mentor[wanted],
            cohort=self.cohort[wanted],
            row=self.row[wanted],
            score=self.score[wanted],
            ranks=self.ranks[wanted],
            kept=self.kept[wanted],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointProblem:
    """All cohorts as one problem, which can be computed again to check an answer.

    `people` are the mentees and the mentors as roster indices, in the order of the nodes of `network`; `pairs` are its
    pairs, and `standing` counts the matches that somebody has in all cohorts. What is best are the `aims`, over a
    network that may have more nodes, within the `budgets`.
    """

    parts: tuple[_Part, ...]
    people: tuple[Counts, Counts]
    pairs: _Pairs
    network: Network
    standing: Counts
    aims: Aims
    budgets: tuple[Budget, ...]


def joint_problem(cases: Sequence[MatchingCase], shared: Shared) -> JointProblem:
    """The candidates of all cohorts, under the aims of the first one."""
    parts = tuple(_part(case, cases) for case in cases)
    problem = _Problem(cases, parts, _pairs(cases, parts), shared)
    exact = SMALL if problem.budgets else EXACT
    terms, ranks = cases[0].matching.aims, problem.pairs.ranks
    aims = as_aims(problem.network, problem.table, problem.facts, ranks, terms, exact=exact)
    return JointProblem(
        parts=parts,
        people=(problem.mentees, problem.mentors),
        pairs=problem.pairs,
        network=problem.network,
        standing=problem.facts.standing,
        aims=aims,
        budgets=tuple(_over_places(budget, aims.pair) for budget in problem.budgets),
    )


def match_together(
    cases: Sequence[MatchingCase], shared: Shared, engine: Engine
) -> tuple[JointProblem, OrderedAnswer, tuple[MatchingResult, ...]]:
    """The best new pairs of all cohorts, with what proves them. Raises as `match` does."""
    problem = joint_problem(cases, shared)
    aims, pairs = problem.aims, problem.pairs
    answer = engine.network(aims.network, aims.aims, problem.budgets)
    chosen = aims.chosen(answer.chosen, len(pairs.row))
    results = tuple(
        _result(case, part, pairs.row[chosen & (pairs.cohort == at)])
        for at, (case, part) in enumerate(zip(cases, problem.parts, strict=True))
    )
    for case, result in zip(cases, results, strict=True):
        verify_matching(case, result, is_alone=False)
    for problem_found in shared_defects(cases, shared, results):
        raise WrongAnswer(problem_found)
    if not problem.budgets and not all(certificate.proves for certificate in answer.certificates):
        raise WrongAnswer("an objective is not proved")
    return problem, answer, results


def shared_defects(cases: Sequence[MatchingCase], shared: Shared, results: Sequence[MatchingResult]) -> Iterator[str]:
    """What is wrong with the new pairs of all cohorts together, counted one by one."""
    places: dict[tuple[int, int], int] = {}
    minutes: dict[int, int] = {}
    met: set[tuple[int, int]] = {pair for case in cases for pair in case.standing}
    for at, result in enumerate(results):
        for mentee, mentor in zip(result.mentee.tolist(), result.mentor.tolist(), strict=True):
            if (mentee, mentor) in met:
                yield "two people are matched in two programs"
            met.add((mentee, mentor))
            for role, person in ((0, mentor), (1, mentee)):
                places[role, person] = places.get((role, person), 0) + 1
                minutes[person] = minutes.get(person, 0) + (shared.cost[at] if shared.cost else 0)
    for (role, person), count in places.items():
        if shared.places is not None and count > int(shared.places[role][person]):
            yield "somebody has more matches than places in all programs"
    for person, used in minutes.items():
        if shared.minutes is not None and used > max(0, int(shared.minutes[person])):
            yield "somebody's matches take more hours than they have"


def _part(case: MatchingCase, cases: Sequence[MatchingCase]) -> _Part:
    scored = case.scored()
    elsewhere = tuple(pair for other in cases if other is not case for pair in other.standing)
    table, standing = without_standing(replace(case, blocked=(*case.blocked, *elsewhere)), scored)
    return _Part(
        scored=scored,
        table=table,
        network=as_network(case, table, standing),
        ranks=ranks_of(case, table, cases[0].matching.aims),
        facts=facts_of(case, table, standing),
    )


def _pairs(cases: Sequence[MatchingCase], parts: Sequence[_Part]) -> _Pairs:
    """All candidates of whom both have room in their cohort, by mentee, mentor and cohort."""
    rows = []
    for at, (case, part) in enumerate(zip(cases, parts, strict=True)):
        table, net = part.table, part.network
        there = np.flatnonzero((net.high[net.mentee] > 0) & (net.high[net.mentor] > 0))
        people = case.mentees[table.mentee[there]], case.mentors[table.mentor[there]]
        known = (table.score[there], part.ranks[there], part.facts.kept[there])
        rows.append(np.stack([*people, np.full(len(there), at), there, *known]).astype(np.int64))
    joined = np.concatenate(rows, axis=1)
    return _Pairs(
        mentee=joined[0],
        mentor=joined[1],
        cohort=joined[2],
        row=joined[3],
        score=joined[4],
        ranks=joined[5],
        kept=joined[6],
    ).only(np.lexsort((joined[2], joined[1], joined[0])))


class _Problem:
    """The network over all cohorts, what its pairs count, and the budgets that it does not say."""

    def __init__(self, cases: Sequence[MatchingCase], parts: Sequence[_Part], pairs: _Pairs, shared: Shared) -> None:
        self._cases, self._parts, self._shared = cases, parts, shared
        self.mentees, self.mentors = np.unique(pairs.mentee), np.unique(pairs.mentor)
        own = np.stack([self._spread(part.network.high, at) for at, part in enumerate(parts)])
        high = self._places(own)
        bounded = self._bounded(own, high)
        self.pairs = self._best_twins(pairs, bounded)
        self.network = Network(
            mentees=len(self.mentees),
            mentee=np.searchsorted(self.mentees, self.pairs.mentee),
            mentor=np.searchsorted(self.mentors, self.pairs.mentor) + len(self.mentees),
            low=np.zeros(len(high), np.int64),
            high=high,
        )
        self.budgets = (*self._own_bounds(own, high), *self._hours(high), *self._twins())
        self.table = PairTable(
            mentees=self.mentees.astype(np.int32),
            mentors=self.mentors.astype(np.int32),
            mentee=self.network.mentee.astype(np.int32),
            mentor=(self.network.mentor - len(self.mentees)).astype(np.int32),
            score=self.pairs.score,
            points=self.pairs.score,
        )
        self.facts = Facts(
            standing=np.stack([self._spread(p.facts.standing, at) for at, p in enumerate(parts)]).sum(axis=0),
            waited=np.stack([self._spread(p.facts.waited, at) for at, p in enumerate(parts)]).max(axis=0),
            kept=self.pairs.kept > 0,
        )

    def _spread(self, values: Counts, at: int) -> Counts:
        """What one cohort says of its people, over the people of all; 0 for those whom it does not have."""
        case = self._cases[at]
        of_mentees, of_mentors = values[: len(case.mentees)], values[len(case.mentees) :]
        mentees, mentors = case.mentees.astype(np.int64), case.mentors.astype(np.int64)
        return np.concatenate(
            [_looked_up(self.mentees, mentees, of_mentees), _looked_up(self.mentors, mentors, of_mentors)]
        )

    def _places(self, own: Counts) -> Counts:
        """How many new matches each person may have in all cohorts, as far as a single number says it."""
        high = own.sum(axis=0)
        if self._shared.places is not None:
            as_mentor, as_mentee = self._shared.places
            high = np.minimum(high, np.concatenate([as_mentee[self.mentees], as_mentor[self.mentors]]))
        if self._shared.minutes is not None:
            costs = np.array(self._shared.cost)[:, None]
            cheapest = np.where(own > 0, costs, costs.max()).min(axis=0)
            fitting = self._shared.minutes[self._people()] // np.maximum(1, cheapest)
            high = np.where(cheapest > 0, np.minimum(high, fitting), high)
        return np.maximum(0, high)

    def _people(self) -> Counts:
        return np.concatenate([self.mentees, self.mentors])

    def _bounded(self, own: Counts, high: Counts) -> set[int]:
        """The people of whom a budget may say more than their number of places."""
        cuts = ((own > 0) & (own < high)).any(axis=0)
        people = self._people()
        both = np.isin(people, np.intersect1d(self.mentees, self.mentors))
        timed = self._shared.minutes is not None and (both | (len(set(self._shared.cost)) > 1))
        return set(people[cuts | timed].tolist())

    def _best_twins(self, pairs: _Pairs, bounded: set[int]) -> _Pairs:
        """Of the same two people in several cohorts the pair that is worth most, where nothing else can decide."""
        none = np.zeros(len(pairs.row), np.int64)
        aims = self._cases[0].matching.aims
        values = [sum((weight * _of_pair(term, pairs) for term, weight in aim), none) for aim in aims]
        order = np.lexsort((pairs.cohort, *(-value for value in reversed(values)), pairs.mentor, pairs.mentee))
        mentee, mentor = pairs.mentee[order], pairs.mentor[order]
        first = np.ones(len(order), np.bool_)
        first[1:] = (np.diff(mentee) != 0) | (np.diff(mentor) != 0)
        free = np.array([not {e, m} & bounded for e, m in zip(mentee.tolist(), mentor.tolist(), strict=True)], np.bool_)
        return pairs.only(np.sort(order[first | ~free]))

    def _own_bounds(self, own: Counts, high: Counts) -> Iterator[Budget]:
        """A program's own places, where all programs together leave more."""
        for node in range(len(high)):
            side = self.network.mentee if node < len(self.mentees) else self.network.mentor
            for at in np.flatnonzero(own[:, node] < high[node]).tolist():
                here = np.flatnonzero((side == node) & (self.pairs.cohort == at))
                if len(here) > own[at, node]:
                    yield Budget(pairs=here, costs=np.ones(len(here), np.int64), at_most=int(own[at, node]))

    def _hours(self, high: Counts) -> Iterator[Budget]:
        """The hours of a person, where a number of places does not say them."""
        if self._shared.minutes is None:
            return
        costs = np.array(self._shared.cost, np.int64)[self.pairs.cohort]
        for person in np.union1d(self.mentees, self.mentors).tolist():
            here = np.flatnonzero((self.pairs.mentee == person) | (self.pairs.mentor == person))
            left = max(0, int(self._shared.minutes[person]))
            if int(costs[here].sum()) > left and not self._is_counted(person, here, costs, high):
                yield Budget(pairs=here, costs=costs[here], at_most=left)

    def _is_counted(self, person: int, here: Counts, costs: Counts, high: Counts) -> bool:
        """Whether the places of somebody keep their hours: in one role, at whatever each match costs."""
        nodes = np.flatnonzero(self._people() == person)
        left = max(0, int(self._shared.minutes[person])) if self._shared.minutes is not None else 0
        return len(nodes) == 1 and int(high[nodes[0]]) * int(costs[here].max()) <= left

    def _twins(self) -> Iterator[Budget]:
        """The same two people in one program at most."""
        same = (np.diff(self.pairs.mentee) == 0) & (np.diff(self.pairs.mentor) == 0)
        begins = np.flatnonzero(np.diff(np.concatenate([[0], same.astype(np.int64), [0]])) == 1)
        ends = np.flatnonzero(np.diff(np.concatenate([[0], same.astype(np.int64), [0]])) == -1)
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            here = np.arange(begin, end + 1)
            yield Budget(pairs=here, costs=np.ones(len(here), np.int64), at_most=1)


def _looked_up(wanted: Counts, known: Counts, values: Counts) -> Counts:
    """The values of some people in the order of others; 0 for those who are not known."""
    if not len(known):
        return np.zeros(len(wanted), np.int64)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, values[at], 0).astype(np.int64)


def _of_pair(term: ObjectiveTerm, pairs: _Pairs) -> Counts:
    match term:
        case ObjectiveTerm.TOTAL_SCORE | ObjectiveTerm.WORST_MATCH | ObjectiveTerm.LEXIMIN:
            return pairs.score
        case ObjectiveTerm.RANK_SUM:
            return pairs.ranks
        case ObjectiveTerm.CHANGES:
            return pairs.kept
        case _:
            return np.zeros(len(pairs.row), np.int64)


def _over_places(budget: Budget, pair: Counts) -> Budget:
    """The same over the pairs of a network whose nodes may be places."""
    cost_of = np.zeros(int(max(pair.max(initial=-1), budget.pairs.max(initial=-1))) + 2, np.int64)
    cost_of[budget.pairs] = budget.costs  # the last entry, which -1 looks up, costs nothing
    at = np.flatnonzero(cost_of[pair] > 0)
    return Budget(pairs=at, costs=cost_of[pair[at]], at_most=budget.at_most)


def _result(case: MatchingCase, part: _Part, rows: Counts) -> MatchingResult:
    """The pairs of one cohort; the proof belongs to all of them together."""
    rows = np.sort(rows)
    mentee, mentor = case.mentees[part.table.mentee[rows]], case.mentors[part.table.mentor[rows]]
    return MatchingResult(
        mentee=mentee,
        mentor=mentor,
        score=part.table.score[rows],
        points=rule_points(case.ground, mentee, mentor, soft_rules(case.matching.prefer, case.matching.terms)),
        admissible=len(part.scored),
        options=np.bincount(part.scored.mentee, minlength=len(case.mentees)),
        weights=(),
        certificates=(),
    )
