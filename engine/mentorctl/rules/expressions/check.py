"""An expression and its scope to a typed tree, or to everything that is wrong with it."""

from collections.abc import Callable

from mentorctl.diagnostics import did_you_mean, quoted_list
from mentorctl.rules.expressions import fit
from mentorctl.rules.expressions.fit import Unfit
from mentorctl.rules.expressions.guards import NOBODY, Names, answered_beside, answered_if
from mentorctl.rules.expressions.problems import Problem, Problems, Sort, shown
from mentorctl.rules.expressions.syntax import (
    Binary,
    Call,
    Chain,
    Items,
    Literal,
    Name,
    Part,
    Span,
    Ternary,
    Unary,
    Unread,
    parse,
)
from mentorctl.rules.expressions.tree import (
    All,
    Calculate,
    Choose,
    Compare,
    Constant,
    Contains,
    Expression,
    Known,
    Listed,
    Node,
    Not,
    Operation,
    Operator,
    Read,
    SameText,
    Size,
    Some,
    type_of,
)
from mentorctl.rules.expressions.types import BOOL, NUMBER, WORDING, Kind, Scope, Type, Variable

FUNCTIONS = ("has", "default", "size", "date", "duration")


def compile_expression(text: str, scope: Scope) -> tuple[Expression | None, tuple[Problem, ...]]:
    """The checked expression, or None and its problems by position. Never raises, whatever the text."""
    problems = Problems()
    written = parse(text, problems)
    if written is None:
        return None, problems.in_order()
    checker = _Checker(text, scope, problems)
    root = checker.condition(written, NOBODY)
    if root is None or problems.found:
        found = problems.in_order()
        broken = any(problem.sort is Sort.SYNTAX for problem in found)  # then types are those of what was guessed
        return None, tuple(problem for problem in found if not broken or problem.sort is not Sort.TYPE)
    return Expression(text=text, root=root, variables=checker.variables), ()


