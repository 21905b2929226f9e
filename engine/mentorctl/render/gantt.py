"""The timeline of a program as a chart: phases as bars, milestones and events as marks, today as a line.

In a terminal it is made of blocks, elsewhere one SVG without fonts, scripts or network, readable in light and dark and
by those who listen to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from html import escape

from mentorctl.dates.timeline import Timeline
from mentorctl.render.style import Style, plain
from mentorctl.render.tables import width
from mentorctl.values import dataclass

_CELLS = 64  # of the bars in a terminal
_LEFT, _RIGHT, _ROW, _TOP, _BAR = 170, 24, 30, 44, 18  # pixels of the picture
_WIDE = 960


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A day that matters: a milestone, an event, a deadline."""

    title: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One cohort: its dates, the marks on them and the day that counts as today."""

    title: str
    timeline: Timeline
    marks: tuple[Mark, ...]
    today: date

    @property
    def span(self) -> tuple[date, date]:
        days = [*(m.day for m in self.marks), self.timeline.end, self.timeline.phases[0].start]
        return min(days), max(days)

    def share(self, day: date) -> float:
        """Where a day is between the first (0) and the last (1)."""
        first, last = self.span
        return (day - first).days / max(1, (last - first).days + 1)


# -- in a terminal -----------------------------------------------------------------------------------------------------


def chart_lines(chart: Chart, style: Style) -> Iterator[str]:
    """The chart as lines of text."""
    names = [phase.id for phase in chart.timeline.phases] + [plain(mark.title) for mark in chart.marks]
    gutter = max(map(width, names), default=0)
    yield style.strong(plain(chart.title))
    yield f"  {' ' * gutter}  {style.faint(_months(chart))}"
    for phase in chart.timeline.phases:
        first = round(chart.share(phase.start) * _CELLS)
        last = max(first + 1, round(chart.share(phase.end + timedelta(days=1)) * _CELLS))
        bar = "·" * first + "█" * (last - first) + "·" * (_CELLS - last)
        now = chart.today in phase
        dressed = style.note(bar[first:last]) if now else style.frame(bar[first:last])
        line = style.faint(bar[:first]) + dressed + style.faint(bar[last:])
        days = f"{phase.start:%d %b %Y} to {phase.end:%d %b %Y}"
        yield f"  {phase.id.ljust(gutter)}  {line}  {days}{'  now' if now else ''}"
    for mark in chart.marks:
        at = min(_CELLS - 1, int(chart.share(mark.day) * _CELLS))
        line = style.faint("·" * at) + style.changed("◆") + style.faint("·" * (_CELLS - at - 1))
        yield f"  {_padded(plain(mark.title), gutter)}  {line}  {mark.day:%d %b %Y}"
    first_day, last_day = chart.span
    if first_day <= chart.today <= last_day:
        at = min(_CELLS - 1, int(chart.share(chart.today) * _CELLS))
        yield f"  {' ' * gutter}  {' ' * at}{style.warning('▲')} {style.faint(f'{chart.today:%d %b %Y}')}"


def _padded(text: str, cells: int) -> str:
    return text + " " * (cells - width(text))


def _months(chart: Chart) -> str:
    """The names of the months above the cells where they begin, as far as there is room."""
    line = [" "] * (_CELLS + 8)
    free = 0
    for month in _first_days(chart):
        at = max(0, int(chart.share(month) * _CELLS))
        word = f"{month:%b}" if month.month > 1 else f"{month:%b %y}"
        if at >= free and at < _CELLS:
            line[at : at + len(word)] = word
            free = at + len(word) + 1
    return "".join(line).rstrip()


def _first_days(chart: Chart) -> Iterator[date]:
    first, last = chart.span
    month = first.replace(day=1)
    while month <= last:
        if month >= first:
            yield month
        month = (month + timedelta(days=32)).replace(day=1)


# -- as a picture ------------------------------------------------------------------------------------------------------


def chart_svg(charts: Sequence[Chart], *, title: str) -> str:
    """All charts below one another as one SVG document."""
    heights = [_TOP + _ROW * (len(c.timeline.phases) + len(c.marks)) + 24 for c in charts]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {sum(heights) + 16}" {_ABOUT}>',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(" ".join(_spoken(chart) for chart in charts))}</desc>',
        _STYLE,
        f'<rect class="page" width="{_WIDE}" height="{sum(heights) + 16}"/>',
    ]
    top = 8
    for chart, height in zip(charts, heights, strict=True):
        parts += _picture(chart, top)
        top += height
    return "\n".join([*parts, "</svg>", ""])


def _picture(chart: Chart, top: int) -> Iterator[str]:
    rows = len(chart.timeline.phases) + len(chart.marks)
    bottom = top + _TOP + _ROW * rows
    yield f'<text class="head" x="16" y="{top + 20}">{escape(chart.title)}</text>'
    for month in _first_days(chart):
        x = _x(chart, month)
        yield f'<line class="grid" x1="{x:.1f}" y1="{top + _TOP - 8}" x2="{x:.1f}" y2="{bottom}"/>'
    yield from _month_words(chart, top)
    for row, phase in enumerate(chart.timeline.phases):
        y = top + _TOP + row * _ROW
        x, end = _x(chart, phase.start), _x(chart, phase.end + timedelta(days=1))
        now = " now" if chart.today in phase else ""
        yield f'<text class="name" x="{_LEFT - 12}" y="{y + 14}">{escape(phase.id.replace("_", " "))}</text>'
        yield (
            f'<rect class="bar{now}" x="{x:.1f}" y="{y}" width="{max(2.0, end - x):.1f}" height="{_BAR}" rx="4">'
            f"<title>{escape(phase.id)}: {phase.start} to {phase.end}</title></rect>"
        )
        yield from _beside(f"{phase.start:%d %b} to {phase.end:%d %b}", x, end, y + 14, now)
    for row, mark in enumerate(chart.marks, start=len(chart.timeline.phases)):
        y = top + _TOP + row * _ROW + _BAR // 2
        x = _x(chart, mark.day)
        yield f'<text class="name" x="{_LEFT - 12}" y="{y + 5}">{escape(_short(mark.title))}</text>'
        yield (
            f'<path class="mark" d="M{x:.1f} {y - 7}l7 7l-7 7l-7 -7z">'
            f"<title>{escape(mark.title)}: {mark.day}</title></path>"
        )
        yield from _beside(f"{mark.day:%d %b}", x - 8, x + 8, y + 5)
    first, last = chart.span
    if first <= chart.today <= last:
        x = _x(chart, chart.today)
        yield f'<line class="today" x1="{x:.1f}" y1="{top + _TOP - 8}" x2="{x:.1f}" y2="{bottom}"/>'
        yield f'<text class="today" x="{x:.1f}" y="{bottom + 14}">today, {chart.today:%d %b}</text>'


def _beside(words: str, start: float, end: float, y: float, now: str = "") -> Iterator[str]:
    """Words inside something wide, else right of it, or left of it where there is no room."""
    if end - start > 8 * len(words):
        yield f'<text class="inside{now}" x="{start + 8:.1f}" y="{y}">{words}</text>'
        return
    room = _WIDE - _RIGHT - end > 7 * len(words)
    x, anchor = (end + 6, "start") if room else (start - 6, "end")
    yield f'<text class="days" x="{x:.1f}" y="{y}" text-anchor="{anchor}">{words}</text>'


def _month_words(chart: Chart, top: int) -> Iterator[str]:
    free = 0.0
    for month in _first_days(chart):
        x = _x(chart, month)
        if x >= free:
            word = f"{month:%b}" if month.month > 1 else f"{month:%b %Y}"
            yield f'<text class="month" x="{x + 3:.1f}" y="{top + _TOP - 12}">{word}</text>'
            free = x + 9 * len(word) + 6


def _x(chart: Chart, day: date) -> float:
    return _LEFT + chart.share(day) * (_WIDE - _LEFT - _RIGHT)


def _short(text: str, most: int = 22) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _spoken(chart: Chart) -> str:
    """The chart in sentences, for those who listen to it."""
    phases = "; ".join(f"{p.id} from {p.start} to {p.end}" for p in chart.timeline.phases)
    marks = "; ".join(f"{m.title} on {m.day}" for m in chart.marks)
    return f"{chart.title}: {phases}." + (f" Marks: {marks}." if marks else "")


def marks_of(timeline: Timeline, events: Mapping[str, date]) -> tuple[Mark, ...]:
    """Milestones and events in the order of their days."""
    marks = [Mark(title=m.id.replace("_", " "), day=m.last) for m in timeline.milestones]
    marks += [Mark(title=title, day=day) for title, day in events.items()]
    return tuple(sorted(marks, key=lambda mark: (mark.day, mark.title)))


_ABOUT = 'role="img" aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="13"'
_STYLE = """<style>
.page{fill:#fff}.head{font-weight:600;font-size:15px;fill:#1f2328}.name{text-anchor:end;fill:#1f2328}
.days,.month{fill:#59636e;font-size:11px}.days{paint-order:stroke;stroke:#fff;stroke-width:4px}.inside{font-size:11px;fill:#000}.inside.now{fill:#fff}.grid{stroke:#d1d9e0;stroke-width:1}.bar{fill:#54aeff}.bar.now{fill:#0969da}
.mark{fill:#bc4c00}line.today{stroke:#cf222e;stroke-width:1.5;stroke-dasharray:4 3}
text.today{fill:#cf222e;font-size:11px;text-anchor:middle}
@media (prefers-color-scheme:dark){.page{fill:#0d1117}.head,.name{fill:#e6edf3}.days,.month{fill:#9198a1}
.days{stroke:#0d1117}.grid{stroke:#30363d}.bar{fill:#1f6feb}.bar.now{fill:#58a6ff}.inside{fill:#fff}.inside.now{fill:#000}.mark{fill:#f0883e}line.today{stroke:#ff7b72}
text.today{fill:#ff7b72}}
</style>"""
