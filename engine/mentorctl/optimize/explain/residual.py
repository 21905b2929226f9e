"""What a network would lose or gain by another choice, exactly, from one solved answer.

The residual graph of an answer holds one arc for each single change that keeps the intervals: a pair comes in (mentee
to mentor) or goes out (mentor to mentee), and somebody has one match more or less than now, which leads over one node
for all places that nobody has to use. A cycle in it is a change that can be made, its cost what the objectives lose;
the best answer with some pair is one shortest cycle through its arc away from the best of all (Ahuja, Magnanti and
Orlin 1993, chapter 9).

Objectives in order are folded into one whole number with digits wide enough that none reaches into the next; where
they do not fit 64 bits, numbers of any size are used. Potentials keep reduced costs at zero or above: the distances
from everybody at once, which depend on the answer alone, not on how a kernel found it, so that what is said does
neither. The kernel's prices, where they fit, only make them quicker to find; without, Bellman and Ford's passes do. An
answer that is not optimal has no such potentials, and is refused.
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.explain.nearest import nearest
from mentorctl.optimize.network import Ints, Mask, Network, NoProof, Objective
from mentorctl.values import dataclass

type Numbers = NDArray[Any]  # int64, or Python's own numbers where these are too small
type Vector = tuple[int, ...]  # one entry for each objective, in their order
type _Arcs = list[tuple[int, int]]  # (reduced cost, the other end), the cheapest first

_ROOM = 1 << 60  # sums of costs stay below it in 64 bits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Change:
    """Another answer: what each objective loses, and the pairs (positions in the network) that come in and go out."""

    losses: Vector
    come: tuple[int, ...]
    go: tuple[int, ...]


class Residual:
    """Answers questions about one solved network. Raises NoProof when the choice is not the best one."""

    def __init__(
        self,
        network: Network,
        objectives: Sequence[Objective],
        chosen: Mask,
        prices: Ints | None = None,
    ) -> None:
        self.network, self.chosen = network, chosen
        self._folding = _Folding(network, objectives)
        self._people = len(network.low)
        self._points, self._cover = self._folding.points, self._folding.cover
        self._count = np.bincount(network.mentee[chosen], minlength=self._people) + np.bincount(
            network.mentor[chosen], minlength=self._people
        )
        self._first = (network.low == 0) & (self._count == 0)  # the next match earns the reward
        self._last = (network.low == 0) & (self._count == 1)  # without this match it is lost
        self._tail, self._head, self._cost = self._arcs()
        self._far = self._folding.far
        self._potential = self._potentials(prices)
        self._reduced = self._cost + self._potential[self._tail] - self._potential[self._head]
        self._taken: dict[int, _Arcs] = {}
        self._ahead: dict[int, _Arcs] = {}
        self._behind: dict[int, _Arcs] = {}
        for at in np.flatnonzero(chosen).tolist():
            mentee, mentor, cost = int(network.mentee[at]), int(network.mentor[at]), self._reduced[at]
            self._taken.setdefault(mentor, []).append((int(cost), mentee))
            self._taken.setdefault(mentee, []).append((int(cost), mentor))

    # -- questions -----------------------------------------------------------------------------------------------------

    def bounds(self, pairs: Ints) -> list[Vector]:
        """What choosing each of these pairs loses at least, without any search. Chosen ones lose nothing."""
        reduced = np.where(self.chosen[pairs], 0, self._reduced[pairs])
        return [self._folding.unfolded(int(loss)) for loss in reduced]

    def losses(self, pairs: Iterable[int]) -> list[Vector | None]:
        """What the best answer with each of these pairs loses, exactly; None where no answer can have it."""
        folded = (self._loss(int(at)) for at in pairs)
        return [None if loss is None else self._folding.unfolded(loss) for loss in folded]

    def change(self, pair: int) -> Change | None:
        """The best answer with a pair that is not chosen; None where there is none."""
        return self._along(int(self.network.mentor[pair]), int(self.network.mentee[pair]), (pair,))

    def cheapest(self, groups: Sequence[Sequence[int]], limit: int) -> list[tuple[int, int, Vector]]:
        """Of groups of pairs, those that lose least by one of their pairs, the least first: group, pair and losses.

        The bounds say when no other group can be among them, so that most pairs are never searched for.
        """
        queue = sorted((int(self._reduced[at]), group, at) for group, pairs in enumerate(groups) for at in pairs)
        best: dict[int, tuple[int, int]] = {}
        for bound, group, at in queue:
            worst = sorted(best.values())[limit - 1][0] if len(best) >= limit else None
            if worst is not None and bound > worst:
                break
            loss = self._loss(at)
            if loss is not None and (group not in best or loss < best[group][0]):
                best[group] = (loss, at)
        ranked = sorted((loss, group, at) for group, (loss, at) in best.items())
        return [(group, at, self._folding.unfolded(loss)) for loss, group, at in ranked[:limit]]

    def worth_of_a_place(self) -> list[Vector]:
        """What each objective gains when a person may have one match more than now, for each person."""
        net = self.network
        is_mentee = np.arange(self._people) < net.mentees
        around = np.where(is_mentee, self._to_outside[:-1], self._from_outside[:-1])
        reward = np.where(self._first, self._cover, 0)
        gain = np.where((self._count >= net.high) & (around < self._far), reward - around, 0).tolist()
        return [self._folding.unfolded(max(0, one)) for one in gain]

    def with_a_place(self, person: int) -> Change | None:
        """The best answer when a person may have one match more; its losses are without the person's own reward."""
        ends = (person, self._people) if person < self.network.mentees else (self._people, person)
        return self._along(*ends, ())

    def prices(self) -> Ints:
        """The potentials as prices of people, against the node of unused places."""
        here = self._potential[:-1] - self._potential[-1]
        is_mentee = np.arange(self._people) < self.network.mentees
        return np.asarray(np.where(is_mentee, here, -here), np.int64)

    # -- the graph -----------------------------------------------------------------------------------------------------

    def _arcs(self) -> tuple[Ints, Ints, Numbers]:
        """The pairs first, in their order; then one match more, and one less, for whom it can be."""
        net, outside = self.network, self._people
        people = np.arange(self._people)
        more, less = people[self._count < net.high], people[self._count > net.low]
        ends, turned = (net.mentee.astype(np.int64), net.mentor.astype(np.int64)), np.flatnonzero(self.chosen)
        tail, head, cost = [ends[0]], [ends[1]], [-self._points]
        cost[0][turned] *= -1
        ends[0][turned], ends[1][turned] = net.mentor[turned], net.mentee[turned]
        for group, comes_in, price in (
            (more, True, np.where(self._first, -self._cover, 0)),
            (less, False, np.where(self._last, self._cover, 0)),
        ):
            inward = (group < net.mentees) == comes_in
            tail.append(np.where(inward, outside, group))
            head.append(np.where(inward, group, outside))
            cost.append(price[group])
        return np.concatenate(tail), np.concatenate(head), np.concatenate(cost).astype(self._folding.kind)

    def _potentials(self, prices: Ints | None) -> Numbers:
        """The greatest numbers up to zero that keep reduced costs at zero or above; `prices` may make it quick.

        Where nothing is chosen, no way is longer than a pair and two places, so that few passes settle all.
        """
        nothing = np.zeros(self._people + 1, self._folding.kind)
        if prices is not None and self.chosen.any() and int(np.abs(prices).max(initial=0)) < self._far:
            is_mentee = np.arange(self._people) < self.network.mentees
            known = np.append(np.where(is_mentee, prices, -prices), 0).astype(self._folding.kind)
            reduced = self._cost + known[self._tail] - known[self._head]
            if (reduced >= 0).all():
                return np.asarray(nearest(nothing - known, self._tail, self._head, reduced) + known)
        return _settled(nothing, self._tail, self._head, self._cost)

    @cached_property
    def _from_outside(self) -> Numbers:
        """The true distance of each node from the node of unused places."""
        return self._true(nearest(self._outside - self._potential, self._tail, self._head, self._reduced), 1)

    @cached_property
    def _to_outside(self) -> Numbers:
        """The true distance of each node to the node of unused places."""
        return self._true(nearest(self._outside + self._potential, self._head, self._tail, self._reduced), -1)

    @property
    def _outside(self) -> Numbers:
        """Nothing for the node of unused places, and far for all others."""
        start = np.full(self._people + 1, self._far, self._folding.kind)
        start[-1] = 0
        return start

    def _true(self, distances: Numbers, sign: int) -> Numbers:
        found = distances + sign * self._potential
        return np.where(found > self._far // 2, self._far, found)

    def _along(self, source: int, target: int, first: tuple[int, ...]) -> Change | None:
        """The change along some arcs and then a shortest path."""
        path = self._path(source, target)
        if path is None:
            return None
        steps = [*first, *path]
        pairs = [at for at in steps if at < len(self.network)]
        return Change(
            losses=self._folding.unfolded(sum(self._cost[steps].tolist())),
            come=tuple(sorted(at for at in pairs if not self.chosen[at])),
            go=tuple(sorted(at for at in pairs if self.chosen[at])),
        )

    # -- shortest paths ------------------------------------------------------------------------------------------------

    def _loss(self, pair: int) -> int | None:
        if self.chosen[pair]:
            return 0
        mentee, mentor = int(self.network.mentee[pair]), int(self.network.mentor[pair])
        lift = int(self._potential[mentor]) - int(self._potential[mentee])
        around = (int(self._to_outside[mentor]), int(self._from_outside[mentee]))
        limit = sum(around) + lift if max(around) < self._far else self._far
        reached = self._meeting(mentor, mentee, limit)
        return None if reached >= self._far else int(self._reduced[pair]) + reached

    def _meeting(self, source: int, target: int, limit: int) -> int:
        """The reduced distance from a mentor to a mentee, or `limit` where it is not below; searched from both ends.

        Mentees between them are passed through: whoever is reached there leaves the match by which they were reached.
        """
        best = limit
        ahead, back = {source: 0}, {mentor: cost for cost, mentor in self._taken.get(target, ())}
        front, rear = [(0, source)], sorted((cost, mentor) for mentor, cost in back.items())
        if source in back:
            return min(best, back[source])
        while front and rear and front[0][0] + rear[0][0] < best:
            if len(front) <= len(rear):
                best = _step(front, ahead, back, best, self._onward)
            else:
                best = _step(rear, back, ahead, best, self._backward)
        return best

    @cached_property
    def _row_starts(self) -> list[int]:
        starts: list[int] = np.searchsorted(self.network.mentee, np.arange(self._people + 1)).tolist()
        return starts

    @cached_property
    def _by_mentor(self) -> Ints:
        return np.argsort(self.network.mentor, kind="stable")

    @cached_property
    def _column_starts(self) -> list[int]:
        starts: list[int] = np.searchsorted(self.network.mentor[self._by_mentor], np.arange(self._people + 1)).tolist()
        return starts

    def _onward(self, mentor: int) -> _Arcs:
        """The mentors to whom the mentees of a mentor could go, and what each such step costs, the least first."""
        arcs = self._ahead.get(mentor)
        if arcs is None:
            net, found = self.network, dict[int, int]()
            for before, mentee in self._taken.get(mentor, ()):
                at = np.arange(self._row_starts[mentee], self._row_starts[mentee + 1])
                at = at[~self.chosen[at]]
                for cost, end in zip(self._reduced[at].tolist(), net.mentor[at].tolist(), strict=True):
                    if before + cost < found.get(end, self._far):
                        found[end] = before + cost
            arcs = self._ahead[mentor] = sorted((cost, end) for end, cost in found.items())
        return arcs

    def _backward(self, mentor: int) -> _Arcs:
        """The mentors from whom somebody could come to a mentor, and what the step costs, the least first."""
        arcs = self._behind.get(mentor)
        if arcs is None:
            net, found = self.network, dict[int, int]()
            at = self._by_mentor[self._column_starts[mentor] : self._column_starts[mentor + 1]]
            at = at[~self.chosen[at]]
            for cost, mentee in zip(self._reduced[at].tolist(), net.mentee[at].tolist(), strict=True):
                for before, start in self._taken.get(mentee, ()):
                    if before + cost < found.get(start, self._far):
                        found[start] = before + cost
            arcs = self._behind[mentor] = sorted((cost, end) for end, cost in found.items())
        return arcs

    def _path(self, source: int, target: int) -> list[int] | None:
        """The arcs of one shortest path, over unused places too; the least nodes where several are as short."""
        order = np.argsort(self._tail, kind="stable")
        starts = np.searchsorted(self._tail[order], np.arange(self._people + 2)).tolist()
        known, settled, came = {source: 0}, set[int](), dict[int, int]()
        heap = [(0, source)]
        while heap:
            distance, node = heapq.heappop(heap)
            if node in settled:
                continue
            settled.add(node)
            if node == target:
                break
            out = order[starts[node] : starts[node + 1]]
            for at, end, cost in zip(out.tolist(), self._head[out].tolist(), self._reduced[out].tolist(), strict=True):
                if end not in known or distance + cost < known[end]:
                    known[end] = distance + cost
                    came[end] = at
                    heapq.heappush(heap, (distance + cost, end))
        if target not in settled:
            return None
        steps = []
        while target != source:
            steps.append(came[target])
            target = int(self._tail[came[target]])
        return steps[::-1]


def _step(
    heap: list[tuple[int, int]],
    known: dict[int, int],
    other: dict[int, int],
    best: int,
    arcs_of: Callable[[int], _Arcs],
) -> int:
    """Settle the nearest node of one side; `best` is the length of the best way found so far."""
    distance, node = heapq.heappop(heap)
    if distance > known[node]:
        return best
    for cost, end in arcs_of(node):
        there = distance + cost
        if there >= best:
            break
        if there < known.get(end, best):
            known[end] = there
            heapq.heappush(heap, (there, end))
            met = other.get(end)
            if met is not None and there + met < best:
                best = there + met
    return best


class _Folding:
    """Objectives in order as one number: `weights` per objective, so that no two vectors in reach share a number."""

    def __init__(self, network: Network, objectives: Sequence[Objective]) -> None:
        sides = (network.high[: network.mentees], network.high[network.mentees :])
        matches = min(len(network), *(int(side.sum()) for side in sides))
        self.bases, self.weights = list[int](), list[int]()
        weight = 1
        for objective in reversed(objectives):
            most = int(np.abs(objective.pair).max(initial=0)) * (matches + 1) + int(objective.cover.sum())
            self.weights.insert(0, weight)
            self.bases.insert(0, 2 * most + 1)
            weight *= 2 * most + 1
        self.kind: Any = np.int64 if weight < _ROOM // 8 else object
        self.far = weight * 4
        kind = self.kind
        self.points: Numbers = np.zeros(len(network), kind)
        self.cover: Numbers = np.zeros(len(network.low), kind)
        for factor, objective in zip(self.weights, objectives, strict=True):
            self.points = self.points + objective.pair.astype(kind) * factor
            self.cover = self.cover + objective.cover.astype(kind) * factor

    def unfolded(self, number: int) -> Vector:
        """The digits of a folded number, each between minus and plus half its base."""
        digits = []
        for base in reversed(self.bases):
            digit = (number + base // 2) % base - base // 2
            digits.append(digit)
            number = (number - digit) // base
        return tuple(reversed(digits))


def _settled(start: Numbers, tail: Ints, head: Ints, cost: Numbers) -> Numbers:
    """The greatest numbers up to `start` of which none exceeds that of another node by more than the arc costs."""
    here = start
    active = np.arange(len(tail))
    for _ in range(len(start) + 1):
        there = here.copy()
        np.minimum.at(there, head[active], here[tail[active]] + cost[active])
        moved = there < here
        if not moved.any():
            return here
        here = there
        active = np.flatnonzero(moved[tail])
    raise NoProof("the chosen pairs are not the best ones: a better choice is in reach")
