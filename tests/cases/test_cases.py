"""What the commands say about the examples, as golden files: `pytest tests/cases --bless` renews them for review.

The input of a case is the folder of the example itself; what was blessed lies in `examples/<name>/`.
"""

import functools
import json
import re
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from cli.terminal import DAYS, ROOT, Golden, Ran, example, run_here

from mentorctl import __version__

HERE = Path(__file__).resolve().parent / "examples"
FILES = ("validate.txt", "compile.json", "graph.txt", "plan.txt", "plan.json", "show.txt", "person.txt")
SOMEBODY = {"grow": "1057", "civil-service": "mentor.001@example.org", "reverse": "n00"}

type Story = Callable[[str], dict[str, str]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Runs an example once, and gives what the commands wrote by the name of the golden file."""
    return functools.cache(lambda name: _run(name, example(name, tmp_path_factory.mktemp(name) / "workspace")))


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("name", sorted(DAYS))
def test_example(name: str, file: str, story: Story, golden: Golden) -> None:
    """The commands say about an example what was reviewed and blessed."""
    golden(HERE / name / file, story(name)[file])


@pytest.mark.parametrize("name", sorted(DAYS))
def test_output_is_the_same_tomorrow_and_elsewhere(name: str, story: Story) -> None:
    """Nothing that is blessed holds the clock, a path of this machine or a version."""
    today = datetime.now().astimezone().date().isoformat()
    for file, text in story(name).items():
        assert today not in text, file
        assert str(ROOT) not in text, file
        assert tempfile.gettempdir() not in text, file
        assert not re.search(rf"\b{re.escape(__version__)}\b", text), file
        assert "\x1b" not in text, file


def _run(name: str, folder: Path) -> dict[str, str]:
    """The day of an admin: check, review, apply, look."""
    texts = {
        "validate.txt": _all(run_here("validate", folder=folder)),
        "compile.json": run_here("compile", folder=folder).out,
        "graph.txt": run_here("graph", folder=folder).out,
        "plan.txt": _all(run_here("plan", "--as-of", DAYS[name], "--names", "--out", "plan.json", folder=folder)),
        "plan.json": _summary(folder / "plan.json"),
    }
    assert run_here("apply", "plan.json", folder=folder).code == 0
    return texts | {
        "show.txt": run_here("show", folder=folder).out,
        "person.txt": run_here("show", "person", SOMEBODY[name], "--names", folder=folder).out,
    }


def _all(ran: Ran) -> str:
    """Both streams, without the lines about progress, which depend on the speed of the machine."""
    err = "".join(line for line in ran.err.splitlines(keepends=True) if not line.startswith("… "))
    return f"{ran.out}---- on standard error, exit code {ran.code} ----\n{err}"


def _summary(path: Path) -> str:
    """The digests and the impact of a saved plan, which is too long to review."""
    plan = json.loads(path.read_text(encoding="utf-8"))
    about = {key: plan[key] for key in ("digest", "inputs", "impact")}
    return json.dumps(about | {"changes": len(plan["changes"])}, indent=2) + "\n"
