"""From a folder to a plan: what `plan` and `apply` share."""

from datetime import date, datetime
from importlib.util import find_spec

from mentorctl.cli.progress import Progress
from mentorctl.cli.shell import Shell, Solving, Stop
from mentorctl.cli.staleness import commit_line
from mentorctl.cli.workspace import Opened, busy_of, open_workspace, outside_tables, people_of
from mentorctl.diagnostics import Diagnostic, finding, in_order
from mentorctl.optimize.worker import WorkerEngine
from mentorctl.pipeline import frozen_timers, living_definitions, plan
from mentorctl.plan.adopting import Adoption
from mentorctl.plan.model import Plan
from mentorctl.plan.undo import Undoing
from mentorctl.roster.people import Roster
from mentorctl.state.model import Snapshot
from mentorctl.store.base import CommitKind, Reader
from mentorctl.values import dataclass


@dataclass(frozen=True, kw_only=True, eq=False)
class Made:
    """A plan with everything that is needed to show it."""

    opened: Opened
    roster: Roster
    snapshot: Snapshot
    plan: Plan
    findings: tuple[Diagnostic, ...]
    as_of: date

    @property
    def names(self) -> dict[str, str]:
        return names_of(self.roster)


def make(
    shell: Shell, as_of: date, *, solving: Solving, undo: str | None = None, adopting: Adoption | None = None
) -> Made:
    """Read, check and plan; the solver runs in a worker that ends with this call. Raises Stop on errors."""
    with Progress(enabled=not shell.is_json) as report, ready_engine(solving) as engine:
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
            timers=frozen_timers(snapshot, reader.timers),
            undoing=undoing_of(reader, undo) if undo is not None else None,
            adopting=adopting,
            applied=_last_applied(reader),
            busy=busy,
        )
    findings = in_order((*opened.loaded.findings, *defects, *busy_findings, *planned.findings))
    if planned.plan is None:
        raise Stop(findings, opened.loaded.texts)
    return Made(opened=opened, roster=roster, snapshot=snapshot, plan=planned.plan, findings=findings, as_of=as_of)


def _last_applied(reader: Reader) -> datetime | None:
    """Where time stood at the last apply."""
    applied = [row.clock for row in reader.commits() if row.kind is CommitKind.APPLY]
    return max(applied, default=None)


def undoing_of(reader: Reader, word: str) -> Undoing:
    """The apply that is meant by its serial or the beginning of its id. Raises Stop for anything else."""
    commits = reader.commits()
    found = [row for row in commits if str(row.serial) == word]
    found = found or [row for row in commits if len(word) >= _SHORTEST and row.commit_id.startswith(word)]
    if len(found) != 1:
        detail = f"there is no apply `{word}`" if not found else f"{len(found)} applies begin with `{word}`"
        raise Stop([finding("MC7046", detail, help="name it by its serial, or by the id that `apply` gave")])
    row = found[0]
    if row.kind is not CommitKind.APPLY:
        detail = f"serial {row.serial} is no apply: {commit_line(row)}"
        raise Stop([finding("MC7046", detail, help="a plan does not take back what people did or time brought")])
    log = reader.log()
    return Undoing(
        commit_id=row.commit_id,
        serial=row.serial,
        logged=tuple(one.line for one in log if one.serial == row.serial),
        later=tuple(one for one in log if one.serial > row.serial),
        former=reader.former(row.serial),
        told=tuple(message for _, message in reader.outbox(serial=row.serial)),
    )


def ready_engine(solving: Solving) -> WorkerEngine:
    """An engine in a worker; use it as a context manager. Raises Stop when its solver is not installed."""
    if solving.solver == "cbc" and find_spec("cbcbox") is None:
        raise Stop([finding("MC9001", "the solver `cbc` is not installed", help="pip install 'mentorctl[cbc]'")])
    memory = None if solving.memory is None else solving.memory << 20
    return WorkerEngine(seconds=solving.seconds, solver=solving.solver, memory=memory)


def names_of(roster: Roster) -> dict[str, str]:
    """What people are called, by opaque id."""
    return dict(zip(roster.ids, roster.names, strict=True))


_SHORTEST = 6  # characters of an id that tell it from a serial
