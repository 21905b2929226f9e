"""Who did what when, as text, JSON and CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from mentorctl.dates.zones import local_time
from mentorctl.render.style import Style
from mentorctl.render.tables import table
from mentorctl.values import dataclass

_DIGEST = 19  # characters of a digest, with its kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One commit. `lines` of the log were written by it, and `programs` are those that they are about.

    `said` are the words that came with it: what was accepted, who approved, what was held back.
    """

    serial: int
    kind: str
    at: datetime
    clock: datetime
    actor: str
    digest: str
    created: int
    updated: int
    deleted: int
    lines: int
    told: int
    programs: tuple[str, ...]
    said: tuple[str, ...]


def entry_line(entry: Entry, zone: str) -> tuple[str, ...]:
    """A commit as cells: serial, when, who, what, how much, what was said with it."""
    counts = ((entry.created, "+"), (entry.updated, "~"), (entry.deleted, "-"))
    parts = [f"{sign}{count:,}" for count, sign in counts if count]
    much = [" ".join(parts), f"{entry.told:,} told" if entry.told else ""]
    return (
        str(entry.serial),
        f"{local_time(entry.at, zone):%Y-%m-%d %H:%M}",
        entry.actor,
        entry.kind,
        ", ".join(filter(None, much)),
        ", ".join(entry.said),
    )


def audit_text(entries: Sequence[Entry], proof: str, *, is_sound: bool, zone: str, style: Style) -> Iterator[str]:
    """The commits, the newest last, and what could be verified."""
    if entries:
        rows = [(*entry_line(entry, zone), entry.digest[:_DIGEST], ", ".join(entry.programs)) for entry in entries]
        yield from table(
            rows,
            header=("", "when", "who", "what", "changes", "said", "digest", "programs"),
            numbers=frozenset({0}),
            indent="",
            faint=style.faint,
            dress={1: style.faint, 2: style.person, 3: style.note, 5: style.changed, 6: style.faint},
        )
    else:
        yield "No commit is of this kind."
    yield f"{style.added('✓') if is_sound else style.error('✗')} {proof}"


def audit_json(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The commits as JSON values."""
    return [
        asdict(entry)
        | {
            "at": f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
            "clock": f"{entry.clock:%Y-%m-%dT%H:%M:%SZ}",
            "programs": list(entry.programs),
            "said": list(entry.said),
        }
        for entry in entries
    ]


def audit_csv(entries: Iterable[Entry]) -> str:
    """The commits as a table for spreadsheets. No cell begins with a character that they would compute with."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    rows = audit_json(entries)
    names = list(Entry.__dataclass_fields__)
    writer.writerow(names)
    for row in rows:
        cells = ("; ".join(row[name]) if isinstance(row[name], list) else row[name] for name in names)
        writer.writerow([_harmless(str(cell)) for cell in cells])
    return out.getvalue().rstrip("\n")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell
