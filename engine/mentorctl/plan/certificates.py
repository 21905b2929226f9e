"""What proves the matches of a plan, as values that lie in the plan file and can be checked without a solver.

Prices are per node of the network, in the order of the roster ids, mentees first; no person is named. The digest of the
scored pairs binds them to the very pairs, scores, places and aims that can be computed again from the files, the roster
and the state.
"""

from dataclasses import field

from mentorctl.state.model import MatchRecord
from mentorctl.state.shapes import SPARSE
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """The prices of one objective, the value of the matches in it, and the bound that the prices give."""

    value: int
    bound: int
    prices: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The worst match has `level` points or more; with `beyond` the aims before lose something, as `missed` shows."""

    level: int
    beyond: int
    reached: tuple[Priced, ...]
    missed: tuple[Priced, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedPeers:
    """The prices of the people of one pool, and of odd sets of them, for the sum of all aims, each counted as often as
    `terms` says.

    The people are numbered in the order of the roster ids. A set is a stretch of a line in which they stand: its
    beginning, its end and its price; `line` has the place of each. `without` are left out, where there is a trio.
    """

    terms: tuple[int, ...]
    held: int
    without: tuple[int, ...]
    value: int
    bound: int
    prices: tuple[int, ...]
    line: tuple[int, ...]
    sets: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerLevel:
    """As Level, for peers."""

    level: int
    beyond: int
    reached: tuple[PricedPeers, ...]
    missed: tuple[PricedPeers, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedGroups:
    """Prices of holders and seats in each case of which units open, for the sum of all aims and the tie-break, each
    counted as often as `terms` says.

    `units` has the cases in order: a unit, then the case without it and all that follows from that, then the one with
    it; -1 is a case that the next row of `prices` proves.
    """

    terms: tuple[int, ...]
    units: tuple[int, ...]
    prices: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingCertificate:
    """The proof of one search for matches, under all rules or without those that were `given_up`.

    `pairs` is the digest of what was searched. Networks have `objectives` and `levels`, pools of peers `peers` and
    `peer_levels`, groups `groups`, and in `seated` the id of each match with the number of its unit. What only a
    solver's bound proves has neither a digest nor prices: its matches can be checked, but not that they are the best.
    Cohorts that were matched as one problem name each other in `together`, as `program/cohort`, and the first of them
    has the prices of all.
    """

    program: str
    cohort: str
    given_up: tuple[str, ...]
    problem: str
    pairs: str
    objectives: tuple[Priced, ...]
    levels: tuple[Level, ...]
    peers: tuple[PricedPeers, ...] = field(default=(), metadata=SPARSE)
    peer_levels: tuple[PeerLevel, ...] = field(default=(), metadata=SPARSE)
    together: tuple[str, ...] = field(default=(), metadata=SPARSE)
    groups: tuple[PricedGroups, ...] = field(default=(), metadata=SPARSE)
    seated: tuple[tuple[str, int], ...] = field(default=(), metadata=SPARSE)

    @property
    def has_prices(self) -> bool:
        parts = (self.objectives, self.levels, self.peers, self.peer_levels, self.groups, self.seated)
        return bool(self.pairs) or any(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is to be checked: the new matches of a plan, its certificates, and what it was made from.

    `digest` is that of the plan.
    """

    workspace: str
    lineage: str
    serial: int
    as_of: str
    inputs: str
    digest: str
    matches: tuple[MatchRecord, ...]
    certificates: tuple[MatchingCertificate, ...]
