"""What holds for every lifecycle: machine and table agree, and what the checks pass never strands anybody."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from mentorctl.diagnostics import Place
from mentorctl.lifecycle.checks import check_lifecycle
from mentorctl.lifecycle.compiler import progress_events
from mentorctl.lifecycle.machine import Stepper, run
from mentorctl.lifecycle.machines.people import enrollment_lifecycle
from mentorctl.lifecycle.model import Ending, Fact, Lifecycle, Outcome, State, Transition
from mentorctl.lifecycle.table import dispatch_table, mismatches, table_step
from mentorctl.render.mermaid import lifecycle_mermaid
from mentorctl.rules.expressions.types import BOOL

STATES = ("alpha", "beta", "gamma", "delta")
EVENTS = ("go", "stop", "turn")
FACTS = ("hot", "late", "paid")

guards = st.tuples(st.sampled_from(("", "!")), st.sampled_from(FACTS)).map("".join)
transitions = st.builds(
    Transition,
    event=st.sampled_from(EVENTS),
    source=st.sampled_from(STATES),
    target=st.sampled_from(STATES),
    when=st.lists(guards, max_size=3).map(" && ".join),
    effects=st.lists(st.sampled_from(("notify.one", "notify.two")), max_size=2).map(tuple),
)


@st.composite
def lifecycles(draw: st.DrawFn) -> Lifecycle:
    """Any lifecycle over the words above, sound or not; guards may overlap or contradict themselves."""
    endings = draw(st.tuples(*[st.sampled_from((None, Ending.SUCCESS, Ending.NEUTRAL)) for _ in STATES]))
    states = [State(id=name, meaning="", ending=ending) for name, ending in zip(STATES, endings, strict=True)]
    return Lifecycle(
        name="random",
        initial="alpha",
        facts=tuple(Fact(name=name, type=BOOL) for name in FACTS),
        states=tuple(states),
        transitions=tuple(draw(st.lists(transitions, min_size=1, max_size=12))),
    )


valuations = st.fixed_dictionaries(dict.fromkeys(FACTS, st.booleans()))


@given(lifecycles(), st.lists(st.tuples(st.sampled_from(EVENTS), valuations), max_size=12))
def test_machine_and_table_take_the_same_steps(
    lifecycle: Lifecycle, happenings: list[tuple[str, dict[str, bool]]]
) -> None:
    """Over any sequence of events and facts, state, outcome and effects are the same."""
    stepper, table = Stepper(lifecycle), dispatch_table(lifecycle)
    known = {transition.event for transition in lifecycle.transitions}
    state = lifecycle.initial
    for event, facts in happenings:
        if event in known:
            step = stepper.step(state, event, facts)
            assert step == table_step(table, state, event, facts)
            state = step.state


@given(lifecycles())
def test_every_table_equals_its_machine(lifecycle: Lifecycle) -> None:
    """The comparison at compile holds for any lifecycle."""
    assert not mismatches(lifecycle, dispatch_table(lifecycle))


@given(lifecycles(), valuations)
def test_where_no_overlap_is_found_one_transition_fires_at_most(lifecycle: Lifecycle, facts: dict[str, bool]) -> None:
    """MC4006 is silent only if the order of transitions never matters, and loud only if it could."""
    overlapping = any(d.code == "MC4006" for d in check_lifecycle(lifecycle, Place(document="x")))
    everywhere = [
        sum(
            not transition.when or _holds(transition.when, values)
            for transition in lifecycle.transitions
            if (transition.source, transition.event) == (source, event)
        )
        for source, event in product(STATES, EVENTS)
        for values in (dict(zip(FACTS, v, strict=True)) for v in product((False, True), repeat=len(FACTS)))
    ]
    assert overlapping == (max(everywhere) > 1)
    if not overlapping:
        turned = Lifecycle(
            name=lifecycle.name,
            initial=lifecycle.initial,
            facts=tuple(Fact(name=name, type=BOOL) for name in FACTS),
            states=lifecycle.states,
            transitions=tuple(reversed(lifecycle.transitions)),
        )
        one, other = dispatch_table(lifecycle), dispatch_table(turned)
        assert all(
            table_step(one, state, event, facts) == table_step(other, state, event, facts)
            for state, event in product(STATES, EVENTS)
        )


def _holds(when: str, facts: dict[str, bool]) -> bool:
    """A conjunction of facts and their negations, without the compiler of expressions."""
    return all(facts[part.removeprefix("!")] is not part.startswith("!") for part in when.split(" && "))


def _reach(lifecycle: Lifecycle, start: str) -> set[str]:
    """Every state that some events and facts lead to, by trying all steps."""
    table = dispatch_table(lifecycle)
    reached, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        for event, values in product(EVENTS, product((False, True), repeat=len(FACTS))):
            step = table_step(table, state, event, dict(zip(FACTS, values, strict=True)))
            if step.state not in reached:
                reached.add(step.state)
                waiting.append(step.state)
    return reached


@given(lifecycles())
def test_checks_agree_with_trying_everything(lifecycle: Lifecycle) -> None:
    """Without overlaps, reachability, dead ends and traps are exactly what an exhaustive walk finds."""
    codes = {d.code for d in check_lifecycle(lifecycle, Place(document="x"))}
    if "MC4006" in codes:  # the walk takes the first transition only
        return
    final = {state.id for state in lifecycle.states if state.is_final}
    reached = _reach(lifecycle, lifecycle.initial)
    assert ("MC4003" in codes) == (reached != set(STATES))
    stranded = {state for state in reached if not _reach(lifecycle, state) & final}
    assert bool(codes & {"MC4004", "MC4005"}) == bool(stranded)


@given(
    st.booleans(),
    st.booleans(),
    st.lists(
        st.sampled_from(
            ("recheck", "check_eligibility", "approve", "finish_training", "wait", "match", "unmatch", "complete")
        ),
        max_size=15,
    ),
    st.fixed_dictionaries(dict.fromkeys(("eligible", "approved", "trained"), st.booleans())),
)
def test_whatever_happens_one_can_leave_or_has_ended(
    approval: bool, training: bool, events: list[str], facts: dict[str, bool]
) -> None:
    """After any history an enrollment is at an end, or `withdraw` ends it."""
    enrollment = enrollment_lifecycle(approval=approval, training=training)
    stepper = Stepper(enrollment)
    known = {transition.event for transition in enrollment.transitions}
    state, _ = run(stepper, enrollment.initial, [event for event in events if event in known], facts)
    ended = {s.id for s in enrollment.states if s.is_final}
    assert state in ended or stepper.step(state, "withdraw", {}).state == "withdrawn"


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(("eligible", "approved", "trained"), st.booleans())), min_size=1))
def test_progress_forgets_the_past(history: list[dict[str, bool]]) -> None:
    """Where a person stands before a match depends on the present facts, not on how they came about."""
    enrollment = enrollment_lifecycle(approval=True, training=True)
    stepper, events = Stepper(enrollment), progress_events(enrollment)
    state = enrollment.initial
    for facts in history:
        state, _ = run(stepper, state, events, facts)
    assert state == run(stepper, enrollment.initial, events, history[-1])[0]
    assert stepper.step(state, "recheck", history[-1]).outcome is not Outcome.MOVED


@given(lifecycles())
def test_a_diagram_has_a_line_for_everything(lifecycle: Lifecycle) -> None:
    """Every state, every transition, the start and every end are drawn once."""
    text = lifecycle_mermaid(lifecycle)
    ends = sum(state.is_final for state in lifecycle.states)
    assert text.count(" as s") == len(lifecycle.states)
    assert text.count(" --> ") == len(lifecycle.transitions) + 1 + ends
