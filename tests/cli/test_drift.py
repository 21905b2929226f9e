"""What was done by hand: shown, told by the exit code, and written into the files so that nothing differs any more."""

import shutil
from pathlib import Path

import pytest
from cli.terminal import Invoke, example, run_here

DAY = "2027-03-03"


@pytest.fixture(scope="module")
def _living(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = example("grow", tmp_path_factory.mktemp("living") / "grow")
    _write(folder / "mentorctl.yaml", "  id:", "  # who is who\n  id:")
    assert run_here("apply", "--as-of", DAY, "--yes", folder=folder).code == 0
    words = ("withdraw", _person(folder, "mentees"), "--program", "grow", "--role", "mentee")
    assert run_here(*words, folder=folder).code == 0
    words = ("enroll", _person(folder, "mentors"), "--program", "grow", "--role", "mentee")
    assert run_here(*words, folder=folder).code == 0
    assert run_here("apply", "--as-of", DAY, "--yes", folder=folder).code == 0
    return folder


@pytest.fixture
def living(_living: Path, tmp_path: Path) -> Path:
    """The example `grow` as it was applied, and then somebody left, and somebody came."""
    return Path(shutil.copytree(_living, tmp_path / "grow"))


def _person(folder: Path, file: str) -> str:
    return (folder / "roster" / f"{file}.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]


def _write(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_nothing_differs_after_an_apply(tmp_path: Path, invoke: Invoke) -> None:
    """What the files led to is no difference, and the exit code says so."""
    folder = example("grow", tmp_path / "grow")
    assert invoke("apply", "--as-of", DAY, "--yes", folder=folder).code == 0
    ran = invoke("drift", "--detailed-exitcode", folder=folder)
    assert ran.code == 0
    assert "Nothing was done by hand" in ran.out


def test_what_was_done_by_hand_is_shown(living: Path, invoke: Invoke) -> None:
    """Who came and who left by hand are named by opaque id, and with --detailed-exitcode the code is 2."""
    ran = invoke("drift", "--detailed-exitcode", "--format", "json", folder=living)
    assert ran.code == 2
    assert [one["what"] for one in ran.json["differences"]] == ["enrolled by hand", "withdrawn by hand"]
    assert all(one["person"].startswith("p") for one in ran.json["differences"])
    assert "1 enrolled by hand, 1 withdrawn by hand" in invoke("drift", folder=living).out


def test_it_is_written_down_and_nothing_differs_any_more(living: Path, invoke: Invoke) -> None:
    """Decisions go into a file beside the roster, comments stay, the plan stays empty, and the drift is gone."""
    assert invoke("drift", "--write", folder=living).code == 0
    config = (living / "mentorctl.yaml").read_text(encoding="utf-8")
    assert "  # who is who\n  by_hand: roster/by_hand.csv\n  id:" in config
    rows = (living / "roster" / "by_hand.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "id,role,program,cohort,takes_part"
    assert sorted(row.rsplit(",", 1)[1] for row in rows[1:]) == ["no", "yes"]
    assert invoke("drift", "--detailed-exitcode", folder=living).code == 0
    assert "Nothing to do" in invoke("plan", "--as-of", DAY, folder=living).out
    assert invoke("validate", folder=living).code == 0


def test_values_of_the_program_are_written_where_they_stand(living: Path, invoke: Invoke) -> None:
    """A name, an owner and a mode that other files led to are written into the file, beside its comments."""
    program = living / "programs" / "grow.yaml"
    before = program.read_text(encoding="utf-8")
    name = next(line for line in before.splitlines() if line.startswith("name:"))
    program.write_text(before.replace(name, f"{name} Again  # as people know it"), encoding="utf-8")
    ran = invoke("drift", "--write", "--detailed-exitcode", folder=living)
    after = program.read_text(encoding="utf-8")
    assert f"{name}  # as people know it" in after
    assert ran.code == 2
    assert "MC7025" in ran.err
    assert "other files were applied last" in ran.said


def test_a_suspended_program_is_written_down(living: Path, invoke: Invoke) -> None:
    """A program that was suspended from another branch is suspended in these files too."""
    program = living / "programs" / "grow.yaml"
    before = program.read_text(encoding="utf-8")
    _write(program, "id: grow\n", "id: grow\nmode: suspended\n")
    assert invoke("apply", "--as-of", DAY, "--yes", folder=living).code == 0
    program.write_text(before, encoding="utf-8")
    assert "mode" in invoke("drift", folder=living).out
    assert invoke("drift", "--write", folder=living).code == 0
    assert "id: grow\nmode: suspended\n" in program.read_text(encoding="utf-8")
    assert "Nothing to do" in invoke("plan", "--as-of", DAY, folder=living).out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,role,program,cohort\n", "`takes_part` is missing"),
        ("id,role,program,cohort,takes_part\n9999999,mentee,grow,spring_2027,yes\n", "nobody on the roster"),
        ("id,role,program,cohort,takes_part\n1,boss,grow,spring_2027,yes\n", "is no role"),
        ("id,role,program,cohort,takes_part\n1,mentee,grow,spring_2027,perhaps\n", "write yes or no"),
        ("id,role,program,cohort,takes_part\n1,mentee,grow\n", "has 3 cells"),
    ],
)
def test_decisions_that_cannot_be_read_are_findings(living: Path, invoke: Invoke, text: str, said: str) -> None:
    """Each mistake in the file with decisions is a finding with its line."""
    _write(living / "mentorctl.yaml", "  # who is who\n", "  by_hand: roster/by_hand.csv\n")
    (living / "roster" / "by_hand.csv").write_text(text, encoding="utf-8")
    ran = invoke("drift", folder=living)
    assert ran.code == 1
    assert "MC3017" in ran.err
    assert said in ran.said
