"""Where the live state differs from what the files say, beside the roster: by hand, or from other files."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.saying import CAME, LEFT, TOLD
from mentorctl.plan.modes import SUSPENDED, names_of
from mentorctl.roster.conditions import labels_of
from mentorctl.roster.people import Roster
from mentorctl.rules.fields import Role
from mentorctl.spec.model import Mode
from mentorctl.state.live import FactValue
from mentorctl.state.model import CohortRecord, EnrollmentRecord, ProgramRecord, Record, Snapshot, TrainingRecord
from mentorctl.values import dataclass


class Deed(StrEnum):
    """What makes the state differ."""

    ENROLLED = "enrolled by hand"
    WITHDRAWN = "withdrawn by hand"
    APPROVED = "approved by hand"
    TRAINED = "training done by hand"
    MODE = "mode"
    NAME = "name"
    OWNER = "owner"
    START = "first day"
    DEFINITION = "definition"
    GONE = "not in the files"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """One difference: in the state and in the files, as people would write it; `who` is somebody by opaque id."""

    program: str
    cohort: str
    deed: Deed
    state: str
    files: str
    who: str = ""
    role: str = ""


def differences_by_hand(programs: Sequence[CompiledProgram], snapshot: Snapshot, roster: Roster) -> tuple[ByHand, ...]:
    """All of them, in the order of programs, cohorts, kinds and people."""
    known = {name: compiled for compiled in programs for name in names_of(compiled)}
    here = _Here(snapshot=snapshot, roster=roster, index_of={person: at for at, person in enumerate(roster.ids)})
    found = [one for record in snapshot.records for one in _of(record, known, here)]
    order = list(Deed)
    return tuple(sorted(found, key=lambda one: (one.program, one.cohort, order.index(one.deed), one.role, one.who)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Here:
    snapshot: Snapshot
    roster: Roster
    index_of: Mapping[str, int]

    def facts(self, record: Record) -> dict[str, FactValue]:
        """What was recorded of a thing."""
        instance = self.snapshot.instances.get(record.address)
        return dict(instance.facts) if instance else {}


def _of(record: Record, known: Mapping[str, CompiledProgram], here: _Here) -> Iterator[ByHand]:
    compiled = known.get(record.address.program)
    match record:
        case ProgramRecord() if compiled is None:
            if record.state != "closed":
                yield _said(record, Deed.GONE, record.name, "")
        case ProgramRecord() if compiled is not None:
            yield from _of_program(record, compiled)
        case CohortRecord() if compiled is not None:
            start = next((c.start.isoformat() for c in compiled.program.cohorts if c.id == record.address.cohort), "")
            if start and start != record.starts:
                yield _said(record, Deed.START, record.starts, start)
        case EnrollmentRecord() if compiled is not None:
            yield from _of_enrollment(record, compiled, here)
        case TrainingRecord() if compiled is not None:
            at = here.index_of.get(record.person, -1)
            told = here.facts(record).get(f"{TOLD}done") is True
            if told and at >= 0 and record.module not in labels_of(here.roster.completed, at):
                yield _said(record, Deed.TRAINED, record.module, "", who=record.person)
        case _:
            return


def _of_program(record: ProgramRecord, compiled: CompiledProgram) -> Iterator[ByHand]:
    program = compiled.program
    mode = Mode.SUSPENDED if record.state == SUSPENDED else Mode.LIVE
    if program.mode is not mode and not (program.mode is Mode.OBSERVE and mode is Mode.LIVE):
        yield _said(record, Deed.MODE, mode.value, program.mode.value)
    if record.name != program.name:
        yield _said(record, Deed.NAME, record.name, program.name)
    if record.owner != program.owner:
        yield _said(record, Deed.OWNER, record.owner, program.owner)
    if program.mode is Mode.LIVE and record.definition != compiled.definition:
        yield _said(record, Deed.DEFINITION, record.definition, compiled.definition)


def _of_enrollment(record: EnrollmentRecord, compiled: CompiledProgram, here: _Here) -> Iterator[ByHand]:
    at, roster, facts = here.index_of.get(record.person, -1), here.roster, here.facts(record)
    if at < 0:
        return
    applies = at in roster.applicants(record.role, record.address.program, record.address.cohort)
    if facts.get(CAME) is True and not applies and record.state not in compiled.ends("enrollment"):
        yield _said(record, Deed.ENROLLED, "takes part", "does not apply", who=record.person, role=record.role)
    if facts.get(LEFT) is True and applies:
        yield _said(record, Deed.WITHDRAWN, "left", "applies", who=record.person, role=record.role)
    if facts.get(f"{TOLD}approved") is True and not roster.approved[at]:
        yield _said(record, Deed.APPROVED, "approved", "not approved", who=record.person, role=record.role)


def _said(record: Record, deed: Deed, state: str, files: str, *, who: str = "", role: Role | str = "") -> ByHand:
    return ByHand(
        program=record.address.program,
        cohort=record.address.cohort,
        deed=deed,
        state=state,
        files=files,
        who=who,
        role=str(role),
    )
