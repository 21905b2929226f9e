"""What a program changes in its lifecycles."""

from dataclasses import replace

import pytest

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Anchor, Moment, When
from mentorctl.lifecycle.machine import Stepper
from mentorctl.lifecycle.machines.building import Dates, at
from mentorctl.lifecycle.machines.match import Terms, match_lifecycle
from mentorctl.lifecycle.machines.people import enrollment_lifecycle
from mentorctl.lifecycle.model import Ending, Lifecycle, Outcome, State, TimerRule
from mentorctl.lifecycle.overlay import changed
from mentorctl.rules.expressions.types import Kind
from mentorctl.spec.lifecycles import (
    LifecycleChange,
    StateChange,
    TransitionChange,
    WrittenDeadline,
    WrittenFact,
    WrittenReminder,
)
from mentorctl.spec.model import ModelType

DATES = Dates(over=at("closing.end"), active=at("active.start"))
MATCH = match_lifecycle(ModelType.ONE_ON_ONE, terms=Terms(agreement="optional"), dates=DATES)
AWAY = StateChange(id="away", means="One is away.", group="standing")
LEAVE = TransitionChange(id="leave", event="take_leave", sources=("active",), target="away")


def _match(*states: StateChange, transitions: tuple[TransitionChange, ...] = (), **more: object) -> Lifecycle:
    return changed(MATCH, LifecycleChange(kind="match", states=states, transitions=transitions, **more))  # type: ignore[arg-type]


def _state(lifecycle: Lifecycle, name: str) -> State:
    return next(state for state in lifecycle.states if state.id == name)


def _timers(lifecycle: Lifecycle) -> dict[str, TimerRule]:
    return {timer.id: timer for timer in lifecycle.timers}


def _ways(lifecycle: Lifecycle, state: str) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    return {(t.event, t.target): (t.when, t.effects) for t in lifecycle.transitions if t.source == state}


def test_no_change_is_no_change() -> None:
    """An empty change leaves a lifecycle as it was, value for value."""
    assert _match() == MATCH


def test_a_state_that_is_there_keeps_what_is_not_written() -> None:
    """Only its deadline changes: meaning, transitions and reminders stay, and its own deadline is replaced."""
    lifecycle = _match(StateChange(id="paused", deadline=WrittenDeadline(event="lapse", after=Duration(weeks=3))))
    assert _state(lifecycle, "paused") == _state(MATCH, "paused")
    assert lifecycle.transitions == MATCH.transitions
    assert _timers(lifecycle)["paused_deadline"].after == Duration(weeks=3)
    assert _timers(lifecycle).keys() == _timers(MATCH).keys()


def test_meaning_ending_invariant_and_waits_can_change() -> None:
    """Each word of a state takes the place of the one that was there."""
    lifecycle = _match(
        StateChange(id="expired", means="Nobody answered.", ends="failure"),
        StateChange(id="active", invariant="mentor_accepted", waits="They meet.", group="together"),
    )
    assert (_state(lifecycle, "expired").meaning, _state(lifecycle, "expired").ending) == (
        "Nobody answered.",
        Ending.FAILURE,
    )
    active = _state(lifecycle, "active")
    assert (active.invariant, active.waits, active.group) == ("mentor_accepted", "They meet.", "together")


def test_a_state_that_joins_a_group_gets_what_all_of_it_share() -> None:
    """From every standing match `end` leads to `ended`, so it does from the new state; `pause` is not shared."""
    lifecycle = _match(AWAY, transitions=(LEAVE,))
    assert _ways(lifecycle, "away") == {("end", "ended"): ("", ("cancel.sessions", "release.people"))}
    assert Stepper(lifecycle).step("active", "take_leave", {}).state == "away"


def test_two_states_may_join_a_group_and_what_is_foreseen_stays() -> None:
    """Both get what the others share; a state that is in its group already keeps its own ways."""
    lifecycle = _match(AWAY, replace(AWAY, id="trial"))
    assert ("end", "ended") in _ways(lifecycle, "away")
    assert ("end", "ended") in _ways(lifecycle, "trial")
    assert _match(StateChange(id="paused", group="standing")).transitions == MATCH.transitions


def test_a_timer_of_a_whole_group_is_one_of_whoever_joins_it() -> None:
    """Before a match, everybody stops waiting when the cohort is over; so does a state that is added there."""
    enrollment = enrollment_lifecycle(approval=False, training=False, dates=DATES)
    interview = StateChange(id="interview", means="Is invited.", group="before")
    lifecycle = changed(enrollment, LifecycleChange(kind="enrollment", states=(interview,)))
    assert "interview" in _timers(lifecycle)["over"].during
    assert ("over", "lapsed") in _ways(lifecycle, "interview")
    assert ("withdraw", "withdrawn") in _ways(lifecycle, "interview")


def test_a_removed_state_goes_with_its_transitions_and_timers() -> None:
    """Nothing names it any more."""
    lifecycle = _match(StateChange(id="paused", removed=True))
    named = {name for t in lifecycle.transitions for name in (t.source, t.target)}
    named |= {name for timer in lifecycle.timers for name in (*timer.arms, *timer.during)}
    assert "paused" not in named | {state.id for state in lifecycle.states}
    assert "paused_deadline" not in _timers(lifecycle)
    assert _timers(lifecycle)["over"].during == ("accepted", "active")


