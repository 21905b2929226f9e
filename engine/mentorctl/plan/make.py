"""The plan itself: desired state against present state, with its digests."""

from collections.abc import Sequence
from dataclasses import replace

from mentorctl.diagnostics import Diagnostic
from mentorctl.plan.account import account_of
from mentorctl.plan.causes import Reasons, Why, with_causes
from mentorctl.plan.certified import certificates_of
from mentorctl.plan.codec import digests_by_impact, effects_digest, inputs_digest
from mentorctl.plan.desired import adopted_state, desired_state
from mentorctl.plan.differ import differences
from mentorctl.plan.drifting import drift_of
from mentorctl.plan.impact import people_seen
from mentorctl.plan.inputs import Draft, PlanInputs
from mentorctl.plan.limits import breaches
from mentorctl.plan.migrations import Carried, plan_migrations
from mentorctl.plan.model import RECORDED, Change, DefinitionText, Plan
from mentorctl.plan.policies.evaluate import policy_results
from mentorctl.plan.read_set import read_set_of
from mentorctl.plan.renames import Renaming, plan_renames
from mentorctl.plan.undo import nothing_left, taken_back, ways_back
from mentorctl.plan.verdicts import Remains
from mentorctl.spec.model import Mode


def _definitions(inputs: PlanInputs) -> tuple[DefinitionText, ...]:
    """What people will live by, as far as the store does not have it."""
    return tuple(
        DefinitionText(program=compiled.program.id, digest=compiled.runtime.digest, text=compiled.runtime.text)
        for compiled in sorted(inputs.programs, key=lambda c: c.program.id)
        if compiled.program.mode is Mode.LIVE and compiled.runtime.digest not in inputs.snapshot.definitions
    )


def carried_over(inputs: PlanInputs) -> tuple[PlanInputs, Carried]:
    """The inputs with everybody in the states of the lifecycles that are about to hold, and how they come there."""
    live = tuple(c for c in inputs.programs if c.program.mode is Mode.LIVE)
    if inputs.undoing is None:
        carried = plan_migrations(live, inputs.snapshot, inputs.definitions, inputs.as_of)
        return replace(inputs, snapshot=carried.snapshot), carried
    ways, findings = ways_back(inputs.undoing, inputs.programs)
    moved = [compiled for compiled in live if any(program == compiled.program.id for program, _ in ways)]
    carried = plan_migrations(moved, inputs.snapshot, inputs.definitions, inputs.as_of, undo=ways)
    return replace(inputs, snapshot=carried.snapshot), replace(carried, findings=(*findings, *carried.findings))


def renamed_inputs(inputs: PlanInputs) -> tuple[PlanInputs, Renaming]:
    """The inputs with everything in the state called as the files call it."""
    live = tuple(c for c in inputs.programs if c.program.mode is Mode.LIVE)  # of others nothing changes
    renaming = plan_renames(live, inputs.snapshot)
    return replace(inputs, snapshot=renaming.snapshot), renaming


def make_plan(inputs: PlanInputs) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """What apply would do. The plan must not be applied when one of the findings is an error.

    Raises `network.NoProof` or `verify.WrongAnswer` when the optimizer's answer does not hold.
    """
    inputs, renaming = renamed_inputs(inputs)
    inputs, carried = carried_over(inputs)
    draft, remains = _wanted(inputs)
    draft.findings += (*renaming.findings, *carried.findings)
    draft.notices += carried.notices
    changes, reasons = _explained(differences(inputs.snapshot.by_address, draft.records), inputs, draft)
    if inputs.undoing and not changes and not carried.changes and not draft.findings:
        draft.findings.append(nothing_left(inputs.undoing, remains))
    account = account_of(inputs, draft.records, changes, carried.changes, reasons)
    workspace, adopts = inputs.workspace, inputs.adopting is not None
    plan = Plan(
        workspace=workspace.id,
        lineage=inputs.snapshot.lineage,
        serial=inputs.snapshot.serial,
        as_of=inputs.as_of.isoformat(),
        inputs=inputs_digest(inputs.programs, inputs.roster, inputs.outside_tables, workspace.sharing),
        changes=changes,
        matchings=tuple(draft.matchings),
        schedules=tuple(draft.schedules),
        notices=tuple(draft.notices),
        certificates=certificates_of(draft.problems),
        digest=effects_digest(workspace.id, changes, carried.changes, renaming.renames, adopts=adopts),
        adopts=adopts,
        definitions=() if inputs.undoing else _definitions(inputs),
        renames=renaming.renames,
        migrations=carried.changes,
        consequences=account.consequences,
        drift=() if inputs.undoing else drift_of(changes, inputs),
        people=people_seen(inputs.snapshot.records, changes, carried.changes),
        valid_until=account.until.day.isoformat() if account.until else "",
        valid_because=account.until.because if account.until else "",
        read_set=read_set_of(inputs),
        digests=digests_by_impact(workspace.id, changes, carried.changes, renaming.renames),
        undoes=inputs.undoing.commit_id if inputs.undoing else "",
        remains=remains,
    )
    return _judged(plan, inputs), tuple(draft.findings)


def _wanted(inputs: PlanInputs) -> tuple[Draft, tuple[Remains, ...]]:
    """What should be in the state: as the files and the roster want it, or as it was before an apply."""
    if inputs.adopting is not None:
        return adopted_state(inputs, inputs.adopting), ()
    if inputs.undoing is None:
        return desired_state(inputs), ()
    back = taken_back(inputs.undoing, inputs.programs, inputs.snapshot)
    return Draft(records=list(back.records)), back.remains


def _explained(changes: Sequence[Change], inputs: PlanInputs, draft: Draft) -> tuple[tuple[Change, ...], Reasons]:
    """The changes with what asked for them: what takes an apply back is asked for by nothing else."""
    if inputs.adopting is not None:
        reason = "ran elsewhere until now"
        why = Why(place=RECORDED, reason=reason, path="recorded")
        explained = tuple(replace(change, cause=RECORDED, reason=reason) for change in changes)
        return explained, Reasons(why={change.address: why for change in changes}, values={})
    if inputs.undoing is None:
        return with_causes(changes, inputs, draft)
    reason = f"apply {inputs.undoing.serial} is taken back"
    why = Why(place=RECORDED, reason=reason, path="recorded")
    explained = tuple(replace(change, cause=RECORDED, reason=reason) for change in changes)
    return explained, Reasons(why={change.address: why for change in changes}, values={})


def _judged(plan: Plan, inputs: PlanInputs) -> Plan:
    """The plan with what limits and policies say of it."""
    return replace(
        plan,
        limits=breaches(inputs.programs, inputs.snapshot, plan),
        policies=policy_results(inputs.policies, plan, inputs.programs, inputs.snapshot, inputs.as_of),
    )
