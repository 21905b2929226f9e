"""What comes beside a plan, and what is kept so that an apply can be taken back, in every kind of store."""

from dataclasses import replace

import pytest
from contract.kinds import Kept
from unit.store.examples import AT, WORKSPACE, create, delete, enrollment, match, plan_from, program, update
from unit.store.living import first_plan

from mentorctl.plan.consent import NOTHING_SAID, Consent
from mentorctl.state.model import empty_snapshot
from mentorctl.store.base import CommitKind, UnwrittenStore

HELD = Consent(hold_messages=True)
SAID = Consent(accepted=(("un-matched", 14),), approved_by=("program_owner",), hold_messages=True)


def test_what_was_said_is_kept_with_the_commit(kept: Kept) -> None:
    """The row of a commit says what was accepted, who is said to have approved, and that messages were held."""
    first = plan_from(kept.reader(WORKSPACE).read(), create(program()))
    kept.store(WORKSPACE).apply(first, apply_id="a-1", at=AT, actor="anna", new_lineage="l", consent=SAID)
    kept.apply_changes(create(match(1)), apply_id="a-2")

    assert [row.consent for row in kept.reader(WORKSPACE).commits()] == [SAID, NOTHING_SAID]


def test_what_an_apply_replaced_is_kept(kept: Kept) -> None:
    """Records that an apply changed or removed can be read as they were before it; what it only added was nothing."""
    kept.apply_changes(create(program()), create(match(1)), create(enrollment(1)))
    better = replace(match(1), score=99)
    kept.apply_changes(update(match(1), better), delete(enrollment(1)), create(match(2)), apply_id="a-2")

    assert kept.reader(WORKSPACE).former(2) == (enrollment(1), match(1))
    assert kept.reader(WORKSPACE).former(1) == ()
    assert kept.reader(WORKSPACE).former(9) == ()


@pytest.fixture
def holding(kept: Kept) -> Kept:
    """A store at serial 3: of two matches that expired by a plan each, the second told nobody yet."""
    kept.apply(first_plan(empty_snapshot(WORKSPACE)))
    kept.apply_changes(update(match(1), match(1, state="expired")), apply_id="a-2")
    more = (update(match(number), match(number, state="expired")) for number in (2, 3))
    plan = plan_from(kept.reader(WORKSPACE).read(), *more)
    kept.store(WORKSPACE).apply(plan, apply_id="a-3", at=AT, actor="anna", new_lineage="l", consent=HELD)
    return kept


def test_held_messages_wait_until_they_are_released(holding: Kept) -> None:
    """Messages of an apply that holds them are marked; a release is one commit, once, and lets go what it names."""
    reader, store = holding.reader(WORKSPACE), holding.store(WORKSPACE)
    assert [message.held for _, message in reader.outbox()] == [False, True, True]

    assert store.release([2, 999], at=AT, actor="berta") == (2,)

    assert [message.held for _, message in reader.outbox()] == [False, False, True]
    row = reader.commits()[-1]
    assert (row.kind, row.moved, row.actor) == (CommitKind.RELEASE, 1, "berta")
    assert store.release([1, 2], at=AT, actor="berta") == ()
    assert reader.commits()[-1] == row
    assert reader.read().serial == row.serial == 4


def test_messages_of_one_commit_can_be_asked_for(holding: Kept) -> None:
    """The outbox can be read by the commit that filled it."""
    reader = holding.reader(WORKSPACE)
    assert [number for number, _ in reader.outbox(serial=2)] == [1]
    assert [number for number, _ in reader.outbox(serial=3)] == [2, 3]
    assert reader.outbox(serial=1) == ()


def test_nothing_is_released_before_the_first_apply(kept: Kept) -> None:
    """A store that was never written has no messages."""
    with pytest.raises(UnwrittenStore):
        kept.store(WORKSPACE).release([1], at=AT, actor="anna")
