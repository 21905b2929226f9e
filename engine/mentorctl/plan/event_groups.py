"""Who an event is for, and the groups of one that is held in groups, such as circles: they stay together, newcomers
join the smallest.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from mentorctl.plan.calendar import Calendar
from mentorctl.plan.inputs import LIVE_SESSION
from mentorctl.spec.matching import Headcount
from mentorctl.spec.model import Event
from mentorctl.state.model import EnrollmentRecord, SessionRecord


def groups_of(event: Event, people: Sequence[str], prior: Mapping[str, SessionRecord]) -> dict[int, list[str]]:
    """People in groups by number from 1: those that are together stay, newcomers join the smallest groups."""
    size = event.size or Headcount(at_least=2, at_most=len(people))
    groups = _kept_groups(event, set(people), prior, size)
    known = {person for members in groups.values() for person in members}
    newcomers = sorted(set(people) - known, key=_shuffled)
    needed = -(-len(people) // size.at_most)
    for number in range(1, needed + 1):
        groups.setdefault(number, [])
    for person in newcomers:
        smallest = min(groups, key=lambda number: (len(groups[number]), number), default=0)
        if smallest:
            groups[smallest].append(person)
    return {number: sorted(members) for number, members in sorted(groups.items())}


def _kept_groups(
    event: Event, people: set[str], prior: Mapping[str, SessionRecord], size: Headcount
) -> dict[int, list[str]]:
    """The groups that exist and are still large enough, as at their latest session."""
    latest: dict[int, SessionRecord] = {}
    for session in sorted(prior.values(), key=lambda s: (s.starts, s.address)):
        name, _, group = session.subject.partition(".")
        if session.kind == "event" and name == event.id and group and session.state == LIVE_SESSION:
            latest[int(group)] = session
    kept = {number: [p for p in session.people if p in people] for number, session in latest.items()}
    return {number: members for number, members in kept.items() if size.at_least <= len(members) <= size.at_most}


def _shuffled(person: str) -> bytes:
    """An order that has nothing to do with the roster, so that groups are mixed, and is the same every time."""
    return blake2b(person.encode(), digest_size=8).digest()


def audience_of(calendar: Calendar, event: Event, enrollments: Sequence[EnrollmentRecord]) -> list[str]:
    """Who an event is for: after matching those who are matched, before it everyone who takes part."""
    matching = calendar.cohort.timeline.phase("matching")
    day = calendar.cohort.timeline.day_of(event.at)
    if matching and day and day > matching.end:
        states = frozenset({"matched"})
    else:
        states = frozenset({"applied", "eligible", "approved", "ready", "waitlisted", "matched"})
    return sorted(
        {
            e.person
            for e in enrollments
            if e.state in states and event.audience.includes(e.role) and e.person in calendar.row_of
        }
    )
