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

ABI = 4  # kernels.h has the same number; raised with every change of a function that is called here
_HERE = Path(__file__).resolve().parent
_LIBRARY = "mentorctl_kernels.so"
_SEAL = "mentorctl_kernels.seal"


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


def raw(array: NDArray[Any], kind: type[np.generic], length: int) -> ctypes.c_void_p:
    """Where an array begins; the caller holds it meanwhile. Raises ValueError unless it is as kernels read it."""
    if array.dtype != kind or array.shape != (length,) or not array.flags.c_contiguous:
        raise ValueError(
            f"an array of {array.dtype} and shape {array.shape} where {length} of {kind.__name__} are needed"
        )
    return ctypes.c_void_p(array.ctypes.data)
