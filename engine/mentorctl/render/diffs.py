"""The difference of two texts, as reviewers know it."""

from difflib import unified_diff

from mentorctl.render.style import Style, plain


def diff_text(before: str, after: str, *, file: str, style: Style) -> str:
    """A unified diff with three lines around every change; empty when nothing differs."""
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    lines: list[str] = []
    for number, line in enumerate(unified_diff(old, new, f"a/{file}", f"b/{file}")):
        shown = plain(line.rstrip("\r\n")) + _end(line)
        lines.append(_dressed(shown, is_head=number < _HEAD, style=style))
    return "\n".join(lines)


def _end(line: str) -> str:
    """What is odd about the end of a line: a diff of line ends would show nothing otherwise."""
    if line.endswith("\r\n"):
        return " ␍"
    return "" if line.endswith("\n") else "\n\\ No newline at end of file"


def _dressed(line: str, *, is_head: bool, style: Style) -> str:
    if is_head:
        return style.strong(line)
    match line[:1]:
        case "+":
            return style.added(line)
        case "-":
            return style.removed(line)
        case "@":
            return style.frame(line)
        case _:
            return line


_HEAD = 2
