"""The best new matches of a cohort, whatever its model, checked by hand before anybody sees them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.shapes.case import Proposal, Proposals, ShapeCase
from mentorctl.optimize.shapes.pairs import propose_flash, propose_pairs
from mentorctl.optimize.verify import WrongAnswer, broken_by
from mentorctl.spec.model import ModelType


def propose(case: ShapeCase, engine: Engine) -> Proposals:
    """The best new matches beside those that stand.

    Raises `network.NoProof` when the solver gives no proved answer for pairs, `verify.WrongAnswer` when an answer
    breaks a rule.
    """
    return checked(case, _search_of(case.model)(case, engine))


def _search_of(model: ModelType) -> Callable[[ShapeCase, Engine], Proposals]:
    """How a model is searched; those that are no network are imported when a program is one of them."""
    match model:
        case ModelType.ONE_ON_ONE | ModelType.REVERSE | ModelType.VIRTUAL:
            return propose_pairs
        case ModelType.FLASH:
            return propose_flash
        case ModelType.PEER:
            from mentorctl.optimize.shapes.peers import propose_peers

            return propose_peers
    from mentorctl.optimize.shapes.groups import propose_groups

    return propose_groups


def checked(case: ShapeCase, found: Proposals) -> Proposals:
    """The proposals in their order, if nothing is wrong with them. Raises `verify.WrongAnswer` otherwise."""
    for proposal in found.made:
        for problem in _defects(case, proposal):
            raise WrongAnswer(problem)
    return replace(found, made=tuple(sorted(found.made, key=lambda p: (p.subject, p.mentors, p.others))))


def _defects(case: ShapeCase, proposal: Proposal) -> Iterator[str]:
    """Hard rules that a proposal breaks, by the evaluator that shares no code with the scoring."""
    everybody = (*proposal.mentors, *proposal.others)
    if len(set(everybody)) != len(everybody):
        yield "somebody is matched with themselves"
    if case.ground.peers:
        pairs = [(a, b) for at, a in enumerate(proposal.others) for b in proposal.others[at + 1 :]]
    else:
        pairs = [(mentee, mentor) for mentee in proposal.others for mentor in proposal.mentors]
    for mentee, mentor in pairs:
        broken = broken_by(case.ground, case.matching, mentee, mentor)
        if broken:
            yield f"a pair breaks the rule `{broken}`"
