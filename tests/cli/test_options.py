"""Options and the environment: where they may stand, which wins, and which stream carries what."""

import json
from pathlib import Path

import pytest
from cli.terminal import DAYS, Invoke, Words, run_apart, run_here

BROKEN = "mentorctl: workspace/v1\nid: [\n"


@pytest.mark.parametrize(
    "words",
    [
        ("-C", "workspace", "--format", "json", "validate"),
        ("validate", "-C", "workspace", "--format", "json"),
        ("-C", "workspace", "validate", "--format=json"),
        ("--format=json", "validate", "--chdir", "workspace"),
        ("-C", "nowhere", "--format", "text", "validate", "-C", "workspace", "--format", "json"),
    ],
    ids=" ".join,
)
def test_shared_options_stand_before_or_after_the_command(words: Words, workspace: Path) -> None:
    """Both places mean the same, and the one after the command wins."""
    ran = run_here(*words, folder=workspace.parent)

    assert ran.code == 0
    assert ran.json["valid"] is True


@pytest.mark.parametrize(
    ("words", "env", "is_colored"),
    [
        ((), {}, False),
        (("--color", "always"), {}, True),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
        ((), {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        ((), {"MENTORCTL_COLOR": "always"}, True),
        (("--color", "never"), {"MENTORCTL_COLOR": "always"}, False),
    ],
)
def test_color(words: Words, env: dict[str, str], is_colored: bool, invoke: Invoke, workspace: Path) -> None:
    """The option decides, then NO_COLOR, then FORCE_COLOR; before the command, after it, for results and for errors."""
    assert workspace.exists()
    for ran in (
        invoke(*words, "validate", env=env),
        invoke("validate", *words, env=env),
        invoke(*words, "bogus", env=env),
        invoke(*words, "validate", "--bogus", env=env),
        invoke("show", "matches", "bogus", *words, env=env),
    ):
        assert ("\x1b[" in ran.out + ran.err) == is_colored


def test_json_is_never_colored(invoke: Invoke, workspace: Path) -> None:
    """Color that is asked for everywhere does not break a program that reads JSON."""
    ran = invoke("validate", "--format", "json", "--color", "always", folder=workspace)

    assert "\x1b" not in ran.out + ran.err


def test_the_format_comes_from_the_environment(invoke: Invoke, workspace: Path) -> None:
    """MENTORCTL_FORMAT is the default for results and errors alike; an option is stronger."""
    env = {"MENTORCTL_FORMAT": "json"}

    assert invoke("validate", folder=workspace, env=env).json["valid"]
    assert invoke("bogus", folder=workspace, env=env).codes == ["MC9001"]
    assert invoke("validate", "--bogus", folder=workspace, env=env).codes == ["MC9001"]
    assert invoke("validate", "--format", "text", folder=workspace, env=env).out.startswith("valid: ")
    assert invoke("--format", "text", "validate", folder=workspace, env=env).out.startswith("valid: ")


def test_an_unknown_format_in_the_environment_is_named(invoke: Invoke, workspace: Path) -> None:
    """A wrong value of a variable is wrong usage, and the allowed values are listed."""
    ran = invoke("validate", folder=workspace, env={"MENTORCTL_FORMAT": "xml"})

    assert ran.code == 64
    assert all(word in ran.err for word in ("xml", "text", "json"))


def test_the_folder_comes_from_the_environment(invoke: Invoke, workspace: Path) -> None:
    """MENTORCTL_CHDIR names the workspace."""
    assert invoke("validate", folder=workspace.parent, env={"MENTORCTL_CHDIR": "workspace"}).code == 0


def test_a_pinned_version_in_the_environment_changes_nothing(invoke: Invoke, workspace: Path) -> None:
    """MENTORCTL_VERSION is how pipelines call the version that they install; it is not the option --version."""
    for value in ("0.1.0", "1"):
        assert invoke("validate", folder=workspace, env={"MENTORCTL_VERSION": value}).out.startswith("valid: ")


@pytest.mark.parametrize("name", ["MENTORCTL_YES", "MENTORCTL_APPLY_YES"])
def test_consent_never_comes_from_the_environment(name: str, invoke: Invoke, workspace: Path) -> None:
    """A variable that somebody exported once agrees to nothing."""
    ran = invoke("apply", "--as-of", DAYS["reverse"], folder=workspace, env={name: "1"})

    assert ran.code == 3
    assert not (workspace / "state.db").exists()


def test_results_and_remarks_have_streams_of_their_own(invoke: Invoke, planned: Path) -> None:
    """Results are on standard output; findings, progress and remarks on standard error."""
    plan = invoke("plan", "--as-of", DAYS["reverse"], "--out", "again.json", folder=planned)
    assert plan.out.startswith("Plan for north_reverse")
    assert "again.json" not in plan.out
    assert "saved to again.json" in plan.err

    path = planned / "programs" / "fresh_eyes.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("sponsor:", "x-sponsor:"), encoding="utf-8")
    checked = invoke("validate", folder=planned)
    assert checked.out == "valid: 1 program, 28 people (1 warning)\n"
    assert checked.err.startswith("warning[MC2102]")

    assert "MC2102" in invoke("validate", "--format", "json", folder=planned).out
    assert invoke("validate", "--format", "json", folder=planned).err == ""


@pytest.mark.parametrize(
    "words",
    [
        ("validate",),
        ("compile",),
        ("compile", "--out", "compiled"),
        ("graph",),
        ("graph", "--counts"),
        ("version",),
        ("show",),
        ("show", "program", "fresh_eyes"),
        ("show", "matches"),
        ("show", "sessions", "fresh_eyes"),
        ("show", "person", "n00"),
        ("apply", "plan.json"),
        ("plan", "--as-of", DAYS["reverse"]),
        ("apply", "--as-of", DAYS["reverse"]),
        ("init", "-C", "empty"),
        ("plan", "--as-of", DAYS["reverse"], "--out", "new.json"),
    ],
    ids=" ".join,
)
def test_a_result_in_json_is_one_document(words: Words, invoke: Invoke, applied: Path) -> None:
    """With --format json standard output holds one object that names its format, and nothing stands beside it."""
    (applied / "empty").mkdir()

    ran = invoke(*words, "--format", "json", folder=applied)

    assert ran.code == 0
    assert ran.err == ""
    assert ran.json["format"].startswith("mentorctl/")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), "MC9001"),
        (("bogus",), "MC9001"),
        (("validate", "--bogus"), "MC9001"),
        (("plan", "--as-of"), "MC9001"),
        (("plan", "--as-of", "soon"), "MC9001"),
        (("plan", "--time-limit", "0"), "MC9001"),
        (("show", "bogus"), "MC9001"),
        (("show", "person"), "MC9001"),
        (("show", "person", "nobody"), "MC9006"),
        (("compile", "bogus"), "MC9006"),
        (("graph", "bogus"), "MC9006"),
        (("-C", "nowhere", "validate"), "MC9001"),
        (("-C", "/", "validate"), "MC9002"),
        (("apply", "nothing.json"), "MC7002"),
        (("apply", "--as-of", "2027-02-02", "plan.json"), "MC9001"),
        (("init", "--timezone", "Mars/Olympus"), "MC2010"),
        (("init",), "MC9008"),
        (("plan", "--as-of", "2027-02-02", "--out", "nowhere/plan.json"), "MC9005"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_an_error_in_json_is_one_document(words: Words, code: str, invoke: Invoke, planned: Path) -> None:
    """Whatever goes wrong, a program that asked for JSON can read why."""
    ran = invoke("--format", "json", *words, folder=planned)

    assert ran.code in {1, 64}
    assert ran.err == ""
    assert ran.codes == [code]


@pytest.mark.parametrize("command", [("validate",), ("plan",), ("apply", "--yes"), ("compile",), ("graph",), ("show",)])
def test_broken_yaml_in_json_is_one_document(command: Words, invoke: Invoke, workspace: Path) -> None:
    """A file that is no YAML is reported by every command in the same way, with its line."""
    (workspace / "mentorctl.yaml").write_text(BROKEN, encoding="utf-8")

    ran = invoke(*command, "--format", "json", folder=workspace)

    assert ran.code == 1
    assert ran.codes == ["MC1001"]
    assert ran.json["diagnostics"][0]["range"]["filename"] == "mentorctl.yaml"


def test_output_survives_an_encoding_that_lacks_characters(applied: Path) -> None:
    """Bars and arrows that the terminal's encoding lacks are written out; the command does not fail."""
    ran = run_apart("show", folder=applied, env={"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"})

    assert ran.code == 0
    assert "\\u2588" in ran.out
    assert ran.err == ""


def test_a_path_that_is_no_text_is_written_out(applied: Path) -> None:
    """A folder whose name is no UTF-8 is shown with the byte written out, in text and in JSON."""
    strange = Path(str(applied) + "\udcff")

    assert "\\u{dcff}" in run_apart("validate", "-C", strange, folder=applied).err
    assert (
        "\udcff"
        in run_apart("validate", "-C", strange, "--format", "json", folder=applied).json["diagnostics"][0]["detail"]
    )


def test_closed_streams_do_no_harm(applied: Path) -> None:
    """Started without any standard stream, as some services do, a command works and its exit code says how."""
    script = f"import subprocess, sys; sys.exit(subprocess.call({_closing('show')!r}, shell=True))"

    assert run_apart(folder=applied, program=("-c", script)).code == 0


def test_a_reader_that_leaves_is_no_error(applied: Path) -> None:
    """`mentorctl compile | head -1` ends quietly."""
    script = f"{_PYTHON} -m mentorctl compile | head -c 1; echo ${{PIPESTATUS[0]}}"
    ran = run_apart(folder=applied, program=("-c", f"import subprocess; subprocess.call(['bash', '-c', {script!r}])"))

    assert ran.err == ""
    assert ran.out == "{0\n"


def test_a_full_disk_behind_a_redirection_is_said_once(applied: Path) -> None:
    """`mentorctl show > file` on a full disk is one message and exit code 1."""
    ran = run_apart(folder=applied, program=("-c", _INTO_FULL_DEVICE))

    assert ran.code == 1
    assert ran.err.count("the disk is full") == 1
    assert "Traceback" not in ran.err
    assert "Exception ignored" not in ran.err


def test_json_keeps_what_people_wrote(invoke: Invoke, workspace: Path) -> None:
    """Letters of all languages stay readable in JSON."""
    path = workspace / "programs" / "fresh_eyes.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Fresh Eyes", "Ojos frescos, ñandú 鹿"), encoding="utf-8")

    out = invoke("compile", folder=workspace).out

    assert "ñandú 鹿" in out
    assert json.loads(out)


_PYTHON = '"$PYTHON"'
_INTO_FULL_DEVICE = """
import subprocess, sys
with open("/dev/full", "w") as full:
    sys.exit(subprocess.call([sys.executable, "-m", "mentorctl", "show"], stdout=full))
"""


def _closing(command: str) -> str:
    return f"{_PYTHON} -m mentorctl {command} <&- >&- 2>&-"
