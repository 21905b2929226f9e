"""Checks that prices prove an answer about groups to be the best, without solver and kernel."""

from collections.abc import Iterator

from mentorctl.optimize.groups.activation import (
    CLOSED,
    OPEN,
    UNDECIDED,
    Activation,
    activation_of,
    in_order,
    worth_of_terms,
)
from mentorctl.optimize.groups.problem import LEAF, Branches, GroupAnswer, GroupProblem


def branch_defects(problem: GroupProblem, answer: GroupAnswer) -> Iterator[str]:
    """What the proof of an answer leaves open; nothing where there is none.

    Together with `verify_groups`, which holds the answer itself against the rules, this proves that no answer is better
    in the objectives in their order, and none as good that is before it in the tie-break.
    """
    if not answer.proofs:
        return
    terms = [list(proof.terms) for proof in answer.proofs]
    if not answer.proved or not _serve_in_order(problem, terms):
        yield "the prices do not belong to this answer"
        return
    for proof, taken in zip(answer.proofs, terms, strict=True):
        activation = activation_of(problem, taken)
        if activation is None:
            yield "the prices do not belong to this answer"
            return
        yield from _open_cases(activation, proof, worth_of_terms(problem, taken, answer.values, answer.chosen))


def _serve_in_order(problem: GroupProblem, terms: list[list[int]]) -> bool:
    """Whether who is best under each of the terms is best under the objectives in order, and the tie-break then."""
    if len(terms) == 1:
        return terms[0] == in_order(problem, ties=True)
    if len(terms) != 2 or terms[0] != in_order(problem, ties=False) or len(terms[1]) != len(terms[0]):  # noqa: PLR2004
        return False
    *objectives, ties = terms[1]
    often = objectives[0] // terms[0][0] if objectives else 0
    return ties == 1 and objectives == [often * term for term in terms[0][:-1]] and often >= 0


def _open_cases(activation: Activation, proof: Branches, worth: int) -> Iterator[str]:
    prices, ahead = iter(proof.prices), [activation.start]
    for unit in proof.unit.tolist():
        state = ahead.pop() if ahead else None
        if state is None or not LEAF <= unit < len(activation.reward):
            yield "the cases of the proof do not fit together"
            return
        if unit == LEAF:
            row = next(prices, None)
            if row is None or len(row) != len(activation.network.low):
                yield "the cases of the proof do not fit together"
                return
            try:
                if activation.bound(state, row) > worth:
                    yield "in one case the prices leave room for a better answer"
            except ValueError as reason:
                yield str(reason)
        elif state[unit] != UNDECIDED:
            yield f"unit {unit} is decided twice"
            return
        else:
            for decided in (OPEN, CLOSED):
                part = state.copy()
                part[unit] = decided
                ahead.append(part)
    if ahead:
        yield "a case is left out of the proof"
