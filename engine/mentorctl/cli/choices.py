"""What the rows of pin, block, unpin, request, rate and publish mean: who is meant, and which thing keeps it."""

import uuid
from collections.abc import Iterable

from mentorctl.addresses import Address
from mentorctl.cli.doing import Desk, Said, Unreadable
from mentorctl.diagnostics import quoted_list
from mentorctl.plan.standing import DRAFT
from mentorctl.state.live import Facts, Happening
from mentorctl.state.model import EnrollmentRecord, MatchRecord

_OVER = frozenset({"withdrawn", "completed", "lapsed"})


def decision(said: Said, desk: Desk, event: str) -> Iterable[Happening]:
    """A pin, a block, or the end of either, kept with the cohort in which both take part."""
    one, two = desk.whom.person(said.get("who")), desk.whom.person(said.get("with"))
    shared = sorted(_cohorts(said, desk, said.get("who")) & _cohorts(said, desk, said.get("with")))
    where = _only(shared, "cohort", f"`{said.get('who')}` and `{said.get('with')}` share")
    facts: Facts = (("because", said.get("because")), ("one", one), ("two", two))
    return [_said(said, desk, where, event, facts=facts)]


def wishes(said: Said, desk: Desk) -> Iterable[Happening]:
    """Whom somebody asks for, in the order of their wishes, kept with their enrollment."""
    who = said.get("who")
    places = {"program": said.get("program"), "cohort": said.get("cohort"), "role": said.get("role")}
    found = [r for r in desk.whom.enrollments(who, **places) if r.state not in _OVER]
    wanted = tuple(desk.whom.person(word.strip()) for word in said.get("whom").split(";") if word.strip())
    if len(found) > 1:
        found = [r for r in found if all(_meet(desk, r, person) for person in wanted)]
    where = _only([r.address for r in found], "role", f"`{who}` takes part in")
    facts: list[tuple[str, str | bool | tuple[str, ...]]] = [("wanted", wanted)]
    if said.get("period"):
        facts.append(("period", said.get("period")))
    if said.get("instead"):
        facts.append(("instead", True))
    person = desk.whom.person(who)
    return [_said(said, desk, where, "request", person=person, facts=tuple(sorted(facts)))]


def stars(said: Said, desk: Desk) -> Iterable[Happening]:
    """How somebody found a trial match, kept with the match."""
    text = said.get("stars")
    if text not in tuple("12345"):
        raise Unreadable("stars", "MC4513", f"`{text}` is no number of stars", "stars are 1 to 5")
    one, two = desk.whom.person(said.get("who")), desk.whom.person(said.get("with"))
    both = [
        r.address
        for r in desk.whom.snapshot.records
        if isinstance(r, MatchRecord) and {one, two} <= set(r.people) and said.get("program") in ("", r.address.program)
    ]
    where = _only(both, "match", f"`{said.get('who')}` and `{said.get('with')}` have")
    return [_said(said, desk, where, "rate", person=one, facts=(("stars", int(text)),))]


def drafts(said: Said, desk: Desk) -> Iterable[Happening]:
    """The drafts that are published: one, or all of a cohort or a program."""
    word = said.get("who")
    records = desk.whom.snapshot.records
    found = [r for r in records if isinstance(r, MatchRecord) and _is_in(r.address, word)]
    if not any(_is_in(r.address, word) for r in records):
        record, _ = desk.whom.match(word, (DRAFT,))
        return [_said(said, desk, record.address, "publish")]
    open_yet = [r for r in found if r.state == DRAFT]
    if not open_yet:
        raise Unreadable("who", "MC4503", f"`{word}` has no drafts", "drafts come with `process: {approve: owner}`")
    return [_said(said, desk, r.address, "publish") for r in open_yet]


def _is_in(address: Address, word: str) -> bool:
    return word in (address.program, f"{address.program}/{address.cohort}")


def _cohorts(said: Said, desk: Desk, word: str) -> set[Address]:
    records = desk.whom.enrollments(word, program=said.get("program"), cohort=said.get("cohort"))
    return {Address(program=r.address.program, cohort=r.address.cohort) for r in records if r.state not in _OVER}


def _meet(desk: Desk, asking: EnrollmentRecord, person: str) -> bool:
    """Whether somebody takes part in the same cohort in another role, or as another peer."""
    return any(
        isinstance(r, EnrollmentRecord)
        and r.person == person
        and (r.address.program, r.address.cohort) == (asking.address.program, asking.address.cohort)
        and (r.role is not asking.role or r.role == "peer")
        for r in desk.whom.snapshot.records
    )


def _only(found: list[Address], column: str, what: str) -> Address:
    """The one thing that is meant. Raises Unreadable."""
    if len(found) == 1:
        return found[0]
    if not found:
        raise Unreadable(column, "MC4501", f"{what} no {column} that is open")
    listed = quoted_list([str(address) for address in found], limit=6)
    raise Unreadable(
        column, "MC4516", f"{what} {len(found)}", f"say which with --program, --cohort or --role: {listed}"
    )


def _said(said: Said, desk: Desk, address: Address, event: str, *, person: str = "", facts: Facts = ()) -> Happening:
    """Without a key every time counts: what was taken back may be said again."""
    return Happening(
        address=address,
        event=event,
        occurred=desk.at(said, address.program),
        person=person,
        facts=facts,
        key=said.get("key") or uuid.uuid4().hex,
        place=said.place,
    )
