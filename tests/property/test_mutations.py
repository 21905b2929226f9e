"""Files changed in every way that a dice can think of: loading and showing never raise, are quick, and stay small."""

import random
import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from property.mutations import mutated, words_of

from mentorctl import pipeline
from mentorctl.catalog import CATALOG
from mentorctl.cli.starters import new_workspace
from mentorctl.diagnostics import Diagnostic
from mentorctl.render.findings import findings_text
from mentorctl.render.style import Style
from mentorctl.testing.run import read_test_file

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "programs" / "examples"
CORPUS = HERE.parent / "schemas"
MODELS = ("one-on-one", "peer", "group", "reverse", "flash", "team", "virtual", "mosaic", "functional")
SLOWEST = 2.0  # seconds
GROWTH = 100 * 1024 * 1024  # bytes, of the whole process
FEW, MANY, AT_ONCE = 750, 100_000, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The files of a workspace, the first of them mentorctl.yaml, and the place of the one that is changed."""

    files: tuple[tuple[str, str], ...]
    at: int


def examples() -> list[Case]:
    """Every file of every example."""
    found = []
    for folder in sorted(path.parent for path in EXAMPLES.glob("*/mentorctl.yaml")):
        paths = [
            folder / "mentorctl.yaml",
            *sorted(folder.glob("bases/*.yaml")),
            *sorted(folder.glob("programs/*.yaml")),
        ]
        files = tuple((str(path.relative_to(folder)), path.read_text(encoding="utf-8")) for path in paths)
        found += [Case(files=files, at=at) for at in range(len(files))]
        for path in sorted(folder.glob("tests/*.test.yaml")):
            found.append(Case(files=((path.name, path.read_text(encoding="utf-8")),), at=0))
    return found


def starters() -> list[Case]:
    """Every file of every starter; their days are those of today, which no test may depend on."""
    found = []
    for model in MODELS:
        made = new_workspace(model, workspace="acme", timezone="Europe/Berlin", program="grow", name="Grow")
        files = tuple(
            (name, re.sub(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}\b", "2027-01-11", made[name]))
            for name in ("mentorctl.yaml", "programs/grow.yaml")
        )
        found += [Case(files=files, at=at) for at in (0, 1)]
    return found


def corpus() -> list[Case]:
    """Every valid file of the corpus."""
    found = []
    workspace = ("mentorctl.yaml", (CORPUS / "mentorctl.yaml").read_text(encoding="utf-8"))
    for path in sorted((CORPUS / "valid").iterdir()):
        text = path.read_text(encoding="utf-8")
        if "mentorctl: workspace/v1" in text:
            found.append(Case(files=(("mentorctl.yaml", text),), at=0))
        else:
            found.append(Case(files=(workspace, (path.name, text)), at=1))
    return found


CASES = (*examples(), *starters(), *corpus())
WORDS = words_of([text for case in CASES for _, text in case.files])


def answered(files: list[tuple[str, str]]) -> tuple[tuple[Diagnostic, ...], dict[str, str]]:
    """What is found in the files of a workspace, or in a file of tests, and their texts."""
    if files[0][0].endswith(".test.yaml"):
        read = read_test_file(files[0][1], file=files[0][0])
        return read.findings, {files[0][0]: read.source.text}
    loaded = pipeline.load(files[0], files[1:])
    return loaded.findings, loaded.texts


def _timed(files: list[tuple[str, str]]) -> tuple[tuple[Diagnostic, ...], str, float]:
    """What is found, how it is said, and the seconds that took; what other programs take of the machine does not count."""
    began = time.process_time()
    findings, texts = answered(files)
    text = findings_text(findings, sources=texts, style=Style(color=False))
    return findings, text, time.process_time() - began


def check(seed: int) -> float:
    """Load and show the mutation of a seed; how many seconds that took."""
    dice = random.Random(seed)
    case = dice.choice(CASES)
    files = list(case.files)
    files[case.at] = (files[case.at][0], mutated(files[case.at][1], dice, WORDS))
    findings, text, took = _timed(files)
    if took >= SLOWEST:  # a collection of everything that the tests before it left may fall into it, once
        took = _timed(files)[-1]
    for found in findings:
        assert found.code in CATALOG, seed
        assert found.detail, seed
        assert found.span is not None, (seed, found.code)
        assert found.span.line >= 1, (seed, found.code)
        assert found.span.column >= 1, (seed, found.code)
    assert bool(text) == bool(findings), seed
    assert took < SLOWEST, (seed, took)
    return took


def held() -> int:
    """The bytes of memory that this process holds, or nothing where the system does not say."""
    status = Path("/proc/self/statm")
    return int(status.read_text(encoding="ascii").split()[1]) * 4096 if status.exists() else 0


def run(seeds: range) -> None:
    """Check the seeds; memory does not grow with their number."""
    for seed in range(seeds.start, seeds.start + 50):  # schemas and zones are read once
        check(seed)
    before = held()
    for seed in seeds:
        check(seed)
    assert held() - before < GROWTH


@pytest.mark.slow
@pytest.mark.parametrize("third", range(3))
def test_changed_files_are_answered(third: int) -> None:
    """Whatever stands in the files of a workspace, there is an answer in time, and every finding has code and place."""
    each = FEW // 3
    run(range(third * each, (third + 1) * each))


@pytest.mark.deep
@pytest.mark.parametrize("start", range(0, MANY, AT_ONCE))
def test_very_many_changed_files_are_answered(start: int) -> None:
    """The same for a hundred thousand of them."""
    run(range(start, start + AT_ONCE))
