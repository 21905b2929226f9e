"""A calendar as one HTML file that needs nothing else: each week as a grid, and below it as a list.

Those who listen hear the list, and narrow screens show it alone.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from mentorctl.dates.zones import local_time
from mentorctl.render.style import plain
from mentorctl.render.templates import filled
from mentorctl.state.model import SessionRecord
from mentorctl.values import dataclass

_DAYS, _WEEKEND = 7, 5
_FIRST_HOUR, _LAST_HOUR = 8, 18  # shown at least
_MOST_WEEKS = 60
_MOST_LANES = 6  # blocks beside each other in a day
_KINDS = {"meeting": "meetings", "event": "events", "training": "training"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage:
    """What is shown: whose sessions, on which clock, from the week of a day on; `title_of` names a session."""

    title: str
    sessions: Sequence[SessionRecord]
    zone: str
    today: date
    title_of: Callable[[SessionRecord], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A session on the wall clock, in hours from midnight."""

    session: SessionRecord
    day: date
    first: float
    last: float


def calendar_html(page: CalendarPage) -> str:
    """The weeks from that of today on in which something is, at most a year of them."""
    blocks = sorted((_block(session, page.zone) for session in page.sessions), key=lambda b: (b.day, b.first))
    weeks: dict[date, list[_Block]] = {}
    for block in blocks:
        monday = block.day - timedelta(days=block.day.weekday())
        if block.day >= page.today - timedelta(days=page.today.weekday()):
            weeks.setdefault(monday, []).append(block)
    there = {block.session.kind for block in blocks}
    shown = {
        "title": plain(page.title),
        "zone": f"All times on the clock of {page.zone}",
        "kinds": [(kind, word) for kind, word in _KINDS.items() if kind in there],
        "weeks": [_week(page, monday, weeks[monday]) for monday in sorted(weeks)[:_MOST_WEEKS]],
    }
    return filled("pages/calendar.html.j2", {"page": shown}, escape=True)


def _week(page: CalendarPage, monday: date, blocks: Sequence[_Block]) -> dict[str, object]:
    days = [monday + timedelta(days=d) for d in range(_DAYS)]
    shown = [day for day in days if day.weekday() < _WEEKEND or any(b.day == day for b in blocks)]
    first = min(_FIRST_HOUR, *(int(b.first) for b in blocks))
    last = max(_LAST_HOUR, *(-int(-b.last // 1) for b in blocks))
    return {
        "title": f"Week of {monday:%d %B %Y}",
        "span": last - first,
        "hours": [{"at": hour - first, "text": f"{hour:02}:00"} for hour in range(first + 1, last)],
        "days": [
            {
                "title": f"{day:%a %d %b}",
                "is_today": day == page.today,
                "blocks": _placed(page, [b for b in blocks if b.day == day], first),
            }
            for day in shown
        ],
        "rows": [_row(page, block) for block in blocks],
    }


def _placed(page: CalendarPage, blocks: Sequence[_Block], first: int) -> list[dict[str, object]]:
    """Where each block of a day lies: those that overlap share the width."""
    placed = []
    for cluster in _clusters(blocks):
        lanes = _lanes(cluster)
        count = min(_MOST_LANES, max(lanes) + 1)
        for block, lane in zip(cluster, lanes, strict=True):
            session = block.session
            placed.append(
                {
                    "kind": session.kind,
                    "is_off": session.state == "cancelled",
                    "top": round(block.first - first, 3),
                    "height": round(max(0.5, block.last - block.first), 3),
                    "left": round(100 * (lane % count) / count, 2),
                    "width": round(100 / count, 2),
                    "title": plain(page.title_of(session)),
                    "clock": _clock(block),
                }
            )
    return placed


def _clusters(blocks: Sequence[_Block]) -> list[list[_Block]]:
    """Blocks in the order of time, those that overlap, also by way of others, together."""
    clusters: list[list[_Block]] = []
    until = -1.0
    for block in sorted(blocks, key=lambda b: (b.first, b.session.address)):
        if block.first < until:
            clusters[-1].append(block)
        else:
            clusters.append([block])
        until = max(until, block.last)
    return clusters


def _lanes(cluster: Sequence[_Block]) -> list[int]:
    """For each block the first lane that is free when it begins."""
    ends: list[float] = []
    lanes = []
    for block in cluster:
        lane = next((at for at, end in enumerate(ends) if end <= block.first), len(ends))
        ends[lane:] = [block.last, *ends[lane + 1 :]]
        lanes.append(lane)
    return lanes


def _row(page: CalendarPage, block: _Block) -> dict[str, object]:
    people = len(block.session.people)
    return {
        "kind": block.session.kind,
        "is_off": block.session.state == "cancelled",
        "day": f"{block.day:%a %d %b}",
        "clock": _clock(block),
        "title": plain(page.title_of(block.session)),
        "who": f"{people} people" if people > 2 else "",  # noqa: PLR2004 - a pair is in the title
    }


def _block(session: SessionRecord, zone: str) -> _Block:
    local = local_time(datetime.fromisoformat(session.starts), zone)
    first = local.hour + local.minute / 60
    return _Block(session=session, day=local.date(), first=first, last=min(24.0, first + session.minutes / 60))


def _clock(block: _Block) -> str:
    ends = block.first + block.session.minutes / 60
    begin, end = (f"{int(hour) % 24:02}:{round(hour % 1 * 60):02}" for hour in (block.first, ends))
    return f"{begin}-{end}"
