"""Due timers by the thousand in SQL: read at once, guards decided by the database, written in a few statements.

Only timers whose effects stay with their own thing go this way (`lifecycle.sweep`). They fire in the one order: this
takes the stretch of them that comes first, and what follows it goes the general way.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from mentorctl.lifecycle.book import Book, book_of
from mentorctl.lifecycle.fire import ACTOR
from mentorctl.lifecycle.follow import perform
from mentorctl.lifecycle.guards import Guard
from mentorctl.lifecycle.steps import Cause, Effect, Unfolding
from mentorctl.lifecycle.sweep import Course, Due, NotSimple, Row, Swept, sweep
from mentorctl.lifecycle.working import Thing, Work
from mentorctl.rules.expressions.sql import Dialect, NotInSql, to_settled_sql
from mentorctl.state.batch import Batch
from mentorctl.state.live import Outgoing
from mentorctl.store import sql_read as read
from mentorctl.store.base import CommitRow
from mentorctl.store.database import Database, typed
from mentorctl.store.facts import kept_columns
from mentorctl.store.living import Head, Tally, time_passed
from mentorctl.store.sql_view import SqlView
from mentorctl.store.sql_write import Writer, seconds

WORTH_IT = 200  # timers in one stretch; fewer go the general way

_DUE = f"""
    SELECT t.due, p.rank, r.address, n.name, t.occurrence, p.definition, p.lifecycle, p.state
    FROM timers t JOIN instances i ON i.id = t.instance JOIN places p ON p.id = i.place
    JOIN records r ON r.id = t.instance JOIN timer_names n ON n.id = t.timer
    WHERE t.due <= ? AND i.incident = '' {read.TIMER_ORDER} LIMIT ?
"""
_DUE_TYPES = (int, int, str, str, int, str, str, str)
_IN_IT = "(SELECT instance FROM timers WHERE due <= ?)"
_TIMERS = f"""
    SELECT t.instance, n.name, t.due, t.since, t.entry, t.occurrence FROM timers t
    JOIN timer_names n ON n.id = t.timer WHERE t.instance IN {_IN_IT}
"""
_ROWS = f"""
    SELECT i.id, r.address, p.rank, p.state, i.entry, i.revision, i.entered, i.facts {{guards}}
    FROM instances i JOIN places p ON p.id = i.place JOIN records r ON r.id = i.id
    WHERE i.id IN {_IN_IT} AND i.incident = '' AND p.definition = ? AND p.lifecycle = ?
