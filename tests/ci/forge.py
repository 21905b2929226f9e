"""A forge in a folder: a bare repository, what `gh` would answer, and jobs that run the very steps of the workflows."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from cli.terminal import ROOT, contents, surroundings

_GH = Path(__file__).with_name("fake_gh.py")
_EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")
_PERSON = {
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip
SECRET = "hunter2-of-the-store"  # noqa: S105 - the canary
REPOSITORY = "acme/mentoring"


@dataclass(frozen=True, kw_only=True)
class Job:
    """How a job ended: the names of its steps that ran, which of them failed, and everything that was printed."""

    ran: tuple[str, ...]
    failed: tuple[str, ...]
    log: str
    outputs: Mapping[str, str] = field(default_factory=dict)


class Forge:
    """One repository with pull requests. `day` is the day that counts as today in every command."""

    def __init__(self, folder: Path, *, day: str) -> None:
        self.folder, self.day = folder, day
        self.bare, self.home = folder / "forge.git", folder / "home"
        self.answers = folder / "answers.json"
        self.tools = folder / "tools"
        self.tools.mkdir()
        _script(self.tools / "gh", f'exec "{sys.executable}" -I "{_GH}" "$@"')
        self.runs = 0
        git(folder, "init", "--quiet", "--bare", "-b", "main", self.bare)
        git(folder, "clone", "--quiet", self.bare, self.home)
        git(self.home, "checkout", "--quiet", "-B", "main")
        self._save({"pulls": {}, "statuses": {}, "comments": {}, "reviews": {}, "artifacts": {}, "calls": []})

    # -- what people do ------------------------------------------------------------------------------------------------

    def commit(self, text: str) -> str:
        """Everything that lies in the checkout of a person, as one commit of the branch it is on."""
        git(self.home, "add", "--all")
        git(self.home, "commit", "--quiet", "--allow-empty", "-m", text)
        return git(self.home, "rev-parse", "HEAD")

    def push(self, branch: str = "main") -> None:
        git(self.home, "push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}")

    def propose(self, number: int, *, owner: str = "acme") -> str:
        """The commit here becomes the head of a pull request into main, with its merge as the forge makes it."""
        head = git(self.home, "rev-parse", "HEAD")
        git(self.home, "push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/head")
        git(self.home, "checkout", "--quiet", "-B", "merging", "origin/main")
        git(self.home, "merge", "--quiet", "--no-ff", "-m", f"Merge pull request {number}", head)
        git(self.home, "push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/merge")
        git(self.home, "checkout", "--quiet", "--detach", head)
        state = self.state
        state["pulls"][str(number)] = {"sha": head, "label": f"{owner}:change-{number}"}
        self._save(state)
        return head

    def approve(self, number: int, login: str) -> None:
        state = self.state
        state["reviews"][str(number)] = [login]
        self._save(state)

    def merge(self, number: int) -> str:
        """The merge of a pull request becomes the main branch."""
        git(self.home, "fetch", "--quiet", "origin", f"refs/pull/{number}/merge")
        git(self.home, "checkout", "--quiet", "-B", "main", "FETCH_HEAD")
        self.push()
        git(self.home, "fetch", "--quiet", "origin")
        merged = git(self.home, "rev-parse", "HEAD")
        state = self.state
        state["pulls"][str(number)]["merged"] = merged
        self._save(state)
        return merged

    # -- what the forge does -------------------------------------------------------------------------------------------

    def run(self, workflow: str, job: str, *, ref: str, context: Mapping[str, str]) -> Job:
        """The steps of a job in a fresh runner. `context` has the value of each expression that is not a secret's."""
        self.runs += 1
        runner = self.folder / f"run{self.runs}"
        temp, checkout = runner / "temp", runner / "work"
        (temp / "tool" / "bin").mkdir(parents=True)
        git(self.folder, "clone", "--quiet", self.bare, checkout)
        git(checkout, "fetch", "--quiet", "origin", ref)
        git(checkout, "checkout", "--quiet", "--detach", "FETCH_HEAD")
        _script(temp / "tool" / "bin" / "mentorctl", f'exec "{sys.executable}" -m mentorctl "$@"')
        document = yaml.safe_load((checkout / ".github" / "workflows" / f"{workflow}.yml").read_text(encoding="utf-8"))
        known = {"secrets.PGPASSWORD": SECRET, "github.token": "token-of-the-job", "vars.MENTORCTL_LIVE": "yes"}
        known |= {"vars.MENTORCTL_ROSTERS": "", "runner.temp": str(temp)} | dict(context)
        described = document["jobs"][job]
        surrounding = self._surroundings() | {
            "GITHUB_OUTPUT": str(temp / "output"),
            "GITHUB_RUN_ID": str(self.runs),
            "GITHUB_SERVER_URL": "https://forge.example.org",
            "GITHUB_SHA": git(checkout, "rev-parse", "HEAD"),
            "HOME": str(runner),
            "PYTHONPATH": str(ROOT / "engine"),
            "RUNNER_TEMP": str(temp),
            **{f"MENTORCTL_{command}_AS_OF": self.day for command in ("PLAN", "GATE", "APPLY", "VALIDATE")},
        }
        surrounding |= _filled(described.get("env", {}), known)
        folder = checkout / described.get("defaults", {}).get("run", {}).get("working-directory", ".")
        return self._steps(described["steps"], folder, surrounding, known)

    def call(self, script: str, *words: str) -> str:
        """What a script of the kit says in the checkout of a person."""
        ended = subprocess.run(
            ["bash", f".github/mentorctl/{script}", *words],
            cwd=self.home,
            env=self._surroundings(),
            capture_output=True,
            text=True,
            check=True,
        )
        return ended.stdout.strip()

    def _surroundings(self) -> dict[str, str]:
        path = f"{self.tools}{os.pathsep}{os.environ['PATH']}"
        return surroundings(_PERSON) | {"PATH": path, "FORGE": str(self.answers), "GITHUB_REPOSITORY": REPOSITORY}

    def _steps(
        self, steps: list[dict[str, Any]], folder: Path, surrounding: dict[str, str], known: Mapping[str, str]
    ) -> Job:
        ran: list[str] = []
        failed: list[str] = []
        log: list[str] = []
        for step in steps:
            if not _is_due(step.get("if"), surrounding, known, has_failed=bool(failed)):
                continue
            if step.get("uses", "").startswith("actions/upload-artifact"):
                self._keep(
                    surrounding["GITHUB_RUN_ID"], step["with"]["name"], Path(_value(step["with"]["path"], known))
                )
            if "run" not in step or step["name"] == "Install mentorctl":  # what is installed is this checkout
                continue
            ended = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=folder,
                env=surrounding | _filled(step.get("env", {}), known),
                capture_output=True,
                text=True,
                check=False,
                timeout=180,
            )
            ran.append(step["name"])
            log += [ended.stdout, ended.stderr]
            if ended.returncode:
                failed.append(step["name"])
        return Job(ran=tuple(ran), failed=tuple(failed), log="".join(log))

    def _keep(self, run: str, name: str, path: Path) -> None:
        kept = self.folder / "artifacts" / run / name
        kept.mkdir(parents=True)
        shutil.copy(path, kept)
        state = self.state
        state["artifacts"][f"{run}/{name}"] = str(kept)
        self._save(state)

    @property
    def state(self) -> dict[str, Any]:
        """What the forge remembers, as `fake_gh.py` reads and writes it."""
        found: dict[str, Any] = json.loads(self.answers.read_text(encoding="utf-8"))
        return found

    def comments(self, number: int) -> list[str]:
        found: list[str] = [each["body"] for each in self.state["comments"].get(str(number), [])]
        return found

    def status(self, sha: str) -> tuple[str, str] | None:
        """The newest status of a commit: its state and its text."""
        found = self.state["statuses"].get(sha, [])
        return (found[0]["state"], found[0]["description"]) if found else None

    def live(self) -> dict[str, tuple[int, bytes]]:
        """The live state, to compare."""
        return contents(self.folder / "live")

    def _save(self, state: Mapping[str, Any]) -> None:
        self.answers.write_text(json.dumps(state, indent=1), encoding="utf-8")


def git(folder: Path, *words: str | Path) -> str:
    """A person's git."""
    ended = subprocess.run(
        ["git", *words], cwd=folder, env=os.environ | _PERSON, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


def _filled(values: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    return {name: _value(str(value), known) for name, value in values.items()}


def _value(text: str, known: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda found: known[found[1]], text)


def _is_due(
    condition: str | None, surrounding: Mapping[str, str], known: Mapping[str, str], *, has_failed: bool
) -> bool:
    """The few conditions that the kit has: parts joined by &&, each `!cancelled()` or a comparison with a text."""
    text = (condition or "").removeprefix("${{").removesuffix("}}").strip()
    parts = [part.strip() for part in text.split("&&")] if text else []
    if has_failed and "!cancelled()" not in parts:
        return False
    for part in parts:
        if part == "!cancelled()":
            continue
        found = re.fullmatch(r"([\w.]+) (==|!=) '(\w*)'", part)
        assert found, part
        name, sign, wanted = found.groups()
        value = surrounding.get(name.removeprefix("env."), "") if name.startswith("env.") else known[name]
        if (value == wanted) != (sign == "=="):
            return False
    return True
