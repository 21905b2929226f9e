"""Words of time, from their tree to the values of `dates`: phases, cohorts, moments, durations, days and zones.

What a schema cannot see (a 29 February, an unknown time zone, a moment that says two things) is found here.
"""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from mentorctl.dates.durations import Duration, parse_duration
from mentorctl.dates.timeline import (
    NOWHERE,
    Anchor,
    Ends,
    Extension,
    Intake,
    Milestone,
    Moment,
    Phase,
    PhaseChange,
    TimelineRules,
    When,
)
from mentorctl.dates.week import parse_clock
from mentorctl.dates.workdays import Calendars, Counts, DaySpan
from mentorctl.dates.zones import zone, zone_names
from mentorctl.diagnostics import FieldPath, quoted_list
from mentorctl.spec.guesses import near_zone
from mentorctl.spec.model import Cohort
from mentorctl.spec.reading import Findings, Tree, titled

_EPOCH = date(1970, 1, 1)
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WITH_DISTANCE = frozenset({When.BEFORE, When.AFTER})
_POINTS = ("on", "at")  # how a milestone says its day; `start` and `due` make a window instead


# -- the workspace -----------------------------------------------------------------------------------------------------


def read_calendars(tree: Tree, found: Findings) -> Calendars:
    """`calendars` of the workspace."""
    path: FieldPath = ("calendars",)
    return Calendars(
        week=tuple(sorted(_WEEK.index(day) for day in tree.get("working_week", _WEEK[:5]))),
        closed=read_closed(tree.get("closed", ()), (*path, "closed"), found),
        holidays=tuple(tree.get("holidays", ())),
    )


def read_closed(entries: Sequence[Any], path: FieldPath, found: Findings) -> tuple[DaySpan, ...]:
    """Days in a list, alone or from one to another."""
    return tuple(_span(entry, (*path, i), found) for i, entry in enumerate(entries))


def _span(entry: Any, path: FieldPath, found: Findings) -> DaySpan:
    """A closed day, or a stretch of them."""
    if isinstance(entry, str):
        day = read_date(entry, path, found)
        return DaySpan(first=day, last=day)
    first, last = (read_date(entry[key], (*path, key), found) for key in ("from", "to"))
    if last < first and _EPOCH not in (first, last):
        found.add("MC2062", f"the closed days from {first} to {last} end before they begin", (*path, "to"))
    return DaySpan(first=first, last=last)


# -- the program -------------------------------------------------------------------------------------------------------


def read_phases(tree: Tree, found: Findings) -> tuple[Phase, ...]:
    """`timeline.phases`."""
    return tuple(_phase(p, ("timeline", "phases", i), found) for i, p in enumerate(tree["phases"]))


def read_timeline(tree: Tree, found: Findings) -> TimelineRules:
    """What `timeline` says beside its phases."""
    return TimelineRules(
        intake=Intake(tree.get("intake", "cohorts")),
        ends=Ends(tree.get("ends", "local")),
        counts=Counts(tree.get("counts", "calendar_days")),
        holidays=tuple(tree.get("holidays", ())),
        closed=read_closed(tree.get("closed", ()), ("timeline", "closed"), found),
        milestones=tuple(
            _milestone(m, ("timeline", "milestones", i), found) for i, m in enumerate(tree.get("milestones", ()))
        ),
    )


def read_cohorts(tree: Tree, found: Findings) -> tuple[Cohort, ...]:
    """`cohorts`, in the order written."""
    return tuple(_cohort(key, cohort, found) for key, cohort in tree.items())


def _cohort(key: str, tree: Tree, found: Findings) -> Cohort:
    path: FieldPath = ("cohorts", key)
    return Cohort(
        id=key,
        start=read_date(tree["start"], (*path, "start"), found),
        changes=tuple(
            _change(phase, change, (*path, "phases", phase), found) for phase, change in tree.get("phases", {}).items()
        ),
        extended=tuple(
            Extension(
                phase=extension["phase"],
                by=read_duration(extension["by"], (*path, "extended", i, "by"), found),
                because=extension.get("because", ""),
            )
            for i, extension in enumerate(tree.get("extended", ()))
        ),
    )


def _phase(tree: Tree, path: FieldPath, found: Findings) -> Phase:
    length = _length(tree, path, found)
    if length == (None, None):
        found.add(
            "MC1102",
            f"the phase `{tree['id']}` says neither how long it lasts nor until when",
            path,
            help="add for example `lasts: 4w` or `until: 2027-09-30`",
        )
    return Phase(id=tree["id"], start=_start(tree, path, found), lasts=length[0], until=length[1])


def _change(phase: str, tree: Tree, path: FieldPath, found: Findings) -> PhaseChange:
    lasts, until = _length(tree, path, found)
    return PhaseChange(phase=phase, start=_start(tree, path, found), lasts=lasts, until=until)


def _start(tree: Tree, path: FieldPath, found: Findings) -> date | None:
    return read_date(tree["start"], (*path, "start"), found) if "start" in tree else None


