"""Tiny random problems about groups and peers, and everything that could be answered to them, counted over arrays."""

from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from mentorctl.optimize.groups.problem import GroupObjective, GroupProblem, PeerObjective, PeerProblem
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
    Target,
)

type Ints = NDArray[np.int64]
type Mask = NDArray[np.bool_]

MENTEE, MENTOR = 0, 1
SHAPES = ("circles", "teams", "mosaic", "projects", "wild")
_MOST_CHOICES = 12  # free candidates and units: each doubles the number of answers


def ints(*values: int) -> Ints:
    return np.array(values, np.int64)


@dataclass(kw_only=True)
class Draft:
    """A problem in the making: people, holders, units, seats and candidates as rows."""

    holders: list[tuple[int, int, int, int]]  # person, role, low, high
    units: list[tuple[bool, int]]  # must open, family
    seats: list[tuple[int, int, int]]  # unit, low, high
    candidates: list[tuple[int, int, bool]]  # seat, holder, tied

    def problem(self, rng: Generator) -> GroupProblem:
        self.candidates = thinned(rng, self.candidates, _MOST_CHOICES - len(self.units))
        people = max(person for person, *_ in self.holders) + 1
        columns: dict[str, Any] = {}
        for names, rows in (
            (("holder_person", "holder_role", "holder_low", "holder_high"), self.holders),
            (("must_open", "family"), self.units),
            (("seat_unit", "seat_low", "seat_high"), self.seats),
            (("seat", "holder", "tied"), self.candidates),
        ):
            table = np.array(rows, np.int64).reshape(-1, len(names))
            columns |= {name: table[:, at] for at, name in enumerate(names)}
        columns |= {name: columns[name].astype(np.bool_) for name in ("must_open", "tied")}
        bare = GroupProblem(people=people, **columns, objectives=())
        pairs = some_pairs(rng, len(self.candidates), 2)
        bonus = some_pairs(rng, len(self.candidates), 3)
        return GroupProblem(
            people=people,
            **columns,
            apart_first=pairs[:, 0],
            apart_second=pairs[:, 1],
            bonus_first=bonus[:, 0],
            bonus_second=bonus[:, 1],
            bonus_points=rng.integers(-5, 6, len(bonus)),
            rules=some_rules(rng, bare),
            objectives=tuple(some_objective(rng, bare, at) for at in range(rng.integers(1, 4))),
        )


def thinned(rng: Generator, candidates: list[tuple[int, int, bool]], most_free: int) -> list[tuple[int, int, bool]]:
    """All tied candidates, and some of the others in any order."""
    free = [c for c in candidates if not c[2]]
    kept = [free[at] for at in rng.permutation(len(free))[:most_free].tolist()]
    everyone = [*(c for c in candidates if c[2]), *kept]
    return [everyone[at] for at in rng.permutation(len(everyone)).tolist()]


def some_pairs(rng: Generator, count: int, most: int) -> Ints:
    pairs = list(combinations(range(count), 2))
    found = [pairs[at] for at in rng.permutation(len(pairs))[: rng.integers(0, most + 1)].tolist()]
    turned = [pair if rng.random() < 0.5 else pair[::-1] for pair in found]
    return np.array(turned, np.int64).reshape(-1, 2)


def interval(rng: Generator, low: int, high: int) -> tuple[int, int]:
    one, other = sorted(rng.integers(low, high + 1, 2).tolist())
    return one, other


def draw(rng: Generator, shape: str) -> GroupProblem:
    """A random problem of a shape; whatever is asked for may be impossible."""
    return {"circles": circles, "teams": teams, "mosaic": mosaic, "projects": projects, "wild": wild}[shape](rng)


def circles(rng: Generator) -> GroupProblem:
    """Mentors who each lead a circle, perhaps with a co-mentor."""
    mentors, mentees = int(rng.integers(2, 4)), int(rng.integers(3, 5))
    co_mentors = rng.random() < 0.5
    people = mentors + mentees
    holders = [(m, MENTOR, 0, int(rng.integers(1, 3))) for m in range(mentors)]
    holders += [(p, MENTEE, int(rng.random() < 0.1), 1) for p in range(mentors, people)]
    low, high = interval(rng, 1, 3)
    seats = [seat for m in range(mentors) for seat in ((m, 1, 1 + co_mentors), (m, low, high))]
    candidates = [(2 * m, m, True) for m in range(mentors)]
    candidates += [(2 * m + 1, p, False) for m in range(mentors) for p in range(mentors, people)]
    if co_mentors:
        candidates += [(2 * m, n, False) for m in range(mentors) for n in range(mentors) if n != m]
    units = [(bool(rng.random() < 0.15), m) for m in range(mentors)]
    return Draft(holders=holders, units=units, seats=seats, candidates=candidates).problem(rng)


