"""What was meant by a word that does not fit, and when that is certain."""

import pytest

from mentorctl.spec.guesses import distance, is_certain, meant_word


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "ab", 1),
        ("abc", "abcd", 1),
        ("abc", "abd", 1),
        ("abc", "acb", 1),
        ("timelien", "timeline", 1),
        ("mentor", "mentee", 2),
        ("", "abc", 3),
    ],
)
def test_distance_counts_slips(one: str, other: str, steps: int) -> None:
    """A letter added, left out, changed, or swapped with its neighbor is one slip."""
    assert distance(one, other) == distance(other, one) == steps


@pytest.mark.parametrize(
    ("word", "meant", "others"),
    [
        ("timelin", "timeline", ("training", "meetings")),
        ("timelien", "timeline", ("training",)),
        ("Timeline", "timeline", ("training",)),
        ("check-ins", "check_ins", ("checks",)),
        ("one on one", "one-on-one", ("peer", "reverse")),
        ("cohrots", "cohorts", ("events",)),
        ("eligibilty", "eligibility", ()),
    ],
)
def test_slips_of_the_pen_are_certain(word: str, meant: str, others: tuple[str, ...]) -> None:
    """One slip in a word, two in a long one, or only case and separators: nobody meant anything else."""
    assert is_certain(word, meant, (meant, *others))


@pytest.mark.parametrize(
    ("word", "meant", "others"),
    [
        ("mix", "max", ("min",)),
        ("mentes", "mentee", ("mentor",)),
        ("at_mast", "at_most", ("at_least",)),
        ("fo", "for", ()),
        ("colour", "color_of_hair", ()),
        ("checks_in", "check_ins", ("checks_on",)),
    ],
)
def test_what_could_be_two_words_is_not_certain(word: str, meant: str, others: tuple[str, ...]) -> None:
    """A short word, a word far off, or one that is nearly as near to another is left to a person."""
    assert not is_certain(word, meant, (meant, *others))


def test_a_guess_is_what_the_help_names() -> None:
    """The guess is the word of the sentence `did you mean`; without one there is none."""
    guess = meant_word("timelin", ("training", "timeline"))

    assert guess is not None
    assert (guess.value, guess.certain) == ("timeline", True)
    assert meant_word("wholly_other", ("training", "timeline")) is None
