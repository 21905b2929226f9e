"""Problems of expressions as findings that point inside the text in which the expression is written."""

from collections.abc import Iterable
from dataclasses import replace

from mentorctl.diagnostics import Diagnostic, Place, finding
from mentorctl.rules.expressions.problems import Problem, Sort

_CODES = {
    Sort.SYNTAX: "MC2301",
    Sort.NAME: "MC2302",
    Sort.TYPE: "MC2303",
    Sort.OPTIONAL: "MC2304",
    Sort.SIZE: "MC2305",
}


def expression_findings(problems: Iterable[Problem], place: Place) -> tuple[Diagnostic, ...]:
    """A finding for each problem of the expression that stands at `place`."""
    return tuple(
        finding(
            _CODES[problem.sort],
            problem.message,
            help=problem.help,
            place=replace(place, offset=problem.offset, length=problem.length),
        )
        for problem in problems
    )
