"""The compiled kernels, loaded by ctypes: the one home of it beside the worker.

The library lies beside this file if a compiler was there at the build, with a seal that holds the version of its
interface and its digest. A library that is missing, cut short, altered or of another version is not loaded, and
`available` says no: every caller has a pure path to go. This module reads those two files; they are code, not data.
"""

import ctypes
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

ABI = 2  # kernels.h has the same number; raised with every change of a function that is called here
_HERE = Path(__file__).resolve().parent
_LIBRARY = "mentorctl_kernels.so"
_SEAL = "mentorctl_kernels.seal"


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
