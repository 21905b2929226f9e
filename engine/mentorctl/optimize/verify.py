"""Checks every matching without the solver, the arrays or the code that made it.

Rules are evaluated here a second time, one pair at a time in plain Python, straight from the roster. A wrong answer is
a bug or a broken solver, so it raises; nothing of it reaches a plan.
"""

from collections import Counter
from typing import TYPE_CHECKING

from mentorctl.dates.week import QUARTERS_PER_WEEK, shifted
from mentorctl.dates.zones import utc_offset_minutes
from mentorctl.roster.cells import match_key
from mentorctl.roster.people import (
    CodeColumn,
    Column,
    NumberColumn,
    PersonColumn,
    RankColumn,
    Roster,
    SetColumn,
    WeekColumn,
    bits_of,
)
from mentorctl.rules.fields import Missing, Role
from mentorctl.rules.pairs import (
    AvailabilityOverlap,
    Different,
    FieldPair,
    Gap,
    Line,
    Not,
    Overlap,
    PairRule,
    PointsByGap,
    PointsByRank,
    PointsEach,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    TimezoneWithin,
)
from mentorctl.spec.model import ObjectiveTerm

if TYPE_CHECKING:
    from mentorctl.optimize.matching import MatchingCase, MatchingResult
    from mentorctl.optimize.predicates import Ground
    from mentorctl.spec.model import Capacity


class WrongAnswer(Exception):  # noqa: N818 - the name of what happened
    """An answer breaks a rule, a capacity or its own score."""


def verify_matching(case: "MatchingCase", result: "MatchingResult") -> None:
    """Raise WrongAnswer unless every pair is allowed, new, within capacity and scored right, and the proofs hold."""
    pairs = list(zip(result.mentee.tolist(), result.mentor.tolist(), strict=True))
    if len(set(pairs)) != len(pairs) or set(pairs) & {*case.standing, *case.blocked}:
        raise WrongAnswer("a pair is matched twice, or must not be matched")
    if not set(result.mentee.tolist()) <= set(case.mentees.tolist()) or not set(result.mentor.tolist()) <= set(
        case.mentors.tolist()
    ):
        raise WrongAnswer("somebody is matched who is not ready")
    for at, (mentee, mentor) in enumerate(pairs):
        broken = broken_rule(case.ground, case.matching.require, mentee, mentor)
        if mentee == mentor or broken:
            raise WrongAnswer(f"a pair breaks the rule `{broken or 'nobody is paired with themselves'}`")
        terms = [rule_points_of(case.ground, rule, mentee, mentor) for rule in case.matching.prefer]
        if terms != result.points[:, at].tolist() or sum(terms) != int(result.score[at]):
            raise WrongAnswer("a score does not follow from its rules")
    _check_capacity(case, pairs)
    _check_proofs(case, result, pairs)


def _check_proofs(case: "MatchingCase", result: "MatchingResult", pairs: list[tuple[int, int]]) -> None:
    """Every objective is there, proved, and proved for this very answer."""
    if [term for weights in result.weights for term, _ in weights] != list(case.matching.objective):
        raise WrongAnswer("an objective is missing")
    if len(result.certificates) <= len(result.weights) or not all(c.proves for c in result.certificates):
        raise WrongAnswer("an objective is not proved")
    gained = {
        ObjectiveTerm.TOTAL_SCORE: int(result.score.sum()),
        ObjectiveTerm.COVER_MENTEES: len({e for e, _ in pairs} - {e for e, _ in case.standing}),
        ObjectiveTerm.COVER_MENTORS: len({m for _, m in pairs} - {m for _, m in case.standing}),
    }
    for weights, certificate in zip(result.weights, result.certificates, strict=False):
        if sum(weight * gained[term] for term, weight in weights) != certificate.value:
            raise WrongAnswer("the proof belongs to another answer")


def _check_capacity(case: "MatchingCase", pairs: list[tuple[int, int]]) -> None:
    everyone = [*pairs, *case.standing]
    sides = (
        (
            Counter(mentee for mentee, _ in everyone),
            Counter(m for m, _ in case.standing),
            case.matching.mentee_capacity,
        ),
        (
            Counter(mentor for _, mentor in everyone),
            Counter(m for _, m in case.standing),
            case.matching.mentor_capacity,
        ),
    )
    for counts, before, capacity in sides:
        for person, count in counts.items():
            # a standing match may exceed a capacity that was lowered since; a new one may not
            if count > max(capacity_of(case.ground, capacity, person), before[person]):
                raise WrongAnswer("somebody has more matches than places")


