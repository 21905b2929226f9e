"""When a timer is due: from the rule, the cohort's calendar and the instant at which its state was entered.

Deadlines end with a day (its last second, by the program's clock or anywhere on Earth, as its timeline says);
reminders, reactions and moments come in the morning, unless they give a time of day. What is counted in minutes is
exact. Gaps and folds of daylight saving are those of `dates.zones`.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from mentorctl.dates.timeline import Moment, Timeline, When
from mentorctl.dates.zones import local_time, to_utc
from mentorctl.lifecycle.definition import Definition
from mentorctl.lifecycle.model import TimerKind, TimerRule
from mentorctl.spec.moment_words import OWN_DAYS
from mentorctl.state.model import CheckInRecord, Record, SessionRecord, TrainingRecord

MORNING = time(8)
_AT_MOST = 10_000  # occurrences that are looked through for the next one

type OwnDays = Mapping[str, date]

_NO_DAYS: OwnDays = {}


def due_of(
    definition: Definition,
    rule: TimerRule,
    cohort: str,
    entered: datetime,
    occurrence: int = 1,
    *,
    own: OwnDays = _NO_DAYS,
    since: date | None = None,
) -> datetime | None:
    """The instant in UTC at which a timer that was set at `entered` is due for the nth time, or None for never.

    `own` are the days of the thing itself, by anchor (see `own_days`). With rolling intake, `since` is the day on which
    the person enrolled; where it is not known, the day of `entered`.
    """
    if (rule.at_most and occurrence > rule.at_most) or (occurrence > 1 and rule.every is None):
        return None
    try:
        timeline = definition.timeline(cohort, since or local_time(entered, definition.zone).date())
        first = _first(definition, rule, timeline, entered, own)
        due = first and _repeated(rule, timeline, first, occurrence)
        last = _day_of(timeline, rule.until, own) if rule.until else None
        return None if due is None or (last and local_time(due, definition.zone).date() > last) else due
    except (ValueError, OverflowError):  # beyond the calendar, or without a working day in a year
        return None


def next_due(
    definition: Definition,
    rule: TimerRule,
    cohort: str,
    entered: datetime,
    *,
    behind: int = 0,
    own: OwnDays = _NO_DAYS,
    since: date | None = None,
) -> tuple[int, datetime] | None:
    """The next occurrence after `behind` (0: the first) and its instant, or None when there is none any more.

    What only reminds or tells is passed over where its time was before the state was entered: a kick-off that is over
    is not announced to somebody who joins later. What raises an event or ends a wait is due all the same, at once.
    """
    for occurrence in range(behind + 1, behind + 1 + _AT_MOST):
        due = due_of(definition, rule, cohort, entered, occurrence, own=own, since=since)
        if due is None:
            return None
        if due > entered:
            return occurrence, due
        if rule.event or rule.kind is TimerKind.DEADLINE:
            return occurrence, entered
    return None


def own_days(record: Record, zone: str) -> OwnDays:
    """The days that are a thing's own, by anchor: when a session starts, a module is due, a check-in was asked."""
    match record:
        case SessionRecord():
            return {"session.starts": local_time(datetime.fromisoformat(record.starts), zone).date()}
        case TrainingRecord(due=due) if due:
            return {"training.due": date.fromisoformat(due[:10])}
        case CheckInRecord(asked=asked) if asked:
            return {"check_in.asked": date.fromisoformat(asked[:10])}
        case _:
            return _NO_DAYS


def hangs_on_own_days(rule: TimerRule) -> bool:
    """Whether the timer must be set anew when the record changes, because a day of it may have moved."""
    return any(moment is not None and str(moment.anchor) in OWN_DAYS.values() for moment in (rule.at, rule.until))


def _first(
    definition: Definition, rule: TimerRule, timeline: Timeline, entered: datetime, own: OwnDays
) -> datetime | None:
    """When it is due first: the later one of a moment and a while, where the rule has both."""
    found: list[datetime] = []
    if rule.at:
        day = _day_of(timeline, rule.at, own)
        if day is None:
            return None
        found.append(_instant(rule, timeline, day))
    if rule.after and rule.after.minutes:
        found.append(entered + timedelta(minutes=rule.after.minutes))
    elif rule.after:
        day = timeline.days.later(local_time(entered, definition.zone).date(), rule.after)
        found.append(_instant(rule, timeline, day))
    return max(found, default=None)


def _repeated(rule: TimerRule, timeline: Timeline, first: datetime, occurrence: int) -> datetime:
    """The nth time, counted from the first one: so many minutes later, or on a later day at the same local time."""
    times = occurrence - 1
    if rule.every is None or not times:
        return first
    if rule.every.minutes:
        return first + timedelta(minutes=rule.every.minutes * times)
    local = local_time(first, timeline.zone)
    return to_utc(timeline.days.later(local.date(), rule.every, times=times), local.time(), timeline.zone)


def _day_of(timeline: Timeline, moment: Moment, own: OwnDays) -> date | None:
    day = own.get(str(moment.anchor))
    if day is None:
        return timeline.day_of(moment)
    times = {When.BEFORE: -1, When.AFTER: 1}.get(moment.when, 0)
    return timeline.days.later(day, moment.by, times=times) if times else day


def _instant(rule: TimerRule, timeline: Timeline, day: date) -> datetime:
    clock = rule.at.clock if rule.at else None
    if clock is None and rule.kind is TimerKind.DEADLINE:
        return timeline.deadline(day)
    return to_utc(day, clock or MORNING, timeline.zone)
