"""Pairs within budgets that no time is left to prove: what is found keeps every budget, and says how far off it may be."""

import time

import numpy as np

from mentorctl.optimize.budgets import Budget
from mentorctl.optimize.engine import checked_network
from mentorctl.optimize.network import Network, Objective
from mentorctl.optimize.ordered import OrderedAnswer, solve_in_order

JOBS, MENTORS = 90, 9


def test_what_is_found_in_a_moment_is_right_and_bounded() -> None:
    """A generalized assignment of ninety jobs: with more time no answer is above the bound of one with less."""
    quick, long = (_found(seconds).certificates[:2] for seconds in (4.0, 12.0))
    for one, other in ((quick, long), (long, quick)):
        assert [proof.value for proof in one] <= [proof.bound for proof in other]


def _found(seconds: float) -> OrderedAnswer:
    draw = np.random.Generator(np.random.PCG64(2))
    hours, points = draw.integers(5, 26, (JOBS, MENTORS)), draw.integers(10, 51, (JOBS, MENTORS))
    most = (0.8 * hours.sum(axis=0) / MENTORS).astype(np.int64)
    job, mentor = (side.ravel() for side in np.indices((JOBS, MENTORS)))
    is_job, nobody = (np.arange(JOBS + MENTORS) < JOBS).astype(np.int64), np.zeros(JOBS + MENTORS, np.int64)
    network = Network(
        mentees=JOBS,
        mentee=job.astype(np.int32),
        mentor=(JOBS + mentor).astype(np.int32),
        low=nobody,
        high=np.where(is_job, 1, JOBS),
    )
    pairs = np.zeros(len(job), np.int64)
    aims = (Objective(pair=pairs, cover=is_job), Objective(pair=points.ravel(), cover=nobody))
    budgets = tuple(
        Budget(pairs=np.flatnonzero(mentor == m), costs=hours[:, m], at_most=int(most[m])) for m in range(MENTORS)
    )
    end = time.monotonic() + seconds
    found = solve_in_order(network, aims, budgets, remaining=lambda: max(0.0, end - time.monotonic()))
    return checked_network(network, aims, budgets, found)
