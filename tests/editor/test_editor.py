"""What editors make of the schemas, asked of the language server behind most of them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.terminal import run_here
from editor.language_server import LanguageServer

HERE = Path(__file__).parent
_INSTALLING = 300  # seconds


@pytest.fixture(scope="module")
def server_program(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The pinned language server, installed beside the Python that runs this; it is kept for the next time."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip("the editor test needs node and npm, which are not on this machine")
    is_own = sys.prefix != sys.base_prefix
    folder = Path(sys.prefix) / "editor" if is_own else tmp_path_factory.mktemp("editor")
    program = folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    lock = folder / "package-lock.json"
    if not program.is_file() or not lock.is_file() or lock.read_bytes() != (HERE / lock.name).read_bytes():
        folder.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, folder / name)
        made = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_INSTALLING,
            check=False,
        )
        if made.returncode:
            pytest.skip(f"npm cannot install the language server here: {made.stderr.strip().splitlines()[-1:]}")
    return str(program)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workspace, with its schemas where `init` puts them."""
    folder = tmp_path_factory.mktemp("workspace")
    assert run_here("init", folder=folder).code == 0
    return folder


@pytest.fixture(scope="module")
def server(server_program: str, workspace: Path) -> Iterator[LanguageServer]:
    """A running language server in the workspace."""
    with LanguageServer(["node", server_program, "--stdio"], workspace) as running:
        yield running


def _opened(server: LanguageServer, workspace: Path, name: str, text: str) -> Path:
    """A new program file in the editor, with the first line that `init` writes and a text below."""
    made = workspace / "programs" / "first_steps.yaml"
    first = made.read_text(encoding="utf-8").splitlines()[0]
    path = workspace / "programs" / f"{name}.yaml"
    server.open(path, f"{first}\nmentorctl: program/v1\n{text}")
    return path


def test_keys_are_completed_with_what_they_mean(server: LanguageServer, workspace: Path) -> None:
    """At the beginning of a line an editor offers the keys of a program, each with its explanation."""
    path = _opened(server, workspace, "keys", "id: typed\n\n")

    offered = {item["label"]: item for item in server.completion(path, 3, 0)}

    assert {"name", "timeline", "matching", "cohorts", "meetings"} <= set(offered)
    assert "mentorctl" not in offered  # it is there already
    assert "phases of every cohort" in str(offered["timeline"]["documentation"])


def test_values_are_completed(server: LanguageServer, workspace: Path) -> None:
    """After a key with a closed set of values an editor offers these."""
    path = _opened(server, workspace, "values", "model:\n  type: \n")

    offered = {item["label"] for item in server.completion(path, 3, 8)}

    assert {"one-on-one", "reverse"} <= offered


def test_a_completed_key_brings_its_default(server: LanguageServer, workspace: Path) -> None:
    """A key with a default is completed together with it."""
    path = _opened(server, workspace, "default", "training:\n  modules:\n    basics:\n      req\n")

    offered = {item["label"]: item["insertText"] for item in server.completion(path, 5, 9)}

    assert offered["required"].startswith("required: ")
    assert "false" in offered["required"]


def test_hovering_shows_title_explanation_and_examples(server: LanguageServer, workspace: Path) -> None:
    """Over a key an editor shows its title, what it means and an example."""
    path = _opened(server, workspace, "hovered", "timezone: Europe/Berlin\n")

    shown = server.hover(path, 2, 3)

    assert "Time zone" in shown
    assert "The zone of the program's own dates" in shown
    assert "Europe/Berlin" in shown


def test_an_unknown_key_is_underlined(server: LanguageServer, workspace: Path) -> None:
    """A key that the schema does not have is marked where it stands."""
    path = _opened(server, workspace, "unknown", "id: typed\ntimelin: {}\n")

    found = {(one["range"]["start"]["line"], one["message"]) for one in server.diagnostics(path)}

    assert any(line == 3 and "timelin" in message for line, message in found), found


def test_a_new_program_is_fine(server: LanguageServer, workspace: Path) -> None:
    """What `init` writes has nothing underlined."""
    for path in (workspace / "mentorctl.yaml", workspace / "programs" / "first_steps.yaml"):
        server.open(path, path.read_text(encoding="utf-8"))

        assert server.diagnostics(path) == [], path.name
