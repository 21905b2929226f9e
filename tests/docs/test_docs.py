"""The documentation agrees with the code."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _make_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "scripts" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["docs/diagnostics.md", "docs/language.md", "docs/commands.md", "README.md"])
def test_generated_pages_are_current(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is made from the code, or shows its output, says what the code says now (`make docs` renews it)."""
    monkeypatch.setenv("NO_COLOR", "1")

    assert (ROOT / name).read_text(encoding="utf-8") == _make_docs().PAGES[name]().rstrip("\n") + "\n"


def test_links_lead_somewhere() -> None:
    """Every relative link of the README and the pages exists."""
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_every_decision_has_a_number_and_a_title() -> None:
    """Decisions are numbered without gaps, and their headings carry the number of their file."""
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    for number, file in enumerate(files, 1):
        assert file.name.startswith(f"{number:04d}-")
        assert file.read_text(encoding="utf-8").startswith(f"# {number}. ")
