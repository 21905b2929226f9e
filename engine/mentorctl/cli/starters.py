"""What `init` and `new` write: a commented program for each mentoring model, and a workspace with invented people."""

import csv
import io
from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta

from mentorctl import resources
from mentorctl.cli.shell import day_of
from mentorctl.pipeline import load
from mentorctl.render.templates import filled
from mentorctl.rules.fields import Contract, FieldType, Role
from mentorctl.rules.fields import Field as RosterField
from mentorctl.spec.layout import laid_out
from mentorctl.spec.scalars import scalar
from mentorctl.spec.source import read_source
from mentorctl.values import dataclass

_BEFORE_MATCHING = timedelta(weeks=4)
_FILES = {"mentor": "mentors.csv", "mentee": "mentees.csv", "peer": "people.csv"}
_SENIOR, _JUNIOR, _BOTH = "senior", "junior", "both"
_SIDES = {"mentor": _SENIOR, "mentee": _JUNIOR}
_REVERSED = {"mentor": _JUNIOR, "mentee": _SENIOR}
_TYPES = {  # the fields that the programs use, and what their rules take them for
    "department": FieldType.SINGLE,
    "level": FieldType.LEVEL,
    "availability": FieldType.AVAILABILITY,
    "timezone": FieldType.TIMEZONE,
    "team": FieldType.SINGLE,
    "offers": FieldType.MULTIPLE,
    "wants": FieldType.MULTIPLE,
    "topics": FieldType.MULTIPLE,
    "skills": FieldType.MULTIPLE,
    "wishes": FieldType.TEXT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProgram:
    """The text of a new program, the fields that the roster contract lacks for its rules, and the roles nobody has."""

    text: str
    lacking: tuple[str, ...]
    unfilled: tuple[str, ...]


def new_program(model: str, contract: Contract, *, program: str, name: str) -> NewProgram:
    """A program of a model for the people of a contract; its matching phase is this week.

    What needs a field or fact that the contract does not have is written as a comment.
    """
    needs = _Needs(contract)
    levels = contract.field("level") if needs.has("level") else None
    scale = levels.scale if levels else ()
    values = {
        "id": program,
        "name": scalar(name),
        "start": _start(),
        "needs": needs,
        "second": scalar(scale[1]) if len(scale) > 1 else "",
        "third": scalar(scale[2]) if len(scale) > 2 else "",  # noqa: PLR2004
    }
    text = _laid_out(filled(f"starters/{model}.yaml.j2", values))
    known = {source.role for source in contract.sources}
    unfilled = () if None in known else tuple(role for role in _roles(model) if role not in known)
    return NewProgram(text=text, lacking=tuple(needs.lacking), unfilled=unfilled)


def new_workspace(model: str, *, workspace: str, timezone: str, program: str, name: str) -> dict[str, str]:
    """All files of a new workspace with one program, by path."""
    roles = _roles(model)
    values = {"model": model, "workspace": workspace, "timezone": timezone, "roles": roles, "files": _FILES}
    text = _laid_out(filled("starters/mentorctl.yaml.j2", values))
    read = load(("mentorctl.yaml", text), []).workspace
    if read is None:
        raise ValueError(f"the starter of the model {model} does not fit the schema")
    sides = _REVERSED if model == "reverse" else _SIDES
    rosters = {f"roster/{_FILES[role]}": _roster(read.contract, Role(role), sides.get(role, _BOTH)) for role in roles}
    return {
        "mentorctl.yaml": text,
        f"programs/{program}.yaml": new_program(model, read.contract, program=program, name=name).text,
        **rosters,
        ".gitignore": resources.text("templates", "starters", "gitignore"),
    }


def _roles(model: str) -> tuple[str, ...]:
    return ("peer",) if model == "peer" else ("mentor", "mentee")


@dataclass(slots=True)
class _Needs:
    """Called by the templates with a line and what it needs of the contract; remembers what is not there."""

    contract: Contract
    lacking: dict[str, None] = field(default_factory=dict)

    def __call__(self, line: str, *names: str) -> str:
        absent = [name for name in names if not self.has(name)]
        if not absent:
            return line
        self.lacking |= dict.fromkeys(absent)
        return f"# {line}   # needs `{'`, `'.join(absent)}` in the roster contract"

    def has(self, name: str) -> bool:
        if name in _TYPES:
            known = self.contract.field(name)
            return known is not None and known.type is _TYPES[name]
        return self.contract.fact(name) is not None


def _laid_out(text: str) -> str:
    """As `mentorctl fmt` would leave it: the parts of a template leave blank lines behind."""
    return laid_out(read_source(text, file="a new file"))


def _roster(contract: Contract, role: Role, side: str) -> str:
    """The invented people of one side, with the columns that the contract names for a role."""
    fields: tuple[RosterField, ...] = (*contract.fields, *contract.facts)
    columns = [contract.id_column, *contract.name_columns]
    columns += [one.column for one in fields if one.answered_by.includes(role)]
    people = list(csv.DictReader(io.StringIO(resources.text("templates", "starters", "people.csv"))))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in people if _is_of(row, side))
    return out.getvalue()


def _is_of(row: Mapping[str, str], side: str) -> bool:
    return _BOTH in (side, row["side"]) or row["side"] == side


def _start() -> str:
    """The Monday four weeks ago, so that the matching phase is this week."""
    today = day_of(None)
    return (today - _BEFORE_MATCHING - timedelta(days=today.weekday())).isoformat()
