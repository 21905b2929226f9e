"""How people are carried over when a lifecycle changes: the mapping, the timers, the promises, the way back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mentorctl.addresses import Address
from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import TimelineRules
from mentorctl.dates.workdays import EVERY_DAY
from mentorctl.lifecycle.definition import Definition
from mentorctl.lifecycle.migrate import Migrated, Row, migrate
from mentorctl.lifecycle.migration import Line, MigrationChange, resolved, reversed_lines
from mentorctl.lifecycle.model import Ending, Fact, Lifecycle, State, TimerKind, TimerRule, Transition
from mentorctl.rules.expressions.types import BOOL, NUMBER
from mentorctl.state.live import Armed, Facts, Instance

ENTERED = datetime(2027, 3, 1, 9, tzinfo=UTC)
NOW = datetime(2027, 3, 11, 9, tzinfo=UTC)


def machine(*lines: str, waits: int = 14, invariant: str = "", timer: str = "late") -> Lifecycle:
    """A lifecycle from lines such as `go: open -> done`, with one deadline of so many days in `open` and `held`."""
    ways = [Transition(event=e, source=s, target=t) for e, s, t in (_parts(line) for line in lines)]
    states = dict.fromkeys([s for way in ways for s in (way.source, way.target)])
    endings = {"done": Ending.SUCCESS, "lost": Ending.NEUTRAL}
    waiting = tuple(s for s in ("open", "held") if s in states)
    return Lifecycle(
        name="training",
        initial="open",
        facts=(Fact(name="paid", type=BOOL), Fact(name="missed", type=NUMBER)),
        states=tuple(
            State(id=s, meaning="", ending=endings.get(s), invariant=invariant if s == "held" else "") for s in states
        ),
        transitions=tuple(ways),
        timers=(
            TimerRule(
                id=timer,
                kind=TimerKind.DEADLINE,
                arms=waiting,
                during=waiting,
                after=Duration(days=waits),
                event="stop",
            ),
        ),
    )


def _parts(line: str) -> tuple[str, str, str]:
    event, _, ends = line.partition(": ")
    source, _, target = ends.partition(" -> ")
    return event, source, target


OLD = machine(
    "go: open -> done", "stop: open -> lost", "hold: open -> held", "back: held -> open", "stop: held -> lost"
)


def definition(lifecycle: Lifecycle) -> Definition:
    return Definition(
        program="grow",
        name="Grow",
        owner="o",
        zone="UTC",
        days=EVERY_DAY,
        rules=TimelineRules(),
        phases=(),
        cohorts=(),
        lifecycles=(lifecycle,),
    )


def carried(
    new: Lifecycle, written: list[Line], *rows: tuple[str, Facts], policy: str = "keep", old: Lifecycle = OLD
) -> tuple[Migrated, tuple[Line, ...]]:
    """The migration of some instances by their state and facts, each with its deadline running."""
    lines, wrong = resolved(old, new, written, policy=policy)
    assert not wrong
    change = MigrationChange(program="grow", lifecycle="training", old="old", new="new", lines=lines, reason="because")
    things = [
        Instance(
            address=Address(program="grow", cohort="c", kind="training", id=f"t{n}"),
            lifecycle="training",
            definition="old",
            state=state,
            entered=ENTERED,
            facts=facts,
        )
        for n, (state, facts) in enumerate(rows)
    ]
    due = datetime(2027, 3, 15, 23, 59, 59, tzinfo=UTC)
    running = [
        Row(instance=t, timers=(Armed(address=t.address, timer="late", entry=1, since=ENTERED, due=due),))
        for t in things
    ]
    return migrate(running, change, old=definition(old), new=definition(new), at=NOW, actor="plan"), lines


def test_states_that_mean_the_same_carry_over_by_themselves() -> None:
    """More ways out change no meaning; a way that is gone, another promise or another end does."""
    more = machine(*_lines(OLD), "skip: open -> lost")
    assert [(line.old, line.to, line.is_same) for line in resolved(OLD, more, [], policy="keep")[0]] == [
        ("open", "open", True),
        ("held", "held", True),
    ]
    for new, state, why in (
        (machine("go: open -> done", "stop: open -> lost"), "open", "no longer leads on `hold` to `held`"),
        (machine("go: open -> done", "stop: open -> lost"), "held", "does not have it"),
        (machine(*_lines(OLD), invariant="paid"), "held", "promises `paid` instead of `nothing`"),
    ):
        wrong = resolved(OLD, new, [], policy="keep")[1]
        assert any(w.state == state and why in w.why for w in wrong)


def test_a_mapping_covers_every_state_that_is_no_end() -> None:
    """States where nobody is are mapped too; ends need no line; a list of rules has an end."""
    new = machine("go: open -> done", "stop: open -> lost")
    wrong = resolved(OLD, new, [Line(old="open", to="open")], policy="keep")[1]
    assert [w.state for w in wrong] == ["held"]
    wrong = resolved(OLD, new, [Line(old="open", to="open"), Line(old="held", to="open", when="paid")], policy="keep")[
        1
    ]
    assert "no condition holds" in wrong[0].why
    wrong = resolved(OLD, new, [Line(old="open", to="open"), Line(old="held", to="opne")], policy="keep")[1]
    assert "is no state of the new lifecycle" in wrong[0].why
    wrong = resolved(
        OLD, new, [Line(old="open", to="open"), Line(old="held", to="open", timers=(("x", "keep"),))], policy="keep"
    )[1]
    assert wrong[0].timer == "x"


def test_rules_are_asked_in_order_and_the_finished_are_left_alone() -> None:
    """The first rule that holds counts; who is in an end stays under the old definition."""
    new = machine("go: open -> done", "stop: open -> lost", "wait: open -> idle", "stop: idle -> lost")
    lines = [Line(old="open", to="open"), Line(old="held", to="open", when="paid"), Line(old="held", to="idle")]
    done, _ = carried(new, lines, ("held", (("paid", True),)), ("held", ()), ("done", ()), ("open", ()))
    assert [(i.state, i.definition, i.revision) for i in done.batch.moved] == [
        ("open", "new", 2),
        ("idle", "new", 2),
        ("open", "new", 2),
    ]
    assert done.counts == (1, 1, 1)
    assert next((line.event, line.before, line.after, line.note) for line in done.batch.logged) == (
        "migrated",
        "held",
        "open",
        "because",
    )
    assert len({line.key for line in done.batch.logged}) == 3


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        ("keep", None),
        ("shift", datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC)),
        ("restart", datetime(2027, 4, 10, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_timer_whose_rule_changed_does_what_its_policy_says(policy: str, due: datetime | None) -> None:
    """Keep leaves it, shift counts the new rule from the same day, restart from today; 30 days instead of 14."""
    new = machine(*_lines(OLD), waits=30)
    done, lines = carried(new, [], ("open", ()), policy=policy)
    assert lines[0].timers == (("late", policy),)
    assert [armed.due for armed in done.batch.armed] == ([due] if due else [])
    assert not done.batch.cancelled


def test_a_timer_can_be_dropped_and_ends_with_its_state() -> None:
    """Drop ends it; so does a new state that does not know it."""
    new = machine(*_lines(OLD), waits=30)
    done, _ = carried(new, [], ("open", ()), policy="drop")
    assert [armed.timer for armed in done.batch.cancelled] == ["late"]
    other = machine(*_lines(OLD), timer="other")
    done, _ = carried(other, [], ("open", ()))
    assert [armed.timer for armed in done.batch.cancelled] == ["late"]
    assert [(armed.timer, armed.since) for armed in done.batch.armed] == [("other", NOW)]


def test_what_would_be_over_is_due_at_once() -> None:
    """A deadline that is shifted into the past is due now, never earlier."""
    done, _ = carried(machine(*_lines(OLD), waits=2), [], ("open", ()), policy="shift")
    assert [armed.due for armed in done.batch.armed] == [NOW]


def test_a_promise_that_would_not_hold_stops_it() -> None:
    """Those whom the new state's invariant does not fit are named, and not carried over."""
    new = machine(*_lines(OLD), invariant="paid")
    done, _ = carried(new, [Line(old="held", to="held")], ("held", (("paid", True),)), ("held", ()))
    assert [i.address.id for i in done.batch.moved] == ["t0"]
    assert [address.id for address in done.broken] == ["t1"]


