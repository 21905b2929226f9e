"""Every file in `valid/` loads without a finding; every file in `invalid/` gives exactly the findings of its first line.

A program is loaded beside `mentorctl.yaml` of this folder and the files of `bases/` that it extends, a base beside a
program that extends it; a file whose header says `mentorctl: workspace/v1` is loaded as the workspace itself, one of
`policy/v1` beside the workspace, and one of `test/v1` alone. The first line of a wrong file names what is found and where, such as `# MC1101 line 14`, so each
has one mistake and one message. Dropping a file here adds a test.
"""

import re
from pathlib import Path

import pytest

from mentorctl import pipeline
from mentorctl.catalog import CATALOG
from mentorctl.diagnostics import Diagnostic
from mentorctl.render.findings import findings_text
from mentorctl.render.style import Style
from mentorctl.sources.files import read_yaml_text
from mentorctl.testing.run import read_test_file

HERE = Path(__file__).resolve().parent
VALID = tuple(sorted((HERE / "valid").iterdir()))
INVALID = tuple(sorted((HERE / "invalid").iterdir()))

# Codes that one file beside this workspace cannot show, and the test that shows them.
ELSEWHERE = {
    "MC1005": "tests/unit/sources/test_files.py: what is no regular text has no text to put here",
    "MC1120": "tests/unit/spec/test_severity.py: git would mend the ends of its lines",
    "MC1205": "tests/unit/test_loading.py: it takes a base",
    "MC1206": "tests/unit/test_loading.py: it takes many bases",
    "MC1207": "tests/unit/test_loading.py: it takes a base and a program",
    "MC2001": "tests/unit/spec/test_checks.py: it takes two program files",
    "MC2064": "tests/unit/spec/test_timeline_checks.py: it takes the optional data of holidays",
    "MC2065": "tests/unit/spec/test_timeline_checks.py: it takes a machine without that data",
    "MC2017": "tests/unit/plan/test_desired.py: it depends on the day of the plan",
    "MC2081": "tests/unit/render/test_templates.py: it takes a template beside the program",
    "MC2085": "tests/cli/test_tests.py: it takes a folder of templates",
    "MC2403": "tests/unit/spec/test_severity.py: it depends on the day of the check",
    "MC2405": "tests/unit/spec/test_read_policy.py: it depends on the day of the check",
    "MC2098": "tests/unit/spec/test_sharing_checks.py: it takes two program files",
    "MC2087": "tests/unit/spec/test_reference_checks.py: the roster is in one file and the program in another",
}

ALONE = ("workspace/v1", "policy/v1")  # kinds of files that no program is loaded beside

# Files that show a defect of the program, until it is mended.
KNOWN_DEFECTS: dict[str, str] = {}


HEIR = ("heir.yaml", "mentorctl: program/v1\nid: heir\nextends: region\n")


def load(path: Path) -> pipeline.Loaded:
    """The file beside the workspace of this folder and the bases that it extends, or as the workspace."""
    text = read_yaml_text(path, shown=path.name)
    kind = kind_of(text)
    if kind == "workspace/v1":
        return pipeline.load((path.name, text), [])
    if kind == "policy/v1":
        text_of_workspace = read_yaml_text(HERE / "mentorctl.yaml", shown="mentorctl.yaml")
        return pipeline.with_policies(pipeline.load(("mentorctl.yaml", text_of_workspace), []), [(path.name, text)])
    documents = [(path.name, text), *([HEIR] if kind == "base/v1" else [])]
    while named := re.search(
        r"^extends: (house|region|peers|circles|teams|mosaic|projects|flash|steady)$", text, re.MULTILINE
    ):
        file = HERE / "bases" / f"{named[1]}.yaml"
        text = read_yaml_text(file, shown=file.name)
        documents.append((f"bases/{file.name}", text))
    workspace = HERE / "mentorctl.yaml"
    return pipeline.load(("mentorctl.yaml", read_yaml_text(workspace, shown="mentorctl.yaml")), documents)


def found_in(path: Path) -> tuple[Diagnostic, ...]:
    """All findings of a file."""
    text = read_yaml_text(path, shown=path.name)
    return read_test_file(text, file=path.name).findings if kind_of(text) == "test/v1" else load(path).findings


def kind_of(text: str) -> str:
    """What the first line that is no comment says, such as `program/v1`."""
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith(("#", "%", "---")))
    return next(lines, "").partition("mentorctl: ")[2].strip()


