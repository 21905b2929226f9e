"""Checks of what a matching is best at: aims that the model has, and that can be served in their order."""

from collections.abc import Iterator

from mentorctl.diagnostics import Diagnostic, FieldPath, Place, Related, finding, quoted_list
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import Rank
from mentorctl.spec.matching import FairnessGap, GapMeasure, KeepExisting, Matching, ObjectiveTerm, Stability
from mentorctl.spec.model import ModelType, Program, Workspace
from mentorctl.spec.reference_checks import ProgramCheck
from mentorctl.spec.rule_paths import at

_GROUPED = (ModelType.GROUP, ModelType.TEAM, ModelType.FUNCTIONAL, ModelType.MOSAIC)
_WITH_TOPICS = (ModelType.GROUP, ModelType.TEAM, ModelType.FUNCTIONAL)
_TOGETHER = (ModelType.TEAM, ModelType.FUNCTIONAL, ModelType.MOSAIC)  # in these nobody has points of their own
_OF_PAIRS = (
    ObjectiveTerm.WORST_MATCH,
    ObjectiveTerm.LOAD_BALANCE,
    ObjectiveTerm.RANK_SUM,
    ObjectiveTerm.CHANGES,
)
# what is more when more people are matched, so that the answer is not empty
_COUNTING = (
    ObjectiveTerm.COVER_MENTEES,
    ObjectiveTerm.COVER_MENTORS,
    ObjectiveTerm.COVER_PEERS,
    ObjectiveTerm.FILL_PLACES,
    ObjectiveTerm.TOTAL_SCORE,
    ObjectiveTerm.RANK_SUM,
    ObjectiveTerm.LEXIMIN,
)
# what is no sum, and why; each is best when nobody is matched
_NO_SUM = {
    ObjectiveTerm.WORST_MATCH: "is one match, not a sum",
    ObjectiveTerm.FAIRNESS_GAP: "is a difference, not a sum",
}
_NOT_WITH_POOL = (ObjectiveTerm.WORST_MATCH, ObjectiveTerm.LOAD_BALANCE)


