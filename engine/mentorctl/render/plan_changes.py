"""The changes of one cohort as text: how it was matched, a line per kind of change, who is with whom, each record."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mentorctl.plan.model import Action, Change, MatchingSummary, Plan, SchedulingSummary
from mentorctl.render.style import Style
from mentorctl.render.tables import table
from mentorctl.state.model import (
    CohortRecord,
    EnrollmentRecord,
    MatchRecord,
    Record,
    SessionRecord,
    TrainingRecord,
)

_SHOWN = 8
_SESSION_WORDS = {"training": "training session", "event": "event", "meeting": "meeting"}


def cohort_lines(
    of: tuple[str, str],
    changes: Sequence[Change],
    plan: Plan,
    names: Mapping[str, str],
    style: Style,
    *,
    is_full: bool,
) -> Iterator[str]:
    """Everything about one cohort, named with its program; with `is_full` every record."""
    program, cohort = of
    yield f"  {style.note(cohort)}"
    yield from (f"    {n.text}" for n in plan.notices if (n.program, n.cohort) == (program, cohort))
    yield from _summaries(program, cohort, plan, style)
    yield from _counted(changes, style)
    yield from _matches(changes, names, style, limit=None if is_full else _SHOWN)
    if is_full:
        yield from _everything(changes, names, style)


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
            proof = style.added("proved best") if s.proved else style.changed(s.from_best)
            yield f"    {_placed(s)}, {proof}"


def _placed(s: SchedulingSummary) -> str:
    """What got a time of what was asked for."""
    match s.kind:
        case "training":
            return f"trainings: {s.placed} of {s.asked} seats in {s.sessions} sessions"
        case "event":
            return f"events: {s.placed} of {s.asked} dates placed"
        case _:
            return f"meetings: {s.placed} of {s.asked} placed"


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
        yield f"    {signed(action, style)} {number:>5,}  {words}"


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


_BEGINS = frozenset({"draft", "proposed", "second_asked", "accepted"})  # states of a match that is made or goes on


def _matches(changes: Sequence[Change], names: Mapping[str, str], style: Style, *, limit: int | None) -> Iterator[str]:
    """The matches that are made or end, the best first."""
    made = sorted(
        ((c, c.after) for c in changes if isinstance(c.after, MatchRecord)),
        key=lambda pair: (pair[1].state in _BEGINS, -pair[1].score, pair[1].address),
    )
    if not made:
        return
    named = any(record.subject for _, record in made)
    who = ("mentor", "", "mentee") if any(record.mentors for _, record in made) else ("peers", "", "")
    rows = [
        (
            c.action.value if record.state in _BEGINS else "-",
            _named(record.mentors or record.others[:1], names),
            "→" if record.mentors else "↔",
            _named(record.others if record.mentors else record.others[1:], names),
            str(record.score),
            *((record.subject,) if named else ()),
            ", ".join(f"{t.rule} {t.points:+}" for t in record.terms) if record.state in _BEGINS else c.reason,
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


def signed(action: Action, style: Style) -> str:
    """The sign of an action in its color."""
    return _sign_text(action.value, style)


def _sign_text(sign: str, style: Style) -> str:
    return {"+": style.added, "~": style.changed, "-": style.removed}.get(sign, str)(sign)
