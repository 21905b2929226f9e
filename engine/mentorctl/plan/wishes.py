"""What the slots of meetings are worth: held rather than not, kept rather than moved, preferred, regular, early.

A meeting is worth far more than any of its wishes, so that none is given up for comfort; keeping a slot is worth more
than all other wishes together, so that people who were told of a time keep it while it is possible.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mentorctl.dates.durations import Duration, later
from mentorctl.dates.zones import utc_offset_minutes
from mentorctl.optimize.scheduling.calendar import quarter_of, zone_of
from mentorctl.optimize.scheduling.problem import Before, PairCandidates, Step, Terms
from mentorctl.plan.calendar import MONDAY, Calendar, Indices, instant_at, weeks_of
from mentorctl.plan.inputs import LIVE_SESSION
from mentorctl.roster.people import NumberColumn
from mentorctl.spec.model import Meetings, Regular, Unsocial
from mentorctl.state.model import SessionRecord
from mentorctl.values import dataclass

type Days = tuple[date, date]
type Slots = NDArray[np.int64]

_STANDS = 1_000_000  # what a meeting that stands is worth: more than any it could make room for
_HELD = 10_000  # what a meeting is worth; everything else only orders the slots of one meeting
_PER_DAY_LATER = 10
_REGULAR = {Regular.NONE: 0, Regular.WEAK: 50, Regular.STRONG: 500}
_STAY_IN_ALL = 8_000  # what keeping all meetings of a pair is worth: less than one meeting
_STAY_MOST, _STAY_LEAST = 1_000, 200
_UNSOCIAL = 30  # for each quarter hour of each person
# Shared: the first hours of a person cost little, more of them cost more each, so that nobody has all of them.
_SHARED = (Step(above=0, price=15), Step(above=8, price=15), Step(above=16, price=30), Step(above=32, price=60))
_ANY_DISTANCE = 10_000_000  # quarter hours
_QUARTERS_OF_A_DAY = 96


@dataclass(frozen=True, kw_only=True, eq=False)
class Wishes:
    """How the meetings of some matches are judged. `gap` is in quarter hours, `load` the weekly limit of each row."""

    calendar: Calendar
    meetings: Meetings
    quarters: int
    gap: tuple[int, int]
    fixed: tuple[PairCandidates, ...]
    load: Slots
    stay: int

    @classmethod
    def of(
        cls,
        calendar: Calendar,
        meetings: Meetings,
        windows: Sequence[tuple[Days, ...]],
        standing: Sequence[SessionRecord],
    ) -> "Wishes":
        """For matches that meet in some stretches of days, beside meetings that stand."""
        first = windows[0][0]
        pace = (first[1] - first[0]).days + 1
        longest = max(map(len, windows))
        rows = _Rows(calendar)
        fixed = tuple(_fixed(calendar, rows, standing))
        return cls(
            calendar=calendar,
            meetings=meetings,
            quarters=meetings.lasts.minutes // 15,
            gap=_gap(meetings.gap, first[0]) or (pace * 96 // 2, pace * 96 * 3 // 2),
            fixed=fixed,
            load=_loads(calendar, meetings, rows.count),
            stay=max(_STAY_LEAST, min(_STAY_MOST, _STAY_IN_ALL // max(1, longest))),
        )

    @property
    def regular_bonus(self) -> int:
        return _REGULAR[self.meetings.regular]

    @property
    def steps(self) -> tuple[Step, ...]:
        shares = self.meetings.preferred is not None and self.meetings.unsocial is Unsocial.SHARE
        return _SHARED if shares else ()

    def candidates(
        self, people: Sequence[str], windows: Sequence[Days], prior: Sequence[SessionRecord], *, not_before: int
    ) -> PairCandidates:
        """When those of a match could meet, window by window, worth the more the earlier."""
        calendar = self.calendar
        rows = [calendar.row_of[person] for person in people]
        starts = calendar.free.starts(calendar.free.free[rows].all(axis=0), self.quarters)
        known = np.array([slot for _, slot in self._held(prior)], np.int64)
        starts = np.union1d(starts, self._possible(rows, known))
        starts = starts[calendar.notice_of(starts, [s for s in prior if s.state == LIVE_SESSION])]
        slots, window, begins = [], [], []
        for number, days in enumerate(windows):
            first, last = (edge + calendar.free.base for edge in calendar.days(*days))
            inside = starts[(starts >= max(first, not_before)) & (starts < last)]
            slots.append(inside)
            window.append(np.full(len(inside), number, np.int32))
            begins.append(first)
        at, of_window = np.concatenate(slots), np.concatenate(window)
        begun = np.array(begins, np.int64)
        worth = _HELD - _PER_DAY_LATER * ((at - begun[of_window]) // 96)
        hardship = self._hardship(people, at)
        if hardship is not None and not self.steps:
            worth = worth - _UNSOCIAL * hardship.sum(axis=0)
        return PairCandidates(
            people=tuple(rows),
            slots=at,
            worth=worth,
            window=of_window,
            week=weeks_of(at),
            regular=regular_of(at, calendar.cohort.program.timezone),
            hardship=hardship if self.steps else None,
        )

    def before(self, prior: Sequence[Sequence[SessionRecord]]) -> Before | None:
        """The slots that the matches have now, each with its window; None where none has any."""
        held = tuple(self._held(sessions) for sessions in prior)
        if not any(held):
            return None
        return Before(starts=(*held, *(() for _ in self.fixed)), stay=self.stay)

    def _held(self, prior: Sequence[SessionRecord]) -> tuple[tuple[int, int], ...]:
        """The meetings ahead, of the length that is asked for now."""
        return tuple(
            (session.number - 1, quarter_of(instant_at(session.starts)))
            for session in prior
            if session.state == LIVE_SESSION
            and session.minutes == self.quarters * 15
            and instant_at(session.starts).date() > self.calendar.cohort.inputs.as_of
        )

    def _possible(self, rows: Sequence[int], slots: Slots) -> Slots:
        """Of some slots those at which everybody has time, wherever on the clock they begin."""
        free = self.calendar.free
        fits = [
            slot - free.base >= 0 and free.free[rows, slot - free.base : slot - free.base + self.quarters].all()
            for slot in slots.tolist()
        ]
        return slots[np.array(fits, np.bool_)]

    def _hardship(self, people: Sequence[str], slots: Slots) -> NDArray[np.int64] | None:
        """The quarter hours of a meeting at each slot that lie outside of each person's preferred hours."""
        preferred = self.meetings.preferred
        if preferred is None:
            return None
        inputs = self.calendar.cohort.inputs
        default = self.calendar.cohort.program.timezone
        zones = [zone_of(inputs.roster, inputs.index_of[person], default) for person in people]
        return np.stack([_outside(slots, self.quarters, preferred, zone) for zone in zones])


