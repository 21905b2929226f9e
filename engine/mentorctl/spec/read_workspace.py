"""mentorctl.yaml: from a tree that the schema has vouched for to the frozen value."""

from mentorctl.diagnostics import WORKSPACE, Diagnostic
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
from mentorctl.spec.model import Channel, Facilitator, Room, Sharing, Workspace
from mentorctl.spec.read_time import read_calendars, read_zone
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
            Room(id=key, title=r.get("title", titled(key)), seats=r["seats"])
            for key, r in tree.get("rooms", {}).items()
        ),
        facilitators=tuple(
            Facilitator(id=key, title=f.get("title", titled(key))) for key, f in tree.get("facilitators", {}).items()
        ),
        sharing=_sharing(tree.get("sharing", {})),
    )
    return workspace, tuple(found.found)


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
