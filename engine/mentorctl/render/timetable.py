"""The timetable of a plan as pages: what is when on whose clock, what has no time, and why."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from mentorctl.addresses import Address
from mentorctl.dates.zones import local_time
from mentorctl.diagnostics import FieldPath, Place, Span
from mentorctl.plan.model import Action, Change, SchedulingSummary, Unplaced
from mentorctl.plan.timetable import Loosened, MeetingAnswer
from mentorctl.plan.unplaced import Left, NoSlot, WayOut
from mentorctl.render.page import Page, Section
from mentorctl.state.model import SessionRecord
from mentorctl.values import dataclass

type Name = Callable[[str], str]
type ZoneOf = Callable[[str], str]
type Locate = Callable[[Place], Span | None]

_FEW = 3  # so many people are named in a line
_MOST_ROWS = 60
_SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
_KINDS = {
    "availability": "what they offer in a week",
    "hours": "the hours of meetings",
    "closed": "closed days and holidays of the program",
    "opening": "the event that opens the phase",
    "notice": "notice",
    "holidays": "public holidays where they live",
    "absence": "days away",
    "busy": "what their own calendar holds",
    "sessions": "sessions that they have already",
}
_REASONS = {
    "availability": "their weekly hours do not meet",
    "hours": "their hours meet only outside of `meetings.hours`",
    "closed": "the days that are left are closed",
    "opening": "the days end before the event that opens the phase",
    "notice": "the days are too soon for the notice that people have",
    "holidays": "the days that are left are holidays where somebody lives",
    "absence": "somebody is away on the days that are left",
    "busy": "somebody has something else at the times that are left",
    "sessions": "somebody has other sessions at the times that are left",
    "seats": "the seats and their hours do not suffice",
    "prerequisite": "what comes before it is not done by then",
    "together": "other events take the room, the facilitator or the people at the times that are left",
    "over": "the days for it are over",
    "nobody": "nobody has time for it on these days",
    "limits": "the weekly load or the distance between meetings rules out the times that are left",
}
_WAYS = {
    "availability": "more weekly hours",
    "hours": "longer hours of meetings",
    "closed": "an open day",
    "opening": "an earlier opening",
    "notice": "less notice",
    "holidays": "a meeting on a holiday",
    "absence": "a meeting while away",
    "busy": "another appointment moved",
    "sessions": "another session moved",
}
_BLOCKS = {
    "person": "the person is in another session",
    "week": "the week is full",
    "pool": "the room or license is taken",
    "near_gap": "too close to the next meeting",
    "far_gap": "too far from the next meeting",
    "worth": "worth less than what it would displace",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Told:
    """What is shown: the sessions ahead with their changes, what has no time, and how people are called and live."""

    sessions: Sequence[SessionRecord]
    changes: Mapping[Address, Change]
    unplaced: Sequence[Unplaced]
    schedules: Sequence[SchedulingSummary]
    name: Name
    zone_of: ZoneOf
    whole: bool = False


def timetable_page(told: Told) -> Page:
    """Cohort by cohort: how good the timetable is, the sessions in the order of time, and what has none."""
    cohorts = sorted(
        {(s.address.program, s.address.cohort) for s in told.sessions} | {(u.program, u.cohort) for u in told.unplaced}
    )
    sections = [section for cohort in cohorts for section in _cohort(told, *cohort)]
    return Page(title="Timetable", sections=tuple(sections))


def _cohort(told: Told, program: str, cohort: str) -> Iterator[Section]:
    mine = [s for s in told.sessions if (s.address.program, s.address.cohort) == (program, cohort)]
    missing = [u for u in told.unplaced if (u.program, u.cohort) == (program, cohort)]
    ahead = sorted(mine, key=lambda s: (s.starts, s.address))
    shown = ahead if told.whole else ahead[:_MOST_ROWS]
    zones = sorted({s.zone for s in ahead})
    more = len(ahead) - len(shown)
    yield Section(
        title=f"{program}/{cohort}",
        lines=(_counts(ahead, missing), *_quality(told.schedules, program, cohort), *_zone_line(zones)),
        header=("", "when", "min", "what", "who", "on their clocks", "why it changes"),
        rows=tuple(_row(told, session) for session in shown),
        numbers=frozenset({2}),
        after=(f"… {more} more; --all lists them",) if more > 0 else (),
    )
    if missing:
        yield Section(
            title="Without a time",
            header=("what", "number", "asked for", "who", "because"),
            rows=tuple(_missing(told, each) for each in (missing if told.whole else missing[:_MOST_ROWS])),
            numbers=frozenset({1}),
            after=("`mentorctl schedule --explain MATCH` shows what would open a time.",),
            is_part=True,
        )


def _counts(sessions: Sequence[SessionRecord], missing: Sequence[Unplaced]) -> str:
    kinds = Counter(session.kind for session in sessions)
    words = {"meeting": "meetings", "event": "dates of events", "training": "training sessions"}
    said = [f"{kinds[kind]} {word}" for kind, word in words.items() if kinds[kind]] or ["nothing"]
    rest = f"; {len(missing)} have no time" if missing else ""
    return f"Ahead: {', '.join(said)}{rest}."


def _quality(schedules: Sequence[SchedulingSummary], program: str, cohort: str) -> Iterator[str]:
    words = {"meeting": "meetings were placed", "event": "events were placed", "training": "training seats were given"}
    for each in schedules:
        if (each.program, each.cohort) == (program, cohort):
            proof = "proved to be the best" if each.proved else each.from_best
            yield f"{each.placed} of {each.asked} {words[each.kind]} now, {proof}."


def _zone_line(zones: Sequence[str]) -> Iterator[str]:
    if zones:
        yield f"Times are those of {' and '.join(zones)}."


def _row(told: Told, session: SessionRecord) -> tuple[str, ...]:
    change = told.changes.get(session.address)
    begins = datetime.fromisoformat(session.starts)
    local = local_time(begins, session.zone)
    about = f"meeting {session.number}" if session.kind == "meeting" else f"{session.subject} {session.number}"
    return (
        _SIGNS[change.action] if change else "",
        f"{local:%a %Y-%m-%d %H:%M}",
        str(session.minutes),
        about.replace("_", " "),
        _people(session.people, told.name),
        _clocks(told, session, begins),
        _why(change),
    )


def _why(change: Change | None) -> str:
    """Why a session changes; where it was, if it moves."""
    if change is None or change.action is Action.CREATE:
        return ""
    before, after = change.before, change.after
    reason = change.reason.removeprefix("the session ")
    if isinstance(before, SessionRecord) and isinstance(after, SessionRecord) and before.starts != after.starts:
        was = local_time(datetime.fromisoformat(before.starts), before.zone)
        return f"{reason.removeprefix('moves: ')} (was {was:%a %d %b %H:%M})"
    return reason


def _clocks(told: Told, session: SessionRecord, begins: datetime) -> str:
    """The hour on the clock of each person who is elsewhere; nothing where all have the program's clock."""
    if len(session.people) > _FEW:
        return ""
    here = local_time(begins, session.zone)
    times = [local_time(begins, told.zone_of(person)) for person in session.people]
    if all(time.utcoffset() == here.utcoffset() for time in times):
        return ""
    return ", ".join(f"{time:%H:%M}" + _day_apart(here, time) for time in times)


