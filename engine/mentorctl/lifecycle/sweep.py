"""Due timers by the thousand: what `fire` would bring about for those whose effects stay with their own thing.

Such a timer moves its thing or not, sets and ends timers of it, and tells people. What follows depends on few values,
so it is looked up once and then taken for thousands. Whatever is not of this kind is refused here and left to `fire`,
and a property test demands the same log of both.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, date, datetime
from functools import cached_property
from heapq import heappop, heappush
from json import loads
from typing import NamedTuple

from mentorctl.addresses import Address
from mentorctl.lifecycle.arming import LATE, key_of
from mentorctl.lifecycle.book import ENROLLED_ON, Book, Machine, read_by_guard
from mentorctl.lifecycle.facts import SINCE
from mentorctl.lifecycle.guards import CLOCK_NAMES, Guard, guard_of
from mentorctl.lifecycle.model import Late, Step, TimerRule
from mentorctl.lifecycle.table import dispatch_table
from mentorctl.lifecycle.timers import hangs_on_own_days, next_due
from mentorctl.state.live import Instance, facts_from_text, facts_to_text
from mentorctl.values import dataclass

_KINDS = frozenset({"enrollment", "match", "check_in", "training"})
_COUNTING = frozenset({"training"})  # whose steps change facts of other things
_TELLING = frozenset({"notify", "offer", "escalate", "schedule", "review"})
_LATE_SECONDS = int(LATE.total_seconds())
_CIRCLE = 32  # timers of one thing that set each other anew; `fire` finds out whether that has an end

type Timer = tuple[int, int, int, int]  # due, since, entry, occurrence
type Due = tuple[int, int, str, str, int]  # due, rank, address, timer, occurrence: the one order


class NotSimple(Exception):  # noqa: N818 - it is an answer: the caller goes the other way
    """Something would follow that does not stay with its own thing."""


@dataclass(slots=True, eq=False)
class Row:
    """A thing on the way, changed in place, but for the timers, which are others after each change.

    `truths` are the guards of its course that the store has decided.
    """

    number: int
    address: str
    rank: int
    course: "Course"
    state: str
    entry: int
    revision: int
    entered: int
    facts: str
    truths: tuple[bool | None, ...]
    timers: dict[str, Timer] = field(default_factory=dict)
    has_moved: bool = False

    @property
    def cohort(self) -> str:
        return self.address.split("/", 2)[1]

    def instance(self) -> Instance:
        return Instance(
            address=Address.parse(self.address),
            lifecycle=self.course.name,
            definition=self.course.book.digest,
            state=self.state,
            entry=self.entry,
            revision=self.revision,
            entered=_instant(self.entered),
            facts=facts_from_text(self.facts),
        )


class Line(NamedTuple):  # made by the hundred thousand, in a third of the time of a dataclass
    """One line of the log."""

    row: Row
    event: str
    at: int
    before: str
    after: str
    entry: int
    facts: str
    effects: tuple[str, ...]
    key: str
    note: str


class Saying(NamedTuple):
    """Something that people are to be told, about a thing as it stood then; `number` is that of its record."""

    number: int
    instance: Instance
    effect: str
    at: int
    key: str


@dataclass(slots=True, eq=False)
class Swept:
    """What a sweep came to."""

    lines: list[Line] = field(default_factory=list)
    sayings: list[Saying] = field(default_factory=list)
    moves: Counter[tuple[str, str, str, str, str]] = field(default_factory=Counter)
    fired: int = 0
    refused: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class _Case:
    """What a timer does in a state: `when` and the arcs name guards by their place in the course, -1 for none."""

    rule: TimerRule
    when: int
    arcs: tuple[tuple[int, Step], ...]
    reads: frozenset[str]


class Course:
    """What the timers of one lifecycle of one definition do."""

    def __init__(self, book: Book, machine: Machine, *, counts_matches: bool) -> None:
        self.book = book
        self.machine = machine
        self.name = machine.lifecycle.name
        self._is_still = self.name in _COUNTING or (self.name == "match" and counts_matches)
        self._cases: dict[tuple[str, str], _Case | None] = {}
        self._next: dict[tuple[str, str, int, int, str], tuple[int, int] | None] = {}
        self._held: dict[tuple[object, ...], bool] = {}
        self._read: dict[tuple[object, ...], str] = {}

    @cached_property
    def guards(self) -> tuple[Guard, ...]:
        """The guards that timers read: of their own and of the steps that they ask for."""
        lifecycle = self.machine.lifecycle
        events = {rule.event for rule in lifecycle.timers}
        texts = [rule.when for rule in lifecycle.timers] + [t.when for t in lifecycle.transitions if t.event in events]
        found = (guard_of(text, lifecycle.facts) for text in dict.fromkeys(texts) if text)
        return tuple(guard for guard in found if guard)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {guard.expression.text: place for place, guard in enumerate(self.guards)}

    def is_simple(self, state: str, timer: str) -> bool:
        """Whether all that can follow from a timer in a state stays with its own thing."""
        return self.case(state, timer) is not None

    def case(self, state: str, timer: str) -> _Case | None:
        key = (state, timer)
        if key not in self._cases:
            self._cases[key] = self._made(state, timer)
        return self._cases[key]

    def _made(self, state: str, timer: str) -> _Case | None:
        rule = self.machine.timers.get(timer)
        if self.name not in _KINDS or self.book.since or rule is None or state not in self.machine.states:
            return None
        if hangs_on_own_days(rule) or any(hangs_on_own_days(other) for other in self.machine.lifecycle.timers):
            return None
        if any(name.startswith(SINCE) for guard in self.guards for name in guard.reads):
            return None
        arcs = dispatch_table(self.machine.lifecycle).get((state, rule.event), ()) if rule.event else ()
        effects = {*rule.effects, *(effect for arc in arcs for effect in arc.step.effects)}
        if {effect.partition(".")[0] for effect in effects} - _TELLING or (arcs and self._is_still):
            return None
        return _Case(
            rule=rule,
            when=self._places[rule.when] if rule.when else -1,
            arcs=tuple((self._places[arc.when] if arc.when else -1, arc.step) for arc in arcs),
            reads=self.machine.reads(state, rule.event),
        )

    def next_after(self, rule: TimerRule, row: Row, since: int, behind: int) -> tuple[int, int] | None:
        """The next (occurrence, due) of a rule that counts from an instant, as `next_due` has it."""
        enrolled = str(loads(row.facts).get(ENROLLED_ON, "")) if ENROLLED_ON in row.facts else ""
        key = (rule.id, row.cohort, since, behind, enrolled)
        if key not in self._next:
            day = date.fromisoformat(enrolled) if enrolled else None
            found = next_due(self.book.definition, rule, row.cohort, _instant(since), behind=behind, since=day)
            self._next[key] = (found[0], int(found[1].timestamp())) if found else None
        return self._next[key]

    def holds(self, place: int, row: Row, at: int) -> bool:
        """Whether a guard holds for a thing at an instant."""
        if place < 0:
            return True
        decided = row.truths[place]
        if decided is not None:
            return decided
        guard = self.guards[place]
        key = (place, *_known(row, at, guard.reads))
        if key not in self._held:
            self._held[key] = guard.holds(self.book.facts_at(row.instance(), _instant(at), guard.reads))
        return self._held[key]

    def facts_read(self, names: frozenset[str], row: Row, at: int) -> str:
        if not names:
            return "{}"
        key = (names, *_known(row, at, names))
        found = self._read.get(key)
        if found is None:
            known = read_by_guard(self.book.facts_at(row.instance(), _instant(at), names), names)
            found = self._read[key] = facts_to_text(known)
        return found


def sweep(rows: Mapping[str, Row], due: Sequence[Due], until: int, wall: int, *, horizon: Due | None) -> Swept:
    """Fire timers that are due, in order, and those that are set by it until an instant and before the horizon.

    Raises NotSimple when one of those is not simple; then nothing of this may be written.
    """
    swept = Swept()
    later: list[Due] = []
    again: Counter[str] = Counter()
    for one in _in_order(due, later):
        row = rows[one[2]]
        running = row.timers.get(one[3])
        if running is None or (running[0], running[3]) != (one[0], one[4]):
            continue
        before = row.timers
        _fire(swept, row, one[3], running, wall)
        swept.fired += 1
        for name, timer in row.timers.items():
            following = (timer[0], row.rank, row.address, name, timer[3])
            if timer[0] <= until and before.get(name) != timer and (horizon is None or following < horizon):
                again[row.address] += 1
                if again[row.address] > _CIRCLE:
                    raise NotSimple(row.address)
                heappush(later, following)
    return swept


def _in_order(due: Iterable[Due], later: list[Due]) -> Iterable[Due]:
    for one in due:
        while later and later[0] < one:
            yield heappop(later)
        yield one
    while later:
        yield heappop(later)


def _fire(swept: Swept, row: Row, name: str, timer: Timer, wall: int) -> None:
    course = row.course
    case = course.case(row.state, name)
    if case is None:
        raise NotSimple(name)
    due, since, entry, occurrence = timer
    at, rule = max(due, row.entered), case.rule
    key = key_of(row.address, entry, name, occurrence)
    then = course.next_after(rule, row, since, occurrence) if rule.every else None
    row.timers = {other: known for other, known in row.timers.items() if other != name}
    if then:
        row.timers[name] = (then[1], since, entry, then[0])
    if _is_passed_over(rule, due, then, wall) or not course.holds(case.when, row, at):
        swept.skipped += 1
        return
    before = row.state
    if rule.event:
        step = next((step for when, step in case.arcs if course.holds(when, row, at)), None)
        if step is None:
            outcome = "refused" if case.arcs else "invalid"
            swept.refused += 1
            note = f"{rule.event} was {outcome}"
            swept.lines.append(Line(row, name, at, before, before, row.entry, "{}", rule.effects, key, note))
        else:
            read = course.facts_read(case.reads, row, at)
            _move(row, rule.event, step.state, at)
            line = Line(row, rule.event, at, before, row.state, row.entry, read, step.effects, key, name)
            swept.lines.append(line)
            _say(swept, row, step.effects, at, key)
            if before != row.state:
                swept.moves[row.address.split("/", 1)[0], course.name, rule.event, before, row.state] += 1
    elif rule.effects:
        swept.lines.append(Line(row, name, at, before, before, row.entry, "{}", rule.effects, key, ""))
    _say(swept, row, rule.effects, at, key)


def _is_passed_over(rule: TimerRule, due: int, then: tuple[int, int] | None, wall: int) -> bool:
    """As `arming.is_passed_over`."""
    if rule.late is Late.SKIP:
        return due < wall - _LATE_SECONDS
    return rule.late is Late.FIRE_ONCE and then is not None and then[1] <= wall


def _move(row: Row, event: str, state: str, at: int) -> None:
    """Into a state, with the timers that `arming.after_step` would set and end."""
    before, running = row.state, row.timers
    row.state, row.entry, row.has_moved = state, row.entry + 1, True
    row.entered = row.entered if state == before else at
    row.timers = {}
    for rule in row.course.machine.timers_in(state):
        is_again = event in rule.on
        if before in rule.during and not is_again:
            if rule.id in running:
                row.timers[rule.id] = running[rule.id]
        elif state in rule.arms or is_again:
            found = row.course.next_after(rule, row, row.entered, 0)
            if found:
                row.timers[rule.id] = (found[1], row.entered, row.entry, found[0])


def _say(swept: Swept, row: Row, effects: tuple[str, ...], at: int, key: str) -> None:
    if effects:
        instance = row.instance()
        swept.sayings += [Saying(row.number, instance, effect, at, key) for effect in effects]


def _known(row: Row, at: int, names: frozenset[str]) -> tuple[str | int, ...]:
    """All that some facts of a thing depend on: with equal ones the answer is the same."""
    return (row.facts,) if names.isdisjoint(CLOCK_NAMES) else (row.facts, row.entered, at)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