def capacity_of(ground: "Ground", capacity: "Capacity", person: int) -> int:
    """How many matches one person may have."""
    if not capacity.field:
        return capacity.at_most
    column = ground.roster.columns[capacity.field]
    value = float(column.values[person]) if isinstance(column, NumberColumn) else 0.0
    asked = capacity.missing if value != value else value  # noqa: PLR0124 - NaN is the blank
    return int(min(max(asked, 0), capacity.at_most))


def broken_rule(ground: "Ground", require: tuple[PairRule, ...], mentee: int, mentor: int) -> str:
    """The id of the first hard rule that a pair breaks, or an empty string."""
    return next((rule.id for rule in require if not rule_holds(ground, rule, mentee, mentor)), "")


def rule_holds(ground: "Ground", rule: PairRule, mentee: int, mentor: int) -> bool:
    """One rule for one pair, blanks included."""
    value = _value(ground, rule.predicate, mentee, mentor)
    policies = _policies(ground, rule)
    if value is None and Missing.FAILS in policies:
        return False
    if value is None and Missing.PASSES in policies:
        return True
    return _holds(ground, rule.predicate, mentee, mentor)


def rule_points_of(ground: "Ground", rule: PairRule, mentee: int, mentor: int) -> int:
    """What one soft rule gives to one pair."""
    if rule.score is None or not rule_holds(ground, rule, mentee, mentor):
        return 0
    score, predicate = rule.score, rule.predicate
    if isinstance(score, PointsEach) and isinstance(predicate, Overlap):
        common = len(_common(ground, predicate, mentee, mentor))
        return score.points * (common if score.cap is None else min(common, score.cap))
    if isinstance(score, PointsByRank) and isinstance(predicate, Rank):
        place = _ranking(ground.roster, predicate, mentee, mentor)
        return score.points[place] if place is not None and place < len(score.points) else 0
    if isinstance(score, PointsByGap) and isinstance(predicate, Gap):
        gap = _gap(ground.roster, predicate, mentee, mentor)
        return dict(score.table).get(int(gap), 0) if gap is not None and gap == int(gap) else 0
    return int(getattr(score, "points", 0))


def _policies(ground: "Ground", rule: PairRule) -> set[Missing]:
    if rule.missing:
        return {rule.missing}
    return {f.missing for name in _fields(rule.predicate) if (f := ground.contract.field(name))}


def _fields(predicate: Predicate) -> list[str]:
    if isinstance(predicate, Not):
        return _fields(predicate.of)
    if isinstance(predicate, Same | Different | Overlap | Gap):
        return [predicate.fields.mentee, predicate.fields.mentor]
    return [predicate.field]


def _holds(ground: "Ground", predicate: Predicate, mentee: int, mentor: int) -> bool:
    """A predicate where a blank equals, overlaps and reaches nothing."""
    if isinstance(predicate, Not):
        return not _holds(ground, predicate.of, mentee, mentor)
    if isinstance(predicate, Different):
        return _value(ground, Same(fields=predicate.fields), mentee, mentor) is not True
    return _value(ground, predicate, mentee, mentor) is True


def _value(ground: "Ground", predicate: Predicate, mentee: int, mentor: int) -> bool | None:  # noqa: C901 - one case each
    """True, false, or None when a cell it needs is blank."""
    roster = ground.roster
    match predicate:
        case Not(of=inner):
            value = _value(ground, inner, mentee, mentor)
            return None if value is None else not value
        case Same(fields=fields):
            ours, theirs = _cell(roster, fields.mentee, mentee), _cell(roster, fields.mentor, mentor)
            if isinstance(ours, str) and isinstance(theirs, str):
                return _spelled(ground, fields, ours) == _spelled(ground, fields, theirs)
            return None if ours is None or theirs is None else ours == theirs
        case Different(fields=fields):
            same = _value(ground, Same(fields=fields), mentee, mentor)
            return None if same is None else not same
        case Overlap(fields=fields, at_least=least):
            if not _answers(roster, fields.mentee, mentee) or not _answers(roster, fields.mentor, mentor):
                return None
            return len(_common(ground, predicate, mentee, mentor)) >= least
        case Gap(low=low, high=high):
            gap = _gap(roster, predicate, mentee, mentor)
            return None if gap is None else (low is None or gap >= low) and (high is None or gap <= high)
        case ReportingLine(line=line, field=field):
            return _line(roster, field, line, mentee, mentor)
        case TimezoneWithin(minutes=minutes, field=field):
            return abs(_offset(ground, field, mentee) - _offset(ground, field, mentor)) <= minutes
        case AvailabilityOverlap(minutes=minutes, field=field):
            return _shared_time(ground, field, minutes, mentee, mentor)
        case Rank():
            owner = mentee if predicate.by is Role.MENTEE else mentor
            if not _ranked(roster, predicate.field, owner):
                return None
            return _ranking(roster, predicate, mentee, mentor) is not None


