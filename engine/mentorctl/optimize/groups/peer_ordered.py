"""Peers under aims in order, of which some are not sums: that the worst of the pairs is as good as can be.

As in a network (`optimize/ordered.py`), the highest level that loses nothing of the aims before is found by bisection.
What proves it are the prices of these aims over all pairs, and over those above the level, where they fall short. A
trio has a pair as bad as its worst, so pairs below a level are in none. Forced pairs stay whatever they are worth.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from mentorctl.optimize.groups.answer import verify_peers
from mentorctl.optimize.groups.peer_certificate import PeerCertificate
from mentorctl.optimize.groups.peer_proof import compared, peer_proof_defects
from mentorctl.optimize.groups.problem import Ints, Mask, PeerAnswer, PeerProblem
from mentorctl.values import dataclass

type Solve = Callable[[PeerProblem], PeerAnswer]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeerSearch:
    """What is searched among peers: the people of the pool and the pairs of them as roster indices, the score of each
    pair, the problem in whose numbers the pool is 0, 1, …, and which of the aims ask for the worst match.
    """

    pool: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    scores: Ints
    problem: PeerProblem
    worst: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeerThreshold:
    """All chosen pairs have `level` points or more, and no answer as good in the aims before has `beyond` or more.

    `reached` certifies the aims before over the pairs that earlier thresholds left, `missed` over those of them with
    `beyond` or more. `beyond` is `level` where no pair has more.
    """

    level: int
    beyond: int
    reached: tuple[PeerCertificate, ...]
    missed: tuple[PeerCertificate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrderedPeers:
    """The answer over the pairs that all thresholds leave, which are `left`.

    `unsure` is how much higher a threshold may be where that was not decided in time.
    """

    search: PeerSearch
    answer: PeerAnswer
    left: Mask
    thresholds: tuple[PeerThreshold, ...]
    unsure: int

    @property
    def is_certified(self) -> bool:
        """Whether prices prove it, and not only the bound of a solver."""
        levels = all(t.reached and (t.missed or t.beyond == t.level) for t in self.thresholds)
        return bool(self.answer.certificates) and levels and not self.unsure


def solve_peers_in_order(search: PeerSearch, solve: Solve) -> OrderedPeers:
    """The best answer under the aims in order."""
    problem, scores = search.problem, search.scores
    left, before, unsure = np.ones(len(scores), np.bool_), 0, 0
    thresholds = []
    for is_worst in search.worst:
        if is_worst:
            threshold, unsure = _highest(problem, left, before, scores, solve)
            thresholds.append(threshold)
            left = _above(problem, left, scores, threshold.level)
        else:
            before += 1
    answer = solve(_only(problem, left, len(problem.objectives)))
    return OrderedPeers(search=search, answer=answer, left=left, thresholds=tuple(thresholds), unsure=unsure)


def ordered_peers_defects(search: PeerSearch, answer: PeerAnswer, thresholds: Sequence[PeerThreshold]) -> Iterator[str]:
    """Why an answer, over all pairs of a search, is not proved to be the best; checked without solver and kernel."""
    problem, scores = search.problem, search.scores
    broken = list(verify_peers(problem, answer))
    if len(thresholds) != sum(search.worst):
        broken.append(f"there are {len(thresholds)} proofs of {sum(search.worst)} worst matches")
    if not answer.certificates:
        broken.append("there are no prices")
    yield from broken
    if broken:
        return
    used = answer.chosen | _sides(problem, answer.trios)
    left, before = np.ones(len(scores), np.bool_), 0
    proofs = iter(thresholds)
    for is_worst in search.worst:
        if not is_worst:
            before += 1
            continue
        threshold = next(proofs)
        reached = _values(problem, before, answer)
        defect = _threshold_defect(search, left, used, threshold, reached)
        if defect:
            yield defect
            return
        left = _above(problem, left, scores, threshold.level)
    within = replace(answer, chosen=answer.chosen[left])
    yield from peer_proof_defects(_only(problem, left, len(problem.objectives)), within)


def peer_answer(search: PeerSearch, chosen: Mask, trios: Ints, certificates: tuple[PeerCertificate, ...]) -> PeerAnswer:
    """Pairs and trios over all pairs of a search as an answer, with what they are worth."""
    problem = search.problem
    everything = replace(problem, forced=np.zeros(len(chosen), np.bool_))
    answer = PeerAnswer(
        status="optimal", chosen=chosen, trios=trios, values=(), bounds=(), settled=True, certificates=certificates
    )
    values = tuple(_values(everything, len(problem.objectives), answer))
    return replace(answer, values=values, bounds=values)


# -- the worst match ---------------------------------------------------------------------------------------------------


def _highest(problem: PeerProblem, left: Mask, before: int, scores: Ints, solve: Solve) -> tuple[PeerThreshold, int]:
    """The highest level at which the objectives before are worth what they are with all pairs, and how much higher it
    may be.
    """
    levels = np.unique(scores[left & ~problem.forced])
    reached = solve(_only(problem, left, before))
    if not len(levels) or not reached.proved:
        level = int(levels[0]) if len(levels) else 0
        unsure = int(np.ptp(levels)) if len(levels) else 0
        return PeerThreshold(level=level, beyond=level, reached=reached.certificates), unsure
    low, high, undecided = 0, len(levels) - 1, 0
    missed: tuple[PeerCertificate, ...] = ()
    while low < high:
        middle = (low + high + 1) // 2
        found = solve(_only(problem, _above(problem, left, scores, levels[middle]), before))
        if found.proved and found.values == reached.values:
            low = middle
        else:
            undecided = undecided or (0 if found.proved or found.status == "infeasible" else int(levels[high]))
            high, missed = middle - 1, found.certificates
    level, beyond = int(levels[low]), int(levels[min(low + 1, len(levels) - 1)])
    threshold = PeerThreshold(level=level, beyond=beyond, reached=reached.certificates, missed=missed)
    return threshold, undecided and undecided - level


def _threshold_defect(
    search: PeerSearch, left: Mask, used: Mask, threshold: PeerThreshold, values: Sequence[int]
) -> str:
    """What is wrong with a threshold: the answer has to reach it and to be the best in the aims before, of which it has
    these `values`, and every answer of better pairs only has to be worse in them.
    """
    problem, scores, before = search.problem, search.scores, len(values)
    if (scores[used & ~problem.forced] < threshold.level).any():
        return f"the worst match has less than {threshold.level} points"
    if compared(_only(problem, left, before), threshold.reached, values) != 0:
        return "the aims before a worst match are not proved"
    above = scores[left & ~problem.forced & (scores > threshold.level)]
    if threshold.beyond != (int(above.min()) if len(above) else threshold.level):
        return "the better pairs begin elsewhere"
    better = _only(problem, _above(problem, left, scores, threshold.beyond), before)
    if len(above) and compared(better, threshold.missed, values) != -1:
        return f"nothing proves that a worst match with more than {threshold.level} points loses something"
    return ""


def _above(problem: PeerProblem, left: Mask, scores: Ints, level: int) -> Mask:
    return np.asarray(left & ((scores >= level) | problem.forced))


def _only(problem: PeerProblem, pairs: Mask, objectives: int) -> PeerProblem:
    """The same people with some of the pairs and the first few objectives, which are weighed as with all pairs."""
    return replace(
        problem,
        first=problem.first[pairs],
        second=problem.second[pairs],
        forced=problem.forced[pairs],
        objectives=tuple(
            replace(o, pair=o.pair[pairs], most=int(np.abs(o.pair).max(initial=o.most)))
            for o in problem.objectives[:objectives]
        ),
    )


def _values(problem: PeerProblem, objectives: int, answer: PeerAnswer) -> list[int]:
    """What an answer is worth in the first few objectives, without the pairs that are forced."""
    chosen = answer.chosen & ~problem.forced
    counted = chosen | _sides(problem, answer.trios)
    people = np.concatenate([problem.first[chosen], problem.second[chosen], answer.trios.ravel()])
    return [sum(o.pair[counted].tolist()) + sum(o.cover[people].tolist()) for o in problem.objectives[:objectives]]


def _sides(problem: PeerProblem, trios: Ints) -> Mask:
    """The pairs within trios."""
    keys, people = problem.first * problem.people + problem.second, problem.people
    inside = [one * people + other for trio in trios.tolist() for one, other in combinations(trio, 2)]
    return np.isin(keys, np.array(inside, np.int64))
