"""What the lifecycles of a program are."""

import json
from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

import pytest

from mentorctl.diagnostics import Place
from mentorctl.lifecycle.checks import check_lifecycle
from mentorctl.lifecycle.compiler import (
    compile_lifecycles,
    lifecycle_named,
    progress_events,
)
from mentorctl.lifecycle.machine import Stepper, run
from mentorctl.lifecycle.machines.people import enrollment_lifecycle
from mentorctl.lifecycle.model import Ending, Lifecycle, Outcome
from mentorctl.lifecycle.published import lifecycle_to_json
from mentorctl.spec.model import ModelType, Program

type ProgramMaker = Callable[..., Program]

ALL_TRUE = {
    "eligible": True,
    "approved": True,
    "trained": True,
    "done": True,
    "mentor_accepted": True,
    "mentee_accepted": True,
}
NAMES = ("check_in", "cohort", "enrollment", "match", "program", "session", "training")
SHAPES = tuple({"mentor": approver, "modules": modules} for approver in ("", "manager") for modules in ((), (True,)))


@pytest.fixture(params=SHAPES, ids=["bare", "trained", "approved", "approved-trained"])
def compiled(request: pytest.FixtureRequest, program_with: ProgramMaker) -> tuple[Lifecycle, ...]:
    """The lifecycles of a program of each shape."""
    return compile_lifecycles(program_with(**request.param))[0]


def _states(lifecycle: Lifecycle) -> set[str]:
    return {state.id for state in lifecycle.states}


def test_every_program_has_seven_lifecycles(compiled: tuple[Lifecycle, ...]) -> None:
    """Those of the program, its cohorts and all that belongs to people are there for every shape, sorted by name."""
    assert tuple(lifecycle.name for lifecycle in compiled) == NAMES


def test_compiled_lifecycles_have_no_findings(compiled: tuple[Lifecycle, ...]) -> None:
    """No check has anything to say about what we compile, but that without a phase nothing ever ends."""
    found = [found for lifecycle in compiled for found in check_lifecycle(lifecycle, Place(document="grow"))]
    assert [d for d in found if d.code not in ("MC4026", "MC4043")] == []


def test_everything_is_in_canonical_order(compiled: tuple[Lifecycle, ...]) -> None:
    """States, facts and transitions are sorted and unique."""
    for lifecycle in compiled:
        for ids in ([s.id for s in lifecycle.states], [f.name for f in lifecycle.facts]):
            assert ids == sorted(set(ids))
        keys = [(t.source, t.event, t.priority, t.target, t.when) for t in lifecycle.transitions]
        assert all(one < other for one, other in pairwise(keys))


def test_every_state_says_what_it_means(compiled: tuple[Lifecycle, ...]) -> None:
    """Each meaning is a sentence."""
    meanings = [state.meaning for lifecycle in compiled for state in lifecycle.states]
    assert all(meaning.endswith(".") and meaning[0].isupper() for meaning in meanings)


@pytest.mark.parametrize(
    ("name", "way_out"),
    [
        ("enrollment", "withdraw"),
        ("training", "withdraw"),
        ("match", "end"),
        ("session", "cancel"),
        ("check_in", "skip"),
        ("cohort", "cancel"),
        ("program", "close"),
    ],
)
def test_one_can_always_leave(compiled: tuple[Lifecycle, ...], name: str, way_out: str) -> None:
    """From every state that is not final, one unguarded event leads to a neutral end."""
    lifecycle = lifecycle_named(compiled, name)
    endings = {state.id: state.ending for state in lifecycle.states}
    stepper = Stepper(lifecycle)
    for state in lifecycle.states:
        if not state.is_final:
            step = stepper.step(state.id, way_out, {})
            assert step.outcome is Outcome.MOVED
            assert endings[step.state] is Ending.NEUTRAL


