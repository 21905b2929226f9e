"""Groups as an integer program: candidates with strong links to their unit, one block of rows per kind of rule."""

import math
from collections.abc import Iterator
from itertools import permutations

import numpy as np

from mentorctl.optimize.groups.problem import GroupObjective, GroupProblem, Ints, Mask, Shortfall
from mentorctl.optimize.groups.rows import Numbers, Program, Rows
from mentorctl.optimize.groups.rules import (
    ANY_ROLE,
    Cohesion,
    CommonSlot,
    Gap,
    Limit,
    Mixture,
    Pool,
    Quota,
    Share,
    Solo,
    Target,
)
from mentorctl.optimize.groups.stages import pair_ties, tie_weights
from mentorctl.values import dataclass

_HUNDREDTHS = 100.0  # gaps are missed by whole percentage points or points, of which their scales have hundredths


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Extra:
    """A column whose value is worth `points` each in the objectives that count extras."""

    column: int
    points: int


class GroupModel:
    """The program of a problem, and which of its columns are the units and the candidates.

    Candidates that are tied have no column: they are their unit. The candidates are ordered by seat, then holder. With
    a `core` for the one rule about a topic, candidates sit only under the topics that it leaves them.
    """

    def __init__(self, problem: GroupProblem, core: Mask | None = None) -> None:
        self.problem = problem
        self._core = core  # whether a candidate may sit under a topic; None for all
        self.rows = Rows()
        self.unit_of = problem.seat_unit[problem.seat]
        self.open = self.rows.columns(problem.units)
        self.seated = self._seated()
        self._covered: dict[int, int] = {}
        self._of_unit = _positions(self.unit_of, problem.units)
        self._of_holder = _positions(problem.holder, len(problem.holder_person))
        self._extras: list[Extra] = []
        self._shared: list[Extra] = []
        self._gaps: list[int] = []
        self._units()
        self._people()
        self._pairs()
        self._rules()
        self.costs = [self._cost(objective) for objective in problem.objectives]
        self.program: Program = self.rows.program()

    def cost(self, terms: dict[int, int]) -> Numbers:
        """Points per column as a cost over all columns."""
        cost = np.zeros(len(self.program.model.cost))
        for column, points in terms.items():
            cost[column] = -points
        return cost

    def tie_break(self) -> Numbers:
        """A hash of the places of each candidate who is not tied; of units that may open without one, their own."""
        p = self.problem
        cost = np.zeros(len(self.program.model.cost))
        free = np.flatnonzero(~p.tied)
        cost[self.seated[free]] = pair_ties(p.seat[free], p.holder[free])
        needed = p.seat_low > np.bincount(p.seat[p.tied], minlength=len(p.seat_unit))
        alone = np.bincount(p.seat_unit, needed, minlength=p.units) == 0
        cost[self.open[alone]] = tie_weights(np.flatnonzero(alone).astype(np.uint64) | np.uint64(1 << 63))
        return cost

    def members(self, unit: int, role: int) -> Ints:
        """The candidates of a unit, those with the role if one is asked for."""
        found = self._of_unit[unit]
        roles = self.problem.holder_role[self.problem.holder[found]]
        return found if role == ANY_ROLE else found[roles == role]

    # -- the rows ------------------------------------------------------------------------------------------------------

    def _seated(self) -> Ints:
        """The column of each candidate; at most that of the unit."""
        p = self.problem
        columns = self.open[self.unit_of].copy()
        free = np.flatnonzero(~p.tied)
        columns[free] = self.rows.columns(len(free))
        self.rows.each_at_most(0.0, (columns[free], 1.0), (self.open[self.unit_of[free]], -1.0))
        return columns

    def _units(self) -> None:
        p = self.problem
        for unit in np.flatnonzero(p.must_open).tolist():
            self.rows.at_least([(self.open[unit], 1.0)], 1.0, Shortfall(rule="open", unit=unit))
        of_seat = _positions(p.seat, len(p.seat_unit))
        for seat, unit in enumerate(p.seat_unit.tolist()):
            self._between(of_seat[seat], unit, int(p.seat_low[seat]), int(p.seat_high[seat]), "seats")

    def _between(self, candidates: Ints, unit: int, low: int, high: int, rule: str) -> None:
        """When the unit is open, this many of the candidates."""
        what = Shortfall(rule=rule, unit=unit)
        seated = (self.seated[candidates], 1.0)
        if low > 0:
            self.rows.at_least([seated, (self.open[unit], -low)], 0.0, what)
        if high < len(candidates):
            self.rows.at_most([seated, (self.open[unit], -high)], 0.0, what)

    def _people(self) -> None:
        p = self.problem
        for holder, candidates in enumerate(self._of_holder):
            what = Shortfall(rule="places", holder=holder)
            low, high = int(p.holder_low[holder]), int(p.holder_high[holder])
            if low:
                self.rows.at_least([(self.seated[candidates], 1.0)], low, what)
            if high < len(candidates):
                self.rows.at_most([(self.seated[candidates], 1.0)], high, what)
        person = p.holder_person[p.holder]
        family = p.family[self.unit_of]
        for candidates in _runs(family, person):
            if len(candidates) > 1:
                at = int(candidates[0])
                what = Shortfall(rule="once", unit=int(self.unit_of[at]), holder=int(p.holder[at]))
                self.rows.at_most([(self.seated[candidates], 1.0)], 1.0, what)

    def _pairs(self) -> None:
        p = self.problem
        for one, other in zip(p.apart_first.tolist(), p.apart_second.tolist(), strict=True):
            unit = int(self.unit_of[one])
            together = unit == int(self.unit_of[other])
            what = Shortfall(rule="apart", unit=unit, holder=int(p.holder[one]))
            terms = [(self.seated[[one, other]], 1.0), *([(self.open[unit], -1.0)] if together else [])]
            self.rows.at_most(terms, 0.0 if together else 1.0, what)
        firsts, seconds = self.seated[p.bonus_first], self.seated[p.bonus_second]
        both = self.rows.columns(len(firsts), whole=False)
        self.rows.each_at_most(0.0, (both, 1.0), (firsts, -1.0))
        self.rows.each_at_most(0.0, (both, 1.0), (seconds, -1.0))
        self.rows.each_at_most(1.0, (firsts, 1.0), (seconds, 1.0), (both, -1.0))
        points = p.bonus_points.tolist()
        self._extras += [Extra(column=c, points=n) for c, n in zip(both.tolist(), points, strict=True)]

    def _rules(self) -> None:  # noqa: C901, PLR0912 - one case each
        for rule in self.problem.rules:
            match rule:
                case Mixture():
                    for unit in rule.units.tolist():
                        self._mixture(rule, unit)
                case Quota():
                    for unit in rule.units.tolist():
                        found = self.members(unit, rule.role)
                        counted = found[rule.people[self._person(found)]]
                        self._between(counted, unit, rule.low, rule.high, rule.name)
                case CommonSlot():
                    for unit in rule.units.tolist():
                        self._common_slot(rule, unit)
                case Solo():
                    for unit in rule.units.tolist():
                        self._solo(rule, unit)
                case Target():
                    for unit in rule.units.tolist():
                        self._target(rule, unit)
                case Cohesion():
                    for unit in rule.units.tolist():
                        self._cohesion(rule, unit)
                case Limit():
                    self._total([(self.seated[rule.candidates], 1.0)], rule.low, rule.high, rule.name)
                case Pool():
                    columns = self._cover(np.flatnonzero(rule.holders))
                    self._total([(columns, 1.0)], rule.low, rule.high, rule.name)
                case Share():
                    self._share(rule)
                case Gap():
                    self._gap(rule)

    def _person(self, candidates: Ints) -> Ints:
        return self.problem.holder_person[self.problem.holder[candidates]]

    def _total(self, terms: list[tuple[Ints, float]], low: int, high: int, rule: str) -> None:
        if low > 0:
            self.rows.at_least(terms, low, Shortfall(rule=rule))
        self.rows.at_most(terms, high, Shortfall(rule=rule))

    def _mixture(self, rule: Mixture, unit: int) -> None:
        found = self.members(unit, rule.role)
        labels = rule.label[self._person(found)]
        values = np.unique(labels[labels >= 0]).tolist()
        what = Shortfall(rule=rule.name, unit=unit)
        if rule.distinct:
            seen = self.rows.columns(len(values), whole=False)
            self.rows.each_at_most(0.0, (seen, 1.0), (np.full(len(values), self.open[unit]), -1.0))
            for column, value in zip(seen.tolist(), values, strict=True):
                self.rows.at_most([(column, 1.0), (self.seated[found[labels == value]], -1.0)], 0.0)
            self.rows.at_least([(seen, 1.0), (self.open[unit], -rule.distinct)], 0.0, what)
        part, whole = rule.share
        for value in values if part < whole else ():
            terms = [(self.seated[found[labels == value]], whole), (self.seated[found], -part)]
            self.rows.at_most(terms, 0.0, what, step=whole)

    def _common_slot(self, rule: CommonSlot, unit: int) -> None:
        found = self.members(unit, rule.role)
        tied = self.problem.tied[found]
        free = rule.free[self._person(found)]
        possible = free[:, free[tied].all(axis=0)]
        blocks = _largest(possible[~tied])
        what = Shortfall(rule=rule.name, unit=unit)
        chosen = self.rows.columns(blocks.shape[1])
        self.rows.equal([(chosen, 1.0), (self.open[unit], -1.0)], 0.0, what)
        for candidate, row in zip(found[~tied].tolist(), blocks, strict=True):
            self.rows.at_most([(self.seated[candidate], 1.0), (chosen[row], -1.0)], 0.0, what)

    def _solo(self, rule: Solo, unit: int) -> None:
        found = self.members(unit, rule.role)
        alone = self.rows.column()
        self.rows.at_least([(alone, 2.0), (self.seated[found], 1.0), (self.open[unit], -2.0)], 0.0)
        if self.problem.tied[found].any():  # somebody is there in any case, so half a cost is never enough
            self.rows.at_least([(alone, 1.0), (self.seated[found], 1.0), (self.open[unit], -2.0)], 0.0)
        self._extras.append(Extra(column=alone, points=-rule.cost))

    def _target(self, rule: Target, unit: int) -> None:
        found = self.members(unit, rule.role)
        off = self.rows.column(whole=False, upper=float(max(rule.size, len(found))))
        here = (self.seated[found], 1.0)
        self.rows.at_least([(off, 1.0), here, (self.open[unit], -rule.size)], 0.0)
        self.rows.at_most([(off, -1.0), here, (self.open[unit], -rule.size)], 0.0)
        self._extras.append(Extra(column=off, points=-rule.cost))

    def _cohesion(self, rule: Cohesion, unit: int) -> None:
        """One topic an open unit; who shares it is there, and has the topic that is chosen."""
        if self._core is not None:
            self._topics_apart(rule, unit, self._core)
            return
        found = self.members(unit, rule.role)
        has = _largest(rule.topics[self._person(found)])
        chosen = self.rows.columns(has.shape[1])
        self.rows.at_most([(chosen, 1.0), (self.open[unit], -1.0)], 0.0)
        for candidate, topics in zip(found.tolist(), has, strict=True):
            if topics.any():
                sharing = self.rows.column(whole=False)
                self.rows.at_most([(sharing, 1.0), (int(self.seated[candidate]), -1.0)], 0.0)
                self.rows.at_most([(sharing, 1.0), (chosen[topics], -1.0)], 0.0)
                self._shared.append(Extra(column=sharing, points=1))
                self._extras.append(Extra(column=sharing, points=rule.points))

    def _topics_apart(self, rule: Cohesion, unit: int, core: Mask) -> None:
        """The seats of a unit once for each topic, all empty but those of the one that is chosen.

        That is the hull of what a unit can be where only sizes bind (Balas 1979): no bound is closer. It has many more
        columns than the rows above, so it is worth it for a core only.
        """
        p, found = self.problem, self._of_unit[unit]
        tied, free = found[p.tied[found]], found[~p.tied[found]]
        counts = np.isin(np.arange(len(p.seat)), self.members(unit, rule.role))
        has = rule.topics[self._person(np.arange(len(p.seat)))] & counts[:, None]
        topics = self.rows.columns(has.shape[1])
        self.rows.equal([(topics, 1.0), (self.open[unit], -1.0)], 0.0)
        copies: dict[int, list[int]] = {candidate: [] for candidate in free.tolist()}
        for number, topic in enumerate(topics.tolist()):
            may = free[core[free, number]]
            copy = self.rows.columns(len(may), whole=False)
            self.rows.each_at_most(0.0, (copy, 1.0), (np.full(len(copy), topic), -1.0))
            for candidate, column in zip(may.tolist(), copy.tolist(), strict=True):
                copies[candidate].append(column)
            for seat in np.flatnonzero(p.seat_unit == unit).tolist():
                here, there = (copy[p.seat[may] == seat], 1.0), int((p.seat[tied] == seat).sum())
                self.rows.at_least([here, (topic, there - int(p.seat_low[seat]))], 0.0)
                self.rows.at_most([here, (topic, there - int(p.seat_high[seat]))], 0.0)
            sharing = [(column, 1) for column in copy[has[may, number]].tolist()]
            for column, members in (*sharing, (topic, int(has[tied, number].sum()))):
                self._shared.append(Extra(column=column, points=members))
                self._extras.append(Extra(column=column, points=members * rule.points))
        for candidate, columns in copies.items():
            self.rows.equal([(np.array(columns, np.int64), 1.0), (int(self.seated[candidate]), -1.0)], 0.0)

    def _share(self, rule: Share) -> None:
        whole = self._cover(np.flatnonzero(rule.whole))
        part = self._cover(np.flatnonzero(rule.whole & rule.part))
        what = Shortfall(rule=rule.name)
        for (few, many), ask in ((rule.at_least, self.rows.at_least), (rule.at_most, self.rows.at_most)):
            if (few, many) != ((0, 1) if ask == self.rows.at_least else (1, 1)):
                ask([(part, many), (whole, -few)], 0.0, what, step=many)

    def _gap(self, rule: Gap) -> None:
        """A column for what each group has in all, and one that is no less than any two averages differ."""
        groups = []
        for number in np.unique(rule.group[rule.group >= 0]).tolist():
            holders = np.flatnonzero(rule.group == number)
            columns, worth = self._cover(holders) if not len(rule.worth) else holders, np.ones(len(holders))
            if len(rule.worth):
                seats = np.concatenate([self._of_holder[holder] for holder in holders.tolist()])
                columns, worth = self.seated[seats], rule.worth[seats]
            lower, upper = float(worth[worth < 0].sum()), float(worth[worth > 0].sum())
            total = self.rows.column(
                whole=False, lower=lower, upper=upper
            )  # HiGHS 1.15 errs where it is declared whole
            parts = [(c, float(w)) for c, w in zip(columns.tolist(), worth.tolist(), strict=True)]
            self.rows.equal([(total, -1.0), *parts], 0.0)
            groups.append((total, len(holders), lower, upper))
        most = max((up / n for _, n, _, up in groups), default=0.0) - min(
            (low / n for _, n, low, _ in groups), default=0.0
        )
        apart = self.rows.column(upper=float(math.ceil(rule.scale * most)))
        for (one, size, *_), (other, others, *_) in permutations(groups, 2):
            shared = math.gcd(size, others)
            factors = (rule.scale * others // shared, -rule.scale * size // shared, -size * others // shared)
            self.rows.at_most(list(zip((one, other, apart), map(float, factors), strict=True)), 0.0)
        if rule.at_most is not None:
            self.rows.at_most([(apart, 1.0)], rule.at_most, Shortfall(rule=rule.name), step=_HUNDREDTHS)
        self._gaps.append(apart)

    def _cover(self, holders: Ints) -> Ints:
        """The columns that say whether holders have a seat."""
        return np.array([self._cover_of(holder) for holder in holders.tolist()], np.int64)

    def _cover_of(self, holder: int) -> int:
        if holder not in self._covered:
            seats = self.seated[self._of_holder[holder]]
            if len(seats) == 1:
                self._covered[holder] = int(seats[0])
            else:
                column = self._covered[holder] = self.rows.column(whole=False)
                self.rows.at_most([(column, 1.0), (seats, -1.0)], 0.0)
                self.rows.each_at_most(0.0, (seats, 1.0), (np.full(len(seats), column), -1.0))
        return self._covered[holder]

    # -- the objectives ------------------------------------------------------------------------------------------------

    def _cost(self, objective: GroupObjective) -> dict[int, int]:
        """Points per column."""
        points: dict[int, int] = {}
        for columns, worth in self._sums(objective):
            for column, each in zip(columns.tolist(), worth.tolist(), strict=True):
                points[column] = points.get(column, 0) + each
        for extras, often in ((self._extras, objective.extras), (self._shared, objective.shared)):
            for extra in extras if often else ():
                points[extra.column] = points.get(extra.column, 0) + extra.points * often
        if objective.least and len(objective.least_of):
            points[self._least(objective.least_of)] = objective.least
        if objective.peak and len(objective.peak_of):
            points[self._peak(objective.peak_of)] = -objective.peak
        for column in self._gaps if objective.gap else ():
            points[column] = -objective.gap
        return points

    def _sums(self, objective: GroupObjective) -> Iterator[tuple[Ints, Ints]]:
        """Columns and the points of each."""
        if len(objective.candidate):
            yield self.seated, objective.candidate
        if len(objective.unit):
            yield self.open, objective.unit
        rewarded = np.flatnonzero(objective.family)
        yield self._complete(rewarded), objective.family[rewarded]
        rewarded = np.flatnonzero(objective.cover)
        yield self._cover(rewarded), objective.cover[rewarded]

    def _complete(self, families: Ints) -> Ints:
        columns = []
        for family in families.tolist():
            units = self.open[self.problem.family == family]
            column = self.rows.column(whole=False, upper=1.0 if len(units) else 0.0)
            self.rows.each_at_most(0.0, (np.full(len(units), column), 1.0), (units, -1.0))
            self.rows.at_least([(column, 1.0), (units, -1.0)], 1.0 - max(1, len(units)))
            columns.append(column)
        return np.array(columns, np.int64)

    def _least(self, worth: Ints) -> int:
        """The smallest total over the open units, 0 when none is open."""
        totals = [worth[candidates] for candidates in self._of_unit]
        most = max((int(total[total > 0].sum()) for total in totals), default=0)
        least = min((int(total[total < 0].sum()) for total in totals), default=0)
        column = self.rows.column(lower=float(min(0, least)), upper=float(max(0, most)))
        for unit, candidates in enumerate(self._of_unit):
            lost = [(int(self.seated[c]), -float(worth[c])) for c in candidates.tolist()]
            self.rows.at_most([(column, 1.0), (self.open[unit], most), *lost], most)
        self.rows.at_most([(column, 1.0), (self.open, -most)], 0.0)
        return column

    def _peak(self, holders: Mask) -> int:
        """The most seats of any of the holders."""
        column = self.rows.column(upper=float(max(1, len(self.problem.seat))))
        for holder in np.flatnonzero(holders).tolist():
            self.rows.at_most([(self.seated[self._of_holder[holder]], 1.0), (column, -1.0)], 0.0)
        return column


def _positions(groups: Ints, count: int) -> list[Ints]:
    """For each group the positions of its entries, ascending."""
    order = np.argsort(groups, kind="stable")
    ends = np.searchsorted(groups[order], np.arange(count + 1))
    return [order[first:last] for first, last in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]


def _runs(*keys: Ints) -> list[Ints]:
    """The positions with equal keys, ascending within each."""
    by_key = np.lexsort(keys[::-1])
    changes = np.zeros(max(0, len(by_key) - 1), np.bool_)
    for key in keys:
        changes |= key[by_key][1:] != key[by_key][:-1]
    return list(np.split(by_key, np.flatnonzero(changes) + 1)) if len(by_key) else []


def _largest(free: Mask) -> Mask:
    """The blocks without those at which nobody is free who is not free at another block too."""
    blocks = np.unique(free, axis=1) if free.size else free[:, :1]
    order = np.argsort(-blocks.sum(axis=0), kind="stable")
    kept: list[int] = []
    for block in order.tolist():
        column = blocks[:, block]
        if not any(np.array_equal(column & blocks[:, other], column) for other in kept):
            kept.append(block)
    return blocks[:, sorted(kept)]
