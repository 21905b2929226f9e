"""Checks of guards and invariants, decided exactly: who wins, who never comes, what is not foreseen."""

from collections.abc import Iterator
from itertools import combinations

from mentorctl.diagnostics import Diagnostic
from mentorctl.lifecycle.checks.subject import Subject, guard_words
from mentorctl.lifecycle.guards import GuardError, guard_of, guard_problems
from mentorctl.lifecycle.logic.satisfy import Unknown, Witness
from mentorctl.lifecycle.model import State, Transition
from mentorctl.rules.expressions.tree import (
    All,
    Calculate,
    Choose,
    Compare,
    Contains,
    Listed,
    Node,
    Not,
    SameText,
    Size,
    Some,
)

MOST_COST = 200


def broken_guards(subject: Subject) -> Iterator[Diagnostic]:
    """MC4007 (LC11): guards and invariants are expressions over the facts of the lifecycle."""
    written: list[tuple[str, str, Transition | State]] = [
        (f"the guard `{t.when}` of `{t.event}` in `{t.source}`", t.when, t) for t in subject.lifecycle.transitions
    ]
    written += [(f"the invariant `{s.invariant}` of `{s.id}`", s.invariant, s) for s in subject.lifecycle.states]
    for what, text, part in written:
        for problem in guard_problems(text, subject.lifecycle.facts):
            yield subject.finding(
                "MC4007",
                f"{what} does not stand: {problem.message}",
                help=problem.help or "remove the guard, or write an expression over the facts",
                part=part,
            )
    for timer in subject.lifecycle.timers:
        for problem in guard_problems(timer.when, subject.lifecycle.facts):
            yield subject.finding(
                "MC4007",
                f"the condition `{timer.when}` of the timer `{timer.id}` does not stand: {problem.message}",
                help=problem.help or "remove the condition, or write an expression over the facts",
                part=timer,
            )


def overlapping_guards(subject: Subject) -> Iterator[Diagnostic]:
    """MC4006 (LC08): of the transitions on one event out of one state, one can fire, or a priority says which."""
    for one, other in combinations(subject.lifecycle.transitions, 2):
        if (one.source, one.event, one.priority) != (other.source, other.event, other.priority):
            continue
        facts = subject.together([one.when, other.when])
        if isinstance(facts, Witness):
            both = f", which both hold when {facts}" if facts.values else ""
            yield subject.finding(
                "MC4006",
                f"`{one.event}` leads from `{one.source}` both to `{one.target}` ({guard_words(one.when)}) "
                f"and to `{other.target}` ({guard_words(other.when)}){both}",
                help="give one of the two a guard that shuts the other out, or a `priority`: the lower one comes first",
                part=other,
            )


def undecided_guards(subject: Subject) -> Iterator[Diagnostic]:
    """MC4032 (LC12): a guard is cheap to read, and what it means together with its neighbors can be decided."""
    for transition in subject.lifecycle.transitions:
        try:
            condition = subject.condition(transition.when)
        except GuardError:
            continue
        cost = _cost(condition.root) if condition else 0
        if cost > MOST_COST:
            yield subject.finding(
                "MC4032",
                f"the guard of `{transition.event}` in `{transition.source}` costs {cost} steps; {MOST_COST} are "
                "allowed",
                help="make a fact of a part of it",
                part=transition,
            )
    for state, event in sorted({(t.source, t.event) for t in subject.lifecycle.transitions}):
        ways = subject.from_state(state, event)
        decided = subject.together([t.when for t in ways]) if len(ways) > 1 else None
        if isinstance(decided, Unknown) and not _broken(subject, ways):
            yield subject.finding(
                "MC4032",
                f"whether the guards of `{event}` in `{state}` can hold together is not decided: {decided.because}",
                help="give them a `priority` each, or compare facts with fixed values",
                part=ways[0],
            )


