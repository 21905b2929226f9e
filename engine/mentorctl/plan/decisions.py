"""What people decided about matches while a program runs, put into what its rules say.

Pins and blocks are kept with the cohort, wishes with whoever asked, ratings with the trial match; a process with
several rounds has its own capacities in each. Everything after this works on rules alone, so that whatever was decided
is searched, proved and explained like what is written in the file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

from mentorctl.dates.durations import later
from mentorctl.lifecycle.choosing import BLOCKS, PINS, RATED, REQUESTS
from mentorctl.plan.enrollments import Cohort
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import Ago, MetBefore, NamedPair, Not, Origin, PairPoints, PairRule, Verdict
from mentorctl.spec.matching import Capacity, Matching, Round
from mentorctl.state.live import FactValue
from mentorctl.state.model import EnrollmentRecord, MatchRecord
from mentorctl.values import dataclass

LEAST_STARS = 2  # who gives one star does not want to go on


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Request:
    """Somebody asked for somebody else, by opaque id; `place` counts their wishes from 0, `subject` is a period."""

    at: str
    person: str
    place: int
    wanted: str
    subject: str = ""


def with_decisions(cohort: Cohort) -> Cohort:
    """The cohort with a matching section that has what was decided."""
    matching = cohort.program.matching
    decided = _rounds(cohort, _by_process(cohort, _pins(cohort, matching)))
    if decided == matching:
        return cohort
    program = replace(cohort.program, matching=decided)
    return replace(cohort, compiled=replace(cohort.compiled, program=program))


def requests_of(cohort: Cohort) -> tuple[Request, ...]:
    """All wishes of a cohort's people, the oldest first."""
    found = [
        Request(at=at, person=record.person, place=place, wanted=wanted, subject=subject)
        for record in cohort.prior(EnrollmentRecord).values()
        for place, entry in enumerate(_texts(cohort.known("enrollment", record.address.id), REQUESTS))
        for wanted, at, subject in [_three(entry)]
    ]
    return tuple(sorted(found))


def round_of(cohort: Cohort) -> Round | None:
    """The round of the process in which the day of the plan lies; the last one where none has a length."""
    rounds = cohort.program.matching.process.rounds
    phase = cohort.timeline.phase("matching")
    if not rounds or phase is None:
        return None
    return next((r for r, end in _ends(rounds, phase.start) if end is None or cohort.inputs.as_of < end), rounds[-1])


def is_trial(cohort: Cohort, record: MatchRecord) -> bool:
    """Whether a match is one of a round before the last."""
    return record.subject in {one.id for one in cohort.program.matching.process.rounds[:-1]}


def _ends(rounds: Sequence[Round], start: date) -> Iterator[tuple[Round, date | None]]:
    day: date | None = start
    for one in rounds:
        day = later(day, one.lasts) if day and one.lasts else None
        yield one, day


# -- pins and blocks ---------------------------------------------------------------------------------------------------


def _pins(cohort: Cohort, matching: Matching) -> Matching:
    """With the pairs that were pinned and blocked; a block stands above a line of the file that forces the pair."""
    facts = _of_cohort(cohort)
    names = _Names(cohort)
    pinned = [(two, because) for two, because in _decided(facts, PINS, names)]
    blocked = [(two, because) for two, because in _decided(facts, BLOCKS, names)]
    if not pinned and not blocked:
        return matching
    gone = {frozenset(two) for two, _ in blocked}
    written = [n for n in matching.terms.named if frozenset((n.mentee, n.mentor)) not in gone]
    named = (
        *written,
        *(_named(two, Verdict.FORCE, because) for two, because in pinned if frozenset(two) not in gone),
        *(_named(two, Verdict.DENY, because) for two, because in blocked),
    )
    return replace(matching, terms=replace(matching.terms, named=named))


def _named(two: tuple[str, str], verdict: Verdict, because: str) -> NamedPair:
    return NamedPair(mentee=two[0], mentor=two[1], verdict=verdict, because=because, in_state=True)


def _decided(facts: Mapping[str, FactValue], name: str, names: "_Names") -> Iterator[tuple[tuple[str, str], str]]:
    """The pairs of a fact by roster id, each with its reason; of people who are not on the roster none."""
    for entry in _texts(facts, name):
        one, two, because = _three(entry)
        if one in names.known and two in names.known:
            yield (names.known[one], names.known[two]), because


# -- processes ---------------------------------------------------------------------------------------------------------


