"""Ids that are written differently now: everything in the state moves along, nobody is touched, and history goes on."""

from copy import copy
from datetime import UTC, datetime

import pytest

from mentorctl import pipeline
from mentorctl.plan.codec import plan_from_text, plan_to_text
from mentorctl.plan.impact import impact_counts
from mentorctl.plan.model import Impact
from mentorctl.state.live import Happening
from mentorctl.state.model import CheckInRecord, MatchRecord, SessionRecord, TrainingRecord

from .small import ACTIVE, ENROLLING, MATCHING, PROGRAM, Live, World, changed, of_type, planned_sessions

EVENTFUL = changed(
    PROGRAM,
    ("meetings:", "events:\n  kick_off: {at: active.start, lasts: 60min, for: both}\nmeetings:"),
    ("basics: {for: both, format: self-paced,", "basics: {for: both, format: live,"),
)
RENAMES = {
    "program": (("id: grow\n", "id: growth\nwas: [grow]\n"),),
    "cohort": (("  winter: {start: 2027-01-04}", "  season: {start: 2027-01-04, was: [winter]}"),),
    "phase": (("    - {id: closing, lasts: 1w}", "    - {id: ending, lasts: 1w, was: [closing]}"),),
    "module": (("    basics: {for", "    first_steps: {was: [basics], for"),),
    "event": (("  kick_off: {at", "  opening: {was: [kick_off], at"),),
    "check-in": (("  pulse: {at", "  feeling: {was: [pulse], at"),),
    "rule": (("    - {id: topics, overlap", "    - {id: themes, was: [topics], overlap"),),
}
ALL = tuple(pair for pairs in RENAMES.values() for pair in pairs)


@pytest.fixture
def live() -> Live:
    """A cohort whose matches began, which has meetings, a kick-off, trainings and check-ins."""
    live = Live(world=World(programs=(EVENTFUL,)))
    live.apply(ENROLLING)
    live.apply(MATCHING)
    when = datetime(2027, 1, 28, 12, tzinfo=UTC)
    matches = of_type(MatchRecord, live.snapshot.records)
    happenings = [Happening(address=record.address, event="accept") for record in matches]
    pipeline.record(happenings, live.store, commit_id="yes", at=when, actor="anna")
    pipeline.advance(live.store, datetime(2027, 2, 9, 12, tzinfo=UTC), at=when, actor="anna")
    live.apply(ACTIVE)
    assert of_type(CheckInRecord, live.snapshot.records)
    assert live.plan(ACTIVE).is_empty
    return live


def _renamed(live: Live, *pairs: tuple[str, str]) -> None:
    live.world = World(programs=(changed(EVENTFUL, *pairs),))


@pytest.mark.parametrize("kind", [*RENAMES, "all"])
def test_a_rename_touches_nobody(live: Live, kind: str) -> None:
    """Nothing begins, ends or moves, nobody hears of it, and the next plan has nothing to do."""
    before = [(i.lifecycle, i.state, i.entered, i.facts) for i in live.store.instances()]
    slots = sorted((s.address.id, s.starts, s.people) for s in planned_sessions(live.snapshot))
    due = sorted(timer.due for timer in live.store.timers())
    told = len(live.store.outbox())
    _renamed(live, *(ALL if kind == "all" else RENAMES[kind]))

    plan = live.apply(ACTIVE)

    if kind != "phase":
        assert kind == "all" or {rename.kind.value for rename in plan.renames} == {kind}
        assert all(rename.records for rename in plan.renames)
    assert set(impact_counts(plan.changes, plan.migrations)) <= {Impact.NONE, Impact.INTERNAL}
    assert "MC7021" not in live.codes()
    now = [(i.lifecycle, i.state, i.entered, i.facts) for i in live.store.instances()]
    assert sorted(now, key=str) == sorted(before, key=str)
    assert sorted((s.address.id, s.starts, s.people) for s in planned_sessions(live.snapshot)) == slots
    assert sorted(timer.due for timer in live.store.timers()) == due
    assert len(live.store.outbox()) == told
    assert live.plan(ACTIVE).is_empty
    assert pipeline.replay(live.store).differences == ()


