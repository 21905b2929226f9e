"""What moved although no file asked for it: people who came and went, and what was recorded since the last apply."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from mentorctl.plan.consequences import Drift, Moved
from mentorctl.plan.differ import people_of
from mentorctl.plan.inputs import BREAKS, PlanInputs
from mentorctl.plan.model import RECORDED, ROSTER, Change
from mentorctl.rules.fields import Role
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Record, SessionRecord, TrainingRecord

type _Key = tuple[str, str, Moved, str, bool]

_PLURAL = {Role.MENTOR: "mentors", Role.MENTEE: "mentees", Role.PEER: "peers"}


def drift_of(changes: Sequence[Change], inputs: PlanInputs) -> tuple[Drift, ...]:
    """The roster's part and the state's, in the order of programs and cohorts."""
    people: dict[_Key, set[str]] = defaultdict(set)
    for change in changes:
        what = _on_roster(change) if change.cause == ROSTER else _told(change) if change.cause == RECORDED else ""
        if what:
            kind = Moved.ROSTER if change.cause == ROSTER else Moved.STATE
            record = change.after or change.before
            key = (change.address.program, change.address.cohort, kind, what, True)
            people[key].update(people_of(record) if record else ())
    _add_recorded(people, changes, inputs)
    return tuple(
        Drift(program=program, cohort=cohort, kind=kind, what=what, people=len(ids), matters=matters)
        for (program, cohort, kind, what, matters), ids in sorted(people.items())
    )


def _add_recorded(people: dict[_Key, set[str]], changes: Iterable[Change], inputs: PlanInputs) -> None:
    """What stands elsewhere than the last apply put it. It matters where the plan changes something for its people."""
    since = inputs.applied
    if since is None:
        return
    touched = {
        (change.address.cohort, person)
        for change in changes
        for record in (change.before, change.after)
        if record is not None
        for person in people_of(record)
    }
    for address, instance in inputs.snapshot.instances.items():
        if instance.entered > since and instance.entry > 1:
            record = inputs.snapshot.by_address.get(address)
            if record is not None and people_of(record):
                ids = people_of(record)
                matters = any((address.cohort, person) in touched for person in ids)
                key = (address.program, address.cohort, Moved.STATE, _recorded(record), matters)
                people[key].update(ids)


def _on_roster(change: Change) -> str:
    """What the roster says otherwise, in words; what only follows from that is not said again."""
    record = change.after or change.before
    match record:
        case EnrollmentRecord() if change.before is None:
            return f"{_PLURAL[record.role]} came"
        case EnrollmentRecord(state="withdrawn"):
            return f"{_PLURAL[record.role]} are no longer on the roster"
        case EnrollmentRecord() if not isinstance(change.before, EnrollmentRecord) or change.before.state != "matched":
            return f"{_PLURAL[record.role]} are {record.state.replace('_', ' ')}"
        case TrainingRecord(state="completed"):
            return f"`{record.module}` is completed"
        case MatchRecord() if change.reason.startswith(BREAKS):
            return "matches break a rule by what the roster says"
        case SessionRecord(state="planned") if _starts(change.before) not in ("", record.starts):
            return "other times suit people"
        case _:
            return ""


def _starts(record: Record | None) -> str:
    return record.starts if isinstance(record, SessionRecord) else ""


def _told(change: Change) -> str:
    record = change.after or change.before
    return f"{_PLURAL[record.role]} left" if isinstance(record, EnrollmentRecord) else ""


def _recorded(record: Record) -> str:
    """Where things stand now, in words."""
    match record:
        case EnrollmentRecord():
            return f"{_PLURAL[record.role]} are {record.state.replace('_', ' ')}"
        case MatchRecord():
            return f"matches are {record.state}"
        case SessionRecord():
            return f"sessions are {record.state}"
        case TrainingRecord():
            return f"trainings are {record.state}"
        case _:
            return f"check-ins are {record.state}"
