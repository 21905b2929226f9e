"""Carrying everybody over set by set comes to what carrying them over one by one comes to."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.store.examples import AT, WORKSPACE, plan_from, update
from unit.store.living import DEFINITION, MATCH, after, first_plan, program, said

from mentorctl.lifecycle.definition import Definition
from mentorctl.lifecycle.migration import Line, MigrationChange, Moved
from mentorctl.lifecycle.model import State
from mentorctl.plan.model import DefinitionText, Plan
from mentorctl.state.model import empty_snapshot
from mentorctl.store import sql_store
from mentorctl.store.base import StalePlan, Store
from mentorctl.store.memory import MemoryStore
from mentorctl.store.postgres import PostgresStore
from mentorctl.store.sqlite import SqliteStore

# The next version: what was quiet is now called resting, and who is cold has ended.
NEXT_MATCH = replace(
    MATCH,
    states=tuple(
        sorted(
            (
                *(replace(s, invariant="agreed") if s.id == "active" else s for s in MATCH.states if s.id != "quiet"),
                State(id="resting", meaning=""),
            ),
            key=lambda state: state.id,
        )
    ),
    transitions=tuple(
        replace(
            t,
            source="resting" if t.source == "quiet" else t.source,
            target="resting" if t.target == "quiet" else t.target,
        )
        for t in MATCH.transitions
    ),
    timers=tuple(
        replace(t, arms=("resting",), during=("resting",)) if t.during == ("quiet",) else t for t in MATCH.timers
    ),
)
NEXT: Definition = replace(
    DEFINITION, lifecycles=tuple(NEXT_MATCH if one.name == "match" else one for one in DEFINITION.lifecycles)
)
LINES = (
    Line(old="active", to="ended", when="meetings == 0 && !warm"),
    Line(old="active", to="active"),
    Line(old="proposed", to="proposed", is_same=True),
    Line(old="quiet", to="resting"),
)
MATCHES = 6


def living(store: Store, days: list[int], facts: list[dict[str, bool | int]], until: int = 10) -> Store:
    """Matches some of which began and fell silent, with facts of all kinds."""
    plan = first_plan(empty_snapshot(WORKSPACE), matches=MATCHES)
    store.apply(plan, apply_id="a-1", at=AT, actor="anna", new_lineage="lineage-1")
    for number, day in enumerate(days, 1):
        if day:
            told = replace(said(number, "begin"), facts=tuple(sorted({"agreed": True, **facts[number - 1]}.items())))
            store.record([told], commit_id=f"e-{number}", at=after(number / 10), actor="anna")
    store.advance(after(until), at=after(until), actor="anna")
    return store


def migration(store: Store, lines: tuple[Line, ...] = LINES) -> Plan:
    """A plan that carries everybody over, counted by the model in memory."""
    before = program()
    now = replace(before, lifecycles=NEXT.digest)
    plan = plan_from(store.read(), update(before, now))
    change = MigrationChange(
        program="grow",
        lifecycle="match",
        old=DEFINITION.digest,
        new=NEXT.digest,
        lines=lines,
        reason="quiet is resting",
    )
    counts = [0] * len(lines)
    for instance in store.instances():
        facts = dict(instance.facts)
        if instance.state == "active" and lines is LINES:
            counts[0 if not facts.get("meetings") and not facts.get("warm") else 1] += 1
        elif instance.state in ("active", "proposed", "quiet"):
            place = [line.old for line in lines].index(instance.state) if lines is LINES else 0
            counts[place] += 1
    census = tuple(
        Moved(old=line.old, to=line.to, when=line.when, count=count)
        for line, count in zip(lines, counts, strict=True)
        if count
    )
    text = DefinitionText(program="grow", digest=NEXT.digest, text=NEXT.text)
    return replace(plan, definitions=(text,), migrations=(replace(change, census=census),))


def told(store: Store) -> tuple[object, ...]:
    """All that a store says; the lines of one migration have no order among themselves."""
    log = [row.line for row in store.log()]
    carried = sorted((line for line in log if line.event == "migrated"), key=lambda line: str(line.address))
    return (
        tuple(instance for instance in store.instances() if instance.address.kind),
        store.timers(),
        tuple(line for line in log if line.event != "migrated"),
        tuple(carried),
        store.census(),
    )


FACTS = st.lists(
    st.fixed_dictionaries({}, optional={"meetings": st.integers(0, 2), "warm": st.booleans()}),
    min_size=MATCHES, max_size=MATCHES,
)  # fmt: skip
DAYS = st.lists(st.integers(0, 2), min_size=MATCHES, max_size=MATCHES)
SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def check(made: Store, days: list[int], facts: list[dict[str, bool | int]], until: int) -> None:
    """Both ways end alike."""
    stores = [living(one, days, facts, until) for one in (made, MemoryStore(WORKSPACE))]
    for store in stores:
        store.apply(migration(store), apply_id="m-1", at=after(until + 1), actor="anna", new_lineage="x")
        store.advance(after(60), at=after(60), actor="anna")
    assert told(stores[0]) == told(stores[1])


@given(days=DAYS, facts=FACTS, until=st.sampled_from([10, 25]))
@settings(SETTINGS, max_examples=15)
def test_in_sqlite(
    tmp_path_factory: pytest.TempPathFactory, days: list[int], facts: list[dict[str, bool | int]], until: int
) -> None:
    """States, definitions, revisions, timers and the log, and what time brings afterwards."""
    path = tmp_path_factory.mktemp("carry") / "state.db"
    check(SqliteStore(path, workspace=WORKSPACE, lock_timeout=20), days, facts, until)


@given(days=DAYS, facts=FACTS, until=st.sampled_from([10, 25]))
@settings(SETTINGS, max_examples=6)
def test_in_postgresql(
    request: pytest.FixtureRequest, days: list[int], facts: list[dict[str, bool | int]], until: int
) -> None:
    """The same on the other database."""
    address = request.getfixturevalue("postgresql").fresh_schema()
    check(PostgresStore(address, workspace=WORKSPACE, lock_timeout=20), days, facts, until)


def test_the_way_of_sets_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The migration above does go the way of sets, so that the tests above compare two ways."""
    taken: list[object] = []
    really = sql_store.carry  # type: ignore[attr-defined]
    monkeypatch.setattr(sql_store, "carry", lambda *a, **k: taken.append(really(*a, **k)))
    store = living(SqliteStore(tmp_path / "x.db", workspace=WORKSPACE, lock_timeout=5), [1, 1, 0, 0, 0, 0], [{}] * 6)

    store.apply(migration(store), apply_id="m-1", at=after(11), actor="anna", new_lineage="x")

    assert taken == [MATCHES]


def test_who_would_be_left_behind_stops_it(tmp_path: Path) -> None:
    """A count that is not the plan's, a state without a line or a broken promise stops all of it."""
    store = living(SqliteStore(tmp_path / "x.db", workspace=WORKSPACE, lock_timeout=5), [1, 0, 0, 0, 0, 0], [{}] * 6)
    before = told(store)
    plan = migration(store)
    (change,) = plan.migrations
    more = replace(change, census=tuple(replace(m, count=m.count + 1) for m in change.census))
    stranding = migration(store, LINES[1:2])
    breaking = migration(store, (Line(old="active", to="active"), Line(old="proposed", to="active"), LINES[3]))

    for bad in (replace(plan, migrations=(more,)), stranding, breaking):
        with pytest.raises(StalePlan, match="it would be"):
            store.apply(bad, apply_id="m-1", at=after(11), actor="anna", new_lineage="x")
    assert told(store) == before
