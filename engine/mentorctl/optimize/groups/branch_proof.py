"""Checks that prices prove an answer about groups to be the best, without solver and kernel."""

from collections.abc import Iterator

from mentorctl.optimize.groups.activation import CLOSED, OPEN, UNDECIDED, Activation, activation_of, worth_in_all
from mentorctl.optimize.groups.problem import LEAF, Branches, GroupAnswer, GroupProblem


def branch_defects(problem: GroupProblem, answer: GroupAnswer) -> Iterator[str]:
    """What the proof of an answer leaves open; nothing where there is none.

    Together with `verify_groups`, which holds the answer itself against the rules, this proves that no answer is better
    in the objectives in their order, and none as good that is before it in the tie-break.
    """
    if answer.proof is None:
        return
    activation = activation_of(problem)
    if activation is None or not answer.proved:
        yield "the prices do not belong to this answer"
        return
    yield from _open_cases(activation, answer.proof, worth_in_all(problem, answer.values, answer.chosen))


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
