"""Sums of decimals, rounded so that they are what a person would write down."""

import numpy as np
from numpy.typing import NDArray

# Below this bound a number times a million is a whole number that a double holds, so that the rounded sum is the very
# double that a literal or a cell of the same decimals is. Above it, doubles have no six decimals to round to.
_ROUNDED_BELOW = float(2**33)
_PARTS = 1_000_000.0


def settled(number: float) -> float:
    """A sum or difference at six decimals: 2.3 - 1.8 is 0.5."""
    return round(number * _PARTS) / _PARTS if abs(number) < _ROUNDED_BELOW else number


def each_settled(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """As `settled`, for an array."""
    small = np.abs(numbers) < _ROUNDED_BELOW
    return np.where(small, np.rint(np.where(small, numbers, 0.0) * _PARTS) / _PARTS, numbers)
