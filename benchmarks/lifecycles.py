"""Lifecycles against named peers: single steps, memory, and a million live instances in SQLite and PostgreSQL.

    python benchmarks/lifecycles.py [--quick] [--json FILE]

Needs the project's runtime dependencies; peers are installed into `.bench/` of the checkout. PostgreSQL is measured where
psycopg and a server's programs are installed: a private server is started and removed. See README.md beside this.
"""

import argparse
import gc
import importlib
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT / ".bench"
PEERS = ("transitions==0.9.3", "python-statemachine", "xstate-statemachine")
GOALS = {
    "step_ratio": 1.10,
    "bytes_per_instance": 120.0,
    "sweep_idle_ms": 2.0,
    "fire_100k_s": 5.0,
    "migrate_1m_s": 2.0,
    "simulate_10k_s": 30.0,
}
AT = datetime(2027, 2, 1, 9, 30, tzinfo=UTC)
WORKSPACE = "acme"
START = 1000  # the number of the first instance that is made by SQL

type Figures = dict[str, float]

STATES = ("applied", "eligible", "training", "ready", "matched", "active", "paused", "completed", "withdrawn")
FINAL = frozenset({"completed", "withdrawn"})
STEPS = (
    ("screen", "applied", "eligible"), ("start_training", "eligible", "training"),
    ("complete_training", "training", "ready"), ("match", "ready", "matched"), ("decline", "matched", "ready"),
    ("accept", "matched", "active"), ("pause", "active", "paused"), ("resume", "paused", "active"),
    ("complete", "active", "completed"), ("withdraw", "ready", "withdrawn"), ("withdraw", "active", "withdrawn"),
)  # fmt: skip


def main() -> int:
    """Measure everything and print the table; `--peer NAME` is what runs in the environment of the peers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the instances; the figures are rougher")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write figures and context as JSON")
    parser.add_argument("--peer", choices=PEER_JOBS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.peer:
        print(json.dumps(PEER_JOBS[chosen.peer]()))
        return 0
    sys.path.insert(0, str(ROOT / "engine"))
    figures, context = measure(quick=chosen.quick)
    print_table(figures, context)
    if chosen.json:
        chosen.json.write_text(json.dumps({"figures": figures, "context": context}, indent=2) + "\n", encoding="utf-8")
    return 0


def measure(*, quick: bool) -> tuple[Figures, dict[str, Any]]:
    """All figures, and what they were measured on."""
    size = 100_000 if quick else 1_000_000
    say("single steps")
    figures = measure_steps(20_000 if quick else 100_000)
    peers = measure_peers()
    with stores(size) as opened:
        for name, store in opened:
            prefix = "" if name == "sqlite" else f"{name}_"
            say(f"{size:,} instances in {name}")
            figures |= {f"{prefix}{figure}": value for figure, value in measure_store(store, size).items()}
    figures |= measure_simulation()
    context = {
        "instances": size,
        "quick": quick,
        "peers": peers,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "cpu_count": len(os.sched_getaffinity(0)),
        "load_average": os.getloadavg()[0],
    }
    return figures, context


def say(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


# -- one step, and the peers -------------------------------------------------------------------------------------------


def measure_steps(count: int) -> Figures:
    """From the value of an event to the value of its outcome, beside the bare library; they take turns."""
    from transitions import Machine

    from mentorctl.lifecycle.machine import Stepper

    stepper = Stepper(match_lifecycle())
    machine = Machine(
        model=None,
        states=list(STATES),
        transitions=[{"trigger": event, "source": a, "dest": b} for event, a, b in STEPS],
        initial="applied",
        auto_transitions=False,
    )
    plain = Stepper(step_lifecycle())
    events = {name: machine.events[name].trigger for name in ("match", "decline")}

    class Row:
        __slots__ = ("state",)

        def __init__(self, state: str) -> None:
            self.state = state

    facts: dict[str, bool] = {}

    def ours() -> None:
        for _ in range(count // 2):
            plain.step("ready", "match", facts)
            plain.step("matched", "decline", facts)

    def bare() -> None:
        for _ in range(count // 2):
            row = Row("ready")
            events["match"](row)
            row = Row("matched")
            events["decline"](row)

    def guarded() -> None:
        for _ in range(count):
            stepper.step("proposed", "begin", {"agreed": True})

    times = turns({"ours": ours, "bare": bare, "guarded": guarded}, 7)
    return {
        "step_ratio": times["ours"] / times["bare"],
        "steps_per_s": count / times["ours"],
        "bare_steps_per_s": count / times["bare"],
        "guarded_steps_per_s": count / times["guarded"],
    }


def turns(jobs: Mapping[str, Callable[[], None]], times: int) -> dict[str, float]:
    """The median processor time of each job; a first turn is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(times + 1):
        for name, job in jobs.items():
            began = time.process_time()
            job()
            if turn:
                taken[name].append(time.process_time() - began)
    return {name: median(seconds) for name, seconds in taken.items()}


