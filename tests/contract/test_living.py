"""What every store promises about things that live: what people do, what time brings, and what can be looked up."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from contract.kinds import Kept
from unit.store.examples import AT, WORKSPACE, create, delete, match, plan_from, update
from unit.store.living import DEFINITION, after, first_plan, match_address, said

from mentorctl.addresses import Address
from mentorctl.pipeline import replay
from mentorctl.state.live import Advanced, Armed, Told
from mentorctl.state.model import CohortRecord, ProgramRecord, SessionRecord, empty_snapshot
from mentorctl.store.base import CommitKind, Reader, Recorded, StalePlan, Store, UnwrittenStore, WrongStore
from mentorctl.store.memory import MemoryStore

M1, M2, M3 = (match_address(number) for number in (1, 2, 3))


@pytest.fixture
def living(kept: Kept) -> Kept:
    """A store at serial 1 in which three matches are offered."""
    kept.apply(first_plan(empty_snapshot(WORKSPACE)))
    return kept


def store(kept: Kept) -> Store:
    return kept.store(WORKSPACE)


def reader(kept: Kept) -> Reader:
    return kept.reader(WORKSPACE)


def record(
    kept: Kept, *happenings: object, commit_id: str = "e-1", at: datetime = AT, strict: bool = False
) -> Recorded:
    return store(kept).record(happenings, commit_id=commit_id, at=at, actor="anna", strict=strict)  # type: ignore[arg-type]


def advance(kept: Kept, days: float, *, chunk: int = 5000) -> Advanced:
    """Bring time some days on from the first apply, with a clock on the wall that says the same."""
    return store(kept).advance(after(days), at=after(days), actor="anna", chunk=chunk)


def states(kept: Kept) -> list[str]:
    return [instance.state for instance in reader(kept).instances((M1, M2, M3))]


def everything(kept: Kept) -> tuple[object, ...]:
    """All that a store says, but for its commits and how many of them touched each thing."""
    source = reader(kept)
    return (
        source.read().records,
        tuple(replace(instance, revision=0) for instance in source.instances()),
        source.timers(),
        tuple(row.line for row in source.log()),
        tuple(message for _, message in source.outbox()),
    )


# -- apply brings things to life --------------------------------------------------------------------------------------


def test_apply_begins_lives(living: Kept) -> None:
    """What a plan creates stands in its state by the definition of the program, and its timers run."""
    instances = reader(living).instances((M1,))

    assert [(i.lifecycle, i.definition, i.state, i.entry, i.revision) for i in instances] == [
        ("match", DEFINITION.digest, "proposed", 1, 1)
    ]
    assert instances[0].entered == AT
    assert [(str(t.address), t.timer) for t in reader(living).timers()] == [
        *((f"grow/spring/match/m{n}", "nudge") for n in (1, 2, 3)),
        *((f"grow/spring/match/m{n}", "expiry") for n in (1, 2, 3)),
    ]
    assert reader(living).definition(DEFINITION.digest) == DEFINITION.text
    assert reader(living).definition("sha256:00") == ""


def test_a_snapshot_holds_where_things_stand(living: Kept) -> None:
    """The snapshot has an instance for every record, the definitions it knows and how far time has come."""
    snapshot = reader(living).read()

    assert set(snapshot.instances) == set(snapshot.by_address)
    assert snapshot.definitions == (DEFINITION.digest,)
    assert datetime.fromisoformat(snapshot.clock) == AT


def test_apply_moves_and_removes_lives(living: Kept) -> None:
    """A plan that puts a match elsewhere ends its timers; one that deletes it leaves nothing but its history."""
    living.apply_changes(update(match(1), match(1, state="ended")), delete(match(2)), apply_id="a-2")

    assert [(i.state, i.entry, i.revision) for i in reader(living).instances((M1, M2))] == [("ended", 2, 2)]
    assert {t.address for t in reader(living).timers()} == {M3}
    assert [row.line.after for row in reader(living).log(M2)] == ["proposed", ""]


# -- what people do ---------------------------------------------------------------------------------------------------


def test_an_event_moves_a_thing(living: Kept) -> None:
    """One commit: the state, the facts, the timers, a line of the log with what the guard read, a message."""
    answer = record(living, said(1, "begin", agreed=True))

    assert [(r.outcome, r.state) for r in answer.receipts] == [(Told.RECORDED, "active")]
    assert (answer.serial, states(living)) == (2, ["active", "proposed", "proposed"])
    (instance,) = reader(living).instances((M1,))
    assert (instance.entry, instance.revision, instance.facts) == (2, 2, (("agreed", True),))
    assert {t.timer for t in reader(living).timers() if t.address == M1} == {"close", "pulse", "silence"}
    line = reader(living).log(M1)[-1].line
    assert (line.event, line.before, line.after, line.entry) == ("begin", "proposed", "active", 2)
    assert (line.facts, line.learned, line.effects) == ((("agreed", True),), (("agreed", True),), ("notify.begun",))
    ((number, message),) = reader(living).outbox()
    assert (number, message.address, message.effect, message.people) == (1, M1, "notify.begun", ("p1", "q1"))
    assert reader(living).read().by_address[M1].state == "active"


def test_a_commit_of_events_is_a_row_of_the_history(living: Kept) -> None:
    """It raises the serial by one and says its kind, its actor and how many lines it wrote."""
    record(living, said(1, "begin", agreed=True), said(2, "end"))

    first, second = reader(living).commits()
    assert (first.kind, second.kind) == (CommitKind.APPLY, CommitKind.EVENTS)
    assert (second.commit_id, second.base_serial, second.serial, second.actor) == ("e-1", 1, 2, "anna")
    assert (second.updated, second.moved) == (2, 2)


def test_every_happening_gets_a_receipt(living: Kept) -> None:
    """What cannot have happened is refused with a code, in its place, and the rest is recorded."""
    answer = record(
        living,
        said(1, "begin"),
        said(9, "end"),
        said(2, "fly"),
        said(2, "end", when=after(3)),
        said(3, "end"),
    )

    outcomes = [receipt.outcome for receipt in answer.receipts]
    assert outcomes == [Told.REFUSED, Told.UNKNOWN, Told.INVALID, Told.FUTURE, Told.RECORDED]
    assert all(receipt.code.startswith("MC45") for receipt in answer.receipts[:4])
    assert states(living) == ["proposed", "proposed", "ended"]


def test_strict_is_all_or_nothing(living: Kept) -> None:
    """With one happening that cannot have happened nothing is written."""
    before = everything(living)

    answer = record(living, said(3, "end"), said(9, "end"), strict=True)

    assert (answer.serial, everything(living)) == (1, before)


def test_an_event_that_is_told_twice_happens_once(living: Kept) -> None:
    """The same key, in one commit or in another, gives the first answer again and writes nothing."""
    once = replace(said(1, "end"), key="from the calendar")
    first = record(living, once, once)
    again = record(living, once, commit_id="e-2")

    assert [r.outcome for r in (*first.receipts, *again.receipts)] == [Told.RECORDED, Told.ALREADY, Told.ALREADY]
    assert again.serial == first.serial == 2
    assert len(reader(living).log(M1)) == 2


def test_a_commit_of_events_that_is_repeated_happens_once(living: Kept) -> None:
    """When the answer was lost, the same commit is sent again, and everything is there once."""
    record(living, said(1, "end"))
    before = everything(living)

    again = record(living, said(1, "end"))

    assert (again.already, [r.outcome for r in again.receipts]) == (True, [Told.ALREADY])
    assert everything(living) == before
    with pytest.raises(ValueError, match="used for something else"):
        record(living, said(2, "end"))


def test_a_plan_is_stale_after_an_event(living: Kept) -> None:
    """Whatever happened since a plan was made makes it stale."""
    plan = plan_from(reader(living).read(), create(match(4)))
    record(living, said(1, "end"))

    with pytest.raises(StalePlan):
        living.apply(plan, "a-2")


def test_nothing_happens_in_a_store_that_was_never_written(kept: Kept) -> None:
    """Events and time need a program that was applied; there is nothing to read either."""
    for happen in (lambda: record(kept, said(1, "end")), lambda: advance(kept, 3)):
        with pytest.raises(UnwrittenStore) as refused:
            happen()
        assert refused.value.finding.code == "MC7012"
    assert reader(kept).read() == empty_snapshot(WORKSPACE)
    assert (reader(kept).log(), reader(kept).instances(), reader(kept).timers()) == ((), (), ())
    assert (reader(kept).outbox(), reader(kept).incidents(), reader(kept).census()) == ((), (), ())


def test_events_of_another_workspace_are_refused(living: Kept) -> None:
    """Events and time go to the store of their own workspace."""
    other = living.store("globex")
    if isinstance(other, MemoryStore):
        pytest.skip("a store in memory is handed over, never looked up")
    with pytest.raises(WrongStore):
        other.record([said(1, "end")], commit_id="e-1", at=AT, actor="anna")
    with pytest.raises(WrongStore):
        other.advance(after(1), at=after(1), actor="anna")


# -- what time brings -------------------------------------------------------------------------------------------------


def test_time_fires_what_is_due(living: Kept) -> None:
    """A reminder writes to people, a deadline moves the match; each firing is a line at its own instant."""
    record(living, said(1, "begin", agreed=True))
    answer = advance(living, 15)

    assert states(living) == ["active", "expired", "expired"]
    assert (answer.fired, answer.moved, answer.commits, answer.until) == (4, 2, 1, after(15))
    assert dict(answer.told) == {"notify.expired": 2, "notify.nudge": 2}
    lines = [(row.line.event, row.line.occurred.isoformat()) for row in reader(living).log(M2)]
    assert lines[1:] == [("nudge", "2027-02-08T07:00:00+00:00"), ("expire", "2027-02-15T22:59:59+00:00")]
    assert {t.address for t in reader(living).timers()} == {M1}
    assert reader(living).commits()[-1].kind is CommitKind.ADVANCE


def test_timers_that_are_set_on_the_way_fire_too(living: Kept) -> None:
    """In one advance a match falls silent, goes quiet and is given up, in the order of time."""
    record(living, said(1, "begin", agreed=True))
    advance(living, 90)

    assert states(living)[0] == "ended"
    events = [row.line.event for row in reader(living).log(M1) if row.line.actor == "time"]
    assert events == ["quieten", "give_up"]


@pytest.mark.parametrize("chunk", [1, 2, 3, 5000])
def test_chunks_change_nothing_but_the_commits(living: Kept, chunk: int) -> None:
    """However many timers fire per commit, the same fires in the same order, as in memory and in one go."""
    model = MemoryStore(WORKSPACE)
    other = Kept(store=lambda _: model, reader=lambda _: model)
    other.apply(first_plan(empty_snapshot(WORKSPACE)))
    for one in (living, other):
        record(one, said(1, "begin", agreed=True, meetings=2), said(2, "begin", agreed=True))

    answer = advance(living, 260, chunk=chunk)
    expected = advance(other, 260)

    assert everything(living) == everything(other)
    assert (answer.fired, answer.moves, answer.told) == (expected.fired, expected.moves, expected.told)


def test_looking_when_nothing_is_due_writes_nothing_twice(living: Kept) -> None:
    """An advance over an empty stretch moves the clock at most; the same again leaves no trace."""
    advance(living, 3)
    before = (everything(living), len(reader(living).commits()))

    answer = advance(living, 3)

    assert (answer.fired, answer.commits) == (0, 0)
    assert (everything(living), len(reader(living).commits())) == before


def test_time_does_not_go_back(living: Kept) -> None:
    """After an advance the clock on the wall may say less; what is told then happens at the time of the store."""
    advance(living, 10)
    record(living, said(1, "end"), at=after(2))

    assert reader(living).log(M1)[-1].line.occurred == after(10)
    assert datetime.fromisoformat(reader(living).read().clock) == after(10)


def test_an_advance_in_the_middle_of_which_the_store_fails_is_taken_up(living: Kept) -> None:
    """Chunks that were committed stay; the next advance does the rest, and nothing happens twice."""
    record(living, said(1, "begin", agreed=True))
    model = MemoryStore(WORKSPACE)
    other = Kept(store=lambda _: model, reader=lambda _: model)
    other.apply(first_plan(empty_snapshot(WORKSPACE)))
    record(other, said(1, "begin", agreed=True))
    advance(other, 90)
    stops = iter((False, True))

    def give_up(_: Advanced) -> None:
        if next(stops, False):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store(living).advance(after(90), at=after(90), actor="anna", chunk=2, report=give_up)
    assert len(reader(living).commits()) == 4
    advance(living, 90, chunk=2)

    assert everything(living) == everything(other)


def test_an_incident_parks_a_thing_and_time_goes_on(living: Kept) -> None:
    """A thing whose step cannot be done waits with a code, its timers with it; all others go on; retry frees it."""
    broken = replace(match(4), address=match_address(4))
    living.apply_changes(create(broken), apply_id="a-2")
    lost = break_definition(living, 4)
    if lost is None:
        pytest.skip("the definition of one thing cannot be taken away here")

    answer = advance(living, 15)

    assert (answer.incidents, [i.incident for i in reader(living).incidents()]) == (1, ["MC4506"])
    assert states(living) == ["expired"] * 3
    assert [i.address for i in store(living).retry([lost], at=after(15), actor="anna")] == [lost]
    assert reader(living).incidents() == ()


def break_definition(kept: Kept, number: int) -> Address | None:
    """Let one match run by a definition that is not there; its address, or None where nobody can."""
    address = match_address(number)
    place = "INSERT INTO places SELECT max(id) + 1, 'grow', 'sha256:gone', 'match', 'proposed', 4 FROM places"
    stand = (
        "UPDATE instances SET place = (SELECT max(id) FROM places)"
        f" WHERE id = (SELECT id FROM records WHERE address = '{address}')"
    )
    return address if kept.meddle(place, stand) else None


# -- what can be looked up --------------------------------------------------------------------------------------------


def test_the_log_is_read_in_pieces(living: Kept) -> None:
    """From a line on, some lines at a time, of one thing or of all."""
    record(living, said(1, "end"), said(2, "end"))
    whole = reader(living).log()

    assert [row.seq for row in whole] == list(range(1, len(whole) + 1))
    assert reader(living).log(after=2, limit=3) == whole[2:5]
    assert [row.line.event for row in reader(living).log(M1)] == ["begin", "end"]
    assert {row.serial for row in reader(living).log(after=len(whole) - 2)} == {2}


def test_timers_are_read_in_their_order(living: Kept) -> None:
    """All, those that are due, or the first of them."""
    everyone = reader(living).timers()

    assert reader(living).timers(after(8)) == everyone[:3]
    assert reader(living).timers(limit=1) == everyone[:1]
    assert everyone[0] == Armed(
        address=M1, timer="nudge", entry=1, since=AT, occurrence=1, due=datetime.fromisoformat("2027-02-08T07:00+00:00")
    )


def test_the_census_counts_who_stands_where(living: Kept) -> None:
    """By program, lifecycle, definition and state."""
    record(living, said(1, "end"))

    counted = {(c.program, c.lifecycle, c.state): c.count for c in reader(living).census()}
    assert counted == {
        ("grow", "cohort", "running"): 1,
        ("grow", "match", "ended"): 1,
        ("grow", "match", "proposed"): 2,
        ("grow", "program", "open"): 1,
    }


def test_the_outbox_is_read_in_pieces(living: Kept) -> None:
    """Numbered from 1, from a number on."""
    advance(living, 15)
    whole = reader(living).outbox()

    assert [number for number, _ in whole] == list(range(1, 7))
    assert reader(living).outbox(after=4) == whole[4:]
    assert reader(living).outbox(limit=2) == whole[:2]
    assert len({message.key for _, message in whole}) == 6


# -- several at once --------------------------------------------------------------------------------------------------


def test_writers_stand_in_a_queue(living: Kept) -> None:
    """Events and advances of six threads all happen, one after the other, and each once."""
    barrier = Barrier(6)

    def act(number: int) -> None:
        barrier.wait()
        if number % 2:
            record(living, said(1 + number // 2, "end"), commit_id=f"e-{number}")
        else:
            store(living).advance(AT + timedelta(hours=number), at=AT + timedelta(hours=number), actor="anna")

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(act, range(6)))

    assert states(living) == ["ended"] * 3
    commits = reader(living).commits()
    assert [c.serial for c in commits] == list(range(1, len(commits) + 1))
    assert [row.seq for row in reader(living).log()] == list(range(1, len(reader(living).log()) + 1))


# -- a part of the state -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), ""),
        (("p2",), "m2"),
        (("m1", "q3", "nobody"), "m1 m3"),
        (("grow/spring/match/m2", "grow/spring", "not//one", "a/b/c"), "m2"),
        (("s1",), "s1"),
        (("p1", "autumn"), "s1 m1"),
    ],
)
def test_a_part_is_read_as_in_the_whole(kept: Kept, words: tuple[str, ...], found: str) -> None:
    """What words name is the same as in the whole state, in its order, with programs and cohorts and nothing else."""
    later = CohortRecord(
        address=Address(program="grow", cohort="spring_2"), starts="2027-04-01", ends="2027-09-30", state="running"
    )
    met = SessionRecord(
        address=Address(program="grow", cohort="spring", kind="session", id="s1"), kind="meeting", subject="m1", number=1,
        starts="2027-03-01T09:00Z", zone="UTC", minutes=45, people=("p1", "q1"), state="planned", basis="",
    )  # fmt: skip
    kept.apply(first_plan(empty_snapshot(WORKSPACE), create(later), create(met)))
    whole, part = reader(kept).read(), reader(kept).about(words)

    expected = tuple(r for r in whole.records if not r.address.kind or r.address.id in found.split())
    assert part.records == expected
    assert part == replace(whole, records=expected, instances={r.address: whole.instances[r.address] for r in expected})


def test_a_part_of_nothing(kept: Kept) -> None:
    """Of a store that was never written a part is as empty as the whole."""
    assert reader(kept).about(("m1",)) == reader(kept).read()


def test_nothing_is_due_in_a_suspended_program(kept: Kept) -> None:
    """Time stands still for what belongs to it, one timer or many, until it goes on."""
    kept.apply(first_plan(empty_snapshot(WORKSPACE), matches=250))
    before = kept.reader(WORKSPACE).read().by_address[Address(program="grow")]
    assert isinstance(before, ProgramRecord)
    asleep = replace(before, state="suspended")
    kept.apply_changes(update(before, asleep), apply_id="a-2")
    store = kept.store(WORKSPACE)
    assert store.timers(after(60)) == ()
    assert len(store.timers()) == 500
    assert store.advance(after(20), at=after(20), actor="anna").fired == 0

    kept.apply_changes(update(asleep, before), apply_id="a-3")
    assert store.advance(after(20), at=after(20), actor="anna").fired == 500
    assert replay(store).differences == ()
