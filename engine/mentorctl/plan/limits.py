"""The limits of a program: how much one plan may do to people.

They count twice: as the file has them, and as they were last applied. So whoever deletes or raises a limit together
with the change that it would have stopped is stopped all the same; raising it is a change of its own, and seen as one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.plan.impact import impact_by_person
from mentorctl.plan.model import Impact, Plan
from mentorctl.plan.verdicts import Breach
from mentorctl.spec.support import Limit
from mentorctl.state.model import EnrollmentRecord, ProgramRecord, Snapshot

UNMATCHED = "unmatched"  # the one limit that is about people whom nothing happens to
WORDS = {
    UNMATCHED: "stay without a match",
    "un_matched": "lose their match",
    "re_matched": "get another match",
    "rescheduled": "have dates that move",
    "withdrawn": "are withdrawn",
    "erased": "are erased",
}


def accepted_as(what: str) -> str:
    """How a limit is called where people are accepted, `un-matched` for un_matched."""
    return what if what == UNMATCHED else what.replace("_", "-")


def breaches(programs: Iterable[CompiledProgram], snapshot: Snapshot, plan: Plan) -> tuple[Breach, ...]:
    """The limits that a plan exceeds, of the files and of the state; of the two for one thing the stricter."""
    written = {compiled.program.id: compiled.program.limits for compiled in programs}
    kept = {program: record.limits for program, record in last_applied(snapshot, plan).items()}
    found: list[Breach] = []
    for program in sorted(written.keys() | kept.keys()):
        if written.get(program) or kept.get(program):
            found += _of_program(program, written.get(program, ()), kept.get(program, ()), snapshot, plan)
    return tuple(found)


def last_applied(snapshot: Snapshot, plan: Plan) -> dict[str, ProgramRecord]:
    """Each program as it was last applied, by the id that it has in the plan.

    One that gets another id is found in what the plan expects to be there; the store compares that before it writes.
    """
    expected = (change.before for change in plan.changes)
    records = (*expected, *snapshot.records)
    return {record.address.program: record for record in records if isinstance(record, ProgramRecord)}


def counted(plan: Plan) -> Counter[str]:
    """How many people there are of each class that can be accepted, over all programs of the plan."""
    programs = {c.address.program for c in plan.changes} | {m.program for m in plan.migrations}
    total: Counter[str] = Counter({UNMATCHED: sum(m.unmatched_mentees for m in plan.matchings)})
    for program in programs:
        total.update({impact.value: number for impact, number in _hit(program, plan).items()})
    return total


def _of_program(
    program: str, written: tuple[Limit, ...], kept: tuple[Limit, ...], snapshot: Snapshot, plan: Plan
) -> Iterator[Breach]:
    hit = _hit(program, plan)
    applicants = _applicants(program, snapshot, plan)
    here, before = {limit.what: limit for limit in written}, {limit.what: limit for limit in kept}
    for what in (word for word in WORDS if word in here or word in before):
        people = (
            sum(m.unmatched_mentees for m in plan.matchings if m.program == program)
            if what == UNMATCHED
            else hit[Impact(accepted_as(what))]
        )
        options = [(_allowed(side[what], applicants), side is before) for side in (here, before) if what in side]
        allowed, is_kept = min(options)
        if people > allowed:
            yield Breach(
                program=program, what=what, people=people, allowed=allowed, applicants=applicants, kept=is_kept
            )


def _hit(program: str, plan: Plan) -> Counter[Impact]:
    """How many people of a program each impact touches; people are counted once, by the worst that happens to them."""
    changes = [c for c in plan.changes if c.address.program == program]
    migrations = [m for m in plan.migrations if m.program == program]
    return Counter(impact_by_person(changes, migrations).values())


def _applicants(program: str, snapshot: Snapshot, plan: Plan) -> int:
    """How many people have applied, those of the plan included."""
    mine = {c.address: c.after for c in plan.changes if c.address.program == program}
    after = [*mine.values(), *(r for r in snapshot.of_program(program) if r.address not in mine)]
    return len({r.person for r in after if isinstance(r, EnrollmentRecord)})


def _allowed(limit: Limit, applicants: int) -> int:
    """How many people at most; where both a number and a share are given, the smaller."""
    of_share = int(applicants * float(limit.share.removesuffix("%")) / 100) if limit.share else applicants
    return min(of_share, limit.people if limit.people is not None else applicants)
