"""Predicates over pairs, compiled to functions over index arrays.

The arrays broadcast, so that the same code serves a block of the whole matrix (rows against columns) and a list of
single pairs.
"""

from dataclasses import replace
from functools import lru_cache

from mentorctl.optimize.answers import contains, overlap, same, value_matrix
from mentorctl.optimize.distances import availability_overlap, gap, reporting_line, timezone_within
from mentorctl.optimize.facts import declined_before, listed, met_before, rank, scored_outside
from mentorctl.optimize.formulas import when
from mentorctl.optimize.ground import Compiled, Ground, Indices
from mentorctl.rules.pairs import (
    AvailabilityOverlap,
    Comparing,
    Contains,
    DeclinedBefore,
    Different,
    Gap,
    Listed,
    MetBefore,
    Not,
    OfOneField,
    Overlap,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    ScoredOutside,
    TimezoneWithin,
    ValueMatrix,
    When,
)

__all__ = ["Ground", "Indices", "compiled", "field_names"]


def compiled(ground: Ground, predicate: Predicate) -> Compiled:
    """A predicate as functions of pairs of roster indices."""
    match predicate:
        case MetBefore():
            return met_before(ground, predicate)
        case DeclinedBefore():
            return declined_before(ground)
        case ScoredOutside():
            return scored_outside(ground)
        case Not(of=inner):
            return _negated(compiled(ground, inner))
    return _of_roster(replace(ground, history=None, outside=None, waited=None), predicate)


@lru_cache(maxsize=64)  # the programs of a workspace have one roster, and many rules in common
def _of_roster(ground: Ground, predicate: Comparing | OfOneField | Listed | When) -> Compiled:  # noqa: C901 - one case each
    """A predicate that only reads what people answered."""
    match predicate:
        case Same(fields=fields):
            return same(ground, fields)
        case Different(fields=fields):
            return _negated(same(ground, fields))
        case Overlap():
            return overlap(ground, predicate)
        case Contains():
            return contains(ground, predicate)
        case ValueMatrix():
            return value_matrix(ground, predicate)
        case Gap():
            return gap(ground, predicate)
        case ReportingLine():
            return reporting_line(ground, predicate)
        case TimezoneWithin():
            return timezone_within(ground, predicate)
        case AvailabilityOverlap():
            return availability_overlap(ground, predicate)
        case Rank():
            return rank(ground, predicate)
        case Listed():
            return listed(ground, predicate)
        case When():
            return when(ground, predicate)


def _negated(inner: Compiled) -> Compiled:
    few = inner.few and replace(inner.few, holds=not inner.few.holds)
    return Compiled(holds=lambda e, m: ~inner.holds(e, m), known=inner.known, kinds=inner.kinds, few=few)


def field_names(predicate: Predicate) -> tuple[str, ...]:
    """The contract's fields that a predicate reads; an expression says itself what their blanks mean."""
    match predicate:
        case Not(of=inner):
            return field_names(inner)
        case Same(fields=f) | Different(fields=f) | Overlap(fields=f) | Contains(fields=f):
            return (f.mentee, f.mentor)
        case ValueMatrix(fields=f) | Gap(fields=f):
            return (f.mentee, f.mentor)
        case ReportingLine() | TimezoneWithin() | AvailabilityOverlap() | Rank():
            return (predicate.field,)
        case MetBefore() | DeclinedBefore() | Listed() | ScoredOutside() | When():
            return ()
