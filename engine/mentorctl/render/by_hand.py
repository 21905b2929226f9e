"""Where the state differs from the files, as text and JSON."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

from mentorctl.plan.by_hand import ByHand
from mentorctl.render.style import Style
from mentorctl.render.tables import table

_SHOWN = 19  # characters of a digest


def by_hand_text(found: Sequence[ByHand], *, name: Callable[[str], str], style: Style) -> Iterator[str]:
    """A table for each program and cohort, or that nothing differs."""
    if not found:
        yield f"{style.added('✓')} Nothing was done by hand: the state is as these files led to it."
        return
    for (program, cohort), group in groupby(found, key=lambda one: (one.program, one.cohort)):
        yield style.strong(f"{program}/{cohort}" if cohort else program)
        rows = [
            ("~", one.deed.value, name(one.who) if one.who else "", one.role, one.state[:_SHOWN], one.files[:_SHOWN])
            for one in group
        ]
        yield from table(
            rows,
            header=("", "what", "who", "as", "in the state", "in the files"),
            dress={0: style.changed, 2: style.person, 4: style.added, 5: style.removed},
            faint=style.faint,
        )
    number = len(found)
    yield f"{'1 difference' if number == 1 else f'{number:,} differences'}; {in_words(found)}."


def in_words(found: Sequence[ByHand]) -> str:
    """How many there are of each kind, in one line."""
    if not found:
        return "nothing was done by hand"
    counts: dict[str, int] = {}
    for one in found:
        counts[one.deed.value] = counts.get(one.deed.value, 0) + 1
    return ", ".join(f"{count:,} {deed}" for deed, count in counts.items())


def by_hand_json(one: ByHand) -> dict[str, Any]:
    return {
        "program": one.program,
        "cohort": one.cohort,
        "what": one.deed.value,
        "person": one.who,
        "role": one.role,
        "state": one.state,
        "files": one.files,
    }
