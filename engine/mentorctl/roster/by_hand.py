"""Decisions about single people beside the roster: who takes part although their row does not say so, and who does not.

The file is written by people, or by `mentorctl drift --write`; the files of the roster stay as the system of records
exports them.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from mentorctl.diagnostics import Diagnostic, Span, did_you_mean, finding, quoted_list
from mentorctl.roster.people import Applications, Roster
from mentorctl.roster.table import Table
from mentorctl.rules.fields import Role
from mentorctl.values import dataclass

COLUMNS = ("id", "role", "program", "cohort", "takes_part")
_WORDS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Decision:
    """One row: somebody, by the id of the roster, takes part in a role of a cohort, or does not."""

    roster_id: str
    role: str
    program: str
    cohort: str
    takes_part: bool


def with_decisions(roster: Roster, table: Table) -> tuple[Roster, tuple[Diagnostic, ...]]:
    """The roster with the decisions of a file. Rows that cannot be read are findings, and change nothing."""
    decisions, found = read_decisions(table)
    index_of = {name: at for at, name in enumerate(roster.roster_ids)}
    unknown = [(line, one) for line, one in decisions if one.roster_id not in index_of]
    found += [
        finding("MC3017", f"nobody on the roster has the id `{one.roster_id}`", span=_at(table, line))
        for line, one in unknown
    ]
    rows = [(index_of[one.roster_id], one) for _, one in decisions if one.roster_id in index_of]
    come, gone = _grouped(rows, takes_part=True), _grouped(rows, takes_part=False)
    digest = hashlib.sha256(roster.digest.encode())
    for _, one in sorted(rows, key=lambda row: row[1]):
        digest.update(f"{one}\n".encode())
    return replace(
        roster,
        applications=(*roster.applications, *come),
        kept_out=(*roster.kept_out, *gone),
        digest=f"sha256:{digest.hexdigest()}" if rows else roster.digest,
    ), tuple(found)


def read_decisions(table: Table) -> tuple[list[tuple[int, Decision]], list[Diagnostic]]:
    """The decisions of a file with their lines, and what cannot be read."""
    header = [name.casefold() for name in table.header]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        detail = f"the column `{missing[0]}` is missing"
        help_ = did_you_mean(missing[0], header) or f"the columns are {quoted_list(COLUMNS, last='and')}"
        return [], [finding("MC3017", detail, help=help_, span=Span(file=table.file, line=1, column=1))]
    found: list[Diagnostic] = []
    decisions: list[tuple[int, Decision]] = []
    seen: dict[tuple[str, ...], int] = {}
    for line, row in zip(table.lines, table.rows, strict=True):
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        problem = next(_problems(cells, len(row), len(header)), "")
        key = tuple(cells.get(name, "") for name in COLUMNS[:-1])
        if not problem and key in seen:
            problem = f"line {seen[key]} decides the same already"
        if problem:
            found.append(finding("MC3017", problem, span=_at(table, line)))
            continue
        seen[key] = line
        takes_part = _WORDS[cells["takes_part"].casefold()]
        decisions.append(
            (line, Decision(roster_id=key[0], role=key[1], program=key[2], cohort=key[3], takes_part=takes_part))
        )
    return decisions, found


def _problems(cells: dict[str, str], has: int, wanted: int) -> Iterator[str]:
    if has != wanted:
        yield f"the row has {has} cells, the header {wanted}"
        return
    for name in COLUMNS:
        if not cells[name]:
            yield f"`{name}` is empty"
    if cells["role"] not in {role.value for role in Role}:
        yield f"`{cells['role']}` is no role; roles are mentor, mentee and peer"
    if cells["takes_part"].casefold() not in _WORDS:
        yield f"`takes_part` is `{cells['takes_part']}`; write yes or no"


def _grouped(rows: Iterable[tuple[int, Decision]], *, takes_part: bool) -> list[Applications]:
    groups: dict[tuple[str, str, str], list[int]] = {}
    for index, one in rows:
        if one.takes_part is takes_part:
            groups.setdefault((one.role, one.program, one.cohort), []).append(index)
    return [
        Applications(role=Role(role), program=program, cohort=cohort, people=np.array(sorted(people), np.int32))
        for (role, program, cohort), people in sorted(groups.items())
    ]


def _at(table: Table, line: int) -> Span:
    return Span(file=table.file, line=line, column=1)
