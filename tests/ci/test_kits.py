"""`mentorctl init --ci`: workflows that linters have nothing to say about, owners that are current, nothing overwritten."""

import json
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli.terminal import ROOT, contents, example, run_here

TOOLS = Path(sysconfig.get_path("scripts"))
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
KNOWN_PINS = {  # the commits of these versions, as a great many public workflows have them
    "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0",
    "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2",
}


@pytest.fixture(scope="module")
def kits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two programs in a folder below its top, and the kits of both forges."""
    top = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "--quiet", "-b", "main", top], check=True)
    folder = example("two-programs", top / "people" / "mentoring")
    for forge in ("github", "gitlab"):
        ran = run_here("init", "--ci", forge, "--group", "acme", folder=folder)
        assert (ran.code, ran.err) == (0, "")
    return top


def workflows(kits: Path) -> list[Path]:
    """The workflows of the kit for GitHub."""
    return sorted((kits / ".github" / "workflows").glob("*.yml"))


def scripts(kits: Path) -> Iterator[tuple[str, str]]:
    """Every shell script of both kits and of the action, with a name: files, and the lines of steps and jobs."""
    for folder in (kits / ".github" / "mentorctl", kits / ".gitlab" / "mentorctl"):
        yield from ((path.name, path.read_text(encoding="utf-8")) for path in folder.iterdir() if not path.suffix)
    for path in (*workflows(kits), ROOT / "action.yml"):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        jobs = document["jobs"] if "jobs" in document else {"action": document["runs"]}
        for name, job in jobs.items():
            for step in job["steps"]:
                if "run" in step:
                    yield f"{path.name} {name} {step['name']}", step["run"]
    document = yaml.safe_load((kits / ".gitlab" / "mentorctl.gitlab-ci.yml").read_text(encoding="utf-8"))
    for name, job in document.items():
        for number, line in enumerate((*job.get("before_script", ()), *job.get("script", ()))):
            yield f"{name} line {number}", line


def tool(name: str, *words: str | Path, given: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a linter of the environment of these tests."""
    return subprocess.run([TOOLS / name, *words], input=given, capture_output=True, text=True, check=False, timeout=120)


def test_an_auditor_of_workflows_finds_nothing(kits: Path) -> None:
    """zizmor, at its strictest, has no finding in the workflows and the action, and one exception says its reason."""
    ended = tool("zizmor", "--offline", "--persona=auditor", "--format=json", *workflows(kits), ROOT / "action.yml")

    assert ended.returncode == 0, ended.stdout
    assert [found["ident"] for found in json.loads(ended.stdout)] == []
    ignored = [
        line for path in workflows(kits) for line in path.read_text(encoding="utf-8").splitlines() if "zizmor" in line
    ]
    assert ignored == ["  workflow_run: # zizmor: ignore[dangerous-triggers]"]


def test_the_files_fit_the_schemas_of_the_forges(kits: Path) -> None:
    """Workflows, action and pipeline are what the published schemas of GitHub and GitLab allow."""
    pipeline = kits / ".gitlab" / "mentorctl.gitlab-ci.yml"
    for schema, files in (
        ("vendor.github-workflows", workflows(kits)),
        ("custom.github-workflows-require-timeout", workflows(kits)),
        ("vendor.github-actions", [ROOT / "action.yml"]),
        ("vendor.gitlab-ci", [pipeline, kits / ".gitlab-ci.yml"]),
    ):
        ended = tool("check-jsonschema", "--builtin-schema", schema, *files)
        assert ended.returncode == 0, ended.stdout


def test_a_linter_of_shell_scripts_finds_nothing(kits: Path) -> None:
    """Shellcheck has nothing to say about any script or step."""
    said = {
        name: ended.stdout
        for name, text in scripts(kits)
        if (ended := tool("shellcheck", "--shell=bash", "--exclude=SC2016,SC2154", "-", given=text)).returncode
    }
    assert not said


def test_actions_of_others_are_pinned_by_commit(kits: Path) -> None:
    """Only two actions are used, both of the forge itself, by the full hash of a known version."""
    text = "".join(path.read_text(encoding="utf-8") for path in workflows(kits))
    used = set(re.findall(r"\buses: (.+)", text))

    assert used == KNOWN_PINS
    assert all(PINNED.fullmatch(one) for one in used)


