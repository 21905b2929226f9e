"""One search for matches as something that can be asked: its people, its pairs, and what another choice would cost."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.explain.residual import Change, Residual
from mentorctl.optimize.matching import PairProblem, Solved
from mentorctl.optimize.network import NoProof, Objective
from mentorctl.optimize.shapes.case import Proposals, ShapeCase
from mentorctl.optimize.shapes.propose import propose
from mentorctl.plan.explain.values import Alternative, Effect, Move
from mentorctl.plan.problems import MatchingProblem
from mentorctl.rules.pairs import NamedPair, Verdict
from mentorctl.spec.matching import ObjectiveTerm, Stability
from mentorctl.state.model import MatchRecord
from mentorctl.values import dataclass

type Pair = tuple[int, int]  # mentee and mentor, or two peers, by roster index


@dataclass(kw_only=True, eq=False)
class Asked:
    """A search with its answer. `anew` says that matches which stand were given up for it."""

    problem: MatchingProblem
    case: ShapeCase
    found: Proposals
    engine: Engine
    anew: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        return self.case.ground.roster.ids

    @cached_property
    def residual(self) -> Residual | None:
        """What answers exactly by shortest paths; None where the problem is no plain network."""
        solved = self.found.solved
        if solved is None or solved.answer.thresholds or self.case.matching.stability is Stability.STABLE:
            return None
        aims = solved.problem.aims
        objectives = [aim for aim in aims.aims if isinstance(aim, Objective)]
        prices = solved.answer.certificates[0].prices if len(objectives) == 1 else None
        return Residual(aims.network, objectives, solved.answer.chosen, prices)

    @property
    def solved(self) -> Solved:
        if self.found.solved is None:
            raise TypeError("only pairs that are a network have a residual graph")
        return self.found.solved

    @cached_property
    def objectives(self) -> tuple[str, ...]:
        """The objectives by the terms that they are made of, leximin up to the points that decide in each."""
        if self.found.solved is None:
            return ()
        aims, said = self.solved.problem.aims, list[str]()
        levels = iter(aims.levels)
        for one in aims.weights:
            level = [next(levels) for term, _ in one if term is ObjectiveTerm.LEXIMIN][-1:]
            terms = dict.fromkeys(term for term, _ in one)
            names = (f"{term} up to {level[0]}" if term is ObjectiveTerm.LEXIMIN else str(term) for term in terms)
            said.append(" then ".join(names))
        return tuple(said)

    # -- pairs ---------------------------------------------------------------------------------------------------------

    @cached_property
    def chosen(self) -> frozenset[Pair]:
        """All pairs of mentee and mentor that are matched by the search."""
        return frozenset((e, m) for p in self.found.made for e in p.others for m in p.mentors)

    def row(self, pair: Pair) -> int | None:
        """Where a pair stands in the table of the problem; None where it may not be chosen."""
        return self._rows.get(pair)

    @cached_property
    def _rows(self) -> dict[Pair, int]:
        table = self.solved.problem.table
        mentees, mentors = table.mentees[table.mentee].tolist(), table.mentors[table.mentor].tolist()
        return {pair: at for at, pair in enumerate(zip(mentees, mentors, strict=True))}

    def pair(self, row: int) -> Pair:
        table = self.solved.problem.table
        return int(table.mentees[table.mentee[row]]), int(table.mentors[table.mentor[row]])

    def arcs(self, row: int) -> list[int]:
        """The pairs of the solved network that choose a pair of the table."""
        first, last = np.searchsorted(self._of_pair, [row, row + 1])
        return [int(at) for at in self._order[first:last]]

    @cached_property
    def _order(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.argsort(self.solved.problem.aims.pair, kind="stable")

    @cached_property
    def _of_pair(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return self.solved.problem.aims.pair[self._order]

    # -- what another choice costs -------------------------------------------------------------------------------------

    def alternatives(self, rows: Sequence[int], limit: int) -> tuple[Alternative, ...]:
        """Of pairs that are not chosen, those that lose least."""
        residual = self.residual
        if residual is None:
            return ()
        found = residual.cheapest([self.arcs(row) for row in rows], limit)
        return tuple(self._alternative(rows[group], residual, arc) for group, arc, _ in found)

    def alternative(self, pair: Pair) -> Alternative | None:
        """The best matches with a pair that could be chosen; None where nobody can make room for it."""
        residual, row = self.residual, self.row(pair) if self.found.solved else None
        if residual is None:
            return self._solved_again(pair)
        best = residual.cheapest([self.arcs(row)], 1) if row is not None else []
        return self._alternative(row, residual, best[0][1]) if best and row is not None else None

    def _alternative(self, row: int, residual: Residual, arc: int) -> Alternative:
        change = residual.change(arc)
        if change is None:
            raise ValueError("a pair that loses something has a change")
        mentee, mentor = self.pair(row)
        moves = self.moves(change)
        return Alternative(
            mentee=self.ids[mentee],
            mentor=self.ids[mentor],
            score=int(self.solved.problem.table.score[row]),
            effect=self.effect(moves),
            objectives=self.objectives,
            losses=change.losses,
            bounds=residual.bounds(np.array([arc]))[0],
            moves=tuple(Move(mentee=self.ids[e], mentor=self.ids[m], comes=comes) for e, m, comes in moves),
        )

    def moves(self, change: Change) -> list[tuple[int, int, bool]]:
        """The pairs of the table that come in and go out; which place of a mentor they take is no matter."""
        pair = self.solved.problem.aims.pair
        counted = Counter[int]()
        for arcs, sign in ((change.come, 1), (change.go, -1)):
            for at in arcs:
                if pair[at] >= 0:
                    counted[int(pair[at])] += sign
        return [
            (*self.pair(row), sign > 0) for row, sign in sorted(counted.items(), key=lambda c: (-c[1], c[0])) if sign
        ]

    def effect(self, moves: Iterable[tuple[int, int, bool]]) -> Effect:
        """What moves change in people with a match and in points."""
        standing = [(e, m) for s in self.case.standing for e in s.others for m in s.mentors]
        before = [Counter(side) for side in zip(*(*standing, *self.chosen), strict=True)] or [Counter(), Counter()]
        after = [Counter(before[0]), Counter(before[1])]
        score = 0
        for mentee, mentor, comes in moves:
            sign = 1 if comes else -1
            after[0][mentee] += sign
            after[1][mentor] += sign
            score += sign * self.case.scores[mentee, mentor]
        mentees, mentors = (
            sum(count > 0 for count in b.values()) - sum(count > 0 for count in a.values())
            for a, b in zip(before, after, strict=True)
        )
        return Effect(mentees=mentees, mentors=mentors, score=score)

    def _solved_again(self, pair: Pair) -> Alternative | None:
        """The best matches with a pair, by a search in which it is forced."""
        again = self.otherwise(self._with(pair, Verdict.FORCE))
        if again is None:
            return None
        mentee, mentor = pair
        return Alternative(
            mentee=self.ids[mentee],
            mentor=self.ids[mentor],
            score=self.case.scores.get(pair, 0),
            effect=again,
        )

    def if_allowed(self, pair: Pair) -> tuple[Effect, bool] | None:
        """What changes when the program allows a pair by name, and whether it is matched then."""
        found = self._again(self._with(pair, Verdict.ALLOW))
        if found is None:
            return None
        made = any(pair[0] in p.others and pair[1] in (*p.mentors, *p.others) for p in found.made)
        return self._difference(found), made

    def _with(self, pair: Pair, verdict: Verdict) -> ShapeCase:
        roster, terms = self.case.ground.roster, self.case.matching.terms
        mentee, mentor = (roster.roster_ids[person] for person in pair)
        named = NamedPair(mentee=mentee, mentor=mentor, verdict=verdict)
        others = tuple(n for n in terms.named if (n.mentee, n.mentor) != (mentee, mentor))
        blocked = tuple(two for two in self.case.blocked if set(two) != set(pair))
        matching = replace(self.case.matching, terms=replace(terms, named=(*others, named)))
        return replace(self.case, matching=matching, blocked=blocked)

    def otherwise(self, case: ShapeCase) -> Effect | None:
        """What changes when the search is made under other rules; None where it finds no answer."""
        found = self._again(case)
        return None if found is None else self._difference(found)

    def _again(self, case: ShapeCase) -> Proposals | None:
        try:
            found = propose(case, self.engine)
        except NoProof:
            return None
        return None if found.missing else found

    def _difference(self, other: Proposals) -> Effect:
        one, two = (self._counts(found) for found in (self.found, other))
        return Effect(mentees=two[0] - one[0], mentors=two[1] - one[1], score=two[2] - one[2])

    def _counts(self, found: Proposals) -> tuple[int, int, int]:
        standing = self.case.standing
        others = {e for s in standing for e in s.others} | {e for p in found.made for e in p.others}
        mentors = {m for s in standing for m in s.mentors} | {m for p in found.made for m in p.mentors}
        return len(others), len(mentors), sum(p.score for p in found.made)


def ask(problem: MatchingProblem, engine: Engine, people: Iterable[str] = ()) -> Asked | None:
    """The search of a plan; without those matches that stand, when one of some people has one. None: not searched."""
    wanted = set(people)
    if any(wanted & set(record.people) for record in problem.kept):
        return _anew(problem, engine)
    if problem.found is None:
        return _anew(problem, engine) if problem.is_open or wanted else None
    if problem.together:  # what else is possible here while the other programs keep their matches
        return Asked(problem=problem, case=problem.case, found=propose(problem.case, engine), engine=engine)
    return Asked(problem=problem, case=problem.case, found=problem.found, engine=engine)


def _anew(problem: MatchingProblem, engine: Engine) -> Asked | None:
    """The search as if no match of the cohort stood: everybody who has one may get another."""
    index_of = problem.cohort.inputs.index_of
    mentors = _joined(problem.case.mentors.tolist(), problem.kept, index_of, mentors=True)
    mentees = _joined(problem.case.mentees.tolist(), problem.kept, index_of, mentors=False)
    case = replace(
        problem.case, mentees=mentees, mentors=mentees if problem.case.ground.peers else mentors, standing=()
    )
    if not len(mentees):
        return None
    found = propose(case, engine)
    return None if found.missing else Asked(problem=problem, case=case, found=found, engine=engine, anew=True)


def _joined(
    people: list[int], kept: Iterable[MatchRecord], index_of: dict[str, int], *, mentors: bool
) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    more = {index_of[p] for record in kept for p in (record.mentors if mentors else record.others) if p in index_of}
    return np.array(sorted({*people, *more}), np.int32)


def places_of(problem: PairProblem) -> dict[tuple[int, bool], int]:
    """How many new matches each person may have, by roster index and whether as a mentor."""
    network, case = problem.network, problem.case
    high = network.high.tolist()
    people = [(person, False) for person in case.mentees.tolist()] + [
        (person, True) for person in case.mentors.tolist()
    ]
    return dict(zip(people, high, strict=True))
