"""Days moved within the calendar: day 1 is the first of year 1, and nothing leaves the years 1 to 9999."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from mentorctl.dates.durations import Duration, later

FIRST_DAY = float(date.min.toordinal())
LAST_DAY = float(date.max.toordinal())
_UNIX_DAY = date(1970, 1, 1).toordinal()


def within(day: float) -> float:
    return min(max(day, FIRST_DAY), LAST_DAY)


def months_later(day: float, months: float) -> float:
    """A day moved by calendar months (back by negative ones); past the end of a month is its last day."""
    try:
        return float(later(date.fromordinal(int(day)), Duration(months=int(months))).toordinal())
    except ValueError:  # beyond the calendar
        return LAST_DAY if months > 0 else FIRST_DAY


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
