"""Checks of matching rules and eligibility against the contract: the list of all, and those of the rules as such.

What rules read is checked in `field_checks`, what they leave over in `agreement_checks`, conditions on one person in
`condition_checks`, what only peers have in `peer_checks`, and whether good matches can come of it in `design_checks`.
"""

from collections.abc import Callable, Iterable, Iterator

from mentorctl.diagnostics import Diagnostic, FieldPath, Related, finding
from mentorctl.rules.fields import Contract
from mentorctl.rules.pairs import (
    Gap,
    Overlap,
    PointsByGap,
    PointsByRank,
    PointsByValues,
    PointsEach,
    PointsShare,
    Predicate,
    Rank,
    Unranked,
    ValueMatrix,
)
from mentorctl.spec.agreement_checks import (
    decisions_agree,
    hard_rules_agree,
    minimum_can_be_reached,
    soft_rules_can_hold,
)
from mentorctl.spec.condition_checks import conditions_fit, needs_fit, projects_fit
from mentorctl.spec.field_checks import rule_fields_fit
from mentorctl.spec.model import Program
from mentorctl.spec.peer_checks import peers_have_no_order, peers_have_one_scale
from mentorctl.spec.rule_paths import at, rules_with_paths, written_soft_rules

# the score, the predicate that it goes with, and the words for both
_PARTNERS: tuple[tuple[type, type[Predicate], str, str], ...] = (
    (PointsEach, Overlap, "points_each", "overlap"),
    (PointsShare, Overlap, "points_share", "overlap"),
    (PointsByRank, Rank, "a list of points", "rank"),
    (PointsByGap, Gap, "a table of points", "gap"),
    (PointsByValues, ValueMatrix, "a list of triples", "value_matrix"),
)


def rule_ids_are_distinct(program: Program, _contract: Contract) -> Iterator[Diagnostic]:
    """Every matching rule has an id of its own."""
    seen: dict[str, FieldPath] = {}
    for rule, path in rules_with_paths(program):
        if rule.id in seen:
            yield finding(
                "MC2002",
                f"`{rule.id}` is used twice",
                help="give one of the two another id",
                place=at(program, (*path, "id")),
                related=(Related(message="first used here", place=at(program, (*seen[rule.id], "id"))),),
            )
        seen.setdefault(rule.id, path)


def scores_fit(program: Program, _contract: Contract) -> Iterator[Diagnostic]:
    """The way of giving points fits the predicate."""
    for rule, path in written_soft_rules(program):
        for score, wanted, said, word in _PARTNERS:
            if isinstance(rule.score, score) and not isinstance(rule.predicate, wanted):
                yield finding(
                    "MC2016", f"{said} goes with `{word}`", help="write `points: 10`", place=at(program, path)
                )
        if rule.unranked is Unranked.UNACCEPTABLE and not isinstance(rule.predicate, Rank):
            yield finding(
                "MC2016",
                "`unranked` goes with `rank`",
                help="remove it, or write a hard rule under `require`",
                place=at(program, (*path, "unranked")),
            )


RULE_CHECKS: tuple[Callable[[Program, Contract], Iterable[Diagnostic]], ...] = (
    rule_ids_are_distinct,
    rule_fields_fit,
    scores_fit,
    hard_rules_agree,
    soft_rules_can_hold,
    decisions_agree,
    minimum_can_be_reached,
    peers_have_no_order,
    peers_have_one_scale,
    conditions_fit,
    needs_fit,
    projects_fit,
)
