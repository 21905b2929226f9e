"""How people are carried from one definition of a lifecycle to the next: which state becomes which, what timers do.

A mapping is total over the old states that are no ends: people move between plan and apply, so occupied ones are not
enough. A state carries over by itself when it means the same, that is when it ends alike, promises the same, and
nothing that it led to was taken away; what else differs is decided in the file, never by equal names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from enum import StrEnum

from mentorctl.lifecycle.model import Lifecycle, State, TimerRule
from mentorctl.state.live import Facts, FactValue
from mentorctl.state.shapes import SPARSE
from mentorctl.values import dataclass


class TimerPolicy(StrEnum):
    """What a running timer does when its rule is another one afterwards."""

    KEEP = "keep"
    SHIFT = "shift"
    RESTART = "restart"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Whoever is in `old`, and for whom `when` holds (always, where it is empty), is in `to` afterwards.

    `timers` are the policies of the timers that change, by id. `is_same`: the state carries over by itself.
    """

    old: str
    to: str
    when: str = ""
    timers: tuple[tuple[str, str], ...] = ()
    is_same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How many things one line moves, whose they are, and what that would mean to two of them."""

    old: str
    to: str
    when: str
    count: int
    people: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationChange:
    """All that live under one definition of a lifecycle go on under another one.

    `lines` are tried in their order; they cover every old state that is no end. Effects run only where `effects` lists
    them. `census` is what the plan counted; an apply that counts otherwise does nothing. `renamed` are timers that only
    have another name afterwards, because what they are for has: they run on.
    """

    program: str
    lifecycle: str
    old: str
    new: str
    lines: tuple[Line, ...]
    events: tuple[tuple[str, str], ...] = ()
    effects: tuple[str, ...] = ()
    reason: str = ""
    census: tuple[Moved, ...] = ()
    renamed: tuple[tuple[str, str], ...] = field(default=(), metadata=SPARSE)

    @property
    def count(self) -> int:
        return sum(moved.count for moved in self.census)

    def line_of(self, moved: Moved) -> Line:
        """The line that a part of the census counts. Raises KeyError when it has none."""
        for line in self.lines:
            if (line.old, line.to, line.when) == (moved.old, moved.to, moved.when):
                return line
        raise KeyError(moved.old)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing about anybody changes but the definition that they live under."""
        return all(line.is_same and not line.timers for line in self.lines) and not self.effects


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """Why a mapping does not stand: a state or timer of the old lifecycle, and the sentence."""

    state: str
    timer: str = ""
    why: str = ""


def carries_over(old: Lifecycle, new: Lifecycle, state: State) -> bool:
    """Whether a state means the same in both: it ends alike, promises the same, and leads where it did."""
    same = next((s for s in new.states if s.id == state.id), None)
    if same is None or (same.ending, same.invariant) != (state.ending, state.invariant):
        return False
    return _exits(old, state.id) <= _exits(new, state.id)


def resolved(
    old: Lifecycle, new: Lifecycle, written: Sequence[Line], *, policy: str
) -> tuple[tuple[Line, ...], tuple[Unmapped, ...]]:
    """The lines that carry everybody over, states that carry over by themselves included; and what is missing.

    `policy` is what timers do where the file does not say.
    """
    known = {state.id for state in new.states}
    lines: list[Line] = []
    wrong: list[Unmapped] = []
    for state in old.states:
        mine = [line for line in written if line.old == state.id]
        if not mine and state.is_final:
            continue
        if not mine and carries_over(old, new, state):
            mine = [Line(old=state.id, to=state.id, is_same=True)]
        if not mine:
            wrong.append(Unmapped(state=state.id, why=_why(old, new, state)))
            continue
        if mine[-1].when:
            wrong.append(Unmapped(state=state.id, why="no line says what becomes of those for whom no condition holds"))
        for line in mine:
            if line.to not in known:
                wrong.append(Unmapped(state=state.id, why=f"`{line.to}` is no state of the new lifecycle"))
                continue
            timers, odd = _policies(old, new, line, policy)
            wrong += odd
            same = line.old == line.to and not line.when and carries_over(old, new, state)
            lines.append(replace(line, timers=timers, is_same=same))
    return tuple(lines), tuple(wrong)