class _Checker:
    """Methods give None for a part with a problem, so that what holds it is not reported as well."""

    def __init__(self, text: str, scope: Scope, problems: Problems) -> None:
        self._text = text
        self._scope = {variable.name: variable for variable in scope.variables}
        self._unavailable = dict(scope.unavailable)
        self._problems = problems
        self._read: dict[str, Variable] = {}
        self._unguarded: set[str] = set()
        self._functions: dict[str, Callable[[Call, Names], Node | None]] = {
            "has": self._has,
            "default": self._default,
            "size": self._size,
            "date": self._date_or_duration,
            "duration": self._date_or_duration,
        }

    @property
    def variables(self) -> tuple[Variable, ...]:
        return tuple(self._read[name] for name in sorted(self._read))

    def condition(self, part: Part, known: Names) -> Node | None:
        """A part that must be true or false; `known` are the optional names that have an answer here."""
        node = self.value(part, known)
        if node is None or type_of(node).kind is Kind.BOOL:
            return node
        source, kind = self._source(part), type_of(node)
        remedy = fit.remedy_for_condition(kind, source)
        if isinstance(part, Literal):
            remedy = f"compare something with it, such as `x == {source}`"
        self._wrong(Sort.TYPE, part.span, f"{fit.described(source, kind)}, not true or false", remedy)
        return None

    def value(self, part: Part, known: Names, wanted: Type | None = None) -> Node | None:
        """A part of any type; a text literal becomes a value of the type that is wanted."""
        match part:
            case Literal(value=str(written)):
                return self._fitted(part.span, lambda: fit.text_literal(written, wanted))
            case Literal(value=bool(truth)):
                return Constant(type=BOOL, value=truth)
            case Literal(value=number):
                return Constant(type=NUMBER, value=number)
            case Name():
                return self._name(part, known)
            case Call():
                return self._call(part, known)
            case Ternary():
                return self._ternary(part, known, wanted)
            case _:
                return self._operated(part, known)

    def _operated(self, part: Part, known: Names) -> Node | None:
        match part:
            case Items():
                self._wrong(Sort.TYPE, part.span, "a list stands only behind `in`", 'write `x in ["a", "b"]`')
                return None
            case Unary():
                return self._unary(part, known)
            case Binary():
                return self._binary(part, known)
            case Chain():
                return self._chain(part, known)
            case Unread(parts=parts):
                for inner in parts:
                    self.value(inner, known)
                return None
            case _:
                return None

    # -- names ---------------------------------------------------------------------------------------------------------

    def _name(self, part: Name, known: Names) -> Node | None:
        variable = self._variable(part)
        if variable is None:
            return None
        if variable.optional and part.path not in known and part.path not in self._unguarded:
            self._unguarded.add(part.path)
            remedy = f"write `has({part.path}) && ...`"
            if variable.type.kind is not Kind.PERSON:
                remedy += f", or `default({part.path}, VALUE)`"
            self._wrong(Sort.OPTIONAL, part.span, f"`{part.path}` may be blank", remedy)
        return Read(variable=variable)

    def _variable(self, part: Name) -> Variable | None:
        variable = self._scope.get(part.path)
        if variable is not None:
            self._read[part.path] = variable
            return variable
        why = self._unavailable.get(part.path)
        if why:
            self._wrong(Sort.TYPE, part.span, f"`{part.path}` cannot be used here", why)
        else:
            self._wrong(Sort.NAME, part.span, f"there is no `{shown(part.path)}` here", self._meant_name(part.path))
        return None

    def _meant_name(self, path: str) -> str:
        sides = [name for name in self._scope if name.endswith(f".{path}")]
        if sides:
            return f"did you mean {quoted_list(sides)}?"
        fields = [name for name in self._scope if name.startswith(f"{path}.")]
        if fields:
            return f"write one of its fields, such as `{fields[0]}`"
        if any(path in (*variable.type.scale, *variable.type.options) for variable in self._scope.values()):
            return f"a text needs quotes: '{path}'"
        bare = path.partition(".")[2]
        alike = [name for name in self._scope if bare and (name == bare or name.endswith(f".{bare}"))]
        near = f"did you mean {quoted_list(alike)}?" if alike else did_you_mean(path, self._scope)
        names = quoted_list(sorted(self._scope), last="and")
        return near or f"there {'are' if len(self._scope) > 1 else 'is only'} {names}"

    # -- operators -----------------------------------------------------------------------------------------------------

    def _unary(self, part: Unary, known: Names) -> Node | None:
        if part.operator == "!":
            term = self.condition(part.operand, known)
            return None if term is None else Not(term=term)
        node = self.value(part.operand, known)
        if node is None:
            return None
        if isinstance(node, Constant) and node.type.kind is Kind.NUMBER:
            return Constant(type=NUMBER, value=-float(node.value))
        if type_of(node).kind is not Kind.NUMBER:
            what = fit.described(self._source(part.operand), type_of(node))
            self._wrong(Sort.TYPE, part.span, f"{what}; `-` turns the sign of numbers", "take the `-` out")
            return None
        nothing = Constant(type=NUMBER, value=0.0)
        return Calculate(type=NUMBER, operation=Operation.SUBTRACT, left=nothing, right=node)

    def _chain(self, part: Chain, known: Names) -> Node | None:
        beside = zip(part.terms, answered_beside(part), strict=True)
        nodes = [self.condition(term, known | names) for term, names in beside]
        terms = tuple(node for node in nodes if node is not None)
        if len(terms) < len(nodes):
            return None
        return All(terms=terms) if part.operator == "&&" else Some(terms=terms)

    def _ternary(self, part: Ternary, known: Names, wanted: Type | None) -> Node | None:
        condition = self.condition(part.condition, known)
        yes = known | answered_if(part.condition, holds=True)
        no = known | answered_if(part.condition, holds=False)
        then, otherwise = self._both((part.then, yes), (part.otherwise, no), wanted)
        if condition is None or then is None or otherwise is None:
            return None
        kind = fit.joined(type_of(then), type_of(otherwise))
        if kind is None:
            words = f"{WORDING[type_of(then).kind]} and {WORDING[type_of(otherwise).kind]}"
            message = f"this gives {words}, depending on its condition"
            self._wrong(Sort.TYPE, part.span, message, "give both sides of `:` values of one kind, no sets")
            return None
        return Choose(type=kind, condition=condition, then=then, otherwise=otherwise)

    def _both(
        self, left: tuple[Part, Names], right: tuple[Part, Names], wanted: Type | None = None
    ) -> tuple[Node | None, Node | None]:
        """Two parts that must go together; a text literal takes the type of the other."""
        if _is_free(left[0]) and not _is_free(right[0]):
            other, one = self._both(right, left, wanted)
            return one, other
        one = self.value(*left, wanted)
        return one, self.value(*right, wanted or (None if one is None or _is_free(left[0]) else type_of(one)))

    def _binary(self, part: Binary, known: Names) -> Node | None:
        if part.operator == "in":
            return self._membership(part, known)
        if part.operator in ("+", "-"):
            left, right = self.value(part.left, known), self.value(part.right, known)
            return None if left is None or right is None else self._sum(part, left, right)
        left, right = self._both((part.left, known), (part.right, known))
        return None if left is None or right is None else self._comparison(part, left, right)

    def _comparison(self, part: Binary, left: Node, right: Node) -> Node | None:
        if part.operator in ("==", "!="):
            same = self._same(part, left, right)
            return Not(term=same) if same and part.operator == "!=" else same
        kind = type_of(left).kind
        if kind is type_of(right).kind and kind in fit.COMPARED - fit.ORDERED:
            message = f"`{part.operator}` needs an order, and {WORDING[kind]} has none"
            self._wrong(Sort.TYPE, part.operator_span, message, "compare with `==`, `!=` or `in`")
            return None
        if not self._is_comparable(part, left, right):
            return None
        return Compare(operator=Operator(part.operator), left=left, right=right)

    def _same(self, part: Binary, left: Node, right: Node) -> Node | None:
        """Whether two values are equal; reported with the span of one item where that stands in a list."""
        if not self._is_comparable(part, left, right):
            return None
        one, other = type_of(left), type_of(right)
        if one.kind not in fit.TEXTS:
            return Compare(operator=Operator.EQUAL, left=left, right=right)
        if not self._can_be_equal(part, one, other):
            return None
        trim, ignore_case = one.trim and other.trim, one.ignore_case and other.ignore_case
        return SameText(left=left, right=right, trim=trim, ignore_case=ignore_case)

    def _is_comparable(self, part: Binary, left: Node, right: Node) -> bool:
        one, other = type_of(left), type_of(right)
        if one.kind is other.kind and one.kind in fit.COMPARED and one.scale == other.scale:
            return True
        literal = next((p for p in (part.right, part.left) if isinstance(p, Literal)), None)
        written = literal.value if literal and isinstance(literal.value, str) else None
        if one.kind is other.kind is Kind.LEVEL:
            message = "these are levels of different scales"
        else:
            left_side = fit.described(self._source(part.left), one)
            message = f"{left_side} and {fit.described(self._source(part.right), other)}; the two are not compared"
        remedy = fit.remedy_for_comparison(one, other, written)
        self._wrong(Sort.TYPE, literal.span if literal else part.operator_span, message, remedy)
        return False

    def _can_be_equal(self, part: Binary, one: Type, other: Type) -> bool:
        if fit.can_be_equal(one, other):
            return True
        message = f"`{self._source(part.left)}` and `{self._source(part.right)}` have no value in common"
        self._wrong(Sort.TYPE, part.operator_span, message, "compare answers to the same question")
        return False

    def _sum(self, part: Binary, left: Node, right: Node) -> Node | None:
        one, other = type_of(left), type_of(right)
        found = fit.SUMS.get((part.operator, one.kind, other.kind))
        if found is None or one.scale != other.scale:
            sides = (
                f"{fit.described(self._source(part.left), one)} and {fit.described(self._source(part.right), other)}"
            )
            message = f"{sides}; `{part.operator}` does not fit them"
            self._wrong(Sort.TYPE, part.operator_span, message, fit.remedy_for_sum(one, other))
            return None
        operation, kind = found
        if kind.kind is Kind.DATE and other.kind is Kind.DATE:  # the date comes first in the tree
            left, right = right, left
        if operation in (Operation.LATER, Operation.EARLIER) and _is_part_of_a_day(right):
            message = "a date is moved by whole days; it has no clock time"
            self._wrong(Sort.TYPE, part.span, message, 'write days or weeks, such as `duration("3d")`')
            return None
        return Calculate(type=kind, operation=operation, left=left, right=right)

    # -- in ------------------------------------------------------------------------------------------------------------

    def _membership(self, part: Binary, known: Names) -> Node | None:
        if isinstance(part.right, Items):
            return self._in_list(part, part.right, known)
        words = self.value(part.right, known)
        item = self.value(part.left, known, type_of(words) if words else None)
        if words is None or item is None:
            return None
        one, other = type_of(item), type_of(words)
        if not isinstance(words, Read) or other.kind is not Kind.SET:
            remedy = 'write `x == y`, or a list such as `x in ["a", "b"]`'
            what = fit.described(self._source(part.right), other)
            self._wrong(Sort.TYPE, part.right.span, f"{what}, not a set of answers", remedy)
            return None
        if one.kind is not Kind.TEXT:
            message = f"{fit.described(self._source(part.left), one)}; a set of answers holds texts"
            self._wrong(Sort.TYPE, part.left.span, message, 'write for example `"python" in skills`')
            return None
        if not self._can_be_equal(part, one, other):
            return None
        trim, ignore_case = one.trim and other.trim, one.ignore_case and other.ignore_case
        return Contains(words=words, item=item, trim=trim, ignore_case=ignore_case)

    def _in_list(self, part: Binary, listed: Items, known: Names) -> Node | None:
        item = self.value(part.left, known)
        wanted = type_of(item) if item and not _is_free(part.left) else None
        nodes = [self.value(value, known, wanted) for value in listed.items]
        if not listed.items:
            self._wrong(Sort.TYPE, listed.span, "the list is empty", "write what the value may be")
        if item is None or not nodes or None in nodes:
            return None
        tests: list[Node] = []
        for value, node in zip(listed.items, nodes, strict=True):
            here = Binary(operator="==", operator_span=value.span, left=part.left, right=value, span=part.span)
            test = self._same(here, item, node) if node else None
            if test is None:
                return None
            tests.append(test)
        return _shortened(item, tests)

    # -- functions -----------------------------------------------------------------------------------------------------

    def _call(self, part: Call, known: Names) -> Node | None:
        function = self._functions.get(part.function)
        if function:
            return function(part, known)
        owner, _, last = part.function.rpartition(".")
        remedy = did_you_mean(part.function, FUNCTIONS) or f"there are {quoted_list(FUNCTIONS, last='and')}"
        if owner and last in FUNCTIONS:
            remedy = f"write `{last}({shown(owner)})`"
        self._wrong(Sort.NAME, part.function_span, f"there is no function `{shown(part.function)}`", remedy)
        return None

    def _has(self, part: Call, _known: Names) -> Node | None:
        name = part.arguments[0] if part.arguments else None
        if len(part.arguments) != 1 or not isinstance(name, Name):
            return self._usage(part, "`has` asks about one name", "write for example `has(level)`")
        variable = self._variable(name)
        return Known(variable=variable) if variable else None

    def _default(self, part: Call, known: Names) -> Node | None:
        if len(part.arguments) != 2 or not isinstance(name := part.arguments[0], Name):  # noqa: PLR2004
            usage = "`default` takes a name and what holds where it is blank"
            return self._usage(part, usage, "write for example `default(places, 1)`")
        variable = self._variable(name)
        otherwise = self.value(part.arguments[1], known, variable.type if variable else None)
        if variable is None or otherwise is None:
            return None
        kind = fit.joined(variable.type, type_of(otherwise))
        if kind is None:
            message = f"{fit.described(name.path, variable.type)}, its default {WORDING[type_of(otherwise).kind]}"
            literal = part.arguments[1]
            written = literal.value if isinstance(literal, Literal) and isinstance(literal.value, str) else None
            remedy = fit.remedy_for_comparison(variable.type, type_of(otherwise), written)
            if variable.type.kind is Kind.SET:
                remedy = f"take `default` out: where nothing is ticked, `{name.path}` is empty and never blank"
            self._wrong(Sort.TYPE, part.arguments[1].span, message, remedy)
            return None
        return Choose(type=kind, condition=Known(variable=variable), then=Read(variable=variable), otherwise=otherwise)

    def _size(self, part: Call, known: Names) -> Node | None:
        if len(part.arguments) != 1:
            return self._usage(part, "`size` counts the answers of one name", "write for example `size(skills)`")
        node = self.value(part.arguments[0], known)
        if node is None:
            return None
        kind = type_of(node).kind
        if kind not in (Kind.SET, Kind.TEXT):
            what = fit.described(self._source(part.arguments[0]), type_of(node))
            return self._usage(part, f"{what}; `size` counts answers, or the characters of a text", "take `size` out")
        return Size(of=node, of_set=kind is Kind.SET)

    def _date_or_duration(self, part: Call, _known: Names) -> Node | None:
        example = '"2027-01-11"' if part.function == "date" else '"3d"'
        written = part.arguments[0] if part.arguments else None
        if len(part.arguments) != 1 or not isinstance(written, Literal) or not isinstance(written.value, str):
            usage = f"`{part.function}` takes one text in quotes"
            return self._usage(part, usage, f"write for example `{part.function}({example})`")
        read = fit.date_literal if part.function == "date" else fit.duration_literal
        value = written.value
        return self._fitted(written.span, lambda: read(value))

    # -- problems ------------------------------------------------------------------------------------------------------

    def _fitted(self, span: Span, make: Callable[[], Constant]) -> Node | None:
        try:
            return make()
        except Unfit as unfit:
            self._wrong(Sort.NAME if unfit.is_name else Sort.TYPE, span, str(unfit), unfit.help)
            return None

    def _usage(self, part: Call, message: str, remedy: str) -> Node | None:
        self._wrong(Sort.TYPE, part.span, message, remedy)
        return None

    def _wrong(self, sort: Sort, span: Span, message: str, remedy: str) -> None:
        self._problems.add(sort, span, message, remedy)

    def _source(self, part: Part) -> str:
        return shown(self._text[part.span[0] : part.span[1]])


def _is_free(part: Part) -> bool:
    """A text literal, or a choice of them, that may become a level or an option."""
    match part:
        case Literal(value=value):
            return isinstance(value, str)
        case Ternary(then=then, otherwise=otherwise):
            return _is_free(then) and _is_free(otherwise)
        case _:
            return False


def _is_part_of_a_day(node: Node) -> bool:
    return isinstance(node, Constant) and float(node.value) % fit.MINUTES_A_DAY != 0


def _shortened(item: Node, tests: list[Node]) -> Node:
    """Tests of one text for several literals as one test."""
    texts = [t for t in tests if isinstance(t, SameText) and isinstance(t.right, Constant)]
    if len(texts) < len(tests) or len({(t.trim, t.ignore_case) for t in texts}) != 1:
        return Some(terms=tuple(tests))
    values = tuple(str(t.right.value) for t in texts if isinstance(t.right, Constant))
    return Listed(item=item, values=values, trim=texts[0].trim, ignore_case=texts[0].ignore_case)
