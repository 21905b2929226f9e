"""What every store promises when a lifecycle changes while people are in it."""

from dataclasses import replace

import pytest
from contract.kinds import Kept
from unit.store.examples import AT, WORKSPACE, plan_from, update
from unit.store.living import DEFINITION, MATCH, OTHERS, after, first_plan, match_address, program, said

from mentorctl.lifecycle.definition import Definition
from mentorctl.lifecycle.migrate import EVENT
from mentorctl.lifecycle.migration import Line, MigrationChange, Moved, TimerPolicy, resolved
from mentorctl.lifecycle.model import Lifecycle
from mentorctl.pipeline import replay
from mentorctl.plan.model import DefinitionText, Plan
from mentorctl.state.live import Happening, Told
from mentorctl.state.model import empty_snapshot
from mentorctl.store.base import Recorded, StalePlan

M1, M2, M3 = (match_address(number) for number in (1, 2, 3))


def _renamed(lifecycle: Lifecycle) -> Lifecycle:
    """The same with `asked` for `proposed`, and `finish` for `end`."""
    states = {"proposed": "asked"}

    def named(state: str) -> str:
        return states.get(state, state)

    return replace(
        lifecycle,
        initial=named(lifecycle.initial),
        states=tuple(sorted((replace(s, id=named(s.id)) for s in lifecycle.states), key=lambda s: s.id)),
        transitions=tuple(
            replace(t, source=named(t.source), target=named(t.target), event="finish" if t.event == "end" else t.event)
            for t in lifecycle.transitions
        ),
        timers=tuple(
            replace(t, arms=tuple(map(named, t.arms)), during=tuple(map(named, t.during))) for t in lifecycle.timers
        ),
        renamed=(("end", "finish"),),
    )


AFTER = _renamed(MATCH)
THEN = replace(DEFINITION, lifecycles=tuple(sorted((AFTER, *OTHERS), key=lambda one: one.name)))


@pytest.fixture
def living(kept: Kept) -> Kept:
    """A store at serial 2: three matches were offered, and the first one has ended."""
    kept.apply(first_plan(empty_snapshot(WORKSPACE)))
    assert _record(kept, _told(1, "end", "k-1")).receipts[0].outcome is Told.RECORDED
    return kept


def _told(number: int, event: str, key: str) -> Happening:
    return replace(said(number, event), key=key)


def _record(kept: Kept, *happenings: Happening, commit_id: str = "e-1") -> Recorded:
    return kept.store(WORKSPACE).record(happenings, commit_id=commit_id, at=AT, actor="anna")


def _plan(kept: Kept, policy: TimerPolicy, *, old: Definition = DEFINITION, count: int = 2) -> Plan:
    """The plan that carries everybody in `proposed` over to `asked`."""
    mapping = [Line(old="proposed", to="asked"), *(Line(old=s, to=s) for s in ("active", "quiet"))]
    lines, wrong = resolved(old.lifecycle("match"), AFTER, mapping, policy=policy.value)
    assert wrong == ()
    policies = tuple((timer, policy.value) for timer in ("expiry", "nudge"))
    lines = tuple(replace(line, timers=policies) if line.old == "proposed" else line for line in lines)
    change = MigrationChange(
        program="grow",
        lifecycle="match",
        old=old.digest,
        new=THEN.digest,
        lines=lines,
        events=(("end", "finish"),),
        census=(Moved(old="proposed", to="asked", when="", count=count),),
        reason="better words",
    )
    snapshot = kept.reader(WORKSPACE).read()
    plan = plan_from(snapshot, update(program(), replace(program(), lifecycles=THEN.digest)))
    text = DefinitionText(program="grow", digest=THEN.digest, text=THEN.text)
    return replace(plan, definitions=(text,), migrations=(change,), digest="effects256:migration")


