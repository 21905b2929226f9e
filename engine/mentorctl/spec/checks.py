"""All named checks of the files alone, and those of training.

A schema cannot say any of this. A new check is a small function in the module of its subject, a kind in the catalog,
and a passing and a failing file under tests/schemas.
"""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from mentorctl.diagnostics import Diagnostic, Related, did_you_mean, finding
from mentorctl.rules.fields import Audience, Role
from mentorctl.spec.aim_checks import AIM_CHECKS
from mentorctl.spec.answer_checks import ANSWER_CHECKS
from mentorctl.spec.audience_checks import AUDIENCE_CHECKS
from mentorctl.spec.design_checks import DESIGN_CHECKS
from mentorctl.spec.group_checks import GROUP_CHECKS
from mentorctl.spec.model import Module, Program, Workspace
from mentorctl.spec.moment_checks import check_timeline
from mentorctl.spec.reference_checks import REFERENCE_CHECKS, ProgramCheck
from mentorctl.spec.rename_checks import former_ids_mean_one_thing
from mentorctl.spec.rule_checks import RULE_CHECKS
from mentorctl.spec.rule_paths import at
from mentorctl.spec.shape_checks import SHAPE_CHECKS


def check_program(program: Program, workspace: Workspace) -> tuple[Diagnostic, ...]:
    """Run every check over one program, which has the default rules of its model."""
    return (
        *check_timeline(program, workspace),
        *(found for check in CHECKS for found in check(program, workspace)),
        *(found for check in RULE_CHECKS for found in check(program, workspace.contract)),
    )


# -- training and gates ------------------------------------------------------------------------------------------------


def prerequisites_are_offered(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """A prerequisite exists and is offered to everyone who needs it."""
    modules = {m.id: m for m in program.modules}
    for module in program.modules:
        for i, needed in enumerate(module.after):
            place = at(program, ("training", "modules", module.id, "after", i))
            if needed not in modules:
                yield finding(
                    "MC2007", f"there is no module `{needed}`", place=place, help=did_you_mean(needed, modules)
                )
            elif not _covers(modules[needed].audience, module.audience):
                yield finding(
                    "MC2007",
                    f"`{needed}` is for {modules[needed].audience}, but `{module.id}` is for {module.audience}",
                    place=place,
                    help=f"offer `{needed}` to both, or split `{module.id}`",
                    related=(
                        Related(
                            message=f"`{needed}` is here",
                            place=at(program, ("training", "modules", needed), on_key=True),
                        ),
                    ),
                )


def prerequisites_end(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """No circle of modules that wait for each other."""
    modules = {m.id: m for m in program.modules}
    circle = _circle(modules)
    if circle:
        yield finding(
            "MC2008",
            " needs ".join(f"`{name}`" for name in (*circle, circle[0])),
            help="remove one of the `after` lines",
            place=at(program, ("training", "modules", circle[0], "after")),
        )


def gates_have_facts(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """Whatever opens a gate is collected somewhere."""
    contract = workspace.contract
    required = next((m for m in program.modules if m.required), None)
    if required and not contract.fact("completed"):
        yield finding(
            "MC2011",
            f"`{required.id}` is required, but nothing says who has completed it",
            help="add `facts: {completed: {column: …}}` under `roster` in mentorctl.yaml",
            place=at(program, ("training", "modules", required.id, "required")),
        )
    for role in program.roles:
        eligible = program.eligibility(role)
        if eligible.approval and not contract.fact("approved"):
            yield finding(
                "MC2011",
                f"a {role} needs the approval of the {eligible.approval}, but nothing says who was approved",
                help="add `facts: {approved: {column: …}}` under `roster` in mentorctl.yaml",
                place=at(program, ("eligibility", role.value, "approval")),
            )


CHECKS: tuple[ProgramCheck, ...] = (
    *SHAPE_CHECKS,
    *AIM_CHECKS,
    prerequisites_are_offered,
    prerequisites_end,
    gates_have_facts,
    former_ids_mean_one_thing,
    *REFERENCE_CHECKS,
    *AUDIENCE_CHECKS,
    *ANSWER_CHECKS,
    *GROUP_CHECKS,
    *DESIGN_CHECKS,
)


def _covers(offered: Audience, needed: Audience) -> bool:
    return all(offered.includes(role) for role in Role if needed.includes(role))


def _circle(modules: dict[str, Module]) -> tuple[str, ...]:
    """One circle of prerequisites, beginning with its least id, or nothing."""
    graph = {name: sorted(n for n in module.after if n in modules) for name, module in sorted(modules.items())}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1][1:][::-1]  # graphlib gives the way from prerequisite to dependent, closed
        least = circle.index(min(circle))
        return (*circle[least:], *circle[:least])
    return ()
