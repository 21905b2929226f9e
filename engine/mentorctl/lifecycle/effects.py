"""What may follow from a step or a timer: a closed catalog. Effects are names; the runtime performs them."""

from collections.abc import Mapping
from enum import StrEnum

from mentorctl.values import dataclass

EVERYWHERE = ("program", "cohort", "enrollment", "training", "match", "session", "check_in")
_OF_PEOPLE = ("enrollment", "match")


class Way(StrEnum):
    """How an effect is performed: something is sent, another thing gets an event, or a thing comes into being."""

    OUTBOX = "outbox"
    LINKED = "linked"
    CREATES = "creates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One effect. With `of`, an id of that kind follows its name behind a dot: `notify.welcome`.

    `kinds` are the lifecycles in which it makes sense.
    """

    name: str
    way: Way
    meaning: str
    of: str = ""
    kinds: tuple[str, ...] = EVERYWHERE

    def __str__(self) -> str:
        return f"{self.name}.{self.of.upper()}" if self.of else self.name


CATALOG: Mapping[str, Effect] = {
    effect.name: effect
    for effect in (
        Effect(name="notify", of="message", way=Way.OUTBOX, meaning="A message of the program is sent."),
        Effect(name="offer", of="resource", way=Way.OUTBOX, meaning="People are pointed to a resource."),
        Effect(name="remind", way=Way.OUTBOX, meaning="Those on whom it waits are reminded."),
        Effect(name="review", way=Way.OUTBOX, meaning="Those of a match are asked to look at their goals together."),
        Effect(name="escalate", way=Way.OUTBOX, meaning="The owner of the program is told."),
        Effect(
            name="alert",
            way=Way.OUTBOX,
            meaning="Those whom the alerts of a check-in name are told of an answer.",
            kinds=("check_in",),
        ),
        Effect(
            name="end.matches",
            way=Way.LINKED,
            meaning="A person's matches end, or go on without them where enough stay.",
            kinds=("enrollment",),
        ),
        Effect(
            name="cancel.trainings",
            way=Way.LINKED,
            meaning="A person's open training modules are called off.",
            kinds=("enrollment",),
        ),
        Effect(
            name="cancel.check_ins",
            way=Way.LINKED,
            meaning="A person's open check-ins are called off.",
            kinds=("enrollment",),
        ),
        Effect(
            name="cancel.sessions",
            way=Way.LINKED,
            meaning="Sessions that lie ahead are called off, or held without the person who left.",
            kinds=_OF_PEOPLE,
        ),
        Effect(
            name="release.people",
            way=Way.LINKED,
            meaning="Those of a match are through with it (after a success), or may be matched again.",
            kinds=("match",),
        ),
        Effect(
            name="take.people",
            way=Way.LINKED,
            meaning="Those of a match are matched now; until it was published they were not.",
            kinds=("match",),
        ),
        Effect(
            name="rematch",
            way=Way.LINKED,
            meaning="A match ends, and its people are matched again with the next plan.",
            kinds=(*_OF_PEOPLE, "session", "training", "check_in"),
        ),
        Effect(
            name="close",
            way=Way.LINKED,
            meaning="A match ends.",
            kinds=(*_OF_PEOPLE, "session", "training", "check_in"),
        ),
        Effect(
            name="schedule",
            way=Way.LINKED,
            meaning="The sessions of a match are put on the calendar with the next plan.",
            kinds=("match", "session"),
        ),
        Effect(name="assign", of="module", way=Way.CREATES, meaning="A training module is assigned."),
        Effect(name="ask", of="check_in", way=Way.CREATES, meaning="A check-in is put to people."),
    )
}


def effect_of(text: str) -> tuple[Effect, str] | None:
    """The effect that a text names and the id behind it, or None for a text that names none."""
    if text in CATALOG and not CATALOG[text].of:
        return CATALOG[text], ""
    name, _, of = text.partition(".")
    effect = CATALOG.get(name)
    return (effect, of) if effect and effect.of and of else None
