"""The matches that stand: who is still together, and which of them end."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from mentorctl.addresses import Address
from mentorctl.diagnostics import Diagnostic, Place, finding
from mentorctl.lifecycle.machine import Stepper
from mentorctl.lifecycle.model import Outcome
from mentorctl.optimize.ground import Ground, Indices
from mentorctl.optimize.scoring import hard_rule_holds
from mentorctl.optimize.verify import is_exempt
from mentorctl.plan.decisions import is_trial, round_of
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import BREAKS, Because, Draft
from mentorctl.rules.fields import Role
from mentorctl.rules.implied import hard_rules
from mentorctl.rules.pairs import Origin
from mentorctl.spec.matching import Matching, Round
from mentorctl.state.model import MatchRecord, is_match
from mentorctl.values import dataclass

DRAFT = "draft"  # of a match that the owner has not published: nobody was told
STANDING = frozenset({DRAFT, "proposed", "second_asked", "accepted", "active", "paused"})
NEW = frozenset({DRAFT, "proposed"})  # nobody has answered yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """The matches that stand, and all others as they are now, ended where they cannot stand.

    `searched` are those of the others that could stand and are searched again, as they were.
    """

    kept: tuple[MatchRecord, ...]
    others: tuple[MatchRecord, ...]
    searched: tuple[MatchRecord, ...] = ()


def standing_matches(
    cohort: Cohort,
    ground: Ground,
    pool: set[tuple[str, Role]],
    draft: Draft,
    *,
    search_again: Callable[[MatchRecord], bool],
) -> Stood:
    """Who is no longer in the pool leaves their match; what is left stands while it is still a match.

    A match that is only proposed ends when it breaks a hard rule, or is to be searched again.
    """
    stepper = cohort.compiled.stepper("match")
    kept, searched = [], []
    before = cohort.prior(MatchRecord).values()
    ends = cohort.compiled.ends("match")
    others = [record for record in before if record.state in ends]
    left_of = [(record, _left(record, pool)) for record in before if record.state not in ends]
    stands = [(record, left, is_match(left)) for record, left in left_of]
    broken_by = _broken(cohort, ground, [left for _, left, together in stands if together])
    for record, left, together in stands:
        broken = broken_by.get(record.address, "")
        if broken and record.state != DRAFT:
            draft.findings.append(_finding(cohort, record, broken))
        if is_trial(cohort, record) and round_of(cohort) != _round_named(cohort, record.subject):
            others.append(replace(record, state=_after_trial(stepper, record.state)))
        elif together and not (record.state in NEW and (broken or search_again(record))):
            kept.append(left)
        else:
            others.append(replace(record, state=stepper.step(record.state, "end", {}).state))
            draft.because[record.address] = _why(record, left, broken)
            if together and not broken:
                searched.append(left)
    return Stood(kept=tuple(kept), others=tuple(others), searched=tuple(searched))


def _round_named(cohort: Cohort, name: str) -> Round | None:
    return next((one for one in cohort.program.matching.process.rounds if one.id == name), None)


def _after_trial(stepper: Stepper, state: str) -> str:
    """Where a trial match stands when its round is over: it went the whole way, or was not answered."""
    steps = (stepper.step(state, event, {}) for event in ("complete", "expire", "end"))
    return next((step.state for step in steps if step.outcome is Outcome.MOVED), state)


def rule_place(cohort: Cohort, rule: str) -> Place:
    """Where a hard rule is written; a rule of the model is at the model."""
    own = [r for r in cohort.program.matching.require if r.origin is Origin.PROGRAM]
    for index, written in enumerate(own):
        if written.id == rule:
            return Place(document=cohort.program.id, path=("matching", "require", index))
    shipped = any(r.id == rule for r in cohort.program.matching.require)
    return Place(document=cohort.program.id, path=("model", "type") if shipped else ("matching",))


def without_rules(matching: Matching, relaxed: Collection[str]) -> Matching:
    """The same matching without some of its hard rules."""
    if not relaxed:
        return matching
    return replace(matching, require=tuple(rule for rule in matching.require if rule.id not in relaxed))


def pairs_of(record: MatchRecord) -> tuple[tuple[str, str], ...]:
    """Everybody in a match whom the rules compare, as (mentee, mentor), or as peers in the order of their ids."""
    if record.mentors:
        return tuple((other, mentor) for other in record.others for mentor in record.mentors)
    peers = sorted(record.others)
    return tuple((one, two) for at, one in enumerate(peers) for two in peers[at + 1 :])


def _left(record: MatchRecord, pool: set[tuple[str, Role]]) -> MatchRecord:
    """A match with those of its people who are still there."""
    members = tuple(m for m in record.members if (m.person, m.role) in pool)
    return record if len(members) == len(record.members) else replace(record, members=members)


def _broken(cohort: Cohort, ground: Ground, records: Sequence[MatchRecord]) -> dict[Address, str]:
    """The first hard rule that two people of each match break; matches that keep all are left out."""
    index_of, found = cohort.inputs.index_of, dict[Address, str]()
    for relaxed in sorted({record.relaxed for record in records}):
        matching = without_rules(cohort.program.matching, relaxed)
        matching = replace(matching, terms=replace(matching.terms, only=None))  # the process left those together
        pairs = [
            (record.address, *(sorted(two) if ground.peers else two))
            for record in records
            if record.relaxed == relaxed
            for one, other in pairs_of(record)
            for two in [(index_of[one], index_of[other])]
        ]
        one, other = (np.array([pair[side] for pair in pairs], np.int32) for side in (1, 2))
        for at, rule in _first_broken(ground, matching, one, other):
            found.setdefault(pairs[at][0], rule)
    return found


def _first_broken(ground: Ground, matching: Matching, one: Indices, other: Indices) -> Iterator[tuple[int, str]]:
    """The places of the pairs that break a hard rule, each with the first one, unless they are allowed by name."""
    rules = hard_rules(matching.require, matching.prefer, matching.terms)
    broken = np.full(len(one), len(rules))
    for number in reversed(range(len(rules))):
        broken[~hard_rule_holds(ground, rules[number], one, other)] = number
    for at in np.flatnonzero(broken < len(rules)).tolist():
        if not is_exempt(ground, matching.terms, int(one[at]), int(other[at])):
            yield at, rules[broken[at]].id


def _why(record: MatchRecord, left: MatchRecord, broken: str) -> Because:
    """Why a match ends: too few are left, a rule does not let them be matched, or it is searched again."""
    if not is_match(left):
        gone = tuple(sorted(set(record.people) - set(left.people)))
        return Because(reason="too few of it are left", left=gone)
    if broken:
        return Because(reason=f"{BREAKS}`{broken}`")
    return Because(reason="it is searched again")


def _finding(cohort: Cohort, record: MatchRecord, rule: str) -> Diagnostic:
    fate = "it is only proposed, so it ends" if record.state in NEW else "it was accepted, so it stands"
    return finding("MC5003", f"match {record.address} breaks `{rule}`; {fate}", place=rule_place(cohort, rule))
