"""Peers solved by the compiled kernel, with the prices that prove the answer, a trio included."""

import numpy as np

from mentorctl.optimize.groups.peer_certificate import PeerCertificate, agreement, certified, hold, slack
from mentorctl.optimize.groups.peer_goals import Goal, free_pairs, goals_of, terms_of, together
from mentorctl.optimize.groups.peer_trio import NoTime, sides_of, with_trio
from mentorctl.optimize.groups.problem import Ints, Mask, PeerAnswer, PeerProblem
from mentorctl.optimize.groups.stages import Remaining
from mentorctl.optimize.kernels import native
from mentorctl.optimize.kernels.blossom import BlossomMatching, KernelFailed


def solve_with_blossoms(problem: PeerProblem, remaining: Remaining) -> PeerAnswer | None:
    """The best answer and its certificates; None where the kernel is missing, or not for this problem.

    It is for problems where everybody is in one match at most, whose demands can be met, and whose points fit into
    whole numbers of 64 bits. Whether the prices prove the answer is for `peer_proof` to say.
    """
    if not native.available() or (problem.high > 1).any() or remaining() <= 0:
        return None
    goals = goals_of(problem)
    terms = terms_of(problem, goals)
    if not terms or _torn(problem):
        return None
    free = np.flatnonzero(free_pairs(problem))
    chosen, trios = problem.forced.copy(), np.zeros((0, 3), np.int64)
    try:
        if problem.trios[1]:
            found = with_trio(problem, goals, terms[0], free, remaining)
            if found is None:
                return None
            pairs, trios, certificates = found
        else:
            pairs, certificates = _without_trio(problem, goals, terms, free)
    except (KernelFailed, NoTime):
        return None
    chosen[pairs] = True
    return _answer(problem, chosen, trios, certificates)


def _torn(problem: PeerProblem) -> bool:
    """Whether a forced pair cannot be: somebody in two of them, or without a place."""
    forced = np.concatenate([problem.first[problem.forced], problem.second[problem.forced]])
    return len(np.unique(forced)) < len(forced) or bool((problem.high[forced] < 1).any())


def _answer(
    problem: PeerProblem, chosen: Mask, trios: Ints, certificates: tuple[PeerCertificate, ...]
) -> PeerAnswer | None:
    """The answer with its values; None if somebody who must be in a match is in none."""
    met = np.zeros(problem.people, np.bool_)
    met[problem.first[chosen]] = met[problem.second[chosen]] = met[trios.ravel()] = True
    if (problem.low > met).any():
        return None
    inside = sides_of(problem, trios).ravel()
    values = tuple(
        int(o.pair[chosen].sum()) + int(o.pair[inside].sum()) + int(o.cover[met].sum()) for o in problem.objectives
    )
    return PeerAnswer(
        status="optimal",
        chosen=chosen,
        trios=trios,
        values=values,
        bounds=values,
        settled=True,
        certificates=certificates,
    )


# -- pairs alone -------------------------------------------------------------------------------------------------------


def _without_trio(
    problem: PeerProblem, goals: tuple[Goal, ...], steps: tuple[tuple[int, ...], ...], pairs: Ints
) -> tuple[Ints, tuple[PeerCertificate, ...]]:
    """The best pairs, by places; each step only looks at answers that are as good in the steps before."""
    kept: Ints | None = None
    certificates = []
    for step, terms in enumerate(steps, start=1):
        first, second = problem.first[pairs], problem.second[pairs]
        points = own = together(problem, goals, terms).pair[pairs]
        held = 0
        if kept is not None:
            held = hold(problem.people, points)
            points = points + held * kept
        with BlossomMatching(problem.people, first, second, points) as matching:
            found = matching.read()
        taken = found.mate[first] == second
        certificate = certified(found, terms, value=sum(own[taken].tolist()), held=held)
        certificates.append(certificate)
        if step < len(steps):
            tight = slack(certificate, first, second, points) == 0
            kept = agreement(certificate, first[tight], second[tight])
            pairs = pairs[tight]
    return pairs[taken], tuple(certificates)
