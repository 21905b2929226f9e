"""Whether an answer to a network is what it says, without a solver: the pairs, each value, each proof.

Prices of the first objective bound every choice of pairs. Those of a later one bound the choices that the earlier
prices leave open (complementary slackness), so the proofs are followed in order.
"""

from collections.abc import Iterator

import numpy as np

from mentorctl.optimize.network import Face, Network, NetworkAnswer, Objective, matches_of, price_bound, signs_of, worth


def network_defects(network: Network, objectives: tuple[Objective, ...], answer: NetworkAnswer) -> Iterator[str]:
    """What is wrong with the answer; nothing where it is proved. Beyond the objectives, proofs are of the tie-break."""
    chosen = answer.chosen
    if not isinstance(chosen, np.ndarray) or chosen.dtype != np.bool_ or chosen.shape != (len(network),):
        yield "the answer does not say of each pair whether it is chosen"
        return
    matches = matches_of(network, chosen)
    if np.any(matches < network.low) or np.any(matches > network.high):
        yield "somebody has fewer or more matches than they may"
        return
    if len(answer.certificates) < len(objectives):
        yield "an objective has no certificate"
    face = Face(network)
    for turn, certificate in enumerate(answer.certificates):
        prices = certificate.prices
        if not isinstance(prices, np.ndarray) or prices.dtype != np.int64 or prices.shape != network.low.shape:
            yield f"certificate {turn + 1} does not give each person a price"
            return
        objective, forced = face.seen_from(objectives, turn)
        here = chosen if face.pairs is None else chosen[face.pairs]
        if not chosen[face.forced].all() or int(here.sum()) + len(face.forced) != int(chosen.sum()):
            yield f"the pairs are not best in objective {turn}"
            return
        value = forced + worth(face.network, objective, here)
        try:
            bound = forced + price_bound(face.network, objective, prices)
        except ValueError as error:
            yield str(error)
            return
        if value != certificate.value or bound != certificate.bound or value != bound:
            said = f"{certificate.value} of at most {certificate.bound}"
            yield f"certificate {turn + 1} says {said}; it is {value} of at most {bound}"
            return
        face.restrict(objective, prices, here, signs_of(face.network, objective, prices)[0])
