"""Solves in a process of its own, because a solver inside ours cannot be interrupted and may take it along.

This is the one module of the core that starts a process. The worker is a session leader, so a Ctrl-C at the terminal
reaches only us; whatever happens here ends its whole group, and on Linux the kernel ends it when we die.
"""

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from mentorctl.optimize.engine import (
    checked_gatherings,
    checked_groups,
    checked_network,
    checked_peers,
    checked_series,
    checked_timetable,
)
from mentorctl.optimize.network import NoProof, has_no_choice

if TYPE_CHECKING:
    import subprocess

    from mentorctl.optimize.budgets import Budget
    from mentorctl.optimize.groups.problem import GroupAnswer, GroupProblem, PeerAnswer, PeerProblem
    from mentorctl.optimize.network import Network
    from mentorctl.optimize.ordered import Aim, OrderedAnswer
    from mentorctl.optimize.scheduling.gatherings import GatheringAnswer, GatheringProblem
    from mentorctl.optimize.scheduling.problem import SeriesAnswer, SeriesProblem
    from mentorctl.optimize.scheduling.timetable import Timetable, TimetableProblem

_GRACE = 30.0  # seconds over the limit before a solver that ignores it is ended
_PR_SET_PDEATHSIG = 1


_MODULE = "mentorctl.optimize.worker"


def _environment() -> dict[str, str]:
    """Ours, with the folder that this package was imported from first on the path: the worker must be the same."""
    home = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))}


def _most_memory() -> int:
    """Nine tenths of the machine's memory; 16 GiB where it does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 9 // 10
    except (AttributeError, ValueError, OSError):
        return 16 << 30


class WorkerFailed(NoProof):
    """The worker gave no answer: it was ended, ran out of memory or time, or broke."""


class WorkerEngine:
    """An engine in a worker process. Use it as a context manager; it starts with the first problem that has a choice.

    `seconds` bounds each problem: schedules, groups and peers give their best so far then, matchings fail. `solver` is
    that of matchings, groups and peers. `memory` bounds the worker's address space in bytes; without it, most of the
    machine's memory does, so that a solver that wants too much fails by itself, and no other program suffers.
    """

    def __init__(
        self, *, seconds: float, solver: str = "highs", memory: int | None = None, grace: float = _GRACE
    ) -> None:
        self.solver = solver
        self._seconds = seconds
        self._memory = memory or _most_memory()
        self._grace = grace
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the worker and everything it started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
        if self._complaints is not None:
            self._complaints.close()
        self._process = self._complaints = None

    def network(
        self, network: "Network", aims: "tuple[Aim, ...]", budgets: "tuple[Budget, ...]" = ()
    ) -> "OrderedAnswer":
        from mentorctl.optimize.ordered import OrderedAnswer, solve_in_order

        if has_no_choice(network):
            return checked_network(network, aims, budgets, solve_in_order(network, aims, budgets))
        answer = self._ask(OrderedAnswer, "network", network, aims, budgets)
        return checked_network(network, aims, budgets, answer)

    def groups(self, problem: "GroupProblem") -> "GroupAnswer":
        from mentorctl.optimize.groups.problem import GroupAnswer

        return checked_groups(problem, self._ask(GroupAnswer, "groups", problem))

    def peers(self, problem: "PeerProblem") -> "PeerAnswer":
        from mentorctl.optimize.groups.problem import PeerAnswer

        return checked_peers(problem, self._ask(PeerAnswer, "peers", problem))

    def series(self, problem: "SeriesProblem") -> "SeriesAnswer":
        from mentorctl.optimize.scheduling.problem import SeriesAnswer

        return checked_series(problem, lambda asked: self._ask(SeriesAnswer, "series", asked))

    def gatherings(self, problem: "GatheringProblem") -> "GatheringAnswer":
        from mentorctl.optimize.scheduling.gatherings import GatheringAnswer, place_gatherings, share_nothing

        if share_nothing(problem):
            return checked_gatherings(problem, place_gatherings(problem))
        return checked_gatherings(problem, self._ask(GatheringAnswer, "gatherings", problem))

    def timetable(self, problem: "TimetableProblem") -> "Timetable":
        from mentorctl.optimize.scheduling.timetable import Timetable

        return checked_timetable(problem, self._ask(Timetable, "timetable", problem))

    def _ask[T](self, kind: type[T], task: str, *problem: object) -> T:
        from mentorctl.optimize.wire import Garbled, receive, send

        process = self._started()
        overdue = threading.Event()
        watch = threading.Timer(self._seconds + self._grace, self._end_overdue, (process, overdue))
        watch.daemon = True
        watch.start()
        try:
            if process.stdin is None or process.stdout is None:
                raise WorkerFailed("the solver process has no pipes")
            send(process.stdin, (task, self._seconds, self._memory, self.solver, *problem))
            answer = receive(process.stdout)
        except (EOFError, Garbled, BrokenPipeError) as error:
            reason = self._reason(process, error, is_overdue=overdue.is_set())
            self.close()
            raise WorkerFailed(reason) from None
        finally:
            watch.cancel()
        if isinstance(answer, kind):
            return answer
        raise NoProof(str(answer))

    def _started(self) -> "subprocess.Popen[bytes]":
        import subprocess
        import tempfile

        if self._process is None:
            self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", _MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                start_new_session=True,
                env=_environment(),
            )
        return self._process

    @staticmethod
    def _end_overdue(process: "subprocess.Popen[bytes]", overdue: threading.Event) -> None:
        overdue.set()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def _reason(self, process: "subprocess.Popen[bytes]", error: Exception, *, is_overdue: bool) -> str:
        if is_overdue:
            return f"the solver took longer than {self._seconds:g} seconds"
        if isinstance(error, ValueError):
            return f"the solver process wrote something else than an answer: {error}"
        code = process.wait()
        how = f"signal {-code}, perhaps for lack of memory" if code < 0 else f"exit code {code}"
        return f"the solver process ended without an answer ({how}){self._last_complaint()}"

    def _last_complaint(self) -> str:
        if self._complaints is None:
            return ""
        self._complaints.seek(0)
        lines = self._complaints.read()[-4000:].decode(errors="replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""


# -- inside the worker -------------------------------------------------------------------------------------------------


def serve(asked: IO[bytes], answered: IO[bytes]) -> None:
    """Answer problems until the other end closes. A failed proof is answered with its sentence."""
    from mentorctl.optimize.wire import receive, send

    while True:
        try:
            task, seconds, memory, solver, *problem = receive(asked)
        except EOFError:
            return
        _limit_memory(memory)
        try:
            answer = _TASKS[task](seconds, solver, *problem)
        except NoProof as failure:
            answer = str(failure)
        except MemoryError:
            answer = f"the solver needs more than the {memory / 2**30:.1f} GiB of memory that it may use"
        send(answered, answer)


def _limit_memory(most: int) -> None:
    """Let an allocation beyond the limit fail, where the system can do that."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _network(
    seconds: float, solver: str, network: "Network", aims: "tuple[Aim, ...]", budgets: "tuple[Budget, ...]"
) -> "OrderedAnswer":
    from mentorctl.optimize.ordered import solve_in_order

    return solve_in_order(network, aims, budgets, solver=solver, remaining=_countdown(seconds), proof=True)


