"""Named checks of the files alone: what a schema cannot say. Each is a small function; `CHECKS` is the list.

A new check is a function here, a kind in the catalog, and a passing and a failing file under tests/schemas.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter

from mentorctl.dates.durations import later
from mentorctl.dates.timeline import DatedPhase, Edge, Moment, dated
from mentorctl.diagnostics import Diagnostic, FieldPath, Place, Related, did_you_mean, finding, quoted_list
from mentorctl.rules.fields import Audience, Role
from mentorctl.spec.model import Capacity, MentorType, ModelType, Module, Program, Workspace
from mentorctl.spec.rule_checks import RULE_CHECKS

_FITTING_MENTORS = {
    ModelType.ONE_ON_ONE: (MentorType.CAREER, MentorType.PEER, MentorType.LIFE),
    ModelType.REVERSE: (MentorType.REVERSE_CAREER,),
}
_EVENTS = ("enrollment.matched", "match.proposed", "match.accepted", "match.completed", "session.held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One program in its workspace, with the model's default rules in place."""

    program: Program
    workspace: Workspace

    def place(self, *path: str | int, on_key: bool = False) -> Place:
        return Place(document=self.program.id, path=path, on_key=on_key)


type Check = Callable[[Subject], Iterable[Diagnostic]]


def check_program(program: Program, workspace: Workspace) -> tuple[Diagnostic, ...]:
    """Run every check over one program."""
    subject = Subject(program=program, workspace=workspace)
    rule_findings = (f for check in RULE_CHECKS for f in check(program, workspace.contract))
    return (*(f for check in CHECKS for f in check(subject)), *rule_findings)


# -- structure ---------------------------------------------------------------------------------------------------------


def phases_have_distinct_ids(subject: Subject) -> Iterator[Diagnostic]:
    """Two phases of one name make every moment ambiguous."""
    yield from _repeated(subject, [p.id for p in subject.program.phases], ("timeline", "phases"))


def objectives_have_distinct_ids(subject: Subject) -> Iterator[Diagnostic]:
    """Two objectives of one id could not be told apart in a report."""
    yield from _repeated(subject, [o.id for o in subject.program.purpose.objectives], ("purpose", "objectives"))


def phases_exist(subject: Subject) -> Iterator[Diagnostic]:
    """Matching needs its phase, and meetings an active phase after it."""
    ids = [p.id for p in subject.program.phases]
    if "matching" not in ids:
        yield finding(
            "MC2014",
            "matches are proposed in a phase called `matching`",
            help="add it to the phases",
            place=subject.place("timeline", "phases", on_key=True),
        )
    if subject.program.meetings and "active" not in ids:
        yield finding(
            "MC2014",
            "pairs meet in a phase called `active`",
            help="add it to the phases",
            place=subject.place("timeline", "phases", on_key=True),
        )
    if "matching" in ids and "active" in ids and ids.index("active") < ids.index("matching"):
        yield finding(
            "MC2014",
            "the `active` phase comes before `matching`",
            help="put it after the matching phase",
            place=subject.place("timeline", "phases", ids.index("active")),
        )


def phases_are_in_order(subject: Subject) -> Iterator[Diagnostic]:
    """Nobody is matched while people still enroll or train."""
    for cohort in subject.program.cohorts:
        timeline = dated(subject.program.phases, cohort.start)
        matching = timeline.phase("matching")
        for earlier in ("enrolling", "training"):
            phase = timeline.phase(earlier)
            if matching and phase and phase.end >= matching.start:
                yield finding(
                    "MC2109",
                    f"in cohort `{cohort.id}` `{earlier}` ends on {phase.end}, matching begins on {matching.start}",
                    place=_phase_place(subject, "matching"),
                    related=(Related(message=f"`{earlier}` is here", place=_phase_place(subject, earlier)),),
                )
                return


def moments_exist(subject: Subject) -> Iterator[Diagnostic]:
    """Every moment hangs on a phase of the timeline or on a known event."""
    phases = [p.id for p in subject.program.phases]
    edges = [e.value for e in Edge]
    for moment, path in _moments(subject.program):
        anchor = str(moment.anchor)
        if anchor in _EVENTS or (moment.anchor.of in phases and moment.anchor.edge in edges):
            continue
        allowed = [f"{phase}.{edge}" for phase in phases for edge in edges]
        yield finding(
            "MC2006",
            f"`{anchor}` is neither an edge of a phase nor a known event",
            help=did_you_mean(anchor, (*allowed, *_EVENTS))
            or f"phases are {quoted_list(phases, last='and')}; events are {quoted_list(_EVENTS, last='and')}",
            place=subject.place(*path),
        )


def events_hang_on_phases(subject: Subject) -> Iterator[Diagnostic]:
    """A date for everyone cannot wait for one person's match."""
    phases = {p.id for p in subject.program.phases}
    for event in subject.program.events:
        if str(event.at.anchor) in _EVENTS and event.at.anchor.of not in phases:
            yield finding(
                "MC2006",
                f"`{event.at.anchor}` happens to one person at a time",
                help="an event hangs on a phase, for example active.start",
                place=subject.place("events", event.id, "at"),
            )


