"""Whether groups of people fare alike: who may take part, who is matched, and how well, beside what chance allows.

Nobody can be picked out: groups below a floor are hidden, and with a single hidden group the next smallest one too,
because the rest would tell its numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import numpy as np

from mentorctl.plan.intervals import adjusted, same_share, share_interval
from mentorctl.roster.people import CodeColumn, Roster, SetColumn, bits_of
from mentorctl.rules.fields import Contract, Role
from mentorctl.spec.matching import SMALLEST_GROUP
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Record
from mentorctl.values import dataclass

type GroupsOf = Mapping[str, tuple[str, ...]]  # of each person, by opaque id
type Scores = Mapping[tuple[str, str, str], int]

FLOOR = SMALLEST_GROUP  # people: smaller groups are hidden
SURE = 0.05  # a difference that chance alone makes less often than this is called one

_LEFT = frozenset({"withdrawn"})
_ADMITTED = frozenset({"eligible", "approved", "ready", "waitlisted", "matched", "completed"})
_POOL = frozenset({"ready", "waitlisted", "matched", "completed"})
_MATCHED = frozenset({"matched", "completed"})
_SHOWN = frozenset({"proposed", "second_asked", "accepted", "active", "paused", "completed"})


class Stage(StrEnum):
    """What is compared: who may take part of those who applied, and who has a match of those who may have one."""

    ADMITTED = "admitted"
    MATCHED = "matched"


class Verdict(StrEnum):
    ALIKE = "no difference beyond chance"
    LOWER = "lower than the others"
    HIGHER = "higher than the others"
    TOO_FEW = "too few to say"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShare:
    """One group at one stage. `low` and `high` hold the true share with 95 %; `chance` is Holm's adjusted p-value."""

    group: str
    hits: int
    of: int
    low: float
    high: float
    chance: float
    verdict: Verdict

    @property
    def share(self) -> float:
        return self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The groups of one field in one role at one stage; `hidden` groups are too small to be shown."""

    program: str
    cohort: str
    role: Role
    field: str
    stage: Stage
    groups: tuple[GroupShare, ...]
    hidden: int
    mean_scores: tuple[tuple[str, float], ...]


def audited_fields(contract: Contract) -> tuple[str, ...]:
    """The fields that the contract calls sensitive."""
    return tuple(field.id for field in contract.fields if field.sensitive)


def can_be_compared(roster: Roster, field: str) -> bool:
    """Whether a field has groups: a choice, a level, yes or no, a set of answers."""
    return isinstance(roster.columns.get(field), CodeColumn | SetColumn)


def groups_of(roster: Roster, field: str) -> GroupsOf:
    """The groups of each person in one field."""
    return dict(zip(roster.ids, _groups(roster, field), strict=True))


def fairness(records: Sequence[Record], roster: Roster, fields: Iterable[str]) -> tuple[Comparison, ...]:
    """Every field in every cohort, role and stage, in the order of the records' addresses."""
    enrolled = [r for r in records if isinstance(r, EnrollmentRecord) and r.state not in _LEFT]
    scores = _scores(records)
    cohorts = sorted({(e.address.program, e.address.cohort, e.role) for e in enrolled})
    found: list[Comparison] = []
    for field in fields:
        groups = groups_of(roster, field)
        for cohort in cohorts:
            mine = [e for e in enrolled if (e.address.program, e.address.cohort, e.role) == cohort]
            found += (_comparison(cohort, field, stage, mine, groups, scores) for stage in Stage)
    return tuple(found)


def _comparison(
    cohort: tuple[str, str, Role],
    field: str,
    stage: Stage,
    enrolled: Sequence[EnrollmentRecord],
    groups_of: GroupsOf,
    scores: Scores,
) -> Comparison:
    groups, hidden = _shown(_counts(enrolled, stage, groups_of))
    shown = {group.group for group in groups}
    return Comparison(
        program=cohort[0],
        cohort=cohort[1],
        role=cohort[2],
        field=field,
        stage=stage,
        groups=groups,
        hidden=hidden,
        mean_scores=_means(enrolled, scores, groups_of, shown) if stage is Stage.MATCHED else (),
    )


# -- counting ----------------------------------------------------------------------------------------------------------


