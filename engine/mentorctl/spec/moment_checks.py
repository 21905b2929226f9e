"""Named checks of moments: what they hang on, milestones in order, events on days on which they can be held."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from mentorctl.dates.timeline import DatedMilestone, Edge, Intake, Milestone, MilestoneEdge, Moment, Timeline, When
from mentorctl.dates.zones import irregularity, local_time
from mentorctl.diagnostics import Diagnostic, FieldPath, Place, Related, did_you_mean, finding, quoted_list
from mentorctl.spec.model import Event, Program, Workspace
from mentorctl.spec.moment_words import EVENTS, OWN_DAYS
from mentorctl.spec.timeline_checks import TIMELINE_CHECKS, Schedule, TimelineCheck, schedule_of


def check_timeline(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """Run every check of a program's dates."""
    schedule, found = schedule_of(program, workspace)
    yield from found
    for check in (*TIMELINE_CHECKS, *MOMENT_CHECKS):
        yield from check(schedule)


def moments_exist(schedule: Schedule) -> Iterator[Diagnostic]:
    """Every moment hangs on a phase, a milestone or a known event."""
    phases, milestones = _ids(schedule)
    allowed = [f"{phase}.{edge}" for phase in phases for edge in Edge]
    allowed += [f"{milestone}.{edge}" for milestone in milestones for edge in MilestoneEdge]
    needed = {"matching", *(["active"] if schedule.program.meetings else [])} - set(phases)  # said by `phases_exist`
    for moment, path in moments_of(schedule.program):
        anchor = str(moment.anchor)
        if moment.when is When.ON or anchor in EVENTS or anchor in allowed or moment.anchor.of in needed:
            continue
        if path[0] == "lifecycle" and anchor == OWN_DAYS.get(str(path[1])):
            continue
        yield finding(
            "MC2006",
            f"`{anchor}` is neither an edge of a phase nor a known event",
            help=did_you_mean(anchor, (*allowed, *EVENTS)) or _known_anchors(anchor, phases, milestones),
            place=schedule.place(*path, moment.when.value),
        )


def _known_anchors(anchor: str, phases: list[str], milestones: list[str]) -> str:
    """What a moment that hangs on nothing can hang on: edges where it looks like one, else events that begin alike."""
    of, _, edge = anchor.partition(".")
    events = [event for event in EVENTS if event.startswith(f"{of}.")]
    if edge in set(Edge) | set(MilestoneEdge) or not events:
        also = f"; milestones are {quoted_list(milestones, last='and')}" if milestones else ""
        kinds = quoted_list(dict.fromkeys(event.partition(".")[0] for event in EVENTS), last="and")
        return f"phases are {quoted_list(phases, last='and')}{also}; events, such as match.accepted, are of {kinds}"
    return f"known are {quoted_list(events, last='and')}"


def dates_for_all_hang_on_the_timeline(schedule: Schedule) -> Iterator[Diagnostic]:
    """A date for everyone cannot wait for one person's match."""
    for moment, path in _moments_for_all(schedule.program):
        if str(moment.anchor) in EVENTS:
            yield finding(
                "MC2006",
                f"`{moment.anchor}` happens to one person at a time",
                help=f"{'an event' if path[0] == 'events' else 'a milestone'} hangs on a phase, for example "
                "active.start, or is `on` a date",
                place=schedule.place(*path, moment.when.value),
            )


def rolling_dates_are_fixed(schedule: Schedule) -> Iterator[Diagnostic]:
    """Where everybody has phases of their own, a date for all cannot hang on them."""
    if schedule.program.timeline.intake is not Intake.ROLLING:
        return
    phases = {p.id for p in schedule.program.phases}
    for moment, path in _moments_for_all(schedule.program):
        if moment.anchor.of in phases:
            yield finding(
                "MC2071",
                f"with rolling intake everybody's `{moment.anchor.of}` has days of its own, and this is a date for all",
                help="write for example {on: 2027-03-01}",
                place=schedule.place(*path, moment.when.value),
            )


# -- milestones --------------------------------------------------------------------------------------------------------


def milestones_have_distinct_ids(schedule: Schedule) -> Iterator[Diagnostic]:
    """A milestone has its id to itself, among the phases too, because moments name both."""
    first: dict[str, Place] = {}
    for j, phase in enumerate(schedule.program.phases):
        first.setdefault(phase.id, schedule.place("timeline", "phases", j, "id"))
    for j, milestone in enumerate(schedule.program.timeline.milestones):
        here = _milestone_place(schedule, j, "id")
        there = first.setdefault(milestone.id, here)
        if there != here:
            yield finding(
                "MC2002",
                f"`{milestone.id}` is used twice",
                help="give one of the two another id",
                place=here,
                related=(Related(message="first used here", place=there),),
            )


def milestones_follow_milestones(schedule: Schedule) -> Iterator[Diagnostic]:
    """What a milestone comes after is a milestone."""
    _, ids = _ids(schedule)
    for j, milestone in enumerate(schedule.program.timeline.milestones):
        for k, name in enumerate(milestone.after):
            if name not in ids:
                yield finding(
                    "MC2069",
                    f"there is no milestone `{name}`",
                    help=did_you_mean(name, ids) or f"milestones are {quoted_list(ids, last='and')}",
                    place=_milestone_place(schedule, j, "after", k),
                )


