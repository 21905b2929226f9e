"""Those who are in a program now as the beginning of a run."""

from collections.abc import Sequence
from datetime import datetime

from mentorctl.addresses import Address
from mentorctl.lifecycle.simulation.things import Running, Thing, minute_of
from mentorctl.lifecycle.simulation.world import World
from mentorctl.lifecycle.timers import own_days
from mentorctl.state.live import Armed, Instance
from mentorctl.state.model import (
    CheckInRecord,
    EnrollmentRecord,
    MatchRecord,
    Record,
    SessionRecord,
    Snapshot,
    TrainingRecord,
)
from mentorctl.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Start:
    """The state of one program at an instant: records, where they stand, and the timers that run."""

    at: datetime
    records: tuple[Record, ...]
    instances: tuple[Instance, ...]
    timers: tuple[Armed, ...]


def start_of(snapshot: Snapshot, timers: Sequence[Armed], program: str, at: datetime) -> Start:
    """What a snapshot holds of one program."""
    return Start(
        at=at,
        records=tuple(r for r in snapshot.records if r.address.program == program),
        instances=tuple(i for a, i in sorted(snapshot.instances.items()) if a.program == program),
        timers=tuple(t for t in timers if t.address.program == program),
    )


def put_in(world: World, start: Start) -> list[Thing]:
    """Fill a world with what lives; its timers run on."""
    world.now = minute_of(start.at)
    records = {record.address: record for record in start.records}
    things: dict[Address, Thing] = {}
    for instance in start.instances:
        if instance.lifecycle != "program" and world.book.machine(instance.lifecycle) is not None:
            things[instance.address] = _thing(world, instance, records.get(instance.address))
    for address, thing in things.items():
        _relate(things, address, thing, records.get(address))
    for armed in start.timers:
        owner = things.get(armed.address)
        rule = owner.machine.timers.get(armed.timer) if owner else None
        if owner is not None and rule is not None:
            running = Running(since=minute_of(armed.since), occurrence=armed.occurrence, stamp=0)
            world.resume_timer(owner, rule, running, minute_of(armed.due))
    return list(things.values())


def _thing(world: World, instance: Instance, record: Record | None) -> Thing:
    def prepare(thing: Thing) -> None:
        thing.facts.update(instance.facts)
        thing.role = record.role if isinstance(record, EnrollmentRecord) else None
        thing.own = own_days(record, world.book.zone) if record else {}
        if isinstance(record, EnrollmentRecord):
            world.tally.enrolled += 1
        if isinstance(record, SessionRecord):
            thing.begins = minute_of(datetime.fromisoformat(record.starts))

    return world.add(
        instance.lifecycle,
        instance.address.cohort,
        minute_of(instance.entered),
        state=instance.state,
        prepare=prepare,
    )


def _relate(things: dict[Address, Thing], address: Address, thing: Thing, record: Record | None) -> None:
    match record:
        case MatchRecord():
            _own(thing, [things.get(_enrollment(address, f"{m.person}_{m.role}")) for m in record.members])
        case TrainingRecord(enrollment=name) | CheckInRecord(enrollment=name):
            _own(thing, [things.get(_enrollment(address, name))])
        case SessionRecord(kind="meeting", subject=subject):
            _own(thing, [things.get(Address(program=address.program, cohort=address.cohort, kind="match", id=subject))])
        case _:
            return


def _own(thing: Thing, owners: Sequence[Thing | None]) -> None:
    thing.members = tuple(owner for owner in owners if owner is not None)
    if not thing.is_over:
        for owner in thing.members:
            owner.related.append(thing)


def _enrollment(address: Address, name: str) -> Address:
    return Address(program=address.program, cohort=address.cohort, kind="enrollment", id=name)
