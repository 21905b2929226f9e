"""Texts as they are written in a file: plain where every reader of YAML takes them for text, in quotes otherwise."""

import json
import re


def scalar(text: str) -> str:
    """A text on one line, with quotes where it needs them."""
    return text if is_plain(text) else json.dumps(text, ensure_ascii=False)


def is_plain(text: str) -> bool:
    """Whether a text needs no quotes in any place, also inside brackets, for any reader of YAML."""
    return bool(_PLAIN.fullmatch(text)) and text.casefold() not in _NOT_TEXT and not _NUMBERLIKE.fullmatch(text)


_PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_./%+ -]*[A-Za-z0-9_/%+])?")
_NOT_TEXT = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_NUMBERLIKE = re.compile(r"[+-]?[0-9][0-9_.]*(?:e[+-]?[0-9]+)?|0[xo][0-9a-f]+", re.IGNORECASE)
