"""Which names are certainly answered where a condition holds, or where it does not."""

from collections.abc import Iterable, Iterator

from mentorctl.rules.expressions.syntax import Call, Chain, Name, Part, Ternary, Unary

type Names = frozenset[str]

NOBODY: Names = frozenset()


def answered_if(condition: Part, *, holds: bool) -> Names:
    """The names that `has()` vouches for in every row in which the condition is true (or false)."""
    match condition:
        case Call(function="has", arguments=(Name(path=path),)):
            return frozenset({path}) if holds else NOBODY
        case Unary(operator="!", operand=operand):
            return answered_if(operand, holds=not holds)
        case Chain(operator=operator, terms=terms):
            each = [answered_if(term, holds=holds) for term in terms]
            return frozenset().union(*each) if (operator == "&&") == holds else each[0].intersection(*each[1:])
        case Ternary(condition=asked, then=then, otherwise=otherwise):
            yes = answered_if(asked, holds=True) | answered_if(then, holds=holds)
            no = answered_if(asked, holds=False) | answered_if(otherwise, holds=holds)
            return yes & no
        case _:
            return NOBODY


def answered_beside(chain: Chain) -> Iterator[Names]:
    """For each term, the names that all the other terms vouch for whenever this term decides the chain."""
    each = [answered_if(term, holds=chain.operator == "&&") for term in chain.terms]
    for index in range(len(each)):
        yield _union(names for other, names in enumerate(each) if other != index)


def _union(sets: Iterable[Names]) -> Names:
    return NOBODY.union(*sets)
