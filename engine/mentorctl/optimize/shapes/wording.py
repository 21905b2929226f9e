"""What cannot be met, in sentences for the admin."""

from collections.abc import Callable, Iterable

from mentorctl.optimize.groups.problem import Shortfall

_WORDS = {
    "open": "{unit} cannot be formed",
    "seats": "{unit} lacks {missing} people",
    "places": "somebody would have {missing} matches too many",
    "once": "somebody would be twice in {unit}",
    "apart": "two people in {unit} break a hard rule",
    "pair": "a forced pair cannot be made",
    "trio": "no three people fit together",
}


def shortfalls_in_words(shortfalls: Iterable[Shortfall], unit_name: Callable[[int], str]) -> tuple[str, ...]:
    """One sentence for each demand that cannot be met, in their order, without repeats."""
    sentences = (
        _WORDS.get(s.rule, "`{rule}` is missed by {missing} in {unit}").format(
            rule=s.rule, missing=s.missing, unit=unit_name(s.unit) if s.unit >= 0 else "the cohort"
        )
        for s in shortfalls
    )
    return tuple(dict.fromkeys(sentences))
