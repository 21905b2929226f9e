"""Self-selection and booking: whoever asks first is served first, and who is full leads to the next wish.

Nothing is optimized here. A wish becomes a match where the rules allow the two and both have room; otherwise the next
wish of the same person has its turn. Each wish that comes to nothing is counted with its reason, so that nobody is
left to wonder.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import field
from heapq import heapify, heappop, heappush

from mentorctl.lifecycle.compiler import lifecycle_named
from mentorctl.optimize.shapes.case import Proposal, ShapeCase, terms_of
from mentorctl.optimize.verify import broken_by, capacity_of
from mentorctl.plan.decisions import Request, requests_of, roles_asking
from mentorctl.plan.enrollments import POOL, Cohort
from mentorctl.plan.inputs import Draft
from mentorctl.plan.model import Notice
from mentorctl.plan.standing import NEW, STANDING
from mentorctl.rules.fields import Role
from mentorctl.state.model import EnrollmentRecord, MatchRecord
from mentorctl.values import dataclass

_REASONS = {
    "full": "found the other one with no free place",
    "gone": "asked for somebody who cannot be matched now",
    "over": "had been turned down or had run out of time",
    "rule": "asked for somebody whom a hard rule excludes",
    "period": "named a period that is not one of those to come",
}


@dataclass(slots=True, kw_only=True)
class _Books:
    """Free places while wishes are served, by role, person and period; open proposals per asking person."""

    room: dict[tuple[Role, int, str], int] = field(default_factory=dict)
    total: dict[tuple[Role, int], int] = field(default_factory=dict)
    pending: Counter[int] = field(default_factory=Counter)

    def has(self, role: Role, person: int, period: str) -> bool:
        of_period = self.room.get((role, person, period), 1)
        return of_period > 0 and self.total.get((role, person), 0) > 0

    def take(self, role: Role, person: int, period: str) -> None:
        if (role, person, period) in self.room:
            self.room[role, person, period] -= 1
        self.total[role, person] = self.total.get((role, person), 0) - 1


def chosen(
    cohort: Cohort,
    case: ShapeCase,
    kept: Sequence[MatchRecord],
    others: Sequence[MatchRecord],
    enrollments: Iterable[EnrollmentRecord],
    draft: Draft,
) -> tuple[Proposal, ...]:
    """The matches that people chose and that are to be made now; what became of the other wishes is said."""
    enrollments = tuple(enrollments)
    closed = _not_open(cohort, enrollments)
    if closed:
        _say(cohort, draft, closed)
        return ()
    asking = set(roles_asking(cohort.program.matching.process.kind, cohort.program.matching.process.chosen_by))
    of_role = {e.person for e in enrollments if e.role in asking}
    wishes = [request for request in requests_of(cohort) if request.person in of_role]
    made, lost = _served(cohort, case, kept, others, wishes)
    _report(cohort, draft, len(wishes), len(made), lost)
    return made


def first_state(cohort: Cohort) -> str:
    """Where a chosen match begins: with the other one's answer, or at once together where nobody is asked."""
    machine = lifecycle_named(cohort.compiled.lifecycles, "match")
    if cohort.program.matching.process.asked != "nobody" or machine.initial not in NEW:
        return machine.initial
    if machine.initial != "proposed":
        return machine.initial
    return cohort.compiled.stepper("match").step("proposed", "accept", {}).state


def _not_open(cohort: Cohort, enrollments: Sequence[EnrollmentRecord]) -> str:
    """Why people cannot choose yet, or an empty text: too few mentors are ready."""
    ready = cohort.program.matching.process.ready
    if not ready:
        return ""
    mentors = [e for e in enrollments if e.role is Role.MENTOR and not cohort.inputs.is_over(e)]
    share = sum(e.state in POOL for e in mentors) / max(1, len(mentors)) * 100
    if share >= float(ready.removesuffix("%")):
        return ""
    return f"people can choose when {ready} of the mentors are ready; {share:.0f} % are"


