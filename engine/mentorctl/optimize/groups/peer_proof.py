"""Checks that certificates prove an answer about peers to be the best, without solver and kernel."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from mentorctl.optimize.groups.peer_certificate import (
    PeerCertificate,
    agreement,
    hold,
    is_sound,
    proved_double,
    slack,
)
from mentorctl.optimize.groups.peer_goals import Goal, free_pairs, goals_of, terms_of, together
from mentorctl.optimize.groups.peer_trio import Pool, open_trios, sides_of
from mentorctl.optimize.groups.problem import Ints, Mask, PeerAnswer, PeerProblem


def peer_proof_defects(problem: PeerProblem, answer: PeerAnswer) -> Iterator[str]:
    """What the certificates of an answer leave unproved; nothing where there are none.

    Together with `verify_peers`, which holds the answer itself against the rules, this proves that no answer is better
    in the objectives in their order, and none as good that is before it in the tie-break.
    """
    if not answer.certificates:
        return
    if not answer.proved or any(not is_sound(c, problem.people) for c in answer.certificates):
        yield "the prices do not belong to this answer"
        return
    order = order_of(problem)
    problem, chosen = in_order(problem, order), answer.chosen[order]
    goals = goals_of(problem)
    steps, free = terms_of(problem, goals), np.flatnonzero(free_pairs(problem))
    if problem.trios[1]:
        yield from _trio_defects(problem, goals, steps, free, chosen, answer)
    else:
        yield from _pair_defects(problem, goals, steps, free, chosen, answer.certificates)


def order_of(problem: PeerProblem) -> Ints:
    """The places of the pairs by their first and then their second person; as they are where they are in order."""
    first, second = problem.first, problem.second
    later = (first[1:] > first[:-1]) | ((first[1:] == first[:-1]) & (second[1:] >= second[:-1]))
    return np.arange(len(first)) if later.all() else np.lexsort((second, first))


def in_order(problem: PeerProblem, order: Ints) -> PeerProblem:
    """The same problem with its pairs in another order."""
    if np.array_equal(order, np.arange(len(order))):
        return problem
    return replace(
        problem,
        first=problem.first[order],
        second=problem.second[order],
        forced=problem.forced[order],
        objectives=tuple(replace(o, pair=o.pair[order]) for o in problem.objectives),
    )


def _pair_defects(
    problem: PeerProblem,
    goals: tuple[Goal, ...],
    steps: tuple[tuple[int, ...], ...],
    pairs: Ints,
    chosen: Mask,
    certificates: tuple[PeerCertificate, ...],
) -> Iterator[str]:
    if [c.terms for c in certificates] != list(steps) or any(len(c.without) for c in certificates):
        yield "the prices are not those of the objectives"
        return
    kept: Ints | None = None
    for step, certificate in enumerate(certificates, start=1):
        first, second = problem.first[pairs], problem.second[pairs]
        points = together(problem, goals, certificate.terms).pair[pairs]
        held = 0 if kept is None else hold(problem.people, points)
        points = points if kept is None else points + held * kept
        value = sum(points[chosen[pairs]].tolist())
        bound = proved_double(certificate, first, second, points) // 2
        if (certificate.held, certificate.value, certificate.bound) != (held, value, bound) or value != bound:
            yield f"the prices prove {bound}, and the pairs are worth {value}"
            return
        if step < len(certificates):
            tight = slack(certificate, first, second, points) == 0
            kept = agreement(certificate, first[tight], second[tight])
            pairs = pairs[tight]


def _trio_defects(
    problem: PeerProblem,
    goals: tuple[Goal, ...],
    steps: tuple[tuple[int, ...], ...],
    pairs: Ints,
    chosen: Mask,
    answer: PeerAnswer,
) -> Iterator[str]:
    if len(steps) != 1 or any((c.terms, c.held) != (steps[0], 0) for c in answer.certificates):
        yield "the prices are not those of the objectives"
        return
    pool, whole = Pool(problem, pairs), together(problem, goals, steps[0])
    points = whole.pair[pairs]
    value = sum(points[chosen[pairs]].tolist())
    value += sum(whole.of_trios(sides_of(problem, answer.trios), answer.trios).tolist())
    doubles = {
        tuple(c.without.tolist()): proved_double(c, pool.first, pool.second, points) for c in answer.certificates
    }
    by_people = {tuple(c.without.tolist()): c for c in answer.certificates}
    for people, certificate in by_people.items():
        if (certificate.value, certificate.bound) != (value, doubles[people] // 2):
            yield f"prices prove {doubles[people] // 2}, not {certificate.bound} for an answer that is worth {value}"
            return
    if not problem.trios[0] and doubles.get((), 2 * value + 2) // 2 > value:
        yield "an answer without a trio may be better"
    singles = {people[0]: (by_people[people], doubles[people]) for people in doubles if len(people) == 1}
    left = open_trios(pool, whole, singles, value)
    for trio, worth in zip(left.tolist(), whole.of_trios(sides_of(problem, left), left).tolist(), strict=True):
        double = doubles.get(tuple(trio))
        if double is None or double // 2 + worth > value:
            yield "an answer with another trio may be better"
            return
