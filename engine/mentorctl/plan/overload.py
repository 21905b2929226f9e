"""Whether anybody has more matches or less time than they have room for, counted one by one over all programs.

It is written apart from what makes the matches. What the state and the roster bring along is a finding; that a plan
adds to it is a wrong answer, and nothing of it is shown.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from mentorctl.diagnostics import WORKSPACE, Diagnostic, Place, finding
from mentorctl.optimize.verify import WrongAnswer
from mentorctl.plan.inputs import Draft, PlanInputs
from mentorctl.plan.sharing import capacity_in, minutes_of_a_match
from mentorctl.plan.standing import STANDING
from mentorctl.roster.people import NumberColumn
from mentorctl.rules.fields import Role
from mentorctl.spec.matching import Capacity
from mentorctl.spec.model import ModelType, Program
from mentorctl.spec.sharing_checks import sharing_with
from mentorctl.state.model import MatchRecord, Record
from mentorctl.values import dataclass

_SINGLE = (ModelType.ONE_ON_ONE, ModelType.REVERSE, ModelType.VIRTUAL, ModelType.PEER)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bound:
    """Something that a person has so much of: where it is written, and in which words."""

    place: Place
    words: str


def overloaded(inputs: PlanInputs, draft: Draft) -> Iterator[Diagnostic]:
    """How many people have more than they have room for. Raises WrongAnswer where the plan makes it more."""
    after = _exceeded(inputs, draft.records)
    before = _exceeded(inputs, inputs.snapshot.records) if after else {}
    for bound, people in after.items():
        for person, beyond in people.items():
            if beyond > before.get(bound, {}).get(person, 0):
                raise WrongAnswer(f"somebody gets {bound.words}")
    for bound, people in after.items():
        count = len(people)
        yield finding(
            "MC5013",
            f"{count} {'person has' if count == 1 else 'people have'} {bound.words}; they get no further match",
            help="end a match, or give them more room",
            place=bound.place,
        )


def _exceeded(inputs: PlanInputs, records: Iterable[Record]) -> dict[_Bound, dict[str, int]]:
    """Who exceeds what, and by how much."""
    programs = {c.program.id: c.program for c in inputs.programs}
    matches = [
        r for r in records if isinstance(r, MatchRecord) and r.state in STANDING and r.address.program in programs
    ]
    in_cohort = Counter(
        (match.address.program, match.address.cohort, member.role, member.person)
        for match in matches
        for member in match.members
    )
    has: Counter[tuple[str, Role, str]] = Counter()
    for (program, _, role, person), count in in_cohort.items():
        has[program, role, person] += count
    found: dict[_Bound, dict[str, int]] = defaultdict(dict)
    for bound, person, used, room in (
        *_own(inputs, programs, in_cohort),
        *_between(inputs, programs, has),
        *_everywhere(inputs, programs, has),
    ):
        if used > room:
            found[bound][person] = max(found[bound].get(person, 0), used - room)
    return dict(found)


type _Uses = Iterator[tuple[_Bound, str, int, int]]  # who uses how much of what they have


def _own(inputs: PlanInputs, programs: dict[str, Program], counts: Counter[tuple[str, str, Role, str]]) -> _Uses:
    """The capacity of a cohort's own program, where matches are single pairs."""
    bounds = {
        (name, role): (_bound(program, role, words), capacity_in(program, role), _in_a_round(program, role))
        for name, program in programs.items()
        if program.model.type in _SINGLE
        for role in (Role.MENTOR, Role.MENTEE)
        for words in [f"more matches as a {role} in a cohort than they have places"]
    }
    for (name, _, role, person), count in counts.items():
        if (name, role) in bounds and person in inputs.index_of:
            bound, capacity, in_a_round = bounds[name, role]
            yield bound, person, count, max(_room(inputs, capacity, person), in_a_round)


def _in_a_round(program: Program, role: Role) -> int:
    """The most matches that a round of the process gives; 0 where none says so."""
    rounds = program.matching.process.rounds
    return max((r.per_mentor if role is Role.MENTOR else r.per_mentee for r in rounds), default=0)


def _between(inputs: PlanInputs, programs: dict[str, Program], counts: Counter[tuple[str, Role, str]]) -> _Uses:
    """The capacity that programs share: the total keeps that of each program in which somebody has a match."""
    everything = tuple(programs.values())
    shares = {name: sharing_with(program, everything) for name, program in programs.items()}
    for (name, role, person), count in counts.items():
        program = programs[name]
        if shares[name] and person in inputs.index_of and program.model.type is not ModelType.FLASH:
            total = count + sum(counts[other, role, person] for other in shares[name])
            words = f"more matches as a {role} in the programs that share their places than `{name}` allows"
            room = _room(inputs, capacity_in(program, role), person)
            yield _bound(program, role, words), person, total, room


def _everywhere(inputs: PlanInputs, programs: dict[str, Program], counts: Counter[tuple[str, Role, str]]) -> _Uses:
    """Places and hours over all programs."""
    sharing = inputs.workspace.sharing
    if not sharing.places and not sharing.hours:
        return
    places, minutes = Counter[tuple[Role, str]](), Counter[str]()
    for (name, role, person), count in counts.items():
        if person in inputs.index_of:
            places[role, person] += count
            minutes[person] += count * minutes_of_a_match(programs[name])
    for role, capacity in sharing.places:
        place = Place(document=WORKSPACE, path=("sharing", "places", role.value))
        bound = _Bound(place=place, words=f"more matches as a {role} in all programs than they have places")
        for (of, person), count in places.items():
            if of is role:
                yield bound, person, count, _room(inputs, capacity, person)
    if sharing.hours:
        bound = _Bound(
            place=Place(document=WORKSPACE, path=("sharing", "hours")),
            words="matches that take more hours in four weeks than they have",
        )
        for person, used in minutes.items():
            yield bound, person, used, int(60 * _has(inputs, sharing.hours, person))


def _bound(program: Program, role: Role, words: str) -> _Bound:
    path = ("matching",) if role is Role.PEER else ("matching", "capacity", role.value)
    return _Bound(place=Place(document=program.id, path=path), words=words)


def _room(inputs: PlanInputs, capacity: Capacity, person: str) -> int:
    return int(_has(inputs, capacity, person))


def _has(inputs: PlanInputs, capacity: Capacity, person: str) -> float:
    """What one person has, as they say or as all have it."""
    if not capacity.field:
        return float(capacity.at_most)
    column = inputs.roster.columns[capacity.field]
    value = float(column.values[inputs.index_of[person]]) if isinstance(column, NumberColumn) else 0.0
    asked = float(capacity.missing) if value != value else value  # noqa: PLR0124 - NaN is the blank
    return min(max(asked, 0.0), float(capacity.at_most))
