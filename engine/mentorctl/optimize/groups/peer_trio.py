"""The trio of an odd pool: the best one of all triangles, proved by prices.

When one person leaves the pool and the others are matched at their best, the prices bound what every trio with that
person leaves for the rest: it takes the two others out as well, who need not be paid then. These bounds are so close
that next to no triangle needs a matching of its own. As the kernel takes a person out of a matching by a single search,
that is one search per person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from mentorctl.optimize.groups.peer_certificate import NOBODY, PeerCertificate, certified, less_room
from mentorctl.optimize.groups.peer_goals import Goal, Sum, together
from mentorctl.optimize.groups.problem import Ints, Mask, PeerProblem
from mentorctl.optimize.groups.stages import Remaining
from mentorctl.optimize.kernels.blossom import BlossomMatching

type Single = tuple[PeerCertificate, int]
type Found = tuple[Ints, Ints, tuple[PeerCertificate, ...]]


class NoTime(Exception):  # noqa: N818 - the name of what happened
    """The time was up before the best trio was known."""


class Pool:
    """The free pairs of a problem and their triangles. Places of pairs are those of the whole problem."""

    def __init__(self, problem: PeerProblem, pairs: Ints) -> None:
        self.people, self.pairs = problem.people, pairs
        self.first, self.second = problem.first[pairs], problem.second[pairs]
        ends = np.concatenate([self.first, self.second])
        order = np.argsort(ends, kind="stable")
        self._with = np.concatenate([self.second, self.first])[order]
        self._place = np.tile(pairs, 2)[order]
        self._begins = np.searchsorted(ends[order], np.arange(problem.people + 1))
        self._forward = np.searchsorted(self.first, np.arange(problem.people + 1))

    def near(self, person: int) -> Ints:
        """The place of the pair of a person with each other one, or -1."""
        here = slice(int(self._begins[person]), int(self._begins[person + 1]))
        near = np.full(self.people, -1, np.int64)
        near[self._with[here]] = self._place[here]
        return near

    def trios_from(self, person: int) -> tuple[Ints, Ints]:
        """The triangles of one person with two later ones, as rows of people and of places of their pairs."""
        near = self.near(person)
        later = self.second[self._forward[person] : self._forward[person + 1]]
        begins = self._forward[later]
        counts = self._forward[later + 1] - begins
        skipped = np.repeat(np.cumsum(counts) - counts - begins, counts)
        theirs = np.arange(int(counts.sum())) - skipped
        theirs = theirs[near[self.second[theirs]] >= 0]
        one, other = self.first[theirs], self.second[theirs]
        trios = np.stack([np.full(len(one), person), one, other], axis=1)
        return trios, np.stack([near[one], near[other], self.pairs[theirs]], axis=1)


def sides_of(problem: PeerProblem, trios: Ints) -> Ints:
    """The places of the three pairs of each trio; the pairs of the problem are in order."""
    keys = problem.first * problem.people + problem.second
    a, b, c = trios.T
    return np.stack([np.searchsorted(keys, x * problem.people + y) for x, y in ((a, b), (a, c), (b, c))], axis=1)


def open_trios(pool: Pool, whole: Sum, singles: Mapping[int, Single], more_than: int) -> Ints:
    """The triangles that the prices of their three people leave a chance to be in an answer that is worth more.

    `singles` has certificates without one person each, with the doubled bounds that they prove. Triangles of somebody
    who is not among them are left a chance. They are rows of three people in order.
    """
    found = [np.zeros((0, 3), np.int64)]
    worth = [np.zeros(0, np.int64)]
    for person in range(pool.people):
        trios, sides = pool.trios_from(person)
        rough = whole.side[sides].sum(axis=1) + whole.cover[trios].sum(axis=1)  # ties only make it less
        likely = _may_be_more(singles.get(person), 0, trios, rough, more_than)
        found.append(trios[likely])
        worth.append(rough[likely] - whole.ties(trios[likely]))
    trios, points = np.concatenate(found), np.concatenate(worth)
    for column in range(3):
        order = np.argsort(trios[:, column], kind="stable")
        trios, points = trios[order], points[order]
        who, begins = np.unique(trios[:, column], return_index=True)
        ends = np.append(begins, len(trios))[1:]
        kept = np.zeros(len(trios), np.bool_)
        for person, begin, end in zip(who.tolist(), begins.tolist(), ends.tolist(), strict=True):
            here = slice(begin, end)
            kept[here] = _may_be_more(singles.get(person), column, trios[here], points[here], more_than)
        trios, points = trios[kept], points[kept]
    return trios


def _may_be_more(single: Single | None, column: int, trios: Ints, points: Ints, more_than: int) -> Mask:
    """Whether the prices without the person in a column leave room for more."""
    if single is None:
        return np.ones(len(trios), np.bool_)
    certificate, double = single
    one, other = (trios[:, at] for at in range(3) if at != column)
    gain = 2 * points + (double - 2 * more_than) - certificate.price[one] - certificate.price[other]
    likely = np.flatnonzero(gain > 0)
    gain[likely] -= less_room(certificate, one[likely], other[likely])
    return np.asarray(gain > 0)


def with_trio(
    problem: PeerProblem, goals: tuple[Goal, ...], terms: tuple[int, ...], pairs: Ints, remaining: Remaining
) -> Found | None:
    """The best pairs (places) and trio, with certificates; None where there must be a trio and can be none.

    Raises NoTime when the time is up.
    """
    search = _Search(problem, together(problem, goals, terms), terms, Pool(problem, pairs), remaining)
    with BlossomMatching(problem.people, *search.graph(), spare=3) as matching:
        if not problem.trios[0]:
            search.consider_rest(matching, NOBODY)
        search.take_out_each(matching)
        search.take_out_all(matching)
    return search.found()


class _Search:
    """The best answer so far, and the certificates that rule out all others."""

    def __init__(
        self, problem: PeerProblem, whole: Sum, terms: tuple[int, ...], pool: Pool, remaining: Remaining
    ) -> None:
        self._problem, self._whole, self._terms, self._pool, self._remaining = problem, whole, terms, pool, remaining
        self._points = whole.pair[pool.pairs]
        self._best: int | None = None
        self._trio: Ints | None = None
        self._pairs = pool.pairs[:0]
        self._proofs: list[PeerCertificate] = []
        self._singles: dict[int, PeerCertificate] = {}

    def graph(self) -> tuple[Ints, Ints, Ints]:
        return self._pool.first, self._pool.second, self._points

    def consider(self, matching: BlossomMatching, trio: Ints) -> None:
        """The best answer with a trio, who are taken out."""
        with matching.without(*trio.tolist()) as rest:
            self.consider_rest(rest, trio)

    def consider_rest(self, rest: BlossomMatching, trio: Ints) -> None:
        """The same where they are out already, or where there is none."""
        self._hurry()
        found = rest.read()
        taken = found.mate[self._pool.first] == self._pool.second
        value = _exact_sum(self._points[taken])
        self._proofs.append(certified(found, self._terms, value=value, without=trio))
        if len(trio):
            value += int(self._whole.of_trios(sides_of(self._problem, trio[None, :]), trio[None, :])[0])
        if self._best is None or value > self._best:
            self._best, self._pairs, self._trio = value, self._pool.pairs[taken], trio

    def take_out_each(self, matching: BlossomMatching) -> None:
        """Prices without each person; a pair of the others may be a trio with that person: the best is tried."""
        hope: tuple[int, Ints] | None = None
        for person in range(self._problem.people):
            self._hurry()
            near = self._pool.near(person)
            with matching.without(person) as rest:
                found = rest.read()
            taken = np.flatnonzero(found.mate[self._pool.first] == self._pool.second)
            value = _exact_sum(self._points[taken])
            self._singles[person] = certified(found, self._terms, value=value, without=np.array([person]))
            one, other = self._pool.first[taken], self._pool.second[taken]
            around = (near[one] >= 0) & (near[other] >= 0)
            if not around.any():
                continue
            one, other, theirs = one[around], other[around], self._pool.pairs[taken[around]]
            trios = np.sort(np.stack([np.full(len(one), person), one, other], axis=1), axis=1)
            sides = np.stack([near[one], near[other], theirs], axis=1)
            more = self._whole.of_trios(sides, trios) - self._whole.pair[theirs]
            best = int(np.argmax(more))
            if hope is None or value + int(more[best]) > hope[0]:
                hope = (value + int(more[best]), trios[best])
        if hope is None and self._best is None:
            hope = next(((0, trios[0]) for trios in self._trios() if len(trios)), None)
        if hope is not None and (self._best is None or hope[0] > self._best):
            self.consider(matching, hope[1])

    def _trios(self) -> Iterator[Ints]:
        return (self._pool.trios_from(person)[0] for person in range(self._problem.people))

    def take_out_all(self, matching: BlossomMatching) -> None:
        """A matching of its own for each triangle whose bounds leave it a chance."""
        if self._best is None:
            return
        singles = {person: (certificate, 2 * certificate.value) for person, certificate in self._singles.items()}
        for trio in open_trios(self._pool, self._whole, singles, self._best):
            self.consider(matching, trio)

    def _hurry(self) -> None:
        if self._remaining() <= 0:
            raise NoTime

    def found(self) -> Found | None:
        """The best answer; certificates without nobody, without one each, and without some trios."""
        if self._best is None or self._trio is None:
            return None
        trios = self._trio.reshape(-1, 3)
        return self._pairs, trios, tuple(self._with_value(c) for c in (*self._proofs, *self._singles.values()))

    def _with_value(self, certificate: PeerCertificate) -> PeerCertificate:
        """A certificate that says what the answer is worth, beside what its own pairs are worth at most."""
        return replace(certificate, value=self._best or 0)


def _exact_sum(points: Ints) -> int:
    """Many folded points may leave 64 bits."""
    return sum(points.tolist())