def _day_apart(here: datetime, there: datetime) -> str:
    days = (there.date() - here.date()).days
    return f" ({days:+} day)" if days else ""


def _people(people: Sequence[str], name: Name) -> str:
    return ", ".join(map(name, people)) if len(people) <= _FEW else f"{len(people)} people"


def _missing(told: Told, each: Unplaced) -> tuple[str, ...]:
    return (
        each.subject,
        str(each.number) if each.kind != "training" else "",
        f"{each.first} to {each.last}",
        _people(each.people, told.name),
        _REASONS.get(each.reason, each.reason),
    )


# -- questions ---------------------------------------------------------------------------------------------------------


def answers_page(answers: Sequence[MeetingAnswer], name: Name, locate: Locate) -> Page:
    """Why each meeting is when it is, and what would give a time to those that have none."""
    sections = [section for answer in answers for section in _answer(answer, name, locate)]
    return Page(title="Why these times", sections=tuple(sections))


def _answer(answer: MeetingAnswer, name: Name, locate: Locate) -> Iterator[Section]:
    people = " and ".join(map(name, answer.people)) if len(answer.people) <= _FEW else f"{len(answer.people)} people"
    title = f"Meeting {answer.number} of {answer.match}: {people}"
    if answer.without is None:
        yield Section(title=title, lines=tuple(_placed(answer, name)))
        return
    yield from _not_placed(answer, answer.without, title, name, locate)