def mentors_fit_the_model(subject: Subject) -> Iterator[Diagnostic]:
    """Reverse mentoring is done by reverse-career mentors, and only there."""
    model = subject.program.model
    fitting = _FITTING_MENTORS[model.type]
    if model.mentors not in fitting:
        yield finding(
            "MC2012",
            f"`{model.type}` does not go with `{model.mentors}` mentors",
            help=f"write {quoted_list(fitting)}",
            place=subject.place("model", "mentors"),
            related=(Related(message="the model is chosen here", place=subject.place("model", "type")),),
        )


def meetings_fit_the_active_phase(subject: Subject) -> Iterator[Diagnostic]:
    """The cadence must leave room for the number of meetings."""
    meetings = subject.program.meetings
    if not meetings or not meetings.every:
        return
    for cohort in subject.program.cohorts:
        active = dated(subject.program.phases, cohort.start).phase("active")
        if not active:
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
                place=subject.place("meetings", "at_least"),
                related=(Related(message="the active phase is here", place=_phase_place(subject, "active")),),
            )
            return


# -- training and gates ------------------------------------------------------------------------------------------------


def prerequisites_are_offered(subject: Subject) -> Iterator[Diagnostic]:
    """A prerequisite exists and is offered to everyone who needs it."""
    modules = {m.id: m for m in subject.program.modules}
    for module in subject.program.modules:
        for i, needed in enumerate(module.after):
            place = subject.place("training", "modules", module.id, "after", i)
            if needed not in modules:
                yield finding(
                    "MC2007", f"there is no module `{needed}`", place=place, help=did_you_mean(needed, modules)
                )
            elif not _covers(modules[needed].audience, module.audience):
                yield finding(
                    "MC2007",
                    f"`{needed}` is for {modules[needed].audience}, but `{module.id}` is for {module.audience}",
                    place=place,
                    help=f"offer `{needed}` to both, or split `{module.id}`",
                    related=(
                        Related(
                            message=f"`{needed}` is here",
                            place=subject.place("training", "modules", needed, on_key=True),
                        ),
                    ),
                )


def prerequisites_end(subject: Subject) -> Iterator[Diagnostic]:
    """No circle of modules that wait for each other."""
    modules = {m.id: m for m in subject.program.modules}
    circle = _circle(modules)
    if circle:
        yield finding(
            "MC2008",
            " needs ".join(f"`{name}`" for name in (*circle, circle[0])),
            help="remove one of the `after` lines",
            place=subject.place("training", "modules", circle[0], "after"),
        )


def gates_have_facts(subject: Subject) -> Iterator[Diagnostic]:
    """Whatever opens a gate is collected somewhere."""
    contract, program = subject.workspace.contract, subject.program
    required = next((m for m in program.modules if m.required), None)
    if required and not contract.fact("completed"):
        yield finding(
            "MC2011",
            f"`{required.id}` is required, but nothing says who has completed it",
            help="add `facts: {completed: {column: …}}` under `roster` in mentorctl.yaml",
            place=subject.place("training", "modules", required.id, "required"),
        )
    for role, eligible in ((Role.MENTOR, program.mentor), (Role.MENTEE, program.mentee)):
        if eligible.approval and not contract.fact("approved"):
            yield finding(
                "MC2011",
                f"a {role} needs the approval of the {eligible.approval}, but nothing says who was approved",
                help="add `facts: {approved: {column: …}}` under `roster` in mentorctl.yaml",
                place=subject.place("eligibility", role.value, "approval"),
            )


def capacity_fields_are_numbers(subject: Subject) -> Iterator[Diagnostic]:
    """Capacity from the roster is read from a number field."""
    matching = subject.program.matching
    for role, capacity in (("mentor", matching.mentor_capacity), ("mentee", matching.mentee_capacity)):
        yield from _capacity_field(subject, role, capacity)


# -- what makes programs fail ------------------------------------------------------------------------------------------


def purpose_is_measurable(subject: Subject) -> Iterator[Diagnostic]:
    """At least one measurable objective."""
    if not subject.program.purpose.objectives:
        yield finding(
            "MC2101",
            "`purpose.objectives` is empty",
            help="add for example {id: promotion, measure: promotions, baseline: 12%, target: 18%}",
            place=subject.place("purpose", on_key=True),
        )


def sponsor_is_named(subject: Subject) -> Iterator[Diagnostic]:
    """An executive sponsor stands behind the program."""
    if subject.program.sponsor is None:
        yield finding(
            "MC2102",
            "the program has no `sponsor`",
            help="add for example `sponsor: {role: Chief People Officer}`",
            place=subject.place("id"),
        )


def both_roles_are_trained(subject: Subject) -> Iterator[Diagnostic]:
    """Each role is offered some training."""
    for role in Role:
        if not any(m.audience.includes(role) for m in subject.program.modules):
            yield finding(
                "MC2103",
                f"no module is for {role}s",
                help="add one under `training.modules`",
                place=subject.place("training", on_key=True),
            )


