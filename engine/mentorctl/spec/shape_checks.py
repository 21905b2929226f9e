"""Checks of the shape of a program: what each of the nine models allows, and what it asks for.

The fields that groups, teams, projects and pool rules read are checked in `spec.group_checks`.
"""

from collections.abc import Iterator

from mentorctl.diagnostics import Diagnostic, FieldPath, Related, finding, quoted_list
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import Gap, Ways
from mentorctl.spec.model import Delivery, MentorType, ModelType, Program, Project, Workspace
from mentorctl.spec.reference_checks import ProgramCheck
from mentorctl.spec.rule_paths import at, matches_peers, written_hard_rules

_ANY_BUT_REVERSE = (MentorType.CAREER, MentorType.PEER, MentorType.LIFE)
FITTING_MENTORS: dict[ModelType, tuple[MentorType, ...]] = {
    ModelType.ONE_ON_ONE: _ANY_BUT_REVERSE,
    ModelType.PEER: (MentorType.PEER, MentorType.LIFE),
    ModelType.GROUP: _ANY_BUT_REVERSE,
    ModelType.REVERSE: (MentorType.REVERSE_CAREER,),
    ModelType.FLASH: _ANY_BUT_REVERSE,
    ModelType.TEAM: (MentorType.CAREER, MentorType.LIFE),
    ModelType.VIRTUAL: _ANY_BUT_REVERSE,
    ModelType.MOSAIC: _ANY_BUT_REVERSE,
    ModelType.FUNCTIONAL: _ANY_BUT_REVERSE,
}
_MODEL: FieldPath = ("model", "type")


def mentors_fit_the_model(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Which mentors go with which model; docs/language_notes.md has the table."""
    model = program.model
    fitting = FITTING_MENTORS[model.type]
    if model.mentors not in fitting:
        yield finding(
            "MC2012",
            f"`{model.type}` does not go with `{model.mentors}` mentors",
            help=f"write {quoted_list(fitting)}",
            place=at(program, ("model", "mentors")),
            related=(Related(message="the model is chosen here", place=at(program, _MODEL)),),
        )


def virtual_is_virtual(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """The model virtual is one-on-one at a distance; every other model may say so with `delivery`."""
    model = program.model
    if model.type is ModelType.VIRTUAL and model.delivery is not Delivery.VIRTUAL:
        yield finding(
            "MC2088",
            f"`virtual` pairs meet at a distance, not `{model.delivery}`",
            help="remove `delivery`, or write `type: one-on-one`",
            place=at(program, ("model", "delivery")),
            related=(Related(message="the model is chosen here", place=at(program, _MODEL)),),
        )


def pool_rules_fit_the_model(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """A mosaic counts needs, not mentees, so a bound over its pool is one on mentors; peers are neither."""
    for i, rule in enumerate(program.matching.pool):
        if program.model.type is ModelType.PEER:
            yield finding(
                "MC2089",
                f"`{rule.id}` bounds the matches of mentors or mentees, and the model `peer` has neither",
                help="put the condition under `eligibility` or `require`",
                place=at(program, ("matching", "pool", i)),
                related=(Related(message="the model is chosen here", place=at(program, _MODEL)),),
            )
        if program.model.type is ModelType.MOSAIC and rule.of is Role.MENTEE:
            yield finding(
                "MC2089",
                f"`{rule.id}` counts mentees, and in the model `mosaic` only mentors can be counted",
                help="write `of: mentors`, or put the condition under `eligibility`",
                place=at(program, ("matching", "pool", i)),
                related=(Related(message="the model is chosen here", place=at(program, _MODEL)),),
            )


# -- one model at a time -----------------------------------------------------------------------------------------------


def flash_has_one_meeting(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """A flash match is one session, and ends with it."""
    meetings = program.meetings
    if program.model.type is ModelType.FLASH and meetings and meetings.at_least > 1:
        yield finding(
            "MC2094",
            f"a flash match ends with its first meeting, so it never has {meetings.at_least}",
            help="write `at_least: 1`; `capacity` says how many matches a person may have",
            place=at(program, ("meetings", "at_least")),
            related=(Related(message="the model is chosen here", place=at(program, _MODEL)),),
        )


def peers_can_satisfy_rules(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Of two peers neither stands above the other both ways round."""
    for rule, path in written_hard_rules(program) if matches_peers(program) else ():
        gap = rule.predicate
        if not isinstance(gap, Gap) or rule.ways is not Ways.BOTH:
            continue
        if (gap.low is not None and gap.low > 0) or (gap.high is not None and gap.high < 0):
            yield finding(
                "MC2095",
                f"`{rule.id}` asks that `a` is above `b`, and `b` above `a`",
                help="write `either_way`, or `ways: either`",
                place=at(program, path),
            )


def mosaics_have_several_needs(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """With a single need a mosaic is a one-on-one program."""
    needs = program.matching.needs
    if len(needs) == 1:
        yield finding(
            "MC2090",
            f"`{needs[0].id}` is the only need, so everybody gets one mentor",
            help="add other needs, or write `type: one-on-one`",
            place=at(program, ("matching", "needs")),
        )


def mosaics_have_a_place_for_each_need(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """A mentee may have as many mentors as there are needs."""
    matching = program.matching
    capacity = matching.mentee_capacity
    if not capacity.field and capacity.at_most < len(matching.needs):
        yield finding(
            "MC2091",
            f"a mentee has up to {len(matching.needs)} needs, but only places for {capacity.at_most}",
            help=f"write `mentee: {{max: {len(matching.needs)}}}`, if nobody should go without",
            place=at(program, ("matching", "capacity", "mentee")),
            related=(Related(message="the needs are here", place=at(program, ("matching", "needs"), on_key=True)),),
        )


def projects_can_be_joined(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """A project asks for at least as many skills as people must share with it."""
    skills = program.matching.skills
    least = skills.at_least if skills and (skills.mentor or skills.mentee) else 0
    for project in program.projects:
        count = len({skill.casefold() for skill in project.skills})
        if count < least:
            yield finding(
                "MC2092",
                f"nobody joins `{project.id}` with fewer than {least} of its skills, and it has {count}",
                help="add skills to the project, or lower `min`",
                place=at(program, _skills_of(project), on_key=not project.skills),
                related=(Related(message="the least number is here", place=at(program, ("matching", "skills"))),),
            )


def _skills_of(project: Project) -> FieldPath:
    return ("projects", project.id, "skills") if project.skills else ("projects", project.id)


def projects_fit_the_groups(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """The seats of a project agree with the size of all groups."""
    size = program.matching.group.size if program.matching.group else None
    for project in program.projects if size else ():
        seats = project.mentees
        if size and (seats.at_least > size.at_most or seats.at_most < size.at_least):
            yield finding(
                "MC2093",
                f"`{project.id}` has {seats.at_least} to {seats.at_most} mentees, "
                f"all groups have {size.at_least} to {size.at_most}",
                help="change one of the two; a project's own seats are enough",
                place=at(program, ("projects", project.id, "seats", "mentee")),
                related=(Related(message="the size is here", place=at(program, ("matching", "group", "size"))),),
            )


SHAPE_CHECKS: tuple[ProgramCheck, ...] = (
    mentors_fit_the_model,
    virtual_is_virtual,
    pool_rules_fit_the_model,
    flash_has_one_meeting,
    peers_can_satisfy_rules,
    mosaics_have_several_needs,
    mosaics_have_a_place_for_each_need,
    projects_can_be_joined,
    projects_fit_the_groups,
)
