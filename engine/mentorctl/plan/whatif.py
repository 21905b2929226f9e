"""Two searches for matches compared: who gains, who loses, by how much.

Both are measured by the rules of the first one. A change of points moves every score, and nobody gains by that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from mentorctl.optimize.shapes.case import ShapeCase
from mentorctl.optimize.verify import sum_of_points
from mentorctl.plan.problems import MatchingProblem
from mentorctl.plan.standing import pairs_of
from mentorctl.rules.fields import Role
from mentorctl.state.model import MatchRecord
from mentorctl.values import dataclass


class Fate(StrEnum):
    """What a change means to one person."""

    GAINS = "gains"
    LOSES = "loses"
    MOVES = "moves"  # somebody else, and no better or worse


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The matches of one person: with whom, by opaque id, and what they score together."""

    partners: tuple[str, ...]
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One person in one role, before and after."""

    person: str
    role: Role
    fate: Fate
    before: Side
    after: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All matches of a cohort: how many, what they score, who has one."""

    matches: int
    score: int
    mentees: int
    mentors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One cohort under two sets of rules; `affected` has those who gain first, the largest difference first."""

    program: str
    cohort: str
    before: Totals
    after: Totals
    affected: tuple[Affected, ...]

    def count(self, fate: Fate) -> int:
        return sum(one.fate is fate for one in self.affected)


_NOBODY = Side(partners=(), score=0)
_ORDER = (Fate.GAINS, Fate.LOSES, Fate.MOVES)


def compare(before: Iterable[MatchingProblem], after: Iterable[MatchingProblem]) -> tuple[Comparison, ...]:
    """The cohorts that either side searched, by program and cohort."""
    before = tuple(before)
    rules = {(p.cohort.program.id, p.cohort.id): p.case for p in reversed(before)}
    old, new = (
        {key: _measured(matches, rules.get(key)) for key, matches in _matches(problems).items()}
        for problems in (before, after)
    )
    return tuple(_compared(*key, old.get(key, ()), new.get(key, ())) for key in sorted({*old, *new}))


def _measured(matches: Iterable[MatchRecord], case: ShapeCase | None) -> tuple[MatchRecord, ...]:
    """Matches with the points that the pairs in them have by some rules, whatever scale scores are shown on."""
    if case is None:
        return tuple(matches)
    return tuple(replace(record, score=_points(record, case)) for record in matches)


def _points(record: MatchRecord, case: ShapeCase) -> int:
    index_of = {person: at for at, person in enumerate(case.ground.roster.ids)}
    pairs = [(index_of[one], index_of[two]) for one, two in pairs_of(record)]
    ordered = [(min(two), max(two)) if case.ground.peers else two for two in pairs]
    return sum(sum_of_points(case.ground, case.matching, *two) for two in ordered)


def _matches(problems: Iterable[MatchingProblem]) -> dict[tuple[str, str], tuple[MatchRecord, ...]]:
    """The matches that stand and those that were found, by program and cohort."""
    found: dict[tuple[str, str], dict[str, MatchRecord]] = {}
    for problem in problems:
        if problem.is_open:
            mine = found.setdefault((problem.cohort.program.id, problem.cohort.id), {})
            mine |= {record.address.id: record for record in (*problem.kept, *problem.made)}
    return {key: tuple(mine.values()) for key, mine in found.items()}


def _compared(program: str, cohort: str, old: Sequence[MatchRecord], new: Sequence[MatchRecord]) -> Comparison:
    before, after = _sides(old), _sides(new)
    affected = [
        Affected(person=person, role=role, fate=_fate(one, two), before=one, after=two)
        for person, role in {**before, **after}
        if (one := before.get((person, role), _NOBODY)) != (two := after.get((person, role), _NOBODY))
    ]
    return Comparison(
        program=program,
        cohort=cohort,
        before=_totals(old, before),
        after=_totals(new, after),
        affected=tuple(sorted(affected, key=_importance)),
    )


def _sides(matches: Iterable[MatchRecord]) -> dict[tuple[str, Role], Side]:
    partners: dict[tuple[str, Role], list[str]] = {}
    scores: dict[tuple[str, Role], int] = {}
    for match in matches:
        for member in match.members:
            key = (member.person, member.role)
            others = match.others if member.role is Role.MENTOR else match.mentors or match.others
            partners.setdefault(key, []).extend(person for person in others if person != member.person)
            scores[key] = scores.get(key, 0) + match.score
    return {key: Side(partners=tuple(sorted(found)), score=scores[key]) for key, found in partners.items()}


def _fate(before: Side, after: Side) -> Fate:
    """More partners are better than a better score; with equally many the score decides."""
    old, new = (len(before.partners), before.score), (len(after.partners), after.score)
    return Fate.MOVES if old == new else Fate.GAINS if new > old else Fate.LOSES


def _importance(one: Affected) -> tuple[int, int, int, str]:
    matched = abs(bool(one.after.partners) - bool(one.before.partners))
    return _ORDER.index(one.fate), -matched, -abs(one.after.score - one.before.score), one.person


def _totals(matches: Sequence[MatchRecord], sides: Mapping[tuple[str, Role], Side]) -> Totals:
    mentors = sum(role is Role.MENTOR for _, role in sides)
    return Totals(
        matches=len(matches), score=sum(m.score for m in matches), mentees=len(sides) - mentors, mentors=mentors
    )