@pytest.mark.parametrize(
    ("mentor", "mentee", "modules", "stages"),
    [
        ("", "", (), {"applied", "ready"}),
        ("", "", (False,), {"applied", "ready"}),
        ("", "", (False, True), {"applied", "eligible", "ready"}),
        ("manager", "", (), {"applied", "eligible", "ready"}),
        ("", "program", (), {"applied", "eligible", "ready"}),
        ("manager", "manager", (True,), {"applied", "eligible", "approved", "ready"}),
    ],
)
def test_a_program_has_only_the_gates_it_asks_for(
    program_with: ProgramMaker, mentor: str, mentee: str, modules: tuple[bool, ...], stages: set[str]
) -> None:
    """Without approval or required modules, their states do not exist."""
    program = program_with(mentor=mentor, mentee=mentee, modules=modules)
    enrollment = lifecycle_named(compile_lifecycles(program)[0], "enrollment")
    after_the_gates = {"not_eligible", "waitlisted", "matched", "completed", "withdrawn"}
    assert _states(enrollment) - after_the_gates == stages


def test_reverse_programs_have_the_same_lifecycles(program_with: ProgramMaker) -> None:
    """Reverse mentoring turns the rules around, not the steps."""
    assert compile_lifecycles(program_with(model=ModelType.REVERSE)) == compile_lifecycles(program_with())


@pytest.mark.parametrize(
    ("start", "facts", "end"),
    [
        ("applied", "eligible approved trained", "ready"),
        ("applied", "eligible approved", "approved"),
        ("applied", "eligible trained", "eligible"),
        ("applied", "approved trained", "not_eligible"),
        ("not_eligible", "eligible approved trained", "ready"),
        ("not_eligible", "approved", "not_eligible"),
        ("ready", "eligible trained", "eligible"),
        ("ready", "eligible approved", "approved"),
        ("waitlisted", "eligible approved trained", "waitlisted"),
        ("waitlisted", "eligible approved", "approved"),
        ("waitlisted", "", "not_eligible"),
        ("matched", "", "matched"),
        ("completed", "", "completed"),
        ("withdrawn", "eligible approved trained", "withdrawn"),
    ],
)
def test_people_are_as_far_as_their_facts(start: str, facts: str, end: str) -> None:
    """The progress events lead forward and back to where the facts put a person, until a match stands."""
    enrollment = enrollment_lifecycle(approval=True, training=True)
    values = {fact.name: fact.name in facts.split() for fact in enrollment.facts}
    assert run(Stepper(enrollment), start, progress_events(enrollment), values)[0] == end


@pytest.mark.parametrize(("approval", "training"), list(product((False, True), repeat=2)))
def test_progress_depends_on_facts_alone_and_is_done_at_once(*, approval: bool, training: bool) -> None:
    """From every state before the waiting list the same facts lead to the same state, and again changes nothing."""
    enrollment = enrollment_lifecycle(approval=approval, training=training)
    stepper, events = Stepper(enrollment), progress_events(enrollment)
    before = sorted(_states(enrollment) - {"waitlisted", "matched", "completed", "withdrawn"})
    for values in product((False, True), repeat=len(enrollment.facts)):
        facts = {fact.name: value for fact, value in zip(enrollment.facts, values, strict=True)}
        ends = {run(stepper, state, events, facts)[0] for state in before}
        assert len(ends) == 1
        assert run(stepper, ends.pop(), events, facts)[1] == ()


def test_progress_events_are_those_of_the_lifecycle() -> None:
    """A program without approval is not asked about approvals."""
    bare = enrollment_lifecycle(approval=False, training=True)
    assert progress_events(bare) == ("recheck", "check_eligibility", "finish_training")


