"""What can be wrong with lifecycles, found without running them: each check is a small function and a code.

`LC` numbers are those of the design; docs/diagnostics.md explains every code. Of a state that cannot be reached,
nothing else is reported. All findings are given at once, each with a shortest way to where it goes wrong.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from mentorctl.diagnostics import Diagnostic, Place
from mentorctl.lifecycle.checks.conditions import (
    broken_guards,
    dead_transitions,
    gaps,
    invariant_entries,
    overlapping_guards,
    undecided_guards,
)
from mentorctl.lifecycle.checks.linked import Links, endless_cascades, standstills, unhandled_events, unused_words
from mentorctl.lifecycle.checks.links import LINKS
from mentorctl.lifecycle.checks.people import no_exit
from mentorctl.lifecycle.checks.shape import (
    dead_ends,
    duplicates,
    final_outgoing,
    too_large,
    traps,
    unknown_states,
    unreachable_states,
    unusable_initial,
)
from mentorctl.lifecycle.checks.subject import Subject, Where, at
from mentorctl.lifecycle.checks.time import (
    double_deadlines,
    forever_states,
    loops_of_time,
    odd_deadlines,
    unbounded_attempts,
)
from mentorctl.lifecycle.model import Lifecycle

type Check = Callable[[Subject], Iterable[Diagnostic]]
type LinkedCheck = Callable[[Mapping[str, Subject], Links], Iterable[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    unknown_states,
    unusable_initial,
    unreachable_states,
    dead_ends,
    traps,
    forever_states,
    loops_of_time,
    overlapping_guards,
    gaps,
    dead_transitions,
    broken_guards,
    undecided_guards,
    duplicates,
    odd_deadlines,
    double_deadlines,
    final_outgoing,
    no_exit,
    unbounded_attempts,
    invariant_entries,
    too_large,
)

LINKED_CHECKS: tuple[LinkedCheck, ...] = (unhandled_events, standstills, endless_cascades, unused_words)


def check_lifecycle(lifecycle: Lifecycle, place: Place) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with one lifecycle by itself, in the order of the checks."""
    return _checked(Subject(lifecycle=lifecycle, where=at(place)))


def check_lifecycles(lifecycles: Iterable[Lifecycle], where: Where, *, links: Links = LINKS) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with the lifecycles of a program, each by itself and all together."""
    given = tuple(lifecycles)
    if links is LINKS and _are_sound(given):
        return ()
    return _checked_together(given, where, links)


@lru_cache(maxsize=64)
def _are_sound(lifecycles: tuple[Lifecycle, ...]) -> bool:
    """Whether nothing is wrong, wherever they are written: the programs of a workspace often have the same ones."""
    return not _checked_together(lifecycles, at(Place(document="", path=())), LINKS)


def _checked_together(lifecycles: tuple[Lifecycle, ...], where: Where, links: Links) -> tuple[Diagnostic, ...]:
    subjects = {lifecycle.name: Subject(lifecycle=lifecycle, where=where) for lifecycle in lifecycles}
    alone = [found for subject in subjects.values() for found in _checked(subject)]
    return (*alone, *(found for check in LINKED_CHECKS for found in check(subjects, links)))


def _checked(subject: Subject) -> tuple[Diagnostic, ...]:
    return tuple(found for check in CHECKS for found in check(subject))
