"""A roster file as text, before anything is read into it."""

from mentorctl.values import dataclass

MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELL = 20_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A roster file as text: its header, its rows, and the line on which each row begins."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
