"""A store of each kind for every test of the contract."""

import pytest
from contract.kinds import KINDS, Kept


@pytest.fixture(params=KINDS)
def kept(request: pytest.FixtureRequest) -> Kept:
    """A store that was never written, of each kind."""
    return KINDS[request.param](request)