def training_is_due_before_matching(subject: Subject) -> Iterator[Diagnostic]:
    """Required training is done before people meet."""
    for cohort in subject.program.cohorts[:1]:
        timeline = dated(subject.program.phases, cohort.start)
        matching = timeline.phase("matching")
        for module in subject.program.modules:
            day = timeline.day_of(module.due) if module.due else None
            if matching and day and module.required and day > matching.end:
                yield finding(
                    "MC2104",
                    f"`{module.id}` is due on {day}, after matching ends on {matching.end}",
                    help="write `due: {before: matching.start, by: 3d}`",
                    place=subject.place("training", "modules", module.id, "due"),
                )


def check_in_comes_early(subject: Subject) -> Iterator[Diagnostic]:
    """Someone asks how it goes before a third of the active phase is over."""
    for cohort in subject.program.cohorts[:1]:
        timeline = dated(subject.program.phases, cohort.start)
        active = timeline.phase("active")
        if active and not any(
            _is_early(m, active, timeline.day_of(m)) for c in subject.program.check_ins for m in c.at
        ):
            yield finding(
                "MC2105",
                "no check-in is asked in the first third of the active phase",
                help="add for example `pulse: {at: [{after: match.accepted, by: 30d}], asks: [satisfaction]}`",
                place=subject.place("check_ins", on_key=True),
            )


def meetings_have_a_cadence(subject: Subject) -> Iterator[Diagnostic]:
    """Pairs get a rhythm."""
    if subject.program.meetings and subject.program.meetings.every is None:
        yield finding(
            "MC2106",
            "`meetings.every` is not given",
            help="add for example `every: 2w`",
            place=subject.place("meetings", on_key=True),
        )


CHECKS: tuple[Check, ...] = (
    phases_have_distinct_ids,
    objectives_have_distinct_ids,
    phases_exist,
    phases_are_in_order,
    moments_exist,
    events_hang_on_phases,
    mentors_fit_the_model,
    meetings_fit_the_active_phase,
    prerequisites_are_offered,
    prerequisites_end,
    gates_have_facts,
    capacity_fields_are_numbers,
    purpose_is_measurable,
    sponsor_is_named,
    both_roles_are_trained,
    training_is_due_before_matching,
    check_in_comes_early,
    meetings_have_a_cadence,
)


# -- shared by the checks ----------------------------------------------------------------------------------------------


def _repeated(subject: Subject, ids: list[str], path: FieldPath) -> Iterator[Diagnostic]:
    first: dict[str, int] = {}
    for j, name in enumerate(ids):
        i = first.setdefault(name, j)
        if i != j:
            yield finding(
                "MC2002",
                f"`{name}` is used twice",
                place=subject.place(*path, j, "id"),
                related=(Related(message="first used here", place=subject.place(*path, i, "id")),),
            )


def _phase_place(subject: Subject, name: str) -> Place:
    index = next(i for i, p in enumerate(subject.program.phases) if p.id == name)
    return subject.place("timeline", "phases", index)


def _moments(program: Program) -> Iterator[tuple[Moment, FieldPath]]:
    for i, objective in enumerate(program.purpose.objectives):
        if objective.due:
            yield objective.due, ("purpose", "objectives", i, "due")
    for module in program.modules:
        if module.due:
            yield module.due, ("training", "modules", module.id, "due")
    for event in program.events:
        yield event.at, ("events", event.id, "at")
    for check_in in program.check_ins:
        for i, moment in enumerate(check_in.at):
            yield moment, ("check_ins", check_in.id, "at", i)


def _covers(offered: Audience, needed: Audience) -> bool:
    return all(offered.includes(role) for role in Role if needed.includes(role))


def _circle(modules: dict[str, Module]) -> tuple[str, ...]:
    """One circle of prerequisites, beginning with its least id, or nothing."""
    graph = {name: sorted(n for n in module.after if n in modules) for name, module in sorted(modules.items())}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1][1:][::-1]  # graphlib gives the way from prerequisite to dependent, closed
        least = circle.index(min(circle))
        return (*circle[least:], *circle[:least])
    return ()


def _capacity_field(subject: Subject, role: str, capacity: Capacity) -> Iterator[Diagnostic]:
    if not capacity.field:
        return
    place = subject.place("matching", "capacity", role, "max", "field")
    field = subject.workspace.contract.field(capacity.field)
    if field is None:
        yield finding(
            "MC2003",
            f"there is no field `{capacity.field}`",
            place=place,
            help=did_you_mean(capacity.field, (f.id for f in subject.workspace.contract.fields)),
        )
    elif field.type.value != "number":
        yield finding("MC2004", f"`{field.id}` is a {field.type} field", place=place, help="use a number field")


def _is_early(moment: Moment, active: DatedPhase, day: date | None) -> bool:
    third = active.start + timedelta(days=(active.end - active.start).days // 3)
    if day is None:  # hangs on an event such as match.accepted, which is before the active phase or at its start
        return later(active.start, moment.by) <= third
    return active.start <= day <= third
