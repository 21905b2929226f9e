"""Named checks of phases, cohorts and calendars: what lies wrong on the calendar of some cohort.

Milestones, events and other moments are checked in `spec.moment_checks`. Each check is a small function over a
`Schedule`; `check_timeline` runs them all.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations

from mentorctl.dates.durations import later
from mentorctl.dates.holidays import NoHolidayDataError, check_code
from mentorctl.dates.timeline import DatedPhase, Intake, Moment, Timeline, dated
from mentorctl.dates.workdays import DayCount
from mentorctl.diagnostics import WORKSPACE, Diagnostic, FieldPath, Place, Related, did_you_mean, finding
from mentorctl.spec.model import Cohort, Program, Workspace
from mentorctl.spec.timelines import day_count, timeline_of
from mentorctl.values import dataclass

_ROLLING = "rolling"
_BEFORE_MATCHING = ("enrolling", "training")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A program and the dates of its cohorts; there are none where days cannot be counted."""

    program: Program
    days: DayCount
    cohorts: tuple[tuple[Cohort, Timeline], ...]

    def place(self, *path: str | int, on_key: bool = False) -> Place:
        return Place(document=self.program.id, path=path, on_key=on_key)

    def phase_place(self, name: str, cohort: Cohort | None = None, key: str = "") -> Place:
        """Where a phase is written; with a cohort that changes its `key`, there."""
        for change in cohort.changes if cohort else ():
            if cohort and change.phase == name and getattr(change, key, None):
                return self.place("cohorts", cohort.id, "phases", name, key)
        index = next(i for i, p in enumerate(self.program.phases) if p.id == name)
        written = key and getattr(self.program.phases[index], key, None)
        return self.place("timeline", "phases", index, *((key,) if written else ()))


type TimelineCheck = Callable[[Schedule], Iterable[Diagnostic]]


def schedule_of(program: Program, workspace: Workspace) -> tuple[Schedule, tuple[Diagnostic, ...]]:
    """The dates of a program, and what keeps them from being counted."""
    days = day_count(program, workspace)
    found = tuple(_holidays(program.timeline.holidays, program.id, ("timeline", "holidays")))
    nothing = Schedule(program=program, days=days, cohorts=())
    if found or any(_holidays(workspace.calendars.holidays, WORKSPACE, ())):
        return nothing, found
    try:
        cohorts = tuple((cohort, timeline_of(program, cohort, days)) for cohort in program.cohorts)
    except ValueError as error:
        place = nothing.place("timeline", "counts")
        return nothing, (finding("MC2074", str(error), help="open some days again", place=place),)
    return Schedule(program=program, days=days, cohorts=cohorts), ()


def check_calendars(workspace: Workspace) -> Iterator[Diagnostic]:
    """The holidays that the workspace names are known."""
    yield from _holidays(workspace.calendars.holidays, WORKSPACE, ("calendars", "holidays"))


def _holidays(codes: Sequence[str], document: str, path: FieldPath) -> Iterator[Diagnostic]:
    for i, code in enumerate(codes):
        place = Place(document=document, path=(*path, i))
        try:
            check_code(code)
        except NoHolidayDataError as missing:
            help_ = "install it, or list the days under `closed`"
            yield finding("MC2065", f"`{code}`: {missing}", help=help_, place=Place(document=document, path=path))
            return
        except ValueError as error:
            yield finding(
                "MC2064", str(error), help="write a country such as DE, or a part of one such as DE-BY", place=place
            )


# -- phases ------------------------------------------------------------------------------------------------------------


def phases_have_distinct_ids(schedule: Schedule) -> Iterator[Diagnostic]:
    """Two phases of one name make every moment ambiguous."""
    first: dict[str, int] = {}
    for j, phase in enumerate(schedule.program.phases):
        i = first.setdefault(phase.id, j)
        if i != j:
            yield finding(
                "MC2002",
                f"`{phase.id}` is used twice",
                help="give one of the two another id",
                place=schedule.place("timeline", "phases", j, "id"),
                related=(Related(message="first used here", place=schedule.place("timeline", "phases", i, "id")),),
            )


