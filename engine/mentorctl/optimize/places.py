"""Free places of mentors as pairs of their own, so that each further match of one mentor may cost more.

A mentor whose load counts has exactly as many pairs as places: matches, and places that stay free. Each place that
stays free saves what one more match would cost, the dearest first, which is the same as a cost that rises from match to
match; the network stays a network.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from mentorctl.optimize.network import Ints, Mask, Network
from mentorctl.values import dataclass

NO_PAIR = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """A network with free places, which are nodes after the mentees.

    Per pair of it: `pair`, the pair of the first network that it is, NO_PAIR for a place that stays free, of which
    `saved` says how many matches the mentor could have besides; `owner` is the mentor, from 0. `room` are the places
    of each mentor whose load counts, 0 for all others.
    """

    network: Network
    pair: Ints
    saved: Ints
    owner: Ints
    room: Ints

    def mentor_nodes(self) -> Ints:
        """The node of each mentor."""
        return self.network.mentees + np.arange(len(self.room))


def as_it_is(network: Network) -> Places:
    """The same network, where no load counts."""
    return Places(
        network=network,
        pair=np.arange(len(network)),
        saved=np.full(len(network), NO_PAIR, np.int64),
        owner=network.mentor.astype(np.int64) - network.mentees,
        room=np.zeros(len(network.low) - network.mentees, np.int64),
    )


def with_places(network: Network, standing: Ints) -> Places:
    """The same choices with free places. `standing` are the matches that each mentor has already.

    A mentor with one place and no match has no load to count.
    """
    mentees, mentor = network.mentees, network.mentor.astype(np.int64) - network.mentees
    low, high = network.low[mentees:], network.high[mentees:]
    most = np.maximum(low, np.minimum(high, np.bincount(mentor, minlength=len(high))))
    room = np.where((most > 1) | ((most == 1) & (standing > 0)), most, 0)
    free = np.where(room > 0, room - low, 0)
    owner = np.repeat(np.arange(len(room)), free)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(free) - free, free)
    lefts = mentees + len(owner)
    left = np.concatenate([network.mentee, mentees + np.arange(len(owner))])
    return Places(
        network=Network(
            mentees=lefts,
            mentee=left,
            mentor=lefts + np.concatenate([mentor, owner]),
            low=np.concatenate([network.low[:mentees], np.zeros(len(owner), np.int64), np.where(room > 0, room, low)]),
            high=np.concatenate(
                [network.high[:mentees], np.ones(len(owner), np.int64), np.where(room > 0, room, high)]
            ),
        ),
        pair=np.concatenate([np.arange(len(network)), np.full(len(owner), NO_PAIR)]),
        saved=np.concatenate([np.full(len(network), NO_PAIR), room[owner] - 1 - number]),
        owner=np.concatenate([mentor, owner]),
        room=room,
    )


def unforced(places: Places, values: Iterable[Ints]) -> Network:
    """The network of places in which nobody has to fill theirs where they do so anyway, which is solved far quicker.

    `values` are the points of each pair in each objective: a free place that never costs anything is taken or worth
    nothing. It stands for a match that must be made as well, so whoever has such a floor has to fill their places.
    """
    is_free = places.pair == NO_PAIR
    has_to = np.bincount(places.owner[is_free], minlength=len(places.room)) < places.room
    for value in values:
        has_to[places.owner[is_free & (value < 0)]] = True
    low, mentors = places.network.low.copy(), places.mentor_nodes()
    low[mentors] = np.where(has_to | (places.room == 0), low[mentors], 0)
    return replace(places.network, low=low)


def placed(places: Places, chosen: Mask) -> Mask:
    """A choice of pairs as one over places: those that stay free are the ones that save most."""
    is_free, room = places.pair == NO_PAIR, places.room[places.owner]
    taken = np.bincount(places.owner[~is_free][chosen], minlength=len(places.room))
    found: Mask = is_free & (room - 1 - places.saved < room - taken[places.owner])
    found[~is_free] = chosen[places.pair[~is_free]]
    return found
