"""Faulty lifecycles, one file for each kind of fault: dropping a file adds a test, `--bless` writes what is found.

The first line of a file names the code that must be found; `also` lists codes that the same fault may bring along.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli.terminal import Golden

from mentorctl.dates.durations import parse_duration
from mentorctl.diagnostics import Diagnostic, Place
from mentorctl.lifecycle.checks import CHECKS, LINKED_CHECKS, check_lifecycles
from mentorctl.lifecycle.checks.subject import Part
from mentorctl.lifecycle.model import Ending, Fact, Lifecycle, State, TimerKind, TimerRule, Transition
from mentorctl.rules.expressions.types import BOOL, NUMBER, text

HERE = Path(__file__).resolve().parent / "lifecycles"
FAULTY = sorted(HERE.glob("*.yaml"))
TYPES = {"bool": BOOL, "number": NUMBER, "text": text()}
LINE = re.compile(r"(\w+): (\w+) -> (\w+)(?: \[(.*)\])?(?: #(\d))?(?: / (.*))?")


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_a_faulty_lifecycle_is_found_out(path: Path, golden: Golden) -> None:
    """The fault is found, nothing unrelated is, and the words are those that were reviewed."""
    written = path.read_text(encoding="utf-8")
    data = yaml.safe_load(written)
    also, _ = set(data.pop("also", ())), data.pop("sound")
    found = check_lifecycles(lifecycles_of(data), where)
    code = written.split(":", 1)[0].removeprefix("# ")
    assert code in {d.code for d in found}
    assert {d.code for d in found} <= {code} | also
    golden(path.with_suffix(".txt"), "".join(words(d) for d in found))


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_findings_say_where_and_what_to_do(path: Path) -> None:
    """Every finding stands at a part of the file, names the lifecycle, and says how to mend it."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    del data["sound"]
    data.pop("also", None)
    for found in check_lifecycles(lifecycles_of(data), where):
        assert found.help
        assert found.place is not None
        assert found.detail.startswith("in the lifecycle `")


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_the_mended_lifecycle_passes(path: Path) -> None:
    """What looks like the fault but is none is left in peace."""
    written = path.read_text(encoding="utf-8")
    code = written.split(":", 1)[0].removeprefix("# ")
    assert code not in {d.code for d in check_lifecycles(lifecycles_of(yaml.safe_load(written)["sound"]), where)}


def test_every_check_has_a_faulty_lifecycle() -> None:
    """A new check comes with a file here."""
    codes = {path.read_text(encoding="utf-8").split(":", 1)[0].removeprefix("# ") for path in FAULTY}
    checks: list[Callable[..., object]] = [*CHECKS, *LINKED_CHECKS]
    assert codes == {str(check.__doc__)[:6] for check in checks}
    assert len(checks) == len(codes)


def lifecycles_of(data: Mapping[str, Any]) -> list[Lifecycle]:
    """The lifecycles of a file, each under its name."""
    return [lifecycle_of(name, written) for name, written in data.items()]


def lifecycle_of(name: str, data: Mapping[str, Any]) -> Lifecycle:
    """A lifecycle of its short form: transitions are `event: from -> to [guard] #priority / effects`."""
    states = [state_of(state, given) for state, given in data["states"].items()]
    states += [state for state in states if state.id == data.get("twice")]
    facts = [next(iter(fact.items())) if isinstance(fact, dict) else (fact, "bool") for fact in data.get("facts", ())]
    return Lifecycle(
        name=name,
        initial=data.get("initial", states[0].id),
        facts=tuple(Fact(name=fact, type=TYPES[kind]) for fact, kind in facts),
        states=tuple(states),
        transitions=tuple(transition_of(line) for line in data["transitions"]),
        timers=tuple(timer_of(timer) for timer in data.get("timers", ())),
        must_handle=tuple(data.get("must_handle", ())),
    )


def state_of(name: str, given: str | Mapping[str, str] | None) -> State:
    if isinstance(given, str):
        return State(id=name, meaning="", ending=Ending(given))
    said = given or {}
    return State(id=name, meaning="", waits=said.get("waits", ""), invariant=said.get("invariant", ""))


def transition_of(line: str) -> Transition:
    found = LINE.fullmatch(line)
    assert found, line
    event, source, target, when, priority, effects = found.groups()
    return Transition(
        event=event,
        source=source,
        target=target,
        when=when or "",
        priority=int(priority or 0),
        effects=tuple((effects or "").split()),
    )


def timer_of(data: Mapping[str, Any]) -> TimerRule:
    return TimerRule(
        id=data["id"],
        kind=TimerKind.DEADLINE if "event" in data else TimerKind.REMINDER,
        arms=tuple(data.get("arms", data["in"])),
        during=tuple(data["in"]),
        after=parse_duration(data["after"]) if "after" in data else None,
        event=data.get("event", ""),
        effects=tuple(data.get("effects", ())),
        when=data.get("when", ""),
    )


def where(lifecycle: str, part: Part) -> Place:
    """Places that name the part, as the overlay of a file would."""
    match part:
        case State():
            return Place(document="grow", path=("lifecycle", lifecycle, "states", part.id))
        case Transition():
            return Place(document="grow", path=("lifecycle", lifecycle, "transitions", part.event, part.source))
        case TimerRule():
            return Place(document="grow", path=("lifecycle", lifecycle, "timers", part.id))
        case None:
            return Place(document="grow", path=("lifecycle", lifecycle))


def words(found: Diagnostic) -> str:
    place = "/".join(map(str, found.place.path)) if found.place else ""
    return f"{found.severity} {found.code} at {place}\n  {found.summary}\n  {found.detail}\n  help: {found.help}\n\n"