def test_no_job_gets_more_than_it_needs(kits: Path) -> None:
    """No workflow has a permission for all its jobs, none is started by `pull_request_target`, and no checkout leaves a token."""
    for path in workflows(kits):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        triggers: dict[str, Any] = document[True]  # YAML 1.1 takes the key `on` for a truth value
        assert document["permissions"] == {}, path
        assert "pull_request_target" not in triggers
        assert "concurrency" in document
        for job in document["jobs"].values():
            checkouts = [s for s in job["steps"] if s.get("uses", "").startswith("actions/checkout")]
            assert checkouts
            assert all(s["with"]["persist-credentials"] is False for s in checkouts)


def test_what_a_stranger_starts_sees_no_secret(kits: Path) -> None:
    """The workflow of the pull request itself names no secret and no environment, and may only read."""
    text = (kits / ".github" / "workflows" / "mentorctl-check.yml").read_text(encoding="utf-8")
    (job,) = yaml.safe_load(text)["jobs"].values()

    assert "secrets." not in text
    assert "environment" not in job
    assert job["permissions"] == {"contents": "read"}


def test_no_text_of_a_pull_request_is_put_into_a_script(kits: Path) -> None:
    """Whatever an event says reaches a script by a variable; `${{ … }}` stands in no step."""
    found = [name for name, text in scripts(kits) if "${{" in text]

    assert not found


def test_secrets_reach_only_the_steps_that_ask_the_store(kits: Path) -> None:
    """No job has a secret in its environment, only single steps have one."""
    for path in workflows(kits):
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            assert "secrets." not in json.dumps(job.get("env", {}))


def test_owners_follow_from_the_programs(kits: Path) -> None:
    """Every program file has the team of its owner, and what all share has the teams of all."""
    folder = kits / "people" / "mentoring"
    text = (kits / ".github" / "CODEOWNERS").read_text(encoding="utf-8").splitlines()

    assert "/people/mentoring/programs/compass.yaml @acme/people_team" in text
    assert "/people/mentoring/mentorctl.yaml @acme/people_team" in text
    assert text[0].startswith("# mentorctl: begin acme ")
    assert run_here("init", "--ci", "github", "--check", folder=folder).code == 0


def test_owners_that_changed_are_found_and_renewed(tmp_path: Path) -> None:
    """After a program changes hands the check fails, init renews its own lines, and lines of others stay."""
    folder = example("two-programs", tmp_path / "workspace")
    run_here("init", "--ci", "github", "--group", "acme", folder=folder)
    owners = folder / ".github" / "CODEOWNERS"
    owners.write_text(f"* @acme/everybody\n{owners.read_text(encoding='utf-8')}/x @acme/x\n", encoding="utf-8")
    program = folder / "programs" / "compass.yaml"
    program.write_text(
        program.read_text(encoding="utf-8").replace("name: Compass\n", "name: Compass\nowner: Career & Growth\n"),
        encoding="utf-8",
    )

    checked = run_here("init", "--ci", "github", "--check", folder=folder)
    assert (checked.code, "MC9030" in checked.err) == (1, True)
    renewed = run_here("init", "--ci", "github", folder=folder)

    assert "~ .github/CODEOWNERS" in renewed.out
    lines = owners.read_text(encoding="utf-8").splitlines()
    assert "/programs/compass.yaml @acme/career-growth" in lines
    assert "/programs/lunch_lottery.yaml @acme/people_team" in lines
    assert (lines[0], lines[-1]) == ("* @acme/everybody", "/x @acme/x")
    assert run_here("init", "--ci", "github", "--check", folder=folder).code == 0


