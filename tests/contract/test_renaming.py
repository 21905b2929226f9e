"""What every store promises when something in it is called otherwise."""

from dataclasses import replace

import pytest
from contract.kinds import Kept
from unit.store.examples import AT, WORKSPACE, plan_from
from unit.store.living import after, first_plan, match_address, said

from mentorctl.addresses import Address
from mentorctl.lifecycle.rename import Rename
from mentorctl.pipeline import history, replay
from mentorctl.plan.model import Plan
from mentorctl.spec.renames import Named
from mentorctl.state.live import Told
from mentorctl.state.model import MatchRecord, empty_snapshot
from mentorctl.store.base import StalePlan

M1 = match_address(1)
THERE = M1._replace(program="growth", cohort="summer")


def _plan(kept: Kept, *, records: int = 5) -> Plan:
    renames = (
        Rename(kind=Named.PROGRAM, program="growth", old="grow", new="growth", records=records, people=6),
        Rename(kind=Named.COHORT, program="growth", old="spring", new="summer", records=4, people=6),
        Rename(kind=Named.RULE, program="growth", old="skills — “Größe”", new="skills", records=3, people=6),
    )
    return replace(plan_from(kept.reader(WORKSPACE).read()), renames=renames, digest="effects256:renames")


@pytest.fixture
def living(kept: Kept) -> Kept:
    """A store at serial 2: three matches were offered, and the first one began."""
    kept.apply(first_plan(empty_snapshot(WORKSPACE)))
    answer = kept.store(WORKSPACE).record([said(1, "begin", agreed=True)], commit_id="e-1", at=AT, actor="anna")
    assert answer.receipts[0].outcome is Told.RECORDED
    return kept


def test_everything_moves_along(living: Kept) -> None:
    """Records, instances and timers are at the new address in one commit, as they were; the log folds to the state."""
    reader = living.reader(WORKSPACE)
    stood = [(i.state, i.entry, i.entered, i.facts) for i in reader.instances()]
    due = [(t.timer, t.due, t.occurrence) for t in reader.timers()]

    assert living.apply(_plan(living), "a-2", at=after(1)).serial == 3

    snapshot = reader.read()
    assert {r.address.program for r in snapshot.records} == {"growth"}
    assert {r.address.cohort for r in snapshot.records} == {"", "summer"}
    assert [t.rule for r in snapshot.records if isinstance(r, MatchRecord) for t in r.terms] == ["skills"] * 3
    assert sorted((i.state, i.entry, i.entered, i.facts) for i in reader.instances()) == sorted(stood)
    assert sorted((t.timer, t.due, t.occurrence) for t in reader.timers()) == sorted(due)
    assert [row.serial for row in reader.commits()] == [1, 2, 3]
    assert replay(reader).differences == ()


def test_it_lives_on_under_the_new_name(living: Kept) -> None:
    """People say things about it there, time passes, and its history is one."""
    living.apply(_plan(living), "a-2", at=after(1))
    store = living.store(WORKSPACE)
    told = store.record([replace(said(1, "end"), address=THERE)], commit_id="e-2", at=after(2), actor="anna")
    assert [receipt.state for receipt in told.receipts] == ["ended"]
    store.advance(after(60), at=after(60), actor="anna")

    reader = living.reader(WORKSPACE)
    assert [row.line.event for row in history(reader, [THERE])][:2] == ["begin", "begin"]
    assert [row.line.event for row in history(reader, [THERE])][2:] == ["renamed", "end"]
    states = {i.address.id: i.state for i in reader.instances() if i.address.kind}
    assert states == {"m1": "ended", "m2": "expired", "m3": "expired"}
    assert replay(reader).differences == ()


def test_a_plan_that_counted_otherwise_is_stale(living: Kept) -> None:
    """Nothing is renamed when it would concern other records than the plan says."""
    before = living.reader(WORKSPACE).read()
    with pytest.raises(StalePlan, match="renames the program"):
        living.apply(_plan(living, records=4), "a-2")
    assert living.reader(WORKSPACE).read() == before


def test_the_old_name_is_free_again(living: Kept) -> None:
    """Something new may have the old address; its history begins with itself."""
    living.apply(_plan(living), "a-2", at=after(1))
    again = replace(first_plan(living.reader(WORKSPACE).read(), matches=1), digest="effects256:again", definitions=())
    living.apply(again, "a-3", at=after(2))

    reader = living.reader(WORKSPACE)
    assert len(reader.instances((M1, THERE))) == 2
    assert replay(reader).differences == ()
    assert Address(program="grow") in reader.read().by_address
