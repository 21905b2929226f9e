"""When two texts are the same."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=8192)
def spelled(text: str, *, trim: bool, ignore_case: bool) -> str:
    """The form in which two spellings of one text are equal: as the roster compares cells of a field."""
    folded = unicodedata.normalize("NFKC", text)
    if trim:
        folded = " ".join(folded.split())
    return folded.casefold() if ignore_case else folded
