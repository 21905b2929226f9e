"""What goes on calendars: training sessions, events, and the meetings of every match, in this order.

A session that stands keeps its slot while what it was chosen from is unchanged; whatever is new is placed around it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mentorctl.plan.calendar import calendar_of, instant_at
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.events import event_sessions, fixed_events, standing_events
from mentorctl.plan.inputs import CANCELLED, LIVE_SESSION, Draft, PlanInputs
from mentorctl.plan.meetings import meeting_sessions, opened_at, standing_meetings
from mentorctl.plan.moves import reasons_of
from mentorctl.plan.trainings import training_sessions
from mentorctl.state.model import EnrollmentRecord, MatchRecord, SessionRecord, TrainingRecord


def schedule_cohort(
    cohort: Cohort,
    enrollments: Sequence[EnrollmentRecord],
    trainings: Sequence[TrainingRecord],
    matches: Sequence[MatchRecord],
    draft: Draft,
) -> list[SessionRecord]:
    """All sessions of a cohort: kept, moved, new, and cancelled ones."""
    prior = cohort.prior(SessionRecord)
    calendar = calendar_of(cohort, attending(cohort.inputs, enrollments, trainings, matches), draft)
    sessions: list[SessionRecord] = []
    if calendar is not None:
        standing, open_matches = standing_meetings(calendar, matches)
        calendar.book([*standing, *standing_events(calendar, prior)])
        fixed = fixed_events(calendar, enrollments, prior, draft)
        sessions += fixed
        sessions += training_sessions(calendar, trainings, fixed, draft)
        sessions += event_sessions(calendar, enrollments, prior, draft)
        not_before = opened_at(calendar, sessions)
        sessions += standing
        sessions += meeting_sessions(calendar, open_matches, standing, draft, not_before=not_before)
    placed = {s.address.id for s in sessions}
    sessions += [_no_longer(cohort, s) for s in prior.values() if s.address.id not in placed]
    before = (prior.get(session.address.id) for session in sessions)
    revised = [old if old is new else _revised(old, new) for old, new in zip(before, sessions, strict=True)]
    draft.reasons |= reasons_of(cohort, calendar, prior, revised, [m for m in matches if not cohort.inputs.is_over(m)])
    return revised


def attending(
    inputs: PlanInputs,
    enrollments: Iterable[EnrollmentRecord],
    trainings: Iterable[TrainingRecord],
    matches: Iterable[MatchRecord],
) -> set[str]:
    """Who may have something on the calendar of a cohort: not all who applied, who may be everybody on the roster."""
    busy = {t.person for t in trainings}.union(*(match.people for match in matches))
    here = (e for e in enrollments if not inputs.is_over(e))
    return {e.person for e in here if e.state != "not_eligible" or e.person in busy}


def _revised(before: SessionRecord | None, after: SessionRecord) -> SessionRecord:
    """A session with what calendars are told of it: how often it has changed for people, and who is no longer in it.

    A cancelled entry counts one more than its session (see `calendars.entries`), so for those who come back to one that
    was cancelled for them it has to count two more to be the newer one.
    """
    if before is None:
        return after
    if before == after:
        return before
    left = tuple(sorted({*before.left, *before.people} - {*after.people}))
    is_back = before.state == CANCELLED and after.state == LIVE_SESSION
    come_back = set(before.left) & set(after.people)
    more = 2 if is_back or come_back else int(_on_calendars(before) != _on_calendars(after))
    return replace(after, revision=before.revision + more, left=left)


def _on_calendars(session: SessionRecord) -> tuple[str, str, int, tuple[str, ...]]:
    """What an entry says: a meeting names those in it, and of what is for many nobody is told who else comes."""
    named = tuple(sorted(session.people)) if session.kind == "meeting" else ()
    return session.starts, session.zone, session.minutes, named


def _no_longer(cohort: Cohort, session: SessionRecord) -> SessionRecord:
    """A session that nobody asked for again: cancelled if it was ahead, history if it was not."""
    ahead = instant_at(session.starts).date() > cohort.inputs.as_of
    return replace(session, state=CANCELLED) if ahead and session.state == LIVE_SESSION else session