def teams(rng: Generator) -> GroupProblem:
    """Teams that are there and get one or two mentors."""
    count, mentors = int(rng.integers(1, 4)), int(rng.integers(2, 4))
    sizes = rng.integers(1, 4, count).tolist()
    holders = [(m, MENTOR, int(rng.random() < 0.1), int(rng.integers(1, 3))) for m in range(mentors)]
    holders += [(mentors + p, MENTEE, 0, 1) for p in range(sum(sizes))]
    seats, candidates, place = [], [], mentors
    for team, size in enumerate(sizes):
        seats += [(team, size, size), (team, 1, int(rng.integers(1, 3)))]
        candidates += [(2 * team, place + p, True) for p in range(size)]
        candidates += [(2 * team + 1, m, False) for m in range(mentors)]
        place += size
    units = [(bool(rng.random() < 0.3), team) for team in range(count)]
    return Draft(holders=holders, units=units, seats=seats, candidates=candidates).problem(rng)


def mosaic(rng: Generator) -> GroupProblem:
    """One unit for each need of each mentee, whose mentors are all different."""
    mentees, needs, mentors = 2, 2, int(rng.integers(2, 4))
    holders = [(m, MENTOR, 0, int(rng.integers(1, 4))) for m in range(mentors)]
    holders += [(mentors + e, MENTEE, 0, int(rng.integers(1, needs + 1))) for e in range(mentees)]
    units, seats, candidates = [], [], []
    for unit, (mentee, _) in enumerate(product(range(mentees), range(needs))):
        units.append((bool(rng.random() < 0.1), mentee))
        seats.append((unit, 1, 1))
        candidates += [(unit, m, False) for m in range(mentors)]
    return Draft(holders=holders, units=units, seats=seats, candidates=candidates).problem(rng)


def projects(rng: Generator) -> GroupProblem:
    """Projects with seats for mentors and for mentees; some people may be either."""
    people = int(rng.integers(4, 6))
    roles = [(person, role) for person in range(people) for role in (MENTEE, MENTOR) if rng.random() < 0.6]
    holders = [(p, role, 0, int(rng.integers(1, 3))) for p, role in roles] or [(0, MENTEE, 0, 1)]
    seats: list[tuple[int, int, int]] = []
    candidates: list[tuple[int, int, bool]] = []
    for unit in range(2):
        for role in (MENTEE, MENTOR):
            candidates += [(len(seats), h, False) for h, holder in enumerate(holders) if holder[1] == role]
            seats.append((unit, *interval(rng, 0, 2)))
    units = [(bool(rng.random() < 0.2), unit) for unit in range(2)]
    return Draft(holders=holders, units=units, seats=seats, candidates=candidates).problem(rng)


def wild(rng: Generator) -> GroupProblem:
    """Anything that fits together."""
    people, holders_count, unit_count = rng.integers(1, 5), int(rng.integers(1, 6)), int(rng.integers(1, 4))
    holders = [
        (int(rng.integers(people)), int(rng.integers(3)), int(rng.random() < 0.1), int(rng.integers(1, 3)))
        for _ in range(holders_count)
    ]
    units = [(bool(rng.random() < 0.2), int(rng.integers(unit_count))) for _ in range(unit_count)]
    seats = [(int(rng.integers(unit_count)), *interval(rng, 0, 3)) for _ in range(rng.integers(1, 4))]
    possible = [(s, h) for s in range(len(seats)) for h in range(holders_count)]
    picked = [possible[at] for at in rng.permutation(len(possible))[:8].tolist()]
    candidates = [(s, h, bool(rng.random() < 0.2)) for s, h in picked]
    return Draft(holders=holders, units=units, seats=seats, candidates=candidates).problem(rng)


def some_rules(rng: Generator, p: GroupProblem) -> tuple[Rule, ...]:
    """Up to three random rules, no two about common slots."""
    found = [some_rule(rng, p, at) for at in range(rng.integers(0, 4))]
    slots = [rule for rule in found if isinstance(rule, CommonSlot)]
    return tuple(rule for rule in found if rule not in slots[1:])


