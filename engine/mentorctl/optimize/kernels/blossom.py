"""Maximum-weight matchings in general graphs, by the kernel in `blossom.c`, with the prices that prove them."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.kernels.native import Ended, library, raw
from mentorctl.values import dataclass

type Ints = NDArray[np.int64]

HEAVIEST = 1 << 58  # the largest weight that the kernel takes


class KernelFailed(Exception):  # noqa: N818 - the name of what happened
    """The kernel refused its input or ran out of memory."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prices:
    """A matching and its prices, doubled: of each vertex, and of odd sets of vertices.

    `line` is each vertex's place in a line in which every set is a stretch, from its `begin` to before its `end`.
    """

    mate: Ints
    price: Ints
    line: Ints
    begin: Ints
    end: Ints
    set_price: Ints


class BlossomMatching:
    """The best matching of a graph, kept by the kernel, from which people can be taken out one after the other.

    Use it as a context manager, which frees the memory. `spare` is how many people can be taken out at most.
    """

    def __init__(self, people: int, first: Ints, second: Ints, weight: Ints, *, spare: int = 0) -> None:
        self._people, self._size, self._gone = people, people + spare, 0
        self._handle = np.zeros(1, np.int64)
        edges = [np.ascontiguousarray(array, np.int64) for array in (first, second, weight)]
        self._call("solve", self._size, len(first), *(raw(array, np.int64, len(first)) for array in edges), self._at())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        library().mentorctl_matching_free(self._at())

    def without(self, *people: int) -> Self:
        """A copy from which some people are taken out; the others are matched at their best again. Close it before."""
        copy = type(self).__new__(type(self))
        copy._people, copy._size, copy._gone = self._people, self._size, self._gone  # noqa: SLF001 - its own kind
        copy._handle = np.zeros(1, np.int64)  # noqa: SLF001
        self._call("copy", self._at(), copy._at())  # noqa: SLF001
        try:
            for person in people:
                copy._call("remove", copy._at(), person, self._people + copy._gone)  # noqa: SLF001
                copy._gone += 1  # noqa: SLF001
        except KernelFailed:
            copy.__exit__()
            raise
        return copy

    def read(self) -> Prices:
        """The matching and its prices; those of people who were taken out mean nothing."""
        mate, price, line, begin, end, set_price = (np.empty(self._people, np.int64) for _ in range(6))
        count = np.zeros(1, np.int64)
        arrays = (mate, price, line, count, begin, end, set_price)
        self._call("read", self._at(), self._people, *(raw(array, np.int64, len(array)) for array in arrays))
        sets = slice(int(count[0]))
        return Prices(
            mate=mate, price=price, line=line, begin=begin[sets], end=end[sets], set_price=set_price[sets].copy()
        )

    def _at(self) -> Any:  # noqa: ANN401 - an address
        return raw(self._handle, np.int64, 1)

    @staticmethod
    def _call(name: str, *values: Any) -> None:  # noqa: ANN401 - addresses and numbers
        ended = Ended(getattr(library(), f"mentorctl_matching_{name}")(*values))
        if ended is not Ended.OK:
            raise KernelFailed(f"the kernel of peers ended with {ended.name} in `{name}`")
