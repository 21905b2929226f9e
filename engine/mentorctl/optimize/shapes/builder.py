"""Puts a group problem together: people, units, seats and candidates by name, and numbers for the solver at the end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

import numpy as np

from mentorctl.optimize.groups.problem import GroupObjective, GroupProblem, Ints
from mentorctl.optimize.groups.rules import Rule
from mentorctl.optimize.objectives import leximin_levels
from mentorctl.rules.fields import Role
from mentorctl.spec.matching import ObjectiveTerm
from mentorctl.values import dataclass

type Holder = tuple[int, Role]  # a person, by roster index, in a role

ROLE_NUMBER = {Role.MENTOR: 0, Role.MENTEE: 1}


@dataclass(slots=True)
class Unit:
    """A group that may come to be. `name` is shown, `subject` is kept in the match."""

    name: str
    subject: str
    family: int
    seats: dict[Role, int] = field(default_factory=dict)


class Builder:
    """Collects a problem. `holders` are all who may take seats, with how many; they are numbered in their order."""

    def __init__(self, holders: Mapping[Holder, int]) -> None:
        self.holders = sorted(holders, key=lambda h: (ROLE_NUMBER[h[1]], h[0]))
        self.high = [holders[h] for h in self.holders]
        self.number = {holder: at for at, holder in enumerate(self.holders)}
        self.people = sorted({person for person, _ in self.holders})
        self.units: list[Unit] = []
        self.standing = -1  # the unit in which those who have a match already sit, or -1
        self.seats: list[tuple[int, int, int]] = []
        self.candidates: list[tuple[int, int, bool, int]] = []
        self.at: dict[tuple[int, Holder], int] = {}
        self.apart: list[tuple[int, int]] = []
        self.bonus: list[tuple[int, int, int]] = []
        self.standing_worth: Mapping[int, int] = {}  # points of mentees with a match
        self.counted: dict[ObjectiveTerm, dict[int, int]] = {}  # what candidates count in terms that know their pair
        self.waited: Sequence[int] = ()  # per person of the roster

    def unit(self, name: str, subject: str = "", family: int | None = None) -> int:
        self.units.append(Unit(name=name, subject=subject, family=len(self.units) if family is None else family))
        return len(self.units) - 1

    def seat(self, unit: int, role: Role, low: int, high: int) -> None:
        self.units[unit].seats[role] = len(self.seats)
        self.seats.append((unit, low, high))

    def seat_standing(self, mentors: Iterable[int], mentees: Iterable[int]) -> None:
        """Everybody who has a match, in one unit that is open anyway, so that rules over the pool count them."""
        self.standing = self.unit("those who have a match")
        for role, people in ((Role.MENTOR, sorted(set(mentors))), (Role.MENTEE, sorted(set(mentees)))):
            self.seat(self.standing, role, len(people), len(people))
            for person in people:
                self.high[self.number[person, role]] += 1
                self.candidate(self.standing, (person, role), tied=True)

    def candidate(self, unit: int, holder: Holder, *, score: int = 0, tied: bool = False) -> int:
        """Somebody who could sit in a unit, in the seats of their role."""
        self.at[unit, holder] = len(self.candidates)
        self.candidates.append((self.units[unit].seats[holder[1]], self.number[holder], tied, score))
        return len(self.candidates) - 1

    def tied(self, candidate: int) -> bool:
        """Whether a candidate sits whenever the unit is open."""
        return self.candidates[candidate][2]

    def room(self, holder: Holder) -> int:
        """How many seats somebody may take."""
        return self.high[self.number[holder]]

    def problem(self, objectives: Iterable[GroupObjective], rules: Iterable[Rule] = ()) -> GroupProblem:
        row = {person: at for at, person in enumerate(self.people)}
        seat, holder, tied, _ = _columns(self.candidates, 4)
        seat_unit, low, high = _columns(self.seats, 3)
        apart = _columns(self.apart, 2)
        bonus = _columns(self.bonus, 3)
        return GroupProblem(
            people=len(self.people),
            holder_person=np.array([row[person] for person, _ in self.holders], np.int64),
            holder_role=np.array([ROLE_NUMBER[role] for _, role in self.holders], np.int64),
            holder_low=np.zeros(len(self.holders), np.int64),
            holder_high=np.array(self.high, np.int64),
            must_open=np.arange(len(self.units)) == self.standing,
            family=np.array([unit.family for unit in self.units], np.int64),
            seat_unit=seat_unit,
            seat_low=low,
            seat_high=high,
            seat=seat,
            holder=holder,
            tied=tied.astype(np.bool_),
            objectives=tuple(objectives),
            apart_first=apart[0],
            apart_second=apart[1],
            bonus_first=bonus[0],
            bonus_second=bonus[1],
            bonus_points=bonus[2],
            rules=tuple(rules),
        )

    def each_unit(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """One for each unit that may be formed."""
        return np.array([int(at != self.standing) for at in range(len(self.units))], np.int64)

    def worth(self, role: Role) -> Ints:
        """The points of each candidate with a role; in matches that stand they are those of `standing_worth`."""
        points = []
        for (unit, (person, in_role)), at in self.at.items():
            own = self.standing_worth.get(person, 0) if unit == self.standing else self.candidates[at][3]
            points.append(own if in_role is role else 0)
        return np.array(points, np.int64)

    def leximin(self) -> list[GroupObjective]:
        """That as few mentees as can be have the worst points, then the second-worst, …, of those they can have."""
        points = self.worth(Role.MENTEE)
        is_new = np.array([u != self.standing and h[1] is Role.MENTEE for u, h in self.at], np.bool_)
        return [
            GroupObjective(
                name=f"{ObjectiveTerm.LEXIMIN} {level}", candidate=-(is_new & (points == level)).astype(np.int64)
            )
            for level in leximin_levels(points[is_new])
        ]

    def objective(self, term: ObjectiveTerm, covered: Iterable[Holder] = ()) -> GroupObjective:
        """One term over this problem; people in `covered` have a match already."""
        match term:
            case ObjectiveTerm.TOTAL_SCORE:
                scores = np.array([score for *_, score in self.candidates], np.int64)
                return GroupObjective(name=term, candidate=scores, extras=1)
            case ObjectiveTerm.FILL_PLACES:
                return GroupObjective(name=term, candidate=np.ones(len(self.candidates), np.int64))
            case ObjectiveTerm.COMPLETE_GROUPS:
                return GroupObjective(name=term, unit=self.each_unit())
            case ObjectiveTerm.COHESION:
                return GroupObjective(name=term, shared=1)
            case ObjectiveTerm.FAIRNESS_GAP:
                return GroupObjective(name=term, gap=1)
            case ObjectiveTerm.RANK_SUM | ObjectiveTerm.CHANGES:
                counted = self.counted.get(term, {})
                return GroupObjective(
                    name=term, candidate=np.array([counted.get(at, 0) for at in range(len(self.candidates))], np.int64)
                )
            case ObjectiveTerm.COVER_WAITING:
                known = set(covered)
                waited = [self.waited[h[0]] * int(h[1] is Role.MENTEE and h not in known) for h in self.holders]
                return GroupObjective(name=term, cover=np.array(waited, np.int64))
            case _:
                role = Role.MENTOR if term is ObjectiveTerm.COVER_MENTORS else Role.MENTEE
                known = set(covered)
                wanted = [int(h[1] is role and h not in known) for h in self.holders]
                return GroupObjective(name=term, cover=np.array(wanted, np.int64))


def weighted(objectives: Sequence[tuple[GroupObjective, int]]) -> GroupObjective:
    """The weighted sum of some objectives."""
    if len(objectives) == 1 and objectives[0][1] == 1:
        return objectives[0][0]

    def total(part: str) -> Ints:
        given = [weight * getattr(one, part) for one, weight in objectives if len(getattr(one, part))]
        return np.sum(given, axis=0, dtype=np.int64) if given else np.zeros(0, np.int64)

    return GroupObjective(
        name=" + ".join(one.name for one, _ in objectives),
        candidate=total("candidate"),
        unit=total("unit"),
        family=total("family"),
        cover=total("cover"),
        extras=sum(weight * one.extras for one, weight in objectives),
        shared=sum(weight * one.shared for one, weight in objectives),
    )


def _columns(rows: Sequence[tuple[int, ...]], width: int) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    table = np.array(rows, np.int64).reshape(len(rows), width)
    return [table[:, column].copy() for column in range(width)]
