"""What every store promises, whatever it is kept in. A new kind of store is one more entry of `KINDS`."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from threading import Barrier

import pytest
from contract.kinds import Kept
from unit.store.examples import (
    AT,
    WORKSPACE,
    create,
    delete,
    enrollment,
    match,
    plan_from,
    program,
    update,
)

from mentorctl.addresses import Address
from mentorctl.plan.model import Action, Change
from mentorctl.state.model import empty_snapshot
from mentorctl.store.base import (
    AlreadyApplied,
    Applied,
    StalePlan,
    StoreError,
    UnfitPlan,
    WrongWorkspace,
)


def test_a_store_that_was_never_written_reads_as_empty(kept: Kept) -> None:
    """Reading before the first apply gives no lineage, serial 0, no records and no history."""
    reader = kept.reader(WORKSPACE)

    assert reader.read() == empty_snapshot(WORKSPACE)
    assert reader.log() == ()
    assert reader.commits() == ()


def test_the_first_apply_creates_the_store(kept: Kept) -> None:
    """The first apply gives the store its lineage and leads to serial 1."""
    answer = kept.apply_changes(create(program()))

    assert answer == Applied(serial=1, lineage="lineage-1", already=False)
    snapshot = kept.reader(WORKSPACE).read()
    assert (snapshot.lineage, snapshot.serial, snapshot.records) == ("lineage-1", 1, (program(),))


def test_apply_performs_exactly_the_changes(kept: Kept) -> None:
    """Records are created, updated and deleted as planned; all others stay; reading is in address order."""
    kept.apply_changes(create(match(2)), create(match(1)), create(program()), create(enrollment(1)))

    answer = kept.apply_changes(
        delete(match(1)), update(match(2), match(2, state="accepted")), create(match(3)), apply_id="a-2"
    )

    assert answer == Applied(serial=2, lineage="lineage-1")
    assert kept.records == (program(), enrollment(1), match(2, state="accepted"), match(3))


def test_every_change_leaves_a_line(kept: Kept) -> None:
    """The log says what happened to which record, from which state to which, by which commit, and why."""
    kept.apply_changes(create(program()), create(match(1)))
    kept.apply_changes(update(match(1), match(1, state="accepted")), delete(program()), apply_id="a-2")

    rows = kept.reader(WORKSPACE).log()

    assert [(r.seq, r.serial, str(r.line.address), r.line.event, r.line.before, r.line.after) for r in rows] == [
        (1, 1, "grow", "begin", "", "open"),
        (2, 1, "grow/spring/match/m1", "begin", "", "proposed"),
        (3, 2, "grow/spring/match/m1", "plan", "proposed", "accepted"),
        (4, 2, "grow", "remove", "open", ""),
    ]
    assert {r.line.note for r in rows} == {"asked for"}
    assert {r.line.actor for r in rows} == {"anna"}


def test_the_log_of_one_record(kept: Kept) -> None:
    """With an address only the lines of exactly that record are read."""
    kept.apply_changes(create(program()), create(match(1)), create(match(11)))

    assert [r.seq for r in kept.reader(WORKSPACE).log(match(1).address)] == [2]
    assert kept.reader(WORKSPACE).log(match(9).address) == ()


def test_every_apply_leaves_a_row(kept: Kept) -> None:
    """The history says which plan led from which serial to which, when in UTC, by whom, and how many changes."""
    first = plan_from(empty_snapshot(WORKSPACE), create(program()), create(match(1)))
    berlin_noon = datetime(2027, 2, 2, 12, 0, tzinfo=timezone(timedelta(hours=1)))
    kept.apply(first)
    second = plan_from(kept.reader(WORKSPACE).read(), delete(match(1)), update(program(), program(state="closed")))
    kept.apply(second, "a-2", at=berlin_noon, actor="björn")

    rows = kept.reader(WORKSPACE).commits()

    assert [(r.commit_id, r.digest, r.base_serial, r.serial) for r in rows] == [
        ("a-1", first.digest, 0, 1),
        ("a-2", second.digest, 1, 2),
    ]
    assert [(r.at.isoformat(), r.actor) for r in rows] == [
        ("2027-02-01T09:30:00+00:00", "anna"),
        ("2027-02-02T11:00:00+00:00", "björn"),
    ]
    assert [(r.created, r.updated, r.deleted) for r in rows] == [(2, 0, 0), (0, 1, 1)]


def test_an_empty_plan_writes_nothing(kept: Kept) -> None:
    """An empty plan neither creates the store nor moves its serial nor leaves history."""
    assert kept.apply_changes() == Applied(serial=0, lineage="")
    assert kept.reader(WORKSPACE).read() == empty_snapshot(WORKSPACE)

    kept.apply_changes(create(program()))
    assert kept.apply_changes(apply_id="a-2") == Applied(serial=1, lineage="lineage-1")
    assert len(kept.reader(WORKSPACE).commits()) == 1


def test_an_empty_plan_can_be_stale(kept: Kept) -> None:
    """An empty plan is compared with the store like any other."""
    kept.apply_changes(create(program()))

    with pytest.raises(StalePlan):
        kept.apply(plan_from(empty_snapshot(WORKSPACE)), "a-2")


def test_a_stale_plan_is_refused(kept: Kept) -> None:
    """A plan made before another was applied is refused, naming both serials and who applied last and when."""
    late = plan_from(empty_snapshot(WORKSPACE), create(match(1)))
    kept.apply_changes(create(program()))

    with pytest.raises(StalePlan) as refused:
        kept.apply(late, "a-2")

    assert refused.value.finding.code == "MC7001"
    for part in ("serial 0", "serial 1", "`anna`", "2027-02-01 09:30 UTC"):
        assert part in refused.value.finding.detail
    assert "mentorctl plan" in refused.value.finding.help
    assert kept.records == (program(),)


def test_a_plan_from_a_later_serial_is_refused(kept: Kept) -> None:
    """A plan made at a serial that the store never had, e.g. before a backup was restored, is refused."""
    kept.apply_changes(create(program()))
    plan = replace(plan_from(kept.reader(WORKSPACE).read(), create(match(1))), serial=7)

    with pytest.raises(StalePlan, match="serial 7"):
        kept.apply(plan, "a-2")


def test_a_plan_from_another_store_is_refused(kept: Kept) -> None:
    """The same serial in a store of another lineage is not the same state."""
    kept.apply_changes(create(program()))
    plan = replace(plan_from(kept.reader(WORKSPACE).read(), create(match(1))), lineage="lineage-9")

    with pytest.raises(StalePlan, match="lineage-9"):
        kept.apply(plan, "a-2")


def test_a_plan_from_a_store_that_vanished_is_refused(kept: Kept) -> None:
    """A plan made from a written store is not applied to one that was never written."""
    plan = replace(plan_from(empty_snapshot(WORKSPACE), create(program())), lineage="lineage-1", serial=3)

    with pytest.raises(StalePlan, match="never written"):
        kept.apply(plan)
    assert kept.reader(WORKSPACE).read().serial == 0


def test_applying_twice_with_one_id_gives_the_first_answer(kept: Kept) -> None:
    """A repeated apply changes nothing and answers with the serial it led to, even when others came after."""
    plan = plan_from(empty_snapshot(WORKSPACE), create(program()))
    kept.apply(plan)
    kept.apply_changes(create(match(1)), apply_id="a-2")

    assert kept.apply(plan, "a-1") == Applied(serial=1, lineage="lineage-1", already=True)
    assert kept.reader(WORKSPACE).read().serial == 2


def test_applying_a_plan_twice_is_refused(kept: Kept) -> None:
    """The same plan under another id is refused, naming the serial it became, even when others came after."""
    plan = plan_from(empty_snapshot(WORKSPACE), create(program()))
    kept.apply(plan)
    kept.apply_changes(create(match(1)), apply_id="a-2")

    with pytest.raises(AlreadyApplied, match="serial 1") as refused:
        kept.apply(plan, "a-3")
    assert refused.value.finding.code == "MC7008"
    assert kept.reader(WORKSPACE).read().serial == 2


def test_the_same_effects_from_another_serial_are_another_plan(kept: Kept) -> None:
    """What was created, deleted and is planned again is applied again, although the effects have one digest."""
    kept.apply_changes(create(program()))
    kept.apply_changes(delete(program()), apply_id="a-2")

    assert kept.apply_changes(create(program()), apply_id="a-3").serial == 3


def test_an_apply_id_belongs_to_one_plan(kept: Kept) -> None:
    """Reusing the id of another plan's apply is a mistake of the caller."""
    kept.apply_changes(create(program()))

    with pytest.raises(ValueError, match="another plan"):
        kept.apply_changes(create(match(1)), apply_id="a-1")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (create(program(state="closed")), "there already"),
        (update(match(9), match(9, score=1)), "not there"),
        (delete(match(9)), "not there"),
        (update(program(definition="sha256:00"), program()), "differs"),
        (delete(program(definition="sha256:00")), "differs"),
    ],
)
def test_a_change_that_does_not_find_what_it_expects_stops_the_apply(kept: Kept, change: Change, problem: str) -> None:
    """If one precondition fails nothing at all is changed, and the record is named."""
    kept.apply_changes(create(program()))

    with pytest.raises(StalePlan, match=problem) as refused:
        kept.apply_changes(create(match(1)), change, apply_id="a-2")

    assert f"`{change.action} {change.address}`" in refused.value.finding.detail
    assert kept.records == (program(),)
    assert len(kept.reader(WORKSPACE).log()) == len(kept.reader(WORKSPACE).commits()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        (create(match(1)), create(match(1))),
        (replace(create(match(1)), after=None),),
        (replace(create(match(1)), before=match(1)),),
        (replace(create(match(1)), action=Action.DELETE),),
        (replace(create(match(1)), address=match(2).address),),
        (replace(update(program(), program()), before=replace(match(1), address=program().address)),),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(kept: Kept, changes: tuple[Change, ...]) -> None:
    """A change whose sign, address and records do not agree was not written by planning."""
    plan = replace(plan_from(empty_snapshot(WORKSPACE)), changes=changes)

    with pytest.raises(UnfitPlan) as refused:
        kept.apply(plan)
    assert refused.value.finding.code == "MC7002"
    assert kept.reader(WORKSPACE).read() == empty_snapshot(WORKSPACE)


def test_a_plan_of_another_workspace_is_refused(kept: Kept) -> None:
    """A plan is applied in its own workspace only, also as the first one."""
    plan = plan_from(empty_snapshot("globex"), create(program()))

    with pytest.raises(WrongWorkspace, match="globex") as refused:
        kept.apply(plan)
    assert refused.value.finding.code == "MC7009"
    kept.apply_changes(create(match(1)))
    with pytest.raises(WrongWorkspace, match="globex"):
        kept.apply(plan, "a-2")
    assert kept.records == (match(1),)


@pytest.mark.parametrize(
    ("apply_id", "at", "new_lineage"),
    [
        ("", AT, "lineage-1"),
        ("a-1", AT, ""),
        ("a-1", AT.replace(tzinfo=None), "lineage-1"),
    ],
)
def test_arguments_that_no_caller_should_pass(kept: Kept, apply_id: str, at: datetime, new_lineage: str) -> None:
    """An empty id, an empty lineage and a time without a zone are mistakes of the caller."""
    plan = plan_from(empty_snapshot(WORKSPACE), create(program()))

    with pytest.raises(ValueError, match="must"):
        kept.store(WORKSPACE).apply(plan, apply_id=apply_id, at=at, actor="anna", new_lineage=new_lineage)
    assert kept.reader(WORKSPACE).read().serial == 0


def test_texts_come_back_as_they_were(kept: Kept) -> None:
    """Quotes, line breaks, NUL, emoji and combining letters survive."""
    record = replace(program(), name="a'b\"c\\ \n\x00 é e\u0301 🙂 \u2028", owner="")

    kept.apply_changes(create(record))

    assert kept.records == (record,)


def test_address_order_is_by_parts(kept: Kept) -> None:
    """A program's records stand together although `-` sorts before `/` as text."""
    records = (program("a"), replace(match(1), address=Address(program="a", cohort="c")), program("a-b"))

    kept.apply_changes(*(create(record) for record in reversed(records)))

    assert kept.records == records


def test_of_applies_at_one_serial_exactly_one_wins(kept: Kept) -> None:
    """Eight threads apply eight plans made at one serial: one is performed, seven are stale."""
    kept.apply_changes(create(program()))
    base = kept.reader(WORKSPACE).read()
    barrier = Barrier(8)

    def attempt(number: int) -> int | str:
        barrier.wait()
        try:
            return kept.apply(plan_from(base, create(match(number))), f"b-{number}").serial
        except StoreError as error:
            return error.code

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(attempt, range(8)))

    assert sorted(map(str, answers)) == ["2"] + ["MC7001"] * 7
    assert kept.records == (program(), match(answers.index(2)))
