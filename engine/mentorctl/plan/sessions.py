"""What goes on calendars: training sessions, events, and the meetings of every match, in this order.

A session that stands keeps its slot while what it was chosen from is unchanged; whatever is new is placed around it.
"""

from collections.abc import Sequence
from dataclasses import replace

from mentorctl.plan.calendar import calendar_of, instant_at
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.events import event_sessions, standing_events
from mentorctl.plan.inputs import LIVE_SESSION, Draft
from mentorctl.plan.meetings import meeting_sessions, opened_at, standing_meetings
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
    people = [e.person for e in enrollments if not cohort.inputs.is_over(e)]
    calendar = calendar_of(cohort, people, draft)
    sessions: list[SessionRecord] = []
    if calendar is not None:
        standing, open_matches = standing_meetings(calendar, matches, prior)
        for session in (*standing, *standing_events(calendar, prior)):
            calendar.book(session)
        sessions += training_sessions(calendar, trainings, prior, draft)
        sessions += event_sessions(calendar, enrollments, prior, draft)
        not_before = opened_at(calendar, sessions)
        sessions += standing
        sessions += meeting_sessions(calendar, open_matches, standing, draft, not_before=not_before)
    placed = {s.address.id for s in sessions}
    sessions += [_no_longer(cohort, s) for s in prior.values() if s.address.id not in placed]
    return sessions


def _no_longer(cohort: Cohort, session: SessionRecord) -> SessionRecord:
    """A session that nobody asked for again: cancelled if it was ahead, history if it was not."""
    ahead = instant_at(session.starts).date() > cohort.inputs.as_of
    return replace(session, state="cancelled") if ahead and session.state == LIVE_SESSION else session
