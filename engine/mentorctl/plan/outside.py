"""Scores that another system gave to pairs: from a table to arrays, with every defect named."""

from collections.abc import Sequence

import numpy as np

from mentorctl.diagnostics import Diagnostic, Span, did_you_mean, finding, quoted_list
from mentorctl.optimize.ground import OutsideScores
from mentorctl.roster.people import Roster
from mentorctl.roster.table import Table

_COLUMNS = ("mentor", "mentee", "score")
_MOST = 1_000_000
_SHOWN = 20


def read_outside_scores(table: Table, roster: Roster) -> tuple[OutsideScores | None, tuple[Diagnostic, ...]]:
    """The scores of a file with the columns mentor, mentee and score; no scores when there is a defect."""
    missing = [name for name in _COLUMNS if name not in table.header]
    if missing:
        return None, (
            finding(
                "MC3002",
                f"`{table.file}` lacks {quoted_list(missing, last='and')}; outside scores have the columns mentor, "
                "mentee and score",
                span=Span(file=table.file, line=1, column=1),
            ),
        )
    at = [table.header.index(name) for name in _COLUMNS]
    index_of = {roster_id: index for index, roster_id in enumerate(roster.roster_ids)}
    rows: dict[tuple[int, int], int] = {}
    found: list[Diagnostic] = []
    for line, row in zip(table.lines, table.rows, strict=True):
        read = _row(table, line, row, at, index_of)
        if isinstance(read, Diagnostic):
            found.append(read)
        elif (read[0], read[1]) in rows:
            found.append(_defect(table, line, at[0], "MC3005", "these two have a score already"))
        else:
            rows[read[0], read[1]] = read[2]
    if found:
        return None, tuple(found[:_SHOWN])
    columns = np.array([(*pair, score) for pair, score in rows.items()], np.int64).reshape(len(rows), 3)
    return OutsideScores(
        mentor=columns[:, 0].astype(np.int32), mentee=columns[:, 1].astype(np.int32), score=columns[:, 2].copy()
    ), ()


def _row(
    table: Table, line: int, row: Sequence[str], at: Sequence[int], index_of: dict[str, int]
) -> tuple[int, int, int] | Diagnostic:
    """Mentor, mentee and score of one row, or what is wrong with it."""
    if len(row) != len(table.header):
        return _defect(table, line, 0, "MC3003", f"{len(row)} cells under a header of {len(table.header)}")
    mentor, mentee, score = (row[position].strip() for position in at)
    for name, position in ((mentor, at[0]), (mentee, at[1])):
        if name not in index_of:
            return _defect(
                table, line, position, "MC3008", f"nobody has the id `{name}`", help=did_you_mean(name, index_of)
            )
    if not score.lstrip("+-").isdecimal() or not score.isascii() or abs(int(score)) > _MOST:
        return _defect(table, line, at[2], "MC3007", f"`{score}` is no whole number between -{_MOST:,} and {_MOST:,}")
    return index_of[mentor], index_of[mentee], int(score)


def _defect(table: Table, line: int, column: int, code: str, detail: str, *, help: str = "") -> Diagnostic:  # noqa: A002
    return finding(code, detail, help=help, span=Span(file=table.file, line=line, column=column + 1))
