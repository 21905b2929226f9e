"""The plan itself: desired state against present state, with its digests."""

from dataclasses import replace

from mentorctl.diagnostics import Diagnostic
from mentorctl.plan.certified import certificates_of
from mentorctl.plan.codec import effects_digest, inputs_digest
from mentorctl.plan.desired import desired_state
from mentorctl.plan.differ import differences
from mentorctl.plan.inputs import PlanInputs
from mentorctl.plan.limits import check_limits
from mentorctl.plan.migrations import Carried, plan_migrations
from mentorctl.plan.model import DefinitionText, Plan
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
    carried = plan_migrations(inputs.programs, inputs.snapshot, inputs.definitions, inputs.as_of, undo=inputs.undo)
    return replace(inputs, snapshot=carried.snapshot), carried


def make_plan(inputs: PlanInputs) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """What apply would do. The plan must not be applied when one of the findings is an error.

    Raises `network.NoProof` or `verify.WrongAnswer` when the optimizer's answer does not hold.
    """
    inputs, carried = carried_over(inputs)
    draft = desired_state(inputs)
    draft.findings += carried.findings
    draft.notices += carried.notices
    changes = differences(inputs.snapshot.by_address, draft.records, draft.reasons)
    draft.findings += check_limits(inputs.programs, changes, draft)
    return Plan(
        workspace=inputs.workspace.id,
        lineage=inputs.snapshot.lineage,
        serial=inputs.snapshot.serial,
        as_of=inputs.as_of.isoformat(),
        inputs=inputs_digest(inputs.programs, inputs.roster, inputs.outside_tables, inputs.workspace.sharing),
        changes=changes,
        matchings=tuple(draft.matchings),
        schedules=tuple(draft.schedules),
        notices=tuple(draft.notices),
        certificates=certificates_of(draft.problems),
        digest=effects_digest(inputs.workspace.id, changes, carried.changes),
        definitions=_definitions(inputs),
        migrations=carried.changes,
        unplaced=tuple(draft.unplaced),
    ), tuple(draft.findings)
