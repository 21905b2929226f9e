"""Reads small rosters from CSV text, through files and a contract written in YAML, as the program does."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mentorctl.diagnostics import Diagnostic
from mentorctl.roster.people import (
    CodeColumn,
    NumberColumn,
    PersonColumn,
    RankColumn,
    Roster,
    SetColumn,
    TextColumn,
    bits_of,
)
from mentorctl.roster.read import read_roster
from mentorctl.rules.fields import Contract
from mentorctl.sources.files import Unreadable, read_table
from mentorctl.spec.read_workspace import read_workspace
from mentorctl.spec.source import read_source

if TYPE_CHECKING:
    from mentorctl.roster.table import Table

TWO_FILES = "[{file: mentors.csv, role: mentor}, {file: mentees.csv, role: mentee}]"
ONE_FILE = "[{file: people.csv, role_column: role}]"


def contract_of(fields: str, *, sources: str = TWO_FILES, extra: str = "", identity: str = "id") -> Contract:
    """The contract with these lines under `fields`, and perhaps more lines beside them."""
    text = (
        "mentorctl: workspace/v1\nid: acme\nstore: sqlite:state.db\ntimezone: UTC\nroster:\n"
        f"  sources: {sources}\n  id: {identity}\n  fields:\n"
        + "".join(f"    {line.strip()}\n" for line in fields.strip().splitlines())
        + "".join(f"  {line.strip()}\n" for line in extra.strip().splitlines())
    )
    source = read_source(text, file="mentorctl.yaml")
    assert isinstance(source.tree, dict), source.findings
    workspace, findings = read_workspace(source.tree)
    assert not findings, findings
    return workspace.contract


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A roster, if there is one, and what was found."""

    roster: Roster | None
    found: tuple[Diagnostic, ...]

    @property
    def places(self) -> list[tuple[str, str]]:
        """Code and place, as `file:row:column`, of every finding."""
        return [(d.code, str(d.span)) for d in self.found]

    @property
    def clean(self) -> Roster:
        """The roster of a reading without findings."""
        assert not self.found, self.found
        assert self.roster is not None
        return self.roster


def read(folder: Path, contract: Contract, **files: str | bytes) -> Reading:
    """Read `mentors`, `mentees` or `people`, given as text or bytes; a missing one is an empty file with the header `id`."""
    tables: list[Table] = []
    found: list[Diagnostic] = []
    for source in contract.sources:
        content = files.get(source.file.removesuffix(".csv"), "id\n")
        path = folder / source.file
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        try:
            tables.append(read_table(path, shown=source.file, delimiter=source.delimiter))
        except Unreadable as problem:
            found.append(problem.finding)
    if found:
        return Reading(roster=None, found=tuple(found))
    roster, defects = read_roster(contract, tables, workspace="acme")
    return Reading(roster=roster, found=defects)


def values(roster: Roster, field: str) -> dict[str, object]:
    """What each person answered, by roster id: a label, a set of labels, a number, ids, or None for a blank."""
    column = roster.columns[field]
    return {name: _value(roster, column, row) for row, name in enumerate(roster.roster_ids)}


def _value(roster: Roster, column: object, row: int) -> object:
    match column:
        case CodeColumn(codes=codes, labels=labels):
            return labels[codes[row]] if codes[row] >= 0 else None
        case SetColumn(words=words, labels=labels):
            bits = bits_of(words, row)
            return {label for code, label in enumerate(labels) if bits >> code & 1}
        case NumberColumn(values=numbers):
            return None if np.isnan(numbers[row]) else float(numbers[row])
        case PersonColumn(people=people):
            return roster.roster_ids[people[row]] if people[row] >= 0 else None
        case RankColumn(starts=starts, people=people):
            return [roster.roster_ids[p] for p in people[starts[row] : starts[row + 1]].tolist()]
        case TextColumn(values=texts):
            return texts[row]
    raise TypeError(type(column).__name__)