def _served(
    cohort: Cohort,
    case: ShapeCase,
    kept: Sequence[MatchRecord],
    others: Sequence[MatchRecord],
    wishes: Sequence[Request],
) -> tuple[tuple[Proposal, ...], Counter[str]]:
    """The oldest wish of everybody first, then the next one of those who can have more."""
    index_of, process = cohort.inputs.index_of, cohort.program.matching.process
    books = _books(cohort, case, kept)
    stands = {(frozenset(m.people), m.subject) for m in kept}
    over = {frozenset(m.people) for m in others if m.state not in STANDING}
    by_person: dict[str, list[Request]] = {}
    for request in sorted(wishes, key=lambda r: (r.person, r.place)):
        by_person.setdefault(request.person, []).append(request)
    turns = [(mine[0].at, person, 0) for person, mine in by_person.items()]
    heapify(turns)
    made: list[Proposal] = []
    lost: Counter[str] = Counter()
    while turns:
        _, person, place = heappop(turns)
        request = by_person[person][place]
        asker = index_of.get(person, -1)
        if process.pending and books.pending[asker] >= process.pending:
            continue  # they wait for an answer before the next one is asked
        two = _pair(cohort, case, asker, index_of.get(request.wanted, -1))
        people = frozenset((person, request.wanted))
        if (people, request.subject) not in stands and not any(people == p for p, s in stands if not case.periods):
            reason = "over" if people in over else _reason(case, two, request.subject, books)
            if reason:
                lost[reason] += 1
            elif two is not None:
                made.append(_made(case, two, request.subject, books))
                books.pending[asker] += 1
        if place + 1 < len(by_person[person]):
            later = by_person[person][place + 1]
            heappush(turns, (max(later.at, request.at), person, place + 1))
    return tuple(made), lost


def _reason(case: ShapeCase, two: tuple[int, int] | None, period: str, books: _Books) -> str:
    """Why a wish cannot come true, or an empty text."""
    if two is None or two[0] not in case.mentees or two[1] not in case.mentors:
        return "gone"
    if case.periods and period not in case.periods:
        return "period"
    mentee, mentor = two
    if (mentee, mentor) in case.blocked or broken_by(case.ground, case.matching, mentee, mentor):
        return "rule"
    sides = (Role.PEER, Role.PEER) if case.ground.peers else (Role.MENTEE, Role.MENTOR)
    if not all(books.has(role, person, period) for role, person in zip(sides, two, strict=True)):
        return "full"
    return ""


def _made(case: ShapeCase, two: tuple[int, int], period: str, books: _Books) -> Proposal:
    mentee, mentor = two
    terms = terms_of(case, [two])
    score = sum(points for _, points in terms)
    if case.ground.peers:
        for person in two:
            books.take(Role.PEER, person, period)
        return Proposal(mentors=(), others=two, subject=period, score=score, terms=terms)
    books.take(Role.MENTEE, mentee, period)
    books.take(Role.MENTOR, mentor, period)
    return Proposal(mentors=(mentor,), others=(mentee,), subject=period, score=score, terms=terms)


def _pair(cohort: Cohort, case: ShapeCase, one: int, two: int) -> tuple[int, int] | None:
    """Two people as (mentee, mentor), or as peers in the order of the roster; None where one is not on it."""
    if min(one, two) < 0 or one == two:
        return None
    if case.ground.peers:
        return min(one, two), max(one, two)
    return (one, two) if cohort.program.matching.process.chosen_by == "mentee" else (two, one)


def _books(cohort: Cohort, case: ShapeCase, kept: Sequence[MatchRecord]) -> _Books:
    """What is left of everybody's places beside the matches that stand."""
    books, index_of = _Books(), cohort.inputs.index_of
    for role, people, capacity, side in (
        (Role.MENTEE, case.mentees, case.matching.mentee_capacity, 1),
        (Role.MENTOR, case.mentors, case.matching.mentor_capacity, 0),
    ):
        for person in people.tolist():
            here = Role.PEER if case.ground.peers else role
            most = 1 if case.ground.peers else capacity_of(case.ground, capacity, person)
            times = len(case.periods) if role is Role.MENTOR and case.periods else 1
            whole = most * times
            limit = whole if case.limits is None else min(whole, int(case.limits[side][person]))
            books.total[here, person] = limit
            if role is Role.MENTOR:
                books.room.update({(here, person, period): most for period in case.periods})
    for match in kept:
        for member in match.members:
            person = index_of.get(member.person, -1)
            books.take(member.role, person, match.subject)
            books.pending[person] += match.state in NEW
    return books


def _report(cohort: Cohort, draft: Draft, asked: int, made: int, lost: Counter[str]) -> None:
    kind = cohort.program.matching.process.kind
    if not asked:
        _say(cohort, draft, f"people choose each other (`{kind}`), and nobody has asked for anybody yet")
        return
    _say(cohort, draft, f"{made} matches were chosen by people; {asked} wishes are known (`{kind}`)")
    for reason, count in sorted(lost.items()):
        _say(cohort, draft, f"{count} wish{'' if count == 1 else 'es'} {_REASONS[reason]}")


def _say(cohort: Cohort, draft: Draft, text: str) -> None:
    draft.notices.append(Notice(program=cohort.program.id, cohort=cohort.id, text=text))