def some_rule(rng: Generator, p: GroupProblem, at: int) -> Rule:
    """A random rule of a random kind."""
    role = int(rng.choice([ANY_ROLE, MENTEE, MENTOR]))
    where: dict[str, Any] = {"name": f"rule_{at}", "units": np.flatnonzero(rng.random(p.units) < 0.7)}
    holders, low, high = len(p.holder_person), *interval(rng, 0, 3)
    mask = rng.random(holders) < 0.6
    share = (int(rng.integers(1, 4)), 4)
    group = rng.integers(-1, 3, holders)
    bound = int(rng.integers(20, 90)) if rng.random() < 0.5 else None
    kind = int(rng.integers(13))
    choices: list[Rule] = [
        Mixture(**where, role=role, label=rng.integers(-1, 3, p.people), distinct=int(rng.integers(1, 3))),
        Mixture(**where, role=role, label=rng.integers(-1, 3, p.people), share=share),
        Quota(**where, role=role, people=rng.random(p.people) < 0.5, low=low // 2, high=high),
        CommonSlot(**where, role=role, free=rng.random((p.people, int(rng.integers(0, 6)))) < 0.7),
        Solo(**where, role=role, cost=int(rng.integers(0, 5))),
        Target(**where, role=role, size=int(rng.integers(0, 4)), cost=int(rng.integers(0, 5))),
        Cohesion(**where, role=role, topics=rng.random((p.people, int(rng.integers(0, 4)))) < 0.5, points=at + 1),
        Limit(name=f"rule_{at}", candidates=np.flatnonzero(rng.random(len(p.seat)) < 0.5), low=low // 2, high=high),
        Pool(name=f"rule_{at}", holders=mask, low=low // 2, high=high),
        Share(name=f"rule_{at}", part=mask, whole=rng.random(holders) < 0.8, at_least=share),
        Share(name=f"rule_{at}", part=mask, whole=rng.random(holders) < 0.8, at_most=share),
        Gap(name=f"rule_{at}", group=group, scale=100, at_most=bound),
        Gap(name=f"rule_{at}", group=group, scale=10, worth=rng.integers(-2, 9, len(p.seat)), at_most=bound),
    ]
    return choices[kind]


def some_objective(rng: Generator, p: GroupProblem, at: int) -> GroupObjective:
    """A random sum of the things that can be worth something."""
    kind = int(rng.integers(9))
    candidates, holders = len(p.seat), len(p.holder_person)
    parts: tuple[dict[str, Any], ...] = (
        {"candidate": rng.integers(-3, 10, candidates)},
        {"cover": rng.integers(0, 2, holders)},
        {"unit": np.ones(p.units, np.int64), "extras": int(rng.integers(0, 2)), "shared": int(rng.integers(0, 2))},
        {"family": np.ones(int(p.family.max()) + 1, np.int64)},
        {"least": 1, "least_of": rng.integers(-3, 10, candidates)},
        {"cover": np.ones(holders, np.int64), "peak": 1, "peak_of": rng.random(holders) < 0.7},
        {"candidate": rng.integers(0, 10, candidates), "extras": 1, "cover": rng.integers(-2, 5, holders)},
        {"candidate": rng.integers(0, 3, candidates), "least": 2, "least_of": rng.integers(0, 5, candidates)},
        {"unit": np.ones(p.units, np.int64), "gap": 1},
    )
    return GroupObjective(name=f"objective_{at}", **parts[kind])


# -- everything that could be answered ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False)
class Everything:
    """All answers that keep the rules, one a row, and what each is worth; `best` is the best worth in order."""

    chosen: Mask
    open: Mask
    worth: Ints

    @property
    def best(self) -> tuple[int, ...] | None:
        return max(map(tuple, self.worth.tolist()), default=None)


class Counted:
    """Every choice of units and candidates of a problem as rows of arrays."""

    def __init__(self, problem: GroupProblem, chosen: Mask, is_open: Mask) -> None:
        self.p, self.x, self.y = problem, chosen, is_open
        self.unit = problem.seat_unit[problem.seat]
        self.person = problem.holder_person[problem.holder]
        self.role = problem.holder_role[problem.holder]
        self.covered = np.stack(
            [chosen[:, problem.holder == h].any(axis=1) for h in range(len(problem.holder_person))], axis=1
        )

    def count(self, which: Mask | Ints) -> Ints:
        return self.x[:, which].sum(axis=1, dtype=np.int64)

    def here(self, unit: int, role: int = ANY_ROLE) -> Mask:
        return np.asarray((self.unit == unit) & ((self.role == role) | (role == ANY_ROLE)))

    def allowed(self) -> Mask:
        p, x, y = self.p, self.x, self.y
        good = (y | ~p.must_open).all(axis=1) & (~x | y[:, self.unit]).all(axis=1)
        good &= (x | ~p.tied | ~y[:, self.unit]).all(axis=1)
        for seat, unit in enumerate(p.seat_unit.tolist()):
            taken = self.count(p.seat == seat)
            good &= ~y[:, unit] | ((taken >= p.seat_low[seat]) & (taken <= p.seat_high[seat]))
        for holder in range(len(p.holder_person)):
            taken = self.count(p.holder == holder)
            good &= (taken >= p.holder_low[holder]) & (taken <= p.holder_high[holder])
        for family, person in product(set(p.family.tolist()), range(p.people)):
            good &= self.count((p.family[self.unit] == family) & (self.person == person)) <= 1
        good &= ~(x[:, p.apart_first] & x[:, p.apart_second]).any(axis=1)
        for rule in p.rules:
            good &= self.keeps(rule)
        return np.asarray(good)

    def keeps(self, rule: Rule) -> Mask:
        if isinstance(rule, Mixture | Quota | CommonSlot):
            good = np.ones(len(self.x), np.bool_)
            for unit in rule.units.tolist():
                good &= ~self.y[:, unit] | self.unit_keeps(rule, self.here(unit, rule.role))
            return good
        if isinstance(rule, Limit):
            count = self.count(rule.candidates)
            return (count >= rule.low) & (count <= rule.high)
        if isinstance(rule, Pool):
            count = self.covered[:, rule.holders].sum(axis=1)
            return (count >= rule.low) & (count <= rule.high)
        if isinstance(rule, Share):
            part = self.covered[:, rule.whole & rule.part].sum(axis=1)
            whole = self.covered[:, rule.whole].sum(axis=1)
            low, high = rule.at_least, rule.at_most
            return (part * low[1] >= low[0] * whole) & (part * high[1] <= high[0] * whole)
        if isinstance(rule, Gap) and rule.at_most is not None:
            return self.apart(rule) <= rule.at_most
        return np.ones(len(self.x), np.bool_)

    def unit_keeps(self, rule: Mixture | Quota | CommonSlot, here: Mask) -> Mask:
        if isinstance(rule, Mixture):
            label = rule.label[self.person]
            counts = np.stack([self.count(here & (label == value)) for value in range(3)], axis=1)
            at_most = counts * rule.share[1] <= rule.share[0] * self.count(here)[:, None]
            return ((counts > 0).sum(axis=1) >= rule.distinct) & at_most.all(axis=1)
        if isinstance(rule, Quota):
            count = self.count(here & rule.people[self.person])
            return (count >= rule.low) & (count <= rule.high)
        members = self.x & here
        fits = [~(members & ~rule.free[self.person, block]).any(axis=1) for block in range(rule.free.shape[1])]
        return np.array(fits, np.bool_).reshape(-1, len(self.x)).any(axis=0)

    def apart(self, rule: Gap) -> Ints:
        """How far two groups lie apart at most, rounded up: each two compared over their common denominator."""
        has = self.covered.astype(np.int64)
        if len(rule.worth):
            ends = np.eye(len(rule.group), dtype=np.int64)[self.p.holder]
            has = self.x @ (rule.worth[:, None] * ends)
        groups = [has[:, rule.group == number] for number in sorted(set(rule.group.tolist()) - {-1})]
        furthest = np.zeros(len(self.x), np.int64)
        for one, other in combinations(groups, 2):
            wide = one.shape[1] * other.shape[1]
            apart = np.abs(one.sum(axis=1) * other.shape[1] - other.sum(axis=1) * one.shape[1]) * rule.scale
            furthest = np.maximum(furthest, -(-apart // wide))
        return furthest

    def shared(self, o: GroupObjective) -> Ints:
        total = np.zeros(len(self.x), np.int64)
        for rule in (rule for rule in self.p.rules if isinstance(rule, Cohesion)):
            for unit in rule.units.tolist():
                members = (self.x & self.here(unit, rule.role)).astype(np.int64)
                counts = members @ rule.topics[self.person].astype(np.int64)
                each = counts.max(axis=1, initial=0) * self.y[:, unit]
                total += (o.extras * rule.points + o.shared) * each
        return total

    def worth(self, o: GroupObjective) -> Ints:
        p, x, y = self.p, self.x, self.y
        total = np.zeros(len(x), np.int64)
        total += x @ o.candidate if len(o.candidate) else 0
        total += y @ o.unit if len(o.unit) else 0
        total += self.covered @ o.cover if len(o.cover) else 0
        if len(o.family):
            for family in set(p.family.tolist()):
                total += y[:, p.family == family].all(axis=1) * o.family[family]
        total += o.extras * ((x[:, p.bonus_first] & x[:, p.bonus_second]) @ p.bonus_points)
        for rule in p.rules:
            if isinstance(rule, Solo | Target):
                for unit in rule.units.tolist():
                    count = self.count(self.here(unit, rule.role))
                    lost = np.abs(count - rule.size) if isinstance(rule, Target) else count < 2
                    total -= o.extras * rule.cost * lost * y[:, unit]
        total += self.shared(o)
        if o.least:
            each = np.stack([x @ np.where(self.unit == u, o.least_of, 0) for u in range(p.units)], axis=1)
            smallest = np.where(y, each, 10**6).min(axis=1)
            total += o.least * np.where(y.any(axis=1), smallest, 0)
        for rule in p.rules:
            if isinstance(rule, Gap):
                total -= o.gap * self.apart(rule)
        if o.peak:
            loads = [self.count(p.holder == h) for h in np.flatnonzero(o.peak_of).tolist()]
            total -= o.peak * np.max([*loads, np.zeros(len(x), np.int64)], axis=0)
        return total


def every_choice(count: int) -> Mask:
    return (np.arange(1 << count)[:, None] >> np.arange(count) & 1).astype(np.bool_)


def everything(problem: GroupProblem) -> Everything:
    """All answers to a tiny problem."""
    free = np.flatnonzero(~problem.tied)
    bits = every_choice(len(free) + problem.units)
    is_open = bits[:, len(free) :]
    chosen = is_open[:, problem.seat_unit[problem.seat]].copy()
    chosen[:, free] = bits[:, : len(free)]
    counted = Counted(problem, chosen, is_open)
    good = counted.allowed()
    kept = Counted(problem, chosen[good], is_open[good])
    worth = np.stack([kept.worth(o) for o in problem.objectives], axis=1)
    return Everything(chosen=chosen[good], open=is_open[good], worth=worth)


# -- peers -------------------------------------------------------------------------------------------------------------


def draw_peers(rng: Generator) -> PeerProblem:
    """A random pool, some of whose pairs are allowed; whatever is asked for may be impossible."""
    people = int(rng.integers(2, 7))
    pairs = list(combinations(range(people), 2))
    kept = np.array([pairs[at] for at in rng.permutation(len(pairs))[: rng.integers(0, 10)].tolist()]).reshape(-1, 2)
    several = rng.random() < 0.3
    low = np.where(rng.random(people) < 0.1, 1, 0)
    has_trio = int(rng.random() < 0.7)
    return PeerProblem(
        people=people,
        first=kept[:, 0].astype(np.int64),
        second=kept[:, 1].astype(np.int64),
        forced=rng.random(len(kept)) < 0.1,
        low=low.astype(np.int64),
        high=rng.integers(1, 3, people) if several else np.ones(people, np.int64),
        trios=(int(has_trio and rng.random() < 0.3), has_trio),
        objectives=tuple(
            PeerObjective(
                name=f"objective_{at}",
                pair=rng.integers(-2, 8, len(kept)) * int(rng.random() < 0.7),
                cover=rng.integers(0, 2, people) * int(rng.random() < 0.6),
            )
            for at in range(rng.integers(1, 4))
        ),
    )


def best_peers(problem: PeerProblem) -> tuple[int, ...] | None:
    """The best worth in order over all choices of pairs and a trio."""
    pairs = [*zip(problem.first.tolist(), problem.second.tolist(), strict=True)]
    at = {pair: place for place, pair in enumerate(pairs)}
    ends = np.zeros((len(pairs), problem.people), np.int64)
    for place, pair in enumerate(pairs):
        ends[place, list(pair)] = 1
    choices = every_choice(len(pairs))
    choices = choices[(choices | ~problem.forced).all(axis=1)]
    best = None
    triangles = [t for t in combinations(range(problem.people), 3) if all(pair in at for pair in combinations(t, 2))]
    none: list[tuple[int, ...]] = [()]
    for trio in (none if problem.trios[0] == 0 else []) + (triangles if problem.trios[1] else []):
        inside = [at[pair] for pair in combinations(trio, 2)]
        if problem.forced[inside].any():
            continue
        member = np.isin(np.arange(problem.people), trio)
        met = choices @ ends + member
        good = ((met >= problem.low) & (met <= problem.high)).all(axis=1) & ~choices[:, inside].any(axis=1)
        worth = [choices @ o.pair + o.pair[inside].sum() + (met > 0) @ o.cover for o in problem.objectives]
        found = max(map(tuple, np.stack(worth, axis=1)[good].tolist()), default=None)
        best = max((b for b in (best, found) if b is not None), default=None)
    return best