def milestones_have_an_order(schedule: Schedule) -> Iterator[Diagnostic]:
    """No milestone waits for itself, by what it comes after or by what its day hangs on."""
    milestones = schedule.program.timeline.milestones
    after = {m.id: m.after for m in milestones}
    hangs = {m.id: tuple(x.anchor.of for x in (m.start, m.due) if x) for m in milestones}
    for graph, words in ((after, "comes after"), (hangs, "hangs on")):
        circle = _circle(graph)
        if circle:
            j = next(i for i, m in enumerate(milestones) if m.id == circle[0])
            yield finding(
                "MC2068",
                f" {words} ".join(f"`{name}`" for name in (*circle, circle[0])),
                help="give one of them a date" if graph is hangs else "remove one of the `after` entries",
                place=_milestone_place(schedule, j, *(("after",) if graph is after else ())),
            )


def milestones_are_in_order(schedule: Schedule) -> Iterator[Diagnostic]:
    """No milestone lies before one that it comes after."""
    milestones = schedule.program.timeline.milestones
    index = {m.id: i for i, m in enumerate(milestones)}
    told: set[tuple[str, str]] = set()
    for cohort, timeline in schedule.cohorts:
        where = f"in cohort `{cohort.id}` " if len(schedule.cohorts) > 1 else ""
        for j, milestone in enumerate(milestones):
            for name in dict.fromkeys(milestone.after):
                here, there = timeline.milestone(milestone.id), timeline.milestone(name)
                if here and there and (here.id, name) not in told:
                    found = _order(schedule, (j, here), (index[name], there), where)
                    told.update((here.id, name) for _ in found)
                    yield from found


type _Placed = tuple[int, DatedMilestone]  # with the index of the milestone in the file


def _order(schedule: Schedule, later: _Placed, earlier: _Placed, where: str) -> tuple[Diagnostic, ...]:
    (j, here), (i, there) = later, earlier
    if here.start >= there.last:
        return ()
    entries = schedule.program.timeline.milestones
    is_over = here.last < there.last
    key = entries[j].written if is_over or not entries[j].start else "start"
    related = Related(message=f"`{there.id}` is here", place=_milestone_place(schedule, i, entries[i].written))
    if is_over:
        return (
            finding(
                "MC2066",
                f"{where}`{here.id}` is on {here.last}, before `{there.id}` on {there.last}, which it comes after",
                help="change one of the two dates",
                place=_milestone_place(schedule, j, key),
                related=(related,),
            ),
        )
    return (
        finding(
            "MC2067",
            f"{where}`{here.id}` begins on {here.start}, but `{there.id}`, which it comes after, is over on "
            f"{there.last}",
            help="let it begin later, or delete `after` if the two may overlap",
            place=_milestone_place(schedule, j, key),
            related=(related,),
        ),
    )


def modules_are_due_in_order(schedule: Schedule) -> Iterator[Diagnostic]:
    """No training module is due before one that it needs."""
    modules = {m.id: m for m in schedule.program.modules}
    for _, timeline in schedule.cohorts[:1]:
        for module in schedule.program.modules:
            for k, name in enumerate(module.after):
                needed = modules.get(name)
                day = timeline.day_of(module.due) if module.due else None
                other = timeline.day_of(needed.due) if needed and needed.due else None
                if day and other and day < other and name != module.id:
                    yield finding(
                        "MC2077",
                        f"`{module.id}` is due on {day}, but `{name}`, which it needs, only on {other}",
                        help=f"let `{name}` be due no later than `{module.id}`",
                        place=schedule.place("training", "modules", module.id, "after", k),
                        related=(
                            Related(
                                message=f"`{name}` is due here",
                                place=schedule.place("training", "modules", name, "due"),
                            ),
                        ),
                    )


# -- events ------------------------------------------------------------------------------------------------------------


def events_lie_in_a_cohort(schedule: Schedule) -> Iterator[Diagnostic]:
    """A date for everybody lies in a cohort, or nobody would come."""
    for event in schedule.program.events:
        days = [(timeline, timeline.day_of(event.at)) for _, timeline in schedule.cohorts]
        known = [(timeline, day) for timeline, day in days if day]
        if known and not any(timeline.runs_on(day) for timeline, day in known):
            timeline, day = known[0]
            yield finding(
                "MC2072",
                f"`{event.id}` is on {day}, outside every cohort; the first runs from {timeline.start} to "
                f"{timeline.end}",
                help="check the year, or move the event",
                place=schedule.place("events", event.id, "at"),
            )


def events_are_on_open_days(schedule: Schedule) -> Iterator[Diagnostic]:
    """An event with a day and a time is not on a day on which nobody works."""
    for event, timeline in _timed(schedule):
        day = timeline.day_of(event.at)
        if day and timeline.days.is_closed(day):
            yield finding(
                "MC2076",
                f"`{event.id}` is on {day}, which is a closed day or a holiday",
                help="move the event; without `time` the engine looks for an open day",
                place=schedule.place("events", event.id, "at"),
            )


