"""What slots are chosen from, as short digests: a session stays where it is while its own is the same.

A digest is of a canonical list. What many lists have in common is written once, so its parts are given as their texts.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from hashlib import sha256

from mentorctl.optimize.ground import kinds_of, one_of_each
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.own_time import own_time_words
from mentorctl.roster.people import CodeColumn, Roster, WeekColumn, bits_of
from mentorctl.state.codec import canonical_json
from mentorctl.state.shapes import JsonValue

_NOBODY = canonical_json(None)


def basis_of(texts: Iterable[str]) -> str:
    """The digest of a list, by the texts of its parts; short because every session carries it."""
    return f"sha256:{sha256(list_of(texts).encode()).hexdigest()}"[:39]


def list_of(texts: Iterable[str]) -> str:
    """The canonical text of a list, by those of its parts."""
    return f"[{','.join(texts)}]"


def written(*values: JsonValue) -> tuple[str, ...]:
    """The canonical texts of some values."""
    return tuple(map(canonical_json, values))


def when_free(cohort: Cohort, people: Iterable[str], first: date, last: date) -> dict[str, str]:
    """What is known of people's time between two days: the zone, the week where one is given, what is their own.

    Nothing is known of who is not on the roster.
    """
    inputs, people = cohort.inputs, tuple(people)
    here = [person for person in people if person in inputs.index_of]
    zones, weeks = _usual_times(inputs.roster)
    own = own_time_words(inputs, here, first, last)
    known = dict.fromkeys(people, _NOBODY)
    for person in here:
        index = inputs.index_of[person]
        usual = zones[index] or cohort.program.timezone, weeks[index]
        known[person] = canonical_json([*usual, *own[person]]) if person in own else _text(*usual)
    return known


@lru_cache(maxsize=4096)
def _text(zone: str, week: str) -> str:
    return canonical_json([zone, week])


@lru_cache(maxsize=8)  # the programs of a workspace have one roster
def _usual_times(roster: Roster) -> tuple[list[str], list[str]]:
    """Everybody's time zone and the hours of their week as bits, where they are given."""
    zones = weeks = [""] * len(roster.ids)
    column = roster.columns.get("timezone")
    if isinstance(column, CodeColumn):
        labels = (*column.labels, "")  # the blank, -1, indexes the last entry
        zones = [labels[code] for code in column.codes.tolist()]
    column = roster.columns.get("availability")
    if isinstance(column, WeekColumn):
        kinds = kinds_of(column.words)  # many people are free at the same times
        bits = [f"{bits_of(column.words, person):x}" for person in one_of_each(kinds).tolist()]
        weeks = [bits[kind] if known else "" for kind, known in zip(kinds.tolist(), column.known.tolist(), strict=True)]
    return zones, weeks
