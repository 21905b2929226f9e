"""What proves the matches of a plan, as values that lie in the plan file and can be checked without a solver.

Prices are per node of the network, in the order of the roster ids, mentees first; no person is named. The digest of the
scored pairs binds them to the very pairs, scores, places and aims that can be computed again from the files, the roster
and the state.
"""

from dataclasses import dataclass

from mentorctl.state.model import MatchRecord


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
class MatchingCertificate:
    """The proof of one search for matches, under all rules or without those that were `given_up`.

    `pairs` is the digest of what was searched. Problems of another class than networks have neither a digest nor
    prices: their matches can be checked, but not that they are the best.
    """

    program: str
    cohort: str
    given_up: tuple[str, ...]
    problem: str
    pairs: str
    objectives: tuple[Priced, ...]
    levels: tuple[Level, ...]


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
