"""Checks of the words with which a program changes its lifecycles, each at the place where it is written.

What the changed lifecycle is worth as a whole is for `checks`.
"""

from collections.abc import Collection, Iterator, Mapping

from mentorctl.diagnostics import Diagnostic, FieldPath, Place, did_you_mean, finding, quoted_list
from mentorctl.lifecycle.effects import CATALOG as EFFECTS
from mentorctl.lifecycle.effects import effect_of
from mentorctl.lifecycle.facts import CATALOG as FACTS
from mentorctl.lifecycle.facts import SINCE, with_facts
from mentorctl.lifecycle.guards import CLOCK_NAMES, guard_problems
from mentorctl.lifecycle.model import Fact, Lifecycle
from mentorctl.lifecycle.overlay import changed, fact_of, groups_of, sources_of
from mentorctl.spec.expressions import expression_findings
from mentorctl.spec.lifecycles import LifecycleChange, TransitionChange
from mentorctl.spec.model import Program
from mentorctl.values import dataclass

# States by which plans, stores and reports know where a thing stands; they may be changed, but not taken out.
_KEPT: Mapping[str, frozenset[str]] = {
    "program": frozenset({"active", "closed"}),
    "cohort": frozenset({"planned", "closed"}),
    "enrollment": frozenset({"applied", "not_eligible", "ready", "waitlisted", "matched", "completed", "withdrawn"}),
    "training": frozenset({"assigned", "completed", "cancelled"}),
    "match": frozenset({"proposed", "accepted", "completed", "ended"}),
    "session": frozenset({"planned", "held", "missed", "cancelled"}),
    "check_in": frozenset({"open", "answered"}),
}
# (event, source, target) on which plans rely, and that hold whatever the facts are.
_RELIED_ON: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "enrollment": (
        ("match", "ready", "matched"),
        ("match", "waitlisted", "matched"),
        ("unmatch", "matched", "ready"),
        ("wait", "ready", "waitlisted"),
        ("complete", "matched", "completed"),
        ("withdraw", "matched", "withdrawn"),
    ),
    "training": (("complete", "assigned", "completed"), ("withdraw", "assigned", "cancelled")),
    "match": (("end", "proposed", "ended"), ("end", "accepted", "ended")),
    "session": (("hold", "planned", "held"), ("cancel", "planned", "cancelled")),
    "check_in": (("answer", "open", "answered"),),
}


def check_change(lifecycle: Lifecycle, change: LifecycleChange, program: Program) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with the words of one change."""
    words = _Words(lifecycle=lifecycle, change=change, program=program)
    found = tuple(part for check in _CHECKS for part in check(words))
    return found if any(one.is_error for one in found) else (*found, *_relied_on(words))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    lifecycle: Lifecycle
    change: LifecycleChange
    program: Program

    def place(self, *path: str | int, on_key: bool = False) -> Place:
        here: FieldPath = ("lifecycle", self.change.kind, *path)
        return Place(document=self.program.id, path=here, on_key=on_key)

    @property
    def own(self) -> tuple[str, ...]:
        return tuple(state.id for state in self.lifecycle.states)

    @property
    def states(self) -> tuple[str, ...]:
        """The states that there are afterwards."""
        gone = {state.id for state in self.change.states if state.removed}
        return tuple(sorted({*self.own, *(state.id for state in self.change.states)} - gone))

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        gone = {state.id for state in self.change.states if state.removed or state.group is not None}
        groups = dict(groups_of(state for state in self.lifecycle.states if state.id not in gone))
        for state in self.change.states:
            if state.group and not state.removed:
                groups[state.group] = (*groups.get(state.group, ()), state.id)
        return groups

    @property
    def facts(self) -> tuple[Fact, ...]:
        return with_facts(self.lifecycle.facts, (fact_of(fact) for fact in self.change.facts))


def _facts_are_new(words: _Words) -> Iterator[Diagnostic]:
    """A fact of a program's own has a name that nothing else has."""
    own = {fact.name for fact in (*words.lifecycle.facts, *FACTS[words.change.kind])}
    for fact in words.change.facts:
        if fact.id in own or fact.id in CLOCK_NAMES or fact.id.startswith(SINCE):
            whose = "time says" if fact.id in CLOCK_NAMES else "is kept by the engine"
            yield finding(
                "MC4060",
                f"`{fact.id}` is a fact that {whose}",
                help="choose another name, or delete this one and read what is there",
                place=words.place("facts", fact.id, on_key=True),
            )


