"""Checks of mentorctl.yaml beside the programs: what the roster contract says about them and about itself."""

from collections.abc import Iterator

from mentorctl.diagnostics import WORKSPACE, Diagnostic, FieldPath, Place, did_you_mean, finding, quoted_list
from mentorctl.spec.model import Program, Workspace
from mentorctl.spec.rename_checks import check_former_programs, check_retirements
from mentorctl.spec.sharing_checks import check_sharing
from mentorctl.spec.timeline_checks import check_calendars


def check_workspace(
    programs: tuple[Program, ...], workspace: Workspace, *, unread: frozenset[str] = frozenset()
) -> Iterator[Diagnostic]:
    """What concerns all programs together; `unread` are the ids of programs that could not be read."""
    yield from _sources(programs, workspace, unread)
    yield from _roles(programs, workspace, unread)
    yield from check_sharing(programs, workspace, unread)
    yield from check_former_programs(programs)
    yield from check_retirements(programs, unread)
    yield from _fields(workspace)
    yield from check_calendars(workspace)


def _sources(programs: tuple[Program, ...], workspace: Workspace, unread: frozenset[str]) -> Iterator[Diagnostic]:
    """The programs and cohorts that roster sources name exist."""
    known = {program.id: {cohort.id for cohort in program.cohorts} for program in programs}
    for i, source in enumerate(workspace.contract.sources):
        path: FieldPath = ("roster", "sources", i)
        if source.program in unread or (unread and not source.program):
            continue
        if source.program and source.program not in known:
            yield finding(
                "MC2018",
                f"there is no program `{source.program}`",
                help=did_you_mean(source.program, known),
                place=Place(document=WORKSPACE, path=(*path, "program")),
            )
            continue
        cohorts = known[source.program] if source.program else set().union(*known.values())
        if source.cohort and source.cohort not in cohorts:
            yield finding(
                "MC2018",
                f"there is no cohort `{source.cohort}`",
                help=did_you_mean(source.cohort, cohorts),
                place=Place(document=WORKSPACE, path=(*path, "cohort")),
            )


def _roles(programs: tuple[Program, ...], workspace: Workspace, unread: frozenset[str]) -> Iterator[Diagnostic]:
    """Each file of the roster is for a role that people take in some program."""
    for i, source in enumerate(workspace.contract.sources):
        fed = [program for program in programs if source.program in ("", program.id)]
        if source.role is None or unread or not fed or any(source.role in program.roles for program in fed):
            continue
        has = quoted_list(dict.fromkeys(role for program in fed for role in program.roles), last="and")
        yield finding(
            "MC2087",
            f"the rows are for {source.role}s, but "
            + (f"`{source.program}` has" if source.program else "programs have")
            + f" the roles {has} only",
            help="correct the role, or remove the file from the list",
            place=Place(document=WORKSPACE, path=("roster", "sources", i, "role")),
        )


def _fields(workspace: Workspace) -> Iterator[Diagnostic]:
    """The values of a field are distinct, and aliases stand for one of them."""
    for field in workspace.contract.fields:
        allowed = field.scale or field.options
        for value in _written_twice(allowed):
            yield finding(
                "MC1109",
                f"`{value}` is in the list twice; upper and lower case count as the same",
                help="remove one",
                place=Place(
                    document=WORKSPACE, path=("roster", "fields", field.id, "scale" if field.scale else "options")
                ),
            )
        for alias, meant in field.aliases:
            if allowed and meant.casefold() not in {value.casefold() for value in allowed}:
                yield finding(
                    "MC2005",
                    f"`{alias}` stands for `{meant}`, which is not one of {quoted_list(allowed)}",
                    help=did_you_mean(meant, allowed),
                    place=Place(document=WORKSPACE, path=("roster", "fields", field.id, "aliases", alias)),
                )


def _written_twice(values: tuple[str, ...]) -> Iterator[str]:
    seen: set[str] = set()
    for value in values:
        if value.casefold() in seen:
            yield value
        seen.add(value.casefold())
