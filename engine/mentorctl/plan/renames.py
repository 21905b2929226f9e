"""What is called otherwise in the files than in the state: moved where `was:` says so, suggested where it may be meant.

Planning goes on from the names of the files, so that nothing ends and begins again because of a word.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import product

from mentorctl.addresses import Address
from mentorctl.diagnostics import Diagnostic, Place, finding
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.rename import Rename, moves_of
from mentorctl.plan.differ import people_of
from mentorctl.spec.rename_checks import ids_in_use
from mentorctl.spec.renames import Former, Named
from mentorctl.state.model import (
    CheckInRecord,
    CohortRecord,
    MatchRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    Snapshot,
    TrainingRecord,
)
from mentorctl.values import dataclass

_ORDER = tuple(Named)
_ALIKE = 0.6  # how much of two ids must agree before one is taken for the other


@dataclass(frozen=True, kw_only=True)
class Renaming:
    """The renames of a plan, the snapshot as everything is called then, and what there is to say."""

    renames: tuple[Rename, ...]
    snapshot: Snapshot
    findings: tuple[Diagnostic, ...] = ()


def plan_renames(programs: Sequence[CompiledProgram], snapshot: Snapshot) -> Renaming:
    """Move everything in the state that was called otherwise before; it is refused where two would become one."""
    found: list[Diagnostic] = []
    wanted: list[Rename] = []
    for compiled in programs:
        mine, wrong = _of_program(compiled, snapshot)
        wanted += mine
        found += wrong
    if not wanted:
        return Renaming(renames=(), snapshot=snapshot, findings=(*found, *_suggested(programs, snapshot)))
    wanted.sort(key=lambda r: (_ORDER.index(r.kind), r.program, r.new))
    moves = moves_of(snapshot.records, wanted)
    after = after_renames(snapshot, moves.records)
    renames = tuple(
        replace(rename, records=len(concerned), people=_people(concerned))
        for rename, concerned in zip(wanted, moves.concerned, strict=True)
    )
    return Renaming(renames=renames, snapshot=after, findings=(*found, *_suggested(programs, after)))


def after_renames(snapshot: Snapshot, moved: Iterable[tuple[Record, Record]]) -> Snapshot:
    """The snapshot with records and instances where renames took them."""
    then = {before.address: after for before, after in moved}
    instances = {
        (then[address].address if address in then else address): (
            replace(instance, address=then[address].address) if address in then else instance
        )
        for address, instance in snapshot.instances.items()
    }
    records = sorted((then.get(r.address, r) for r in snapshot.records), key=lambda record: record.address)
    return replace(snapshot, records=tuple(records), instances=instances)


def _people(records: Iterable[Record]) -> int:
    return len({person for record in records for person in people_of(record)})


# -- what `was:` says --------------------------------------------------------------------------------------------------


def _of_program(compiled: CompiledProgram, snapshot: Snapshot) -> tuple[list[Rename], list[Diagnostic]]:
    """The renames of one program that the state has something for."""
    program = compiled.program
    former = [one for one in program.former if one.kind is Named.PROGRAM]
    names = [program.id, *(one.old for one in former)]
    standing = [name for name in names if Address(program=name) in snapshot.by_address]
    if len(standing) > 1:
        return [], [_both(compiled, former[0], standing)]
    here = standing[0] if standing else program.id
    renames = [] if here == program.id else [_rename(compiled, Named.PROGRAM, here, program.id)]
    found: list[Diagnostic] = []
    by_new: dict[tuple[Named, str], list[Former]] = {}
    for one in program.former:
        if one.kind is not Named.PROGRAM:
            by_new.setdefault((one.kind, one.new), []).append(one)
    known = _known(snapshot, here) if by_new else {}
    for (kind, new), formers in by_new.items():
        held = [name for name in (new, *(one.old for one in formers)) if name in known.get(kind, ())]
        if kind is Named.RULE:  # points of one rule under two names are no contradiction
            renames += [_rename(compiled, kind, name, new) for name in held if name != new]
        elif len(held) > 1:
            found.append(_both(compiled, formers[0], held))
        elif held and held[0] != new:
            renames.append(_rename(compiled, kind, held[0], new))
    return renames, found


def _rename(compiled: CompiledProgram, kind: Named, old: str, new: str) -> Rename:
    return Rename(kind=kind, program=compiled.program.id, old=old, new=new, records=0)


def _both(compiled: CompiledProgram, former: Former, held: Sequence[str]) -> Diagnostic:
    names = " and ".join(f"`{name}`" for name in held[:2])
    return finding(
        "MC7020",
        f"both {names} are in the state as the {former.kind} that is `{former.new}` now",
        help=f"remove `{former.old}` from `was`; what became of its people is for `retire` and the roster to say",
        place=Place(document=compiled.program.id, path=former.path),
    )


def _known(snapshot: Snapshot, program: str) -> dict[Named, set[str]]:
    """The ids of one program that the state holds, by what has them."""
    records = snapshot.of_program(program)
    sessions = [r for r in records if isinstance(r, SessionRecord) and r.kind != "meeting"]
    matches = [r for r in records if isinstance(r, MatchRecord)]
    subjects = {match.subject for match in matches} - {""}
    return {
        Named.PROGRAM: {r.address.program for r in records if isinstance(r, ProgramRecord)},
        Named.COHORT: {r.address.cohort for r in records if isinstance(r, CohortRecord)},
        Named.MODULE: {r.module for r in records if isinstance(r, TrainingRecord)}
        | {session.subject for session in sessions if session.kind == "training"},
        Named.EVENT: {session.subject.partition(".")[0] for session in sessions if session.kind == "event"},
        Named.CHECK_IN: {r.check_in for r in records if isinstance(r, CheckInRecord)},
        Named.NEED: subjects,
        Named.PROJECT: subjects,
        Named.RULE: {rule for match in matches for rule in (*(t.rule for t in match.terms), *match.relaxed)},
    }


# -- what may be meant -------------------------------------------------------------------------------------------------

_WHERE = {
    Named.COHORT: "cohorts",
    Named.MODULE: "training.modules",
    Named.EVENT: "events",
    Named.CHECK_IN: "check_ins",
}
_SUGGESTED = tuple(_WHERE)  # rules only name points, and needs and projects begin anew with other words


def _suggested(programs: Sequence[CompiledProgram], snapshot: Snapshot) -> Iterator[Diagnostic]:
    """MC7021: an id that is gone beside a similar one that is new."""
    in_state = {r.address.program: r for r in snapshot.records if isinstance(r, ProgramRecord)}
    in_files = {compiled.program.id: compiled for compiled in programs}
    new = {name: in_files[name].program.name for name in in_files if name not in in_state}
    gone = {name: record.name for name, record in in_state.items() if name not in in_files}
    for old, name in _alike(gone, new):
        yield _suggestion(Named.PROGRAM, old, name, Place(document=name, path=("id",)))
    for compiled in programs:
        if compiled.program.id in in_state:
            yield from _suggested_in(compiled, snapshot)


def _suggested_in(compiled: CompiledProgram, snapshot: Snapshot) -> Iterator[Diagnostic]:
    known = _known(snapshot, compiled.program.id)
    present: dict[Named, set[str]] = {}
    for kind, name in ids_in_use(compiled.program):
        present.setdefault(kind, set()).add(name)
    for kind in _SUGGESTED:
        mine = present.get(kind, set())
        new = {name: name for name in mine - known[kind]}
        gone = {name: name for name in known[kind] - mine}
        for old, name in _alike(gone, new):
            path = (*_WHERE[kind].split("."), name)
            yield _suggestion(kind, old, name, Place(document=compiled.program.id, path=path, on_key=True))


def _alike(gone: dict[str, str], new: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each id that is gone with the new one that is most like it, by id or by name; each new one once."""
    pairs = sorted(
        (-max(_likeness(old, now), _likeness(gone[old], new[now])), old, now) for old, now in product(gone, new)
    )
    taken: set[str] = set()
    for likeness, old, now in pairs:
        if -likeness >= _ALIKE and old not in taken and now not in taken:
            taken |= {old, now}
            yield old, now


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()


def _suggestion(kind: Named, old: str, new: str, place: Place) -> Diagnostic:
    return finding(
        "MC7021",
        f"the {kind} `{old}` is in the state and no longer in the files, and `{new}` is new",
        help=f"if it is the same {kind}, add `was: [{old}]` to `{new}`; if it is another one, there is nothing to add",
        place=place,
    )
