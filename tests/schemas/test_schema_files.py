"""Every file in `valid/` loads without a finding; every file in `invalid/` gives exactly the codes of its first line.

A program is loaded beside `mentorctl.yaml` of this folder; a file whose header says `mentorctl: workspace/v1` is
loaded as the workspace itself. Dropping a file here adds a test.
"""

import re
from pathlib import Path

import pytest

from mentorctl import pipeline
from mentorctl.catalog import CATALOG
from mentorctl.sources.files import read_yaml_text

HERE = Path(__file__).resolve().parent
VALID = tuple(sorted((HERE / "valid").iterdir()))
INVALID = tuple(sorted((HERE / "invalid").iterdir()))

# Codes that one file beside this workspace cannot show, and the test that shows them.
ELSEWHERE = {
    "MC1005": "tests/unit/sources/test_files.py: what is no regular text has no text to put here",
    "MC2001": "tests/unit/spec/test_checks.py: it takes two program files",
    "MC2017": "tests/unit/plan/test_desired.py: it depends on the day of the plan",
}

# Files that show a defect of the program, until it is mended.
KNOWN_DEFECTS: dict[str, str] = {}


def load(path: Path) -> pipeline.Loaded:
    """The file beside the workspace of this folder, or as the workspace."""
    text = read_yaml_text(path, shown=path.name)
    if is_workspace(text):
        return pipeline.load((path.name, text), [])
    workspace = HERE / "mentorctl.yaml"
    return pipeline.load(("mentorctl.yaml", read_yaml_text(workspace, shown="mentorctl.yaml")), [(path.name, text)])


def is_workspace(text: str) -> bool:
    """Whether the first line that is no comment says so."""
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return next(lines, "").startswith("mentorctl: workspace/v1")


def codes_of(path: Path) -> set[str]:
    """The codes that the first line names."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert re.fullmatch(r"# MC[0-9]{4}( MC[0-9]{4})*", first), f"{path.name} does not name its codes in the first line"
    return set(first.removeprefix("# ").split())


def marked(path: Path) -> object:
    """The file as a parameter, marked where the program is known to be wrong."""
    reason = KNOWN_DEFECTS.get(path.stem)
    return pytest.param(path, id=path.stem, marks=[pytest.mark.xfail(strict=True, reason=reason)] if reason else [])


def test_the_workspace_of_this_folder_is_clean() -> None:
    """It loads without findings, so that all findings below are those of the files."""
    workspace = HERE / "mentorctl.yaml"
    assert pipeline.load(("mentorctl.yaml", read_yaml_text(workspace, shown="mentorctl.yaml")), []).findings == ()


@pytest.mark.parametrize("path", VALID, ids=[path.stem for path in VALID])
def test_a_valid_file_has_no_findings(path: Path) -> None:
    """Not even a warning; the model is built and compiled."""
    loaded = load(path)
    assert [(d.code, str(d.span), d.detail) for d in loaded.findings] == []
    assert loaded.workspace is not None
    assert len(loaded.programs) == (0 if is_workspace(path.read_text(encoding="utf-8")) else 1)


@pytest.mark.parametrize("path", [marked(path) for path in INVALID])
def test_an_invalid_file_has_exactly_the_findings_it_names(path: Path) -> None:
    """Each finding has a position in this file, and related ones have a position too."""
    found = load(path).findings
    assert {d.code for d in found} == codes_of(path), [(d.code, str(d.span), d.detail) for d in found]
    for d in found:
        assert d.span is not None
        assert d.span.file == path.name
        assert d.span.line > 0
        assert d.span.column > 0
        assert all(r.span is not None and r.span.line > 0 for r in d.related)
        assert d.detail
        assert not d.detail.endswith(".")


@pytest.mark.parametrize(
    "path", [path for path in INVALID if path.stem not in KNOWN_DEFECTS], ids=lambda p: str(p.stem)
)
def test_findings_repeat(path: Path) -> None:
    """The same file gives the same findings in the same order."""
    assert load(path).findings == load(path).findings


def test_every_code_has_a_file() -> None:
    """Each code of reading and checking files is shown by a file here, or by the test that is named."""
    wanted = {code for code in CATALOG if code.startswith(("MC1", "MC2"))}
    shown = set().union(*(codes_of(path) for path in INVALID if path.stem not in KNOWN_DEFECTS))
    assert wanted - shown == set(ELSEWHERE)


def test_known_defects_have_their_files() -> None:
    """The list holds no leftovers."""
    assert set(KNOWN_DEFECTS) <= {path.stem for path in INVALID}
