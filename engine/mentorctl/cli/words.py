"""What a row of each command means: which thing, which event, whose deed, which facts."""

from mentorctl.addresses import Address, opaque_id
from mentorctl.cli.doing import Desk, Said, Unreadable
from mentorctl.diagnostics import did_you_mean, quoted_list
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.model import Fact
from mentorctl.lifecycle.saying import ANSWER, ENROLL, LOG_SESSION
from mentorctl.rules.expressions.types import Kind
from mentorctl.state.codec import kind_of
from mentorctl.state.live import Facts, FactValue, Happening
from mentorctl.state.model import CohortRecord, MatchRecord

_YES = frozenset({"yes", "true", "y", "1"})
_NO = frozenset({"no", "false", "n", "0"})


def happening(
    said: Said, desk: Desk, address: Address, event: str, *, person: str = "", facts: Facts = ()
) -> Happening:
    """What a row says, of one thing."""
    return Happening(
        address=address,
        event=event,
        occurred=desk.at(said, address.program),
        person=person,
        facts=facts,
        key=said.get("key"),
        place=said.place,
    )


def answer_to_match(said: Said, desk: Desk, event: str) -> Happening:
    """A yes or a no: of a person to their match, or of everybody in it."""
    match, person = _match(said, desk, ("proposed", "second_asked"))
    return happening(said, desk, match.address, event, person=person)


def completion(said: Said, desk: Desk) -> Happening:
    """A match that went the whole way, or a training that was done."""
    module = said.get("module")
    if module:
        training = desk.whom.training(said.get("who"), module)
        return happening(said, desk, training.address, "complete", person=training.person)
    match, _ = _match(said, desk, ("active", "accepted"))
    facts: Facts = (("delivered", True),) if "delivered" in _facts_of(desk, match.address, "match") else ()
    return happening(said, desk, match.address, "complete", facts=facts)


def meeting(said: Said, desk: Desk) -> Happening:
    """A meeting of a match that was held or missed."""
    match, _ = _match(said, desk, ("active", "accepted", "paused"))
    facts: list[tuple[str, FactValue]] = [("held", _yes_or_no(said, "held", default=True))]
    if said.get("minutes"):
        facts.append(("minutes", _minutes(said)))
    return happening(said, desk, match.address, LOG_SESSION, facts=tuple(facts))


def answers(said: Said, desk: Desk) -> Happening:
    """The answers to a check-in; what they may be is for the check-in to say."""
    check_in = desk.whom.check_in(said.get("who"), said.get("check_in"))
    given = {name: value for name, value in said.cells.items() if name not in ("who", "check_in", "at", "key")}
    return happening(said, desk, check_in.address, ANSWER, person=check_in.person, facts=tuple(sorted(given.items())))


def any_event(said: Said, desk: Desk) -> Happening:
    """An event of any lifecycle, with facts of the types that it declares."""
    word, event = said.get("who"), said.get("event")
    address = desk.whom.address(word)
    if address is None:
        address = _of_person(desk, word, event)
    declared = _facts_of(desk, address, kind_of(desk.whom.snapshot.by_address[address]))
    known = ("who", "event", "by", "at", "key")
    facts = [
        (name, _fact(said, name, value, declared)) for name, value in sorted(said.cells.items()) if name not in known
    ]
    by = desk.whom.person(said.get("by")) if said.get("by") else ""
    return happening(said, desk, address, event, person=by, facts=tuple(facts))


def enrollment(said: Said, desk: Desk) -> Happening:
    """Somebody of the roster in a cohort of a program, in a role."""
    compiled = _program(said, desk)
    program = compiled.program
    cohorts = [
        r.address.cohort
        for r in desk.whom.snapshot.records
        if isinstance(r, CohortRecord) and r.address.program == program.id
    ]
    cohort = _one_of(said, "cohort", cohorts, f"`{program.id}` has no cohort in the state yet; apply a plan for it")
    role = _one_of(said, "role", [role.value for role in program.roles], "")
    person = _of_roster(said, desk)
    address = Address(program=program.id, cohort=cohort, kind="enrollment", id=f"{person}_{role}")
    return happening(said, desk, address, ENROLL, person=person)


# -- parts -------------------------------------------------------------------------------------------------------------


