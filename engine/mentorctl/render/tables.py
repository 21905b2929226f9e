"""Aligned columns and bars for a terminal, wide characters included."""

from collections.abc import Callable, Mapping, Sequence
from unicodedata import combining, east_asian_width

from mentorctl.render.style import plain

type Dress = Callable[[str], str]

_WIDEST = 60  # cells of a column


def width(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def table(
    rows: Sequence[Sequence[str]],
    *,
    header: Sequence[str] = (),
    numbers: frozenset[int] = frozenset(),
    dress: Mapping[int, Dress] | None = None,
    indent: str = "  ",
    faint: Dress = str,
) -> list[str]:
    """Lines of aligned columns; `numbers` are set to the right, `dress` colors columns after they are aligned."""
    cells = [[_cut(plain(cell)) for cell in row] for row in ([header] if header else []) + list(rows)]
    if not cells:
        return []
    widths = [max(width(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = []
    for at, row in enumerate(cells):
        is_header = bool(header) and at == 0
        parts = []
        for i, cell in enumerate(row):
            gap = " " * (widths[i] - width(cell))
            dressed = cell if is_header else (dress or {}).get(i, str)(cell)
            parts.append(gap + dressed if i in numbers else dressed + gap)
        line = indent + "  ".join(parts).rstrip()
        lines.append(faint(line) if is_header else line)
    return lines


def _cut(text: str) -> str:
    """A text that fits a column; one enormous name must not push all others off the screen."""
    if len(text) <= _WIDEST // 2 or width(text) <= _WIDEST:
        return text
    shown = text[:_WIDEST]
    while width(shown) >= _WIDEST:
        shown = shown[:-1]
    return f"{shown}…"


def bar(share: float, cells: int = 20) -> str:
    """A share of 1 as a bar of eighths."""
    eighths = round(max(0.0, min(1.0, share)) * cells * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(cells, "·")
