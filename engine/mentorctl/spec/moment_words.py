"""What can happen to one person or match; the schema's `occurrence` lists the same."""

EVENTS = (
    "enrollment.applied", "enrollment.eligible", "enrollment.not_eligible", "enrollment.approved", "enrollment.ready",
    "enrollment.waitlisted", "enrollment.matched", "enrollment.withdrawn", "enrollment.completed",
    "training.assigned", "training.completed",
    "match.proposed", "match.accepted", "match.declined", "match.expired", "match.started", "match.paused",
    "match.ended", "match.completed",
    "meeting.planned", "meeting.first", "meeting.held", "meeting.missed",
    "check_in.due", "check_in.answered", "check_in.alert", "goal.done", "agreement.signed", "deliverable.done",
)  # fmt: skip

# Days of a thing's own, by the lifecycle whose deadlines may hang on them.
OWN_DAYS = {"session": "session.starts", "training": "training.due", "check_in": "check_in.asked"}
