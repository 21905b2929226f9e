"""Timers by the thousand and timers one by one: whatever the world, both leave the same log, state and outbox."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.store.examples import AT, WORKSPACE
from unit.store.living import after, first_plan, match_address, said

from mentorctl.state.live import FactValue, Happening
from mentorctl.state.model import empty_snapshot
from mentorctl.store import bulk, sql_store
from mentorctl.store.base import Store
from mentorctl.store.memory import MemoryStore
from mentorctl.store.postgres import PostgresStore
from mentorctl.store.sqlite import SqliteStore

MATCHES = 8


@dataclass(frozen=True)
class World:
    """What people did on which day, and the days to which time is brought."""

    happenings: tuple[tuple[int, Happening], ...]
    stops: tuple[float, ...]
    wall: float
    chunk: int


FACTS = st.fixed_dictionaries(
    {}, optional={"agreed": st.booleans(), "meetings": st.integers(0, 4), "warm": st.booleans()}
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Some matches begin, some facts are known, some are woken up again; time comes on in one to three steps."""
    made: list[tuple[int, Happening]] = []
    for number in range(1, MATCHES + 1):
        facts: dict[str, FactValue] = dict(draw(FACTS))
        day = draw(st.integers(0, 13))
        event = draw(st.sampled_from(["begin", "begin", "note", "end"]))
        made.append((day, replace(said(number, event), facts=tuple(sorted(facts.items())))))
        if draw(st.booleans()):
            made.append((draw(st.integers(day, 60)), said(number, draw(st.sampled_from(["wake", "note", "end"])))))
    stops = sorted(draw(st.lists(st.integers(1, 400), min_size=1, max_size=3, unique=True)))
    return World(
        happenings=tuple(sorted(made, key=lambda one: one[0])),
        stops=tuple(map(float, stops)),
        wall=draw(st.sampled_from([-1.0, 0.0, 2.0, 40.0])),
        chunk=draw(st.sampled_from([1, 3, 5000])),
    )


def live(store: Store, world: World) -> tuple[object, ...]:
    """Let a world happen to a store; all that it says afterwards."""
    store.apply(
        first_plan(empty_snapshot(WORKSPACE), matches=MATCHES),
        apply_id="a-1",
        at=AT,
        actor="anna",
        new_lineage="lineage-1",
    )
    waiting = list(world.happenings)
    fired = []
    for stop in (*world.stops,):
        while waiting and waiting[0][0] <= stop:
            day, happening = waiting.pop(0)
            store.advance(after(day), at=after(day), actor="anna", chunk=world.chunk)
            store.record([happening], commit_id=f"e-{len(waiting)}", at=after(day), actor="anna")
        advanced = store.advance(after(stop), at=after(stop + world.wall), actor="anna", chunk=world.chunk)
        fired.append(
            (advanced.fired, advanced.moved, advanced.refused, advanced.skipped, advanced.moves, advanced.told)
        )
    return (
        tuple(replace(instance, revision=0) for instance in store.instances()),
        store.timers(),
        tuple(row.line for row in store.log()),
        tuple(message for _, message in store.outbox()),
        fired,
    )


type Open = Callable[[], Store]


@pytest.fixture
def open_store(request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens a store that was never written, as often as it is asked."""
    numbers = count()
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        yield lambda: PostgresStore(server.fresh_schema(), workspace=WORKSPACE, lock_timeout=20)
    else:
        folder = request.getfixturevalue("tmp_path")
        yield lambda: SqliteStore(folder / f"{next(numbers)}.db", workspace=WORKSPACE, lock_timeout=20)


SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("open_store", ["sqlite"], indirect=True)
@given(world=worlds())
@settings(SETTINGS, max_examples=40)
def test_a_sweep_in_sqlite_is_what_single_firings_are(
    open_store: Open, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many timers are due, by whatever guards, late or ahead, in chunks or in one go."""
    monkeypatch.setattr(bulk, "WORTH_IT", 1)
    assert live(open_store(), world) == live(MemoryStore(WORKSPACE), world)


@pytest.mark.parametrize("open_store", ["postgresql"], indirect=True)
@given(world=worlds())
@settings(SETTINGS, max_examples=15)
def test_a_sweep_in_postgresql_is_what_single_firings_are(
    open_store: Open, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in SQLite, with guards decided by another database."""
    monkeypatch.setattr(bulk, "WORTH_IT", 1)
    assert live(open_store(), world) == live(MemoryStore(WORKSPACE), world)


def test_the_sweep_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The simple timers of this program do go the way of thousands, so that the tests above compare two ways."""
    taken: list[int] = []
    really = bulk.stretch

    def watched(*about: Any) -> Any:
        answer = really(*about)
        taken.append(len(answer[0].due) if answer[0] else 0)
        return answer

    monkeypatch.setattr(bulk, "WORTH_IT", 1)
    monkeypatch.setattr(sql_store, "stretch", watched)
    store = SqliteStore(tmp_path / "x.db", workspace=WORKSPACE, lock_timeout=5)
    plan = first_plan(empty_snapshot(WORKSPACE), matches=MATCHES)
    store.apply(plan, apply_id="a-1", at=AT, actor="anna", new_lineage="lineage-1")
    store.advance(after(20), at=after(20), actor="anna")

    assert sum(taken) == 2 * MATCHES
    assert {i.state for i in store.instances([match_address(n) for n in range(1, MATCHES + 1)])} == {"expired"}
    assert store.advance(AT + timedelta(days=30), at=after(30), actor="anna").fired == 0