"""
_ROW_TYPES = (int, str, int, str, int, int, int, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeping:
    """One commit of an advance that went this way."""

    commit: CommitRow
    tally: Tally
    more: bool


def stretch(database: Database, view: SqlView, to: datetime, chunk: int) -> tuple[list[Due], bool, int]:
    """The timers that are due first and simple, whether others follow, and how many the general way may take.

    The stretch is empty where it is not worth it.
    """
    limit = seconds(to)
    enough = database.rows("SELECT count(*) FROM (SELECT 1 FROM timers WHERE due <= ? LIMIT ?) x", (limit, WORTH_IT))
    if next(enough)[0] < WORTH_IT or chunk < WORTH_IT:
        return [], False, chunk
    courses = Courses(database, view)
    most = chunk * 8
    found: list[tuple[Any, ...]] = typed(database, _DUE, _DUE_TYPES, (limit, most))
    runs = [(simple, [row[:5] for row in rows]) for simple, rows in groupby(found, key=courses.is_simple)]
    if runs and runs[0][0] and len(runs[0][1]) >= WORTH_IT:
        first: list[Due] = runs[0][1]
        return first, len(first) < len(found) or len(found) == most, chunk
    before = 0
    for simple, rows in runs:
        if simple and len(rows) >= WORTH_IT:
            return [], False, min(chunk, before)
        before += len(rows)
    return [], False, chunk


def swept(
    database: Database,
    view: SqlView,
    head: Head,
    due: list[Due],
    to: datetime,
    *,
    more: bool,
    at: datetime,
    actor: str,
    digest: str,
) -> Sweeping | None:
    """Fire a stretch and write what follows, or None when something in it is not simple after all."""
    courses = Courses(database, view)
    rows = {row.address: row for row in courses.rows(due[-1][0])}
    timers = {address: dict(row.timers) for address, row in rows.items()}
    try:
        done = sweep(rows, due, seconds(to), seconds(at), horizon=due[-1] if more else None)
    except NotSimple:
        return None
    outgoing = _told(view, done, at)
    reached = read.instant(due[-1][0]) if more else to
    moved = [row for row in rows.values() if row.has_moved]
    commit = time_passed(head, to, reached, Batch(), at=at, actor=actor, swept=(len(moved), len(done.lines)))
    writer = Writer(database)
    writer.sweep(moved, [(rows[address], before) for address, before in timers.items()])
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


def _told(view: SqlView, done: Swept, at: datetime) -> list[Outgoing]:
    """The messages, made as the runtime makes them."""
    view.prefetch(dict.fromkeys(saying.instance.address for saying in done.sayings))
    work = Work(view, recorded=at, bulk=True)
    for saying in done.sayings:
        record = view.record(saying.instance.address)
        if record:
            cause = Cause(at=read.instant(saying.at), actor=ACTOR, key=saying.key)
            thing = Thing(record=record, instance=saying.instance, timers={})
            perform(Unfolding(work, cause, perform), Effect(name=saying.effect, thing=thing, cause=cause))
    return work.outgoing


class Courses:
    """The courses of all definitions in a store, and the rows that run by them."""

    def __init__(self, database: Database, view: SqlView) -> None:
        self._database = database
        self._view = view
        self._courses: dict[tuple[str, str], Course | None] = {}

    def book(self, digest: str) -> Book | None:
        text = self._view.definition(digest) if digest else ""
        try:
            return book_of(digest, text) if text else None
        except ValueError:
            return None

    def is_simple(self, due: tuple[Any, ...]) -> bool:
        *_, timer, _, definition, lifecycle, state = due
        course = self.course(definition, lifecycle)
        return course is not None and course.is_simple(state, timer)

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

    def rows(self, last: int) -> Iterator[Row]:
        """All things with a timer that is due at an instant, with all their timers and the guards that are decided."""
        timers: dict[int, dict[str, tuple[int, int, int, int]]] = {}
        for number, name, *timer in typed(self._database, _TIMERS, (int, str, int, int, int, int), (last,)):
            timers.setdefault(number, {})[name] = tuple(timer)
        for course in [course for course in self._courses_there(last) if course]:
            asked = [_in_sql(guard, self._database.dialect) for guard in course.guards]
            guards = "".join(f", CASE WHEN {text} THEN 1 ELSE 0 END" for text, _ in filter(None, asked))
            values = [value for _, parameters in filter(None, asked) for value in parameters]
            types = (*_ROW_TYPES, *(int for _ in filter(None, asked)))
            query = _ROWS.replace("{guards}", guards)
            where = (last, course.book.digest, course.name)
            for number, address, rank, state, entry, revision, entered, facts, *truths in typed(
                self._database, query, types, (*values, *where)
            ):
                decided = iter(truths)
                yield Row(
                    number=number,
                    address=address,
                    rank=rank,
                    course=course,
                    state=state,
                    entry=entry,
                    revision=revision,
                    entered=entered,
                    facts=facts,
                    truths=tuple(bool(next(decided)) if one else None for one in asked),
                    timers=timers.get(number, {}),
                )

    def _courses_there(self, last: int) -> list[Course | None]:
        query = (
            "SELECT DISTINCT p.definition, p.lifecycle FROM instances i JOIN places p ON p.id = i.place"
            f" WHERE i.id IN {_IN_IT} ORDER BY 1, 2"
        )
        return [self.course(*found) for found in typed(self._database, query, (str, str), (last,))]


def _in_sql(guard: Guard, dialect: Dialect) -> tuple[str, tuple[Any, ...]] | None:
    """A guard over the facts as the store keeps them, or None for one that is left to the closure."""
    try:
        return to_settled_sql(guard.expression, kept_columns(guard.expression, dialect), dialect)
    except NotInSql:
        return None
