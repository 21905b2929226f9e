"""Questions about the timetable of a plan: why a meeting is when it is, and why another has no time.

Times are those on the clock of the program, as text; people appear by opaque id.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from mentorctl.dates.zones import local_time
from mentorctl.diagnostics import FieldPath
from mentorctl.optimize.scheduling.calendar import instant_of
from mentorctl.optimize.scheduling.problem import SeriesAnswer, SeriesProblem
from mentorctl.plan.calendar import Calendar
from mentorctl.plan.unplaced import NoSlot, explained
from mentorctl.state.model import MatchRecord
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.optimize.scheduling.explain import Priced

# Where the program says what was loosened; of a person's weekly load, the number for all.
_PATHS: dict[str, FieldPath] = {
    "week": ("meetings", "per_week"),
    "near_gap": ("meetings", "gap"),
    "far_gap": ("meetings", "gap"),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placement:
    """How the meetings of some matches of a cohort were placed: the problem, its answer, and what each match is."""

    calendar: Calendar
    problem: SeriesProblem
    answer: SeriesAnswer
    matches: tuple[MatchRecord, ...]
    days: tuple[tuple[tuple[date, date], ...], ...]
    not_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loosened:
    """A limit that is loosened a little, and what that brings; `path` is the line of the program that says it."""

    kind: str
    amount: int
    who: str
    gain: int
    path: FieldPath


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingAnswer:
    """One meeting of a match: the days it is asked for, when it is, and why then; or why it has no time.

    `next_best` is the best other time of the same days and `loss` what the timetable loses by it; `unsocial` are the
    people for whom the hour is not among the preferred ones. `in_the_way` counts what keeps better times away.
    """

    program: str
    cohort: str
    match: str
    number: int
    first: str
    last: str
    people: tuple[str, ...]
    starts: str = ""
    worth: int = 0
    regular: bool = False
    unsocial: tuple[str, ...] = ()
    next_best: str = ""
    loss: int = 0
    in_the_way: tuple[tuple[str, int], ...] = ()
    without: NoSlot | None = None
    loosened: tuple[Loosened, ...] = ()


def answers_about(placement: Placement, match: str, number: int = 0) -> Iterator[MeetingAnswer]:
    """What there is to say about the meetings of a match, or about one of them by its number from 1."""
    for pair, record in enumerate(placement.matches):
        if record.address.id == match:
            for window in range(len(placement.days[pair])):
                if number in (0, window + 1):
                    yield _answer(placement, pair, window)


def _answer(placement: Placement, pair: int, window: int) -> MeetingAnswer:
    record, days = placement.matches[pair], placement.days[pair][window]
    cohort = placement.calendar.cohort
    asked = MeetingAnswer(
        program=cohort.program.id,
        cohort=cohort.id,
        match=record.address.id,
        number=window + 1,
        first=days[0].isoformat(),
        last=days[1].isoformat(),
        people=record.people,
    )
    if any(number == window for number, _ in placement.answer.starts[pair]):
        return _placed(placement, pair, window, asked)
    return _not_placed(placement, pair, window, asked)


def _placed(placement: Placement, pair: int, window: int, asked: MeetingAnswer) -> MeetingAnswer:
    from mentorctl.optimize.scheduling.explain import why_slot

    found = why_slot(placement.problem, placement.answer, pair, window)
    people = asked.people
    return MeetingAnswer(
        program=asked.program,
        cohort=asked.cohort,
        match=asked.match,
        number=asked.number,
        first=asked.first,
        last=asked.last,
        people=people,
        starts=_clock(placement, found.slot),
        worth=found.worth,
        regular=found.regular > 0,
        unsocial=tuple(person for person, points in zip(people, found.hardship, strict=False) if points),
        next_best=_clock(placement, found.next_slot) if found.next_slot >= 0 else "",
        loss=found.next_loss,
        in_the_way=tuple(sorted(Counter(block.kind for block in found.blocks).items())),
    )


def _not_placed(placement: Placement, pair: int, window: int, asked: MeetingAnswer) -> MeetingAnswer:
    quarters = placement.problem.length
    days = placement.days[pair][window]
    why = explained(placement.calendar, asked.people, days, quarters, placement.not_before)
    loosened: tuple[Loosened, ...] = ()
    if why.left:
        from mentorctl.optimize.scheduling.explain import no_slot

        found = no_slot(placement.problem, placement.answer, pair, window)
        loosened = tuple(_loosened(placement, each) for each in found.relaxations if each.held)
    return MeetingAnswer(
        program=asked.program,
        cohort=asked.cohort,
        match=asked.match,
        number=asked.number,
        first=asked.first,
        last=asked.last,
        people=asked.people,
        without=why,
        loosened=loosened,
    )


def _loosened(placement: Placement, priced: "Priced") -> Loosened:
    people = placement.calendar.people
    who = people[priced.who] if 0 <= priced.who < len(people) else ""
    return Loosened(
        kind=priced.kind, amount=priced.amount, who=who, gain=priced.gain, path=_PATHS.get(priced.kind, ("meetings",))
    )


def _clock(placement: Placement, slot: int) -> str:
    return f"{local_time(instant_of(slot), placement.calendar.cohort.program.timezone):%Y-%m-%d %H:%M}"
