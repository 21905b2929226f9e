"""What a plan means in people: for each person the worst that happens to them."""

from collections import Counter
from collections.abc import Iterable

from mentorctl.lifecycle.migration import MigrationChange, Moved, TimerPolicy
from mentorctl.plan.differ import people_of
from mentorctl.plan.model import Change, Impact
from mentorctl.state.model import MatchRecord, Record

_ORDER = tuple(Impact)


def impact_by_person(changes: Iterable[Change], migrations: Iterable[MigrationChange] = ()) -> dict[str, Impact]:
    """The worst impact of each person who is touched, by opaque id; who is carried over is touched too.

    Who loses a match and gets another one is re-matched, whatever becomes of the former partner.
    """
    changes = tuple(changes)
    gaining = {person for c in changes if c.impact is Impact.RE_MATCHED for person in _new_partners(c)}
    worst: dict[str, Impact] = {}
    for change in changes:
        touched = {p for record in (change.before, change.after) if record for p in people_of(record)}
        for person in touched:
            impact = change.impact
            if impact is Impact.UN_MATCHED and person in gaining:
                impact = Impact.RE_MATCHED
            worst[person] = max(worst.get(person, Impact.NONE), impact, key=_ORDER.index)
    for migration in migrations:
        for moved in migration.census:
            impact = _carried(migration, moved)
            for person in moved.people:
                worst[person] = max(worst.get(person, Impact.NONE), impact, key=_ORDER.index)
    return worst


def _carried(migration: MigrationChange, moved: Moved) -> Impact:
    """What being carried over means: a day that moves, another state, or nothing that anybody sees."""
    line = migration.line_of(moved)
    if any(policy != TimerPolicy.KEEP.value for _, policy in line.timers):
        return Impact.RESCHEDULED
    return Impact.INFORMED if line.old != line.to else Impact.INTERNAL


def _new_partners(change: Change) -> tuple[str, ...]:
    """The people of a match that this change makes."""
    made = change.after
    return people_of(made) if isinstance(made, MatchRecord) and made.state in ("proposed", "accepted") else ()


def impact_counts(changes: Iterable[Change], migrations: Iterable[MigrationChange] = ()) -> dict[Impact, int]:
    """How many people each impact touches, in the order of severity; impacts of nobody are left out."""
    counted = Counter(impact_by_person(changes, migrations).values())
    return {impact: counted[impact] for impact in _ORDER if counted[impact]}


def people_seen(
    records: Iterable[Record], changes: Iterable[Change], migrations: Iterable[MigrationChange] = ()
) -> int:
    """How many people the plan looked at, touched or not."""
    everyone = {p for record in records for p in people_of(record)}
    return len(everyone | set(impact_by_person(changes, migrations)))
