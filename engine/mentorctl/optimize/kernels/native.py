"""The compiled kernels, loaded by ctypes: the one home of it beside the worker.

The library lies beside this file if a compiler was there at the build, with a seal that holds the version of its
interface and its digest. A library that is missing, cut short, altered or of another version is not loaded, and
`available` says no: every caller has a pure path to go. This module reads those two files; they are code, not data.
"""

import ctypes
import hashlib
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ABI = 1  # kernels.h has the same number; raised with every change of a function that is called here
_HERE = Path(__file__).resolve().parent
_LIBRARY = "mentorctl_kernels.so"
_SEAL = "mentorctl_kernels.seal"

type Ints = NDArray[np.int64]
type Places = NDArray[np.int32]
type Mask = NDArray[np.bool_]


class Ended(IntEnum):
    """How a call ended; kernels.h has the same numbers."""

    OK = 0
    NO_MEMORY = 1
    BAD_INPUT = 2
    INFEASIBLE = 3
    OVERFLOW = 4


def available() -> bool:
    """Whether the compiled kernels can be used in this installation."""
    return library() is not None


@cache
def library(folder: Path = _HERE) -> Any:  # noqa: ANN401 - functions of a C library have no types
    """The loaded library, or None where there is none that fits."""
    try:
        abi, _, digest = (folder / _SEAL).read_text(encoding="ascii").split()
        content = (folder / _LIBRARY).read_bytes()
        if int(abi) != ABI or hashlib.sha256(content).hexdigest() != digest:
            return None  # loading a damaged file can end the process
        found = ctypes.CDLL(str(folder / _LIBRARY))
        found.mentorctl_kernels_abi.restype = ctypes.c_int32
        return found if found.mentorctl_kernels_abi() == ABI else None
    except (OSError, ValueError, AttributeError):
        return None


def solve_network(
    mentees: int,
    ends: tuple[Places, Places],
    score: Ints,
    people: tuple[Ints, Ints, Ints],
    began: tuple[Mask, Ints] | None = None,
) -> tuple[Ended, Mask, Ints]:
    """The best pairs and a price per person. `people` has cover, low and high; `began` pairs and prices to begin with.

    Raises ValueError where an array has not the length or the kind that the others ask for.
    """
    cover, low, high = people
    count, persons = len(score), len(cover)
    chosen, prices = np.zeros(count, np.bool_), np.zeros(persons, np.int64)
    if not 0 <= mentees <= persons:
        raise ValueError(f"{mentees} mentees among {persons} people")
    begun = (None, None) if began is None else (_raw(began[0], np.bool_, count), _raw(began[1], np.int64, persons))
    ended = library().mentorctl_network_solve(
        ctypes.c_int32(mentees),
        ctypes.c_int32(persons - mentees),
        ctypes.c_int64(count),
        *(_raw(side, np.int32, count) for side in ends),
        _raw(score, np.int64, count),
        *(_raw(numbers, np.int64, persons) for numbers in (cover, low, high)),
        *begun,
        _raw(chosen, np.bool_, count),
        _raw(prices, np.int64, persons),
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
        *(_raw(side, np.int32, count) for side in ends),
        _raw(score, np.int64, count),
        _raw(prices, np.int64, len(prices)),
        _raw(sign, np.int8, count),
        _raw(over, np.int64, 2),
    )
    if ended != Ended.OK:
        raise ValueError("a pair names somebody who is not there")
    return sign, (int(over[0]) << 62) + int(over[1])


def network_parts(ends: tuple[Places, Places], persons: int) -> Places:
    """For each person the first one that pairs connect them with. Raises ValueError as `network_gains` does."""
    count = len(ends[0])
    first = np.zeros(persons, np.int32)
    ended = library().mentorctl_network_parts(
        ctypes.c_int64(count),
        ctypes.c_int32(persons),
        *(_raw(side, np.int32, count) for side in ends),
        _raw(first, np.int32, persons),
    )
    if ended != Ended.OK:
        raise ValueError("a pair names somebody who is not there")
    return first


def _raw(array: NDArray[Any], kind: type[np.generic], length: int) -> ctypes.c_void_p:
    """Where an array begins. The caller holds the array while it is used."""
    if array.dtype != kind or array.shape != (length,) or not array.flags.c_contiguous:
        raise ValueError(
            f"an array of {array.dtype} and shape {array.shape} where {length} of {kind.__name__} are needed"
        )
    return ctypes.c_void_p(array.ctypes.data)
