"""A plan as text: what it means to people first, then what changes in each program."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mentorctl.plan.impact import impact_counts, people_seen
from mentorctl.plan.model import Action, Change, Impact, MatchingSummary, Plan
from mentorctl.render.migrations import migration_lines
from mentorctl.render.renames import rename_lines
from mentorctl.render.style import Style, plain
from mentorctl.render.tables import bar, table
from mentorctl.state.model import (
    CohortRecord,
    EnrollmentRecord,
    MatchRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    Snapshot,
    TrainingRecord,
)

_MEANINGS = {
    Impact.NONE: "nothing changes for them",
    Impact.INTERNAL: "recorded, nothing to tell them",
    Impact.INFORMED: "a match, a training, a date or a place on the waiting list is new",
    Impact.RESCHEDULED: "a session moves or is cancelled",
    Impact.RE_MATCHED: "get another partner",
    Impact.UN_MATCHED: "lose their match",
    Impact.WITHDRAWN: "leave the program",
    Impact.ERASED: "are forgotten",
}
_SERIOUS = frozenset({Impact.RE_MATCHED, Impact.UN_MATCHED, Impact.WITHDRAWN, Impact.ERASED})
_SHOWN = 8
_DIGEST = 24  # characters of the digest that tell plans apart by eye; JSON has all of it
_SESSION_WORDS = {"training": "training session", "event": "event", "meeting": "meeting"}


def plan_text(plan: Plan, *, prior: Snapshot, names: Mapping[str, str], is_full: bool, style: Style) -> str:
    """The whole plan for a terminal. `names` replaces opaque ids of people where it has them."""
    lines = [_title(plan, prior, style), ""]
    lines += _people(plan, prior, style)
    named = {c.address.program for c in plan.changes} | {n.program for n in plan.notices}
    for program in sorted(named | {m.program for m in plan.migrations} | {r.program for r in plan.renames}):
        lines += ["", *_program(program, plan, names, style, is_full=is_full)]
    return "\n".join([*lines, "", _footer(plan, style)])


def _title(plan: Plan, prior: Snapshot, style: Style) -> str:
    state = f"state at serial {prior.serial}" if prior.lineage else "no state yet"
    return f"{style.strong(f'Plan for {plan.workspace} as of {plan.as_of}')} {style.faint(f'({state})')}"


def _people(plan: Plan, prior: Snapshot, style: Style) -> Iterator[str]:
    """The headline and a line per impact."""
    if plan.is_empty:
        yield "Nothing to do: the state is as the files and the roster want it."
        return
    counts = impact_counts(plan.changes, plan.migrations)
    seen, touched = people_seen(prior.records, plan.changes, plan.migrations), sum(counts.values())
    yield f"{style.strong(f'{touched} of {seen} people')} are touched:"
    rows = [
        (impact.value, str(count), bar(count / max(1, seen)), _MEANINGS[impact]) for impact, count in counts.items()
    ]
    yield from table(rows, numbers=frozenset({1}), dress={0: lambda text: _impact_dress(text, style), 2: style.faint})


def _impact_dress(text: str, style: Style) -> str:
    serious = {i.value for i in _SERIOUS}
    return (
        style.removed(text) if text in serious else style.changed(text) if text == "rescheduled" else style.added(text)
    )


# -- one program -------------------------------------------------------------------------------------------------------


def _program(program: str, plan: Plan, names: Mapping[str, str], style: Style, *, is_full: bool) -> Iterator[str]:
    yield style.strong(program)
    changes = [c for c in plan.changes if c.address.program == program]
    for change in (c for c in changes if isinstance(c.after or c.before, ProgramRecord)):
        yield f"  {_sign(change.action, style)} {change.reason}"
    yield from (f"  {n.text}" for n in plan.notices if (n.program, n.cohort) == (program, ""))
    yield from rename_lines([r for r in plan.renames if r.program == program], style)
    yield from migration_lines([m for m in plan.migrations if m.program == program], style)
    cohorts = sorted(
        {c.address.cohort for c in changes if c.address.cohort}
        | {n.cohort for n in plan.notices if n.program == program and n.cohort}
    )
    for cohort in cohorts:
        yield f"  {style.note(cohort)}"
        yield from (f"    {n.text}" for n in plan.notices if (n.program, n.cohort) == (program, cohort))
        yield from _summaries(program, cohort, plan, style)
        mine = [c for c in changes if c.address.cohort == cohort]
        yield from _counted(mine, style)
        yield from _matches(mine, names, style, limit=None if is_full else _SHOWN)
        if is_full:
            yield from _everything(mine, names, style)


def _summaries(program: str, cohort: str, plan: Plan, style: Style) -> Iterator[str]:
    for m in plan.matchings:
        if (m.program, m.cohort) == (program, cohort):
            yield f"    matching: {_matching(m, style)}"
            parts = "1 part" if m.parts == 1 else f"{m.parts:,} parts"
            yield f"    problem: {m.problem}, {parts} {style.faint(f'(mentorctl show problem {m.program})')}"
            if m.stable:
                yield f"    stable: {_price(m)}"
    for s in plan.schedules:
        if (s.program, s.cohort) == (program, cohort):
            proof = (
                style.added("proved best")
                if s.proved
                else style.changed(f"at most {s.gap / 10_000:.2f} % from the best")
            )
            yield f"    meetings: {s.sessions} of {s.asked} placed, {proof}"


def _matching(m: MatchingSummary, style: Style) -> str:
    """How a cohort was matched, in one line."""
    best = "proved stable" if m.stable else "proved best"
    proof = style.added(best) if m.proved else style.changed(f"at most {m.gap:,} short of the best")
    again = "" if m.settled else ", another solver may choose otherwise"
    if m.model == "peer":
        return f"{m.mentees_covered} of {m.mentees} peers in {m.matches} matches, score {m.score:,}, {proof}{again}"
    groups = "" if m.matches == m.mentees_covered else f" in {m.matches} matches"
    return (
        f"{m.mentees_covered} of {m.mentees} mentees with {m.mentors_covered} of {m.mentors} mentors{groups}, "
        f"score {m.score:,}, {proof} of {m.admissible_pairs:,} possible pairs{again}"
    )


def _price(m: MatchingSummary) -> str:
    """What stability costs against the best answer, and what it is good for."""
    lost = ((m.score_lost, "point"), (m.mentees_lost, "mentee"), (m.mentors_lost, "mentor"))
    words = [
        f"{abs(count):,} {noun}{'' if abs(count) == 1 else 's'} {'fewer' if count > 0 else 'more'}"
        for count, noun in lost
        if count
    ]
    pairs = f"{m.blocking:,} pair{'' if m.blocking == 1 else 's'}"
    price = ", ".join(words) or "costs nothing"
    return f"{price} against the best, which {pairs} would leave for each other"


def _counted(changes: Sequence[Change], style: Style) -> Iterator[str]:
    """A line per kind of change, with its number."""
    counted = Counter((change.action, _phrase(change)) for change in changes)
    order = {action: i for i, action in enumerate(Action)}
    for (action, (rank, words)), number in sorted(
        counted.items(), key=lambda item: (item[0][1][0], order[item[0][0]], item[0][1])
    ):
        del rank
        yield f"    {_sign(action, style)} {number:>5,}  {words}"


def _phrase(change: Change) -> tuple[int, str]:
    """Where the change stands in the list, and its words."""
    record = change.after or change.before
    match record:
        case CohortRecord():
            return 0, change.reason
        case MatchRecord():
            return 1, f"match {record.state}"
        case EnrollmentRecord():
            return 2, f"{record.role} {record.state.replace('_', ' ')}"
        case TrainingRecord():
            return 3, f"training {record.module}: {record.state}"
        case SessionRecord():
            about = f" {record.subject}" if record.kind != "meeting" else ""
            return (
                4,
                f"{_SESSION_WORDS.get(record.kind, record.kind)}{about}: {change.reason.removeprefix('the session ')}",
            )
        case _:
            return 5, change.reason


def _matches(changes: Sequence[Change], names: Mapping[str, str], style: Style, *, limit: int | None) -> Iterator[str]:
    """The matches that are made or end, the best first."""
    made = sorted(
        ((c, c.after) for c in changes if isinstance(c.after, MatchRecord)),
        key=lambda pair: (pair[1].state == "proposed", -pair[1].score, pair[1].address),
    )
    if not made:
        return
    named = any(record.subject for _, record in made)
    who = ("mentor", "", "mentee") if any(record.mentors for _, record in made) else ("peers", "", "")
    rows = [
        (
            c.action.value if record.state == "proposed" else "-",
            _named(record.mentors or record.others[:1], names),
            "→" if record.mentors else "↔",
            _named(record.others if record.mentors else record.others[1:], names),
            str(record.score),
            *((record.subject,) if named else ()),
            ", ".join(f"{t.rule} {t.points:+}" for t in record.terms) if record.state == "proposed" else c.reason,
        )
        for c, record in made[:limit]
    ]
    yield ""
    yield from table(
        rows,
        header=("", *who, "score", *(("for",) if named else ()), "because"),
        numbers=frozenset({4}),
        indent="    ",
        dress={0: lambda sign: _sign_text(sign, style), 1: style.person, 3: style.person},
        faint=style.faint,
    )
    if limit is not None and len(made) > limit:
        yield style.faint(f"      … {len(made) - limit} more (--detail full shows all)")


def _named(people: Sequence[str], names: Mapping[str, str]) -> str:
    """Some people by name."""
    return ", ".join(names.get(person, person) for person in people)


def _everything(changes: Sequence[Change], names: Mapping[str, str], style: Style) -> Iterator[str]:
    rows = [
        (
            c.action.value,
            str(c.address).partition("/")[2].partition("/")[2] or str(c.address),
            _who(c.after or c.before, names),
            _what(c.after or c.before),
            c.reason,
        )
        for c in changes
        if not isinstance(c.after, MatchRecord)
    ]
    if rows:
        yield ""
        yield from table(
            rows,
            header=("", "address", "people", "what", "why"),
            indent="    ",
            faint=style.faint,
            dress={0: lambda sign: _sign_text(sign, style), 2: style.person},
        )


def _who(record: Record | None, names: Mapping[str, str]) -> str:
    match record:
        case EnrollmentRecord() | TrainingRecord():
            return names.get(record.person, record.person)
        case SessionRecord() if len(record.people) > 2:  # noqa: PLR2004
            return f"{len(record.people)} people"
        case SessionRecord():
            return ", ".join(names.get(p, p) for p in record.people)
        case _:
            return ""


def _what(record: Record | None) -> str:
    match record:
        case SessionRecord():
            return f"{record.starts.replace('T', ' ')} {record.minutes} min"
        case TrainingRecord():
            return f"{record.module}: {record.state}"
        case EnrollmentRecord():
            return record.state
        case _:
            return ""


def _footer(plan: Plan, style: Style) -> str:
    """The line to search for in a log."""
    counts = Counter(c.action for c in plan.changes)
    words = ", ".join(
        (f"{counts[Action.CREATE]} to add", f"{counts[Action.UPDATE]} to change", f"{counts[Action.DELETE]} to remove")
    )
    return f"{style.strong('Plan:')} {words}.  {style.faint(plain(plan.digest[:_DIGEST]) + '…')}"


def _sign(action: Action, style: Style) -> str:
    return _sign_text(action.value, style)


def _sign_text(sign: str, style: Style) -> str:
    return {"+": style.added, "~": style.changed, "-": style.removed}.get(sign, str)(sign)
