"""Lifecycles, and what is different between two versions, as pictures of boxes and arrows.

What leads from many states to one on one event, such as withdrawing, is written into the box that it leads to: a dozen
arrows to one box would hide the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from mentorctl.lifecycle.difference import ELSEWHERE, Difference, Part, Sign, timer_words
from mentorctl.lifecycle.model import Lifecycle, State, TimerRule, Transition
from mentorctl.render.svg import Arrow, Box, Look, Picture

_START = "[*]"
_MANY = 4  # sources from which on an event is written into its target
_WIDEST = 44
_LOOKS = {Sign.ADDED: Look.ADDED, Sign.REMOVED: Look.REMOVED, Sign.CHANGED: Look.CHANGED, Sign.SAME: Look.PLAIN}


def lifecycle_picture(lifecycle: Lifecycle, *, counts: Mapping[str, int] | None = None) -> Picture:
    """A lifecycle with its deadlines; `counts` are the people or things now in each state."""
    folded = _folded(lifecycle.transitions)
    plain = [t for t in lifecycle.transitions if (t.event, t.target, t.when) not in folded]
    boxes = [_start()]
    for state in lifecycle.states:
        lines = [*_state_lines(state, counts), *_reminders(lifecycle, state)]
        lines += [f"from {n} states: {_event(lifecycle, e, t)}" for (e, t, _), n in folded.items() if t == state.id]
        boxes.append(Box(id=state.id, title=state.id, lines=tuple(lines), is_end=state.is_final, hint=state.meaning))
    labels: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for transition in plain:
        labels[transition.source, transition.target].append(_label(lifecycle, transition))
    arrows = [Arrow(source=_START, target=lifecycle.initial)]
    arrows += [Arrow(source=s, target=t, labels=tuple(words)) for (s, t), words in labels.items()]
    return Picture(
        title=f"Lifecycle of {lifecycle.name}",
        description=_description(lifecycle),
        boxes=tuple(boxes),
        arrows=tuple(arrows),
    )


def difference_picture(difference: Difference, *, counts: Mapping[str, int] | None = None) -> Picture:
    """What is different, with one step of what is the same around it; the rest is one box."""
    states, transitions, rest = shown_parts(difference)
    boxes = [_box(part, difference, counts) for part in states]
    if rest:
        title = f"… {rest} more state{'' if rest == 1 else 's'}"
        boxes.append(Box(id="…", title=title, look=Look.FOLDED))
    arrows = [
        Arrow(
            source=part.shown.source,
            target=part.shown.target,
            labels=(f"{part.sign.value} {part.shown.event}".strip(), *((_cut(part.what),) if part.what else ())),
            look=_LOOKS[part.sign],
        )
        for part in transitions
    ]
    return Picture(
        title=f"Changes of the lifecycle of {difference.name}",
        description="Added parts are marked +, removed ones -, changed ones ~; what is the same is left out.",
        boxes=tuple(boxes),
        arrows=tuple(arrows),
    )


def shown_parts(difference: Difference) -> tuple[list[Part[State]], list[Part[Transition]], int]:
    """The states and transitions that differ or lie one step around, and how many other states there are."""
    touched = {part.shown.id for part in difference.states if part.sign is not Sign.SAME}
    for way in difference.transitions:
        if way.sign is not Sign.SAME:
            touched |= {way.shown.source, way.shown.target}
    touched |= {part.shown.id for part in difference.states if timer_notes(difference, part.shown.id)}
    changed = {part.shown.id for part in difference.states if part.sign is not Sign.SAME}
    around = set(touched)
    for way in difference.transitions:
        ends = {way.shown.source, way.shown.target}
        if ends & changed:
            around |= ends
    states = [part for part in difference.states if part.shown.id in around]
    ways = [
        way
        for way in difference.transitions
        if way.sign is not Sign.SAME or ({way.shown.source, way.shown.target} & changed)
    ]
    return states, ways, len(difference.states) - len(states)


def timer_notes(difference: Difference, state: str) -> list[str]:
    """What is different about the timers that run in a state: one that comes or goes, or another rule."""
    notes = []
    for part in difference.timers:
        was = part.old is not None and state in part.old.during
        runs = part.new is not None and state in part.new.during
        if was != runs:
            notes.append(f"{'+' if runs else '-'} {part.shown.id}: {timer_words(part.shown)}")
        elif runs and part.what not in ("", ELSEWHERE):
            notes.append(f"{part.sign.value} {part.shown.id}: {part.what}")
    return notes


def event_words(timers: Iterable[TimerRule], transition: Transition) -> str:
    """The event, and when time raises it."""
    whens = [timer_words(t) for t in timers if t.event == transition.event and transition.source in t.during]
    return f"{transition.event}, {whens[0]}" if whens else transition.event


def _box(part: Part[State], difference: Difference, counts: Mapping[str, int] | None) -> Box:
    state = part.shown
    title = f"{part.sign.value} {state.id}".strip()
    lines = [*_state_lines(state, counts), *((_cut(part.what),) if part.what else ())]
    lines += [_cut(note) for note in timer_notes(difference, state.id)]
    look = _LOOKS[part.sign]
    return Box(id=state.id, title=title, lines=tuple(lines), look=look, is_end=state.is_final, hint=state.meaning)


def _start() -> Box:
    return Box(id=_START, title="", look=Look.START)


def _state_lines(state: State, counts: Mapping[str, int] | None) -> list[str]:
    lines = [f"{counts.get(state.id, 0):,} now"] if counts is not None else []
    return [*lines, state.ending.value] if state.ending else lines


def _reminders(lifecycle: Lifecycle, state: State) -> list[str]:
    """What time does in a state without leading anywhere."""
    return [
        _cut(f"{timer_words(timer)}: {', '.join(timer.effects)}")
        for timer in lifecycle.timers
        if not timer.event and state.id in timer.during and timer.effects
    ]


def _folded(transitions: Sequence[Transition]) -> dict[tuple[str, str, str], int]:
    """The events that lead from many states to one, with the number of states."""
    sources: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for t in transitions:
        sources[t.event, t.target, t.when].add(t.source)
    return {key: len(found) for key, found in sources.items() if len(found) >= _MANY}


def _event(lifecycle: Lifecycle, event: str, target: str) -> str:
    way = next(t for t in lifecycle.transitions if (t.event, t.target) == (event, target))
    return _cut(_label(lifecycle, way))


def _label(lifecycle: Lifecycle, transition: Transition) -> str:
    guard = f" [{transition.when}]" if transition.when else ""
    return _cut(event_words(lifecycle.timers, transition) + guard)


def _description(lifecycle: Lifecycle) -> str:
    ends = [state.id for state in lifecycle.states if state.is_final]
    return (
        f"{len(lifecycle.states)} states and {len(lifecycle.transitions)} transitions. It begins in "
        f"{lifecycle.initial} and ends in {', '.join(ends)}."
    )


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
