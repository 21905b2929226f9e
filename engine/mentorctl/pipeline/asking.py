"""Questions about what a plan decides: its searches, its timetable, its proofs. Nothing is decided here."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from mentorctl.diagnostics import Diagnostic, finding, located
from mentorctl.loading import Loaded
from mentorctl.pipeline.planning import planning_inputs
from mentorctl.spec.severity import filtered
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.calendars.busy import Quarters
    from mentorctl.optimize.engine import Engine
    from mentorctl.plan.certificates import Claim
    from mentorctl.plan.model import Change, Plan, SchedulingSummary, Unplaced
    from mentorctl.plan.problems import JointSearch, MatchingProblem
    from mentorctl.plan.proofs import Checked
    from mentorctl.plan.timetable import Placement
    from mentorctl.roster.people import Roster
    from mentorctl.roster.table import Table
    from mentorctl.state.model import MatchRecord, SessionRecord, Snapshot


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

    inputs, defects = planning_inputs(
        loaded, roster, snapshot, as_of, engine, report, outside or {}, definitions=definitions
    )
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

    inputs, defects = planning_inputs(
        loaded, roster, snapshot, as_of, engine, report, outside or {}, definitions=definitions
    )
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
