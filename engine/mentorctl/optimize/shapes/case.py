"""What is to be matched and what comes out, the same for every model."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mentorctl.optimize.ground import Amounts, Ground, Indices, Truths
from mentorctl.optimize.matching import Solved
from mentorctl.optimize.objectives import Aims
from mentorctl.optimize.ordered import OrderedAnswer
from mentorctl.optimize.points import most_possible
from mentorctl.optimize.scoring import PairTable, as_percent, named_pairs, rule_points, score_pairs
from mentorctl.optimize.stable import Price
from mentorctl.roster.conditions import who_meets
from mentorctl.rules.eligibility import Condition
from mentorctl.rules.implied import soft_rules
from mentorctl.rules.pairs import Scaling, Verdict
from mentorctl.spec.matching import Matching
from mentorctl.spec.model import ModelType, Project
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.optimize.groups.peer_ordered import OrderedPeers
    from mentorctl.optimize.shapes.groups import SolvedGroups


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A match that stands: roster indices, perhaps of people who may get no new one. `others` are mentees or peers."""

    mentors: tuple[int, ...]
    others: tuple[int, ...]
    subject: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class ShapeCase:
    """One cohort to match: who may get a match (roster indices, ascending; peers are in both lists).

    `blocked` are pairs that must not be made again, `previous` those that were proposed before and are searched again.
    `limits` has, per person of the roster, the most matches as a mentor and as a mentee that other programs leave
    them in this one, standing ones included. `periods` are the ISO first days of a flash
    program's periods that are still to come.
    """

    model: ModelType
    ground: Ground
    matching: Matching
    mentees: Indices
    mentors: Indices
    standing: tuple[Standing, ...] = ()
    blocked: tuple[tuple[int, int], ...] = ()
    previous: tuple[tuple[int, int], ...] = ()
    limits: tuple[Amounts, Amounts] | None = None
    projects: tuple[Project, ...] = ()
    periods: tuple[str, ...] = ()

    def in_need(self, mentee: int) -> bool:
        """Whether a mentee has one of the program's needs; everybody has where a program lists none."""
        needs = self.matching.needs
        return not needs or any(self.meets(need.mentee, mentee) for need in needs)

    def meets(self, conditions: tuple[Condition, ...], person: int) -> bool:
        """Whether somebody meets every one of some conditions."""
        if conditions not in self._who_meets:
            self._who_meets[conditions] = who_meets(self.ground.roster, self.ground.contract, conditions)
        return bool(self._who_meets[conditions][person])

    @cached_property
    def _who_meets(self) -> dict[tuple[Condition, ...], Truths]:
        return {}

    @cached_property
    def table(self) -> PairTable:
        """All pairs that the hard rules allow, with their scores; blocked ones left out."""
        matching = self.matching
        table = score_pairs(self.ground, self.mentees, self.mentors, matching.require, matching.prefer, matching.terms)
        if not self.blocked:
            return table
        people = len(self.ground.roster.ids)
        keys = self.mentees[table.mentee].astype(np.int64) * people + self.mentors[table.mentor]
        gone = [mentee * people + mentor for mentee, mentor in self.blocked]
        gone += [mentor * people + mentee for mentee, mentor in self.blocked] if self.ground.peers else []
        return table.only(~np.isin(keys, np.array(gone, np.int64)))

    @cached_property
    def scores(self) -> dict[tuple[int, int], int]:
        """The score of each allowed pair, by the roster indices of mentee and mentor."""
        mentees, mentors = self.mentees[self.table.mentee], self.mentors[self.table.mentor]
        return dict(zip(zip(mentees.tolist(), mentors.tolist(), strict=True), self.table.score.tolist(), strict=True))

    @cached_property
    def forced(self) -> frozenset[tuple[int, int]]:
        """Pairs of mentee and mentor who must be matched, of people who may get a match.

        Who said no to each other is not forced together again.
        """
        mentees, mentors = named_pairs(self.ground, self.matching.terms, Verdict.FORCE)
        ready = set(self.mentees.tolist()), set(self.mentors.tolist())
        pairs = zip(mentees.tolist(), mentors.tolist(), strict=True)
        gone = {*self.blocked, *((mentor, mentee) for mentee, mentor in self.blocked if self.ground.peers)}
        return frozenset((e, m) for e, m in pairs if e in ready[0] and m in ready[1] and (e, m) not in gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One new match as roster indices; `terms` are (rule, points) and add up to the score before scaling."""

    mentors: tuple[int, ...]
    others: tuple[int, ...]
    subject: str
    score: int
    terms: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MosaicSearch:
    """The open needs as (mentee, need), which are the mentees of the network, and what is best over it."""

    units: tuple[tuple[int, str], ...]
    mentors: tuple[int, ...]
    aims: Aims

    def rows(self) -> dict[tuple[int, str, int], int]:
        """Where the pair of a mentee's need with a mentor is in the network."""
        network = self.aims.network
        pairs = zip(network.mentee.tolist(), (network.mentor - network.mentees).tolist(), strict=True)
        return {(*self.units[unit], self.mentors[mentor]): at for at, (unit, mentor) in enumerate(pairs)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SolvedMosaic:
    """A mosaic with its answer, which prices prove."""

    search: MosaicSearch
    answer: OrderedAnswer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proposals:
    """The best new matches. `options` counts the candidates of each mentee of the case.

    `proved`: no better answer exists. `settled`: another solver gives the same one. `gap` is how much better another
    answer could be, by the first objective that is not proved. Without an answer, `missing` says what cannot be met.
    `solved` is the network and its answer where the problem is one, `peers`, `mosaic` and `groups` the same of a pool,
    of a mosaic that prices prove, and of groups.
    `price` is what stability costs, where it was asked for.
    """

    made: tuple[Proposal, ...]
    admissible: int
    options: Amounts
    proved: bool = True
    settled: bool = True
    gap: int = 0
    missing: tuple[str, ...] = ()
    solved: Solved | None = None
    peers: "OrderedPeers | None" = None
    mosaic: SolvedMosaic | None = None
    groups: "SolvedGroups | None" = None
    price: Price | None = None


def options_of(case: ShapeCase) -> Amounts:
    """How many candidates each mentee of the case has."""
    count = np.bincount(case.table.mentee, minlength=len(case.mentees))
    if case.ground.peers:  # a pair of peers is there once, with the earlier of the two in the place of the mentee
        count = count + np.bincount(case.table.mentor, minlength=len(case.mentors))
    return count.astype(np.int64)


def shown_scores(case: ShapeCase, found: Proposals) -> Proposals:
    """The proposals with the scores that people see: with `max_possible` in percent of what a pair could reach."""
    if case.matching.terms.scaling is not Scaling.MAX_POSSIBLE:
        return found
    most = most_possible(case.ground, soft_rules(case.matching.prefer, case.matching.terms))
    pairs = [max(1, len(p.mentors) * len(p.others) or len(p.others) * (len(p.others) - 1) // 2) for p in found.made]
    shown = (
        int(as_percent(np.array([p.score], np.int64), most * count)[0])
        for p, count in zip(found.made, pairs, strict=True)
    )
    return replace(found, made=tuple(replace(p, score=score) for p, score in zip(found.made, shown, strict=True)))


def terms_of(
    case: ShapeCase, pairs: Sequence[tuple[int, int]], extra: Iterable[tuple[str, int]] = ()
) -> tuple[tuple[str, int], ...]:
    """What each soft rule gives to some pairs of mentee and mentor together, and other terms; zeros are left out."""
    rules = soft_rules(case.matching.prefer, case.matching.terms)
    if not pairs:
        return tuple((name, points) for name, points in extra if points)
    mentee, mentor = (np.array(side, np.int32) for side in zip(*pairs, strict=True))
    points = rule_points(case.ground, mentee, mentor, rules).sum(axis=1)
    given = [(rule.id, int(total)) for rule, total in zip(rules, points, strict=True)]
    return tuple((name, total) for name, total in (*given, *extra) if total)


def terms_of_each(case: ShapeCase, pairs: Sequence[tuple[int, int]]) -> list[tuple[tuple[str, int], ...]]:
    """What each soft rule gives to each pair of mentee and mentor; rules are made ready once for all pairs."""
    rules = soft_rules(case.matching.prefer, case.matching.terms)
    mentee, mentor = np.array(pairs, np.int32).reshape(-1, 2).T
    points = rule_points(case.ground, mentee, mentor, rules).T.tolist()
    return [tuple((rule.id, own) for rule, own in zip(rules, row, strict=True) if own) for row in points]
