"""The aims of a program as objectives over a network: what each pair and each person counts in each of them."""

from collections.abc import Iterable, Sequence

import numpy as np

from mentorctl.optimize.facts import rank
from mentorctl.optimize.ground import NOTHING, Amounts, Ground, Indices
from mentorctl.optimize.network import EXACT, Ints, Mask, Network, Objective
from mentorctl.optimize.ordered import Aim, Worst
from mentorctl.optimize.places import NO_PAIR, Places, as_it_is, unforced, with_places
from mentorctl.optimize.scoring import PairTable
from mentorctl.roster.people import RankColumn
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import Rank
from mentorctl.spec.matching import Aim as Terms
from mentorctl.spec.matching import Matching, ObjectiveTerm
from mentorctl.values import dataclass

_COVERED: Terms = ((ObjectiveTerm.COVER_MENTEES, 1),)

type Weights = tuple[tuple[ObjectiveTerm, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Values:
    """What a term counts: per pair, per person with a match, and per match that a mentor already has with another.

    `pairs` is how many pairs that count anything one answer can have, where that is known.
    """

    pair: Ints
    cover: Ints
    crowded: int = 0
    pairs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aims:
    """A network with its aims in order; `weights` are the terms that each objective is made of.

    `pair` says which pair of the table a pair of the network chooses, NO_PAIR for none: they differ where places count.
    An objective is worth that much to the network less its constant of `constants`, which is what full loads cost.
    `levels` are the scores that LEXIMIN stands for in `weights`, in their order.
    """

    network: Network
    aims: tuple[Aim, ...]
    weights: tuple[Weights, ...]
    constants: tuple[int, ...]
    pair: Ints
    levels: tuple[int, ...] = ()

    def chosen(self, chosen: Mask, pairs: int) -> Mask:
        """Which of the pairs of the table an answer over the network chooses."""
        found = np.zeros(pairs, np.bool_)
        found[self.pair[chosen & (self.pair != NO_PAIR)]] = True
        return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facts:
    """What the terms look at beside the table: per person of the network the matches that stand and rounds waited.

    `kept` marks the pairs that were proposed before.
    """

    standing: Ints
    waited: Ints
    kept: Mask


def as_aims(
    network: Network, table: PairTable, facts: Facts, ranks: Ints, terms: Sequence[Terms], *, exact: int = EXACT
) -> Aims:
    """The aims over a network. `ranks` are the points of RANK_SUM per pair.

    Terms that follow one another are few objectives: a term is multiplied by more than all later ones together can
    give. Where the weights would leave the range that is `exact` in the solver's floating point, a new one begins.
    """
    counts_load = any(term is ObjectiveTerm.LOAD_BALANCE for aim in terms for term, _ in aim)
    places = with_places(network, facts.standing[network.mentees :]) if counts_load else as_it_is(network)
    most = int(min(network.high[: network.mentees].sum(), network.high[network.mentees :].sum()))
    fold = _Fold(places, most, facts, exact)
    seeks_leximin = any(aim[0][0] is ObjectiveTerm.LEXIMIN for aim in terms)
    levels = leximin_levels(table.score) if seeks_leximin else ()
    for at, aim in reversed(list(enumerate(terms))):
        if aim[0][0] is ObjectiveTerm.WORST_MATCH:
            fold.worst(table.score)
            continue
        sums = aim
        if aim[0][0] is ObjectiveTerm.LEXIMIN:
            for level in reversed(levels):
                fold.add(aim, [_at_level(level, table, network)])
            sums = () if covers_first(terms[:at], ObjectiveTerm.COVER_MENTEES) else _COVERED
        if sums:
            fold.add(sums, [_values(term, table, network, facts, ranks) for term, _ in sums])
    aims, weights, constants = fold.done()
    needed = unforced(places, (aim.pair for aim in aims if isinstance(aim, Objective)))
    return Aims(
        network=needed,
        aims=aims,
        weights=weights,
        constants=constants,
        pair=places.pair,
        levels=levels,
    )


class _Fold:
    """Collects the aims, the last one first."""

    def __init__(self, places: Places, most: int, facts: Facts, exact: int) -> None:
        self._places, self._most, self._facts, self._exact = places, most, facts, exact
        standing = facts.standing[len(facts.standing) - len(places.room) :]
        self._loads = standing * places.room + places.room * (places.room - 1) // 2  # with every place taken
        self._standing = standing
        self._done: list[tuple[Aim, Weights, int]] = []
        self._begin()

    def _begin(self) -> None:
        people = len(self._places.network.low)
        self._pair, self._cover = np.zeros(len(self._places.pair), np.int64), np.zeros(people, np.int64)
        self._weights: Weights = ()
        self._reach = self._constant = 0

    def _end(self) -> None:
        if self._weights:
            self._done.append((Objective(pair=self._pair, cover=self._cover), self._weights, self._constant))
        self._begin()

    def add(self, aim: Terms, values: Sequence[Values]) -> None:
        """One more objective in front of those that are there.

        Loads begin a new one: times what points come to they are exact, but steps so far apart that the kernel's first
        guess sees no points between them. Solved first, they leave a network that is as quick as one without loads.
        """
        if any(one.crowded for one in values):
            self._end()
        parts = [self._lifted(one) for one in values]
        pair = np.sum([w * p for (_, w), (p, _) in zip(aim, parts, strict=True)], axis=0, dtype=np.int64)
        cover = np.sum([w * c for (_, w), (_, c) in zip(aim, parts, strict=True)], axis=0, dtype=np.int64)
        spread = sum(w * self._reach_of(one) for (_, w), one in zip(aim, values, strict=True))
        weight = self._reach + 1
        if weight * max(1, int(np.abs(pair).max(initial=0)), int(cover.max(initial=0))) > self._exact:
            self._end()
            weight = 1
        self._pair, self._cover = self._pair + weight * pair, self._cover + weight * cover
        self._weights = (*((term, weight * w) for term, w in aim), *self._weights)
        self._reach += weight * spread
        crowded = sum(w * one.crowded for (_, w), one in zip(aim, values, strict=True))
        self._constant -= weight * crowded * int(self._loads.sum())

    def _reach_of(self, values: Values) -> int:
        """How much more one answer can have of a term than another."""
        pairs = int(values.pair.max(initial=0)) - int(values.pair.min(initial=0))
        most = self._most if values.pairs is None else min(self._most, values.pairs)
        return most * pairs + int(values.cover.sum()) + values.crowded * int(self._loads.sum())

    def worst(self, score: Ints) -> None:
        """The worst of the chosen pairs, in front of those that are there; a free place is never the worst."""
        self._end()
        best = score.max() if len(score) else 0
        self._done.append((Worst(pair=np.where(self._places.pair == NO_PAIR, best, score[self._places.pair])), (), 0))

    def done(self) -> tuple[tuple[Aim, ...], tuple[Weights, ...], tuple[int, ...]]:
        """The aims in order; of those that are sums the weights of their terms, and their constants."""
        self._end()
        self._done.reverse()
        sums = [(weights, constant) for aim, weights, constant in self._done if isinstance(aim, Objective)]
        return tuple(aim for aim, _, _ in self._done), tuple(w for w, _ in sums), tuple(c for _, c in sums)

    def _lifted(self, values: Values) -> tuple[Ints, Ints]:
        """The same with free places: one saves what a match more would cost, and all of them the reward for any match.

        A mentor with free places has as many pairs as places in any case, so their own reward is a constant.
        """
        places, mentees = self._places, len(values.cover) - len(self._places.room)
        is_free = places.pair == NO_PAIR
        pair = np.where(is_free, 0, values.pair[places.pair]) if len(values.pair) else np.zeros(len(is_free), np.int64)
        pair += np.where(is_free, values.crowded * (self._standing[places.owner] + places.saved), 0)
        of_mentors = values.cover[mentees:]
        pair -= np.where(is_free & (places.saved == 0), of_mentors[places.owner], 0)
        cover = np.zeros(len(places.network.low), np.int64)
        cover[:mentees] = values.cover[:mentees]
        cover[places.mentor_nodes()] = of_mentors
        return pair, cover


# -- leximin -----------------------------------------------------------------------------------------------------------


def leximin_levels(scores: Ints) -> tuple[int, ...]:
    """The scores of which as few matches as can be are wanted, the worst first.

    Among answers that cover as many people, the sorted scores of one are better than those of another where the first
    score that they have differently often is there less often. The best score says nothing more: it is what is left.
    """
    ordered = np.sort(scores)
    return tuple(ordered[:-1][ordered[1:] > ordered[:-1]].tolist())


def covers_first(before: Sequence[Terms], cover: ObjectiveTerm) -> bool:
    """Whether as many people as can be are covered by an aim of its own; if not, leximin begins with that."""
    return any(len(aim) == 1 and aim[0][0] is cover for aim in before)


def _at_level(level: int, table: PairTable, network: Network) -> Values:
    """Less for every pair with just this score."""
    here = table.score == level
    ends, room = (network.mentee[here], network.mentor[here]), network.high
    most = (int(np.minimum(np.bincount(end, minlength=len(room)), room).sum()) for end in ends)
    return Values(pair=-here.astype(np.int64), cover=np.zeros(len(room), np.int64), pairs=min(most))


def _values(term: ObjectiveTerm, table: PairTable, network: Network, facts: Facts, ranks: Ints) -> Values:
    nothing, nobody = np.zeros(len(table), np.int64), np.zeros(len(network.low), np.int64)
    uncovered = (facts.standing == 0).astype(np.int64)
    is_mentee = np.arange(len(nobody)) < network.mentees
    match term:
        case ObjectiveTerm.TOTAL_SCORE:
            return Values(pair=table.score, cover=nobody)
        case ObjectiveTerm.FILL_PLACES:
            return Values(pair=nothing + 1, cover=nobody)
        case ObjectiveTerm.RANK_SUM:
            return Values(pair=ranks, cover=nobody)
        case ObjectiveTerm.CHANGES:
            return Values(pair=facts.kept.astype(np.int64), cover=nobody)
        case ObjectiveTerm.LOAD_BALANCE:
            return Values(pair=nothing, cover=nobody, crowded=1)
        case ObjectiveTerm.COVER_WAITING:
            return Values(pair=nothing, cover=np.where(is_mentee, uncovered * facts.waited, 0))
        case ObjectiveTerm.COVER_MENTEES:
            return Values(pair=nothing, cover=np.where(is_mentee, uncovered, 0))
        case ObjectiveTerm.COVER_MENTORS:
            return Values(pair=nothing, cover=np.where(is_mentee, 0, uncovered))
        case _:
            raise ValueError(f"`{term}` is no aim of pairs; spec.aim_checks lets no such objective pass")


# -- ranks -------------------------------------------------------------------------------------------------------------


def rank_points(
    ground: Ground, matching: Matching, mentee: Indices, mentor: Indices, *, by: Role | None = None
) -> Amounts:
    """How much better than unnamed the two rank each other, over all rankings that rules read, or those `by` a role.

    The first wish is as many ranks better as the longest list has names; who is not named ranks behind all of them, as
    does having nobody. The least sum of ranks is the largest sum of these points.
    """
    total = np.zeros(len(mentee), np.int64)
    for asked in rankings(matching):
        if by not in (None, asked.by):
            continue
        column = ground.roster.columns[asked.field]
        amount = rank(ground, asked).amount
        if not isinstance(column, RankColumn) or amount is None:
            raise TypeError(f"`{asked.field}` is no ranking; spec.rule_checks lets no such rule pass")
        longest = int(np.diff(column.starts).max(initial=0))
        for one, two in ((mentee, mentor), (mentor, mentee))[: 2 if ground.peers else 1]:
            place = amount(one, two)
            total += np.where(place == NOTHING, 0, longest - place)
    return total


def rankings(matching: Matching) -> tuple[Rank, ...]:
    """The rankings that the rules of a program read, each once, whatever the rules make of them."""
    rules: Iterable[object] = (rule.predicate for rule in (*matching.require, *matching.prefer))
    asked = ((rule.by, rule.field) for rule in rules if isinstance(rule, Rank))
    return tuple(Rank(by=by, field=field) for by, field in dict.fromkeys(asked))