def phases_exist(schedule: Schedule) -> Iterator[Diagnostic]:
    """Matching needs its phase, and meetings an active phase after it."""
    ids = [p.id for p in schedule.program.phases]
    if "matching" not in ids:
        yield finding(
            "MC2014",
            "there is no phase `matching`, in which matches are proposed",
            help="add it to the phases, or give one of them this id",
            place=schedule.place("timeline", "phases", on_key=True),
        )
    if schedule.program.meetings and "active" not in ids:
        yield finding(
            "MC2014",
            "there is no phase `active`, in which people meet",
            help="add it to the phases, or give one of them this id",
            place=schedule.place("timeline", "phases", on_key=True),
        )
    if "matching" in ids and "active" in ids and ids.index("active") < ids.index("matching"):
        yield finding(
            "MC2014",
            "the `active` phase comes before `matching`",
            help="put it after the matching phase",
            place=schedule.place("timeline", "phases", ids.index("active")),
        )


def phases_have_days(schedule: Schedule) -> Iterator[Diagnostic]:
    """No phase ends before it begins."""
    for cohort, timeline in schedule.cohorts:
        for phase in timeline.phases:
            if phase.end < phase.start:
                yield finding(
                    "MC2062",
                    f"in cohort `{cohort.id}` the phase `{phase.id}` begins on {phase.start} and ends on {phase.end}",
                    help="write a later last day",
                    place=schedule.phase_place(phase.id, cohort, "until"),
                )
                return


def milestones_have_days(schedule: Schedule) -> Iterator[Diagnostic]:
    """No window of a milestone is over before it begins."""
    for cohort, timeline in schedule.cohorts:
        for j, milestone in enumerate(schedule.program.timeline.milestones):
            dated = timeline.milestone(milestone.id)
            if dated and milestone.start and dated.last < dated.start:
                yield finding(
                    "MC2062",
                    f"in cohort `{cohort.id}` `{dated.id}` begins on {dated.start} and is due on {dated.last}",
                    help="write a later deadline",
                    place=schedule.place("timeline", "milestones", j, milestone.written),
                )
                return


def phases_are_in_order(schedule: Schedule) -> Iterator[Diagnostic]:
    """Nobody is matched while people still enroll or train."""
    for cohort, timeline in schedule.cohorts:
        matching = _planned(schedule, cohort, timeline).phase("matching")
        for earlier in _BEFORE_MATCHING:
            phase = _planned(schedule, cohort, timeline).phase(earlier)
            if matching and phase and phase.end >= matching.start:
                yield finding(
                    "MC2109",
                    f"in cohort `{cohort.id}` `{earlier}` ends on {phase.end}, matching begins on {matching.start}",
                    place=_without_key(schedule.phase_place("matching", cohort, "start")),
                    related=(
                        Related(message=f"`{earlier}` is here", place=_without_key(schedule.phase_place(earlier))),
                    ),
                )
                return


def phases_do_not_overlap(schedule: Schedule) -> Iterator[Diagnostic]:
    """No day belongs to two phases by accident."""
    told: set[tuple[str, str]] = set()
    for cohort, timeline in schedule.cohorts:
        before = {(a.id, b.id) for a, b in _overlaps(_planned(schedule, cohort, timeline))}
        for earlier, phase in _overlaps(timeline):
            pair = (earlier.id, phase.id)
            by_extension = pair not in before
            if pair in told or (not by_extension and earlier.id in _BEFORE_MATCHING and phase.id == "matching"):
                continue
            told.add(pair)
            yield (_pushed if by_extension else _overlapping)(schedule, cohort, earlier, phase)


def _overlapping(schedule: Schedule, cohort: Cohort, earlier: DatedPhase, phase: DatedPhase) -> Diagnostic:
    return finding(
        "MC2060",
        f"in cohort `{cohort.id}` `{earlier.id}` ends on {earlier.end}, but `{phase.id}` begins on {phase.start}",
        help=f"shorten `{earlier.id}` or let `{phase.id}` begin later, if this is not meant",
        place=schedule.phase_place(phase.id, cohort, "start"),
        related=(Related(message=f"`{earlier.id}` is here", place=_length_place(schedule, cohort, earlier.id)),),
    )