def test_what_is_there_is_left_alone_and_said(tmp_path: Path) -> None:
    """Files that say something else are listed and not touched, even links and folders in their place."""
    folder = example("reverse", tmp_path / "workspace")
    (folder / ".github" / "workflows" / "mentorctl-check.yml").mkdir(parents=True)
    (folder / ".github" / "CODEOWNERS").write_text("* @acme/all\n", encoding="utf-8")
    (folder / ".pre-commit-config.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    before = contents(folder)

    ran = run_here("init", "--ci", "github", "--group", "acme", "--format", "json", folder=folder)

    assert ran.code == 0
    assert ran.json["left_alone"] == [
        ".github/CODEOWNERS",
        ".github/workflows/mentorctl-check.yml",
        ".pre-commit-config.yaml",
    ]
    after = contents(folder)
    assert {name: after[name] for name in before} == before
    assert not (tmp_path / "elsewhere.yaml").exists()
    checked = run_here("init", "--ci", "github", "--check", "--group", "acme", folder=folder)
    assert (checked.code, "has no part for the programs" in checked.err) == (1, True)


def test_a_check_writes_nothing(tmp_path: Path) -> None:
    """Where nothing is there yet, --check names every file and makes none."""
    folder = example("reverse", tmp_path / "workspace")
    before = contents(folder)

    ran = run_here("init", "--ci", "gitlab", "--check", "--group", "acme", folder=folder)

    assert ran.code == 1
    assert ran.err.count("error[MC9030]") == 6
    assert contents(folder) == before


def test_the_group_is_that_of_the_repository(tmp_path: Path) -> None:
    """Without --group the organization is read from the address that the repository was cloned from."""
    for number, (address, group) in enumerate(
        {
            "git@github.com:acme/mentoring.git": "acme",
            "https://user@gitlab.example.org:8443/acme/people/mentoring.git": "acme/people",
            "ssh://git@example.org/acme/mentoring": "acme",
        }.items()
    ):
        folder = example("reverse", tmp_path / str(number))
        subprocess.run(["git", "init", "--quiet", folder], check=True)
        subprocess.run(["git", "remote", "add", "origin", address], cwd=folder, check=True)
        assert run_here("init", "--ci", "github", folder=folder).code == 0
        assert f"@{group}/" in (folder / ".github" / "CODEOWNERS").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ("--ci", "github"),
        ("--ci", "github", "--group", "a b"),
        ("--ci", "github", "--group", "acme", "--branch", "a b"),
        ("--check",),
    ],
    ids=" ".join,
)
def test_what_cannot_be_known_is_asked_for(words: tuple[str, ...], tmp_path: Path) -> None:
    """No group, or a word that is no name, is wrong usage, and nothing is written."""
    folder = example("reverse", tmp_path / "workspace")
    before = contents(folder)

    ran = run_here("init", *words, folder=folder)

    assert (ran.code, "MC9001" in ran.err) == (64, True)
    assert contents(folder) == before


def test_an_owner_in_odd_words_makes_no_line_of_its_own(tmp_path: Path) -> None:
    """Line ends, blanks and signs in an owner or a file's name cannot add an owner or a path."""
    folder = example("reverse", tmp_path / "workspace")
    program = folder / "programs" / "fresh_eyes.yaml"
    text = re.sub(r"(?m)^owner: .*$", r'owner: "team\\n* @evil/all"', program.read_text(encoding="utf-8"))
    program.unlink()
    (folder / "programs" / "fresh * @evil #[eyes].yaml").write_text(text, encoding="utf-8")

    ran = run_here("init", "--ci", "github", "--group", "acme", folder=folder)

    assert ran.code == 0, ran.err
    lines = (folder / ".github" / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    assert lines[-2] == "/programs/fresh*evil*eyes*.yaml @acme/team-evil-all"
    assert not [line for line in lines if line.startswith("* ")]


def test_a_new_workspace_can_have_both(tmp_path: Path) -> None:
    """In an empty folder init makes the workspace and the kit, and both are current."""
    ran = run_here("init", "--ci", "github", "--group", "acme", folder=tmp_path)

    assert ran.code == 0
    assert "+ mentorctl.yaml" in ran.out
    assert run_here("init", "--ci", "github", "--check", folder=tmp_path).code == 0
    assert run_here("validate", "--strict", folder=tmp_path).code == 0
    assert run_here("fmt", "--check", folder=tmp_path).code == 0


def test_hooks_name_commands_that_exist(tmp_path: Path) -> None:
    """The hooks of this repository and of the kit start commands as they are, from the folder of the workspace."""
    folder = example("reverse", tmp_path / "workspace")
    run_here("init", "--ci", "github", "--group", "acme", folder=folder)
    published = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    ours = yaml.safe_load((folder / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    commands = [[hook["entry"], *hook["args"]] for hook in published] + [hook["entry"].split() for hook in ours]

    assert len(commands) == 4
    for name, *words in commands:
        assert name == "mentorctl"
        assert run_here(*words, folder=folder).code == 0