class _Rows:
    """The numbers of people: the rows of the calendar, and after them those who are in other programs only."""

    def __init__(self, calendar: Calendar) -> None:
        self._known = dict(calendar.row_of)

    def of(self, person: str) -> int:
        return self._known.setdefault(person, len(self._known))

    @property
    def count(self) -> int:
        return len(self._known)


def _fixed(calendar: Calendar, rows: _Rows, standing: Sequence[SessionRecord]) -> list[PairCandidates]:
    """Meetings that stand, as pairs without a choice: they count as load."""
    of_match: dict[tuple[str, str], list[SessionRecord]] = {}
    for session in standing:
        of_match.setdefault((session.address.program, session.subject), []).append(session)
    fixed = []
    for sessions in of_match.values():
        ordered = sorted({s.starts: s for s in sessions}.values(), key=lambda s: s.starts)
        slots = np.array([quarter_of(instant_at(s.starts)) for s in ordered], np.int64)
        fixed.append(
            PairCandidates(
                people=tuple(rows.of(person) for person in ordered[0].people),
                slots=slots,
                worth=np.full(len(slots), _STANDS, np.int64),
                window=np.arange(len(slots), dtype=np.int32),
                week=weeks_of(slots),
                regular=regular_of(slots, calendar.cohort.program.timezone),
                terms=Terms(length=max(1, ordered[0].minutes // 15), gap_min=0, gap_max=_ANY_DISTANCE, regular_bonus=0),
            )
        )
    return fixed


def _loads(calendar: Calendar, meetings: Meetings, count: int) -> Slots:
    """The weekly limit of each person; 0 for those who have none of their own."""
    loads = np.zeros(count, np.int64)
    column = calendar.cohort.inputs.roster.columns.get(meetings.per_week_from)
    if isinstance(column, NumberColumn):
        for row, person in enumerate(calendar.people):
            own = column.values[calendar.cohort.inputs.index_of[person]]
            loads[row] = 0 if np.isnan(own) else min(meetings.per_week, max(1, int(own)))
    return loads


def _gap(gap: tuple[Duration, Duration] | None, begin: date) -> tuple[int, int] | None:
    """The least and the most distance in quarter hours; a month is as long as the first one."""
    if gap is None:
        return None
    least, most = ((later(begin, each) - begin).days for each in gap)
    return least * _QUARTERS_OF_A_DAY, most * _QUARTERS_OF_A_DAY + 8  # on the last day an hour or two do not matter


def regular_of(slots: Slots, zone: str) -> Indices:
    """The weekday and clock time of each slot on the clock of a zone, as a number."""
    return ((_local(slots, zone) - MONDAY) % 672).astype(np.int32)


def _outside(slots: Slots, quarters: int, hours: tuple[int, int], zone: str) -> NDArray[np.int64]:
    """How many quarter hours of a meeting at each slot lie outside of some hours of the day in a zone."""
    begins = _local(slots, zone)
    clock = (begins[:, None] + np.arange(quarters)) % _QUARTERS_OF_A_DAY
    outside: NDArray[np.int64] = ((clock < hours[0]) | (clock >= hours[1])).sum(axis=1)
    return outside


def _local(slots: Slots, zone: str) -> Slots:
    """Slots as quarter hours of the wall clock of a zone."""
    days, of_day = np.unique(slots // _QUARTERS_OF_A_DAY, return_inverse=True)
    offsets = np.array([_offset(int(day), zone) for day in days], np.int64)
    return slots + offsets[of_day] if len(slots) else slots


@lru_cache(maxsize=50_000)
def _offset(day: int, zone: str) -> int:
    return utc_offset_minutes(date(1970, 1, 1) + timedelta(days=day), zone) // 15
