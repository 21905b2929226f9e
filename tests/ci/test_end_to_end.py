"""From a pull request to people: the steps of the generated workflows, run as they are against a forge in a folder."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from ci.forge import SECRET, Forge, Job, git
from cli.terminal import DAYS, example, run_here

DAY = DAYS["reverse"]
PROGRAM = "programs/fresh_eyes.yaml"
pytestmark = pytest.mark.slow


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    """A repository with a workspace and its kit, whose first plan was applied by hand; the state lies beside it."""
    made = Forge(tmp_path, day=DAY)
    example("reverse", tmp_path / "example")
    for path in sorted((tmp_path / "example").iterdir()):
        path.rename(made.home / path.name)
    (tmp_path / "live").mkdir()
    change(made, "mentorctl.yaml", r"sqlite:state\.db", f"sqlite:{tmp_path / 'live' / 'state.db'}")
    assert run_here("init", "--ci", "github", "--group", "acme", folder=made.home).code == 0
    (made.home / ".github" / "mentorctl" / "approvers").write_text("program_owner ada\n", encoding="utf-8")
    made.commit("A workspace")
    made.push()
    assert run_here("apply", "--as-of", DAY, "--yes", folder=made.home).code == 0
    return made


def change(forge: Forge, file: str, old: str, new: str) -> None:
    """Change one place of one file in a person's checkout."""
    path = forge.home / file
    text, count = re.subn(old, lambda _: new, path.read_text(encoding="utf-8"), count=1)
    assert count == 1
    path.write_text(text, encoding="utf-8")


def propose(forge: Forge, number: int, edit: Callable[[], None], *, owner: str = "acme") -> str:
    """A pull request that makes one edit, from main."""
    git(forge.home, "fetch", "--quiet", "origin")
    git(forge.home, "checkout", "--quiet", "--detach", "origin/main")
    edit()
    forge.commit("A change")
    return forge.propose(number, owner=owner)


def meet_longer(forge: Forge) -> Callable[[], None]:
    """Every meeting gets a quarter of an hour longer: people hear of it, and no match changes."""
    return lambda: change(forge, PROGRAM, "lasts: 45min", "lasts: 60min")


def check(forge: Forge, number: int) -> Job:
    return forge.run("mentorctl-check", "check", ref=f"refs/pull/{number}/merge", context={})


def review(forge: Forge, number: int, job: str) -> Job:
    """A job of the workflow that runs after the check, on main."""
    pull = forge.state["pulls"][str(number)]
    owner, _, branch = pull["label"].partition(":")
    event = "github.event.workflow_run"
    joined = f"{event}.head_repository.owner.login", f"{event}.head_branch"
    return forge.run(
        "mentorctl-review",
        job,
        ref="main",
        context={joined[0]: owner, joined[1]: branch, f"{event}.head_sha": pull["sha"]},
    )


def queue(forge: Forge, number: int) -> Job:
    """The merge queue asks whether the change may be merged."""
    context = {
        "github.event.merge_group.head_ref": f"refs/heads/gh-readonly-queue/main/pr-{number}-{'0' * 40}",
        "github.event.merge_group.base_sha": git(forge.bare, "rev-parse", "main"),
    }
    return forge.run("mentorctl-apply", "gate", ref=f"refs/pull/{number}/merge", context=context)


def applied(forge: Forge, before: str) -> Job:
    """What happens when main has moved."""
    return forge.run(
        "mentorctl-apply", "apply", ref="main", context={"inputs.accept": "", "github.event.before": before}
    )


def test_what_reviewers_approved_is_what_happens(forge: Forge) -> None:
    """Pull request, check, comment, plan, approval, merge queue, merge, apply: each step by the kit's own lines.

    A job that is started again finds everything done, and ends well.
    """
    before = forge.live()
    head = propose(forge, 1, meet_longer(forge))

    checked = check(forge, 1)
    assert (checked.failed, len(checked.ran)) == ((), 5), checked.log
    assert "fresh_eyes" in checked.log
    said = review(forge, 1, "comment")
    assert said.failed == (), said.log
    assert len(forge.comments(1)) == 1
    static = forge.comments(1)[0]
    assert static.startswith("<!-- mentorctl:review north_reverse")
    assert len(forge.state["sarifs"]) == 1
    planned = review(forge, 1, "plan")
    assert planned.failed == (), planned.log
    (comment,) = forge.comments(1)
    assert comment != static
    assert "28" in comment
    state, digest = forge.status(head) or ("", "")
    assert state == "success"
    assert digest.startswith("mcd1:sha256:")
    assert digest in comment
    assert forge.live() == before

    forge.approve(1, "ada")
    gated = queue(forge, 1)
    assert gated.failed == (), gated.log
    assert "retained" in gated.log
    base = git(forge.bare, "rev-parse", "main")
    merged = forge.merge(1)
    assert forge.live() == before
    done = applied(forge, base)

    assert done.failed == (), done.log
    assert "Applied" in done.log
    assert forge.live() != before
    assert "--approved-by" not in done.log
    assert git(forge.bare, "rev-parse", "main") == merged
    assert run_here("plan", "--as-of", DAY, "--detailed-exitcode", folder=forge.home).code == 0
    after = forge.live()
    again = applied(forge, base)
    assert again.failed == (), again.log
    assert "cleared" in again.log
    assert forge.live() == after
    for job in (checked, said, planned, gated, done, again):
        assert SECRET not in job.log
    assert not [call for call in forge.state["calls"] if SECRET in str(call)]