def _states_are_known(words: _Words) -> Iterator[Diagnostic]:
    """What is removed exists and may be missed; a new state says more than its name."""
    for state in words.change.states:
        place = words.place("states", state.id, on_key=True)
        if state.removed and state.id in _KEPT[words.change.kind]:
            yield finding(
                "MC4061",
                f"`{state.id}` of the lifecycle `{words.change.kind}` cannot be removed",
                help="the engine itself knows where things stand by it; change its transitions instead",
                place=place,
            )
        elif state.removed and state.id not in words.own:
            yield finding(
                "MC4061",
                f"the lifecycle `{words.change.kind}` has no state `{state.id}` to remove",
                help=did_you_mean(state.id, words.own) or _there_are("states", words.own),
                place=place,
            )
        elif state.id not in words.own and state.means is None:
            near = did_you_mean(state.id, words.own)
            yield finding(
                "MC4062",
                f"the lifecycle `{words.change.kind}` has no state `{state.id}`, and a new one says what it means",
                help=near or "add `means:` with a sentence",
                place=place,
            )


def _transitions_are_known(words: _Words) -> Iterator[Diagnostic]:
    """Transitions lead from states or groups to states; one that is removed is there."""
    for written in words.change.transitions:
        path = ("transitions", written.id)
        for place, source in enumerate(written.sources):
            if source not in words.states and source not in words.groups:
                known = (*words.states, *sorted(words.groups))
                where = (*path, "from", place) if len(written.sources) > 1 else (*path, "from")
                yield _unknown_state(words, source, known, where)
        if written.target and written.target not in words.states:
            yield _unknown_state(words, written.target, words.states, (*path, "to"))
        elif written.removed:
            yield from _removed(words, written)


def _unknown_state(words: _Words, name: str, known: Collection[str], path: FieldPath) -> Diagnostic:
    return finding(
        "MC4001",
        f"the lifecycle `{words.change.kind}` has no state `{name}`",
        help=did_you_mean(name, known) or _there_are("states", known),
        place=words.place(*path),
    )


def _removed(words: _Words, written: TransitionChange) -> Iterator[Diagnostic]:
    own = {(t.event, t.source, t.target) for t in words.lifecycle.transitions}
    sources = [source for _, source in sources_of(written, words.states, words.groups)]
    if sources and not any((written.event, source, written.target or source) in own for source in sources):
        events = sorted({t.event for t in words.lifecycle.transitions if t.source in sources})
        leads = f" that leads to `{written.target}`" if written.target else ""
        yield finding(
            "MC4061",
            f"there is no `{written.event}` from {quoted_list(sources)}{leads}",
            help=did_you_mean(written.event, events) or _there_are("events", events),
            place=words.place("transitions", written.id, on_key=True),
        )


def _expressions_fit(words: _Words) -> Iterator[Diagnostic]:
    """Guards, invariants and conditions of reminders are expressions over the facts."""
    texts = [
        *((t.when, ("transitions", t.id, "when")) for t in words.change.transitions),
        *((s.invariant, ("states", s.id, "invariant")) for s in words.change.states),
        *(
            (reminder.when, ("states", s.id, "reminders", i, "when"))
            for s in words.change.states
            for i, reminder in enumerate(s.reminders or ())
        ),
    ]
    for text, path in texts:
        if text:
            yield from expression_findings(guard_problems(text, words.facts), words.place(*path))


def _effects_are_known(words: _Words) -> Iterator[Diagnostic]:
    """What follows is in the catalog, makes sense here, and names something that the program has."""
    for written in words.change.transitions:
        for i, text in enumerate(written.do or ()):
            yield from _effect(words, text, ("transitions", written.id, "do"), i, len(written.do or ()))
    for state in words.change.states:
        for number, reminder in enumerate(state.reminders or ()):
            path: FieldPath = ("states", state.id, "reminders", number, "do")
            for i, text in enumerate(reminder.do):
                yield from _effect(words, text, path, i, len(reminder.do))


