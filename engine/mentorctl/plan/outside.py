"""Scores that another system gave to pairs: from a table to arrays, with every defect named.

A list has a row per pair, a matrix a row per mentee and a column per mentor. Either way a pair may be without a score,
which is not the same as a score of 0.
"""

import re
from collections.abc import Iterator

import numpy as np

from mentorctl.diagnostics import Diagnostic, Span, did_you_mean, finding, quoted_list
from mentorctl.optimize.ground import OutsideScores
from mentorctl.roster.people import Roster
from mentorctl.roster.table import Table
from mentorctl.rules.pairs import ScoreForm

_COLUMNS = ("mentor", "mentee", "score")
_MOST = 1_000_000
_SHOWN = 20
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")

type _Pair = tuple[int, int]  # mentor and mentee
type _Scored = tuple[_Pair, int]


def read_outside_scores(
    table: Table, roster: Roster, form: ScoreForm = ScoreForm.LIST
) -> tuple[OutsideScores | None, tuple[Diagnostic, ...]]:
    """The scores of a file; no scores when there is a defect."""
    index_of = {roster_id: index for index, roster_id in enumerate(roster.roster_ids)}
    read = _list if form is ScoreForm.LIST else _matrix
    scores: dict[_Pair, int] = {}
    found: list[Diagnostic] = []
    for item in read(table, index_of):
        if isinstance(item, Diagnostic):
            found.append(item)
            if len(found) == _SHOWN:
                break
            continue
        (pair, score), line, column = item
        if pair in scores:
            found.append(_defect(table, line, column, "MC3005", "these two have a score already"))
        scores.setdefault(pair, score)
    if found:
        return None, tuple(found[:_SHOWN])
    columns = np.array([(*pair, score) for pair, score in scores.items()], np.int64).reshape(len(scores), 3)
    return OutsideScores(
        mentor=columns[:, 0].astype(np.int32), mentee=columns[:, 1].astype(np.int32), score=columns[:, 2].copy()
    ), ()


def _list(table: Table, index_of: dict[str, int]) -> Iterator[tuple[_Scored, int, int] | Diagnostic]:
    missing = [name for name in _COLUMNS if name not in table.header]
    if missing:
        yield finding(
            "MC3002",
            f"`{table.file}` lacks {quoted_list(missing, last='and')}; outside scores have the columns mentor, "
            "mentee and score",
            help="write `form: matrix` where mentors are columns and mentees are rows",
            span=Span(file=table.file, line=1, column=1),
        )
        return
    at = [table.header.index(name) for name in _COLUMNS]
    for line, row in zip(table.lines, table.rows, strict=True):
        if len(row) != len(table.header):
            yield _uneven(table, line, row)
            continue
        people = [_person(table, line, place, row[place], index_of) for place in at[:2]]
        score = _score(table, line, at[2], row[at[2]])
        wrong = next((read for read in (*people, score) if isinstance(read, Diagnostic)), None)
        mentor, mentee = people
        if isinstance(mentor, int) and isinstance(mentee, int) and isinstance(score, int):
            yield ((mentor, mentee), score), line, at[0]
        elif wrong is not None:
            yield wrong


def _matrix(table: Table, index_of: dict[str, int]) -> Iterator[tuple[_Scored, int, int] | Diagnostic]:
    mentors: list[int | None] = []
    for place, cell in enumerate(table.header[1:], start=1):
        mentor = _person(table, 1, place, cell, index_of)
        if isinstance(mentor, Diagnostic):
            yield mentor
        elif mentor in mentors:
            yield _defect(table, 1, place, "MC3005", f"`{cell.strip()}` has a column already")
        mentors.append(mentor if isinstance(mentor, int) else None)
    mentees: set[int] = set()
    for line, row in zip(table.lines, table.rows, strict=True):
        if len(row) != len(table.header):
            yield _uneven(table, line, row)
            continue
        mentee = _person(table, line, 0, row[0], index_of)
        if isinstance(mentee, Diagnostic):
            yield mentee
            continue
        if mentee in mentees:
            yield _defect(table, line, 0, "MC3005", f"`{row[0].strip()}` has a row already")
            continue
        mentees.add(mentee)
        for place, (of, cell) in enumerate(zip(mentors, row[1:], strict=True), start=1):
            if of is None or of == mentee or not cell.strip():
                continue
            score = _score(table, line, place, cell)
            yield score if isinstance(score, Diagnostic) else (((of, mentee), score), line, place)


def _person(table: Table, line: int, column: int, cell: str, index_of: dict[str, int]) -> int | Diagnostic:
    name = cell.strip()
    if name in index_of:
        return index_of[name]
    detail = f"nobody has the id `{name}`" if name else "nobody is named"
    return _defect(table, line, column, "MC3008", detail, help=did_you_mean(name, index_of) if name else "")


def _score(table: Table, line: int, column: int, cell: str) -> int | Diagnostic:
    text = cell.strip()
    if _WHOLE.fullmatch(text) and abs(int(text)) <= _MOST:
        return int(text)
    return _defect(
        table,
        line,
        column,
        "MC3007",
        f"`{text[:40]}` is no whole number between -{_MOST:,} and {_MOST:,}" if text else "there is no score",
        help="" if text else "leave the row out; a pair without a row has no score",
    )


def _uneven(table: Table, line: int, row: tuple[str, ...]) -> Diagnostic:
    return _defect(table, line, 0, "MC3003", f"{len(row)} cells under a header of {len(table.header)}")


def _defect(table: Table, line: int, column: int, code: str, detail: str, *, help: str = "") -> Diagnostic:  # noqa: A002
    return finding(code, detail, help=help, span=Span(file=table.file, line=line, column=column + 1))
