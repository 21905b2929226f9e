"""SQLite: writers that are killed, starved or race each other leave the store as before or as after, never between."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import mentorctl
from mentorctl.plan.model import Plan
from mentorctl.state.model import Record, empty_snapshot
from mentorctl.store.base import Applied
from mentorctl.store.sqlite import SqliteStore
from mentorctl.store.sqlite_reader import SqliteReader

from .examples import AT, WORKSPACE, create, delete, match, plan_from, program, update

CHILD = Path(__file__).with_name("child.py")
ENGINE = Path(mentorctl.__file__).parent.parent

OLD = tuple(match(number) for number in range(60))
NEW = tuple(match(number, state="accepted", score=number) for number in range(30)) + OLD[31:]
ADDED = tuple(match(number) for number in range(100, 160))

type Job = tuple[str, Plan | None, str, str]


def run(*jobs: Job, race: bool = False) -> list[str]:
    """How each job ended: `applied 2`, `MC7004 …`, `killed 9`."""
    done = subprocess.run(
        [sys.executable, str(CHILD), *(["race"] if race else [])],
        input=pickle.dumps(list(jobs)),
        env={"PYTHONPATH": str(ENGINE), "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        check=True,
        timeout=60,
    )
    answers: list[str] = json.loads(done.stdout)
    return answers


@dataclass(frozen=True)
class Scene:
    """A store before an apply (or none), the plan, and what the records are before and after it."""

    base: Path | None
    plan: Plan
    before: tuple[Record, ...]
    after: tuple[Record, ...]

    @property
    def serial(self) -> int:
        return self.plan.serial

    def staged(self, folder: Path) -> Path:
        """A copy of the store in a folder of its own."""
        folder.mkdir()
        if self.base is not None:
            shutil.copyfile(self.base, folder / "state.db")
        return folder / "state.db"


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scene]:
    """The first apply, and a later one that creates, updates and deletes."""
    path = tmp_path_factory.mktemp("base") / "state.db"
    first = plan_from(empty_snapshot(WORKSPACE), create(program()), *(create(record) for record in OLD))
    apply(path, first, "a-1")
    later = plan_from(
        SqliteReader(path, workspace=WORKSPACE).read(),
        *(update(OLD[number], NEW[number]) for number in range(30)),
        delete(OLD[30]),
        *(create(record) for record in ADDED),
    )
    return {
        "first": Scene(base=None, plan=first, before=(), after=in_order(program(), *OLD)),
        "later": Scene(
            base=path, plan=later, before=in_order(program(), *OLD), after=in_order(program(), *NEW, *ADDED)
        ),
    }


def in_order(*records: Record) -> tuple[Record, ...]:
    """As a snapshot lists them."""
    return tuple(sorted(records, key=lambda record: record.address))


def apply(path: Path, plan: Plan, apply_id: str) -> Applied:
    """Apply in this process, without faults."""
    store = SqliteStore(path, workspace=WORKSPACE, lock_timeout=20)
    return store.apply(plan, apply_id=apply_id, at=AT, actor="anna", new_lineage="lineage-1")


def records_of(path: Path) -> tuple[Record, ...]:
    """What a reader sees."""
    return SqliteReader(path, workspace=WORKSPACE).read().records


def check_repeat(path: Path, scene: Scene, *, performed: bool) -> None:
    """The same apply tried again brings about, or confirms, the state after; everything is there once."""
    answer = apply(path, scene.plan, "a-x")

    assert (answer.serial, answer.already) == (scene.serial + 1, performed)
    reader = SqliteReader(path, workspace=WORKSPACE)
    assert reader.read().records == scene.after
    assert len(reader.commits()) == reader.read().serial == scene.serial + 1
    assert sum(row.serial == scene.serial + 1 for row in reader.log()) == len(scene.plan.changes)
    assert sorted(p.name for p in path.parent.iterdir()) == ["state.db", "state.db.lock"]


KILL_POINTS = {
    "first": [
        ("sql 1 CREATE TABLE head", False),
        ("sql 1 COMMIT", False),
        ("sql 1 INSERT INTO head", False),
        ("sql 31 INSERT INTO records", False),
        ("sql 1 UPDATE head", False),
        ("sql 2 COMMIT", False),
        ("event 1 os.rename", False),
        ("event 2 os.truncate", True),
    ],
    "later": [
        ("event 1 os.truncate", False),
        ("event 1 sqlite3.connect", False),
        ("sql 1 BEGIN IMMEDIATE", False),
        ("sql 1 SELECT r.address, r.kind, r.body", False),
        ("sql 20 UPDATE records", False),
        ("sql 1 DELETE FROM records", False),
        ("sql 60 INSERT INTO records", False),
        ("sql 20 UPDATE instances", False),
        ("sql 90 INSERT INTO members", False),
        ("sql 1 INSERT INTO commits", False),
        ("sql 50 INSERT INTO events", False),
        ("sql 1 UPDATE head", False),
        ("sql 1 COMMIT", False),
        ("event 2 os.truncate", True),
    ],
}


@pytest.mark.parametrize("name", KILL_POINTS)
def test_a_killed_writer_leaves_all_or_nothing(name: str, scenes: dict[str, Scene], tmp_path: Path) -> None:
    """Killed at any named point, the apply is undone or done as a whole, and can be repeated at once."""
    scene = scenes[name]
    paths = [scene.staged(tmp_path / str(number)) for number in range(len(KILL_POINTS[name]))]

    answers = run(
        *(
            (str(path), scene.plan, "a-x", f"kill {point}")
            for path, (point, _) in zip(paths, KILL_POINTS[name], strict=True)
        )
    )

    assert answers == ["killed 9"] * len(paths)
    for path, (point, performed) in zip(paths, KILL_POINTS[name], strict=True):
        assert records_of(path) == (scene.after if performed else scene.before), point
        assert path.exists() is (performed or scene.base is not None), point
        check_repeat(path, scene, performed=performed)


SIZES = [
    0,
    300,
    600,
    2000,
    4100,
    8200,
    12300,
    20480,
    28672,
    36864,
    45056,
    53248,
    61440,
    69632,
    77824,
    90112,
    1 << 20,
]


@pytest.mark.parametrize("name", ["first", "later"])
def test_a_write_that_kills_leaves_all_or_nothing(name: str, scenes: dict[str, Scene], tmp_path: Path) -> None:
    """Killed in the middle of any write to file or journal, the apply is undone when the store is next read."""
    scene = scenes[name]
    paths = [scene.staged(tmp_path / str(size)) for size in SIZES]

    answers = run(*((str(path), scene.plan, "a-x", f"kill size {path.parent.name}") for path in paths))

    assert {answer.split()[0] for answer in answers} == {"killed", "applied"}
    if name == "later":  # at least one died while the file was half written
        assert any(path.with_name("state.db-journal").exists() for path in paths)
    for path, answer in zip(paths, answers, strict=True):
        performed = answer == f"applied {scene.serial + 1}"
        assert performed or answer == "killed 25"
        assert records_of(path) == (scene.after if performed else scene.before), answer
        check_repeat(path, scene, performed=performed)


@pytest.mark.parametrize("name", ["first", "later"])
def test_a_write_that_fails_is_told_and_undone(name: str, scenes: dict[str, Scene], tmp_path: Path) -> None:
    """When no more can be written the answer says that nothing was changed, and nothing is, not even a new file.

    Below the size that the file has already, even undoing cannot be finished there: then the outcome is unknown until
    the store is read without the limit, and it is undone.
    """
    scene = scenes[name]
    size_now = scene.base.stat().st_size if scene.base else 0
    paths = [scene.staged(tmp_path / str(size)) for size in SIZES]

    answers = run(*((str(path), scene.plan, "a-x", f"fail size {path.parent.name}") for path in paths))

    assert {answer.split()[0] for answer in answers} >= {"MC7004", "applied"}
    for path, answer in zip(paths, answers, strict=True):
        performed = answer == f"applied {scene.serial + 1}"
        unknown = answer.startswith("MC7007") and int(path.parent.name) < size_now
        assert performed or unknown or answer.endswith("Nothing was changed"), answer
        assert records_of(path) == (scene.after if performed else scene.before), answer
        assert not path.with_name("state.db.new").exists()
        assert path.exists() is (performed or scene.base is not None), answer
        check_repeat(path, scene, performed=performed)


def test_a_store_that_cannot_take_its_name_is_not_there(scenes: dict[str, Scene], tmp_path: Path) -> None:
    """If the last step of the first apply fails, the answer says so and no file is left."""
    scene = scenes["first"]
    path = scene.staged(tmp_path / "x")

    (answer,) = run((str(path), scene.plan, "a-x", "fail event 1 os.rename"))

    assert answer.startswith("MC7004")
    assert answer.endswith("Nothing was changed")
    assert [p.name for p in path.parent.iterdir()] == ["state.db.lock"]
    check_repeat(path, scene, performed=False)


def test_of_processes_that_apply_at_one_serial_exactly_one_wins(scenes: dict[str, Scene], tmp_path: Path) -> None:
    """Eight processes apply eight plans made at one serial: one is performed, seven are stale."""
    for name, scene in scenes.items():
        path = scene.staged(tmp_path / name)
        base = SqliteReader(path, workspace=WORKSPACE).read()
        plans = [plan_from(base, create(match(200 + number))) for number in range(8)]

        answers = run(*((str(path), plan, f"b-{i}", "") for i, plan in enumerate(plans)), race=True)

        winner = answers.index(f"applied {scene.serial + 1}")
        assert sorted(answer.split()[0] for answer in answers) == ["MC7001"] * 7 + ["applied"]
        assert set(records_of(path)) == {*base.records, match(200 + winner)}


def test_processes_queue(scenes: dict[str, Scene], tmp_path: Path) -> None:
    """Eight processes that apply one and the same apply all succeed; it is performed once."""
    scene = scenes["later"]
    path = scene.staged(tmp_path / "x")

    answers = run(*((str(path), scene.plan, "a-x", "") for _ in range(8)), race=True)

    assert answers == ["applied 2"] * 8
    check_repeat(path, scene, performed=True)


@pytest.fixture
def readable_folder(scenes: dict[str, Scene]) -> Iterator[Path]:
    """A folder with a store that everybody may read and nobody may write."""
    base = scenes["later"].base
    assert base is not None
    with TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copyfile(base, folder / "state.db")
        (folder / "state.db").chmod(0o444)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def test_a_folder_without_write_rights(readable_folder: Path, scenes: dict[str, Scene]) -> None:
    """Such a store can be read, nothing is created beside it, and writing says what is missing."""
    path = readable_folder / "state.db"
    missing = readable_folder / "other.db"
    plan = scenes["later"].plan

    answers = run(
        (str(path), None, "", "nobody"),
        (str(missing), None, "", "nobody"),
        (str(path), plan, "a-x", "nobody"),
        (str(missing), scenes["first"].plan, "a-x", "nobody"),
    )

    assert answers[:2] == ["read 1", "read 0"]
    for answer in answers[2:]:
        assert answer.startswith("MC7004")
        assert "Permission denied. Nothing was changed" in answer
    assert [p.name for p in readable_folder.iterdir()] == ["state.db"]


def test_a_file_without_write_rights(readable_folder: Path, scenes: dict[str, Scene]) -> None:
    """A store that may be read but not written, in a folder that may be written, is read; writing says why not."""
    path = readable_folder / "state.db"
    readable_folder.chmod(0o777)

    answers = run((str(path), None, "", "nobody"), (str(path), scenes["later"].plan, "a-x", "nobody"))

    assert answers[0] == "read 1"
    assert answers[1].startswith("MC7004")
    assert "it may not be written" in answers[1]
    assert records_of(path) == scenes["later"].before


def test_an_interrupted_apply_that_a_reader_may_not_undo(scenes: dict[str, Scene], readable_folder: Path) -> None:
    """A reader without write rights says that an apply was interrupted, instead of showing it half done."""
    scene = scenes["later"]
    path = readable_folder / "state.db"
    readable_folder.chmod(0o755)
    path.chmod(0o644)
    run((str(path), scene.plan, "a-x", f"kill size {path.stat().st_size + 8192}"))
    assert path.with_name("state.db-journal").exists()
    readable_folder.chmod(0o555)

    (answer,) = run((str(path), None, "", "nobody"))

    assert answer.startswith("MC7004")
    assert "was interrupted" in answer
    readable_folder.chmod(0o755)
    assert records_of(path) == scene.before
