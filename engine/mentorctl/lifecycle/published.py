"""Lifecycles as the plain JSON values that commands print."""

from mentorctl.lifecycle.model import Fact, Lifecycle, TimerRule


def lifecycle_to_json(lifecycle: Lifecycle) -> dict[str, object]:
    """The lifecycle as plain JSON values, every key present, in canonical order."""
    return {
        "name": lifecycle.name,
        "initial": lifecycle.initial,
        "facts": [_fact_to_json(fact) for fact in lifecycle.facts],
        "states": [
            {
                "id": state.id,
                "meaning": state.meaning,
                "ending": state.ending.value if state.ending else None,
                "invariant": state.invariant,
                "group": state.group,
                "waits": state.waits,
            }
            for state in lifecycle.states
        ],
        "transitions": [
            {
                "event": transition.event,
                "from": transition.source,
                "to": transition.target,
                "when": transition.when,
                "priority": transition.priority,
                "effects": list(transition.effects),
                "because": transition.because,
            }
            for transition in lifecycle.transitions
        ],
        "timers": [_timer_to_json(timer) for timer in lifecycle.timers],
        "begins": [{"when": b.when, "effects": list(b.effects)} for b in lifecycle.begins],
        "must_handle": list(lifecycle.must_handle),
    }


def _fact_to_json(fact: Fact) -> dict[str, object]:
    options = {"options": list(fact.type.options)} if fact.type.options else {}
    return {
        "name": fact.name,
        "type": fact.type.kind.value,
        **options,
        "meaning": fact.meaning,
        "optional": fact.optional,
    }


def _timer_to_json(timer: TimerRule) -> dict[str, object]:
    return {
        "id": timer.id,
        "kind": timer.kind.value,
        "arms": list(timer.arms),
        "during": list(timer.during),
        "on": list(timer.on),
        "after": str(timer.after) if timer.after else None,
        "at": str(timer.at) if timer.at else None,
        "every": str(timer.every) if timer.every else None,
        "at_most": timer.at_most,
        "until": str(timer.until) if timer.until else None,
        "event": timer.event,
        "effects": list(timer.effects),
        "when": timer.when,
        "late": timer.late.value,
    }
