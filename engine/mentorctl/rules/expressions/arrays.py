"""Days and sums as `days` and `sums` have them, for whole columns."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from mentorctl.rules.expressions.days import FIRST_DAY, LAST_DAY
from mentorctl.rules.expressions.sums import PARTS, ROUNDED_BELOW

_UNIX_DAY = date(1970, 1, 1).toordinal()


def each_settled(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """As `settled`, for an array."""
    small = np.abs(numbers) < ROUNDED_BELOW
    return np.where(small, np.rint(np.where(small, numbers, 0.0) * PARTS) / PARTS, numbers)


def each_within(days: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(days, FIRST_DAY, LAST_DAY)


def each_months_later(days: NDArray[np.float64], months: NDArray[np.float64]) -> NDArray[np.float64]:
    """As `months_later`, for arrays that broadcast."""
    unix = (days.astype(np.int64) - _UNIX_DAY).astype("datetime64[D]")
    month = unix.astype("datetime64[M]")
    place = unix - month.astype("datetime64[D]")
    moved = month + months.astype(np.int64).astype("timedelta64[M]")
    first = moved.astype("datetime64[D]")
    length = (moved + np.timedelta64(1, "M")).astype("datetime64[D]") - first
    landed = first + np.minimum(place, length - np.timedelta64(1, "D"))
    return each_within(landed.astype(np.int64).astype(np.float64) + _UNIX_DAY)
