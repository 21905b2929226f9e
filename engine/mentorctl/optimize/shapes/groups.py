"""The best groups, teams, mosaics and projects, and what they are as proposals."""

from collections import Counter
from collections.abc import Sequence

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.groups.problem import GroupAnswer, Mask
from mentorctl.optimize.shapes.case import Proposal, Proposals, ShapeCase, terms_of, terms_of_each
from mentorctl.optimize.shapes.group_search import GroupSearch, group_search
from mentorctl.optimize.shapes.mosaics import mosaic_search, propose_partitioned
from mentorctl.optimize.shapes.rules import topics_of
from mentorctl.optimize.shapes.wording import shortfalls_in_words
from mentorctl.rules.fields import Role
from mentorctl.spec.model import ModelType
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SolvedGroups:
    """A search for groups with its answer."""

    search: GroupSearch
    answer: GroupAnswer


def propose_groups(case: ShapeCase, engine: Engine) -> Proposals:
    """The best matches of a model in which more than two people are looked at together."""
    if case.model is ModelType.MOSAIC and (partitioned := mosaic_search(case)) is not None:
        return propose_partitioned(case, partitioned, engine)
    search = group_search(case)
    answer = engine.groups(search.problem)
    if not answer.answered:
        missing = shortfalls_in_words(answer.shortfalls, lambda unit: search.build.units[unit].name)
        return Proposals(made=(), admissible=len(case.table), options=search.options, missing=missing)
    return Proposals(
        made=proposals_of(search, answer.chosen),
        admissible=len(case.table),
        options=search.options,
        proved=answer.proved,
        settled=answer.settled,
        gap=next((gap for gap in answer.gap if gap), 0),
        groups=SolvedGroups(search=search, answer=answer),
    )


def proposals_of(search: GroupSearch, chosen: Mask) -> tuple[Proposal, ...]:
    """What the chosen candidates come to: a match for each group, or for each pair in one."""
    seated = members_of(search, chosen)
    if not search.in_pairs:
        return tuple(_proposal(search, unit, mentors, others) for unit, (mentors, others) in seated.items())
    pairs = sorted((e, m) for mentors, others in seated.values() for e in others for m in mentors)
    return tuple(
        Proposal(mentors=(m,), others=(e,), subject="", score=search.case.scores[e, m], terms=terms)
        for (e, m), terms in zip(pairs, terms_of_each(search.case, pairs), strict=True)
    )


def members_of(search: GroupSearch, chosen: Mask) -> dict[int, tuple[tuple[int, ...], tuple[int, ...]]]:
    """The mentors and the others of each group that comes to be, by unit; not of those that stand."""
    members: dict[int, list[tuple[int, Role]]] = {}
    for (unit, holder), at in search.build.at.items():
        if chosen[at] and unit != search.build.standing:
            members.setdefault(unit, []).append(holder)
    seated = {}
    for unit, holders in sorted(members.items()):
        mentors, others = (
            tuple(sorted(person for person, role in holders if role is one)) for one in (Role.MENTOR, Role.MENTEE)
        )
        seated[unit] = mentors, (search.mentees[unit],) if unit in search.mentees else others
    return seated


def _proposal(search: GroupSearch, unit: int, mentors: tuple[int, ...], others: tuple[int, ...]) -> Proposal:
    case = search.case
    pairs = [(e, m) for e in others for m in mentors]
    more = Counter[str]()
    for holder in (*((m, Role.MENTOR) for m in mentors), *((e, Role.MENTEE) for e in others)):
        for extra in search.extras.get((unit, holder), ()):
            more[extra.name] += extra.points
    more.update(_of_the_group(case, mentors, others))
    return Proposal(
        mentors=mentors,
        others=others,
        subject=search.build.units[unit].subject,
        score=sum(case.scores[pair] for pair in pairs) + sum(more.values()),
        terms=terms_of(case, pairs, sorted(more.items())),
    )


def _of_the_group(case: ShapeCase, mentors: Sequence[int], others: Sequence[int]) -> dict[str, int]:
    """Points that no single pair gives: those of a topic in common, less what a single mentor costs."""
    shape = case.matching.teams or case.matching.group
    if shape is None:
        return {}
    points = {"solo_cost": -shape.solo_cost if len(mentors) == 1 else 0}
    if shape.cohesion:
        sharing = topics_of(case.ground, shape.cohesion.field, (*mentors, *others)).sum(axis=0)
        points["cohesion"] = shape.cohesion.points_each * int(sharing.max(initial=0))
    return points
