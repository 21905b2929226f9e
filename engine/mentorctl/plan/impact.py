"""What a plan means in people: for each person the worst that happens to them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from mentorctl.lifecycle.migration import MigrationChange, Moved, TimerPolicy
from mentorctl.plan.differ import impacts, partings_in, people_of
from mentorctl.plan.model import Change, Impact
from mentorctl.state.model import Record, SessionRecord

SEVERITY = {impact: number for number, impact in enumerate(Impact)}


def impact_by_person(changes: Iterable[Change], migrations: Iterable[MigrationChange] = ()) -> dict[str, Impact]:
    """The worst impact of each person who is touched, by opaque id; who is carried over is touched too.

    Who loses a match and has another one is re-matched, whatever becomes of the former partner.
    """
    changes = tuple(changes)
    partings = partings_in((change.before, change.after) for change in changes)
    worst: dict[str, Impact] = {}
    for change in changes:
        for person, impact in impacts(change.before, change.after, partings):
            _note(worst, person, impact)
    for migration in migrations:
        for moved in migration.census:
            impact = carried(migration, moved)
            for person in moved.people:
                _note(worst, person, impact)
    return worst


def _note(worst: dict[str, Impact], person: str, impact: Impact) -> None:
    known = worst.get(person)
    if known is None or SEVERITY[known] < SEVERITY[impact]:
        worst[person] = impact


def carried(migration: MigrationChange, moved: Moved) -> Impact:
    """What being carried over means: a day that moves, another state, or nothing that anybody sees."""
    line = migration.line_of(moved)
    if any(policy != TimerPolicy.KEEP.value for _, policy in line.timers):
        return Impact.RESCHEDULED
    return Impact.INFORMED if line.old != line.to else Impact.INTERNAL


def impact_counts(changes: Iterable[Change], migrations: Iterable[MigrationChange] = ()) -> dict[Impact, int]:
    """How many people each impact touches, in the order of severity; impacts of nobody are left out."""
    counted = Counter(impact_by_person(changes, migrations).values())
    return {impact: counted[impact] for impact in Impact if counted[impact]}


def people_seen(
    records: Sequence[Record], changes: Iterable[Change], migrations: Iterable[MigrationChange] = ()
) -> int:
    """How many people the plan looked at, touched or not."""
    held = {record.people for record in records if isinstance(record, SessionRecord)}  # the same people meet often
    others = (people_of(record) for record in records if not isinstance(record, SessionRecord))
    return len({*chain.from_iterable(held), *chain.from_iterable(others), *impact_by_person(changes, migrations)})
