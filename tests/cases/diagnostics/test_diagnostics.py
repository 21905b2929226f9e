"""What each code says, as golden files: `pytest tests/cases/diagnostics --bless` renews them for review.

`workspace/` is right. Most codes have an example in the catalog, and its wrong lines put in the place of its right ones
give exactly the finding. The others have a file `MC1234.yaml` that says how to get there:

    file: programs/grow.yaml    # which file to change: `find` is replaced by `replace`, wherever it is indented
    find: ...
    replace: ...
    files: {bases/europe.yaml: text}    # files to write first
    copy: {programs/b.yaml: programs/a.yaml}    # and files to copy; `delete` is a list of those to delete
    run: [[plan, --as-of, 2027-03-03]]  # commands; what the last one prints is the golden text (default: validate)
    then: {file, find, replace}         # a change before the last command
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli.terminal import ROOT, Golden, Ran, run_here

from mentorctl import __version__
from mentorctl.catalog import CATALOG
from mentorctl.catalog.examples import EXAMPLES

HERE = Path(__file__).resolve().parent
CASES = {path.stem: path for path in sorted(HERE.glob("MC*.yaml"))}
CODES = sorted({*EXAMPLES, *CASES})

# Codes without a golden, each with the reason and the test that shows them.
ELSEWHERE = {
    "MC3017": "tests/cli/test_drift.py: it takes a file with decisions",
    "MC7020": "tests/unit/plan/test_renames.py: it takes two things in the state",
    "MC7021": "comes with what it explains: tests/unit/plan/test_renames.py",
    "MC7022": "tests/unit/plan/test_retiring.py: it takes people who are inside",
    "MC7023": "tests/cli/test_adopt.py: it takes a file of what ran elsewhere",
    "MC7024": "tests/unit/plan/test_adopting.py: it takes files that ask for something else",
    "MC7025": "tests/cli/test_drift.py: it takes a state that other files led to",
    "MC7026": "tests/cli/test_status_and_audit.py: it takes a state that was altered outside",
    "MC7011": "comes with the finding that it counts: tests/unit/plan/test_limits.py",
    "MC3011": "tests/unit/roster/test_read.py: it takes a very large roster",
    **dict.fromkeys(
        [f"MC400{n}" for n in range(1, 8)],
        "tests/unit/lifecycle/test_checks.py: the lifecycles that programs get have no such defect",
    ),
    "MC2098": "tests/unit/spec/test_sharing_checks.py: it takes two program files",
    **{
        f"MC40{lc + 20}": f"tests/cases/lifecycles/LC{lc:02}.yaml: a file of its own for each check of a lifecycle"
        for lc in (6, 7, 9, 12, 14, 15, 16, 17, 19, 20, 21, 22, 23, 28)
    },
    "MC4518": "tests/cli/test_choices.py: it takes people who are inside",
    "MC4045": "tests/cli/test_migrations.py: it takes people who are inside",
    "MC4046": "tests/unit/plan/test_migrations.py: it takes people who are inside",
    "MC4050": "tests/cli/test_migrations.py: it takes a migration that was applied",
    "MC4506": "tests/unit/lifecycle/test_running.py: it takes a store whose definition is gone",
    "MC4507": "tests/unit/lifecycle/test_running.py: no lifecycle that is checked has such a circle",
    "MC4508": "tests/unit/lifecycle/test_running.py: it takes a definition of a later version",
    "MC4510": "tests/unit/lifecycle/test_running.py: it takes a thing that could not go on",
    "MC4513": "tests/cli/test_running.py: it takes a file of happenings",
    "MC4514": "tests/cli/test_running.py: it takes a file of happenings",
    "MC4515": "tests/cli/test_running.py: it takes a state that was altered outside",
    "MC4516": "tests/cli/test_running.py: it takes a person with several matches",
    "MC7044": "tests/cli/test_gate.py: it names digests, which any new part of a record changes",
    "MC7012": "tests/cli/test_running.py: it takes a store that was never written",
    "MC5014": "tests/unit/plan/test_gaps.py: it comes with people who stay without a match",
    "MC5005": "it takes a workspace with groups",
    "MC5004": "no solver that is shipped gives such an answer",
    "MC2065": "it takes an installation without the library",
    "MC5006": "it depends on the speed of the machine",
    "MC6004": "tests/unit/plan/test_unproved.py: it depends on the speed of the machine",
    "MC7003": "tests/unit/store/test_sqlite.py: it takes two processes",
    "MC7004": "tests/cli/test_apply.py: it names the folder of the machine",
    "MC7010": "tests/unit/store/test_sqlite.py: it names the folder of the machine",
    "MC7006": "tests/unit/store/test_sqlite.py: it takes a store of a later version",
    "MC7007": "tests/unit/store/test_sqlite.py: it takes a disk that breaks",
    "MC7008": "tests/contract/test_store.py: it takes two that apply at once",
    "MC9002": "tests/cli/test_options.py: it names the folder of the machine",
    "MC9003": "tests/cli/test_interrupt.py: it takes a person who interrupts",
    "MC9004": "tests/cli/test_exit_codes.py: there is no known bug",
    "MC9008": "tests/cli/test_init.py: it names the folder of the machine",
    "MC9010": "it takes a file that is changed meanwhile",
    "MC9020": "tests/cli/test_diff.py: it takes a repository of git",
    "MC9030": "tests/ci/test_kits.py: it takes a repository with workflows",
    "MC9031": "tests/hostile/test_trust.py: it takes a repository of git",
}


@pytest.mark.parametrize("code", CODES)
def test_each_code_says_what_was_reviewed(code: str, tmp_path: Path, golden: Golden) -> None:
    """One mistake in a right workspace gives one finding, with the reviewed words and marks."""
    folder = shutil.copytree(HERE / "workspace", tmp_path / "workspace")

    text = _without_progress(_story(code, folder).err)

    assert re.findall(r"(?m)^(?:error|warning|note)\[(MC[0-9]{4})\]", text) == [code], text
    assert str(tmp_path) not in text
    golden(HERE / f"{code}.txt", text)


def test_the_workspace_is_right(tmp_path: Path) -> None:
    """Without a change there is nothing to say, so that everything that is said comes from the change."""
    folder = shutil.copytree(HERE / "workspace", tmp_path / "workspace")

    ran = run_here("validate", folder=folder)

    assert (ran.code, ran.err) == (0, "")


def test_every_code_has_a_golden() -> None:
    """A new code gets an example or a case here, or a reason why it cannot have one."""
    assert set(CATALOG) - set(CODES) == set(ELSEWHERE)


def test_reasons_name_tests_that_show_the_code() -> None:
    """What is not shown here is shown where the reason says."""
    for code, reason in ELSEWHERE.items():
        if reason.startswith("tests/"):
            assert code in (ROOT / reason.partition(":")[0]).read_text(encoding="utf-8"), code


def test_a_code_has_an_example_or_a_case() -> None:
    """Not both, of which one would be shown to people and the other tried; and no golden file is left over."""
    assert not set(EXAMPLES) & set(CASES)
    assert {path.stem for path in HERE.glob("MC*.txt")} <= set(CODES)


MISTAKES = (  # a fix, and one with two places
    ("mentorz: career", "mentors: career"),
    ("asks: [satisfaction, satisfaction]", "asks: [satisfaction, meeting_frequency]"),
)
ADVICE = (  # a warning, one that is accepted, and what is said about both
    ("meetings: {lasts: 60min", "meetings: {every: 2w, lasts: 60min"),
    ("{at: [{at: closing.start}], asks", "{at: [{after: match.accepted, by: 30d}], every: 60d, asks"),
    (
        """checks: {severity: {MC2106: info}}
