"""Exact statistics, against published tables and against counting every case."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorctl.plan.intervals import adjusted, same_share, share_interval


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [  # Clopper and Pearson's limits as textbooks print them
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (81, 263, 0.2527, 0.3676),  # Newcombe 1998, table I
        (0, 0, 0.0, 1.0),
    ],
)
def test_the_interval_is_that_of_the_tables(hits: int, of: int, low: float, high: float) -> None:
    """Both ends agree with published values."""
    assert share_interval(hits, of) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 25), st.data())
def test_the_interval_holds_the_true_share(of: int, data: st.DataObject) -> None:
    """Whatever the true share is, the interval misses it in at most 5 % of all outcomes."""
    share = data.draw(st.floats(0, 1))
    missed = sum(
        comb(of, k) * share**k * (1 - share) ** (of - k)
        for k in range(of + 1)
        if not share_interval(k, of)[0] - 1e-9 <= share <= share_interval(k, of)[1] + 1e-9
    )
    assert missed <= 0.05 + 1e-9


@given(st.integers(0, 12), st.integers(0, 12), st.data())
def test_the_comparison_counts_every_table(of: int, other: int, data: st.DataObject) -> None:
    """The p-value is the sum over all tables with the same margins that are no likelier than the one seen."""
    hits, others = data.draw(st.integers(0, of)), data.draw(st.integers(0, other))
    total = hits + others
    ways = {k: comb(of, k) * comb(other, total - k) for k in range(of + 1) if 0 <= total - k <= other}
    wanted = Fraction(sum(w for w in ways.values() if w <= ways[hits]), sum(ways.values()))
    assert same_share(hits, of, others, other) == pytest.approx(float(wanted))


def test_the_lady_tasting_tea() -> None:
    """Fisher's own example: eight cups, three of four recognized on each side."""
    assert same_share(3, 4, 1, 4) == pytest.approx(34 / 70)


@pytest.mark.parametrize(
    ("given_", "wanted"),
    [((), ()), ((0.04,), (0.04,)), ((0.01, 0.04, 0.03), (0.03, 0.06, 0.06)), ((0.9, 0.9), (1.0, 1.0))],
)
def test_several_comparisons_are_held_together(given_: tuple[float, ...], wanted: tuple[float, ...]) -> None:
    """Holm's method: the smallest p-value counts for all of them, the others never less than a smaller one."""
    assert adjusted(given_) == pytest.approx(wanted)


def test_no_share_is_refused() -> None:
    """More hits than cases are a bug of the caller."""
    with pytest.raises(ValueError, match="3 of 2 is no share"):
        share_interval(3, 2)
