"""The facts that guards may read, by lifecycle. What is not declared here or in the program does not exist.

The runtime keeps all of these: counts go up with each event, answers are what people said, and the rest is known of the
thing from its record.
"""

from collections.abc import Iterable, Mapping

from mentorctl.lifecycle.model import Fact
from mentorctl.rules.expressions.types import BOOL, NUMBER

SINCE = "since_"


def _yes_or_no(name: str, meaning: str) -> Fact:
    return Fact(name=name, type=BOOL, meaning=meaning)


def _count(name: str, meaning: str) -> Fact:
    return Fact(name=name, type=NUMBER, meaning=meaning)


CATALOG: Mapping[str, tuple[Fact, ...]] = {
    "program": (),
    "cohort": (),
    "enrollment": (
        _yes_or_no("approved", "Was approved, or needs no approval."),
        _yes_or_no("eligible", "Meets the conditions of the role."),
        _count("matches", "In so many matches that stand."),
        _yes_or_no("needs_approval", "The role asks for approval."),
        _yes_or_no("trained", "Has done every required module of the role."),
    ),
    "training": (
        _yes_or_no("done", "The module is recorded as done."),
        _yes_or_no("required", "The module is required."),
    ),
    "match": (
        _yes_or_no("agreement_signed", "The agreement is signed."),
        _yes_or_no("delivered", "The deliverable of the project is there."),
        _yes_or_no("enough_accepted", "So many said yes that the group can begin."),
        _yes_or_no("everybody_accepted", "Everybody said yes."),
        _count("goals_reached", "So many goals were reached."),
        _yes_or_no("mentee_accepted", "The mentees said yes."),
        _yes_or_no("mentor_accepted", "The mentors said yes."),
        _count("sessions_held", "So many meetings took place."),
        _count("sessions_missed", "So many meetings were missed."),
        _count("sessions_planned", "So many meetings are on the calendar, those that took place or were missed too."),
    ),
    "session": (
        _yes_or_no("meeting", "It is a meeting of a match, and no training or event for many."),
        _count("number", "Which meeting of the match it is, from 1."),
    ),
    "check_in": (_yes_or_no("alert", "An answer gives cause for concern, as an alert of the check-in says."),),
}


def since(occasion: str) -> Fact:
    """Whether something happened since the timer that asks for it was set."""
    words = occasion.replace(".", " ").replace("_", " ")
    name = SINCE + occasion.replace(".", "_")
    return _yes_or_no(name, f"Since a deadline for it was set, this happened: {words}.")


def with_facts(facts: Iterable[Fact], more: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts and more of them, by name; later ones replace those of the same name."""
    return tuple(fact for _, fact in sorted({fact.name: fact for fact in (*facts, *more)}.items()))