def _match(said: Said, desk: Desk, states: tuple[str, ...]) -> tuple[MatchRecord, str]:
    """The match that is meant and the person by whom it was named."""
    if said.get("match"):
        record, _ = desk.whom.match(said.get("match"))
        return record, desk.whom.person(said.get("who"))
    return desk.whom.match(said.get("who"), states)


def _of_person(desk: Desk, word: str, event: str) -> Address:
    """A person stands for their enrollment where the event is one of it, and else for their match."""
    enrollments = desk.whom.enrollments(word)
    of_enrollment = [e for e in enrollments if event in _events_of(desk, e.address, "enrollment")]
    of_match = any(event in _events_of(desk, e.address, "match") for e in enrollments)
    if of_enrollment and not of_match:
        if len(of_enrollment) > 1:
            listed = quoted_list(str(e.address) for e in of_enrollment)
            raise Unreadable("who", "MC4516", f"`{word}` has {len(of_enrollment)} enrollments", f"name one: {listed}")
        return of_enrollment[0].address
    return desk.whom.match(word)[0].address


def _compiled(desk: Desk, program: str) -> CompiledProgram | None:
    return next((c for c in desk.opened.loaded.programs if c.program.id == program), None)


def _facts_of(desk: Desk, address: Address, lifecycle: str) -> dict[str, Fact]:
    compiled = _compiled(desk, address.program)
    found = [one for one in compiled.lifecycles if one.name == lifecycle] if compiled else []
    return {fact.name: fact for one in found for fact in one.facts}


def _events_of(desk: Desk, address: Address, lifecycle: str) -> set[str]:
    """The events of a lifecycle, by the names that they had before a migration too."""
    compiled = _compiled(desk, address.program)
    found = [one for one in compiled.lifecycles if one.name == lifecycle] if compiled else []
    former = {old for one in found for old, _ in one.renamed}
    return former.union(transition.event for one in found for transition in one.transitions)


def _fact(said: Said, name: str, value: str, declared: dict[str, Fact]) -> FactValue:
    """A fact as its type is written; one that is not declared stays a text, and is refused with the others."""
    fact = declared.get(name)
    if fact is None:
        return value
    match fact.type.kind:
        case Kind.BOOL:
            return _yes_or_no(said, name, default=True)
        case Kind.NUMBER:
            try:
                number = float(value)
            except ValueError:
                raise Unreadable(name, "MC4512", f"`{value}` is not a number", fact.meaning) from None
            return int(number) if number.is_integer() else number
        case _:
            return value


def _yes_or_no(said: Said, column: str, *, default: bool) -> bool:
    word = said.get(column).casefold()
    if not word:
        return default
    if word not in _YES | _NO:
        raise Unreadable(column, "MC4513", f"`{said.get(column)}` is neither yes nor no", f"`{column}` is yes or no")
    return word in _YES


def _minutes(said: Said) -> int:
    text = said.get("minutes")
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 24 * 60:
        raise Unreadable("minutes", "MC4513", f"`{text}` is no number of minutes", "write for example 45")
    return int(text)


def _program(said: Said, desk: Desk) -> CompiledProgram:
    programs = {compiled.program.id: compiled for compiled in desk.opened.loaded.programs}
    name = said.get("program") or (next(iter(programs)) if len(programs) == 1 else "")
    if name not in programs:
        advice = did_you_mean(name, programs) or f"programs are {quoted_list(programs, last='and')}"
        what = f"there is no program `{name}`" if name else "which program is not said"
        raise Unreadable("program", "MC4501" if name else "MC4516", what, advice)
    return programs[name]


def _one_of(said: Said, column: str, known: list[str], none: str) -> str:
    name = said.get(column) or (known[0] if len(known) == 1 else "")
    if name in known:
        return name
    if not known:
        raise Unreadable(column, "MC4501", none)
    what = f"there is no {column} `{name}`" if name else f"which {column} is not said"
    advice = did_you_mean(name, known) or f"it is {quoted_list(known)}"
    raise Unreadable(column, "MC4501" if name else "MC4516", what, advice)


def _of_roster(said: Said, desk: Desk) -> str:
    """The opaque id of somebody who is on the roster."""
    word = said.get("who")
    known = desk.on_roster
    person = word if word in known else opaque_id("p", desk.whom.snapshot.workspace, word)
    if person not in known:
        raise Unreadable("who", "MC4514", f"nobody on the roster has the id `{word}`", "add them to the roster first")
    return person
