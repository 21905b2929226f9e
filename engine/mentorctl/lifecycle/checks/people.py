"""Checks of what people can count on: they can always leave."""

from collections.abc import Iterator, Mapping

from mentorctl.diagnostics import Diagnostic, quoted_list
from mentorctl.lifecycle.checks.subject import Subject
from mentorctl.lifecycle.logic.satisfy import Witness
from mentorctl.lifecycle.model import Ending, Transition

# Lifecycle → the events by which a person leaves, whatever anybody else does.
LEAVING: Mapping[str, tuple[str, ...]] = {"enrollment": ("withdraw",), "match": ("end", "decline", "withdraw")}


def no_exit(subject: Subject) -> Iterator[Diagnostic]:
    """MC4039 (LC19): from every state that can be reached a person can leave, whatever the facts say."""
    events = LEAVING.get(subject.lifecycle.name)
    if events is None:
        return
    for state in subject.standing:
        ways = tuple(t for event in events for t in subject.from_state(state.id, event) if _leaves(subject, t))
        if not ways:
            reason = f"none of {quoted_list(events)} leads out of `{state.id}`" if len(events) > 1 else (
                f"`{events[0]}` does not lead out of `{state.id}`"
            )  # fmt: skip
            yield subject.finding(
                "MC4039",
                f"a person cannot leave: {reason} to an end that is no success; {subject.reached(state.id)}",
                help=f"add a transition on `{events[0]}` from `{state.id}` to such an end",
                part=state,
            )
            continue
        stuck = subject.together([], failing=[t.when for t in ways])
        if isinstance(stuck, Witness):
            yield subject.finding(
                "MC4039",
                f"a person cannot leave `{state.id}` when {stuck}: {quoted_list(sorted({t.event for t in ways}))} "
                f"has a guard there; {subject.reached(state.id)}",
                help="let people leave without a condition; what else follows can be an effect",
                part=ways[0],
            )


def _leaves(subject: Subject, transition: Transition) -> bool:
    target = subject.by_id.get(transition.target)
    return target is not None and target.ending in (Ending.NEUTRAL, Ending.FAILURE)
