"""Checks of what is asked and measured: alerts read answers that are asked for, measures are numbers that can warn."""

from collections.abc import Iterator

from mentorctl.diagnostics import Diagnostic, FieldPath, Related, did_you_mean, finding, quoted_list
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.problems import Sort
from mentorctl.rules.expressions.scopes import answer_scope
from mentorctl.rules.expressions.types import NUMBER, Type, text
from mentorctl.rules.fields import FieldType
from mentorctl.spec.condition_checks import unknown_field
from mentorctl.spec.expressions import expression_findings
from mentorctl.spec.model import Program, Workspace
from mentorctl.spec.reference_checks import ProgramCheck
from mentorctl.spec.rule_paths import at
from mentorctl.spec.support import AnswerType, CheckIn, Measure, Question

_COUNTED = (AnswerType.RATING, AnswerType.NUMBER, AnswerType.YES_NO)
_MEASURED = (FieldType.BOOLEAN, FieldType.NUMBER)
_OF_TEXT = (Sort.SYNTAX, Sort.SIZE)  # problems that an expression has whatever its names mean


def alerts_read_answers(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """An alert is an expression over the questions that its check-in asks."""
    for check_in in program.check_ins:
        questions = _questions(program, check_in)
        are_known = all(question is not None for _, question in questions) and bool(questions)
        scope = answer_scope((name, _answers(question)) for name, question in questions)
        for i, alert in enumerate(check_in.alerts):
            _, problems = compile_expression(alert.when, scope)
            told = [problem for problem in problems if are_known or problem.sort in _OF_TEXT]
            yield from expression_findings(told, at(program, ("check_ins", check_in.id, "alert", i, "when")))


def _questions(program: Program, check_in: CheckIn) -> list[tuple[str, Question | None]]:
    """The questions of a check-in; None for one that nobody wrote."""
    written = {question.id: question for question in program.questions}
    return [(name, written.get(name)) for name in check_in.asks]


def _answers(question: Question | None) -> str | Type:
    if question is not None and question.options:
        return text(*question.options)
    return question.type.value if question else NUMBER


def measures_are_numbers(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """What is taken from the roster or from answers exists and can be averaged."""
    for measure in program.monitoring.measures if program.monitoring else ():
        path: FieldPath = ("monitoring", "measures", measure.id)
        if measure.source:
            yield from _source(program, workspace, measure, (*path, "source"))
        if measure.question:
            yield from _question(program, measure, (*path, "question"))


def _source(program: Program, workspace: Workspace, measure: Measure, path: FieldPath) -> Iterator[Diagnostic]:
    field = workspace.contract.field(measure.source)
    if field is None:
        yield unknown_field(program, workspace.contract, measure.source, path)
    elif field.type not in _MEASURED:
        yield finding(
            "MC2083",
            f"`{field.id}` is a {field.type} field, which has no average",
            help=f"measure a {quoted_list(_MEASURED)} field",
            place=at(program, path),
        )


def _question(program: Program, measure: Measure, path: FieldPath) -> Iterator[Diagnostic]:
    written = {question.id: question for question in program.questions}
    question = written.get(measure.question)
    if question is None:
        yield finding(
            "MC2080",
            f"there is no question `{measure.question}`",
            help=did_you_mean(measure.question, written) or "write it under `questions`",
            place=at(program, path),
        )
    elif question.type not in _COUNTED:
        yield finding(
            "MC2083",
            f"answers to `{question.id}` are of type {question.type}, which has no average",
            help=f"measure a question of type {quoted_list(_COUNTED)}",
            place=at(program, path),
            related=(Related(message="the question is here", place=at(program, ("questions", question.id, "type"))),),
        )


def thresholds_tell_something(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """A measure warns at some values and not at others."""
    for measure in program.monitoring.measures if program.monitoring else ():
        low, high = _number(measure.warn_below), _number(measure.warn_above)
        path: FieldPath = ("monitoring", "measures", measure.id)
        if low is not None and high is not None and low >= high:
            yield finding(
                "MC2084",
                f"`{measure.id}` warns below {measure.warn_below} and above {measure.warn_above}, so nothing is fine",
                help="let `warn_below` be less than `warn_above`",
                place=at(program, (*path, "warn_below")),
                related=(Related(message="the upper one is here", place=at(program, (*path, "warn_above"))),),
            )
            continue
        least, most = _range(program, measure)
        for key, bound in (("warn_below", low), ("warn_above", high)):
            why = _says_nothing(key, bound, least, most)
            if why:
                yield finding(
                    "MC2084",
                    f"`{key}: {getattr(measure, key)}` {why}, because `{measure.id}` {_lies(least, most)}",
                    help="write a value at which it should begin to warn",
                    place=at(program, (*path, key)),
                )


def _says_nothing(key: str, bound: float | None, least: float, most: float) -> str:
    """Whether a bound warns always or never, in words."""
    if bound is None:
        return ""
    if key == "warn_below":
        return "never warns" if bound <= least else "always warns" if bound > most else ""
    return "never warns" if bound >= most else "always warns" if bound < least else ""


def _lies(least: float, most: float) -> str:
    return "is never below 0 %" if most == float("inf") else f"lies between {least:g} and {most:g}"


def _range(program: Program, measure: Measure) -> tuple[float, float]:
    """Between which values a measure lies; ratios are in percent, and may be above 100."""
    question = next((q for q in program.questions if q.id == measure.question), None)
    if measure.ratio:
        return 0.0, float("inf")
    if question and question.type is AnswerType.RATING:
        return float(question.scale[0]), float(question.scale[1])
    return float("-inf"), float("inf")


def _number(bound: str) -> float | None:
    return float(bound.removesuffix("%")) if bound else None


ANSWER_CHECKS: tuple[ProgramCheck, ...] = (alerts_read_answers, measures_are_numbers, thresholds_tell_something)
