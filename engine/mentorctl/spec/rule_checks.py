"""Checks of matching rules and eligibility against the roster contract."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import combinations

from mentorctl.diagnostics import Diagnostic, FieldPath, Place, Related, did_you_mean, finding, quoted_list
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.fields import Contract, Field, FieldType, Role
from mentorctl.rules.pairs import (
    AvailabilityOverlap,
    Different,
    FieldPair,
    Gap,
    Not,
    Origin,
    Overlap,
    PairRule,
    PointsByGap,
    PointsByRank,
    PointsEach,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    TimezoneWithin,
)
from mentorctl.spec.model import Program

_ORDERED = (FieldType.LEVEL, FieldType.NUMBER, FieldType.DATE)
_CHOICES = (FieldType.SINGLE, FieldType.MULTIPLE)
_COMPARABLE = (
    FieldType.SINGLE,
    FieldType.LEVEL,
    FieldType.NUMBER,
    FieldType.DATE,
    FieldType.BOOLEAN,
    FieldType.TIMEZONE,
    FieldType.PERSON,
)
# bounds, and whether the value itself lies beyond them
_LOWS = ((Comparison.AT_LEAST, 0), (Comparison.ABOVE, 1))
_HIGHS = ((Comparison.AT_MOST, 0), (Comparison.BELOW, -1))
_TELLING = (Overlap, Gap, Rank)


def rule_ids_are_distinct(program: Program, _contract: Contract) -> Iterator[Diagnostic]:
    """Every matching rule has an id of its own."""
    seen: dict[str, FieldPath] = {}
    for rule, path in rules_with_paths(program):
        if rule.id in seen:
            yield finding(
                "MC2002",
                f"`{rule.id}` is used twice",
                place=_at(program, (*path, "id")),
                related=(Related(message="first used here", place=_at(program, (*seen[rule.id], "id"))),),
            )
        seen.setdefault(rule.id, path)


def rule_fields_fit(program: Program, contract: Contract) -> Iterator[Diagnostic]:
    """Every rule compares fields that exist, in a way that their types allow."""
    for rule, path in rules_with_paths(program):
        if rule.origin is Origin.PROGRAM:
            yield from _predicate(program, contract, rule.predicate, path)


def scores_fit(program: Program, _contract: Contract) -> Iterator[Diagnostic]:
    """The way of giving points fits the predicate."""
    for rule, path in rules_with_paths(program):
        wanted = {
            PointsEach: (Overlap, "points_each", "overlap"),
            PointsByRank: (Rank, "a list of points", "rank"),
            PointsByGap: (Gap, "a table of points", "gap"),
        }.get(type(rule.score))
        if wanted and not isinstance(rule.predicate, wanted[0]):
            yield finding(
                "MC2016", f"{wanted[1]} goes with `{wanted[2]}`", help="write `points: 10`", place=_at(program, path)
            )


def hard_rules_agree(program: Program, _contract: Contract) -> Iterator[Diagnostic]:
    """No two hard rules exclude each other for every pair."""
    hard = [(r, p) for r, p in rules_with_paths(program) if r.score is None]
    for (one, one_path), (two, two_path) in combinations(hard, 2):
        if _contradict(one.predicate, two.predicate):
            yield finding(
                "MC2013",
                f"`{one.id}` and `{two.id}` can never both hold",
                help="remove one of them, or make one a soft rule under `prefer`",
                place=_at(program, two_path if two.origin is Origin.PROGRAM else ("model", "type")),
                related=(
                    Related(
                        message=f"`{one.id}` " + ("comes with the model" if one.origin is Origin.MODEL else "is here"),
                        place=_at(program, one_path if one.origin is Origin.PROGRAM else ("model", "type")),
                    ),
                ),
            )


def conditions_fit(program: Program, contract: Contract) -> Iterator[Diagnostic]:
    """Eligibility compares fields that exist with values that they can have."""
    for role, eligible in ((Role.MENTOR, program.mentor), (Role.MENTEE, program.mentee)):
        for condition in eligible.conditions:
            path: FieldPath = ("eligibility", role.value, condition.field)
            field = contract.field(condition.field)
            if field is None:
                yield _unknown_field(program, contract, condition.field, path, on_key=True)
            else:
                yield from _condition(program, field, condition, (*path, condition.comparison.value))
        yield from _empty_ranges(program, contract, role, eligible.conditions)


def rules_look_at_needs(program: Program, _contract: Contract) -> Iterator[Diagnostic]:
    """At least one rule looks at level, skills or wishes."""
    if not any(isinstance(rule.predicate, _TELLING) for rule, _ in rules_with_paths(program)):
        yield finding(
            "MC2107",
            "all rules compare backgrounds only",
            help="add a rule with `gap`, `overlap` or `rank`",
            place=_at(program, ("matching",), on_key=True),
        )


def reporting_lines_are_kept_apart(program: Program, _contract: Contract) -> Iterator[Diagnostic]:
    """Nobody is matched with the person who evaluates them."""
    for rule in program.matching.require:
        if isinstance(rule.predicate, Not) and isinstance(rule.predicate.of, ReportingLine):
            return
    yield finding(
        "MC2108",
        "no hard rule keeps reporting lines apart",
        help="declare `manager: {type: person}` in the roster contract; the model then keeps lines apart",
        place=_at(program, ("matching",), on_key=True),
    )


RULE_CHECKS: tuple[Callable[[Program, Contract], Iterable[Diagnostic]], ...] = (
    rule_ids_are_distinct,
    rule_fields_fit,
    scores_fit,
    hard_rules_agree,
    conditions_fit,
    rules_look_at_needs,
    reporting_lines_are_kept_apart,
)


def rules_with_paths(program: Program) -> Iterator[tuple[PairRule, FieldPath]]:
    """Every matching rule with its place in the file; rules of the model have the place of the model."""
    own = 0
    for rule in program.matching.require:
        if rule.origin is Origin.MODEL:
            yield rule, ("model", "type")
        else:
            yield rule, ("matching", "require", own)
            own += 1
    for i, rule in enumerate(program.matching.prefer):
        yield rule, ("matching", "prefer", i)


# -- predicates --------------------------------------------------------------------------------------------------------


def _predicate(program: Program, contract: Contract, predicate: Predicate, path: FieldPath) -> Iterator[Diagnostic]:
    match predicate:
        case Same(fields=fields):
            yield from _both(program, contract, fields, (*path, "same"), _COMPARABLE, alike=True)
        case Different(fields=fields):
            yield from _both(program, contract, fields, (*path, "different"), _COMPARABLE, alike=True)
        case Overlap(fields=fields):
            yield from _both(program, contract, fields, (*path, "overlap"), _CHOICES, alike=False)
        case Gap(fields=fields):
            yield from _both(program, contract, fields, (*path, "gap", "field"), _ORDERED, alike=True)
        case Rank(field=name):
            yield from _one(program, contract, name, (*path, "rank", "field"), FieldType.RANKING)
        case ReportingLine(field=name):
            yield from _one(program, contract, name, (*path, "reporting_line"), FieldType.PERSON)
        case TimezoneWithin(field=name):
            yield from _one(program, contract, name, (*path, "timezone_within"), FieldType.TIMEZONE)
        case AvailabilityOverlap(field=name):
            yield from _one(program, contract, name, (*path, "availability_overlap"), FieldType.AVAILABILITY)
        case Not(of=inner):
            yield from _predicate(program, contract, inner, (*path, "not"))


def _both(
    program: Program,
    contract: Contract,
    fields: FieldPair,
    path: FieldPath,
    types: tuple[FieldType, ...],
    *,
    alike: bool,
) -> Iterator[Diagnostic]:
    one_name = fields.mentee == fields.mentor
    found: list[Field] = []
    for side in ("mentee", "mentor")[: 1 if one_name else 2]:
        name = fields.mentee if side == "mentee" else fields.mentor
        place = path if one_name else (*path, side)
        field = contract.field(name)
        if field is None:
            yield _unknown_field(program, contract, name, place)
            continue
        found.append(field)
        if field.type not in types:
            yield finding(
                "MC2004",
                f"`{name}` is a {field.type} field; this compares {quoted_list(types)} fields",
                place=_at(program, place),
            )
    if all(field.type in types for field in found):
        yield from _answered(program, contract, fields, path)
    if alike and len(found) == 2 and found[0].type is not found[1].type:  # noqa: PLR2004
        yield finding(
            "MC2004",
            f"`{fields.mentee}` is a {found[0].type} field and `{fields.mentor}` a {found[1].type} field",
            help="compare fields of one type",
            place=_at(program, path),
        )
    if alike and len(found) == 2 and found[0].scale != found[1].scale:  # noqa: PLR2004
        yield finding(
            "MC2004",
            f"`{fields.mentee}` and `{fields.mentor}` have different scales",
            help="give both the same scale in the contract",
            place=_at(program, path),
        )


def _answered(program: Program, contract: Contract, fields: FieldPair, path: FieldPath) -> Iterator[Diagnostic]:
    """A field is compared on the side that answers it; on the other side all cells are blank."""
    for role, name in ((Role.MENTEE, fields.mentee), (Role.MENTOR, fields.mentor)):
        field = contract.field(name)
        if field and not field.answered_by.includes(role):
            yield finding(
                "MC2004",
                f"`{name}` is answered by {field.answered_by}s only, but compared on the side of the {role}",
                help=f"compare two fields, {{mentee: …, mentor: …}}, or let both answer `{name}`",
                place=_at(program, path),
            )


def _one(program: Program, contract: Contract, name: str, path: FieldPath, kind: FieldType) -> Iterator[Diagnostic]:
    field = contract.field(name)
    if field is None:
        yield finding(
            "MC2003",
            f"this needs a {kind} field called `{name}`, which the contract does not have",
            help=f"declare `{name}: {{type: {kind}}}` under `roster.fields` in mentorctl.yaml",
            place=_at(program, path),
        )
    elif field.type is not kind:
        yield finding(
            "MC2004", f"`{name}` is a {field.type} field; this needs a {kind} field", place=_at(program, path)
        )


def _contradict(one: Predicate, two: Predicate) -> bool:
    if isinstance(one, Gap) and isinstance(two, Gap) and one.fields == two.fields:
        low = max((g.low for g in (one, two) if g.low is not None), default=None)
        high = min((g.high for g in (one, two) if g.high is not None), default=None)
        return low is not None and high is not None and low > high
    if isinstance(one, Same) and isinstance(two, Different):
        return one.fields == two.fields
    if isinstance(one, Different) and isinstance(two, Same):
        return one.fields == two.fields
    return one == Not(of=two) or two == Not(of=one)


# -- conditions --------------------------------------------------------------------------------------------------------


def _condition(program: Program, field: Field, condition: Condition, path: FieldPath) -> Iterator[Diagnostic]:
    ordered = condition.comparison not in (Comparison.IS, Comparison.ONE_OF)
    if ordered and field.type not in _ORDERED:
        yield finding(
            "MC2004",
            f"`{field.id}` is a {field.type} field, which has no order",
            help="use `is` or `one_of`",
            place=_at(program, path),
        )
        return
    if field.type not in (*_ORDERED, FieldType.SINGLE, FieldType.BOOLEAN, FieldType.TIMEZONE):
        yield finding(
            "MC2004", f"`{field.id}` is a {field.type} field, which conditions do not compare", place=_at(program, path)
        )
        return
    for value in condition.values:
        allowed = _allowed(field)
        if allowed and str(value).casefold() not in {a.casefold() for a in allowed}:
            yield finding(
                "MC2005",
                f"`{value}` is not a value of `{field.id}`; it has {quoted_list(allowed, last='and')}",
                help=did_you_mean(str(value), allowed),
                place=_at(program, path),
            )
        elif not _fits(field, value):
            yield finding("MC2005", f"`{value}` is not a {field.type}", place=_at(program, path))


def _empty_ranges(
    program: Program, contract: Contract, role: Role, conditions: tuple[Condition, ...]
) -> Iterator[Diagnostic]:
    """Two bounds of one field leave room for somebody."""
    for name in dict.fromkeys(c.field for c in conditions):
        field = contract.field(name)
        bounds = {c.comparison: _position(field, c.values[0]) for c in conditions if c.field == name} if field else {}
        beyond = 1e-9 if field and field.type is FieldType.NUMBER else 1.0  # levels and days come in whole steps
        lows = [at + step * beyond for c, step in _LOWS if (at := bounds.get(c)) is not None]
        highs = [at + step * beyond for c, step in _HIGHS if (at := bounds.get(c)) is not None]
        if lows and highs and max(lows) > min(highs):
            yield finding(
                "MC2020",
                f"no value of `{name}` lies between the two bounds",
                help="widen one of them",
                place=_at(program, ("eligibility", role.value, name), on_key=True),
            )


def _position(field: Field, value: object) -> float | None:
    """Where a bound lies on the field's order: the step of a level, a day, a number, or None for what has none."""
    if field.type is FieldType.DATE:
        return float(date.fromisoformat(str(value)).toordinal()) if _fits(field, value) else None
    if field.type is FieldType.LEVEL:
        steps = [step.casefold() for step in field.scale]
        return float(steps.index(str(value).casefold())) if str(value).casefold() in steps else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _allowed(field: Field) -> tuple[str, ...]:
    return field.scale if field.type is FieldType.LEVEL else field.options


def _fits(field: Field, value: object) -> bool:
    match field.type:
        case FieldType.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case FieldType.BOOLEAN:
            return isinstance(value, bool)
        case FieldType.DATE:
            try:
                date.fromisoformat(str(value))
            except ValueError:
                return False
    return True


def _unknown_field(
    program: Program, contract: Contract, name: str, path: FieldPath, *, on_key: bool = False
) -> Diagnostic:
    names = [f.id for f in contract.fields]
    return finding(
        "MC2003",
        f"there is no field `{name}`; the contract has {quoted_list(names, last='and')}",
        help=did_you_mean(name, names) or "declare it under `roster.fields` in mentorctl.yaml",
        place=_at(program, path, on_key=on_key),
    )


def _at(program: Program, path: FieldPath, *, on_key: bool = False) -> Place:
    return Place(document=program.id, path=path, on_key=on_key)
