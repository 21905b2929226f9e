"""The sessions of one course by a small integer program, with everything else of a timetable where it is."""

import numpy as np

from mentorctl.optimize.linear import solve
from mentorctl.optimize.scheduling.rows import Rows, assemble
from mentorctl.optimize.scheduling.timetable import Indices, TimetableProblem, Truths
from mentorctl.values import dataclass

_SECONDS = 1.0  # for one course; the others wait
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Option:
    """One session that a course could have: when, with how many seats."""

    start: int
    seats: int


def best_options(problem: TimetableProblem, options: list[Option], can: Truths, urgent: Indices) -> list[int]:
    """The options that are held; a seat is worth so many times more for those who are urgent."""
    person, option = np.nonzero(can[:, [each.start for each in options]])
    held, each = len(options), np.arange(len(person))
    coming = held + each
    seats = np.array([option.seats for option in options], np.float64)
    costs = [problem.session + problem.late * option.start for option in options]
    cost = np.concatenate([np.array(costs, np.float64), -float(problem.seat) * urgent[person]])
    number = np.arange(held)
    rows = [
        Rows.at_most(person.astype(np.int64), coming, np.ones(len(can))),
        Rows(
            row=np.concatenate([option, number]),
            column=np.concatenate([coming, number]),
            value=np.concatenate([np.ones(len(person)), -seats]),
            sense=-1,
            rhs=np.zeros(held),
        ),
        Rows(
            row=np.concatenate([each, each]),
            column=np.concatenate([coming, option]),
            value=np.concatenate([np.ones(len(each)), -np.ones(len(each))]),
            sense=-1,
            rhs=np.zeros(len(each)),
        ),
    ]
    whole = np.arange(len(cost)) < held
    bounds = np.zeros(len(cost)), np.ones(len(cost))
    found = solve(assemble(cost, bounds, whole, rows), time_limit=_SECONDS)
    return np.flatnonzero(found.x[:held] > _HALF).tolist() if found.answered else []