@pytest.mark.parametrize("policy", [TimerPolicy.KEEP, TimerPolicy.RESTART], ids=str)
def test_everybody_is_carried_over(living: Kept, policy: TimerPolicy) -> None:
    """Who is under way stands in the new state by the new definition, with timers; who is done stays; the log folds."""
    living.apply(_plan(living, policy), "a-2", at=after(2))

    reader = living.reader(WORKSPACE)
    stand = [(i.state, i.definition, i.entry) for i in reader.instances((M1, M2, M3))]
    assert stand == [("ended", DEFINITION.digest, 2), *[("asked", THEN.digest, 2)] * 2]
    due = {(str(t.address)[-2:], t.timer): (t.due - AT).days for t in reader.timers()}
    later = 2 if policy is TimerPolicy.RESTART else 0
    assert sorted(due) == [(m, t) for m in ("m2", "m3") for t in ("expiry", "nudge")]
    assert {t: days - later for (_, t), days in due.items()} == {"expiry": 14, "nudge": 6}
    lines = [row.line for row in reader.log() if row.line.event == EVENT]
    assert [(line.before, line.after, line.note) for line in lines] == [("proposed", "asked", "better words")] * 2
    assert replay(reader).differences == ()


def test_those_who_were_carried_over_live_on(living: Kept) -> None:
    """Timers that run on fire by the new definition, once, and the log still folds to the state."""
    living.apply(_plan(living, TimerPolicy.KEEP), "a-2", at=after(2))

    living.store(WORKSPACE).advance(after(30), at=after(30), actor="anna")

    reader = living.reader(WORKSPACE)
    assert [i.state for i in reader.instances((M1, M2, M3))] == ["ended", "expired", "expired"]
    assert replay(reader).differences == ()


def test_an_old_name_of_an_event_is_recorded_under_the_new_one(living: Kept) -> None:
    """What is told under the old name happens under the new one, and the log says by which name it was told."""
    living.apply(_plan(living, TimerPolicy.KEEP), "a-2", at=AT)

    answer = _record(living, said(2, "end"), said(3, "finish"), commit_id="e-2")

    assert [(r.outcome, r.state) for r in answer.receipts] == [(Told.RECORDED, "ended")] * 2
    assert "told as `end`" in answer.receipts[0].detail
    lines = [living.reader(WORKSPACE).log(address)[-1].line for address in (M2, M3)]
    assert [line.event for line in lines] == ["finish", "finish"]
    assert "told as `end`" in lines[0].note
    assert lines[1].note == ""
    assert replay(living.reader(WORKSPACE)).differences == ()


def test_what_was_told_by_either_name_happens_once(living: Kept) -> None:
    """The same happening, told again by its old or its new name, before or after the migration, is known already."""
    living.apply(_plan(living, TimerPolicy.KEEP), "a-2", at=AT)

    first = _record(living, _told(2, "end", "k-2"), _told(2, "finish", "k-2"), commit_id="e-2")
    again = _record(living, _told(2, "end", "k-2"), _told(1, "end", "k-1"), commit_id="e-3")

    assert [r.outcome for r in first.receipts] == [Told.RECORDED, Told.ALREADY]
    assert [r.outcome for r in again.receipts] == [Told.ALREADY, Told.ALREADY]


def test_another_count_is_refused(living: Kept) -> None:
    """A plan that counted otherwise carries nobody over."""
    before = living.reader(WORKSPACE).instances()

    with pytest.raises(StalePlan) as refused:
        living.apply(_plan(living, TimerPolicy.KEEP, count=3), "a-2", at=AT)

    assert "carries 3 over" in refused.value.finding.detail
    assert living.reader(WORKSPACE).instances() == before


def test_a_stale_plan_says_what_happened_since(living: Kept) -> None:
    """How many commits of each kind there were since, how far time came, and who made the last one."""
    plan = _plan(living, TimerPolicy.KEEP)
    _record(living, said(2, "end"), commit_id="e-2")
    _record(living, said(3, "note", agreed=True), commit_id="e-3")
    living.store(WORKSPACE).advance(after(15), at=after(15), actor="berta")

    with pytest.raises(StalePlan) as refused:
        living.apply(plan, "a-2", at=after(15))

    said_since = refused.value.finding.detail
    assert "made at serial 2" in said_since
    assert "what people did was recorded twice (2 lines of the log)" in said_since
    assert f"time was advanced to {after(15):%Y-%m-%d %H:%M} UTC (1 line of the log)" in said_since
    assert said_since.endswith(f"the last by `berta` at {after(15):%Y-%m-%d %H:%M} UTC")
