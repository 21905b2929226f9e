"""Until when a plan means what it says: no phase opens or ends, nothing that it puts on a day lies in the past."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from mentorctl.dates.timeline import Timeline
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.plan.model import Change
from mentorctl.plan.tellings import Awaited
from mentorctl.state.model import Record, SessionRecord, TrainingRecord
from mentorctl.values import dataclass

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class End:
    """The last day on which a plan holds, and what comes then. Of two on one day that of the lower rank is said."""

    day: date
    rank: int
    because: str


def ends_of(
    compiled: CompiledProgram, as_of: date, changes: Iterable[Change], awaited: Iterable[Awaited]
) -> Iterator[End]:
    """Every reason why the changes of one program do not hold for ever."""
    listed = tuple(changes)
    cohorts = {change.address.cohort for change in listed}
    for cohort, timeline in compiled.timelines_on(as_of):
        if cohort in cohorts and timeline.runs_on(as_of):
            yield from _phases(timeline, as_of)
    yield from _days(listed, as_of)
    for one in awaited:
        day = date.fromisoformat(one.day)
        if day > as_of and one.rule.at is not None and one.rule.after is None and one.is_told:
            yield End(day=day, rank=3, because="a message is sent")


def _phases(timeline: Timeline, as_of: date) -> Iterator[End]:
    """With rolling intake everybody has phases of their own, and none of them binds the plan."""
    if timeline.is_rolling:
        return
    for phase in timeline.phases:
        if as_of < phase.start:
            yield End(day=phase.start - _DAY, rank=0, because=f"the phase `{phase.id}` opens on {phase.start}")
        elif as_of <= phase.end:
            yield End(day=phase.end, rank=0, because=f"the phase `{phase.id}` ends")


def _days(changes: Iterable[Change], as_of: date) -> Iterator[End]:
    """What is put on a day must be there before it begins."""
    for change in changes:
        before, after = change.before, change.after
        if isinstance(after, SessionRecord) and after.state == "planned":
            if not isinstance(before, SessionRecord) or before.starts != after.starts:
                day = datetime.fromisoformat(after.starts).date() - _DAY
                yield End(day=max(day, as_of), rank=1, because="a session that it plans is on the next day")
        elif isinstance(after, TrainingRecord) and after.state == "assigned" and _is_new_day(before, after):
            yield End(day=date.fromisoformat(after.due), rank=2, because="a training that it assigns is due")


def _is_new_day(before: Record | None, after: TrainingRecord) -> bool:
    return bool(after.due) and not (isinstance(before, TrainingRecord) and before.due == after.due)
