"""A plan as text: what it means to people first, then in each program why, what changes and who hears of it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from mentorctl.plan.consequences import Drift, Impact, Moved, ProgramConsequences
from mentorctl.plan.headline import headline
from mentorctl.plan.impact import impact_counts
from mentorctl.plan.model import Action, Plan
from mentorctl.render.migrations import migration_lines
from mentorctl.render.plan_changes import cohort_lines, signed
from mentorctl.render.plan_meaning import matched_words, meaning_lines, place_of
from mentorctl.render.renames import rename_lines
from mentorctl.render.style import Style, plain
from mentorctl.render.tables import bar, table
from mentorctl.state.model import ProgramRecord

_MEANINGS = {
    Impact.NONE: "nothing changes for them",
    Impact.INTERNAL: "recorded, nothing to tell them",
    Impact.INFORMED: "something is new: a match, a training, a date, waiting",
    Impact.RESCHEDULED: "a session or a due day moves, or is cancelled",
    Impact.RE_MATCHED: "have other partners than before",
    Impact.UN_MATCHED: "lose their match",
    Impact.WITHDRAWN: "leave the program",
    Impact.ERASED: "are forgotten",
}
_SERIOUS = frozenset({Impact.RE_MATCHED, Impact.UN_MATCHED, Impact.WITHDRAWN, Impact.ERASED})
_DIGEST = 24  # characters of the digest that tell plans apart by eye; full detail and JSON have all of it


class Detail(StrEnum):
    """How much of a plan is shown: what it means, what changes in each cohort too, or every record."""

    SUMMARY = "summary"
    NORMAL = "normal"
    FULL = "full"


def plan_text(plan: Plan, *, names: Mapping[str, str], style: Style, detail: Detail = Detail.NORMAL) -> str:
    """The whole plan for a terminal. `names` replaces opaque ids of people where it has them."""
    lines = [_title(plan, style), "", *_people(plan, style)]
    if detail is Detail.SUMMARY:
        lines += _in_short(plan, style)
    else:
        for program in _programs(plan):
            lines += ["", *_program(program, plan, names, style, is_full=detail is Detail.FULL)]
    lines += _drift(plan, style, only_counts=detail is Detail.SUMMARY)
    if detail is Detail.FULL:
        lines += _digests(plan, style)
    return "\n".join([*lines, "", *_footer(plan, style, is_full=detail is Detail.FULL)])


def _title(plan: Plan, style: Style) -> str:
    state = f"state at serial {plan.serial}" if plan.lineage else "no state yet"
    return f"{style.strong(f'Plan for {plan.workspace} as of {plan.as_of}')} {style.faint(f'({state})')}"


def _people(plan: Plan, style: Style) -> Iterator[str]:
    """The headline and a line per impact, the worst first."""
    if plan.is_empty:
        yield "Nothing to do: the state is as the files and the roster want it."
        return
    counts = impact_counts(plan.changes, plan.migrations)
    yield style.strong(headline(counts, plan.people))
    if counts:
        yield ""
    rows = [
        (impact.value, f"{counts[impact]:,}", bar(counts[impact] / max(1, plan.people)), _MEANINGS[impact])
        for impact in reversed(Impact)
        if impact in counts
    ]
    yield from table(rows, numbers=frozenset({1}), dress={0: lambda text: _impact_dress(text, style), 2: style.faint})


def _impact_dress(text: str, style: Style) -> str:
    word = text.strip()
    if word in _SERIOUS:
        return style.removed(text)
    return style.changed(text) if word == Impact.RESCHEDULED else style.added(text)


# -- programs ----------------------------------------------------------------------------------------------------------


def _programs(plan: Plan) -> list[str]:
    named = {c.address.program for c in plan.changes} | {n.program for n in plan.notices}
    return sorted(named | {m.program for m in plan.migrations} | {r.program for r in plan.renames})


def _in_short(plan: Plan, style: Style) -> Iterator[str]:
    """A line or two per program that changes: how many are matched, and the foremost cause."""
    for one in plan.consequences:
        yield ""
        yield f"{style.strong(plain(one.program))}  {_touched(one)}, {matched_words(one.before, one.after)}"
        for cause in one.causes[:1]:
            place = place_of(cause.file, cause.line, cause.column, cause.path)
            yield f"  because of {plain(place)}  {style.faint(plain(cause.reason))}"


def _touched(one: ProgramConsequences) -> str:
    return f"{sum(count for _, count in one.impact):,} of {one.people:,} people"


def _program(program: str, plan: Plan, names: Mapping[str, str], style: Style, *, is_full: bool) -> Iterator[str]:
    consequences = next((one for one in plan.consequences if one.program == program), None)
    touched = f"  {style.faint(_touched(consequences))}" if consequences else ""
    yield style.strong(program) + touched
    changes = [c for c in plan.changes if c.address.program == program]
    for change in (c for c in changes if isinstance(c.after or c.before, ProgramRecord)):
        yield f"  {signed(change.action, style)} {change.reason}"
    yield from (f"  {n.text}" for n in plan.notices if (n.program, n.cohort) == (program, ""))
    yield from rename_lines([r for r in plan.renames if r.program == program], style)
    yield from migration_lines([m for m in plan.migrations if m.program == program], style)
    if consequences is not None:
        yield from meaning_lines(consequences, style, is_full=is_full)
    cohorts = sorted(
        {c.address.cohort for c in changes if c.address.cohort}
        | {n.cohort for n in plan.notices if n.program == program and n.cohort}
    )
    for cohort in cohorts:
        mine = [c for c in changes if c.address.cohort == cohort]
        yield from cohort_lines((program, cohort), mine, plan, names, style, is_full=is_full)


# -- what is not of one program ----------------------------------------------------------------------------------------


def _drift(plan: Plan, style: Style, *, only_counts: bool) -> Iterator[str]:
    """What no file asked for, apart from what one did."""
    if not plan.drift:
        return
    yield ""
    if only_counts:
        matters = sum(one.matters for one in plan.drift)
        yield f"Moved though no file asked for it: {len(plan.drift)}, of which {matters} change this plan"
        return
    yield style.strong("Moved since the last apply, though no file asked for it")
    rows = [(_moved(one), _where(one), f"{one.people:,}", one.what, _matters(one)) for one in plan.drift]
    yield from table(rows, numbers=frozenset({2}), dress={0: style.note, 1: style.faint, 4: style.faint})


def _moved(one: Drift) -> str:
    return {Moved.ROSTER: "roster", Moved.STATE: "recorded"}[one.kind]


def _where(one: Drift) -> str:
    return "/".join(filter(None, (one.program, one.cohort)))


def _matters(one: Drift) -> str:
    return "changes this plan" if one.matters else ""


def _digests(plan: Plan, style: Style) -> Iterator[str]:
    if plan.digests:
        yield ""
        yield style.strong("Digests of the effects")
        rows = [(program, impact.value, digest) for program, impact, digest in plan.digests]
        yield from (f"  {program}  {impact}  {style.faint(digest)}" for program, impact, digest in rows)


def _footer(plan: Plan, style: Style, *, is_full: bool) -> Iterator[str]:
    """Until when it holds, and the line to search for in a log."""
    if plan.valid_until:
        day = date.fromisoformat(plan.valid_until)
        yield f"{style.strong('Valid')} until {day:%d %b %Y}: {plain(plan.valid_because)}"
    counts = Counter(c.action for c in plan.changes)
    words = ", ".join(
        (
            f"{counts[Action.CREATE]} to add",
            f"{counts[Action.UPDATE]} to change",
            f"{counts[Action.DELETE]} to remove",
        )
    )
    digest = plain(plan.digest) if is_full else f"{plain(plan.digest[:_DIGEST])}…"
    yield f"{style.strong('Plan:')} {words}.  {style.faint(digest)}"
