"""How one step ends, and that the library underneath stays silent."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

import mentorctl
from mentorctl.lifecycle.machine import Stepper, _made, run
from mentorctl.lifecycle.model import Fact, Lifecycle, Outcome, State, Step, Transition
from mentorctl.rules.expressions.types import BOOL

type LifecycleMaker = Callable[..., Lifecycle]

LINES = (
    "pay: open -> done [paid && !late] / notify.thanks book.income",
    "pay: open -> due [paid && late] / notify.fee",
    "settle: due -> done",
    "remind: open -> open / notify.reminder",
)


@pytest.mark.parametrize(
    ("state", "event", "facts", "expected"),
    [
        (
            "open",
            "pay",
            {"paid": True, "late": False},
            Step(outcome=Outcome.MOVED, state="done", effects=("notify.thanks", "book.income")),
        ),
        (
            "open",
            "pay",
            {"paid": True, "late": True},
            Step(outcome=Outcome.MOVED, state="due", effects=("notify.fee",)),
        ),
        ("open", "pay", {"paid": False, "late": True}, Step(outcome=Outcome.REFUSED, state="open")),
        ("open", "remind", {}, Step(outcome=Outcome.MOVED, state="open", effects=("notify.reminder",))),
        ("open", "pay", {}, Step(outcome=Outcome.REFUSED, state="open")),
        (
            "open",
            "pay",
            {"paid": True},
            Step(outcome=Outcome.MOVED, state="done", effects=("notify.thanks", "book.income")),
        ),
        ("open", "settle", {}, Step(outcome=Outcome.INVALID, state="open")),
        ("due", "settle", {}, Step(outcome=Outcome.MOVED, state="done")),
        ("done", "pay", {}, Step(outcome=Outcome.INVALID, state="done")),
        (
            "open",
            "pay",
            {"paid": True, "late": False, "unrelated": False},
            Step(outcome=Outcome.MOVED, state="done", effects=("notify.thanks", "book.income")),
        ),
    ],
)
def test_a_step(
    lifecycle_of: LifecycleMaker, state: str, event: str, facts: Mapping[str, bool], expected: Step
) -> None:
    """A step moves, is refused by its guards, or is not foreseen; facts that are not given are false."""
    assert Stepper(lifecycle_of(*LINES)).step(state, event, facts) == expected


@pytest.mark.parametrize(
    ("state", "event", "facts", "words"),
    [
        ("opne", "pay", {}, "no state `opne`"),
        ("open", "pya", {}, "no event `pya`"),
    ],
)
def test_wrong_words_are_bugs(
    lifecycle_of: LifecycleMaker, state: str, event: str, facts: Mapping[str, bool], words: str
) -> None:
    """Unknown states and events raise."""
    with pytest.raises(ValueError, match=words):
        Stepper(lifecycle_of(*LINES)).step(state, event, facts)


def test_a_run_passes_over_what_does_not_move(lifecycle_of: LifecycleMaker) -> None:
    """Refused and unforeseen events are skipped; effects come in the order of the moves."""
    stepper = Stepper(lifecycle_of(*LINES))
    facts = {"paid": True, "late": True}
    assert run(stepper, "open", ["settle", "remind", "pay", "remind", "settle"], facts) == (
        "done",
        ("notify.reminder", "notify.fee"),
    )
    assert run(stepper, "open", [], facts) == ("open", ())


def test_a_run_does_not_hide_unknown_events(lifecycle_of: LifecycleMaker) -> None:
    """A word that the lifecycle does not have is a bug in a run too."""
    with pytest.raises(ValueError, match="no event `pya`"):
        run(Stepper(lifecycle_of(*LINES)), "open", ["pya"], {})


WORDS = (
    "os.getcwd",
    "",
    "Open",
    "1st",
    "to-do",
    "é",
    "*",
    "=",
    "_x",
    "a" * 64,
    "open\n",
    "a b",
)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("part", ["state", "event", "fact", "name"])
def test_only_plain_ids_reach_the_library(lifecycle_of: LifecycleMaker, word: str, part: str) -> None:
    """Dotted names, wildcards and anything else but a plain id are refused before the library sees them."""
    good = lifecycle_of("go: open -> done [paid]")
    transition = good.transitions[0]
    bad = {
        "name": replace(good, name=word),
        "state": replace(
            good,
            states=(*good.states, State(id=word, meaning="")),
            transitions=(replace(transition, target=word),),
        ),
        "event": replace(good, transitions=(replace(transition, event=word),)),
        "fact": replace(good, facts=(*good.facts, Fact(name=word, type=BOOL))),
    }[part]
    with pytest.raises(ValueError, match="lower-case letter"):
        Stepper(bad)


def test_the_longest_id_is_fine(lifecycle_of: LifecycleMaker) -> None:
    """63 characters are allowed."""
    state = "a" * 63
    assert Stepper(lifecycle_of(f"go: open -> {state}")).step("open", "go", {}).state == state


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"initial": "nowhere"}, "initial state `nowhere`"),
        ({"states": (State(id="open", meaning=""),)}, "names the state `done`"),
        ({"facts": ()}, "there is no `paid` here"),
        ({"transitions": (Transition(event="go", source="lost", target="open"),)}, "names the state `lost`"),
    ],
)
def test_what_the_library_would_accept_in_silence(
    lifecycle_of: LifecycleMaker, changes: dict[str, object], words: str
) -> None:
    """Unknown states and guards that do not stand raise; the library would add the one and fail late on the other."""
    with pytest.raises(ValueError, match=words):
        Stepper(replace(lifecycle_of("go: open -> done [paid]"), **changes))  # type: ignore[arg-type]


def test_a_state_listed_twice_raises(lifecycle_of: LifecycleMaker) -> None:
    """The library would collapse two states of one name into one."""
    lifecycle = lifecycle_of("go: open -> done")
    with pytest.raises(ValueError, match="listed twice"):
        Stepper(replace(lifecycle, states=(*lifecycle.states, *lifecycle.states)))


def test_equal_lifecycles_share_one_machine(lifecycle_of: LifecycleMaker) -> None:
    """The machine is cached by value, not by identity."""
    one, other = lifecycle_of(*LINES), lifecycle_of(*LINES)
    assert one is not other
    assert _made(one) is _made(other)


def test_one_stepper_serves_many_threads(lifecycle_of: LifecycleMaker) -> None:
    """Four threads with different facts never see each other's steps."""
    stepper = Stepper(lifecycle_of(*LINES))
    wrong: list[Step] = []

    def work(*, late: bool) -> None:
        for _ in range(500):
            step = stepper.step("open", "pay", {"paid": True, "late": late})
            if step.state != ("due" if late else "done"):
                wrong.append(step)

    threads = [Thread(target=work, kwargs={"late": bool(number % 2)}) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


_QUIET = """
import logging, warnings
logging.basicConfig(level=logging.DEBUG)
before = list(warnings.filters)
from mentorctl.lifecycle.machines.people import enrollment_lifecycle
from mentorctl.lifecycle.machine import Stepper
stepper = Stepper(enrollment_lifecycle(approval=True, training=True))
stepper.step("applied", "check_eligibility", {"eligible": True})
stepper.step("applied", "check_eligibility", {"eligible": False})
stepper.step("applied", "match", {})
assert warnings.filters == before, "warning filters were changed"
"""


def test_stepping_is_silent() -> None:
    """With warnings as errors and everything logged, nothing is written and no warning filter is changed."""
    source_root = str(Path(mentorctl.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _QUIET],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": source_root},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
