"""What things look like in a terminal, by meaning; and foreign text made harmless, for one and for logs."""

import json
import re

from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """Dresses text by its meaning. Without `color` each method gives the text back: the words say all."""

    color: bool = False

    def error(self, text: str) -> str:
        return self._dressed(text, "1;31")

    def warning(self, text: str) -> str:
        return self._dressed(text, "1;33")

    def note(self, text: str) -> str:
        return self._dressed(text, "1;36")

    def help(self, text: str) -> str:
        return self._dressed(text, "1;32")

    def added(self, text: str) -> str:
        return self._dressed(text, "32")

    def changed(self, text: str) -> str:
        return self._dressed(text, "33")

    def removed(self, text: str) -> str:
        return self._dressed(text, "31")

    def strong(self, text: str) -> str:
        return self._dressed(text, "1")

    def faint(self, text: str) -> str:
        return self._dressed(text, "2")

    def person(self, text: str) -> str:
        return self._dressed(text, "35")

    def frame(self, text: str) -> str:
        """Arrows, bars and line numbers around what matters."""
        return self._dressed(text, "1;34")

    def _dressed(self, text: str, attributes: str) -> str:
        return f"\x1b[{attributes}m{text}\x1b[0m" if self.color and text else text


def plain(text: str) -> str:
    r"""Text of strangers with every character that cannot be seen written out, as in `\u{202e}`.

    A terminal would obey escape sequences and turn the reading direction; a reviewer would not see it. The same is
    done to `##[`, which pipelines obey wherever it stands in a line of a log.
    """
    if text.isprintable() and "##" not in text:
        return text
    text = _COMMAND.sub(r"#\\u{23}", text)
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)


def no_commands(lines: str) -> str:
    r"""Lines of which none begins with `::`, which would be a command where the log of a pipeline is watched."""
    return _WORKFLOW.sub(r"\1\\u{3a}:", lines) if "::" in lines else lines


def json_text(value: object) -> str:
    """A value as JSON in which everything that a terminal or a pipeline would obey is escaped; it reads as the same."""
    text = json.dumps(value, indent=2, ensure_ascii=False).replace("##", "#\\u0023")
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text)


_COMMAND = re.compile(r"##(?=\w*\[)")
_WORKFLOW = re.compile(r"(?m)^([^\S\n]*)::(?=[A-Za-z])")
