"""The solver's process: whatever it does, the planner gets a proved answer or a sentence, and no process is left."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from mentorctl.optimize import worker
from mentorctl.optimize.network import Network, NoProof, Objective, solve_network
from mentorctl.optimize.worker import WorkerEngine, WorkerFailed

HONEST = """
import sys, dataclasses
import numpy as np
from mentorctl.optimize import wire
from mentorctl.optimize.ordered import solve_in_order

task, seconds, memory, solver, network, aims, budgets = wire.receive(sys.stdin.buffer)
answer = solve_in_order(network, aims, budgets)
first = answer.certificates[0]
chosen, prices = answer.chosen.copy(), first.prices.copy()
"""
SEND = """
certificates = (dataclasses.replace(first, prices=prices), *answer.certificates[1:])
wire.send(sys.stdout.buffer, dataclasses.replace(answer, chosen=chosen, certificates=certificates))
"""


def problem(people: int = 8) -> tuple[Network, tuple[Objective, ...]]:
    """Everybody may be with everybody; points are random."""
    mentee, mentor = (side.ravel().astype(np.int32) for side in np.indices((people, people)))
    network = Network(
        mentees=people,
        mentee=mentee,
        mentor=mentor + np.int32(people),
        low=np.zeros(2 * people, np.int64),
        high=np.ones(2 * people, np.int64),
    )
    points = np.random.default_rng(5).integers(1, 1000, people * people)
    return network, (Objective(pair=points, cover=np.zeros(2 * people, np.int64)),)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module that the engine starts in place of the worker; the test writes it."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(worker, "_MODULE", "fake_worker")
    return tmp_path / "fake_worker.py"


def gone(pid: int) -> bool:
    """Whether a process has ended, and is no zombie of ours either."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_worker_answers_as_the_solver_does() -> None:
    """The pairs and the proofs of the worker are those of a solve in this process."""
    network, objectives = problem()
    here = solve_network(network, objectives)
    with WorkerEngine(seconds=20) as engine:
        there = engine.network(network, objectives)
    assert there.chosen.tolist() == here.chosen.tolist()
    assert [c.value for c in there.certificates] == [c.value for c in here.certificates]
    assert there.modeled


def test_a_solver_that_hangs_is_ended(fake: Path) -> None:
    """After the limit its process is killed, and the sentence names the limit."""
    fake.write_text("import time\ntime.sleep(600)\n", encoding="utf-8")
    began = time.monotonic()
    with WorkerEngine(seconds=0.3, grace=0.2) as engine:
        engine._started()
        assert engine._process is not None
        pid = engine._process.pid
        with pytest.raises(WorkerFailed, match=r"took longer than 0\.3 seconds"):
            engine.network(*problem())
    assert time.monotonic() - began < 20
    assert gone(pid)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("import os\nos._exit(3)\n", "exit code 3", id="it gives up"),
        pytest.param("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "signal 11", id="it crashes"),
        pytest.param("raise RuntimeError('out of order')\n", "RuntimeError: out of order", id="it raises"),
        pytest.param("print('Welcome to HiGHS')\n", "something else than an answer", id="it chats"),
        pytest.param("print('{}')\n", "something else than an answer", id="it sends half a message"),
    ],
)
def test_a_solver_that_dies_is_a_sentence(fake: Path, text: str, said: str) -> None:
    """How it ended is told; nothing of it is used."""
    fake.write_text(text, encoding="utf-8")
    with WorkerEngine(seconds=20) as engine, pytest.raises(WorkerFailed, match=said):
        engine.network(*problem())


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param("chosen[:] = False", id="nobody"),
        pytest.param("chosen[:] = True", id="everybody"),
        pytest.param("chosen = np.roll(chosen, 1)", id="others"),
        pytest.param("prices[0] += 1 << 20", id="a price too high"),
        pytest.param("prices[:] = 0", id="no prices"),
        pytest.param("prices = prices[:-1]", id="a price too few"),
        pytest.param("prices = prices.astype(float)", id="prices that are not whole"),
        pytest.param("prices[0] = -1 << 63", id="a price beyond all bounds"),
        pytest.param(
            "first = dataclasses.replace(first, value=first.value + 1, bound=first.bound + 1)", id="more worth"
        ),
        pytest.param("chosen = None", id="nothing"),
    ],
)
def test_a_solver_that_lies_is_not_believed(fake: Path, lie: str) -> None:
    """A choice or a proof that does not hold is found outside the worker, by code without a solver."""
    fake.write_text(HONEST + lie + SEND, encoding="utf-8")
    with WorkerEngine(seconds=20) as engine, pytest.raises(NoProof):
        engine.network(*problem())


def test_another_kind_of_answer_is_not_believed(fake: Path) -> None:
    """An answer to another question is none."""
    fake.write_text(HONEST + "wire.send(sys.stdout.buffer, first)\n", encoding="utf-8")
    with WorkerEngine(seconds=20) as engine, pytest.raises(NoProof):
        engine.network(*problem())


@pytest.mark.skipif(not hasattr(os, "sysconf"), reason="the system has no such limit")
def test_a_solver_that_needs_too_much_memory_fails_alone() -> None:
    """An allocation beyond the limit fails in the worker; the sentence says so, and the next problem is solved."""
    network, objectives = problem(1200)
    with WorkerEngine(seconds=60, memory=1 << 20) as engine:
        with pytest.raises(NoProof, match="memory"):
            engine.network(network, objectives)
        engine._memory = 8 << 30
        assert engine.network(*problem()).certificates[0].proves


def test_the_default_limit_is_below_the_memory_of_the_machine() -> None:
    """Without a choice the worker may use most of the memory, and not all of it."""
    assert 0 < WorkerEngine(seconds=1)._memory <= 1 << 50
