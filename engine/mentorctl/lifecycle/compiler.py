"""The lifecycles of a program: which states its people, trainings, matches and sessions pass through.

A program decides which gates stand before a match; its model decides what a match is and how it ends.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from mentorctl.lifecycle.facts import CATALOG
from mentorctl.lifecycle.guards import guard_of
from mentorctl.lifecycle.model import Ending, Fact, Lifecycle, State, TimerRule, Transition
from mentorctl.lifecycle.table import dispatch_table, mismatches
from mentorctl.spec.model import ModelType, Program

PROGRESS = ("recheck", "check_eligibility", "approve", "finish_training")


def compile_lifecycles(program: Program) -> tuple[Lifecycle, ...]:
    """The lifecycles of the program, by name. Raises RuntimeError when table and machine differ (a bug)."""
    roles = [program.eligibility(role) for role in program.roles]
    return _compiled(
        program.model.type,
        approval=any(role.approval for role in roles),
        training=any(module.required for module in program.modules),
        agreement=program.goals is not None and program.goals.agreement == "required",
    )


def lifecycle_named(lifecycles: Iterable[Lifecycle], name: str) -> Lifecycle:
    """The lifecycle of that name. Raises KeyError when there is none."""
    for lifecycle in lifecycles:
        if lifecycle.name == name:
            return lifecycle
    raise KeyError(name)


def progress_events(enrollment: Lifecycle) -> tuple[str, ...]:
    """The events that bring an enrollment exactly as far as its facts allow, in the order to try them."""
    known = {transition.event for transition in enrollment.transitions}
    return tuple(event for event in PROGRESS if event in known)


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
        "after": str(timer.after) if timer.after else None,
        "at": str(timer.at) if timer.at else None,
        "every": str(timer.every) if timer.every else None,
        "at_most": timer.at_most,
        "event": timer.event,
        "effects": list(timer.effects),
        "when": timer.when,
        "late": timer.late.value,
    }


@lru_cache(maxsize=32)
def _compiled(model: ModelType, *, approval: bool, training: bool, agreement: bool) -> tuple[Lifecycle, ...]:
    """Compared once per shape: programs of one shape share their lifecycles."""
    enrollment = enrollment_lifecycle(approval=approval, training=training)
    compiled = (enrollment, match_lifecycle(model, agreement=agreement), _PROGRAM, _SESSION, _TRAINING)
    for lifecycle in compiled:
        different = mismatches(lifecycle, dispatch_table(lifecycle))
        if different:
            raise RuntimeError(f"lifecycle {lifecycle.name}: {different[0]}")
    return compiled


# -- enrollment ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gate:
    """A fact that must hold before a match. `waits` names the state of those who wait for it."""

    fact: str
    event: str
    waits: str
    meaning: str


_ELIGIBILITY = _Gate(
    fact="eligible",
    event="check_eligibility",
    waits="applied",
    meaning="Is on the roster; the conditions of the role are not checked yet.",
)
_APPROVAL = _Gate(
    fact="approved",
    event="approve",
    waits="eligible",
    meaning="Meets the conditions of the role and waits for approval, where the role asks for it.",
)
_TRAINING_AFTER_APPROVAL = _Gate(
    fact="trained",
    event="finish_training",
    waits="approved",
    meaning="Meets the conditions, is approved, and has required training to finish.",
)
_TRAINING_AFTER_ELIGIBILITY = _Gate(
    fact="trained",
    event="finish_training",
    waits="eligible",
    meaning="Meets the conditions of the role and has required training to finish.",
)


def enrollment_lifecycle(*, approval: bool, training: bool) -> Lifecycle:
    """One person in one role. A gate that the program lacks is left out; the last one leads to `ready`.

    Facts are per person: where only the other role asks for approval or training, the fact is simply true.
    """
    gates = [_ELIGIBILITY]
    if approval:
        gates.append(_APPROVAL)
    if training:
        gates.append(_TRAINING_AFTER_APPROVAL if approval else _TRAINING_AFTER_ELIGIBILITY)
    stages = (*(gate.waits for gate in gates), "ready")
    before_match = (*stages, "not_eligible", "waitlisted")
    return _lifecycle(
        "enrollment",
        initial="applied",
        states=(*(State(id=gate.waits, meaning=gate.meaning) for gate in gates), *_ENROLLMENT_STATES),
        transitions=(
            *_forward(gates, stages),
            *_backward(gates, stages),
            _on("wait", "ready", "waitlisted", effects=("notify.waitlisted",)),
            *_from_each(("ready", "waitlisted"), "match", "matched", effects=("notify.matched",)),
            _on("unmatch", "matched", "ready", effects=("notify.unmatched",)),
            _on("complete", "matched", "completed", effects=("notify.completed",)),
            *_from_each(before_match, "withdraw", "withdrawn", effects=("notify.withdrawn",)),
            _on(
                "withdraw",
                "matched",
                "withdrawn",
                effects=("end.matches", "cancel.sessions", "notify.withdrawn"),
            ),
        ),
    )


_ENROLLMENT_STATES = (
    State(id="not_eligible", meaning="Does not meet the conditions of the role at present."),
    State(id="ready", meaning="May be matched."),
    State(id="waitlisted", meaning="May be matched, and waits because no match was found yet."),
    State(id="matched", meaning="Is in at least one match that stands."),
    State(id="completed", meaning="Took part to the end.", ending=Ending.SUCCESS),
    State(id="withdrawn", meaning="Left, or was withdrawn, before the end.", ending=Ending.NEUTRAL),
)


def _forward(gates: list[_Gate], stages: tuple[str, ...]) -> Iterable[Transition]:
    """Each gate opens when its fact is true; people who were not eligible may become so."""
    for gate, source, target in zip(gates, stages[:-1], stages[1:], strict=True):
        yield _on(gate.event, source, target, when=gate.fact)
    yield _on("check_eligibility", "not_eligible", stages[1], when="eligible")
    yield _on("check_eligibility", "applied", "not_eligible", when="!eligible", effects=_NOT_ELIGIBLE)


def _backward(gates: list[_Gate], stages: tuple[str, ...]) -> Iterable[Transition]:
    """Until a match stands, a fact that is no longer true leads back to the first gate that is shut."""
    passed = [*enumerate(stages[1:], start=1), (len(gates), "waitlisted")]
    for reached, source in passed:
        for number, gate in enumerate(gates[:reached]):
            still_true = [earlier.fact for earlier in gates[:number]]
            target = stages[number] if number else "not_eligible"
            effects = () if number else _NOT_ELIGIBLE
            yield _on("recheck", source, target, when=" && ".join([*still_true, f"!{gate.fact}"]), effects=effects)


_NOT_ELIGIBLE = ("notify.not_eligible",)


# -- match ---------------------------------------------------------------------------------------------------


def match_lifecycle(model: ModelType, *, agreement: bool) -> Lifecycle:
    """A pair, a group, a single meeting or a project, from the proposal to its end.

    With an agreement it begins when that is signed. Groups lose single members and go on; a flash meeting is over when
    it was held; a project ends with its deliverable.
    """
    words = _WORDS_OF.get(model, _OF_PAIRS)
    is_flash = model is ModelType.FLASH
    states = [s for s in _match_states(words) if not (is_flash and s.id in {"active", "paused"})]
    standing = ("proposed", "accepted") if is_flash else ("proposed", "accepted", "active", "paused")
    signed = "agreement_signed" if agreement and not is_flash else ""
    return _lifecycle(
        "match",
        initial="proposed",
        states=states,
        transitions=(
            _on("accept", "proposed", "accepted", when=words.accepting, effects=("notify.accepted",)),
            _on("decline", "proposed", "declined", effects=("cancel.sessions", "notify.declined")),
            _on("expire", "proposed", "expired", effects=("cancel.sessions", "notify.expired")),
            *(() if is_flash else _running(signed)),
            _on(
                "complete",
                "accepted" if is_flash else "active",
                "completed",
                when="delivered" if model is ModelType.FUNCTIONAL else "",
                effects=("notify.completed",),
            ),
            *(_from_each_to_itself(standing, "leave", effects=("notify.left",)) if words.loses_members else ()),
            *_from_each(standing, "end", "ended", effects=("cancel.sessions", "notify.ended")),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """How a kind of match is described, and whose yes it needs."""

    proposed: str
    accepted: str
    active: str
    accepting: str
    loses_members: bool = False


_OF_PAIRS = _Words(
    proposed="Both were asked whether they want to work together.",
    accepted="Both said yes; their first meeting lies ahead.",
    active="They meet.",
    accepting="mentee_accepted && mentor_accepted",
)
_OF_GROUPS = _Words(
    proposed="Everybody was asked whether they want to join.",
    accepted="Enough of them said yes; the first meeting lies ahead.",
    active="The group meets.",
    accepting="enough_accepted",
    loses_members=True,
)
_WORDS_OF = {
    ModelType.PEER: replace(_OF_PAIRS, accepting="everybody_accepted", proposed="All were asked whether they fit."),
    ModelType.GROUP: _OF_GROUPS,
    ModelType.TEAM: replace(_OF_GROUPS, proposed="The mentors were asked whether they take the team."),
    ModelType.FUNCTIONAL: replace(_OF_GROUPS, active="The group works on its project."),
    ModelType.FLASH: replace(_OF_PAIRS, accepted="Both said yes; the one meeting lies ahead."),
}


def _match_states(words: _Words) -> Iterable[State]:
    return (
        State(id="proposed", meaning=words.proposed),
        State(id="accepted", meaning=words.accepted),
        State(id="active", meaning=words.active),
        State(id="paused", meaning="They do not meet for a while and mean to go on."),
        State(id="completed", meaning="They went the whole way.", ending=Ending.SUCCESS),
        State(id="declined", meaning="One of them said no.", ending=Ending.NEUTRAL),
        State(id="ended", meaning="It ended before its time.", ending=Ending.NEUTRAL),
        State(id="expired", meaning="It was not answered in time.", ending=Ending.NEUTRAL),
    )


def _running(signed: str) -> Iterable[Transition]:
    return (
        _on("start", "accepted", "active", when=signed),
        _on("pause", "active", "paused", effects=("notify.paused",)),
        _on("resume", "paused", "active", effects=("notify.resumed",)),
    )


# -- building blocks -----------------------------------------------------------------------------------------


def _on(event: str, source: str, target: str, *, when: str = "", effects: tuple[str, ...] = ()) -> Transition:
    return Transition(event=event, source=source, target=target, when=when, effects=effects)


def _from_each(
    sources: Iterable[str], event: str, target: str, *, effects: tuple[str, ...] = ()
) -> tuple[Transition, ...]:
    return tuple(_on(event, source, target, effects=effects) for source in sources)


def _from_each_to_itself(states: Iterable[str], event: str, *, effects: tuple[str, ...]) -> tuple[Transition, ...]:
    return tuple(_on(event, state, state, effects=effects) for state in states)


def _lifecycle(name: str, *, initial: str, states: Iterable[State], transitions: Iterable[Transition]) -> Lifecycle:
    """In canonical order: by id, so that the same program always gives the same bytes."""
    ordered = sorted(transitions, key=lambda t: (t.source, t.event, t.priority, t.target, t.when))
    return Lifecycle(
        name=name,
        initial=initial,
        facts=_facts_of(name, ordered),
        states=tuple(sorted(states, key=lambda state: state.id)),
        transitions=tuple(ordered),
    )


def _facts_of(name: str, transitions: Iterable[Transition]) -> tuple[Fact, ...]:
    """The facts of the catalog that some guard reads."""
    catalog = CATALOG.get(name, ())
    guards = [guard for t in transitions if (guard := guard_of(t.when, catalog))]
    read = {fact for guard in guards for fact in guard.reads}
    return tuple(fact for fact in catalog if fact.name in read)


# -- the machines that no program changes --------------------------------------------------------------------

_PROGRAM = _lifecycle(
    "program",
    initial="active",
    states=(
        State(id="active", meaning="Runs: people apply, train, are matched and meet."),
        State(id="suspended", meaning="Is halted for a while; nobody is matched or invited."),
        State(id="closed", meaning="Is over.", ending=Ending.NEUTRAL),
    ),
    transitions=(
        _on("suspend", "active", "suspended", effects=("notify.suspended",)),
        _on("resume", "suspended", "active", effects=("notify.resumed",)),
        *_from_each(("active", "suspended"), "close", "closed", effects=("notify.closed",)),
    ),
)

_TRAINING = _lifecycle(
    "training",
    initial="assigned",
    states=(
        State(id="assigned", meaning="The module is to be done."),
        State(id="completed", meaning="The module is done.", ending=Ending.SUCCESS),
        State(id="waived", meaning="The person need not do the module.", ending=Ending.NEUTRAL),
        State(id="cancelled", meaning="The person left before doing the module.", ending=Ending.NEUTRAL),
    ),
    transitions=(
        _on("complete", "assigned", "completed", when="done"),
        # An ending that may be taken back: before the match, the roster can correct what it said.
        _on("reopen", "completed", "assigned", when="!done"),
        _on("waive", "assigned", "waived"),
        _on("withdraw", "assigned", "cancelled"),
    ),
)

_SESSION = _lifecycle(
    "session",
    initial="planned",
    states=(
        State(id="planned", meaning="Is on the calendars."),
        State(id="held", meaning="Took place.", ending=Ending.SUCCESS),
        State(id="missed", meaning="Did not take place, and nobody called it off.", ending=Ending.NEUTRAL),
        State(id="cancelled", meaning="Was called off.", ending=Ending.NEUTRAL),
    ),
    transitions=(
        _on("hold", "planned", "held"),
        _on("miss", "planned", "missed", effects=("notify.missed",)),
        _on("move", "planned", "planned", effects=("notify.moved",)),
        _on("cancel", "planned", "cancelled", effects=("notify.cancelled",)),
    ),
)