def _groups(roster: Roster, field: str) -> list[tuple[str, ...]]:
    """Per person the groups they are in; several where a field holds several answers, none where it is blank."""
    column = roster.columns[field]
    if isinstance(column, CodeColumn):
        return [(column.labels[code],) if code >= 0 else () for code in column.codes.tolist()]
    if isinstance(column, SetColumn):
        rows = range(len(column.words))
        return [tuple(w for k, w in enumerate(column.labels) if bits_of(column.words, row) >> k & 1) for row in rows]
    raise TypeError(f"`{field}` has no groups; can_be_compared says so")


def _counts(enrolled: Iterable[EnrollmentRecord], stage: Stage, groups_of: GroupsOf) -> dict[str, tuple[int, int]]:
    """Hits and cases of each group."""
    cases, hits = (_ADMITTED | {"applied", "not_eligible"}, _ADMITTED) if stage is Stage.ADMITTED else (_POOL, _MATCHED)
    counts: dict[str, tuple[int, int]] = {}
    for one in enrolled:
        if one.state in cases:
            for group in groups_of.get(one.person, ()):
                before = counts.get(group, (0, 0))
                counts[group] = (before[0] + (one.state in hits), before[1] + 1)
    return counts


def _shown(counts: dict[str, tuple[int, int]]) -> tuple[tuple[GroupShare, ...], int]:
    """The groups that are large enough, each against all others together, and how many are hidden."""
    by_size = sorted(counts, key=lambda group: (counts[group][1], group))
    hidden = [group for group in by_size if counts[group][1] < FLOOR]
    if len(hidden) == 1 and len(by_size) > 1:
        hidden.append(by_size[1])
    shown = sorted(set(by_size) - set(hidden))
    all_hits, everyone = (sum(counts[group][i] for group in counts) for i in (0, 1))
    chances = adjusted(
        [
            same_share(counts[g][0], counts[g][1], all_hits - counts[g][0], everyone - counts[g][1])
            if len(counts) > 1
            else 1.0
            for g in shown
        ]
    )
    return tuple(
        _group_share(group, counts[group], (all_hits, everyone), chance)
        for group, chance in zip(shown, chances, strict=True)
    ), len(hidden)


def _group_share(group: str, own: tuple[int, int], total: tuple[int, int], chance: float) -> GroupShare:
    low, high = share_interval(*own)
    others = (total[0] - own[0], total[1] - own[1])
    return GroupShare(
        group=group, hits=own[0], of=own[1], low=low, high=high, chance=chance, verdict=_verdict(own, others, chance)
    )


def _verdict(own: tuple[int, int], others: tuple[int, int], chance: float) -> Verdict:
    if own[1] < FLOOR or others[1] < FLOOR:
        return Verdict.TOO_FEW
    if chance >= SURE:
        return Verdict.TOO_FEW if _could_never_tell(own, others) else Verdict.ALIKE
    return Verdict.LOWER if own[0] * others[1] < others[0] * own[1] else Verdict.HIGHER


def _could_never_tell(own: tuple[int, int], others: tuple[int, int]) -> bool:
    """Whether even the worst outcome, none of the group, could be chance: then nothing can be said."""
    hits = own[0] + others[0]
    return same_share(0, own[1], min(hits, others[1]), others[1]) >= SURE


def _scores(records: Iterable[Record]) -> dict[tuple[str, str, str], int]:
    """The best score of a match that stands or was completed, per program, cohort and person."""
    best: dict[tuple[str, str, str], int] = {}
    for match in records:
        if isinstance(match, MatchRecord) and match.state in _SHOWN:
            for person in match.people:
                key = (match.address.program, match.address.cohort, person)
                best[key] = max(best.get(key, match.score), match.score)
    return best


def _means(
    enrolled: Iterable[EnrollmentRecord],
    scores: Scores,
    groups_of: GroupsOf,
    shown: set[str],
) -> tuple[tuple[str, float], ...]:
    """The mean score of the matched people of each group that is large enough."""
    of: dict[str, list[int]] = {}
    for one in enrolled:
        score = scores.get((one.address.program, one.address.cohort, one.person))
        if score is not None:
            for group in groups_of.get(one.person, ()):
                of.setdefault(group, []).append(score)
    return tuple(
        (group, float(np.mean(values)))
        for group, values in sorted(of.items())
        if group in shown and len(values) >= FLOOR
    )
