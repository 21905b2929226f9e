"""From a folder to a plan: what `plan` and `apply` share."""

from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec

from mentorctl.cli.progress import Progress
from mentorctl.cli.shell import Shell, Stop
from mentorctl.cli.workspace import Opened, busy_of, open_workspace, outside_tables, people_of
from mentorctl.diagnostics import Diagnostic, finding, in_order
from mentorctl.optimize.worker import WorkerEngine
from mentorctl.pipeline import living_definitions, plan
from mentorctl.plan.model import Plan
from mentorctl.plan.undo import Undo, undo_of
from mentorctl.roster.people import Roster
from mentorctl.state.model import Snapshot


@dataclass(frozen=True, kw_only=True, eq=False)
class Made:
    """A plan with everything that is needed to show it."""

    opened: Opened
    roster: Roster
    snapshot: Snapshot
    plan: Plan
    findings: tuple[Diagnostic, ...]

    @property
    def names(self) -> dict[str, str]:
        return names_of(self.roster)


def make(shell: Shell, as_of: date, *, seconds: float, solver: str, undo: int | None = None) -> Made:
    """Read, check and plan; the solver runs in a worker that ends with this call. Raises Stop on errors."""
    with Progress(enabled=not shell.is_json) as report, ready_engine(seconds=seconds, solver=solver) as engine:
        opened = open_workspace(shell, as_of=as_of)
        opened.workspace  # noqa: B018 - stops here when the files have errors
        report("reading the roster")
        roster, defects = people_of(opened)
        busy, busy_findings = busy_of(opened, roster, as_of)
        reader = opened.reader()
        snapshot = reader.read()
        planned = plan(
            opened.loaded,
            roster,
            snapshot,
            as_of=as_of,
            engine=engine,
            report=report,
            outside=outside_tables(opened),
            definitions=living_definitions(snapshot, reader.definition),
            undo=_way_back(opened, undo) if undo is not None else None,
            busy=busy,
        )
    findings = in_order((*opened.loaded.findings, *defects, *busy_findings, *planned.findings))
    if planned.plan is None:
        raise Stop(findings, opened.loaded.texts)
    return Made(opened=opened, roster=roster, snapshot=snapshot, plan=planned.plan, findings=findings)


def _way_back(opened: Opened, serial: int) -> Undo:
    """What takes back the migration of a commit. Raises Stop when nothing does."""
    lines = (row.line for row in opened.reader().log() if row.serial == serial)
    undone = undo_of(serial, lines, opened.loaded.programs)
    if undone.findings:
        raise Stop(undone.findings, opened.loaded.texts)
    return undone.lines


def ready_engine(*, seconds: float, solver: str) -> WorkerEngine:
    """An engine in a worker; use it as a context manager. Raises Stop when its solver is not installed."""
    if solver == "cbc" and find_spec("cbcbox") is None:
        raise Stop([finding("MC9001", "the solver `cbc` is not installed", help="pip install 'mentorctl[cbc]'")])
    return WorkerEngine(seconds=seconds, solver=solver)


def names_of(roster: Roster) -> dict[str, str]:
    """What people are called, by opaque id."""
    return dict(zip(roster.ids, roster.names, strict=True))
