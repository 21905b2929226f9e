"""The points of soft rules: from their tree to scores."""

from collections.abc import Mapping, Sequence
from typing import Any

from mentorctl.diagnostics import FieldPath, quoted_list
from mentorctl.rules.pairs import (
    MOST_POINTS,
    Points,
    PointsByGap,
    PointsByRank,
    PointsByValues,
    PointsEach,
    PointsFrom,
    PointsShare,
    Score,
)
from mentorctl.spec.rule_words import Reader, value_text

WEIGHTS = {"high": 5, "medium": 3, "low": 1}
_SCORE_WORDS = ("points", "points_each", "points_share", "points_from", "weight")
_BELONGS = {"at_most": "points_each", "rarity": "points_each", "of": "points_share"}
_WHY = {
    "at_most": "`at_most` counts answers, so it goes with `points_each`; `cap` bounds the points of any rule",
    "rarity": "`rarity` weighs each answer in common, so it goes with `points_each`",
    "of": "`of` says what a share is taken of, so it goes with `points_share`",
}


def read_score(tree: Mapping[str, Any], path: FieldPath, reader: Reader) -> Score:
    """The one way of giving points that a soft rule has."""
    words = [word for word in _SCORE_WORDS if word in tree]
    if len(words) != 1:
        said = f"it has {quoted_list(words, last='and')}" if words else "it has none"
        reader.found.add(
            "MC1107",
            f"a soft rule has one of {quoted_list(_SCORE_WORDS)}; {said}",
            path,
            help="keep one of them" if words else "add for example `points: 10` or `weight: high`",
        )
        return Points(points=0)
    for word, needed in _BELONGS.items():
        if word in tree and needed not in tree:
            reader.found.add("MC2016", _WHY[word], (*path, word))
    return _READERS[words[0]](tree, path, reader)


def _points(tree: Mapping[str, Any], path: FieldPath, reader: Reader) -> Score:
    points = tree["points"]
    if isinstance(points, Mapping):
        return PointsByGap(table=tuple(sorted((int(gap), value) for gap, value in points.items())))
    if not isinstance(points, list):
        return Points(points=points)
    if isinstance(points[0], list):
        return PointsByValues(table=tuple(_triple(t, (*path, "points", i), reader) for i, t in enumerate(points)))
    return PointsByRank(points=tuple(points))


def _triple(values: Sequence[Any], path: FieldPath, reader: Reader) -> tuple[str, str, int]:
    mentees, mentors, points = values
    if isinstance(points, bool) or not isinstance(points, int) or abs(points) > MOST_POINTS:
        reader.found.add(
            "MC1105",
            f"`{points}` is not a whole number of points between -{MOST_POINTS} and {MOST_POINTS}",
            (*path, 2),
            help="write the mentee's value, the mentor's value, then the points",
        )
        points = 0
    return value_text(mentees), value_text(mentors), points


def _points_each(tree: Mapping[str, Any], _path: FieldPath, _reader: Reader) -> Score:
    return PointsEach(points=tree["points_each"], cap=tree.get("at_most"), rare=tree.get("rarity", False))


def _points_share(tree: Mapping[str, Any], path: FieldPath, reader: Reader) -> Score:
    return PointsShare(points=tree["points_share"], of=reader.of(tree, path))


def _points_from(tree: Mapping[str, Any], path: FieldPath, reader: Reader) -> Score:
    said: Mapping[str, Any] = tree["points_from"]
    people = [word for word in ("mentor", "mentee", "peer") if word in said]
    here: FieldPath = (*path, "points_from")
    if len(people) != 1:
        reader.found.add("MC1107", "`points_from` names a field of one person: `mentor`, `mentee` or `peer`", here)
        return Points(points=0)
    role = reader.role(people[0], here)
    return PointsFrom(by=role, field=said[people[0]], times=said.get("times", 1))


def _weight(tree: Mapping[str, Any], path: FieldPath, reader: Reader) -> Score:
    weight = tree["weight"]
    if isinstance(weight, str):
        return Points(points=WEIGHTS[weight])
    return PointsFrom(by=reader.role(weight["by"], (*path, "weight", "by")), field=weight["field"])


_READERS = {
    "points": _points,
    "points_each": _points_each,
    "points_share": _points_share,
    "points_from": _points_from,
    "weight": _weight,
}
