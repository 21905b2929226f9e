"""Strategies for matching rules over the fields of `rosters`: every predicate, every score, and the terms beside them."""

from collections.abc import Sequence

from hypothesis import settings
from hypothesis import strategies as st

from mentorctl.rules.fields import Missing, Role
from mentorctl.rules.pairs import (
    WHOLE,
    AfterEveryone,
    Ago,
    AvailabilityOverlap,
    Contains,
    Declined,
    DeclinedBefore,
    Different,
    EverRepeats,
    FieldPair,
    Gap,
    HistoryTerms,
    Line,
    Listed,
    MetBefore,
    NamedPair,
    Not,
    Of,
    OutsideSource,
    Overlap,
    PairRule,
    PairTerms,
    Points,
    PointsByGap,
    PointsByRank,
    PointsByValues,
    PointsEach,
    PointsFrom,
    PointsOutside,
    PointsShare,
    PointsWaited,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    Scaling,
    Score,
    ScoredOutside,
    TimezoneWithin,
    ValueMatrix,
    Verdict,
    Ways,
    When,
)

from .rosters import ANSWERED, COMPARED, ORDERED

LABELLED = (*ANSWERED, ("level", "aim"), ("remote", "level"), ("site", "topics"))
VALUES = ("Rome", "rome ", "writing", "law", "topic 63", "senior", "lead", "yes", "no", "Atlantis")
EXPRESSIONS = (
    "default(mentor.balance, 0) > default(mentee.balance, 1)",
    "has(mentor.level) && has(mentee.level) && mentor.level > mentee.level",
    "has(mentee.aim) && has(mentor.level) && mentor.level >= mentee.aim || has(mentor.remote) && mentor.remote",
    "'writing' in mentor.offers || 'rome' in mentee.wants",
    "has(mentee.department) && has(mentor.department) && mentee.department != mentor.department",
    "has(mentor.joined) && mentor.joined < date('2020-03-01') && !has(mentee.note)",
    "has(mentee.timezone) && mentee.timezone == 'UTC'",
    "true",
)

thorough = settings(max_examples=150)
brisk = settings(max_examples=50)
points = st.integers(-9, 9)
policies = st.sampled_from((None, None, Missing.MATCHES_NOTHING, Missing.PASSES, Missing.FAILS))
ids = st.integers(0, 9).map(lambda number: f"p{number}")
couples = st.lists(st.tuples(ids, ids), max_size=4).map(tuple)
agos = st.one_of(
    st.none(), st.integers(1, 20).map(lambda n: Ago(days=n)), st.integers(1, 2).map(lambda n: Ago(months=n))
)


def fields(pairs: Sequence[tuple[str, str]]) -> st.SearchStrategy[FieldPair]:
    """The fields of the two from a list of pairs that are comparable."""
    return st.sampled_from(pairs).map(lambda pair: FieldPair(mentee=pair[0], mentor=pair[1]))


# -- predicates --------------------------------------------------------------------------------------------------------