def _placed(answer: MeetingAnswer, name: Name) -> Iterator[str]:
    at = datetime.fromisoformat(answer.starts)
    regular = ", at their regular time" if answer.regular else ""
    yield f"It is on {at:%A, %d %B %Y at %H:%M}{regular}; it was asked for between {answer.first} and {answer.last}."
    if answer.unsocial:
        yield f"The hour is outside of the preferred ones for {' and '.join(map(name, answer.unsocial))}."
    if answer.next_best:
        then = datetime.fromisoformat(answer.next_best)
        cost = f"costs {answer.loss} points" if answer.loss else "is as good"
        yield f"The best other time of these days, {then:%a %d %b %H:%M}, {cost}."
    else:
        yield f"There is no other time for it in these days; without it the timetable loses {answer.loss} points."
    for kind, count in answer.in_the_way:
        yield f"{count} better {'time is' if count == 1 else 'times are'} ruled out: {_BLOCKS.get(kind, kind)}."


def _not_placed(answer: MeetingAnswer, why: NoSlot, title: str, name: Name, locate: Locate) -> Iterator[Section]:
    yield Section(
        title=title,
        lines=(
            f"It has no time between {answer.first} and {answer.last}: {_REASONS.get(why.reason, why.reason)}.",
            *_tight(why, name),
        ),
        header=("limit", "whose", "leaves", "of"),
        rows=tuple(_funnel(why.funnel, name)),
        numbers=frozenset({2, 3}),
    )
    rows = [
        *(_way(way, answer, name, locate) for way in why.ways_out),
        *(_loosened(each, answer, name, locate) for each in answer.loosened),
    ]
    if rows:
        yield Section(
            title="What would open a time",
            header=("what", "whose", "opens", "for example", "where"),
            rows=tuple(rows),
            is_part=True,
        )


def _tight(why: NoSlot, name: Name) -> Iterator[str]:
    if len(why.tight) > 1:
        said = [f"{_KINDS.get(kind, kind)}{f' of {name(who)}' if who else ''}" for kind, who in why.tight]
        yield f"Alone, these leave nothing: {'; '.join(said)}."


def _funnel(steps: Iterable[Left], name: Name) -> Iterator[tuple[str, ...]]:
    for step in steps:
        if step.after != step.before:
            yield (
                _KINDS.get(step.kind, step.kind),
                name(step.who) if step.who else "",
                str(step.after),
                str(step.before),
            )


def _way(way: WayOut, answer: MeetingAnswer, name: Name, locate: Locate) -> tuple[str, ...]:
    whose = [name(who) for who in way.who if who]
    return (
        " and ".join(dict.fromkeys(_WAYS.get(kind, kind) for kind in way.kinds)),
        ", ".join(dict.fromkeys(whose)),
        f"{way.opens} {'time' if way.opens == 1 else 'times'}",
        way.write or way.best,
        _where(answer.program, way.path, locate),
    )


def _loosened(each: Loosened, answer: MeetingAnswer, name: Name, locate: Locate) -> tuple[str, ...]:
    what = {
        "week": "one more meeting a week",
        "pool": "one more place",
        "near_gap": "meetings a day closer together",
        "far_gap": "meetings a day further apart",
    }
    return (
        what.get(each.kind, each.kind),
        name(each.who) if each.who else "",
        f"{each.gain} points",
        "",
        _where(answer.program, each.path, locate),
    )


def _where(program: str, path: FieldPath, locate: Locate) -> str:
    """The line of a file, or of the part of it that is written."""
    for end in range(len(path), 0, -1):
        span = locate(Place(document=program, path=path[:end]))
        if span is not None:
            return f"{span.file}:{span.line}"
    return ""
