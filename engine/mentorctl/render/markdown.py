"""Words of others in Markdown: always as code, of which no reader makes a link, a mention, a picture or a table cell.

A code span takes every character for itself, and the filters that look for mentions, issue numbers and commits skip it.
The two that it cannot hold are its own fence, which is made longer than any run inside, and the bar of a table.
"""

import re
from collections.abc import Iterable, Sequence

from mentorctl.render.review_words import Foreign, Phrase
from mentorctl.render.style import plain

MOST = 120  # characters of one quotation


def quoted(text: str, most: int = MOST) -> str:
    """A text as a code span on one line, cut to a length; nothing for an empty one."""
    shown = plain(cut(text, most))
    shown = shown.replace("|", r"\u{7c}" if "\\|" in shown else r"\|")
    if not shown.strip():
        return ""
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    space = " " if "`" in (shown[0], shown[-1]) or (shown[0] == shown[-1] == " ") else ""
    return f"{fence}{space}{shown}{space}{fence}"


def worded(text: str, most: int = MOST) -> str:
    """A phrase as it is where nobody can make anything of it, else quoted."""
    return text if len(text) <= most and Phrase(text).is_harmless else quoted(text, most)


def cut(text: str, most: int) -> str:
    """At most so many characters; of more, the first ones and a mark."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def sentence(words: Iterable[str], most: int = MOST) -> str:
    """Our own words as they are, those of others quoted."""
    return "".join(_word(word, most) for word in words)


def _word(word: str, most: int) -> str:
    if isinstance(word, Phrase):
        return worded(word, most)
    return quoted(word, most) if isinstance(word, Foreign) else word


def fenced(lines: Iterable[str], language: str = "") -> str:
    """Lines as a block of code, whatever they hold."""
    body = [plain(line) for line in lines]
    fence = "`" * max(3, 1 + max((len(run) for line in body for run in re.findall("`+", line)), default=0))
    return "\n".join((f"{fence}{language}", *body, fence))


def table(header: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[int] = frozenset()) -> str:
    """A table of cells that are Markdown already."""
    rule = ["---:" if at in numbers else "---" for at in range(len(header))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, rule, *rows))
