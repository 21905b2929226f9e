"""A saved plan, read and compared with the workspace it is to be performed in."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from mentorctl.cli.applying import day_for, is_done
from mentorctl.cli.shell import Shell, Stop
from mentorctl.diagnostics import Diagnostic, finding
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.plan.model import Plan
    from mentorctl.roster.people import Roster
    from mentorctl.state.model import Snapshot


@dataclass(frozen=True, kw_only=True, eq=False)
class Current:
    """A saved plan that is as old as the files, the roster and the state, or was performed already."""

    opened: "Opened"
    plan: "Plan"
    snapshot: "Snapshot"
    findings: tuple[Diagnostic, ...]


def read_plan(path: Path) -> "Plan":
    """A saved plan. Raises Stop with a sentence for anything else."""
    from mentorctl.plan.codec import NotAPlan, plan_from_text
    from mentorctl.sources.files import read_plan_text

    try:
        return plan_from_text(read_plan_text(path, shown=str(path)))
    except NotAPlan as problem:
        raise Stop(
            [finding("MC7002", f"`{path}`: {problem}", help="make it again with `mentorctl plan --out`")]
        ) from None


def current(shell: Shell, plan: "Plan") -> Current:
    """The plan in its workspace. Raises Stop when it belongs elsewhere, or when anything moved since it was made."""
    from mentorctl.cli.workspace import open_workspace, people_of

    opened = open_workspace(shell)
    check_workspace(opened, plan)
    roster, findings = people_of(opened)
    snapshot = opened.reader().read()
    reasons = () if is_done(opened, plan) else _too_old(opened, plan, roster, snapshot)
    if reasons:
        raise Stop([_stale(opened, plan, reasons, _moved(opened, plan, roster, snapshot))])
    return Current(opened=opened, plan=plan, snapshot=snapshot, findings=findings)


def check_workspace(opened: "Opened", plan: "Plan") -> None:
    """Raises Stop for the plan of another workspace."""
    if plan.workspace != opened.workspace.id:
        raise Stop([finding("MC7009", f"it was made for `{plan.workspace}`, this is `{opened.workspace.id}`")])


def _too_old(opened: "Opened", plan: "Plan", roster: "Roster", snapshot: "Snapshot") -> tuple[str, ...]:
    """Why a plan can no longer be performed as it is."""
    from mentorctl.cli.workspace import outside_tables
    from mentorctl.plan.codec import inputs_digest

    reasons = []
    if plan.lineage != snapshot.lineage and plan.lineage and snapshot.lineage:
        reasons.append(f"the plan was made from the store `{plan.lineage}`, this is the store `{snapshot.lineage}`")
    elif (plan.lineage, plan.serial) != (snapshot.lineage, snapshot.serial):
        reasons.append(f"the plan was made at serial {plan.serial}, the state is at serial {snapshot.serial}")
    inputs = inputs_digest(opened.loaded.programs, roster, outside_tables(opened), opened.workspace.sharing)
    if plan.inputs != inputs:
        reasons.append("the program files or the roster changed since the plan was made")
    if plan.valid_until and day_for(plan).isoformat() > plan.valid_until:
        because = f" ({plan.valid_because})" if plan.valid_because else ""
        reasons.append(f"{plan.valid_until} was the last day on which the plan meant what it says{because}")
    return tuple(reasons)


def _moved(opened: "Opened", plan: "Plan", roster: "Roster", snapshot: "Snapshot") -> tuple[str, ...]:
    """What of that which the plan depended on is other now."""
    from mentorctl.pipeline import read_set
    from mentorctl.plan.gate import read_set_moves

    now = read_set(opened.loaded, roster, snapshot, as_of=date.fromisoformat(plan.as_of))
    return tuple(f"{one.what} {one.detail}" for one in read_set_moves(plan.read_set, now))


def _stale(opened: "Opened", plan: "Plan", reasons: tuple[str, ...], moved: tuple[str, ...]) -> Diagnostic:
    from mentorctl.cli.staleness import since, stale

    return stale(reasons, since(opened.reader().commits(), plan.serial), moved)