def test_a_transition_is_changed_by_event_source_and_target() -> None:
    """What is not written stays: here its effects; of several sources each is changed."""
    ends = TransitionChange(id="x", event="end", sources=("active", "paused"), target="ended", when="delivered_on")
    lifecycle = _match(transitions=(ends,), facts=(WrittenFact(id="delivered_on", type="boolean"),))
    assert _ways(lifecycle, "active")["end", "ended"] == ("delivered_on", ("cancel.sessions", "release.people"))
    assert _ways(lifecycle, "paused")["end", "ended"][0] == "delivered_on"
    assert _ways(lifecycle, "accepted")["end", "ended"][0] == ""


def test_a_group_stands_for_its_states_and_no_target_means_to_stay() -> None:
    """A note about any standing match moves none of them."""
    note = TransitionChange(id="note", event="note", sources=("standing",), do=("escalate",))
    lifecycle = _match(transitions=(note,))
    for state in ("proposed", "accepted", "active", "paused"):
        assert Stepper(lifecycle).step(state, "note", {}).effects == ("escalate",)
        assert Stepper(lifecycle).step(state, "note", {}).state == state


def test_a_removed_transition_takes_its_deadline_along() -> None:
    """Where a pause cannot lapse any more, no timer raises that."""
    gone = TransitionChange(id="x", event="lapse", sources=("paused",), target="ended", removed=True)
    lifecycle = _match(transitions=(gone,))
    assert ("lapse", "ended") not in _ways(lifecycle, "paused")
    assert "paused_deadline" not in _timers(lifecycle)


def test_whatever_ends_a_match_frees_its_people() -> None:
    """A transition into an end that a program writes has the effects that keep others from waiting."""
    lost = StateChange(id="lost", means="It went wrong.", ends="failure")
    fail = TransitionChange(id="fail", event="fail", sources=("active",), target="lost", do=("escalate",))
    lifecycle = _match(lost, transitions=(fail,))
    assert _ways(lifecycle, "active")["fail", "lost"][1] == ("escalate", "cancel.sessions", "release.people")


def test_reminders_take_the_place_of_those_that_were_there() -> None:
    """An empty list silences a state; the deadline stays."""
    two = (
        WrittenReminder(do=("remind",), after=Duration(days=5)),
        WrittenReminder(
            do=("escalate",),
            at=Moment(when=When.AT, anchor=Anchor(of="closing", edge="start")),
            every=Duration(days=2),
            at_most=3,
            when="sessions_held == 0",
            late="skip",
        ),
    )
    silent, loud = _match(StateChange(id="paused", reminders=())), _match(StateChange(id="paused", reminders=two))
    assert "paused_reminder" not in _timers(silent)
    assert "paused_deadline" in _timers(silent)
    assert _timers(loud)["paused_reminder"].after == Duration(days=5)
    second = _timers(loud)["paused_reminder_2"]
    assert (second.effects, second.when, second.at_most, second.late.value) == (
        ("escalate",),
        "sessions_held == 0",
        3,
        "skip",
    )


@pytest.mark.parametrize(
    ("type_", "kind", "optional"),
    [
        ("boolean", Kind.BOOL, False),
        ("number", Kind.NUMBER, False),
        ("text", Kind.TEXT, True),
        ("date", Kind.DATE, True),
        ("choice", Kind.TEXT, True),
    ],
)
def test_facts_of_a_program(type_: str, kind: Kind, *, optional: bool) -> None:
    """What has a first value of its own is never blank; the others are until they are recorded."""
    options = ("low", "high") if type_ == "choice" else ()
    lifecycle = _match(facts=(WrittenFact(id="risk_of_it", type=type_, options=options),))
    fact = next(fact for fact in lifecycle.facts if fact.name == "risk_of_it")
    assert (fact.type.kind, fact.optional, fact.meaning) == (kind, optional, "Risk of it.")
    assert [f.name for f in lifecycle.facts] == sorted(f.name for f in lifecycle.facts)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({}, Outcome.REFUSED),
        ({"back_on": "2027-03-02", "now": "2027-03-01"}, Outcome.REFUSED),
        ({"back_on": "2027-03-02", "now": "2027-03-02"}, Outcome.MOVED),
        ({"back_on": "soon", "now": "2027-03-02"}, Outcome.REFUSED),
    ],
)
def test_a_guard_over_a_day(facts: dict[str, str], outcome: Outcome) -> None:
    """A day is ISO text; what is none is as if it were not known."""
    back = TransitionChange(
        id="back", event="back", sources=("away",), target="active", when="has(back_on) && back_on <= now"
    )
    lifecycle = _match(AWAY, transitions=(LEAVE, back), facts=(WrittenFact(id="back_on", type="date"),))
    assert Stepper(lifecycle).step("away", "back", facts).outcome is outcome


def test_a_priority_is_part_of_a_transition() -> None:
    """Of two that could fire, the lower one does."""
    first = TransitionChange(id="a", event="note", sources=("active",), target="paused", priority=2)
    second = replace(first, id="b", target="ended", priority=1)
    assert Stepper(_match(transitions=(first, second))).step("active", "note", {}).state == "ended"
