"""MC6xxx: scheduling."""

from mentorctl.catalog.kind import Kind

KINDS = (
    Kind(
        "MC6001",
        "warning",
        "a pair has fewer sessions than it should",
        "Their common availability, the working hours, the cadence and the weekly load leave no slot.",
    ),
    Kind("MC6002", "warning", "people have no seat in a training session", "No session fits their availability."),
    Kind(
        "MC6003",
        "warning",
        "people cannot attend an event",
        "Their availability does not cover the slot that suits most.",
    ),
    Kind(
        "MC6004",
        "warning",
        "the timetable is not proved to be the best",
        "The time limit ended the search; the gap says how far from the best it can be at most.",
    ),
)
