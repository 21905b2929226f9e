"""What groups may be asked to keep, and what costs or earns points in them, as arrays over people and candidates."""

from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from mentorctl.values import dataclass

type Ints = NDArray[np.int64]
type Mask = NDArray[np.bool_]

ANY_ROLE = -1


def no_numbers() -> Ints:
    """No whole numbers, where there are none."""
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mixture:
    """In each of the units: members differ in a label.

    Of the members with `role` (ANY_ROLE for all), at least `distinct` different labels, and no label on more than
    `share` = (part, whole) of them, 60 % being (60, 100). `label` has a code per person, -1 for a blank, which counts
    as a member and as no label. `distinct` of 0 and a share of (1, 1) ask for nothing.
    """

    name: str
    units: Ints
    role: int
    label: Ints
    distinct: int = 0
    share: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quota:
    """In each of the units: between `low` and `high` members with `role` (ANY_ROLE for all) are of the `people`."""

    name: str
    units: Ints
    role: int
    people: Mask
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CommonSlot:
    """In each of the units: one block of the week in which every member with `role` is free.

    `free[person, block]` says that the person has the whole block; blocks are whatever the caller calls so, e.g. every
    quarter hour at which an hour could begin. Of several possible blocks the first is reported. One such rule a unit.
    """

    name: str
    units: Ints
    role: int
    free: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solo:
    """In each of the units: `cost` points are lost when it opens with fewer than two members of `role`."""

    name: str
    units: Ints
    role: int
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Target:
    """In each of the units: `cost` points are lost for every member of `role` that it has more or less than `size`."""

    name: str
    units: Ints
    role: int
    size: int
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cohesion:
    """In each of the units: one topic is chosen, and `points` are earned for every member with `role` who has it.

    `topics[person, topic]` says who has what.
    """

    name: str
    units: Ints
    role: int
    topics: Mask
    points: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limit:
    """Over the whole answer: between `low` and `high` of these candidates are chosen."""

    name: str
    candidates: Ints
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """Over the whole answer: between `low` and `high` of these holders have at least one seat."""

    name: str
    holders: Mask
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Share:
    """Over the whole answer: of the `whole` holders with at least one seat, a share that is between two fractions
    also belongs to `part`; fractions are (part, whole), 40 % being (40, 100). Nobody at all breaks no share.
    """

    name: str
    part: Mask
    whole: Mask
    at_least: tuple[int, int] = (0, 1)
    at_most: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gap:
    """Over the whole answer: groups of holders do not lie further apart than `at_most`, or as they do for None.

    `group` is that of each holder, -1 for none. A holder counts 1 for having a seat or, with `worth`, what their seats
    are worth, given per candidate. The averages over all holders of a group are compared, and the largest difference is
    counted in parts of which `scale` are one, rounded up.
    """

    name: str
    group: Ints
    scale: int
    worth: Ints = field(default_factory=no_numbers)
    at_most: int | None = None


type Rule = Mixture | Quota | CommonSlot | Solo | Target | Cohesion | Limit | Pool | Share | Gap
