"""Pairs that a program names, against the people who are there: which cannot be made, and which rules they break."""

from collections import Counter
from collections.abc import Iterator

from mentorctl.diagnostics import Diagnostic, FieldPath, Place, Related, finding
from mentorctl.optimize.shapes.case import ShapeCase
from mentorctl.optimize.verify import broken_rule, capacity_of
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.standing import rule_place
from mentorctl.rules.fields import Role
from mentorctl.rules.implied import hard_rules
from mentorctl.rules.pairs import NamedPair, Verdict
from mentorctl.spec.matching import Capacity

_PEER = Capacity(at_most=1)


def pin_findings(cohort: Cohort, case: ShapeCase) -> tuple[Diagnostic, ...]:
    """What is wrong with the pairs that are to be made, each at its line."""
    named = [(i, pair) for i, pair in enumerate(case.matching.terms.named) if pair.verdict is Verdict.FORCE]
    index_of = {name: at for at, name in enumerate(cohort.inputs.roster.roster_ids)} if named else {}
    found: list[Diagnostic] = []
    made: list[tuple[int, NamedPair, tuple[int, int]]] = []
    for i, pair in named:
        if pair.mentee not in index_of or pair.mentor not in index_of:
            continue  # who is not on the roster is a finding about the roster
        two = (index_of[pair.mentee], index_of[pair.mentor])
        lost = _lost(cohort, case, pair, *two)
        if lost:
            advice = "`mentorctl unpin` the two" if pair.in_state else "remove the line, or see to it"
            found.append(finding("MC5011", lost, help=advice, place=_place(cohort, i)))
            continue
        if two not in case.forced and two[::-1] not in case.forced:
            continue
        made.append((i, pair, two))
        found += _broken(cohort, case, i, pair, two)
    found += _beyond(cohort, case, made)
    return tuple(found)


def _place(cohort: Cohort, i: int) -> Place:
    """The line of a pair; what was pinned while the program ran has none, and stands for the process."""
    named = cohort.program.matching.terms.named
    path: FieldPath = ("matching", "process") if named[i].in_state else ("matching", "pairs", i)
    return Place(document=cohort.program.id, path=path)


def _lost(cohort: Cohort, case: ShapeCase, pair: NamedPair, mentee: int, mentor: int) -> str:
    """Why a pair is not made; an empty text when it is, or stands already."""
    if _stands(case, mentee, mentor):
        return ""
    declined = {frozenset(two) for two in case.blocked} if case.ground.peers else set(case.blocked)
    if (frozenset((mentee, mentor)) if case.ground.peers else (mentee, mentor)) in declined:
        return f"`{pair.mentee}` and `{pair.mentor}` are not matched again, because one of them declined the other"
    for person, name, ready, role in (
        (mentee, pair.mentee, case.mentees, Role.MENTEE),
        (mentor, pair.mentor, case.mentors, Role.MENTOR),
    ):
        if person not in ready and person in cohort.inputs.roster.applicants(
            _role(case, role), cohort.program.id, cohort.id
        ):  # who does not apply at all is a finding about the roster
            return f"`{name}` is not among the {_role(case, role)}s who can be matched"
    return ""


def _stands(case: ShapeCase, mentee: int, mentor: int) -> bool:
    if case.ground.peers:
        return any({mentee, mentor} <= set(s.others) for s in case.standing)
    return any(mentee in s.others and mentor in s.mentors for s in case.standing)


def _broken(cohort: Cohort, case: ShapeCase, i: int, pair: NamedPair, two: tuple[int, int]) -> Iterator[Diagnostic]:
    """A pair that is to be made against a rule, without a reason."""
    matching = case.matching
    rules = hard_rules(matching.require, matching.prefer, matching.terms)
    rule = broken_rule(case.ground, rules, *(sorted(two) if case.ground.peers else two))
    if rule and not pair.because:
        yield finding(
            "MC5012",
            f"`{pair.mentee}` and `{pair.mentor}` are forced together against `{rule}`",
            help="pin them with --because" if pair.in_state else "remove the line, or say why with `because`",
            place=_place(cohort, i),
            related=(Related(message=f"`{rule}` is here", place=rule_place(cohort, rule)),),
        )


def _beyond(
    cohort: Cohort, case: ShapeCase, made: list[tuple[int, NamedPair, tuple[int, int]]]
) -> Iterator[Diagnostic]:
    """People who are forced into more matches than they have places, with both places where that is said.

    The places in groups are not those of single matches; there the solver tells what cannot be formed.
    """
    matching = case.matching
    if matching.group or matching.teams or matching.needs or matching.skills or case.projects:
        return
    counts = Counter((_role(case, Role.MENTOR), m) for s in case.standing for m in s.mentors)
    counts += Counter((_role(case, Role.MENTEE), e) for s in case.standing for e in s.others)
    first: dict[tuple[Role, int], int] = {}
    for i, pair, (mentee, mentor) in made:
        if _stands(case, mentee, mentor):
            continue
        for side, person, name in ((Role.MENTEE, mentee, pair.mentee), (Role.MENTOR, mentor, pair.mentor)):
            role = _role(case, side)
            counts[role, person] += 1
            most = _places(case, role, person)
            if counts[role, person] > most:
                yield finding(
                    "MC5010",
                    f"`{name}` is forced into {counts[role, person]} matches, and has room for {max(0, most)}",
                    help="force fewer, or give more room",
                    place=_place(cohort, i),
                    related=(_against(cohort, role, first.get((role, person))),),
                )
            first.setdefault((role, person), i)


def _against(cohort: Cohort, role: Role, earlier: int | None) -> Related:
    """The other side of a contradiction: an earlier line, or what says how many matches somebody has."""
    if earlier is not None:
        return Related(message="an earlier one is here", place=_place(cohort, earlier))
    path: FieldPath = ("model", "type") if role is Role.PEER else ("matching", "capacity", role.value)
    return Related(message="the room is said here", place=Place(document=cohort.program.id, path=path))


def _role(case: ShapeCase, role: Role) -> Role:
    return Role.PEER if case.ground.peers else role


def _places(case: ShapeCase, role: Role, person: int) -> int:
    """How many matches somebody may have here, whatever limits them."""
    if role is Role.PEER:
        capacity, times = _PEER, 1
    elif role is Role.MENTOR:
        capacity, times = case.matching.mentor_capacity, max(1, len(case.periods))
    else:
        capacity, times = case.matching.mentee_capacity, 1
    most = capacity_of(case.ground, capacity, person) * times
    return most if case.limits is None else min(most, int(case.limits[0 if role is not Role.MENTEE else 1][person]))
