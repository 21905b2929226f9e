"""A lifecycle as a Mermaid state diagram: canonical text that code hosts draw.

Mermaid is picky (a `-` in a state id or a quote in a label breaks the drawing), so ids are `s1`, `s2`, ... in
the order of the lifecycle, and everything else is an escaped label.
"""

import json
from collections.abc import Iterator, Mapping

from mentorctl.lifecycle.difference import timer_words
from mentorctl.lifecycle.model import Lifecycle, Transition
from mentorctl.render.lifecycle_picture import event_words
from mentorctl.render.style import plain


def lifecycle_mermaid(lifecycle: Lifecycle, *, counts: Mapping[str, int] | None = None) -> str:
    """The diagram, ending with a newline. `counts` are the people or things now in each state.

    Counted states that the lifecycle does not have are drawn apart, so that nobody is left out.
    """
    return "\n".join(_lines(lifecycle, counts)) + "\n"


def _lines(lifecycle: Lifecycle, counts: Mapping[str, int] | None) -> Iterator[str]:
    listed = [state.id for state in lifecycle.states]
    missing = sorted(set(counts or ()).difference(listed))
    ids = {state: f"s{number}" for number, state in enumerate([*listed, *missing], start=1)}
    title = f"Lifecycle of {lifecycle.name}"
    # Above the diagram stands YAML, where a JSON string is a string and entity codes mean nothing.
    yield from ("---", f"title: {json.dumps(title, ensure_ascii=False)}", "---")
    yield from ("stateDiagram-v2", f"    accTitle: {escaped(title)}")
    for state in listed:
        yield f'    state "{escaped(state)}{_count(counts, state)}" as {ids[state]}'
    for state in missing:
        yield f'    state "{escaped(state)}{_count(counts, state)}, not in this lifecycle" as {ids[state]}'
    yield from _reminders(lifecycle, ids)
    yield f"    [*] --> {ids[lifecycle.initial]}"
    for transition in lifecycle.transitions:
        yield f"    {ids[transition.source]} --> {ids[transition.target]} : {_label(lifecycle, transition)}"
    for final in lifecycle.states:
        if final.ending is not None:
            yield f"    {ids[final.id]} --> [*] : {final.ending.value}"


def _reminders(lifecycle: Lifecycle, ids: Mapping[str, str]) -> Iterator[str]:
    """What time does in a state without leading anywhere, written into the state."""
    for timer in lifecycle.timers:
        if not timer.event:
            words = escaped(f"{timer_words(timer)}, {' and '.join(timer.effects)}")
            yield from (f"    {ids[state]} : {words}" for state in timer.during)


def _label(lifecycle: Lifecycle, transition: Transition) -> str:
    guard = f" [{escaped(transition.when)}]" if transition.when else ""
    return escaped(event_words(lifecycle.timers, transition)) + guard


def _count(counts: Mapping[str, int] | None, state: str) -> str:
    return "" if counts is None else f" ({counts.get(state, 0)})"


def escaped(text: str) -> str:
    """On one line, with Mermaid's entity codes for every character that is part of its grammar.

    Characters that cannot be seen are written out: they could turn the reading direction of the picture.
    """
    return plain(" ".join(text.split())).translate(_ENTITIES)


_ENTITIES = str.maketrans(
    {
        '"': "#quot;",
        "#": "#35;",
        ";": "#59;",
        ":": "#58;",
        "%": "#37;",
        "<": "#lt;",
        ">": "#gt;",
        "&": "#amp;",
        "{": "#123;",
        "}": "#125;",
        "[": "#91;",
        "]": "#93;",
        "\\": "#92;",
        "`": "#96;",
    }
)
