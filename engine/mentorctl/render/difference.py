"""What is different between two versions of a lifecycle: a Mermaid flowchart, and a table where that grows too large.

Flowcharts can style single arrows, which state diagrams cannot. No meaning hangs on color: every label has its sign,
and removed arrows are dashed.
"""

import json
from collections.abc import Iterator, Mapping

from mentorctl.lifecycle.difference import Difference, Part, Sign, timer_words
from mentorctl.lifecycle.model import State
from mentorctl.render.lifecycle_picture import shown_parts, timer_notes
from mentorctl.render.mermaid import escaped
from mentorctl.render.style import Style, plain
from mentorctl.render.tables import table

MOST_STATES = 60
MOST_TRANSITIONS = 120
_CLASSES = {Sign.ADDED: "added", Sign.REMOVED: "removed", Sign.CHANGED: "changed", Sign.SAME: "same"}
_STYLES = (
    "classDef added stroke:#116329,stroke-width:2px",
    "classDef removed stroke:#a40e26,stroke-width:2px,stroke-dasharray:6 4",
    "classDef changed stroke:#7d4e00,stroke-width:2px,stroke-dasharray:10 3",
    "classDef same stroke:#6e7781",
    "classDef folded stroke:#6e7781,stroke-dasharray:2 3",
)
_LINES = {Sign.ADDED: "#116329", Sign.REMOVED: "#a40e26", Sign.CHANGED: "#7d4e00"}


def difference_mermaid(difference: Difference, *, counts: Mapping[str, int] | None = None) -> str:
    """The flowchart, ending with a newline; for one that nobody could read, the rows of the table as comments."""
    if len(difference.states) > MOST_STATES or len(difference.transitions) > MOST_TRANSITIONS:
        rows = (escaped(" | ".join(row)) for row in difference_rows(difference, counts))
        return "\n".join([f"%% too large to draw: {len(difference.states)} states", *(f"%% {r}" for r in rows)]) + "\n"
    return "\n".join(_lines(difference, counts)) + "\n"


def difference_table(difference: Difference, counts: Mapping[str, int] | None, style: Style) -> list[str]:
    """A line for each change: what, the old, the new, and how many are in the state now."""
    header = ("", "what", "change", "now in it")
    signs = {"+": style.added, "-": style.removed, "~": style.changed}
    return table(
        list(difference_rows(difference, counts)),
        header=header,
        numbers=frozenset({3}),
        faint=style.faint,
        dress={0: lambda sign: signs.get(sign, str)(sign)},
    )


def difference_rows(difference: Difference, counts: Mapping[str, int] | None) -> Iterator[tuple[str, str, str, str]]:
    """The changes as cells."""
    for state in difference.states:
        if state.sign is not Sign.SAME:
            yield state.sign.value, f"state {state.shown.id}", state.what, _number(counts, state.shown.id)
    for way in difference.transitions:
        if way.sign is not Sign.SAME:
            words = f"{way.shown.event}: {way.shown.source} → {way.shown.target}"
            guard = f"when {way.shown.when}" if way.shown.when else ""
            yield way.sign.value, words, way.what or guard, _number(counts, way.shown.source)
    for timer in difference.timers:
        if timer.sign is not Sign.SAME:
            inside = timer.shown.during
            number = "" if counts is None else f"{sum(counts.get(s, 0) for s in inside):,}"
            yield timer.sign.value, f"timer {timer.shown.id}", timer.what or timer_words(timer.shown), number


def _lines(difference: Difference, counts: Mapping[str, int] | None) -> Iterator[str]:
    states, ways, rest = shown_parts(difference)
    title = f"Changes of the lifecycle of {difference.name}"
    named = json.dumps(plain(title), ensure_ascii=False)  # above the diagram stands YAML, which knows JSON strings
    yield from ("---", f"title: {named}", "---", "flowchart LR", f"    accTitle: {escaped(title)}")
    ids = {part.shown.id: f"s{number}" for number, part in enumerate(states, start=1)}
    for part in states:
        yield f'    {ids[part.shown.id]}["{_words(part, difference, counts)}"]:::{_CLASSES[part.sign]}'
    if rest:
        yield f'    rest["{rest} more"]:::folded'
    styled: list[str] = []
    for number, way in enumerate(ways):
        arrow = "-.->" if way.sign is Sign.REMOVED else "-->"
        label = f"{way.sign.value} {way.shown.event}".strip() + (f" ({way.what})" if way.what else "")
        yield f'    {ids[way.shown.source]} {arrow}|"{escaped(label)}"| {ids[way.shown.target]}'
        if way.sign in _LINES:
            styled.append(f"    linkStyle {number} stroke:{_LINES[way.sign]},stroke-width:2px")
    yield from styled
    yield from (f"    {style}" for style in _STYLES)


def _words(part: Part[State], difference: Difference, counts: Mapping[str, int] | None) -> str:
    words = [f"{part.sign.value} {part.shown.id}".strip()]
    number = _number(counts, part.shown.id)
    words += [f"{number} now"] if number else []
    words += [part.what] if part.what else []
    words += timer_notes(difference, part.shown.id)
    return "<br/>".join(escaped(word) for word in words)


def _number(counts: Mapping[str, int] | None, state: str) -> str:
    return "" if counts is None else f"{counts.get(state, 0):,}"
