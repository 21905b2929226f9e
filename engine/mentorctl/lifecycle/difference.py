"""What is different between two versions of a lifecycle: what was added, what is gone, what changed in place."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

from mentorctl.lifecycle.model import Lifecycle, State, TimerRule, Transition
from mentorctl.values import dataclass

ELSEWHERE = "where it runs"  # a timer that runs in other states, by the same rule


class Sign(StrEnum):
    """How a part differs; the value is what is printed before it."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part[T]:
    """One part in both versions, as far as it is there, and what is different about it."""

    sign: Sign
    old: T | None
    new: T | None
    what: str = ""

    @property
    def shown(self) -> T:
        """The new one, or the old one that is gone."""
        found = self.new if self.new is not None else self.old
        if found is None:
            raise ValueError("a part is in one version at least")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two versions of one lifecycle side by side, in the order of the new one with what is gone behind."""

    name: str
    initial: str
    states: tuple[Part[State], ...]
    transitions: tuple[Part[Transition], ...]
    timers: tuple[Part[TimerRule], ...]

    @property
    def is_empty(self) -> bool:
        parts: list[Part[State] | Part[Transition] | Part[TimerRule]] = [*self.states, *self.transitions, *self.timers]
        return all(part.sign is Sign.SAME for part in parts)


def difference(old: Lifecycle, new: Lifecycle) -> Difference:
    """What is different. Meanings and reasons count as nothing: they move nobody."""
    return Difference(
        name=new.name,
        initial=new.initial,
        states=_parts(old.states, new.states, _state_key, _state_words),
        transitions=_parts(old.transitions, new.transitions, _transition_key, _transition_words),
        timers=_parts(old.timers, new.timers, _timer_key, _timer_words),
    )


def _parts[T](
    old: Iterable[T], new: Iterable[T], key: Callable[[T], tuple[str, ...]], words: Callable[[T, T], str]
) -> tuple[Part[T], ...]:
    before: Mapping[tuple[str, ...], T] = {key(part): part for part in old}
    after: Mapping[tuple[str, ...], T] = {key(part): part for part in new}
    parts = []
    for name, part in after.items():
        was = before.get(name)
        what = words(was, part) if was is not None else ""
        sign = Sign.ADDED if was is None else Sign.CHANGED if what else Sign.SAME
        parts.append(Part(sign=sign, old=was, new=part, what=what))
    parts += [Part(sign=Sign.REMOVED, old=part, new=None) for name, part in before.items() if name not in after]
    return tuple(parts)


def _state_key(state: State) -> tuple[str, ...]:
    return (state.id,)


def _transition_key(transition: Transition) -> tuple[str, ...]:
    return transition.source, transition.event, transition.target


def _timer_key(timer: TimerRule) -> tuple[str, ...]:
    return (timer.id,)


def _state_words(old: State, new: State) -> str:
    return "; ".join(
        f"{name}: {before or 'none'} → {after or 'none'}"
        for name, before, after in (("end", old.ending, new.ending), ("invariant", old.invariant, new.invariant))
        if before != after
    )


def _transition_words(old: Transition, new: Transition) -> str:
    effects = ", ".join(old.effects), ", ".join(new.effects)
    return "; ".join(
        f"{name}: {before or 'always' if name == 'when' else before or 'none'} → "
        f"{after or 'always' if name == 'when' else after or 'none'}"
        for name, before, after in (
            ("when", old.when, new.when),
            ("priority", str(old.priority), str(new.priority)),
            ("effects", *effects),
        )
        if before != after
    )


def _timer_words(old: TimerRule, new: TimerRule) -> str:
    if old == new:
        return ""
    before, after = timer_words(old), timer_words(new)
    if before != after:
        return f"{before} → {after}"
    return ELSEWHERE if replace(old, arms=new.arms, during=new.during) == new else "what it does"


def timer_words(timer: TimerRule) -> str:
    """When a timer is due, in the words of the files: `after 14d`, `at closing.start, every 7d up to 3 times`."""
    parts = [f"after {timer.after}" if timer.after else "", str(timer.at) if timer.at else ""]
    words = " and ".join(part for part in parts if part)
    if timer.every:
        words += f", every {timer.every}" + (f" up to {timer.at_most} times" if timer.at_most else "")
    return words + (f" if {timer.when}" if timer.when else "")
