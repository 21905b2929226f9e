"""Prior and desired records to sorted changes, each with its reason and what it means to people."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mentorctl.addresses import Address
from mentorctl.plan.model import Action, Change, Impact
from mentorctl.state.model import (
    CheckInRecord,
    CohortRecord,
    EnrollmentRecord,
    MatchRecord,
    Member,
    ProgramRecord,
    Record,
    SessionRecord,
    TrainingRecord,
)
from mentorctl.values import dataclass

type Pair = tuple[Record | None, Record | None]  # a record before and after

_ENDED = frozenset({"ended", "declined", "expired", "completed"})
_UNTOLD = frozenset({"draft", "discarded"})  # of matches of which nobody knows
_TRAINED = frozenset({"completed", "waived", "cancelled", "lapsed"})
_PLANNED = "planned"
_MATCHED = "matched"
_SEVERITY = {impact: number for number, impact in enumerate(Impact)}


type Part = tuple[str, str, Member]  # somebody in a role of a program's cohort


@dataclass(frozen=True, slots=True, kw_only=True)
class Partings:
    """Who loses a match in a plan, and who of them is left with none; which enrollments go on in another program."""

    losing: frozenset[Part]
    alone: frozenset[Part]
    gone_on: frozenset[str] = frozenset()


def differences(prior: Mapping[Address, Record], desired: Iterable[Record]) -> tuple[Change, ...]:
    """What turns the prior records into the desired ones, in the order of addresses."""
    wanted = {record.address: record for record in desired}
    pairs: list[Pair] = [
        (before, after)
        for address, after in wanted.items()
        if (before := prior.get(address)) is not after and before != after
    ]
    pairs += [(before, None) for address, before in prior.items() if address not in wanted]
    partings = partings_in(pairs)
    changes = [_change(before, after, partings) for before, after in pairs]
    return tuple(sorted(changes, key=lambda change: change.address))


def people_of(record: Record) -> tuple[str, ...]:
    """The people whom a record is about, by opaque id."""
    match record:
        case EnrollmentRecord() | TrainingRecord() | CheckInRecord():
            return (record.person,)
        case MatchRecord():
            return record.people
        case SessionRecord():
            return record.people
        case ProgramRecord() | CohortRecord():
            return ()


def is_live(record: Record | None) -> bool:
    """Whether a record is a match that stands, or is to; a draft does not, as nobody knows of it."""
    return isinstance(record, MatchRecord) and record.state not in _ENDED | _UNTOLD


def partings_in(pairs: Iterable[Pair]) -> Partings:
    """Who loses a match; whoever is not `matched` afterwards has no other."""
    losing: set[Part] = set()
    alone: set[Part] = set()
    gone_on: set[str] = set()
    for before, after in pairs:
        if isinstance(before, MatchRecord) and not _went_the_whole_way(after):
            losing |= {_part(before, member) for member in _standing(before) - _standing(after)}
        elif isinstance(before, EnrollmentRecord) and before.state == _MATCHED and not _is_matched(after):
            alone.add(_part(before, Member(person=before.person, role=before.role)))
        elif before is None and isinstance(after, EnrollmentRecord) and after.origin:
            gone_on.add(after.origin)
    return Partings(losing=frozenset(losing), alone=frozenset(alone), gone_on=frozenset(gone_on))


def _standing(record: Record | None) -> frozenset[Member]:
    """Who is in a match that stands."""
    return frozenset(record.members) if isinstance(record, MatchRecord) and is_live(record) else frozenset()


def _went_the_whole_way(record: Record | None) -> bool:
    return isinstance(record, MatchRecord) and record.state == "completed"


def _is_matched(record: Record | None) -> bool:
    return isinstance(record, EnrollmentRecord) and record.state == _MATCHED


def impacts(before: Record | None, after: Record | None, partings: Partings) -> Iterator[tuple[str, Impact]]:
    """What a change means to each person whom it is about."""
    record = after or before
    if record is None:
        return
    if isinstance(record, MatchRecord):
        yield from _of_match(before, after, partings)
    elif isinstance(record, SessionRecord):
        yield from _of_session(before, after)
    else:
        goes_on = isinstance(after, EnrollmentRecord) and str(after.address) in partings.gone_on
        impact = Impact.INFORMED if goes_on else _of_one(before, after)
        for person in people_of(record):
            yield person, impact


def _change(before: Record | None, after: Record | None, partings: Partings) -> Change:
    record = after or before
    if record is None:
        raise ValueError("a change has a record on one side at least")
    worst = max((impact for _, impact in impacts(before, after, partings)), key=_SEVERITY.__getitem__, default=None)
    if worst is None:
        worst = Impact.NONE if isinstance(record, ProgramRecord | CohortRecord) else Impact.INTERNAL
    return Change(
        action=Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE,
        address=record.address,
        before=before,
        after=after,
        impact=worst,
        reason=_reason(before, after, worst),
    )


def _part(record: Record, member: Member) -> Part:
    return record.address.program, record.address.cohort, member


# -- impact ------------------------------------------------------------------------------------------------------------


def _of_match(before: Record | None, after: Record | None, partings: Partings) -> Iterator[tuple[str, Impact]]:
    """Who leaves it is un-matched, or re-matched with another match; who comes to it from another one likewise."""
    was, now = _standing(before), _standing(after)
    record = after or before
    if record is None:
        return
    if _went_the_whole_way(after):
        yield from ((person, Impact.INFORMED) for person in people_of(record))
        return
    for member in sorted(was | now):
        part = _part(record, member)
        if member not in now:
            yield member.person, Impact.UN_MATCHED if part in partings.alone else Impact.RE_MATCHED
        elif member not in was and part in partings.losing:
            yield member.person, Impact.RE_MATCHED
        else:
            yield member.person, Impact.INFORMED
    if not was | now:  # it was over, and is so in another way
        for person in people_of(record):
            yield person, Impact.INTERNAL


def _of_session(before: Record | None, after: Record | None) -> Iterator[tuple[str, Impact]]:
    """Who is to come at another time, or not any more, is rescheduled; who comes besides is informed.

    Nothing happens to those for whom all of it stays.
    """
    was = before if isinstance(before, SessionRecord) and before.state == _PLANNED else None
    now = after if isinstance(after, SessionRecord) and after.state == _PLANNED else None
    old, new = set(was.people if was else ()), set(now.people if now else ())
    moves = was is not None and now is not None and (was.starts, was.minutes) != (now.starts, now.minutes)
    for person in sorted(old | new):
        if person not in old:
            yield person, Impact.INFORMED
        elif moves or person not in new:
            yield person, Impact.RESCHEDULED
    record = after or before
    if not old | new and record is not None:
        for person in people_of(record):
            yield person, Impact.INTERNAL


def _of_one(before: Record | None, after: Record | None) -> Impact:
    """What a change means to the one person whom it is about."""
    match after or before:
        case EnrollmentRecord() if after is None:
            return Impact.ERASED
        case EnrollmentRecord(state="withdrawn"):
            return Impact.WITHDRAWN
        case EnrollmentRecord(state="waitlisted"):
            return Impact.INFORMED
        case EnrollmentRecord(state="not_eligible") if before is not None:
            return Impact.INFORMED
        case TrainingRecord() as training:
            return _of_training(before, after, training.state)
        case _:
            return Impact.INTERNAL


def _of_training(before: Record | None, after: Record | None, state: str) -> Impact:
    if state in _TRAINED:
        return Impact.INTERNAL
    if isinstance(before, TrainingRecord) and isinstance(after, TrainingRecord) and before.state == after.state:
        return Impact.RESCHEDULED if before.due != after.due else Impact.INTERNAL
    return Impact.INFORMED


# -- reasons -----------------------------------------------------------------------------------------------------------


def _reason(before: Record | None, after: Record | None, impact: Impact) -> str:
    """Why something changes, as far as the two records tell."""
    if after is None:
        return "no longer part of the program"
    match after:
        case ProgramRecord():
            return _of_program(before, after)
        case CohortRecord():
            return "the cohort is new" if before is None else "the cohort's dates changed"
        case EnrollmentRecord():
            return _enrolled(before, after)
        case TrainingRecord():
            return _trained(before, after)
        case MatchRecord():
            return _matched(before, after, impact)
        case SessionRecord():
            return _met(before, after)
        case CheckInRecord():
            return "the check-in ends"


def _of_program(before: Record | None, after: ProgramRecord) -> str:
    if before is None:
        return "the program is new"
    if isinstance(before, ProgramRecord) and before.state != after.state:
        return "the program is suspended" if after.state == "suspended" else "the program goes on"
    return "the program's definition changed"


def _enrolled(before: Record | None, after: EnrollmentRecord) -> str:
    if after.state == "withdrawn":
        return "no longer on the roster"
    if after.state == "waitlisted":
        return "waits for a match"
    return "applied" if before is None else f"now {after.state.replace('_', ' ')}"


def _trained(before: Record | None, after: TrainingRecord) -> str:
    if isinstance(before, TrainingRecord) and before.state == after.state:
        return "its due day moves" if before.due != after.due else "training recorded"
    if after.state == "assigned":
        return "training assigned"
    return f"training {after.state}" if before else "training recorded"


_DRAFTED = {  # by whether it was a draft, and where it is now
    (False, "draft"): "a match is drafted",
    (True, "draft"): "the draft changes",
    (False, "discarded"): "the match is discarded",
    (True, "discarded"): "the draft is discarded",
}


def _matched(before: Record | None, after: MatchRecord, impact: Impact) -> str:
    if after.state in _UNTOLD:
        return _DRAFTED[isinstance(before, MatchRecord) and before.state in _UNTOLD, after.state]
    if after.state == "completed":
        return "the match went the whole way"
    if not is_live(after):
        return "the match cannot stand"
    if isinstance(before, MatchRecord) and is_live(before):
        return "other people are in it" if before.people != after.people else f"the match is {after.state}"
    if impact is Impact.RE_MATCHED:
        return "a new match replaces one that ended"
    return "a match is proposed" if after.state == "proposed" else "a match was chosen"


def _met(before: Record | None, after: SessionRecord) -> str:
    if after.state == "cancelled":
        return "the session is cancelled"
    if isinstance(before, SessionRecord) and replace(before, basis=after.basis) == after:
        return "the session stays as it is"
    if isinstance(before, SessionRecord) and before.starts != after.starts:
        return "the session moves"
    if isinstance(before, SessionRecord) and before.minutes != after.minutes:
        return "the session takes another time"
    return "the session is planned" if before is None else "other people attend"
