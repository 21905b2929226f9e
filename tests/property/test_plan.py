"""Plans of small random workspaces: applying leaves nothing to do, order means nothing, and a saved plan is read whole."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from mentorctl import pipeline
from mentorctl.optimize.engine import DirectEngine
from mentorctl.plan.codec import NotAPlan, plan_from_text, plan_to_text
from mentorctl.plan.model import Plan
from mentorctl.roster.people import Roster
from mentorctl.roster.table import Table
from mentorctl.sources.files import program_files, read_table, read_yaml_text
from mentorctl.state.model import MatchRecord, Snapshot
from mentorctl.store.memory import MemoryStore

EXAMPLES = Path(__file__).resolve().parents[2] / "programs" / "examples"
NAMES = ("grow", "civil-service", "reverse")
SEEDS = range(3)
PEOPLE = 10  # rows that are kept of each file
AT = datetime(2027, 1, 1, tzinfo=UTC)

type Row = Mapping[str, str]
type Files = tuple[tuple[str, tuple[Row, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Example:
    """A workspace of the examples and its rosters as rows."""

    loaded: pipeline.Loaded
    files: Files

    @property
    def days(self) -> tuple[date, ...]:
        """A day of enrolling, two of matching, and one when pairs meet."""
        timeline = self.loaded.programs[0].timelines[0][1]
        matching, active = timeline.phase("matching"), timeline.phase("active")
        assert matching is not None
        assert active is not None
        return (timeline.start, matching.start, matching.start + timedelta(days=1), active.start + timedelta(days=10))


@cache
def example(name: str) -> Example:
    """One of the examples, loaded once."""
    folder = EXAMPLES / name
    texts = [(path.name, read_yaml_text(path, shown=path.name)) for path in program_files(folder)]
    loaded = pipeline.load(("mentorctl.yaml", read_yaml_text(folder / "mentorctl.yaml", shown="mentorctl.yaml")), texts)
    assert loaded.workspace is not None
    assert loaded.programs
    files = []
    for source in loaded.workspace.contract.sources:
        table = read_table(folder / source.file, shown=source.file, delimiter=source.delimiter)
        files.append((source.file, tuple(dict(zip(table.header, row, strict=True)) for row in table.rows)))
    return Example(loaded=loaded, files=tuple(files))


# -- random rosters ----------------------------------------------------------------------------------------------------


def some_people(given: Example, rng: random.Random) -> Files:
    """A few rows of every file; a file of both roles keeps some of each."""
    files = []
    for file, rows in given.files:
        by_role: dict[str, list[Row]] = {}
        for row in rows:
            by_role.setdefault(row.get("role", ""), []).append(row)
        files.append((file, tuple(r for group in by_role.values() for r in rng.sample(group, min(PEOPLE, len(group))))))
    return tuple(files)


def mutated(given: Example, files: Files, rng: random.Random) -> Files:
    """Some people leave, some cells are blanked, padded or written in another case, and some swap their answers."""
    assert given.loaded.workspace is not None
    contract = given.loaded.workspace.contract
    free = [
        f.column
        for f in (*contract.fields, *contract.facts)
        if not f.required and f.type not in ("person", "ranking", "timezone")
    ]
    cased = [f.column for f in contract.fields if f.type in ("single", "multiple", "level")]
    changed = []
    for file, rows in files:
        kept = [dict(row) for row in rows if rng.random() > 0.1]
        for row in kept:
            for column in free:
                if column in row and rng.random() < 0.05:
                    row[column] = ""
                elif column in row and rng.random() < 0.05:
                    row[column] = rng.choice(rows)[column]
            for column in cased:
                if column in row and rng.random() < 0.2:
                    row[column] = f" {row[column].upper()} "
        changed.append((file, tuple(kept)))
    return agreeing(given, tuple(changed))


def agreeing(given: Example, files: Files) -> Files:
    """The rows without names of people who are not there, and with equal answers in both rows of one person."""
    assert given.loaded.workspace is not None
    contract = given.loaded.workspace.contract
    there = {row[contract.id_column] for _, rows in files for row in rows}
    naming = {f.column: f.separator for f in contract.fields if f.type in ("person", "ranking")}
    first: dict[str, Row] = {}
    made = []
    for file, rows in files:
        made.append(
            (
                file,
                tuple(
                    {
                        column: _known(cell, naming.get(column), there)
                        for column, cell in {
                            **row,
                            **{c: v for c, v in first.setdefault(row[contract.id_column], row).items() if c in row},
                        }.items()
                    }
                    for row in rows
                ),
            )
        )
    return tuple(made)


def _known(cell: str, separator: str | None, there: set[str]) -> str:
    if separator is None:
        return cell
    return separator.join(part for part in cell.split(separator) if part in there)


def shuffled(files: Files, rng: random.Random) -> Files:
    """The same rows with rows and columns in another order."""
    return tuple(
        (
            file,
            tuple(
                {column: row[column] for column in rng.sample(list(row), len(row))}
                for row in rng.sample(rows, len(rows))
            ),
        )
        for file, rows in files
    )


def people_of(given: Example, files: Files, rng: random.Random | None = None) -> Roster:
    """The roster of some rows; with `rng`, columns come in another order, the same for all rows of a file."""
    tables = []
    for file, rows in files:
        header = list(rows[0])
        if rng:
            rng.shuffle(header)
        cells = tuple(tuple(row[column] for column in header) for row in rows)
        tables.append(Table(file=file, header=tuple(header), rows=cells, lines=tuple(range(2, len(rows) + 2))))
    roster, findings = pipeline.read_people(given.loaded, tables)
    assert roster is not None, findings
    return roster


# -- planning ----------------------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Live:
    """The store of one example, and what planning and applying do to it."""

    given: Example
    store: MemoryStore
    applies: int = 0

    def plan(self, roster: Roster, day: date, snapshot: Snapshot | None = None) -> Plan:
        planned = pipeline.plan(
            self.given.loaded, roster, snapshot or self.store.read(), as_of=day, engine=DirectEngine()
        )
        assert planned.plan is not None, planned.findings
        return planned.plan

    def apply(self, plan: Plan) -> None:
        self.applies += 1
        pipeline.apply(plan, self.store, apply_id=f"a{self.applies}", at=AT, actor="anna", new_lineage="lineage-1")


def live_of(given: Example) -> Live:
    """A store that was never written."""
    assert given.loaded.workspace is not None
    return Live(given=given, store=MemoryStore(given.loaded.workspace.id))


def check_matches(live: Live) -> None:
    """No mentee has two matches that stand, and no two people are matched twice."""
    standing = [r for r in live.store.read().records if isinstance(r, MatchRecord) and r.state == "proposed"]
    assert len({p for m in standing for p in m.others}) == len(standing)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", SEEDS)
def test_applying_a_plan_leaves_nothing_to_do(name: str, seed: int) -> None:
    """Through all phases and with people who come, go and change, every second plan is empty."""
    rng, given = random.Random(f"{name} {seed}"), example(name)
    live, whole = live_of(given), some_people(given, rng)
    for day in given.days:
        for files in (mutated(given, whole, rng), agreeing(given, whole)):
            roster = people_of(given, files)
            live.apply(live.plan(roster, day))
            again = live.plan(roster, day)
            assert again.is_empty, [(c.reason, c.before, c.after) for c in again.changes[:3]]
            assert (again.consequences, again.digests, again.valid_until) == ((), (), "")
        check_matches(live)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_and_columns_means_nothing(name: str, seed: int) -> None:
    """The text of the plan is the same to the last byte, on a new store and on one with matches."""
    rng, given = random.Random(f"{seed} {name}"), example(name)
    live = live_of(given)
    first, second = (mutated(given, some_people(given, rng), rng) for _ in range(2))
    for files, day in ((first, given.days[1]), (second, given.days[2])):
        plan = live.plan(people_of(given, files), day)
        text = plan_to_text(plan)
        for _ in range(2):
            other = people_of(given, shuffled(files, rng), rng)
            assert plan_to_text(live.plan(other, day)) == text
        live.apply(plan)


@pytest.mark.parametrize("name", NAMES)
def test_reading_a_saved_plan_undoes_writing_it(name: str) -> None:
    """Plans with creations, updates, notices, matchings and schedules come back as they were."""
    rng, given = random.Random(name), example(name)
    live, whole = live_of(given), some_people(given, rng)
    for day in given.days:
        plan = live.plan(people_of(given, mutated(given, whole, rng)), day)
        text = plan_to_text(plan)
        assert plan_from_text(text) == plan
        assert plan_to_text(plan_from_text(text)) == text
        live.apply(plan_from_text(text))


@cache
def saved() -> bytes:
    """The text of a small plan with every kind of change."""
    rng, given = random.Random(1), example("reverse")
    live, whole = live_of(given), some_people(given, rng)
    few = tuple((file, tuple(rows[:2] + rows[-3:])) for file, rows in whole)
    live.apply(live.plan(people_of(given, agreeing(given, few)), given.days[1]))
    fewer = tuple((file, rows[1:]) for file, rows in few)
    return plan_to_text(live.plan(people_of(given, agreeing(given, fewer)), given.days[2])).encode()


def is_refused(data: bytes) -> bool:
    """Whether a file with this content is refused, as text or as a plan."""
    try:
        plan_from_text(data.decode())
    except (UnicodeDecodeError, NotAPlan):
        return True
    return False


FLIPS: Sequence[tuple[str, Callable[[int, random.Random], int]]] = (
    ("the lowest bit", lambda byte, _: byte ^ 1), ("the case bit", lambda byte, _: byte ^ 32),
    ("all bits", lambda byte, _: byte ^ 255), ("any other byte", lambda byte, rng: (byte + rng.randrange(1, 256)) % 256),
)  # fmt: skip


@pytest.mark.parametrize("flip", [f[1] for f in FLIPS], ids=[f[0] for f in FLIPS])
def test_a_flipped_byte_is_refused(flip: Callable[[int, random.Random], int]) -> None:
    """Wherever in the file, white space too."""
    data, rng = saved(), random.Random(3)
    assert not is_refused(data)
    for at in range(0, len(data), max(1, len(data) // 600)):
        changed = flip(data[at], rng)
        assert is_refused(data[:at] + bytes([changed]) + data[at + 1 :]), f"byte {at} of {data[at - 20 : at + 20]!r}"


def test_a_byte_too_many_or_too_few_is_refused() -> None:
    """Wherever one is put in or left out, white space too."""
    data, rng = saved(), random.Random(5)
    for at in rng.sample(range(len(data) - 1), 300):
        assert is_refused(data[:at] + data[at + 1 :]), f"without byte {at}"
        for more in (b"x", b" ", b"\n"):
            assert is_refused(data[:at] + more + data[at:]), f"with {more!r} before byte {at}"


def test_the_random_rosters_are_rosters() -> None:
    """The rows that these tests make are read without findings, and differ from each other."""
    given = example("grow")
    rng = random.Random(0)
    texts = set()
    for _ in range(5):
        files = mutated(given, some_people(given, rng), rng)
        people_of(given, files)
        texts.add(repr(files))
    assert len(texts) == 5
