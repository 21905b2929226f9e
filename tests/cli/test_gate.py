"""`mentorctl gate` and what is said beside a plan: approvals stand or fall by effects, and never by the environment."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli.terminal import DAYS, Invoke, contents, example

from mentorctl.plan.codec import plan_from_text, plan_to_text

DAY = DAYS["reverse"]
NEXT = DAY.replace("-02-02", "-02-03")
POLICY = """\
mentorctl: policy/v1
policies:
  - id: owner_agrees
    when: touched > 5
    effect: {effect}
    {approvals}because: people are told
"""
ASK = POLICY.format(effect="require", approvals="approvals: [program_owner]\n    ")
DENY = POLICY.format(effect="deny", approvals="")


def _policy(folder: Path, text: str) -> None:
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "people.yaml").write_text(text, encoding="utf-8")


def _limit(folder: Path, text: str) -> None:
    path = folder / "programs" / "fresh_eyes.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{text}\n", encoding="utf-8")


def _digest(folder: Path) -> str:
    return str(json.loads((folder / "plan.json").read_text(encoding="utf-8"))["digest"])


def _join(folder: Path) -> None:
    with (folder / "roster" / "people.csv").open("a", encoding="utf-8") as file:
        file.write("n50,New Colleague,mentor,analyst,,Toronto,America/Toronto,climate;gaming,\n")


def test_an_approval_is_retained_on_another_day(invoke: Invoke, planned: Path) -> None:
    """The same effects on the next day: exit code 0, in words and as JSON, and nothing is written."""
    before = contents(planned)
    ran = invoke("gate", "plan.json", "--as-of", NEXT, folder=planned)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("retained: what was approved is what would happen")
    assert _digest(planned) in ran.out

    by_digest = invoke("gate", "--expect-digest", _digest(planned), "--as-of", DAY, "--format", "json", folder=planned)
    assert by_digest.code == 0
    assert (by_digest.json["format"], by_digest.json["outcome"]) == ("mentorctl/gate/v1", "retained")
    assert contents(planned) == before


def test_a_superseded_approval_says_what_moved(invoke: Invoke, planned: Path) -> None:
    """A new colleague changes the effects: exit code 4, the part of the read set, and what of the plan is as it was."""
    _join(planned)
    ran = invoke("gate", "plan.json", folder=planned)
    assert ran.code == 4
    assert ran.out.startswith("superseded")
    assert "mentors changed from 16 to 17" in ran.out
    data = invoke("gate", "plan.json", "--format", "json", folder=planned).json
    assert {cause["kind"] for cause in data["causes"]} == {"read-set"}
    assert {part["outcome"] for part in data["parts"]} >= {"changed"}


def test_what_was_applied_is_cleared(invoke: Invoke, applied: Path) -> None:
    """Nothing is left to decide: exit code 0, with the commit that did it."""
    ran = invoke("gate", "plan.json", folder=applied)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("cleared")
    assert "a plan was applied, 130 changes" in ran.out


def test_a_gate_needs_an_approval(invoke: Invoke, planned: Path) -> None:
    """Neither a plan nor a digest is wrong usage, and so is a digest that is cut."""
    assert invoke("gate", folder=planned).code == 64
    cut = invoke("gate", "--expect-digest", "mcd1:sha256:abc", folder=planned)
    assert (cut.code, "is not the digest of a plan" in cut.said) == (64, True)
    other = invoke("gate", "plan.json", "--expect-digest", f"mcd1:sha256:{'0' * 64}", folder=planned)
    assert (other.code, "MC7044" in other.err) == (4, True)


def test_what_was_approved_is_performed(invoke: Invoke, planned: Path) -> None:
    """Without a plan file the digest is agreement enough: a plan is made, compared and performed, and not asked for."""
    ran = invoke("apply", "--expect-digest", _digest(planned), "--as-of", NEXT, folder=planned)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("Applied: 130 changes")

    again = invoke("apply", "--expect-digest", _digest(planned), "--as-of", NEXT, folder=planned)
    assert again.code == 0, again.err
    assert "as serial 1" in again.out


def test_what_was_not_approved_is_refused(invoke: Invoke, planned: Path) -> None:
    """Other effects, and digests of another encoding, change nothing: exit code 4."""
    before = contents(planned)
    for digest in (f"mcd1:sha256:{'0' * 64}", _digest(planned).replace("mcd1", "mcd2")):
        ran = invoke("apply", "--expect-digest", digest, "--as-of", DAY, "--yes", folder=planned)
        assert (ran.code, "MC7044" in ran.err) == (4, True), ran.err
        saved = invoke("apply", "plan.json", "--expect-digest", digest, folder=planned)
        assert (saved.code, "MC7044" in saved.err) == (4, True), saved.err
    assert contents(planned) == before
    assert invoke("apply", "plan.json", "--expect-digest", _digest(planned), folder=planned).code == 0


def test_any_digest_is_cleared_when_nothing_is_to_be_done(invoke: Invoke, applied: Path) -> None:
    """An approval whose plan is not needed any more is said to be that, and is no success of it."""
    ran = invoke("apply", "--expect-digest", f"mcd1:sha256:{'0' * 64}", "--as-of", DAY, folder=applied)
    assert ran.code == 0, ran.err
    assert "not needed any more" in ran.out


def test_a_limit_is_accepted_by_number_and_written_down(invoke: Invoke, planned: Path) -> None:
    """Nobody may be told: the plan is shown and saved with exit code 1, and applied when as many are accepted."""
    _limit(planned, "limits: {unmatched: {max: 0}}")
    people = planned / "roster" / "people.csv"
    rows = people.read_text(encoding="utf-8").splitlines(keepends=True)
    mentors = [row for row in rows if ",mentor," in row]
    people.write_text("".join(row for row in rows if row not in mentors[5:]), encoding="utf-8")
    ran = invoke("plan", "--as-of", DAY, "--out", "plan.json", folder=planned)
    assert (ran.code, "MC7011" in ran.err) == (1, True), ran.err
    assert "Limits that it exceeds" in ran.out
    left = json.loads((planned / "plan.json").read_text(encoding="utf-8"))["limits"][0]["people"]

    refused = invoke("apply", "plan.json", folder=planned)
    assert (refused.code, "MC7011" in refused.err) == (1, True)
    too_few = invoke("apply", "plan.json", "--accept", f"unmatched={left - 1}", folder=planned)
    assert (too_few.code, "MC7045" in too_few.err) == (3, True)
    done = invoke("apply", "plan.json", "--accept", f"unmatched={left}", "--format", "json", folder=planned)
    assert done.code == 0, done.err
    assert done.json["accepted"] == {"unmatched": left}
    stale = invoke("gate", "plan.json", folder=planned)
    assert f"{left} unmatched accepted" in stale.out


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MENTORCTL_APPLY_ACCEPT", "unmatched=99"),
        ("MENTORCTL_ACCEPT", "unmatched=99"),
        ("MENTORCTL_APPLY_APPROVED_BY", "program_owner"),
        ("MENTORCTL_APPROVED_BY", "program_owner"),
        ("MENTORCTL_APPLY_YES", "1"),
        ("MENTORCTL_APPLY_EXPECT_DIGEST", f"mcd1:sha256:{'0' * 64}"),
        ("MENTORCTL_APPLY_HOLD_MESSAGES", "1"),
    ],
)
def test_the_environment_never_speaks_for_anybody(name: str, value: str, invoke: Invoke, planned: Path) -> None:
    """A variable that was left in a shell neither accepts, nor approves, nor agrees, nor holds anything."""
    _policy(planned, ASK)
    ran = invoke("apply", "plan.json", folder=planned, env={name: value})
    assert (ran.code, "MC7042" in ran.err) == (3, True), ran.err
    said = invoke("apply", "plan.json", "--approved-by", "program_owner", folder=planned, env={name: value})
    assert said.code == 0, said.err
    assert "wait" not in said.out


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--accept", "unmatch=3"), "did you mean `unmatched`"),
        (("--accept", "none=3"), "is not a class of people"),
        (("--accept", "withdrawn"), "has no number"),
        (("--accept", "withdrawn=-1"), "has no number"),
        (("--accept", "withdrawn=1", "--accept", "withdrawn=2"), "is said twice"),
        (("--approved-by", "Program Owner"), "is not the id of a role"),
    ],
)
def test_words_that_mean_nothing_are_refused(words: tuple[str, ...], part: str, invoke: Invoke, planned: Path) -> None:
    """A class, number or role that cannot be meant is wrong usage, not something that is passed over."""
    ran = invoke("apply", "plan.json", *words, folder=planned)
    assert (ran.code, "MC9001" in ran.err) == (64, True)
    assert part in ran.said


def test_policies_are_asked_at_plan_gate_and_apply(invoke: Invoke, planned: Path) -> None:
    """What needs approval is shown by plan, and refused by gate and apply with exit code 3 until the job states it."""
    _policy(planned, ASK)
    plan = invoke("plan", "--as-of", DAY, "--out", "plan.json", folder=planned)
    assert plan.code == 0, plan.err
    assert "needs program_owner: owner_agrees for fresh_eyes" in plan.out
    assert invoke("gate", "plan.json", folder=planned).code == 3
    assert invoke("gate", "plan.json", "--approved-by", "program_owner", folder=planned).code == 0
    assert invoke("apply", "plan.json", "--approved-by", "somebody", folder=planned).code == 3
    done = invoke("apply", "plan.json", "--approved-by", "program_owner", "--format", "json", folder=planned)
    assert (done.code, done.json["approved_by"]) == (0, ["program_owner"])


def test_a_policy_that_came_later_counts_as_well(invoke: Invoke, planned: Path) -> None:
    """Policies are held against a saved plan as they are when it is applied; a denial is not to be talked away."""
    _policy(planned, DENY)
    for words in (("apply", "plan.json", "--approved-by", "program_owner"), ("gate", "plan.json")):
        ran = invoke(*words, folder=planned)
        assert (ran.code, "MC7041" in ran.err) == (1, True), ran.err
        assert "policies/people.yaml:4" in ran.err
    assert invoke("plan", "--as-of", DAY, folder=planned).code == 1


def test_a_wrong_policy_is_found_by_validate(invoke: Invoke, planned: Path) -> None:
    """A mistake in a policy stops every command, as one in a program does."""
    _policy(planned, ASK.replace("touched", "touchd"))
    ran = invoke("validate", folder=planned)
    assert (ran.code, "MC2302" in ran.err) == (1, True)
    assert "did you mean `touched`" in ran.said
    assert invoke("apply", "plan.json", folder=planned).code == 1


def test_messages_wait_until_they_are_released(invoke: Invoke, tmp_path: Path) -> None:
    """With --hold-messages an apply tells nobody; they are listed, released by apply or number, once."""
    planned = example("two-programs", tmp_path / "workspace")
    assert invoke("plan", "--as-of", DAYS["two-programs"], "--out", "plan.json", folder=planned).code == 0
    ran = invoke("apply", "plan.json", "--hold-messages", "--format", "json", folder=planned)
    assert ran.code == 0, ran.err
    held = ran.json["messages_held"]
    assert held > 0
    listed = invoke("messages", "--format", "json", folder=planned).json["held"]
    assert len(listed) == held
    assert invoke("messages", "release", folder=planned).code == 64
    assert invoke("messages", "release", "999", folder=planned).code == 1

    one = invoke("messages", "release", str(listed[0]["number"]), folder=planned)
    assert (one.code, one.out) == (0, "1 message was released.\n")
    rest = invoke("messages", "release", "--apply", "1", folder=planned)
    assert rest.out == f"{held - 1} messages were released.\n"
    assert invoke("messages", folder=planned).out == "No message is held.\n"
    assert invoke("messages", "release", "--all", "--format", "json", folder=planned).json["released"] == []


def test_a_stale_plan_says_what_happened_since(invoke: Invoke, planned: Path) -> None:
    """Every commit since, by whom and when, what the plan depended on, and what to do now."""
    assert invoke("plan", "--as-of", "2027-01-10", "--out", "early.json", folder=planned).code == 0
    assert invoke("apply", "early.json", folder=planned).code == 0
    assert invoke("advance", "--to", "2027-01-11", folder=planned).code == 0
    ran = invoke("apply", "plan.json", folder=planned)
    assert ran.code == 4
    assert "made at serial 0, the state is at serial 2" in ran.said
    assert "serial 1, " in ran.said
    assert "a plan was applied" in ran.said
    assert "time came to 2027-01-1" in ran.said
    assert "of what the plan depended on, this moved: fresh_eyes/" in ran.said
    assert "mentorctl gate PLAN" in ran.said
    assert "mentorctl apply --expect-digest DIGEST" in ran.said


def test_a_plan_that_ran_out_is_stale(invoke: Invoke, planned: Path) -> None:
    """After the last day on which it means what it says a plan is refused, with the reason."""
    plan = plan_from_text((planned / "plan.json").read_text(encoding="utf-8"))
    old = replace(plan, as_of="2020-01-01", valid_until="2020-01-31", valid_because="matching closes")
    (planned / "plan.json").write_text(plan_to_text(old), encoding="utf-8")
    ran = invoke("apply", "plan.json", folder=planned)
    assert (ran.code, "MC7001" in ran.err) == (4, True)
    assert "2020-01-31 was the last day" in ran.said
    assert "(matching closes)" in ran.said


def test_verdicts_of_a_plan_file_are_not_believed(invoke: Invoke, planned: Path) -> None:
    """A file that was sealed again without its verdicts is judged anew: the policy is asked all the same."""
    _policy(planned, DENY)
    assert invoke("plan", "--as-of", DAY, "--out", "plan.json", folder=planned).code == 1
    plan = plan_from_text((planned / "plan.json").read_text(encoding="utf-8"))
    assert [(one.policy, one.effect.value) for one in plan.policies] == [("owner_agrees", "deny")]
    (planned / "plan.json").write_text(plan_to_text(replace(plan, policies=(), limits=())), encoding="utf-8")
    ran = invoke("apply", "plan.json", folder=planned)
    assert (ran.code, "MC7041" in ran.err) == (1, True)


def _edited(folder: Path, edit: Any) -> None:
    path = folder / "plan.json"
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")


BAD = {
    "edited": (lambda text: text.replace('"proposed"', '"active"'), "it was changed after it was written"),
    "newer": (lambda text: text.replace("mentorctl/plan/v1", "mentorctl/plan/v2"), "newer version"),
    "other": (lambda text: text.replace("mentorctl/plan/v1", "mentorctl/state/v1"), "does not say `format:"),
    "cut": (lambda text: text[: len(text) // 2], "it is not JSON"),
    "empty": (lambda _: "", "it is not JSON"),
    "a list": (lambda _: "[]", "does not say `format:"),
    "deep": (lambda _: "[" * 100_000, "it is not JSON"),
    "floats": (lambda text: text.replace('"serial":0', '"serial":0.5'), "it is not JSON"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("command", ["apply", "gate"])
def test_a_bad_plan_file_is_one_clear_finding(command: str, name: str, invoke: Invoke, planned: Path) -> None:
    """Edited by hand, of a newer version, cut or something else: one sentence, and nothing changes."""
    edit, words = BAD[name]
    _edited(planned, edit)
    before = contents(planned)
    ran = invoke(command, "plan.json", folder=planned)
    assert (ran.code, ran.err.count("error[")) == (1, 1), ran.err
    assert "MC7002" in ran.err
    assert words in ran.said
    assert contents(planned) == before


def test_a_plan_of_another_store_is_refused(invoke: Invoke, applied: Path, tmp_path: Path) -> None:
    """The same files with a store of their own: a plan made for the one is stale in the other, which is named."""
    other = shutil.copytree(applied, tmp_path / "other")
    (other / "state.db").unlink()
    assert invoke("plan", "--as-of", DAY, "--out", "plan.json", folder=other).code == 0
    assert invoke("apply", "plan.json", folder=other).code == 0
    _join(applied)
    _join(other)
    assert invoke("plan", "--as-of", DAY, "--out", "next.json", folder=applied).code == 0
    shutil.copy(applied / "next.json", other / "next.json")
    ran = invoke("apply", "next.json", folder=other)
    assert (ran.code, "MC7001" in ran.err) == (4, True)
    assert "this is the store" in ran.said
    gate = invoke("gate", "next.json", folder=other)
    assert gate.code == 4
    assert "this store is" in gate.out
