"""The messages of a plan as files to read before it is applied, with invented people in the place of real ones."""

from collections.abc import Iterable, Iterator, Mapping

from mentorctl.plan.consequences import ProgramConsequences, Telling
from mentorctl.render.style import plain
from mentorctl.render.templates import Names, check_message, message_text
from mentorctl.spec.model import Program
from mentorctl.spec.support import Message
from mentorctl.values import dataclass

_PEOPLE = {
    "mentor": Names(["Mira Example"]),
    "mentee": Names(["Theo Example"]),
    "peer": Names(["Ana Example", "Bo Example"]),
}
_INVENTED = {
    "owner": "the owner of the program",
    "module": "a module",
    "due": "2030-01-31",
    "subject": "",
    "starts": "2030-01-15T09:00Z",
    "minutes": "60",
    "number": "1",
    "check_in": "a check-in",
    "day": "2030-01-15",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One message as it would read. The name is that of a file, of letters that are harmless everywhere."""

    name: str
    text: str


def previews(
    consequences: Iterable[ProgramConsequences], programs: Iterable[Program], texts: Mapping[str, str]
) -> Iterator[Preview]:
    """A preview of each message of each cohort that would go out; `texts` are the templates by name."""
    known = {program.id: program for program in programs}
    for one in consequences:
        program = known.get(one.program)
        for telling in _once(one.tellings) if program else ():
            message = next((m for m in program.messages if m.id == telling.message), None) if program else None
            if program and message:
                name = "--".join(filter(None, (program.id, telling.cohort, telling.message)))
                yield Preview(name=f"{name}.txt", text=_text(program, message, telling, texts))


def _once(tellings: Iterable[Telling]) -> Iterable[Telling]:
    """The first of each message in each cohort."""
    first: dict[tuple[str, str], Telling] = {}
    for telling in tellings:
        first.setdefault((telling.cohort, telling.message), telling)
    return first.values()


def _text(program: Program, message: Message, telling: Telling, texts: Mapping[str, str]) -> str:
    sent = f"on {telling.when}" if telling.when else f"at apply, on {telling.occasion}"
    whom = ", ".join((*((f"{telling.people:,} people",) if telling.people else ()), *telling.others))
    lines = [
        f"To:       {whom} ({', '.join(message.to)})",
        f"Sent:     {sent}",
        f"Channel:  {message.channel}",
        *([f"Subject:  {plain(message.subject)}"] if message.subject else []),
        f"Template: {message.template}",
        "",
    ]
    return "\n".join(lines) + "\n" + _body(program, message, telling, texts)


def _body(program: Program, message: Message, telling: Telling, texts: Mapping[str, str]) -> str:
    """The text with invented people; none of a template that is missing or has something wrong with it."""
    text = texts.get(message.template)
    if text is None:
        return f"(the folder messages has no template `{message.template}` yet)\n"
    values: dict[str, str | Names] = {"program": program.name, "cohort": telling.cohort, **_INVENTED, **_PEOPLE}
    if check_message(text, file=message.template, variables=frozenset(values)):
        return "(there is something wrong with this template; `mentorctl validate` says what)\n"
    shown = message_text(text, values).splitlines()
    return "".join(f"{plain(line)}\n" for line in shown)
