"""The best series of one pair by the kernel in `series.c`; where it is missing, `pricing.py` does the same in numpy."""

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.kernels.native import Ended, library, raw
from mentorctl.values import dataclass

type Indices = NDArray[np.int64]

_HEAD = 2  # numbers before the candidates in an answer: the gain, and how many candidates there are


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedSeries:
    """What the kernel reads of a pair at every price: pointers, and the arrays they point into."""

    function: Any
    shape: tuple[int, int, int, int]  # candidates, windows, meetings a week, regular times
    arrays: tuple[Indices, ...]
    pointers: Any

    def best(self, gain: Indices, bonus: int) -> tuple[int, tuple[int, ...]]:
        """The largest gain of a series and its candidates; (0, ()) if none gains."""
        count = self.shape[0]
        shape = (ctypes.c_int64 * 5)(*self.shape, bonus)
        answer = np.empty(_HEAD + count, np.int64)
        kinds = raw(gain, np.int64, count), raw(answer, np.int64, _HEAD + count)
        ended = self.function(shape, self.pointers, *kinds)
        if ended == Ended.NO_MEMORY:
            raise MemoryError
        if ended != Ended.OK:
            raise RuntimeError(f"the kernel for series ended with {ended}")
        value, length = answer[:_HEAD].tolist()
        return value, tuple(answer[_HEAD : _HEAD + length].tolist())


def prepare(per_week: int, times: int, windows: Indices, columns: tuple[Indices, ...]) -> PreparedSeries | None:
    """A pair for the kernel, or None where there is no kernel.

    `windows` says where each window begins, and at last how many candidates there are; `columns` has the near ranges in
    the same week and later, the far ranges in the same week, where the far ones begin, where the week of each candidate
    ends, and its regular time.
    """
    kernels = library()
    if kernels is None:
        return None
    count = int(windows[-1])
    arrays = (windows, *columns)
    found = [raw(array, np.int64, count if place else len(windows)) for place, array in enumerate(arrays)]
    return PreparedSeries(
        function=kernels.mentorctl_series_best,
        shape=(count, len(windows) - 1, per_week, times),
        arrays=arrays,
        pointers=(ctypes.c_void_p * len(found))(*(pointer.value for pointer in found)),
    )
