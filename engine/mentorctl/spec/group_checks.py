"""Checks of capacities, groups, teams, projects and the pool: the fields that they read, and room for a group."""

from collections.abc import Iterable, Iterator

from mentorctl.diagnostics import Diagnostic, FieldPath, Related, did_you_mean, finding, quoted_list
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.fields import FieldType, Role
from mentorctl.spec.condition_checks import check_condition, not_for_matching, unknown_field
from mentorctl.spec.field_checks import labels_of
from mentorctl.spec.matching import FairnessGap, Group, MaxPer, MinShare, Reserve, Teams
from mentorctl.spec.model import Program, Workspace
from mentorctl.spec.reference_checks import ProgramCheck
from mentorctl.spec.rule_paths import at
from mentorctl.values import dataclass

_ONE_ANSWER = (FieldType.SINGLE, FieldType.LEVEL, FieldType.BOOLEAN)
_TOPICS = (*_ONE_ANSWER, FieldType.MULTIPLE)
_TEAMS = (FieldType.SINGLE, FieldType.LEVEL)
_POOLED = (*_ONE_ANSWER, FieldType.NUMBER)
_GROUP: FieldPath = ("matching", "group")
_POOL_WORDS = {MaxPer: "max_per", MinShare: "min_share", Reserve: "reserve", FairnessGap: "fairness_gap"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """A field that is read for people of a role; `value` is what it is compared with, None for all values."""

    field: str
    path: FieldPath
    types: tuple[FieldType, ...]
    role: Role
    value: str | int | float | bool | None = None


def fields_fit(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """Capacities, teams, mixtures, seats, skills, wishes and the pool read fields that fit and that people answer."""
    for use in (*_uses(program), *_loads(program)):
        yield from _check(program, workspace, use)


def _loads(program: Program) -> Iterator[_Use]:
    """The field with people's own weekly load."""
    name = program.meetings.per_week_from if program.meetings else ""
    for role in program.roles if name else ():
        yield _Use(field=name, path=("meetings", "per_week_from"), types=(FieldType.NUMBER,), role=role)


def _uses(program: Program) -> Iterator[_Use]:
    matching = program.matching
    for role, capacity in ((Role.MENTOR, matching.mentor_capacity), (Role.MENTEE, matching.mentee_capacity)):
        if capacity.field:
            path: FieldPath = ("matching", "capacity", role.value, "max", "field")
            yield _Use(field=capacity.field, path=path, types=(FieldType.NUMBER,), role=role)
    if matching.teams:
        yield from _of_teams(matching.teams)
    if matching.group:
        yield from _of_group(matching.group)
    if matching.skills:
        for role, name in ((Role.MENTOR, matching.skills.mentor), (Role.MENTEE, matching.skills.mentee)):
            if name:
                path = ("matching", "skills", role.value)
                yield _Use(field=name, path=path, types=(FieldType.MULTIPLE,), role=role)
    if matching.wishes:
        yield _Use(
            field=matching.wishes.field,
            path=("matching", "wishes", "field"),
            types=(FieldType.TEXT,),  # a text keeps the order of what it lists, a multiple choice does not
            role=Role.MENTEE,
        )
    for i, entry in enumerate(matching.pool):
        where: FieldPath = ("matching", "pool", i, _POOL_WORDS[type(entry.rule)])
        value = entry.rule.value if isinstance(entry.rule, MinShare | Reserve) else None
        types = _ONE_ANSWER if isinstance(entry.rule, FairnessGap) else _POOLED
        yield _Use(field=entry.rule.field, path=(*where, "field"), types=types, role=entry.of, value=value)


def _of_teams(teams: Teams) -> Iterator[_Use]:
    path: FieldPath = ("matching", "teams")
    yield _Use(field=teams.field, path=(*path, "field"), types=_TEAMS, role=Role.MENTEE)
    if teams.cohesion:  # a team is there: only its mentors can be chosen for a topic
        for role in (Role.MENTEE, Role.MENTOR):
            yield _Use(field=teams.cohesion.field, path=(*path, "cohesion", "field"), types=_TOPICS, role=role)


def _of_group(group: Group) -> Iterator[_Use]:
    for i, mixture in enumerate(group.mixture):
        path: FieldPath = (*_GROUP, "mixture", i, "field")
        yield _Use(field=mixture.field, path=path, types=_ONE_ANSWER, role=Role.MENTEE)
    for i, seat in enumerate(group.seats):
        path = (*_GROUP, "seats", i, "field")
        yield _Use(field=seat.field, path=path, types=_ONE_ANSWER, role=Role.MENTEE, value=seat.value)
    if group.cohesion:
        path = (*_GROUP, "cohesion", "field")
        yield _Use(field=group.cohesion.field, path=path, types=_TOPICS, role=Role.MENTEE)


def _check(program: Program, workspace: Workspace, use: _Use) -> Iterator[Diagnostic]:
    field = workspace.contract.field(use.field)
    if field is None:
        yield unknown_field(program, workspace.contract, use.field, use.path)
        return
    if field.type not in use.types:
        yield finding(
            "MC2004",
            f"`{field.id}` is a {field.type} field; this needs a {quoted_list(use.types)} field",
            help=_instead(use.types),
            place=at(program, use.path),
        )
        return
    if not field.answered_by.includes(use.role):
        yield finding(
            "MC2004",
            f"`{field.id}` is answered by {field.answered_by}s only, but read for every {use.role}",
            help=f"let {use.role}s answer `{field.id}`",
            place=at(program, use.path),
        )
    yield from not_for_matching(program, field, use.path)
    if use.value is not None:
        said = Condition(field=field.id, comparison=Comparison.IS, values=(use.value,))
        yield from check_condition(program, field, said, (*use.path[:-1], "value"))


def _instead(types: tuple[FieldType, ...]) -> str:
    if types == (FieldType.TEXT,):
        return "a text such as `data_portal, onboarding_guide` keeps the order of the wishes"
    return ""


def common_slots_have_hours(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """A slot that all share is found in their weekly availability."""
    has_hours = any(field.type is FieldType.AVAILABILITY for field in workspace.contract.fields)
    for shape, key in ((program.matching.group, "group"), (program.matching.teams, "teams")):
        if shape and shape.common_slot and not has_hours:
            yield finding(
                "MC2003",
                "a common slot needs an availability field, which the contract does not have",
                help="declare `availability: {type: availability}` under `roster.fields` in mentorctl.yaml",
                place=at(program, ("matching", key, "common_slot")),
            )


def project_skills_exist(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """The skills of a project are options of the fields in which people say theirs."""
    skills = program.matching.skills
    names = dict.fromkeys(name for name in (skills.mentor, skills.mentee) if name) if skills else ()
    for name in names:
        field = workspace.contract.field(name)
        known = {option.casefold() for option in field.options} if field else set()
        for project in program.projects if field and known else ():
            for i, skill in enumerate(project.skills):
                if field and skill.casefold() not in known:
                    yield finding(
                        "MC2005",
                        f"`{skill}` is not a value of `{name}`; it has {quoted_list(field.options, last='and')}",
                        help=did_you_mean(skill, field.options),
                        place=at(program, ("projects", project.id, "skills", i)),
                    )


# -- room for a group --------------------------------------------------------------------------------------------------


def groups_can_be_filled(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """Seats and mixtures leave a group that is not larger than its size."""
    group = program.matching.group
    if not group:
        return
    size = Related(message="the size is here", place=at(program, (*_GROUP, "size")))
    for key, i, why in (*_seats_beyond(group), *_mixtures_beyond(group)):
        yield finding(
            "MC2093", why, help="change one of the two", place=at(program, (*_GROUP, key, i)), related=(size,)
        )
    for i, mixture in enumerate(group.mixture):
        field = workspace.contract.field(mixture.field)
        answers = len(labels_of(field)) if field else 0
        if answers and mixture.at_least > answers:
            yield finding(
                "MC2093",
                f"`{mixture.field}` has {answers} answers, so no group has {mixture.at_least} different ones",
                help="ask for fewer",
                place=at(program, (*_GROUP, "mixture", i, "at_least")),
            )


def _seats_beyond(group: Group) -> Iterator[tuple[str, int, str]]:
    taken: dict[str, int] = {}
    for i, seat in enumerate(group.seats):
        before = taken.get(seat.field, 0)
        taken[seat.field] = before + seat.at_least
        if before <= group.size.at_most < taken[seat.field]:
            yield "seats", i, f"{taken[seat.field]} seats are kept in a group of {group.size.at_most} at most"


def _mixtures_beyond(group: Group) -> Iterator[tuple[str, int, str]]:
    most = group.size.at_most
    for i, mixture in enumerate(group.mixture):
        if mixture.at_least > most:
            yield "mixture", i, f"{mixture.at_least} different answers do not fit into a group of {most} at most"
        elif mixture.at_most and not _may_answer(mixture.at_most, range(group.size.at_least, most + 1)):
            yield "mixture", i, f"{mixture.at_most} of a group of {most} is less than one person"


def _may_answer(share: str, sizes: Iterable[int]) -> bool:
    """Whether a share of some size is at least one person."""
    return any(float(share.removesuffix("%")) * size >= 100 for size in sizes)  # noqa: PLR2004


GROUP_CHECKS: tuple[ProgramCheck, ...] = (
    fields_fit,
    common_slots_have_hours,
    project_skills_exist,
    groups_can_be_filled,
)
