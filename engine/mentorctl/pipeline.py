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
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from mentorctl.diagnostics import Diagnostic, Span, finding, has_errors, in_order, located
from mentorctl.loading import Document, Loaded, load
from mentorctl.spec.severity import filtered

if TYPE_CHECKING:
    from mentorctl.addresses import Address
    from mentorctl.calendars.busy import Quarters
    from mentorctl.lifecycle.replay import Replayed
    from mentorctl.optimize.engine import Engine
    from mentorctl.plan.adopting import Adoption
    from mentorctl.plan.certificates import Claim
    from mentorctl.plan.consent import Consent
    from mentorctl.plan.inputs import PlanInputs
    from mentorctl.plan.model import Change, Plan, SchedulingSummary, Unplaced
    from mentorctl.plan.problems import JointSearch, MatchingProblem
    from mentorctl.plan.proofs import Checked
    from mentorctl.plan.timetable import Placement
    from mentorctl.plan.undo import Undoing
    from mentorctl.roster.people import Roster
    from mentorctl.roster.table import Table
    from mentorctl.state.live import Advanced, Armed, Happening, LogRow
    from mentorctl.state.model import MatchRecord, SessionRecord, Snapshot
    from mentorctl.store.base import Applied, Reader, Recorded, Store

__all__ = [
    "Document",
    "Loaded",
    "Planned",
    "Scheduled",
    "Searched",
    "Verified",
    "advance",
    "apply",
    "busy_times",
    "history",
    "judge",
    "load",
    "plan",
    "problems",
    "read_people",
    "read_set",
    "record",
    "replay",
    "schedule",
    "verify",
    "with_policies",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class Planned:
    """A plan and the findings on the way; there is no plan when one of them is an error."""

    plan: "Plan | None"
    findings: tuple[Diagnostic, ...]


def with_policies(loaded: Loaded, texts: Sequence[tuple[str, str]]) -> Loaded:
    """The workspace with the policies of some (file name, text) pairs, and what is wrong with them."""
    if not texts:
        return loaded
    from mentorctl.spec.read_policy import read_policies

    programs = {one.id for one in loaded.documents.values() if not one.is_base}
    read = read_policies(texts, programs=programs, today=loaded.as_of)
    known = replace(loaded, sources={**loaded.sources, **{s.file: s for s in read.sources}}, policies=read.rules)
    found = filtered(located(read.findings, known), loaded.policy, loaded.as_of)
    return replace(known, findings=in_order((*loaded.findings, *found)))


def read_people(
    loaded: Loaded, tables: "Sequence[Table]", *, by_hand: "Table | None" = None
) -> "tuple[Roster | None, tuple[Diagnostic, ...]]":
    """The people of a workspace that loaded without errors, from the tables of its sources.

    `by_hand` has decisions about single people, where the roster contract names a file with them.
    """
    from mentorctl.roster.checks import check_pairs, check_roles
    from mentorctl.roster.read import read_roster

    if loaded.workspace is None:
        raise ValueError("the workspace did not load; look at its findings first")
    roster, findings = read_roster(loaded.workspace.contract, tables, workspace=loaded.workspace.id)
    if roster is not None and by_hand is not None:
        from mentorctl.roster.by_hand import with_decisions

        roster, more = with_decisions(roster, by_hand)
        findings = (*findings, *more)
    if roster is not None:
        needed = {role for compiled in loaded.programs for role in compiled.program.roles}
        findings = (*findings, *check_roles(roster, loaded.workspace.contract, needed))
        findings = (*findings, *(f for c in loaded.programs for f in check_pairs(roster, c.program)))
    found = filtered(located(findings, loaded), loaded.policy, loaded.as_of)
    return None if has_errors(found) else roster, found


def busy_times(
    loaded: Loaded, roster: "Roster", files: Mapping[str, tuple[str, str]], *, as_of: date
) -> "tuple[dict[str, tuple[Quarters, ...]], tuple[Diagnostic, ...]]":
    """When people are busy by their iCalendar files, by opaque id, and what is wrong with the files.

    `files` has a file name and a text by roster id; those of nobody are reported.
    """
    from mentorctl.calendars.busy import Request, read_busy
    from mentorctl.optimize.scheduling.calendar import zone_of

    if loaded.workspace is None:
        raise ValueError("the workspace did not load; look at its findings first")
    index_of = {name: index for index, name in enumerate(roster.roster_ids)}
    ends = [timeline.end for compiled in loaded.programs for _, timeline in compiled.timelines_on(as_of)]
    times: dict[str, tuple[Quarters, ...]] = {}
    found: list[Diagnostic] = []
    for name, (file, text) in sorted(files.items()):
        index = index_of.get(name)
        if index is None:
            found.append(finding("MC6014", f"nobody has the id `{name}`", span=Span(file=file, line=1, column=1)))
            continue
        busy = read_busy(
            text,
            Request(
                file=file,
                zone=zone_of(roster, index, loaded.workspace.timezone),
                first=as_of,
                last=max(ends, default=as_of),
                own=f"@{loaded.workspace.id}.mentorctl",
            ),
        )
        times[roster.ids[index]] = busy.spans
        found += busy.findings
    return times, filtered(in_order(found), loaded.policy, as_of)


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

    inputs, defects = _inputs(
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

    inputs, _ = _inputs(loaded, roster, snapshot, as_of, DirectEngine(), lambda _: None, {})
    return read_set_of(inputs) if inputs else ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Scheduled:
    """The timetable that a plan of that day makes: the sessions that would be, what changes, and what has no time.

    `placements` are what questions are asked about.
    """

    sessions: "tuple[SessionRecord, ...]"
    changes: "tuple[Change, ...]"
    unplaced: "tuple[Unplaced, ...]"
    schedules: "tuple[SchedulingSummary, ...]"
    placements: "tuple[Placement, ...]"
    findings: tuple[Diagnostic, ...]


def schedule(
    loaded: Loaded,
    roster: "Roster",
    snapshot: "Snapshot",
    *,
    as_of: date,
    engine: "Engine",
    report: Callable[[str], None] = lambda _: None,
    outside: "Mapping[str, Table] | None" = None,
    definitions: Mapping[str, str] | None = None,
    busy: "Mapping[str, tuple[Quarters, ...]] | None" = None,
    reopened: bool = False,
) -> Scheduled:
    """The timetable that a plan makes; with `reopened`, questions can be asked about meetings that stand, too."""
    from mentorctl.optimize.network import NoProof
    from mentorctl.optimize.verify import WrongAnswer
    from mentorctl.plan.causes import with_causes
    from mentorctl.plan.desired import desired_state
    from mentorctl.plan.differ import differences
    from mentorctl.plan.make import carried_over, renamed_inputs
    from mentorctl.state.model import SessionRecord

    inputs, defects = _inputs(loaded, roster, snapshot, as_of, engine, report, outside or {}, definitions=definitions)
    if inputs is None:
        return _NOTHING_SCHEDULED(findings=defects)
    inputs, _ = renamed_inputs(replace(inputs, busy=busy or {}, reopened=reopened))
    inputs, _ = carried_over(inputs)
    try:
        draft = desired_state(inputs)
    except (NoProof, WrongAnswer) as problem:
        return _NOTHING_SCHEDULED(findings=(finding("MC5004", str(problem)),))
    changes, _ = with_causes(differences(inputs.snapshot.by_address, draft.records), inputs, draft)
    return Scheduled(
        sessions=tuple(draft.sessions()),
        changes=tuple(c for c in changes if isinstance(c.after or c.before, SessionRecord)),
        unplaced=tuple(draft.unplaced),
        schedules=tuple(draft.schedules),
        placements=tuple(draft.placements),
        findings=filtered(located(draft.findings, loaded), loaded.policy, as_of),
    )


_NOTHING_SCHEDULED = partial(Scheduled, sessions=(), changes=(), unplaced=(), schedules=(), placements=())


@dataclass(frozen=True, kw_only=True, eq=False)
class Searched:
    """The searches for matches that a plan makes on a day, those in several cohorts at once, and what they lead to."""

    problems: "tuple[MatchingProblem, ...]"
    joint: "tuple[JointSearch, ...]"
    changes: "tuple[Change, ...]"
    findings: tuple[Diagnostic, ...]


def problems(
    loaded: Loaded,
    roster: "Roster",
    snapshot: "Snapshot",
    *,
    as_of: date,
    engine: "Engine",
    report: Callable[[str], None] = lambda _: None,
    outside: "Mapping[str, Table] | None" = None,
    decided: "Mapping[tuple[str, str], tuple[MatchRecord, ...]] | None" = None,
    definitions: Mapping[str, str] | None = None,
) -> Searched:
    """What a plan of that day searches, for questions about it; with `decided`, the matches that one chose."""
    from mentorctl.optimize.network import NoProof
    from mentorctl.optimize.verify import WrongAnswer
    from mentorctl.plan.desired import desired_state
    from mentorctl.plan.differ import differences
    from mentorctl.plan.make import carried_over, renamed_inputs

    inputs, defects = _inputs(loaded, roster, snapshot, as_of, engine, report, outside or {}, definitions=definitions)
    if inputs is None:
        return Searched(problems=(), joint=(), changes=(), findings=defects)
    inputs, _ = renamed_inputs(inputs)
    inputs, _ = carried_over(inputs)
    try:
        draft = desired_state(replace(inputs, only_matches=True, decided=decided))
    except (NoProof, WrongAnswer) as problem:
        return Searched(problems=(), joint=(), changes=(), findings=(finding("MC5004", str(problem)),))
    found = filtered(located(draft.findings, loaded), loaded.policy, as_of)
    changes = differences(inputs.snapshot.by_address, draft.records)
    return Searched(problems=tuple(draft.problems), joint=tuple(draft.joint), changes=changes, findings=found)


@dataclass(frozen=True, kw_only=True, eq=False)
class Verified:
    """What a check of certificates came to: each search, or a finding that says why nothing could be checked."""

    searches: "tuple[Checked, ...]"
    findings: tuple[Diagnostic, ...] = ()

    @property
    def proved(self) -> bool:
        return not self.findings and all(search.outcome == "proved" for search in self.searches)


def verify(
    loaded: Loaded,
    roster: "Roster",
    snapshot: "Snapshot",
    said: "Plan | Claim",
    *,
    outside: "Mapping[str, Table] | None" = None,
    definitions: Mapping[str, str] | None = None,
) -> Verified:
    """Whether the matches of a plan, or those that a certificate file claims, are proved. Nothing is solved."""
    from mentorctl.optimize.engine import DirectEngine
    from mentorctl.plan.certificates import Claim
    from mentorctl.plan.codec import inputs_digest
    from mentorctl.plan.proofs import checked, claim_of, decisions, origin_defect, plan_defects

    claim = said if isinstance(said, Claim) else claim_of(said)
    sharing = (loaded.workspace.sharing,) if loaded.workspace else ()
    inputs = inputs_digest(loaded.programs, roster, outside, *sharing)
    elsewhere = origin_defect(claim, loaded.workspace, inputs, snapshot)
    if elsewhere:
        advice = "check it where and when it was made: with these files, this roster and this state"
        return Verified(searches=(), findings=(finding("MC5021", elsewhere, help=advice),))
    if not isinstance(said, Claim) and said.undoes:  # what takes an apply back chooses no matches
        return Verified(searches=())
    searched = problems(
        loaded,
        roster,
        snapshot,
        as_of=date.fromisoformat(claim.as_of),
        engine=DirectEngine(),  # it is never asked: the matches are decided
        outside=outside,
        decided=decisions(claim),
        definitions=definitions,
    )
    defects = () if isinstance(said, Claim) else tuple(plan_defects(said, searched.changes, searched.problems))
    if defects:
        advice = "make the plan again with `mentorctl plan`"
        return Verified(searches=(), findings=tuple(finding("MC5022", defect, help=advice) for defect in defects))
    return Verified(searches=checked(searched.problems, searched.joint, claim))


def _inputs(
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
        snapshot=plan_renames(live, snapshot).snapshot,
        rules=loaded.policies,
        day=on,
        consent=consent or NOTHING_SAID,
        asks=asks,
    )
    return located(found, loaded)


def apply(
    plan: "Plan",
    store: "Store",
    *,
    apply_id: str,
    at: datetime,
    actor: str,
    new_lineage: str,
    consent: "Consent | None" = None,
) -> "Applied":
    """Perform a plan in one transaction. Raises `store.base.StoreError`, and then nothing has changed.

    What limits and policies have against it is asked with `judge`; `consent` is written down beside it.
    """
    from mentorctl.plan.consent import NOTHING_SAID

    said = consent or NOTHING_SAID
    return store.apply(plan, apply_id=apply_id, at=at, actor=actor, new_lineage=new_lineage, consent=said)


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
    """What happened to some things, oldest first, under all names that they had."""
    from mentorctl.lifecycle.rename import former_address

    rows: dict[int, LogRow] = {}
    for address in set(addresses):
        here: Address | None = address
        before = None  # the number of the line by which it came here, for the log of the place where it was
        while here is not None:
            mine = [row for row in store.log(here) if before is None or row.seq < before]
            came = next((row for row in reversed(mine) if former_address(row.line)), None)
            rows |= {row.seq: row for row in mine if came is None or row.seq >= came.seq}
            here, before = (former_address(came.line), came.seq) if came else (None, None)
    return tuple(rows[seq] for seq in sorted(rows))


def replay(store: "Reader") -> "Replayed":
    """Fold the log by the definitions under which it was written, and compare what comes out with the state."""
    from mentorctl.lifecycle.replay import replayed

    rows = store.log()
    definitions = {row.line.definition for row in rows} - {""}
    return replayed(
        [row.line for row in rows], store.instances(), {digest: store.definition(digest) for digest in definitions}
    )
