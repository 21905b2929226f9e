"""Matching of one cohort: from rules and people to proved pairs, with the terms that explain them."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.blocking import blocking_pairs
from mentorctl.optimize.engine import Engine
from mentorctl.optimize.network import Certificate, Mask, Network
from mentorctl.optimize.objectives import Aims, Facts, Weights, as_aims, rank_points
from mentorctl.optimize.ordered import OrderedAnswer, Threshold
from mentorctl.optimize.predicates import Ground, Indices
from mentorctl.optimize.scoring import PairTable, rule_points, score_pairs
from mentorctl.optimize.stable import Price, deferred_acceptance, likings, price_of
from mentorctl.optimize.verify import WrongAnswer, verify_matching
from mentorctl.roster.people import NumberColumn, Roster
from mentorctl.rules.implied import soft_rules
from mentorctl.spec.matching import Aim, Capacity, Matching, ObjectiveTerm, Stability
from mentorctl.values import dataclass

type Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchingCase:
    """One cohort to match: who may get a match (roster indices, ascending).

    `standing` are the matches that stand, perhaps of other people too; `blocked` are pairs that must not be made, and
    `previous` those that were proposed before and are searched again.
    `limits` has, per person of the roster, the most matches as a mentor and as a mentee that other programs leave them
    in this one, standing ones included; a mentor has their places in each of `periods`. `known` are all candidates,
    where somebody has scored them already.
    """

    ground: Ground
    matching: Matching
    mentees: Indices
    mentors: Indices
    standing: tuple[tuple[int, int], ...] = ()
    blocked: tuple[tuple[int, int], ...] = ()
    previous: tuple[tuple[int, int], ...] = ()
    limits: tuple[Counts, Counts] | None = None
    periods: int = 1
    known: PairTable | None = None

    def scored(self) -> PairTable:
        """All pairs that the hard rules allow, with their scores."""
        if self.known is not None:
            return self.known
        matching = self.matching
        return score_pairs(self.ground, self.mentees, self.mentors, matching.require, matching.prefer, matching.terms)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairProblem:
    """What is solved for a case, and what can be computed again to check an answer.

    `table` has the pairs that may be chosen, `network` the same pairs and how many matches each person may have. What
    is best are the `aims`, over a network that may have more nodes. `standing` counts the matches that people have
    already; `admissible` counts the pairs that pass the hard rules, `options` counts them per mentee of the case.
    """

    case: MatchingCase
    table: PairTable
    network: Network
    aims: Aims
    standing: Counts
    admissible: int
    options: Counts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """A problem with its answer; `chosen` are pairs of the table, which a stable matching chooses otherwise."""

    problem: PairProblem
    answer: OrderedAnswer
    chosen: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchingResult:
    """The new pairs as roster indices with score and points per soft rule, and the proof of each objective.

    `admissible` counts the pairs that pass the hard rules; `options` counts them per mentee of the case. `weights` are
    the terms that each objective is made of; its value is proved by the certificate of the same position, to which its
    constant is added, and the certificates after them are those of the tie-break. `thresholds` prove the worst match,
    `levels` are the scores that leximin stands for.
    A stable matching has no certificates of its own: they are those of the best one, which `price` compares it with.
    """

    mentee: Indices
    mentor: Indices
    score: Counts
    points: Counts
    admissible: int
    options: Counts
    weights: tuple[Weights, ...]
    certificates: tuple[Certificate, ...]
    constants: tuple[int, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    levels: tuple[int, ...] = ()
    price: Price | None = None
    solved: Solved | None = None


def as_problem(case: MatchingCase) -> PairProblem:
    """A case as arrays."""
    matching, scored = case.matching, case.scored()
    table, standing = without_standing(case, scored)
    network = as_network(case, table, standing)
    ranks = ranks_of(case, table, matching.aims)
    return PairProblem(
        case=case,
        table=table,
        network=network,
        aims=as_aims(network, table, facts_of(case, table, standing), ranks, matching.aims),
        standing=standing,
        admissible=len(scored),
        options=np.bincount(scored.mentee, minlength=len(case.mentees)),
    )


def match(case: MatchingCase, engine: Engine) -> MatchingResult:
    """The best new pairs beside the standing ones. Raises `network.NoProof` when the optimum is not proved.

    Raises `verify.WrongAnswer` when an answer is not what was asked for.
    """
    matching, problem = case.matching, as_problem(case)
    table, aims = problem.table, problem.aims
    answer = engine.network(aims.network, aims.aims)
    chosen, price = aims.chosen(answer.chosen, len(table)), None
    if matching.stability is Stability.STABLE:
        best, likes = chosen, likings(case.ground, matching, table)
        chosen = deferred_acceptance(problem.network, likes)
        if blocking_pairs(problem.network, likes, chosen).any():
            raise WrongAnswer("two people would leave their matches for each other")
        price = price_of(problem.network, table.score, likes, chosen, best, problem.standing)
    mentee, mentor = case.mentees[table.mentee[chosen]], case.mentors[table.mentor[chosen]]
    result = MatchingResult(
        mentee=mentee,
        mentor=mentor,
        score=table.score[chosen],
        points=rule_points(case.ground, mentee, mentor, soft_rules(matching.prefer, matching.terms)),
        admissible=problem.admissible,
        options=problem.options,
        weights=aims.weights,
        certificates=answer.certificates,
        constants=aims.constants,
        thresholds=answer.thresholds,
        levels=aims.levels,
        price=price,
        solved=Solved(problem=problem, answer=answer, chosen=chosen),
    )
    verify_matching(case, result)
    return result


def rooms(ground: Ground, capacity: Capacity, people: Indices) -> Counts:
    """How many matches each of the people may have."""
    return places_of(ground.roster, capacity, people).astype(np.int64)


def places_of(roster: Roster, capacity: Capacity, people: Indices) -> NDArray[np.float64]:
    """What each of the people has of something, as they say themselves or as all have it."""
    if not capacity.field:
        return np.full(len(people), float(capacity.at_most))
    column = roster.columns[capacity.field]
    if not isinstance(column, NumberColumn):
        raise TypeError(f"`{capacity.field}` is no number; spec.checks lets no such capacity pass")
    asked = np.nan_to_num(column.values[people], nan=capacity.missing)
    return np.clip(asked, 0, capacity.at_most)


def as_network(case: MatchingCase, table: PairTable, standing: Counts) -> Network:
    """The pairs as a network; standing matches, given per person, take room of both their people."""
    high = np.concatenate(
        [
            rooms(case.ground, case.matching.mentee_capacity, case.mentees),
            rooms(case.ground, case.matching.mentor_capacity, case.mentors) * case.periods,
        ]
    )
    if case.limits:
        high = np.minimum(high, np.concatenate([case.limits[1][case.mentees], case.limits[0][case.mentors]]))
    return Network(
        mentees=len(case.mentees),
        mentee=table.mentee,
        mentor=table.mentor + np.int32(len(case.mentees)),
        low=np.zeros(len(high), np.int64),
        high=np.maximum(0, high - standing),
    )


def ranks_of(case: MatchingCase, table: PairTable, aims: Sequence[Aim]) -> Counts:
    """What the two of each pair rank each other better than unnamed, where that is an aim."""
    if not any(term is ObjectiveTerm.RANK_SUM for aim in aims for term, _ in aim):
        return np.zeros(len(table), np.int64)
    return rank_points(case.ground, case.matching, case.mentees[table.mentee], case.mentors[table.mentor])


def facts_of(case: MatchingCase, table: PairTable, standing: Counts) -> Facts:
    """What the terms of the objective look at beside the table."""
    people = np.concatenate([case.mentees, case.mentors])
    waited = case.ground.waited
    return Facts(
        standing=standing,
        waited=np.zeros(len(people), np.int64) if waited is None else waited[people],
        kept=_are_among(_keys(case, table), _keys_of(case, case.previous)),
    )


def without_standing(case: MatchingCase, table: PairTable) -> tuple[PairTable, Counts]:
    """The table without standing and blocked pairs, and how many standing matches each person has."""
    at_mentee = {person: at for at, person in enumerate(case.mentees.tolist())}
    at_mentor = {person: at for at, person in enumerate(case.mentors.tolist())}
    counts = np.zeros(len(at_mentee) + len(at_mentor), np.int64)
    for mentee, mentor in case.standing:
        if mentee in at_mentee:
            counts[at_mentee[mentee]] += 1
        if mentor in at_mentor:
            counts[len(at_mentee) + at_mentor[mentor]] += 1
    gone = _keys_of(case, (*case.standing, *case.blocked))
    return (table.only(~_are_among(_keys(case, table), gone)) if len(gone) else table), counts


def _keys(case: MatchingCase, table: PairTable) -> Counts:
    """Each pair of the table as one number."""
    return table.mentee.astype(np.int64) * len(case.mentors) + table.mentor


def _are_among(keys: Counts, some: Counts) -> NDArray[np.bool_]:
    """Which keys are among some, which are in order."""
    if not len(some):
        return np.zeros(len(keys), np.bool_)
    return np.asarray(some[np.minimum(np.searchsorted(some, keys), len(some) - 1)] == keys)


def _keys_of(case: MatchingCase, pairs: Iterable[tuple[int, int]]) -> Counts:
    """The same of pairs of roster indices, of those whose people may get a match."""
    at_mentee = {person: at for at, person in enumerate(case.mentees.tolist())}
    at_mentor = {person: at for at, person in enumerate(case.mentors.tolist())}
    known = ((at_mentee.get(mentee, -1), at_mentor.get(mentor, -1)) for mentee, mentor in pairs)
    return np.array(sorted(e * len(at_mentor) + m for e, m in known if e >= 0 and m >= 0), np.int64)
