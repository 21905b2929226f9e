"""Matching rules and what else decides about pairs: from their tree to predicates, scores and terms."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mentorctl.diagnostics import FieldPath, quoted_list
from mentorctl.rules.fields import Missing
from mentorctl.rules.pairs import (
    AfterEveryone,
    AvailabilityOverlap,
    Contains,
    Declined,
    DeclinedBefore,
    Different,
    EverRepeats,
    FieldPair,
    Gap,
    HistoryTerms,
    Line,
    MetBefore,
    NamedPair,
    NoRepeat,
    Not,
    OutsideSource,
    Overlap,
    PairRule,
    PairTerms,
    PointsByValues,
    PointsWaited,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    Scaling,
    Score,
    ScoreForm,
    TimezoneWithin,
    Unranked,
    ValueMatrix,
    Verdict,
    Ways,
    When,
)
from mentorctl.spec.read_scores import read_score
from mentorctl.spec.reading import Findings
from mentorctl.spec.rule_words import Reader, value_text

type _Tree = Mapping[str, Any]


def read_hard_rules(rules: Sequence[_Tree], found: Findings, *, peers: bool = False) -> tuple[PairRule, ...]:
    """The `require` list. With `peers` the two of a pair are called `a` and `b`."""
    reader = Reader(found=found, peers=peers)
    return tuple(_rule(tree, ("matching", "require", i), reader, None) for i, tree in enumerate(rules))


def read_soft_rules(rules: Sequence[_Tree], found: Findings, *, peers: bool = False) -> tuple[PairRule, ...]:
    """The `prefer` list, with its scores."""
    reader = Reader(found=found, peers=peers)
    made = []
    for i, tree in enumerate(rules):
        path: FieldPath = ("matching", "prefer", i)
        made.append(_rule(tree, path, reader, read_score(tree, path, reader)))
    return tuple(made)


def _rule(tree: _Tree, path: FieldPath, reader: Reader, score: Score | None) -> PairRule:
    listed = tuple((one, two) for one, two, _ in score.table) if isinstance(score, PointsByValues) else ()
    return PairRule(
        id=tree["id"],
        predicate=_predicate(tree, path, reader, listed),
        score=score,
        because=tree.get("because", ""),
        missing=Missing(tree["missing"]) if "missing" in tree else None,
        ways=Ways(tree["ways"]) if "ways" in tree else None,
        cap=tree.get("cap"),
        unranked=Unranked(tree.get("unranked", "indifferent")),
    )


# -- predicates --------------------------------------------------------------------------------------------------------


def _predicate(tree: _Tree, path: FieldPath, reader: Reader, listed: tuple[tuple[str, str], ...] = ()) -> Predicate:
    words = [word for word in PREDICATES if word in tree]
    if len(words) != 1:
        said = f"it has {quoted_list(words, last='and')}" if words else "it has none"
        reader.found.add("MC2015", f"a rule has one of {quoted_list(PREDICATES, limit=20)}; {said}", path)
        return Same(fields=FieldPair(mentee="", mentor=""))
    word, here = words[0], (*path, words[0])
    if word == "value_matrix":
        return _value_matrix(tree[word], here, reader, listed)
    return _READERS[word](tree[word], here, reader)


def _same(value: Any, path: FieldPath, reader: Reader) -> Predicate:
    return Same(fields=reader.fields(value, path))


def _different(value: Any, path: FieldPath, reader: Reader) -> Predicate:
    return Different(fields=reader.fields(value, path))


def _overlap(value: Any, path: FieldPath, reader: Reader) -> Predicate:
    fields = reader.fields(value, path)
    if isinstance(value, str):
        return Overlap(fields=fields)
    if "min_share" not in value:
        if "of" in value:
            reader.found.add("MC1107", "`of` says what `min_share` is taken of, and there is none", (*path, "of"))
        return Overlap(fields=fields, at_least=value.get("min", 1))
    share = reader.share(value["min_share"], (*path, "min_share"))
    return Overlap(fields=fields, at_least=value.get("min", 1), share=share, of=reader.of(value, path))


def _contains(value: Any, path: FieldPath, reader: Reader) -> Predicate:
    return Contains(fields=reader.fields(value, path))


def _value_matrix(value: _Tree, path: FieldPath, reader: Reader, listed: tuple[tuple[str, str], ...]) -> Predicate:
    """The listed pairs; those of its points where a soft rule lists none itself."""
    fields = reader.fields(value, path)
    words = [word for word in ("allow", "forbid") if word in value]
    if len(words) != (0 if listed else 1):
        reader.found.add(
            "MC1107",
            "with points for pairs of values there is neither `allow` nor `forbid`"
            if listed
            else "pairs of values have one of `allow` and `forbid`",
            path,
            help="keep one of the two"
            if len(words) > 1
            else f"delete `{words[0]}`"
            if words
            else "add for example `forbid: [[beginner, beginner]]`"
            if path[1] == "require"
            else "points for pairs of values are written `points: [[beginner, expert, 20]]`",
        )
    if not words:
        return ValueMatrix(fields=fields, pairs=listed)
    pairs = tuple((value_text(one), value_text(two)) for one, two in value[words[0]])
    return ValueMatrix(fields=fields, pairs=pairs, forbid=words[0] == "forbid")


def _gap(value: Any, path: FieldPath, reader: Reader) -> Predicate:
    fields = reader.fields(value["field"], (*path, "field"))
    ways = [word for word in ("mentor_above", "mentor_below", "either_way") if word in value]
    if len(ways) > 1:
        reader.found.add("MC1107", f"a gap has one of {quoted_list(ways, last='and')}, not several", path)
    if not ways:
        if path[1] == "require":
            reader.found.add(
                "MC1107",
                "a hard rule with `gap` says how large the gap is: `mentor_above`, `mentor_below` or `either_way`",
                path,
                help="add for example `mentor_above: {min: 1}`",
            )
        return Gap(fields=fields)
    way = ways[0]
    low, high = value[way].get("min"), value[way].get("max")
    if low is not None and high is not None and low > high:
        reader.found.add("MC1106", f"`min: {low}` is above `max: {high}`", (*path, way))
    if way == "mentor_above":
        return Gap(fields=fields, low=low if low is not None else 0, high=high)
    if way == "mentor_below":
        return Gap(fields=fields, low=None if high is None else -high, high=-(low or 0))
    if low:
        reader.found.add("MC1107", "`either_way` takes a `max` only", (*path, way))
    return Gap(fields=fields, low=None if high is None else -high, high=high)


def _reporting_line(value: Any, _path: FieldPath, _reader: Reader) -> Predicate:
    return ReportingLine(line=Line(value))


def _timezone_within(value: Any, path: FieldPath, reader: Reader) -> Predicate:
    return TimezoneWithin(minutes=reader.minutes(value, path))


def _availability_overlap(value: Any, path: FieldPath, reader: Reader) -> Predicate:
    total, block = (
        reader.minutes(value[word], (*path, word)) if word in value else 0 for word in ("min", "longest_block")
    )
    return AvailabilityOverlap(minutes=total, block=block)


def _rank(value: Any, path: FieldPath, reader: Reader) -> Predicate:
    return Rank(by=reader.role(value["by"], (*path, "by")), field=value["field"], within=value.get("within"))


def _met_before(value: Any, path: FieldPath, reader: Reader) -> Predicate:
    return MetBefore(within=reader.ago(value.get("within", "ever"), (*path, "within")))


def _declined_before(_value: Any, _path: FieldPath, _reader: Reader) -> Predicate:
    return DeclinedBefore()


def _when(value: Any, _path: FieldPath, _reader: Reader) -> Predicate:
    return When(text=value)


def _not(value: Any, path: FieldPath, reader: Reader) -> Predicate:
    return Not(of=_predicate(value, path, reader))


_READERS: Mapping[str, Callable[[Any, FieldPath, Reader], Predicate]] = {
    "same": _same,
    "different": _different,
    "overlap": _overlap,
    "contains": _contains,
    "gap": _gap,
    "reporting_line": _reporting_line,
    "timezone_within": _timezone_within,
    "availability_overlap": _availability_overlap,
    "rank": _rank,
    "met_before": _met_before,
    "declined_before": _declined_before,
    "when": _when,
    "not": _not,
}
PREDICATES = (*list(_READERS)[:4], "value_matrix", *list(_READERS)[4:])


# -- terms -------------------------------------------------------------------------------------------------------------


def read_terms(tree: _Tree, found: Findings, *, peers: bool = False) -> PairTerms:
    """What the `matching` section says about pairs beside its rules."""
    reader = Reader(found=found, peers=peers)
    outside, waiting = tree.get("outside_scores"), tree.get("waiting_bonus")
    return PairTerms(
        minimum=tree.get("minimum_score"),
        scaling=Scaling(tree.get("scaling", "none")),
        named=tuple(_named(pair, ("matching", "pairs", i), reader) for i, pair in enumerate(tree.get("pairs", ()))),
        history=_history(tree.get("history", {}), reader),
        outside=_outside(outside) if outside else None,
        waiting=PointsWaited(points=waiting["points"], at_most=waiting.get("at_most")) if waiting else None,
    )


def _outside(tree: _Tree) -> OutsideSource:
    return OutsideSource(
        file=tree["file"],
        form=ScoreForm(tree.get("form", "list")),
        weight=tree.get("weight", 1),
        unscored=Unranked(tree.get("unscored", "indifferent")),
        because=tree.get("because", ""),
    )


def _named(tree: _Tree, path: FieldPath, reader: Reader) -> NamedPair:
    mentee, mentor = reader.sides(tree, path)
    return NamedPair(mentee=mentee, mentor=mentor, verdict=Verdict(tree["do"]), because=tree.get("because", ""))


def _history(tree: _Tree, reader: Reader) -> HistoryTerms:
    no_repeat: NoRepeat | None = None
    if tree.get("no_repeat") == "until_everyone_met":
        no_repeat = AfterEveryone()
    elif "no_repeat" in tree:
        no_repeat = EverRepeats(within=reader.ago(tree["no_repeat"], ("matching", "history", "no_repeat")))
    return HistoryTerms(
        no_repeat=no_repeat,
        favor_previous=tree.get("favor_previous", 0),
        declined=Declined(tree["declined"]) if "declined" in tree else None,
    )
