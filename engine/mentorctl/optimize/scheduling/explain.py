"""Why a meeting is at its slot, why it is not at another, and why there is none: as values, and what a change brings.

Everything is counted on the group of pairs that share people or pools with the pair in question, because nothing else
can matter. A loss or gain is exact where the group is solved to its proof again; `exact` says whether it was.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.scheduling.limits import groups
from mentorctl.optimize.scheduling.problem import Before, PairCandidates, SeriesAnswer, SeriesProblem, Terms
from mentorctl.optimize.scheduling.series import solve_series
from mentorctl.optimize.scheduling.verify import series_value
from mentorctl.values import dataclass

type Meetings = tuple[tuple[int, int], ...]

NOBODY = -1
_DAY = 96  # quarters
_FORCED = 2**30  # more than all meetings of a group are worth, so that a slot is held if it can be
_TOGETHER = 3  # stages that are given up at a time, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What stands in the way of one candidate while everything else stays.

    `kind` is person, week, pool, near_gap, far_gap or worth (nothing but that it is worth less); `who` is the number of
    the person or pool, `pair` and `other` the pair and the slot it collides with; each is -1 where there is none.
    """

    slot: int
    kind: str
    who: int = NOBODY
    pair: int = NOBODY
    other: int = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotReason:
    """Why a meeting is held when it is: what it is worth, and what the best other slot of its window would lose.

    `regular` is the bonus it brings as a meeting at the regular time, `hardship` the points of its people. `next_slot`
    is -1 and `next_loss` what the meeting brings where the window has no other slot that is free; `blocks` are of the
    candidates that would be worth more.
    """

    pair: int
    window: int
    slot: int
    worth: int
    regular: int
    hardship: tuple[int, ...]
    next_slot: int
    next_loss: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A meeting that gets another slot; -1 where it is not held."""

    pair: int
    window: int
    from_slot: int
    to_slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """What the timetable loses if a meeting has to be at a slot; None where it cannot be there at all."""

    loss: int | None
    exact: bool
    moved: tuple[Move, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A limit that is loosened by an amount (meetings, places or quarter hours): what the timetable gains, and whether
    the meeting is then held.
    """

    kind: str
    who: int
    amount: int
    gain: int
    held: bool
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSlot:
    """Why a window has no meeting: how many candidates it has, what is in the way of each, and what would help."""

    candidates: int
    blocks: tuple[Block, ...]
    relaxations: tuple[Priced, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """One reason for which starts fall away; `allowed` has an entry per start, and `fixed` ones cannot be given up."""

    name: str
    allowed: NDArray[np.bool_]
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What a stage does in its turn: starts before it and those it removes; `alone` is what it allows by itself."""

    name: str
    before: int
    removed: int
    alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Stages that, given up together, leave something: how many starts, and the worth of the best of them."""

    names: tuple[str, ...]
    opens: int
    best_worth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """From all starts to those that are left. `minimal` are the fewest stages that together leave none, and
    `relaxations` the smallest sets of stages whose end would leave some; both are empty where something is left.
    """

    steps: tuple[Removed, ...]
    left: int
    minimal: tuple[str, ...]
    relaxations: tuple[Opened, ...]


def funnel(stages: Sequence[Stage], worth: NDArray[np.int64] | None = None) -> Funnel:
    """How starts fall away stage by stage. Raises ValueError if the stages differ in length."""
    if len({len(stage.allowed) for stage in stages}) > 1:
        raise ValueError("stages differ in the number of starts")
    steps = []
    left = np.ones(len(stages[0].allowed) if stages else 0, np.bool_)
    for stage in stages:
        after = left & stage.allowed
        removed = int(left.sum()) - int(after.sum())
        steps.append(Removed(name=stage.name, before=int(left.sum()), removed=removed, alone=int(stage.allowed.sum())))
        left = after
    count = int(left.sum())
    if count or not stages:
        return Funnel(steps=tuple(steps), left=count, minimal=(), relaxations=())
    bits = [int.from_bytes(np.packbits(stage.allowed).tobytes(), "big") for stage in stages]
    return Funnel(
        steps=tuple(steps), left=0, minimal=_fewest(stages, bits), relaxations=tuple(_openings(stages, bits, worth))
    )


def _fewest(stages: Sequence[Stage], bits: Sequence[int]) -> tuple[str, ...]:
    """The fewest stages that leave nothing, the first of them in order."""
    for size in range(1, len(stages) + 1):
        for chosen in combinations(range(len(stages)), size):
            if not _all(bits, chosen):
                return tuple(stages[number].name for number in chosen)
    return ()


def _openings(stages: Sequence[Stage], bits: Sequence[int], worth: NDArray[np.int64] | None) -> Iterator[Opened]:
    """The smallest sets of stages that could be given up, fewest first, then those that open most."""
    loose = [number for number, stage in enumerate(stages) if not stage.fixed]
    known: list[set[int]] = []
    for size in range(1, min(len(loose), _TOGETHER) + 1):
        found = []
        for chosen in combinations(loose, size):
            if any(smaller <= set(chosen) for smaller in known):
                continue
            rest = [number for number in range(len(stages)) if number not in chosen]
            if not rest or _all(bits, rest):
                allowed = np.ones(len(stages[0].allowed), np.bool_)
                for number in rest:
                    allowed &= stages[number].allowed
                names = tuple(stages[number].name for number in chosen)
                best = int(worth[allowed].max()) if worth is not None and allowed.any() else 0
                found.append((chosen, Opened(names=names, opens=int(allowed.sum()), best_worth=best)))
        known += [set(chosen) for chosen, _ in found]
        yield from (opened for _, opened in sorted(found, key=lambda each: (-each[1].opens, each[0])))


def _all(bits: Sequence[int], chosen: Sequence[int]) -> int:
    common = bits[chosen[0]]
    for number in chosen[1:]:
        common &= bits[number]
    return common


# -- slots of one timetable --------------------------------------------------------------------------------------------


def why_slot(problem: SeriesProblem, answer: SeriesAnswer, pair: int, window: int) -> SlotReason:
    """Why the meeting of a pair in a window is held when it is. Raises ValueError if it is not held."""
    group = _Group.of(problem, answer, pair)
    slot = group.slot(window)
    if slot is None:
        raise ValueError(f"pair {pair} has no meeting in window {window}")
    candidates = group.candidates
    at = int(np.searchsorted(candidates.slots, slot))
    value = group.value(group.starts)
    free: list[tuple[int, int]] = []
    blocks: list[Block] = []
    for other in np.flatnonzero(candidates.window == window).tolist():
        if other == at:
            continue
        found = group.blocks(other)
        if not found:
            free.append((value - group.value(group.at(window, other)), int(candidates.slots[other])))
        elif candidates.worth[other] > candidates.worth[at]:
            blocks += found
    without = value - group.value(group.at(window, None))
    loss, following = min(free, default=(without, NOBODY))
    usual = group.usual()
    hardship = () if candidates.hardship is None else tuple(candidates.hardship[:, at].tolist())
    return SlotReason(
        pair=pair,
        window=window,
        slot=slot,
        worth=int(candidates.worth[at]),
        regular=group.terms.regular_bonus if candidates.regular[at] == usual else 0,
        hardship=hardship,
        next_slot=following,
        next_loss=loss,
        blocks=tuple(blocks),
    )


def why_not(problem: SeriesProblem, answer: SeriesAnswer, pair: int, slot: int) -> WhyNot:
    """What it would cost to hold a meeting of a pair at one of its candidates. Raises ValueError if it is none."""
    group = _Group.of(problem, answer, pair)
    candidates = group.candidates
    at = int(np.searchsorted(candidates.slots, slot))
    if at == len(candidates.slots) or candidates.slots[at] != slot:
        raise ValueError(f"{slot} is no candidate of pair {pair}")
    blocks = group.blocks(at) or (Block(slot=slot, kind="worth"),)
    worth = candidates.worth.copy()
    worth[at] = _FORCED
    found = solve_series(group.with_pair(replace(candidates, worth=worth)))
    held = any(start == slot for _, start in found.starts[group.place])
    if not held:
        return WhyNot(loss=None, exact=found.proved, moved=(), blocks=blocks)
    loss = group.value(group.starts) - group.value(found.starts)
    return WhyNot(loss=loss, exact=found.proved and group.proved, moved=group.moves(found.starts), blocks=blocks)


def no_slot(problem: SeriesProblem, answer: SeriesAnswer, pair: int, window: int) -> NoSlot:
    """Why a pair has no meeting in a window, and what each limit, loosened a little, would bring; the best first."""
    group = _Group.of(problem, answer, pair)
    candidates = np.flatnonzero(group.candidates.window == window).tolist()
    blocks = [
        block
        for at in candidates
        for block in group.blocks(at) or (Block(slot=int(group.candidates.slots[at]), kind="worth"),)
    ]
    value = group.value(group.starts)
    priced = []
    for kind, who, amount, loosened in group.loosened():
        found = solve_series(loosened)
        held = any(number == window for number, _ in found.starts[group.place])
        exact = found.proved and group.proved
        if found.value > value or held:
            priced.append(Priced(kind=kind, who=who, amount=amount, gain=found.value - value, held=held, exact=exact))
    priced.sort(key=lambda each: (not each.held, -each.gain, each.kind, each.who))
    return NoSlot(candidates=len(candidates), blocks=tuple(blocks), relaxations=tuple(priced))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Held:
    """One meeting of the group."""

    number: int
    pair: PairCandidates
    week: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Group:
    """The pairs that are linked with one pair, with their meetings; `place` is its place among them."""

    problem: SeriesProblem
    numbers: tuple[int, ...]
    place: int
    starts: tuple[Meetings, ...]
    proved: bool

    @classmethod
    def of(cls, problem: SeriesProblem, answer: SeriesAnswer, pair: int) -> "_Group":
        if not 0 <= pair < len(problem.pairs):
            raise ValueError(f"there is no pair {pair}")
        numbers = next(group for group in groups(problem.pairs) if pair in group)
        before = problem.before
        own = before and Before(starts=tuple(before.starts[number] for number in numbers), stay=before.stay)
        return cls(
            problem=replace(problem, pairs=tuple(problem.pairs[number] for number in numbers), before=own),
            numbers=numbers,
            place=numbers.index(pair),
            starts=tuple(answer.starts[number] for number in numbers),
            proved=answer.proved,
        )

    @property
    def candidates(self) -> PairCandidates:
        return self.problem.pairs[self.place]

    @property
    def terms(self) -> Terms:
        return self.problem.terms(self.candidates)

    def slot(self, window: int) -> int | None:
        return next((slot for number, slot in self.starts[self.place] if number == window), None)

    def usual(self) -> int:
        """The regular time of the pair."""
        at = np.searchsorted(self.candidates.slots, [slot for _, slot in self.starts[self.place]])
        return Counter(self.candidates.regular[at].tolist()).most_common(1)[0][0] if len(at) else NOBODY

    def value(self, starts: tuple[Meetings, ...]) -> int:
        return series_value(self.problem, SeriesAnswer(starts=starts, value=0, bound=0, proved=False))

    def at(self, window: int, candidate: int | None) -> tuple[Meetings, ...]:
        """The timetable with the pair's meeting of a window at a candidate, or left out."""
        meetings = [meeting for meeting in self.starts[self.place] if meeting[0] != window]
        if candidate is not None:
            meetings.append((window, int(self.candidates.slots[candidate])))
        return (*self.starts[: self.place], tuple(sorted(meetings)), *self.starts[self.place + 1 :])

    def with_pair(self, changed: PairCandidates) -> SeriesProblem:
        pairs = (*self.problem.pairs[: self.place], changed, *self.problem.pairs[self.place + 1 :])
        return replace(self.problem, pairs=pairs)

    def moves(self, starts: tuple[Meetings, ...]) -> tuple[Move, ...]:
        found = []
        for number, had, has in zip(self.numbers, self.starts, starts, strict=True):
            before, after = dict(had), dict(has)
            for window in sorted(before.keys() | after.keys()):
                old, new = before.get(window, NOBODY), after.get(window, NOBODY)
                if old != new:
                    found.append(Move(pair=number, window=window, from_slot=old, to_slot=new))
        return tuple(found)

    def blocks(self, candidate: int) -> tuple[Block, ...]:
        """What is in the way of a candidate while all other meetings stay."""
        return (*self._own(candidate), *self._others(candidate))

    def _own(self, candidate: int) -> Iterator[Block]:
        pair, terms = self.candidates, self.terms
        slot, window = int(pair.slots[candidate]), int(pair.window[candidate])
        for other, start in self.starts[self.place]:
            between = abs(slot - start)
            next_to = abs(other - window) == 1
            if other == window:
                continue
            if between < (max(terms.gap_min, terms.length) if next_to else terms.length):
                yield Block(slot=slot, kind="near_gap", pair=self.numbers[self.place], other=start)
            elif next_to and between > terms.gap_max:
                yield Block(slot=slot, kind="far_gap", pair=self.numbers[self.place], other=start)

    def _others(self, candidate: int) -> Iterator[Block]:
        pair, length = self.candidates, self.terms.length
        slot, week = int(pair.slots[candidate]), int(pair.week[candidate])
        others = [*self._held_beside(int(pair.window[candidate]))]
        meeting = [held for held in others if held.start < slot + length and slot < held.end]
        for person in pair.people:
            for held in meeting:
                if person in held.pair.people and held.pair is not pair:
                    yield Block(slot=slot, kind="person", who=person, pair=held.number, other=held.start)
            if sum(person in held.pair.people and held.week == week for held in others) >= self.problem.weekly(person):
                yield Block(slot=slot, kind="week", who=person)
        for pool in pair.pools:
            using = [held for held in meeting if pool in held.pair.pools]
            begins = [slot, *(held.start for held in using if held.start > slot)]
            most = max(sum(held.start <= at < held.end for held in using) for at in begins)
            if most >= self.problem.pools[pool]:
                yield Block(slot=slot, kind="pool", who=pool)

    def _held_beside(self, window: int) -> Iterator[_Held]:
        """All meetings of the group but that of the pair in a window."""
        for number, pair, starts in zip(self.numbers, self.problem.pairs, self.starts, strict=True):
            length = self.problem.terms(pair).length
            places = np.searchsorted(pair.slots, [start for _, start in starts])
            for place, (own, start) in zip(places, starts, strict=True):
                if pair is not self.candidates or own != window:
                    yield _Held(number=number, pair=pair, week=int(pair.week[place]), start=start, end=start + length)

    def loosened(self) -> Iterator[tuple[str, int, int, SeriesProblem]]:
        """The group's problem with one limit loosened: what kind, whose, and by how much."""
        pair, terms = self.candidates, self.terms
        everybody = 1 + max(person for each in self.problem.pairs for person in each.people)
        for person in pair.people:
            load = np.zeros(everybody, np.int64) if self.problem.load is None else self.problem.load.copy()
            load[person] = self.problem.weekly(person) + 1
            yield "week", person, 1, replace(self.problem, load=load)
        for pool in pair.pools:
            places = tuple(size + (number == pool) for number, size in enumerate(self.problem.pools))
            yield "pool", pool, 1, replace(self.problem, pools=places)
        nearer = min(_DAY, terms.gap_min)
        if nearer:
            changed = replace(terms, gap_min=terms.gap_min - nearer)
            yield "near_gap", NOBODY, nearer, self.with_pair(replace(pair, terms=changed))
        changed = replace(terms, gap_max=terms.gap_max + _DAY)
        yield "far_gap", NOBODY, _DAY, self.with_pair(replace(pair, terms=changed))