def _groups(seconds: float, solver: str, problem: "GroupProblem") -> "GroupAnswer":
    from mentorctl.optimize.groups.solve import solve_groups

    return solve_groups(problem, remaining=_countdown(seconds), solver=solver)


def _peers(seconds: float, solver: str, problem: "PeerProblem") -> "PeerAnswer":
    from mentorctl.optimize.groups.peers import solve_peers

    return solve_peers(problem, remaining=_countdown(seconds), solver=solver)


def _countdown(seconds: float) -> Callable[[], float]:
    end = time.monotonic() + seconds
    return lambda: max(0.0, end - time.monotonic())


def _series(seconds: float, _solver: str, problem: "SeriesProblem") -> "SeriesAnswer":
    from mentorctl.optimize.scheduling.series import solve_series

    end = time.monotonic() + seconds
    return solve_series(problem, deadline=lambda: time.monotonic() > end)


def _gatherings(seconds: float, _solver: str, problem: "GatheringProblem") -> "GatheringAnswer":
    from mentorctl.optimize.scheduling.gatherings import place_gatherings

    return place_gatherings(problem, time_limit=min(10.0, seconds))


def _timetable(seconds: float, _solver: str, problem: "TimetableProblem") -> "Timetable":
    from mentorctl.optimize.scheduling.timetabling import place_timetable

    return place_timetable(problem, remaining=_countdown(seconds))


_TASKS: dict[str, Callable[..., Any]] = {
    "network": _network,
    "groups": _groups,
    "peers": _peers,
    "series": _series,
    "gatherings": _gatherings,
    "timetable": _timetable,
}


def main() -> None:
    """The worker's own main program: problems on standard input, answers on standard output."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answered = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a solver prints is no answer
    serve(sys.stdin.buffer, answered)


if __name__ == "__main__":
    main()
