"""Days moved within the calendar: day 1 is the first of year 1, and nothing leaves the years 1 to 9999."""

from datetime import date

from mentorctl.dates.durations import Duration, later

FIRST_DAY = float(date.min.toordinal())
LAST_DAY = float(date.max.toordinal())


def within(day: float) -> float:
    return min(max(day, FIRST_DAY), LAST_DAY)


def months_later(day: float, months: float) -> float:
    """A day moved by calendar months (back by negative ones); past the end of a month is its last day."""
    try:
        return float(later(date.fromordinal(int(day)), Duration(months=int(months))).toordinal())
    except ValueError:  # beyond the calendar
        return LAST_DAY if months > 0 else FIRST_DAY
