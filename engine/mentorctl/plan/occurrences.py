"""What happened to people when a record came into another state: `match.accepted`, `training.completed`.

The names are those that messages and moments use. What no record shows yet (answers, goals, agreements) is not here.
"""

from collections.abc import Mapping

from mentorctl.lifecycle.occasions import names_of, occasions_of
from mentorctl.rules.fields import Role
from mentorctl.spec.model import Program
from mentorctl.state.codec import kind_of
from mentorctl.state.live import FactValue
from mentorctl.state.model import EnrollmentRecord, Record, SessionRecord, TrainingRecord


def occurrences(program: Program, before: Record | None, after: Record) -> tuple[str, ...]:
    """What happened between two states of one record, in the order in which it did."""
    kind = kind_of(after)
    return names_of(occasions_of(kind, "", _state(before), _state(after)), kind, _facts(program, after))


def role_of(training: TrainingRecord) -> Role:
    """The role for which somebody trains; the id of an enrollment ends with it."""
    return Role(training.enrollment.rpartition("_")[2])


def _state(record: Record | None) -> str:
    return "" if record is None else record.state


def _facts(program: Program, record: Record) -> Mapping[str, FactValue]:
    """What a record itself says about what may have happened."""
    match record:
        case EnrollmentRecord():
            return {"needs_approval": bool(program.eligibility(record.role).approval)}
        case SessionRecord():
            return {"meeting": record.kind == "meeting", "number": record.number}
        case _:
            return {}
