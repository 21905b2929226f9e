"""A static plan as text: what the files say, and the worst that it can lead to for people who are not known here."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from mentorctl.lifecycle.difference import difference
from mentorctl.plan.intent import DateChange
from mentorctl.plan.model import Action, Impact
from mentorctl.plan.static import StaticCheck, StaticLimit, StaticPlan, StaticProgram, StaticText, StaticValue
from mentorctl.render.config import flow_text
from mentorctl.render.difference import difference_table
from mentorctl.render.intent import COMMON, date_lines, value_lines
from mentorctl.render.style import Style, plain

_SHORT = 12  # characters of a commit


def static_lines(plan: StaticPlan, style: Style) -> Iterator[str]:
    """The whole plan for a terminal, the headline first."""
    head = plan.head[:_SHORT] or "the files here"
    yield style.strong(f"Static plan for {plain(plan.workspace)}") + style.faint(
        f" ({plan.base[:_SHORT]} to {head}, as of {plan.as_of})"
    )
    yield from ("", static_headline(plan))
    for each in plan.programs:
        yield from ("", *_program(each, style))
    if plan.settings:
        yield from ("", f"{style.changed('~')} {style.strong('mentorctl.yaml')}")
        yield from value_lines(_shown_values(plan.settings), style)
    if plan.texts:
        yield from ("", style.strong("messages and policies"))
        yield from (f"    {_text(text, style)}" for text in plan.texts)
    if plan.checks or plan.broken or plan.solved:
        yield from ("", style.strong("findings of this change"))
        yield from (f"    {style.error('unreadable')} {plain(file)}" for file in plan.broken)
        yield from (f"    {_check(check, style)}" for check in plan.checks)
        if plan.solved:
            yield f"    {style.added(f'{plan.solved} solved')}"


def static_headline(plan: StaticPlan) -> str:
    """One sentence about people."""
    if plan.is_empty:
        return "No program differs: nothing happens to anybody."
    if plan.has_errors and not (plan.programs or plan.settings or plan.texts):
        return "The files have errors, so that nothing can be said about people."
    worst = f"At worst, {PEOPLE[plan.impact]}"
    where = ", ".join(plain(each.program) for each in plan.programs[:3])
    more = len(plan.programs) - 3
    names = f" in {where}" + (f" and {more} more" if more > 0 else "") if where else ""
    return f"{worst}{names}. How many, only a plan against the live state can say."


def shown_value(text: str) -> str:
    """The value of a file on one line, as YAML; an empty text is no value."""
    return flow_text(_value(text), in_flow=False) if text else ""


def _value(text: str) -> Any:  # noqa: ANN401 - any value of a file
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # a document from a stranger says so; show what it says
        return text


def _program(each: StaticProgram, style: Style) -> Iterator[str]:
    worst = f"at worst {each.impact.value}: {COMMON[each.impact.value]}"
    signs = {Action.CREATE: style.added, Action.UPDATE: style.changed, Action.DELETE: style.removed}
    yield f"{signs[each.action](each.action.value)} {style.strong(plain(each.program))}  {style.faint(worst)}"
    if each.action is not Action.UPDATE:
        yield f"    {'a new program' if each.action is Action.CREATE else 'its file is gone; that removes nobody'}"
    yield from value_lines(_shown_values(each.values), style)
    yield from date_lines(moved_dates(each.dates), style)
    yield from (f"    {_limit(limit, style)}" for limit in each.limits)
    for machine in each.lifecycles:
        yield f"    lifecycle of {style.note(plain(machine.after.name))}"
        yield from (
            f"      {line}" for line in difference_table(difference(machine.before, machine.after), None, style)
        )


def moved_dates(dates: Sequence[DateChange]) -> tuple[DateChange, ...]:
    """The dates that differ."""
    return tuple(date for date in dates if date.before != date.after)


def limit_words(limit: StaticLimit) -> str:
    """What becomes of a limit, in a sentence."""
    what = f"limit of {limit.what}"
    if not limit.before:
        return f"{what}: new, {limit.after}"
    if not limit.after:
        return f"{what}: removed, it was {limit.before}"
    return f"{what}: {limit.before} → {limit.after}"


def _limit(limit: StaticLimit, style: Style) -> str:
    words = plain(limit_words(limit))
    return f"{style.removed('weaker')} {words}" if limit.is_weaker else f"{style.added('stricter')} {words}"


def _text(text: StaticText, style: Style) -> str:
    counts = f"{style.added(f'+{text.added}')} {style.removed(f'-{text.removed}')} lines"
    return f"{text.action.value} {plain(text.file)}  {counts}"


def _check(check: StaticCheck, style: Style) -> str:
    dress = {"error": style.error, "warning": style.warning}.get(check.severity, style.note)
    at = f"  {style.faint(plain(f'{check.file}:{check.line}'))}" if check.file else ""
    return f"{dress(f'{check.severity}[{check.code}]')} {plain(check.summary)}: {plain(check.detail)}{at}"


def _shown_values(values: Sequence[StaticValue]) -> Iterator[tuple[Action, str, str, str, str]]:
    for value in values:
        at = f"{value.file}:{value.line}" if value.file else ""
        yield value.action, value.path, shown_value(value.before), shown_value(value.after), at


PEOPLE = {
    Impact.NONE: "nobody notices it",
    Impact.INTERNAL: "nobody is told of it",
    Impact.INFORMED: "people hear of something new",
    Impact.RESCHEDULED: "dates of people move",
    Impact.RE_MATCHED: "people get another partner",
    Impact.UN_MATCHED: "people lose their match",
    Impact.WITHDRAWN: "people leave the program",
    Impact.ERASED: "data about people is erased",
}
