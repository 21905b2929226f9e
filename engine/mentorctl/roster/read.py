"""Rows to people, through the contract: types, aliases, blanks, and every defect with its file, row and column."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from mentorctl.addresses import opaque_id
from mentorctl.diagnostics import WORKSPACE, Diagnostic, Place, Related, Span, did_you_mean, finding
from mentorctl.roster.cells import Cells, match_key, read_cells
from mentorctl.roster.people import Applications, Column, Ints, PersonColumn, Roster, SetColumn
from mentorctl.roster.rows import Found, Rows, read_rows
from mentorctl.roster.table import Table
from mentorctl.rules.fields import PAIR_ROLES, BothRoles, Contract, Field, Role, Unlinked

_REPORTED = 50

type _Texts = Sequence[str | None]  # a text per person in one field, None where nobody asked them


def read_roster(
    contract: Contract, tables: Sequence[Table], *, workspace: str
) -> tuple[Roster | None, tuple[Diagnostic, ...]]:
    """People as columns, and all defects. There is no roster when one of the defects is an error.

    `tables` are the files of `contract.sources`, in the same order.
    """
    found = Found()
    given = enumerate(zip(contract.sources, tables, strict=True))
    read = [read_rows(contract, number, source, table, found) for number, (source, table) in given]
    files = [rows for rows in read if rows is not None]
    found.findings += _wrong_flags(contract, tables, files)
    ids = sorted(set().union(*(rows.row_of for rows in files)))
    index_of = {roster_id: index for index, roster_id in enumerate(ids)}
    asked = {one.id: one for one in contract.fields} | {f"fact:{one.id}": one for one in contract.facts}
    texts = {key: _merged(one, files, index_of, found) for key, one in asked.items()}
    columns = {key: _column(one, texts[key], files, index_of, found) for key, one in asked.items()}
    manager = columns.get("manager")
    if isinstance(manager, PersonColumn):
        found.findings += _circles(asked["manager"], manager, files, ids)
    if any(d.is_error for d in found.findings):
        return None, _bounded(found.findings)
    applications = _applications(files, index_of)
    facts = {one.id: columns[f"fact:{one.id}"] for one in contract.facts}
    completed = facts.get("completed")
    return Roster(
        ids=tuple(opaque_id("p", workspace, roster_id) for roster_id in ids),
        roster_ids=tuple(ids),
        names=_names(contract, files, index_of),
        columns={one.id: columns[one.id] for one in contract.fields},
        completed=completed if isinstance(completed, SetColumn) else _nothing_completed(len(ids)),
        approved=_approved(facts.get("approved"), len(ids)),
        applications=tuple(
            Applications(
                role=role,
                program=contract.sources[number].program,
                cohort=contract.sources[number].cohort,
                people=people,
            )
            for (number, role), people in applications.items()
        ),
        digest=_digest(contract, ids, {f"{number}:{role}": who for (number, role), who in applications.items()}, texts),
    ), _bounded(found.findings)


# -- columns -----------------------------------------------------------------------------------------------------------


def _merged(asked: Field, files: Iterable[Rows], index_of: Mapping[str, int], found: Found) -> _Texts:
    """What the files say in one field: of a person with rows in several, what is not blank."""
    texts: list[str | None] = [None] * len(index_of)
    for rows in files:
        for roster_id, text in rows.answers(asked):
            index = index_of[roster_id]
            known = texts[index]
            if known is None or known == text or not known.strip():
                texts[index] = text
            elif text.strip() and match_key(text, asked) != match_key(known, asked):
                found.findings.append(
                    finding(
                        "MC3006",
                        f"column `{asked.column}` differs from the other row of the same person",
                        span=rows.span(roster_id, asked.column),
                        help="make both equal, or leave one blank",
                        related=(Related(message="the other row", span=_span(asked, files, roster_id)),),
                    )
                )
    return texts


def _span(asked: Field, files: Iterable[Rows], roster_id: str) -> Span:
    """Where the text of a person stands that counts: the first that is not blank, or the last."""
    asking = [rows for rows in files if rows.asks(asked, roster_id)]
    said = (rows for rows in asking if rows.cell(roster_id, asked.column).strip())
    return next(said, asking[-1]).span(roster_id, asked.column)


def _column(asked: Field, texts: _Texts, files: Sequence[Rows], index_of: Mapping[str, int], found: Found) -> Column:
    cells = Cells(
        texts=tuple(text or "" for text in texts),
        index_of=index_of,
        left_out=frozenset(found.left_out),
        is_partial=found.is_partial,
    )
    answering = (index for index, text in enumerate(texts) if text is not None)
    column, defects = read_cells(asked, cells, answering)
    ids = list(index_of) if defects else []
    for defect in defects:
        span = _span(asked, files, ids[defect.row])
        detail = f"column `{asked.column}`: {defect.detail}"
        found.findings.append(finding(defect.code, detail, help=defect.help, span=span))
    return column


def _circles(asked: Field, column: PersonColumn, files: Sequence[Rows], ids: Sequence[str]) -> Iterator[Diagnostic]:
    """Reporting lines that lead back to where they began, each reported once."""
    people = column.people.tolist()
    seen = [0] * len(ids)  # the walk that came by, 0 for none
    for walk, start in enumerate(range(len(ids)), 1):
        at = start if people[start] != start else -1  # to be one's own is a defect of the cell
        while at >= 0 and not seen[at]:
            seen[at] = walk
            at = people[at]
        if at >= 0 and seen[at] == walk and people[at] != at:
            yield finding(
                "MC3009",
                f"following column `{asked.column}` from this row leads back to it",
                help="one of the people in the circle has a wrong entry",
                span=_span(asked, files, ids[at]),
            )


# -- the rest of the roster --------------------------------------------------------------------------------------------


def _names(contract: Contract, files: Iterable[Rows], index_of: Mapping[str, int]) -> tuple[str, ...]:
    """How people are called: as the first file says that does, or by their id."""
    names: dict[str, str] = {}
    for rows in files:
        parts = [rows.texts(column) for column in contract.name_columns if column in rows.at]
        called = map(" ".join, map(partial(filter, None), zip(*parts, strict=True)))
        names = dict(zip(rows.row_of, called, strict=False)) | {who: name for who, name in names.items() if name}
    return tuple(names.get(roster_id) or roster_id for roster_id in index_of)


def _wrong_flags(contract: Contract, tables: Iterable[Table], files: Sequence[Rows]) -> Iterator[Diagnostic]:
    """People whose row says that they have both roles, while no other row does."""
    both = contract.both_roles
    if both is None:
        return
    headers = {name.strip() for table in tables for name in table.header}
    if both.column not in headers:
        yield finding(
            "MC3002",
            f"`both_roles` names the column `{both.column}`, which no file has",
            help=did_you_mean(both.column, headers),
            place=Place(document=WORKSPACE, path=("roster", "both_roles", "column")),
        )
    loose = list(_loose(both, files)) if both.unlinked is not Unlinked.IGNORE else []
    if loose and both.unlinked is Unlinked.REPORT:
        yield finding(
            "MC3012",
            f"{len(loose)} rows say `{both.yes[0]}` in column `{both.column}`, but their id is on no row of "
            "the other role; they keep the one role of their row",
            help="add the second rows with the same id, or set `unlinked: ignore`",
            span=loose[0],
        )
    elif both.unlinked is Unlinked.REFUSE:
        yield from (
            finding(
                "MC3015",
                f"column `{both.column}` claims both roles, but no row of the other role has this id",
                help="add the second row, or set `unlinked: report`",
                span=span,
            )
            for span in loose
        )


def _loose(both: BothRoles, files: Sequence[Rows]) -> Iterator[Span]:
    """Where those say that they have both roles who do not."""
    yes = {word.casefold() for word in both.yes}
    flagged: dict[str, Rows | None] = dict.fromkeys(roster_id for rows in files for roster_id in rows.row_of)
    for rows in files:
        if both.column in rows.at:
            words = map(str.casefold, rows.texts(both.column))
            flagged |= {who: rows for who, word in zip(rows.row_of, words, strict=True) if word in yes}
    taking = [set().union(*(rows.applying().get(role, ()) for rows in files)) for role in PAIR_ROLES]
    linked = set.intersection(*taking)
    for roster_id, saying in flagged.items():
        if saying is not None and roster_id not in linked:
            yield saying.span(roster_id, both.column)


def _applications(files: Iterable[Rows], index_of: Mapping[str, int]) -> dict[tuple[int, Role], Ints]:
    """Who applies, by the number of the source and the role."""
    return {
        (rows.number, role): np.array(sorted(map(index_of.__getitem__, who)), np.int32)
        for rows in files
        for role, who in sorted(rows.applying().items())
        if who
    }


def _nothing_completed(people: int) -> SetColumn:
    return SetColumn(words=np.zeros((people, 1), np.uint64), labels=())


def _approved(column: Column | None, people: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    codes = getattr(column, "codes", None)
    return np.zeros(people, np.bool_) if codes is None else np.asarray(codes == 1)


def _digest(contract: Contract, ids: Sequence[str], applying: Mapping[str, Ints], texts: Mapping[str, _Texts]) -> str:
    """A digest of the contract and of what it reads, whatever the order of rows and columns."""
    roles = []
    for name, who in sorted(applying.items()):
        column = [""] * len(ids)
        for index in who.tolist():
            column[index] = repr(name)
        roles.append(column)
    cells = []
    for key, said in sorted(texts.items()):
        shown = {text: "" if text is None else repr((key, text)) for text in set(said)}
        cells.append(list(map(shown.__getitem__, said)))
    people = zip(ids, _listed(roles, len(ids)), _listed(cells, len(ids)), strict=True)
    made = hashlib.sha256(repr(contract).encode())
    made.update("".join(f"({roster_id!r}, [{who}], [{what}])" for roster_id, who, what in people).encode())
    return f"sha256:{made.hexdigest()}"


def _listed(columns: Sequence[Sequence[str]], people: int) -> Sequence[str]:
    """What the columns say about each person, one after the other."""
    return list(map(", ".join, map(partial(filter, None), zip(*columns, strict=True)))) or [""] * people


def _bounded(found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """At most `_REPORTED` findings, the errors first, and how many more there are."""
    ranked = sorted(found, key=lambda d: (not d.is_error, d.span or Span(file="", line=0, column=0), d.code))
    if len(ranked) <= _REPORTED:
        return tuple(ranked)
    more = finding("MC3011", f"{len(ranked) - _REPORTED} more defects are not shown", help="mend these first")
    return (*ranked[:_REPORTED], more)
