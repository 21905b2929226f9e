"""Rows of a linear model as entries, gathered piece by piece and assembled once."""

from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.linear import LinearModel
from mentorctl.values import dataclass

type Numbers = NDArray[np.float64]
type Indices = NDArray[np.int64]
type Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Some rows of one sense (-1 at most, 0 equal, 1 at least), their entries as (row, column, value)."""

    row: Indices
    column: Indices
    value: Numbers
    sense: int
    rhs: Numbers

    @classmethod
    def at_most(cls, row: Indices, column: Indices, rhs: Numbers) -> Self:
        """Rows that count their columns."""
        return cls(row=row, column=column, value=np.ones(len(row)), sense=-1, rhs=rhs)

    @classmethod
    def one(cls, values: Numbers, sense: int, rhs: float) -> Self:
        """A single row with a value for every column."""
        column = np.flatnonzero(values)
        row = np.zeros(len(column), dtype=np.int64)
        return cls(row=row, column=column, value=values[column], sense=sense, rhs=np.array([rhs], np.float64))


def assemble(cost: Numbers, bounds: tuple[Numbers, Numbers], integer: Mask, pieces: Sequence[Rows]) -> LinearModel:
    """The model with all rows, in the order of the pieces."""
    offsets = np.cumsum([0, *(len(piece.rhs) for piece in pieces)])
    row = _joined([piece.row + offset for piece, offset in zip(pieces, offsets[:-1], strict=True)])
    column = _joined([piece.column for piece in pieces])
    order = np.lexsort((row, column))
    senses = [np.full(len(piece.rhs), piece.sense) for piece in pieces]
    return LinearModel(
        cost=cost,
        lower=bounds[0],
        upper=bounds[1],
        integer=integer,
        sense=_joined(senses).astype(np.int8),
        rhs=np.concatenate([np.zeros(0), *(piece.rhs for piece in pieces)]),
        starts=np.searchsorted(column[order], np.arange(len(cost) + 1)).astype(np.int64),
        rows=row[order].astype(np.int32),
        values=np.concatenate([np.zeros(0), *(piece.value for piece in pieces)])[order],
    )


def crowds(column: Indices, slot: Indices, length: Indices, places: int) -> Iterator[Rows]:
    """At most some columns at a time: a row for each time at which one of them begins."""
    begins = np.unique(slot)
    going_on = (slot <= begins[:, None]) & (begins[:, None] < slot + length)
    row, at = np.nonzero(going_on[going_on.sum(axis=1) > places])
    if len(row):
        yield Rows.at_most(row, column[at], np.full(int(row.max()) + 1, float(places)))


def spread(first: Indices, last: Indices) -> tuple[Indices, Indices]:
    """All numbers of the ranges [first, last), and beside each the position of its range."""
    sizes = np.maximum(0, last - first)
    owner = np.repeat(np.arange(len(first)), sizes)
    begins = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum())) - begins[owner] + first[owner], owner


def _joined(parts: Sequence[NDArray[np.int64]]) -> Indices:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])
