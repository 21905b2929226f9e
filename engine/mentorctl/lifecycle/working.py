"""What a batch is worked out on: things as they are so far, read from the store once and changed in place.

One happening may lead to many steps. They are kept together or dropped together, so that what cannot be finished
leaves nothing behind but the note that somebody must look.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from mentorctl.addresses import Address
from mentorctl.lifecycle.book import Book, book_of
from mentorctl.lifecycle.view import View
from mentorctl.state.batch import Batch
from mentorctl.state.live import Armed, FactValue, Instance, Logged, Outgoing, Receipt, with_facts
from mentorctl.state.model import CheckInRecord, EnrollmentRecord, Record, SessionRecord, TrainingRecord
from mentorctl.values import dataclass


class Stuck(Exception):  # noqa: N818 - it ends one unfolding, and becomes an incident
    """A step that cannot be done, with the code of the incident."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(slots=True, kw_only=True, eq=False)
class Thing:
    """What it is, where it stands, and its timers by name."""

    record: Record
    instance: Instance
    timers: dict[str, Armed]

    @property
    def address(self) -> Address:
        return self.instance.address

    @property
    def state(self) -> str:
        return self.instance.state

    @property
    def facts(self) -> dict[str, FactValue]:
        return dict(self.instance.facts)

    def learn(self, learned: Mapping[str, FactValue]) -> None:
        """Note facts."""
        if learned:
            self.instance = replace(self.instance, facts=with_facts(self.instance.facts, learned))


type _Stored = tuple[Record, Instance, dict[str, Armed]]


