"""Seats: fewer sessions for the same people.

A session goes when its people find seats in the others. An augmenting path moves one person to a session, another from
there to a third, and so on to one with a free seat; where there is no such path, no seating of the remaining sessions
has everybody (Ford and Fulkerson 1956).
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

NOWHERE = -1


def thinned(seated: list[list[int]], room: list[int], can: NDArray[np.bool_]) -> list[list[int]]:
    """People per session after as many sessions as possible were emptied, the smallest first.

    `room` is how many people fit into each session, and `can[person, session]` who could come to which.
    """
    for session in sorted(range(len(seated)), key=lambda number: (len(seated[number]), -number)):
        tried = [list(people) for people in seated]
        people, tried[session] = tried[session], []
        limits = [0 if number == session or not tried[number] else room[number] for number in range(len(room))]
        if all(_seat(person, tried, limits, can) for person in people):
            seated = tried
    return seated


def filled(people: list[int], room: list[int], can: NDArray[np.bool_]) -> list[list[int]]:
    """As many people as possible in the sessions, those who stand first before all others."""
    seated: list[list[int]] = [[] for _ in room]
    for person in people:
        _seat(person, seated, room, can)
    return seated


def _seat(person: int, seated: list[list[int]], room: list[int], can: NDArray[np.bool_]) -> bool:
    """Seat one more person, moving others where that helps; whether it was possible."""
    came_by: dict[int, tuple[int, int]] = {}  # session → who would move there, and from which session
    waiting = deque([(person, NOWHERE)])
    while waiting:
        mover, origin = waiting.popleft()
        for session in np.flatnonzero(can[mover]).tolist():
            if session in came_by or not room[session]:
                continue
            came_by[session] = mover, origin
            if len(seated[session]) < room[session]:
                _move(session, came_by, seated)
                return True
            waiting.extend((other, session) for other in seated[session])
    return False


def _move(session: int, came_by: dict[int, tuple[int, int]], seated: list[list[int]]) -> None:
    """Carry out the moves that end in a session with a free seat."""
    while session != NOWHERE:
        mover, origin = came_by[session]
        seated[session].append(mover)
        if origin != NOWHERE:
            seated[origin].remove(mover)
        session = origin
