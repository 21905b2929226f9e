"""Checks every matching without the solver, the arrays or the code that made it.

Rules are evaluated here a second time, one pair at a time in plain Python, straight from the roster. A wrong answer is
a bug or a broken solver, so it raises; nothing of it reaches a plan.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from mentorctl.optimize.evaluator import days_of, rule_holds
from mentorctl.optimize.evaluator_points import nearest, rule_points_of
from mentorctl.optimize.ground import Ground
from mentorctl.roster.people import NumberColumn, RankColumn
from mentorctl.rules.fields import Role
from mentorctl.rules.implied import hard_rules, soft_rules
from mentorctl.rules.pairs import AfterEveryone, PairRule, PairTerms, Rank, Scaling, Verdict
from mentorctl.spec.matching import ObjectiveTerm

if TYPE_CHECKING:
    from mentorctl.optimize.matching import MatchingCase, MatchingResult
    from mentorctl.spec.matching import Capacity, Matching

_BUDGET = 20_000  # pairs looked at beside the matched ones, so that verifying never outlasts solving


class WrongAnswer(Exception):  # noqa: N818 - the name of what happened
    """An answer breaks a rule, a capacity or its own score."""


def verify_matching(case: "MatchingCase", result: "MatchingResult", *, is_alone: bool = True) -> None:
    """Raise WrongAnswer unless every pair is allowed, new, within capacity and scored right, and the proofs hold.

    The proofs of cohorts that are matched together are not those of one of them alone.
    """
    pairs = list(zip(result.mentee.tolist(), result.mentor.tolist(), strict=True))
    if len(set(pairs)) != len(pairs) or set(pairs) & {*case.standing, *case.blocked}:
        raise WrongAnswer("a pair is matched twice, or must not be matched")
    if not set(result.mentee.tolist()) <= set(case.mentees.tolist()) or not set(result.mentor.tolist()) <= set(
        case.mentors.tolist()
    ):
        raise WrongAnswer("somebody is matched who is not ready")
    _check_rules(case, pairs)
    _check_scores(case, result, pairs)
    _check_capacity(case, pairs)
    if is_alone:
        _check_proofs(case, result, pairs)


def _check_rules(case: "MatchingCase", pairs: list[tuple[int, int]]) -> None:
    people = (case.mentees.tolist(), case.mentors.tolist())
    repeats = [pair for pair in pairs if times_met(case.ground, *pair)]
    for mentee, mentor in pairs:
        broken = "nobody is paired with themselves" if mentee == mentor else ""
        broken = broken or broken_by(case.ground, case.matching, mentee, mentor)
        if broken:
            raise WrongAnswer(f"a pair breaks the rule `{broken}`")
    for mentee, mentor in repeats[: _BUDGET // (len(people[0]) + len(people[1]) + 1)]:
        if repeats_too_early(case.ground, case.matching, people, mentee, mentor):
            raise WrongAnswer("two meet again although one of them has not met everyone")


def _check_scores(case: "MatchingCase", result: "MatchingResult", pairs: list[tuple[int, int]]) -> None:
    ground, matching = case.ground, case.matching
    spread = matching.terms.scaling is Scaling.PER_MENTEE
    prefer = soft_rules(matching.prefer, matching.terms)
    for at, (mentee, mentor) in enumerate(pairs):
        terms = [rule_points_of(ground, rule, mentee, mentor) for rule in prefer]
        if terms != result.points[:, at].tolist() or (not spread and sum(terms) != int(result.score[at])):
            raise WrongAnswer("a score does not follow from its rules")
        least = matching.terms.minimum
        if least is not None and sum(terms) < least and not is_exempt(ground, matching.terms, mentee, mentor):
            raise WrongAnswer("a pair is below the minimum score")
    for at, (mentee, _) in enumerate(pairs[: _BUDGET // (len(case.mentors) + 1)] if spread else ()):
        candidates = candidates_of(ground, matching, (case.mentees.tolist(), case.mentors.tolist()), mentee)
        reached = [sum_of_points(ground, matching, mentee, mentor) for mentor in candidates]
        if int(result.score[at]) != spread_score(int(result.points[:, at].sum()), reached):
            raise WrongAnswer("a score is not on the scale of its mentee")


def _check_proofs(case: "MatchingCase", result: "MatchingResult", pairs: list[tuple[int, int]]) -> None:
    """Every objective is there, proved, and proved for this very answer."""
    if [term for weights in result.weights for term, _ in weights] != list(_sums(case, len(result.levels))):
        raise WrongAnswer("an objective is missing")
    if len(result.constants) != len(result.weights):
        raise WrongAnswer("an objective has no constant")
    if len(result.certificates) <= len(result.weights) or not all(c.proves for c in result.certificates):
        raise WrongAnswer("an objective is not proved")
    if len(result.thresholds) != case.matching.objective.count(ObjectiveTerm.WORST_MATCH):
        raise WrongAnswer("the worst match is not proved")
    if result.price is not None:
        return  # the certificates are those of the best answer; a stable one is proved by having no blocking pair
    least = int(result.score.min()) if len(pairs) else None
    if any(least is not None and least < threshold.level for threshold in result.thresholds):
        raise WrongAnswer("the worst match is worse than it was proved to be")
    gained, at_level = _gained(case, result, pairs), _levels(case, result)
    for weights, constant, certificate in zip(result.weights, result.constants, result.certificates, strict=False):
        value = sum(w * (next(at_level) if term is ObjectiveTerm.LEXIMIN else gained[term]) for term, w in weights)
        if value != certificate.value + constant:
            raise WrongAnswer("the proof belongs to another answer")


def _sums(case: "MatchingCase", levels: int) -> Iterator[ObjectiveTerm]:
    """The terms that are sums, in their order: leximin is that mentees are covered, and one for each level."""
    alone: set[ObjectiveTerm] = set()
    for aim in case.matching.aims:
        for term, _ in aim:
            if term is ObjectiveTerm.LEXIMIN:
                yield from () if ObjectiveTerm.COVER_MENTEES in alone else (ObjectiveTerm.COVER_MENTEES,)
                yield from [term] * levels
            elif term is not ObjectiveTerm.WORST_MATCH:
                yield term
        alone |= {term for term, _ in aim if len(aim) == 1}


def _levels(case: "MatchingCase", result: "MatchingResult") -> Iterator[int]:
    """What the pairs come to at each level of leximin. Raises WrongAnswer where a level is left out."""
    count, levels = Counter(result.score.tolist()), list(result.levels)
    if ObjectiveTerm.LEXIMIN in case.matching.objective:
        best = set(count) - set(levels)
        if levels != sorted(set(levels)) or len(best) > 1 or any(b < level for b in best for level in levels):
            raise WrongAnswer("leximin leaves out a level")
    return (-count[level] for level in levels)


def _gained(case: "MatchingCase", result: "MatchingResult", pairs: list[tuple[int, int]]) -> dict[ObjectiveTerm, int]:
    """What the pairs come to in each term that is a sum."""
    covered = {e for e, _ in pairs} - {e for e, _ in case.standing}
    waited = case.ground.waited
    loads = Counter(m for _, m in case.standing)
    crowded = 0
    for _, mentor in pairs:
        crowded += loads[mentor]
        loads[mentor] += 1
    return {
        ObjectiveTerm.TOTAL_SCORE: int(result.score.sum()),
        ObjectiveTerm.FILL_PLACES: len(pairs),
        ObjectiveTerm.COVER_MENTEES: len(covered),
        ObjectiveTerm.COVER_MENTORS: len({m for _, m in pairs} - {m for _, m in case.standing}),
        ObjectiveTerm.COVER_WAITING: 0 if waited is None else sum(int(waited[mentee]) for mentee in covered),
        ObjectiveTerm.LOAD_BALANCE: -crowded,
        ObjectiveTerm.RANK_SUM: sum(ranks_better(case.ground, case.matching, *pair) for pair in pairs),
        ObjectiveTerm.CHANGES: len(set(pairs) & set(case.previous)),
    }


def ranks_better(ground: Ground, matching: "Matching", mentee: int, mentor: int) -> int:
    """How many ranks better than unnamed two people give each other, over all rankings that rules read."""
    read = (rule.predicate for rule in (*matching.require, *matching.prefer))
    asked = dict.fromkeys((p.by, p.field) for p in read if isinstance(p, Rank))
    better = 0
    for by, field in asked:
        column = ground.roster.columns[field]
        if not isinstance(column, RankColumn):
            raise TypeError(f"`{field}` is no ranking; spec.rule_checks lets no such rule pass")
        lists = [column.people[a:b].tolist() for a, b in pairwise(column.starts.tolist())]
        longest = max(map(len, lists), default=0)
        ways = [(mentor, mentee)] if by is Role.MENTOR else [(mentee, mentor)]
        for one, two in ways + [(mentor, mentee)] * ground.peers:
            better += longest - lists[one].index(two) if two in lists[one] else 0
    return better


def _check_capacity(case: "MatchingCase", pairs: list[tuple[int, int]]) -> None:
    everyone = [*pairs, *case.standing]
    sides = (
        (
            Counter(mentee for mentee, _ in everyone),
            Counter(m for m, _ in case.standing),
            case.matching.mentee_capacity,
            case.limits[1] if case.limits else None,
            1,
        ),
        (
            Counter(mentor for _, mentor in everyone),
            Counter(m for _, m in case.standing),
            case.matching.mentor_capacity,
            case.limits[0] if case.limits else None,
            case.periods,
        ),
    )
    for counts, before, capacity, limits, periods in sides:
        for person, count in counts.items():
            places = capacity_of(case.ground, capacity, person) * periods
            places = places if limits is None else min(places, int(limits[person]))
            # a standing match may exceed a capacity that was lowered since; a new one may not
            if count > max(places, before[person]):
                raise WrongAnswer("somebody has more matches than places")


def capacity_of(ground: Ground, capacity: "Capacity", person: int) -> int:
    """How many matches one person may have."""
    if not capacity.field:
        return capacity.at_most
    column = ground.roster.columns[capacity.field]
    value = float(column.values[person]) if isinstance(column, NumberColumn) else 0.0
    asked = capacity.missing if value != value else value  # noqa: PLR0124 - NaN is the blank
    return int(min(max(asked, 0), capacity.at_most))


def broken_rule(ground: Ground, require: Iterable[PairRule], mentee: int, mentor: int) -> str:
    """The id of the first hard rule that a pair breaks, or an empty string."""
    return next((rule.id for rule in require if not rule_holds(ground, rule, mentee, mentor)), "")


def broken_by(ground: Ground, matching: "Matching", mentee: int, mentor: int) -> str:
    """The same with all that `matching` says: denied pairs, repeats and declines too, unless the pair is allowed."""
    if is_exempt(ground, matching.terms, mentee, mentor):
        return ""
    return broken_rule(ground, hard_rules(matching.require, matching.prefer, matching.terms), mentee, mentor)


def is_exempt(ground: Ground, terms: PairTerms, mentee: int, mentor: int) -> bool:
    """Whether the program names the two as a pair that is forced or allowed, whatever the rules say."""
    names = (ground.roster.roster_ids[mentee], ground.roster.roster_ids[mentor])
    named = [(n.mentee, n.mentor) for n in terms.named if n.verdict is not Verdict.DENY]
    return names in named or (ground.peers and names[::-1] in named)


# -- scores ------------------------------------------------------------------------------------------------------------


def sum_of_points(ground: Ground, matching: "Matching", mentee: int, mentor: int) -> int:
    """What all soft rules give to a pair, before any scaling."""
    return sum(rule_points_of(ground, rule, mentee, mentor) for rule in soft_rules(matching.prefer, matching.terms))


def is_candidate(ground: Ground, matching: "Matching", mentee: int, mentor: int) -> bool:
    """Whether a pair passes the rules and reaches the minimum; repeats that wait for everyone are asked elsewhere."""
    if mentee == mentor:
        return False
    if is_exempt(ground, matching.terms, mentee, mentor):
        return True
    if broken_rule(ground, hard_rules(matching.require, matching.prefer, matching.terms), mentee, mentor):
        return False
    least = matching.terms.minimum
    return least is None or sum_of_points(ground, matching, mentee, mentor) >= least


def candidates_of(
    ground: Ground, matching: "Matching", people: tuple[Sequence[int], Sequence[int]], mentee: int
) -> list[int]:
    """The mentors among some people whom a mentee can have."""
    return [
        mentor
        for mentor in people[1]
        if is_candidate(ground, matching, mentee, mentor)
        and not (times_met(ground, mentee, mentor) and repeats_too_early(ground, matching, people, mentee, mentor))
    ]


def times_met(ground: Ground, one: int, two: int) -> int:
    """How often two people were matched with each other."""
    return 0 if ground.history is None else len(days_of(ground.history.met, one, two))


def repeats_too_early(
    ground: Ground, matching: "Matching", people: tuple[Sequence[int], Sequence[int]], mentee: int, mentor: int
) -> bool:
    """Whether one of the two has a candidate, among some mentees and mentors, whom they met less often."""
    if not isinstance(matching.terms.history.no_repeat, AfterEveryone):
        return False
    if is_exempt(ground, matching.terms, mentee, mentor):
        return False
    met = times_met(ground, mentee, mentor)
    others = [(mentee, m) for m in people[1]] + [(e, mentor) for e in people[0]]
    if ground.peers:
        others += [(mentor, p) for p in people[0]] + [(p, mentee) for p in people[0]]
    return any(
        times_met(ground, e, m) < met and is_candidate(ground, matching, *(sorted((e, m)) if ground.peers else (e, m)))
        for e, m in others
        if e != m
    )


def spread_score(points: int, of_mentee: Sequence[int]) -> int:
    """The points of one candidate on a scale from 0, the mentee's worst candidate, to 100, the best one."""
    low, high = min(of_mentee), max(of_mentee)
    return 100 if low == high else nearest(Fraction(100 * (points - low), high - low))
