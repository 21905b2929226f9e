"""What happened to people when a record came into another state: `match.accepted`, `training.completed`.

The names are those that messages and moments use. What no record shows yet (answers, goals, agreements) is not here.
"""

from typing import assert_never

from mentorctl.rules.fields import Role
from mentorctl.spec.model import Program
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


def occurrences(program: Program, before: Record | None, after: Record) -> tuple[str, ...]:
    """What happened between two states of one record, in the order in which it did."""
    match after:
        case EnrollmentRecord():
            return tuple(
                f"enrollment.{word}"
                for word in _enrolled(_state(before), after.state)
                if word != "approved" or program.eligibility(after.role).approval
            )
        case TrainingRecord():
            return _entered(_TRAINING, before, after.state)
        case MatchRecord():
            if after.state == "active" and _state(before) == "paused":
                return ()  # they go on; it started before
            return _entered(_MATCH, before, after.state)
        case SessionRecord():
            if after.kind != "meeting":
                return ()
            first = ("meeting.first",) if after.number == 1 and after.state == "held" else ()
            entered = _entered(_MEETING, before, after.state)
            return (*first, *entered) if entered else ()
        case ProgramRecord() | CohortRecord() | CheckInRecord():
            return ()
        case _:
            assert_never(after)


def role_of(training: TrainingRecord) -> Role:
    """The role for which somebody trains; the id of an enrollment ends with it."""
    return Role(training.enrollment.rpartition("_")[2])


def _state(record: Record | None) -> str:
    return "" if record is None else record.state


def _entered(words: dict[str, str], before: Record | None, after: str) -> tuple[str, ...]:
    return (words[after],) if after in words and _state(before) != after else ()


def _enrolled(before: str, after: str) -> tuple[str, ...]:
    """The stages that were passed on the way, forwards only, and where it led; one plan may pass several."""
    if before == after:
        return ()
    passed = _STAGES[_REACHED.get(before, 0) : _REACHED.get(after, 0)]
    return (*passed, *((after,) if after in _PLACES else ()))


_STAGES = ("applied", "eligible", "approved", "ready")
_PLACES = frozenset({"not_eligible", "waitlisted", "matched", "completed", "withdrawn"})
_REACHED = {  # how many stages are passed in a state; whoever withdrew and comes back begins anew
    "applied": 1, "not_eligible": 1, "eligible": 2, "approved": 3, "ready": 4, "waitlisted": 4, "matched": 4,
    "completed": 4,
}  # fmt: skip
_TRAINING = {"assigned": "training.assigned", "completed": "training.completed"}
_MATCH = {
    "proposed": "match.proposed",
    "accepted": "match.accepted",
    "declined": "match.declined",
    "expired": "match.expired",
    "active": "match.started",
    "paused": "match.paused",
    "ended": "match.ended",
    "completed": "match.completed",
}
_MEETING = {"planned": "meeting.planned", "held": "meeting.held", "missed": "meeting.missed"}
