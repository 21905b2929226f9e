"""Answers to the questions of a check-in: each read against its question, and what gives cause for alarm."""

from collections.abc import Callable, Mapping

from mentorctl.diagnostics import did_you_mean, quoted_list
from mentorctl.lifecycle.alarms import alarms
from mentorctl.lifecycle.refusal import Refusal
from mentorctl.lifecycle.steps import Unfolding
from mentorctl.lifecycle.working import Thing
from mentorctl.spec.support import AnswerType, Question
from mentorctl.state.live import FactValue, Happening, Told
from mentorctl.state.model import CheckInRecord
from mentorctl.values import dataclass

_LONGEST_TEXT = 10_000
_YES = frozenset({"yes", "true", "y"})
_NO = frozenset({"no", "false", "n"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers as facts by question, those that the log does not show, and whom they alarm."""

    facts: Mapping[str, FactValue]
    private: frozenset[str]
    alerts: tuple[str, ...]


def read_answers(unfolding: Unfolding, thing: Thing, happening: Happening) -> Answers:
    """The answers of a happening. Raises Refusal at the first that is none."""
    record = thing.record
    rule = (
        unfolding.work.book(thing).definition.check_in(record.check_in) if isinstance(record, CheckInRecord) else None
    )
    if rule is None or not isinstance(record, CheckInRecord):
        raise Refusal(Told.INVALID, "MC4511", f"`{thing.address}` asks nothing", state=thing.state)
    if happening.person and happening.person != record.person:
        raise Refusal(
            Told.REFUSED,
            "MC4514",
            f"`{thing.address}` was put to `{record.person}`, not to `{happening.person}`",
            state=thing.state,
        )
    questions = {question.id: question for question in rule.questions}
    facts = {}
    for name, value in happening.facts:
        question = questions.get(name)
        if question is None:
            raise Refusal(
                Told.INVALID,
                "MC4511",
                f"`{rule.id}` asks no question `{name}`",
                state=thing.state,
                help=did_you_mean(name, questions) or f"its questions are {quoted_list(questions, last='and')}",
            )
        facts[name] = _answer(question, value, thing.state)
    missing = [question.id for question in rule.questions if question.required and question.id not in facts]
    if missing:
        raise Refusal(
            Told.INVALID,
            "MC4511",
            f"{quoted_list(missing, last='and')} must be answered",
            state=thing.state,
            help="; ".join(questions[name].ask for name in missing),
        )
    told = alarms(unfolding.work.book(thing), rule.id, facts)
    return Answers(
        facts={**facts, "alert": bool(told)},
        private=frozenset(question.id for question in rule.questions if question.private),
        alerts=told,
    )


def _answer(question: Question, value: FactValue, state: str) -> FactValue:
    read = _READ[question.type](question, value)
    if read is None:
        shown = "the answer" if question.private else f"`{str(value)[:40]}`"
        raise Refusal(
            Told.INVALID,
            "MC4511",
            f"{shown} is no answer to `{question.id}`",
            state=state,
            help=f"it takes {_EXPECTED[question.type](question)}",
        )
    return read


def _rating(question: Question, value: FactValue) -> FactValue | None:
    number = _number(question, value)
    lowest, highest = question.scale
    return number if isinstance(number, int) and lowest <= number <= highest else None


def _number(_question: Question, value: FactValue) -> FactValue | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - not a number is not itself
        return None
    return int(number) if number == int(number) else number


def _choice(question: Question, value: FactValue) -> FactValue | None:
    if not isinstance(value, str):
        return None
    by_spelling = {option.casefold(): option for option in question.options}
    return by_spelling.get(value.strip().casefold())


def _yes_or_no(_question: Question, value: FactValue) -> FactValue | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    return True if word in _YES else False if word in _NO else None


def _text(_question: Question, value: FactValue) -> FactValue | None:
    text = value.strip() if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
    return text if 0 < len(text) <= _LONGEST_TEXT else None


_READ: Mapping[AnswerType, Callable[[Question, FactValue], FactValue | None]] = {
    AnswerType.RATING: _rating,
    AnswerType.CHOICE: _choice,
    AnswerType.YES_NO: _yes_or_no,
    AnswerType.NUMBER: _number,
    AnswerType.TEXT: _text,
}
_EXPECTED: Mapping[AnswerType, Callable[[Question], str]] = {
    AnswerType.RATING: lambda q: f"a whole number from {q.scale[0]} to {q.scale[1]}",
    AnswerType.CHOICE: lambda q: quoted_list(q.options),
    AnswerType.YES_NO: lambda _: "yes or no",
    AnswerType.NUMBER: lambda _: "a number",
    AnswerType.TEXT: lambda _: f"a text of at most {_LONGEST_TEXT:,} characters",
}
