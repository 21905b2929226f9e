"""Why sessions move or are cancelled: what their time no longer keeps, and the line of a file behind it."""

from collections.abc import Iterable, Mapping, Sequence

from mentorctl.addresses import Address
from mentorctl.diagnostics import WORKSPACE, FieldPath, Place
from mentorctl.optimize.scheduling.calendar import quarter_of
from mentorctl.plan.calendar import Calendar, instant_at
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import CANCELLED, LIVE_SESSION
from mentorctl.plan.model import Reason
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
    for after in now:
        before = prior.get(after.address.id)
        if before is None or before.state != LIVE_SESSION:
            continue
        if after.state == CANCELLED:
            found[after.address] = _cancelled(cohort, calendar, before, standing)
        elif before.starts != after.starts:
            found[after.address] = _because("the session moves", *_blocked(cohort, calendar, before))
    return found


def _cancelled(cohort: Cohort, calendar: Calendar | None, before: SessionRecord, standing: set[str]) -> Reason:
    if before.kind == "meeting" and before.subject not in standing:
        place = Place(document=cohort.program.id, path=("matching",))
        return Reason(phrase="the session is cancelled: the match has ended", cause=place)
    kind, cause = _blocked(cohort, calendar, before)
    return _because("the session is cancelled", kind, cause, "no other time is left, and ")


def _because(what: str, kind: str, cause: Place, more: str = "") -> Reason:
    """What happens, with why where that is known."""
    return Reason(phrase=f"{what}: {more}{_BECAUSE[kind]}" if kind in _BECAUSE else what, cause=cause)


def _blocked(cohort: Cohort, calendar: Calendar | None, before: SessionRecord) -> tuple[str, Place]:
    """What the time of a session does not keep any more, and where that is written."""
    held: dict[str, FieldPath] = {
        "training": ("training", "modules", before.subject),
        "event": ("events", before.subject.partition(".")[0]),
    }
    usual = Place(document=cohort.program.id, path=held.get(before.kind, ("meetings",)))
    if calendar is None:
        return "", usual
    start = quarter_of(instant_at(before.starts))
    kind, path = blocked_by(calendar, before.people, start, before.minutes // 15)
    if path:
        return kind, Place(document=cohort.program.id, path=path)
    if kind in _PLACES:
        return kind, Place(document=WORKSPACE, path=_PLACES[kind])
    fields = (f.id for f in cohort.inputs.workspace.contract.fields if f.type is _FIELDS.get(kind))
    field = next(fields, "")
    return kind, Place(document=WORKSPACE, path=("roster", "fields", field)) if field else usual
