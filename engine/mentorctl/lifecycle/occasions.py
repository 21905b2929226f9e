"""What has happened when a thing took a step: `match.accepted`, `meeting.first`.

The names are those that messages, moments and automation use (`spec.moment_words.EVENTS`); plan and runtime ask here.
"""

from collections.abc import Iterable, Iterator

from mentorctl.lifecycle.facts import CATALOG
from mentorctl.lifecycle.guards import Facts, guard_of
from mentorctl.lifecycle.model import Lifecycle, Transition
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Something that happened, if `when` holds over the facts of the thing (always, where it is empty)."""

    name: str
    when: str = ""


def occasions_of(lifecycle: str, event: str, source: str, target: str) -> tuple[Occasion, ...]:
    """What happens when `event` leads from one state to another; without `source`, when a thing comes into being.

    An empty event stands for any that leads from there to there.
    """
    return tuple(_occasions(lifecycle, event, source, target))


def occasions_in(lifecycle: Lifecycle, transition: Transition) -> tuple[Occasion, ...]:
    """What happens on a transition of a lifecycle. Who comes back to a match from a break does not start it again."""
    found = occasions_of(lifecycle.name, transition.event, transition.source, transition.target)
    if any(one.name == "match.started" for one in found) and transition.source in _behind(lifecycle, transition.target):
        return tuple(one for one in found if one.name != "match.started")
    return found


def _behind(lifecycle: Lifecycle, state: str) -> set[str]:
    """The states to which others lead from a state."""
    reached, waiting = set[str](), [state]
    while waiting:
        here = waiting.pop()
        for transition in lifecycle.transitions:
            if transition.source == here and transition.target not in reached:
                reached.add(transition.target)
                waiting.append(transition.target)
    return reached


def names_of(occasions: Iterable[Occasion], lifecycle: str, facts: Facts) -> tuple[str, ...]:
    """The names of those that did happen, given the facts of the thing."""
    return tuple(o.name for o in occasions if _holds(o.when, lifecycle, facts))


def lifecycle_of(occasion: str) -> str:
    """In which lifecycle something happens."""
    return _LIFECYCLE_OF[occasion.partition(".")[0]]


def _holds(when: str, lifecycle: str, facts: Facts) -> bool:
    guard = guard_of(when, CATALOG[lifecycle])
    return guard is None or guard.holds(facts)


def _occasions(lifecycle: str, event: str, source: str, target: str) -> Iterator[Occasion]:
    if (lifecycle, event) in _STAYING:
        yield Occasion(name=_STAYING[lifecycle, event])
    if source == target:
        return
    if lifecycle == "enrollment":
        yield from _enrolled(source, target)
    elif lifecycle == "match" and (source, target) != ("paused", "active"):  # they go on; it started before
        yield from (Occasion(name=name) for name in _ENTERED["match"].get(target, ()))
    elif lifecycle == "session":
        yield from (Occasion(name=n, when=_SESSION_WHEN[n]) for n in _ENTERED["session"].get(target, ()))
    elif lifecycle == "check_in":
        yield from (
            Occasion(name=n, when="alert" if n == "check_in.alert" else "")
            for n in _ENTERED["check_in"].get(target, ())
        )
    elif lifecycle == "training":
        yield from (Occasion(name=name) for name in _ENTERED["training"].get(target, ()))


def _enrolled(before: str, after: str) -> Iterator[Occasion]:
    """The stages that were passed on the way, forwards only, and where it led; one step may pass several.

    Of states that a program added we know only where they lead.
    """
    if not before or (before in _REACHED and after in _REACHED):
        for stage in _STAGES[_REACHED.get(before, 0) : _REACHED.get(after, 0)]:
            yield Occasion(name=f"enrollment.{stage}", when="needs_approval" if stage == "approved" else "")
    elif after in _STAGES:
        yield Occasion(name=f"enrollment.{after}", when="needs_approval" if after == "approved" else "")
    if after in _PLACES:
        yield Occasion(name=f"enrollment.{after}")


_LIFECYCLE_OF = {
    "enrollment": "enrollment",
    "training": "training",
    "match": "match",
    "goal": "match",
    "agreement": "match",
    "deliverable": "match",
    "meeting": "session",
    "check_in": "check_in",
}
_STAGES = ("applied", "eligible", "approved", "ready")
_PLACES = frozenset({"not_eligible", "waitlisted", "matched", "completed", "withdrawn"})
_REACHED = {  # how many stages are passed in a state; whoever withdrew and comes back begins anew
    "applied": 1, "not_eligible": 1, "eligible": 2, "approved": 3, "ready": 4, "waitlisted": 4, "matched": 4,
    "completed": 4, "withdrawn": 0, "lapsed": 0,
}  # fmt: skip
_STAYING = {
    ("match", "sign"): "agreement.signed",
    ("match", "reach_goal"): "goal.done",
    ("match", "deliver"): "deliverable.done",
}
_ENTERED: dict[str, dict[str, tuple[str, ...]]] = {
    "training": {"assigned": ("training.assigned",), "completed": ("training.completed",)},
    "match": {
        "proposed": ("match.proposed",),
        "second_asked": ("match.proposed",),  # to the one who is asked second
        "accepted": ("match.accepted",),
        "declined": ("match.declined",),
        "expired": ("match.expired",),
        "active": ("match.started",),
        "paused": ("match.paused",),
        "ended": ("match.ended",),
        "completed": ("match.completed",),
    },
    "session": {
        "planned": ("meeting.planned",),
        "held": ("meeting.first", "meeting.held"),
        "missed": ("meeting.missed",),
    },
    "check_in": {"open": ("check_in.due",), "answered": ("check_in.answered", "check_in.alert")},
}
_SESSION_WHEN = {
    "meeting.planned": "meeting",
    "meeting.first": "meeting && number == 1",
    "meeting.held": "meeting",
    "meeting.missed": "meeting",
}
