"""The places of mentors as nodes of their own, so that each further match of one mentor may cost more.

A convex cost of the number of matches is a cost for each place that rises from place to place, and a network with
places in the place of mentors is a network again. Where a mentee may have several matches, two places of one mentor
must not both go to them: such a pair becomes a path of two nodes that are used together or not at all.
"""

from dataclasses import dataclass

import numpy as np

from mentorctl.optimize.network import Ints, Mask, Network

NO_PAIR = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """A network whose mentor nodes are places.

    Per pair of it: `pair`, the pair of the first network that it chooses, NO_PAIR for one that only leads on, and how
    many places of the mentor come before the one that it takes, `load`, `NO_PAIR` where it takes none; `owner` is that
    mentor, from 0. `first` is the node of the first place of each mentor, also NO_PAIR where there is none. Mentees
    have the numbers that they had.
    """

    network: Network
    pair: Ints
    load: Ints
    owner: Ints
    first: Ints


def with_places(network: Network) -> Places:
    """The same choices over places. Any number of matches of a mentor may take their first places."""
    mentees, pairs = network.mentees, len(network)
    rooms = network.high[mentees:]
    several = network.high[network.mentee] > 1  # pairs that become paths
    paths = np.flatnonzero(several)
    first = np.concatenate([[0], np.cumsum(rooms)])  # the place nodes, from 0; those of the paths follow
    mentor = network.mentor - mentees
    at = np.repeat(np.arange(pairs), rooms[mentor])
    place = np.arange(len(at)) - np.repeat(np.cumsum(rooms[mentor]) - rooms[mentor], rooms[mentor])
    # a pair takes a place: from its mentee, or from the second node of its path
    second = np.full(pairs, -1, np.int64)
    second[paths] = mentees + np.arange(len(paths))
    inside = first[-1] + np.arange(len(paths))
    left = np.concatenate([np.where(several, second, network.mentee)[at], network.mentee[paths], second[paths]])
    right = np.concatenate([first[mentor[at]] + place, inside, inside])
    none = np.full(len(paths), NO_PAIR, np.int64)
    which = np.concatenate([np.where(several[at], NO_PAIR, at), paths, none])
    load = np.concatenate([place, none, none])
    owner = np.concatenate([mentor[at], mentor[paths], mentor[paths]])
    order = np.lexsort((right, left))
    lefts = mentees + len(paths)
    lows = np.repeat(network.low[mentees:], rooms)
    number = np.arange(first[-1]) - np.repeat(first[:-1], rooms)
    once = np.ones(len(paths), np.int64)
    return Places(
        network=Network(
            mentees=lefts,
            mentee=left[order],
            mentor=right[order] + lefts,
            low=np.concatenate([network.low[:mentees], once, (number < lows).astype(np.int64), once]),
            high=np.concatenate([network.high[:mentees], once, np.ones(first[-1], np.int64), once]),
        ),
        pair=which[order],
        load=load[order],
        owner=owner[order],
        first=np.where(rooms > 0, first[:-1] + lefts, NO_PAIR),
    )


def placed(network: Network, places: Places, chosen: Mask) -> Mask:
    """A choice of pairs as one over places: the pairs of a mentor take the first places, in their order."""
    wide = places.network
    arc = {ends: at for at, ends in enumerate(zip(wide.mentee.tolist(), wide.mentor.tolist(), strict=True))}
    paths = np.flatnonzero(network.high[network.mentee] > 1).tolist()
    inside = len(wide.low) - len(paths)
    second = {pair: (network.mentees + at, inside + at) for at, pair in enumerate(paths)}
    used = dict.fromkeys(range(len(places.first)), 0)
    found = np.zeros(len(wide), np.bool_)
    for pair in second.keys() - set(np.flatnonzero(chosen).tolist()):
        found[arc[second[pair]]] = True
    for pair in np.flatnonzero(chosen).tolist():
        mentor = int(network.mentor[pair]) - network.mentees
        place = int(places.first[mentor]) + used[mentor]
        used[mentor] += 1
        start = int(network.mentee[pair])
        if pair in second:
            found[arc[start, second[pair][1]]] = True
            start = second[pair][0]
        found[arc[start, place]] = True
    return found
