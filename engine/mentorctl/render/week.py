"""A week of sessions as a grid for a terminal, and the list of what is in it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

from mentorctl.dates.zones import local_time
from mentorctl.render.style import Style, plain
from mentorctl.render.tables import table, width
from mentorctl.state.model import SessionRecord
from mentorctl.values import dataclass

_DAYS = 7
_STEP = 30  # minutes of a line
_WEEKEND = 5
_MARGIN = 7  # cells before the first day
_LISTED = 40
_OFFICE = (9 * 60, 17 * 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A session on the wall clock of the grid: its day, and its minutes from midnight."""

    day: int
    first: int
    last: int
    title: str
    cancelled: bool


def monday_of(day: date) -> date:
    """The Monday of the week that holds a day."""
    return day - timedelta(days=day.weekday())


def week_grid(
    sessions: Sequence[SessionRecord],
    monday: date,
    zone: str,
    *,
    title_of: Callable[[SessionRecord], str],
    style: Style,
    columns: int = 110,
) -> Iterator[str]:
    """Lines of half an hour from the first to the last session; Saturday and Sunday only where something is."""
    blocks = [b for s in sessions if (b := _block(s, monday, zone, title_of)) is not None]
    days = [d for d in range(_DAYS) if d < _WEEKEND or any(b.day == d for b in blocks)]
    cell = max(12, (columns - _MARGIN) // len(days) - 1)
    heads = [f"{monday + timedelta(days=d):%a %d %b}" for d in days]
    yield " " * _MARGIN + " ".join(style.strong(head.ljust(cell)) for head in heads).rstrip()
    first = min([_OFFICE[0], *(b.first for b in blocks)]) // 60 * 60
    last = max([_OFFICE[1], *(b.last for b in blocks)])
    for minute in range(first, last, _STEP):
        clock = f"{minute // 60:02}:{minute % 60:02}" if minute % 60 == 0 else ""
        cells = [_cell([b for b in blocks if b.day == d], minute, cell, style) for d in days]
        yield f"{style.faint(clock.rjust(5))}  {' '.join(cells)}".rstrip()


def agenda(
    sessions: Sequence[SessionRecord],
    monday: date,
    zone: str,
    *,
    title_of: Callable[[SessionRecord], str],
    style: Style,
) -> list[str]:
    """The sessions of the week, one a line."""
    found = [s for s in sessions if _block(s, monday, zone, title_of) is not None]
    rows = []
    for session in found[:_LISTED]:
        local = local_time(datetime.fromisoformat(session.starts), zone)
        ends = local + timedelta(minutes=session.minutes)
        who = f"{len(session.people)} people"
        rows.append((f"{local:%a %d %b}", f"{local:%H:%M}-{ends:%H:%M}", title_of(session), who, session.state))
    lines = table(rows, dress={2: style.note, 4: style.faint}, indent="  ")
    if len(found) > _LISTED:
        lines.append(style.faint(f"  … {len(found) - _LISTED} more"))
    return lines


def _block(session: SessionRecord, monday: date, zone: str, title_of: Callable[[SessionRecord], str]) -> Block | None:
    local = local_time(datetime.fromisoformat(session.starts), zone)
    day = (local.date() - monday).days
    if not 0 <= day < _DAYS:
        return None
    first = local.hour * 60 + local.minute
    return Block(
        day=day,
        first=first,
        last=min(first + session.minutes, 24 * 60),
        title=plain(title_of(session)),
        cancelled=session.state == "cancelled",
    )


def _cell(blocks: Sequence[Block], minute: int, cells: int, style: Style) -> str:
    """What happens on one day in one half hour: what begins is named, what goes on has a bar."""
    live = [b for b in blocks if not b.cancelled and b.first < minute + _STEP and b.last > minute]
    begins = [b for b in live if minute <= b.first < minute + _STEP]
    if not live:
        return style.faint("·".ljust(cells))
    if begins:
        text = begins[0].title if len(live) == 1 else f"{len(live)} sessions"
        return style.frame("▌") + style.note(_fitted(text, cells - 1))
    return style.frame("▌") + (" " * (cells - 1) if len(live) == 1 else style.faint(_fitted(f"{len(live)}", cells - 1)))


def _fitted(text: str, cells: int) -> str:
    """The text in so many cells, cut where it is longer."""
    if width(text) <= cells:
        return text + " " * (cells - width(text))
    shown = text
    while width(shown) > cells - 1:
        shown = shown[:-1]
    return f"{shown}…" + " " * (cells - width(shown) - 1)
