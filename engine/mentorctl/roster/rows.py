"""The rows of one roster file that can be read, as columns of texts, and what is wrong with the others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import compress
from pathlib import PurePath

from mentorctl.diagnostics import Diagnostic, Related, Span, did_you_mean, finding, quoted_list
from mentorctl.roster.table import MAX_COLUMNS, MAX_ROWS, Table
from mentorctl.rules.fields import PAIR_ROLES, Contract, Field, Role, Source
from mentorctl.values import dataclass

_ROLE_WORDS = {"mentor": (Role.MENTOR,), "mentee": (Role.MENTEE,), "peer": (Role.PEER,), "both": PAIR_ROLES}


@dataclass(slots=True)
class Found:
    """What is wrong with the files: `left_out` has the ids of rows that were not read, and more words of these rows."""

    findings: list[Diagnostic] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    is_partial: bool = False  # a whole file was not read


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Columns have a text per row, as it is written; `row_of` finds the row of an id, in the order of the file.

    `roles` says of each row whom it is about, where the source does not say it of all.
    """

    number: int  # of the source in the contract
    source: Source
    file: str
    at: Mapping[str, int]
    columns: Sequence[Sequence[str]]
    lines: Sequence[int]
    row_of: Mapping[str, int]
    roles: Sequence[tuple[Role, ...]] = ()

    def texts(self, column: str, *, trim: bool = True) -> Iterable[str]:
        texts = self.columns[self.at[column]]
        return map(str.strip, texts) if trim else texts

    def answers(self, asked: Field) -> Iterable[tuple[str, str]]:
        """The ids of those who were asked, and what stands in the cell."""
        if not _is_asked(asked, self.source):
            return ()
        cells = zip(self.row_of, self.texts(asked.column, trim=asked.trim), strict=True)
        if self.source.role:
            return cells
        is_asked = {roles: any(map(asked.answered_by.includes, roles)) for roles in set(self.roles)}
        return compress(cells, map(is_asked.__getitem__, self.roles))

    def applying(self) -> Mapping[Role, Iterable[str]]:
        """The ids of those who apply, by role."""
        if self.source.role:
            return {self.source.role: self.row_of}
        return {role: list(compress(self.row_of, [role in roles for roles in self.roles])) for role in Role}

    def asks(self, asked: Field, roster_id: str) -> bool:
        """Whether the file has a row of somebody, and it answers a field."""
        if roster_id not in self.row_of or not _is_asked(asked, self.source):
            return False
        return bool(self.source.role) or any(map(asked.answered_by.includes, self.roles[self.row_of[roster_id]]))

    def cell(self, roster_id: str, column: str) -> str:
        """What stands in the row of a person."""
        return self.columns[self.at[column]][self.row_of[roster_id]]

    def span(self, roster_id: str, column: str) -> Span:
        """Where the cell of a person stands."""
        return Span(file=self.file, line=self.lines[self.row_of[roster_id]], column=self.at[column] + 1)


def read_rows(contract: Contract, number: int, source: Source, table: Table, found: Found) -> Rows | None:
    """The rows of a source, which the contract has at `number`; None when nothing of its file can be read."""
    at = {name.strip(): position for position, name in reversed([*enumerate(table.header)])}
    wrong = list(_too_large(table) or _wrong_header(contract, source, table, at))
    if wrong:
        found.findings += wrong
        found.is_partial = True
        return None
    kept, lines, row_of = _kept(table, contract.id_column, at[contract.id_column], found)
    rows = Rows(
        number=number,
        source=source,
        file=table.file,
        at=at,
        columns=list(zip(*kept, strict=True)) or [()] * len(table.header),
        lines=lines,
        row_of=row_of,
    )
    return rows if source.role else _with_roles(rows, found)


def _too_large(table: Table) -> list[Diagnostic]:
    if len(table.rows) <= MAX_ROWS and len(table.header) <= MAX_COLUMNS:
        return []
    detail = f"{len(table.rows)} rows and {len(table.header)} columns; at most {MAX_ROWS} and {MAX_COLUMNS}"
    return [finding("MC3011", detail, span=Span(file=table.file, line=1, column=1))]


