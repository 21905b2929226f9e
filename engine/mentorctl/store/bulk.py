"""Due timers by the thousand in SQL: read at once, guards decided by the database, written in a few statements.

Only timers whose effects stay with their own thing go this way (`lifecycle.sweep`). They fire in the one order: this
takes the stretch of them that comes first, and what follows it goes the general way.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from mentorctl.lifecycle.book import Book, book_of
from mentorctl.lifecycle.fire import ACTOR
from mentorctl.lifecycle.follow import perform
from mentorctl.lifecycle.guards import Guard
from mentorctl.lifecycle.steps import Cause, Effect, Unfolding
from mentorctl.lifecycle.sweep import Course, NotSimple, Row, Saying, Timer, sweep
from mentorctl.lifecycle.working import Thing, Work
from mentorctl.rules.expressions.sql import Dialect, NotInSql, to_settled_sql
from mentorctl.state.batch import Batch
from mentorctl.state.live import Outgoing
from mentorctl.store import sql_read as read
from mentorctl.store.base import CommitRow
from mentorctl.store.contents import Row as StoredRow
from mentorctl.store.contents import record_of
from mentorctl.store.database import Database, typed, typed_in
from mentorctl.store.facts import kept_columns
from mentorctl.store.living import Head, Tally, time_passed
from mentorctl.store.sql_view import SqlView
from mentorctl.store.sql_write import Writer, seconds
from mentorctl.values import dataclass

WORTH_IT = 200  # timers in one stretch; fewer go the general way

_DUE = f"""
    SELECT t.due, p.rank, r.address, n.name, t.occurrence, t.since, t.entry, t.instance, i.place
    FROM timers t JOIN instances i ON i.id = t.instance JOIN places p ON p.id = i.place
    JOIN records r ON r.id = t.instance JOIN timer_names n ON n.id = t.timer
    WHERE t.due <= ? AND i.incident = '' AND {read.IS_LIVE} {read.TIMER_ORDER} LIMIT ?
"""
_DUE_TYPES = (int, int, str, str, int, int, int, int, int)
_PLACES = "SELECT id, definition, lifecycle, state FROM places"
_IN_IT = "(SELECT instance FROM timers WHERE due <= ?)"
_OTHER_TIMERS = f"""
    SELECT t.instance, n.name, t.due, t.since, t.entry, t.occurrence FROM timers t
    JOIN timer_names n ON n.id = t.timer WHERE t.instance IN {_IN_IT} AND t.due >= ?
"""
_ROWS = f"""
    SELECT i.id, i.place, i.entry, i.revision, i.entered, i.facts {{guards}}
    FROM instances i WHERE i.id IN {_IN_IT} AND i.incident = '' AND i.place IN ({{places}})
