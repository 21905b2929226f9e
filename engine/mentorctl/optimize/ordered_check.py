"""Whether an answer under several aims is what it says: its pairs, each of its levels, each proof, without a solver."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from mentorctl.optimize.budgets import Budget, keeps
from mentorctl.optimize.certify import bounds_in_order, choice_defects, network_defects, value_of
from mentorctl.optimize.network import Certificate, Mask, Network, NetworkAnswer, Objective
from mentorctl.optimize.ordered import Aim, OrderedAnswer, Threshold, Worst, only, over

type _Check = Callable[[Network, Sequence[Objective], NetworkAnswer], Iterator[str]]


def answer_defects(
    network: Network, aims: Sequence[Aim], budgets: Sequence[Budget], answer: OrderedAnswer
) -> Iterator[str]:
    """What is wrong with an answer; nothing where it is proved.

    Within budgets certificates may come without prices. The pairs are checked then, and what they are worth; how much
    better another answer could be is the solver's word.
    """
    broken = list(choice_defects(network, answer.chosen))
    if not broken and not keeps(budgets, answer.chosen):
        broken.append("what some pairs share is used up more than once")
    levels = sum(isinstance(aim, Worst) for aim in aims)
    if len(answer.thresholds) != levels:
        broken.append(f"there are {len(answer.thresholds)} proofs of {levels} worst matches")
    yield from broken
    if broken:
        return
    is_word = bool(budgets) and not any(np.size(proof.prices) for proof in _proofs(answer))
    left = np.ones(len(network), np.bool_)
    before: list[Objective] = []
    thresholds = iter(answer.thresholds)
    for aim in aims:
        if isinstance(aim, Objective):
            before.append(aim)
            continue
        threshold = next(thresholds)
        check = _said_defects if is_word else threshold_defects
        defects = list(check(network, left, before, aim, threshold, answer.chosen))
        yield from defects
        if defects:
            return
        left = left & (aim.pair >= threshold.level)
    proofs: _Check = _worth_defects if is_word else network_defects
    yield from proofs(*_narrowed(network, before, answer.chosen, answer.certificates, left))


def threshold_defects(
    network: Network, left: Mask, before: Sequence[Objective], worst: Worst, threshold: Threshold, chosen: Mask
) -> Iterator[str]:
    """What is wrong with a threshold, without a solver; `left` are the pairs that earlier ones leave.

    The choice has to reach it, to be the best in the aims before over all that is left, and every choice of better
    pairs only has to be worse in them.
    """
    yield from _level_defects(worst, threshold, chosen)
    if len(threshold.reached) != len(before):
        yield "the aims before a worst match are not proved"
        return
    yield from network_defects(*_narrowed(network, before, chosen, threshold.reached, left))
    above = left & (worst.pair > threshold.level)
    if threshold.beyond != (int(worst.pair[above].min()) if above.any() else threshold.level):
        yield "the better pairs begin elsewhere"
        return
    if not above.any():
        return
    bounds = bounds_in_order(only(network, above), [over(o, above) for o in before], threshold.missed)
    for objective, said, bound in zip(before, threshold.missed, bounds, strict=False):
        value = value_of(network, objective, chosen)
        if not bound == said.value == said.bound:
            break
        if bound < value:
            return
    yield f"nothing proves that a worst match with more than {threshold.level} points loses something"


def _proofs(answer: OrderedAnswer) -> Iterator[Certificate]:
    yield from answer.certificates
    for threshold in answer.thresholds:
        yield from (*threshold.reached, *threshold.missed)


def _narrowed(
    network: Network, objectives: Sequence[Objective], chosen: Mask, certificates: tuple[Certificate, ...], left: Mask
) -> tuple[Network, Sequence[Objective], NetworkAnswer]:
    """What is claimed about the pairs that are left."""
    answer = NetworkAnswer(chosen=chosen[left], certificates=certificates)
    return only(network, left), [over(objective, left) for objective in objectives], answer


def _level_defects(worst: Worst, threshold: Threshold, chosen: Mask) -> Iterator[str]:
    if not isinstance(threshold.level, int) or (worst.pair[chosen] < threshold.level).any():
        yield f"the worst match has less than {threshold.level} points"


# -- what only a solver says -------------------------------------------------------------------------------------------


def _said_defects(
    network: Network, _left: Mask, before: Sequence[Objective], worst: Worst, threshold: Threshold, chosen: Mask
) -> Iterator[str]:
    yield from _level_defects(worst, threshold, chosen)
    if not all(proof.proves for proof in threshold.reached):
        yield "the aims before a worst match are not proved"
    yield from _worth_defects(network, before, NetworkAnswer(chosen=chosen, certificates=threshold.reached))


def _worth_defects(network: Network, objectives: Sequence[Objective], answer: NetworkAnswer) -> Iterator[str]:
    """Whether the pairs are worth what is said, and no less than the bound that a solver gave."""
    if len(answer.certificates) < len(objectives):
        yield f"there are {len(answer.certificates)} values of {len(objectives)} objectives"
        return
    for number, (objective, said) in enumerate(zip(objectives, answer.certificates, strict=False), start=1):
        value = value_of(network, objective, answer.chosen)
        if not value == said.value <= said.bound:
            yield f"objective {number} is worth {value}, not {said.value} of at most {said.bound}"