suppress: [{check: MC2105, because: people asked for quiet, until: 2027-06-30}]""",
        "checks: {severity: {MC2106: error}}",
    ),
)


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "junit"])
@pytest.mark.parametrize("name", ["errors", "advice"])
def test_each_format_says_what_was_reviewed(name: str, form: str, tmp_path: Path, golden: Golden) -> None:
    """The same findings in each format, with what stands on both streams."""
    folder = shutil.copytree(HERE / "workspace", tmp_path / "workspace")
    path = folder / "programs" / "grow.yaml"
    text = path.read_text(encoding="utf-8")
    for wrong, right in MISTAKES if name == "errors" else ADVICE:
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    path.write_text(text, encoding="utf-8")

    ran = run_here("validate", "--format", form, "--as-of", "2027-03-03", folder=folder)

    assert ran.code == (1 if name == "errors" else 0)
    told = f"{ran.out}---- on standard error ----\n{ran.err}".replace(f'"version": "{__version__}"', '"version": ""')
    golden(HERE / "formats" / f"{name}.{form}.txt", told)


def _story(code: str, folder: Path) -> Ran:
    """Make the mistake and run the commands."""
    case: Mapping[str, Any] = yaml.safe_load(CASES[code].read_text(encoding="utf-8")) if code in CASES else {}
    example = EXAMPLES.get(code)
    if example:
        case = {"file": example.file, "find": example.right, "replace": example.wrong}
    _change(folder, case)
    *before, last = case.get("run", [["validate"]])
    for words in before:
        run_here(*map(str, words), folder=folder)
    _change(folder, case.get("then", {}))
    return run_here(*map(str, last), folder=folder)


def _change(folder: Path, case: Mapping[str, Any]) -> None:
    for name, text in case.get("files", {}).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name, original in case.get("copy", {}).items():
        shutil.copy(folder / original, folder / name)
    if "find" in case:
        path = folder / case.get("file", "programs/grow.yaml")
        text = swapped(path.read_text(encoding="utf-8"), case["find"].rstrip("\n"), case["replace"].rstrip("\n"))
        path.write_bytes(text.encode(case.get("encoding", "utf-8")))
    for name in case.get("delete", []):
        (folder / name).unlink()


def swapped(text: str, old: str, new: str) -> str:
    """The text with whole lines in the place of others, indented as those are. They must be there exactly once."""
    first, *rest = old.split("\n")
    pattern = rf"(?m)^([ ]*){re.escape(first)}" + "".join(rf"\n\1{re.escape(line)}" for line in rest) + "$"
    (found,) = re.finditer(pattern, text)
    lines = "\n".join(found[1] + line for line in new.split("\n")) if new else ""
    return text[: found.start()] + lines + text[found.end() :]


def _without_progress(err: str) -> str:
    """Lines about progress depend on the speed of the machine."""
    return "".join(line for line in err.splitlines(keepends=True) if not line.startswith("… "))