def test_a_comment_is_renewed_in_place(forge: Forge) -> None:
    """A second look at a pull request changes the one comment, and where nothing happens no comment is made."""
    propose(forge, 1, meet_longer(forge))
    review(forge, 1, "comment")
    first = forge.comments(1)
    propose(forge, 1, lambda: change(forge, PROGRAM, "lasts: 45min", "lasts: 50min"))
    review(forge, 1, "comment")
    assert len(forge.comments(1)) == 1
    assert forge.comments(1) != first

    propose(forge, 2, lambda: change(forge, PROGRAM, "# The sign", "# Remember: the sign"))
    assert review(forge, 2, "comment").failed == ()
    assert forge.comments(2) == []


def test_an_approval_that_does_not_hold_any_more_applies_nothing(forge: Forge) -> None:
    """Somebody withdraws after the approval: queue and apply refuse with the cause, and the status says so."""
    head = propose(forge, 1, meet_longer(forge))
    assert review(forge, 1, "plan").failed == ()
    forge.approve(1, "ada")
    git(forge.home, "checkout", "--quiet", "--detach", "origin/main")
    left = run_here("withdraw", "n00", "--at", DAY, folder=forge.home)
    assert left.code == 0, left.err
    before = forge.live()

    gated = queue(forge, 1)
    assert gated.failed == ("Gate",)
    assert "superseded" in gated.log
    base = git(forge.bare, "rev-parse", "main")
    looked = forge.run("mentorctl-schedule", "look", ref="main", context={})
    assert "Approvals of open pull requests" in looked.failed
    assert (forge.status(head) or ("", ""))[0] == "failure"
    forge.merge(1)
    done = applied(forge, base)

    assert done.failed == ("Gate and apply",)
    assert forge.live() == before


def test_a_change_without_a_plan_is_not_applied(forge: Forge) -> None:
    """A commit that came by no pull request, or by one that was never planned, changes nobody's life."""
    before = forge.live()
    base = git(forge.bare, "rev-parse", "main")
    git(forge.home, "checkout", "--quiet", "-B", "main", "origin/main")
    meet_longer(forge)()
    forge.commit("Straight to main")
    forge.push()
    assert applied(forge, base).failed == ("Gate and apply",)

    propose(forge, 1, lambda: change(forge, PROGRAM, "lasts: 60min", "lasts: 30min"))
    forge.merge(1)
    refused = applied(forge, base)

    assert refused.failed == ("Gate and apply",)
    assert "no approved plan" in refused.log
    assert forge.live() == before


def test_a_stranger_cannot_choose_the_store_or_the_roster(forge: Forge) -> None:
    """The job with the password refuses a pull request that names another store or another file, before it asks either."""
    places = {
        r"store: .*": ("store: postgresql://mentoring@203.0.113.7/mentoring", "store: sqlite:programs/mine.db"),
        r"roster/people\.csv": ("/proc/self/environ", "../../../secret.csv"),
    }
    for number, (old, new) in enumerate(((old, new) for old, all_new in places.items() for new in all_new), start=1):
        edit = partial(change, forge, "mentorctl.yaml", old, new)
        head = propose(forge, number, edit, owner="stranger")

        planned = review(forge, number, "plan")

        assert planned.failed == ("Plan",)
        assert "MC9031" in planned.log
        assert forge.status(head) is None
        assert SECRET not in planned.log


def test_a_stranger_cannot_approve_by_changing_the_approvers(forge: Forge) -> None:
    """Roles are read as they were before the change: whoever the change names has none."""

    def take_over() -> None:
        (forge.home / ".github" / "mentorctl" / "approvers").write_text("program_owner mallory\n", encoding="utf-8")

    propose(forge, 1, take_over)
    base = git(forge.bare, "rev-parse", "main")
    forge.merge(1)
    for login, role in (("mallory", ""), ("ada", "program_owner")):
        forge.approve(1, login)
        assert forge.call("approvals", "1", base) == role
