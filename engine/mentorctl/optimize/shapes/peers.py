"""Pairs of equals from one pool, with a trio when the number is odd and the program wants one."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.ground import Amounts, Truths
from mentorctl.optimize.groups.problem import PeerAnswer, PeerObjective, PeerProblem
from mentorctl.optimize.objectives import rank_points
from mentorctl.optimize.shapes.case import Proposal, Proposals, ShapeCase, options_of, terms_of
from mentorctl.optimize.shapes.wording import shortfalls_in_words
from mentorctl.spec.matching import Aim, ObjectiveTerm, OddPerson


def propose_peers(case: ShapeCase, engine: Engine) -> Proposals:
    """The best new pairs of people who have no match yet."""
    busy = {person for standing in case.standing for person in standing.others}
    pool = [person for person in case.mentees.tolist() if person not in busy and _has_room(case, person)]
    place = {person: at for at, person in enumerate(pool)}
    pairs = [(e, m, score) for (e, m), score in case.scores.items() if e in place and m in place]
    forced = {frozenset(pair) for pair in case.forced}
    wants_trio = case.matching.odd_person is OddPerson.TRIO and len(pool) % 2 == 1
    scores = np.array([s for _, _, s in pairs], np.int64)
    problem = PeerProblem(
        people=len(pool),
        first=np.array([place[e] for e, _, _ in pairs], np.int64),
        second=np.array([place[m] for _, m, _ in pairs], np.int64),
        forced=np.array([frozenset((e, m)) in forced for e, m, _ in pairs], np.bool_),
        low=np.zeros(len(pool), np.int64),
        high=np.ones(len(pool), np.int64),
        trios=(0, 1) if wants_trio else (0, 0),
        objectives=tuple(_objective(case, aim, pool, pairs) for aim in case.matching.aims if not _is_worst(aim)),
    )
    answer, kept, unsure = _in_order(problem, [_is_worst(aim) for aim in case.matching.aims], scores, engine)
    if not answer.answered:
        return Proposals(
            made=(),
            admissible=len(case.table),
            options=options_of(case),
            missing=shortfalls_in_words(answer.shortfalls, lambda _: "the pool"),
        )
    left = [pair for pair, is_kept in zip(pairs, kept.tolist(), strict=True) if is_kept]
    groups = [(e, m) for (e, m, _), chosen in zip(left, answer.chosen.tolist(), strict=True) if chosen]
    trios = [tuple(pool[at] for at in trio) for trio in answer.trios.tolist()]
    made = [_proposal(case, members) for members in (*groups, *trios)]
    return Proposals(
        made=tuple(sorted(made, key=lambda p: p.others)),
        admissible=len(case.table),
        options=options_of(case),
        proved=answer.proved and not unsure,
        settled=answer.settled and not unsure,
        gap=next((gap for gap in answer.gap if gap), unsure),
    )


def _has_room(case: ShapeCase, person: int) -> bool:
    """Whether other programs leave somebody the time for a match."""
    return case.limits is None or int(case.limits[0][person]) > 0


def _is_worst(aim: Aim) -> bool:
    return aim[0][0] is ObjectiveTerm.WORST_MATCH


# -- the worst match ---------------------------------------------------------------------------------------------------


def _in_order(
    problem: PeerProblem, worst: Sequence[bool], scores: Amounts, engine: Engine
) -> tuple[PeerAnswer, Truths, int]:
    """The answer under the aims in order, of which `worst` are thresholds, the pairs that these leave, and how much
    higher a threshold may be where that was not decided in time.

    A trio has a pair as bad as its worst, so pairs below a threshold are in none. Forced pairs stay whatever they are
    worth.
    """
    left, before, unsure = np.ones(len(scores), np.bool_), 0, 0
    for is_worst in worst:
        if is_worst:
            level, unsure = _highest(problem, left, before, scores, engine)
            left = _above(problem, left, scores, level)
        else:
            before += 1
    return engine.peers(_only(problem, left, len(problem.objectives))), left, unsure


def _highest(problem: PeerProblem, left: Truths, before: int, scores: Amounts, engine: Engine) -> tuple[int, int]:
    """The highest level at which the objectives before are worth what they are with all pairs, and how much higher it
    may be.
    """
    levels = np.unique(scores[left & ~problem.forced])
    reached = engine.peers(_only(problem, left, before))
    low, high, undecided = 0, len(levels) - 1, 0
    if not len(levels) or not reached.proved:
        return int(scores.min(initial=0)), int(np.ptp(levels)) if len(levels) else 0
    while low < high:
        middle = (low + high + 1) // 2
        found = engine.peers(_only(problem, _above(problem, left, scores, levels[middle]), before))
        if found.proved and found.values == reached.values:
            low = middle
        else:
            undecided = undecided or (0 if found.proved or found.status == "infeasible" else int(levels[high]))
            high = middle - 1
    return int(levels[low]), undecided and undecided - int(levels[low])


def _above(problem: PeerProblem, left: Truths, scores: Amounts, level: int) -> Truths:
    return left & ((scores >= level) | problem.forced)


def _only(problem: PeerProblem, pairs: Truths, objectives: int) -> PeerProblem:
    """The same people with some of the pairs and the first few objectives."""
    return replace(
        problem,
        first=problem.first[pairs],
        second=problem.second[pairs],
        forced=problem.forced[pairs],
        objectives=tuple(replace(o, pair=o.pair[pairs]) for o in problem.objectives[:objectives]),
    )


# -- what is counted ---------------------------------------------------------------------------------------------------


def _objective(case: ShapeCase, aim: Aim, pool: Sequence[int], pairs: Sequence[tuple[int, int, int]]) -> PeerObjective:
    """One aim, which may be a weighted sum of several terms."""
    pair, cover = np.zeros(len(pairs), np.int64), np.zeros(len(pool), np.int64)
    for term, weight in aim:
        of_pair, of_person = _counted(case, term, pool, pairs)
        pair, cover = pair + weight * of_pair, cover + weight * of_person
    return PeerObjective(name=" + ".join(term for term, _ in aim), pair=pair, cover=cover)


def _counted(
    case: ShapeCase, term: ObjectiveTerm, pool: Sequence[int], pairs: Sequence[tuple[int, int, int]]
) -> tuple[Amounts, Amounts]:
    """What a pair and what a person with a match count in a term."""
    nothing, nobody = np.zeros(len(pairs), np.int64), np.zeros(len(pool), np.int64)
    match term:
        case ObjectiveTerm.TOTAL_SCORE:
            return np.array([score for _, _, score in pairs], np.int64), nobody
        case ObjectiveTerm.RANK_SUM:
            one, two = (np.array([pair[side] for pair in pairs], np.int32) for side in (0, 1))
            return rank_points(case.ground, case.matching, one, two), nobody
        case ObjectiveTerm.CHANGES:
            before = {frozenset(pair) for pair in case.previous}
            return np.array([frozenset((e, m)) in before for e, m, _ in pairs], np.int64), nobody
        case ObjectiveTerm.COVER_WAITING:
            waited = case.ground.waited
            return nothing, nobody if waited is None else waited[np.array(pool, np.int64)]
        case ObjectiveTerm.COVER_PEERS:
            return nothing, nobody + 1
        case _:
            raise ValueError(f"`{term}` is no aim of peers; spec.aim_checks lets no such objective pass")


def _proposal(case: ShapeCase, members: tuple[int, ...]) -> Proposal:
    pairs = [(e, m) for e, m in combinations(sorted(members), 2)]
    return Proposal(
        mentors=(),
        others=tuple(sorted(members)),
        subject="",
        score=sum(case.scores[pair] for pair in pairs),
        terms=terms_of(case, pairs),
    )
