"""Why each change is in a plan: the value of a file that asked for it, else the roster, what was recorded, or the day.

What changed in the files is told from the values that the state keeps of the last definition; which of them a change
follows from is told by the parts of a program that decide about records of its kind.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain

from mentorctl.addresses import Address
from mentorctl.diagnostics import WORKSPACE, FieldPath, Locator, Place, Span
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.saying import LEFT
from mentorctl.plan.consequences import Cause
from mentorctl.plan.differ import Partings, impacts, is_live, people_of
from mentorctl.plan.impact import SEVERITY
from mentorctl.plan.inputs import Draft, PlanInputs
from mentorctl.plan.intent import ValueChange, values_since
from mentorctl.plan.model import RECORDED, ROSTER, Action, Change, Plan
from mentorctl.state.model import (
    CheckInRecord,
    CohortRecord,
    EnrollmentRecord,
    MatchRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    TrainingRecord,
)
from mentorctl.values import dataclass

type Words = tuple[str, ...]

_SHOWN = 40  # characters of a value
_FIELDS: FieldPath = ("roster", "fields")
_NOT_IN_A_FILE = frozenset({"roster", "recorded"})
_QUOTES = re.compile(r'"([a-z0-9_.-]+)"')  # around words that need none
_STEP = re.compile(r"\[\d+\]|[^.\[\]]+")
_RETIRED: Words = ("retire",)
_MATCHING: FieldPath = ("matching",)
_QUIET: tuple[Words, ...] = (("meetings", "agendas"), ("meetings", "channel"))  # these move nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What asked for a change: where, in words, and by which key of the file, if any."""

    place: Place
    reason: str
    path: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Reasons:
    """Why each change is in the plan, by address, and by program all values that changed in its files."""

    why: Mapping[Address, Why]
    values: Mapping[str, tuple[Why, ...]]


def with_causes(changes: Sequence[Change], inputs: PlanInputs, draft: Draft) -> tuple[tuple[Change, ...], Reasons]:
    """The changes with their causes, and the reasons behind them."""
    by_program: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_program[change.address.program].append(change)
    known = {compiled.program.id: compiled for compiled in inputs.programs}
    why: dict[Address, Why] = {}
    values: dict[str, tuple[Why, ...]] = {}
    for program, mine in by_program.items():
        of = _Causes(mine, known.get(program), inputs, draft)
        why |= {change.address: of.why(change) for change in mine}
        values[program] = of.values
    return tuple(_explained(change, why[change.address], draft) for change in changes), Reasons(why=why, values=values)


def _explained(change: Change, why: Why, draft: Draft) -> Change:
    because = draft.because.get(change.address)
    known = draft.reasons.get(change.address)
    reason = because.reason if because else known.phrase if known else change.reason
    return replace(change, cause=why.place, reason=why.reason if why.path == _key(_RETIRED) else reason)


def causes_of(program: str, changes: Iterable[Change], reasons: Reasons, partings: Partings) -> tuple[Cause, ...]:
    """The causes of one program's changes, those that touch most people first, and values that touch nobody.

    Where they are written is filled in later.
    """
    people: dict[Why, set[str]] = {why: set() for why in reasons.values.get(program, ())}
    for change in changes:
        ids = {person for person, _ in impacts(change.before, change.after, partings)}
        if ids:
            people.setdefault(reasons.why[change.address], set()).update(ids)
    ranked = sorted(people.items(), key=lambda item: (-len(item[1]), item[0].path, item[0].reason))
    return tuple(
        Cause(file="", line=0, column=0, path=why.path, reason=why.reason, people=len(ids)) for why, ids in ranked
    )


def placed(plan: Plan, locator: Locator) -> Plan:
    """The plan with the line and column of each cause, so that it can be shown without the files."""
    spans: dict[Place, Span | None] = {}

    def span(place: Place | None) -> Span | None:
        if place is None or place in (ROSTER, RECORDED):
            return None
        if place not in spans:
            spans[place] = _deepest(place, locator)
        return spans[place]

    changes = tuple(
        replace(change, span=span(change.cause), cause=change.cause and replace(change.cause, on_key=False))
        for change in plan.changes
    )
    consequences = tuple(
        replace(one, causes=tuple(_located(cause, span(_place_of(one.program, cause))) for cause in one.causes))
        for one in plan.consequences
    )
    return replace(plan, changes=changes, consequences=consequences)


