"""Counts of people for places that live forever, such as pull requests: no group under five can be seen.

A number between 1 and 4 is never written, and none from which one could be worked out: not a total beside all other
parts, not a part of which nearly everybody is the rest, not two sides that differ by a few.
"""

from collections.abc import Sequence

FLOOR = 5
FEW = f"fewer than {FLOOR}"
TOO_FEW = "too few to say"
SOME = "some"
HIDDEN = "not shown"
_STEPS = (1, 2, 5, 10, 20, 25, 50)  # of percentages


def is_few(count: int) -> bool:
    """Whether a group is so small that its size would say something about persons."""
    return 0 < count < FLOOR


def shown(count: int) -> str:
    """A number of people, or that they are few."""
    return FEW if is_few(count) else f"{count:,}"


def total(parts: Sequence[int]) -> str:
    """The sum of numbers that are shown beside it: a bound where it would give a hidden one away."""
    hidden = sum(map(is_few, parts))
    if not hidden:
        return f"{sum(parts):,}"
    seen = sum(part for part in parts if not is_few(part))
    return f"{seen + hidden:,} or more" if seen or hidden > 1 else FEW


def part_of(part: int, whole: int) -> str:
    """How many of some are so: few, nearly all, or a number. The whole is shown elsewhere."""
    if part == whole:
        return "all"
    if is_few(whole - part):
        return "nearly all"
    return shown(part)


def rounded(count: int) -> int | None:
    """A number that stands beside one of another day, in fives, so that few cannot be told by subtraction."""
    return None if is_few(count) else FLOOR * round(count / FLOOR)


def rate(part: int, whole: int) -> str:
    """A share in percent, in steps of at least five people."""
    for step in _STEPS:
        if step * whole >= FLOOR * 100:
            return f"{step * round(100 * part / whole / step)} %"
    return TOO_FEW


def beside_total(cells: Sequence[int]) -> tuple[str, ...]:
    """Numbers whose sum is shown too; where it would give a few away, only which of them are not zero, or nothing."""
    few = [cell for cell in cells if is_few(cell)]
    if not few or (len(few) > 1 and max(FLOOR, len(few) + 1) <= sum(few) < (FLOOR - 1) * len(few)):
        return tuple(map(shown, cells))
    if sum(cells) == sum(map(bool, cells)):  # one each
        return (HIDDEN,) * len(cells)
    return tuple(SOME if cell else "0" for cell in cells)
