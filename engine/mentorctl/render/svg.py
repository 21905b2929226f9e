"""A drawing of boxes and labelled lines as SVG: one file, no network, no script, readable on light and dark pages.

Colors follow the page (`prefers-color-scheme`), and no meaning hangs on color alone: what is new, gone or different
also has its sign in the text and its own kind of line.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise

from mentorctl.render.layout import Layout, Line, Route, Size, layout
from mentorctl.values import dataclass

MARGIN = 16.0
_LETTER = 6.9  # width of a letter of the small text; boxes use it for their larger title with a factor
_LINE = 15.0
_WIDE = 1.12


class Look(StrEnum):
    """What a part of the drawing means beside its words."""

    PLAIN = "plain"
    START = "start"
    END = "end"
    TIMED = "timed"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box with a title and small lines below it; `hint` is shown under the mouse. A START box is a dot."""

    id: str
    title: str
    lines: tuple[str, ...] = ()
    look: Look = Look.PLAIN
    is_end: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A line with an arrow between two boxes, and what stands on it."""

    source: str
    target: str
    labels: tuple[str, ...] = ()
    look: Look = Look.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is drawn: `title` and `description` are read out by screen readers."""

    title: str
    description: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def picture_svg(picture: Picture) -> str:
    """The picture as an SVG document that ends with a newline."""
    return "\n".join(_document(picture)) + "\n"


def inline_svg(picture: Picture, name: str) -> str:
    """The picture for a page of HTML that has `picture_css`; `name` keeps its ids apart from those of others."""
    return "\n".join(_document(picture, name=name))


def picture_css(scope: str) -> str:
    """The looks of pictures in a page, for those inside `scope`."""
    return _css(scope)


def _document(picture: Picture, name: str = "") -> Iterator[str]:
    drawn = layout(
        {box.id: _box_size(box) for box in picture.boxes},
        [Line(source=a.source, target=a.target, label=_label_size(a.labels)) for a in picture.arrows],
    )
    width, height = drawn.size.width + 2 * MARGIN, drawn.size.height + 2 * MARGIN
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" '
        f'height="{_n(height)}" role="img" aria-labelledby="{name}t {name}d">'
    )
    yield f'<title id="{name}t">{escaped(picture.title)}</title>'
    yield f'<desc id="{name}d">{escaped(picture.description)}</desc>'
    if not name:
        yield f"<style>\n{_css('')}</style>"
    yield "<defs>" + "".join(_arrow_head(look, name) for look in ("plain", "added", "removed", "changed")) + "</defs>"
    yield f'<rect class="page" width="{_n(width)}" height="{_n(height)}"/>'
    yield f'<g transform="translate({_n(MARGIN)} {_n(MARGIN)})">'
    for arrow, route in zip(picture.arrows, drawn.routes, strict=True):
        yield f'<path class="line {arrow.look}" d="{_path(route)}" marker-end="url(#{name}{_marker(arrow.look)})"/>'
    for box in picture.boxes:
        yield from _box(box, drawn)
    for arrow, route in zip(picture.arrows, drawn.routes, strict=True):
        yield from _label(arrow, route)
    yield "</g></svg>"


def _box(box: Box, drawn: Layout) -> Iterator[str]:
    x, y = drawn.boxes[box.id]
    size = _box_size(box)
    if box.look is Look.START:
        yield f'<circle class="dot" cx="{_n(x)}" cy="{_n(y)}" r="6"/>'
        return
    left, top = x - size.width / 2, y - size.height / 2
    yield f'<g class="box {box.look}">'
    if box.hint:
        yield f"<title>{escaped(box.hint)}</title>"
    yield f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(size.width)}" height="{_n(size.height)}" rx="6"/>'
    if box.is_end:
        yield (
            f'<rect class="inner" x="{_n(left + 3)}" y="{_n(top + 3)}" width="{_n(size.width - 6)}" '
            f'height="{_n(size.height - 6)}" rx="4"/>'
        )
    first = top + 19
    yield f'<text class="name" x="{_n(x)}" y="{_n(first)}">{escaped(box.title)}</text>'
    for number, line in enumerate(box.lines, start=1):
        yield f'<text x="{_n(x)}" y="{_n(first + number * _LINE)}">{escaped(line)}</text>'
    yield "</g>"


def _label(arrow: Arrow, route: Route) -> Iterator[str]:
    if not arrow.labels:
        return
    size = _label_size(arrow.labels)
    x, y = route.label
    yield f'<g class="label {arrow.look}">'
    yield (
        f'<rect x="{_n(x - size.width / 2)}" y="{_n(y - size.height / 2)}" width="{_n(size.width)}" '
        f'height="{_n(size.height)}" rx="3"/>'
    )
    top = y - size.height / 2 + 12
    for number, text in enumerate(arrow.labels):
        yield f'<text x="{_n(x)}" y="{_n(top + number * _LINE)}">{escaped(text)}</text>'
    yield "</g>"


