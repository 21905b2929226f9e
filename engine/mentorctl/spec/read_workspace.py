"""mentorctl.yaml: from a tree that the schema has vouched for to the frozen value."""

from mentorctl.dates.week import parse_availability
from mentorctl.diagnostics import WORKSPACE, Diagnostic, FieldPath
from mentorctl.rules.fields import (
    Audience,
    BothRoles,
    Contract,
    Field,
    FieldType,
    Missing,
    Role,
    Source,
    Unlinked,
)
from mentorctl.spec.matching import Capacity
from mentorctl.spec.model import BusyFiles, Channel, Facilitator, Room, Sharing, Workspace
from mentorctl.spec.read_time import read_calendars, read_closed, read_zone
from mentorctl.spec.reading import Findings, Tree, titled


def read_workspace(tree: Tree) -> tuple[Workspace, tuple[Diagnostic, ...]]:
    """mentorctl.yaml as a value. Use it only when there are no findings."""
    found = Findings(WORKSPACE)
    name = read_zone(tree["timezone"], ("timezone",), found)
    workspace = Workspace(
        id=tree["id"],
        store=tree["store"],
        timezone=name,
        contract=_contract(tree["roster"], found),
        calendars=read_calendars(tree.get("calendars", {}), found),
        channels=tuple(
            Channel(id=key, title=c["title"], link=c.get("link", "")) for key, c in tree.get("channels", {}).items()
        ),
        rooms=tuple(
            Room(
                id=key,
                title=r.get("title", titled(key)),
                seats=r["seats"],
                hours=_hours(r, ("rooms", key), found),
                closed=read_closed(r.get("closed", ()), ("rooms", key, "closed"), found),
                zone=_zone(r, ("rooms", key), found),
            )
            for key, r in tree.get("rooms", {}).items()
        ),
        facilitators=tuple(
            Facilitator(
                id=key,
                title=f.get("title", titled(key)),
                hours=_hours(f, ("facilitators", key), found),
                away=read_closed(f.get("away", ()), ("facilitators", key, "away"), found),
                zone=_zone(f, ("facilitators", key), found),
            )
            for key, f in tree.get("facilitators", {}).items()
        ),
        busy=_busy(tree.get("calendars", {}).get("busy")),
        organizer=tree.get("calendars", {}).get("organizer", ""),
        sharing=_sharing(tree.get("sharing", {})),
    )
    return workspace, tuple(found.found)


def _hours(tree: Tree, path: FieldPath, found: Findings) -> int | None:
    """Weekly hours as a bit set; None where there are none."""
    if "hours" not in tree:
        return None
    return found.attempt("MC2009", (*path, "hours"), 0, lambda: parse_availability(tree["hours"]))


def _zone(tree: Tree, path: FieldPath, found: Findings) -> str:
    return read_zone(tree["timezone"], (*path, "timezone"), found) if "timezone" in tree else ""


def _busy(tree: Tree | None) -> BusyFiles | None:
    return None if tree is None else BusyFiles(folder=tree.get("folder", ""), field=tree.get("field", ""))


def _sharing(tree: Tree) -> Sharing:
    hours = tree.get("hours")
    return Sharing(
        order=tuple(tree.get("order", ())),
        together=tuple(tuple(programs) for programs in tree.get("together", ())),
        places=tuple((Role(role), _most(most)) for role, most in tree.get("places", {}).items() if role in set(Role)),
        hours=None if hours is None else _most(hours),
    )


def _most(tree: int | Tree) -> Capacity:
    if isinstance(tree, int):
        return Capacity(at_most=tree)
    return Capacity(at_most=tree["at_most"], field=tree["field"], missing=tree.get("missing", 1))


def _contract(tree: Tree, found: Findings) -> Contract:
    names = tree.get("name", [])
    both = tree.get("both_roles")
    return Contract(
        sources=tuple(_source(s, i, found) for i, s in enumerate(tree["sources"])),
        id_column=tree["id"],
        name_columns=(names,) if isinstance(names, str) else tuple(names),
        fields=tuple(_field(key, f) for key, f in tree["fields"].items()),
        facts=tuple(_fact(key, f) for key, f in tree.get("facts", {}).items()),
        both_roles=BothRoles(
            column=both["column"], yes=tuple(both.get("yes", ["yes"])), unlinked=Unlinked(both["unlinked"])
        )
        if both
        else None,
        by_hand=tree.get("by_hand", ""),
    )


def _source(tree: Tree, index: int, found: Findings) -> Source:
    if ("role" in tree) == ("role_column" in tree):
        found.add(
            "MC1107",
            "a source has either `role` or `role_column`",
            ("roster", "sources", index),
            help="write `role: mentor` when every row is a mentor, or `role_column: NAME` when a column says it",
        )
    return Source(
        file=tree["file"],
        role=Role(tree["role"]) if "role" in tree else None,
        role_column=tree.get("role_column", ""),
        program=tree.get("program", ""),
        cohort=tree.get("cohort", ""),
        delimiter=tree.get("delimiter", ","),
    )


def _field(key: str, tree: Tree) -> Field:
    """A sensitive field is used in matching only when the contract says so."""
    sensitive = tree.get("sensitive", False)
    return Field(
        id=key,
        type=FieldType(tree["type"]),
        column=tree.get("column", key),
        answered_by=Audience(tree.get("answered_by", "everyone")),
        required=tree.get("required", False),
        sensitive=sensitive,
        used_in_matching=tree.get("used_in_matching", not sensitive),
        scale=tuple(tree.get("scale", ())),
        options=tuple(tree.get("options", ())),
        separator=tree.get("separator", ","),
        aliases=tuple(sorted(tree.get("aliases", {}).items())),
        trim=tree.get("trim", True),
        ignore_case=tree.get("ignore_case", True),
        missing=Missing(tree.get("missing", "matches_nothing")),
    )


def _fact(key: str, tree: Tree) -> Field:
    kind = FieldType.MULTIPLE if key == "completed" else FieldType.BOOLEAN
    return Field(id=key, type=kind, column=tree.get("column", key), separator=tree.get("separator", ","))
