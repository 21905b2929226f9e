"""What the optimizer decides about groups, as arrays: people take seats in units that may open.

A *unit* is a group that may come to be: a mentor's circle, an existing team, a project, one need of one mentee. It has
one or more kinds of *seats*. A *holder* is a person in a role with an interval for how many seats they take in it.
A *candidate* is a holder who could take a seat, and the answer says which candidates are chosen and which units open.
A closed unit has no members and breaks no rule.

Holders, units and people are numbered in the order of their ids: the tie-break is a hash of these places, so that the
answer depends neither on the order of the rows nor on the spelling of the ids.
"""

from collections.abc import Iterator
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.groups.peer_certificate import PeerCertificate
from mentorctl.optimize.groups.rules import (
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
    no_numbers,
)
from mentorctl.values import dataclass

type Ints = NDArray[np.int64]
type Mask = NDArray[np.bool_]

NO_BLOCK, LEAF = -1, -1
UNLIMITED = 1 << 31


def _nobody() -> Mask:
    return np.zeros(0, np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupObjective:
    """What to maximize, as a sum; an empty array counts nothing.

    `candidate` per chosen candidate, `unit` per open unit, `family` per family whose units are all open, `cover` per
    holder with at least one seat; `extras` times the bonuses of pairs and the points of Cohesion less the costs of Solo
    and Target; `shared` times the members who have the topic of their unit. `least` times the smallest total of
    `least_of`, which has a number per candidate, over the open units (0 when none is open); less `peak` times the most
    seats that any holder of `peak_of` has, and `gap` times what each Gap comes to. `extras`, `shared`, `least`, `peak`
    and `gap` are 0 or more.
    """

    name: str
    candidate: Ints = field(default_factory=no_numbers)
    unit: Ints = field(default_factory=no_numbers)
    family: Ints = field(default_factory=no_numbers)
    cover: Ints = field(default_factory=no_numbers)
    extras: int = 0
    shared: int = 0
    least: int = 0
    least_of: Ints = field(default_factory=no_numbers)
    peak: int = 0
    peak_of: Mask = field(default_factory=_nobody)
    gap: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupProblem:
    """Who may sit where, under which rules, and what is best. Raises ValueError where the arrays do not fit together.

    `people` counts them. Per holder: the person, the role (a number of the caller's choice, 0 or more) and how many
    seats in all they take, `holder_low` to `holder_high`.

    Per unit: `must_open`, and a `family`, a number from 0. One person takes at most one seat in the units of one
    family, in whatever role. Usually every unit is its own family; with one unit per need of a
    mentee, the mentee is the family, which keeps their mentors distinct.

    Per seat kind: its unit, and how many are taken when the unit is open, `seat_low` to `seat_high`.

    Per candidate: the seat kind, the holder, and `tied`, which says that they are a member whenever the unit is open:
    the lead mentor of a circle, the mentees of a team, the members of a standing group. They count like all others. No
    two candidates have the same seat and holder. `apart` are pairs of candidates that are not both chosen, `bonus`
    pairs that give points (perhaps below zero) when both are; each pair appears once.
    """

    people: int
    holder_person: Ints
    holder_role: Ints
    holder_low: Ints
    holder_high: Ints
    must_open: Mask
    family: Ints
    seat_unit: Ints
    seat_low: Ints
    seat_high: Ints
    seat: Ints
    holder: Ints
    tied: Mask
    objectives: tuple[GroupObjective, ...]
    apart_first: Ints = field(default_factory=no_numbers)
    apart_second: Ints = field(default_factory=no_numbers)
    bonus_first: Ints = field(default_factory=no_numbers)
    bonus_second: Ints = field(default_factory=no_numbers)
    bonus_points: Ints = field(default_factory=no_numbers)
    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        for defect in _group_defects(self):
            raise ValueError(defect)

    @property
    def units(self) -> int:
        return len(self.must_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """One demand that the best attempt at an answer misses, and by how much.

    `rule` is the name of a rule, or one of the words `open` (a unit that must open), `seats` (of a unit), `places` (of
    a holder), `once` (a person once per family), `apart`, `pair` (one that is forced), `trio`. `unit` and `holder` (for
    peers the person) say where, -1 where that has no meaning.
    """

    rule: str
    unit: int = -1
    holder: int = -1
    missing: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Branches:
    """A proof of what answers can be worth at most: units are closed or opened until prices prove each case.

    What is priced is the sum of all objectives and the tie-break, each taken as often as `terms` says. `unit` lists the
    cases from the first on: a unit, then the case in which it is closed with all that follows from it, then the one in
    which it is open; LEAF is a case that the next row of `prices` proves, one per holder and seat kind.
    """

    terms: tuple[int, ...]
    unit: Ints
    prices: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupAnswer:
    """Which candidates sit, which units are open, in which block they can meet (NO_BLOCK without a rule for it).

    `status` is `optimal`, `feasible` (the time was up: the best so far), `infeasible` (then `shortfalls` is a smallest
    set of demands to give up) or `no answer` (the time was up before there was one). `values` and `bounds` belong to
    the objectives: no answer that is as good in the earlier ones exceeds the bound; `gap` is their difference.
    `settled` says that the tie-break was finished too, so that any solver gives this very answer. `proofs` are
    there where prices prove all of that: one for everything, or one for the objectives and one for the tie-break.
    """

    status: str
    chosen: Mask
    opened: Mask
    block: Ints
    values: tuple[int, ...]
    bounds: tuple[int, ...]
    settled: bool
    shortfalls: tuple[Shortfall, ...] = ()
    proofs: tuple[Branches, ...] = ()

    @property
    def answered(self) -> bool:
        return self.status in {"optimal", "feasible"}

    @property
    def proved(self) -> bool:
        return self.status == "optimal"

    @property
    def gap(self) -> tuple[int, ...]:
        return tuple(bound - value for value, bound in zip(self.values, self.bounds, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeerObjective:
    """What to maximize: points per pair (a trio gives those of its three pairs), and per person with a match.

    `most` are the points of a pair in a larger problem of which this is a part, so that both are weighed alike.
    """

    name: str
    pair: Ints
    cover: Ints
    most: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeerProblem:
    """One pool of people, numbered in the order of their ids, and the unordered pairs that are allowed.

    Every pair appears once with `first < second`. Each person is in `low` to `high` matches, of which a trio is one.
    `forced` pairs are matched, as pairs. Three people with three allowed pairs, none of them forced, may be a trio,
    which uses its pairs. `trios` = (at least, at most) says how many there are, one at most: (0, 1) for an odd pool,
    (0, 0) where the odd person sits out. Raises ValueError where the arrays do not fit together.
    """

    people: int
    first: Ints
    second: Ints
    forced: Mask
    low: Ints
    high: Ints
    trios: tuple[int, int]
    objectives: tuple[PeerObjective, ...]

    def __post_init__(self) -> None:
        for defect in _peer_defects(self):
            raise ValueError(defect)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeerAnswer:
    """The chosen pairs, and trios as rows of three people in order; as GroupAnswer, with certificates of the kernel."""

    status: str
    chosen: Mask
    trios: Ints
    values: tuple[int, ...]
    bounds: tuple[int, ...]
    settled: bool
    shortfalls: tuple[Shortfall, ...] = ()
    certificates: tuple[PeerCertificate, ...] = ()

    @property
    def answered(self) -> bool:
        return self.status in {"optimal", "feasible"}

    @property
    def proved(self) -> bool:
        return self.status == "optimal"

    @property
    def gap(self) -> tuple[int, ...]:
        return tuple(bound - value for value, bound in zip(self.values, self.bounds, strict=True))


# -- whether the arrays fit together -----------------------------------------------------------------------------------


def _group_defects(p: GroupProblem) -> Iterator[str]:
    candidates, holders, seats = len(p.seat), len(p.holder_person), len(p.seat_unit)
    yield from _sizes(
        ("holder_role", p.holder_role, holders),
        ("holder_low", p.holder_low, holders),
        ("holder_high", p.holder_high, holders),
        ("family", p.family, p.units),
        ("seat_low", p.seat_low, seats),
        ("seat_high", p.seat_high, seats),
        ("holder", p.holder, candidates),
        ("tied", p.tied, candidates),
        ("apart_second", p.apart_second, len(p.apart_first)),
        ("bonus_second", p.bonus_second, len(p.bonus_first)),
        ("bonus_points", p.bonus_points, len(p.bonus_first)),
    )
    yield from _numbers(
        ("holder_person", p.holder_person, p.people),
        ("seat_unit", p.seat_unit, p.units),
        ("seat", p.seat, seats),
        ("holder", p.holder, holders),
        ("family", p.family, UNLIMITED),
        ("holder_role", p.holder_role, UNLIMITED),
        ("apart_first", p.apart_first, candidates),
        ("apart_second", p.apart_second, candidates),
        ("bonus_first", p.bonus_first, candidates),
        ("bonus_second", p.bonus_second, candidates),
    )
    yield from _intervals(("holder", p.holder_low, p.holder_high), ("seat", p.seat_low, p.seat_high))
    for name, first, second in (
        ("candidates", p.seat, p.holder),
        ("`apart`", np.minimum(p.apart_first, p.apart_second), np.maximum(p.apart_first, p.apart_second)),
        ("`bonus`", np.minimum(p.bonus_first, p.bonus_second), np.maximum(p.bonus_first, p.bonus_second)),
    ):
        if len(first) == len(second) and len({*zip(first.tolist(), second.tolist(), strict=True)}) != len(first):
            yield f"{name}: the same two appear twice"
    if np.any(p.apart_first == p.apart_second) or np.any(p.bonus_first == p.bonus_second):
        yield "a candidate is paired with itself"
    for rule in p.rules:
        yield from (f"`{rule.name}`: {defect}" for defect in _rule_defects(p, rule))
    slotted = [unit for rule in p.rules if isinstance(rule, CommonSlot) for unit in rule.units.tolist()]
    if len(set(slotted)) != len(slotted):
        yield "a unit has two rules about a common slot"
    for objective in p.objectives:
        yield from (f"`{objective.name}`: {defect}" for defect in _objective_defects(p, objective))


def _rule_defects(p: GroupProblem, rule: Rule) -> Iterator[str]:  # noqa: C901, PLR0912 - one case each
    holders = len(p.holder_person)
    match rule:
        case Mixture():
            yield from _sizes(("label", rule.label, p.people))
            yield from _fractions(rule.share)
        case Quota():
            yield from _sizes(("people", rule.people, p.people))
        case CommonSlot():
            yield from _sizes(("free", rule.free, p.people))
        case Limit():
            yield from _numbers(("candidates", rule.candidates, len(p.seat)))
        case Pool():
            yield from _sizes(("holders", rule.holders, holders))
        case Share():
            yield from _sizes(("part", rule.part, holders), ("whole", rule.whole, holders))
            yield from _fractions(rule.at_least, rule.at_most)
        case Gap():
            yield from _sizes(("group", rule.group, holders))
            yield from _sizes(("worth", rule.worth, len(p.seat) if len(rule.worth) else 0))
            if rule.scale < 1:
                yield f"{rule.scale} parts are no scale"
        case Solo() | Target():
            if rule.cost < 0:
                yield f"the cost {rule.cost} is below zero"
        case Cohesion():
            yield from _sizes(("topics", rule.topics, p.people))
            if rule.points < 0:
                yield f"the {rule.points} points are below zero"
    if isinstance(rule, Mixture | Quota | CommonSlot | Solo | Target | Cohesion):
        yield from _numbers(("units", rule.units, p.units))
        if len(set(rule.units.tolist())) != len(rule.units):
            yield "a unit appears twice"
    if isinstance(rule, Quota | Limit | Pool) and not 0 <= rule.low <= rule.high:
        yield f"{rule.low} to {rule.high} is no interval"


def _objective_defects(p: GroupProblem, objective: GroupObjective) -> Iterator[str]:
    families = int(p.family.max(initial=-1)) + 1
    wanted = (
        ("candidate", objective.candidate, len(p.seat)),
        ("unit", objective.unit, p.units),
        ("family", objective.family, families),
        ("cover", objective.cover, len(p.holder_person)),
        ("least_of", objective.least_of, len(p.seat)),
        ("peak_of", objective.peak_of, len(p.holder_person)),
    )
    yield from _sizes(*((name, array, size) for name, array, size in wanted if len(array)))
    for name, array, _ in wanted:
        if len(array) and np.abs(array.astype(np.int64)).max() > UNLIMITED:
            yield f"`{name}` has a number beyond {UNLIMITED}"
    if min(objective.extras, objective.shared, objective.least, objective.peak, objective.gap) < 0:
        yield "`extras`, `shared`, `least`, `peak` and `gap` are 0 or more"


def _peer_defects(p: PeerProblem) -> Iterator[str]:
    pairs, people = len(p.first), p.people
    yield from _sizes(("second", p.second, pairs), ("forced", p.forced, pairs))
    yield from _sizes(("low", p.low, people), ("high", p.high, people))
    yield from _numbers(("first", p.first, p.people), ("second", p.second, p.people))
    yield from _intervals(("person", p.low, p.high))
    if len(p.second) == pairs:
        if np.any(p.first >= p.second):
            yield "a pair does not have its lower number first"
        if not np.diff(np.sort(p.first * (int(p.second.max(initial=0)) + 1) + p.second)).all():
            yield "a pair appears twice"
    if not 0 <= p.trios[0] <= p.trios[1] <= 1:
        yield f"{p.trios[0]} to {p.trios[1]} trios; there is one at most"
    for one in p.objectives:
        sizes = _sizes(("pair", one.pair, pairs), ("cover", one.cover, p.people))
        yield from (f"`{one.name}`: {defect}" for defect in sizes)


def _sizes(*wanted: tuple[str, Ints | Mask, int]) -> Iterator[str]:
    for name, array, size in wanted:
        if len(array) != size:
            yield f"`{name}` has {len(array)} entries where {size} are needed"


def _numbers(*wanted: tuple[str, Ints, int]) -> Iterator[str]:
    for name, array, end in wanted:
        if len(array) and not 0 <= array.min() <= array.max() < end:
            yield f"`{name}` has a number outside 0 to {end - 1}"


def _intervals(*wanted: tuple[str, Ints, Ints]) -> Iterator[str]:
    for name, low, high in wanted:
        if len(low) == len(high) and (np.any(low < 0) or np.any(low > high) or np.any(high > UNLIMITED)):
            yield f"a {name} has bounds that are no interval within 0 to {UNLIMITED}"


def _fractions(*wanted: tuple[int, int]) -> Iterator[str]:
    for part, whole in wanted:
        if not 0 <= part <= whole or whole < 1:
            yield f"{part} of {whole} is no share"
