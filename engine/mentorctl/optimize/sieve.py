"""The hard rules over all pairs, in blocks of bounded memory.

Most rules know few kinds of people: two departments, nine levels. What such a rule says about a kind of mentee and all
mentors is one row of bits, found once by the rule's own test on one person of each kind, and a block of pairs is the
rows of its mentees, ANDed. Rules on a list of pairs change single places. What is left of the rules is asked only about
the pairs that passed.
"""

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.ground import Few, Indices, Kinds, Test, Truths, one_of_each
from mentorctl.optimize.kernels.pairs import listed
from mentorctl.roster.people import Words
from mentorctl.values import dataclass

type Places = NDArray[np.intp]
type Short = NDArray[np.int32]

BLOCK = 1 << 20  # pairs looked at together, so that the arrays over them stay in the cache
_ROWS = 1 << 26  # bytes that the rows of bits of one rule may take
_WHOLE = 0.5  # with more of a block left, a rule is asked about the whole block


@dataclass(frozen=True, slots=True, kw_only=True)
class HardTest:
    """One hard rule; `kinds` and `few` as in `ground.Compiled`, of the whole rule."""

    test: Test
    kinds: Kinds | None = None
    few: Few | None = None


class Sieve:
    """Compiled hard rules over some mentees and mentors. `exempt` pairs pass whatever the rules say."""

    def __init__(
        self,
        people: int,
        mentees: Indices,
        mentors: Indices,
        tests: Sequence[HardTest],
        exempt: Few | None,
        *,
        peers: bool,
    ) -> None:
        self._people, self._peers = people, peers
        # indexing turns other numbers into these each time
        self._mentees, self._mentors = mentees.astype(np.intp), mentors.astype(np.intp)
        self._width = -(-len(mentors) // 64)
        self._bits: list[tuple[Words, Indices]] = []
        self._few: list[tuple[Places, Places, bool]] = []
        self._other: list[Test] = []
        for hard in tests:
            if hard.few is not None:
                self._few.append((*self._places(hard.few), hard.few.holds))
                continue
            rows = self._rows_of_bits(hard)
            if rows is None:
                self._other.append(hard.test)
            else:
                self._bits.append(rows)
        nobody = Few(one=mentees[:0], other=mentors[:0], holds=True)
        self._exempt = self._places(exempt or nobody)
        self._oneself = self._places(Few(one=mentees, other=mentees, holds=False))

    def count(self) -> int | None:
        """How many pairs pass; None where some rule has to be asked about single pairs."""
        if self._other:
            return None
        words = (self._without_other_rules(*block)[0] for block in self._blocks())
        return sum(int(np.bitwise_count(block).sum(dtype=np.int64)) for block in words)

    def blocks(self) -> Iterator[tuple[Short, Short]]:
        """The pairs that pass, by place in the two lists, block by block, in order."""
        return (self._block(*block) for block in self._blocks())

    def _blocks(self) -> Iterator[tuple[int, int]]:
        rows = max(1, BLOCK // max(1, len(self._mentors)))
        return ((first, min(first + rows, len(self._mentees))) for first in range(0, len(self._mentees), rows))

    def _block(self, first: int, end: int) -> tuple[Short, Short]:
        words, exempt, other = self._without_other_rules(first, end)
        mentee, mentor = listed(words, len(self._mentors), first)
        for test in other:
            kept = test(cast("Indices", self._mentees[mentee]), cast("Indices", self._mentors[mentor]))
            word, bit = mentor // 64, (mentor % 64).astype(np.uint64)
            kept |= (exempt[mentee - first, word] >> bit & np.uint64(1)) != 0
            mentee, mentor = mentee[kept], mentor[kept]
        return mentee, mentor

    def _without_other_rules(self, first: int, end: int) -> tuple[Words, Words, Sequence[Test]]:
        """The pairs of a block as bits, those that are exempt, and the rules that are still to be asked."""
        words = self._after_bits(first, end)
        for one, two, holds in self._few:
            if holds:
                words &= self._as_bits(one, two, first, end)
            else:
                _mark(words, one, two, first, clear=True)
        exempt, other = self._as_bits(*self._exempt, first, end), self._other
        if other and np.bitwise_count(words).sum(dtype=np.int64) > _WHOLE * (end - first) * len(self._mentors):
            e, m = cast("Indices", self._mentees[first:end, None]), cast("Indices", self._mentors[None, :])
            for test in other:
                words &= self._packed(np.broadcast_to(test(e, m), (end - first, len(self._mentors))))
            other = []
        words |= exempt
        if self._peers:
            words &= self._packed(self._mentees[first:end, None] < self._mentors)
        else:
            _mark(words, *self._oneself, first, clear=True)
        return words, exempt, other

    def _after_bits(self, first: int, end: int) -> Words:
        """The pairs of a block that pass all rules on kinds."""
        if not self._bits:
            return np.broadcast_to(
                self._packed(np.ones((1, len(self._mentors)), np.bool_)), (end - first, self._width)
            ).copy()
        (rows, kind), *more = self._bits
        words: Words = rows[kind[first:end]]
        for others, kinds in more:
            words &= others[kinds[first:end]]
        return words

    def _packed(self, found: Truths) -> Words:
        """Rows of truths over the mentors as bits."""
        words: Words = np.zeros((len(found), self._width), np.uint64)
        packed = np.packbits(found, axis=1, bitorder="little")
        words.view(np.uint8)[:, : packed.shape[1]] = packed
        return words

    def _as_bits(self, mentee: Places, mentor: Places, first: int, end: int) -> Words:
        """Single pairs of a block as bits."""
        words: Words = np.zeros((end - first, self._width), np.uint64)
        _mark(words, mentee, mentor, first)
        return words

    def _rows_of_bits(self, hard: HardTest) -> tuple[Words, Indices] | None:
        """For each kind of mentee a row of bits over the mentors, and each one's kind; None where it does not pay."""
        if hard.kinds is None:
            return None
        sides = cast("Indices", self._mentees), cast("Indices", self._mentors)
        kind, other = hard.kinds(*sides)
        mentees, mentors = one_of_each(kind), one_of_each(other)
        if len(mentees) > max(64, len(self._mentees) // 2) or len(mentees) * self._width * 8 > _ROWS:
            return None
        rows: Words = np.zeros((len(mentees), self._width), np.uint64)
        step = max(1, BLOCK // max(1, len(self._mentors)))
        asked = cast("Indices", self._mentors[mentors])[None, :]
        for first in range(0, len(mentees), step):
            here = slice(first, first + step)
            holds = hard.test(cast("Indices", self._mentees[mentees[here]])[:, None], asked)
            rows[here] = self._packed(np.broadcast_to(holds, (len(mentees[here]), len(mentors)))[:, other])
        return rows, kind

    def _places(self, few: Few) -> tuple[Places, Places]:
        return places_of(few, self._mentees, self._mentors, self._people)


def places_of(few: Few, mentees: Places, mentors: Places, people: int) -> tuple[Places, Places]:
    """Pairs of roster indices as places in two lists, by mentee; those of others are left out."""
    place = []
    for side, listed_ones in ((few.one, mentees), (few.other, mentors)):
        at = np.full(people, -1, np.intp)
        at[listed_ones] = np.arange(len(listed_ones))
        place.append(at[side])
    here = (place[0] >= 0) & (place[1] >= 0)
    order = np.argsort(place[0][here], kind="stable")
    return place[0][here][order], place[1][here][order]


def _mark(words: Words, mentee: Places, mentor: Places, first: int, *, clear: bool = False) -> None:
    """Sets (or clears) the bits of those pairs whose mentees are rows here, from mentee `first` on."""
    here = slice(int(np.searchsorted(mentee, first)), int(np.searchsorted(mentee, first + len(words))))
    if here.start == here.stop:
        return
    place = mentor[here]
    at = mentee[here] - first, place >> 6
    bits = np.uint64(1) << (place & 63).astype(np.uint64)
    if clear:
        np.bitwise_and.at(words, at, ~bits)
    else:
        np.bitwise_or.at(words, at, bits)
