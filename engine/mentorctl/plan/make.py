"""The plan itself: desired state against present state, with its digests."""

from mentorctl.diagnostics import Diagnostic
from mentorctl.plan.certified import certificates_of
from mentorctl.plan.codec import effects_digest, inputs_digest
from mentorctl.plan.desired import desired_state
from mentorctl.plan.differ import differences
from mentorctl.plan.inputs import PlanInputs
from mentorctl.plan.limits import check_limits
from mentorctl.plan.model import Plan


def make_plan(inputs: PlanInputs) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """What apply would do. The plan must not be applied when one of the findings is an error.

    Raises `network.NoProof` or `verify.WrongAnswer` when the optimizer's answer does not hold.
    """
    draft = desired_state(inputs)
    changes = differences(inputs.snapshot.by_address, draft.records)
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
        digest=effects_digest(inputs.workspace.id, changes),
    ), tuple(draft.findings)
