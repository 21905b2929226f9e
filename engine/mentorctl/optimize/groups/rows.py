"""Integer programs put together row by row, each demand under a name, so that an impossible one can be told."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.groups.problem import Ints, Shortfall
from mentorctl.optimize.linear import LinearModel
from mentorctl.values import dataclass

_MOST = 1000.0  # no demand is missed by more; a unit that must open is given up last
_LAST_RESORT = "open"

type Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a row asks for, and by how much one person more or less moves the row."""

    row: int
    what: Shortfall
    step: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """A linear model without a cost, and the rows that can be given up one by one."""

    model: LinearModel
    demands: tuple[Demand, ...]


class Rows:
    """Columns and rows as they come; a column may be named twice in one row."""

    def __init__(self) -> None:
        self._upper: list[Numbers] = []
        self._lower: list[Numbers] = []
        self._whole: list[NDArray[np.bool_]] = []
        self._count = 0
        self._entries: list[tuple[Ints, Ints, Numbers]] = []
        self._sense: list[int] = []
        self._rhs: list[float] = []
        self._demands: list[Demand] = []

    def columns(self, count: int, *, whole: bool = True, lower: float = 0.0, upper: float = 1.0) -> Ints:
        """New columns, which are whole numbers or not."""
        self._lower.append(np.full(count, lower))
        self._upper.append(np.full(count, upper))
        self._whole.append(np.full(count, whole))
        self._count += count
        return np.arange(self._count - count, self._count)

    def column(self, *, whole: bool = True, lower: float = 0.0, upper: float = 1.0) -> int:
        return int(self.columns(1, whole=whole, lower=lower, upper=upper)[0])

    def at_most(self, terms: "Terms", rhs: float, what: Shortfall | None = None, *, step: float = 1.0) -> None:
        self._row(terms, -1, rhs, what, step)

    def at_least(self, terms: "Terms", rhs: float, what: Shortfall | None = None, *, step: float = 1.0) -> None:
        self._row(terms, 1, rhs, what, step)

    def equal(self, terms: "Terms", rhs: float, what: Shortfall | None = None, *, step: float = 1.0) -> None:
        self._row(terms, 0, rhs, what, step)

    def each_at_most(self, rhs: float, *sides: tuple[Ints, float]) -> None:
        """One row for each position of the sides: the sum of their columns times their factors is at most `rhs`."""
        count = len(sides[0][0])
        rows = np.arange(len(self._rhs), len(self._rhs) + count)
        self._entries += [(rows, columns, np.full(count, factor)) for columns, factor in sides]
        self._sense += [-1] * count
        self._rhs += [rhs] * count

    def program(self) -> Program:
        rows, columns, values = self._merged()
        empty: list[Numbers] = [np.zeros(0)]
        counts = np.bincount(columns, minlength=self._count)
        model = LinearModel(
            cost=np.zeros(self._count),
            lower=np.concatenate(self._lower or empty),
            upper=np.concatenate(self._upper or empty),
            integer=np.concatenate(self._whole or [np.zeros(0, np.bool_)]),
            sense=np.array(self._sense, np.int8),
            rhs=np.array(self._rhs, np.float64),
            starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            rows=rows.astype(np.int32),
            values=values,
        )
        return Program(model=model, demands=tuple(self._demands))

    def _row(self, terms: "Terms", sense: int, rhs: float, what: Shortfall | None, step: float) -> None:
        row = len(self._rhs)
        for columns, factor in terms:
            at = np.atleast_1d(np.asarray(columns, np.int64))
            self._entries.append((np.full(len(at), row), at, np.full(len(at), float(factor))))
        self._sense.append(sense)
        self._rhs.append(rhs)
        if what is not None:
            self._demands.append(Demand(row=row, what=what, step=step))

    def _merged(self) -> tuple[Ints, Ints, Numbers]:
        """The entries by column, then row, those of the same place added up."""
        if not self._entries:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        rows, columns, values = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        order = np.lexsort((rows, columns))
        rows, columns, values = rows[order], columns[order], values[order]
        first = np.ones(len(rows), np.bool_)
        first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
        if not len(rows):
            return rows, columns, values
        values = np.add.reduceat(values, np.flatnonzero(first))
        rows, columns = rows[first], columns[first]
        kept = values != 0
        return rows[kept], columns[kept], values[kept]


type Terms = Sequence[tuple[Ints | int, float]]