@pytest.mark.parametrize(
    ("name", "events", "end", "effects"),
    [
        (
            "enrollment",
            "check_eligibility approve finish_training wait match complete",
            "completed",
            (),
        ),
        (
            "enrollment",
            "check_eligibility approve finish_training match unmatch",
            "ready",
            (),
        ),
        (
            "enrollment",
            "check_eligibility approve finish_training match withdraw",
            "withdrawn",
            ("end.matches", "cancel.sessions", "cancel.trainings", "cancel.check_ins"),
        ),
        (
            "match",
            "accept start pause resume complete",
            "completed",
            ("cancel.sessions", "release.people"),
        ),
        ("match", "decline", "declined", ("cancel.sessions", "release.people")),
        ("match", "expire", "expired", ("cancel.sessions", "release.people")),
        (
            "match",
            "accept start pause end",
            "ended",
            ("cancel.sessions", "release.people"),
        ),
        ("training", "complete", "completed", ()),
        ("training", "waive", "waived", ()),
        ("training", "withdraw", "cancelled", ()),
        ("session", "move move hold", "held", ()),
        ("session", "miss", "missed", ()),
        ("session", "lapse", "missed", ()),
        ("check_in", "answer", "answered", ()),
        ("check_in", "lapse", "skipped", ()),
        ("program", "suspend resume close", "closed", ()),
    ],
)
def test_stories(program_with: ProgramMaker, name: str, events: str, end: str, effects: tuple[str, ...]) -> None:
    """The usual stories end where they should, and what follows is listed in order."""
    compiled, _ = compile_lifecycles(program_with(mentor="manager", modules=(True,)))
    lifecycle = lifecycle_named(compiled, name)
    assert run(Stepper(lifecycle), lifecycle.initial, events.split(), ALL_TRUE) == (end, effects)


@pytest.mark.parametrize(("mentor", "mentee"), [(False, False), (False, True), (True, False)])
def test_a_match_needs_both_to_accept(program_with: ProgramMaker, *, mentor: bool, mentee: bool) -> None:
    """One yes alone leaves a match proposed."""
    match = lifecycle_named(compile_lifecycles(program_with())[0], "match")
    step = Stepper(match).step("proposed", "accept", {"mentor_accepted": mentor, "mentee_accepted": mentee})
    assert (step.outcome, step.state) == (Outcome.REFUSED, "proposed")


def test_training_reopens_when_the_roster_corrects_itself(program_with: ProgramMaker) -> None:
    """A module that is no longer recorded as done is to be done again; a recorded one stays done."""
    stepper = Stepper(lifecycle_named(compile_lifecycles(program_with())[0], "training"))
    assert stepper.step("completed", "reopen", {"done": False}).state == "assigned"
    assert stepper.step("completed", "reopen", {"done": True}).outcome is Outcome.REFUSED


def test_json_holds_everything_that_the_lifecycle_says(compiled: tuple[Lifecycle, ...]) -> None:
    """The JSON survives a round trip through text and has every state and transition."""
    for lifecycle in compiled:
        data = lifecycle_to_json(lifecycle)
        assert json.loads(json.dumps(data)) == data
        assert list(data) == ["name", "initial", "facts", "states", "transitions", "timers", "begins", "must_handle"]


def test_json_of_a_guarded_transition_and_of_an_end(program_with: ProgramMaker) -> None:
    """Guards are written as text, endings by their value, and absent endings as null."""
    data: dict[str, Any] = lifecycle_to_json(lifecycle_named(compile_lifecycles(program_with())[0], "training"))
    transitions = [
        tuple(transition[key] for key in ("event", "from", "to", "when")) for transition in data["transitions"]
    ]
    assert transitions == [
        ("complete", "assigned", "completed", "done"),
        ("waive", "assigned", "waived", ""),
        ("withdraw", "assigned", "cancelled", ""),
        ("reopen", "completed", "assigned", "!done"),
    ]
    assert [(state["id"], state["ending"]) for state in data["states"]] == [
        ("assigned", None),
        ("cancelled", "neutral"),
        ("completed", "success"),
        ("waived", "neutral"),
    ]


def test_a_name_that_is_no_lifecycle_is_a_bug(compiled: tuple[Lifecycle, ...]) -> None:
    """Asking for an unknown lifecycle raises."""
    with pytest.raises(KeyError, match="mentor"):
        lifecycle_named(compiled, "mentor")
