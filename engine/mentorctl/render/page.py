"""A page of sections with tables, as text for a terminal and as one HTML file that needs nothing else."""

from collections.abc import Iterator, Sequence

from mentorctl.render.style import Style, plain
from mentorctl.render.tables import table
from mentorctl.render.templates import filled
from mentorctl.values import dataclass

_PEOPLE = frozenset({"person", "mentor", "mentee", "peer", "with", "pair"})  # columns that hold people


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, sentences, and a table; `numbers` are its columns that are set to the right."""

    title: str
    lines: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numbers: frozenset[int] = frozenset()
    after: tuple[str, ...] = ()
    is_part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    title: str
    sections: tuple[Section, ...]


def page_text(page: Page, style: Style) -> str:
    """The page for a terminal."""
    return "\n".join(_lines(page, style)).strip("\n")


def _lines(page: Page, style: Style) -> Iterator[str]:
    for section in page.sections:
        yield ""
        indent = "  " if section.is_part else ""
        title = plain(section.title)
        yield f"{indent}{style.note(title) if section.is_part else style.strong(title)}"
        yield from (f"{indent}  {plain(line)}" for line in section.lines)
        dress = {at: style.person for at, name in enumerate(section.header) if name in _PEOPLE}
        yield from table(
            section.rows,
            header=section.header if section.rows else (),
            numbers=section.numbers,
            indent=f"{indent}  ",
            dress=dress,
            faint=style.faint,
        )
        yield from (style.faint(f"{indent}  {plain(line)}") for line in section.after)


def page_html(page: Page) -> str:
    """The page as one HTML file, without scripts and without anything that is fetched."""
    return filled("pages/page.html.j2", {"page": _shown(page)}, escape=True)


def _shown(page: Page) -> dict[str, object]:
    return {
        "title": plain(page.title),
        "sections": [
            {
                "title": plain(s.title),
                "lines": [plain(line) for line in s.lines],
                "header": list(s.header),
                "rows": [_cells(row, s.numbers) for row in s.rows],
                "after": [plain(line) for line in s.after],
                "is_part": s.is_part,
            }
            for s in page.sections
        ],
    }


def _cells(row: Sequence[str], numbers: frozenset[int]) -> list[dict[str, object]]:
    return [{"text": plain(cell), "is_number": at in numbers} for at, cell in enumerate(row)]
