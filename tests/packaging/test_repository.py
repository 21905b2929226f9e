"""The repository: pinned tools, and nothing of the machine or the network that it was made with."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from cli.terminal import ROOT

REQUIREMENTS = ROOT / "requirements" / "dev.txt"
REGISTRIES = re.compile(
    r"pypi\.(?:org|python)|pythonhosted|artifactory|jfrog|devpi|index-url|nexus\.|conda-forge|npmjs", re.IGNORECASE
)
HOMES = re.compile(r"(?<![\w.])/(?:home|Users|root)/\w+")


@pytest.fixture(scope="module")
def tracked() -> dict[str, str]:
    """The text of every file that git knows, by path."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in names.split("\0") if name]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in paths
        if path.is_file()
    }


def test_no_file_names_a_registry(tracked: dict[str, str]) -> None:
    """Where packages come from is the business of the machine that installs them."""
    here = Path(__file__).relative_to(ROOT).as_posix()

    assert not [name for name, text in tracked.items() if name != here and REGISTRIES.search(text)]


def test_no_file_names_a_place_on_one_machine(tracked: dict[str, str]) -> None:
    """No file holds the path of somebody's home, of this checkout or of the Python that runs this."""
    places = [str(place) for place in (Path.home(), ROOT, Path(sys.prefix)) if len(place.parts) > 2]
    found = {
        name: hits
        for name, text in tracked.items()
        if (hits := [place for place in places if place in text] + HOMES.findall(text))
    }

    assert not found


def test_generated_files_are_not_tracked(tracked: dict[str, str]) -> None:
    """State, caches and builds stay out of git."""
    assert not [
        name for name in tracked if re.search(r"(\.db|\.pyc|\.whl|\.db\.lock|/\.venv/|/dist/|\.egg-info)", name)
    ]


def test_every_requirement_is_pinned_with_hashes() -> None:
    """Each package has one version and at least one hash, and no address."""
    text = REQUIREMENTS.read_text(encoding="utf-8")
    assert "://" not in text

    entries = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[\w.-]+(\[[\w,]+\])?==[\w.!+]+( ;[^\\]+)? \\\n", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_what_the_program_needs_is_pinned() -> None:
    """Everything that pyproject.toml asks for, for running and for development, has a pinned version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    }
    pinned = set(re.findall(r"^([\w.-]+?)(?:\[.*\])?==", REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE))

    assert {re.split(r"[<>=!~\[ ]", line)[0].lower() for line in wanted} <= pinned


def test_the_scripts_can_be_run() -> None:
    """What continuous integration and the Makefile start parses, and the first of them is executable."""
    for name in (".ci/run", "scripts/demo"):
        subprocess.run(["bash", "-n", ROOT / name], check=True)
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100
