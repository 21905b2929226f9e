"""How good the matches of a program are on one side of a plan, and what becomes of matches and sessions between them.

Every figure is one pass over records: nothing here looks at pairs.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from mentorctl.plan.consequences import CalendarMoves, Churn, Measures
from mentorctl.plan.differ import is_live
from mentorctl.plan.fairness import FLOOR, GroupsOf
from mentorctl.plan.model import Change
from mentorctl.plan.standing import DRAFT
from mentorctl.rules.fields import Role
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Record, SessionRecord

type Where = tuple[str, str]  # a cohort and a person

_IN_POOL = frozenset({"ready", "waitlisted", "matched"})
_TOLD = frozenset({"accepted", "active", "paused"})
_PLANNED = "planned"


def measures_of(records: Iterable[Record], groups: Sequence[GroupsOf] = ()) -> Measures:
    """The measures of one program's records; `groups` has, for each protected field, the groups of each person.

    A person counts once in each cohort.
    """
    listed = tuple(records)
    matches = [r for r in listed if isinstance(r, MatchRecord) and (is_live(r) or r.state == DRAFT)]
    places: Counter[Where] = Counter()
    matched: set[Where] = set()
    for match in matches:
        cohort = match.address.cohort
        matched |= {(cohort, person) for person in match.others}
        for mentor in match.mentors:
            places[cohort, mentor] += len(match.others)
    looking, mentors = set(matched), set(places)
    for record in listed:
        if isinstance(record, EnrollmentRecord) and record.state in _IN_POOL:
            (mentors if record.role is Role.MENTOR else looking).add((record.address.cohort, record.person))
    scores = Counter(match.score for match in matches)
    return Measures(
        mentees=len(looking),
        matched=len(matched),
        mentors=len(mentors),
        mentors_used=len(places),
        matches=len(matches),
        score_total=sum(match.score for match in matches),
        score_lowest=min((match.score for match in matches), default=0),
        scores=tuple(sorted(scores.items())),
        load=tuple(sorted(Counter(places[mentor] for mentor in mentors).items())),
        fairness_gap=_gap(looking, matched, groups),
    )


def _gap(looking: set[Where], matched: set[Where], groups: Sequence[GroupsOf]) -> int | None:
    """The largest difference in match rate between two groups of a field that are large enough to be shown."""
    gaps = []
    for groups_of in groups:
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for one in looking:
            for group in groups_of.get(one[1], ()):
                counts[group][0] += one in matched
                counts[group][1] += 1
        rates = [10_000 * hits // of for hits, of in counts.values() if of >= FLOOR]
        if len(rates) > 1:
            gaps.append(max(rates) - min(rates))
    return max(gaps, default=None)


def churn_of(changes: Iterable[Change], prior: Iterable[Record], announces: Mapping[str, bool]) -> Churn:
    """What becomes of the matches of one program.

    `announces` says of a match, by its id, whether people were told of it when it was proposed.
    """
    listed = tuple(prior)
    met = {r.subject for r in listed if isinstance(r, SessionRecord) and r.kind == "meeting" and r.state == "held"}
    stood = sum(1 for r in listed if is_live(r))
    made = 0
    ended: list[MatchRecord] = []
    for change in changes:
        before, after = change.before, change.after
        if is_live(after) and not is_live(before):
            made += 1
        elif isinstance(before, MatchRecord) and is_live(before) and not is_live(after):
            ended.append(before)
    return Churn(
        kept=stood - len(ended),
        made=made,
        ended=len(ended),
        ended_announced=sum(r.state in _TOLD or announces.get(r.address.id, False) for r in ended),
        ended_met=sum(r.address.id in met for r in ended),
    )


def moves_of(changes: Iterable[Change]) -> CalendarMoves:
    """What changes on the calendars of one program's people."""
    counts: Counter[str] = Counter()
    people: set[str] = set()
    for change in changes:
        move = _move(change)
        if move:
            counts[move] += 1
            people |= {p for r in (change.before, change.after) if isinstance(r, SessionRecord) for p in r.people}
    return CalendarMoves(
        added=counts["added"], moved=counts["moved"], cancelled=counts["cancelled"], people=len(people)
    )


def _move(change: Change) -> str:
    before, after = (r if isinstance(r, SessionRecord) and r.state == _PLANNED else None for r in _sides(change))
    if before is None:
        return "added" if after is not None else ""
    if after is None:
        return "cancelled"
    return "moved" if (before.starts, before.minutes) != (after.starts, after.minutes) else ""


def _sides(change: Change) -> tuple[Record | None, Record | None]:
    return change.before, change.after
