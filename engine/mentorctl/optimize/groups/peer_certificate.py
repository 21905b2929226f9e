"""Prices that prove what peers can be worth at most, and the exact arithmetic of it.

In a graph where everybody is in one pair at most, no pairs are worth more than all prices of people together, plus the
price of each set of people as often as it has room for pairs inside, plus what pairs gain beyond that (Edmonds 1965).
That holds for any prices that are not negative, whoever found them. Prices are doubled, so that they are whole.
"""

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.kernels.blossom import Prices
from mentorctl.values import dataclass

type Ints = NDArray[np.int64]
type Mask = NDArray[np.bool_]

NOBODY: Ints = np.zeros(0, np.int64)

_DEAREST = 1 << 60  # with more the sums below could leave their range


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeerCertificate:
    """Prices for the pairs of the people who are not `without`.

    What is priced is the sum of all goals, each taken as often as `terms` says (see `peer_goals`), and, for the second
    and later certificates of answers without a trio, `held` times the agreement with the prices before.
    `price` is per person. Sets are stretches of a line in which people stand: `line` is the place of each, and a set
    reaches from its `begin` to before its `end`; two sets are nested or apart. `set_price` is per set. `value` is what
    the answer is worth in the terms, and `bound` what the pairs of all these people are worth at most.
    """

    terms: tuple[int, ...]
    held: int
    without: Ints
    price: Ints
    line: Ints
    begin: Ints
    end: Ints
    set_price: Ints
    value: int
    bound: int


def is_sound(certificate: PeerCertificate, people: int) -> bool:
    """Whether the arrays fit together and the prices may prove anything."""
    begin, end, gone = certificate.begin, certificate.end, certificate.without
    if len({len(begin), len(end), len(certificate.set_price)}) > 1 or len(certificate.price) != people:
        return False
    if any(len(a) and not 0 <= a.min() <= a.max() <= _DEAREST for a in (certificate.price, certificate.set_price)):
        return False
    if len(certificate.line) != people or not np.array_equal(np.sort(certificate.line), np.arange(people)):
        return False
    if len(np.unique(gone)) != len(gone) or not ((gone >= 0) & (gone < people)).all():
        return False
    return bool(((begin >= 0) & (begin < end) & (end <= people)).all()) and _is_nested(begin, end)


def _is_nested(begin: Ints, end: Ints) -> bool:
    """Whether any two stretches are one within the other, or apart."""
    around: list[int] = []
    for at in np.lexsort((-end, begin)).tolist():
        while around and around[-1] <= begin[at]:
            around.pop()
        if around and around[-1] < end[at]:
            return False
        around.append(int(end[at]))
    return True


def certified(
    found: Prices,
    terms: tuple[int, ...],
    *,
    value: int,
    held: int = 0,
    without: Ints = NOBODY,
) -> PeerCertificate:
    """The prices of a matching as a certificate; they are to prove the value."""
    price = found.price.copy()
    price[without] = 0
    return PeerCertificate(
        terms=terms,
        held=held,
        without=without,
        price=price,
        line=found.line,
        begin=found.begin,
        end=found.end,
        set_price=found.set_price,
        value=value,
        bound=value,
    )


def proved_double(certificate: PeerCertificate, first: Ints, second: Ints, points: Ints) -> int:
    """Twice what no pairs among the people who are left exceed, in exact arithmetic."""
    people = len(certificate.price)
    left: Mask = np.ones(people, np.bool_)
    left[certificate.without] = False
    short = certificate.price[first] + certificate.price[second] < 2 * points
    here = np.flatnonzero(short & left[first] & left[second])  # the sets around both only make the others dearer still
    gain = -slack(certificate, first[here], second[here], points[here])
    rooms = _members(certificate, left) // 2
    double = sum(certificate.price[left].tolist()) + sum(gain[gain > 0].tolist())
    return int(double + sum(p * r for p, r in zip(certificate.set_price.tolist(), rooms.tolist(), strict=True)))


