"""The wheel that people install: complete, usable from any folder, and quick to answer."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from cli.terminal import ROOT, Ran, run_apart

from mentorctl import __version__

HEAVY = {"yaml", "jsonschema", "referencing", "jinja2", "pulp", "highspy", "numpy", "transitions", "sqlite3"}


COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
KERNELS = {f"mentorctl/optimize/kernels/mentorctl_kernels.{ending}" for ending in ("so", "seal")}


def build_wheel(folder: Path, **settings: str) -> tuple[Path, str]:
    """A wheel of this checkout, and what the build said."""
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **settings},
    )
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path, built.stdout + built.stderr


def unpack(wheel: Path, folder: Path) -> Path:
    """A folder with the content of a wheel, as an installer lays it out."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def content(wheel: Path) -> set[str]:
    """The files of a wheel, without those about it."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))[0]


@pytest.fixture(scope="session")
def pure(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The wheel that is built where no compiler is, and what its build said."""
    return build_wheel(tmp_path_factory.mktemp("pure"), CC="no-such-compiler")


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is installed."""
    return unpack(wheel, tmp_path_factory.mktemp("installed"))


def test_the_wheel_is_complete(wheel: Path) -> None:
    """Every module, schema and template of the checkout is in the wheel, and nothing else is."""
    inside = content(wheel)

    wanted = {
        f"{target}/{path.relative_to(ROOT / source).as_posix()}"
        for source, target in (
            ("engine/mentorctl", "mentorctl"),
            ("schemas", "mentorctl/schemas"),
            ("templates", "mentorctl/templates"),
        )
        for path in (ROOT / source).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and "_cache/" not in path.as_posix()
    }
    assert inside == wanted
    assert inside >= KERNELS or COMPILER is None
    assert "mentorctl/py.typed" in inside
    assert "mentorctl/templates/starters/gitignore" in inside


def test_the_wheel_of_a_machine_with_a_compiler_fits_every_python(wheel: Path) -> None:
    """The kernels need no Python headers, so the wheel is bound to a kind of system and to no version of Python."""
    if COMPILER is None:
        pytest.skip("this machine has no C compiler")
    assert re.fullmatch(r"mentorctl-.*-py3-none-(?!any)\w+\.whl", wheel.name)


def test_without_a_compiler_a_pure_wheel_is_built(wheel: Path, pure: tuple[Path, str]) -> None:
    """The wheel without kernels says so at the build, fits every system, and lacks nothing else."""
    path, said = pure

    assert "built without its C kernels (no C compiler was found)" in said
    assert path.name.endswith("-py3-none-any.whl")
    assert content(path) == content(wheel) - KERNELS


@pytest.mark.parametrize("kind", ["wheel", "pure"])
def test_the_installed_program_knows_whether_it_has_kernels(
    wheel: Path, pure: tuple[Path, str], tmp_path: Path, kind: str
) -> None:
    """From the wheel alone the kernels load; from the pure one the program goes its pure way."""
    place = unpack(wheel if kind == "wheel" else pure[0], tmp_path / "place")
    asked = "from mentorctl.optimize.kernels import native; print(native.available())"

    said = _installed(place, folder=tmp_path, program=("-c", asked))

    assert said.out.strip() == str(kind == "wheel" and COMPILER is not None), said.err


def test_the_wheel_says_what_it_needs(wheel: Path) -> None:
    """Name, version, Python and the command are in the wheel's own words."""
    with zipfile.ZipFile(wheel) as archive:
        texts = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}

    about = Parser().parsestr(texts["METADATA"])
    assert (about["Name"], about["Version"], about["Requires-Python"]) == ("mentorctl", __version__, ">=3.12")
    needed = {re.split(r"[<>=]", line)[0] for line in about.get_all("Requires-Dist", []) if "extra ==" not in line}
    assert needed >= HEAVY - {"sqlite3", "yaml"} | {"pyyaml", "click", "tzdata"}
    assert "mentorctl = mentorctl.cli.main:run" in texts["entry_points.txt"]
    assert "file:" not in texts["METADATA"]


