"""A store in SQL, whichever the database: what is read and written in a transaction that the database provides."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mentorctl.addresses import Address
from mentorctl.lifecycle.definition import DefinitionError, definition_from_text
from mentorctl.plan.consent import NOTHING_SAID, Consent
from mentorctl.plan.model import Plan
from mentorctl.state.batch import Batch
from mentorctl.state.live import Advanced, Happening, Instance
from mentorctl.store import sql_read as read
from mentorctl.store.base import Applied, CommitRow, Recorded
from mentorctl.store.bulk import stretch, swept
from mentorctl.store.carrying import carry, carrying
from mentorctl.store.contents import Contents, check_workspace, damaged, verify
from mentorctl.store.database import Database
from mentorctl.store.living import Head, Tally, added, events, released, retried, stride, tally_of
from mentorctl.store.sql_reader import SqlReader
from mentorctl.store.sql_view import SqlView
from mentorctl.store.sql_write import Writer
from mentorctl.store.transition import Effect, Order, checked, commit_row, digest_after, effect_of, formers, renaming
from mentorctl.values import dataclass

type Task[T] = Callable[[Database, bool], tuple[T, CommitRow | None]]


class SqlStore(SqlReader):
    """Reads and writes a store."""

    @abstractmethod
    def _committed[T](self, task: Task[T], *, at: datetime, actor: str) -> T:
        """Do a task in one transaction, and commit it when it comes with the row of a commit.

        The task learns whether the store was written before. A commit whose answer is lost is looked up by its id.
        """

    def apply(
        self,
        plan: Plan,
        *,
        apply_id: str,
        at: datetime,
        actor: str,
        new_lineage: str,
        consent: Consent = NOTHING_SAID,
    ) -> Applied:
        order = Order(plan=plan, apply_id=apply_id, at=at, actor=actor, new_lineage=new_lineage, consent=consent)

        def task(database: Database, written: bool) -> tuple[Applied, CommitRow | None]:
            contents = read.contents(database) if written else self._never_written
            check_workspace(contents.workspace, self._workspace, self._place)
            verify(contents)
            answer = checked(order, contents, _history(database, order) if written else ())
            if answer:
                return answer, None
            contents = _renamed(database, order, contents)
            rest = order if order.plan.renames else _carried(database, order, contents)
            if rest is not order:
                contents = read.contents(database)
            effect = effect_of(rest, contents, SqlView(database))
            _perform(database, effect, contents)
            return effect.answer, effect.commit

        return self._committed(task, at=at, actor=actor)

    def record(
        self, happenings: Sequence[Happening], *, commit_id: str, at: datetime, actor: str, strict: bool = False
    ) -> Recorded:
        def task(database: Database, written: bool) -> tuple[Recorded, CommitRow | None]:
            view, head, digest = self._opened(database, written)
            done = read.commit_of(database, commit_id) if written else None
            answer, batch, commit = events(
                view, head, done, happenings, commit_id=commit_id, at=at, actor=actor, strict=strict
            )
            if commit:
                _write(database, view, batch, commit, digest)
            return answer, commit

        return self._committed(task, at=at, actor=actor)

    def advance(
        self,
        to: datetime,
        *,
        at: datetime,
        actor: str,
        chunk: int = 5000,
        report: Callable[[Advanced], None] = lambda _: None,
    ) -> Advanced:
        until = to.astimezone(UTC).replace(microsecond=0)

        def task(database: Database, written: bool) -> tuple[tuple[_Pace, int], CommitRow | None]:
            view, head, digest = self._opened(database, written)
            first, more, most = stretch(database, view, until, chunk) if written else (None, False, chunk)
            if first:
                done = swept(database, view, head, first, until, more=more, at=at, actor=actor, digest=digest)
                if done:
                    return (_Pace(done.tally, done.commit, done.more), head.serial), done.commit
            step = stride(view, head, until, at=at, actor=actor, chunk=most)
            if step.commit:
                _write(database, view, step.batch, step.commit, digest)
            return (_Pace(tally_of(step.batch), step.commit, step.more), head.serial), step.commit

        so_far: Advanced | None = None
        more = True
        while more:
            step, serial = self._committed(task, at=at, actor=actor)
            so_far = so_far or Advanced(until=to, serial=serial)
            if step.commit:
                so_far = added(so_far, step.tally, step.commit)
            report(so_far)
            more = step.more
        return replace(so_far, until=to) if so_far else Advanced(until=to, serial=0)

    def retry(self, addresses: Sequence[Address], *, at: datetime, actor: str) -> tuple[Instance, ...]:
        def task(database: Database, written: bool) -> tuple[tuple[Instance, ...], CommitRow | None]:
            view, head, digest = self._opened(database, written)
            batch, commit = retried(view, head, addresses, at=at, actor=actor)
            if commit:
                _write(database, view, batch, commit, digest)
            return batch.moved, commit

        return self._committed(task, at=at, actor=actor)

    def release(self, numbers: Sequence[int], *, at: datetime, actor: str) -> tuple[int, ...]:
        def task(database: Database, written: bool) -> tuple[tuple[int, ...], CommitRow | None]:
            _, head, digest = self._opened(database, written)
            waiting = read.outbox(database, 0, None) if written else ()
            free, commit = released(waiting, head, numbers, at=at, actor=actor)
            if commit:
                writer = Writer(database)
                writer.release(free)
                writer.commit(commit, digest)
            return free, commit

        return self._committed(task, at=at, actor=actor)

    def _opened(self, database: Database, written: bool) -> tuple[SqlView, Head, str]:
        """The view of a transaction, where the store is, and the digest of its state. Raises WrongStore."""
        if not written:
            return SqlView(database), Head(place=self._place, serial=0, clock=None), ""
        workspace, _, serial, digest = read.head(database)
        check_workspace(workspace, self._workspace, self._place)
        last = read.last_commit(database)
        if last is None:
            raise damaged(self._place, f"it is at serial {serial} and lists no such commit")
        return SqlView(database), Head(place=self._place, serial=serial, clock=last.clock), digest


@dataclass(frozen=True, slots=True)
class _Pace:
    """One commit of an advance, or that there was nothing to write, and whether more is to come."""

    tally: Tally
    commit: CommitRow | None
    more: bool


def _write(database: Database, view: SqlView, batch: Batch, commit: CommitRow, digest: str) -> None:
    """Write a batch of the runtime, which knows only rows that the view has read."""
    before = {address: view.row(address) for address in (*(r.address for r in batch.changed), *batch.removed)}
    known = {address: row for address, row in before.items() if row is not None}
    writer = Writer(database)
    writer.write(batch, known, commit.serial)
    writer.commit(commit, digest_after(batch, known, digest, database.place))


def _history(database: Database, order: Order) -> tuple[CommitRow, ...]:
    plan = order.plan
    return read.commits_that_matter(database, commit_id=order.apply_id, digest=plan.digest, serial=plan.serial)


def _renamed(database: Database, order: Order, contents: Contents) -> Contents:
    """Call everything as the plan does, and the contents as they are then."""
    batch = renaming(order, contents, SqlView(database))
    if batch.is_empty:
        return contents
    Writer(database).write(batch, contents.rows, contents.serial + 1)
    digest = digest_after(batch, contents.rows, contents.state_digest, contents.place)
    return replace(read.contents(database), state_digest=digest)


def _carried(database: Database, order: Order, contents: Contents) -> Order:
    """Carry everybody over whose migration is simple enough for sets; the order with what is left to do."""
    left = []
    row = commit_row(order, contents)
    texts = {definition.digest: definition.text for definition in order.plan.definitions}
    for change in order.plan.migrations:
        try:
            old, new = (
                definition_from_text(texts.get(digest) or read.definition(database, digest))
                for digest in (change.old, change.new)
            )
        except DefinitionError:
            return order
        way = carrying(database, change, old, new)
        if way is None:
            left.append(change)
        else:
            carry(database, way, serial=row.serial, at=row.clock, actor=order.actor)
    if len(left) == len(order.plan.migrations):
        return order
    return replace(order, plan=replace(order.plan, migrations=tuple(left)))


def _perform(database: Database, effect: Effect, contents: Contents) -> None:
    writer = Writer(database)
    if not contents.lineage:
        writer.begin_history(effect.workspace, effect.lineage)
    writer.define(effect.definitions)
    writer.write(effect.batch, contents.rows, effect.commit.serial)
    writer.keep_former(formers(effect.batch, contents.rows), effect.commit.serial)
    digest = digest_after(effect.batch, contents.rows, contents.state_digest, contents.place)
    writer.commit(effect.commit, digest)