def test_a_kept_timer_belongs_to_the_new_entry() -> None:
    """A timer that is carried into another state goes on, and the old entry can fire nothing any more."""
    new = machine(
        "go: open -> done", "stop: open -> lost", "hold: open -> away", "back: away -> open", "stop: away -> lost"
    )
    new = replace(new, timers=(replace(new.timers[0], arms=("open", "away"), during=("open", "away")),))
    done, _ = carried(new, [Line(old="open", to="open"), Line(old="held", to="away")], ("held", ()))
    assert [(a.timer, a.entry, a.due - ENTERED > timedelta(days=13)) for a in done.batch.armed] == [("late", 2, True)]


def test_the_way_back_needs_states_that_can_be_told_apart() -> None:
    """A mapping is turned round where no two states became one, else the reason names them."""
    back, why = reversed_lines([Line(old="a", to="b"), Line(old="c", to="d")])
    assert [(line.old, line.to) for line in back] == [("b", "a"), ("d", "c")]
    assert why == ""
    back, why = reversed_lines([Line(old="a", to="b"), Line(old="c", to="b")])
    assert back == ()
    assert why == "`a` and `c` both became `b`, and nothing tells them apart again"


def _lines(lifecycle: Lifecycle) -> list[str]:
    return [f"{t.event}: {t.source} -> {t.target}" for t in lifecycle.transitions]
