"""The program in a few functions, and the public Python API: load, plan, apply.

    loaded = load(texts)                      # YAML to a checked, compiled workspace
    people = read_people(loaded, tables)      # rows to columns
    planned = plan(loaded, people, ...)       # what apply would do; reads, never writes
    applied = apply(planned.plan, store, ...) # does exactly that, in one transaction
    told = record(happenings, store, ...)     # writes down what people did
    fired = advance(store, until, ...)        # lets time pass: what is due happens

Nothing here reads a file, a clock or the environment. Stages are imported when they are reached, so that checking files
does not wait for the optimizer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mentorctl.diagnostics import Diagnostic, finding, has_errors, in_order, located
from mentorctl.loading import Document, Loaded, load
from mentorctl.spec.severity import filtered

if TYPE_CHECKING:
    from mentorctl.addresses import Address
    from mentorctl.lifecycle.replay import Replayed
    from mentorctl.optimize.engine import Engine
    from mentorctl.plan.model import Plan
    from mentorctl.plan.undo import Undo
    from mentorctl.roster.people import Roster
    from mentorctl.roster.table import Table
    from mentorctl.state.live import Advanced, Happening, LogRow
    from mentorctl.state.model import Snapshot
    from mentorctl.store.base import Applied, Reader, Recorded, Store

__all__ = [
    "Document",
    "Loaded",
    "Planned",
    "advance",
    "apply",
    "history",
    "load",
    "plan",
    "read_people",
    "record",
    "replay",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class Planned:
    """A plan and the findings on the way; there is no plan when one of them is an error."""

    plan: "Plan | None"
    findings: tuple[Diagnostic, ...]


def read_people(loaded: Loaded, tables: "Sequence[Table]") -> "tuple[Roster | None, tuple[Diagnostic, ...]]":
    """The people of a workspace that loaded without errors, from the tables of its sources."""
    from mentorctl.roster.checks import check_pairs, check_roles
    from mentorctl.roster.read import read_roster

    if loaded.workspace is None:
        raise ValueError("the workspace did not load; look at its findings first")
    roster, findings = read_roster(loaded.workspace.contract, tables, workspace=loaded.workspace.id)
    if roster is not None:
        needed = {role for compiled in loaded.programs for role in compiled.program.roles}
        findings = (*findings, *check_roles(roster, loaded.workspace.contract, needed))
        findings = (*findings, *(f for c in loaded.programs for f in check_pairs(roster, c.program)))
    found = filtered(located(findings, loaded), loaded.policy, loaded.as_of)
    return None if has_errors(found) else roster, found


def living_definitions(snapshot: "Snapshot", read: Callable[[str], str]) -> dict[str, str]:
    """The texts of the definitions that somebody lives under, by digest; `read` is that of a store."""
    digests = sorted({instance.definition for instance in snapshot.instances.values() if instance.definition})
    return {digest: read(digest) for digest in digests}


def plan(
    loaded: Loaded,
    roster: "Roster",
    snapshot: "Snapshot",
    *,
    as_of: date,
    engine: "Engine",
    report: Callable[[str], None] = lambda _: None,
    outside: "Mapping[str, Table] | None" = None,
    definitions: Mapping[str, str] | None = None,
    undo: "Undo | None" = None,
) -> Planned:
    """What apply would do on a day. Reads and computes only.

    `outside` has the table of each program whose `matching.outside_scores` names a file; `definitions` the texts of
    the definitions that people live under, by digest (see `living_definitions`).
    """
    from mentorctl.optimize.network import NoProof
    from mentorctl.optimize.verify import WrongAnswer
    from mentorctl.plan.inputs import PlanInputs
    from mentorctl.plan.make import make_plan
    from mentorctl.plan.outside import read_outside_scores

    if loaded.workspace is None:
        raise ValueError("the workspace did not load; look at its findings first")
    scores, defects = {}, list[Diagnostic]()
    for program, table in (outside or {}).items():
        scores[program], found = read_outside_scores(table, roster)
        defects += found
    if defects:
        return Planned(plan=None, findings=in_order(defects))
    inputs = PlanInputs(
        workspace=loaded.workspace,
        programs=loaded.programs,
        roster=roster,
        snapshot=snapshot,
        as_of=as_of,
        engine=engine,
        report=report,
        outside={program: given for program, given in scores.items() if given is not None},
        outside_tables=outside or {},
        definitions=definitions or {},
        undo=undo or {},
    )
    try:
        made, findings = make_plan(inputs)
    except (NoProof, WrongAnswer) as problem:
        return Planned(plan=None, findings=(finding("MC5004", str(problem)),))
    found = filtered(located(findings, loaded), loaded.policy, as_of)
    return Planned(plan=None if has_errors(found) else made, findings=found)


def apply(plan: "Plan", store: "Store", *, apply_id: str, at: datetime, actor: str, new_lineage: str) -> "Applied":
    """Perform a plan in one transaction. Raises `store.base.StoreError`, and then nothing has changed."""
    return store.apply(plan, apply_id=apply_id, at=at, actor=actor, new_lineage=new_lineage)


def record(
    happenings: "Sequence[Happening]",
    store: "Store",
    *,
    commit_id: str,
    at: datetime,
    actor: str,
    strict: bool = False,
) -> "Recorded":
    """Write down what people did, in one commit; a receipt for each says what it came to.

    With `strict` nothing is written when one of them cannot have happened. Raises `store.base.StoreError`.
    """
    return store.record(happenings, commit_id=commit_id, at=at, actor=actor, strict=strict)


def advance(
    store: "Store",
    to: datetime,
    *,
    at: datetime,
    actor: str,
    report: "Callable[[Advanced], None]" = lambda _: None,
) -> "Advanced":
    """Let time pass until an instant: everything that is due happens, in order, each thing once.

    `at` is the clock on the wall. Raises `store.base.StoreError`; what was committed until then stays, and calling
    again goes on.
    """
    return store.advance(to, at=at, actor=actor, report=report)


def history(store: "Reader", addresses: "Iterable[Address]") -> "tuple[LogRow, ...]":
    """What happened to some things, oldest first."""
    wanted = set(addresses)
    rows = {row.seq: row for address in wanted for row in store.log(address)}
    return tuple(rows[seq] for seq in sorted(rows))


def replay(store: "Reader") -> "Replayed":
    """Fold the log by the definitions under which it was written, and compare what comes out with the state."""
    from mentorctl.lifecycle.replay import replayed

    rows = store.log()
    definitions = {row.line.definition for row in rows} - {""}
    return replayed(
        [row.line for row in rows], store.instances(), {digest: store.definition(digest) for digest in definitions}
    )
