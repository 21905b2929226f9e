"""Why not everybody can be matched: the smallest sets of mentees who share too few places (Hall 1935).

Everybody with a candidate is given one place as far as that goes, whatever it is worth. Whoever is left reaches, over
the places that they could have and the people who have these, a set of mentees who all want the same mentors: one more
than the mentors have places. Take away any of the mentees and the others can all be matched, so the set is minimal.
Those who are left and want the same mentors are told together.
"""

from collections import deque
from collections.abc import Iterable, Sequence

import numpy as np

from mentorctl.optimize.network import Mask, Network
from mentorctl.values import dataclass

_NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """`mentees` could all be matched with `mentors` only, who have fewer `places`; all are nodes of the network.

    `left` are those of the mentees who got no place: a set with any one of them and all others is minimal.
    """

    mentees: tuple[int, ...]
    mentors: tuple[int, ...]
    places: int
    left: tuple[int, ...]


def shortages(
    network: Network, chosen: Mask | None = None, *, wanted: Iterable[int] | None = None
) -> tuple[Shortage, ...]:
    """All sets of mentees who share too few places, those with the fewest mentees first.

    `wanted` are the mentees who should have a match (default: all with a candidate); `chosen` is where the search for
    places begins.
    """
    pairs = _Places(network, chosen, wanted)
    found: dict[tuple[int, ...], tuple[set[int], list[int]]] = {}
    for mentee in pairs.left():
        mentees, mentors = pairs.reached(mentee)
        everyone, left = found.setdefault(tuple(sorted(mentors)), (set(), []))
        everyone |= mentees
        left.append(mentee)
    sets = [
        Shortage(
            mentees=tuple(sorted(everyone)),
            mentors=mentors,
            places=int(network.high[list(mentors)].sum()),
            left=tuple(left),
        )
        for mentors, (everyone, left) in found.items()
    ]
    return tuple(sorted(sets, key=lambda s: (len(s.mentees), s.mentees)))


class _Places:
    """As many mentees as possible with one place each: each is given a free place, then chains of changes make room."""

    def __init__(self, network: Network, chosen: Mask | None, wanted: Iterable[int] | None) -> None:
        self._room = network.high.tolist()
        starts = np.searchsorted(network.mentee, np.arange(network.mentees + 1)).tolist()
        mentor = network.mentor.tolist()
        people = range(network.mentees) if wanted is None else sorted(wanted)
        self._people = [p for p in people if starts[p] < starts[p + 1] and self._room[p] > 0]
        self._options: list[Sequence[int]] = [mentor[starts[p] : starts[p + 1]] for p in range(network.mentees)]
        self._place = [_NOBODY] * network.mentees
        self._held: dict[int, list[int]] = {m: [] for m in set(mentor)}
        if chosen is not None:
            asked = set(self._people)
            for mentee, end in zip(network.mentee[chosen].tolist(), network.mentor[chosen].tolist(), strict=True):
                if mentee in asked and self._place[mentee] == _NOBODY:
                    self._give(mentee, end)
        self._fill()

    def left(self) -> list[int]:
        """Who has no place."""
        return [p for p in self._people if self._place[p] == _NOBODY]

    def reached(self, mentee: int) -> tuple[set[int], set[int]]:
        """All mentees and mentors that are in the way of one who is left: the least set that is one place short."""
        mentees, mentors, queue = {mentee}, set[int](), [mentee]
        while queue:
            for mentor in self._options[queue.pop()]:
                if mentor not in mentors:
                    mentors.add(mentor)
                    new = [m for m in self._held[mentor] if m not in mentees]
                    mentees.update(new)
                    queue += new
        return mentees, mentors

    def _give(self, mentee: int, mentor: int) -> None:
        self._place[mentee] = mentor
        self._held[mentor].append(mentee)

    def _fill(self) -> None:
        """Free places first, to those with the fewest candidates; then a chain for each who is left.

        What a failed search has seen stays closed: no chain leads out of it any more.
        """
        held, room = self._held, self._room
        for mentee in sorted(self.left(), key=lambda p: len(self._options[p])):
            free = next((m for m in self._options[mentee] if len(held[m]) < room[m]), None)
            if free is not None:
                self._give(mentee, free)
        closed: set[int] = set()
        for mentee in self.left():
            self._augment(mentee, closed)

    def _augment(self, mentee: int, closed: set[int]) -> None:
        """Move people along the shortest chain that ends at a free place, if there is one."""
        came: dict[int, int] = {}
        queue = deque([mentee])
        while queue:
            here = queue.popleft()
            for mentor in self._options[here]:
                if mentor in came or mentor in closed:
                    continue
                came[mentor] = here
                if len(self._held[mentor]) < self._room[mentor]:
                    self._shift(mentor, came)
                    return
                queue.extend(self._held[mentor])
        closed.update(came)

    def _shift(self, mentor: int, came: dict[int, int]) -> None:
        while True:
            mentee = came[mentor]
            before = self._place[mentee]
            self._place[mentee] = mentor
            self._held[mentor].append(mentee)
            if before == _NOBODY:
                return
            self._held[before].remove(mentee)
            mentor = before
