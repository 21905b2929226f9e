"""Checks that everything for people is for people whom the program has: audiences, messages, alerts, eligibility."""

from collections.abc import Iterator

from mentorctl.diagnostics import Diagnostic, FieldPath, finding, quoted_list
from mentorctl.rules.fields import Audience, FieldType, Role
from mentorctl.spec.model import Program, Workspace
from mentorctl.spec.reference_checks import ProgramCheck
from mentorctl.spec.rule_paths import at


def audiences_are_people(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Training, events, check-ins and resources are for somebody."""
    for audience, path in _audiences(program):
        if not any(audience.includes(role) for role in program.roles):
            yield finding(
                "MC2082",
                f"`{path[-1]}` is for {_plural(audience)}, but this program has {_people(program)}",
                help=f"write `for: {_instead(program)}` or `for: everyone`",
                place=at(program, (*path, "for")),
            )


def _audiences(program: Program) -> Iterator[tuple[Audience, FieldPath]]:
    for module in program.modules:
        yield module.audience, ("training", "modules", module.id)
    for event in program.events:
        yield event.audience, ("events", event.id)
    for check_in in program.check_ins:
        yield check_in.audience, ("check_ins", check_in.id)
    for resource in program.resources:
        yield resource.audience, ("resources", resource.id)


def eligible_roles_exist(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Conditions are for roles that people take in this model."""
    for role in Role:
        eligible = program.eligibility(role)
        if role not in program.roles and (eligible.conditions or eligible.approval or eligible.when):
            yield finding(
                "MC2082",
                f"there are conditions for {role}s, but the model `{program.model.type}` has {_people(program)}",
                help=f"write the conditions under {quoted_list(program.roles)}",
                place=at(program, ("eligibility", role.value), on_key=True),
            )


def receivers_are_known(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """Messages and alerts go to people whom the program has or the roster names."""
    for word, path in _receivers(program):
        why, advice = _unknown(word, program, workspace)
        if why:
            yield finding("MC2082", why, help=advice, place=at(program, path))


def _receivers(program: Program) -> Iterator[tuple[str, FieldPath]]:
    for message in program.messages:
        for i, word in enumerate(message.to):
            yield word, ("messages", message.id, "to", i)
    for check_in in program.check_ins:
        for i, alert in enumerate(check_in.alerts):
            yield alert.tell, ("check_ins", check_in.id, "alert", i, "tell")


def _unknown(word: str, program: Program, workspace: Workspace) -> tuple[str, str]:
    """Why nobody would hear of it, and what to do; two empty texts when somebody does."""
    if word == "sponsor" and program.sponsor is None:
        return "this program has no sponsor", "name one, for example `sponsor: {role: Chief People Officer}`"
    if word == "manager":
        manager = workspace.contract.field("manager")
        if manager is None or manager.type is not FieldType.PERSON:
            return "the roster does not say who the manager is", "declare `manager: {type: person}` in mentorctl.yaml"
    if word in set(Role) and word not in program.roles:
        return f"this program has {_people(program)}, but no {word}s", f"write {quoted_list(program.roles)}"
    return "", ""


def _people(program: Program) -> str:
    return " and ".join(f"{role}s" for role in program.roles)


def _plural(audience: Audience) -> str:
    return "mentors and mentees" if audience is Audience.BOTH else f"{audience}s"


def _instead(program: Program) -> str:
    return program.roles[0] if len(program.roles) == 1 else Audience.BOTH


AUDIENCE_CHECKS: tuple[ProgramCheck, ...] = (audiences_are_people, eligible_roles_exist, receivers_are_known)
