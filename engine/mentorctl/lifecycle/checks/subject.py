"""A lifecycle under examination: its graph, its guards, how states are reached, and where each part is written."""

from collections import deque
from collections.abc import Callable, Iterable
from functools import cached_property

from mentorctl.diagnostics import Diagnostic, Place, finding
from mentorctl.lifecycle.guards import GuardError, guard_of
from mentorctl.lifecycle.logic.satisfy import Claim, Unknown, Witness, satisfiable
from mentorctl.lifecycle.model import Lifecycle, State, TimerRule, Transition
from mentorctl.rules.expressions.tree import Expression
from mentorctl.rules.expressions.types import Kind
from mentorctl.values import dataclass

type Part = State | Transition | TimerRule | None
type Where = Callable[[str, Part], Place]

# What time itself says is whole and never negative.
_CLOCK_COUNTS = frozenset({"days_in_state", "days_quiet"})


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One lifecycle and where its parts stand in the files (`where`: by name of the lifecycle and part)."""

    lifecycle: Lifecycle
    where: Where

    def finding(self, code: str, detail: str, *, help: str, part: Part = None) -> Diagnostic:  # noqa: A002
        """A finding about a part of the lifecycle, at the place where it is written."""
        text = f"in the lifecycle `{self.lifecycle.name}`, {detail}"
        return finding(code, text, help=help, place=self.where(self.lifecycle.name, part))

    # -- the graph -----------------------------------------------------------------------------------------------------

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(state.id for state in self.lifecycle.states)

    @cached_property
    def by_id(self) -> dict[str, State]:
        return {state.id: state for state in self.lifecycle.states}

    @cached_property
    def outgoing(self) -> dict[str, list[Transition]]:
        """The transitions between known states that can fire at all."""
        outgoing: dict[str, list[Transition]] = {state: [] for state in self.ids}
        for transition in self.lifecycle.transitions:
            if transition.source in outgoing and transition.target in outgoing and self.can_fire(transition):
                outgoing[transition.source].append(transition)
        return outgoing

    @cached_property
    def paths(self) -> dict[str, tuple[Transition, ...]]:
        """A shortest way to every state that can be reached, nearest first."""
        if self.lifecycle.initial not in self.by_id:
            return {}
        paths: dict[str, tuple[Transition, ...]] = {self.lifecycle.initial: ()}
        queue = deque(paths)
        while queue:
            source = queue.popleft()
            for transition in self.outgoing[source]:
                if transition.target not in paths:
                    paths[transition.target] = (*paths[source], transition)
                    queue.append(transition.target)
        return paths

    @cached_property
    def standing(self) -> tuple[State, ...]:
        """The states that can be reached and are not final."""
        return tuple(s for s in self.lifecycle.states if s.id in self.paths and not s.is_final)

    @cached_property
    def timed_events(self) -> frozenset[tuple[str, str]]:
        """(state, event) that time raises by itself."""
        return frozenset((s, timer.event) for timer in self.lifecycle.timers if timer.event for s in timer.during)

    def from_state(self, state: str, event: str) -> tuple[Transition, ...]:
        """The transitions on an event, in the order in which they are tried."""
        ways = [t for t in self.lifecycle.transitions if (t.source, t.event) == (state, event)]
        return tuple(sorted(ways, key=lambda t: t.priority))

    # -- guards --------------------------------------------------------------------------------------------------------

    def condition(self, text: str) -> Expression | None:
        """A guard or invariant as an expression; None for one that always holds. Raises GuardError."""
        guard = guard_of(text, self.lifecycle.facts)
        return guard.expression if guard else None

    def together(self, holding: Iterable[str], *, failing: Iterable[str] = ()) -> Witness | Unknown | None:
        """Facts under which some conditions hold and others do not; None when there are none.

        Where one does not stand it has its own finding, and nothing more is said: the answer is Unknown.
        """
        try:
            wanted = [self.condition(text) for text in holding]
            unwanted = [self.condition(text) for text in failing]
        except GuardError:
            return Unknown(because="a guard does not stand")
        if None in unwanted:
            return None
        claims = [Claim(condition=one) for one in wanted if one]
        claims += [Claim(condition=one, holds=False) for one in unwanted if one]
        return satisfiable(claims, counts=self._counts)

    def can_fire(self, transition: Transition) -> bool:
        return self.together([transition.when]) is not None

    @cached_property
    def _counts(self) -> frozenset[str]:
        """The facts that count things: every number is one, because facts are kept up by adding ones."""
        numbers = {fact.name for fact in self.lifecycle.facts if fact.type.kind is Kind.NUMBER}
        return _CLOCK_COUNTS | numbers

    # -- words ---------------------------------------------------------------------------------------------------------

    def reached(self, state: str) -> str:
        """How a state is reached, as the end of a sentence."""
        return path_words(self.paths.get(state, ()))


def path_words(path: Iterable[Transition]) -> str:
    events = [f"`{transition.event}`" for transition in path]
    return f"it is reached by {', then '.join(events)}" if events else "everyone begins there"


def guard_words(when: str) -> str:
    return f"if {when}" if when else "always"


def at(place: Place) -> Where:
    """Every part at one place."""
    return lambda _lifecycle, _part: place
