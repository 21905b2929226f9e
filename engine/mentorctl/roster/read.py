"""Rows to people, through the contract: types, aliases, blanks, and every defect with its file, row and column."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import PurePath
from typing import NamedTuple

import numpy as np

from mentorctl.addresses import opaque_id
from mentorctl.diagnostics import WORKSPACE, Diagnostic, Place, Related, Span, did_you_mean, finding, quoted_list
from mentorctl.roster.cells import Cells, Defect, match_key, read_cells
from mentorctl.roster.people import Applications, Column, PersonColumn, Roster, SetColumn
from mentorctl.roster.table import MAX_COLUMNS, MAX_ROWS, Table
from mentorctl.rules.fields import PAIR_ROLES, Contract, Field, Role, Source, Unlinked
from mentorctl.values import dataclass

_REPORTED = 50
_ROLE_WORDS = {"mentor": (Role.MENTOR,), "mentee": (Role.MENTEE,), "peer": (Role.PEER,), "both": PAIR_ROLES}


class _At(NamedTuple):
    """Where a cell stands; a span is made of it when there is something to say."""

    file: str
    line: int
    column: int

    @property
    def span(self) -> Span:
        return Span(file=self.file, line=self.line, column=self.column + 1)


@dataclass(slots=True)
class _Person:
    """What the rows say about one person, gathered before columns are made."""

    name: str = ""
    cells: dict[str, tuple[str, _At]] = field(default_factory=dict)
    rows: dict[int, Span] = field(default_factory=dict)
    flagged: Span | None = None


@dataclass(slots=True)
class _Gathering:
    contract: Contract
    people: dict[str, _Person] = field(default_factory=dict)
    roles: dict[tuple[int, Role], set[str]] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    is_partial: bool = False


def read_roster(
    contract: Contract, tables: Sequence[Table], *, workspace: str
) -> tuple[Roster | None, tuple[Diagnostic, ...]]:
    """People as columns, and all defects. There is no roster when one of the defects is an error.

    `tables` are the files of `contract.sources`, in the same order.
    """
    gathered = _Gathering(contract=contract)
    for index, (source, table) in enumerate(zip(contract.sources, tables, strict=True)):
        _gather(gathered, index, source, table)
    _check_flags(gathered, tables)
    ids = sorted(gathered.people)
    index_of = {roster_id: i for i, roster_id in enumerate(ids)}
    columns = _columns(gathered, ids, index_of)
    if any(d.is_error for d in gathered.found):
        return None, _bounded(gathered.found)
    facts = {f.id: columns[f"fact:{f.id}"] for f in contract.facts}
    completed = facts.get("completed")
    return Roster(
        ids=tuple(opaque_id("p", workspace, roster_id) for roster_id in ids),
        roster_ids=tuple(ids),
        names=tuple(gathered.people[i].name or i for i in ids),
        columns={f.id: columns[f.id] for f in contract.fields},
        completed=completed if isinstance(completed, SetColumn) else _nothing_completed(len(ids)),
        approved=_approved(facts.get("approved"), len(ids)),
        applications=_applications(gathered, index_of),
        digest=_digest(gathered, ids),
    ), _bounded(gathered.found)


# -- gathering rows ----------------------------------------------------------------------------------------------------


def _gather(gathered: _Gathering, index: int, source: Source, table: Table) -> None:
    if len(table.rows) > MAX_ROWS or len(table.header) > MAX_COLUMNS:
        gathered.found.append(
            finding(
                "MC3011",
                f"{len(table.rows)} rows and {len(table.header)} columns; at most {MAX_ROWS} and {MAX_COLUMNS}",
                span=Span(file=table.file, line=1, column=1),
            )
        )
        gathered.is_partial = True
        return
    at = _header(gathered, source, table)
    if at is None:
        gathered.is_partial = True
        return
    contract = gathered.contract
    fact_ids = {id(f) for f in contract.facts}
    wanted = [(f"fact:{f.id}" if id(f) in fact_ids else f.id, f, at[f.column]) for f in _asked(contract, source)]
    first_line: dict[str, int] = {}
    for row, line in zip(table.rows, table.lines, strict=True):
        if len(row) != len(table.header):
            gathered.found.append(
                finding(
                    "MC3003",
                    f"{len(row)} cells, the header has {len(table.header)}",
                    help="put cells that contain the delimiter into double quotes",
                    span=Span(file=table.file, line=line, column=1),
                )
            )
            gathered.left_out.update(cell.strip() for cell in row)  # its id is one of them
            continue
        roster_id = row[at[contract.id_column]].strip()
        if not roster_id:
            gathered.found.append(
                finding(
                    "MC3004",
                    f"the cell of column `{contract.id_column}` is blank",
                    span=_cell(table, line, at[contract.id_column]),
                )
            )
            continue
        if roster_id in first_line:
            gathered.found.append(
                finding(
                    "MC3005",
                    "this id was already on another row of the file",
                    help="keep one of the rows",
                    span=_cell(table, line, at[contract.id_column]),
                    related=(
                        Related(
                            message="the first row with this id",
                            span=Span(file=table.file, line=first_line[roster_id], column=1),
                        ),
                    ),
                )
            )
            continue
        first_line[roster_id] = line
        _gather_row(gathered, index, source, table, _Row(row=row, line=line, at=at, wanted=wanted, id=roster_id))


@dataclass(slots=True)
class _Row:
    row: tuple[str, ...]
    line: int
    at: Mapping[str, int]
    wanted: Sequence[tuple[str, Field, int]]
    id: str


def _gather_row(gathered: _Gathering, index: int, source: Source, table: Table, row: _Row) -> None:
    roles = _roles(gathered, source, table, row)
    person = gathered.people.setdefault(row.id, _Person())
    person.rows[index] = Span(file=table.file, line=row.line, column=1)
    if not person.name:
        names = (row.row[row.at[c]].strip() for c in gathered.contract.name_columns if c in row.at)
        person.name = " ".join(filter(None, names))
    for role in roles:
        gathered.roles.setdefault((index, role), set()).add(row.id)
    both = gathered.contract.both_roles
    if (
        both
        and both.column in row.at
        and row.row[row.at[both.column]].strip().casefold() in {word.casefold() for word in both.yes}
    ):
        person.flagged = _cell(table, row.line, row.at[both.column])
    for key, asked, column in row.wanted:
        if not source.role and not any(asked.answered_by.includes(role) for role in roles):
            continue  # of a source for one role, only what that role answers is wanted
        text = row.row[column].strip() if asked.trim else row.row[column]
        known = person.cells.get(key)
        at = _At(table.file, row.line, column)
        if known is None or not known[0].strip():
            person.cells[key] = (text, at)
        elif text.strip() and match_key(text, asked) != match_key(known[0], asked):
            gathered.found.append(
                finding(
                    "MC3006",
                    f"column `{asked.column}` differs from the other row of the same person",
                    span=at.span,
                    help="make both equal, or leave one blank",
                    related=(Related(message="the other row", span=known[1].span),),
                )
            )


def _roles(gathered: _Gathering, source: Source, table: Table, row: _Row) -> tuple[Role, ...]:
    if source.role:
        return (source.role,)
    word = row.row[row.at[source.role_column]].strip().casefold()
    if word not in _ROLE_WORDS:
        gathered.found.append(
            finding(
                "MC3007",
                f"column `{source.role_column}` says `{word}`; it says who the person is: {quoted_list(_ROLE_WORDS)}",
                help=did_you_mean(word, _ROLE_WORDS),
                span=_cell(table, row.line, row.at[source.role_column]),
            )
        )
    return _ROLE_WORDS.get(word, ())


def _asked(contract: Contract, source: Source) -> Iterable[Field]:
    """The fields that the rows of a source answer; facts are about everybody."""
    roles = (source.role,) if source.role else tuple(Role)
    yield from (f for f in contract.fields if any(f.answered_by.includes(role) for role in roles))
    yield from contract.facts


def _header(gathered: _Gathering, source: Source, table: Table) -> dict[str, int] | None:
    """Where each column is, or None and findings when one that is needed is missing or doubled."""
    at: dict[str, int] = {}
    span = Span(file=table.file, line=1, column=1)
    clean = True
    contract = gathered.contract
    needed = [contract.id_column, *(f.column for f in _asked(contract, source))]
    needed += [source.role_column] if source.role_column else []
    for position, raw in enumerate(table.header):
        name = raw.strip()
        if name in at and name in needed:
            clean = False
            gathered.found.append(
                finding("MC3013", f"`{name}` stands in columns {at[name] + 1} and {position + 1}", span=span)
            )
        at.setdefault(name, position)
    if contract.name_columns and not any(name in at for name in contract.name_columns):
        needed.append(contract.name_columns[0])  # a file may have some of them, but people are called by one at least
    if _is_foreign(table.file) and not at.keys() & set(needed):
        detail = f"`{table.file}` has none of the columns that the contract names, and is not shown"
        gathered.found.append(finding("MC3002", detail, help="is this the right file?", span=span))
        return None
    for name in dict.fromkeys(needed):
        if name not in at:
            clean = False
            gathered.found.append(
                finding(
                    "MC3002",
                    f"there is no column `{name}`; the header has {quoted_list(table.header, last='and')}",
                    help=did_you_mean(name, table.header)
                    or "change `column` of the field in mentorctl.yaml, or `answered_by` when this file lacks it",
                    span=span,
                )
            )
    return at if clean else None


def _is_foreign(file: str) -> bool:
    """Whether a file lies outside of the workspace: whoever names one there may want to see what it holds."""
    path = PurePath(file)
    return path.is_absolute() or ".." in path.parts


def _check_flags(gathered: _Gathering, tables: Sequence[Table]) -> None:
    both = gathered.contract.both_roles
    if both is None:
        return
    headers = {name.strip() for table in tables for name in table.header}
    if both.column not in headers:
        gathered.found.append(
            finding(
                "MC3002",
                f"`both_roles` names the column `{both.column}`, which no file has",
                help=did_you_mean(both.column, headers),
                place=Place(document=WORKSPACE, path=("roster", "both_roles", "column")),
            )
        )
    if both.unlinked is Unlinked.IGNORE:
        return
    taking = {role: set().union(*(ids for (_, r), ids in gathered.roles.items() if r is role)) for role in PAIR_ROLES}
    loose = [i for i, p in gathered.people.items() if p.flagged and not all(i in taking[role] for role in PAIR_ROLES)]
    if loose and both.unlinked is Unlinked.REPORT:
        gathered.found.append(
            finding(
                "MC3012",
                f"{len(loose)} rows say `{both.yes[0]}` in column `{both.column}`, but their id is on no row of "
                "the other role; they keep the one role of their row",
                help="add the second rows with the same id, or set `unlinked: ignore`",
                span=gathered.people[loose[0]].flagged,
            )
        )
    elif both.unlinked is Unlinked.REFUSE:
        gathered.found.extend(
            finding(
                "MC3015",
                f"column `{both.column}` claims both roles, but no row of the other role has this id",
                help="add the second row, or set `unlinked: report`",
                span=gathered.people[i].flagged,
            )
            for i in loose
        )


# -- columns -----------------------------------------------------------------------------------------------------------


def _columns(gathered: _Gathering, ids: Sequence[str], index_of: Mapping[str, int]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    contract = gathered.contract
    for key, asked in [*((f.id, f) for f in contract.fields), *((f"fact:{f.id}", f) for f in contract.facts)]:
        cells = Cells(
            texts=tuple(gathered.people[i].cells.get(key, ("", None))[0] for i in ids),
            index_of=index_of,
            left_out=frozenset(gathered.left_out),
            is_partial=gathered.is_partial,
        )
        answering = [i for i, roster_id in enumerate(ids) if key in gathered.people[roster_id].cells]
        columns[key], defects = read_cells(asked, cells, answering)
        for defect in defects:
            gathered.found.append(_defect(asked, defect, gathered.people[ids[defect.row]].cells[key][1].span))
        column = columns[key]
        if isinstance(column, PersonColumn) and key == "manager":
            gathered.found.extend(_circles(gathered, asked, column, ids, key))
    return columns


def _defect(asked: Field, defect: Defect, span: Span) -> Diagnostic:
    return finding(defect.code, f"column `{asked.column}`: {defect.detail}", help=defect.help, span=span)


def _circles(
    gathered: _Gathering, asked: Field, column: PersonColumn, ids: Sequence[str], key: str
) -> Iterable[Diagnostic]:
    """Reporting lines that lead back to where they began, each reported once."""
    seen = np.zeros(len(ids), np.int32)  # the walk that came by, 0 for none
    for walk, start in enumerate(range(len(ids)), 1):
        at = start if column.people[start] != start else -1  # to be one's own is a defect of the cell
        while at >= 0 and not seen[at]:
            seen[at] = walk
            at = int(column.people[at])
        if at >= 0 and seen[at] == walk and column.people[at] != at:
            yield finding(
                "MC3009",
                f"following column `{asked.column}` from this row leads back to it",
                help="one of the people in the circle has a wrong entry",
                span=gathered.people[ids[at]].cells[key][1].span,
            )


# -- the rest of the roster --------------------------------------------------------------------------------------------


def _applications(gathered: _Gathering, index_of: Mapping[str, int]) -> tuple[Applications, ...]:
    return tuple(
        Applications(
            role=role,
            program=gathered.contract.sources[index].program,
            cohort=gathered.contract.sources[index].cohort,
            people=np.array(sorted(index_of[i] for i in members), np.int32),
        )
        for (index, role), members in sorted(gathered.roles.items())
    )


def _nothing_completed(people: int) -> SetColumn:
    return SetColumn(words=np.zeros((people, 1), np.uint64), labels=())


def _approved(column: Column | None, people: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    codes = getattr(column, "codes", None)
    return np.zeros(people, np.bool_) if codes is None else np.asarray(codes == 1)


def _digest(gathered: _Gathering, ids: Sequence[str]) -> str:
    """A digest of the contract and of what it reads, whatever the order of rows and columns."""
    made = hashlib.sha256(repr(gathered.contract).encode())
    named = [(f"{index}:{role}", members) for (index, role), members in gathered.roles.items()]
    for roster_id in ids:
        person = gathered.people[roster_id]
        roles = sorted(name for name, members in named if roster_id in members)
        cells = sorted((key, text) for key, (text, _) in person.cells.items())
        made.update(repr((roster_id, roles, cells)).encode())
    return f"sha256:{made.hexdigest()}"


def _cell(table: Table, line: int, column: int) -> Span:
    return Span(file=table.file, line=line, column=column + 1)


def _bounded(found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """At most `_REPORTED` findings, the errors first, and how many more there are."""
    ranked = sorted(found, key=lambda d: (not d.is_error, d.span or Span(file="", line=0, column=0), d.code))
    if len(ranked) <= _REPORTED:
        return tuple(ranked)
    more = finding("MC3011", f"{len(ranked) - _REPORTED} more defects are not shown", help="mend these first")
    return (*ranked[:_REPORTED], more)
