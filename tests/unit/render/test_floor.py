"""Small groups: no number under five is written, and none can be worked out."""

import itertools

import pytest

from mentorctl.render.floor import FEW, SOME, beside_total, everybody, part_of, rate, rounded, shown, total


@pytest.mark.parametrize(("count", "expected"), [(0, "0"), (1, FEW), (4, FEW), (5, "5"), (12_345, "12,345")])
def test_a_few_are_not_counted(count: int, expected: str) -> None:
    """One to four are few; nobody, and five or more, are a number."""
    assert shown(count) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [((14, 9), "23"), ((14, 3), "15 or more"), ((3,), FEW), ((2, 1), "2 or more"), ((), "0"), ((0, 0), "0")],
)
def test_a_sum_gives_no_part_away(parts: tuple[int, ...], expected: str) -> None:
    """A sum beside parts of which one is few is a bound."""
    assert total(parts) == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(14, 14, "all"), (12, 14, "nearly all"), (2, 14, FEW), (7, 14, "7"), (0, 14, "0")]
)
def test_what_is_left_of_a_whole_is_few_too(part: int, whole: int, expected: str) -> None:
    """A part that leaves a few of a whole that is shown is nearly all of it."""
    assert part_of(part, whole) == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (960, 1000, "96 %"),
        (96, 100, "95 %"),
        (18, 20, "100 %"),
        (16, 20, "75 %"),
        (5, 9, "too few to say"),
        (0, 0, "nobody"),
    ],
)
def test_shares_are_rounded_to_five_people(part: int, whole: int, expected: str) -> None:
    """The step of a share is at least five people, so that two shares do not differ by a few."""
    assert rate(part, whole) == expected


@pytest.mark.parametrize(
    ("count", "parts", "expected"),
    [(100, (97,), "100"), (100, (97, 2), "about 100"), (99, (97, 2), "about 100"), (212, (50, 3), "212")],
)
def test_everybody_gives_no_part_away(count: int, parts: tuple[int, ...], expected: str) -> None:
    """The number of all is rounded where it would leave a hidden part no choice."""
    assert everybody(count, parts) == expected


@pytest.mark.parametrize("one", [5, 6, 7, 20, 111])
def test_one_person_more_can_not_be_told(one: int) -> None:
    """Numbers of two days that differ by few people are the same, or differ by five."""
    for more in range(5):
        assert ((rounded(one + more) or 0) - (rounded(one) or 0)) in (0, 5)


def test_no_cell_follows_from_the_others_and_the_sum() -> None:
    """For every table of up to three cells whose sum is shown, each hidden cell could have two values at least."""
    for cells in itertools.chain.from_iterable(itertools.product(range(9), repeat=n) for n in (1, 2, 3)):
        if 0 < sum(cells) < 5:
            continue
        said = beside_total(cells)
        ranges = [_could_be(word) for word in said]
        possible = [values for values in itertools.product(*ranges) if sum(values) == sum(cells)]
        for at, word in enumerate(said):
            if not word.isdigit():
                assert len({values[at] for values in possible}) > 1, (cells, said)


def _could_be(word: str) -> range:
    if word.isdigit():
        return range(int(word), int(word) + 1)
    return range(1, 5) if word == FEW else range(1, 25) if word == SOME else range(25)
