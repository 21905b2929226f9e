"""An advance that is killed in the middle: nothing is lost, nothing happens twice, and the next one goes on."""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import mentorctl
from mentorctl.state.model import empty_snapshot
from mentorctl.store.base import Store
from mentorctl.store.memory import MemoryStore
from mentorctl.store.postgres import PostgresStore
from mentorctl.store.sqlite import SqliteStore

from .examples import AT, WORKSPACE
from .living import after, first_plan, said

CHILD = """
import os, pickle, sqlite3, sys
from functools import partial
kind, place, prefix, count, worth, to, chunk = pickle.load(sys.stdin.buffer)
from mentorctl.store import bulk
bulk.WORTH_IT = worth
left = [count]
def strike(statement):
    if " ".join(str(statement).split()).startswith(prefix):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), 9)
if kind == "sqlite":
    from pathlib import Path
    from mentorctl.store.sqlite import SqliteStore
    class Watched(sqlite3.Connection):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            self.set_trace_callback(strike)
    vars(sqlite3)["connect"] = partial(sqlite3.connect, factory=Watched)
    store = SqliteStore(Path(place), workspace="acme", lock_timeout=20)
else:
    import psycopg
    from mentorctl.store.postgres import PostgresStore
    def dying(method):
        def run(self, query, *rest, **options):
            strike(query)
            return method(self, query, *rest, **options)
        return run
    for name in ("execute", "executemany", "copy"):
        setattr(psycopg.Cursor, name, dying(getattr(psycopg.Cursor, name)))
    store = PostgresStore(place, workspace="acme", lock_timeout=20)
store.advance(to, at=to, actor="time", chunk=chunk)
"""

type Open = Callable[[], Store]


def begin(store: Store) -> Store:
    """Six matches, of which two began."""
    plan = first_plan(empty_snapshot(WORKSPACE), matches=6)
    store.apply(plan, apply_id="a-1", at=AT, actor="anna", new_lineage="lineage-1")
    happenings = [said(1, "begin", agreed=True), said(2, "begin", agreed=True, meetings=1)]
    store.record(happenings, commit_id="e-1", at=AT, actor="anna")
    return store


def everything(store: Store) -> tuple[object, ...]:
    return (
        tuple(replace(instance, revision=0) for instance in store.instances()),
        store.timers(),
        tuple(replace(row.line, recorded=AT) for row in store.log()),
        tuple(message for _, message in store.outbox()),
    )


def killed(kind: str, place: str, point: str, count: int, *, worth: int, chunk: int) -> int:
    """Advance in a process of its own that kills itself before the nth statement that begins so; how it ended."""
    folders = (Path(mentorctl.__file__).parent.parent, Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=pickle.dumps((kind, place, point, count, worth, after(90), chunk)),
        env={"PYTHONPATH": os.pathsep.join(map(str, folders)), "PATH": os.environ["PATH"]},
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    assert done.returncode in (-signal.SIGKILL, 0), done.stderr.decode()
    return done.returncode


POINTS = {
    "sqlite": ["INSERT INTO events", "UPDATE instances", "DELETE FROM timers", "UPDATE head", "COMMIT"],
    "postgresql": ["COPY events", "UPDATE instances", "UPDATE head", "COMMIT"],
}


@pytest.mark.parametrize("worth", [1, 10_000], ids=["sweep", "one by one"])
@pytest.mark.parametrize(("kind", "point"), [(kind, point) for kind, points in POINTS.items() for point in points])
def test_an_advance_that_is_killed_goes_on(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, point: str, worth: int
) -> None:
    """Killed at a named point of its second commit, and again and again, it ends as one that nobody disturbed."""
    if kind == "sqlite":
        place = str(tmp_path / "state.db")
        made: Any = lambda: SqliteStore(Path(place), workspace=WORKSPACE, lock_timeout=20)  # noqa: E731 - one of two
    else:
        place = request.getfixturevalue("postgresql").fresh_schema()
        made = lambda: PostgresStore(place, workspace=WORKSPACE, lock_timeout=20)  # noqa: E731 - one of two
    begin(made())
    undisturbed = begin(MemoryStore(WORKSPACE))
    undisturbed.advance(after(90), at=after(90), actor="time")

    first = killed(kind, place, point, 2, worth=worth, chunk=3)
    serial = made().read().serial
    made().advance(after(90), at=after(90), actor="time", chunk=3)

    assert first == -signal.SIGKILL
    assert serial >= 2
    assert everything(made()) == everything(undisturbed)
    commits = made().commits()
    assert [commit.serial for commit in commits] == list(range(1, len(commits) + 1))
