"""What the roster must hold for the programs that use it."""

from collections.abc import Iterable, Iterator

from mentorctl.diagnostics import Diagnostic, Place, Span, did_you_mean, finding
from mentorctl.roster.people import Roster
from mentorctl.rules.fields import Contract, Role
from mentorctl.spec.model import Program


def check_roles(roster: Roster, contract: Contract, needed: Iterable[Role]) -> Iterator[Diagnostic]:
    """A finding for each role that some program needs and no row of any file takes."""
    taken = {applications.role for applications in roster.applications if len(applications.people)}
    for role in sorted(set(needed) - taken):
        yield finding(
            "MC3014",
            f"no row is a {role}",
            help="check `role` and `role_column` of the sources in mentorctl.yaml",
            span=Span(file=contract.sources[0].file, line=1, column=1),
        )


def check_pairs(roster: Roster, program: Program) -> Iterator[Diagnostic]:
    """A finding for each person of the program's `pairs` whom the roster does not have in that role.

    People leave, and a decision about them then changes nothing; so it is a warning and no error.
    """
    if not program.matching.terms.named:
        return
    rows = {roster_id: row for row, roster_id in enumerate(roster.roster_ids)}
    applying = {role: _applying(roster, program.id, role) for role in program.roles}
    for number, named in enumerate(program.matching.terms.named):
        entry = ("matching", "pairs", number)
        for side, who in ((Role.MENTEE, named.mentee), (Role.MENTOR, named.mentor)):
            role, path = (side, (*entry, side.value)) if side in applying else (Role.PEER, entry)
            if who in rows and rows[who] in applying[role]:
                continue
            known = [roster.roster_ids[row] for row in sorted(applying[role])]
            is_there = who in rows
            yield finding(
                "MC3016",
                f"`{who}` does not apply as a {role}" if is_there else f"nobody has the id `{who}`",
                help=("" if is_there else did_you_mean(who, known)) or "put the id right, or remove this decision",
                place=Place(document=program.id, path=path),
            )


def _applying(roster: Roster, program: str, role: Role) -> frozenset[int]:
    """The rows of the people who apply for a role of a program, in whatever cohort."""
    given = (a for a in roster.applications if a.role is role and a.program in ("", program))
    return frozenset(row for a in given for row in a.people.tolist())
