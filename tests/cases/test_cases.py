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
from typing import Any

import pytest
from cli.terminal import DAYS, ROOT, Golden, Ran, example, run_here
from jsonschema import Draft202012Validator

from mentorctl import __version__
from mentorctl.plan.codec import plan_from_text
from mentorctl.render.plan import Detail, plan_text
from mentorctl.render.style import Style

HERE = Path(__file__).resolve().parent / "examples"
FILES = ("validate.txt", "plan.txt", "plan.summary.txt", "plan.json", "show.txt", "person.txt")  # of every example
OF_ONE = ("compile.json", "graph.txt")  # besides, of workspaces with one program
IN_FULL = "mosaic"  # the example of which every record of the plan is reviewed
OF_FAMILY = {
    "succession": "succession_americas",
    "choices": "proposals",
    "two-programs": "compass",
}  # and of a program that inherits: config.txt
SOMEBODY = {
    "across-borders": "b20",
    "build-weeks": "t12",
    "circles": "g20",
    "choices": "e1",
    "civil-service": "mentor.001@example.org",
    "coffee": "c07",
    "far-apart": "f02",
    "first-mentor": "a03",
    "grow": "1057",
    "mosaic": "s05",
    "office-hours": "x03",
    "onboarding": "o21",
    "reverse": "n00",
    "succession": "e06",
    "two-programs": "p20",
    "venture-teams": "f00",
}
WITH_HOLIDAYS = {"far-apart", "succession"}
CASES = [
    (name, file) for name in sorted(DAYS) for file in (*FILES, *(("config.txt",) if name in OF_FAMILY else OF_ONE))
] + [(IN_FULL, "plan.full.txt")]


def closed(schema: Any) -> Any:
    """A schema that takes no key which it does not describe."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: closed(part) for key, part in schema.items()}
    is_whole = schema.get("type") == "object" and "properties" in schema
    return {"additionalProperties": False, **parts} if is_whole else parts


PLAN_SCHEMA = Draft202012Validator(closed(json.loads((ROOT / "schemas" / "plan.v1.schema.json").read_text("utf-8"))))

type Story = Callable[[str], dict[str, str]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Runs an example once, and gives what the commands wrote by the name of the golden file."""
    ran = functools.cache(lambda name: _run(name, example(name, tmp_path_factory.mktemp(name) / "workspace")))

    def told(name: str) -> dict[str, str]:
        if name in WITH_HOLIDAYS:
            pytest.importorskip("holidays", reason="the example asks for public holidays, an extra of the package")
        return ran(name)

    return told


@pytest.mark.parametrize(("name", "file"), CASES)
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
    program = OF_FAMILY.get(name, "")
    texts = {
        "validate.txt": _all(run_here("validate", folder=folder)),
        "plan.txt": _all(run_here("plan", "--as-of", DAYS[name], "--names", "--out", "plan.json", folder=folder)),
        "plan.json": _summary(folder / "plan.json"),
        "plan.summary.txt": _shown(folder / "plan.json", Detail.SUMMARY),
        "plan.full.txt": _shown(folder / "plan.json", Detail.FULL),
    }
    if program:
        texts["config.txt"] = run_here("config", "show", program, "--origin", folder=folder).out
    else:
        texts |= {
            "compile.json": run_here("compile", folder=folder).out,
            "graph.txt": run_here("graph", folder=folder).out,
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


def _shown(path: Path, detail: Detail) -> str:
    """A saved plan as text: what is shown of it needs nothing but the file."""
    return plan_text(plan_from_text(path.read_text(encoding="utf-8")), names={}, style=Style(), detail=detail) + "\n"


def _summary(path: Path) -> str:
    """The digests and the impact of a saved plan, which is too long to review; it has nothing that its schema lacks."""
    plan = json.loads(path.read_text(encoding="utf-8"))
    problems = [f"{error.json_path}: {error.message}" for error in PLAN_SCHEMA.iter_errors(plan)]
    assert problems == []
    about = {key: plan[key] for key in ("digest", "inputs", "impact")}
    return json.dumps(about | {"changes": len(plan["changes"])}, indent=2) + "\n"