def gaps(subject: Subject) -> Iterator[Diagnostic]:
    """MC4029 (LC09): an event that must be handled leads somewhere whatever the facts say."""
    for event in subject.lifecycle.must_handle:
        for state in subject.standing:
            ways = subject.from_state(state.id, event)
            facts = subject.together([], failing=[t.when for t in ways]) if ways else None
            if isinstance(facts, Witness):
                yield subject.finding(
                    "MC4029",
                    f"`{event}` is foreseen in `{state.id}` and leads nowhere when {facts}; "
                    f"{subject.reached(state.id)}",
                    help="add a transition for that case, or one without a guard and the highest `priority` number",
                    part=ways[0],
                )


def dead_transitions(subject: Subject) -> Iterator[Diagnostic]:
    """MC4030 (LC10): every transition can fire: its guard can hold where those before it do not."""
    for transition in subject.lifecycle.transitions:
        if transition.source not in subject.paths:
            continue
        if subject.together([transition.when]) is None:
            why = f"its guard `{transition.when}` can never hold"
        else:
            before = [
                t for t in subject.from_state(transition.source, transition.event) if t.priority < transition.priority
            ]
            if not before or subject.together([transition.when], failing=[t.when for t in before]) is not None:
                continue
            shuts = (t for t in before if subject.together([transition.when], failing=[t.when]) is None)
            first = next(shuts, before[0])
            why = f"whenever it could, `{first.event}` to `{first.target}` ({guard_words(first.when)}) comes first"
        yield subject.finding(
            "MC4030",
            f"`{transition.event}` never leads from `{transition.source}` to `{transition.target}`: {why}",
            help="change the guard or the priority, or remove the transition",
            part=transition,
        )


def invariant_entries(subject: Subject) -> Iterator[Diagnostic]:
    """MC4044 (LC24): whoever enters a state fulfils its invariant, by the guard and by the invariant before."""
    for transition in subject.lifecycle.transitions:
        source, target = subject.by_id.get(transition.source), subject.by_id.get(transition.target)
        if source is None or target is None or not target.invariant or source.id not in subject.paths:
            continue
        facts = subject.together([transition.when, source.invariant], failing=[target.invariant])
        if isinstance(facts, Witness):
            yield subject.finding(
                "MC4044",
                f"`{transition.event}` leads from `{source.id}` into `{target.id}`, where `{target.invariant}` holds, "
                f"also when {facts}",
                help=f"add `{target.invariant}` to the guard, or change the invariant",
                part=transition,
            )
    initial = subject.by_id.get(subject.lifecycle.initial)
    if initial is not None and not _holds_at_first(subject, initial):
        yield subject.finding(
            "MC4044",
            f"everything begins in `{initial.id}` before a fact is known, and its invariant `{initial.invariant}` "
            "would have to hold already",
            help="move the invariant to a state that is entered by a guard",
            part=initial,
        )


def _holds_at_first(subject: Subject, state: State) -> bool:
    """Whether an invariant holds before anything is known: nothing is true, and everything is 0."""
    try:
        guard = guard_of(state.invariant, subject.lifecycle.facts)
    except GuardError:
        return True
    return guard is None or guard.holds({})


def _broken(subject: Subject, transitions: tuple[Transition, ...]) -> bool:
    return any(guard_problems(t.when, subject.lifecycle.facts) for t in transitions)


def _cost(node: Node) -> int:
    """One for each part, and one for each text of a list."""
    match node:
        case Not(term=term):
            return 1 + _cost(term)
        case All(terms=terms) | Some(terms=terms):
            return 1 + sum(map(_cost, terms))
        case Choose(condition=condition, then=then, otherwise=otherwise):
            return 1 + _cost(condition) + _cost(then) + _cost(otherwise)
        case Compare(left=left, right=right) | SameText(left=left, right=right) | Calculate(left=left, right=right):
            return 1 + _cost(left) + _cost(right)
        case Listed(item=item, values=values):
            return 1 + len(values) + _cost(item)
        case Contains(item=item):
            return 2 + _cost(item)
        case Size(of=of):
            return 1 + _cost(of)
        case _:
            return 1
