"""What is taken over from elsewhere, as text and JSON."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from mentorctl.plan.model import Plan
from mentorctl.render.style import Style
from mentorctl.render.tables import table
from mentorctl.state.codec import kind_of
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Record

_SHOWN = 20


def adopted_text(plan: Plan, serial: int | None, *, names: Mapping[str, str], style: Style) -> Iterator[str]:
    """What comes into the state by kind, the matches, and whether it is written."""
    records = [change.after for change in plan.changes if change.after is not None]
    if not records:
        yield "There is nothing to adopt."
        return
    counts = Counter(_words(record) for record in records)
    yield style.strong(f"{'Adopted' if serial else 'To adopt'}; nobody is told of it:")
    rows = [("+", f"{count:,}", what) for what, count in sorted(counts.items())]
    yield from table(rows, numbers=frozenset({1}), dress={0: style.added})
    matches = [record for record in records if isinstance(record, MatchRecord)]
    shown = [
        (
            ", ".join(names.get(person, person) for person in match.mentors) or "peers",
            ", ".join(names.get(person, person) for person in match.others),
            match.state,
            str(match.score),
        )
        for match in matches[:_SHOWN]
    ]
    if shown:
        yield ""
        yield from table(
            shown,
            header=("mentor", "with", "state", "score"),
            numbers=frozenset({3}),
            faint=style.faint,
            dress={0: style.person, 1: style.person},
        )
        if len(matches) > _SHOWN:
            yield style.faint(f"  … {len(matches) - _SHOWN:,} more")
    yield ""
    if serial:
        yield f"{style.added('Written')} in one step; the state is at serial {serial}."
    else:
        yield "Nothing is written yet; `--yes` does it."


def _words(record: Record) -> str:
    role = f"{record.role} " if isinstance(record, EnrollmentRecord) else ""
    return f"{kind_of(record)} {role}{record.state}"


def adopted_json(plan: Plan, serial: int | None) -> dict[str, Any]:
    """The same as JSON values."""
    records = [change.after for change in plan.changes if change.after is not None]
    counts = Counter(_words(record) for record in records)
    return {
        "format": "mentorctl/adopted/v1",
        "written": serial is not None,
        "serial": serial,
        "digest": plan.digest,
        "records": dict(sorted(counts.items())),
    }