def changed_timers(old: Lifecycle, new: Lifecycle, line: Line) -> Iterator[tuple[TimerRule, TimerRule]]:
    """The timers that run in both states and have another rule afterwards, before and after."""
    after = {timer.id: timer for timer in new.timers if line.to in timer.during}
    for timer in old.timers:
        other = after.get(timer.id)
        if line.old in timer.during and other is not None and _rule(timer) != _rule(other):
            yield timer, other


def reversed_lines(lines: Iterable[Line]) -> tuple[tuple[Line, ...], str]:
    """The way back, or why there is none: two states that became one cannot be told apart again."""
    back: dict[str, Line] = {}
    for line in lines:
        other = back.get(line.to)
        if other is not None and other.to != line.old:
            return (), f"`{other.to}` and `{line.old}` both became `{line.to}`, and nothing tells them apart again"
        back[line.to] = Line(old=line.to, to=line.old, timers=line.timers, is_same=line.is_same)
    return tuple(back.values()), ""


def surviving_facts(facts: Facts, new: Lifecycle) -> Facts:
    """The facts that the new lifecycle knows, with values of its types."""
    kinds = {fact.name: fact.type.kind.value for fact in new.facts}
    return tuple((name, value) for name, value in facts if name not in kinds or _fits(value, kinds[name]))


def _policies(
    old: Lifecycle, new: Lifecycle, line: Line, policy: str
) -> tuple[tuple[tuple[str, str], ...], list[Unmapped]]:
    """The policy of every timer that changes: what the file says, else the one for all."""
    changing = {timer.id for timer, _ in changed_timers(old, new, line)}
    running = {timer.id for timer in (*old.timers, *new.timers) if {line.old, line.to} & set(timer.during)}
    wrong = [
        Unmapped(state=line.old, timer=timer, why=f"no timer `{timer}` runs in `{line.old}` or `{line.to}`")
        for timer, _ in line.timers
        if timer not in running
    ]
    given = dict(line.timers)
    decided = {timer: given.get(timer, policy) for timer in changing} | given
    return tuple(sorted(decided.items())), wrong


def _why(old: Lifecycle, new: Lifecycle, state: State) -> str:
    """What is different about a state that does not carry over by itself."""
    same = next((s for s in new.states if s.id == state.id), None)
    if same is None:
        return "the new lifecycle does not have it"
    if same.ending != state.ending:
        return f"it {'becomes an end' if same.ending else 'is no end any more'}"
    if same.invariant != state.invariant:
        return f"it promises `{same.invariant or 'nothing'}` instead of `{state.invariant or 'nothing'}`"
    gone = sorted(_exits(old, state.id) - _exits(new, state.id))
    return "it no longer leads " + ", ".join(f"on `{event}` to `{target}`" for event, target in gone)


def _exits(lifecycle: Lifecycle, state: str) -> set[tuple[str, str]]:
    return {(t.event, t.target) for t in lifecycle.transitions if t.source == state}


def _rule(timer: TimerRule) -> TimerRule:
    """What decides when a timer is due and what it does, without the states that it runs in."""
    return replace(timer, arms=(), during=(), on=())


def _fits(value: FactValue, kind: str) -> bool:
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, tuple) if kind == "set" else isinstance(value, str)


def by_state(lines: Iterable[Line]) -> Mapping[str, tuple[Line, ...]]:
    """The lines of each old state, in their order."""
    grouped: dict[str, tuple[Line, ...]] = {}
    for line in lines:
        grouped[line.old] = (*grouped.get(line.old, ()), line)
    return grouped
