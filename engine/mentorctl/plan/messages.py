"""Planned messages as values: who is told what, by which template, when a plan is applied or a day comes.

Nothing is rendered here; people are opaque ids, and what a template may say are the variables listed below.
"""

from collections.abc import Iterable

from mentorctl.addresses import Address
from mentorctl.dates.zones import local_time
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.telling import VARIABLES
from mentorctl.spec.model import Program
from mentorctl.spec.moment_words import EVENTS
from mentorctl.spec.support import Message
from mentorctl.state.live import Outgoing
from mentorctl.values import dataclass

type Value = str | tuple[str, ...]  # a text, or people by opaque id


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PlannedMessage:
    """One message to several people. `day` is ISO; `occurrence` is empty for a message that waited for its day.

    `recipients` are opaque ids, and words (owner, manager, sponsor) for whom the roster or the file knows.
    """

    program: str
    cohort: str
    message: str
    occurrence: str
    day: str
    template: str
    channel: str
    recipients: tuple[str, ...]
    about: Address
    variables: tuple[tuple[str, Value], ...]


def planned_messages(compiled: CompiledProgram, outbox: Iterable[Outgoing]) -> tuple[PlannedMessage, ...]:
    """The messages among what is to leave the system, in its order."""
    by_id = {message.id: message for message in compiled.program.messages}
    return tuple(
        _planned(compiled.program, by_id[name], one)
        for one in outbox
        if one.address.program == compiled.program.id
        and (name := one.effect.removeprefix("notify.")) in by_id
        and name != one.effect
    )


def variables_at(occasion: str) -> frozenset[str]:
    """What a template may name: `occasion` is that of a message, an event such as match.accepted or empty for a day."""
    return VARIABLES["common"] | VARIABLES.get(occasion.partition(".")[0], frozenset({"day"}))


def variables_of(template: str, programs: Iterable[Program]) -> frozenset[str]:
    """What a template may name: what all messages that use it can fill in; one that none uses, everything."""
    used = [variables_at(_occasion(m)) for program in programs for m in program.messages if m.template == template]
    return frozenset.intersection(*used) if used else frozenset({"day"}).union(*VARIABLES.values())


def _occasion(message: Message) -> str:
    """The event that a message is about, or empty when it is about a day."""
    event = message.on or (str(message.at.anchor) if message.at else "")
    return event if event in EVENTS else ""


def _planned(program: Program, message: Message, outgoing: Outgoing) -> PlannedMessage:
    return PlannedMessage(
        program=program.id,
        cohort=outgoing.address.cohort,
        message=message.id,
        occurrence=message.on,
        day=local_time(outgoing.occurred, program.timezone).date().isoformat(),
        template=message.template,
        channel=message.channel,
        recipients=outgoing.people,
        about=outgoing.address,
        variables=outgoing.variables,
    )
