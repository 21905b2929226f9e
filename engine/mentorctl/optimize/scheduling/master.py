"""The choice among known series: at most one per pair, within the shared limits."""

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.linear import LinearModel, solve
from mentorctl.optimize.scheduling.limits import Limits, Series
from mentorctl.optimize.scheduling.pricing import Indices
from mentorctl.values import dataclass

PRICE_SCALE = 2**20  # prices are whole multiples of this fraction of one point of worth
_SECONDS = 10.0  # for one choice; a timetable with a gap is better than none
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One series of one pair; `uses` tells how much of each of the `limits` it takes."""

    pair: int
    series: Series
    limits: Indices
    uses: Indices


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relaxation:
    """The best mixture of series: the part of each, and what the limits and pairs are then worth.

    `prices` has an entry per limit, `rents` one per pair; both are whole numbers in units of 1 / PRICE_SCALE.
    Whatever a solver made of them, any prices of zero or more prove a bound.
    """

    parts: NDArray[np.float64]
    worth: float
    prices: Indices
    rents: Indices


def relax(columns: list[Column], worth: Indices, pairs: int, limits: Limits) -> Relaxation | None:
    """The best mixture, or None if the solver gave no usable prices."""
    model, used = _model(columns, worth, pairs, limits, whole=False)
    solution = solve(model, time_limit=_SECONDS)
    if not solution.answered or np.isnan(solution.row_duals).any():
        return None
    duals = np.rint(np.maximum(0.0, -solution.row_duals) * PRICE_SCALE).astype(np.int64)
    prices = np.zeros(len(limits.most), dtype=np.int64)
    prices[used] = duals[pairs:]
    # A price above that of passing the limit proves nothing, and a solver's can be above by a rounding.
    soft = ~limits.hard
    prices[soft] = np.minimum(prices[soft], PRICE_SCALE * limits.over[soft])
    parts = solution.x[: len(columns)]
    return Relaxation(parts=parts, worth=-solution.objective, prices=prices, rents=duals[:pairs])


def choose(columns: list[Column], worth: Indices, pairs: int, limits: Limits) -> list[Column]:
    """The columns of the most worth that fit together; none if the solver had no answer in time."""
    model, _ = _model(columns, worth, pairs, limits, whole=True)
    solution = solve(model, time_limit=_SECONDS)
    return [columns[j] for j in np.flatnonzero(solution.x[: len(columns)] > _HALF)] if solution.answered else []


def _model(
    columns: list[Column], worth: Indices, pairs: int, limits: Limits, *, whole: bool
) -> tuple[LinearModel, Indices]:
    """Rows are the pairs and after them the limits that a column uses, which are returned.

    Columns are the series, and after them what is used above each limit that may be passed.
    """
    used, places = np.unique(np.concatenate([c.limits for c in columns]), return_inverse=True)
    sizes = np.array([len(c.limits) for c in columns])
    owners = np.array([c.pair for c in columns])
    at = np.cumsum(sizes) - sizes  # where the limits of each column begin
    soft = np.flatnonzero(~limits.hard[used])
    count, passing = len(columns), len(soft)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(np.append(sizes + 1, np.ones(passing, np.int64)))])
    entries = np.insert(places + pairs, at, owners)
    values = np.insert(np.concatenate([c.uses for c in columns]), at, 1)
    model = LinearModel(
        cost=np.concatenate([-worth, limits.over[used[soft]]]).astype(np.float64),
        lower=np.zeros(count + passing),
        upper=np.append(np.full(count, 1.0 if whole else np.inf), np.full(passing, np.inf)),
        integer=np.arange(count + passing) < (count if whole else 0),
        sense=np.full(pairs + len(used), -1, dtype=np.int8),
        rhs=np.concatenate([np.ones(pairs), limits.most[used].astype(np.float64)]),
        starts=starts,
        rows=np.concatenate([entries, pairs + soft]).astype(np.int32),
        values=np.concatenate([values, -np.ones(passing)]).astype(np.float64),
    )
    return model, used
