"""Checks of names that refer to something in the program itself or in its workspace.

Moments are checked in `spec.moment_checks`, fields in `spec.field_checks` and `spec.condition_checks`, and words for
people in `spec.audience_checks`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator

from mentorctl.diagnostics import Diagnostic, FieldPath, Related, did_you_mean, finding, quoted_list
from mentorctl.spec.model import Program, Workspace
from mentorctl.spec.rule_paths import all_hard_rules, at
from mentorctl.values import dataclass

type ProgramCheck = Callable[[Program, Workspace], Iterable[Diagnostic]]


# -- inside the program ------------------------------------------------------------------------------------------------


def ids_in_lists_are_distinct(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Whatever has an id in a list has it for itself."""
    for names, path in _lists(program):
        first: dict[str, int] = {}
        for j, name in enumerate(names):
            i = first.setdefault(name, j)
            if i != j:
                yield finding(
                    "MC2002",
                    f"`{name}` is used twice",
                    place=at(program, (*path, j, "id")),
                    related=(Related(message="first used here", place=at(program, (*path, i, "id"))),),
                )


def _lists(program: Program) -> Iterator[tuple[list[str], FieldPath]]:
    """The ids of every list with ids, beside phases, milestones of the timeline and matching rules."""
    matching = program.matching
    yield [o.id for o in program.purpose.objectives], ("purpose", "objectives")
    yield [need.id for need in matching.needs], ("matching", "needs")
    yield [rule.id for rule in matching.pool], ("matching", "pool")
    yield [round_.id for round_ in matching.process.rounds], ("matching", "process", "rounds")
    yield [reaction.id for reaction in program.automation], ("automation",)
    if program.goals:
        yield [template.id for template in program.goals.templates], ("goals", "templates")
    for project in program.projects:
        yield [step.id for step in project.milestones], ("projects", project.id, "milestones")


def agendas_exist(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Meetings follow agendas that are written, where any is; else their names are free words."""
    known = [agenda.id for agenda in program.agendas]
    for i, name in enumerate(program.meetings.agendas if known and program.meetings else ()):
        yield from _missing(program, "agenda", name, known, ("meetings", "agendas", i))


def forms_exist(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """A check-in names one of the program's forms."""
    known = [form.id for form in program.forms]
    for check_in in program.check_ins:
        if check_in.form:
            yield from _missing(program, "form", check_in.form, known, ("check_ins", check_in.id, "form"))


def questions_exist(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Check-ins and forms ask questions that are written, where any is."""
    known = [question.id for question in program.questions]
    for name, path in asked(program) if known else ():
        yield from _missing(program, "question", name, known, path)


def asked(program: Program) -> Iterator[tuple[str, FieldPath]]:
    """Each question that is named, and where."""
    for form in program.forms:
        for i, name in enumerate(form.questions):
            yield name, ("forms", form.id, "questions", i)
    for check_in in program.check_ins:
        for i, name in enumerate(() if check_in.form else check_in.asks):
            yield name, ("check_ins", check_in.id, "asks", i)


def reactions_have_what_they_need(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Automation sends messages and assigns modules of the program."""
    messages = [message.id for message in program.messages]
    modules = [module.id for module in program.modules]
    for i, reaction in enumerate(program.automation):
        if reaction.message:
            yield from _missing(program, "message", reaction.message, messages, ("automation", i, "message"))
        if reaction.module:
            yield from _missing(program, "module", reaction.module, modules, ("automation", i, "module"))


def relaxed_rules_exist(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Only hard rules can be relaxed: those of the program, of its model, and those that other keys stand for."""
    known = [rule.id for rule, _ in all_hard_rules(program)]
    soft = {rule.id: i for i, rule in enumerate(program.matching.prefer)}
    for i, name in enumerate(program.matching.relax):
        path: FieldPath = ("matching", "relax", i)
        if name in soft and name not in known:
            yield finding(
                "MC2080",
                f"`{name}` is a soft rule, which keeps nobody from a match",
                help="remove it from `relax`",
                place=at(program, path),
                related=(Related(message=f"`{name}` is here", place=at(program, ("matching", "prefer", soft[name]))),),
            )
        else:
            yield from _missing(program, "hard rule", name, known, path)


# -- in the workspace --------------------------------------------------------------------------------------------------


def channels_exist(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """People meet by channels that the workspace lists, where it lists any."""
    known = [channel.id for channel in workspace.channels]
    if known and program.meetings and program.meetings.channel:
        yield from _missing(program, "channel", program.meetings.channel, known, ("meetings", "channel"))
    if known and program.model.tool:
        yield from _missing(program, "channel", program.model.tool, known, ("model", "tool"))


def facilitators_exist(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """Training and events are led by facilitators that the workspace lists, where it lists any."""
    known = [facilitator.id for facilitator in workspace.facilitators]
    for session in _sessions(program) if known else ():
        if session.facilitator:
            path = (*session.path, "facilitator")
            yield from _missing(program, "facilitator", session.facilitator, known, path)


def rooms_exist(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """Training and events are in rooms that the workspace lists, where it lists any, and that are large enough."""
    seats = {room.id: room.seats for room in workspace.rooms}
    for session in _sessions(program) if seats else ():
        if session.room:
            yield from _missing(program, "room", session.room, seats, (*session.path, "room"))
        if session.room in seats and session.people > seats[session.room]:
            yield finding(
                "MC2086",
                f"`{session.path[-1]}` is for up to {session.people} people, "
                f"but the room `{session.room}` has {seats[session.room]} seats",
                help="lower the number, or take a larger room",
                place=at(program, (*session.path, session.key)),
                related=(Related(message="the room is chosen here", place=at(program, (*session.path, "room"))),),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    """What people come to; `key` says how many at most, 0 where it is open."""

    path: FieldPath
    facilitator: str
    room: str
    people: int
    key: str


def _sessions(program: Program) -> Iterator[_Session]:
    for module in program.modules:
        yield _Session(
            path=("training", "modules", module.id),
            facilitator=module.facilitator,
            room=module.room,
            people=module.seats,
            key="seats",
        )
    for event in program.events:
        yield _Session(
            path=("events", event.id),
            facilitator=event.facilitator,
            room=event.room,
            people=event.size.at_most if event.size else 0,
            key="size",
        )


REFERENCE_CHECKS: tuple[ProgramCheck, ...] = (
    ids_in_lists_are_distinct,
    agendas_exist,
    forms_exist,
    questions_exist,
    reactions_have_what_they_need,
    relaxed_rules_exist,
    channels_exist,
    facilitators_exist,
    rooms_exist,
)


def _missing(program: Program, noun: str, name: str, known: Collection[str], path: FieldPath) -> Iterator[Diagnostic]:
    """A finding when a name is not among those that are known."""
    if name not in known:
        yield finding(
            "MC2080",
            f"there is no {noun} `{name}`",
            help=did_you_mean(name, known) or _choice(noun, known),
            place=at(program, path),
        )


def _choice(noun: str, known: Collection[str]) -> str:
    if not known:
        return f"there is no {noun} yet; write one first"
    return f"there {'is' if len(known) == 1 else 'are'} {quoted_list(known, last='and')}"
