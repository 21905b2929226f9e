"""`mentorctl plan --undo`: an apply is taken back by a plan like any other, and what stays is said."""

import json
from pathlib import Path

from cli.terminal import DAYS, Invoke, contents

DAY = DAYS["reverse"]


def _states(invoke: Invoke, folder: Path) -> str:
    return str(invoke("show", "--format", "json", folder=folder).out)


def test_an_apply_is_taken_back(invoke: Invoke, applied: Path) -> None:
    """Shown with what it cannot take back, saved, gated, applied; the log leads to the state, and nobody is matched."""
    before = contents(applied)
    ran = invoke("plan", "--undo", "1", "--as-of", DAY, "--out", "../back.json", folder=applied)
    assert ran.code == 0, ran.err
    assert "What it cannot take back" in ran.out
    assert "1 program: what the files have stays" in ran.out
    assert contents(applied) == before
    plan = json.loads((applied.parent / "back.json").read_text(encoding="utf-8"))
    commit = json.loads(invoke("apply", "plan.json", "--format", "json", folder=applied).out)["apply_id"]
    assert plan["undoes"] == commit
    assert {change["reason"] for change in plan["changes"]} == {"apply 1 is taken back"}

    by_id = invoke("plan", "--undo", commit[:8], "--as-of", DAY, "--format", "json", folder=applied)
    assert by_id.json["digest"] == plan["digest"]
    gate = invoke("gate", "../back.json", folder=applied)
    assert (gate.code, gate.out.startswith("retained")) == (0, True), gate.err
    assert invoke("verify", "../back.json", folder=applied).code == 0

    done = invoke("apply", "../back.json", folder=applied)
    assert done.code == 0, done.err
    assert invoke("replay", "--verify", folder=applied).code == 0
    assert '"matches": 0' in _states(invoke, applied) or "proposed" not in _states(invoke, applied)
    assert invoke("plan", "--as-of", DAY, "--detailed-exitcode", folder=applied).code == 2


def test_an_undo_is_applied_by_its_digest(invoke: Invoke, applied: Path) -> None:
    """With --undo and the digest that was approved the way back is planned again and performed."""
    digest = invoke("plan", "--undo", "1", "--as-of", DAY, "--format", "json", folder=applied).json["digest"]
    wrong = invoke("apply", "--expect-digest", digest, "--as-of", DAY, folder=applied)
    assert (wrong.code, "not needed any more" in wrong.out) == (0, True)
    ran = invoke("apply", "--undo", "1", "--expect-digest", digest, "--as-of", DAY, folder=applied)
    assert ran.code == 0, ran.err
    assert "the state is at serial 2" in ran.out


def test_only_applies_are_taken_back(invoke: Invoke, applied: Path) -> None:
    """An unknown serial, a short piece of an id, and a commit that was no apply are said to be that."""
    assert invoke("advance", "--to", "2027-02-10", folder=applied).code == 0
    for word, part in (("7", "there is no apply `7`"), ("ab", "there is no apply"), ("2", "serial 2 is no apply")):
        ran = invoke("plan", "--undo", word, "--as-of", DAY, folder=applied)
        assert (ran.code, "MC7046" in ran.err) == (1, True)
        assert part in ran.said
