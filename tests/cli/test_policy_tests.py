"""Policies in `mentorctl test`: what they come to is expected like anything else."""

from pathlib import Path

import pytest
from cli.terminal import Invoke
from cli.test_tests import case, write

POLICIES = """\
mentorctl: policy/v1
policies:
  - id: beginning
    when: is_new
    effect: {effect}
    {more}because: somebody knows when it begins
  - id: quiet
    when: impact.withdrawn > 0
    effect: deny
    because: nobody is withdrawn by a plan
"""


def _policies(folder: Path, effect: str, more: str = "") -> None:
    (folder / "policies").mkdir()
    text = POLICIES.format(effect=effect, more=more)
    (folder / "policies" / "people.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("effect", "more"),
    [
        ("warn", ""),
        ("audit", ""),
        ("require", "approvals: [program_owner]\n    "),
    ],
)
def test_what_a_policy_comes_to_is_expected(effect: str, more: str, invoke: Invoke, workspace: Path) -> None:
    """The right word passes, with the plan applied; the wrong one fails at its place and says what it was."""
    _policies(workspace, effect, more)
    write(workspace, case(f"{{matched: 1, policies: {{beginning: {effect}, quiet: passes}}}}"))
    ran = invoke("test", folder=workspace)
    assert ran.code == 0, ran.err

    write(workspace, case("{policies: {quiet: deny, beginning: passes}}"))
    wrong = invoke("test", folder=workspace)
    assert wrong.code == 1
    assert "expected `deny`, got `passes`" in wrong.said
    assert f"expected `passes`, got `{effect}`" in wrong.said
    assert "is_new is true" in wrong.said


def test_a_denied_plan_is_not_applied(invoke: Invoke, workspace: Path) -> None:
    """A test that expects the denial passes and finds nobody matched; one that does not says that it was refused."""
    _policies(workspace, "deny")
    write(workspace, case("{matched: 0, policies: {beginning: deny}}"))
    ran = invoke("test", folder=workspace)
    assert ran.code == 0, ran.err

    write(workspace, case("{matched: 1}"))
    surprised = invoke("test", folder=workspace)
    assert (surprised.code, "MC7041" in surprised.err) == (1, True)


def test_an_unknown_policy_is_trouble(invoke: Invoke, workspace: Path) -> None:
    """A test about a policy that is not there cannot be run, and the nearest name is offered."""
    _policies(workspace, "warn")
    write(workspace, case("{policies: {begining: warn}}"))
    ran = invoke("test", folder=workspace)
    assert (ran.code, "MC8002" in ran.err) == (1, True)
    assert "did you mean `beginning`" in ran.said
