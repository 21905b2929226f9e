"""Checks that matching rules read fields that exist, that fit, that are asked, and values that they can have."""

from collections.abc import Iterable, Iterator

from mentorctl.diagnostics import Diagnostic, FieldPath, did_you_mean, finding, quoted_list
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.scopes import pair_scope
from mentorctl.rules.fields import Contract, Field, FieldType, Role
from mentorctl.rules.pairs import (
    AvailabilityOverlap,
    Contains,
    DeclinedBefore,
    Different,
    FieldPair,
    Gap,
    Listed,
    MetBefore,
    Not,
    Origin,
    Overlap,
    PointsByValues,
    PointsFrom,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    ScoredOutside,
    TimezoneWithin,
    ValueMatrix,
    When,
)
from mentorctl.spec.condition_checks import not_for_matching, unknown_field
from mentorctl.spec.expressions import expression_findings
from mentorctl.spec.model import Program
from mentorctl.spec.rule_paths import at, matches_peers, rules_with_paths
from mentorctl.values import dataclass

ORDERED = (FieldType.LEVEL, FieldType.NUMBER, FieldType.DATE)
_CHOICES = (FieldType.SINGLE, FieldType.MULTIPLE)
_LABELLED = (FieldType.SINGLE, FieldType.MULTIPLE, FieldType.LEVEL, FieldType.BOOLEAN)
_COMPARABLE = (
    FieldType.SINGLE,
    FieldType.LEVEL,
    FieldType.NUMBER,
    FieldType.DATE,
    FieldType.BOOLEAN,
    FieldType.TIMEZONE,
    FieldType.PERSON,
)
_COUNTED = (FieldType.NUMBER, FieldType.LEVEL)


