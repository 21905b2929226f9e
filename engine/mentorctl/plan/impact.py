"""What a plan means in people: for each person the worst that happens to them."""

from collections import Counter
from collections.abc import Iterable

from mentorctl.plan.differ import people_of
from mentorctl.plan.model import Change, Impact
from mentorctl.state.model import Record

_ORDER = tuple(Impact)


def impact_by_person(changes: Iterable[Change]) -> dict[str, Impact]:
    """The worst impact of each person who is touched, by opaque id."""
    worst: dict[str, Impact] = {}
    for change in changes:
        touched = {p for record in (change.before, change.after) if record for p in people_of(record)}
        for person in touched:
            worst[person] = max(worst.get(person, Impact.NONE), change.impact, key=_ORDER.index)
    return worst


def impact_counts(changes: Iterable[Change]) -> dict[Impact, int]:
    """How many people each impact touches, in the order of severity; impacts of nobody are left out."""
    counted = Counter(impact_by_person(changes).values())
    return {impact: counted[impact] for impact in _ORDER if counted[impact]}


def people_seen(records: Iterable[Record], changes: Iterable[Change]) -> int:
    """How many people the plan looked at, touched or not."""
    everyone = {p for record in records for p in people_of(record)}
    return len(everyone | set(impact_by_person(changes)))
