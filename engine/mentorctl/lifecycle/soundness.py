"""What must be so before a lifecycle may run at all: plain ids, states that exist, guards that stand.

The library underneath would accept the rest in silence. What makes a sound lifecycle a good one is in `checks`.
"""

import re
from collections.abc import Iterable, Iterator

from mentorctl.lifecycle.guards import guard_of
from mentorctl.lifecycle.model import Lifecycle

_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")


def problems(lifecycle: Lifecycle) -> Iterator[str]:
    """Each thing that is not sound, as the second half of a sentence. Raises GuardError for a broken guard."""
    states = {state.id for state in lifecycle.states}
    yield from _ids(lifecycle)
    if len(states) < len(lifecycle.states):
        yield "a state is listed twice"
    if lifecycle.initial not in states:
        yield f"the initial state `{lifecycle.initial}` is not listed"
    for transition in lifecycle.transitions:
        yield from _unlisted(f"`{transition.event}`", (transition.source, transition.target), states)
        guard_of(transition.when, lifecycle.facts)
    for timer in lifecycle.timers:
        yield from _unlisted(f"the timer `{timer.id}`", (*timer.arms, *timer.during), states)
        guard_of(timer.when, lifecycle.facts)
    for state in lifecycle.states:
        guard_of(state.invariant, lifecycle.facts)
    for beginning in lifecycle.begins:
        guard_of(beginning.when, lifecycle.facts)


def _ids(lifecycle: Lifecycle) -> Iterator[str]:
    words = {lifecycle.name, *(state.id for state in lifecycle.states), *(fact.name for fact in lifecycle.facts)}
    words |= {transition.event for transition in lifecycle.transitions}
    words |= {timer.event for timer in lifecycle.timers if timer.event}
    for word in sorted(words):
        if not _ID.fullmatch(word):
            yield f"the id {word!r} is not a lower-case letter followed by up to 62 of a-z, 0-9 and _"


def _unlisted(what: str, named: Iterable[str], states: set[str]) -> Iterator[str]:
    for state in named:
        if state not in states:
            yield f"{what} names the state `{state}`, which is not listed"
