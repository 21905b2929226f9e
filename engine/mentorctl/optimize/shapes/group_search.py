"""Mentor-led groups, teams, mosaics and projects: each as units with seats, and what is best."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from mentorctl.optimize.ground import Amounts
from mentorctl.optimize.groups.problem import GroupObjective, GroupProblem
from mentorctl.optimize.groups.rules import Limit, Rule
from mentorctl.optimize.matching import rooms
from mentorctl.optimize.objectives import covers_first, rank_points
from mentorctl.optimize.shapes.builder import Builder, Holder, weighted
from mentorctl.optimize.shapes.case import ShapeCase, options_of
from mentorctl.optimize.shapes.rules import group_rules, meeting_rules, once_rules, pool_rules, together_rules
from mentorctl.roster.conditions import labels_of
from mentorctl.roster.people import CodeColumn, SetColumn
from mentorctl.rules.fields import Role
from mentorctl.spec.matching import Need, ObjectiveTerm
from mentorctl.spec.model import ModelType, Project
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """Points of a candidate that no pair rule gives, by the name of their term."""

    name: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupSearch:
    """A case as a problem of groups, with the names of what is numbered in it.

    `extras` are by unit and holder. `mentees` are members of units in which they take no seat. `in_pairs`: the members
    of a unit are matched one by one. `options` counts the candidates of each mentee of the case.
    """

    case: ShapeCase
    build: Builder
    problem: GroupProblem
    extras: Mapping[tuple[int, Holder], tuple[Extra, ...]]
    mentees: Mapping[int, int]
    in_pairs: bool
    options: Amounts


def group_search(case: ShapeCase) -> GroupSearch:
    """What is searched for a model whose matches are groups, or pairs under rules for the whole pool."""
    searches = {
        ModelType.GROUP: _circles,
        ModelType.TEAM: _teams,
        ModelType.MOSAIC: _mosaic,
        ModelType.FUNCTIONAL: _projects,
    }
    return searches.get(case.model, _bounded_pairs)(case)


def _circles(case: ShapeCase) -> GroupSearch:
    """Circles: a mentor founds each, mentees and perhaps other mentors join."""
    group = case.matching.group
    if group is None:
        raise ValueError("a group program has `group`; the schema asks for it")
    build = Builder(_places(case))
    known = {(e, m) for s in case.standing for e in s.others for m in s.mentors}
    for mentor in case.mentors.tolist():
        for number in range(build.room((mentor, Role.MENTOR))):
            unit = build.unit(f"the group of mentor {number + 1}")
            build.seat(unit, Role.MENTOR, group.mentors.at_least or 1, group.mentors.at_most)
            build.seat(unit, Role.MENTEE, group.size.at_least, group.size.at_most)
            build.candidate(unit, (mentor, Role.MENTOR), tied=True)
            mentees = [e for e in case.mentees.tolist() if (e, mentor) in case.scores and (e, mentor) not in known]
            for mentee in mentees:
                build.candidate(unit, (mentee, Role.MENTEE), score=case.scores[mentee, mentor])
            if group.mentors.at_most > 1:
                _join(case, build, unit, mentees, [m for m in case.mentors.tolist() if m != mentor])
    rules = [*group_rules(case.ground, build, group), *once_rules(build), *_shared_rules(case, build)]
    return _search(case, build, rules)


def _bounded_pairs(case: ShapeCase) -> GroupSearch:
    """Pairs under rules for the whole pool: every mentor is a unit whose mentees are matched one by one."""
    build = Builder(_places(case))
    pairs: dict[int, tuple[int, int]] = {}  # of each mentee's candidate
    known = {(e, m) for s in case.standing for e in s.others for m in s.mentors}
    for mentor in case.mentors.tolist():
        room = build.room((mentor, Role.MENTOR)) * max(1, len(case.periods))
        mentees = [e for e in case.mentees.tolist() if (e, mentor) in case.scores and (e, mentor) not in known]
        if not room or not mentees:
            continue
        unit = build.unit("the mentees of a mentor")
        build.seat(unit, Role.MENTOR, 1, 1)
        build.seat(unit, Role.MENTEE, 1, room)
        build.candidate(unit, (mentor, Role.MENTOR), tied=True)
        for mentee in mentees:
            at = build.candidate(unit, (mentee, Role.MENTEE), score=case.scores[mentee, mentor])
            pairs[at] = (mentee, mentor)
    build.counted = _counted(case, pairs)
    return _search(case, build, list(_shared_rules(case, build)), in_pairs=True)


def _counted(case: ShapeCase, pairs: Mapping[int, tuple[int, int]]) -> dict[ObjectiveTerm, dict[int, int]]:
    """What each pair counts in the terms that look at pairs beside their score."""
    mentees, mentors = (np.array([pair[side] for pair in pairs.values()], np.int32) for side in (0, 1))
    ranks = rank_points(case.ground, case.matching, mentees, mentors).tolist()
    before = set(case.previous)
    return {
        ObjectiveTerm.RANK_SUM: dict(zip(pairs, ranks, strict=True)),
        ObjectiveTerm.CHANGES: {at: int(pair in before) for at, pair in pairs.items()},
    }


def _teams(case: ShapeCase) -> GroupSearch:
    """Mentors for teams that exist: all mentees of a team are in, and every mentor suits every one of them."""
    teams = case.matching.teams
    if teams is None:
        raise ValueError("a team program has `teams`; the schema asks for it")
    build = Builder(_places(case))
    for name, members in _mentees_of_teams(case, teams.field).items():
        unit = build.unit(f"team {name}", subject=name)
        build.seat(unit, Role.MENTEE, len(members), len(members))
        build.seat(unit, Role.MENTOR, max(1, teams.mentors.at_least), teams.mentors.at_most)
        for mentee in members:
            build.candidate(unit, (mentee, Role.MENTEE), tied=True)
        for mentor in case.mentors.tolist():
            if all((mentee, mentor) in case.scores for mentee in members):
                total = sum(case.scores[mentee, mentor] for mentee in members)
                build.candidate(unit, (mentor, Role.MENTOR), score=total)
    rules = meeting_rules(case.ground, build, teams)
    return _search(case, build, [*rules, *_shared_rules(case, build)])


def _mosaic(case: ShapeCase) -> GroupSearch:
    """One mentor for each need of each mentee, a different one every time."""
    build = Builder(_places(case))
    mentees: dict[int, int] = {}
    options = dict.fromkeys(case.mentees.tolist(), 0)
    served = {(e, s.subject) for s in case.standing for e in s.others}
    known = {(e, m) for s in case.standing for e in s.others for m in s.mentors}
    for family, mentee in enumerate(case.mentees.tolist()):
        for need in case.matching.needs:
            if (mentee, need.id) in served or not case.meets(need.mentee, mentee):
                continue
            unit = build.unit(f"need {need.id}", subject=need.id, family=family)
            mentees[unit] = mentee
            build.seat(unit, Role.MENTOR, 1, 1)
            for mentor in _serving(case, need, mentee):
                if (mentee, mentor) not in known:
                    build.candidate(unit, (mentor, Role.MENTOR), score=case.scores[mentee, mentor])
                    options[mentee] += 1
    rules = [*_needs_at_once(build, mentees), *_shared_rules(case, build, mentees)]
    return _search(case, build, rules, mentees=mentees, options=np.array(list(options.values()), np.int64))


def _projects(case: ShapeCase) -> GroupSearch:
    """People for projects, by skills and wishes; within a project the pair rules hold."""
    taken = {s.subject for s in case.standing}
    build = Builder(_places(case))
    extras: dict[tuple[int, Holder], tuple[Extra, ...]] = {}
    for project in case.projects:
        if project.id in taken:
            continue
        unit = build.unit(f"project {project.id}", subject=project.id)
        build.seat(unit, Role.MENTOR, project.mentors.at_least, project.mentors.at_most)
        build.seat(unit, Role.MENTEE, project.mentees.at_least, project.mentees.at_most)
        for holder in _fitting(case, project):
            points = _fit(case, project, holder)
            extras[unit, holder] = points
            build.candidate(unit, holder, score=sum(extra.points for extra in points))
        _work_together(case, build, unit)
    group = case.matching.group
    rules: list[Rule] = list(group_rules(case.ground, build, group)) if group else []
    return _search(case, build, [*rules, *_shared_rules(case, build)], extras=extras)


# -- who may sit where -------------------------------------------------------------------------------------------------


def _places(case: ShapeCase) -> dict[Holder, int]:
    """How many new seats everybody may take, less the matches that they have."""
    holders: dict[Holder, int] = {}
    sides = (
        (
            Role.MENTOR,
            case.mentors,
            case.matching.mentor_capacity,
            Counter(m for s in case.standing for m in s.mentors),
        ),
        (Role.MENTEE, case.mentees, case.matching.mentee_capacity, Counter(e for s in case.standing for e in s.others)),
    )
    for number, (role, people, capacity, standing) in enumerate(sides):
        for person, room in zip(people.tolist(), rooms(case.ground, capacity, people).tolist(), strict=True):
            most = min(room, int(case.limits[number][person])) if case.limits else room
            holders[person, role] = max(0, most - standing[person])
        for person in standing:
            holders.setdefault((person, role), 0)
    return holders


def _mentees_of_teams(case: ShapeCase, field: str) -> dict[str, list[int]]:
    """The teams of mentees who have no mentor yet, by name; who names no team is in none."""
    column = case.ground.roster.columns[field]
    if not isinstance(column, CodeColumn):
        raise TypeError(f"`{field}` is no single choice; spec.shape_checks lets no such team pass")
    busy = {person for s in case.standing for person in s.others}
    teams: dict[str, list[int]] = {}
    for mentee in case.mentees.tolist():
        code = int(column.codes[mentee])
        if code >= 0 and mentee not in busy:
            teams.setdefault(column.labels[code], []).append(mentee)
    return dict(sorted(teams.items()))


def _serving(case: ShapeCase, need: Need, mentee: int) -> list[int]:
    return [m for m in case.mentors.tolist() if (mentee, m) in case.scores and case.meets(need.mentor, m)]


def _join(case: ShapeCase, build: Builder, unit: int, mentees: Sequence[int], mentors: Iterable[int]) -> None:
    """Other mentors may join a group: their pairs with its mentees count, and must be allowed."""
    for mentor in mentors:
        joining = build.candidate(unit, (mentor, Role.MENTOR))
        for mentee in mentees:
            member = build.at[unit, (mentee, Role.MENTEE)]
            _beside(case, build, (mentee, mentor), member, joining)


def _work_together(case: ShapeCase, build: Builder, unit: int) -> None:
    """Mentors and mentees of one project are pairs: those that a rule forbids are apart, others give their points."""
    inside = [(holder, at) for (of, holder), at in build.at.items() if of == unit]
    for (mentee, role), member in inside:
        for (mentor, other), leading in inside if role is Role.MENTEE else ():
            if other is Role.MENTOR:
                _beside(case, build, (mentee, mentor), member, leading)


def _beside(case: ShapeCase, build: Builder, pair: tuple[int, int], first: int, second: int) -> None:
    if pair not in case.scores:
        build.apart.append((first, second))
    elif case.scores[pair]:
        build.bonus.append((first, second, case.scores[pair]))


def _fitting(case: ShapeCase, project: Project) -> Iterable[Holder]:
    """Who could join a project: the conditions of the seat hold, and enough of its skills are there."""
    skills = case.matching.skills
    for role, people, conditions in (
        (Role.MENTOR, case.mentors, project.for_mentors),
        (Role.MENTEE, case.mentees, project.for_mentees),
    ):
        field = (skills.mentor if role is Role.MENTOR else skills.mentee) if skills else ""
        least = skills.at_least if skills and field else 0
        for person in people.tolist():
            if case.meets(conditions, person) and _skills_in(case, project, field, person) >= least:
                yield person, role


def _skills_in(case: ShapeCase, project: Project, field: str, person: int) -> int:
    """How many skills of a project a person has."""
    column = case.ground.roster.columns[field] if field else None
    if not isinstance(column, SetColumn):
        return 0
    has = {label.casefold() for label in labels_of(column, person)}
    return len({skill.casefold() for skill in project.skills} & has)


def _fit(case: ShapeCase, project: Project, holder: Holder) -> tuple[Extra, ...]:
    """What a person brings to a project in points."""
    person, role = holder
    found = []
    skills, wishes = case.matching.skills, case.matching.wishes
    if skills:
        field = skills.mentor if role is Role.MENTOR else skills.mentee
        found.append(Extra(name="skills", points=skills.points_each * _skills_in(case, project, field, person)))
    if wishes and role is Role.MENTEE:
        wished = _wished(case, wishes.field, person)
        place = wished.index(project.id) if project.id in wished else len(wishes.points)
        found.append(Extra(name="wishes", points=wishes.points[place] if place < len(wishes.points) else 0))
    return tuple(found)


def _wished(case: ShapeCase, field: str, person: int) -> tuple[str, ...]:
    """The projects that a person wants, the first first: a text or ranking of ids keeps their order."""
    from mentorctl.roster.people import TextColumn

    column = case.ground.roster.columns[field]
    if isinstance(column, TextColumn):
        return tuple(part.strip().casefold() for part in column.values[person].split(",") if part.strip())
    raise TypeError(f"`{field}` keeps no order; spec.shape_checks lets no such field pass")


def _needs_at_once(build: Builder, mentees: Mapping[int, int]) -> Iterable[Rule]:
    """No mentee has more mentors than places, however many needs."""
    of_mentee: dict[int, list[int]] = {}
    for (unit, _), at in build.at.items():
        of_mentee.setdefault(mentees[unit], []).append(at)
    for mentee, candidates in of_mentee.items():
        most = build.room((mentee, Role.MENTEE))
        if most < sum(1 for of in mentees.values() if of == mentee):
            yield Limit(name="capacity", candidates=np.array(candidates, np.int64), low=0, high=most)


# -- what is best ------------------------------------------------------------------------------------------------------


def _search(
    case: ShapeCase,
    build: Builder,
    rules: Sequence[Rule],
    *,
    extras: Mapping[tuple[int, Holder], tuple[Extra, ...]] | None = None,
    mentees: Mapping[int, int] | None = None,
    in_pairs: bool = False,
    options: Amounts | None = None,
) -> GroupSearch:
    return GroupSearch(
        case=case,
        build=build,
        problem=build.problem(_objectives(case, build), rules),
        extras=extras or {},
        mentees=mentees or {},
        in_pairs=in_pairs,
        options=options_of(case) if options is None else options,
    )


def _shared_rules(case: ShapeCase, build: Builder, mentees: Mapping[int, int] | None = None) -> Iterable[Rule]:
    """Bounds over the pool, and pairs that must be made; `mentees` are members of units without a seat there."""
    if case.matching.pool and case.standing:
        build.seat_standing((m for s in case.standing for m in s.mentors), (e for s in case.standing for e in s.others))
        build.standing_worth = Counter()
        for s in case.standing:
            for e in s.others:
                build.standing_worth[e] += sum(case.scores.get((e, m), 0) for m in s.mentors)
    yield from pool_rules(case.ground, build, case.matching.pool)
    standing = {(e, m) for s in case.standing for e in s.others for m in s.mentors}
    for mentee, mentor in sorted(case.forced - standing):
        yield from together_rules(build, mentee, mentor, mentees or {})


def _objectives(case: ShapeCase, build: Builder) -> list[GroupObjective]:
    covered = [(m, Role.MENTOR) for s in case.standing for m in s.mentors]
    covered += [(e, Role.MENTEE) for s in case.standing for e in s.others]
    waited = case.ground.waited
    build.waited = [0] * len(case.ground.roster.ids) if waited is None else waited.tolist()
    found: list[GroupObjective] = []
    for at, aim in enumerate(case.matching.aims):
        if aim[0][0] is not ObjectiveTerm.LEXIMIN:
            found.append(weighted([(_objective(case, build, term, covered), weight) for term, weight in aim]))
            continue
        if not covers_first(case.matching.aims[:at], ObjectiveTerm.COVER_MENTEES):
            found.append(_objective(case, build, ObjectiveTerm.COVER_MENTEES, covered))
        found += build.leximin()
    return found


def _objective(case: ShapeCase, build: Builder, term: ObjectiveTerm, covered: Sequence[Holder]) -> GroupObjective:
    if case.matching.needs and term is ObjectiveTerm.COVER_MENTEES:  # in a mosaic it is needs that are covered
        return GroupObjective(name=term, unit=build.each_unit())
    if case.matching.needs and term is ObjectiveTerm.COMPLETE_GROUPS:
        families = max((unit.family for unit in build.units), default=-1) + 1
        return GroupObjective(name=term, family=np.ones(families, np.int64))
    return build.objective(term, covered)
