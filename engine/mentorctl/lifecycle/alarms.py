"""Whom the answers to a check-in alarm."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from mentorctl.lifecycle.book import Book
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.closure import to_closure
from mentorctl.rules.expressions.scopes import answer_scope
from mentorctl.rules.expressions.types import Value
from mentorctl.state.live import FactValue


def alarms(book: Book, check_in: str, answers: Mapping[str, FactValue]) -> tuple[str, ...]:
    """The words of all alerts that hold: roles, `owner` and others that the roster or the file knows."""
    rule = book.definition.check_in(check_in)
    if rule is None:
        return ()
    asked = tuple((question.id, question.type.value) for question in rule.questions)
    return tuple(dict.fromkeys(alert.tell for alert in rule.alerts if _holds(alert.when, asked, answers)))


@lru_cache(maxsize=256)
def _alert(when: str, asked: tuple[tuple[str, str], ...]) -> Callable[[Mapping[str, Value]], bool]:
    expression, _ = compile_expression(when, answer_scope(asked))
    return to_closure(expression) if expression else lambda _: False


def _holds(when: str, asked: tuple[tuple[str, str], ...], facts: Mapping[str, FactValue]) -> bool:
    values: dict[str, Value] = {
        name: frozenset(value) if isinstance(value, tuple) else value for name, value in facts.items()
    }
    return _alert(when, asked)(values)
