"""Checks of what programs share: places and hours of people, the order in which they are matched, and together."""

from collections.abc import Iterator

from mentorctl.diagnostics import (
    WORKSPACE,
    Diagnostic,
    FieldPath,
    Place,
    Related,
    did_you_mean,
    finding,
    quoted_list,
)
from mentorctl.rules.fields import FieldType, Role
from mentorctl.spec.matching import Capacity, ObjectiveTerm, Stability
from mentorctl.spec.model import ModelType, Program, Workspace

_SHARING: FieldPath = ("sharing",)
_JOINABLE = (ModelType.ONE_ON_ONE, ModelType.REVERSE, ModelType.VIRTUAL)


def check_sharing(programs: tuple[Program, ...], workspace: Workspace, unread: frozenset[str]) -> Iterator[Diagnostic]:
    """What concerns several programs; `unread` are the ids of programs that could not be read."""
    yield from _shared_capacity(programs, unread)
    yield from _names(programs, workspace, unread)
    yield from _together(programs, workspace)
    for path, capacity, role in _capacities(workspace):
        yield from _field(workspace, path, capacity, role)


def sharing_with(program: Program, programs: tuple[Program, ...]) -> frozenset[str]:
    """The other programs whose matches count against the same places: it is enough that one of two says so."""
    own = set(program.matching.share_capacity)
    others = (p.id for p in programs if p.id in own or program.id in p.matching.share_capacity)
    return frozenset(name for name in others if name != program.id)


def _shared_capacity(programs: tuple[Program, ...], unread: frozenset[str]) -> Iterator[Diagnostic]:
    """Places are shared with other programs of the workspace."""
    known = {program.id for program in programs}
    for program in programs:
        others = known - {program.id}
        for i, name in enumerate(program.matching.share_capacity):
            if name in others or name in unread:
                continue
            yield finding(
                "MC2080",
                f"`{name}` is this program itself" if name == program.id else f"there is no program `{name}`",
                help=did_you_mean(name, others) or "name other programs of the workspace",
                place=Place(document=program.id, path=("matching", "share_capacity", i)),
            )


def _names(programs: tuple[Program, ...], workspace: Workspace, unread: frozenset[str]) -> Iterator[Diagnostic]:
    """The order and the rows of `together` name programs, each row others."""
    known = {program.id for program in programs}
    places: list[tuple[str, FieldPath]] = [
        (name, (*_SHARING, "order", i)) for i, name in enumerate(workspace.sharing.order)
    ]
    rows = [
        (name, (*_SHARING, "together", row, i))
        for row, names in enumerate(workspace.sharing.together)
        for i, name in enumerate(names)
    ]
    for name, path in (*places, *rows):
        if name not in known and name not in unread:
            yield finding(
                "MC2080",
                f"there is no program `{name}`",
                help=did_you_mean(name, known),
                place=Place(document=WORKSPACE, path=path),
            )
    first: dict[str, FieldPath] = {}
    for name, path in rows:
        if name in first:
            yield finding(
                "MC2002",
                f"`{name}` is in two rows of `together`",
                help="write one row for all of them",
                place=Place(document=WORKSPACE, path=path),
                related=(Related(message="first named here", place=Place(document=WORKSPACE, path=first[name])),),
            )
        first.setdefault(name, path)


def _together(programs: tuple[Program, ...], workspace: Workspace) -> Iterator[Diagnostic]:
    """Programs of one row can be one problem."""
    known = {program.id: program for program in programs}
    for row, names in enumerate(workspace.sharing.together):
        here = [known[name] for name in names if name in known]
        for program in here:
            why, path = _unfit(program, here[0])
            if why:
                yield finding(
                    "MC2098",
                    f"`{program.id}` {why}",
                    help="change it, or take it out of the row",
                    place=Place(document=WORKSPACE, path=(*_SHARING, "together", row, names.index(program.id))),
                    related=(Related(message="this is why", place=Place(document=program.id, path=path)),),
                )
        if len(here) > 1 and not _share_something(here, programs, workspace):
            yield finding(
                "MC2098",
                f"{quoted_list([p.id for p in here], last='and')} share neither places nor hours",
                help="write `places` or `hours` under `sharing`, or `share_capacity` in one of them",
                place=Place(document=WORKSPACE, path=(*_SHARING, "together", row)),
            )


def _unfit(program: Program, first: Program) -> tuple[str, FieldPath]:
    """Why a program cannot be matched with the first of its row, and where that is written."""
    matching = program.matching
    if program.model.type not in _JOINABLE:
        return f"has the model `{program.model.type}`, which does not make single pairs", ("model", "type")
    if matching.pool:
        return "has rules for the whole pool", ("matching", "pool")
    if matching.stability is Stability.STABLE:
        return "asks for stable matches", ("matching", "stability")
    if ObjectiveTerm.LEXIMIN in matching.objective:
        return "compares mentees by their one match, and together they may have several", ("matching", "objective")
    if matching.aims != first.matching.aims:
        return f"has another objective than `{first.id}`", ("matching", "objective")
    return "", ()


def _share_something(here: list[Program], programs: tuple[Program, ...], workspace: Workspace) -> bool:
    names = {program.id for program in here}
    sharing = workspace.sharing
    return bool(sharing.places or sharing.hours) or any(names & sharing_with(p, programs) for p in here)


def _capacities(workspace: Workspace) -> Iterator[tuple[FieldPath, Capacity, Role | None]]:
    for role, capacity in workspace.sharing.places:
        yield (*_SHARING, "places", role.value), capacity, role
    if workspace.sharing.hours:
        yield (*_SHARING, "hours"), workspace.sharing.hours, None


def _field(workspace: Workspace, path: FieldPath, capacity: Capacity, role: Role | None) -> Iterator[Diagnostic]:
    """A number field that those answer whom it is about."""
    if not capacity.field:
        return
    place = Place(document=WORKSPACE, path=(*path, "field"))
    field = workspace.contract.field(capacity.field)
    if field is None:
        names = [known.id for known in workspace.contract.fields]
        yield finding(
            "MC2003", f"there is no field `{capacity.field}`", help=did_you_mean(capacity.field, names), place=place
        )
    elif field.type is not FieldType.NUMBER:
        yield finding("MC2004", f"`{field.id}` is a {field.type} field; this needs a number field", place=place)
    elif role and not field.answered_by.includes(role):
        yield finding(
            "MC2004",
            f"`{field.id}` is answered by {field.answered_by}s only, but read for every {role}",
            help=f"let {role}s answer `{field.id}`",
            place=place,
        )