def _pushed(schedule: Schedule, cohort: Cohort, earlier: DatedPhase, phase: DatedPhase) -> Diagnostic:
    """An extension moves what follows, but not a phase that has a date of its own."""
    order = [p.id for p in schedule.program.phases]
    moved_by = order[: order.index(earlier.id) + 1]
    moving = [i for i, extension in enumerate(cohort.extended) if extension.phase in moved_by]
    return finding(
        "MC2061",
        f"`{earlier.id}` of cohort `{cohort.id}` now ends on {earlier.end}, but `{phase.id}` is fixed to begin on "
        f"{phase.start}",
        help=f"give `{phase.id}` a later start for this cohort: cohorts.{cohort.id}.phases.{phase.id}.start",
        place=schedule.place("cohorts", cohort.id, "extended", moving[-1]),
        related=(
            Related(
                message=f"`{phase.id}` has its own start here",
                place=schedule.phase_place(phase.id, cohort, "start"),
            ),
        ),
    )


def _overlaps(timeline: Timeline) -> Iterator[tuple[DatedPhase, DatedPhase]]:
    """Pairs of phases that share a day, in the order of the timeline."""
    real = [phase for phase in timeline.phases if phase.start <= phase.end]
    for earlier, phase in combinations(real, 2):
        if earlier.id != phase.id and earlier.start <= phase.end and phase.start <= earlier.end:
            yield earlier, phase


def _planned(schedule: Schedule, cohort: Cohort, timeline: Timeline) -> Timeline:
    """The dates of a cohort as they were before anything was extended."""
    if not cohort.extended:
        return timeline
    return dated(schedule.program.phases, cohort.start, changes=cohort.changes, days=schedule.days)


def _length_place(schedule: Schedule, cohort: Cohort, name: str) -> Place:
    """Where a phase says how long it is."""
    for key in ("until", "lasts"):
        place = schedule.phase_place(name, cohort, key)
        if place.path[-1] == key:
            return place
    return schedule.phase_place(name)


def _without_key(place: Place) -> Place:
    """The whole phase, where a key of it in the timeline was meant."""
    in_timeline = place.path[0] == "timeline" and isinstance(place.path[-1], str)
    return Place(document=place.document, path=place.path[:-1]) if in_timeline else place


# -- cohorts -----------------------------------------------------------------------------------------------------------


def cohorts_speak_of_phases(schedule: Schedule) -> Iterator[Diagnostic]:
    """What a cohort extends or changes is a phase of the timeline."""
    ids = [p.id for p in schedule.program.phases]
    for cohort in schedule.program.cohorts:
        named: list[tuple[str, FieldPath, bool]] = [
            (extension.phase, ("extended", i, "phase"), False) for i, extension in enumerate(cohort.extended)
        ]
        named += [(change.phase, ("phases", change.phase), True) for change in cohort.changes]
        for name, path, on_key in named:
            if name not in ids:
                yield finding(
                    "MC2063",
                    f"the timeline has no phase `{name}`",
                    help=did_you_mean(name, ids),
                    place=schedule.place("cohorts", cohort.id, *path, on_key=on_key),
                    related=(Related(message="the phases are here", place=schedule.place("timeline", "phases")),),
                )


def rolling_stands_alone(schedule: Schedule) -> Iterator[Diagnostic]:
    """Rolling intake has the one cohort `rolling`, and only rolling intake has it."""
    cohorts = schedule.program.cohorts
    is_rolling = schedule.program.timeline.intake is Intake.ROLLING
    others = [cohort for cohort in cohorts if (cohort.id == _ROLLING) != is_rolling]
    if others:
        yield finding(
            "MC2070",
            f"with `intake: rolling` people begin when they come, so `{others[0].id}` cannot be a cohort"
            if is_rolling
            else "the cohort `rolling` is the one of `intake: rolling`, but intake is by cohorts",
            help="write one cohort: `rolling: {start: 2027-01-11}`"
            if is_rolling
            else "write `intake: rolling` under `timeline`, or give the cohort another id",
            place=schedule.place("cohorts", others[0].id, on_key=True),
            related=(Related(message="the intake is chosen here", place=schedule.place("timeline", "intake")),)
            if is_rolling
            else (),
        )


