"""What the runtime asks of a store inside a transaction, answered from the tables and kept while it lasts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from mentorctl.addresses import Address
from mentorctl.state.live import Armed, Instance, Logged
from mentorctl.state.model import ProgramRecord, Record
from mentorctl.store import sql_read as read
from mentorctl.store.contents import Row, record_of
from mentorctl.store.database import Database, Values, typed, typed_in

_OF_PERSON = "SELECT r.address FROM members m JOIN records r ON r.id = m.record WHERE m.person = ? AND r.kind = ?"
_OF_PARENT = "SELECT address FROM records WHERE parent = ? AND kind = ?"
_UNDER = "SELECT address FROM records WHERE address >= ? AND address < ? AND kind = ?"
_DUE = f"{read.SELECT_TIMERS} WHERE t.due <= ? AND i.incident = '' AND {read.IS_LIVE} {read.TIMER_ORDER} LIMIT ?"
_TIMERS = f"{read.SELECT_TIMERS} WHERE r.address IN ({{wanted}})"


class SqlView:
    """The state as it is in one open transaction, each row read at most once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows: dict[Address, Row | None] = {}
        self._instances: dict[Address, Instance | None] = {}
        self._records: dict[Address, Record] = {}
        self._timers: dict[Address, tuple[Armed, ...]] = {}
        self._definitions: dict[str, str] = {}

    def prefetch(self, addresses: Iterable[Address]) -> None:
        wanted = dict.fromkeys(address for address in addresses if address not in self._rows)
        if not wanted:
            return
        self._rows |= dict.fromkeys(wanted)
        self._instances |= dict.fromkeys(wanted)
        for row, instance in read.rows_of(self._database, wanted):
            self._rows[instance.address] = row
            self._instances[instance.address] = instance
        timers = defaultdict(list)
        for values in typed_in(self._database, _TIMERS, read.TIMER_TYPES, map(str, wanted)):
            armed = read.armed_of(self._database, values)
            timers[armed.address].append(armed)
        self._timers |= {a: tuple(sorted(timers.get(a, ()), key=lambda armed: armed.timer)) for a in wanted}

    def definition(self, digest: str) -> str:
        if digest not in self._definitions:
            self._definitions[digest] = read.definition(self._database, digest)
        return self._definitions[digest]

    def current(self, program: str) -> str:
        found = self.record(Address(program=program))
        return found.lifecycles if isinstance(found, ProgramRecord) else ""

    def instance(self, address: Address) -> Instance | None:
        self.prefetch((address,))
        return self._instances[address]

    def record(self, address: Address) -> Record | None:
        row = self.row(address)
        if row is not None and address not in self._records:
            self._records[address] = record_of(row, address, self._database.place)
        return self._records.get(address)

    def row(self, address: Address) -> Row | None:
        """A record as it is kept."""
        self.prefetch((address,))
        return self._rows[address]

    def enrollments_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return self._of_person("enrollment", program, cohort, person)

    def matches_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return self._of_person("match", program, cohort, person)

    def sessions_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return self._of_person("session", program, cohort, person)

    def _of_person(self, kind: str, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        found = self._addresses(_OF_PERSON, (person, kind))
        return tuple(a for a in found if a.program == program and cohort in ("", a.cohort))

    def children(self, address: Address, kind: str) -> tuple[Address, ...]:
        if address.kind:
            return self._addresses(_OF_PARENT, (str(address), kind))
        return self._addresses(_UNDER, (f"{address}/", f"{address}0", kind))  # 0 is the character behind the slash

    def _addresses(self, query: str, values: Values) -> tuple[Address, ...]:
        return tuple(sorted(Address.parse(text) for (text,) in typed(self._database, query, (str,), values)))

    def due(self, until: datetime, limit: int) -> tuple[Armed, ...]:
        found = typed(self._database, _DUE, read.TIMER_TYPES, (int(until.timestamp()), limit))
        return tuple(read.armed_of(self._database, row) for row in found)

    def timers_of(self, address: Address) -> tuple[Armed, ...]:
        self.prefetch((address,))
        return self._timers[address]

    def seen(self, keys: Iterable[str]) -> Mapping[str, Logged]:
        return read.seen(self._database, keys)