def measure_peers() -> dict[str, Any]:
    """Steps a second and bytes an instance of the peers, each in a process of its own."""
    folder = BENCH / "lifecycle-peers"
    python, done = folder / "bin" / "python", folder / "installed"
    wanted = " ".join((*PEERS, platform.python_version()))
    if not done.is_file() or done.read_text(encoding="utf-8") != wanted:
        say("installing the peers into .bench/lifecycle-peers")
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *PEERS], check=True)
        done.write_text(wanted, encoding="utf-8")
    found = {}
    for name in PEER_JOBS:
        say(f"peer: {name}")
        ran = subprocess.run([python, __file__, "--peer", name], capture_output=True, text=True, check=False)
        found[name] = json.loads(ran.stdout) if ran.returncode == 0 else {"error": ran.stderr.strip()[-200:]}
    return found


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _of_peer(make: Callable[[], Any], step: Callable[[Any, str], Any], instances: int, steps: int) -> Figures:
    """What one peer takes: `make` gives an instance that is ready, `step` lets an event happen to it."""
    one = make()
    began = time.process_time()
    for _ in range(steps // 2):
        step(one, "match")
        step(one, "decline")
    taken = time.process_time() - began
    gc.collect()
    before = _resident()
    kept = [make() for _ in range(instances)]
    gc.collect()
    return {"steps_per_s": steps / taken, "bytes_per_instance": (_resident() - before) / len(kept)}


def peer_transitions() -> Figures:
    """A model per instance, as its README shows."""
    machine_class = importlib.import_module("transitions").Machine
    machine = machine_class(
        model=None,
        states=list(STATES),
        transitions=[{"trigger": event, "source": a, "dest": b} for event, a, b in STEPS],
        initial="applied",
        auto_transitions=False,
    )

    class Model:
        pass

    def make() -> Any:
        model = Model()
        machine.add_model(model, initial="ready")
        return model

    return _of_peer(make, lambda model, event: getattr(model, event)(), 5_000, 20_000)


def peer_statemachine() -> Figures:
    """A machine per instance; its class is made from the same table."""
    library = importlib.import_module("statemachine")
    states = {name: library.State(initial=name == "applied", final=name in FINAL) for name in STATES}
    body: dict[str, Any] = dict(states)
    for event in dict.fromkeys(event for event, _, _ in STEPS):
        ways = [states[a].to(states[b]) for name, a, b in STEPS if name == event]
        body[f"do_{event}"] = ways[0] if len(ways) == 1 else ways[0] | ways[1]
    machine = type(library.StateMachine)("Enrollment", (library.StateMachine,), body)

    def make() -> Any:
        return machine(start_value="ready")

    return _of_peer(make, lambda one, event: one.send(f"do_{event}"), 1_000, 4_000)


def peer_xstate() -> Figures:
    """An interpreter per instance."""
    library = importlib.import_module("xstate_statemachine")
    config: dict[str, Any] = {"id": "enrollment", "initial": "ready", "context": {}, "states": {}}
    for name in STATES:
        config["states"][name] = {"type": "final"} if name in FINAL else {"on": {}}
    for event, a, b in STEPS:
        config["states"][a]["on"][event] = b
    machine = library.create_machine(config)
    return _of_peer(lambda: library.SyncInterpreter(machine).start(), lambda one, event: one.send(event), 1_000, 10_000)


def peer_dictionary() -> Figures:
    """A dictionary, without guards, log, time or anything: the floor of any step in Python."""
    table = {(a, event): b for event, a, b in STEPS}

    def step(one: dict[str, str], event: str) -> None:
        one["state"] = table[one["state"], event]

    return _of_peer(lambda: {"state": "ready"}, step, 100_000, 1_000_000)


PEER_JOBS: dict[str, Callable[[], Figures]] = {
    "transitions": peer_transitions,
    "python-statemachine": peer_statemachine,
    "xstate-statemachine": peer_xstate,
    "dictionary": peer_dictionary,
}


# -- the program that is measured --------------------------------------------------------------------------------------


def step_lifecycle() -> Any:
    """The lifecycle of the peers, ours."""
    from mentorctl.lifecycle.model import Ending, Lifecycle, State, Transition

    return Lifecycle(
        name="enrollment",
        initial="applied",
        facts=(),
        states=tuple(
            State(id=name, meaning="", ending=Ending.NEUTRAL if name in FINAL else None) for name in sorted(STATES)
        ),
        transitions=tuple(Transition(event=event, source=a, target=b) for event, a, b in STEPS),
    )


def match_lifecycle() -> Any:
    """Matches that are offered and run out; a guard over facts stands before the beginning and before the end."""
    from mentorctl.dates.durations import parse_duration
    from mentorctl.lifecycle.model import Ending, Fact, Lifecycle, State, TimerKind, TimerRule, Transition
    from mentorctl.rules.expressions.types import BOOL, NUMBER

    ends = {"ended": Ending.NEUTRAL, "expired": Ending.FAILURE}
    return Lifecycle(
        name="match",
        initial="proposed",
        facts=(Fact(name="agreed", type=BOOL), Fact(name="meetings", type=NUMBER)),
        states=tuple(State(id=s, meaning="", ending=ends.get(s)) for s in ("active", "ended", "expired", "proposed")),
        transitions=(
            Transition(event="begin", source="proposed", target="active", when="agreed"),
            Transition(event="end", source="active", target="ended"),
            Transition(event="expire", source="proposed", target="expired", when="!agreed && meetings < 3"),
        ),
        timers=(
            TimerRule(
                id="expiry", kind=TimerKind.DEADLINE, arms=("proposed",), during=("proposed",),
                after=parse_duration("14d"), event="expire",
            ),
        ),
    )  # fmt: skip


def definition() -> Any:
    from mentorctl.dates.timeline import TimelineRules
    from mentorctl.dates.workdays import DayCount
    from mentorctl.lifecycle.definition import CohortDates, Definition
    from mentorctl.lifecycle.model import Ending, Lifecycle, State, Transition

    program = Lifecycle(
        name="program",
        initial="open",
        facts=(),
        states=(State(id="closed", meaning="", ending=Ending.NEUTRAL), State(id="open", meaning="")),
        transitions=(Transition(event="close", source="open", target="closed"),),
    )
    return Definition(
        program="grow", name="Grow", owner="people", zone="Europe/Berlin", days=DayCount(), rules=TimelineRules(),
        phases=(), cohorts=(CohortDates(id="spring", starts=date(2027, 1, 11), phases=()),),
        lifecycles=(match_lifecycle(), program),
    )  # fmt: skip


def first_plan() -> Any:
    """The plan that begins the program, with one match that all others are copies of."""
    from mentorctl.addresses import Address
    from mentorctl.plan.model import Action, Change, DefinitionText, Impact, Plan
    from mentorctl.state.model import MatchRecord, ProgramRecord, members

    lives = definition()
    records = (
        ProgramRecord(
            address=Address(program="grow"), name="Grow", owner="people", state="open", definition="sha256:00",
            lifecycles=lives.digest, matching_rules="sha256:00",
        ),
        MatchRecord(
            address=Address(program="grow", cohort="spring", kind="match", id="m0"),
            members=members(["p0"], ["q0"]), subject="", state="proposed", score=70, terms=(),
        ),
    )  # fmt: skip
    changes = tuple(
        Change(action=Action.CREATE, address=r.address, before=None, after=r, impact=Impact.NONE, reason="begins")
        for r in records
    )
    return Plan(
        workspace=WORKSPACE, lineage="", serial=0, as_of="2027-02-01", inputs="", changes=changes, matchings=(),
        schedules=(), notices=(), digest="sha256:first",
        definitions=(DefinitionText(program="grow", digest=lives.digest, text=lives.text),),
    )  # fmt: skip


# -- a million instances -----------------------------------------------------------------------------------------------


class Opened:
    """A store and a way to run SQL behind its back."""

    def __init__(self, store: Any, connect: Callable[[], Any], mark: str) -> None:
        self.store = store
        self._connect = connect
        self._mark = mark

    @contextmanager
    def raw(self) -> Iterator[Callable[..., Any]]:
        """Runs statements in one transaction."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN")
            yield lambda text, values=(): connection.execute(text.replace("?", self._mark), values)
            connection.execute("COMMIT")

    def insert(self, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
        with closing(self._connect()) as connection:
            connection.execute("BEGIN")
            if self._mark == "?":
                places = ", ".join("?" * (columns.count(",") + 1))
                connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
            else:
                with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            connection.execute("COMMIT")

    def size_of(self, *tables: str) -> int:
        """The bytes of some tables without their indexes."""
        with self.raw() as run:
            if self._mark == "?":
                return sum(run("SELECT sum(pgsize) FROM dbstat WHERE name = ?", (t,)).fetchone()[0] for t in tables)
            return sum(run("SELECT pg_relation_size(to_regclass(?))", (t,)).fetchone()[0] for t in tables)


@contextmanager
def stores(size: int) -> Iterator[list[tuple[str, Opened]]]:
    """SQLite in a file, and PostgreSQL where it can be started."""
    from mentorctl.store.sqlite import SqliteStore

    folder = BENCH / "lifecycles"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = folder / "state.db"
    sqlite = Opened(
        SqliteStore(path, workspace=WORKSPACE, lock_timeout=60),
        lambda: sqlite3.connect(path, isolation_level=None),
        "?",
    )
    with server() as address:
        opened = [("sqlite", sqlite)]
        if address:
            psycopg = importlib.import_module("psycopg")
            from mentorctl.store.postgres import PostgresStore

            store = PostgresStore(address, workspace=WORKSPACE, lock_timeout=60)
            opened.append(("postgresql", Opened(store, lambda: psycopg.connect(address, autocommit=True), "%s")))
        for name, one in opened:
            say(f"filling {name}")
            fill(one, size)
        yield opened
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """The address of a private server, as the tests start it, or nothing where there is none."""
    sys.path.insert(0, str(ROOT / "tests"))
    try:
        from unit.store.server import running, server_binaries

        importlib.import_module("psycopg")
        is_there = server_binaries() is not None
    except ImportError:
        is_there = False
    with running() if is_there else nullcontext() as started:
        yield started.address() if started else ""


def fill(opened: Opened, size: int) -> None:
    """Copies of the one match, each with a timer in the far future, put there by SQL."""
    opened.store.apply(first_plan(), apply_id="a-1", at=AT, actor="bench", new_lineage="lineage-1")
    with opened.raw() as run:
        ((place, body),) = run(
            "SELECT i.place, r.body FROM instances i JOIN records r ON r.id = i.id WHERE r.kind = 'match'"
        ).fetchall()
        ((timer,),) = run("SELECT id FROM timer_names WHERE name = 'expiry'").fetchall()
        ((digest,),) = run("SELECT state_digest FROM head").fetchall()
    entered, total = int(AT.timestamp()), int(digest.partition(":")[2], 16)
    far = entered + 10**8

    def records() -> Iterator[tuple[Any, ...]]:
        nonlocal total
        for n in range(START, START + size):
            address = f"grow/spring/match/m{n:014x}"
            text = body.replace("grow/spring/match/m0", address).replace('"p0"', f'"p{n}"').replace('"q0"', f'"q{n}"')
            total += int.from_bytes(sha256(f"{address} match {text}".encode()).digest())
            yield n, address, "match", "", text

    numbers = range(START, START + size)
    opened.insert("records", "id, address, kind, parent, body", records())
    opened.insert(
        "instances",
        "id, place, entry, revision, entered, facts, incident",
        ((n, place, 1, 1, entered, '{"meetings":1}', "") for n in numbers),
    )
    opened.insert(
        "timers",
        "instance, timer, due, since, entry, occurrence",
        ((n, timer, far + n, entered, 1, 1) for n in numbers),
    )
    with opened.raw() as run:
        run("UPDATE head SET state_digest = ?", (f"sum256:{total % 2**256:064x}",))
    with closing(opened._connect()) as connection:  # noqa: SLF001 - statistics, as the servers keep them by themselves
        connection.execute("ANALYZE")


def measure_store(opened: Opened, size: int) -> Figures:
    """Bytes, sweeps, single events, and every instance carried over, each beside the same in plain SQL."""
    figures = {"bytes_per_instance": opened.size_of("instances", "timers") / size}
    now = AT + timedelta(days=1)
    opened.store.advance(now, at=now, actor="bench")
    figures["sweep_idle_ms"] = 1000 * median(timed(lambda: opened.store.advance(now, at=now, actor="bench"), 15))
    first = START
    for name, share in (("fire_3k_s", 3_000 / 1_000_000), ("fire_100k_s", 0.1)):
        due = max(1, round(size * share))
        now += timedelta(days=1)
        make_due(opened, first, due, int(now.timestamp()) - 3600)
        began = time.process_time()
        figures[name] = timed(lambda at=now: opened.store.advance(at, at=at, actor="bench"), 1)[0]
        figures[f"{name.removesuffix('_s')}_processor_s"] = time.process_time() - began
        figures[f"{name.removesuffix('_s')}_floor_s"] = fire_in_sql(opened, first, due)
        first += due
    figures |= measure_events(opened, first + size // 10, now)
    figures |= carry_over(opened)
    return figures


def timed(job: Callable[[], Any], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        job()
        taken.append(time.perf_counter() - began)
    return taken


def make_due(opened: Opened, first: int, count: int, when: int) -> None:
    with opened.raw() as run:
        run(
            "UPDATE timers SET due = ? + instance - ? WHERE instance >= ? AND instance < ?",
            (when - count, first, first, first + count),
        )


def fire_in_sql(opened: Opened, first: int, count: int) -> float:
    """The floor: the same rows moved and logged in plain SQL, without guards, order or keys, and undone again."""
    with closing(opened._connect()) as connection:  # noqa: SLF001 - undone, so not through `raw`
        began = time.perf_counter()
        connection.execute("BEGIN")
        where = f"id >= {first} AND id < {first + count}"
        logged = (
            "INSERT INTO events (seq, serial, address, event, occurred, recorded, actor, state_before, state_after, entry,"
            " definition, facts, learned, effects, key, note) SELECT (SELECT max(seq) FROM events) + r.id, 1, r.address,"
            " 'expire', 0, 0, 'time', 'proposed', 'expired', 2, 'sha256:0', '{}', '{}', '[]', 'floor-' || r.id, 'expiry'"
            f" FROM records r WHERE r.id >= {first} AND r.id < {first + count}"
        )
        for statement in (
            f"UPDATE instances SET place = place + 0, entry = entry + 1, revision = revision + 1 WHERE {where}",
            f"DELETE FROM timers WHERE instance >= {first} AND instance < {first + count}",
            logged,
        ):
            connection.execute(statement)
        taken = time.perf_counter() - began
        connection.execute("ROLLBACK")
    return taken


def measure_events(opened: Opened, first: int, now: datetime) -> Figures:
    """Single events, one transaction each and a thousand in one."""
    from mentorctl.addresses import Address
    from mentorctl.state.live import Happening

    def happenings(start: int, count: int) -> list[Any]:
        return [
            Happening(
                address=Address(program="grow", cohort="spring", kind="match", id=f"m{n:014x}"),
                event="begin",
                facts=(("agreed", True),),
            )
            for n in range(start, start + count)
        ]

    singles = happenings(first, 100)
    began = time.perf_counter()
    for number, one in enumerate(singles):
        opened.store.record([one], commit_id=f"single-{number}", at=now, actor="bench")
    alone = time.perf_counter() - began
    many = happenings(first + 100, 1000)
    began = time.perf_counter()
    opened.store.record(many, commit_id="many", at=now, actor="bench")
    together = time.perf_counter() - began
    return {"events_per_s": len(singles) / alone, "events_in_bulk_per_s": len(many) / together}


def carry_over(opened: Opened) -> Figures:
    """Every instance goes on under another definition, counted and checked; with and without its line in the log.

    Nothing of it is committed. The floor is one bare UPDATE.
    """
    from mentorctl.lifecycle.migration import Line, MigrationChange, Moved
    from mentorctl.lifecycle.model import State
    from mentorctl.store import carrying

    old = definition()
    match = old.lifecycle("match")
    states = (
        *(s for s in match.states if s.id != "proposed"),
        State(id="offered", meaning="", invariant="meetings < 9"),
    )
    following = replace(
        match,
        initial="offered",
        states=tuple(sorted(states, key=lambda state: state.id)),
        transitions=tuple(replace(t, source=_renamed(t.source)) for t in match.transitions),
        timers=tuple(replace(t, arms=("offered",), during=("offered",)) for t in match.timers),
    )
    new = replace(old, lifecycles=(following, old.lifecycle("program")))
    counts = {c.state: c.count for c in opened.store.census() if c.lifecycle == "match"}
    lines = tuple(Line(old=state, to=_renamed(state)) for state in ("active", "proposed"))
    census = tuple(
        Moved(old=line.old, to=line.to, when="", count=counts[line.old]) for line in lines if counts.get(line.old)
    )
    change = MigrationChange(
        program="grow", lifecycle="match", old=old.digest, new=new.digest, lines=lines, census=census
    )

    def task(database: Any, _written: bool) -> tuple[tuple[float, float], None]:
        began, used = time.perf_counter(), time.process_time()
        way = carrying.carrying(database, change, old, new)
        assert way is not None
        carrying.carry(database, way, serial=2, at=AT, actor="bench")
        return (time.perf_counter() - began, time.process_time() - used), None

    figures = {"migrate_1m_with_log_s": opened.store._committed(task, at=AT, actor="bench")[0]}  # noqa: SLF001
    log, carrying._log = carrying._log, lambda *_: None  # noqa: SLF001 - what the log costs is a figure of its own
    try:
        wall, processor = opened.store._committed(task, at=AT, actor="bench")  # noqa: SLF001
        figures |= {"migrate_1m_s": wall, "migrate_1m_processor_s": processor}
    finally:
        carrying._log = log  # noqa: SLF001
    with closing(opened._connect()) as connection:  # noqa: SLF001 - undone, so not through `raw`
        began = time.perf_counter()
        connection.execute("BEGIN")
        connection.execute("UPDATE instances SET place = place + 0, revision = revision + 1")
        figures["migrate_1m_floor_s"] = time.perf_counter() - began
        connection.execute("ROLLBACK")
    return figures


def _renamed(state: str) -> str:
    return "offered" if state == "proposed" else state


# -- simulation --------------------------------------------------------------------------------------------------------


def measure_simulation() -> Figures:
    """The simulation of ten thousand people over a year, as its own script measures it; nothing where that is missing."""
    try:
        simulation = importlib.import_module("simulation")
    except ImportError:
        return {}
    say("simulating 10,000 people")
    return {"simulate_10k_s": float(simulation.simulate_10k_s())}


# -- the table ---------------------------------------------------------------------------------------------------------


def print_table(figures: Figures, context: Mapping[str, Any]) -> None:
    print(f"{'figure':<32}{'measured':>14}  goal")
    for name, figure in figures.items():
        goal = GOALS.get(name)
        note = "" if goal is None else f"at most {goal:g}{'' if figure <= goal else '   MISSED'}"
        print(f"{name:<32}{figure:>14,.4g}  {note}".rstrip())
    print()
    for name, found in context["peers"].items():
        shown = ", ".join(f"{key.replace('_', ' ')} {value:,.0f}" for key, value in found.items() if key != "error")
        print(f"{name:<32}{shown or found['error']}")
    print(f"{context['instances']:,} instances; {context['cpu_count']} cores, Python {context['python']}, "
          f"SQLite {context['sqlite']}, load {context['load_average']:.1f}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