def _path(route: Route) -> str:
    """A smooth line that is upright at both ends; a loop bulges to the right."""
    points = route.points
    first = points[0]
    if len(points) == 4 and points[1][0] == points[2][0] > first[0] == points[3][0]:  # noqa: PLR2004 - a loop
        corners = " ".join(f"{_n(x)} {_n(y)}" for x, y in points[1:])
        return f"M{_n(first[0])} {_n(first[1])}C{corners}"
    path = [f"M{_n(first[0])} {_n(first[1])}"]
    slopes = _slopes(points)
    for at, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        third = (y1 - y0) / 3 if at and at + 2 < len(points) else (y1 - y0) / 2
        one, other = (x0 + slopes[at] * third, y0 + third), (x1 - slopes[at + 1] * third, y1 - third)
        path.append(f"C{_n(one[0])} {_n(one[1])} {_n(other[0])} {_n(other[1])} {_n(x1)} {_n(y1)}")
    return "".join(path)


def _slopes(points: Sequence[tuple[float, float]]) -> list[float]:
    """How far across for each step down: none at both ends and at labels, that of the neighbors in between."""
    slopes = [0.0] * len(points)
    for at in range(1, len(points) - 1):
        (x0, y0), (x, _), (x1, y1) = points[at - 1 : at + 2]
        if (x - x0) * (x1 - x) > 0:
            slopes[at] = (x1 - x0) / (y1 - y0)
    return slopes


def _box_size(box: Box) -> Size:
    if box.look is Look.START:
        return Size(width=12, height=12)
    width = max([len(box.title) * _LETTER * _WIDE, *(len(line) * _LETTER for line in box.lines)]) + 28
    return Size(width=max(64.0, width), height=30 + _LINE * len(box.lines))


def _label_size(labels: Sequence[str]) -> Size:
    if not labels:
        return Size(width=2, height=0)
    return Size(width=max(map(len, labels)) * _LETTER * 0.92 + 8, height=_LINE * len(labels) + 2)


def _marker(look: Look) -> str:
    return f"a-{look}" if look in (Look.ADDED, Look.REMOVED, Look.CHANGED) else "a-plain"


def _n(number: float) -> str:
    """A coordinate with one decimal, short."""
    return f"{number:.1f}".removesuffix(".0")


def escaped(text: str) -> str:
    """Text for XML, on one line, without characters that XML has no place for."""
    clean = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _arrow_head(look: str, name: str) -> str:
    return (
        f'<marker id="{name}a-{look}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path class="head {look}" d="M0 0L10 5L0 10z"/></marker>'
    )


# Name → on light pages, on dark ones. Written out in full, because many programs that draw SVG know no variables.
_COLORS = {
    "page": ("#ffffff", "#0d1117"),
    "ink": ("#1f2328", "#e6edf3"),
    "soft": ("#59636e", "#9198a1"),
    "line": ("#6e7781", "#8b949e"),
    "fill": ("#f6f8fa", "#161b22"),
    "new": ("#116329", "#56d364"),
    "gone": ("#a40e26", "#ff7b72"),
    "other": ("#7d4e00", "#e3b341"),
}
_COLORED = (
    ("text", "fill", "soft"),
    (".name,.dot", "fill", "ink"),
    (".page,.label rect", "fill", "page"),
    (".box rect", "fill", "fill"),
    (".box rect,.line", "stroke", "line"),
    (".head", "fill", "line"),
    *(
        rule
        for look, color in (("added", "new"), ("removed", "gone"), ("changed", "other"))
        for rule in (
            (f".line.{look},.box.{look} rect", "stroke", color),
            (f".{look} text,.head.{look}", "fill", color),
        )
    ),
)


_SHAPED = (
    ("text", "font:12px ui-sans-serif,system-ui,'Liberation Sans',Arial,sans-serif;text-anchor:middle"),
    (".name", "font-size:13px;font-weight:600"),
    (".line", "fill:none;stroke-width:1.3"),
    (".label rect", "opacity:.92"),
    (".timed.line,.folded rect", "stroke-dasharray:2 3"),
    (".added.line,.added rect", "stroke-width:2.2"),
    (".removed.line,.box.removed rect", "stroke-dasharray:6 4"),
    (".changed.line,.box.changed rect", "stroke-width:2.2;stroke-dasharray:10 3"),
    (".box .inner", "stroke-width:1"),
)


def _css(scope: str) -> str:
    shaped = "\n".join(f"{_scoped(where, scope)}{{{what}}}" for where, what in _SHAPED)
    return f"{shaped}\n{_colored(0, scope)}\n@media (prefers-color-scheme:dark){{\n{_colored(1, scope)}\n}}\n"


def _colored(theme: int, scope: str) -> str:
    return "\n".join(f"{_scoped(where, scope)}{{{what}:{_COLORS[color][theme]}}}" for where, what, color in _COLORED)


def _scoped(where: str, scope: str) -> str:
    return ",".join(f"{scope} {part}" if scope else part for part in where.split(","))
