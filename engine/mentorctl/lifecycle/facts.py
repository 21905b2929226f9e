"""The facts that guards may read, by lifecycle. What is not declared here or in the program does not exist."""

from collections.abc import Mapping

from mentorctl.lifecycle.model import Fact
from mentorctl.rules.expressions.types import BOOL


def _yes_or_no(name: str, meaning: str) -> Fact:
    return Fact(name=name, type=BOOL, meaning=meaning)


CATALOG: Mapping[str, tuple[Fact, ...]] = {
    "enrollment": (
        _yes_or_no("approved", "Was approved, or needs no approval."),
        _yes_or_no("eligible", "Meets the conditions of the role."),
        _yes_or_no("trained", "Has done every required module of the role."),
    ),
    "match": (
        _yes_or_no("agreement_signed", "The agreement is signed."),
        _yes_or_no("delivered", "The deliverable of the project is there."),
        _yes_or_no("enough_accepted", "So many said yes that the group can begin."),
        _yes_or_no("everybody_accepted", "Everybody said yes."),
        _yes_or_no("mentee_accepted", "The mentees said yes."),
        _yes_or_no("mentor_accepted", "The mentors said yes."),
    ),
    "training": (_yes_or_no("done", "The module is recorded as done."),),
}
