"""Prices that depend on an answer alone, so that every kernel that finds it leaves the same certificate."""

from collections.abc import Sequence

import numpy as np

from mentorctl.optimize.certify import Left, Proof
from mentorctl.optimize.explain.residual import Residual
from mentorctl.optimize.network import Mask, Network, Objective, worth


def canonical_proofs(network: Network, objectives: Sequence[Objective], chosen: Mask) -> tuple[Proof, ...]:
    """A proof of each objective over what those before it leave. Raises NoProof where the choice is not the best."""
    left, proofs = Left(network), []
    for objective in objectives:
        there, kept = left.network()
        prices = Residual(there, [left.seen(objective)], chosen[kept]).prices()
        proofs.append(Proof(prices=prices, value=worth(network, objective, chosen)))
        left.keep_the_best(objective, np.asarray(prices))
    return tuple(proofs)
