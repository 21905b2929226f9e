"""Help: what a newcomer reads first."""

import re
from pathlib import Path

import pytest
from cli.terminal import Invoke, run_apart, run_here

from mentorctl.cli.main import COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, tmp_path: Path) -> None:
    """Help begins with the sentence of the table of commands, and shows an example that names the command."""
    ran = run_here(command, "--help", folder=tmp_path)

    paragraphs = [" ".join(part.split()) for part in ran.out.split("\n\n")]
    assert ran.code == 0
    assert ran.err == ""
    assert paragraphs[1] == COMMANDS[command][1]
    examples = ran.out.partition("Example")[2].partition("Options:")[0]
    assert re.search(rf"^    .*mentorctl (-C \S+ )?{command}\b", examples, re.MULTILINE)
    assert "\\b" not in ran.out
    assert "\b" not in ran.out


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "completion"])
def test_every_command_has_the_shared_options(command: str, tmp_path: Path) -> None:
    """Folder, format and color can be given after every command."""
    words = run_here(command, "-h", folder=tmp_path).out

    assert all(option in words for option in ("-C, --chdir", "--format [text|json", "--color [auto|always|never]"))


def test_the_overview_names_every_command_and_exit_code(tmp_path: Path) -> None:
    """All commands stand in the overview with their sentence, and every exit code with its meaning."""
    ran = run_here("--help", folder=tmp_path)

    assert ran.code == 0
    for name, (_, summary) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(summary)}$", ran.out, re.MULTILINE)
    for code in (0, 1, 2, 3, 4, 5, 6, 7, 64, 70, 130):
        assert re.search(rf"\b{code} [a-z]", ran.out)


def test_no_words_at_all_are_answered_with_the_overview(tmp_path: Path) -> None:
    """Without a command the overview is shown, but as an error, since a script that does this has a bug."""
    ran = run_here(folder=tmp_path)

    assert ran.code == 64
    assert ran.out == ""
    assert ran.err == run_here("--help", folder=tmp_path).out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_complete_commands(shell: str, tmp_path: Path) -> None:
    """The script of each shell asks mentorctl itself, through one variable."""
    ran = run_here("completion", shell, folder=tmp_path)

    assert ran.code == 0
    assert "_MENTORCTL_COMPLETE" in ran.out


def test_completion_answers(tmp_path: Path) -> None:
    """What the script asks is answered with the commands that begin so."""
    asked = {"_MENTORCTL_COMPLETE": "bash_complete", "COMP_WORDS": "mentorctl va", "COMP_CWORD": "1"}

    ran = run_apart(folder=tmp_path, env=asked, program=("-c", _AS_INSTALLED))

    assert ran.out.split() == ["plain,validate"]


@pytest.mark.parametrize("option", ["--version", "version"])
def test_version_names_the_program(option: str, tmp_path: Path) -> None:
    """The version can be asked for in both ways."""
    ran = run_here(option, folder=tmp_path)

    assert ran.code == 0
    assert re.match(r"mentorctl \d+\.\d+\.\d+\n", ran.out)


def test_version_as_json_names_the_formats(invoke: Invoke, tmp_path: Path) -> None:
    """A program can ask which formats are understood, and by which solvers."""
    ran = invoke("version", "--format", "json", folder=tmp_path)

    assert {"workspace/v1", "program/v1", "mentorctl/plan/v1"} <= set(ran.json["formats"])
    assert ran.json["solvers"]["pulp"]


_AS_INSTALLED = "import sys; from mentorctl.cli.main import main; sys.argv[0] = 'mentorctl'; sys.exit(main())"
