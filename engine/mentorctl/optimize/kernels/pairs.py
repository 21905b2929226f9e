"""Lists of pairs and their commonest points: by the kernel in `pairs.c`, or the same in numpy where it is missing.

Pairs are places in a list of mentees and a list of mentors; what is said of people is in the order of these lists.
"""

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.kernels.native import library, raw

type Places = NDArray[np.int32]
type Words = NDArray[np.uint64]
type Points = NDArray[np.int64]


def listed(words: Words, mentors: int, first: int) -> tuple[Places, Places]:
    """The pairs that rows of bits over the mentors stand for, of which the first is that of mentee `first`."""
    kernels = library()
    if kernels is None:
        bits = np.unpackbits(words.view(np.uint8), axis=1, count=mentors, bitorder="little")
        of = np.bitwise_count(words).sum(axis=1, dtype=np.int64)
        mentee = np.repeat(np.arange(len(words)), of)
        mentor = np.flatnonzero(bits) - mentee * mentors
        return (mentee + first).astype(np.int32), mentor.astype(np.int32)
    count = int(np.bitwise_count(words).sum(dtype=np.int64))
    made: tuple[Places, Places] = np.empty(count, np.int32), np.empty(count, np.int32)
    flat = words.ravel()
    places = (raw(side, np.int32, count) for side in made)
    kernels.mentorctl_pairs_list(raw(flat, np.uint64, words.size), *words.shape, first, *places)
    return made


def add_table(mentee: Places, mentor: Places, kinds: tuple[Places, Places], table: Points, points: Points) -> None:
    """Adds what a table says about the kinds of the two."""
    kind, other = kinds
    kernels = library()
    if kernels is None:
        points += table.ravel()[kind[mentee] * np.int64(table.shape[1]) + other[mentor]]
        return
    count, entries = len(points), table.ravel()
    kernels.mentorctl_pairs_add_table(
        count,
        *(raw(side, np.int32, count) for side in (mentee, mentor)),
        *(raw(kinds, np.int32, len(kinds)) for kinds in (kind, other)),
        table.shape[1],
        raw(entries, np.int64, table.size),
        raw(points, np.int64, count),
    )


def add_common(
    mentee: Places, mentor: Places, answers: tuple[Words, Words], each: int, most: int, points: Points
) -> None:
    """Adds points for each answer in common, at most some of them."""
    ours, theirs = answers
    kernels = library()
    if kernels is None:
        common = np.zeros(len(points), np.int64)
        for word in range(ours.shape[1]):
            common += np.bitwise_count(ours[:, word][mentee] & theirs[:, word][mentor])
        points += each * np.minimum(common, most)
        return
    count, terms = len(points), np.array([each, most], np.int64)
    bits = [side.ravel() for side in answers]
    kernels.mentorctl_pairs_add_common(
        count,
        *(raw(side, np.int32, count) for side in (mentee, mentor)),
        *(raw(words, np.uint64, words.size) for words in bits),
        ours.shape[1],
        raw(terms, np.int64, 2),
        raw(points, np.int64, count),
    )