def less_room(certificate: PeerCertificate, one: Ints, other: Ints) -> Ints:
    """By how much the sets' part of it falls where two more people leave, for many twos. One is gone already.

    A set that held an odd number of people, and both of the two, has room for one pair less, and so has one that held
    an even number and any of the two.
    """
    with_gone = _around_one(certificate, int(certificate.without[0]))
    a, b = with_gone[one], with_gone[other]
    return np.asarray(around_both(certificate, one, other) + a + b - 2 * np.minimum(a, b))


def slack(certificate: PeerCertificate, first: Ints, second: Ints, points: Ints) -> Ints:
    """By how much the doubled points of each pair stay below the prices of its people and of the sets around both."""
    paid = certificate.price[first] + certificate.price[second] + around_both(certificate, first, second)
    return np.asarray(paid - 2 * points)


def around_both(certificate: PeerCertificate, one: Ints, other: Ints, *, counted: bool = False) -> Ints:
    """The prices of all sets that hold both of two different people; or how many of these sets have a price.

    As sets are nested or apart, it is the least of what the sets around two neighbors cost, for all neighbors in the
    line between the two.
    """
    if not len(certificate.begin):
        return np.zeros(len(one), np.int64)
    between = _between(certificate, counted=counted)
    a, b = certificate.line[one], certificate.line[other]
    low, high = np.minimum(a, b), np.maximum(a, b)
    step = np.log2(np.maximum(high - low, 1)).astype(np.int64)
    least = [between]  # of 1, 2, 4, … neighbors from each place on
    for power in range(int(step.max(initial=0))):
        least.append(np.minimum(least[-1], np.append(least[-1][1 << power :], np.zeros(1 << power, np.int64))))
    table = np.stack(least)
    return np.asarray(np.minimum(table[step, low], table[step, np.maximum(high - (1 << step), 0)]))


def _between(certificate: PeerCertificate, *, counted: bool = False) -> Ints:
    """What the sets around each person in the line and the next one cost together; the last entry is 0."""
    worth = np.minimum(certificate.set_price, 1) if counted else certificate.set_price
    change = np.zeros(len(certificate.line) + 1, np.int64)
    np.add.at(change, certificate.begin, worth)
    np.subtract.at(change, certificate.end - 1, worth)
    return np.cumsum(change)


def _around_one(certificate: PeerCertificate, person: int) -> Ints:
    """What the sets around this person and each other one cost together."""
    between, here = _between(certificate), int(certificate.line[person])
    found = np.zeros(len(certificate.line), np.int64)
    found[here + 1 :] = np.minimum.accumulate(between[here:-2])
    found[:here] = np.minimum.accumulate(between[:here][::-1])[::-1]
    return found[certificate.line]


def _members(certificate: PeerCertificate, left: Mask) -> Ints:
    """How many of the people who are left each set holds."""
    in_line = np.zeros(len(left) + 1, np.int64)
    in_line[certificate.line + 1] = left
    before = np.cumsum(in_line)
    return np.asarray(before[certificate.end] - before[certificate.begin])


def filled(certificate: PeerCertificate) -> int:
    """The sum of `agreement` in the answers that reach what was proved: whoever and whatever has a price is full."""
    rooms = _members(certificate, np.ones(len(certificate.price), np.bool_)) // 2
    return int(np.minimum(certificate.price, 1).sum() + (np.minimum(certificate.set_price, 1) * rooms).sum())


def hold(people: int, points: Ints) -> int:
    """More than any change of these points, so that what was reached before is not given up."""
    return people * int(np.abs(points).max(initial=0)) + 1


def agreement(certificate: PeerCertificate, first: Ints, second: Ints) -> Ints:
    """Points of tight pairs whose best sum is reached by just those answers that are the best in what was proved.

    By complementary slackness these fill every price: one point for each person and each set with a price.
    """
    valued = np.minimum(certificate.price, 1)
    return np.asarray(valued[first] + valued[second] + around_both(certificate, first, second, counted=True))
