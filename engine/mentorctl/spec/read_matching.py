"""The `matching` section: from its tree to rules, capacities, shapes of groups and the process."""

from collections.abc import Mapping, Sequence
from typing import Any

from mentorctl.diagnostics import FieldPath, quoted_list
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.fields import Role
from mentorctl.spec.matching import (
    Capacity,
    Cohesion,
    FairnessGap,
    GapMeasure,
    Group,
    Headcount,
    KeepExisting,
    Matching,
    MaxPer,
    MinShare,
    Mixture,
    Need,
    ObjectiveTerm,
    OddPerson,
    PoolRule,
    Process,
    ProjectWishes,
    Reserve,
    Round,
    SeatRule,
    Skills,
    Stability,
    Teams,
    Unmatched,
)
from mentorctl.spec.model import ModelType
from mentorctl.spec.read_rules import read_hard_rules, read_soft_rules, read_terms
from mentorctl.spec.read_time import read_duration
from mentorctl.spec.reading import Findings, Tree

_MATCHING: FieldPath = ("matching",)
_MANY = 1000  # as many matches as anybody could have
_POOL_RULES = ("max_per", "min_share", "reserve", "fairness_gap")
_PAIRS = (ModelType.ONE_ON_ONE, ModelType.REVERSE, ModelType.VIRTUAL, ModelType.FLASH, ModelType.PEER)
_COVERING = (("mentee", ObjectiveTerm.COVER_MENTEES), ("mentor", ObjectiveTerm.COVER_MENTORS))


def read_matching(tree: Tree, model: ModelType, found: Findings) -> Matching:
    """The `matching` section of a program of that model."""
    capacity: Tree = tree.get("capacity", {})
    teams, group = tree.get("teams"), tree.get("group")
    peers = model is ModelType.PEER
    objective, weights = _objective(tree, model)
    return Matching(
        require=read_hard_rules(tree.get("require", ()), found, peers=peers),
        prefer=read_soft_rules(tree.get("prefer", ()), found, peers=peers),
        mentor_capacity=_capacity(capacity.get("mentor", {"max": 1}), "mentor", found),
        mentee_capacity=_capacity(capacity.get("mentee", _usual_mentee_capacity(tree, model)), "mentee", found),
        objective=objective,
        weights=weights,
        written=tuple(
            ObjectiveTerm(term) for term in tree.get("objective", ()) if not isinstance(tree["objective"], str)
        ),
        stability=Stability(tree.get("stability", "none")),
        keep_existing=KeepExisting(tree.get("keep_existing", "strong")),
        unmatched=Unmatched(tree.get("unmatched", "waitlist")),
        process=_process(tree.get("process", "optimized"), found),
        terms=read_terms(tree, found, peers=peers),
        pool=tuple(_pool_rule(rule, i, found) for i, rule in enumerate(tree.get("pool", ()))),
        share_capacity=tuple(tree.get("share_capacity", ())),
        relax=tuple(tree.get("relax", ())),
        odd_person=OddPerson(tree.get("odd_person", "trio")),
        group=_group(group, found) if group else None,
        teams=_teams(teams, found) if teams else None,
        needs=tuple(_need(need) for need in tree.get("needs", ())),
        skills=_skills(tree.get("skills")),
        wishes=_wishes(tree.get("wishes")),
    )


def read_conditions(tree: Mapping[str, Mapping[str, Any]]) -> tuple[Condition, ...]:
    """Conditions on one person by field, e.g. `level: {at_least: senior}`."""
    return tuple(
        Condition(
            field=field,
            comparison=Comparison(word),
            values=tuple(value) if isinstance(value, list) else (value,),
        )
        for field, wanted in tree.items()
        for word, value in wanted.items()
    )


def read_headcount(tree: Tree, path: FieldPath, found: Findings, *, least: int = 1) -> Headcount:
    """`{min: 1, max: 2}`; what is left out is one, or as much as the other asks for."""
    low = tree.get("min", min(least, tree.get("max", least)))
    high = tree.get("max", max(low, 1))
    if low > high:
        found.add("MC1106", f"`min: {low}` is above `max: {high}`", path)
    return Headcount(at_least=low, at_most=high)


def _usual_mentee_capacity(tree: Tree, model: ModelType) -> Tree:
    """One match, or in a mosaic one for each need."""
    return {"max": len(tree.get("needs", ()))} if model is ModelType.MOSAIC else {"exactly": 1}


