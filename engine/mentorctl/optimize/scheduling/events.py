"""Meetings of many people: the best time for an event, and training sessions with seats.

People who are free at the same candidates and hold the same seat are one group, of which only numbers are
decided. Once it is known which sessions are held, seating is a flow, so these numbers stay continuous in
the integer program and come out whole in the end.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from mentorctl.optimize.linear import LinearModel, solve
from mentorctl.optimize.scheduling.problem import NO_SEAT, TrainingAnswer, TrainingGoals, TrainingProblem
from mentorctl.optimize.scheduling.rows import Indices, Mask, Numbers, Rows, assemble, spread

_SECONDS = 10.0  # for each goal
_TOLERANCE = 1e-6
_HALF = 0.5  # between the 0 and the 1 of a session that is held or not


def place_event(slots: Indices, available: Mask) -> int:
    """The candidate at which most people are available, the earliest of them; `available[person, candidate]`.

    Raises ValueError if there is no candidate.
    """
    if not len(slots):
        raise ValueError("an event needs a time at which it could be held, and there is none")
    people = available.sum(axis=0)
    most = np.flatnonzero(people == people.max())
    return int(most[slots[most].argmin()])


def place_trainings(problem: TrainingProblem, *, time_limit: float = _SECONDS) -> TrainingAnswer:
    """Sessions that seat the most people, then move the fewest, then are the fewest, then the earliest.

    `time_limit` is in seconds for each of the four goals; where it strikes, the bounds tell what is left
    open.
    """
    seating = _Seating.of(problem)
    rows = [*_rows(problem, seating)]
    keeping = list(rows)  # and what the goals so far have reached
    opened = _greedy(problem, seating)
    x = np.concatenate([opened, _seat(seating, rows, opened)])
    bounds: list[int] = []
    goals = seating.goals()
    for goal in goals:
        bound = seating.least(goal, seating.fewest(problem.seats, -float(goals[0] @ x)))
        if goal @ x > bound:
            found = solve(_model(seating, goal, keeping), time_limit=time_limit, start=x)
            x = found.x if found.answered else x
            bound = max(bound, math.ceil(found.bound - _TOLERANCE)) if math.isfinite(found.bound) else bound
        bounds.append(bound)
        keeping.append(Rows.one(goal, -1, math.ceil(goal @ x - _TOLERANCE)))
    return _answer(problem, _seat(seating, rows, x[: seating.candidates] > _HALF), seating, bounds)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seating:
    """Groups of people and the columns of the model: first "held or not" per candidate, then people per
    option.

    An option is a group at a candidate where it is available: `group[i]` at `candidate[i]`.
    """

    candidates: int
    group_of: Indices
    size: Indices
    seated_at: Indices
    group: Indices
    candidate: Indices

    @classmethod
    def of(cls, problem: TrainingProblem) -> Self:
        people, candidates = problem.available.shape
        key = np.column_stack([problem.seated_at.astype(np.int64), problem.available])
        kinds, group_of, size = np.unique(key, axis=0, return_inverse=True, return_counts=True)
        group, candidate = np.nonzero(kinds[:, 1:])
        return cls(
            candidates=candidates,
            group_of=group_of.reshape(people),
            size=size,
            seated_at=kinds[:, 0],
            group=group,
            candidate=candidate,
        )

    @property
    def columns(self) -> int:
        return self.candidates + len(self.group)

    def room(self, seats: int) -> Numbers:
        """How many people could come to each candidate; 0 seats are no limit."""
        coming = np.bincount(self.candidate, self.size[self.group], minlength=self.candidates)
        return np.minimum(coming, seats) if seats else coming

    @property
    def option(self) -> Indices:
        """The columns of the options."""
        return np.arange(self.candidates, self.columns)

    def goals(self) -> tuple[Numbers, ...]:
        """What is minimized: minus the seated, minus those who keep their seat, the sessions, their
        lateness.
        """
        stays = (self.seated_at[self.group] == self.candidate).astype(np.float64)
        held, options = np.zeros(self.candidates), np.zeros(len(self.group))
        return (
            np.concatenate([held, options - 1.0]),
            np.concatenate([held, -stays]),
            np.concatenate([held + 1.0, options]),
            np.concatenate([np.arange(self.candidates, dtype=np.float64), options]),
        )

    def fewest(self, seats: int, people: float) -> int:
        """How many sessions are needed at least to seat so many people, by the room in each."""
        room = np.cumsum(np.sort(self.room(seats))[::-1])
        return int(np.searchsorted(room, people - _TOLERANCE)) + 1 if people > _TOLERANCE else 0

    def least(self, goal: Numbers, sessions: int) -> int:
        """A lower bound of a goal by counting, with some number of sessions at least and nobody twice."""
        best = np.zeros(len(self.size))
        np.minimum.at(best, self.group, goal[self.candidates :])
        held = np.sort(goal[: self.candidates])[:sessions]
        return round(float(best @ self.size + held.sum()))


def _rows(problem: TrainingProblem, seating: _Seating) -> Iterator[Rows]:
    """Everything a plan has to keep."""
    options, candidates = seating.option, np.arange(seating.candidates)
    count = np.ones(len(options))
    room = seating.room(problem.seats)
    # A group has no more seats than people.
    yield Rows.at_most(seating.group, options, seating.size.astype(np.float64))
    # A session has room.
    yield Rows(
        row=np.concatenate([seating.candidate, candidates]),
        column=np.concatenate([options, candidates]),
        value=np.concatenate([count, -room]),
        sense=-1,
        rhs=np.zeros(seating.candidates),
    )
    # Nobody comes where no session is held; said for each option, so that the relaxation is close to the truth.
    each, most = np.arange(len(options)), np.minimum(seating.size[seating.group], room[seating.candidate])
    yield Rows(
        row=np.concatenate([each, each]),
        column=np.concatenate([options, seating.candidate]),
        value=np.concatenate([count, -most]),
        sense=-1,
        rhs=np.zeros(len(options)),
    )
    yield from _limits(problem)


def _limits(problem: TrainingProblem) -> Iterator[Rows]:
    """How many sessions may fall on one day and week, and how close to each other they may be."""
    candidates = np.arange(len(problem.slots))
    for classes, limit in ((problem.day, problem.per_day), (problem.week, problem.per_week)):
        if limit:
            known, row = np.unique(classes, return_inverse=True)
            yield Rows.at_most(row, candidates, np.full(len(known), float(limit)))
    if problem.apart > 1:
        # One session at most among those that begin up to `apart` before a candidate, itself included.
        first = np.searchsorted(problem.slots, problem.slots - problem.apart, side="right")
        column, row = spread(first, candidates + 1)
        yield Rows.at_most(row, column, np.ones(len(candidates)))


def _model(seating: _Seating, cost: Numbers, rows: list[Rows], opened: Mask | None = None) -> LinearModel:
    """The integer program, or with the sessions given the flow that seats people in them."""
    held = np.arange(seating.columns) < seating.candidates
    upper = np.concatenate([np.ones(seating.candidates), seating.size[seating.group].astype(np.float64)])
    lower = np.zeros(seating.columns)
    if opened is not None:
        lower[: seating.candidates] = upper[: seating.candidates] = opened
    return assemble(cost, (lower, upper), held & (opened is None), rows)


def _greedy(problem: TrainingProblem, seating: _Seating) -> Mask:
    """Sessions that seat many: those that exist first, then always the one that most of the others could
    join.
    """
    stays = seating.seated_at[seating.group] == seating.candidate
    staying = np.bincount(seating.candidate, stays * seating.size[seating.group], minlength=seating.candidates)
    waiting, room = seating.size.copy(), seating.room(problem.seats)
    opened, possible = np.zeros(seating.candidates, np.bool_), np.ones(seating.candidates, np.bool_)
    while True:
        joining = np.bincount(seating.candidate, waiting[seating.group], minlength=seating.candidates)
        people = np.minimum(joining, room)
        wanted = np.where(possible & (people > 0), people + (len(problem.seated_at) + 1) * staying, 0)
        if not wanted.any():
            return opened
        chosen = int(wanted.argmax())
        opened[chosen] = True
        possible = _possible(problem, opened)
        here = seating.candidate == chosen
        groups = seating.group[here][np.argsort(~stays[here], kind="stable")]
        before = np.cumsum(waiting[groups]) - waiting[groups]
        waiting[groups] -= np.clip(int(room[chosen]) - before, 0, waiting[groups])


def _possible(problem: TrainingProblem, opened: Mask) -> Mask:
    """The candidates at which one more session may be held."""
    possible = ~opened
    for slot in problem.slots[opened]:
        possible &= np.abs(problem.slots - slot) >= problem.apart
    for classes, limit in ((problem.day, problem.per_day), (problem.week, problem.per_week)):
        if limit:
            known, of_candidate = np.unique(classes, return_inverse=True)
            held = np.bincount(of_candidate[opened], minlength=len(known))
            possible &= held[of_candidate] < limit
    return possible


def _seat(seating: _Seating, rows: list[Rows], opened: Mask) -> Indices:
    """How many people of each option come, once the sessions are known: the most, of them most where they
    were.
    """
    seated, stays, *_ = seating.goals()
    people = int(seating.size.sum())
    early = np.concatenate([np.zeros(seating.candidates), seating.candidate])
    goal = (people * seating.candidates + 1) * ((people + 1) * seated + stays) + early
    found = solve(_model(seating, goal, rows, opened))
    if not found.answered:
        raise RuntimeError(f"the solver seated nobody in the sessions it chose: {found.status}")
    return np.rint(found.x[seating.candidates :]).astype(np.int64)


def _answer(problem: TrainingProblem, coming: Indices, seating: _Seating, bounds: list[int]) -> TrainingAnswer:
    seats = _seats(seating, coming)
    had = int((problem.seated_at != NO_SEAT).sum())
    seated = seats != NO_SEAT
    sessions = np.unique(seats[seated])  # where nobody comes, nothing is held
    goals = TrainingGoals(
        seated=int(seated.sum()),
        moved=had - int((seated & (seats == problem.seated_at)).sum()),
        sessions=len(sessions),
        lateness=int(sessions.sum()),
    )
    limits = TrainingGoals(seated=-bounds[0], moved=had + bounds[1], sessions=bounds[2], lateness=bounds[3])
    return TrainingAnswer(
        sessions=tuple(sessions.tolist()),
        seat_of=tuple(seats.tolist()),
        goals=goals,
        bounds=limits,
        proved=goals == limits,
    )


def _seats(seating: _Seating, coming: Indices) -> Indices:
    """A candidate per person: those who may keep their seat and come first in their group do, then the
    earliest.
    """
    seats = np.full(len(seating.group_of), NO_SEAT, dtype=np.int64)
    for group, previous in enumerate(seating.seated_at.tolist()):
        options = np.flatnonzero((seating.group == group) & (coming > 0))
        where = seating.candidate[options]
        order = np.lexsort((where, where != previous))
        given = np.repeat(where[order], coming[options][order])
        members = np.flatnonzero(seating.group_of == group)
        seats[members[: len(given)]] = given
    return seats
