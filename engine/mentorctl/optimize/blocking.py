"""Whether a matching is stable: written apart from what makes stable matchings, from the definition alone."""

import numpy as np

from mentorctl.optimize.network import Ints, Mask, Network, Places
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likings:
    """How much the mentee of each pair likes the mentor, and the mentor the mentee; more is better, equal is equal."""

    mentee: Ints
    mentor: Ints


def blocking_pairs(network: Network, likings: Likings, chosen: Mask) -> Mask:
    """Pairs outside a matching of whom each has a free place, or somebody whom they like less than the other."""
    mentee, mentor = network.mentee.astype(np.int64), network.mentor.astype(np.int64)
    wants_mentor = likings.mentee > _least_kept(mentee, network, likings.mentee, chosen)
    wants_mentee = likings.mentor > _least_kept(mentor, network, likings.mentor, chosen)
    return ~chosen & wants_mentor & wants_mentee


def _least_kept(person: Places, network: Network, liking: Ints, chosen: Mask) -> Ints:
    """Per pair: how much the person likes the one whom they would give up for it."""
    most, least = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    worst = np.full(len(network.high), most)
    np.minimum.at(worst, person[chosen], liking[chosen])
    count = np.bincount(person[chosen], minlength=len(network.high))
    worst[count < network.high] = least
    return np.asarray(worst[person])
