"""Another solver by option."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from .terminal import run_here


@pytest.mark.skipif(find_spec("cbcbox") is not None, reason="CBC is installed here")
def test_a_solver_that_is_not_installed_is_told(workspace: Path) -> None:
    """The message names the extra to install, and nothing is planned."""
    ran = run_here("plan", "--as-of", "2027-03-03", "--solver", "cbc", folder=workspace)

    assert ran.code == 64
    assert "mentorctl[cbc]" in ran.err
    assert ran.out == ""