def _wrong_header(contract: Contract, source: Source, table: Table, at: Mapping[str, int]) -> Iterator[Diagnostic]:
    """A finding for each column that is needed, and is missing or doubled."""
    span = Span(file=table.file, line=1, column=1)
    asked = [*(one for one in contract.fields if _is_asked(one, source)), *contract.facts]
    needed = [contract.id_column, *(one.column for one in asked)]
    needed += [source.role_column] if source.role_column else []
    for position, raw in enumerate(table.header):
        name = raw.strip()
        if name in needed and at[name] != position:
            yield finding("MC3013", f"`{name}` stands in columns {at[name] + 1} and {position + 1}", span=span)
    if contract.name_columns and not any(name in at for name in contract.name_columns):
        needed.append(contract.name_columns[0])  # a file may have some of them, but people are called by one at least
    if _is_foreign(table.file) and not at.keys() & set(needed):
        detail = f"`{table.file}` has none of the columns that the contract names, and is not shown"
        yield finding("MC3002", detail, help="is this the right file?", span=span)
        return
    for name in dict.fromkeys(needed):
        if name not in at:
            yield finding(
                "MC3002",
                f"there is no column `{name}`; the header has {quoted_list(table.header, last='and')}",
                help=did_you_mean(name, table.header)
                or "change `column` of the field in mentorctl.yaml, or `answered_by` when this file lacks it",
                span=span,
            )


def _is_foreign(file: str) -> bool:
    """Whether a file lies outside of the workspace: whoever names one there may want to see what it holds."""
    path = PurePath(file)
    return path.is_absolute() or ".." in path.parts


def _is_asked(asked: Field, source: Source) -> bool:
    """Whether the rows of a source answer a field."""
    return any(map(asked.answered_by.includes, (source.role,) if source.role else Role))


def _kept(
    table: Table, id_column: str, at: int, found: Found
) -> tuple[list[tuple[str, ...]], list[int], dict[str, int]]:
    """The rows that have an id of their own, with their lines."""
    kept: list[tuple[str, ...]] = []
    lines: list[int] = []
    row_of: dict[str, int] = {}
    width = len(table.header)
    for row, line in zip(table.rows, table.lines, strict=True):
        roster_id = row[at].strip() if len(row) == width else ""
        if roster_id and roster_id not in row_of:
            row_of[roster_id] = len(kept)
            kept.append(row)
            lines.append(line)
        elif len(row) != width:
            detail = f"{len(row)} cells, the header has {width}"
            help_ = "put cells that contain the delimiter into double quotes"
            span = Span(file=table.file, line=line, column=1)
            found.findings.append(finding("MC3003", detail, help=help_, span=span))
            found.left_out.update(cell.strip() for cell in row)  # its id is one of them
        elif not roster_id:
            span = Span(file=table.file, line=line, column=at + 1)
            found.findings.append(finding("MC3004", f"the cell of column `{id_column}` is blank", span=span))
        else:
            first = Span(file=table.file, line=lines[row_of[roster_id]], column=1)
            found.findings.append(
                finding(
                    "MC3005",
                    "this id was already on another row of the file",
                    help="keep one of the rows",
                    span=Span(file=table.file, line=line, column=at + 1),
                    related=(Related(message="the first row with this id", span=first),),
                )
            )
    return kept, lines, row_of


def _with_roles(rows: Rows, found: Found) -> Rows:
    """The rows of a file for several roles with what each says, and a finding for each that does not say it."""
    column = rows.source.role_column
    words = list(map(str.casefold, rows.texts(column)))
    for roster_id, word in zip(rows.row_of, words, strict=True):
        if word not in _ROLE_WORDS:
            found.findings.append(
                finding(
                    "MC3007",
                    f"column `{column}` says `{word}`; it says who the person is: {quoted_list(_ROLE_WORDS)}",
                    help=did_you_mean(word, _ROLE_WORDS),
                    span=rows.span(roster_id, column),
                )
            )
    return replace(rows, roles=[_ROLE_WORDS.get(word, ()) for word in words])
