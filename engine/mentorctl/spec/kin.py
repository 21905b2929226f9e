"""Which files a comparison has to read: those that differ, and the kin of those, by their texts alone.

Reading and checking a program takes a hundred times as long as comparing its text. A document that is the same on both
sides, with everything that it can inherit, has nothing to say in a comparison. In doubt a file is read.
"""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

_EXTENDS = "extends"
_WORD = re.compile(r"[A-Za-z0-9_]+")
_ID = re.compile(r"""(?m)^id\s*:\s*["']?([A-Za-z0-9_]+)""")


def files_to_read(before: Mapping[str, str], after: Mapping[str, str], *, root: str) -> frozenset[str]:
    """The documents that differ or whose relatives do; all of them when `root`, which all inherit from, differs."""
    every = frozenset((*before, *after)) - {root}
    if before.get(root) != after.get(root):
        return every
    wanted = {name for name in every if before.get(name) != after.get(name)}
    if not wanted:
        return frozenset()
    texts = {name: before.get(name, "") + "\n" + after.get(name, "") for name in every}
    heirs = {name for name, text in texts.items() if _EXTENDS in text or "\\" in text}  # an escape can spell anything
    grown = True
    while grown:
        found = _relatives(wanted, heirs, texts)
        grown = not found <= wanted
        wanted |= found
    return frozenset(wanted)


def ids_of(name: str, text: str) -> frozenset[str]:
    """The ids that a document may have, without reading it as YAML."""
    return frozenset((PurePosixPath(name).stem, *_ID.findall(text)))


def _relatives(wanted: set[str], heirs: set[str], texts: Mapping[str, str]) -> set[str]:
    """The documents that may inherit from some, and those that they may inherit from: a word of one names the other."""
    ids = {one for name in wanted for one in ids_of(name, texts[name])}
    below = {name for name in heirs if "\\" in texts[name] or ids & set(_WORD.findall(texts[name]))}
    named = {word for name in (wanted | below) & heirs for word in _WORD.findall(texts[name])}
    above = {name for name, text in texts.items() if ids_of(name, text) & named}
    return below | above
