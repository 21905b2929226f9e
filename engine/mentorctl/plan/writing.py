"""What was done by hand, written into the files: edits of YAML by position, and rows beside the roster.

Everything that no edit touches stays byte for byte, comments included. What files have no words for is left over.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence

from mentorctl.diagnostics import WORKSPACE, Edit, FieldPath, Place, Span
from mentorctl.loading import Loaded
from mentorctl.plan.by_hand import ByHand, Deed
from mentorctl.roster.by_hand import COLUMNS
from mentorctl.roster.people import Roster
from mentorctl.roster.table import Table
from mentorctl.spec.edits import edited
from mentorctl.values import dataclass

DECISIONS = "roster/by_hand.csv"  # where decisions go when the contract names no file

_KEYS: Mapping[Deed, str] = {Deed.MODE: "mode", Deed.NAME: "name", Deed.OWNER: "owner"}
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _.-]*[A-Za-z0-9]")
_NOT_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """New texts by file (a file that is not there yet has none before), and what could not be written, with why."""

    texts: tuple[tuple[str, str], ...]
    written: tuple[ByHand, ...]
    left: tuple[tuple[ByHand, str], ...]


def write_down(found: Sequence[ByHand], loaded: Loaded, roster: Roster, decisions: Table | None) -> Written:
    """The files as they say what was done by hand."""
    edits: dict[str, list[Edit]] = {}
    written: list[ByHand] = []
    left: list[tuple[ByHand, str]] = []
    rows: list[ByHand] = []
    for one in found:
        if one.deed in (Deed.ENROLLED, Deed.WITHDRAWN):
            rows.append(one)
            continue
        edit = _edit(one, loaded)
        if isinstance(edit, str):
            left.append((one, edit))
        else:
            edits.setdefault(edit.span.file, []).append(edit)
            written.append(one)
    texts = {}
    contract = loaded.workspace.contract if loaded.workspace else None
    if rows and contract:
        file = contract.by_hand or DECISIONS
        texts[file] = _with_rows(decisions, rows, roster)
        written += rows
        if not contract.by_hand:
            named = _named(loaded)
            edits.setdefault(named.span.file, []).append(named)
    texts |= {file: edited(loaded.texts[file], made) for file, made in edits.items()}
    return Written(texts=tuple(sorted(texts.items())), written=tuple(written), left=tuple(left))


def _edit(one: ByHand, loaded: Loaded) -> Edit | str:
    """The edit that says what is in the state, or why there is none."""
    if one.deed is Deed.START:
        return _value(one, ("cohorts", one.cohort, "start"), loaded)
    if one.deed in _KEYS:
        return _value(one, (_KEYS[one.deed],), loaded)
    return _WHY_NOT[one.deed]


def _value(one: ByHand, path: FieldPath, loaded: Loaded) -> Edit | str:
    own = loaded.files.get(one.program, "")
    span = loaded.locate(Place(document=one.program, path=path))
    text = _as_yaml(one.state)
    tree = loaded.sources[own].tree if own in loaded.sources else None
    if span is not None and _is_written(tree, path):
        return Edit(span=span, text=text) if span.file == own else f"it is inherited from {span.file}"
    anchor = loaded.locate(Place(document=one.program, path=("id",)))
    if len(path) > 1 or anchor is None or anchor.file != own:
        return "it is inherited from another file"
    return _line_after(anchor, loaded, f"{path[0]}: {text}")


def _is_written(tree: object, path: FieldPath) -> bool:
    node = tree
    for key in path:
        if not isinstance(node, dict) or key not in node:
            return False
        node = node[key]
    return True


def _named(loaded: Loaded) -> Edit:
    """The line of the contract that names the file with decisions."""
    span = loaded.locate(Place(document=WORKSPACE, path=("roster", "id"), on_key=True))
    if span is None:
        raise ValueError("a contract that loaded has an id column")
    return Edit(
        span=Span(file=span.file, line=span.line, column=span.column, end_line=span.line, end_column=span.column),
        text=f"by_hand: {DECISIONS}\n{' ' * (span.column - 1)}",
    )


def _line_after(span: Span, loaded: Loaded, text: str) -> Edit:
    """A line of its own below a value of the top level."""
    lines = loaded.texts[span.file].splitlines()
    column = len(lines[span.line - 1]) + 1
    at = Span(file=span.file, line=span.line, column=column, end_line=span.line, end_column=column)
    return Edit(span=at, text=f"\n{text}")


def _as_yaml(text: str) -> str:
    """A text as YAML would read it again as the same text."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return text
    is_plain = _PLAIN.fullmatch(text) is not None and text.casefold() not in _NOT_TEXT
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def _with_rows(decisions: Table | None, rows: Iterable[ByHand], roster: Roster) -> str:
    """The file with decisions, where what was decided last counts."""
    names = dict(zip(roster.ids, roster.roster_ids, strict=True))
    header = list(decisions.header) if decisions else list(COLUMNS)
    at = {name.casefold(): i for i, name in enumerate(header)}
    lines = [list(row) for row in decisions.rows] if decisions else []
    for one in rows:
        cells = dict(zip(COLUMNS, (names[one.who], one.role, one.program, one.cohort, _YES_NO[one.deed]), strict=True))
        known = [line for line in lines if all(line[at[name]].strip() == cells[name] for name in COLUMNS[:-1])]
        if not known:
            known = [[""] * len(header)]
            lines += known
        for name, cell in cells.items():
            known[0][at[name]] = cell
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([header, *lines])
    return out.getvalue()


_YES_NO = {Deed.ENROLLED: "yes", Deed.WITHDRAWN: "no"}
_WHY_NOT: Mapping[Deed, str] = {
    Deed.APPROVED: "the roster says who was approved; record it in the system that exports it",
    Deed.TRAINED: "the roster says who did which training; record it in the system that exports it",
    Deed.DEFINITION: "other files were applied last; merge them, or plan and apply these",
    Deed.GONE: "its file is not here; put it back, or say `was` where it has another id now",
}