def _effect(words: _Words, text: str, path: FieldPath, place: int, of: int) -> Iterator[Diagnostic]:
    here = words.place(*path, place) if of > 1 else words.place(*path)
    known = effect_of(text)
    usable = [str(effect) for effect in EFFECTS.values() if words.change.kind in effect.kinds]
    if known is None:
        yield finding(
            "MC4063",
            f"`{text}` is no effect",
            help=did_you_mean(text, _effect_names(words)) or f"effects are {quoted_list(usable, last='and', limit=20)}",
            place=here,
        )
        return
    effect, name = known
    if words.change.kind not in effect.kinds:
        yield finding(
            "MC4063",
            f"`{text}` does nothing in the lifecycle `{words.change.kind}`",
            help=f"it is one of {quoted_list(effect.kinds, last='and')}",
            place=here,
        )
    elif effect.of and name not in _named(words.program, effect.of):
        has = _named(words.program, effect.of)
        yield finding(
            "MC4063",
            f"`{text}` names the {_WORD[effect.of]} `{name}`, which the program does not have",
            help=did_you_mean(name, has) or _there_are(f"{_WORD[effect.of]}s", has),
            place=here,
        )


def _effect_names(words: _Words) -> list[str]:
    return [
        text
        for effect in EFFECTS.values()
        for text in (
            [f"{effect.name}.{name}" for name in _named(words.program, effect.of)] if effect.of else [effect.name]
        )
    ]


_WORD = {"message": "message", "module": "module", "check_in": "check-in", "resource": "resource"}


def _named(program: Program, kind: str) -> tuple[str, ...]:
    match kind:
        case "message":
            return tuple(message.id for message in program.messages)
        case "module":
            return tuple(module.id for module in program.modules)
        case "check_in":
            return tuple(check_in.id for check_in in program.check_ins)
        case _:
            return tuple(resource.id for resource in program.resources)


def _deadlines_lead_somewhere(words: _Words) -> Iterator[Diagnostic]:
    """What a deadline raises is foreseen in its state."""
    if any(t.target and t.target not in words.states for t in words.change.transitions):
        return  # said already
    after = changed(words.lifecycle, words.change)
    for state in words.change.states:
        is_known = state.id in words.own or state.means is not None
        if state.deadline and not state.removed and is_known:
            events = sorted({t.event for t in after.transitions if t.source == state.id})
            if state.deadline.event not in events:
                yield finding(
                    "MC4064",
                    f"the deadline of `{state.id}` raises `{state.deadline.event}`, which leads nowhere from there",
                    help=did_you_mean(state.deadline.event, events)
                    or f"add a transition: {{event: {state.deadline.event}, from: {state.id}, to: …}}",
                    place=words.place("states", state.id, "deadline", "event"),
                )


def _relied_on(words: _Words) -> Iterator[Diagnostic]:
    """Steps that plans take are still there."""
    after = changed(words.lifecycle, words.change)
    before = {(t.event, t.source, t.target, t.when) for t in words.lifecycle.transitions}
    now = {(t.event, t.source, t.target, t.when) for t in after.transitions}
    for event, source, target in _RELIED_ON.get(words.change.kind, ()):
        gone = [t for t in before - now if t[:3] == (event, source, target)]
        if gone:
            written = next((t for t in words.change.transitions if t.event == event), None)
            yield finding(
                "MC4065",
                f"`{event}` from `{source}` to `{target}` is a step that plans take, and it is not there any more as "
                "they know it",
                help="keep its guard and target as they are; effects may change",
                place=words.place("transitions", written.id, on_key=True) if written else words.place(),
            )


def _there_are(what: str, names: Collection[str]) -> str:
    if not names:
        return f"there are no {what}"
    return f"{what} are {quoted_list(names, last='and', limit=30)}"


_CHECKS = (
    _facts_are_new,
    _states_are_known,
    _transitions_are_known,
    _expressions_fit,
    _effects_are_known,
    _deadlines_lead_somewhere,
)
