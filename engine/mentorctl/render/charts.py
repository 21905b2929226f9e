"""Charts for a page of HTML as inline SVG: who is affected, distributions and dates before and after.

Colors are variables of the page, which knows light and dark. No meaning hangs on color: every bar has its number, and
what was is an outline where what will be is filled. Whatever a chart shows stands in a table beside it as well.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from mentorctl.render.svg import escaped
from mentorctl.values import dataclass

_WIDE = 540
_BAR_LEFT, _BAR_ROW, _BAR_VALUE = 122, 38, 146
_LETTER, _SMALL = 7.4, 6.2  # widths of a letter at both sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A horizontal bar: `share` of the whole, None for one that must not be drawn to length."""

    label: str
    value: str
    share: float | None
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two upright bars; None for a few."""

    label: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A row of a timeline before and after, each of them missing where it is new or gone."""

    label: str
    before: tuple[date, date] | None
    after: tuple[date, date] | None


def bars_svg(bars: Sequence[Bar], *, name: str, title: str) -> str:
    """Horizontal bars with their numbers."""
    height = _BAR_ROW * len(bars) + 8
    spoken = "; ".join(f"{bar.label}: {bar.value}" for bar in bars)
    return "\n".join(_svg(_bars(bars), height, name=name, title=title, description=spoken))


def pairs_svg(pairs: Sequence[Pair], *, name: str, title: str, axis: str) -> str:
    """A distribution before and after."""
    spoken = "; ".join(f"{p.label}: {_number(p.before)} before, {_number(p.after)} after" for p in pairs)
    return "\n".join(_svg(_pairs(pairs, axis), 268, name=name, title=title, description=spoken, wide=480))


def spans_svg(spans: Sequence[Span], *, name: str, title: str) -> str:
    """A timeline before and after."""
    height = 40 + _SPAN_ROW * len(spans) + 8
    spoken = "; ".join(f"{s.label}: {_days(s.before) or 'new'}, then {_days(s.after) or 'gone'}" for s in spans)
    return "\n".join(_svg(_spans(spans, height), height, name=name, title=title, description=spoken, wide=860))


def _svg(
    parts: Iterator[str], height: int, *, name: str, title: str, description: str, wide: int = _WIDE
) -> Iterator[str]:
    yield f'<svg viewBox="0 0 {wide} {height}" role="img" aria-labelledby="{name}t {name}d" class="chart w{wide}">'
    yield f'<title id="{name}t">{escaped(title)}</title><desc id="{name}d">{escaped(description)}</desc>'
    yield from parts
    yield "</svg>"


def _bars(bars: Sequence[Bar]) -> Iterator[str]:
    room = _WIDE - _BAR_LEFT - _BAR_VALUE
    for number, bar in enumerate(bars):
        y = _BAR_ROW * number + 8
        width = 26.0 if bar.share is None else max(4.0, room * bar.share)
        look = f"{bar.look} few" if bar.share is None else bar.look
        yield f'<text class="end" x="{_BAR_LEFT - 10}" y="{y + 18}">{escaped(bar.label)}</text>'
        yield f'<rect class="track" x="{_BAR_LEFT}" y="{y}" width="{room}" height="26" rx="4"/>'
        yield f'<rect class="{look}" x="{_BAR_LEFT}" y="{y}" width="{width:.1f}" height="26" rx="4"/>'
        yield f'<text class="strong" x="{_BAR_LEFT + room + 10}" y="{y + 18}">{escaped(bar.value)}</text>'


# -- distributions -----------------------------------------------------------------------------------------------------


def _pairs(pairs: Sequence[Pair], axis: str) -> Iterator[str]:
    top, bottom, left, right = 40, 206, 16, 464
    most = max([n for p in pairs for n in (p.before, p.after) if n] or [1])
    step = (right - left) / max(1, len(pairs))
    thick = min(30.0, step * 0.38)
    yield '<rect class="then" x="16" y="8" width="14" height="12" rx="2"/><text x="36" y="18">before</text>'
    yield '<rect class="now" x="98" y="8" width="14" height="12" rx="2"/><text x="118" y="18">after</text>'
    for at, pair in enumerate(pairs):
        middle = left + step * (at + 0.5)
        for look, count, x in (("then", pair.before, middle - thick - 1), ("now", pair.after, middle + 1)):
            yield from _column(look, count, x, thick, most, (top, bottom))
        yield f'<text class="mid soft" x="{middle:.1f}" y="{bottom + 18}">{escaped(_short(pair.label, step))}</text>'
    yield f'<line class="axis" x1="{left}" y1="{bottom}.5" x2="{right}" y2="{bottom}.5"/>'
    yield f'<text class="mid soft" x="{(left + right) / 2:.0f}" y="{bottom + 46}">{escaped(axis)}</text>'