"""
_BODIES = "SELECT id, kind, body FROM records WHERE id IN ({wanted})"
_ROW_TYPES = (int, int, int, int, int, str)


class _Due(NamedTuple):
    """A timer that is due, as `sweep.Due`, with what else its row and that of its thing say."""

    due: int
    rank: int
    address: str
    timer: str
    occurrence: int
    since: int
    entry: int
    instance: int
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeping:
    """One commit of an advance that went this way."""

    commit: CommitRow
    tally: Tally
    more: bool


class Stretch(NamedTuple):
    """Timers that are due first and simple, and what they run by."""

    due: "list[_Due]"
    courses: "Courses"


def stretch(database: Database, view: SqlView, to: datetime, chunk: int) -> tuple[Stretch | None, bool, int]:
    """The timers that are due first and simple, whether others follow, and how many the general way may take.

    There is no stretch where it is not worth it.
    """
    limit = seconds(to)
    enough = database.rows("SELECT count(*) FROM (SELECT 1 FROM timers WHERE due <= ? LIMIT ?) x", (limit, WORTH_IT))
    if next(enough)[0] < WORTH_IT or chunk < WORTH_IT:
        return None, False, chunk
    courses = Courses(database, view)
    most = chunk * 8
    found = [_Due(*row) for row in typed(database, _DUE, _DUE_TYPES, (limit, most))]
    runs = [(simple, list(rows)) for simple, rows in groupby(found, key=courses.is_simple)]
    if runs and runs[0][0] and len(runs[0][1]) >= WORTH_IT:
        first = runs[0][1]
        return Stretch(first, courses), len(first) < len(found) or len(found) == most, chunk
    before = 0
    for simple, rows in runs:
        if simple and len(rows) >= WORTH_IT:
            return None, False, min(chunk, before)
        before += len(rows)
    return None, False, chunk


def swept(
    database: Database,
    view: SqlView,
    head: Head,
    stretch: Stretch,
    to: datetime,
    *,
    more: bool,
    at: datetime,
    actor: str,
    digest: str,
) -> Sweeping | None:
    """Fire a stretch and write what follows, or None when something in it is not simple after all."""
    rows = {row.address: row for row in stretch.courses.rows(stretch.due)}
    timers = [(row, row.timers) for row in rows.values()]
    due = [one[:5] for one in stretch.due]
    try:
        done = sweep(rows, due, seconds(to), seconds(at), horizon=due[-1] if more else None)
    except NotSimple:
        return None
    outgoing = _told(database, view, done.sayings, at)
    reached = read.instant(due[-1][0]) if more else to
    moved = [row for row in rows.values() if row.has_moved]
    commit = time_passed(head, to, reached, Batch(), at=at, actor=actor, swept=(len(moved), len(done.lines)))
    writer = Writer(database)
    writer.sweep(moved, timers)
    writer.log_swept(done.lines, commit, ACTOR)
    writer.send(outgoing, commit.serial)
    writer.commit(commit, digest)
    tally = Tally(
        fired=done.fired,
        refused=done.refused,
        skipped=done.skipped,
        incidents=0,
        moves=done.moves,
        told=Counter(message.effect for message in outgoing),
    )
    return Sweeping(commit=commit, tally=tally, more=more)


def _told(database: Database, view: SqlView, sayings: list[Saying], at: datetime) -> tuple[Outgoing, ...]:
    """The messages, made as the runtime makes them."""
    work = Work(view, recorded=at, bulk=True)
    numbers = dict.fromkeys(saying.number for saying in sayings)
    found = typed_in(database, _BODIES, (int, str, str), numbers)
    kept = {number: (kind, body) for number, kind, body in found}
    for saying in sayings:
        instance, cause = saying.instance, Cause(at=read.instant(saying.at), actor=ACTOR, key=saying.key)
        kind, body = kept[saying.number]
        row = StoredRow(kind, body, instance.state)
        thing = Thing(record=record_of(row, instance.address, database.place), instance=instance, timers={})
        perform(Unfolding(work, cause, perform), Effect(name=saying.effect, thing=thing, cause=cause))
    return work.sent


class Courses:
    """The courses of all definitions in a store, and the rows that run by them."""

    def __init__(self, database: Database, view: SqlView) -> None:
        self._database = database
        self._view = view
        self._courses: dict[tuple[str, str], Course | None] = {}
        self._simple: dict[tuple[int, str], bool] = {}
        self._places: dict[int, tuple[str, str, str]] = {
            place: (definition, lifecycle, state)
            for place, definition, lifecycle, state in typed(database, _PLACES, (int, str, str, str))
        }

    def book(self, digest: str) -> Book | None:
        text = self._view.definition(digest) if digest else ""
        try:
            return book_of(digest, text) if text else None
        except ValueError:
            return None

    def is_simple(self, due: _Due) -> bool:
        key = (due.place, due.timer)
        known = self._simple.get(key)
        if known is None:
            definition, lifecycle, state = self._places[due.place]
            course = self.course(definition, lifecycle)
            known = self._simple[key] = course is not None and course.is_simple(state, due.timer)
        return known

    def course(self, definition: str, lifecycle: str) -> Course | None:
        key = (definition, lifecycle)
        if key not in self._courses:
            book = self.book(definition)
            machine = book.machine(lifecycle) if book else None
            made = Course(book, machine, counts_matches=self._counts_matches()) if book and machine else None
            self._courses[key] = made
        return self._courses[key]

    def _counts_matches(self) -> bool:
        """Whether anybody's enrollment asks in how many matches they are, so that a match concerns more than itself."""
        digests = [digest for (digest,) in typed(self._database, "SELECT digest FROM definitions", (str,))]
        machines = [book.machine("enrollment") for digest in digests if (book := self.book(digest))]
        return any(machine.reads_ever("matches") for machine in machines if machine)

    def rows(self, due: "list[_Due]") -> Iterator[Row]:
        """All things with one of these timers, with all their timers and the guards that are decided."""
        last = due[-1].due
        known = {one.instance: one for one in due}
        timers = self._timers(due)
        for course, places in self._courses_there(due):
            asked = [_in_sql(guard, self._database.dialect) for guard in course.guards]
            settled = [one for one in asked if one]
            query = _ROWS.replace("{guards}", "".join(f", CASE WHEN {text} THEN 1 ELSE 0 END" for text, _ in settled))
            query = query.replace("{places}", ", ".join(map(str, places)))
            values = (*(value for _, parameters in settled for value in parameters), last)
            types = (*_ROW_TYPES, *(int for _ in settled))
            truths_of: dict[tuple[int, ...], tuple[bool | None, ...]] = {}
            for number, place, entry, revision, entered, facts, *truths in typed(self._database, query, types, values):
                one = known.get(number)
                if one is None:
                    continue
                decided = tuple(truths)
                if decided not in truths_of:
                    each = iter(decided)
                    truths_of[decided] = tuple(bool(next(each)) if guard else None for guard in asked)
                yield Row(
                    number=number,
                    address=one.address,
                    rank=one.rank,
                    course=course,
                    state=self._places[place][2],
                    entry=entry,
                    revision=revision,
                    entered=entered,
                    facts=facts,
                    truths=truths_of[decided],
                    timers=timers[number],
                )

    def _timers(self, due: "list[_Due]") -> dict[int, dict[str, Timer]]:
        """All timers of the things with one of these, which are all that are due before the last of them."""
        timers: dict[int, dict[str, Timer]] = {}
        for one in due:
            timers.setdefault(one.instance, {})[one.timer] = (one.due, one.since, one.entry, one.occurrence)
        last = due[-1].due
        others = typed(self._database, _OTHER_TIMERS, (int, str, int, int, int, int), (last, last))
        for number, name, *timer in others:
            timers.setdefault(number, {})[name] = tuple(timer)
        return timers

    def _courses_there(self, due: "list[_Due]") -> Iterator[tuple[Course, list[int]]]:
        """The courses by which things run that have one of these timers, each with all its places."""
        there = sorted({self._places[place][:2] for place in {one.place for one in due}})
        for definition, lifecycle in there:
            course = self.course(definition, lifecycle)
            if course:
                yield course, [n for n, place in self._places.items() if place[:2] == (definition, lifecycle)]


def _in_sql(guard: Guard, dialect: Dialect) -> tuple[str, tuple[Any, ...]] | None:
    """A guard over the facts as the store keeps them, or None for one that is left to the closure."""
    try:
        return to_settled_sql(guard.expression, kept_columns(guard.expression, dialect), dialect)
    except NotInSql:
        return None