def test_what_was_renamed_lives_on(live: Live) -> None:
    """Time passes as if it had never been called otherwise: check-ins are asked again, and sessions lapse."""
    twin = Live(world=live.world)
    twin.store = copy(live.store)
    _renamed(live, *ALL)
    live.apply(ACTIVE)
    until = datetime(2027, 4, 30, tzinfo=UTC)
    for one in (live, twin):
        pipeline.advance(one.store, until, at=until, actor="anna")

    def states(one: Live) -> list[tuple[str, str]]:
        return sorted((i.lifecycle, i.state.replace("ending", "closing")) for i in one.store.instances())

    assert states(live) == states(twin)
    assert len(live.store.outbox()) == len(twin.store.outbox())
    assert pipeline.replay(live.store).differences == ()


def test_history_goes_on_over_renames(live: Live) -> None:
    """The history of a match, a training and a check-in has what happened under every name, in order."""
    before = {
        kind: [row.seq for row in live.store.log(record.address)]
        for kind in (MatchRecord, TrainingRecord, CheckInRecord)
        for record in of_type(kind, live.snapshot.records)[:1]
    }
    _renamed(live, *ALL)
    live.apply(ACTIVE)
    live.world = World(
        programs=(changed(live.world.programs[0], ("id: growth\nwas: [grow]", "id: thrive\nwas: [growth, grow]")),)
    )
    live.apply(ACTIVE)

    for kind, rows in before.items():
        record = of_type(kind, live.snapshot.records)[0]
        assert str(record.address).startswith("thrive/season/")
        history = pipeline.history(live.store, [record.address])
        assert [row.seq for row in history][: len(rows)] == rows
        renamed = [row.line for row in history if row.line.event == "renamed"]
        assert [line.note.partition("/")[0] for line in renamed] == ["was grow", "was growth"]


def test_a_rename_survives_being_saved(live: Live) -> None:
    """A plan with renames is read as it was written, and they are part of its digest."""
    _renamed(live, *ALL)
    plan = live.plan(ACTIVE)
    assert plan_from_text(plan_to_text(plan)) == plan


def test_former_ids_stay_harmless(live: Live) -> None:
    """`was` may stay in the file forever: a store that knows the new name, or none, has nothing to rename."""
    _renamed(live, *ALL)
    live.apply(ACTIVE)
    assert live.plan(ACTIVE).is_empty
    fresh = Live(world=live.world)
    assert fresh.plan(ENROLLING).renames == ()


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ((("id: grow\n", "id: growth\n"),), "the program `grow`"),
        ((("basics: {for", "the_basics: {for"),), "the module `basics`"),
        ((("kick_off: {at", "kickoff: {at"),), "the event `kick_off`"),
        ((("  winter: {start", "  winters: {start"),), "the cohort `winter`"),
    ],
)
def test_a_rename_is_suggested_and_never_guessed(live: Live, pairs: tuple[tuple[str, str], ...], said: str) -> None:
    """Without `was` a similar new id is pointed at, with what to write, and nothing is renamed."""
    _renamed(live, *pairs)
    made = live.planned(ACTIVE)
    found = [d for d in made.findings if d.code == "MC7021"]
    assert [said in d.detail for d in found] == [True]
    assert "was: [" in found[0].help
    assert made.plan is None or made.plan.renames == ()


def test_two_things_are_never_merged(live: Live) -> None:
    """When the state has something under both ids, the plan is refused and says so."""
    line = "    basics: {for: both, format: live, takes: 45min, due: {before: matching.start, by: 3d}}\n"
    more = "    more: {for: both, format: self-paced, takes: 45min}\n"
    _renamed(live, (line, line + more))
    live.apply(ACTIVE)
    _renamed(live, (line, "    more: {for: both, format: self-paced, takes: 45min, was: [basics]}\n"))
    made = live.planned(ACTIVE)
    assert made.plan is None
    assert "MC7020" in [d.code for d in made.findings]


def test_sessions_keep_their_ids(live: Live) -> None:
    """What calendars know a session by stays, so that nobody gets it twice."""
    ids = {s.address.id for s in of_type(SessionRecord, live.snapshot.records)}
    _renamed(live, *ALL)
    live.apply(ACTIVE)
    assert {s.address.id for s in of_type(SessionRecord, live.snapshot.records)} == ids