bounds = st.one_of(st.none(), st.integers(-2, 2), st.just(366))
shares = st.sampled_from((0, 0, 1, WHOLE // 3, WHOLE // 2, WHOLE))
overlaps = st.builds(
    Overlap, fields=fields(ANSWERED), at_least=st.integers(1, 3), share=shares, of=st.sampled_from(tuple(Of))
)
gaps = st.builds(Gap, fields=fields(ORDERED), low=bounds, high=bounds)
matrices = st.builds(
    ValueMatrix,
    fields=fields(LABELLED),
    pairs=st.lists(st.tuples(st.sampled_from(VALUES), st.sampled_from(VALUES)), min_size=1, max_size=6).map(tuple),
    forbid=st.booleans(),
)


def ranks(peers: bool) -> st.SearchStrategy[Rank]:
    """Rankings by whoever can rank."""
    by = st.just(Role.PEER) if peers else st.sampled_from((Role.MENTOR, Role.MENTEE))
    return st.builds(Rank, by=by, field=st.just("wishes"), within=st.one_of(st.none(), st.integers(1, 3)))


def expressions(peers: bool) -> st.SearchStrategy[When]:
    """Expressions in the words of the model."""

    def worded(text: str) -> str:
        return text.replace("mentor.", "b.").replace("mentee.", "a.") if peers else text

    return st.sampled_from(EXPRESSIONS).map(lambda text: When(text=worded(text)))


def predicates(peers: bool, ids_too: bool = True) -> st.SearchStrategy[Predicate]:
    """Every predicate, perhaps negated; `ids_too` are those that name people by id."""
    plain: st.SearchStrategy[Predicate] = st.one_of(
        st.builds(Same, fields=fields(COMPARED)),
        st.builds(Different, fields=fields(COMPARED)),
        overlaps,
        st.builds(Contains, fields=fields(ANSWERED)),
        matrices,
        gaps,
        ranks(peers),
        st.builds(ReportingLine, line=st.sampled_from(tuple(Line))),
        st.builds(TimezoneWithin, minutes=st.sampled_from((1, 60, 345, 600))),
        st.builds(
            AvailabilityOverlap,
            minutes=st.sampled_from((0, 1, 15, 20, 60, 120, 600)),
            block=st.sampled_from((0, 15, 16, 45, 60, 90, 1440, 10080, 10081)),
        ).filter(lambda wanted: wanted.minutes or wanted.block),
        st.builds(MetBefore, within=agos),
        st.just(DeclinedBefore()),
        *([st.builds(Listed, pairs=couples)] if ids_too else []),
        st.just(ScoredOutside()),
        expressions(peers),
    )
    return st.recursive(plain, lambda inner: st.builds(Not, of=inner), max_leaves=2)


# -- scores ------------------------------------------------------------------------------------------------------------


tables_of_points = st.dictionaries(st.integers(-2, 2), points, min_size=1).map(lambda d: tuple(sorted(d.items())))
triples = st.lists(st.tuples(st.sampled_from(VALUES), st.sampled_from(VALUES), points), min_size=1, max_size=6).map(
    tuple
)


def rules(
    predicate: st.SearchStrategy[Predicate], score: st.SearchStrategy[Score | None], peers: bool
) -> st.SearchStrategy[PairRule]:
    """Rules with some predicate and some score."""
    return st.builds(
        PairRule,
        id=st.just("r"),
        predicate=predicate,
        score=score,
        missing=policies,
        ways=st.sampled_from((None, *Ways)) if peers else st.none(),
        cap=st.one_of(st.none(), st.none(), st.integers(1, 12)),
    )


def hard_rules(peers: bool = False, ids_too: bool = True) -> st.SearchStrategy[PairRule]:
    """Rules that must hold."""
    return rules(predicates(peers, ids_too), st.none(), peers)


def soft_rules(peers: bool = False, ids_too: bool = True) -> st.SearchStrategy[PairRule]:
    """Rules that give points in any of the ways that fit."""
    by = st.just(Role.PEER) if peers else st.sampled_from((Role.MENTOR, Role.MENTEE))
    anywhere: st.SearchStrategy[Score] = st.one_of(
        st.builds(Points, points=points),
        st.builds(PointsFrom, by=by, field=st.sampled_from(("balance", "places", "level")), times=st.integers(-3, 3)),
        st.builds(PointsWaited, points=st.integers(1, 5), at_most=st.one_of(st.none(), st.integers(1, 9))),
    )
    each = st.builds(PointsEach, points=points, cap=st.one_of(st.none(), st.integers(1, 2)), rare=st.booleans())
    share = st.builds(PointsShare, points=points, of=st.sampled_from(tuple(Of)))
    return st.one_of(
        rules(predicates(peers, ids_too), anywhere, peers),
        rules(overlaps, st.one_of(each, share), peers),
        rules(ranks(peers), st.builds(PointsByRank, points=st.lists(points, min_size=1, max_size=8).map(tuple)), peers),
        rules(gaps, st.builds(PointsByGap, table=tables_of_points), peers),
        rules(matrices, st.builds(PointsByValues, table=triples), peers),
        rules(st.just(ScoredOutside()), st.builds(PointsOutside, weight=st.integers(-2, 3)), peers),
    )


# -- terms -------------------------------------------------------------------------------------------------------------


histories = st.builds(
    HistoryTerms,
    no_repeat=st.one_of(st.none(), st.just(AfterEveryone()), st.builds(EverRepeats, within=agos)),
    favor_previous=st.integers(-2, 5),
    declined=st.sampled_from((None, *Declined)),
)


def terms(peers: bool = False) -> st.SearchStrategy[PairTerms]:
    """Whatever else a program says about pairs."""
    scalings = [s for s in Scaling if not peers or s is not Scaling.PER_MENTEE]
    return st.builds(
        PairTerms,
        minimum=st.one_of(st.none(), st.integers(-5, 15)),
        scaling=st.sampled_from(scalings),
        named=st.lists(
            st.builds(NamedPair, mentee=ids, mentor=ids, verdict=st.sampled_from(tuple(Verdict))), max_size=3
        ).map(tuple),
        history=histories,
        outside=st.one_of(st.none(), st.builds(OutsideSource, file=st.just("scores.csv"), weight=st.integers(-2, 3))),
        waiting=st.one_of(st.none(), st.builds(PointsWaited, points=st.integers(1, 5), at_most=st.just(9))),
    )
