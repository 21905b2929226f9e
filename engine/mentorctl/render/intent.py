"""What a change of files means, as text and as JSON values."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from mentorctl.plan.intent import DateChange, ProgramDifference, ValueChange
from mentorctl.plan.model import Action
from mentorctl.render.config import flow_text
from mentorctl.render.style import Style, plain
from mentorctl.render.tables import width

type Where = Callable[[str, ValueChange], str]  # file:line of a change, or nothing

_WIDEST = 44  # cells of a value
_COMMON = {
    "none": "nobody notices",
    "internal": "nobody is told",
    "informed": "people may hear of it",
    "rescheduled": "dates may move",
    "re-matched": "people may be matched otherwise",
    "un-matched": "people may lose a match",
    "withdrawn": "people leave",
    "erased": "people are forgotten",
}


def intent_lines(differences: Sequence[ProgramDifference], where: Where, style: Style) -> Iterator[str]:
    """The programs that differ, what differs in each, and the worst that it can lead to."""
    for number, each in enumerate(differences):
        yield from [""] if number else []
        worst = f"at worst {each.impact.value}: {_COMMON[each.impact.value]}"
        yield f"{_signed(each.action, style)} {style.strong(plain(each.program))}  {style.faint(worst)}"
        if each.action is not Action.UPDATE:
            yield f"    {'a new program' if each.action is Action.CREATE else 'its file is gone; that removes nobody'}"
        yield from _values(each, where, style)
        yield from _dates(each.dates, style)


def _signed(action: Action, style: Style) -> str:
    dress = {Action.CREATE: style.added, Action.UPDATE: style.changed, Action.DELETE: style.removed}
    return dress[action](action.value)


def _values(each: ProgramDifference, where: Where, style: Style) -> Iterator[str]:
    rows = [(change, ".".join(map(plain, change.words))) for change in each.values]
    gutter = min(48, max((width(path) for _, path in rows), default=0))
    for change, path in rows:
        match change.action:
            case Action.CREATE:
                value = style.added(_shown(change.after))
            case Action.DELETE:
                value = style.removed(_shown(change.before))
            case Action.UPDATE:
                value = f"{style.removed(_shown(change.before))} → {style.added(_shown(change.after))}"
        place = where(each.program, change)
        beside = f"  {style.faint(place)}" if place else ""
        yield f"    {_signed(change.action, style)} {path.ljust(gutter)}  {value}{beside}"


def _shown(value: Any) -> str:  # noqa: ANN401
    text = plain(flow_text(value, in_flow=False))
    return text if width(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _dates(dates: Sequence[DateChange], style: Style) -> Iterator[str]:
    cohort = ""
    for each in dates:
        if each.cohort != cohort:
            yield f"    dates of {style.note(plain(each.cohort))}"
            cohort = each.cohort
        action = Action.CREATE if each.before is None else Action.DELETE if each.after is None else Action.UPDATE
        days = " → ".join(filter(None, [_span(each.before), _span(each.after)]))
        yield f"      {_signed(action, style)} {plain(each.of).ljust(16)} {days}{_moved(each)}"


def _span(days: tuple[date, date] | None) -> str:
    if days is None:
        return ""
    first, last = days
    return f"{first:%d %b %Y}" if first == last else f"{first:%d %b} to {last:%d %b %Y}"


def _moved(each: DateChange) -> str:
    """By how much the end moves, in days."""
    if each.before is None or each.after is None:
        return ""
    days = (each.after[1] - each.before[1]).days
    return f" ({days:+} days)" if days else ""


def intent_json(differences: Sequence[ProgramDifference], where: Where) -> list[dict[str, Any]]:
    """One mapping for each program that differs."""
    return [
        {
            "program": each.program,
            "action": each.action.value,
            "impact": each.impact.value,
            "changes": [
                {
                    "action": change.action.value,
                    "path": ".".join(change.words),
                    "before": change.before,
                    "after": change.after,
                    "impact": change.impact.value,
                    "where": where(each.program, change),
                }
                for change in each.values
            ],
            "dates": [
                {
                    "cohort": change.cohort,
                    "of": change.of,
                    "before": [day.isoformat() for day in change.before or ()],
                    "after": [day.isoformat() for day in change.after or ()],
                }
                for change in each.dates
            ],
        }
        for each in differences
    ]