def _by_process(cohort: Cohort, matching: Matching) -> Matching:
    process = matching.process
    if process.cooldown:
        within = Ago(months=process.cooldown.months, days=process.cooldown.calendar_days)
        again = PairRule(
            id="cooldown",
            predicate=Not(of=MetBefore(within=within)),
            because="the two met not long ago",
            origin=Origin.IMPLIED,
        )
        matching = replace(matching, require=(*matching.require, again))
    if process.kind == "admin":
        return replace(matching, terms=replace(matching.terms, only=()))
    if process.kind == "suggested":
        said = (*matching.terms.said, *_wishes(cohort, process.request_points))
        return replace(matching, terms=replace(matching.terms, said=said))
    return matching


def _wishes(cohort: Cohort, points: Sequence[int]) -> Iterator[PairPoints]:
    """Points for whom people asked for, by the place of the wish."""
    asked, names = requests_of(cohort), _Names(cohort)
    for place, worth in enumerate(points):
        pairs = tuple(
            two
            for request in asked
            if request.place == place and (two := names.pair(request.person, request.wanted)) is not None
        )
        if pairs:
            yield PairPoints(id=f"request_{place + 1}", points=worth, pairs=pairs, because="one asked for the other")


def _rounds(cohort: Cohort, matching: Matching) -> Matching:
    """In a round with capacities of its own, those; after a trial, only those who met in it, by how they found it."""
    now = round_of(cohort)
    if now is None:
        return matching
    if now.per_mentor:
        matching = replace(matching, mentor_capacity=Capacity(at_most=now.per_mentor))
    if now.per_mentee:
        matching = replace(matching, mentee_capacity=Capacity(at_most=now.per_mentee))
    if now is matching.process.rounds[0]:
        return matching
    trials = [record for record in cohort.prior(MatchRecord).values() if is_trial(cohort, record)]
    names, stars = _Names(cohort), dict[tuple[str, str], list[int]]()
    for record in trials:
        if record.state in ("draft", "discarded"):
            continue
        given = [int(_three(entry)[1]) for entry in _texts(cohort.known("match", record.address.id), RATED)]
        for two in (names.pair(other, mentor) for other in record.others for mentor in record.mentors):
            if two is not None:
                stars.setdefault(two, []).extend(given)
    only = tuple(two for two, given in sorted(stars.items()) if min(given, default=LEAST_STARS) >= LEAST_STARS)
    said = tuple(_by_stars(stars, matching.process.rating_points))
    return replace(matching, terms=replace(matching.terms, only=only, said=(*matching.terms.said, *said)))


def _by_stars(stars: Mapping[tuple[str, str], Sequence[int]], worth: int) -> Iterator[PairPoints]:
    """Points for each star that the two gave each other."""
    totals = {two: sum(given) for two, given in stars.items() if given}
    for total in sorted(set(totals.values())):
        pairs = tuple(two for two, sum_ in sorted(totals.items()) if sum_ == total)
        because = f"the two gave each other {total} stars"
        yield PairPoints(id=f"stars_{total}", points=worth * total, pairs=pairs, because=because)


# -- facts -------------------------------------------------------------------------------------------------------------


class _Names:
    """Roster ids by opaque id, and who is the mentee of two."""

    def __init__(self, cohort: Cohort) -> None:
        self._cohort = cohort

    @cached_property
    def known(self) -> dict[str, str]:
        roster = self._cohort.inputs.roster
        return dict(zip(roster.ids, roster.roster_ids, strict=True))

    @cached_property
    def _mentors(self) -> set[str]:
        enrolled = self._cohort.prior(EnrollmentRecord).values()
        return {record.person for record in enrolled if record.role is Role.MENTOR}

    def pair(self, one: str, two: str) -> tuple[str, str] | None:
        """Two people as (mentee, mentor) by roster id; None where one is not on the roster."""
        if one not in self.known or two not in self.known:
            return None
        mentee, mentor = (two, one) if one in self._mentors and two not in self._mentors else (one, two)
        return self.known[mentee], self.known[mentor]


def _of_cohort(cohort: Cohort) -> Mapping[str, FactValue]:
    instance = cohort.inputs.snapshot.instances.get(cohort.address)
    return dict(instance.facts) if instance else {}


def _texts(facts: Mapping[str, FactValue], name: str) -> tuple[str, ...]:
    value = facts.get(name)
    return value if isinstance(value, tuple) else ()


def _three(entry: str) -> tuple[str, str, str]:
    """The three words of an entry, of which the last may have spaces, or be missing."""
    first, _, rest = entry.partition(" ")
    second, _, third = rest.partition(" ")
    return first, second, third


def roles_asking(kind: str, chosen_by: str) -> Iterable[Role]:
    """Whose wishes count in a process."""
    if kind in ("suggested", "admin"):
        return (Role.MENTOR, Role.MENTEE, Role.PEER)
    return (Role.PEER, Role.MENTEE if chosen_by == "mentee" else Role.MENTOR)
