"""The dispatch table and its comparison with the machine."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product

import pytest

from mentorctl.lifecycle.machines.people import enrollment_lifecycle
from mentorctl.lifecycle.model import Lifecycle, Outcome, Step
from mentorctl.lifecycle.table import Table, dispatch_table, mismatches, table_step

type LifecycleMaker = Callable[..., Lifecycle]

LINES = (
    "pay: open -> done [paid && !late] / notify.thanks",
    "pay: open -> due [paid && late]",
    "settle: due -> done",
)


def test_the_table_keeps_the_order_of_the_lifecycle(lifecycle_of: LifecycleMaker) -> None:
    """Each state and event has its ways out in order; what is not foreseen is absent."""
    table = dispatch_table(lifecycle_of(*LINES))
    assert {key: [(arc.when, arc.step.state, arc.step.effects) for arc in arcs] for key, arcs in table.items()} == {
        ("open", "pay"): [("paid && !late", "done", ("notify.thanks",)), ("paid && late", "due", ())],
        ("due", "settle"): [("", "done", ())],
    }


@pytest.mark.parametrize(
    ("state", "event", "facts", "expected"),
    [
        (
            "open",
            "pay",
            {"paid": True, "late": False},
            Step(outcome=Outcome.MOVED, state="done", effects=("notify.thanks",)),
        ),
        ("open", "pay", {"paid": True, "late": True}, Step(outcome=Outcome.MOVED, state="due")),
        ("open", "pay", {"paid": False, "late": True}, Step(outcome=Outcome.REFUSED, state="open")),
        ("open", "settle", {}, Step(outcome=Outcome.INVALID, state="open")),
    ],
)
def test_a_step_by_table(
    lifecycle_of: LifecycleMaker, state: str, event: str, facts: Mapping[str, bool], expected: Step
) -> None:
    """The three outcomes are those of the machine."""
    assert table_step(dispatch_table(lifecycle_of(*LINES)), state, event, facts) == expected


def test_a_priority_comes_before_the_order(lifecycle_of: LifecycleMaker) -> None:
    """Of two that could fire, the one of the lower priority does, by table and by machine."""
    lifecycle = lifecycle_of("go: open -> done", "go: open -> lost [late]")
    first, second = lifecycle.transitions
    ranked = replace(lifecycle, transitions=(replace(first, priority=2), replace(second, priority=1)))
    assert table_step(dispatch_table(ranked), "open", "go", {"late": True}).state == "lost"
    assert not mismatches(ranked, dispatch_table(ranked))


@pytest.mark.parametrize(("approval", "training"), list(product((False, True), repeat=2)))
def test_the_table_of_every_enrollment_equals_the_machine(*, approval: bool, training: bool) -> None:
    """All states, events and valuations give the same step."""
    lifecycle = enrollment_lifecycle(approval=approval, training=training)
    assert not mismatches(lifecycle, dispatch_table(lifecycle))


def _without_guards(table: Table) -> Table:
    return {key: tuple(arc._replace(holds=None) for arc in arcs) for key, arcs in table.items()}


def _with_other_effects(table: Table) -> Table:
    return {
        key: tuple(arc._replace(step=replace(arc.step, effects=("boom",))) for arc in arcs)
        for key, arcs in table.items()
    }


def _with_other_targets(table: Table) -> Table:
    return {
        key: tuple(arc._replace(step=replace(arc.step, state="open")) for arc in arcs) for key, arcs in table.items()
    }


@pytest.mark.parametrize(
    ("spoil", "differences"),
    [(dict, 0), (_without_guards, 3), (_with_other_effects, 3), (_with_other_targets, 3), (lambda _: {}, 5)],
)
def test_a_spoiled_table_is_found_out(
    lifecycle_of: LifecycleMaker, spoil: Callable[[Table], Table], differences: int
) -> None:
    """Wrong guards, effects and targets and missing entries each show up, case by case."""
    lifecycle = lifecycle_of(*LINES)
    assert len(mismatches(lifecycle, spoil(dispatch_table(lifecycle)))) == differences


def test_a_difference_is_told_in_words(lifecycle_of: LifecycleMaker) -> None:
    """The sentence gives event, state, facts and both answers."""
    lifecycle = lifecycle_of("pay: open -> done [paid] / notify.thanks")
    [told] = mismatches(lifecycle, _with_other_effects(dispatch_table(lifecycle)))
    assert told == (
        "on `pay` in state `open` with paid true, the machine says moved in `done` with notify.thanks "
        "and the table moved in `done` with boom"
    )
