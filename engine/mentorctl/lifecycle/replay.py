"""The log folded by the definitions under which it was written, and compared with the state: nobody altered either.

A line tells from which state to which a thing went, on which event, and what guards read. The definition of that line
must lead there, each line must begin where the one before ended, and the last one must have led to where it stands.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime

from mentorctl.addresses import Address
from mentorctl.lifecycle.book import Book, Machine, book_of
from mentorctl.lifecycle.follow import BEGIN
from mentorctl.lifecycle.guards import CLOCK_NAMES, guard_of
from mentorctl.lifecycle.migrate import EVENT as MIGRATED
from mentorctl.lifecycle.occur import PARKED, RETRIED
from mentorctl.lifecycle.rename import RENAMED, former_address
from mentorctl.lifecycle.saying import ENROLL
from mentorctl.lifecycle.settle import PLAN
from mentorctl.lifecycle.steps import PRIVATE, REMOVE
from mentorctl.state.live import FactValue, Instance, Logged
from mentorctl.values import dataclass

_FREE = frozenset(
    {BEGIN, PLAN, ENROLL, REMOVE, MIGRATED, RENAMED}
)  # a plan or a person puts a thing there, whatever leads there


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where log and state part: which thing, at which line (0: at the state), and how."""

    address: Address
    line: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What was folded, and everything that differs, the first one of each thing."""

    lines: int
    things: int
    differences: tuple[Difference, ...]


@dataclass(slots=True, kw_only=True)
class _Fold:
    """A thing as the log has it so far."""

    state: str = ""
    entry: int = 0
    entered: datetime | None = None
    facts: dict[str, FactValue] = field(default_factory=dict)
    incident: str = ""


def replayed(
    lines: Sequence[Logged], instances: Iterable[Instance], definitions: Mapping[str, str], *, first: int = 1
) -> Replayed:
    """Fold the lines, oldest first; `first` is the number of the first one."""
    folds: dict[Address, _Fold] = {}
    wrong: dict[Address, Difference] = {}
    books = _Books(definitions)
    for number, line in enumerate(lines, first):
        before = former_address(line)
        if before is not None and line.address not in folds:
            folds[line.address] = folds.pop(before, _Fold())
        fold = folds.setdefault(line.address, _Fold())
        problem = next(_problems(fold, line, books), "")
        if problem and line.address not in wrong:
            wrong[line.address] = Difference(address=line.address, line=number, detail=problem)
        _apply(fold, line)
    standing = {instance.address: instance for instance in instances}
    for address in sorted({*folds, *standing}):
        problem = next(_against_state(folds.get(address), standing.get(address)), "")
        if problem and address not in wrong:
            wrong[address] = Difference(address=address, line=0, detail=problem)
    ordered = sorted(wrong.values(), key=lambda d: (d.line == 0, d.line, d.address))
    return Replayed(lines=len(lines), things=len(standing), differences=tuple(ordered))


class _Books:
    """The definitions of the log, each read once."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._read: dict[str, Book | str] = {}

    def book(self, digest: str) -> Book | str:
        """The book, or what is wrong with its definition."""
        if digest not in self._read:
            text = self._texts.get(digest, "")
            try:
                self._read[digest] = book_of(digest, text) if text else "it is not in the store"
            except ValueError as error:
                self._read[digest] = str(error)
        return self._read[digest]


def _problems(fold: _Fold, line: Logged, books: _Books) -> Iterator[str]:
    if line.before != fold.state:
        yield f"it begins in `{line.before}`, and the line before left it in `{fold.state}`"
    moved = line.event not in (PARKED, RETRIED) and (line.entry != fold.entry)
    if line.entry not in (fold.entry, fold.entry + 1):
        yield f"it counts entry {line.entry} after entry {fold.entry}"
    if not line.definition:
        return
    book = books.book(line.definition)
    if isinstance(book, str):
        yield f"its definition `{line.definition}` cannot be read: {book}"
        return
    machine = book.machine(line.address.kind or ("cohort" if line.address.cohort else "program"))
    if machine and moved and line.event not in _FREE:
        yield from _no_way(machine, line, fold)


def _no_way(machine: Machine, line: Logged, fold: _Fold) -> Iterator[str]:
    """Whether the definition leads from there to there, with the facts that were read."""
    arcs = [
        t
        for t in machine.lifecycle.transitions
        if (t.source, t.event, t.target) == (line.before, line.event, line.after)
    ]
    if not arcs:
        yield f"`{line.event}` does not lead from `{line.before}` to `{line.after}`"
        return
    known = {**fold.facts, **dict(line.learned)}
    read = dict(line.facts)
    altered = sorted(n for n, v in read.items() if n not in CLOCK_NAMES and known.get(n, PRIVATE) not in (v, PRIVATE))
    if altered:
        yield f"its guard read `{altered[0]}` as `{read[altered[0]]}`, and the log knew `{known[altered[0]]}`"
    guards = [guard_of(arc.when, machine.lifecycle.facts) for arc in arcs]
    if not any(guard is None or guard.holds(read) for guard in guards):
        yield f"no guard of `{line.event}` from `{line.before}` to `{line.after}` holds for the facts that it read"
    if not any(set(arc.effects) <= set(line.effects) for arc in arcs):
        yield f"`{line.event}` has other effects than the line says"


def _apply(fold: _Fold, line: Logged) -> None:
    if line.event == PARKED:
        fold.incident = line.note.partition(":")[0]
        return
    if line.event == RETRIED:
        fold.incident = ""
        return
    if (line.after != line.before and line.event != MIGRATED) or fold.entered is None:
        fold.entered = line.occurred
    fold.state, fold.entry = line.after, line.entry
    fold.facts |= dict(line.learned)


def _against_state(fold: _Fold | None, instance: Instance | None) -> Iterator[str]:
    """How the state differs from what the log led to."""
    if instance is None:
        if fold and fold.state:
            yield f"the log left it in `{fold.state}`, and the state does not have it"
        return
    if fold is None or not fold.state:
        yield f"it is `{instance.state}` in the state, and the log does not lead there"
        return
    if instance.state != fold.state:
        yield f"the log left it in `{fold.state}`, and in the state it is `{instance.state}`"
    if instance.entry != fold.entry:
        yield f"the log counts {fold.entry} entries, and the state {instance.entry}"
    if instance.entered != fold.entered:
        yield f"the log says that it came there at {fold.entered}, and the state at {instance.entered}"
    if instance.incident != fold.incident:
        yield f"the log says the incident `{fold.incident or 'none'}`, and the state `{instance.incident or 'none'}`"
    facts = dict(instance.facts)
    for name in sorted({*facts, *fold.facts}):
        logged = fold.facts.get(name)
        if logged != PRIVATE and facts.get(name) != logged:
            yield f"the log knows `{name}` as `{logged}`, and the state as `{facts.get(name)}`"
