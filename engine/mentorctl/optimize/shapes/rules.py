"""Rules over groups and over the whole pool, from the program's words to those of the group problem."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mentorctl.dates.week import shifted
from mentorctl.optimize.distances import zone_offsets
from mentorctl.optimize.ground import Ground
from mentorctl.optimize.groups.rules import (
    ANY_ROLE,
    Cohesion,
    CommonSlot,
    Gap,
    Limit,
    Mixture,
    Pool,
    Quota,
    Rule,
    Share,
    Solo,
)
from mentorctl.optimize.shapes.builder import ROLE_NUMBER, Builder
from mentorctl.roster.conditions import labels_of, who_meets
from mentorctl.roster.people import CodeColumn, NumberColumn, SetColumn, WeekColumn, bits_of
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.fields import Role
from mentorctl.spec.matching import (
    SMALLEST_GROUP,
    FairnessGap,
    GapMeasure,
    Group,
    MaxPer,
    MinShare,
    PoolRule,
    Reserve,
    Teams,
)

type Ints = NDArray[np.int64]
type Mask = NDArray[np.bool_]

_WEEK = 672  # quarter hours
_HUNDRED = 100_000  # 100 % in thousandths of a percent


def group_rules(ground: Ground, build: Builder, group: Group) -> Iterable[Rule]:
    """Mixture, seats by value, a common slot and the cost of a single mentor, for all units."""
    units = np.arange(len(build.units), dtype=np.int64)
    mentee = ROLE_NUMBER[Role.MENTEE]
    for mixture in group.mixture:
        yield Mixture(
            name=f"mixture of {mixture.field}",
            units=units,
            role=mentee,
            label=_labels(ground, mixture.field, build.people),
            distinct=mixture.at_least,
            share=_fraction(mixture.at_most) if mixture.at_most else (1, 1),
        )
    for seat in group.seats:
        yield Quota(
            name=f"seats for {seat.field} {seat.value}",
            units=units,
            role=mentee,
            people=_who_said(ground, seat.field, seat.value, build.people),
            low=seat.at_least,
            high=seat.at_most if seat.at_most is not None else len(build.people),
        )
    yield from meeting_rules(ground, build, group)


def once_rules(build: Builder) -> Iterable[Rule]:
    """A mentor who leads several groups has nobody in two of them."""
    leads = {
        unit: person
        for (unit, (person, role)), at in build.at.items()
        if unit != build.standing and role is Role.MENTOR and build.tied(at)
    }
    of_pair: dict[tuple[int, int], list[int]] = {}
    for (unit, (person, role)), at in build.at.items():
        if role is Role.MENTEE and unit in leads:
            of_pair.setdefault((person, leads[unit]), []).append(at)
    for (mentee, _), candidates in of_pair.items():
        if len(candidates) > 1 and build.room((mentee, Role.MENTEE)) > 1:
            yield Limit(name="once", candidates=np.array(candidates, np.int64), low=0, high=1)


def together_rules(build: Builder, mentee: int, mentor: int, inside: Mapping[int, int]) -> Iterable[Rule]:
    """These two are in one unit; `inside` are the mentees of units in which they take no seat.

    Where one of them is in a unit whenever it opens, the other must join one of those. Otherwise both choose, and then
    the mentor takes no seat beside the one with this mentee: rules over the whole answer say no more than that.
    """
    sure, free = [], []
    for unit in range(len(build.units)):
        leading, member = build.at.get((unit, (mentor, Role.MENTOR))), build.at.get((unit, (mentee, Role.MENTEE)))
        if leading is None or unit == build.standing:
            continue
        if inside.get(unit) == mentee or (member is not None and build.tied(member)):
            sure.append(leading)
        elif member is not None and build.tied(leading):
            sure.append(member)
        elif member is not None:
            free.append((member, leading))
    if sure or not free:
        yield _limit(sure, low=1)
        return
    yield _limit([member for member, _ in free], low=1)
    yield _limit([leading for _, leading in free], low=1)
    leader = (mentor, Role.MENTOR)
    seats = [at for (unit, holder), at in build.at.items() if holder == leader and unit != build.standing]
    for member, leading in free:
        yield _limit([member, *(at for at in seats if at != leading)], high=1)


def _limit(candidates: Sequence[int], *, low: int = 0, high: int | None = None) -> Limit:
    most = max(low, len(candidates)) if high is None else high
    return Limit(name="pair", candidates=np.array(candidates, np.int64), low=low, high=most)


def meeting_rules(ground: Ground, build: Builder, shape: Group | Teams) -> Iterable[Rule]:
    """The common slot of a group, what it costs to have one mentor only, and what a topic in common is worth."""
    units = np.arange(len(build.units), dtype=np.int64)
    if shape.common_slot:
        free = _free_blocks(ground, build.people, shape.common_slot.minutes)
        yield CommonSlot(name="common_slot", units=units, role=ANY_ROLE, free=free)
    if shape.solo_cost:
        yield Solo(name="solo_cost", units=units, role=ROLE_NUMBER[Role.MENTOR], cost=shape.solo_cost)
    if shape.cohesion:
        topics = topics_of(ground, shape.cohesion.field, build.people)
        points = shape.cohesion.points_each
        yield Cohesion(name="cohesion", units=units, role=ANY_ROLE, topics=topics, points=points)


def topics_of(ground: Ground, field: str, people: Sequence[int]) -> Mask:
    """Which of the answers to a field each person gave; blanks are none."""
    column = ground.roster.columns[field]
    if isinstance(column, SetColumn):
        given = [set(labels_of(column, person)) for person in people]
        return np.array([[label in labels for label in column.labels] for labels in given], np.bool_).reshape(
            len(people), -1
        )
    labels = _labels(ground, field, people)
    return np.asarray(labels[:, None] == np.arange(int(labels.max(initial=-1)) + 1))


def pool_rules(ground: Ground, build: Builder, pool: Sequence[PoolRule]) -> Iterable[Rule]:
    """Bounds over all matches of the cohort together; those that stand sit in a unit of their own."""
    for rule in pool:
        of_role = np.array([role is rule.of for _, role in build.holders], np.bool_)
        people = [person for person, _ in build.holders]
        match rule.rule:
            case MaxPer(field=field, at_most=at_most):
                labels = _labels(ground, field, people)
                for label in sorted(set(labels[of_role].tolist()) - {-1}):
                    yield Pool(name=rule.id, holders=of_role & (labels == label), low=0, high=at_most)
            case MinShare(field=field, value=value, share=share):
                said = _who_said(ground, field, value, people)
                yield Share(name=rule.id, part=of_role & said, whole=of_role, at_least=_fraction(share))
            case Reserve(field=field, value=value, places=places):
                said = _who_said(ground, field, value, people)
                yield Pool(name=rule.id, holders=of_role & ~said, low=0, high=max(0, _places(build) - places))
            case FairnessGap(field=field, measure=measure, at_most=most):
                group = _groups(np.where(of_role, _labels(ground, field, people), -1))
                worth = build.worth(rule.of) if measure is GapMeasure.MEAN_POINTS else group[:0]
                yield Gap(name=rule.id, group=group, scale=measure.scale, worth=worth, at_most=most)


def _groups(labels: Ints) -> Ints:
    """The labels of so many people that they can be compared; the others are in no group."""
    known, size = np.unique(labels[labels >= 0], return_counts=True)
    return np.where(np.isin(labels, known[size >= SMALLEST_GROUP]), labels, -1)


def _places(build: Builder) -> int:
    """How many seats there are for mentees."""
    of_mentees = {unit.seats[Role.MENTEE] for unit in build.units if Role.MENTEE in unit.seats}
    return sum(high for seat, (_, _, high) in enumerate(build.seats) if seat in of_mentees)


def _fraction(percent: str) -> tuple[int, int]:
    return round(float(percent.removesuffix("%")) * _HUNDRED / 100), _HUNDRED


def _labels(ground: Ground, field: str, people: Sequence[int]) -> Ints:
    """A number for the answer of each person, -1 for a blank."""
    column = ground.roster.columns[field]
    at = np.array(people, np.int64)
    if isinstance(column, CodeColumn):
        return column.codes[at].astype(np.int64)
    if not isinstance(column, NumberColumn):
        raise TypeError(f"`{field}` has no single answers; spec.shape_checks lets no such rule pass")
    values = column.values[at]
    known = sorted({float(v) for v in values if not np.isnan(v)})
    return np.array([-1 if np.isnan(v) else known.index(float(v)) for v in values], np.int64)


def _who_said(ground: Ground, field: str, value: str | float | bool, people: Sequence[int]) -> Mask:
    said = Condition(field=field, comparison=Comparison.IS, values=(value,))
    answered = _labels(ground, field, people) >= 0
    return answered & who_meets(ground.roster, ground.contract, [said])[list(people)]


def _free_blocks(ground: Ground, people: Sequence[int], minutes: int) -> Mask:
    """Whether each person has the whole time that begins at each quarter hour of the week, in UTC."""
    column = next((c for c in ground.roster.columns.values() if isinstance(c, WeekColumn)), None)
    if column is None:
        raise TypeError("there is no availability; spec.shape_checks lets no common slot pass")
    offsets = zone_offsets(ground, "timezone")
    quarters = -(-minutes // 15)
    free = np.zeros((len(people), _WEEK), np.bool_)
    for row, person in enumerate(people):
        if not column.known[person]:  # a blank means any time, as it does for sessions
            free[row] = True
            continue
        week = shifted(bits_of(column.words, person), -int(offsets[person]) // 15)
        bits = np.array([week >> quarter & 1 for quarter in range(_WEEK)], np.bool_)
        whole = bits.copy()
        for later in range(1, quarters):
            whole &= np.roll(bits, -later)
        free[row] = whole
    return free
