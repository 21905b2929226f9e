"""Why somebody is matched as they are, and why two people are not."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.scoring import hard_rule_holds
from mentorctl.optimize.verify import is_exempt
from mentorctl.plan.explain.asked import Asked, Pair, ask, places_of
from mentorctl.plan.explain.values import MatchSaid, PersonSaid, Rule, Verdict, WhyNot
from mentorctl.plan.problems import MatchingProblem
from mentorctl.rules.fields import Role
from mentorctl.spec.model import Program
from mentorctl.spec.rule_paths import all_hard_rules, at
from mentorctl.state.model import EnrollmentRecord, MatchRecord

_NEXT = 3  # alternatives that are told for each side


def people_of(problems: Iterable[MatchingProblem], who: str) -> tuple[str, ...]:
    """Whom a word means: the people of a match by its id, or one person."""
    for problem in problems:
        for record in (*problem.kept, *problem.made):
            if record.address.id == who:
                return (*record.mentors, *record.others)
    return (who,)


def why_matched(problems: Iterable[MatchingProblem], who: tuple[str, ...], engine: Engine) -> tuple[PersonSaid, ...]:
    """Everything about the matches of some people, cohort by cohort, and then of those whom they are matched with."""
    problems = tuple(problems)
    said: list[PersonSaid] = []
    for problem in (p for p in problems if not p.given_up):
        here = [p for p in problems if p.case is problem.case or p.cohort is problem.cohort]
        enrolled = [e for e in problem.enrolled if e.person in who]
        if not enrolled:
            continue
        asked = ask(problem, engine, who)
        records = [r for p in here for r in p.made] + list(problem.kept)
        beside = {p for r in records if set(who) & set(r.people) for p in r.people} - set(who)
        others = [e for e in problem.enrolled if e.person in beside and len(who) == 1]
        said += [_person(problem, asked, record, records) for record in (*enrolled, *others)]
    return tuple(said)


def _person(
    problem: MatchingProblem, asked: Asked | None, enrolled: EnrollmentRecord, records: Iterable[MatchRecord]
) -> PersonSaid:
    cohort, index_of = problem.cohort, problem.cohort.inputs.index_of
    mine = [r for r in records if any(m.person == enrolled.person and m.role is enrolled.role for m in r.members)]
    person, is_mentor = index_of.get(enrolled.person, -1), enrolled.role is Role.MENTOR
    rows = _rows(asked, person, is_mentor=is_mentor) if asked is not None else []
    chosen = asked.chosen if asked is not None else frozenset()
    free = [row for row in rows if asked is not None and asked.pair(row) not in chosen]
    better, full = _better(asked, free, [r.score for r in mine], is_mentor=is_mentor)
    places = places_of(asked.solved.problem).get((person, is_mentor), 0) if asked and asked.found.solved else 0
    return PersonSaid(
        program=cohort.program.id,
        cohort=cohort.id,
        person=enrolled.person,
        role=enrolled.role.value,
        state=enrolled.state,
        matches=tuple(map(_match, mine)),
        places=places,
        candidates=len(rows),
        better=better,
        full=full,
        alternatives=asked.alternatives(free, _NEXT) if asked is not None else (),
        note=_note(asked),
    )


def _note(asked: Asked | None) -> str:
    if asked is None:
        return "matching is not open, so nothing is searched"
    if asked.anew:
        return "the matches stand; alternatives are those of a search in which nobody has a match yet"
    if asked.problem.together:
        return "alternatives leave the matches of the other programs as they are"
    if asked.residual is None:
        return "alternatives are not compared here; ask about one pair with --why-not"
    return ""


def _match(record: MatchRecord) -> MatchSaid:
    return MatchSaid(
        id=record.address.id,
        mentors=record.mentors,
        others=record.others,
        subject=record.subject,
        state=record.state,
        score=record.score,
        terms=tuple((term.rule, term.points) for term in record.terms),
        given_up=record.relaxed,
    )


def _rows(asked: Asked, person: int, *, is_mentor: bool) -> list[int]:
    """The pairs of the table that have a person."""
    if asked.found.solved is None:
        return []
    table = asked.solved.problem.table
    side = table.mentors[table.mentor] if is_mentor else table.mentees[table.mentee]
    return [int(row) for row in np.flatnonzero(side == person)]


def _better(asked: Asked | None, rows: list[int], scores: list[int], *, is_mentor: bool) -> tuple[int, int]:
    """How many of some pairs have more points than the worst match, and how many of these lack a place."""
    if asked is None or not scores:
        return 0, 0
    table, rooms = asked.solved.problem.table if rows else None, places_of(asked.solved.problem) if rows else {}
    better = [row for row in rows if table is not None and int(table.score[row]) > min(scores)]
    used = [pair[0 if is_mentor else 1] for pair in asked.chosen]
    other = [asked.pair(row)[0 if is_mentor else 1] for row in better]
    return len(better), sum(used.count(one) >= rooms.get((one, not is_mentor), 0) for one in other)


# -- why not -----------------------------------------------------------------------------------------------------------


def why_not(problems: Iterable[MatchingProblem], one: str, two: str, engine: Engine) -> tuple[WhyNot, ...]:
    """Why two people are not matched with each other, for each cohort in which both take part."""
    problems = tuple(problems)
    answers = []
    for problem in (p for p in problems if not p.given_up):
        roles = {(e.person, e.role): e for e in problem.enrolled}
        for mentee, mentor in ((one, two), (two, one)):
            sides = (Role.PEER, Role.PEER) if problem.case.ground.peers else (Role.MENTEE, Role.MENTOR)
            first, second = roles.get((mentee, sides[0])), roles.get((mentor, sides[1]))
            if first is None or second is None or (problem.case.ground.peers and mentee != one):
                continue
            steps = [p for p in problems if p.cohort is problem.cohort]
            answers.append(_why_not(steps, first, second, engine))
    return tuple(answers)


def _why_not(
    steps: list[MatchingProblem], mentee: EnrollmentRecord, mentor: EnrollmentRecord, engine: Engine
) -> WhyNot:
    problem = steps[0]
    index_of = problem.cohort.inputs.index_of
    said = WhyNot(
        program=problem.cohort.program.id,
        cohort=problem.cohort.id,
        mentee=mentee.person,
        mentor=mentor.person,
        verdict=Verdict.UNKNOWN,
    )
    together = [r for p in steps for r in (*p.kept, *p.made) if {mentee.person, mentor.person} <= set(r.people)]
    if together:
        return _with(said, Verdict.MATCHED, f"they are, in the match {together[0].address.id}")
    for record in (mentee, mentor):
        if record.person not in index_of:
            return _with(said, Verdict.NOT_READY, f"the {record.role} is not on the roster")
    asked = ask(problem, engine, (mentee.person, mentor.person))
    if asked is None:
        return _with(said, Verdict.UNKNOWN, "no answer exists to compare with")
    people = (index_of[mentee.person], index_of[mentor.person])
    for record, person, side in zip((mentee, mentor), people, (asked.case.mentees, asked.case.mentors), strict=True):
        if person not in side.tolist():
            return _with(
                said,
                Verdict.NOT_READY,
                f"the {record.role} is not ready to be matched: {record.state.replace('_', ' ')}",
            )
    pair = (min(people), max(people)) if problem.case.ground.peers else people
    return _of_ready(said, asked, pair)


def _of_ready(said: WhyNot, asked: Asked, pair: Pair) -> WhyNot:
    """The same for two people who may both get a match."""
    program = asked.problem.cohort.program
    broken = tuple(_forbidding(asked, program, pair))
    declined = pair in asked.case.blocked or pair[::-1] in asked.case.blocked
    if broken or declined or pair not in asked.case.scores:
        verdict = Verdict.FORBIDDEN if broken or not declined else Verdict.DECLINED
        note = "one of the two declined the other" if verdict == Verdict.DECLINED else ""
        if verdict == Verdict.FORBIDDEN and not broken:
            note = _left_out(asked, pair)
        allowed = asked.if_allowed(pair)
        return _with(
            said,
            verdict,
            note,
            rules=broken,
            if_allowed=allowed[0] if allowed else None,
            would_match=bool(allowed and allowed[1]),
            anew=asked.anew,
        )
    if pair in asked.chosen:
        return _with(said, Verdict.TIE, "a search in which nobody has a match yet would match them", anew=True)
    alternative = asked.alternative(pair)
    if alternative is None:
        return _with(said, Verdict.NO_PLACE, "one of the two has no place that could be made free", anew=asked.anew)
    verdict = Verdict.TIE if alternative.is_tie else Verdict.LOSES
    return _with(said, verdict, alternative=alternative, anew=asked.anew)


def _left_out(asked: Asked, pair: Pair) -> str:
    """Why a pair that breaks no rule is no candidate."""
    if pair[0] == pair[1]:
        return "nobody is matched with themselves"
    terms = asked.case.matching.terms
    if terms.minimum is not None:
        return f"their points are below `minimum_score: {terms.minimum}`"
    return "they met before, and one of them has not met everyone"


def _forbidding(asked: Asked, program: Program, pair: Pair) -> Iterator[Rule]:
    """The hard rules that a pair breaks."""
    ground, matching = asked.case.ground, asked.case.matching
    if is_exempt(ground, matching.terms, *pair):
        return
    one, two = (np.array([person], np.int32) for person in pair)
    for rule, path in all_hard_rules(program):
        if not bool(hard_rule_holds(ground, rule, one, two)[0]):
            yield Rule(id=rule.id, because=rule.because, place=at(program, path))


def _with(said: WhyNot, verdict: str, note: str = "", **more: object) -> WhyNot:
    return replace(said, verdict=verdict, note=note, **more)  # type: ignore[arg-type]