def _capacity(tree: Tree, role: str, found: Findings) -> Capacity:
    path: FieldPath = ("matching", "capacity", role)
    if "exactly" in tree and len(tree) > 1:
        found.add("MC1107", "`exactly` stands alone; `min` and `max` go together", path)
    least = tree.get("min", 0)
    most = tree.get("max", tree.get("exactly", _MANY))
    period = read_duration(tree["per"], (*path, "per"), found) if "per" in tree else None
    if not isinstance(most, int):
        return Capacity(
            at_most=most["at_most"],
            field=most["field"],
            missing=most.get("missing", 1),
            at_least=least,
            period=period,
        )
    if least > most:
        found.add("MC1106", f"`min: {least}` is above `max: {most}`", path)
    return Capacity(at_most=most, at_least=least, period=period)


def _objective(tree: Tree, model: ModelType) -> tuple[tuple[ObjectiveTerm, ...], tuple[int, ...]]:
    """The terms, the most important first, and the weights of those that are one sum.

    That everybody of a role with `min: 1` gets a match comes before what is written. Where people are to have exactly
    two matches or more, places are filled before points are counted. Where proposed matches are searched again, those
    that stay as they are decide between equals.
    """
    capacity: Tree = tree.get("capacity", {})
    written = _written_objective(tree.get("objective", "coverage_first"), model)
    first = (term for role, term in _COVERING if capacity.get(role, {}).get("min"))
    aims = {**dict.fromkeys(first, 0)}
    aims |= {term: weight for term, weight in written.items() if term not in aims}
    if any(side.get("exactly", 1) > 1 for side in capacity.values()):
        before = next((t for t, weight in aims.items() if weight or t is ObjectiveTerm.TOTAL_SCORE), None)
        aims = _with(aims, ObjectiveTerm.FILL_PLACES, before)
    if tree.get("keep_existing", "strong") != "strong" and model in _PAIRS:
        aims.setdefault(ObjectiveTerm.CHANGES, 0)
    return tuple(aims), tuple(aims.values()) if any(aims.values()) else ()


def _with(
    aims: Mapping[ObjectiveTerm, int], term: ObjectiveTerm, before: ObjectiveTerm | None
) -> dict[ObjectiveTerm, int]:
    """The aims with one more in front of another, or at the end."""
    made: dict[ObjectiveTerm, int] = {}
    for one, weight in aims.items():
        if one is before:
            made[term] = 0
        made[one] = weight
    return made | {term: 0}


def _written_objective(written: str | Sequence[str] | Mapping[str, int], model: ModelType) -> dict[ObjectiveTerm, int]:
    """The terms that are written, or that a preset stands for, with their weights; 0 in a list."""
    if isinstance(written, Mapping):
        return {ObjectiveTerm(term): weight for term, weight in written.items()}
    if not isinstance(written, str):
        return dict.fromkeys(map(ObjectiveTerm, written), 0)
    cover = ObjectiveTerm.COVER_PEERS if model is ModelType.PEER else ObjectiveTerm.COVER_MENTEES
    if written == "quality_first":
        return {ObjectiveTerm.TOTAL_SCORE: 0, cover: 0}
    return {cover: 0, ObjectiveTerm.TOTAL_SCORE: 0}


# -- shapes of groups --------------------------------------------------------------------------------------------------


def _group(tree: Tree, found: Findings) -> Group:
    path: FieldPath = (*_MATCHING, "group")
    slot = tree.get("common_slot")
    return Group(
        size=read_headcount(tree.get("size", {"min": 1, "max": _MANY}), (*path, "size"), found),
        mentors=read_headcount(tree.get("mentors", {}), (*path, "mentors"), found),
        mixture=tuple(
            Mixture(field=m["field"], at_least=m.get("at_least", 0), at_most=m.get("at_most", ""))
            for m in tree.get("mixture", ())
        ),
        seats=tuple(_seat(s, (*path, "seats", i), found) for i, s in enumerate(tree.get("seats", ()))),
        common_slot=read_duration(slot, (*path, "common_slot"), found, quarters=True) if slot else None,
        solo_cost=tree.get("solo_cost", 0),
        cohesion=_cohesion(tree),
    )


def _cohesion(tree: Tree) -> Cohesion | None:
    written = tree.get("cohesion")
    return Cohesion(field=written["field"], points_each=written.get("points_each", 1)) if written else None


def _seat(tree: Tree, path: FieldPath, found: Findings) -> SeatRule:
    low, high = tree.get("min", 0), tree.get("max")
    if high is not None and low > high:
        found.add("MC1106", f"`min: {low}` is above `max: {high}`", path)
    return SeatRule(field=tree["field"], value=tree["value"], at_least=low, at_most=high)


def _teams(tree: Tree, found: Findings) -> Teams:
    path: FieldPath = (*_MATCHING, "teams")
    slot = tree.get("common_slot")
    return Teams(
        field=tree["field"],
        mentors=read_headcount(tree.get("mentors", {}), (*path, "mentors"), found),
        common_slot=read_duration(slot, (*path, "common_slot"), found, quarters=True) if slot else None,
        solo_cost=tree.get("solo_cost", 0),
        cohesion=_cohesion(tree),
    )


