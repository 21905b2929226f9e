"""Who would hear what when a plan is applied, and on which day what it arms would be sent."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mentorctl.addresses import Address
from mentorctl.dates.zones import local_time
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.model import TimerKind, TimerRule
from mentorctl.plan.consequences import Telling
from mentorctl.rules.fields import Role
from mentorctl.state.batch import Batch
from mentorctl.state.live import Armed
from mentorctl.state.model import (
    CheckInRecord,
    EnrollmentRecord,
    MatchRecord,
    Member,
    Record,
    SessionRecord,
    TrainingRecord,
)
from mentorctl.values import dataclass

_NOTIFY = "notify."


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Something that a plan arms for a day: the rule of the timer and its things."""

    armed: Armed
    rule: TimerRule
    day: str

    @property
    def is_told(self) -> bool:
        """Whether somebody hears of it whatever people do until then; reminders nobody can foresee."""
        telling = any(effect.partition(".")[0] in _TELLING for effect in self.rule.effects)
        return telling and self.rule.kind is TimerKind.MOMENT and not self.rule.when


def tellings_of(compiled: CompiledProgram, batch: Batch, records: Iterable[Record]) -> tuple[Telling, ...]:
    """The messages of one program, each once for each cohort and day; `records` are its records after the plan."""
    people: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for outgoing in batch.outgoing:
        if outgoing.address.program == compiled.program.id:
            people[outgoing.address.cohort, "", outgoing.effect].update(outgoing.people)
    audience = _Audience(compiled, records)
    for one in awaited(compiled, batch):
        for effect in one.rule.effects if one.is_told else ():
            if effect.partition(".")[0] in _TELLING:
                people[one.armed.address.cohort, one.day, effect].update(audience.of(effect, one.armed.address))
    return tuple(sorted(_telling(compiled, *key, ids) for key, ids in people.items() if ids))


def awaited(compiled: CompiledProgram, batch: Batch) -> Iterator[Awaited]:
    """The timers of one program that a plan arms, with their rules and the program's day on which they are due."""
    machines = {lifecycle.name: lifecycle for lifecycle in compiled.runtime.lifecycles}
    rules = {(name, rule.id): rule for name, lifecycle in machines.items() for rule in lifecycle.timers}
    for armed in batch.armed:
        if armed.address.program == compiled.program.id:
            kind = armed.address.kind or ("cohort" if armed.address.cohort else "program")
            rule = rules.get((kind, armed.timer))
            if rule is not None:
                day = local_time(armed.due, compiled.program.timezone).date().isoformat()
                yield Awaited(armed=armed, rule=rule, day=day)


class _Audience:
    """Who would be told something on a day, as far as can be known today: those of the thing, or all who take part."""

    def __init__(self, compiled: CompiledProgram, records: Iterable[Record]) -> None:
        self._definition = compiled.runtime
        self._by_address: dict[Address, Record] = {}
        self._taking_part: dict[str, list[Member]] = defaultdict(list)
        for record in records:
            self._by_address[record.address] = record
            if isinstance(record, EnrollmentRecord) and record.state not in _LEFT:
                self._taking_part[record.address.cohort].append(Member(person=record.person, role=record.role))

    def of(self, effect: str, about: Address) -> set[str]:
        """People by opaque id, and words."""
        concerned = self._concerned(about)
        word, _, name = effect.partition(".")
        if word != "notify":
            return {_OWNER} if word == "escalate" else {one.person for one in concerned}
        message = self._definition.message(name)
        if message is None:
            return set()
        words = {word for word in message.to if word not in set(Role)}
        roles = {role for role in message.roles if role.value in message.to}
        return {one.person for one in concerned if one.role in roles} | (words if concerned else set())

    def _concerned(self, about: Address) -> Sequence[Member]:
        if not about.kind:
            return self._taking_part[about.cohort]
        record = self._by_address.get(about)
        match record:
            case MatchRecord():
                return record.members
            case EnrollmentRecord():
                return (Member(person=record.person, role=record.role),)
            case TrainingRecord() | CheckInRecord():
                return (Member(person=record.person, role=Role(record.enrollment.rpartition("_")[2])),)
            case SessionRecord(kind="meeting"):
                match_record = self._by_address.get(about.beside("match", record.subject))
                return match_record.members if isinstance(match_record, MatchRecord) else ()
            case _:
                return ()


def _telling(compiled: CompiledProgram, cohort: str, when: str, effect: str, ids: set[str]) -> Telling:
    name = effect.removeprefix(_NOTIFY)
    message = next((m for m in compiled.program.messages if m.id == name), None) if name != effect else None
    known = {person for person in ids if _OPAQUE.fullmatch(person)}
    return Telling(
        cohort=cohort,
        when=when,
        message=message.id if message else effect,
        template=message.template if message else "",
        channel=message.channel if message else "",
        occasion=message.on if message else "",
        people=len(known),
        others=tuple(sorted(ids - known)),
    )


_OWNER = "owner"
_LEFT = frozenset({"withdrawn", "lapsed", "not_eligible"})
_TELLING = frozenset({"notify", "offer", "remind", "review", "escalate"})  # effects that leave the system
_OPAQUE = re.compile(r"p[0-9a-f]{14}")  # a person; whoever else is told is named by a word
