"""What programs share: in which order they are matched, and what each leaves of a person's places and hours.

A person's places in a role are shared by programs that say so (`share_capacity`), where the total keeps the capacity of
each of them, and in the whole workspace (`sharing.places`). Hours are a person's own in whatever role, four weeks long;
what a match takes of them follows from the program's meetings.
"""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.optimize.ground import Amounts, Indices
from mentorctl.optimize.matching import places_of
from mentorctl.optimize.together import Shared
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import PlanInputs
from mentorctl.plan.standing import STANDING
from mentorctl.rules.fields import Role
from mentorctl.spec.matching import Capacity
from mentorctl.spec.model import ModelType, Program, Sharing
from mentorctl.spec.sharing_checks import sharing_with
from mentorctl.state.model import MatchRecord, Record
from mentorctl.values import dataclass

_FOUR_WEEKS = 28
_PEERS = Capacity(at_most=1)
_MOST = np.iinfo(np.int64).max // 4


def in_order(programs: Iterable[CompiledProgram], sharing: Sharing) -> list[CompiledProgram]:
    """The programs in the order in which they are matched: as declared, then by id."""
    declared = {name: at for at, name in enumerate(sharing.order)}
    return sorted(programs, key=lambda c: (declared.get(c.program.id, len(declared)), c.program.id))


