"""Matching of one cohort: from rules and people to proved pairs, with the terms that explain them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.network import EXACT, Certificate, Network, Objective
from mentorctl.optimize.predicates import Ground, Indices
from mentorctl.optimize.scoring import PairTable, rule_points, score_pairs
from mentorctl.optimize.verify import verify_matching
from mentorctl.roster.people import NumberColumn
from mentorctl.rules.implied import soft_rules
from mentorctl.spec.matching import Capacity, Matching, ObjectiveTerm

type Counts = NDArray[np.int64]
type Weights = tuple[tuple[ObjectiveTerm, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchingCase:
    """One cohort to match: who may get a match (roster indices, ascending).

    `standing` are the matches that stand, perhaps of other people too; `blocked` are pairs that must not be made.
    `taken` has, per person of the roster, the places as a mentor and as a mentee that other programs use; a mentor has
    their places in each of `periods`.
    """

    ground: Ground
    matching: Matching
    mentees: Indices
    mentors: Indices
    standing: tuple[tuple[int, int], ...] = ()
    blocked: tuple[tuple[int, int], ...] = ()
    taken: tuple[Counts, Counts] | None = None
    periods: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchingResult:
    """The new pairs as roster indices with score and points per soft rule, and the proof of each objective.

    `admissible` counts the pairs that pass the hard rules; `options` counts them per mentee of the case. `weights` are
    the terms that each objective is made of; its value is proved by the certificate of the same position, and the
    certificates after them are those of the tie-break.
    """

    mentee: Indices
    mentor: Indices
    score: Counts
    points: Counts
    admissible: int
    options: Counts
    weights: tuple[Weights, ...]
    certificates: tuple[Certificate, ...]


def match(case: MatchingCase, engine: Engine) -> MatchingResult:
    """The best new pairs beside the standing ones. Raises `network.NoProof` when the optimum is not proved."""
    matching = case.matching
    scored = score_pairs(case.ground, case.mentees, case.mentors, matching.require, matching.prefer, matching.terms)
    table, standing = _standing(case, scored)
    network = as_network(case, table, standing)
    folded = folded_objectives(case.matching.objective, table, network, standing)
    answer = engine.network(network, tuple(objective for objective, _ in folded))
    mentee = case.mentees[table.mentee[answer.chosen]]
    mentor = case.mentors[table.mentor[answer.chosen]]
    result = MatchingResult(
        mentee=mentee,
        mentor=mentor,
        score=table.score[answer.chosen],
        points=rule_points(case.ground, mentee, mentor, soft_rules(matching.prefer, matching.terms)),
        admissible=len(scored),
        options=np.bincount(scored.mentee, minlength=len(case.mentees)),
        weights=tuple(weights for _, weights in folded),
        certificates=answer.certificates,
    )
    verify_matching(case, result)
    return result


def rooms(ground: Ground, capacity: Capacity, people: Indices) -> Counts:
    """How many matches each of the people may have."""
    if not capacity.field:
        return np.full(len(people), capacity.at_most, np.int64)
    column = ground.roster.columns[capacity.field]
    if not isinstance(column, NumberColumn):
        raise TypeError(f"`{capacity.field}` is no number; spec.checks lets no such capacity pass")
    asked = np.nan_to_num(column.values[people], nan=capacity.missing)
    return np.clip(asked, 0, capacity.at_most).astype(np.int64)


def as_network(case: MatchingCase, table: PairTable, standing: Counts) -> Network:
    """The pairs as a network; standing matches, given per person, take room of both their people."""
    high = np.concatenate(
        [
            rooms(case.ground, case.matching.mentee_capacity, case.mentees),
            rooms(case.ground, case.matching.mentor_capacity, case.mentors) * case.periods,
        ]
    )
    if case.taken:
        high -= np.concatenate([case.taken[1][case.mentees], case.taken[0][case.mentors]])
    return Network(
        mentees=len(case.mentees),
        mentee=table.mentee,
        mentor=table.mentor + np.int32(len(case.mentees)),
        low=np.zeros(len(high), np.int64),
        high=np.maximum(0, high - standing),
    )


def folded_objectives(
    terms: tuple[ObjectiveTerm, ...], table: PairTable, network: Network, standing: Counts
) -> tuple[tuple[Objective, Weights], ...]:
    """The ordered terms as few objectives: a term is multiplied by more than all later ones together can give.

    Where the weights would leave the range that is exact in the solver's floating point, a new objective begins.
    """
    folded: list[tuple[Objective, Weights]] = []
    weights: Weights = ()
    pair, cover, reach = np.zeros(len(table), np.int64), np.zeros(len(network.low), np.int64), 0
    most = int(min(network.high[: network.mentees].sum(), network.high[network.mentees :].sum()))
    for term in reversed(terms):
        term_pair, term_cover = _term(term, table, network, standing)
        spread = most * (int(term_pair.max(initial=0)) - min(0, int(term_pair.min(initial=0)))) + int(term_cover.sum())
        weight = reach + 1
        if weight * max(1, int(np.abs(term_pair).max(initial=0)), int(term_cover.max(initial=0))) > EXACT:
            folded.append((Objective(pair=pair, cover=cover), weights))
            pair, cover, reach, weight, weights = np.zeros_like(pair), np.zeros_like(cover), 0, 1, ()
        pair, cover = pair + weight * term_pair, cover + weight * term_cover
        weights = ((term, weight), *weights)
        reach += weight * spread
    return ((Objective(pair=pair, cover=cover), weights), *reversed(folded))


def _term(term: ObjectiveTerm, table: PairTable, network: Network, standing: Counts) -> tuple[Counts, Counts]:
    nobody = np.zeros(len(network.low), np.int64)
    if term is ObjectiveTerm.TOTAL_SCORE:
        return table.score, nobody
    if term is ObjectiveTerm.FILL_PLACES:
        return np.ones(len(table), np.int64), nobody
    uncovered = (standing == 0).astype(np.int64)
    if term is ObjectiveTerm.COVER_MENTEES:
        uncovered[network.mentees :] = 0
    else:
        uncovered[: network.mentees] = 0
    return np.zeros(len(table), np.int64), uncovered


def _standing(case: MatchingCase, table: PairTable) -> tuple[PairTable, Counts]:
    """The table without standing and blocked pairs, and how many standing matches each person has."""
    at_mentee = {person: at for at, person in enumerate(case.mentees.tolist())}
    at_mentor = {person: at for at, person in enumerate(case.mentors.tolist())}
    counts = np.zeros(len(at_mentee) + len(at_mentor), np.int64)
    for mentee, mentor in case.standing:
        if mentee in at_mentee:
            counts[at_mentee[mentee]] += 1
        if mentor in at_mentor:
            counts[len(at_mentee) + at_mentor[mentor]] += 1
    gone = {
        at_mentee[mentee] * len(at_mentor) + at_mentor[mentor]
        for mentee, mentor in (*case.standing, *case.blocked)
        if mentee in at_mentee and mentor in at_mentor
    }
    if not gone:
        return table, counts
    keys = table.mentee.astype(np.int64) * len(at_mentor) + table.mentor
    keep = ~np.isin(keys, np.array(sorted(gone), np.int64))
    return table.only(keep), counts