def _cell(roster: Roster, field: str, person: int) -> str | float | None:
    column: Column = roster.columns[field]
    if isinstance(column, CodeColumn):
        code = int(column.codes[person])
        return None if code < 0 else column.labels[code]
    if isinstance(column, NumberColumn):
        number = float(column.values[person])
        return None if number != number else number  # noqa: PLR0124
    if isinstance(column, PersonColumn):
        return None if column.people[person] < 0 else float(column.people[person])
    return None


def _answers(roster: Roster, field: str, person: int) -> set[str]:
    column = roster.columns[field]
    if isinstance(column, SetColumn):
        bits = bits_of(column.words, person)
        return {label for code, label in enumerate(column.labels) if bits >> code & 1}
    cell = _cell(roster, field, person)
    return {cell} if isinstance(cell, str) else set()


def _common(ground: "Ground", predicate: Overlap, mentee: int, mentor: int) -> set[str]:
    fields = predicate.fields
    ours = {_spelled(ground, fields, answer) for answer in _answers(ground.roster, fields.mentee, mentee)}
    theirs = {_spelled(ground, fields, answer) for answer in _answers(ground.roster, fields.mentor, mentor)}
    return ours & theirs


def _spelled(ground: "Ground", fields: FieldPair, answer: str) -> str:
    """An answer in the form in which the roster takes spellings for equal."""
    asked = [field for name in (fields.mentee, fields.mentor) if (field := ground.contract.field(name))]
    return match_key(answer, *asked)


def _gap(roster: Roster, predicate: Gap, mentee: int, mentor: int) -> float | None:
    sides = []
    for field, person in ((predicate.fields.mentor, mentor), (predicate.fields.mentee, mentee)):
        column = roster.columns[field]
        number = float(column.codes[person]) if isinstance(column, CodeColumn) else _cell(roster, field, person)
        if not isinstance(number, float) or (isinstance(column, CodeColumn) and number < 0):
            return None
        sides.append(number)
    gap = sides[0] - sides[1]
    return float(round(gap)) if abs(gap - round(gap)) < 5e-10 else gap  # noqa: PLR2004 - half the last decimal


def _line(roster: Roster, field: str, line: Line, mentee: int, mentor: int) -> bool:
    """A blank manager is the top of a line, not an unknown."""
    column = roster.columns[field]
    manager: list[int] = column.people.tolist() if isinstance(column, PersonColumn) else []
    if line is Line.DIRECT:
        return manager[mentee] == mentor or manager[mentor] == mentee
    if line is Line.SAME_MANAGER:
        return manager[mentee] >= 0 and manager[mentee] == manager[mentor]
    return mentor in _above(manager, mentee) or mentee in _above(manager, mentor)


def _above(manager: list[int], person: int) -> list[int]:
    chain = []
    while manager[person] >= 0:
        person = manager[person]
        chain.append(person)
    return chain


def _offset(ground: "Ground", field: str, person: int) -> int:
    column = ground.roster.columns.get(field)
    if isinstance(column, CodeColumn) and column.codes[person] >= 0:
        return utc_offset_minutes(ground.day, column.labels[column.codes[person]])
    return utc_offset_minutes(ground.day, ground.timezone)


def _shared_time(ground: "Ground", field: str, minutes: int, mentee: int, mentor: int) -> bool | None:
    column = ground.roster.columns[field]
    if not isinstance(column, WeekColumn) or not (column.known[mentee] and column.known[mentor]):
        return None
    weeks = [
        shifted(
            bits_of(column.words, person) & ((1 << QUARTERS_PER_WEEK) - 1),
            -_offset(ground, "timezone", person) // 15,
        )
        for person in (mentee, mentor)
    ]
    return (weeks[0] & weeks[1]).bit_count() * 15 >= minutes


def _ranked(roster: Roster, field: str, person: int) -> list[int]:
    column = roster.columns[field]
    if not isinstance(column, RankColumn):
        return []
    ranked: list[int] = column.people[column.starts[person] : column.starts[person + 1]].tolist()
    return ranked


def _ranking(roster: Roster, predicate: Rank, mentee: int, mentor: int) -> int | None:
    owner, other = (mentee, mentor) if predicate.by is Role.MENTEE else (mentor, mentee)
    ranked = _ranked(roster, predicate.field, owner)
    return ranked.index(other) if other in ranked else None
