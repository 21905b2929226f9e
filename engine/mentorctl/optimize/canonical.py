"""Prices that depend on an answer alone, so that every kernel that finds it leaves the same certificate."""

from collections.abc import Sequence

from mentorctl.optimize.certify import Left, seen_as
from mentorctl.optimize.explain.residual import Residual
from mentorctl.optimize.network import Certificate, Mask, Network, Objective, worth


def canonical_proofs(
    network: Network, objectives: Sequence[Objective], chosen: Mask, known: Sequence[Certificate] = ()
) -> tuple[Certificate, ...]:
    """A proof of each objective over what those before it leave. Raises NoProof where the choice is not the best.

    The `known` proofs of a kernel only make it quicker.
    """
    left, proofs = Left(network), list[Certificate]()
    for turn, objective in enumerate(objectives):
        there, kept = left.network()
        hint = known[turn].prices if turn < len(known) else None
        prices = Residual(there, [left.seen(objective)], chosen[kept], hint).prices()
        value = worth(network, objective, chosen)
        proofs.append(Certificate(prices=prices, value=value, bound=value))
        left.keep_the_best(left.weigh(seen_as(objective), prices), prices)
    return tuple(proofs)