def event_times_exist(schedule: Schedule) -> Iterator[Diagnostic]:
    """The clock shows the time of an event once on its day."""
    for event, timeline in _timed(schedule):
        day, clock, instant = timeline.day_of(event.at), event.at.clock, timeline.instant_of(event.at)
        if not day or not clock or not instant:
            continue
        kind = irregularity(day, clock, timeline.zone)
        if kind:
            held = local_time(instant, timeline.zone)
            yield finding(
                "MC2075",
                f"on {day} the clocks of {timeline.zone} "
                + (f"skip {clock:%H:%M}" if kind == "skipped" else f"show {clock:%H:%M} twice")
                + f"; `{event.id}` is held at {held:%H:%M}"
                + (", the first time" if kind == "twice" else ""),
                help="write a time that the day has once",
                place=schedule.place("events", event.id, "at", "time"),
            )


def _timed(schedule: Schedule) -> Iterator[tuple[Event, Timeline]]:
    """Each event with a clock time, with the first cohort in which it lies."""
    for event in schedule.program.events:
        for _, timeline in schedule.cohorts if event.at.clock else ():
            day = timeline.day_of(event.at)
            if day and timeline.runs_on(day):
                yield event, timeline
                break


MOMENT_CHECKS: tuple[TimelineCheck, ...] = (
    moments_exist,
    dates_for_all_hang_on_the_timeline,
    rolling_dates_are_fixed,
    milestones_have_distinct_ids,
    milestones_follow_milestones,
    milestones_have_an_order,
    milestones_are_in_order,
    modules_are_due_in_order,
    events_lie_in_a_cohort,
    events_are_on_open_days,
    event_times_exist,
)


# -- shared by the checks ----------------------------------------------------------------------------------------------


def moments_of(program: Program) -> Iterator[tuple[Moment, FieldPath]]:
    """Every moment of a program, and where it is written."""
    yield from _moments_for_all(program)
    yield from _deadlines(program)
    for check_in in program.check_ins:
        for i, moment in enumerate(check_in.at):
            yield moment, ("check_ins", check_in.id, "at", i)
    for resource in program.resources:
        yield from _where(resource.offered, ("resources", resource.id, "offered"))
    for message in program.messages:
        yield from _where(message.at, ("messages", message.id, "at"))
    for change in program.lifecycles:
        for state in change.states:
            here: FieldPath = ("lifecycle", change.kind, "states", state.id)
            yield from _where(state.deadline.at if state.deadline else None, (*here, "deadline", "at"))
            for i, reminder in enumerate(state.reminders or ()):
                yield from _where(reminder.at, (*here, "reminders", i, "at"))


def _deadlines(program: Program) -> Iterator[tuple[Moment, FieldPath]]:
    """The moments by which people have done something."""
    for i, objective in enumerate(program.purpose.objectives):
        yield from _where(objective.due, ("purpose", "objectives", i, "due"))
    for module in program.modules:
        yield from _where(module.due, ("training", "modules", module.id, "due"))
    if program.goals:
        yield from _where(program.goals.sign_by, ("goals", "sign_by"))
        for i, moment in enumerate(program.goals.review):
            yield moment, ("goals", "review", i)
    for project in program.projects:
        for i, step in enumerate(project.milestones):
            yield step.due, ("projects", project.id, "milestones", i, "due")


def _moments_for_all(program: Program) -> Iterator[tuple[Moment, FieldPath]]:
    """The moments that are the same day for everybody in a cohort."""
    for event in program.events:
        yield event.at, ("events", event.id, "at")
    for i, milestone in enumerate(program.timeline.milestones):
        yield from _milestone_moments(milestone, ("timeline", "milestones", i))


def _milestone_moments(milestone: Milestone, path: FieldPath) -> Iterator[tuple[Moment, FieldPath]]:
    yield from _where(milestone.start, (*path, "start"))
    yield from _where(milestone.due, (*path, milestone.written))


def _where(moment: Moment | None, path: FieldPath) -> Iterator[tuple[Moment, FieldPath]]:
    if moment:
        yield moment, path


def _ids(schedule: Schedule) -> tuple[list[str], list[str]]:
    """The ids of the phases and of the milestones."""
    return [p.id for p in schedule.program.phases], [m.id for m in schedule.program.timeline.milestones]


def _milestone_place(schedule: Schedule, index: int, *path: str | int) -> Place:
    return schedule.place("timeline", "milestones", index, *path)


def _circle(graph: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """One circle in who waits for whom, beginning with its least id, or nothing."""
    known = {name: sorted(other for other in others if other in graph) for name, others in sorted(graph.items())}
    try:
        TopologicalSorter(known).prepare()
    except CycleError as error:
        circle = error.args[1][1:][::-1]  # graphlib gives the way from the first to what waits for it, closed
        least = circle.index(min(circle))
        return (*circle[least:], *circle[:least])
    return ()
