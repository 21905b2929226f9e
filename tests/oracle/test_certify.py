"""The check of proofs against all choices of tiny networks: it takes the best ones for proved, and no others."""

from dataclasses import replace

import numpy as np
import pytest
from oracle.test_network import draw_network, worths

from mentorctl.optimize.canonical import canonical_proofs
from mentorctl.optimize.certify import choice_defects, network_defects
from mentorctl.optimize.network import NetworkAnswer, NoProof, solve_network


@pytest.mark.parametrize("block", range(4))
def test_exactly_the_best_choices_are_proved(block: int) -> None:
    """With prices of the kernel and with canonical ones, every best choice passes and every other allowed one fails."""
    for seed in range(block * 100, block * 100 + 100):
        drawn = draw_network(seed)
        if not len(drawn.allowed):
            continue
        answer = solve_network(drawn.network, drawn.objectives)
        found = answer.certificates[: len(drawn.objectives)]
        values = np.array([worths(drawn, objective) for objective in drawn.objectives]).T.tolist()
        best = max(map(tuple, values))
        for proofs in (found, canonical_proofs(drawn.network, drawn.objectives, answer.chosen)):
            for choice, value in zip(drawn.allowed, values, strict=True):
                said = tuple(replace(p, value=v, bound=v) for p, v in zip(proofs, value, strict=True))
                claimed = NetworkAnswer(chosen=choice, certificates=said)
                defects = list(network_defects(drawn.network, drawn.objectives, claimed))
                assert (not defects) == (tuple(value) == best), (seed, defects)
                assert not list(choice_defects(drawn.network, choice))


def test_every_best_choice_has_canonical_prices() -> None:
    """Whichever best choice it was, its canonical prices prove it; a choice that is not the best has none."""
    for seed in range(120):
        drawn = draw_network(seed)
        values = np.array([worths(drawn, objective) for objective in drawn.objectives]).T.tolist()
        best = max(map(tuple, values), default=())
        for choice, value in zip(drawn.allowed, values, strict=True):
            if tuple(value) != best:
                with pytest.raises(NoProof):
                    canonical_proofs(drawn.network, drawn.objectives, choice)
                continue
            proofs = canonical_proofs(drawn.network, drawn.objectives, choice)
            claimed = NetworkAnswer(chosen=choice, certificates=proofs)
            assert not list(network_defects(drawn.network, drawn.objectives, claimed)), seed


def test_where_nobody_has_room_it_is_proved_that_nobody_is_matched() -> None:
    """The prices prove every objective and the tie-break, whichever side has no place left."""
    for seed in range(120):
        drawn = draw_network(seed)
        is_mentee = np.arange(len(drawn.network.low)) < drawn.network.mentees
        high = np.where(is_mentee == bool(seed % 2), 0, drawn.network.high)
        full = replace(drawn.network, low=np.zeros_like(high), high=high)
        answer = solve_network(full, drawn.objectives)
        assert not answer.chosen.any()
        assert len(answer.certificates) == len(drawn.objectives) + 2
        assert not list(network_defects(full, drawn.objectives, answer)), seed


def test_choices_outside_the_intervals_are_told() -> None:
    """Too many matches and too few are counted."""
    drawn = draw_network(1)
    everything = np.ones(len(drawn.network), np.bool_)
    counts = np.bincount(np.concatenate([drawn.network.mentee, drawn.network.mentor]), minlength=len(drawn.network.low))
    over = bool((counts > drawn.network.high).any())
    assert any("more matches" in defect for defect in choice_defects(drawn.network, everything)) == over


def test_what_a_kernel_knows_changes_no_canonical_price() -> None:
    """With its prices, with prices that prove nothing and without any, the proofs are the same numbers."""
    for seed in range(200):
        drawn = draw_network(seed)
        if not len(drawn.allowed):
            continue
        answer = solve_network(drawn.network, drawn.objectives)
        plain = canonical_proofs(drawn.network, drawn.objectives, answer.chosen)
        spoilt = tuple(replace(c, prices=c.prices - 7) for c in answer.certificates)
        for known in (answer.certificates, spoilt):
            hinted = canonical_proofs(drawn.network, drawn.objectives, answer.chosen, known)
            assert [c.prices.tolist() for c in hinted] == [c.prices.tolist() for c in plain], seed