def _place_of(program: str, cause: Cause) -> Place | None:
    """Where a cause stands, from its path as it is written."""
    if cause.path in _NOT_IN_A_FILE:
        return None
    path: FieldPath = tuple(int(step[1:-1]) if step.startswith("[") else step for step in _STEP.findall(cause.path))
    document = WORKSPACE if path == _FIELDS else program
    return Place(document=document, path=path, on_key=bool(path) and isinstance(path[-1], str))


def _located(cause: Cause, span: Span | None) -> Cause:
    return replace(cause, file=span.file, line=span.line, column=span.column) if span else cause


def _deepest(place: Place, locator: Locator) -> Span | None:
    """Where a value is written, or what it would be written in."""
    path = place.path
    while True:
        span = locator.locate(replace(place, path=path, on_key=place.on_key and path == place.path))
        if span is not None:
            return Span(file=span.file, line=span.line, column=span.column)
        if not path:
            return None
        path = path[:-1]


class _Causes:
    """The causes within one program. A match gives its cause to its sessions, an enrollment to its trainings."""

    def __init__(
        self, changes: Sequence[Change], compiled: CompiledProgram | None, inputs: PlanInputs, draft: Draft
    ) -> None:
        self._changes = {change.address: change for change in changes}
        self._compiled = compiled
        self._inputs = inputs
        self._draft = draft
        self._known: dict[Address, Why] = {}
        self._shared: dict[tuple[Words, ...], Why | None] = {}

    def why(self, change: Change) -> Why:
        found = self._known.get(change.address)
        if found is None:
            found = self._known[change.address] = self._told(change, self._why(change))
        return found

    def _told(self, change: Change, why: Why) -> Why:
        """What is known better of a session: what moved it; of one whose match ended, that."""
        told = self._draft.reasons.get(change.address)
        if told is None or why.path == _key(_RETIRED):
            return why
        if told.cause.path == _MATCHING:
            return replace(why, reason=told.phrase)
        return Why(place=told.cause, reason=told.phrase, path=_key(told.cause.path))

    def _why(self, change: Change) -> Why:
        record = change.after or change.before
        if record is None or self._compiled is None:
            return Why(place=RECORDED, reason=change.reason, path="recorded")
        if self._compiled.program.retirement and not is_live(record):
            return self._own(change, _RETIRED, "the program is retired")
        match record:
            case ProgramRecord():
                return self._written(((),)) or self._own(change, ())
            case CohortRecord():
                return self._written(_dates(record)) or self._own(change, ("cohorts", record.address.cohort))
            case EnrollmentRecord():
                return self._enrollment(change, record)
            case TrainingRecord():
                return self._training(change, record)
            case MatchRecord():
                return self._match(change, record)
            case SessionRecord():
                return self._session(change, record)
            case CheckInRecord():
                return self._own(change, ("check_ins", record.check_in))

    # -- what the files say otherwise --------------------------------------------------------------------------------

    @property
    def values(self) -> tuple[Why, ...]:
        """All that changed in the files."""
        return tuple(self._changed_in(()))

    @cached_property
    def _values(self) -> tuple[ValueChange, ...]:
        """What changed in the program since it was last applied, the worst first."""
        program = self._compiled.program.id if self._compiled else ""
        before = self._inputs.snapshot.by_address.get(Address(program=program))
        written = before.written if isinstance(before, ProgramRecord) else ""
        found = values_since(written, self._inputs.written.get(program, {}))
        return tuple(sorted(found, key=lambda one: -SEVERITY[one.impact]))

    def _written(self, prefixes: tuple[Words, ...]) -> Why | None:
        """The first of some parts of the program in which a value changed."""
        if prefixes not in self._shared:
            self._shared[prefixes] = next(chain.from_iterable(map(self._changed_in, prefixes)), None)
        return self._shared[prefixes]

    def _changed_in(self, prefix: Words) -> Iterator[Why]:
        for value in self._values:
            here = value.words[: len(prefix)] == prefix
            if prefix and any(value.words[: len(quiet)] == quiet for quiet in _QUIET):
                continue
            if here:
                gone = value.action is Action.DELETE
                path = value.path[:-1] if gone else value.path
                yield Why(place=self._place(path, on_key=not gone), reason=_difference(value), path=_key(path))

    def _place(self, path: FieldPath, *, on_key: bool = False) -> Place:
        return Place(document=self._compiled.program.id if self._compiled else WORKSPACE, path=path, on_key=on_key)

    def _own(self, change: Change, path: FieldPath, reason: str = "") -> Why:
        """The part of the file that asks for it, changed or not."""
        return Why(place=self._place(path, on_key=bool(path)), reason=reason or change.reason, path=_key(path))

    def _begins(self, change: Change) -> Why | None:
        """The cohort, where it is new with this plan."""
        address = Address(program=change.address.program, cohort=change.address.cohort)
        of = self._changes.get(address)
        return self._own(of, ("cohorts", address.cohort)) if of and of.action is Action.CREATE else None

    # -- by kind -----------------------------------------------------------------------------------------------------

    def _enrollment(self, change: Change, record: EnrollmentRecord) -> Why:
        if record.state == "matched" or getattr(change.before, "state", "") == "matched":
            beside = self._match_of(record)
            if beside is not None and record.state != "withdrawn":
                return self.why(beside)
        parts: tuple[Words, ...] = (("eligibility", record.role.value), ("eligibility",), ("training",), ("lifecycle",))
        begins = self._begins(change)
        if begins is not None:
            return begins
        changed = None if record.state == "withdrawn" else self._written(parts)
        if changed is not None and change.before is not None:
            return changed
        if record.state == "waitlisted":
            return self._own(change, ("matching",))
        left = self._inputs.snapshot.instances.get(change.address)
        if left is not None and dict(left.facts).get(LEFT) is True:
            return _recorded(change)
        return _on_roster(change)

    def _training(self, change: Change, record: TrainingRecord) -> Why:
        begins = self._begins(change)
        if begins is not None:
            return begins
        module: Words = ("training", "modules", record.module)
        changed = self._written((module, ("timeline",), ("cohorts", record.address.cohort), ("training",)))
        if changed is not None and record.state == "assigned":
            return changed
        beside = self._changes.get(record.address.beside("enrollment", record.enrollment))
        if beside is not None and record.state in ("assigned", "cancelled"):
            return self.why(beside)
        return self._own(change, module) if record.state == "assigned" else _on_roster(change)

    def _match(self, change: Change, record: MatchRecord) -> Why:
        because = self._draft.because.get(change.address)
        if because is not None and because.left:
            return self._left(change, because.left)
        changed = self._written((("matching",), ("model",), ("projects",), ("eligibility",)))
        if changed is not None:
            return changed
        if self._rules_changed:
            return Why(
                place=Place(document=WORKSPACE, path=_FIELDS, on_key=True),
                reason="the fields that rules read are others",
                path=_key(_FIELDS),
            )
        if because is not None:
            return Why(place=ROSTER, reason=because.reason, path="roster")
        if is_live(change.before):
            gone = set(people_of(change.before) if change.before else ()) - set(record.people)
            return self._left(change, tuple(sorted(gone)))
        at = next((n for n, phase in enumerate(self._phases) if phase == "matching"), None)
        path: FieldPath = ("matching",) if at is None else ("timeline", "phases", at)
        return Why(place=self._place(path), reason="matching is open", path=_key(path))

    def _left(self, change: Change, people: Iterable[str]) -> Why:
        """Why somebody is in a match no more: as their own part says."""
        for person in people:
            for part in self._parts.get((change.address.cohort, person), ()):
                if isinstance(part.after, EnrollmentRecord) and part.after.state != "matched":
                    return self._left_by(part)
        return _on_roster(change)

    def _left_by(self, part: Change) -> Why:
        if isinstance(part.after, EnrollmentRecord) and part.after.state == "withdrawn":
            return self.why(part)
        role = part.after.role.value if isinstance(part.after, EnrollmentRecord) else ""
        return self._written((("eligibility", role), ("eligibility",), ("training",))) or _on_roster(part)

    def _session(self, change: Change, record: SessionRecord) -> Why:
        beside = self._changes.get(record.address.beside("match", record.subject))
        if record.kind == "meeting" and beside is not None and (change.before is None or not is_live(beside.after)):
            return self.why(beside)
        dates: tuple[Words, ...] = (("timeline",), ("cohorts", record.address.cohort), ("timezone",))
        own = _subject_path(record)
        changed = self._written(
            (own, *dates, ("meetings", "hours"), *((("training",),) if own[0] == "training" else ()))
        )
        if changed is not None:
            return changed
        begins = self._begins(change)
        if begins is not None:
            return begins
        if isinstance(change.before, SessionRecord):
            return self._other_people(change, change.before, record)
        return self._own(change, own)

    def _other_people(self, change: Change, before: SessionRecord, after: SessionRecord) -> Why:
        """Why a session is otherwise for people: as the part of one says who comes or stays away, else the roster."""
        for person in sorted(set(before.people) ^ set(after.people)):
            for part in self._parts.get((after.address.cohort, person), ()):
                return self.why(part)
        return _on_roster(change)

    # -- beside it ---------------------------------------------------------------------------------------------------

    @cached_property
    def _phases(self) -> tuple[str, ...]:
        return tuple(phase.id for phase in self._compiled.program.phases) if self._compiled else ()

    @cached_property
    def _rules_changed(self) -> bool:
        """Whether what decides about matches changed although nothing in the program's own file did."""
        if self._compiled is None:
            return False
        before = self._inputs.snapshot.by_address.get(Address(program=self._compiled.program.id))
        return isinstance(before, ProgramRecord) and before.matching_rules != self._compiled.matching_rules

    @cached_property
    def _parts(self) -> dict[tuple[str, str], list[Change]]:
        """The changed enrollments by cohort and person."""
        found: dict[tuple[str, str], list[Change]] = defaultdict(list)
        for change in self._changes.values():
            record = change.after or change.before
            if isinstance(record, EnrollmentRecord):
                found[record.address.cohort, record.person].append(change)
        return found

    @cached_property
    def _matches(self) -> dict[tuple[str, str], Change]:
        """A changed match of each person, one that is made before one that ends."""
        found: dict[tuple[str, str], Change] = {}
        for change in sorted(self._changes.values(), key=lambda c: is_live(c.after)):
            for record in (change.before, change.after):
                if isinstance(record, MatchRecord):
                    found |= {(record.address.cohort, person): change for person in record.people}
        return found

    def _match_of(self, record: EnrollmentRecord) -> Change | None:
        return self._matches.get((record.address.cohort, record.person))


def _dates(record: Record) -> tuple[Words, ...]:
    return (("cohorts", record.address.cohort), ("timeline",), ("timezone",))


def _subject_path(record: SessionRecord) -> Words:
    """What asks for a session."""
    match record.kind:
        case "training":
            return ("training", "modules", record.subject)
        case "event":
            return ("events", record.subject.partition(".")[0])
        case _:
            return ("meetings",)


def _on_roster(change: Change) -> Why:
    return Why(place=ROSTER, reason=change.reason, path="roster")


def _recorded(change: Change) -> Why:
    return Why(place=RECORDED, reason=change.reason, path="recorded")


def _key(path: FieldPath) -> str:
    """A path as it is written: `matching.require[1].id`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _difference(value: ValueChange) -> str:
    """What a value was and is, in a few characters."""
    show: Callable[[object], str] = _shown
    match value.action:
        case Action.CREATE:
            return f"`{value.words[-1]}` is new: {show(value.after)}"
        case Action.DELETE:
            return f"`{value.words[-1]}` is gone: {show(value.before)}"
        case Action.UPDATE:
            return f"{show(value.before)} → {show(value.after)}"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else _QUOTES.sub(r"\1", json.dumps(value, ensure_ascii=False))
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
