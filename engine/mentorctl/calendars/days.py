"""Days that people are to know of, from the timers that run: check-ins, reviews, answers, agreements, due training.

They are the dates by which the lifecycles act, so an extended phase or another answer moves them here too.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time

from mentorctl.addresses import opaque_id
from mentorctl.dates.zones import local_time, to_utc
from mentorctl.rules.fields import Audience
from mentorctl.spec.model import Program
from mentorctl.state.live import Armed
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Snapshot, TrainingRecord
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day in the calendar of some people: what it is called, when it is due, and since when that holds.

    `is_common` says that it is the same for a whole cohort.
    """

    id: str
    program: str
    title: str
    due: datetime
    since: datetime
    zone: str
    people: tuple[str, ...]
    is_common: bool

    @property
    def starts(self) -> str:
        """The day on the clock of the program, as ISO."""
        return local_time(self.due, self.zone).date().isoformat()


def days_of(snapshot: Snapshot, programs: Iterable[Program], timers: Iterable[Armed]) -> tuple[Day, ...]:
    """The days of all people, in the order of time."""
    by_id = {program.id: program for program in programs}
    found = (_day(snapshot, by_id[timer.address.program], timer) for timer in timers if timer.address.program in by_id)
    return tuple(sorted((day for day in found if day and day.people), key=lambda day: (day.due, day.id)))


def _day(snapshot: Snapshot, program: Program, timer: Armed) -> Day | None:
    title, audience = _title(program, snapshot, timer)
    if not title:
        return None
    record = snapshot.by_address.get(timer.address)
    due = timer.due
    match record:
        case TrainingRecord():  # its timer reminds on the day after, and again
            people: tuple[str, ...] = (record.person,)
            due = to_utc(date.fromisoformat(record.due), time(12), program.timezone) if record.due else due
            if due < timer.since:
                return None
        case EnrollmentRecord():
            people = (record.person,)
        case MatchRecord():
            people = record.people
        case _:
            people = tuple(_matched(snapshot, timer, audience))
    return Day(
        id=opaque_id("d", snapshot.workspace, str(timer.address), timer.timer, str(timer.occurrence)),
        program=program.id,
        title=title,
        due=due,
        since=timer.since,
        zone=program.timezone,
        people=people,
        is_common=not timer.address.kind,
    )


def _title(program: Program, snapshot: Snapshot, timer: Armed) -> tuple[str, Audience]:
    """What a timer means to people, and whom it concerns; nothing for those that people need not know of."""
    kind, _, rest = timer.timer.partition(".")
    if kind == "ask":
        name = rest.rpartition(".")[0]
        asked = next((check_in for check_in in program.check_ins if check_in.id == name), None)
        return (f"Check-in: {name.replace('_', ' ')}", asked.audience) if asked else ("", Audience.EVERYONE)
    if kind == "review":
        return "Review of your goals", Audience.EVERYONE
    record = snapshot.by_address.get(timer.address)
    if isinstance(record, TrainingRecord) and timer.timer == "overdue":
        titles = {module.id: module.title for module in program.modules}
        return f"Training due: {titles.get(record.module, record.module)}", Audience.EVERYONE
    if isinstance(record, MatchRecord) and timer.timer == "proposed_deadline":
        return "Say yes or no to your match", Audience.EVERYONE
    signs = program.goals is not None and program.goals.agreement != "none"
    if isinstance(record, MatchRecord) and timer.timer == "accepted_late" and signs:
        return "Sign your agreement", Audience.EVERYONE
    return "", Audience.EVERYONE


def _matched(snapshot: Snapshot, timer: Armed, audience: Audience) -> Iterator[str]:
    """Those of a cohort whom a date for all of it concerns."""
    where = (timer.address.program, timer.address.cohort)
    people = {
        record.person
        for record in snapshot.records
        if isinstance(record, EnrollmentRecord)
        and (record.address.program, record.address.cohort) == where
        and record.state == "matched"
        and audience.includes(record.role)
    }
    yield from sorted(people)