def parts(program: Program, *, at_least: int) -> list[tuple[Program, Ints]]:
    """The program as parts that share no row, each with the columns it is made of; small ones are put together."""
    model = program.model
    column_part, row_part = _components(model)
    sizes = np.bincount(column_part)
    batch = np.zeros(len(sizes), np.int64)
    number, filled = 0, 0
    for part, size in enumerate(sizes.tolist()):
        if filled >= at_least:
            number, filled = number + 1, 0
        batch[part] = number
        filled += size
    if not len(sizes):
        return [(program, np.arange(0))]
    column_batch = batch[column_part]
    row_batch = np.where(row_part >= 0, batch[row_part], 0)  # a row without columns goes to the first
    return [_cut(program, column_batch == part, row_batch == part) for part in range(number + 1)]


def _components(model: LinearModel) -> tuple[Ints, Ints]:
    """The number of the part of each column and each row, -1 for a row without entries."""
    columns = np.repeat(np.arange(len(model.cost)), np.diff(model.starts))
    label = np.arange(len(model.cost))
    row_label = np.full(len(model.rhs), len(label))
    while True:
        before = label
        np.minimum.at(row_label, model.rows, label[columns])
        label = label.copy()
        np.minimum.at(label, columns, row_label[model.rows])
        label = label[label]
        if np.array_equal(before, label):
            break
    _, part = np.unique(label, return_inverse=True)
    if not len(part):
        return part, np.full(len(row_label), -1)
    named = np.minimum(row_label, len(label) - 1)
    return part, np.where(row_label < len(label), part[named], -1)


def _cut(program: Program, columns: NDArray[np.bool_], rows: NDArray[np.bool_]) -> tuple[Program, Ints]:
    model = program.model
    kept = np.flatnonzero(columns)
    entries = np.repeat(columns, np.diff(model.starts))
    new_row = np.cumsum(rows) - 1
    cut = LinearModel(
        cost=model.cost[kept],
        lower=model.lower[kept],
        upper=model.upper[kept],
        integer=model.integer[kept],
        sense=model.sense[rows],
        rhs=model.rhs[rows],
        starts=np.concatenate([[0], np.cumsum(np.diff(model.starts)[kept])]).astype(np.int64),
        rows=new_row[model.rows[entries]].astype(np.int32),
        values=model.values[entries],
    )
    demands = tuple(replace(d, row=int(new_row[d.row])) for d in program.demands if rows[d.row])
    return Program(model=cut, demands=demands), kept


def with_row(model: LinearModel, cost: Numbers, at_most: float) -> LinearModel:
    """The model with one more row: `cost` costs no more than this."""
    used = np.flatnonzero(cost)
    new = len(model.rhs)
    places = model.starts[used + 1]
    counts = np.diff(model.starts) + (cost != 0)
    return replace(
        model,
        sense=np.append(model.sense, np.int8(-1)),
        rhs=np.append(model.rhs, at_most),
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        rows=np.insert(model.rows, places, new).astype(np.int32),
        values=np.insert(model.values, places, cost[used]),
    )


def elastic(program: Program) -> tuple[LinearModel, list[tuple[int, Demand]]]:
    """A program that can always be met: every demand may be missed, at a cost, by the columns that are listed."""
    model = program.model
    added = [
        (demand, sign)
        for demand in program.demands
        for sign in (1.0, -1.0)
        if model.sense[demand.row] in {0, int(sign)}
    ]
    first, count = len(model.cost), len(added)
    last_resort = [_MOST if demand.what.rule == _LAST_RESORT else 1.0 for demand, _ in added]
    widened = replace(
        model,
        cost=np.concatenate([np.zeros(first), last_resort]),
        lower=np.append(model.lower, np.zeros(count)),
        upper=np.append(model.upper, np.full(count, _MOST)),
        integer=np.append(model.integer, np.ones(count, np.bool_)),
        starts=np.append(model.starts, model.starts[-1] + np.arange(1, count + 1)),
        rows=np.append(model.rows, [demand.row for demand, _ in added]).astype(np.int32),
        values=np.append(model.values, [sign * demand.step for demand, sign in added]),
    )
    return widened, [(first + at, demand) for at, (demand, _) in enumerate(added)]


def rounded_up(bound: float) -> int:
    """The least whole cost that a proved bound leaves room for; a solver's bound is exact to a millionth."""
    return math.ceil(bound - 1e-6 * max(1.0, abs(bound)))