def _column(look: str, count: int | None, x: float, thick: float, most: int, ends: tuple[int, int]) -> Iterator[str]:
    """A bar from the bottom up with its number; a few are a low dotted one."""
    top, bottom = ends
    tall = 9.0 if count is None else (bottom - top) * count / most
    if count == 0:
        return
    few = " few" if count is None else ""
    box = f'x="{x:.1f}" y="{bottom - tall:.1f}" width="{thick:.1f}" height="{tall:.1f}"'
    yield f'<rect class="{look}{few}" {box} rx="2"/>'
    words = "&lt;5" if count is None else f"{count:,}"
    if thick + 4 >= _LETTER * len(words.replace("&lt;", "<")) * 0.85:
        yield f'<text class="mid small" x="{x + thick / 2:.1f}" y="{bottom - tall - 4:.1f}">{words}</text>'


def _short(label: str, room: float) -> str:
    """A label, or its first number where the whole does not fit below its bars."""
    return label if len(label) * _LETTER * 0.85 + 8 <= room else label.partition("\u2013")[0]


def _number(count: int | None) -> str:
    return "fewer than 5" if count is None else f"{count:,}"


# -- dates -------------------------------------------------------------------------------------------------------------

_SPAN_ROW = 44
_SPAN_LEFT, _SPAN_RIGHT = 178, 844


def _spans(spans: Sequence[Span], height: int) -> Iterator[str]:
    days = [day for span in spans for side in (span.before, span.after) if side for day in side]
    if not days:
        return
    first, last = min(days), max(days) + timedelta(days=1)

    def x(day: date) -> float:
        return _SPAN_LEFT + (day - first).days / max(1, (last - first).days) * (_SPAN_RIGHT - _SPAN_LEFT)

    yield '<rect class="then" x="0.8" y="8" width="14" height="12" rx="2"/><text x="20" y="18">before</text>'
    yield '<rect class="now" x="82" y="8" width="14" height="12" rx="2"/><text x="102" y="18">after</text>'
    free = 0.0
    for month in _months(first, last):
        at = x(month)
        yield f'<line class="grid" x1="{at:.1f}" y1="26" x2="{at:.1f}" y2="{height - 8}"/>'
        word = f"{month:%b %Y}" if month.month == 1 or not free else f"{month:%b}"
        if at >= free and at + len(word) * _SMALL <= _SPAN_RIGHT + 14:
            yield f'<text class="soft small" x="{at + 3:.1f}" y="20">{word}</text>'
            free = at + len(word) * _SMALL + 6
    for number, span in enumerate(spans):
        y = 40 + _SPAN_ROW * number
        yield f'<text class="end" x="{_SPAN_LEFT - 14}" y="{y + 21}">{escaped(_cut(span.label))}</text>'
        for look, side, top in (("then", span.before, y + 1), ("now", span.after, y + 17)):
            if side:
                start, end = x(side[0]), x(side[1] + timedelta(days=1))
                width = max(3.0, end - start)
                yield (
                    f'<rect class="{look}" x="{start:.1f}" y="{top}" width="{width:.1f}" height="13" rx="3">'
                    f"<title>{escaped(_days(side))}</title></rect>"
                )


def _months(first: date, last: date) -> Iterator[date]:
    """First days of months, or of quarters and years where there are many."""
    many = (last.year - first.year) * 12 + last.month - first.month
    step = 1 if many <= 14 else 3 if many <= 42 else 12  # noqa: PLR2004 - months that have room
    month = first.replace(day=1)
    while month < last:
        if month >= first and (month.month - 1) % step == 0:
            yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _days(days: tuple[date, date] | None) -> str:
    return f"{days[0]:%d %b %Y} to {days[1]:%d %b %Y}" if days else ""


def _cut(text: str, most: int = 24) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
