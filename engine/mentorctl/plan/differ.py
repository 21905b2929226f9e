"""Prior and desired records to sorted changes, each with its reason and what it means to people."""

from collections.abc import Iterable, Mapping

from mentorctl.addresses import Address
from mentorctl.diagnostics import Place
from mentorctl.plan.model import Action, Change, Impact
from mentorctl.state.model import (
    CheckInRecord,
    CohortRecord,
    EnrollmentRecord,
    MatchRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    TrainingRecord,
)

_ENDED = frozenset({"ended", "declined", "expired", "completed"})
_UNTOLD = frozenset({"draft", "discarded"})  # of matches of which nobody knows


def differences(prior: Mapping[Address, Record], desired: Iterable[Record]) -> tuple[Change, ...]:
    """What turns the prior records into the desired ones, in the order of addresses."""
    wanted = {record.address: record for record in desired}
    rematched = _rematched(prior, wanted)
    changes = [
        _change(before, after, rematched)
        for address, after in wanted.items()
        if (before := prior.get(address)) != after
    ]
    changes += [
        Change(
            action=Action.DELETE,
            address=address,
            before=before,
            after=None,
            impact=Impact.INTERNAL,
            reason="no longer part of the program",
        )
        for address, before in prior.items()
        if address not in wanted
    ]
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


def _change(before: Record | None, after: Record, rematched: frozenset[str]) -> Change:
    impact, reason, path = _meaning(before, after, rematched)
    return Change(
        action=Action.CREATE if before is None else Action.UPDATE,
        address=after.address,
        before=before,
        after=after,
        impact=impact,
        reason=reason,
        cause=Place(document=after.address.program, path=path),
    )


def _meaning(before: Record | None, after: Record, rematched: frozenset[str]) -> tuple[Impact, str, tuple[str, ...]]:
    """Impact, reason, and the part of the file that asks for it."""
    match after:
        case ProgramRecord():
            return Impact.NONE, "the program is new" if before is None else "the program's definition changed", ()
        case CohortRecord():
            return (
                Impact.NONE,
                "the cohort is new" if before is None else "the cohort's dates changed",
                ("cohorts", after.address.cohort),
            )
        case EnrollmentRecord():
            return _enrollment(before, after)
        case TrainingRecord():
            return _training(before, after)
        case MatchRecord():
            return _match(before, after, rematched)
        case SessionRecord():
            return _session(before, after)
        case CheckInRecord():
            return Impact.INTERNAL, "the check-in ends", ("check_ins", after.check_in)


def _enrollment(before: Record | None, after: EnrollmentRecord) -> tuple[Impact, str, tuple[str, ...]]:
    if after.state == "withdrawn":
        return Impact.WITHDRAWN, "no longer on the roster", ("eligibility", after.role)
    if after.state == "waitlisted":
        return Impact.INFORMED, "waits for a match", ("matching", "unmatched")
    return (
        Impact.INTERNAL,
        "applied" if before is None else f"now {after.state.replace('_', ' ')}",
        ("eligibility", after.role),
    )


def _training(before: Record | None, after: TrainingRecord) -> tuple[Impact, str, tuple[str, ...]]:
    path = ("training", "modules", after.module)
    if after.state == "assigned":
        return Impact.INFORMED, "training assigned", path
    return Impact.INTERNAL, f"training {after.state}" if before else "training recorded", path


def _match(before: Record | None, after: MatchRecord, rematched: frozenset[str]) -> tuple[Impact, str, tuple[str, ...]]:
    if after.state in _UNTOLD:
        return Impact.INTERNAL, _DRAFTED[before is None or before.state not in _UNTOLD, after.state], ("matching",)
    again = set(after.people) & rematched
    if after.state == "completed":
        return Impact.INFORMED, "the match went the whole way", ("matching",)
    if after.state in _ENDED:
        return (
            Impact.RE_MATCHED if again >= set(after.others) else Impact.UN_MATCHED,
            "the match cannot stand",
            ("matching", "require"),
        )
    if again:
        return Impact.RE_MATCHED, "a new match replaces one that ended", ("matching",)
    made = "a match is proposed" if after.state == "proposed" else "a match was chosen"
    return Impact.INFORMED, made if before is None else f"the match is {after.state}", ("matching",)


_DRAFTED = {  # by whether it is new, and where it is now
    (True, "draft"): "a match is drafted",
    (False, "draft"): "the draft changes",
    (True, "discarded"): "the match is discarded",
    (False, "discarded"): "the draft is discarded",
}


def _session(before: Record | None, after: SessionRecord) -> tuple[Impact, str, tuple[str, ...]]:
    paths = {"training": ("training", "modules", after.subject), "event": ("events", after.subject.partition(".")[0])}
    path: tuple[str, ...] = paths.get(after.kind, ("meetings",))
    if after.state == "cancelled":
        return Impact.RESCHEDULED, "the session is cancelled", path
    if isinstance(before, SessionRecord) and before.starts != after.starts:
        return Impact.RESCHEDULED, "the session moves", path
    return Impact.INFORMED, "the session is planned" if before is None else "other people attend", path


def _rematched(prior: Mapping[Address, Record], wanted: Mapping[Address, Record]) -> frozenset[str]:
    """People who lose a match and get another one in the same plan."""
    losing: set[str] = set()
    gaining: set[str] = set()
    for address, after in wanted.items():
        before = prior.get(address)
        if not isinstance(after, MatchRecord) or before == after:
            continue
        stood = isinstance(before, MatchRecord) and before.state not in _ENDED | _UNTOLD
        stands = after.state not in _ENDED | _UNTOLD
        if stood and not stands:
            losing |= set(after.people)
        if stands and not stood:
            gaining |= set(after.people)
    return frozenset(losing & gaining)
