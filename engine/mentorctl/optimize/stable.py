"""Stable matchings by deferred acceptance (Gale and Shapley 1962), and what they cost against the best one.

Mentees ask in the order of what they like, mentors keep those whom they like best. With several places on both sides
the answer is stable pair by pair: nobody with a free place, or with somebody whom they like less, finds one who feels
the same (Roth 1984). Among all stable answers it is the best for every mentee, ties being broken by a hash of the
places of the two in the order of their ids. `optimize.blocking` checks it without any of this.
"""

from heapq import heappush, heapreplace

import numpy as np

from mentorctl.optimize.blocking import Likings, blocking_pairs
from mentorctl.optimize.ground import Ground
from mentorctl.optimize.network import Ints, Mask, Network
from mentorctl.optimize.objectives import rank_points, rankings
from mentorctl.optimize.scoring import PairTable
from mentorctl.rules.fields import Role
from mentorctl.spec.matching import Matching
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """How much less a stable answer is than the best one in points and in people with a match (below zero: more).

    `blocking` counts the pairs who would leave the best answer for each other.
    """

    score: int
    mentees: int
    mentors: int
    blocking: int


def likings(ground: Ground, matching: Matching, table: PairTable) -> Likings:
    """How each side likes each pair: first by the ranks that it gave, where rules read them, then by the score."""
    people = table.mentees[table.mentee], table.mentors[table.mentor]
    by_score = table.score - int(table.score.min(initial=0))
    span = int(by_score.max(initial=0)) + 1
    given = [rank_points(ground, matching, *people, by=role) for role in (Role.MENTEE, Role.MENTOR)]
    asked = {rank.by for rank in rankings(matching)}
    return Likings(
        mentee=given[0] * span + by_score if Role.MENTEE in asked else by_score,
        mentor=given[1] * span + by_score if Role.MENTOR in asked else by_score,
    )


def deferred_acceptance(network: Network, likings: Likings) -> Mask:
    """The stable pairs that are best for the mentees, within the places of both sides."""
    from mentorctl.optimize.groups.stages import pair_ties

    ties = pair_ties(network.mentee, network.mentor)
    asks = np.lexsort((ties, -likings.mentee, network.mentee))
    starts = np.searchsorted(network.mentee[asks], np.arange(network.mentees + 1)).tolist()
    rank = np.empty(len(network), np.int64)
    rank[np.lexsort((ties, -likings.mentor, network.mentor))] = np.arange(len(network))
    chosen = np.zeros(len(network), np.bool_)
    chosen[_accepted(network, asks.tolist(), starts, rank.tolist())] = True
    return chosen


def _accepted(network: Network, asks: list[int], starts: list[int], rank: list[int]) -> list[int]:
    """The pairs that mentors hold in the end; each keeps those of the smallest ranks."""
    mentee, mentor, places = network.mentee.tolist(), network.mentor.tolist(), network.high.tolist()
    held: dict[int, list[tuple[int, int]]] = {}  # per mentor, the worst one first
    next_one, wanting = starts[:-1], places[: network.mentees]
    looking = list(range(network.mentees))
    while looking:
        person = looking.pop()
        while wanting[person] and next_one[person] < starts[person + 1]:
            pair = asks[next_one[person]]
            next_one[person] += 1
            others = held.setdefault(mentor[pair], [])
            if len(others) < places[mentor[pair]]:
                heappush(others, (-rank[pair], pair))
            elif others and rank[pair] < -others[0][0]:
                _, lost = heapreplace(others, (-rank[pair], pair))
                wanting[mentee[lost]] += 1
                looking.append(mentee[lost])
            else:
                continue
            wanting[person] -= 1
    return [pair for others in held.values() for _, pair in others]


def price_of(network: Network, score: Ints, likings: Likings, stable: Mask, best: Mask, standing: Ints) -> Price:
    """What a stable answer costs against the best one. People with a match that stands are covered in both."""
    covered = [_covered(network, chosen) | (standing > 0) for chosen in (best, stable)]
    lost = covered[0].astype(np.int64) - covered[1]
    return Price(
        score=int(score[best].sum()) - int(score[stable].sum()),
        mentees=int(lost[: network.mentees].sum()),
        mentors=int(lost[network.mentees :].sum()),
        blocking=int(blocking_pairs(network, likings, best).sum()),
    )


def _covered(network: Network, chosen: Mask) -> Mask:
    covered = np.zeros(len(network.low), np.bool_)
    covered[network.mentee[chosen]] = covered[network.mentor[chosen]] = True
    return covered