def wanted_in(path: Path) -> list[tuple[str, int]]:
    """The code and the line of each finding that the first line names; the line is 0 where it is not said."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    one = r"MC[0-9]{4}(?: line [0-9]+)?"
    assert re.fullmatch(rf"# {one}( {one})*", first), f"{path.name} does not name its findings in the first line"
    return [(code, int(line or 0)) for code, line in re.findall(r"(MC[0-9]{4})(?: line ([0-9]+))?", first)]


def codes_of(path: Path) -> set[str]:
    """The codes that the first line names."""
    return {code for code, _ in wanted_in(path)}


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
    assert len(loaded.programs) == (0 if kind_of(path.read_text(encoding="utf-8")) in ALONE else 1)


@pytest.mark.parametrize("path", [marked(path) for path in INVALID])
def test_an_invalid_file_has_exactly_the_findings_it_names(path: Path) -> None:
    """Each finding is on its line of this file, is said in full, and related ones have a position too."""
    found = found_in(path)
    wanted = wanted_in(path)
    says_lines = all(line for _, line in wanted)
    seen = [(d.code, d.span.line if d.span and says_lines else 0) for d in found]
    told = [(d.code, str(d.span), d.detail) for d in found]
    assert sorted(seen if says_lines else {*seen}) == sorted(wanted), told
    for d in found:
        assert d.span is not None
        assert d.span.file == path.name
        assert d.span.line > 0
        assert d.span.column > 0
        assert all(r.span is not None and r.span.line > 0 for r in d.related)
        assert d.detail
        assert not d.detail.endswith(".")
    text = read_yaml_text(path, shown=path.name)
    assert all(d.code in findings_text(found, sources={path.name: text}, style=Style(color=False)) for d in found)


@pytest.mark.parametrize(
    "path", [path for path in INVALID[::8] if path.stem not in KNOWN_DEFECTS], ids=lambda p: str(p.stem)
)
def test_findings_repeat(path: Path) -> None:
    """The same file gives the same findings in the same order."""
    assert found_in(path) == found_in(path)


def test_every_code_has_a_file() -> None:
    """Each code of reading and checking files is shown by a file here, or by the test that is named."""
    wanted = {code for code in CATALOG if code.startswith(("MC1", "MC2"))}
    shown = set().union(*(codes_of(path) for path in INVALID if path.stem not in KNOWN_DEFECTS))
    assert wanted - shown == set(ELSEWHERE)


def test_known_defects_have_their_files() -> None:
    """The list holds no leftovers."""
    assert set(KNOWN_DEFECTS) <= {path.stem for path in INVALID}


def test_there_are_enough_wrong_files() -> None:
    """The corpus has at least 320 files with one mistake each, whose line is named."""
    single = [wanted for wanted in map(wanted_in, INVALID) if len(wanted) == 1 and wanted[0][1]]
    assert len(single) >= 320


# What the text about some of them must say: the way out, in words of people who run programs.
SAYS = {
    "teams_in_a_peer_program": "`teams` belongs to the model `team`",
    "group_in_one_on_one": "`group` belongs to the models `group` or `functional`",
    "projects_in_one_on_one": "`projects` belongs to the model `functional`",
    "period_in_one_on_one": "`per` belongs to the model `flash`",
    "points_in_a_hard_rule": "`points` belongs in an entry of `prefer`",
    "key_of_the_workspace_in_a_program": "`roster` belongs in mentorctl.yaml",
    "workspace_with_a_program_key": "under `defaults` for all of them",
    "unknown_key_in_defaults": "is not a key of `defaults`",
    "letter_of_another_alphabet": "U+043E (cyrillic small letter o)",
    "module_due_on_a_date": "write {on: 2027-02-01}",
    "objective_due_on_a_word": "write {at: active.end}",
    "event_on_a_bare_date": "write {on: 2027-02-15}",
    "eligibility_is_a_list": "or use `one_of` or `contains_any`",
    "eligibility_number_in_quotes": "write 12, without quotes",
    "text_without_inner_quotes": "a text needs quotes: 'senior'",
    "expression_of_mentors_among_peers": "did you mean `a.level` or `b.level`?",
    "time_zone_in_small_letters": "did you mean `Europe/Berlin`?",
    "time_zone_by_offset": "write a city that has the same clock",
    "unknown_time_zone_of_the_workspace": "did you mean `Europe/Berlin`?",
    "meetings_weekly": "did you mean `1w`?",
    "module_that_takes_an_hour_and_a_half": "did you mean `90min`?",
    "hours_in_the_afternoon": "did you mean `09:00-17:00`?",
    "event_at_a_time_in_the_afternoon": "did you mean `16:00`?",
    "cohort_start_in_american_order": "did you mean `2027-09-13`?",
    "extends_a_file": "did you mean `house`?",
    "module_with_an_unsafe_link": "did you mean `https://intranet.example.org`?",
    "removes_a_required_value": "`owner` is removed here, but it is required",
    "mixture_without_a_measure": "none of `at_least` and `at_most`",
    "message_on_an_unknown_event": "choose `match.proposed`, `match.accepted`",
    "rule_of_two_lines_without_a_dash": "a new entry of a list begins with `- `",
    "level_with_options": "`type: single` or `type: multiple`",
    "delimiter_in_words": "`\\t`",
}


@pytest.mark.parametrize(("stem", "words"), SAYS.items(), ids=SAYS)
def test_the_text_shows_the_way_out(stem: str, words: str) -> None:
    """What is wrong and what to do are said in words that fit the mistake."""
    (found,) = found_in(HERE / "invalid" / f"{stem}.yaml")
    assert words in f"{found.detail}\n{found.help}"
