"""The choice among known series: at most one per pair, within the shared limits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.linear import LinearModel, solve
from mentorctl.optimize.scheduling.limits import Series
from mentorctl.optimize.scheduling.pricing import Indices

PRICE_SCALE = 2**20  # prices are whole multiples of this fraction of one point of worth
_SECONDS = 10.0  # for one choice; a timetable with a gap is better than none


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

    `prices` has an entry per limit and a zero after the last, `rents` one per pair; both are whole numbers
    in units of 1 / PRICE_SCALE. Whatever a solver made of them, any prices of zero or more prove a bound.
    """

    parts: NDArray[np.float64]
    worth: float
    prices: Indices
    rents: Indices


def column(pair: int, series: Series, taken: Indices) -> Column:
    limits = np.flatnonzero(taken)
    return Column(pair=pair, series=series, limits=limits, uses=taken[limits])


def relax(columns: list[Column], worth: Indices, pairs: int, most: Indices) -> Relaxation | None:
    """The best mixture, or None if the solver gave no usable prices."""
    model, limits = _model(columns, worth, pairs, most, whole=False)
    solution = solve(model, time_limit=_SECONDS)
    if not solution.answered or np.isnan(solution.row_duals).any():
        return None
    duals = np.rint(np.maximum(0.0, -solution.row_duals) * PRICE_SCALE).astype(np.int64)
    prices = np.zeros(len(most) + 1, dtype=np.int64)
    prices[limits] = duals[pairs:]
    return Relaxation(parts=solution.x, worth=-solution.objective, prices=prices, rents=duals[:pairs])


def choose(columns: list[Column], worth: Indices, pairs: int, most: Indices) -> list[Column]:
    """The columns of the most worth that fit together; none if the solver had no answer in time."""
    model, _ = _model(columns, worth, pairs, most, whole=True)
    solution = solve(model, time_limit=_SECONDS)
    return [columns[j] for j in np.flatnonzero(solution.x > 0)] if solution.answered else []


def _model(
    columns: list[Column], worth: Indices, pairs: int, most: Indices, *, whole: bool
) -> tuple[LinearModel, Indices]:
    """Rows are the pairs and after them the limits that a column uses, which are returned."""
    used, places = np.unique(np.concatenate([c.limits for c in columns]), return_inverse=True)
    sizes = np.array([len(c.limits) for c in columns])
    owners = np.array([c.pair for c in columns])
    at = np.cumsum(sizes) - sizes  # where the limits of each column begin
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes + 1)])
    count = len(columns)
    model = LinearModel(
        cost=-worth.astype(np.float64),
        lower=np.zeros(count),
        upper=np.full(count, 1.0 if whole else np.inf),
        integer=np.full(count, whole),
        sense=np.full(pairs + len(used), -1, dtype=np.int8),
        rhs=np.concatenate([np.ones(pairs), most[used].astype(np.float64)]),
        starts=starts,
        rows=np.insert(places + pairs, at, owners).astype(np.int32),
        values=np.insert(np.concatenate([c.uses for c in columns]), at, 1).astype(np.float64),
    )
    return model, used
