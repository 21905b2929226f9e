"""Checks of `was:` and `retire:`: a former id means one thing, and nobody is sent where nothing is."""

from collections.abc import Iterable, Iterator

from mentorctl.diagnostics import Diagnostic, Place, Related, did_you_mean, finding
from mentorctl.spec.model import ModelType, Program, Workspace
from mentorctl.spec.renames import Former, Named
from mentorctl.spec.rule_paths import at


def former_ids_mean_one_thing(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """A former id is no id any more, and only one thing had it."""
    present = dict[Named, set[str]]()
    for kind, name in ids_in_use(program):
        present.setdefault(kind, set()).add(name)
    first: dict[tuple[Named, str], Former] = {}
    for former in program.former:
        place = at(program, former.path)
        if former.kind is not Named.PROGRAM and former.old in present.get(former.kind, ()):
            yield _in_use(former, place)
            continue
        earlier = first.setdefault((former.kind, former.old), former)
        if earlier.new != former.new:
            yield finding(
                "MC2120",
                f"`{former.new}` and `{earlier.new}` both say that they were the {former.kind} `{former.old}`",
                help="leave it where the people, dates and records of the old one belong",
                place=place,
                related=(Related(message="said first here", place=at(program, earlier.path)),),
            )


def ids_in_use(program: Program) -> Iterator[tuple[Named, str]]:
    """The ids of a program that the state may hold."""
    yield from ((Named.COHORT, cohort.id) for cohort in program.cohorts)
    yield from ((Named.PHASE, phase.id) for phase in program.phases)
    yield from ((Named.MODULE, module.id) for module in program.modules)
    yield from ((Named.EVENT, event.id) for event in program.events)
    yield from ((Named.CHECK_IN, check_in.id) for check_in in program.check_ins)
    yield from ((Named.NEED, need.id) for need in program.matching.needs)
    yield from ((Named.PROJECT, project.id) for project in program.projects)
    yield from ((Named.RULE, rule.id) for rule in (*program.matching.require, *program.matching.prefer))


def check_former_programs(programs: tuple[Program, ...]) -> Iterator[Diagnostic]:
    """The same for programs, which are in files of their own; and where people of retired ones go."""
    ids = {program.id for program in programs}
    first: dict[str, tuple[Program, Former]] = {}
    for program in programs:
        for former in (one for one in program.former if one.kind is Named.PROGRAM):
            place = at(program, former.path)
            if former.old in ids:
                yield _in_use(former, place)
                continue
            earlier, said = first.setdefault(former.old, (program, former))
            if earlier.id != program.id:
                yield finding(
                    "MC2120",
                    f"`{program.id}` and `{earlier.id}` both say that they were the program `{former.old}`",
                    help="leave it where the people of the old program belong",
                    place=place,
                    related=(Related(message="said first here", place=at(earlier, said.path)),),
                )


def check_retirements(programs: Iterable[Program], unread: frozenset[str] = frozenset()) -> Iterator[Diagnostic]:
    """People of a retired program are sent to another one that goes on, and has their roles."""
    by_id = {program.id: program for program in programs}
    for program in by_id.values():
        leaving = program.retirement
        if leaving is None or not leaving.to or leaving.to in unread:
            continue
        place = at(program, ("retire", "to"))
        target = by_id.get(leaving.to)
        if target is None:
            yield finding(
                "MC2121",
                f"there is no program `{leaving.to}`",
                help=did_you_mean(leaving.to, set(by_id) - {program.id}),
                place=place,
            )
        elif target is program or target.retirement is not None:
            what = "is this program itself" if target is program else "is retired too"
            yield finding(
                "MC2121", f"`{leaving.to}` {what}", help="name a program that goes on, or let them finish", place=place
            )
        elif (target.model.type is ModelType.PEER) != (program.model.type is ModelType.PEER):
            yield finding(
                "MC2121",
                f"people are {_roles(program)} here, and {_roles(target)} in `{target.id}`",
                help="name a program with the same roles, or let them finish",
                place=place,
            )


def _roles(program: Program) -> str:
    return " and ".join(f"{role}s" for role in program.roles)


def _in_use(former: Former, place: Place) -> Diagnostic:
    own = former.old == former.new
    return finding(
        "MC2120",
        f"`{former.old}` is {'its present id' if own else f'still the id of another {former.kind}'}",
        help="remove it from the list" if own else "give one of the two another id; a former id is taken by none",
        place=place,
    )