class Work:
    """The state while a batch is worked out. `recorded` is when we are told, `bulk` how steps go.

    `definitions` are texts by digest that are about to be written.
    """

    def __init__(
        self,
        view: View,
        *,
        recorded: datetime,
        bulk: bool = False,
        definitions: Mapping[str, str] | None = None,
    ) -> None:
        self.view = view
        self._definitions = definitions or {}
        self.recorded = recorded
        self.bulk = bulk
        self.logged: list[Logged] = []
        self.outgoing: list[Outgoing] = []
        self.receipts: list[Receipt] = []
        self._books: dict[str, Book] = {}
        self._stored: dict[Address, _Stored] = {}
        self._things: dict[Address, Thing] = {}
        self._open: dict[Address, Thing] = {}
        self._new: list[tuple[Address, tuple[_Key, ...]]] = []
        self._new_of: dict[_Key, list[Address]] = {}
        self._removed: list[Address] = []
        self._marks = (0, 0, 0)

    # -- what is kept or dropped together --------------------------------------------------------------------------

    def begin(self) -> None:
        """From here on changes are on trial."""
        self._open = {}
        self._marks = (len(self.logged), len(self.outgoing), len(self._new))

    def keep(self) -> None:
        """The changes since `begin` stay."""
        self._things.update(self._open)
        self._open = {}

    def just_armed(self) -> list[Armed]:
        """The timers of all things that were touched since `begin`."""
        return [armed for thing in self._open.values() for armed in thing.timers.values()]

    def drop(self) -> None:
        """The changes since `begin` are undone."""
        logged, outgoing, new = self._marks
        for _, keys in self._new[new:]:
            for key in keys:
                self._new_of[key].pop()  # what came last goes first, so each list ends as it was
        del self.logged[logged:], self.outgoing[outgoing:], self._new[new:]
        self._open = {}

    # -- what there is ---------------------------------------------------------------------------------------------

    def thing(self, address: Address) -> Thing | None:
        """A thing as it is so far, to be changed in place; None when there is none."""
        found = self._open.get(address)
        if found is None:
            known = self._things.get(address)
            found = _copy(known) if known else self._load(address)
            if found:
                self._open[address] = found
        return found

    def _load(self, address: Address) -> Thing | None:
        instance, record = self.view.instance(address), self.view.record(address)
        if instance is None or record is None:
            return None
        timers = {armed.timer: armed for armed in self.view.timers_of(address)}
        self._stored[address] = (record, instance, timers)
        return Thing(record=record, instance=instance, timers=dict(timers))

    def add(self, record: Record, instance: Instance) -> Thing:
        """Something new, whose timers are set later."""
        thing = Thing(record=record, instance=instance, timers={})
        self._open[record.address] = thing
        keys = tuple(_keys(record))
        self._new.append((record.address, keys))
        for key in keys:
            self._new_of.setdefault(key, []).append(record.address)
        return thing

    def remove(self, address: Address) -> None:
        """A thing that is no more, with its timers."""
        self._open.pop(address, None)
        self._things.pop(address, None)
        self._removed.append(address)

    def book(self, thing: Thing) -> Book:
        """The definition that a thing runs by. Raises Stuck."""
        return self.book_by(thing.instance.definition)

    def book_by(self, digest: str) -> Book:
        """Raises Stuck when the definition is not there or cannot be read."""
        known = self._books.get(digest)
        if known is not None:
            return known
        text = self._definitions.get(digest) or self.view.definition(digest)
        if not text:
            raise Stuck("MC4506", f"the definition `{digest or '?'}` is not in the store")
        try:
            known = self._books[digest] = book_of(digest, text)
        except ValueError as error:
            raise Stuck("MC4506", f"the definition `{digest}` cannot be read: {error}") from None
        return known

    def children(self, of: Address, kind: str) -> list[Thing]:
        """What belongs to a thing, that which is new too, in the order of addresses."""
        stored = self.view.children(of, kind)
        return self._all((*stored, *self._new_of.get((kind, of), ())))

    def enrollments_of(self, program: str, cohort: str, person: str) -> list[Thing]:
        stored = self.view.enrollments_of(program, cohort, person)
        here = Address(program=program, cohort=cohort)
        return self._all((*stored, *self._new_of.get((person, here), ())))

    def matches_of(self, program: str, cohort: str, person: str) -> list[Thing]:
        return self._all(self.view.matches_of(program, cohort, person))

    def sessions_of(self, program: str, cohort: str, person: str) -> list[Thing]:
        return self._all(self.view.sessions_of(program, cohort, person))

    def _all(self, addresses: Iterable[Address]) -> list[Thing]:
        ordered = sorted(set(addresses), key=str)
        self.view.prefetch([a for a in ordered if a not in self._stored])
        return [thing for address in ordered if (thing := self.thing(address))]

    # -- what is to be written -------------------------------------------------------------------------------------

    @property
    def sent(self) -> tuple[Outgoing, ...]:
        """What leaves the system, each once: a timer and the step that it brings may ask for the same."""
        return tuple({message.key: message for message in self.outgoing}.values())

    def batch(self) -> Batch:
        """Everything that differs from the store."""
        created: list[tuple[Record, Instance]] = []
        changed: list[Record] = []
        moved: list[Instance] = []
        armed: list[Armed] = []
        cancelled: list[Armed] = []
        for address, thing in self._things.items():
            record, instance, timers = self._stored.get(address, (None, None, {}))
            if thing.timers != timers:
                armed += [one for name, one in thing.timers.items() if timers.get(name) != one]
                cancelled += [one for name, one in timers.items() if name not in thing.timers]
            if record is None or instance is None:
                created.append((replace(thing.record, state=thing.state), thing.instance))
            elif thing.record != record or thing.instance != instance:
                moved.append(revised(thing.instance, revision=instance.revision + 1))
                if thing.record != record:
                    changed.append(replace(thing.record, state=thing.state))
        return Batch(
            created=tuple(created),
            changed=tuple(changed),
            moved=tuple(moved),
            logged=tuple(self.logged),
            armed=tuple(armed),
            cancelled=tuple(cancelled),
            outgoing=self.sent,
            removed=tuple(self._removed),
            receipts=tuple(self.receipts),
        )


type _Key = tuple[str, Address]  # a kind and what things of it belong to, or a person and where they are enrolled


def _keys(record: Record) -> Iterator[_Key]:
    """Under what something new is looked for: its program, its cohort, its match or enrollment, and its person."""
    here = record.address
    program, cohort = Address(program=here.program), Address(program=here.program, cohort=here.cohort)
    yield here.kind, program
    if here.cohort:
        yield here.kind, cohort
    match record:
        case TrainingRecord() | CheckInRecord():
            yield here.kind, here.beside("enrollment", record.enrollment)
        case SessionRecord(kind="meeting"):
            yield here.kind, here.beside("match", record.subject)
        case EnrollmentRecord():
            yield record.person, program
            yield record.person, cohort
        case _:
            pass


def revised(instance: Instance, *, revision: int) -> Instance:
    """The instance at another revision; as `replace`, which takes several times as long."""
    return Instance(
        address=instance.address,
        lifecycle=instance.lifecycle,
        definition=instance.definition,
        state=instance.state,
        entry=instance.entry,
        revision=revision,
        entered=instance.entered,
        facts=instance.facts,
        incident=instance.incident,
    )


def _copy(thing: Thing) -> Thing:
    return Thing(record=thing.record, instance=thing.instance, timers=dict(thing.timers))
