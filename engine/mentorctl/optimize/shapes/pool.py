"""Rules over the whole pool, held against an answer person by person: shared with nothing that searches for it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import ceil

from mentorctl.optimize.shapes.case import ShapeCase
from mentorctl.roster.conditions import who_meets
from mentorctl.roster.people import CodeColumn, NumberColumn
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.fields import Role
from mentorctl.spec.matching import SMALLEST_GROUP, FairnessGap, GapMeasure, MaxPer, MinShare

type Matches = Sequence[tuple[tuple[int, ...], tuple[int, ...]]]  # mentors and mentees of each, by roster index


def pool_defects(case: ShapeCase, made: Matches) -> Iterator[str]:
    """The bounds over the pool that new matches, with those that stand, do not keep.

    How many places are reserved of how many depends on the groups that could be formed, so that is not counted again.
    """
    for entry in case.matching.pool:
        matched = sorted(_points(case, made, entry.of))
        match entry.rule:
            case MaxPer(field=field, at_most=most):
                counts = Counter(answer for p in matched if (answer := _answer(case, field, p)) is not None)
                if max(counts.values(), default=0) > most:
                    yield entry.id
            case MinShare(field=field, value=value, share=share):
                said = Condition(field=field, comparison=Comparison.IS, values=(value,))
                meets = who_meets(case.ground.roster, case.ground.contract, [said])
                part = sum(bool(meets[p]) and _answer(case, field, p) is not None for p in matched)
                if part * 100 < Fraction(share.removesuffix("%")) * len(matched):
                    yield entry.id
            case FairnessGap(at_most=bound) as gap:
                if bound is not None and gap_between(case, made, entry.of, gap)[1] > bound:
                    yield entry.id


def gap_between(case: ShapeCase, made: Matches, role: Role, rule: FairnessGap) -> tuple[tuple[str, ...], int]:
    """The groups that have enough people, the one that fares worst first, and how far the two ends lie apart.

    It is counted in the parts of the measure, rounded up, over those who look for a match or have one.
    """
    points = _points(case, made, role)
    members: dict[str, list[int]] = defaultdict(list)
    for person in sorted({*(case.mentors if role is Role.MENTOR else case.mentees).tolist(), *points}):
        answer = _answer(case, rule.field, person)
        has = points.get(person, 0) if rule.measure is GapMeasure.MEAN_POINTS else int(person in points)
        if answer is not None:
            members[str(answer)].append(has)
    means = {group: Fraction(sum(has), len(has)) for group, has in members.items() if len(has) >= SMALLEST_GROUP}
    ranked = sorted(means, key=lambda group: (means[group], group))
    return tuple(ranked), ceil(rule.measure.scale * (means[ranked[-1]] - means[ranked[0]])) if ranked else 0


def _points(case: ShapeCase, made: Matches, role: Role) -> dict[int, int]:
    """The people of a role who have a match, with the points of their pairs."""
    points: dict[int, int] = defaultdict(int)
    for mentors, others in _everything(case, made):
        for person in mentors if role is Role.MENTOR else others:
            pairs = ((e, person) for e in others) if role is Role.MENTOR else ((person, m) for m in mentors)
            points[person] += sum(case.scores.get(pair, 0) for pair in pairs)
    return points


def _everything(case: ShapeCase, made: Matches) -> Iterable[tuple[tuple[int, ...], tuple[int, ...]]]:
    return (*((s.mentors, s.others) for s in case.standing), *made)


def _answer(case: ShapeCase, field: str, person: int) -> str | float | None:
    """What a person answered; None for a blank."""
    column = case.ground.roster.columns[field]
    if isinstance(column, CodeColumn):
        code = int(column.codes[person])
        return column.labels[code] if code >= 0 else None
    if isinstance(column, NumberColumn):
        value = float(column.values[person])
        return None if value != value else value  # noqa: PLR0124 - NaN is the blank
    raise TypeError(f"`{field}` has no single answers; spec.group_checks lets no such rule pass")
