"""Another solver by option."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from mentorctl.cli.planning import ready_engine
from mentorctl.cli.shell import Solving

from .terminal import run_here


@pytest.mark.skipif(find_spec("cbcbox") is not None, reason="CBC is installed here")
def test_a_solver_that_is_not_installed_is_told(workspace: Path) -> None:
    """The message names the extra to install, and nothing is planned."""
    ran = run_here("plan", "--as-of", "2027-03-03", "--solver", "cbc", folder=workspace)

    assert ran.code == 64
    assert "mentorctl[cbc]" in ran.err
    assert ran.out == ""


def test_the_solver_may_use_so_much_memory_and_no_more(workspace: Path) -> None:
    """What is asked for bounds the worker; less than it takes to begin is a usage error, and plans do not depend on it."""
    with ready_engine(Solving(memory=2048)) as engine:
        assert engine._memory == 2048 << 20
    assert run_here("plan", "--memory-limit", "100", folder=workspace).code == 64
    plain, bounded = (
        run_here("plan", "--as-of", "2027-03-03", "--format", "json", *limit, folder=workspace)
        for limit in ((), ("--memory-limit", "8192"))
    )
    assert (bounded.code, bounded.json) == (0, plain.json)
