"""Linear inequalities over a few unknowns, decided exactly: with values that fulfil all of them, or not at all.

Fourier-Motzkin elimination over fractions: unknown after unknown is removed by adding every lower bound to every upper
one; then values are put in again from the last to the first. It grows fast with the number of inequalities, and guards
have few. Unknowns that count whole things (days, ranks, answers) get whole values: strict bounds between whole numbers
are tightened first, which is exact for bounds on single unknowns and on differences of two, the only ones that guards
of whole things have.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor

from mentorctl.values import dataclass

MOST = 2_000  # inequalities in one step; beyond it the answer is not known


class TooMany(Exception):  # noqa: N818 - named for what happened
    """More inequalities than anyone writes; nothing was decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The sum of factor times unknown is at most `limit`, or below it when `strict`. Factors are by name, none is 0."""

    factors: tuple[tuple[str, Fraction], ...]
    limit: Fraction
    strict: bool

    @property
    def holds_without_unknowns(self) -> bool:
        return self.limit > 0 or (self.limit == 0 and not self.strict)


def bound(factors: Mapping[str, Fraction], limit: Fraction, *, strict: bool) -> Bound:
    """A bound in canonical form."""
    kept = tuple(sorted((name, factor) for name, factor in factors.items() if factor))
    return Bound(factors=kept, limit=limit, strict=strict)


def solution(bounds: Iterable[Bound], whole: frozenset[str]) -> dict[str, Fraction] | None:
    """Values of all unknowns that fulfil every bound, small whole ones where they do; None when there are none.

    `whole` are the unknowns that take whole values only. Raises TooMany.
    """
    left = _tightened(bounds, whole)
    stages: list[tuple[str, tuple[Bound, ...]]] = []
    while left is not None:
        unknowns = sorted({name for b in left for name, _ in b.factors})
        if not unknowns:
            return _values(stages)
        name = min(unknowns, key=lambda n: (_growth(left or (), n), n))
        stages.append((name, tuple(b for b in left if _factor(b, name))))
        left = _tightened(_without(left, name), whole)
    return None


def _tightened(bounds: Iterable[Bound], whole: frozenset[str]) -> tuple[Bound, ...] | None:
    """Without repeats and what always holds; None when one can never hold."""
    kept: dict[tuple[tuple[str, Fraction], ...], Bound] = {}
    for given in bounds:
        b = _whole_bound(given) if all(name in whole for name, _ in given.factors) else given
        if not b.factors:
            if not b.holds_without_unknowns:
                return None
            continue
        other = kept.get(b.factors)
        if other is None or (b.limit, not b.strict) < (other.limit, not other.strict):
            kept[b.factors] = b
    if len(kept) > MOST:
        raise TooMany
    return tuple(kept.values())


def _whole_bound(b: Bound) -> Bound:
    """The same bound on whole unknowns: with factors of 1 or more, the limit can be a whole number."""
    if not b.factors:
        return b
    scale = min(abs(factor) for _, factor in b.factors)
    factors = tuple((name, factor / scale) for name, factor in b.factors)
    limit = b.limit / scale
    if any(factor.denominator != 1 for _, factor in factors):
        return b
    most = ceil(limit) - 1 if b.strict else floor(limit)
    return Bound(factors=factors, limit=Fraction(most), strict=False)


def _without(bounds: Sequence[Bound], name: str) -> list[Bound]:
    """What the bounds say about the other unknowns."""
    upper = [b for b in bounds if _factor(b, name) > 0]
    lower = [b for b in bounds if _factor(b, name) < 0]
    rest = [b for b in bounds if not _factor(b, name)]
    if len(rest) + len(upper) * len(lower) > MOST:
        raise TooMany
    return rest + [_sum(up, low, name) for up in upper for low in lower]


def _sum(up: Bound, low: Bound, name: str) -> Bound:
    up_by, low_by = 1 / _factor(up, name), -1 / _factor(low, name)
    factors = {key: factor * up_by for key, factor in up.factors}
    for key, factor in low.factors:
        factors[key] = factors.get(key, Fraction(0)) + factor * low_by
    factors.pop(name, None)
    return bound(factors, up.limit * up_by + low.limit * low_by, strict=up.strict or low.strict)


def _growth(bounds: Sequence[Bound], name: str) -> int:
    upper = sum(_factor(b, name) > 0 for b in bounds)
    lower = sum(_factor(b, name) < 0 for b in bounds)
    return upper * lower - upper - lower


def _factor(b: Bound, name: str) -> Fraction:
    return next((factor for key, factor in b.factors if key == name), Fraction(0))


def _values(stages: Sequence[tuple[str, tuple[Bound, ...]]]) -> dict[str, Fraction]:
    """Values from the last unknown to the first; one that is bounded on one side only goes away with it and is free."""
    values: dict[str, Fraction] = {}
    for name, bounds in reversed(stages):
        highest: tuple[Fraction, bool] | None = None
        lowest: tuple[Fraction, bool] | None = None
        for b in bounds:
            factor = _factor(b, name)
            rest = b.limit - sum(f * values.setdefault(key, Fraction(0)) for key, f in b.factors if key != name)
            edge = (rest / factor, b.strict)
            if factor > 0 and (highest is None or (edge[0], not edge[1]) < (highest[0], not highest[1])):
                highest = edge
            if factor < 0 and (lowest is None or (-edge[0], not edge[1]) < (-lowest[0], not lowest[1])):
                lowest = edge
        values[name] = _between(lowest, highest)
    return values


def _between(lowest: tuple[Fraction, bool] | None, highest: tuple[Fraction, bool] | None) -> Fraction:
    """The value that is easiest to read: 0 if it fits, else the whole number nearest to it, else the middle."""
    least = None if lowest is None else _first_whole(lowest)
    most = None if highest is None else _last_whole(highest)
    if least is None or most is None or least <= most:
        if least is not None and least > 0:
            return Fraction(least)
        if most is not None and most < 0:
            return Fraction(most)
        return Fraction(0)
    if lowest is None or highest is None:
        raise AssertionError("an open side holds a whole number")
    return (lowest[0] + highest[0]) / 2


def _first_whole(edge: tuple[Fraction, bool]) -> int:
    value, strict = edge
    return floor(value) + 1 if strict else ceil(value)


def _last_whole(edge: tuple[Fraction, bool]) -> int:
    value, strict = edge
    return ceil(value) - 1 if strict else floor(value)
