"""`mentorctl apply`: exactly the reviewed plan, once, on the state that it was made for, or nothing."""

import json
import resource
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli.terminal import DAYS, Invoke, Ran, contents, run_apart, run_here

from mentorctl.plan.codec import plan_from_text, plan_to_text
from mentorctl.state.codec import canonical_json, digest

DAY = DAYS["reverse"]


@pytest.fixture(scope="module")
def _two_plans(_applied: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An applied workspace with one more colleague on the roster, and two operators who planned for it."""
    folder = shutil.copytree(_applied, tmp_path_factory.mktemp("two") / "workspace")
    with (folder / "roster" / "people.csv").open("a", encoding="utf-8") as file:
        file.write("n50,New Colleague,mentor,analyst,,Toronto,America/Toronto,climate;gaming,\n")
    assert run_here("plan", "--as-of", DAY, "--out", "anna.json", folder=folder).code == 0
    other = DAY.replace("-02-02", "-02-03")
    assert run_here("plan", "--as-of", other, "--out", "berta.json", folder=folder).code == 0
    return folder


@pytest.fixture
def two_plans(_two_plans: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(_two_plans, tmp_path / "workspace")


def test_a_second_plan_has_nothing_to_do(invoke: Invoke, applied: Path) -> None:
    """Right after an apply the state is as the files and the roster want it, for both exit codes."""
    ran = invoke("plan", "--as-of", DAY, "--detailed-exitcode", "--out", "next.json", folder=applied)
    assert ran.code == 0
    assert "Nothing to do" in ran.out
    assert "0 to add, 0 to change, 0 to remove" in ran.out

    saved = invoke("apply", "next.json", folder=applied)
    assert (saved.code, saved.err) == (0, "")
    assert saved.out.startswith("Nothing to do")
    assert _serial(invoke, applied) == 1


def test_apply_without_a_plan_has_nothing_to_ask(invoke: Invoke, applied: Path) -> None:
    """When nothing changes nobody is asked, so no terminal is needed."""
    ran = invoke("apply", "--as-of", DAY, "--format", "json", folder=applied)

    assert ran.code == 0
    assert (ran.json["changes"], ran.json["serial"], ran.json["already"]) == (0, 1, False)


def test_the_same_plan_twice_is_applied_once(invoke: Invoke, planned: Path) -> None:
    """A repeated apply says so and is fine, so that a pipeline can be run again."""
    first = invoke("apply", "plan.json", folder=planned)
    assert first.out.startswith("Applied: 130 changes")
    before = contents(planned)

    again = invoke("apply", "plan.json", folder=planned)
    assert again.code == 0
    assert "already applied" in again.out
    assert invoke("apply", "plan.json", "--format", "json", folder=planned).json["already"] is True
    assert contents(planned) == before


def test_an_applied_plan_stays_applied_when_the_files_move_on(invoke: Invoke, applied: Path) -> None:
    """Its changes are in the state, whatever the files say since: a repeated apply is still fine."""
    path = applied / "programs" / "fresh_eyes.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("points_each: 4", "points_each: 5"), encoding="utf-8")

    ran = invoke("apply", "plan.json", folder=applied)

    assert ran.code == 0
    assert "already applied" in ran.out


def test_of_two_operators_one_is_stale(invoke: Invoke, planned: Path) -> None:
    """Two plans for one serial: the first is performed, the second refused, with nothing changed by it."""
    assert invoke("plan", "--as-of", "2027-01-10", "--out", "early.json", folder=planned).code == 0
    assert invoke("apply", "early.json", folder=planned).code == 0
    before = contents(planned)

    second = invoke("apply", "plan.json", folder=planned)

    _is_one_message(second, "MC7001", code=4)
    assert "plan again" in second.said
    assert contents(planned) == before
    assert _serial(invoke, planned) == 1


def test_two_operators_with_one_thought_agree(invoke: Invoke, two_plans: Path) -> None:
    """Two plans of the same changes to the same state are one plan: the second apply finds it done."""
    plans = [json.loads((two_plans / name).read_text(encoding="utf-8")) for name in ("anna.json", "berta.json")]
    assert plans[0]["as_of"] != plans[1]["as_of"]
    assert plans[0]["changes"] == plans[1]["changes"] != []

    assert invoke("apply", "anna.json", folder=two_plans).code == 0
    second = invoke("apply", "berta.json", folder=two_plans)

    assert second.code == 0
    assert "already applied, as serial 2" in second.out


@pytest.mark.parametrize("change", [{"serial": 0}, {"serial": 7}, {"lineage": "another"}], ids=str)
def test_a_plan_for_another_state_is_stale(change: dict[str, Any], invoke: Invoke, two_plans: Path) -> None:
    """A plan from before the last apply, from the future or for another history is refused."""
    plan = plan_from_text((two_plans / "berta.json").read_text(encoding="utf-8"))
    (two_plans / "other.json").write_text(plan_to_text(replace(plan, **change)), encoding="utf-8")
    before = contents(two_plans)

    ran = invoke("apply", "other.json", folder=two_plans)

    _is_one_message(ran, "MC7001", code=4)
    assert contents(two_plans) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"+"', '"-"', 1),
        lambda text: text.replace('"as_of"', '"as_off"'),
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"seal"', '"unsealed"'),
        lambda _: "",
        lambda _: "{}",
        lambda _: "[]",
        lambda _: "[" * 100_000,
        lambda _: "\0" * 100,
    ],
    ids=["a sign", "a key", "cut", "seal", "empty", "object", "list", "deep", "nul"],
)
def test_a_plan_that_was_changed_is_refused(change: Callable[[str], str], invoke: Invoke, planned: Path) -> None:
    """One letter of a saved plan changed, and it is none any more."""
    path = planned / "plan.json"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    before = contents(planned)

    ran = invoke("apply", "plan.json", folder=planned)

    _is_one_message(ran, "MC7002")
    assert "`plan.json`" in ran.err
    assert "mentorctl plan --out" in ran.err
    assert contents(planned) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan.update(changes=[]),
        lambda plan: plan["changes"][3].update(before=plan["changes"][3]["after"]),
        lambda plan: plan["changes"][3].update(after=None),
        lambda plan: plan["changes"][3].update(address="no address"),
        lambda plan: plan["changes"][3]["after"].update(state="happy"),
        lambda plan: plan["store"].update(serial="one"),
        lambda plan: plan["store"].update(serial=-1),
        lambda plan: plan.update(workspace=7),
        lambda plan: plan.update(changes={"a": 1}),
        lambda plan: plan.update(as_of=None),
    ],
    ids=["no changes", "before", "after", "address", "state", "serial", "negative", "workspace", "mapping", "day"],
)
def test_a_forged_seal_does_not_help(change: Callable[[dict[str, Any]], None], invoke: Invoke, planned: Path) -> None:
    """A plan that was changed and sealed anew by somebody who knows how is still refused, without a traceback."""
    (planned / "plan.json").write_text(_sealed(planned / "plan.json", change), encoding="utf-8")
    before = contents(planned)

    ran = invoke("apply", "plan.json", folder=planned)

    assert ran.code in {1, 4}
    assert ran.out == ""
    assert ran.err.startswith(("error[MC7002]", "error[MC7009]", "error[MC7001]")), ran.err
    assert {name: part for name, part in contents(planned).items() if name != "state.db.lock"} == before


def test_a_plan_of_another_workspace_is_refused(invoke: Invoke, planned: Path) -> None:
    """A plan is bound to its workspace by id; both ids are named."""
    path = planned / "mentorctl.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("id: north_reverse", "id: south_reverse"), encoding="utf-8"
    )

    ran = invoke("apply", "plan.json", folder=planned)

    _is_one_message(ran, "MC7009", code=4)
    assert "north_reverse" in ran.err
    assert "south_reverse" in ran.err
    assert not (planned / "state.db").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing.json", "there is no file"),
        (".", "not a regular file"),
        ("state.db", "not UTF-8"),
        ("mentorctl.yaml", "not JSON"),
    ],
)
def test_what_is_no_plan_is_named(name: str, words: str, invoke: Invoke, applied: Path) -> None:
    """A wrong path in the place of the plan is said plainly."""
    ran = invoke("apply", name, folder=applied)

    _is_one_message(ran, "MC7002")
    assert words in ran.err


def test_the_first_apply_on_a_full_disk_leaves_no_store(planned: Path) -> None:
    """When the file cannot grow there is one message, and no half a store."""
    before = contents(planned)

    ran = run_apart("apply", "plan.json", folder=planned, before=lambda: _files_at_most(20_000))

    _is_one_message(ran, "MC7004")
    assert "Nothing was changed" in ran.said
    assert {name: part for name, part in contents(planned).items() if name != "state.db.lock"} == before


def test_a_later_apply_on_a_full_disk_leaves_the_store_as_it_was(invoke: Invoke, two_plans: Path) -> None:
    """When the journal cannot be written the state is what it was, and the same plan can be applied later."""
    before = contents(two_plans)

    ran = run_apart("apply", "anna.json", folder=two_plans, before=lambda: _files_at_most(600))

    _is_one_message(ran, "MC7004")
    assert "Nothing was changed" in ran.said
    assert contents(two_plans) == before
    assert invoke("apply", "anna.json", folder=two_plans).code == 0


def test_a_plan_that_cannot_be_saved_is_said(planned: Path) -> None:
    """A disk that is full at `plan --out` is one message that names the file."""
    ran = run_apart("plan", "--as-of", DAY, "--out", "new.json", folder=planned, before=lambda: _files_at_most(600))

    assert ran.code == 1
    assert ran.out == ""
    assert "error[MC9005]" in ran.err
    assert "`new.json`: the disk is full" in ran.err
    assert not (planned / "new.json").exists()


def test_a_store_that_is_something_else_is_left_alone(invoke: Invoke, planned: Path) -> None:
    """A file that is no store, in the place of the store, is named and not touched."""
    (planned / "state.db").write_text("my notes, quite long ones\n" * 100, encoding="utf-8")
    before = contents(planned)

    for words in (("apply", "plan.json"), ("show",), ("plan", "--as-of", DAY)):
        _is_one_message(invoke(*words, folder=planned), "MC7004")
    assert {name: part for name, part in contents(planned).items() if name != "state.db.lock"} == before


def _serial(invoke: Invoke, folder: Path) -> int:
    return int(invoke("show", "--format", "json", folder=folder).json["serial"])


def _sealed(path: Path, change: Callable[[dict[str, Any]], None]) -> str:
    """A saved plan, changed, sealed and laid out as if planning had written it."""
    plan = json.loads(path.read_text(encoding="utf-8"))
    plan.pop("seal")
    change(plan)
    plan["seal"] = digest(plan)
    lists = {
        key: "[\n    " + ",\n    ".join(map(canonical_json, value)) + "\n  ]"
        for key, value in plan.items()
        if isinstance(value, list) and value
    }
    return "{\n" + ",\n".join(f'  "{key}": {lists.get(key) or canonical_json(plan[key])}' for key in plan) + "\n}\n"


def _is_one_message(ran: Ran, finding: str, code: int = 1) -> None:
    """An error, one sentence of what is wrong, nothing else."""
    assert ran.code == code, ran.err
    assert ran.out == ""
    assert ran.err.startswith(f"error[{finding}]"), ran.err
    assert ran.err.count("error[") == 1
    assert "Traceback" not in ran.err


def _files_at_most(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
