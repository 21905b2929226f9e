"""Which triangles may be the trio of a best answer: prices rule out nearly all of the others.

With a price of zero or more for every person, no answer that has the trio t is worth more than what all places cost,
and what pairs and t gain beyond the prices of their people (Lagrangian duality, as in `network.price_bound`). Triangles
whose sum stays below a known answer are left out; the rest goes into the integer program.
"""

import math

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.groups.problem import Ints, PeerProblem
from mentorctl.optimize.groups.rows import Rows
from mentorctl.optimize.groups.stages import Remaining
from mentorctl.optimize.linear import Status, solve
from mentorctl.values import dataclass

type Numbers = NDArray[np.float64]

_ENTERING = 400  # triangles that enter the linear program at once
_ROUNDS = 60
_LARGEST_FOLD = 1 << 36  # objectives are folded into one number while it stays this exact
_NOBODY: Ints = np.zeros((0, 3), np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fold:
    """The first objectives as one: points per pair and per person with a match, each match counted as if the first."""

    pair: Ints
    cover: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Priced:
    """Prices per person, the triangles that gave them, and what answers without a trio are worth at most."""

    prices: Numbers
    used: Ints
    places: float


def folded(problem: PeerProblem) -> Fold:
    """As many objectives as fit: each weighs more than all later ones together can change."""
    matches = int(np.minimum(problem.high, problem.people).sum())
    for count in range(len(problem.objectives), 0, -1):
        pair, cover = np.zeros(len(problem.first), np.int64), np.zeros(problem.people, np.int64)
        weight = 1
        for objective in reversed(problem.objectives[:count]):
            most = max(int(np.abs(objective.pair).max(initial=0)), 1) * matches * 3 + int(np.abs(objective.cover).sum())
            pair, cover = pair + weight * objective.pair, cover + weight * objective.cover
            reach, weight = weight * most, weight * (2 * most + 1)
            if reach > _LARGEST_FOLD:
                break
        else:
            return Fold(pair=pair, cover=cover)
    return Fold(pair=np.zeros(len(problem.first), np.int64), cover=np.zeros(problem.people, np.int64))


def priced(problem: PeerProblem, fold: Fold, remaining: Remaining) -> Priced:
    """Prices from the linear program over pairs and those triangles that improve it; any prices give a bound."""
    worth = _matrix(problem, fold.pair)
    used, prices = _NOBODY, _plain_prices(problem, fold)
    half = remaining() / 2
    for _ in range(_ROUNDS):
        if remaining() <= half < math.inf:
            break
        found = _prices(problem, fold, used, worth)
        if found is None:
            break
        prices, least = found
        entering, gain = _triangles(worth, fold.cover - prices, least + 1e-6 * max(1.0, abs(least)))
        known = set(map(tuple, used.tolist()))
        best = [t for t in entering[np.argsort(-gain, kind="stable")[:_ENTERING]].tolist() if tuple(t) not in known]
        if not best:
            break
        used = np.concatenate([used, np.array(best, np.int64)])
    gains = _pair_points(problem, fold) - prices[problem.first] - prices[problem.second]
    places = float(prices @ problem.high + np.maximum(0.0, gains).sum())
    return Priced(prices=prices, used=used, places=places)


def _plain_prices(problem: PeerProblem, fold: Fold) -> Numbers:
    """Half of the best pair of each person: prices at which no pair gains."""
    best, points = np.zeros(problem.people), _pair_points(problem, fold)
    for end in (problem.first, problem.second):
        np.maximum.at(best, end, points / 2)
    return best


def possible(problem: PeerProblem, fold: Fold, by: Priced, reached: int | None) -> tuple[Ints, Numbers]:
    """The triangles that an answer of at least the worth that was reached may have, and what they gain.

    They are rows of three people, in order.
    """
    worth = _matrix(problem, fold.pair)
    # what rounding may hide grows with the numbers; a triangle too many does no harm
    least = -np.inf if reached is None else reached - by.places - 1e-9 * max(1.0, abs(by.places)) - 0.5
    return _triangles(worth, fold.cover - by.prices, least)


def greedy(problem: PeerProblem, fold: Fold) -> tuple[Ints, Ints]:
    """Pairs, as positions, and at most one trio, each the best that is left: an answer to begin with.

    It may miss demands. The trio takes in somebody who is alone.
    """
    points, room = _pair_points(problem, fold), np.minimum(problem.high, problem.people).copy()
    taken: list[int] = []
    for at in np.lexsort((-points, ~problem.forced)).tolist():
        ends = [int(problem.first[at]), int(problem.second[at])]
        if (room[ends] > 0).all() and (points[at] > 0 or problem.forced[at]):
            room[ends] -= 1
            taken.append(at)
    worth = _matrix(problem, fold.pair)
    best, trio, given_up = 0.0, _NOBODY, -1
    for at in taken if problem.trios[1] else []:
        a, b = int(problem.first[at]), int(problem.second[at])
        third = np.where(room > 0, worth[a] + worth[b] + fold.cover, -np.inf)
        third[[a, b]] = -np.inf
        person = int(np.argmax(third))
        if third[person] > best and not problem.forced[at]:
            best, trio, given_up = float(third[person]), np.array([sorted((a, b, person))], np.int64), at
    sides = {tuple(trio[0][[i, j]].tolist()) for i, j in ((0, 1), (0, 2), (1, 2))} if len(trio) else set()
    if any((int(problem.first[at]), int(problem.second[at])) in sides for at in taken if at != given_up):
        trio, given_up = _NOBODY, -1
    return np.array([at for at in taken if at != given_up], np.int64), trio


def most_worth(problem: PeerProblem, fold: Fold, remaining: Remaining) -> int:
    """What no answer exceeds."""
    by = priced(problem, fold, remaining)
    _, gain = possible(problem, fold, by, None)
    return math.floor(by.places + max(0.0, float(gain.max(initial=0.0))) + 1e-9 * abs(by.places))


def _pair_points(problem: PeerProblem, fold: Fold) -> Ints:
    return fold.pair + fold.cover[problem.first] + fold.cover[problem.second]


def _matrix(problem: PeerProblem, points: Ints) -> Numbers:
    """Points of the pairs that may be in a trio, both ways; minus infinity elsewhere."""
    worth = np.full((problem.people, problem.people), -np.inf)
    free = ~problem.forced
    first, second = problem.first[free], problem.second[free]
    worth[first, second] = worth[second, first] = points[free]
    return worth


def _triangles(worth: Numbers, each: Numbers, least: float) -> tuple[Ints, Numbers]:
    """The triangles that gain at least this much, with their gains: their pairs, and something per person."""
    rows, gains = [_NOBODY], [np.zeros(0)]
    for person in range(len(each) - 2):
        others = worth[person, person + 1 :] + each[person + 1 :]
        gain = worth[person + 1 :, person + 1 :] + others[:, None] + others[None, :] + each[person]
        second, third = np.nonzero(np.triu((gain >= least) & (gain > -np.inf), 1))
        if len(second):
            gains.append(gain[second, third])
            rows.append(np.stack([np.full(len(second), person), second + person + 1, third + person + 1], axis=1))
    return np.concatenate(rows), np.concatenate(gains)


def _prices(problem: PeerProblem, fold: Fold, used: Ints, worth: Numbers) -> tuple[Numbers, float] | None:
    """The prices of the linear program with some triangles, and the price of having a trio."""
    rows = Rows()
    pair = rows.columns(len(problem.first), whole=False)
    trio = rows.columns(len(used), whole=False)
    ends = np.concatenate([problem.first, problem.second])
    for person in range(problem.people):
        pairs = np.flatnonzero(ends == person) % max(1, len(pair))
        here = trio[(used == person).any(axis=1)]
        rows.at_most([(pair[pairs], 1.0), (here, 1.0)], float(min(problem.high[person], problem.people)))
    rows.at_most([(trio, 1.0)], 1.0)
    model = rows.program().model
    model.cost[pair] = -_pair_points(problem, fold)
    a, b, c = used.T
    model.cost[trio] = -(worth[a, b] + worth[a, c] + worth[b, c] + fold.cover[used].sum(axis=1))
    solution = solve(model)
    if solution.status is not Status.OPTIMAL or not np.all(np.isfinite(solution.row_duals)):
        return None
    duals = np.maximum(0.0, -solution.row_duals)
    return duals[:-1], float(duals[-1])
