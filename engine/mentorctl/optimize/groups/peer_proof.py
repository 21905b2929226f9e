"""Checks that certificates prove an answer about peers to be the best, without solver and kernel."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from mentorctl.optimize.groups.peer_certificate import (
    PeerCertificate,
    agreement,
    filled,
    hold,
    is_sound,
    proved_double,
    slack,
)
from mentorctl.optimize.groups.peer_goals import Goal, free_pairs, goals_of, most_ties, terms_of, together
from mentorctl.optimize.groups.peer_trio import Pool, open_trios, sides_of
from mentorctl.optimize.groups.problem import Ints, PeerAnswer, PeerProblem
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What no answer exceeds in some goals together, among those that reach the bounds before it.

    `ties` is the most that the tie-break takes away of it.
    """

    terms: tuple[int, ...]
    most: int
    ties: int


class _Unproved(Exception):  # noqa: N818 - ends a check
    """Why certificates prove nothing."""


def peer_proof_defects(problem: PeerProblem, answer: PeerAnswer) -> Iterator[str]:
    """What the certificates of an answer leave unproved; nothing where there are none.

    Together with `verify_peers`, which holds the answer itself against the rules, this proves that no answer is better
    in the objectives in their order, and none as good that is before it in the tie-break.
    """
    if not answer.certificates:
        return
    if not answer.proved:
        yield "the prices do not belong to this answer"
        return
    order = order_of(problem)
    problem, chosen = in_order(problem, order), answer.chosen[order]
    goals = goals_of(problem)
    chosen = chosen & free_pairs(problem)
    try:
        for bound in _bounds(problem, goals, answer.certificates):
            whole = together(problem, goals, bound.terms)
            value = sum(whole.pair[chosen].tolist())
            value += sum(whole.of_trios(sides_of(problem, answer.trios), answer.trios).tolist())
            if value != bound.most:
                yield f"the prices prove {bound.most}, and the answer is worth {value}"
                return
    except _Unproved as reason:
        yield str(reason)


def compared(problem: PeerProblem, certificates: tuple[PeerCertificate, ...], values: Sequence[int]) -> int | None:
    """How the answers of a problem can compare with these values of its objectives in their order.

    -1 if all are worse, 0 if none is better, 1 if one may be better, None where the certificates prove nothing. Values
    are those of the matches that are free to be chosen; nobody of the problem must be in one.
    """
    problem = in_order(problem, order_of(problem))
    goals = goals_of(problem)
    try:
        for bound in _bounds(problem, goals, certificates):
            here = sum(times * value for times, value in zip(bound.terms[:-1], values, strict=True))
            if bound.most < here - bound.ties:
                return -1
            if bound.most > here + bound.ties:
                return 1
    except _Unproved:
        return None
    return 0


def _bounds(
    problem: PeerProblem, goals: tuple[Goal, ...], certificates: tuple[PeerCertificate, ...]
) -> Iterator[Bound]:
    """What certificates prove, step by step. Raises _Unproved where they are not what they should be."""
    steps, pairs = terms_of(problem, goals), np.flatnonzero(free_pairs(problem))
    if not certificates or any(not is_sound(c, problem.people) for c in certificates):
        raise _Unproved("the prices do not belong to this answer")
    if problem.trios[1]:
        if len(steps) != 1 or any((c.terms, c.held) != (steps[0], 0) for c in certificates):
            raise _Unproved("the prices are not those of the objectives")
        most = _most_with_trio(problem, goals, steps[0], pairs, certificates)
        yield Bound(terms=steps[0], most=most, ties=most_ties(problem, goals, steps[0]))
        return
    if [c.terms for c in certificates] != list(steps) or any(len(c.without) for c in certificates):
        raise _Unproved("the prices are not those of the objectives")
    for terms, most in zip(steps, _most_of_pairs(problem, goals, pairs, certificates), strict=True):
        yield Bound(terms=terms, most=most, ties=most_ties(problem, goals, terms))


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


def _most_of_pairs(
    problem: PeerProblem, goals: tuple[Goal, ...], pairs: Ints, certificates: tuple[PeerCertificate, ...]
) -> Iterator[int]:
    """What pairs are worth at most in each step; only those that reach it are looked at in the next one."""
    kept: Ints | None = None
    full = 0
    for step, certificate in enumerate(certificates, start=1):
        first, second = problem.first[pairs], problem.second[pairs]
        points = together(problem, goals, certificate.terms).pair[pairs]
        held = 0 if kept is None else hold(problem.people, points)
        points = points if kept is None else points + held * kept
        double = proved_double(certificate, first, second, points)
        most = double // 2 - held * full
        is_exact = double % 2 == 0 or step == len(
            certificates
        )  # what fills every price must reach it, not half a point
        if not is_exact or (certificate.held, certificate.value, certificate.bound) != (held, most, most):
            raise _Unproved(f"the prices prove {most}, not {certificate.bound}")
        yield most
        tight = slack(certificate, first, second, points) == 0
        kept, full = agreement(certificate, first[tight], second[tight]), filled(certificate)
        pairs = pairs[tight]


def _most_with_trio(
    problem: PeerProblem,
    goals: tuple[Goal, ...],
    terms: tuple[int, ...],
    pairs: Ints,
    certificates: tuple[PeerCertificate, ...],
) -> int:
    """What pairs with a trio, or without one if that may be, are worth at most: what all certificates say."""
    pool, whole = Pool(problem, pairs), together(problem, goals, terms)
    points, most = whole.pair[pairs], certificates[0].value
    doubles = {tuple(c.without.tolist()): proved_double(c, pool.first, pool.second, points) for c in certificates}
    by_people = {tuple(c.without.tolist()): c for c in certificates}
    for people, certificate in by_people.items():
        if (certificate.value, certificate.bound) != (most, doubles[people] // 2):
            raise _Unproved(f"prices prove {doubles[people] // 2}, not {certificate.bound}, of {most}")
    if not problem.trios[0] and doubles.get((), 2 * most + 2) // 2 > most:
        raise _Unproved("an answer without a trio may be better")
    singles = {people[0]: (by_people[people], doubles[people]) for people in doubles if len(people) == 1}
    left = open_trios(pool, whole, singles, most)
    for trio, worth in zip(left.tolist(), whole.of_trios(sides_of(problem, left), left).tolist(), strict=True):
        double = doubles.get(tuple(trio))
        if double is None or double // 2 + worth > most:
            raise _Unproved("an answer with another trio may be better")
    return most
