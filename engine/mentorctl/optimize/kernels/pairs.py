"""Lists of pairs and their commonest points: by the kernel in `pairs.c`, or the same in numpy where it is missing.

Pairs are places in a list of mentees and a list of mentors; what is said of people is in the order of these lists.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.kernels import native

type Places = NDArray[np.int32]
type Words = NDArray[np.uint64]
type Points = NDArray[np.int64]


def listed(words: Words, mentors: int, first: int) -> tuple[Places, Places]:
    """The pairs that rows of bits over the mentors stand for, of which the first is that of mentee `first`."""
    library = native.library()
    if library is None:
        bits = np.unpackbits(words.view(np.uint8), axis=1, count=mentors, bitorder="little")
        of = np.bitwise_count(words).sum(axis=1, dtype=np.int64)
        mentee = np.repeat(np.arange(len(words)), of)
        mentor = np.flatnonzero(bits) - mentee * mentors
        return (mentee + first).astype(np.int32), mentor.astype(np.int32)
    count = int(np.bitwise_count(words).sum(dtype=np.int64))
    made: tuple[Places, Places] = np.empty(count, np.int32), np.empty(count, np.int32)
    words = np.ascontiguousarray(words)
    library.mentorctl_pairs_list(words.ctypes, *words.shape, first, *_addresses(*made))
    return made


def add_table(mentee: Places, mentor: Places, kinds: tuple[Places, Places], table: Points, points: Points) -> None:
    """Adds what a table says about the kinds of the two."""
    kind, other = kinds
    library = native.library()
    if library is None:
        points += table.ravel()[kind[mentee] * np.int64(table.shape[1]) + other[mentor]]
        return
    before = _addresses(mentee, mentor, kind, other)
    library.mentorctl_pairs_add_table(len(points), *before, table.shape[1], *_addresses(table, points))


def add_common(
    mentee: Places, mentor: Places, answers: tuple[Words, Words], each: int, most: int, points: Points
) -> None:
    """Adds points for each answer in common, at most some of them."""
    ours, theirs = answers
    library = native.library()
    if library is None:
        common = np.zeros(len(points), np.int64)
        for word in range(ours.shape[1]):
            common += np.bitwise_count(ours[:, word][mentee] & theirs[:, word][mentor])
        points += each * np.minimum(common, most)
        return
    before = _addresses(mentee, mentor, ours, theirs)
    terms = np.array([each, most], np.int64)
    library.mentorctl_pairs_add_common(len(points), *before, ours.shape[1], *_addresses(terms, points))


def _addresses(*arrays: NDArray[Any]) -> list[Any]:
    return [array.ctypes for array in arrays]
