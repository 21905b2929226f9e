"""What ties records together, as far as stores keep it in columns of its own."""

from mentorctl.addresses import Address
from mentorctl.plan.differ import people_of
from mentorctl.state.model import CheckInRecord, Record, SessionRecord, TrainingRecord


def parent_of(record: Record) -> str:
    """The address of the thing to which a record belongs, below its cohort, or "".

    Sessions say by an id what they are about, which is a match or not; where there is no such match nobody asks.
    """
    address = record.address
    match record:
        case TrainingRecord(enrollment=above) | CheckInRecord(enrollment=above):
            kind = "enrollment"
        case SessionRecord(subject=above):
            kind = "match"
        case _:
            return ""
    return str(Address(program=address.program, cohort=address.cohort, kind=kind, id=above))


def is_about(record: Record, words: frozenset[str]) -> bool:
    """Whether a record is a program or cohort, is named by a word (address or id), or concerns somebody (opaque id)."""
    address = record.address
    if not address.kind or address.id in words or str(address) in words:
        return True
    return not words.isdisjoint(people_of(record))
