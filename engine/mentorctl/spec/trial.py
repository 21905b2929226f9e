"""A change of one value that is tried and never written: a program file's text with another value at a path."""

import json
from copy import deepcopy
from typing import Any

from mentorctl.diagnostics import Diagnostic, did_you_mean, finding, quoted_list
from mentorctl.spec.source import read_source

_MOST = 12  # words of a path


class NotTried(Exception):  # noqa: N818 - the name of what happened
    """The change makes no sense; the findings say why."""

    def __init__(self, *findings: Diagnostic) -> None:
        super().__init__(findings[0].detail if findings else "")
        self.findings = findings


def parse_change(text: str) -> tuple[tuple[str, ...], Any]:
    """`matching.capacity.mentor.max=2` as a path of words and a value. Raises NotTried."""
    path, equals, written = text.partition("=")
    words = tuple(word.strip() for word in path.split("."))
    if not equals or not all(words) or len(words) > _MOST:
        help_ = "write for example `matching.capacity.mentor.max=2`; `=null` takes something away"
        raise NotTried(finding("MC9001", f"`{text}` is not PATH=VALUE", help=help_))
    source = read_source(f"value: {written.strip() or 'null'}\n", file="--try")
    if source.findings or not isinstance(source.tree, dict) or set(source.tree) != {"value"}:
        raise NotTried(*(source.findings or (finding("MC9001", f"`{written}` is no value"),)))
    return words, source.tree["value"]


def with_value(text: str, file: str, words: tuple[str, ...], value: Any) -> str:  # noqa: ANN401
    """The text of a program, as JSON, with a value at a path. Parts of lists are named by their `id`.

    What the file inherits may be changed too: the path is written into the file, above what is below it. Raises
    NotTried.
    """
    source = read_source(text, file=file)
    if not isinstance(source.tree, dict):
        raise NotTried(*source.findings)
    tree = deepcopy(source.tree)
    _put(tree, words, value, inherits="extends" in tree)
    return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"


def _put(tree: dict[str, Any], words: tuple[str, ...], value: Any, *, inherits: bool) -> None:  # noqa: ANN401
    """Set the value, making the parts that the file does not have."""
    here: Any = tree
    for at, word in enumerate(words[:-1]):
        here = _inside(here, word, words[: at + 1])
    last = words[-1]
    if isinstance(here, list):
        rest = [one for one in here if not (isinstance(one, dict) and one.get("id") == last)]
        if value is None and len(rest) < len(here):
            here[:] = rest
            return
        if value is None:
            raise _missing(here, words)
        raise NotTried(finding("MC9001", f"`{'.'.join(words)}` is a whole entry of a list", help="name a key in it"))
    if value is None and not inherits:
        here.pop(last, None)
    else:
        here[last] = value


def _missing(entries: list[Any], path: tuple[str, ...]) -> NotTried:
    """No entry of a list has that id."""
    known = [str(one["id"]) for one in entries if isinstance(one, dict) and "id" in one]
    advice = did_you_mean(path[-1], known) or f"there are {quoted_list(known, last='and')}"
    return NotTried(finding("MC9001", f"there is no `{'.'.join(path)}` in the file", help=advice))


def _inside(here: Any, word: str, path: tuple[str, ...]) -> Any:  # noqa: ANN401
    """The part behind a word, a mapping or a list of entries with ids."""
    if isinstance(here, list):
        found = next((one for one in here if isinstance(one, dict) and one.get("id") == word), None)
        if found is None:
            raise _missing(here, path)
        return found
    there = here.get(word)
    if there is None:
        there = here[word] = {}
    if not isinstance(there, dict | list):
        raise NotTried(finding("MC9001", f"`{'.'.join(path)}` is a value and has no parts"))
    return there
