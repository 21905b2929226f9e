"""What people most likely meant by a word or a value that does not fit, and whether anything else is possible."""

import re
from collections.abc import Iterable
from typing import Any

from mentorctl.dates.zones import zone_names
from mentorctl.diagnostics import did_you_mean
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What to write instead. `certain`: it is right without asking a person."""

    value: Any
    certain: bool


def meant_word(word: str, candidates: Iterable[str]) -> Guess | None:
    """The candidate that a help sentence would name. It is certain when one slip explains it, and no other is near."""
    known = tuple(dict.fromkeys(candidates))
    hint = did_you_mean(word, known)
    meant = next((name for name in known if f"`{name}`" in hint), None)
    return None if meant is None else Guess(value=meant, certain=is_certain(word, meant, known))


def near_zone(name: str) -> str:
    """What to write instead of a name that is no time zone: the zone of that city, or what zones look like."""
    known = {zone.casefold(): zone for zone in zone_names()}
    bare = _bare(name)
    places = sorted(zone for zone in zone_names() if not zone.startswith("Etc/"))  # Etc/GMT+1 is an hour behind GMT
    cities = [zone for zone in places if _bare(zone.rpartition("/")[2]) == bare or _bare(zone) == bare]
    meant = known.get(name.casefold()) or next(iter(cities), "")
    if meant:
        return f"did you mean `{meant}`?"
    near = did_you_mean(name, places) if "/" in name else ""
    return near or "write a city that has the same clock, such as Europe/Berlin: its summer time comes with it"


def is_certain(word: str, meant: str, candidates: Iterable[str]) -> bool:
    """Whether a word differs from what was meant by case, separators or a slip, and from all others by much more."""
    others = [name for name in candidates if name != meant]
    if _bare(word) == _bare(meant):
        return all(_bare(name) != _bare(word) for name in others)
    slips = distance(word, meant)
    allowed = sum(len(meant) >= length for length in _LENGTHS)
    return slips <= allowed and all(distance(word, name) >= slips + _MARGIN for name in others)


def distance(one: str, other: str) -> int:
    """How many letters are added, left out, changed or swapped with their neighbor between two words."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                steps = min(steps, earlier[j - 2] + 1)
            row.append(steps)
    return row[-1]


def _bare(word: str) -> str:
    return re.sub(r"[\s_-]+", "", word.casefold())


_LENGTHS = (4, 8)  # a word of 4 letters may have one slip, one of 8 two
_MARGIN = 2