def rule_fields_fit(program: Program, contract: Contract) -> Iterator[Diagnostic]:
    """Every rule compares fields that exist, in a way that their types allow."""
    check = _Check(program=program, contract=contract)
    for rule, path in rules_with_paths(program):
        if rule.origin is not Origin.PROGRAM:
            continue
        yield from check.predicate(rule.predicate, path)
        if isinstance(rule.score, PointsFrom):
            yield from check.points_from(rule.score, path)
        if isinstance(rule.score, PointsByValues) and isinstance(rule.predicate, ValueMatrix):
            pairs = [(one, two) for one, two, _ in rule.score.table]
            yield from check.values(rule.predicate.fields, pairs, (*path, "points"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """One program against one contract."""

    program: Program
    contract: Contract

    @property
    def sides(self) -> tuple[tuple[str, Role], tuple[str, Role]]:
        """The words for the two, and the roles in which they are asked."""
        if matches_peers(self.program):
            return (("a", Role.PEER), ("b", Role.PEER))
        return (("mentee", Role.MENTEE), ("mentor", Role.MENTOR))

    def predicate(self, predicate: Predicate, path: FieldPath) -> Iterator[Diagnostic]:  # noqa: C901, PLR0912 - one case each
        match predicate:
            case Same(fields=fields):
                yield from self.both(fields, (*path, "same"), _COMPARABLE, alike=True)
            case Different(fields=fields):
                yield from self.both(fields, (*path, "different"), _COMPARABLE, alike=True)
            case Overlap(fields=fields):
                yield from self.both(fields, (*path, "overlap"), _CHOICES, alike=False)
            case Contains(fields=fields):
                yield from self.both(fields, (*path, "contains"), _CHOICES, alike=False)
            case ValueMatrix():
                yield from self.value_matrix(predicate, (*path, "value_matrix"))
            case Gap(fields=fields):
                yield from self.both(fields, (*path, "gap", "field"), ORDERED, alike=True)
                yield from self.reach(predicate, (*path, "gap"))
            case Rank(field=name, by=by):
                yield from self.one(name, (*path, "rank", "field"), FieldType.RANKING, (by,))
            case ReportingLine(field=name):
                yield from self.one(name, (*path, "reporting_line"), FieldType.PERSON)
            case TimezoneWithin(field=name):
                yield from self.one(name, (*path, "timezone_within"), FieldType.TIMEZONE)
            case AvailabilityOverlap(field=name):
                yield from self.one(name, (*path, "availability_overlap"), FieldType.AVAILABILITY)
            case MetBefore() | DeclinedBefore() | Listed() | ScoredOutside():
                pass
            case When(text=text):
                yield from self.expression(text, (*path, "when"))
            case Not(of=inner):
                yield from self.predicate(inner, (*path, "not"))

    # -- fields of both ------------------------------------------------------------------------------------------------

    def both(
        self, fields: FieldPair, path: FieldPath, types: tuple[FieldType, ...], *, alike: bool
    ) -> Iterator[Diagnostic]:
        found: list[Field] = []
        for (word, _), name in zip(self.sides, _names(fields), strict=True):
            here = path if fields.mentee == fields.mentor else (*path, word)
            field = self.contract.field(name)
            if field is None:
                yield unknown_field(self.program, self.contract, name, here)
                continue
            found.append(field)
            if field.type not in types:
                yield finding(
                    "MC2004",
                    f"`{name}` is a {field.type} field; this compares {quoted_list(types)} fields",
                    place=at(self.program, here),
                )
        if all(field.type in types for field in found):
            for (word, role), name in zip(self.sides, _names(fields), strict=True):
                yield from self.asked(name, role, (*path, word))
        if alike and len(found) == 2:  # noqa: PLR2004
            yield from self.alike(found[0], found[1], path)

    def alike(self, one: Field, two: Field, path: FieldPath) -> Iterator[Diagnostic]:
        if one.type is not two.type:
            yield finding(
                "MC2004",
                f"`{one.id}` is a {one.type} field and `{two.id}` a {two.type} field",
                help="compare fields of one type",
                place=at(self.program, path),
            )
        elif one.scale != two.scale:
            yield finding(
                "MC2004",
                f"`{one.id}` and `{two.id}` have different scales",
                help="give both the same scale in the contract",
                place=at(self.program, path),
            )

    def reach(self, gap: Gap, path: FieldPath) -> Iterator[Diagnostic]:
        """No two levels are further apart than the ends of their scale."""
        field = self.contract.field(gap.fields.mentee)
        most = len(field.scale) - 1 if field and field.type is FieldType.LEVEL else None
        least = max(gap.low or 0, -(gap.high or 0))
        if most is not None and least > most:
            yield finding(
                "MC2020",
                f"a gap of {least} steps is asked for, but the scale of `{gap.fields.mentee}` has {most + 1} levels",
                help=f"ask for at most {most}",
                place=at(self.program, path),
            )

    def asked(self, name: str, role: Role, path: FieldPath) -> Iterator[Diagnostic]:
        """A field is compared on the side that answers it; on the other side all cells are blank."""
        field = self.contract.field(name)
        if field and not field.answered_by.includes(role):
            both = f"{{{self.sides[0][0]}: …, {self.sides[1][0]}: …}}"
            yield finding(
                "MC2004",
                f"`{name}` is answered by {field.answered_by}s only, but compared on the side of the {role}",
                help=f"compare two fields, {both}, or let both answer `{name}`",
                place=at(self.program, path),
            )
        yield from not_for_matching(self.program, field, path) if field else ()

    # -- one field -----------------------------------------------------------------------------------------------------

    def one(self, name: str, path: FieldPath, kind: FieldType, roles: tuple[Role, ...] = ()) -> Iterator[Diagnostic]:
        field = self.contract.field(name)
        if field is None:
            yield finding(
                "MC2003",
                f"this needs a {kind} field called `{name}`, which the contract does not have",
                help=f"declare `{name}: {{type: {kind}}}` under `roster.fields` in mentorctl.yaml",
                place=at(self.program, path),
            )
        elif field.type is not kind:
            yield finding(
                "MC2004", f"`{name}` is a {field.type} field; this needs a {kind} field", place=at(self.program, path)
            )
        else:
            for role in roles or dict.fromkeys(role for _, role in self.sides):
                yield from self.asked(name, role, path)

    def points_from(self, score: PointsFrom, path: FieldPath) -> Iterator[Diagnostic]:
        field = self.contract.field(score.field)
        if field is None:
            yield unknown_field(self.program, self.contract, score.field, path)
        elif field.type not in _COUNTED:
            yield finding(
                "MC2004",
                f"`{score.field}` is a {field.type} field; points are taken from {quoted_list(_COUNTED)} fields",
                place=at(self.program, path),
            )
        else:
            yield from self.asked(score.field, score.by, path)

    # -- values --------------------------------------------------------------------------------------------------------

    def value_matrix(self, predicate: ValueMatrix, path: FieldPath) -> Iterator[Diagnostic]:
        yield from self.both(predicate.fields, path, _LABELLED, alike=False)
        yield from self.values(predicate.fields, predicate.pairs, (*path, "forbid" if predicate.forbid else "allow"))

    def values(self, fields: FieldPair, pairs: Iterable[tuple[str, str]], path: FieldPath) -> Iterator[Diagnostic]:
        declared = [self.contract.field(name) for name in _names(fields)]
        seen: set[tuple[str, str]] = set()
        for i, pair in enumerate(pairs):
            for side, (field, value) in enumerate(zip(declared, pair, strict=True)):
                if field and field.type in _LABELLED:
                    yield from self.value(field, value, (*path, i, side))
            spelled = _spelled(declared[0], pair[0]), _spelled(declared[1], pair[1])
            if spelled in seen:
                yield finding(
                    "MC2035",
                    f"`{pair[0]}` and `{pair[1]}` are listed before",
                    help="keep one of the two",
                    place=at(self.program, (*path, i)),
                )
            seen.add(spelled)

    def value(self, field: Field, value: str, path: FieldPath) -> Iterator[Diagnostic]:
        allowed = labels_of(field)
        key = _spelled(field, value)
        if allowed and key not in {_spelled(field, label) for label in allowed}:
            yield finding(
                "MC2005",
                f"`{value}` is not a value of `{field.id}`; it has {quoted_list(allowed, last='and')}",
                help=_meant(field, key) or did_you_mean(value, allowed),
                place=at(self.program, path),
            )
        elif _meant(field, key):
            yield finding(
                "MC2005",
                f"`{value}` is an alias of `{field.id}`, which the roster replaces",
                help=_meant(field, key),
                place=at(self.program, path),
            )

    def expression(self, text: str, path: FieldPath) -> Iterator[Diagnostic]:
        names = ("a", "b") if matches_peers(self.program) else ("mentor", "mentee")
        expression, problems = compile_expression(text, pair_scope(self.contract, names))
        yield from expression_findings(problems, at(self.program, path))
        read = dict.fromkeys(v.name.partition(".")[2] for v in expression.variables) if expression else ()
        for name in read:
            field = self.contract.field(name)
            yield from not_for_matching(self.program, field, path) if field else ()


def labels_of(field: Field) -> tuple[str, ...]:
    """The values that a field can have; none when they are open."""
    if field.type is FieldType.BOOLEAN:
        return ("yes", "no")
    return field.scale if field.type is FieldType.LEVEL else field.options


def _names(fields: FieldPair) -> tuple[str, str]:
    return fields.mentee, fields.mentor


def _spelled(field: Field | None, value: str) -> str:
    """Values that the roster takes for one are equal in this form."""
    text = " ".join(value.split()) if field is None or field.trim else value
    return text.casefold() if field is None or field.ignore_case else text


def _meant(field: Field, key: str) -> str:
    return next((f"write `{meant}`" for alias, meant in field.aliases if _spelled(field, alias) == key), "")
