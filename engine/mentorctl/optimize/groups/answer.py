"""Checks answers about groups and peers without the solver and without the program that made them.

Everything is counted here a second time, person by person in plain Python, straight from the problem.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from mentorctl.optimize.groups.problem import (
    NO_BLOCK,
    GroupAnswer,
    GroupObjective,
    GroupProblem,
    Mask,
    PeerAnswer,
    PeerObjective,
    PeerProblem,
)
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

_STATES = {"optimal", "feasible", "infeasible", "no answer"}


def verify_groups(problem: GroupProblem, answer: GroupAnswer) -> tuple[str, ...]:
    """What is wrong with an answer, in words; nothing when it keeps all rules and its values are true."""
    return tuple(_group_defects(problem, answer))


def verify_peers(problem: PeerProblem, answer: PeerAnswer) -> tuple[str, ...]:
    """What is wrong with an answer, in words; nothing when it keeps all rules and its values are true."""
    return tuple(_peer_defects(problem, answer))


class Seating:
    """Who sits where, counted from the chosen candidates alone."""

    def __init__(self, problem: GroupProblem, chosen: list[bool], is_open: list[bool]) -> None:
        self.problem = problem
        self.chosen = [c for c, is_chosen in enumerate(chosen) if is_chosen]
        self.open = [u for u, opens in enumerate(is_open) if opens]
        self.unit_of = {c: int(problem.seat_unit[problem.seat[c]]) for c in self.chosen}
        self.holder_of = {c: int(problem.holder[c]) for c in self.chosen}
        self.seats = Counter(self.holder_of.values())
        self._in_unit: dict[int, list[int]] = defaultdict(list)
        for candidate, unit in self.unit_of.items():
            self._in_unit[unit].append(candidate)

    def members(self, unit: int, role: int = ANY_ROLE) -> list[int]:
        """The people in a unit, those in a role if one is asked for."""
        roles, people = self.problem.holder_role, self.problem.holder_person
        holders = [self.holder_of[c] for c in self._in_unit[unit]]
        return [int(people[h]) for h in holders if role in {ANY_ROLE, int(roles[h])}]

    def candidates(self, unit: int) -> list[int]:
        return self._in_unit[unit]

    def first_common_block(self, unit: int) -> int:
        """The first block in which everybody can meet whom the rule of the unit asks for; NO_BLOCK without a rule."""
        for rule in self.problem.rules:
            if isinstance(rule, CommonSlot) and unit in rule.units.tolist():
                people = self.members(unit, rule.role)
                common = (b for b in range(rule.free.shape[1]) if all(bool(rule.free[p, b]) for p in people))
                return next(common, NO_BLOCK)
        return NO_BLOCK


def values_of(problem: GroupProblem, chosen: Mask, opened: Mask) -> tuple[int, ...]:
    """What each objective comes to."""
    seating = Seating(problem, chosen.tolist(), opened.tolist())
    return tuple(worth_of(seating, objective) for objective in problem.objectives)


def worth_of(seating: Seating, objective: GroupObjective) -> int:
    """What an objective comes to."""
    p, opened = seating.problem, set(seating.open)
    total = 0
    if len(objective.candidate):
        total += sum(int(objective.candidate[c]) for c in seating.chosen)
    if len(objective.unit):
        total += sum(int(objective.unit[u]) for u in seating.open)
    if len(objective.family):
        families = set(p.family.tolist())
        broken = {family for unit, family in enumerate(p.family.tolist()) if unit not in opened}
        total += sum(int(objective.family[family]) for family in families - broken)
    if len(objective.cover):
        total += sum(int(objective.cover[holder]) for holder in seating.seats)
    if objective.extras:
        total += objective.extras * _extras(seating)
    if objective.shared:
        total += objective.shared * sum(_sharing(seating, rule) for rule in p.rules if isinstance(rule, Cohesion))
    if objective.least and len(objective.least_of) and opened:
        per_unit = [sum(int(objective.least_of[c]) for c in seating.candidates(u)) for u in seating.open]
        total += objective.least * min(per_unit)
    if objective.peak and len(objective.peak_of):
        loads = [count for holder, count in seating.seats.items() if objective.peak_of[holder]]
        total -= objective.peak * max(loads, default=0)
    if objective.gap:
        total -= objective.gap * sum(apart(seating, rule) for rule in p.rules if isinstance(rule, Gap))
    return total


def apart(seating: Seating, rule: Gap) -> int:
    """How far the averages of two groups lie apart at most, in the parts of the rule, rounded up."""
    has = dict.fromkeys(seating.seats, 1)
    if len(rule.worth):
        has = defaultdict(int)
        for candidate, holder in seating.holder_of.items():
            has[holder] += int(rule.worth[candidate])
    groups: dict[int, list[int]] = defaultdict(list)
    for holder, group in enumerate(rule.group.tolist()):
        groups[group].append(has.get(holder, 0))
    averages = [Fraction(sum(each), len(each)) for group, each in groups.items() if group >= 0]
    return math.ceil(rule.scale * (max(averages) - min(averages))) if averages else 0


def _extras(seating: Seating) -> int:
    p, chosen = seating.problem, set(seating.chosen)
    pairs = zip(p.bonus_first.tolist(), p.bonus_second.tolist(), p.bonus_points.tolist(), strict=True)
    total = sum(int(points) for one, other, points in pairs if {one, other} <= chosen)
    for rule in p.rules:
        if isinstance(rule, Cohesion):
            total += rule.points * _sharing(seating, rule)
        if not isinstance(rule, Solo | Target):
            continue
        for unit in set(seating.open) & set(rule.units.tolist()):
            count = len(seating.members(unit, rule.role))
            if isinstance(rule, Target):
                total -= rule.cost * abs(count - rule.size)
            elif count <= 1:
                total -= rule.cost
    return total


def _sharing(seating: Seating, rule: Cohesion) -> int:
    """How many members have the topic of their unit, which is the one that most of them have."""
    total = 0
    for unit in set(seating.open) & set(rule.units.tolist()):
        people = seating.members(unit, rule.role)
        topics = range(rule.topics.shape[1])
        total += max((sum(bool(rule.topics[person, topic]) for person in people) for topic in topics), default=0)
    return total


def _group_defects(problem: GroupProblem, answer: GroupAnswer) -> Iterator[str]:
    chosen: list[bool] = answer.chosen.tolist()
    is_open: list[bool] = answer.opened.tolist()
    if (len(chosen), len(is_open), len(answer.block)) != (len(problem.seat), problem.units, problem.units):
        yield "the answer belongs to a problem of another size"
        return
    if not answer.answered:
        yield from _unanswered(answer, anything=any(chosen) or any(is_open))
        return
    seating = Seating(problem, chosen, is_open)
    yield from _unit_defects(seating, is_open)
    yield from _person_defects(seating)
    for rule in problem.rules:
        if isinstance(rule, Mixture | Quota | CommonSlot):
            for unit in sorted(set(rule.units.tolist()) & set(seating.open)):
                yield from (f"unit {unit} breaks `{rule.name}`: {why}" for why in _unit_rule(seating, rule, unit))
        elif isinstance(rule, Gap) and rule.at_most is not None and apart(seating, rule) > rule.at_most:
            yield f"the answer breaks `{rule.name}`: groups lie {apart(seating, rule)} apart"
        elif isinstance(rule, Limit | Pool | Share):
            yield from (f"the answer breaks `{rule.name}`: {why}" for why in _whole_rule(seating, rule))
    for unit, block in enumerate(answer.block.tolist()):
        expected = seating.first_common_block(unit) if is_open[unit] else NO_BLOCK
        if block != expected:
            yield f"unit {unit} is said to meet in block {block}, not in {expected}"
    yield from _value_defects(answer, [worth_of(seating, objective) for objective in problem.objectives])


def _unanswered(answer: GroupAnswer | PeerAnswer, *, anything: bool) -> Iterator[str]:
    if answer.status not in _STATES:
        yield f"`{answer.status}` is no status"
    if anything or answer.values or answer.bounds or answer.settled:
        yield "an answer that is none says something all the same"
    if answer.shortfalls and answer.status != "infeasible":
        yield "shortfalls belong to an infeasible problem"


def _unit_defects(seating: Seating, is_open: list[bool]) -> Iterator[str]:
    p = seating.problem
    chosen = set(seating.chosen)
    for unit, must in enumerate(p.must_open.tolist()):
        if must and not is_open[unit]:
            yield f"unit {unit} must open"
        if not is_open[unit] and seating.candidates(unit):
            yield f"unit {unit} is closed and has members"
    for candidate, tied in enumerate(p.tied.tolist()):
        unit = int(p.seat_unit[p.seat[candidate]])
        if tied and is_open[unit] and candidate not in chosen:
            yield f"candidate {candidate} is not in its open unit {unit}"
    taken = Counter(int(p.seat[c]) for c in seating.chosen)
    for seat, unit in enumerate(p.seat_unit.tolist()):
        if is_open[unit] and not p.seat_low[seat] <= taken[seat] <= p.seat_high[seat]:
            yield f"unit {unit} has {taken[seat]} people on seats of kind {seat}"


def _person_defects(seating: Seating) -> Iterator[str]:
    p, chosen = seating.problem, set(seating.chosen)
    for holder in range(len(p.holder_person)):
        if not p.holder_low[holder] <= seating.seats[holder] <= p.holder_high[holder]:
            yield f"holder {holder} has {seating.seats[holder]} seats"
    once = Counter(
        (int(p.family[seating.unit_of[c]]), int(p.holder_person[seating.holder_of[c]])) for c in seating.chosen
    )
    for (family, person), count in once.items():
        if count > 1:
            yield f"person {person} has {count} seats in family {family}"
    for one, other in zip(p.apart_first.tolist(), p.apart_second.tolist(), strict=True):
        if {one, other} <= chosen:
            yield f"candidates {one} and {other} must stay apart"


def _unit_rule(seating: Seating, rule: Mixture | Quota | CommonSlot, unit: int) -> Iterator[str]:
    people = seating.members(unit, rule.role)
    match rule:
        case Mixture(label=label, distinct=distinct, share=(part, whole)):
            labels = Counter(int(label[person]) for person in people if label[person] >= 0)
            if len(labels) < distinct:
                yield f"{len(labels)} different labels"
            if any(count * whole > part * len(people) for count in labels.values()):
                yield f"one label on more than {part} of {whole}"
        case Quota(people=mask, low=low, high=high):
            count = sum(bool(mask[person]) for person in people)
            if not low <= count <= high:
                yield f"{count} of them"
        case CommonSlot(free=free):
            if not any(all(bool(free[person, b]) for person in people) for b in range(free.shape[1])):
                yield "no common block"


def _whole_rule(seating: Seating, rule: Limit | Pool | Share) -> Iterator[str]:
    match rule:
        case Limit(candidates=candidates, low=low, high=high):
            count = len(set(candidates.tolist()) & set(seating.chosen))
            if not low <= count <= high:
                yield f"{count} chosen"
        case Pool(holders=holders, low=low, high=high):
            count = sum(bool(holders[holder]) for holder in seating.seats)
            if not low <= count <= high:
                yield f"{count} people"
        case Share(part=part, whole=whole):
            everyone = [holder for holder in seating.seats if whole[holder]]
            count = sum(bool(part[holder]) for holder in everyone)
            (few, of_few), (many, of_many) = rule.at_least, rule.at_most
            if count * of_few < few * len(everyone) or count * of_many > many * len(everyone):
                yield f"{count} of {len(everyone)}"


def _value_defects(answer: GroupAnswer | PeerAnswer, worth: list[int]) -> Iterator[str]:
    if list(answer.values) != worth:
        yield f"the values are {tuple(worth)}, not {answer.values}"
    if len(answer.bounds) != len(worth) or any(b < v for v, b in zip(answer.values, answer.bounds, strict=False)):
        yield "a bound is below its value"
    if answer.proved and answer.bounds != answer.values:
        yield "the answer is called the best and its bounds leave room for a better one"
    if answer.settled and not answer.proved:
        yield "the tie-break is settled before the objectives are"
    if answer.shortfalls:
        yield "shortfalls belong to an infeasible problem"


# -- peers -------------------------------------------------------------------------------------------------------------


def _peer_defects(problem: PeerProblem, answer: PeerAnswer) -> Iterator[str]:
    if len(answer.chosen) != len(problem.first):
        yield "the answer belongs to a problem of another size"
        return
    at = np.flatnonzero(answer.chosen).tolist()
    chosen = [_pair(problem, place) for place in at]
    trios = [tuple(trio) for trio in answer.trios.tolist()]
    if not answer.answered:
        yield from _unanswered(answer, anything=bool(chosen or trios))
        return
    forced = {_pair(problem, place) for place in np.flatnonzero(problem.forced).tolist()}
    if forced - set(chosen):
        yield "a forced pair is not matched"
    if not problem.trios[0] <= len(trios) <= problem.trios[1]:
        yield f"there are {len(trios)} trios"
    if any(len(trio) != 3 or sorted(set(trio)) != list(trio) for trio in trios):  # noqa: PLR2004 - that is a trio
        yield "a trio is not three people in order"
        return
    inside = [pair for a, b, c in trios for pair in ((a, b), (a, c), (b, c))]
    places = _places(problem, inside)
    if set(inside) - set(places) or set(inside) & (forced | set(chosen)):
        yield "a trio has a pair that is not allowed in it"
        return
    matches = Counter(person for match in (*chosen, *trios) for person in match)
    intervals = zip(problem.low.tolist(), problem.high.tolist(), strict=True)
    yield from (
        f"person {person} has {matches[person]} matches"
        for person, (low, high) in enumerate(intervals)
        if not low <= matches[person] <= high
    )
    used = [*at, *(places[pair] for pair in inside)]
    yield from _value_defects(answer, [_peer_worth(objective, used, matches) for objective in problem.objectives])


def _pair(problem: PeerProblem, place: int) -> tuple[int, int]:
    return int(problem.first[place]), int(problem.second[place])


def _places(problem: PeerProblem, asked: list[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Where the pairs that were asked for are; those that are missing are left out."""
    found = {}
    for first, second in asked:
        for place in np.flatnonzero((problem.first == first) & (problem.second == second)).tolist():
            found[first, second] = place
    return found


def _peer_worth(objective: PeerObjective, pairs: list[int], matches: Counter[int]) -> int:
    return sum(int(objective.pair[at]) for at in pairs) + sum(int(objective.cover[person]) for person in matches)
