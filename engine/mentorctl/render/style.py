"""What things look like in a terminal, by meaning; and foreign text made harmless for one."""

from dataclasses import dataclass


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

    A terminal would obey escape sequences and turn the reading direction; a reviewer would not see it.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)
