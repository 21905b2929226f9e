"""Shared by all tests: the command line, copies of example workspaces, and golden files that `--bless` renews."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.terminal import DAYS, ROOT, Golden, Invoke, Ran, example, run_here
from hypothesis import settings
from unit.store.server import Server, running

# A change is judged on the same examples wherever the tests run; `make deep` looks for new ones.
# How long one takes depends on the machine, and is no fault.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("searching", print_blob=True, deadline=None)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --bless` takes what the program says now for right."""
    parser.addoption("--bless", action="store_true", help="renew the golden files instead of comparing with them")


@pytest.fixture(scope="session", autouse=True)
def _workers_find_the_package() -> Iterator[None]:
    """The solver runs in a process of its own, which knows only the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT / "engine"), prepend=os.pathsep)
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A private PostgreSQL server; tests that use it are skipped where none can be started."""
    with running() as server:
        yield server


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares a text with a golden file, or renews the file."""
    is_blessing = bool(request.config.getoption("--bless"))

    def compare(path: Path, text: str) -> None:
        if is_blessing:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        shown = path.relative_to(ROOT)
        assert path.exists(), (
            f"{shown} is missing; look at what the program says, then run `pytest tests/cases --bless`"
        )
        assert text == path.read_text(encoding="utf-8"), f"not as in {shown}; `pytest tests/cases --bless` renews it"

    return compare


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A copy of the smallest example, with nothing applied."""
    return example("reverse", tmp_path / "workspace")


@pytest.fixture(scope="session")
def _planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = example("reverse", tmp_path_factory.mktemp("planned") / "workspace")
    assert run_here("plan", "--as-of", DAYS["reverse"], "--out", "plan.json", folder=folder).code == 0
    return folder


@pytest.fixture(scope="session")
def _applied(_planned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(_planned, tmp_path_factory.mktemp("applied") / "workspace")
    assert run_here("apply", "plan.json", folder=folder).code == 0
    return folder


@pytest.fixture
def planned(_planned: Path, tmp_path: Path) -> Path:
    """The smallest example with a saved plan, plan.json, that is not applied yet."""
    return shutil.copytree(_planned, tmp_path / "workspace")


@pytest.fixture
def applied(_applied: Path, tmp_path: Path) -> Path:
    """The smallest example with its plan applied, at serial 1."""
    return shutil.copytree(_applied, tmp_path / "workspace")


@pytest.fixture
def invoke(tmp_path: Path) -> Invoke:
    """Runs a command in this process; `folder` is where, the workspace of the test unless another is given."""

    def run(*words: str | Path, folder: Path | None = None, env: dict[str, str] | None = None) -> Ran:
        return run_here(*words, folder=folder or tmp_path / "workspace", env=env)

    return run
