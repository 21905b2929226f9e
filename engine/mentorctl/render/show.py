"""The live state as text and as JSON values: an overview, programs, matches, sessions, one person."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from mentorctl.dates.zones import local_time
from mentorctl.render.style import Style, plain
from mentorctl.render.tables import bar, table
from mentorctl.rules.fields import Role
from mentorctl.state.model import (
    CohortRecord,
    EnrollmentRecord,
    MatchRecord,
    ProgramRecord,
    SessionRecord,
    Snapshot,
    TrainingRecord,
)

type Name = Callable[[str], str]


def overview(snapshot: Snapshot, style: Style) -> Iterator[str]:
    """Every program with its cohorts, and how many people and sessions are in which state."""
    yield f"{style.strong(snapshot.workspace)} {style.faint(f'(serial {snapshot.serial})')}"
    for program in _of(snapshot, ProgramRecord):
        yield ""
        about = style.faint(plain(f"{program.state}, run by {program.owner}"))
        yield f"{style.strong(program.address.program)}  {plain(program.name)}  {about}"
        for cohort in _of(snapshot, CohortRecord, program.address.program):
            when = f"{cohort.starts} to {cohort.ends}" if cohort.ends else f"since {cohort.starts}"
            yield f"  {style.note(cohort.address.cohort)}  {when}"
            yield from _census(snapshot, cohort, style)


def _census(snapshot: Snapshot, cohort: CohortRecord, style: Style) -> Iterator[str]:
    where = (cohort.address.program, cohort.address.cohort)
    enrolled = [r for r in _of(snapshot, EnrollmentRecord) if (r.address.program, r.address.cohort) == where]
    there = {r.role for r in enrolled}
    for role in (role for role in Role if role in there):
        states = Counter(r.state for r in enrolled if r.role == role)
        total = sum(states.values())
        rows = [(state.replace("_", " "), str(count), bar(count / total)) for state, count in sorted(states.items())]
        yield f"    {total} {role}s"
        yield from table(rows, numbers=frozenset({1}), indent="      ", dress={2: style.faint})
    matches = Counter(r.state for r in _of(snapshot, MatchRecord) if (r.address.program, r.address.cohort) == where)
    sessions = Counter(r.state for r in _of(snapshot, SessionRecord) if (r.address.program, r.address.cohort) == where)
    yield f"    {_counts(matches, 'match', 'matches')}; {_counts(sessions, 'session', 'sessions')}"


def matches(snapshot: Snapshot, program: str, name: Name, style: Style) -> Iterator[str]:
    """Matches with their score and the rules that gave it, the best first."""
    records = sorted(
        _of(snapshot, MatchRecord, program), key=lambda r: (r.address.program, r.address.cohort, -r.score, r.address)
    )
    rows = [
        (
            r.address.id,
            ", ".join(map(name, r.mentors or r.others[:1])),
            "→" if r.mentors else "↔",
            ", ".join(map(name, r.others if r.mentors else r.others[1:])),
            r.state,
            str(r.score),
            r.subject,
            ", ".join(f"{t.rule} {t.points:+}" for t in r.terms),
        )
        for r in records
    ]
    yield from table(
        rows,
        header=("match", *_sides(records), "state", "score", "for", "because"),
        numbers=frozenset({5}),
        indent="",
        dress={0: style.faint, 1: style.person, 3: style.person},
        faint=style.faint,
    )
    if not rows:
        yield "There are no matches."


def _sides(records: Sequence[MatchRecord]) -> tuple[str, str, str]:
    """The heads of the two columns of people; of peers neither is a mentor."""
    peers = bool(records) and not any(record.mentors for record in records)
    return ("peer", "", "peer") if peers else ("mentor", "", "mentee")


def sessions(snapshot: Snapshot, program: str, name: Name, style: Style) -> Iterator[str]:
    """Sessions in the order of time, in the zone they were planned for."""
    records = sorted(_of(snapshot, SessionRecord, program), key=lambda r: (r.starts, r.address))
    yield from table(
        [_session_row(r, name) for r in records],
        header=("when", "zone", "min", "what", "who", "state"),
        numbers=frozenset({2}),
        indent="",
        dress={4: style.person, 1: style.faint},
        faint=style.faint,
    )
    if not records:
        yield "There are no sessions."


def person(snapshot: Snapshot, who: str, name: Name, style: Style) -> Iterator[str]:
    """Everything about one person, by opaque id."""
    yield f"{style.strong(plain(name(who)))}  {style.faint(who)}"
    for record in _of(snapshot, EnrollmentRecord):
        if record.person == who:
            where = f"{record.address.program}/{record.address.cohort}"
            yield f"  {record.role} in {where}: {style.note(record.state.replace('_', ' '))}"
    rows = [
        (t.module, t.state, f"due {t.due}" if t.due else "") for t in _of(snapshot, TrainingRecord) if t.person == who
    ]
    yield from _section("Training", table(rows, indent="    "), style)
    pairs = [
        (
            _beside(m, who),
            ", ".join(name(p) for p in _partners(m, who)),
            m.state,
            f"score {m.score}",
            ", ".join(f"{t.rule} {t.points:+}" for t in m.terms),
        )
        for m in _of(snapshot, MatchRecord)
        if who in m.people
    ]
    yield from _section("Matches", table(pairs, indent="    ", dress={1: style.person}), style)
    mine = sorted((s for s in _of(snapshot, SessionRecord) if who in s.people), key=lambda s: s.starts)
    yield from _section(
        "Sessions",
        table(
            [_session_row(s, name, without=who) for s in mine], indent="    ", dress={4: style.person, 1: style.faint}
        ),
        style,
    )


def as_json(snapshot: Snapshot, records: Iterable[Any], to_json: Callable[[Any], Mapping[str, Any]]) -> dict[str, Any]:
    """Some records as one JSON document."""
    return {
        "format": "mentorctl/show/v1",
        "workspace": snapshot.workspace,
        "lineage": snapshot.lineage,
        "serial": snapshot.serial,
        "records": [dict(to_json(r)) for r in records],
    }


def _beside(match: MatchRecord, who: str) -> str:
    """How a person stands to the others in a match."""
    role = next(member.role for member in match.members if member.person == who)
    return "with" if role is Role.PEER else f"{role} of"


def _partners(match: MatchRecord, who: str) -> tuple[str, ...]:
    """Whom a person is matched with: mentors see their mentees, mentees their mentors, peers each other."""
    if who in match.mentors:
        return match.others
    return match.mentors or tuple(person for person in match.people if person != who)


def _section(title: str, lines: list[str], style: Style) -> Iterator[str]:
    if lines:
        yield f"  {style.strong(title)}"
        yield from lines


def _session_row(record: SessionRecord, name: Name, *, without: str = "") -> tuple[str, ...]:
    local = local_time(datetime.fromisoformat(record.starts), record.zone)
    others = [p for p in record.people if p != without]
    who = ", ".join(name(p) for p in others) if len(others) <= 2 else f"{len(others)} people"  # noqa: PLR2004
    about = f"meeting {record.number}" if record.kind == "meeting" else f"{record.subject} {record.number}"
    return f"{local:%a %Y-%m-%d %H:%M}", record.zone, str(record.minutes), about, who, record.state


def _of[T](snapshot: Snapshot, kind: type[T], program: str = "") -> list[T]:
    return [r for r in snapshot.records if isinstance(r, kind) and program in ("", r.address.program)]


def _counts(states: Counter[str], one: str, many: str) -> str:
    total = sum(states.values())
    parts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    return f"{total} {one if total == 1 else many}" + (f" ({parts})" if parts else "")
