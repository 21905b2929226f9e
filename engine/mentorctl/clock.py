"""What a clock is. The core never asks for the time; the shell passes one in and tests pass a fixed one."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the current instant, in UTC."""

    def now(self) -> datetime: ...
