"""The plan of a change of files without state, secrets or people: what differs, and the worst that it can lead to.

It is what a pull request of a stranger gets. It builds on the comparison of `plan.intent` and adds the rest that a
reviewer asks for: limits that move, findings that are new, lifecycles and dates on both sides.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mentorctl.diagnostics import Diagnostic, Span, in_order
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.definition import without_words
from mentorctl.lifecycle.difference import difference
from mentorctl.lifecycle.model import Lifecycle
from mentorctl.plan.intent import DateChange, ProgramDifference, Side, ValueChange, all_dates, compared
from mentorctl.plan.model import Action, Impact
from mentorctl.spec.support import Limit
from mentorctl.values import dataclass

_ORDER = tuple(Impact)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticValue:
    """A value of a file before and after, as JSON texts (empty where there is none), and where it is written."""

    action: Action
    path: str
    before: str
    after: str
    impact: Impact
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticLimit:
    """A limit of a program that differs. `is_weaker`: afterwards a plan may do to more people what it limits."""

    what: str
    before: str
    after: str
    is_weaker: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticLifecycle:
    """A lifecycle that differs, on both sides."""

    before: Lifecycle
    after: Lifecycle


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticProgram:
    """What differs in one program. `dates` are all of the cohorts of which a day moves, the days that stay included."""

    program: str
    action: Action
    impact: Impact
    values: tuple[StaticValue, ...] = ()
    dates: tuple[DateChange, ...] = ()
    limits: tuple[StaticLimit, ...] = ()
    lifecycles: tuple[StaticLifecycle, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticText:
    """The text of a message that differs, in lines."""

    action: Action
    file: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticCheck:
    """A finding that the change brings."""

    code: str
    severity: str
    summary: str
    detail: str
    help: str = ""
    file: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticPlan:
    """Two commits of a workspace compared. `head` is empty for the files of a folder.

    `broken` are files of the head that no program could be read from; `solved` is how many findings are gone.
    """

    workspace: str
    base: str
    head: str
    as_of: str
    programs: tuple[StaticProgram, ...] = ()
    settings: tuple[StaticValue, ...] = ()
    texts: tuple[StaticText, ...] = ()
    checks: tuple[StaticCheck, ...] = ()
    solved: int = 0
    broken: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.programs or self.settings or self.texts or self.checks or self.broken)

    @property
    def impact(self) -> Impact:
        """The worst that any of it can lead to."""
        found = [*(each.impact for each in self.programs), *(each.impact for each in self.settings)]
        return max([*found, *([Impact.INFORMED] if self.texts else []), Impact.NONE], key=_ORDER.index)

    @property
    def has_errors(self) -> bool:
        return any(check.severity == "error" for check in self.checks) or bool(self.broken)


type Where = Callable[[str, ValueChange], Span | None]


def static_program(found: ProgramDifference, before: Side | None, after: Side | None, where: Where) -> StaticProgram:
    """The difference of one program with what belongs to it."""
    old, new = before and before.compiled, after and after.compiled
    moving = {change.cohort for change in found.dates}
    both = before is not None and after is not None
    return StaticProgram(
        program=found.program,
        action=found.action,
        impact=found.impact,
        values=tuple(_value(change, where(found.program, change)) for change in found.values),
        dates=tuple(d for d in all_dates(before, after) if d.cohort in moving) if both and before and after else (),
        limits=tuple(_limits(old.program.limits if old else (), new.program.limits if new else ())),
        lifecycles=tuple(_lifecycles(old, new)) if old and new else (),
    )


def settings(before: Mapping[str, Any], after: Mapping[str, Any], where: Where, document: str) -> Iterator[StaticValue]:
    """What differs in the file of the workspace; what programs inherit from it shows in them."""
    own = [{key: value for key, value in tree.items() if key != "defaults"} for tree in (before, after)]
    for change in compared(own[0], own[1], impact_of=_impact_of_setting):
        yield _value(change, where(document, change))


def new_findings(before: Iterable[Diagnostic], after: Iterable[Diagnostic]) -> tuple[tuple[StaticCheck, ...], int]:
    """The findings that the change brings, and how many it solves. A finding that moves with its lines is the same."""
    old, new = tuple(before), tuple(after)
    known, left = Counter(map(_sameness, old)), Counter(map(_sameness, new))
    found = []
    for one in in_order(new):
        if known[_sameness(one)] > 0:
            known[_sameness(one)] -= 1
        else:
            found.append(_check(one))
    return tuple(found), sum((Counter(map(_sameness, old)) - left).values())


def _sameness(found: Diagnostic) -> tuple[str, ...]:
    return found.code, found.severity, found.detail, found.span.file if found.span else ""


def _check(found: Diagnostic) -> StaticCheck:
    at = found.span or Span(file="", line=0, column=0)
    return StaticCheck(
        code=found.code,
        severity=found.severity.value,
        summary=found.summary,
        detail=found.detail,
        help=found.help,
        file=at.file,
        line=at.line,
        column=at.column,
    )


def _value(change: ValueChange, at: Span | None) -> StaticValue:
    return StaticValue(
        action=change.action,
        path=".".join(change.words),
        before="" if change.action is Action.CREATE else json.dumps(change.before, ensure_ascii=False),
        after="" if change.action is Action.DELETE else json.dumps(change.after, ensure_ascii=False),
        impact=change.impact,
        file=at.file if at else "",
        line=at.line if at else 0,
    )


# -- parts -------------------------------------------------------------------------------------------------------------


def _limits(before: Sequence[Limit], after: Sequence[Limit]) -> Iterator[StaticLimit]:
    old, new = {limit.what: limit for limit in before}, {limit.what: limit for limit in after}
    for what in sorted({*old, *new}):
        then, now = old.get(what), new.get(what)
        if then != now:
            yield StaticLimit(what=what, before=_words(then), after=_words(now), is_weaker=_is_weaker(then, now))


def _words(limit: Limit | None) -> str:
    if limit is None:
        return ""
    people = "" if limit.people is None else f"{limit.people} people"
    return " and ".join(filter(None, (people, limit.share)))


def _is_weaker(then: Limit | None, now: Limit | None) -> bool:
    """Whether more is allowed for some number of applicants; to remove a limit allows everything."""
    if then is None or now is None:
        return now is None
    return _more(then.people, now.people) or _more(_share(then), _share(now))


def _more(then: float | None, now: float | None) -> bool:
    return then is not None and (now is None or now > then)


def _share(limit: Limit) -> float | None:
    return float(limit.share.removesuffix("%")) if limit.share else None


def _lifecycles(old: CompiledProgram, new: CompiledProgram) -> Iterator[StaticLifecycle]:
    before = {machine.name: without_words(machine) for machine in old.lifecycles}
    for machine in new.lifecycles:
        then, now = before.get(machine.name), without_words(machine)
        if then is not None and then != now and not difference(then, now).is_empty:
            yield StaticLifecycle(before=then, after=now)


def _impact_of_setting(words: Sequence[str]) -> Impact:
    """The worst that a change of mentorctl.yaml can lead to: another roster is another set of people."""
    return _SETTINGS.get(words[0] if words else "", Impact.INTERNAL)


_SETTINGS = {
    "roster": Impact.WITHDRAWN,
    "sharing": Impact.RE_MATCHED,
    "timezone": Impact.RESCHEDULED,
    "calendars": Impact.RESCHEDULED,
    "name": Impact.NONE,
}