@pytest.mark.parametrize("kind", ["wheel", "pure"])
def test_the_installed_program_works_in_any_folder(
    installed: Path, pure: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, kind: str
) -> None:
    """From either wheel alone: make a workspace, check it, plan, apply and look, with the worker process found too."""
    place = installed if kind == "wheel" else unpack(pure[0], tmp_path_factory.mktemp("pure-installed"))
    for words, said in (
        (("init",), "mentorctl.yaml"),
        (("validate",), "valid: 1 program"),
        (("plan", "--out", "plan.json"), "match proposed"),
        (("apply", "plan.json"), "Applied"),
        (("show",), "serial 1"),
        (("version",), f"mentorctl {__version__}"),
    ):
        ran = _installed(place, *words, folder=tmp_path)
        assert ran.code == 0, ran.err
        assert said in ran.out


def test_the_installed_program_is_the_one_that_was_tested(installed: Path, tmp_path: Path) -> None:
    """The test above does not run the checkout by accident."""
    where = _installed(installed, folder=tmp_path, program=("-c", "import mentorctl; print(mentorctl.__file__)"))

    assert Path(where.out.strip()) == installed / "mentorctl" / "__init__.py"


def test_a_broken_installation_says_so(wheel: Path, tmp_path: Path) -> None:
    """Run straight from the archive, where data files are no files, init says what is missing, in one message."""
    ran = _installed(wheel, "init", folder=tmp_path)

    assert ran.code == 1
    assert "lacks its 'templates' folder; install it again" in ran.said
    assert "Traceback" not in ran.err


def test_help_loads_no_heavy_library(tmp_path: Path) -> None:
    """The answer to --help comes without the libraries that commands need, so that it is immediate."""
    ran = run_apart("--help", folder=tmp_path, program=("-X", "importtime", "-m", "mentorctl"))

    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in ran.err.splitlines() if "|" in line}
    assert ran.code == 0
    assert "click" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (("version",), HEAVY),
        (("completion", "bash"), HEAVY),
        (("show", "--help"), HEAVY),
        (("plan", "--help"), HEAVY),
        (("graph", "--help"), HEAVY),
        (("bogus",), HEAVY),
        (("validate",), {"pulp", "highspy", "jinja2"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_commands_load_only_what_they_need(words: tuple[str, ...], heavy: set[str], workspace: Path) -> None:
    """Commands that need no solver start without one."""
    ran = run_apart(*words, folder=workspace, program=("-c", _LOADED))

    assert heavy & set(ran.out.splitlines()[-1].split()) == set()


@pytest.mark.parametrize(
    "words", [("plan", "--as-of", "2026-12-01"), ("plan", "--static", "--from", "HEAD")], ids=" ".join
)
def test_a_plan_that_searches_nothing_loads_no_solver(words: tuple[str, ...], workspace: Path) -> None:
    """Before a cohort opens, and between two commits, what searches, draws or words a fault is not even imported."""
    for git in (
        ("init", "--quiet"),
        ("add", "--all"),
        ("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "A"),
    ):
        subprocess.run(["git", *git], cwd=workspace, check=True)
    ran = run_apart(*words, folder=workspace, program=("-c", _LOADED_MODULES))

    loaded = set(ran.out.splitlines()[-1].split())
    assert "mentorctl.loading" in loaded
    assert {name for name in loaded if name.startswith(_OF_SEARCHES)} == set()
    if "--static" not in words:
        assert loaded & _OF_OTHER_PLANS == set()


_OF_OTHER_PLANS = {
    *("subprocess", "tempfile", "socket", "mentorctl.sources.git", "numpy.ma"),
    *("mentorctl.spec.problems", "mentorctl.spec.syntax", "mentorctl.store.transition", "mentorctl.store.sql_write"),
}
_OF_SEARCHES = (
    *("pulp", "highspy", "jinja2", "icalendar"),
    *("mentorctl.optimize.groups.", "mentorctl.optimize.wire", "mentorctl.optimize.scheduling.series"),
    *("mentorctl.calendars.", "mentorctl.optimize.explain.hall"),
)
_LOADED_MODULES = """
import sys
from mentorctl.cli.main import main
main()
print(*sorted(sys.modules))
"""
_LOADED = """
import sys
from mentorctl.cli.main import main
main()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def _installed(place: Path, *words: str, folder: Path, program: tuple[str, ...] = ("-m", "mentorctl")) -> Ran:
    return run_apart(*words, folder=folder, env={"PYTHONPATH": str(place)}, program=program)