def minutes_of_a_match(program: Program) -> int:
    """How much of four weeks the meetings of one match take; a month counts as four weeks."""
    meetings = program.meetings
    if meetings is None or meetings.every is None:
        return 0
    days = meetings.every.months * _FOUR_WEEKS + meetings.every.calendar_days
    return -(-meetings.lasts.minutes * _FOUR_WEEKS // days) if days else 0


def capacity_in(program: Program, role: Role) -> Capacity:
    """How many matches somebody has in a role of one program."""
    if role is Role.PEER:
        return _PEERS
    return program.matching.mentor_capacity if role is Role.MENTOR else program.matching.mentee_capacity


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Load:
    """The matches that stand: per program and role, how many each person of the roster has."""

    people: int
    counts: dict[tuple[str, Role], Amounts]

    def of(self, role: Role, programs: Collection[str] | None = None) -> Amounts:
        """The matches in some programs, or in all."""
        found = (n for (name, r), n in self.counts.items() if r is role and (programs is None or name in programs))
        return sum(found, np.zeros(self.people, np.int64))

    def beside(self, other: "_Load") -> "_Load":
        """The matches of both."""
        none = np.zeros(self.people, np.int64)
        keys = dict.fromkeys([*self.counts, *other.counts])
        return _Load(people=self.people, counts={k: self.counts.get(k, none) + other.counts.get(k, none) for k in keys})

    def minutes(self, costs: dict[str, int]) -> Amounts:
        """What all matches take, in whatever role."""
        taken = (n * costs.get(name, 0) for (name, _), n in self.counts.items())
        return sum(taken, np.zeros(self.people, np.int64))


def limits_of(
    cohort: Cohort, planned: Iterable[Record], joined: Collection[str] = ()
) -> tuple[Amounts, Amounts] | None:
    """The most matches as a mentor and as a mentee (for peers twice the same) that the rest of the workspace leaves
    each person in this cohort, those that stand included; None where nothing is shared.

    Of programs that were planned before this one the plan counts, of later ones the state. Programs that are `joined`
    share everything with this one in one problem, so only what others take is a limit.
    """
    inputs, program = cohort.inputs, cohort.program
    sharing = inputs.workspace.sharing
    others = sharing_with(program, tuple(c.program for c in inputs.programs)) - set(joined)
    is_alone = not joined
    if not others and not (is_alone and (sharing.places or sharing.hours)):
        return None
    outside = _load(inputs, planned, without=(cohort,))
    own = _load(inputs, (), only=cohort)
    first, second = (Role.PEER, Role.PEER) if Role.PEER in program.roles else (Role.MENTOR, Role.MENTEE)
    limits = [_places(inputs, program, role, others, outside, whole=is_alone) for role in (first, second)]
    if is_alone and sharing.hours:
        limits = _within_hours(cohort, limits, outside, own, peers=first is second)
    return limits[0], limits[1]


def shared_of(
    cohorts: Sequence[Cohort],
    planned: Iterable[Record],
    kept: Iterable[MatchRecord],
    ready: Sequence[tuple[Indices, Indices]],
) -> Shared:
    """What is left of everybody for new matches in cohorts that are matched together: `kept` are the matches in them
    that stand, `ready` the mentors and mentees of each who may get one.
    """
    inputs = cohorts[0].inputs
    sharing = inputs.workspace.sharing
    load = _load(inputs, planned, without=cohorts).beside(_counted(inputs, kept))
    programs = tuple(c.program for c in inputs.programs)
    names = {cohort.program.id for cohort in cohorts}
    places = []
    for side, role in enumerate((Role.MENTOR, Role.MENTEE)):
        left = np.full(load.people, _MOST)
        declared = dict(sharing.places).get(role)
        if declared:
            left = np.minimum(left, _have(inputs, declared) - load.of(role))
        for cohort, those in zip(cohorts, ready, strict=True):
            if names & sharing_with(cohort.program, programs):
                takes_part = np.zeros(load.people, np.bool_)
                takes_part[those[side]] = True
                takes_part |= load.of(role, {cohort.program.id}) > 0
                most = _have(inputs, capacity_in(cohort.program, role)) - load.of(role, names)
                left = np.where(takes_part, np.minimum(left, most), left)
        places.append(left)
    costs = {c.program.id: minutes_of_a_match(c.program) for c in inputs.programs}
    return Shared(
        places=(places[0], places[1]),
        minutes=_minutes(inputs, sharing.hours) - load.minutes(costs) if sharing.hours else None,
        cost=tuple(costs[cohort.program.id] for cohort in cohorts),
    )


def _have(inputs: PlanInputs, capacity: Capacity) -> Amounts:
    everybody = np.arange(len(inputs.roster.ids), dtype=np.int32)
    return places_of(inputs.roster, capacity, everybody).astype(np.int64)


def _minutes(inputs: PlanInputs, hours: Capacity) -> Amounts:
    everybody = np.arange(len(inputs.roster.ids), dtype=np.int32)
    return (60 * places_of(inputs.roster, hours, everybody)).astype(np.int64)


def _places(
    inputs: PlanInputs, program: Program, role: Role, others: Collection[str], outside: _Load, *, whole: bool
) -> Amounts:
    """The places that other programs leave; `whole` also counts those of the whole workspace."""
    limit = np.full(outside.people, _MOST)
    if others:
        taken = outside.of(role, others)
        limit = _have(inputs, capacity_in(program, role)) * _periods(program) - taken
        for other in (c.program for c in inputs.programs if c.program.id in others):
            if other.model.type is not ModelType.FLASH:  # its places come anew with each period
                has = outside.of(role, {other.id}) > 0
                limit = np.where(has, np.minimum(limit, _have(inputs, capacity_in(other, role)) - taken), limit)
    declared = dict(inputs.workspace.sharing.places).get(role) if whole else None
    return np.minimum(limit, _have(inputs, declared) - outside.of(role)) if declared else limit


def _periods(program: Program) -> int:
    return 1 if program.model.type is not ModelType.FLASH else _MOST // 10_000


def _within_hours(cohort: Cohort, limits: list[Amounts], outside: _Load, own: _Load, *, peers: bool) -> list[Amounts]:
    """The limits that a person's hours leave. Who is in both roles has half of their room in each, so that both
    together never need more; a search that looks at both roles at once does not need this.
    """
    hours, cost = cohort.inputs.workspace.sharing.hours, minutes_of_a_match(cohort.program)
    if hours is None or not cost:
        return limits
    costs = {c.program.id: minutes_of_a_match(c.program) for c in cohort.inputs.programs}
    fitting = np.maximum(0, _minutes(cohort.inputs, hours) - outside.minutes(costs)) // cost
    if peers:
        return [np.minimum(limit, fitting) for limit in limits]
    applies = [
        np.isin(np.arange(outside.people), cohort.inputs.roster.applicants(role, cohort.program.id, cohort.id))
        for role in (Role.MENTOR, Role.MENTEE)
    ]
    stand = [own.of(role) for role in (Role.MENTOR, Role.MENTEE)]
    free = np.maximum(0, fitting - stand[0] - stand[1])
    halves = (free - free // 2, free // 2)
    both = applies[0] & applies[1]
    shares = [stand[side] + np.where(both, halves[side], free) for side in (0, 1)]
    return [np.minimum(limit, share) for limit, share in zip(limits, shares, strict=True)]


def _load(
    inputs: PlanInputs, planned: Iterable[Record], *, without: Sequence[Cohort] = (), only: Cohort | None = None
) -> _Load:
    """The matches that stand, as planned where a program was planned already."""
    standing = {r.address: r for r in inputs.matches}
    records = standing | {r.address: r for r in planned if isinstance(r, MatchRecord)}
    gone = {(cohort.program.id, cohort.id) for cohort in without}
    wanted = (only.program.id, only.id) if only else None
    places = ((r, (r.address.program, r.address.cohort)) for r in records.values())
    return _counted(inputs, (r for r, here in places if here not in gone and wanted in (None, here)))


def _counted(inputs: PlanInputs, matches: Iterable[MatchRecord]) -> _Load:
    counts: dict[tuple[str, Role], Amounts] = {}
    for record in matches:
        for member in record.members if record.state in STANDING else ():
            if member.person in inputs.index_of:
                key = (record.address.program, member.role)
                found = counts.setdefault(key, np.zeros(len(inputs.roster.ids), np.int64))
                found[inputs.index_of[member.person]] += 1
    return _Load(people=len(inputs.roster.ids), counts=counts)
