"""What the checks of lifecycles find, and what they leave in peace."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from mentorctl.diagnostics import Place
from mentorctl.lifecycle.checks import check_lifecycle
from mentorctl.lifecycle.model import Lifecycle

type LifecycleMaker = Callable[..., Lifecycle]

PLACE = Place(document="grow", path=("lifecycle",))


@dataclass(frozen=True, kw_only=True)
class Case:
    """A lifecycle in lines, and the code and a piece of the detail and of the help that it gives."""

    lines: tuple[str, ...]
    code: str
    detail: str
    help: str = ""
    initial: str = "open"
    states: str = ""
    facts: str = ""
    also: str = ""


FAULTY = {
    "target": Case(
        lines=("go: open -> done", "stop: open -> lots"),
        states="open done",
        code="MC4001",
        detail="`stop` leads to `lots`; the states are `open` and `done`",
    ),
    "source": Case(
        lines=("go: open -> done", "stop: opne -> done"),
        states="open done",
        code="MC4001",
        detail="`stop` leads from `opne`",
        help="did you mean `open`?",
    ),
    "initial-unknown": Case(
        lines=("go: open -> done",),
        states="open done",
        initial="opne",
        code="MC4002",
        detail="begins in `opne`; the states are `open` and `done`",
        help="did you mean `open`?",
    ),
    "initial-final": Case(lines=(), initial="done", code="MC4002", detail="begins in `done`, which is an end"),
    "unreachable": Case(
        lines=("go: open -> done", "stop: held -> done"),
        code="MC4003",
        detail="nothing leads from `open` to `held`",
    ),
    "unreachable-behind": Case(
        lines=("go: open -> done", "a: held -> lost", "b: lost -> held [wrong]"),
        code="MC4003",
        detail="only `lost` could, and cannot be reached either",
    ),
    "unreachable-by-guard": Case(
        lines=("go: open -> done", "wait: open -> held [paid && !paid]", "stop: held -> done"),
        code="MC4003",
        detail="because the guard of `wait` can never hold",
        also="MC4030",
    ),
    "dead-end": Case(
        lines=("go: open -> done", "wait: open -> held", "rest: held -> asleep"),
        code="MC4004",
        detail="nothing leads out of `asleep`; it is reached by `wait`, then `rest`",
    ),
    "dead-end-at-once": Case(lines=(), code="MC4004", detail="nothing leads out of `open`; everyone begins there"),
    "dead-end-by-guard": Case(
        lines=("go: open -> done", "wait: open -> held", "stop: held -> done [paid && !paid]"),
        code="MC4004",
        detail="nothing leads out of `held`",
        also="MC4030",
    ),
    "trap": Case(
        lines=("go: open -> done", "wait: open -> held", "a: held -> away", "b: away -> held"),
        code="MC4005",
        detail="from `held` and `away`; `held`: it is reached by `wait`",
    ),
    "trap-of-one": Case(
        lines=("go: open -> done", "wait: open -> held", "again: held -> held"),
        code="MC4005",
        detail="no end can be reached from `held`",
    ),
    "no-end-at-all": Case(
        lines=("a: open -> held", "b: held -> open"),
        code="MC4005",
        detail="from `open` and `held`; `open`: everyone begins there",
    ),
    "overlap": Case(
        lines=("go: open -> done [paid]", "go: open -> lost [late]"),
        code="MC4006",
        detail="`go` leads from `open` both to `done` (if paid) and to `lost` (if late), "
        "which both hold when `late` is true, `paid` is true",
    ),
    "overlap-unguarded": Case(
        lines=("go: open -> done", "go: open -> lost [!late]"),
        code="MC4006",
        detail="to `done` (always) and to `lost` (if !late), which both hold when `late` is false",
    ),
    "overlap-twice-the-same": Case(
        lines=("go: open -> done", "go: open -> done"),
        code="MC4006",
        detail="to `done` (always)",
    ),
    "fact": Case(
        lines=("go: open -> done [piad]",),
        facts="paid late",
        code="MC4007",
        detail="the guard `piad` of `go` in `open` does not stand: there is no `piad` here",
        help="did you mean `paid`?",
    ),
}


@pytest.mark.parametrize("case", FAULTY.values(), ids=FAULTY.keys())
def test_a_fault_is_found_and_nothing_else(lifecycle_of: LifecycleMaker, case: Case) -> None:
    """Each fault gives findings of its own code, at the place of the caller, with a way to fix it."""
    lifecycle = lifecycle_of(*case.lines, initial=case.initial, states=case.states, facts=case.facts)
    found = check_lifecycle(lifecycle, PLACE)
    assert {d.code for d in found} == {case.code, *case.also.split()}
    assert any(case.detail in d.detail and case.help in d.help for d in found)
    assert all(d.help and d.place == PLACE and "`order`" in d.detail for d in found)


SOUND = {
    "MC4001": ("go: open -> done",),
    "MC4002": ("go: open -> done", "back: done -> open [wrong]"),
    "MC4003": ("go: open -> held [paid]", "stop: held -> done", "drop: open -> lost"),
    "MC4004": ("go: open -> held", "again: held -> held", "stop: held -> done [paid]"),
    "MC4005": ("a: open -> held", "b: held -> open", "c: held -> done"),
    "MC4006": (
        "go: open -> done [paid && !late]",
        "go: open -> held [paid && late]",
        "go: open -> lost [!paid]",
        "go: held -> done",
    ),
    "MC4007": ("go: open -> done [paid]", "stop: open -> lost [!paid]"),
}


@pytest.mark.parametrize("code", SOUND)
def test_a_sound_lifecycle_has_no_findings(lifecycle_of: LifecycleMaker, code: str) -> None:
    """What looks like the fault but is none passes."""
    assert check_lifecycle(lifecycle_of(*SOUND[code]), PLACE) == ()


def test_all_faults_are_reported_at_once(lifecycle_of: LifecycleMaker) -> None:
    """One fault does not hide another."""
    lifecycle = lifecycle_of(
        "go: open -> done [paid]",
        "go: open -> lost",
        "x: open -> gone",
        "y: open -> held [hurry]",
        "z: far -> done",
        states="open done lost held far",
        facts="paid",
    )
    codes = [d.code for d in check_lifecycle(lifecycle, PLACE)]
    assert codes == ["MC4001", "MC4003", "MC4004", "MC4006", "MC4007"]
