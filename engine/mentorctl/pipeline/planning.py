"""What apply would do, and what limits and policies have against it. Reads and computes only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from mentorctl.diagnostics import Diagnostic, finding, has_errors, in_order, located
from mentorctl.loading import Loaded
from mentorctl.spec.severity import filtered
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.calendars.busy import Quarters
    from mentorctl.optimize.engine import Engine
    from mentorctl.plan.adopting import Adoption
    from mentorctl.plan.consent import Consent
    from mentorctl.plan.inputs import PlanInputs
    from mentorctl.plan.model import Plan
    from mentorctl.plan.undo import Undoing
    from mentorctl.roster.people import Roster
    from mentorctl.roster.table import Table
    from mentorctl.state.live import Armed
    from mentorctl.state.model import Snapshot


@dataclass(frozen=True, kw_only=True, eq=False)
class Planned:
    """A plan and the findings on the way; there is no plan when one of them is an error."""

    plan: "Plan | None"
    findings: tuple[Diagnostic, ...]


def living_definitions(snapshot: "Snapshot", read: Callable[[str], str]) -> dict[str, str]:
    """The texts of the definitions that somebody lives under, by digest; `read` is that of a store."""
    digests = sorted({instance.definition for instance in snapshot.instances.values() if instance.definition})
    return {digest: read(digest) for digest in digests}


def frozen_timers(snapshot: "Snapshot", read: "Callable[[], Sequence[Armed]]") -> "Sequence[Armed]":
    """The timers that run, where a program stands still; else none, because none are asked for."""
    from mentorctl.plan.modes import SUSPENDED
    from mentorctl.state.model import ProgramRecord

    stands = (r for r in snapshot.records if isinstance(r, ProgramRecord) and r.state == SUSPENDED)
    return read() if any(stands) else ()


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
    timers: "Sequence[Armed]" = (),
    undoing: "Undoing | None" = None,
    adopting: "Adoption | None" = None,
    applied: datetime | None = None,
    busy: "Mapping[str, tuple[Quarters, ...]] | None" = None,
) -> Planned:
    """What apply would do on a day. Reads and computes only.

    `applied` is when a plan was applied last, if ever: what happened since is drift. `outside` has the table of each
    program whose `matching.outside_scores` names a file; `definitions` the texts of the definitions that people live
    under, by digest (see `living_definitions`). `timers` are those that run; they are only asked for programs that
    stood still (see `frozen_timers`). `busy` is what else people have to do (see `busy_times`).
    """
    from mentorctl.optimize.network import NoProof
    from mentorctl.optimize.verify import WrongAnswer
    from mentorctl.plan.causes import placed
    from mentorctl.plan.make import make_plan

    inputs, defects = planning_inputs(
        loaded,
        roster,
        snapshot,
        as_of,
        engine,
        report,
        outside or {},
        definitions=definitions,
        undoing=undoing,
        applied=applied,
    )
    if inputs is None:
        return Planned(plan=None, findings=defects)
    inputs = replace(inputs, timers=tuple(timers), adopting=adopting)
    try:
        made, findings = make_plan(replace(inputs, busy=busy or {}))
    except (NoProof, WrongAnswer) as problem:
        return Planned(plan=None, findings=(finding("MC5004", str(problem)),))
    found = filtered(located(findings, loaded), loaded.policy, as_of)
    return Planned(plan=None if has_errors(found) else placed(made, loaded), findings=found)


def read_set(loaded: Loaded, roster: "Roster", snapshot: "Snapshot", *, as_of: date) -> tuple[tuple[str, str], ...]:
    """What a plan of a day depends on, each with a short fingerprint. Nothing is planned."""
    from mentorctl.optimize.engine import DirectEngine
    from mentorctl.plan.read_set import read_set_of

    inputs, _ = planning_inputs(loaded, roster, snapshot, as_of, DirectEngine(), lambda _: None, {})
    return read_set_of(inputs) if inputs else ()


def judge(
    plan: "Plan",
    loaded: Loaded,
    snapshot: "Snapshot",
    *,
    on: date,
    consent: "Consent | None" = None,
    asks: bool = True,
) -> tuple[Diagnostic, ...]:
    """What limits and policies have against a plan on a day, beside what was said with it; errors forbid the apply.

    Without `asks` approvals that are missing are no errors yet.
    """
    from mentorctl.plan.consent import NOTHING_SAID
    from mentorctl.plan.judge import judged
    from mentorctl.plan.renames import plan_renames
    from mentorctl.spec.model import Mode

    live = tuple(c for c in loaded.programs if c.program.mode is Mode.LIVE)
    found = judged(
        plan,
        programs=loaded.programs,
        snapshot=plan_renames(live, snapshot).snapshot if plan.renames else snapshot,
        rules=loaded.policies,
        day=on,
        consent=consent or NOTHING_SAID,
        asks=asks,
    )
    return located(found, loaded)


def planning_inputs(
    loaded: Loaded,
    roster: "Roster",
    snapshot: "Snapshot",
    as_of: date,
    engine: "Engine",
    report: Callable[[str], None],
    outside: "Mapping[str, Table]",
    definitions: Mapping[str, str] | None = None,
    undoing: "Undoing | None" = None,
    applied: datetime | None = None,
) -> "tuple[PlanInputs | None, tuple[Diagnostic, ...]]":
    """What a plan is made from, or what is wrong with the scores from outside."""
    from mentorctl.plan.inputs import PlanInputs
    from mentorctl.plan.outside import read_outside_scores

    if loaded.workspace is None:
        raise ValueError("the workspace did not load; look at its findings first")
    scores, defects = {}, list[Diagnostic]()
    sources = ((p.program.id, p.program.matching.terms.outside) for p in loaded.programs)
    forms = {program: source.form for program, source in sources if source}
    for program, table in outside.items():
        scores[program], found = read_outside_scores(table, roster, forms[program])
        defects += found
    if defects:
        return None, in_order(defects)
    inputs = PlanInputs(
        workspace=loaded.workspace,
        programs=loaded.programs,
        roster=roster,
        snapshot=snapshot,
        as_of=as_of,
        engine=engine,
        report=report,
        outside={program: given for program, given in scores.items() if given is not None},
        outside_tables=outside,
        definitions=definitions or {},
        undoing=undoing,
        policies=loaded.policies,
        written={name: one.resolved.tree for name, one in loaded.documents.items() if not one.is_base},
        applied=applied,
    )
    return inputs, ()
