"""Networks of pairs, solved by the kernel in `network.c`: the best pairs and the prices that prove them."""

import ctypes

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.kernels.native import Ended, library, raw

type Ints = NDArray[np.int64]
type Places = NDArray[np.int32]
type Mask = NDArray[np.bool_]


def solve_network(
    mentees: int,
    ends: tuple[Places, Places],
    score: Ints,
    people: tuple[Ints, Ints, Ints],
) -> tuple[Ended, Mask, Ints]:
    """The best pairs and a price per person. `people` has cover, low and high.

    Raises ValueError where an array has not the length or the kind that the others ask for.
    """
    cover, low, high = people
    count, persons = len(score), len(cover)
    chosen, prices = np.zeros(count, np.bool_), np.zeros(persons, np.int64)
    if not 0 <= mentees <= persons:
        raise ValueError(f"{mentees} mentees among {persons} people")
    ended = library().mentorctl_network_solve(
        ctypes.c_int32(mentees),
        ctypes.c_int32(persons - mentees),
        ctypes.c_int64(count),
        *(raw(side, np.int32, count) for side in ends),
        raw(score, np.int64, count),
        *(raw(numbers, np.int64, persons) for numbers in (cover, low, high)),
        raw(chosen, np.bool_, count),
        raw(prices, np.int64, persons),
    )
    return Ended(ended), chosen, prices


def network_gains(ends: tuple[Places, Places], score: Ints, prices: Ints) -> tuple[NDArray[np.int8], int]:
    """Whether each pair is worth more (1), as much (0) or less (-1) than its two prices, and the sum of what is over.

    The numbers must be within 2^60. Raises ValueError for arrays that do not fit, or pairs of people who are not there.
    """
    count = len(score)
    sign, over = np.zeros(count, np.int8), np.zeros(2, np.int64)
    ended = library().mentorctl_network_gains(
        ctypes.c_int64(count),
        ctypes.c_int32(len(prices)),
        *(raw(side, np.int32, count) for side in ends),
        raw(score, np.int64, count),
        raw(prices, np.int64, len(prices)),
        raw(sign, np.int8, count),
        raw(over, np.int64, 2),
    )
    if ended != Ended.OK:
        raise ValueError("a pair names somebody who is not there")
    return sign, (int(over[0]) << 62) + int(over[1])