def objective_fits_the_model(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """A matching can only be best at what its model has."""
    model = program.model.type
    strange = [(term, *_strange(term, model)) for term in program.matching.objective]
    for term, why, advice in strange:
        if why:
            yield finding(
                "MC2089",
                f"`{term}` {why}, and the model is `{model}`",
                help=advice,
                place=_place(program, term),
                related=(_model(program),),
            )
    if program.matching.stability is Stability.STABLE and (model in _GROUPED or model is ModelType.PEER):
        yield finding(
            "MC2089",
            f"stable matches are those of mentors with mentees one by one, and the model is `{model}`",
            help="remove `stability`",
            place=at(program, ("matching", "stability")),
            related=(_model(program),),
        )


def _strange(term: ObjectiveTerm, model: ModelType) -> tuple[str, str]:
    """Why a model does not have an aim, and which it has; two empty texts when it has it."""
    is_peer, is_grouped = model is ModelType.PEER, model in _GROUPED
    if term is ObjectiveTerm.COVER_PEERS and not is_peer:
        return "counts peers who get a partner", "write `cover_mentees` or `cover_mentors`"
    if term in (ObjectiveTerm.COVER_MENTEES, ObjectiveTerm.COVER_MENTORS) and is_peer:
        return f"counts {term.removeprefix('cover_')}", "write `cover_peers`"
    if term is ObjectiveTerm.COMPLETE_GROUPS and not is_grouped:
        return "counts groups", f"remove it; {quoted_list(_GROUPED, last='and')} have groups"
    if term is ObjectiveTerm.COHESION and model not in _WITH_TOPICS:
        return "counts members of groups", "remove it"
    if term is ObjectiveTerm.LOAD_BALANCE and is_peer:
        return "counts the matches of mentors", "remove it; every peer has one match"
    if term in _OF_PAIRS and is_grouped:
        return "looks at single pairs", "remove it"
    if term is ObjectiveTerm.LEXIMIN and model in _TOGETHER:
        return "compares mentees by the points of their own match", "remove it"
    if term is ObjectiveTerm.COVER_WAITING and model is ModelType.MOSAIC:
        return "counts mentees, not needs", "remove it"
    return "", ""


def aims_can_be_served(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Each aim comes after what it depends on, and what it looks at is there."""
    matching = program.matching
    for i, (term, weight) in enumerate(zip(matching.objective, _weights(program), strict=True)):
        why, advice = _contradicts(program, term, matching.objective[:i], weighted=weight > 0)
        if why:
            yield finding("MC2096", f"`{term}` {why}", help=advice, place=_place(program, term))
    if matching.stability is Stability.STABLE and matching.pool:
        yield finding(
            "MC2096",
            "stable matches leave no choice, so no rule for the whole pool can hold",
            help="remove `stability` or `pool`",
            place=at(program, ("matching", "stability")),
            related=(Related(message="the pool is here", place=at(program, ("matching", "pool"), on_key=True)),),
        )


def _contradicts(
    program: Program, term: ObjectiveTerm, before: tuple[ObjectiveTerm, ...], *, weighted: bool
) -> tuple[str, str]:
    """Why an aim cannot be served where it stands, and what to write; two empty texts when it can."""
    matching = program.matching
    cover = ObjectiveTerm.COVER_PEERS if program.model.type is ModelType.PEER else ObjectiveTerm.COVER_MENTEES
    if term in _NOT_WITH_POOL and matching.pool:
        return "cannot be kept together with rules for the whole pool", "remove it, or remove `pool`"
    if term in _NO_SUM and weighted:
        return f"{_NO_SUM[term]}, so it has no weight", f"write a list, such as `[{cover}, {term}]`"
    if term in _NO_SUM and not set(before) & set(_COUNTING):
        return "comes before anything counts people, and is best when nobody is matched", f"write `{cover}` before it"
    if term is ObjectiveTerm.LEXIMIN:
        return _unfit_for_leximin(matching, weighted=weighted)
    if term is ObjectiveTerm.FAIRNESS_GAP:
        return _unfit_for_gaps(matching)
    if term is ObjectiveTerm.LOAD_BALANCE and not before and not weighted:
        return "comes first, so no mentor gets a second match, whoever waits", f"write `{cover}` before it"
    if term is ObjectiveTerm.RANK_SUM and not _reads_ranks(program):
        return (
            "counts ranks, and no rule reads any",
            "add a rule with `rank`, such as `rank: {by: mentee, field: …}`",
        )
    shape = matching.teams or matching.group
    has_topic = shape is not None and shape.cohesion is not None
    if term is ObjectiveTerm.COHESION and program.model.type in _WITH_TOPICS and not has_topic:
        key = "teams" if matching.teams else "group"
        return "counts who shares the topic of a group, and no field has topics", f"add `cohesion` to `{key}`"
    if term is ObjectiveTerm.CHANGES and matching.keep_existing is KeepExisting.STRONG:
        return "counts proposed matches that are given up, and none is", "write `keep_existing: weak`, or remove it"
    return "", ""


def _unfit_for_leximin(matching: Matching, *, weighted: bool) -> tuple[str, str]:
    if weighted:
        return "is an order, not a sum, so it has no weight", "write a list, such as `[leximin, total_score]`"
    if matching.mentee_capacity.at_most > 1 or any(r.per_mentee > 1 for r in matching.process.rounds):
        return (
            "compares mentees by their one match, and here they may have several",
            "write `worst_match` in its place, or one match for each mentee",
        )
    if matching.group and matching.group.mentors.at_most > 1:
        return (
            "compares mentees by the points with their mentor, and here a group may have several",
            "write `mentors: {max: 1}`, or remove it",
        )
    return "", ""


def _unfit_for_gaps(matching: Matching) -> tuple[str, str]:
    gaps = [entry.rule for entry in matching.pool if isinstance(entry.rule, FairnessGap)]
    if not gaps:
        return (
            "has no groups to compare",
            "add a rule such as `pool: [{id: even, fairness_gap: {field: …}}]`, which names their field",
        )
    if len({gap.measure for gap in gaps}) > 1:
        return "would add percentage points to points", "compare all fields by the same `measure`"
    return "", ""


def gaps_can_be_measured(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """A gap between groups is bounded or an aim, and people have what it compares."""
    matching = program.matching
    is_aim = ObjectiveTerm.FAIRNESS_GAP in matching.objective
    for i, entry in enumerate(matching.pool):
        if not isinstance(entry.rule, FairnessGap):
            continue
        path: FieldPath = ("matching", "pool", i, "fairness_gap")
        if entry.rule.at_most is None and not is_aim:
            yield finding(
                "MC2096",
                f"`{entry.id}` has no `at_most`, and `fairness_gap` is no aim, so nothing comes of it",
                help="write `at_most`, or `fairness_gap` under `objective`",
                place=at(program, path),
            )
        if entry.rule.measure is GapMeasure.MEAN_POINTS and (why := _without_points(program, entry.of)):
            yield finding(
                "MC2089",
                f"`{entry.id}` compares points, and {why}",
                help="write `measure: match_rate`",
                place=at(program, (*path, "measure")),
                related=(_model(program),),
            )


def _without_points(program: Program, role: Role) -> str:
    """Why nobody in a role has points of their own; empty where everybody has."""
    group = program.matching.group
    if role is Role.MENTOR:
        return "only those of mentees are compared"
    if program.model.type in _TOGETHER:
        return f"in the model `{program.model.type}` nobody has points of their own"
    if group and group.mentors.at_most > 1:
        return "a mentee has them with several mentors of a group"
    return ""


def aims_can_decide(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """With one place a mentor there is no load to balance."""
    matching = program.matching
    capacity = matching.mentor_capacity
    if program.model.type is ModelType.PEER:
        return
    if ObjectiveTerm.LOAD_BALANCE in matching.objective and capacity.at_most == 1 and not capacity.period:
        yield finding(
            "MC2097",
            "every mentor has one match at most, so there is no load to balance",
            help="raise `capacity.mentor`, or remove it",
            place=_place(program, ObjectiveTerm.LOAD_BALANCE),
        )


def _reads_ranks(program: Program) -> bool:
    matching = program.matching
    return any(isinstance(rule.predicate, Rank) for rule in (*matching.require, *matching.prefer))


def _weights(program: Program) -> tuple[int, ...]:
    matching = program.matching
    return matching.weights or (0,) * len(matching.objective)


def _place(program: Program, term: ObjectiveTerm) -> Place:
    """Where an aim is written; what stands for others is marked as a whole."""
    written, path = program.matching.written, ("matching", "objective")
    if term not in written:
        return at(program, path)
    step: FieldPath = (term.value,) if any(_weights(program)) else (written.index(term),)
    return at(program, (*path, *step), on_key=any(_weights(program)))


def _model(program: Program) -> Related:
    return Related(message="the model is chosen here", place=at(program, ("model", "type")))


AIM_CHECKS: tuple[ProgramCheck, ...] = (
    objective_fits_the_model,
    aims_can_be_served,
    gaps_can_be_measured,
    aims_can_decide,
)
