"""Who has no match, what took their candidates away, which places are too few, and what would help."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from mentorctl.diagnostics import Place
from mentorctl.optimize.engine import Engine
from mentorctl.optimize.explain.hall import Shortage, shortages
from mentorctl.optimize.network import Mask
from mentorctl.optimize.scoring import hard_rule_holds
from mentorctl.optimize.shapes.case import ShapeCase
from mentorctl.plan.explain.asked import Asked, ask
from mentorctl.plan.explain.values import Alone, Relaxation, Removed, Shared, UnmatchedSaid
from mentorctl.plan.problems import MatchingProblem
from mentorctl.rules.pairs import AvailabilityOverlap, Gap, Origin, Overlap, PairRule, Predicate, TimezoneWithin
from mentorctl.spec.matching import Matching
from mentorctl.spec.model import Program
from mentorctl.spec.rule_paths import all_hard_rules, at

_MORE_MINUTES = 60  # one step of a rule on time zones
_LESS_MINUTES = 30  # one step of a rule on availability
_MOST_RELAXATIONS = 16  # searches made for one cohort


def why_unmatched(problems: Iterable[MatchingProblem], engine: Engine) -> tuple[UnmatchedSaid, ...]:
    """For each cohort in which matching is open: who is left, and why."""
    problems = tuple(problems)
    said = []
    for problem in (p for p in problems if p.is_open and not p.given_up):
        steps = [p for p in problems if p.cohort is problem.cohort]
        asked = ask(problem, engine)
        if asked is not None:
            said.append(_cohort(steps, asked))
    return tuple(said)


def _cohort(steps: Sequence[MatchingProblem], asked: Asked) -> UnmatchedSaid:
    problem, case, index_of = steps[0], asked.case, steps[0].cohort.inputs.index_of
    matched = {index_of[p] for step in steps for r in (*step.kept, *step.made) for p in r.others if p in index_of}
    alone = [person for person in case.mentees.tolist() if person not in matched]
    program = problem.cohort.program
    return UnmatchedSaid(
        program=program.id,
        cohort=problem.cohort.id,
        of=len(case.mentees),
        people=tuple(_alone(asked, program, alone)),
        shared=tuple(_shared(asked, alone)),
        relaxations=tuple(_relaxations(asked, program, alone)) if alone else (),
        note="" if asked.found.solved else "which places are too few is known for pairs of mentor and mentee only",
    )


# -- what took the candidates away -------------------------------------------------------------------------------------


def _alone(asked: Asked, program: Program, alone: Sequence[int]) -> Iterator[Alone]:
    """Each person, with the rules in their order and how many candidates each took away."""
    case = asked.case
    people = np.array(alone, np.int32)
    everybody = people[:, None] != case.mentors[None, :]
    left: Mask = everybody.copy()
    steps: list[tuple[str, Place, Mask]] = []
    for rule, path in all_hard_rules(program):
        holds = hard_rule_holds(case.ground, rule, people[:, None], case.mentors[None, :])
        steps.append((rule.id, at(program, path), left & ~holds))
        left &= holds
    candidates = _candidates(case, alone)
    kept = left & candidates
    if case.matching.terms.minimum is not None:
        steps.append(("minimum_score", at(program, ("matching", "minimum_score")), left & ~candidates))
    else:
        steps.append(("declined or met before", at(program, ("matching",)), left & ~candidates))
    for row, person in enumerate(alone):
        remaining, removed = int(everybody[row].sum()), []
        for name, place, gone in steps:
            count = int(gone[row].sum())
            remaining -= count
            if count:
                removed.append(Removed(rule=name, count=count, left=remaining, place=place))
        yield Alone(
            person=asked.ids[person],
            everybody=int(everybody[row].sum()),
            removed=tuple(removed),
            left=int((kept[row] | (candidates[row] & ~left[row])).sum()),
        )


def _candidates(case: ShapeCase, alone: Sequence[int]) -> Mask:
    """Who is a candidate of whom in the end, people against mentors."""
    found = np.zeros((len(alone), len(case.mentors)), np.bool_)
    row = {person: at for at, person in enumerate(alone)}
    column = {person: at for at, person in enumerate(case.mentors.tolist())}
    for mentee, mentor in case.scores:
        for one, two in ((mentee, mentor), (mentor, mentee))[: 2 if case.ground.peers else 1]:
            if one in row and two in column:
                found[row[one], column[two]] = True
    return found


# -- places that are too few -------------------------------------------------------------------------------------------


def _shared(asked: Asked, alone: Sequence[int]) -> Iterator[Shared]:
    """Mentees who all want the same few mentors."""
    if asked.found.solved is None or not alone:
        return
    problem = asked.solved.problem
    people = problem.case.mentees.tolist()
    standing = problem.standing[: len(people)].tolist()
    wanted = [at for at in range(len(people)) if not standing[at]]
    mentors = problem.case.mentors.tolist()
    found = shortages(problem.network, asked.solved.chosen, wanted=wanted)
    full = [shortage for shortage in found if not shortage.places]
    if full:  # each for itself: their mentors have no free place at all
        left = sorted({at for shortage in full for at in shortage.left})
        nodes = sorted({at for shortage in full for at in shortage.mentors})
        none = Shortage(mentees=tuple(left), mentors=tuple(nodes), places=0, left=tuple(left))
        found = (none, *(shortage for shortage in found if shortage.places))
    for shortage in found:
        yield Shared(
            mentees=tuple(asked.ids[people[at]] for at in shortage.mentees),
            mentors=tuple(asked.ids[mentors[at - len(people)]] for at in shortage.mentors),
            places=shortage.places,
            left=tuple(asked.ids[people[at]] for at in shortage.left),
        )


# -- what would help ---------------------------------------------------------------------------------------------------


def _relaxations(asked: Asked, program: Program, alone: Sequence[int]) -> Iterator[Relaxation]:
    """Changes of the program, each searched again on its own: those that match most people first, then the smallest."""
    before = len(asked.case.table)
    found = []
    for change, place, matching in _changes(asked, program, alone):
        case = replace(asked.case, matching=matching)
        effect = asked.otherwise(case)
        if effect is not None and effect.mentees > 0:
            pairs = max(0, len(case.table) - before)
            found.append(Relaxation(change=change, place=place, effect=effect, pairs=pairs))
    yield from sorted(found, key=lambda r: (-r.effect.mentees, r.pairs, -r.effect.score, r.change))


def _changes(asked: Asked, program: Program, alone: Sequence[int]) -> list[tuple[str, Place, Matching]]:
    """What could be changed: a rule by one step or altogether, the least score, and one more place a mentor."""
    matching = asked.case.matching
    made: list[tuple[str, Place, Matching]] = []
    written = [(rule, path) for rule, path in all_hard_rules(program) if rule.origin is not Origin.IMPLIED]
    people = np.array(alone, np.int32)
    for rule, path in written:
        if hard_rule_holds(asked.case.ground, rule, people[:, None], asked.case.mentors[None, :]).all():
            continue
        for words, predicate in _steps(rule.predicate):
            softer = replace(rule, predicate=predicate)
            made.append((f"`{rule.id}`: {words}", at(program, path), _with_rule(matching, rule, softer)))
        made.append((f"without `{rule.id}`", at(program, path), _with_rule(matching, rule, None)))
    if matching.terms.minimum is not None:
        free = replace(matching, terms=replace(matching.terms, minimum=None))
        made.append(("without `minimum_score`", at(program, ("matching", "minimum_score")), free))
    if not asked.case.ground.peers:
        made += _more_places(program, matching)
    return made[:_MOST_RELAXATIONS]


def _more_places(program: Program, matching: Matching) -> Iterator[tuple[str, Place, Matching]]:
    """One more place for each mentor, or for those who wish more or said nothing where the roster says how many."""
    capacity = matching.mentor_capacity
    path = ("matching", "capacity", "mentor", "max")
    more = replace(capacity, at_most=capacity.at_most + 1)
    name = "at most" if capacity.field else "mentors with"
    yield f"{name} {_places(capacity.at_most + 1)}", at(program, path), replace(matching, mentor_capacity=more)
    if capacity.field and capacity.missing < capacity.at_most:
        other = replace(capacity, missing=capacity.missing + 1)
        words = f"{_places(other.missing)} for mentors who do not say how many"
        yield words, at(program, path), replace(matching, mentor_capacity=other)


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"


def _with_rule(matching: Matching, rule: PairRule, softer: PairRule | None) -> Matching:
    """The rules with one of them changed, or without it."""
    rules = [softer if r is rule or r == rule else r for r in matching.require]
    return replace(matching, require=tuple(r for r in rules if r is not None))


def _steps(predicate: Predicate) -> Iterator[tuple[str, Predicate]]:
    """The same comparison by one step less strict."""
    match predicate:
        case Gap(low=low, high=high):
            if high is not None:
                yield f"a gap of at most {high + 1}", replace(predicate, high=high + 1)
            if low is not None:
                yield f"a gap of at least {low - 1}", replace(predicate, low=low - 1)
        case Overlap(at_least=least) if least > 1:
            yield f"at least {least - 1} in common", replace(predicate, at_least=least - 1)
        case TimezoneWithin(minutes=minutes):
            yield f"within {minutes + _MORE_MINUTES} minutes", replace(predicate, minutes=minutes + _MORE_MINUTES)
        case AvailabilityOverlap(minutes=minutes) if minutes > _LESS_MINUTES:
            yield f"at least {minutes - _LESS_MINUTES} minutes", replace(predicate, minutes=minutes - _LESS_MINUTES)
        case _:
            return
