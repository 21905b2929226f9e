"""The matches that stand: who is still together, and which of them end."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from mentorctl.diagnostics import Diagnostic, Place, finding
from mentorctl.lifecycle.compiler import lifecycle_named
from mentorctl.lifecycle.machine import Stepper
from mentorctl.optimize.ground import Ground
from mentorctl.optimize.verify import broken_by
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import BREAKS, Because, Draft
from mentorctl.rules.fields import Role
from mentorctl.rules.implied import hard_rules
from mentorctl.rules.pairs import Origin
from mentorctl.spec.matching import Matching
from mentorctl.state.model import MatchRecord, is_match

STANDING = frozenset({"proposed", "accepted", "active", "paused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """The matches that stand, and all others as they are now, ended where they cannot stand.

    `searched` are those of the others that could stand and are searched again, as they were.
    """

    kept: tuple[MatchRecord, ...]
    others: tuple[MatchRecord, ...]
    searched: tuple[MatchRecord, ...] = ()


def standing_matches(
    cohort: Cohort, ground: Ground, pool: set[tuple[str, Role]], draft: Draft, *, search_again: bool
) -> Stood:
    """Who is no longer in the pool leaves their match; what is left stands while it is still a match.

    A match that is only proposed ends when it breaks a hard rule, or with `search_again`.
    """
    stepper = Stepper(lifecycle_named(cohort.compiled.lifecycles, "match"))
    kept, others, searched = [], [], []
    for record in cohort.prior(MatchRecord).values():
        if cohort.inputs.is_over(record):
            others.append(record)
            continue
        left = replace(record, members=tuple(m for m in record.members if (m.person, m.role) in pool))
        together = is_match(left)
        broken = _broken(cohort, ground, left) if together else ""
        if broken:
            draft.findings.append(_finding(cohort, record, broken))
        if together and not (record.state == "proposed" and (broken or search_again)):
            kept.append(left)
        else:
            others.append(replace(record, state=stepper.step(record.state, "end", {}).state))
            draft.because[record.address] = _why(record, left, broken)
            if together and not broken:
                searched.append(left)
    return Stood(kept=tuple(kept), others=tuple(others), searched=tuple(searched))


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


def _broken(cohort: Cohort, ground: Ground, record: MatchRecord) -> str:
    """The first hard rule that two people of a match break, or an empty string."""
    matching, index_of = without_rules(cohort.program.matching, record.relaxed), cohort.inputs.index_of
    if not hard_rules(matching.require, matching.prefer, matching.terms):
        return ""
    for mentee, mentor in pairs_of(record):
        one, two = index_of[mentee], index_of[mentor]
        if ground.peers and two < one:
            one, two = two, one
        broken = broken_by(ground, matching, one, two)
        if broken:
            return broken
    return ""


def _why(record: MatchRecord, left: MatchRecord, broken: str) -> Because:
    """Why a match ends: too few are left, a rule does not let them be matched, or it is searched again."""
    if not is_match(left):
        gone = tuple(sorted(set(record.people) - set(left.people)))
        return Because(reason="too few of it are left", left=gone)
    if broken:
        return Because(reason=f"{BREAKS}`{broken}`")
    return Because(reason="it is searched again")


def _finding(cohort: Cohort, record: MatchRecord, rule: str) -> Diagnostic:
    fate = "it is only proposed, so it ends" if record.state == "proposed" else "it was accepted, so it stands"
    return finding("MC5003", f"match {record.address} breaks `{rule}`; {fate}", place=rule_place(cohort, rule))
