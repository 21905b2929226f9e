"""Exact statistics of counts, for groups that are too small for approximations.

The interval of a share is that of Clopper and Pearson (1934), the comparison of two shares the exact test of Fisher
(1934), and several comparisons are held together by the method of Holm (1979).
"""

from collections.abc import Callable, Sequence
from math import exp, lgamma, log

_STEPS = 60  # halvings: the ends are exact to more digits than are printed
_SAME = 1.0 + 1e-9  # two tables of one probability differ in the last digits


def share_interval(hits: int, of: int, *, error: float = 0.05) -> tuple[float, float]:
    """Between which shares the true one lies with at least 1 - `error`, given so many hits. Without cases: all of it.

    Raises ValueError unless 0 <= hits <= of.
    """
    if not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no share")
    low = 0.0 if hits == 0 else _root(lambda p: _at_least(hits, of, p) - error / 2)
    high = 1.0 if hits == of else _root(lambda p: error / 2 - _at_most(hits, of, p))
    return low, high


def same_share(hits: int, of: int, other_hits: int, other: int) -> float:
    """How likely a difference as large as this is by chance when both shares are the same: Fisher's p-value."""
    total, all_hits = of + other, hits + other_hits
    least, most = max(0, all_hits - other), min(of, all_hits)
    if least == most:
        return 1.0
    base = _log_choose(total, all_hits)
    logs = [_log_choose(of, k) + _log_choose(other, all_hits - k) - base for k in range(least, most + 1)]
    here = exp(logs[hits - least]) * _SAME
    return min(1.0, sum(p for p in map(exp, logs) if p <= here))


def adjusted(p_values: Sequence[float]) -> tuple[float, ...]:
    """The p-values of several comparisons made together, so that one false alarm among all is as rare as in one."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    result = [0.0] * len(p_values)
    so_far = 0.0
    for place, index in enumerate(order):
        so_far = max(so_far, min(1.0, (len(p_values) - place) * p_values[index]))
        result[index] = so_far
    return tuple(result)


def _root(falls_through_zero: Callable[[float], float]) -> float:
    """Where a growing function of a share is zero."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if falls_through_zero(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_least(hits: int, of: int, share: float) -> float:
    return sum(_binomial(k, of, share) for k in range(hits, of + 1))


def _at_most(hits: int, of: int, share: float) -> float:
    return sum(_binomial(k, of, share) for k in range(hits + 1))


def _binomial(hits: int, of: int, share: float) -> float:
    if share in (0.0, 1.0):
        return float(hits == (of if share else 0))
    return exp(_log_choose(of, hits) + hits * log(share) + (of - hits) * log(1 - share))


def _log_choose(of: int, chosen: int) -> float:
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)
