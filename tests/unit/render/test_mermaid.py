"""Lifecycles as Mermaid text."""

import re

import pytest

from mentorctl.lifecycle.machines.people import enrollment_lifecycle
from mentorctl.lifecycle.model import Ending, Fact, Lifecycle, State, Transition
from mentorctl.render.mermaid import lifecycle_mermaid
from mentorctl.rules.expressions.types import BOOL

ORDER = Lifecycle(
    name="order",
    initial="open",
    facts=(Fact(name="late", type=BOOL), Fact(name="paid", type=BOOL)),
    states=(
        State(id="done", meaning="It is paid.", ending=Ending.SUCCESS),
        State(id="lost", meaning="It is given up.", ending=Ending.NEUTRAL),
        State(id="open", meaning="It is to be paid."),
    ),
    transitions=(
        Transition(event="give_up", source="open", target="lost", effects=("notify.lost",)),
        Transition(event="pay", source="open", target="done", when="!late && paid"),
    ),
)

DRAWN = """\
---
title: "Lifecycle of order"
---
stateDiagram-v2
    accTitle: Lifecycle of order
    state "done" as s1
    state "lost" as s2
    state "open" as s3
    [*] --> s3
    s3 --> s2 : give_up
    s3 --> s1 : pay [!late #amp;#amp; paid]
    s1 --> [*] : success
    s2 --> [*] : neutral
"""

BARE_ENROLLMENT = """\
---
title: "Lifecycle of enrollment"
---
stateDiagram-v2
    accTitle: Lifecycle of enrollment
    state "applied" as s1
    state "completed" as s2
    state "matched" as s3
    state "not_eligible" as s4
    state "ready" as s5
    state "waitlisted" as s6
    state "withdrawn" as s7
    [*] --> s1
    s1 --> s4 : check_eligibility [!eligible]
    s1 --> s5 : check_eligibility [eligible]
    s1 --> s7 : withdraw
    s3 --> s2 : complete
    s3 --> s5 : unmatch
    s3 --> s7 : withdraw
    s4 --> s5 : check_eligibility [eligible]
    s4 --> s7 : withdraw
    s5 --> s3 : match
    s5 --> s4 : recheck [!eligible]
    s5 --> s6 : wait
    s5 --> s7 : withdraw
    s6 --> s3 : match
    s6 --> s4 : recheck [!eligible]
    s6 --> s7 : withdraw
    s2 --> [*] : success
    s7 --> [*] : neutral
"""


@pytest.mark.parametrize(
    ("lifecycle", "drawn"),
    [(ORDER, DRAWN), (enrollment_lifecycle(approval=False, training=False), BARE_ENROLLMENT)],
    ids=["order", "enrollment"],
)
def test_the_text_of_a_diagram(lifecycle: Lifecycle, drawn: str) -> None:
    """The text is the blessed one, byte for byte."""
    assert lifecycle_mermaid(lifecycle) == drawn


def test_counts_stand_behind_the_states() -> None:
    """With counts, every state shows one, and nothing else changes."""
    with_counts = lifecycle_mermaid(ORDER, counts={"open": 12, "done": 1})
    assert with_counts == (
        DRAWN.replace('"done"', '"done (1)"').replace('"lost"', '"lost (0)"').replace('"open"', '"open (12)"')
    )


def test_people_in_a_state_that_is_gone_are_still_drawn() -> None:
    """A counted state that the lifecycle lacks stands apart and says so."""
    text = lifecycle_mermaid(ORDER, counts={"old_one": 3})
    assert '    state "old_one (3), not in this lifecycle" as s4\n' in text


NASTY = 'a-b "q" #x; y: {z} [w] %%{k}%% <b> & \\ `e` --> c\nstate evil'


def test_no_text_breaks_out_of_its_label() -> None:
    """Quotes, braces, arrows, comments, line breaks and entity marks in names leave the grammar untouched."""
    nasty = Lifecycle(
        name=NASTY,
        initial=NASTY,
        facts=(Fact(name=NASTY, type=BOOL),),
        states=(State(id=NASTY, meaning=""), State(id="done", meaning="", ending=Ending.SUCCESS)),
        transitions=(Transition(event=NASTY, source=NASTY, target="done", when=NASTY),),
    )
    lines = lifecycle_mermaid(nasty).splitlines()
    plain = r"(?:[\w -]|#\w+;)*"
    grammar = (
        r"---",
        r'title: "(?:[^"\\]|\\.)*"',
        r"---",
        r"stateDiagram-v2",
        rf"    accTitle: {plain}",
        rf'    state "{plain}" as s1',
        r'    state "done" as s2',
        r"    \[\*\] --> s1",
        rf"    s1 --> s2 : {plain} \[{plain}\]",
        r"    s2 --> \[\*\] : success",
    )
    assert len(lines) == len(grammar)
    assert [line for line, form in zip(lines, grammar, strict=True) if not re.fullmatch(form, line)] == []
    assert not re.search(r"[\"<>{}`\\%]|-->", lines[5].split('"')[1])
