"""The people of a test: its rows as the roster files they stand for, and what the roster says after some steps."""

from collections.abc import Iterator, Sequence

from mentorctl.diagnostics import Diagnostic, did_you_mean, finding, quoted_list
from mentorctl.roster.table import Table
from mentorctl.rules.fields import Contract, Source
from mentorctl.spec.cases import GivenRow
from mentorctl.spec.source import Source as Text

type Row = dict[str, str]


def tables_of(
    contract: Contract, rows: Sequence[GivenRow], *, program: str, text: Text
) -> tuple[tuple[Table, ...], tuple[Diagnostic, ...]]:
    """A table for each source of the roster, with the rows of a test; each row keeps its line of the test file."""
    known = _columns(contract)
    found = [problem for row in rows for problem in _strange_columns(contract, row, known, text)]
    home: dict[str, int] = {}
    for row in rows:
        at = _source_for(contract, row.role, program)
        if at is None:
            found.append(
                finding(
                    "MC8002",
                    f"no source of the roster is for {row.role}s of `{program}`",
                    help="give people in roles that a file under `roster.sources` brings",
                    span=text.span(row.path),
                )
            )
        else:
            home[row.role] = at
    if found:
        return (), tuple(found[:_MOST])
    tables = (
        _table(contract, source, [row for row in rows if home[row.role] == i], text)
        for i, source in enumerate(contract.sources)
    )
    return tuple(tables), ()


def _table(contract: Contract, source: Source, rows: Sequence[GivenRow], text: Text) -> Table:
    header = (*_columns(contract), *((source.role_column,) if source.role_column else ()))
    merged: dict[tuple[str, int], tuple[Row, int]] = {}
    for number, row in enumerate(rows):
        cells = {column: _cell(contract, column, cell) for column, cell in row.cells}
        line = text.span(row.path).line
        if not source.role_column:
            merged["", number] = cells, line
            continue
        key = cells.get(contract.id_column, "").strip(), 0
        before = merged.get(key)
        if before and before[0][source.role_column] == row.role:
            key, before = (key[0], number), None  # one id on two rows of one role stays the defect that it is
        role = "both" if before else row.role
        merged[key] = (before[0] if before else {}) | cells | {source.role_column: role}, before[1] if before else line
    return Table(
        file=text.file,
        header=header,
        rows=tuple(tuple(row.get(column, "") for column in header) for row, _ in merged.values()),
        lines=tuple(line for _, line in merged.values()),
    )


def _columns(contract: Contract) -> tuple[str, ...]:
    """The columns that a roster file may have for this contract."""
    both = (contract.both_roles.column,) if contract.both_roles else ()
    fields = (f.column for f in (*contract.fields, *contract.facts))
    return tuple(dict.fromkeys((contract.id_column, *contract.name_columns, *fields, *both)))


def _strange_columns(contract: Contract, row: GivenRow, known: Sequence[str], text: Text) -> Iterator[Diagnostic]:
    ids = {f.id: f.column for f in (*contract.fields, *contract.facts)}
    for column, _ in row.cells:
        if column not in known:
            own = f"the column of `{column}` is `{ids[column]}`" if column in ids else ""
            yield finding(
                "MC8002",
                f"the roster has no column `{column}`",
                help=own or did_you_mean(column, known) or f"columns are {quoted_list(known, last='and', limit=40)}",
                span=text.span((*row.path, column), on_key=True),
            )


def _source_for(contract: Contract, role: str, program: str) -> int | None:
    """The first source whose rows may apply for a role of a program."""
    for i, source in enumerate(contract.sources):
        if source.program in ("", program) and (source.role is None or source.role.value == role):
            return i
    return None


def _cell(contract: Contract, column: str, cell: str | tuple[str, ...]) -> str:
    """Several answers as the file would have them."""
    if isinstance(cell, str):
        return cell
    asked = next((f for f in (*contract.fields, *contract.facts) if f.column == column), None)
    return (asked.separator if asked else ",").join(cell)


_MOST = 20
