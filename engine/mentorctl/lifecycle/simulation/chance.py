"""Chance without a state: every draw is a hash of the seed and of what it is about.

So the order of events changes no draw, and two versions of a program meet the same luck: what differs between them is
due to the change. The hash is SplitMix64 (Steele, Lea, Flood 2014).
"""

from functools import cache
from hashlib import sha256
from math import log

_ALL = 0xFFFF_FFFF_FFFF_FFFF


def mixed(number: int) -> int:
    """64 bits that look like chance, from 64 that count."""
    number = (number + 0x9E37_79B9_7F4A_7C15) & _ALL
    number = ((number ^ (number >> 30)) * 0xBF58_476D_1CE4_E5B9) & _ALL
    number = ((number ^ (number >> 27)) * 0x94D0_49BB_1331_11EB) & _ALL
    return number ^ (number >> 31)


@cache
def purpose(words: str) -> int:
    """The number of what a draw is about."""
    return int.from_bytes(sha256(words.encode()).digest()[:8])


class Chance:
    """The luck of one run."""

    __slots__ = ("_key",)

    def __init__(self, seed: int, run: int) -> None:
        self._key = mixed(mixed(seed & _ALL) ^ run)

    def share(self, about: str, who: int, turn: int = 0) -> float:
        """A number from 0 up to 1, always the same for the same purpose, person and turn."""
        return mixed(self._key ^ purpose(about) ^ mixed(who * 1_000_003 + turn)) / (_ALL + 1)

    def wait(self, mean: float, about: str, who: int, turn: int = 0) -> float:
        """A wait that is often short and seldom long: exponential, with this mean."""
        return -log(1.0 - self.share(about, who, turn)) * mean