def _length(tree: Tree, path: FieldPath, found: Findings) -> tuple[Duration | None, date | None]:
    """How long a phase lasts, or its last day."""
    if "lasts" in tree and "until" in tree:
        found.add(
            "MC1107",
            "a phase has either a length (`lasts`) or a last day (`until`), not both",
            (*path, "until"),
            help="delete one of the two",
        )
    return (
        read_duration(tree["lasts"], (*path, "lasts"), found) if "lasts" in tree else None,
        read_date(tree["until"], (*path, "until"), found) if "until" in tree else None,
    )


def _milestone(tree: Tree, path: FieldPath, found: Findings) -> Milestone:
    points = [word for word in _POINTS if word in tree]
    window = [word for word in ("start", "due") if word in tree]
    if len(points) + bool(window) != 1:
        words = quoted_list((*points, *window), last="and")
        found.add(
            "MC1107",
            f"the milestone `{tree['id']}` has {words}" if words else f"the milestone `{tree['id']}` has no day",
            path,
            help="write `on: 2027-03-31`, `at: {before: active.end, by: 2w}`, or a window with `start` and `due`",
        )
    written = (*points, *reversed(window), "due")[0]
    return Milestone(
        id=tree["id"],
        title=tree.get("title", titled(tree["id"])),
        start=_day_or_moment(tree["start"], (*path, "start"), found) if "start" in tree else None,
        due=_day_or_moment(tree[written], (*path, written), found) if written in tree and written != "start" else None,
        written=written,
        after=tuple(tree.get("after", ())),
    )


def _day_or_moment(value: Any, path: FieldPath, found: Findings) -> Moment:
    if isinstance(value, str):
        return Moment(when=When.ON, on=read_date(value, path, found))
    return read_moment(value, path, found)


# -- moments -----------------------------------------------------------------------------------------------------------


def read_event_moment(value: str | Tree, path: FieldPath, found: Findings) -> Moment:
    """When an event is: an anchor such as `active.start`, or a moment that may have a clock time."""
    if isinstance(value, str):
        return Moment(when=When.AT, anchor=read_anchor(value))
    return read_moment(value, path, found, clock=True)


def read_moment(tree: Tree, path: FieldPath, found: Findings, *, clock: bool = False) -> Moment:
    """A moment such as `{before: matching.start, by: 3d}`; only where `clock` says so with a time of the day."""
    words = [word for word in When if word.value in tree]
    if len(words) != 1 or ("by" in tree and words[0] not in _WITH_DISTANCE):
        found.add(
            "MC1107",
            "a moment has one of `at`, `before`, `after` and `on`; with `before` and `after` it may have `by`",
            path,
            help="write for example {at: active.middle} or {before: matching.start, by: 3d}",
        )
        return Moment(when=When.AT, anchor=Anchor(of="", edge="start"))
    if "time" in tree and not clock:
        found.add("MC1107", "only events have a clock time; here the whole day is meant", (*path, "time"))
    (word,) = words
    return Moment(
        when=word,
        anchor=read_anchor(tree[word.value]) if word is not When.ON else NOWHERE,
        by=read_duration(tree["by"], (*path, "by"), found) if "by" in tree else Duration(),
        on=read_date(tree["on"], (*path, "on"), found) if word is When.ON else None,
        clock=_clock(tree["time"], (*path, "time"), found) if "time" in tree else None,
    )


def read_anchor(text: str) -> Anchor:
    """`active.start` or `match.accepted`."""
    of, _, edge = text.partition(".")
    return Anchor(of=of, edge=edge)


# -- words -------------------------------------------------------------------------------------------------------------


def read_duration(text: str, path: FieldPath, found: Findings, *, quarters: bool = False) -> Duration:
    """A duration; with `quarters`, one that the calendar's grid of 15 minutes can hold."""
    made = found.attempt("MC1105", path, Duration(minutes=60), lambda: parse_duration(text))
    if quarters and made.minutes % 15:
        found.add(
            "MC1105", f"`{text}` is not a multiple of 15 minutes", path, help="sessions begin and end on quarter hours"
        )
    return made


def _clock(text: str, path: FieldPath, found: Findings) -> time:
    made = found.attempt("MC2009", path, time(0), lambda: parse_clock(text))
    if made.minute % 15 or text == "24:00":
        help_ = "sessions begin and end on quarter hours" if made.minute % 15 else "write 00:00 of the day after it"
        found.add("MC2009", f"`{text}` is no time at which an event can begin", path, help=help_)
    return made


def read_date(text: str, path: FieldPath, found: Findings) -> date:
    """A day between 1970 and 2200."""

    def parse() -> date:
        try:
            made = date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"`{text}` is not a day of the calendar") from None
        if not 1970 <= made.year <= 2200:  # noqa: PLR2004
            raise ValueError(f"`{text}` is too far from today to be meant")
        return made

    return found.attempt("MC2009", path, _EPOCH, parse)


def read_zone(text: str, path: FieldPath, found: Findings) -> str:
    """The name of a time zone."""
    return found.attempt(
        "MC2010",
        path,
        "UTC",
        lambda: str(zone(text).key),
        help=near_zone(text) if text not in zone_names() else "",
    )
