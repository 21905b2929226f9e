"""The way back from an apply: what the log says that it did, turned round, as far as nobody acted on it since.

What was only put into the state is taken away again, what people were told of is ended, and what was replaced becomes
what it was. People keep what they did: a match that somebody accepted, a meeting that was held and an answer that was
given stay, and are said to. A migration is taken back with the rest, when the files say again what they said before.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mentorctl.addresses import Address
from mentorctl.diagnostics import Diagnostic, finding
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.compiler import lifecycle_named
from mentorctl.lifecycle.machine import Stepper
from mentorctl.lifecycle.migrate import EVENT
from mentorctl.lifecycle.migration import Line, reversed_lines
from mentorctl.plan.differ import is_live
from mentorctl.plan.verdicts import Remains
from mentorctl.state.live import Logged, LogRow, Outgoing
from mentorctl.state.model import (
    CheckInRecord,
    EnrollmentRecord,
    MatchRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    Snapshot,
    TrainingRecord,
)
from mentorctl.values import dataclass

type Ways = Mapping[tuple[str, str], tuple[Line, ...]]  # (program, lifecycle) → what becomes of whom

_PLURALS = {"match": "matches", "check_in": "check-ins", "training": "trainings"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """One apply as the store remembers it: its lines, those of later commits, what it replaced, whom it told."""

    commit_id: str
    serial: int
    logged: tuple[Logged, ...]
    later: tuple[LogRow, ...]
    former: tuple[Record, ...]
    told: tuple[Outgoing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """What the way back comes to: the records as they should be, and what is left of the apply."""

    records: tuple[Record, ...]
    remains: tuple[Remains, ...]


def ways_back(undoing: Undoing, programs: Iterable[CompiledProgram]) -> tuple[Ways, tuple[Diagnostic, ...]]:
    """What takes everybody back whom the migration of an apply moved. Finding MC4050 says why it is refused."""
    known = {compiled.program.id: compiled for compiled in programs}
    moved: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
    for line in undoing.logged:
        if line.event == EVENT:
            key = (line.address.program, line.address.kind or ("cohort" if line.address.cohort else "program"))
            moved.setdefault(key, {})[line.before, line.after] = line.definition
    ways: dict[tuple[str, str], tuple[Line, ...]] = {}
    for (program, lifecycle), pairs in sorted(moved.items()):
        compiled = known.get(program)
        if compiled is None or compiled.runtime.digest in pairs.values():
            return _refused(
                f"the files still say of `{program}` what the apply {undoing.serial} carried people over to",
                "take the change of the files back first (`git revert`), then plan the way back",
            )
        back, why = reversed_lines(Line(old=old, to=new) for old, new in pairs)
        if why:
            return _refused(
                f"the lifecycle `{lifecycle}` of `{program}` cannot go back: {why}",
                "write under `migration` what becomes of whom",
            )
        ways[program, lifecycle] = back
    return ways, ()


def _refused(detail: str, remedy: str) -> tuple[Ways, tuple[Diagnostic, ...]]:
    return {}, (finding("MC4050", detail, help=remedy),)


def taken_back(undoing: Undoing, programs: Iterable[CompiledProgram], snapshot: Snapshot) -> TakenBack:
    """The records as they are to be, and what cannot be taken back; migrations are carried out in the snapshot."""
    return _Undo(undoing, {compiled.program.id: compiled for compiled in programs}, snapshot).done()


def nothing_left(undoing: Undoing, remains: Iterable[Remains]) -> Diagnostic:
    """The finding for an apply of which a plan can take back nothing."""
    why = "; ".join(f"{one.count:,} {one.what}: {one.why}" for one in remains)
    return finding(
        "MC7046",
        f"nothing of the apply {undoing.serial} can be taken back{': ' if why else ''}{why}",
        help="`mentorctl history` shows what happened since",
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """What the apply did to one thing: from which state into which; "" where it was not there."""

    before: str
    after: str


class _Undo:
    """One way back, worked out from matches to the people in them."""

    def __init__(self, undoing: Undoing, programs: Mapping[str, CompiledProgram], snapshot: Snapshot) -> None:
        self._undoing = undoing
        self._programs = programs
        self._now = snapshot.by_address
        self._clock = snapshot.clock
        self._former = {record.address: record for record in undoing.former}
        self._steps = _steps(undoing.logged)
        self._since = _since(undoing.later)
        self._told = {message.address for message in undoing.told if not message.held}
        self._wanted: dict[Address, Record] = dict(self._now)
        self._left: Counter[tuple[str, str]] = Counter()
        self._busy: set[tuple[str, str, str]] = set()  # (program, cohort, person) in a match that stays
        self._staying: set[Address] = set()

    def done(self) -> TakenBack:
        for kind in ("match", "session", "enrollment", "training", "check_in", "cohort", "program"):
            for address, step in self._steps.items():
                if (address.kind or ("cohort" if address.cohort else "program")) == kind:
                    self._take_back(kind, address, step)
        return TakenBack(
            records=tuple(self._wanted[address] for address in sorted(self._wanted)),
            remains=(*self._of_messages(), *self._of_things()),
        )

    # -- one thing -----------------------------------------------------------------------------------------------------

    def _take_back(self, kind: str, address: Address, step: _Step) -> None:
        now = self._now.get(address)
        why = self._why_not(kind, address, step, now)
        if why:
            self._leave(kind, address, now, why)
        elif not step.before and now is not None:
            self._unmake(address, now)
        elif step.before:
            self._restore(address, step, now)

    def _why_not(self, kind: str, address: Address, step: _Step, now: Record | None) -> str:
        """Why a thing stays as it is, or "" where it can go back."""
        if address in self._since:
            return f"{_deeds(self._since[address])} since"
        if (now.state if now else "") != step.after:
            return "they are somewhere else by now"
        match kind:
            case "program" | "cohort":
                return self._why_not_written(address, step)
            case "match" if self._would_stand(now, step) and self._are_taken(now):
                return "their people have another match by now"
            case "enrollment" if isinstance(now, EnrollmentRecord):
                return self._why_not_out(now, step)
            case "training" | "check_in" if not step.before and self._above(now) in self._staying:
                return "their people take part"
            case "session" if isinstance(now, SessionRecord):
                return self._why_not_then(now, step)
        return ""

    def _why_not_out(self, enrollment: EnrollmentRecord, step: _Step) -> str:
        """Why somebody's part stays."""
        here = enrollment.address
        if (here.program, here.cohort, enrollment.person) in self._busy:
            return "their people are in a match that stays"
        below = (a for a in self._since if a.kind in ("training", "check_in"))
        if not step.before and any(self._above(self._now.get(address)) == here for address in below):
            return "their people were trained or asked since"
        return ""

    @staticmethod
    def _above(record: Record | None) -> Address | None:
        """The enrollment that a training or a check-in belongs to."""
        if not isinstance(record, TrainingRecord | CheckInRecord):
            return None
        return record.address.beside("enrollment", record.enrollment)

    def _why_not_written(self, address: Address, step: _Step) -> str:
        """What the files say goes back with the files."""
        if not step.before:
            return "what the files have stays; take it out of the files, or say how it is retired"
        former, compiled = self._former.get(Address(program=address.program)), self._programs.get(address.program)
        if isinstance(former, ProgramRecord) and (compiled is None or compiled.definition != former.definition):
            return "the files still say what the apply led to; take their change back with git"
        return ""

    def _why_not_then(self, session: SessionRecord, step: _Step) -> str:
        """A meeting goes back to a time only if that is still to come, and stays with its match."""
        if session.address.beside("match", session.subject) in self._staying:
            return "their match stays"
        former = self._former.get(session.address, session) if step.before else session
        is_past = isinstance(former, SessionRecord) and bool(self._clock) and former.starts <= self._clock[:16] + "Z"
        return "the time at which they were is past" if is_past else ""

    @staticmethod
    def _would_stand(now: Record | None, step: _Step) -> bool:
        """Whether a match that is over would live again."""
        return isinstance(now, MatchRecord) and bool(step.before) and is_live(replace(now, state=step.before))

    def _are_taken(self, match: Record | None) -> bool:
        """Whether somebody of a match has one that began after the apply."""
        people = set(match.people) if isinstance(match, MatchRecord) else set()
        begun = (r for a, r in self._now.items() if "begin" in self._since.get(a, ()))
        return any(isinstance(r, MatchRecord) and is_live(r) and people & set(r.people) for r in begun)

    def _leave(self, kind: str, address: Address, now: Record | None, why: str) -> None:
        self._left[kind, why] += 1
        self._staying.add(address)
        if isinstance(now, MatchRecord) and is_live(now):
            self._busy |= {(now.address.program, now.address.cohort, person) for person in now.people}

    def _unmake(self, address: Address, now: Record) -> None:
        """What was not there before: taken away, or brought to its end where people know of it."""
        match now:
            case SessionRecord():
                self._wanted[address] = replace(now, state="cancelled")
            case MatchRecord() if address in self._told or self._has_lived(address):
                stepper = Stepper(lifecycle_named(self._programs[address.program].lifecycles, "match"))
                self._wanted[address] = replace(now, state=stepper.step(now.state, "end", {}).state)
            case _:
                del self._wanted[address]

    def _has_lived(self, match: Address) -> bool:
        """Whether something happened to a meeting of a match."""
        return any(
            isinstance(record, SessionRecord) and record.subject == match.id and record.address in self._since
            for record in self._now.values()
        )

    def _restore(self, address: Address, step: _Step, now: Record | None) -> None:
        """What was there before, as it was."""
        before = self._former.get(address) or now
        if before is not None:
            self._wanted[address] = replace(before, state=step.before)

    # -- what is left --------------------------------------------------------------------------------------------------

    def _of_messages(self) -> Iterator[Remains]:
        """Messages are the one thing that nobody can take back."""
        sent = Counter(message.effect.removeprefix("notify.") for message in self._undoing.told if not message.held)
        held = sum(1 for message in self._undoing.told if message.held)
        for name, count in sorted(sent.items()):
            yield Remains(what=f"messages `{name}`", count=count, why="they went out, and people may have read them")
        if held:
            yield Remains(
                what="messages that are held", count=held, why="they tell of what is taken back; do not release them"
            )

    def _of_things(self) -> Iterator[Remains]:
        for (kind, why), count in sorted(self._left.items()):
            words = kind.replace("_", "-") if count == 1 else _PLURALS.get(kind, f"{kind}s")
            yield Remains(what=words, count=count, why=why)


def _steps(logged: Iterable[Logged]) -> dict[Address, _Step]:
    """For each thing the states on both sides of the apply, in the order of addresses; migrations are told apart."""
    steps: dict[Address, _Step] = {}
    for line in logged:
        if line.event != EVENT:
            before = steps[line.address].before if line.address in steps else line.before
            steps[line.address] = _Step(before, line.after)
    return dict(sorted(steps.items()))


def _since(later: Iterable[LogRow]) -> dict[Address, tuple[str, ...]]:
    """What happened to each thing after the apply, by the names of events."""
    found: dict[Address, tuple[str, ...]] = {}
    for row in (row for row in later if row.line.event != EVENT):  # where that led somewhere else, the state says so
        found[row.line.address] = (*found.get(row.line.address, ()), row.line.event)
    return found


def _deeds(events: Iterable[str]) -> str:
    return "/".join(sorted(set(events)))