def _need(tree: Tree) -> Need:
    return Need(
        id=tree["id"],
        mentee=read_conditions(tree.get("mentee", {})),
        mentor=read_conditions(tree.get("mentor", {})),
        because=tree.get("because", ""),
    )


def _skills(tree: Tree | None) -> Skills | None:
    if tree is None:
        return None
    return Skills(
        mentor=tree.get("mentor", ""),
        mentee=tree.get("mentee", ""),
        at_least=tree.get("min", 1),
        points_each=tree.get("points_each", 1),
    )


def _wishes(tree: Tree | None) -> ProjectWishes | None:
    return ProjectWishes(field=tree["field"], points=tuple(tree["points"])) if tree else None


# -- the pool and the process ------------------------------------------------------------------------------------------


def _pool_rule(tree: Tree, index: int, found: Findings) -> PoolRule:
    words = [word for word in _POOL_RULES if word in tree]
    if len(words) != 1:
        said = f"it has {quoted_list(words, last='and')}" if words else "it has none"
        here: FieldPath = (*_MATCHING, "pool", index)
        found.add("MC1107", f"a pool rule has one of {quoted_list(_POOL_RULES)}; {said}", here)
    share = tree["min_share"]["share"] if words == ["min_share"] else "0%"
    if not 0 <= float(share.removesuffix("%")) <= 100:  # noqa: PLR2004
        place: FieldPath = (*_MATCHING, "pool", index, "min_share", "share")
        found.add("MC1106", f"`{share}` is no share of people; write 0% to 100%", place)
    return PoolRule(
        id=tree["id"],
        of=Role.MENTOR if tree.get("of") == "mentors" else Role.MENTEE,
        rule=_bound(words[0], tree[words[0]], index, found) if words else MaxPer(field="", at_most=0),
        because=tree.get("because", ""),
    )


def _bound(word: str, tree: Tree, index: int, found: Findings) -> MaxPer | MinShare | Reserve | FairnessGap:
    if word == "fairness_gap":
        return _fairness_gap(tree, (*_MATCHING, "pool", index, word, "at_most"), found)
    if word == "max_per":
        return MaxPer(field=tree["field"], at_most=tree["at_most"])
    if word == "min_share":
        return MinShare(field=tree["field"], value=tree["value"], share=tree["share"])
    return Reserve(field=tree["field"], value=tree["value"], places=tree["places"])


def _fairness_gap(tree: Tree, path: FieldPath, found: Findings) -> FairnessGap:
    measure = GapMeasure(tree.get("measure", GapMeasure.MATCH_RATE))
    bound = tree.get("at_most")
    is_rate = measure is GapMeasure.MATCH_RATE
    if bound is None:
        return FairnessGap(field=tree["field"], measure=measure)
    if isinstance(bound, str) is not is_rate:
        kind = "percent, such as 10%" if is_rate else "points, such as 5"
        found.add("MC1106", f"a gap in `{measure}` is bounded in {kind}", path)
        return FairnessGap(field=tree["field"], measure=measure)
    at_most = float(bound.removesuffix("%")) if isinstance(bound, str) else float(bound)
    if not at_most >= 0 or (is_rate and at_most > 100):  # noqa: PLR2004
        found.add("MC1106", f"`{bound}` is no gap between two shares; write 0% to 100%", path)
    return FairnessGap(field=tree["field"], measure=measure, at_most=round(at_most * 100))


def _process(written: str | Tree, found: Findings) -> Process:
    tree: Tree = {"kind": written} if isinstance(written, str) else written
    path: FieldPath = (*_MATCHING, "process")

    def lasting(key: str) -> Any:
        return read_duration(tree[key], (*path, key), found) if key in tree else None

    return Process(
        kind=tree["kind"],
        approve=tree.get("approve", "none"),
        shortlist=tree.get("shortlist", 0),
        first_answer=tree.get("first_answer", "both"),
        answer_within=lasting("answer_within"),
        remind_after=lasting("remind_after"),
        on_decline=tree.get("on_decline", "rerun"),
        pending=tree.get("pending", 0),
        ready=tree.get("ready", ""),
        shows_score=tree.get("shows_score", False),
        cooldown=lasting("cooldown"),
        chosen_by=tree.get("chosen_by", "mentee"),
        sides=tree.get("sides", 2),
        request_points=tuple(tree.get("request_points", (10, 6, 3))),
        rating_points=tree.get("rating_points", 10),
        rounds=tuple(
            Round(
                id=r["id"],
                per_mentee=r.get("per_mentee", 0),
                per_mentor=r.get("per_mentor", 0),
                lasts=read_duration(r["lasts"], (*path, "rounds", i, "lasts"), found) if "lasts" in r else None,
            )
            for i, r in enumerate(tree.get("rounds", ()))
        ),
    )
