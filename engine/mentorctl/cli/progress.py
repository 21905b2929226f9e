"""Shows what long work is doing, on standard error, once it takes longer than a second."""

import os
import sys
import threading
import time
from types import TracebackType
from typing import Self

from mentorctl.cli.shell import is_terminal

_PATIENCE = 1.0  # seconds before anything is shown
_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class Progress:
    """`with Progress() as report: report("matching …")`. A spinner on a terminal; elsewhere a line per long step."""

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._terminal = is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"
        self._label = ""
        self._since = time.monotonic()
        self._said = ""
        self._drawn = False
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __call__(self, label: str) -> None:
        self._label, self._since = label, time.monotonic()

    def __enter__(self) -> Self:
        if self._enabled:
            self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._done.set()
        if self._enabled:
            self._thread.join()
        if self._drawn:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def _watch(self) -> None:
        frame = 0
        while not self._done.wait(0.1):
            taken = time.monotonic() - self._since
            if not self._label or taken < _PATIENCE:
                continue
            if self._terminal:
                frame += 1
                self._drawn = True
                line = f"\r{_FRAMES[frame % len(_FRAMES)]} {self._label} … {taken:.0f} s\x1b[K"
                print(line, end="", file=sys.stderr, flush=True)
            elif self._said != self._label:
                self._said = self._label
                print(f"… {self._label}", file=sys.stderr, flush=True)