def rolling_has_no_dates(schedule: Schedule) -> Iterator[Diagnostic]:
    """Where everybody begins on another day, a phase cannot begin or end on a date."""
    if schedule.program.timeline.intake is not Intake.ROLLING:
        return
    for i, phase in enumerate(schedule.program.phases):
        for key in ("start", "until"):
            if getattr(phase, key):
                yield finding(
                    "MC2071",
                    f"with rolling intake everybody has a `{phase.id}` of their own, so it has no date",
                    help="write `lasts`",
                    place=schedule.place("timeline", "phases", i, key),
                )
    for cohort in schedule.program.cohorts:
        for key, changes in (("phases", cohort.changes), ("extended", cohort.extended)):
            if changes:
                yield finding(
                    "MC2071",
                    "with rolling intake everybody has phases of their own, so there is no cohort to change them for",
                    help="change the phases under `timeline`",
                    place=schedule.place("cohorts", cohort.id, key, on_key=True),
                )


def closed_days_matter(schedule: Schedule) -> Iterator[Diagnostic]:
    """The program's closed days lie in some cohort."""
    for i, span in enumerate(schedule.program.timeline.closed):
        timelines = [t for _, t in schedule.cohorts]
        if timelines and not any(span.last >= t.start and (t.is_rolling or span.first <= t.end) for t in timelines):
            yield finding(
                "MC2073",
                f"{span} lies outside every cohort; they run from {min(t.start for t in timelines)} to "
                f"{max(t.end for t in timelines)}",
                help="check the year, or delete it",
                place=schedule.place("timeline", "closed", i),
            )


# -- what hangs on the phases ------------------------------------------------------------------------------------------


def meetings_fit_the_active_phase(schedule: Schedule) -> Iterator[Diagnostic]:
    """The cadence must leave room for the number of meetings."""
    meetings = schedule.program.meetings
    if not meetings or not meetings.every:
        return
    for cohort, timeline in schedule.cohorts:
        active = timeline.phase("active")
        if not active or active.end < active.start:
            return
        rooms = 0
        while later(active.start, meetings.every, times=rooms) <= active.end and rooms <= meetings.at_least:
            rooms += 1
        if rooms < meetings.at_least:
            yield finding(
                "MC2019",
                f"{meetings.at_least} meetings, one every {meetings.every}, need longer than the active "
                f"phase from {active.start} to {active.end}, which has room for {rooms}",
                help="ask for fewer meetings, a closer cadence or a longer active phase",
                place=schedule.place("meetings", "at_least"),
                related=(
                    Related(
                        message="the active phase is here",
                        place=_without_key(schedule.phase_place("active", cohort, "lasts")),
                    ),
                ),
            )
            return


def training_is_due_before_matching(schedule: Schedule) -> Iterator[Diagnostic]:
    """Required training is done before people meet."""
    told: set[str] = set()
    for _, timeline in schedule.cohorts:
        matching = timeline.phase("matching")
        for module in schedule.program.modules:
            day = timeline.day_of(module.due) if module.due else None
            if matching and day and module.required and day > matching.end and module.id not in told:
                told.add(module.id)
                yield finding(
                    "MC2104",
                    f"`{module.id}` is due on {day}, after matching ends on {matching.end}",
                    help="write `due: {before: matching.start, by: 3d}`",
                    place=schedule.place("training", "modules", module.id, "due"),
                )


def check_in_comes_early(schedule: Schedule) -> Iterator[Diagnostic]:
    """Someone asks how it goes before a third of the active phase is over."""
    for _, timeline in schedule.cohorts[:1]:
        active = timeline.phase("active")
        if active and not any(
            _is_early(m, active, timeline.day_of(m)) for c in schedule.program.check_ins for m in c.at
        ):
            yield finding(
                "MC2105",
                "no check-in is asked in the first third of the active phase",
                help="add for example `pulse: {at: [{after: match.accepted, by: 30d}], asks: [satisfaction]}`",
                place=schedule.place("check_ins", on_key=True),
            )


def _is_early(moment: Moment, active: DatedPhase, day: date | None) -> bool:
    third = active.start + timedelta(days=(active.end - active.start).days // 3)
    if day is None:  # hangs on an event such as match.accepted, which is before the active phase or at its start
        return later(active.start, moment.by) <= third
    return active.start <= day <= third


TIMELINE_CHECKS: tuple[TimelineCheck, ...] = (
    phases_have_distinct_ids,
    phases_exist,
    phases_have_days,
    milestones_have_days,
    phases_are_in_order,
    phases_do_not_overlap,
    cohorts_speak_of_phases,
    rolling_stands_alone,
    rolling_has_no_dates,
    closed_days_matter,
    meetings_fit_the_active_phase,
    training_is_due_before_matching,
    check_in_comes_early,
)
