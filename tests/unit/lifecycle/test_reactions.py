"""What programs say about messages, automation and check-ins, as effects and timers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mentorctl.dates.durations import Duration, parse_duration
from mentorctl.dates.timeline import Anchor, Intake, Moment, Phase, TimelineRules, When
from mentorctl.lifecycle.compiler import compile_lifecycles, lifecycle_named
from mentorctl.lifecycle.machine import Stepper
from mentorctl.lifecycle.model import Lifecycle, TimerKind, TimerRule
from mentorctl.rules.fields import Audience
from mentorctl.spec.lifecycles import LifecycleChange, StateChange, TransitionChange
from mentorctl.spec.model import ModelType, Program
from mentorctl.spec.support import CheckIn, Goals, Message, Reaction, Resource

type ProgramMaker = Callable[..., Program]

PHASES = (
    Phase(id="enrolling", lasts=Duration(weeks=2)),
    Phase(id="matching", lasts=Duration(weeks=2)),
    Phase(id="active", lasts=Duration(months=6)),
    Phase(id="closing", lasts=Duration(weeks=2)),
)


@pytest.fixture
def lifecycles_with(program_with: ProgramMaker) -> Callable[..., dict[str, Lifecycle]]:
    """The lifecycles of a program with phases and some more words, by name."""

    def make(*, model: ModelType = ModelType.ONE_ON_ONE, mentor: str = "", **words: Any) -> dict[str, Lifecycle]:
        program = replace(program_with(model=model, mentor=mentor), phases=PHASES, **words)
        return {lifecycle.name: lifecycle for lifecycle in compile_lifecycles(program)[0]}

    return make


type Maker = Callable[..., dict[str, Lifecycle]]


def _moment(anchor: str, by: str = "", when: When = When.AT) -> Moment:
    of, _, edge = anchor.partition(".")
    return Moment(when=when, anchor=Anchor(of=of, edge=edge), by=parse_duration(by) if by else Duration())


def _message(name: str, on: str = "", at: Moment | None = None) -> Message:
    return Message(id=name, to=("mentor", "mentee"), template=name, on=on, at=at)


def _timer(lifecycle: Lifecycle, name: str) -> TimerRule:
    return next(timer for timer in lifecycle.timers if timer.id == name)


def _effects(lifecycle: Lifecycle, state: str, event: str, **facts: bool | int) -> tuple[str, ...]:
    return Stepper(lifecycle).step(state, event, facts).effects


def test_a_message_on_an_occasion_is_an_effect_of_where_it_happens(lifecycles_with: Maker) -> None:
    """It follows on the transition into the state, from wherever, and on no other."""
    match = lifecycles_with(messages=(_message("hello", "match.started"),))["match"]
    assert _effects(match, "accepted", "start") == ("notify.hello",)
    assert _effects(match, "paused", "resume") == ()
    assert _effects(match, "active", "pause") == ()


def test_what_follows_on_coming_into_being_is_a_beginning(lifecycles_with: Maker) -> None:
    """A match is proposed and a training assigned when it is made; a meeting only if it is one."""
    lifecycles = lifecycles_with(
        messages=(
            _message("proposed", "match.proposed"),
            _message("planned", "meeting.planned"),
            _message("applied", "enrollment.applied"),
        )
    )
    begins = {name: [(b.when, b.effects) for b in lifecycle.begins] for name, lifecycle in lifecycles.items()}
    assert begins["match"] == [("", ("notify.proposed",))]
    assert begins["session"] == [("meeting", ("notify.planned",))]
    assert begins["enrollment"] == [("", ("notify.applied",))]
    assert begins["training"] == []


@pytest.mark.parametrize(
    ("meeting", "number", "effects"),
    [
        (True, 1, ("notify.first", "notify.held")),
        (True, 2, ("notify.held",)),
        (False, 1, ()),
    ],
)
def test_what_happens_only_sometimes_is_decided_by_facts(
    lifecycles_with: Maker, *, meeting: bool, number: int, effects: tuple[str, ...]
) -> None:
    """The first meeting is a meeting; a training session is none. Exactly one way is open for all facts."""
    session = lifecycles_with(messages=(_message("first", "meeting.first"), _message("held", "meeting.held")))[
        "session"
    ]
    assert _effects(session, "planned", "hold", meeting=meeting, number=number) == effects


def test_an_approval_is_told_where_the_role_needs_one(lifecycles_with: Maker) -> None:
    """People of the other role pass the gate without a word."""
    enrollment = lifecycles_with(mentor="manager", messages=(_message("approved", "enrollment.approved"),))[
        "enrollment"
    ]
    assert _effects(enrollment, "eligible", "approve", approved=True, needs_approval=True) == ("notify.approved",)
    assert _effects(enrollment, "eligible", "approve", approved=True, needs_approval=False) == ()


def test_one_step_may_pass_several_stages(lifecycles_with: Maker) -> None:
    """Without gates, who is eligible is ready at once, and both are told."""
    enrollment = lifecycles_with(
        messages=(_message("ready", "enrollment.ready"), _message("eligible", "enrollment.eligible"))
    )["enrollment"]
    assert set(_effects(enrollment, "applied", "check_eligibility", eligible=True)) == {
        "notify.ready",
        "notify.eligible",
    }


def test_a_reaction_after_a_while_is_a_timer_that_asks_what_happened_since(lifecycles_with: Maker) -> None:
    """It runs on while the match does, and reads a fact that the lifecycle declares for it."""
    late = Reaction(id="late", on="match.accepted", do="escalate", after=Duration(days=14), unless="meeting.first")
    match = lifecycles_with(automation=(late,))["match"]
    timer = _timer(match, "automation.late")
    assert (timer.kind, timer.arms, timer.during) == (
        TimerKind.REACTION,
        ("accepted",),
        ("accepted", "active", "paused"),
    )
    assert (timer.after, timer.effects, timer.when) == (Duration(days=14), ("escalate",), "!since_meeting_first")
    assert "since_meeting_first" in {fact.name for fact in match.facts}


@pytest.mark.parametrize(
    ("do", "more", "effect"),
    [
        ("notify", {"message": "hello"}, "notify.hello"),
        ("assign", {"module": "basics"}, "assign.basics"),
        ("escalate", {}, "escalate"),
        ("rematch", {}, "rematch"),
        ("close", {}, "close"),
    ],
)
def test_what_automation_does_at_once(lifecycles_with: Maker, do: str, more: dict[str, Any], effect: str) -> None:
    """Each word of `do` is an effect of the catalog."""
    match = lifecycles_with(automation=(Reaction(id="x", on="match.paused", do=do, **more),))["match"]
    assert _effects(match, "active", "pause") == (effect,)


@pytest.mark.parametrize(
    ("on", "name", "arms", "during", "events"),
    [
        ("match.proposed", "match", ("proposed",), ("accepted", "active", "paused", "proposed"), ()),
        ("match.started", "match", ("active",), ("active", "paused", "proposed"), ()),
        ("match.ended", "match", ("ended",), ("ended",), ()),
        ("meeting.held", "session", ("held",), ("held",), ()),
        ("goal.done", "match", (), ("accepted", "active", "paused", "proposed"), ("reach_goal",)),
        (
            "enrollment.waitlisted",
            "enrollment",
            ("waitlisted",),
            ("applied", "matched", "not_eligible", "waitlisted"),
            (),
        ),
        ("check_in.answered", "check_in", ("answered",), ("answered",), ()),
    ],
)
def test_where_a_reaction_is_armed_and_how_long_it_lives(
    lifecycles_with: Maker, on: str, name: str, arms: tuple[str, ...], during: tuple[str, ...], events: tuple[str, ...]
) -> None:
    """From where it happens, until it could happen again or the thing is over."""
    reaction = Reaction(id="x", on=on, do="escalate", after=Duration(days=3))
    timer = _timer(lifecycles_with(automation=(reaction,), goals=Goals())[name], "automation.x")
    assert (timer.arms, timer.during, timer.on) == (arms, during, events)


def test_what_can_never_happen_brings_no_timer(lifecycles_with: Maker) -> None:
    """A flash match has no pauses, and a program without approval no approvals."""
    pause = Reaction(id="x", on="match.paused", do="escalate", after=Duration(days=3))
    approved = Reaction(id="y", on="enrollment.approved", do="escalate", after=Duration(days=3))
    lifecycles = lifecycles_with(model=ModelType.FLASH, automation=(pause, approved))
    assert "automation.x" not in {timer.id for timer in lifecycles["match"].timers}


def test_a_day_for_all_is_a_timer_of_the_cohort(lifecycles_with: Maker) -> None:
    """One for the cohort, not one for each person; with rolling intake one for each, for phases are their own."""
    words = {"messages": (_message("kick_off", at=_moment("active.start")),)}
    together = lifecycles_with(**words)
    rolling = lifecycles_with(**words, timeline=TimelineRules(intake=Intake.ROLLING))
    assert _timer(together["cohort"], "notify.kick_off").effects == ("notify.kick_off",)
    assert "notify.kick_off" not in {timer.id for timer in together["enrollment"].timers}
    assert _timer(rolling["enrollment"], "notify.kick_off").at == _moment("active.start")
    assert "notify.kick_off" not in {timer.id for timer in rolling["cohort"].timers}


def test_check_ins_are_asked_and_asked_again(lifecycles_with: Maker) -> None:
    """At each of their moments; the last is repeated until the active phase ends."""
    pulse = CheckIn(
        id="pulse",
        at=(_moment("active.start"), _moment("match.accepted", "30d", When.AFTER)),
        audience=Audience.EVERYONE,
        every=Duration(days=60),
    )
    lifecycles = lifecycles_with(check_ins=(pulse,))
    first, again = _timer(lifecycles["cohort"], "ask.pulse.1"), _timer(lifecycles["match"], "ask.pulse.2")
    assert (first.every, first.at_most, first.effects) == (None, 1, ("ask.pulse",))
    assert (again.after, again.every, again.at_most) == (Duration(days=30), Duration(days=60), 0)
    assert again.until == _moment("active.end")


def test_a_check_in_at_once_that_is_repeated(lifecycles_with: Maker) -> None:
    """The first round is an effect, the others come from a timer."""
    pulse = CheckIn(id="pulse", at=(_moment("match.started"),), audience=Audience.EVERYONE, every=Duration(days=60))
    match = lifecycles_with(check_ins=(pulse,))["match"]
    assert _effects(match, "accepted", "start") == ("ask.pulse",)
    assert _timer(match, "ask.pulse.1.again").after == Duration(days=60)


def test_goals_and_resources(lifecycles_with: Maker) -> None:
    """Reviews come on their days, and people are pointed to what is offered."""
    kit = Resource(id="kit", title="Kit", link="", audience=Audience.BOTH, offered=_moment("match.accepted"))
    lifecycles = lifecycles_with(goals=Goals(review=(_moment("active.middle"),)), resources=(kit,))
    assert _timer(lifecycles["cohort"], "review.1").effects == ("review",)
    assert _effects(lifecycles["match"], "proposed", "accept", mentor_accepted=True, mentee_accepted=True) == (
        "offer.kit",
    )


def test_a_day_before_what_nobody_foresees_never_comes(lifecycles_with: Maker) -> None:
    """Three days before a match is accepted nobody knows that it will be."""
    lifecycles = lifecycles_with(messages=(_message("x", at=_moment("match.accepted", "3d", When.BEFORE)),))
    assert not [t.id for lifecycle in lifecycles.values() for t in lifecycle.timers if t.id.startswith("notify")]


def test_who_comes_back_to_a_match_does_not_start_it_again(lifecycles_with: Maker) -> None:
    """A state that a program adds behind `active` is a break, one before it is not."""
    change = LifecycleChange(
        kind="match",
        states=(StateChange(id="away", means="Away."), StateChange(id="trial", means="On trial.")),
        transitions=(
            TransitionChange(id="a", event="leave", sources=("active",), target="away"),
            TransitionChange(id="b", event="return", sources=("away",), target="active"),
            TransitionChange(id="c", event="try_out", sources=("accepted",), target="trial"),
            TransitionChange(id="d", event="stay", sources=("trial",), target="active"),
        ),
    )
    match = lifecycles_with(messages=(_message("hello", "match.started"),), lifecycles=(change,))["match"]
    assert _effects(match, "away", "return") == ()
    assert _effects(match, "trial", "stay") == ("notify.hello",)


@pytest.mark.parametrize("model", ModelType)
def test_every_model_waits_for_nothing_without_an_end(program_with: ProgramMaker, model: ModelType) -> None:
    """From each state that is no end a deadline leads on, or the state says why it may wait."""
    program = replace(program_with(model=model, mentor="manager", modules=(True,)), phases=PHASES)
    for lifecycle in compile_lifecycles(program)[0]:
        leading_on = {state for timer in lifecycle.timers if timer.event for state in timer.during}
        waiting = {s.id for s in lifecycle.states if not s.is_final and not s.waits} - leading_on
        assert waiting == set(), lifecycle.name


def test_the_cohort_goes_from_phase_to_phase(lifecycles_with: Maker) -> None:
    """At the start of each one a timer leads on, and the end of the last one closes it."""
    cohort = lifecycles_with()["cohort"]
    state, stepper = "planned", Stepper(cohort)
    for phase in PHASES:
        timer = _timer(cohort, f"{phase.id}_begins")
        assert (timer.arms, timer.event, timer.at) == ((state,), "next", _moment(f"{phase.id}.start"))
        state = stepper.step(state, "next", {}).state
        assert state == phase.id
    assert _timer(cohort, "over").event == "close"
    assert stepper.step(state, "close", {}).state == "closed"


def test_lifecycles_are_found_by_name(lifecycles_with: Maker) -> None:
    """As everywhere else."""
    lifecycles = lifecycles_with()
    assert lifecycle_named(lifecycles.values(), "cohort") is lifecycles["cohort"]
