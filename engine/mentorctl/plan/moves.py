"""Why sessions move or are cancelled: what their time no longer keeps, and the line of a file behind it."""

from collections.abc import Iterable, Mapping, Sequence

from mentorctl.addresses import Address
from mentorctl.diagnostics import WORKSPACE, FieldPath, Place
from mentorctl.optimize.scheduling.calendar import quarter_of
from mentorctl.plan.calendar import Calendar, end_of, instant_at
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import CANCELLED, LIVE_SESSION
from mentorctl.plan.model import Reason
from mentorctl.plan.own_time import needs_of_session
from mentorctl.plan.unplaced import blocked_by
from mentorctl.rules.fields import FieldType
from mentorctl.state.model import MatchRecord, SessionRecord

_BECAUSE = {
    "availability": "somebody offers other hours now",
    "hours": "it is outside of the hours of meetings",
    "closed": "the day is closed",
    "holidays": "it is a public holiday where somebody lives",
    "absence": "somebody is away",
    "busy": "somebody has something else then",
    "sessions": "somebody has another session then",
    "after": "what comes before it ends later",
    "room": "its room cannot be had then",
    "facilitator": "its facilitator has no time then",
}
_FIELDS = {"availability": FieldType.AVAILABILITY, "holidays": FieldType.HOLIDAYS, "absence": FieldType.ABSENCES}
_PLACES: dict[str, FieldPath] = {"busy": ("calendars", "busy")}


def reasons_of(
    cohort: Cohort,
    calendar: Calendar | None,
    prior: Mapping[str, SessionRecord],
    now: Iterable[SessionRecord],
    matches: Sequence[MatchRecord],
) -> dict[Address, Reason]:
    """The reasons of those sessions that are at another time than before, or are no longer held."""
    standing = {match.address.id for match in matches}
    found = {}
    now = tuple(now)
    for after in now:
        before = prior.get(after.address.id)
        if before is after or before is None or before.state != LIVE_SESSION:
            continue
        if after.state == CANCELLED:
            found[after.address] = _cancelled(cohort, calendar, before, now, standing)
        elif before.starts != after.starts:
            found[after.address] = _because("the session moves", *_blocked(cohort, calendar, before, now))
    return found


def _cancelled(
    cohort: Cohort,
    calendar: Calendar | None,
    before: SessionRecord,
    now: Sequence[SessionRecord],
    standing: set[str],
) -> Reason:
    if before.kind == "meeting" and before.subject not in standing:
        place = Place(document=cohort.program.id, path=("matching",))
        return Reason(phrase="the session is cancelled: the match has ended", cause=place)
    kind, cause = _blocked(cohort, calendar, before, now)
    return _because("the session is cancelled", kind, cause, "no other time is left, and ")


def _because(what: str, kind: str, cause: Place, more: str = "") -> Reason:
    """What happens, with why where that is known."""
    return Reason(phrase=f"{what}: {more}{_BECAUSE[kind]}" if kind in _BECAUSE else what, cause=cause)


def _blocked(
    cohort: Cohort, calendar: Calendar | None, before: SessionRecord, now: Sequence[SessionRecord]
) -> tuple[str, Place]:
    """What the time of a session does not keep any more, and where that is written."""
    held: dict[str, FieldPath] = {
        "training": ("training", "modules", before.subject),
        "event": ("events", before.subject.partition(".")[0]),
    }
    own = held.get(before.kind, ("meetings",))
    usual = Place(document=cohort.program.id, path=own)
    if calendar is None:
        return "", usual
    start = quarter_of(instant_at(before.starts))
    kind, path = blocked_by(calendar, before.people, start, before.minutes // 15)
    if path:
        return kind, Place(document=cohort.program.id, path=path)
    if kind in _PLACES:
        return kind, Place(document=WORKSPACE, path=_PLACES[kind])
    if not kind and _follows(cohort, before, now):
        return "after", Place(document=cohort.program.id, path=(*own, "after"))
    if not kind:
        return _without_place(calendar, before, usual)
    fields = (f.id for f in cohort.inputs.workspace.contract.fields if f.type is _FIELDS.get(kind))
    field = next(fields, "")
    return kind, Place(document=WORKSPACE, path=("roster", "fields", field)) if field else usual


def _follows(cohort: Cohort, before: SessionRecord, now: Sequence[SessionRecord]) -> bool:
    """Whether somebody in a training session would come to it before the end of what they need for it."""
    module = next((m for m in cohort.program.modules if (before.kind, before.subject) == ("training", m.id)), None)
    return module is not None and any(
        session.kind == "training"
        and session.state == LIVE_SESSION
        and session.subject in module.after
        and bool(set(session.people) & set(before.people))
        and end_of(session) > quarter_of(instant_at(before.starts))
        for session in now
    )


def _without_place(calendar: Calendar, before: SessionRecord, usual: Place) -> tuple[str, Place]:
    """Whether the room or the facilitator of a session is closed or with something else at its time."""
    first = quarter_of(instant_at(before.starts)) - calendar.base
    span = slice(max(0, first), max(0, first + before.minutes // 15))
    for name in needs_of_session(calendar.cohort.inputs, before):
        kind, _, own = name.partition(":")
        if name in calendar.row_of and not calendar.free.free[calendar.row_of[name], span].all():
            return kind, Place(document=WORKSPACE, path=(f"{kind}s", own))
    return "", usual
