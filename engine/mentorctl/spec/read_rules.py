"""Matching rules: from their tree to predicates and scores."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mentorctl.dates.durations import parse_duration
from mentorctl.diagnostics import FieldPath, quoted_list
from mentorctl.rules.fields import Missing, Role
from mentorctl.rules.pairs import (
    AvailabilityOverlap,
    Different,
    FieldPair,
    Gap,
    Line,
    Not,
    Overlap,
    PairRule,
    Points,
    PointsByGap,
    PointsByRank,
    PointsEach,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    Score,
    TimezoneWithin,
)

if TYPE_CHECKING:
    from mentorctl.spec.read import Findings

PREDICATES = (
    "same",
    "different",
    "overlap",
    "gap",
    "reporting_line",
    "timezone_within",
    "availability_overlap",
    "rank",
    "not",
)
WEIGHTS = {"high": 5, "medium": 3, "low": 1}
_SCORE_WORDS = ("points", "points_each", "weight")


def read_hard_rules(rules: Sequence[Mapping[str, Any]], found: "Findings") -> tuple[PairRule, ...]:
    """The `require` list."""
    return tuple(_rule(tree, ("matching", "require", i), found, None) for i, tree in enumerate(rules))


def read_soft_rules(rules: Sequence[Mapping[str, Any]], found: "Findings") -> tuple[PairRule, ...]:
    """The `prefer` list, with its scores."""
    made = []
    for i, tree in enumerate(rules):
        path: FieldPath = ("matching", "prefer", i)
        made.append(_rule(tree, path, found, _score(tree, path, found)))
    return tuple(made)


def _rule(tree: Mapping[str, Any], path: FieldPath, found: "Findings", score: Score | None) -> PairRule:
    return PairRule(
        id=tree["id"],
        predicate=_predicate(tree, path, found),
        score=score,
        because=tree.get("because", ""),
        missing=Missing(tree["missing"]) if "missing" in tree else None,
    )


def _predicate(tree: Mapping[str, Any], path: FieldPath, found: "Findings") -> Predicate:
    words = [word for word in PREDICATES if word in tree]
    if len(words) != 1:
        said = f"it has {quoted_list(words, last='and')}" if words else "it has none"
        found.add("MC2015", f"a rule has one of {quoted_list(PREDICATES)}; {said}", path)
        return Same(fields=FieldPair(mentee="", mentor=""))
    return _READERS[words[0]](tree[words[0]], (*path, words[0]), found)


def _same(value: Any, _path: FieldPath, _found: "Findings") -> Predicate:
    return Same(fields=_fields(value))


def _different(value: Any, _path: FieldPath, _found: "Findings") -> Predicate:
    return Different(fields=_fields(value))


def _overlap(value: Any, _path: FieldPath, _found: "Findings") -> Predicate:
    return Overlap(fields=_fields(value), at_least=value.get("min", 1) if isinstance(value, Mapping) else 1)


def _gap(value: Any, path: FieldPath, found: "Findings") -> Predicate:
    fields = _fields(value["field"])
    ways = [word for word in ("mentor_above", "mentor_below", "either_way") if word in value]
    if len(ways) > 1:
        found.add("MC1107", f"a gap has one of {quoted_list(ways, last='and')}, not several", path)
    if not ways:
        return Gap(fields=fields)
    span = value[ways[0]]
    low, high = span.get("min"), span.get("max")
    if low is not None and high is not None and low > high:
        found.add("MC1106", f"`min: {low}` is above `max: {high}`", (*path, ways[0]))
    if ways[0] == "mentor_above":
        return Gap(fields=fields, low=low if low is not None else 0, high=high)
    if ways[0] == "mentor_below":
        return Gap(fields=fields, low=None if high is None else -high, high=-(low or 0))
    if low:
        found.add("MC1107", "`either_way` takes a `max` only", (*path, ways[0]))
    return Gap(fields=fields, low=None if high is None else -high, high=high)


def _reporting_line(value: Any, _path: FieldPath, _found: "Findings") -> Predicate:
    return ReportingLine(line=Line(value))


def _timezone_within(value: Any, path: FieldPath, found: "Findings") -> Predicate:
    return TimezoneWithin(minutes=_minutes(value, path, found))


def _availability_overlap(value: Any, path: FieldPath, found: "Findings") -> Predicate:
    return AvailabilityOverlap(minutes=_minutes(value["min"], (*path, "min"), found))


def _rank(value: Any, _path: FieldPath, _found: "Findings") -> Predicate:
    return Rank(by=Role(value["by"]), field=value["field"])


def _not(value: Any, path: FieldPath, found: "Findings") -> Predicate:
    return Not(of=_predicate(value, path, found))


_READERS = {
    "same": _same,
    "different": _different,
    "overlap": _overlap,
    "gap": _gap,
    "reporting_line": _reporting_line,
    "timezone_within": _timezone_within,
    "availability_overlap": _availability_overlap,
    "rank": _rank,
    "not": _not,
}


def _score(tree: Mapping[str, Any], path: FieldPath, found: "Findings") -> Score:
    words = [word for word in _SCORE_WORDS if word in tree]
    if len(words) != 1:
        said = f"it has {quoted_list(words, last='and')}" if words else "it has none"
        found.add(
            "MC1107",
            f"a soft rule has one of {quoted_list(_SCORE_WORDS)}; {said}",
            path,
            help="add for example `points: 10` or `weight: high`",
        )
        return Points(points=0)
    if "at_most" in tree and "points_each" not in tree:
        found.add("MC2016", "`at_most` counts answers, so it goes with `points_each`", (*path, "at_most"))
    if "weight" in tree:
        return Points(points=WEIGHTS[tree["weight"]])
    if "points_each" in tree:
        return PointsEach(points=tree["points_each"], cap=tree.get("at_most"))
    points = tree["points"]
    if isinstance(points, list):
        return PointsByRank(points=tuple(points))
    if isinstance(points, Mapping):
        return PointsByGap(table=tuple(sorted((int(gap), value) for gap, value in points.items())))
    return Points(points=points)


def _fields(value: Any) -> FieldPair:
    if isinstance(value, str):
        return FieldPair(mentee=value, mentor=value)
    return FieldPair(mentee=value["mentee"], mentor=value["mentor"])


def _minutes(text: str, path: FieldPath, found: "Findings") -> int:
    return found.attempt("MC1105", path, 60, lambda: parse_duration(text).minutes)
